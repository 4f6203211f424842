//! The description of the open data, OpenAPI 3.1, from the types that are sent.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        self, Components, ContentBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, PathItem, PathsBuilder, Ref, ResponseBuilder,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
    },
};

use crate::api::{LISTED, PlanList, Problem, PublishedEdition};

fn schema_of<T: ToSchema>(components: &mut Vec<(String, openapi::RefOr<openapi::Schema>)>) {
    components.push((T::name().into_owned(), T::schema()));
    T::schemas(components);
}

/// The whole document. Its own info: the library's default would name the library's author.
pub fn document() -> openapi::OpenApi {
    let mut components = Vec::new();
    schema_of::<PublishedEdition>(&mut components);
    schema_of::<PlanList>(&mut components);
    schema_of::<Problem>(&mut components);
    let info = InfoBuilder::new()
        .title("羅針 オープンデータAPI")
        .version("1")
        .description(Some("公表された版だけを返します。値のないところは、理由を持ちます。小数は印刷された桁のままの文字列です。"));
    let paths = PathsBuilder::new()
        .path(LISTED[1].1, operation("団体の公表済みの計画の一覧", &["code"], json::<PlanList>()))
        .path(LISTED[2].1, operation("計画の一つの版の全体", &["code", "plan"], json::<PublishedEdition>()))
        .path(
            LISTED[3].1,
            operation(
                "指標の値のCSV（UTF-8、BOM付き）",
                &["code", "plan"],
                ResponseBuilder::new().description("CSV").content("text/csv", ContentBuilder::new().build()),
            ),
        );
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components.into_iter().fold(Components::new(), |mut all, (name, schema)| {
            all.schemas.insert(name, schema);
            all
        })))
        .build()
}

fn json<T: ToSchema>() -> ResponseBuilder {
    let schema = Ref::from_schema_name(T::name());
    ResponseBuilder::new().description("成功").content("application/json", ContentBuilder::new().schema(Some(schema)).build())
}

fn operation(summary: &str, path_parameters: &[&str], ok: ResponseBuilder) -> PathItem {
    let problem = |words: &str| {
        let schema = Ref::from_schema_name(Problem::name());
        ResponseBuilder::new().description(words).content("application/json", ContentBuilder::new().schema(Some(schema)).build()).build()
    };
    let mut operation = OperationBuilder::new()
        .summary(Some(summary))
        .response("200", ok.build())
        .response("400", problem("団体コードが正しくない"))
        .response("404", problem("見つからない"));
    if path_parameters.contains(&"plan") {
        operation = operation.response("410", problem("版が取り下げられた"));
    }
    for name in path_parameters {
        let parameter = ParameterBuilder::new()
            .name(*name)
            .parameter_in(ParameterIn::Path)
            .required(openapi::Required::True)
            .schema(Some(String::schema()));
        operation = operation.parameter(parameter.build());
    }
    if path_parameters.contains(&"plan") {
        let edition = ParameterBuilder::new()
            .name("edition")
            .parameter_in(ParameterIn::Query)
            .description(Some("版の番号。省くと最新の版"))
            .schema(Some(i32::schema()));
        operation = operation.parameter(edition.build());
    }
    PathItem::new(HttpMethod::Get, operation.build())
}
