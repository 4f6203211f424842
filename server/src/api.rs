//! Open data: JSON and CSV of editions, nothing else.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use rashin_app::web::App;
use rashin_domain::{
    clock::{date_label, japan_date},
    period::date_code,
    plan::PlanKind,
    publish::{Edition, Erratum},
    tenancy::LocalCode,
};
use rashin_store::{
    PublicTx, StoreError,
    publish::{Found, Withdrawal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// (method, path) of every open-data address, for the access matrix.
pub const LISTED: [(&str, &str); 4] = [
    ("GET", "/api/openapi.json"),
    ("GET", "/api/v1/municipalities/{code}/plans"),
    ("GET", "/api/v1/municipalities/{code}/plans/{plan}"),
    ("GET", "/api/v1/municipalities/{code}/plans/{plan}/kpis.csv"),
];

pub fn router() -> Router<App> {
    Router::new()
        .route(LISTED[0].1, get(async || Json(crate::openapi::document())))
        .route(LISTED[1].1, get(plans))
        .route(LISTED[2].1, get(plan))
        .route(LISTED[3].1, get(kpis))
        .route("/api/{*rest}", get(async || ApiError::NotFound))
        .layer(map_response(in_our_words))
}

/// An address that does not decode never reaches a handler: axum answers with an English line.
async fn in_our_words(response: Response) -> Response {
    let is_text = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if response.status().is_client_error() && is_text { ApiError::NotFound.into_response() } else { response }
}

/// What is wrong, for programs and for people.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// `not_found`, `gone`, `bad_code` or `unavailable`.
    error: &'static str,
    /// One sentence in Japanese.
    message: String,
}

enum ApiError {
    NotFound,
    Gone(Withdrawal),
    BadCode(String),
    Unavailable,
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => ApiError::NotFound,
            StoreError::Conflict(_) | StoreError::Busy(_) | StoreError::Db(_) => {
                tracing::error!(%error, "open data");
                ApiError::Unavailable
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, error, message) = match self {
            ApiError::NotFound => (StatusCode::NOT_FOUND, "not_found", "公表された計画が見つかりません。".to_owned()),
            ApiError::Gone(withdrawal) => {
                let day = date_label(japan_date(withdrawal.at));
                (StatusCode::GONE, "gone", format!("この版は{day}に取り下げられました。理由：{}", withdrawal.reason))
            }
            ApiError::BadCode(message) => (StatusCode::BAD_REQUEST, "bad_code", message),
            ApiError::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "ただいま利用できません。しばらくしてからお試しください。".to_owned())
            }
        };
        // What is not there yet may be there in a minute.
        (status, [(header::CACHE_CONTROL, "no-store")], Json(Problem { error, message })).into_response()
    }
}

/// A published plan of a municipality.
#[derive(Serialize, ToSchema)]
pub struct PlanSummary {
    slug: String,
    title: String,
    /// `dx_plan`, `other` or `predecessor`.
    kind: &'static str,
    edition: i32,
    #[schema(format = Date)]
    published_on: String,
    /// The whole edition as JSON.
    url: String,
    /// Its KPIs as CSV.
    csv: String,
}

#[derive(Serialize, ToSchema)]
pub struct PlanList {
    code: String,
    name: String,
    plans: Vec<PlanSummary>,
}

/// An edition as it was published, and what has been corrected since.
#[derive(Serialize, ToSchema)]
pub struct PublishedEdition {
    #[serde(flatten)]
    edition: Edition,
    /// Since when it is public.
    #[schema(format = DateTime)]
    public_from: String,
    errata: Vec<Erratum>,
}

#[derive(Deserialize)]
pub struct Which {
    /// An earlier edition; the newest when absent.
    edition: Option<i32>,
}

async fn open(app: &App, code: &str) -> Result<PublicTx, ApiError> {
    let code = LocalCode::parse(code).map_err(|error| ApiError::BadCode(error.to_string()))?;
    let slug = app.db.slug_by_code(code.as_str()).await?;
    Ok(app.db.public(&slug).await?)
}

fn public(kind: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate")),
        // Open data may be read by anybody's page.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, body).into_response()
}

async fn plans(State(app): State<App>, Path(code): Path<String>) -> Result<Response, ApiError> {
    let mut tx = open(&app, &code).await?;
    let base = format!("{}/api/v1/municipalities/{code}/plans", app.site.public_url);
    let plans = tx.published_plans().await?.into_iter().map(|(slug, title, kind, edition, at)| PlanSummary {
        url: format!("{base}/{slug}"),
        csv: format!("{base}/{slug}/kpis.csv"),
        slug,
        title,
        kind: kind.code(),
        edition,
        published_on: date_code(japan_date(at)),
    });
    let list = PlanList { plans: plans.collect(), code, name: tx.city.name.clone() };
    let text = serde_json::to_string(&list).map_err(|_| ApiError::Unavailable)?;
    Ok(public("application/json", text))
}

async fn plan(
    State(app): State<App>,
    Path((code, plan)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    let mut tx = open(&app, &code).await?;
    let edition = found(&mut tx, &plan, which.edition).await?;
    let record = tx.edition_record(&plan, edition.number).await?;
    let errata = tx.errata(&plan, edition.number).await?;
    let published = PublishedEdition { public_from: record.public_from.to_string(), errata, edition };
    let text = serde_json::to_string(&published).map_err(|_| ApiError::Unavailable)?;
    Ok(public("application/json", text))
}

async fn found(tx: &mut PublicTx, plan: &str, number: Option<i32>) -> Result<Edition, ApiError> {
    match tx.edition(Some(plan), PlanKind::DxPlan, number).await? {
        Found::Edition(edition) => Ok(*edition),
        Found::Withdrawn(withdrawal) => Err(ApiError::Gone(withdrawal)),
    }
}

async fn kpis(
    State(app): State<App>,
    Path((code, plan)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    let mut tx = open(&app, &code).await?;
    let edition = found(&mut tx, &plan, which.edition).await?;
    let file = crate::csv::kpis(&edition).map_err(|_| ApiError::Unavailable)?;
    let mut response = public("text/csv; charset=utf-8", file);
    let name = format!("attachment; filename=\"{code}-{plan}-edition{}.csv\"", edition.number);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
