//! Making, changing, retiring and restoring templates.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    template::Template,
};
use rashin_store::template::Change;

use super::{
    editor::{overtaken, retired},
    template_url,
};
use crate::web::{Posted, Refusal, Visit};

pub async fn make(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = template_url(&city, "new");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let library = tx.indicators().await?;
    let origin = library.iter().find(|one| one.code == form.get("from"));
    let source_text = origin.map(|one| one.provenance().source_text).unwrap_or_default();
    let template = match Template::parse(&form, &source_text, &library) {
        Ok(template) => template,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let url = template_url(&city, &template.code);
    match tx.make_template(permit, &template, origin.map(|one| one.code.as_str())).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_conflict_on("kpi_templates_one_code") => {
            drop(tx);
            let first = visit.enter(&city).await?.template_history(&template.code).await?.swap_remove(0);
            // A second click finds what the first one made.
            if first.template != template {
                let taken = format!("雛形番号「{}」は使われています。別の番号にしてください。", template.code);
                return visit.back(&page, form, FormErrors::one("code", taken)).await;
            }
        }
        Err(error) => return Err(error.into()),
    }
    visit.go(&url, format!("雛形「{}」を保存しました", template.name), "").await
}

pub async fn revise(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(mut form): Posted) -> Result<Response, Refusal> {
    let url = template_url(&city, &code);
    let page = format!("{url}/edit");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let newest = tx.template_history(&code).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    if newest.retired {
        return Err(retired(url));
    }
    form.set("code", code);
    let library = tx.indicators().await?;
    let mut errors = FormErrors::default();
    let reason = form.text("reason", "変更の理由", NOTE_LIMIT, &mut errors);
    let template = match Template::parse(&form, &newest.template.provenance.source_text, &library) {
        Ok(_) if !errors.is_empty() => return visit.back(&page, form, errors).await,
        Ok(template) => template,
        Err(faults) => return visit.back(&page, form, faults).await,
    };
    // Nothing to write: untouched, or the second click.
    if template == newest.template {
        return visit.go(&url, "保存しました", "前の版から変わったところはありません。").await;
    }
    match tx.write_template(permit, &template, Change { seen: seen(&form), retired: false, reason: &reason }).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_conflict_on("kpi_template_revisions_one_per_revision") => return visit.back(&page, form, overtaken()).await,
        Err(error) => return Err(error.into()),
    }
    visit.go(&url, "保存しました", "前の内容は履歴に残っています。").await
}

pub async fn retire(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    set_retired(visit, city, code, form, true).await
}

pub async fn restore(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    set_retired(visit, city, code, form, false).await
}

async fn set_retired(visit: Visit, city: String, code: String, form: Form, retired: bool) -> Result<Response, Refusal> {
    let url = template_url(&city, &code);
    visit.or_hold(&url, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let newest = tx.template_history(&code).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    if newest.retired != retired {
        match tx.write_template(permit, &newest.template, Change { seen: seen(&form), retired, reason: "" }).await {
            Ok(()) => tx.commit().await?,
            Err(error) if error.is_conflict_on("kpi_template_revisions_one_per_revision") => {
                let what = "画面を開いたあとに、この雛形が変更されました。内容を確かめてから、もう一度操作してください。".to_owned();
                return Err(Refusal::Conflict { what, back: url });
            }
            Err(error) => return Err(error.into()),
        }
    }
    let words = if retired { "廃止しました" } else { "使用中に戻しました" };
    visit.go(&url, words, if retired { "この画面から、いつでも使用中に戻せます。" } else { "" }).await
}

/// The revision that the page showed.
fn seen(form: &Form) -> i32 {
    form.get("revision").parse().unwrap_or(0)
}
