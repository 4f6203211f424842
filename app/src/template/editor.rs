//! The form of a template: a new one, blank or copied from a national indicator, or the next revision of one.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    indicator::Indicator,
    kpi::{Accumulation, Direction, Frequency},
    provenance::Reading,
    template::{Correspondence, Template},
    value::ValueKind,
};
use rashin_store::template::Revision;
use serde::Deserialize;

use super::{comparison, frame, list_url, template_url};
use crate::{
    ui::{
        field::{Filled, Input, TEXT, hidden, input, optional, post_form, radios, required, select, textarea},
        section::{note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Copied {
    /// Code of a national indicator.
    #[serde(default)]
    from: String,
}

/// `/{city}/staff/templates/new`
pub async fn new(visit: Visit, Path(city): Path<String>, Query(copied): Query<Copied>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let library = tx.indicators().await?;
    let find = |code: &str| library.iter().find(|one| one.code == code);
    let asked = match copied.from.as_str() {
        "" => None,
        code => Some(find(code).ok_or(Refusal::NotFound)?),
    };
    let blank = || Form::from_pairs([("reading".to_owned(), Reading::Original.code().to_owned())]);
    let filled = Filled::new(visit.take_held().await?, || asked.map_or_else(blank, Indicator::as_form));
    let origin = find(filled.form.get("from"));
    let unsure = origin.is_some_and(Indicator::is_label_only);
    let main = view! {
        {filled.summary()}
        {page_head("指標の雛形", "雛形を作る", ())}
        {origin.map(|one| note(format!("国の指標「{} {}」から取り込みます。保存するまでは何も登録されません。", one.code, one.name)))}
        {unsure.then(|| note("この指標は名称だけが分かっています。定義は要確認のまま保存し、公表された定義が分かったら書き改めてください。"))}
        {post_form(list_url(&city), view! {
            {hidden("from", filled.form.get("from"))}
            {input(&filled, "code", &required("雛形番号").hint("アドレスに使われ、あとから変えられません。英数字と「-」「_」「.」。例：T-01"), Input { width: Some("8"), ..TEXT })}
            {fields(&filled, &library)}
        }, "保存する")}
    };
    Ok(Page::new(filled.title("雛形を作る"), frame(&tx, &city), main))
}

/// `/{city}/staff/templates/{code}/edit`
pub async fn edit(visit: Visit, Path((city, code)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let newest = tx.template_history(&code).await?.swap_remove(0);
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let url = template_url(&city, &code);
    if newest.retired {
        return Err(retired(url));
    }
    let library = tx.indicators().await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = newest.template.as_form();
        form.set("revision", newest.number.to_string());
        form
    });
    // Once both values are shown, the next save knows what it replaces.
    let overtaken = filled.errors.of("revision").is_some();
    let seen = if overtaken { newest.number.to_string() } else { filled.form.get("revision").to_owned() };
    let main = view! {
        {filled.summary()}
        {page_head(format!("雛形 {code}"), format!("{}の編集", newest.template.name), ())}
        {overtaken.then(|| both(&newest, &filled.form, &library))}
        {post_form(format!("{url}/revisions"), view! {
            {hidden("revision", seen)}
            {fields(&filled, &library)}
            {textarea(&filled, "reason", &optional("変更の理由").hint("履歴に残ります。例：市民課と数え方を統一"), 2)}
        }, "保存する")}
        <p><a href=url.clone()>"保存せずに戻る"</a></p>
    };
    let title = filled.title(&format!("{}の編集", newest.template.name));
    Ok(Page::new(title, frame(&tx, &city), main))
}

pub fn retired(back: String) -> Refusal {
    Refusal::Conflict {
        what: "この雛形は廃止されています。編集するには、使用中に戻してください。".to_owned(), back
    }
}

/// What stands by now beside what was typed.
fn both(newest: &Revision, typed: &Form, library: &[Indicator]) -> AnyView {
    let mut typed = typed.clone();
    typed.set("code", newest.template.code.clone());
    let theirs = Template::parse(&typed, &newest.template.provenance.source_text, library);
    let body = match theirs.map(|template| newest.template.changes_to(&template)) {
        Ok(changes) => {
            comparison("both", "いま保存されている内容と、あなたの入力の違い".to_owned(), ["保存されている内容", "あなたの入力"], changes)
        }
        Err(_) => note("入力に直すところがあるため、違いを並べて表示できません。").into_any(),
    };
    let who = newest.written_by.clone().unwrap_or_else(|| "ほかの人".to_owned());
    let words = format!(
        "{who}が先に変更しています。違いを確かめ、残す値に直してから「保存する」を押してください。押すと、下の入力の内容で置き換わります。"
    );
    section("revision", "先に変更されています", (), view! { <p class="prose">{words}</p>{body} })
}

/// The error of a form whose template was changed meanwhile.
pub fn overtaken() -> FormErrors {
    FormErrors::one("revision", "編集中にほかの人がこの雛形を変更しました。まだ保存していません。違いを確かめてください。")
}

fn fields(filled: &Filled, library: &[Indicator]) -> impl IntoView + use<> {
    let options: Vec<(String, String)> = library.iter().map(|one| (one.code.clone(), format!("{} {}", one.code, one.name))).collect();
    let kinds: Vec<_> = ValueKind::ALL.iter().map(|one| (one.code(), one.label().to_owned())).collect();
    let directions: Vec<_> = Direction::ALL.iter().map(|one| (one.code(), one.label().to_owned())).collect();
    let accumulations: Vec<_> = Accumulation::ALL.iter().map(|one| (one.code(), one.label().to_owned())).collect();
    let frequencies: Vec<_> = Frequency::ALL.iter().map(|one| (one.code(), one.label().to_owned())).collect();
    let readings: Vec<_> = Reading::ALL.iter().map(|one| (one.code(), one.label().to_owned())).collect();
    let mut correspondences = vec![("", "未確認".to_owned())];
    correspondences.extend(Correspondence::ALL.iter().map(|one| (one.code(), one.label().to_owned())));
    let group =
        |id: &'static str, heading: &str, fields: AnyView| section(id, heading, (), view! { <div class="rashin-form">{fields}</div> });
    view! {
        {group("what", "何を数えるか", view! {
            {input(filled, "name", &required("名称"), TEXT)}
            {textarea(filled, "description", &required("定義"), 3)}
            {radios(filled, "reading", &required("定義の確かさ").hint("原文：出典または団体の決まりのとおり。要確認：まだ確かめていない。"), &readings)}
            {input(filled, "source_place", &optional("定義の出典").hint("資料や調査の名称と箇所。団体で決めた定義なら、決めた会議など。"), TEXT)}
            {textarea(filled, "formula", &optional("算式").hint("例：オンラインで受け付けた件数 ÷ 受け付けた件数"), 2)}
            {radios(filled, "kind", &required("種類"), &kinds)}
            {input(filled, "unit", &optional("単位").hint("数値と比では必須。例：件、人、%"), Input { width: Some("8"), ..TEXT })}
        }.into_any())}
        {group("how", "どう数えるか", view! {
            {radios(filled, "direction", &required("向き"), &directions)}
            {radios(filled, "accumulation", &required("累計のしかた").hint("年度ごと：その年度の分だけ。累計：始めてからの合計。時点：ある日の数。"), &accumulations)}
            {radios(filled, "frequency", &required("頻度"), &frequencies)}
            {input(filled, "source", &optional("データの出所").hint("統計、台帳、システムの名称。"), TEXT)}
            {textarea(filled, "how_to_count", &optional("数え方").hint("何を数え、何を除くか。いつの時点で数えるか。"), 3)}
            {textarea(filled, "pitfalls", &optional("注意点").hint("間違えやすいところ。"), 3)}
        }.into_any())}
        {group("national", "国の指標との対応", view! {
            {radios(filled, "correspondence", &optional("国の指標との対応").hint("「同じ」と「似ている」では、下で指標を選びます。"), &correspondences)}
            {select(filled, "indicator", &optional("対応する国の指標"), &options, "選択してください")}
            {textarea(filled, "mapping_note", &optional("違い").hint("「似ている」では必須。範囲や数え方がどう違うか。"), 2)}
        }.into_any())}
    }
}
