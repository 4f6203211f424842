//! Sharing and its withdrawal, by 事務局 of the source.

use axum::{extract::Path, response::Response};
use rashin_domain::{access::Action, form::FormErrors};
use rashin_store::StoreError;

use crate::{
    kpi::staff::staff_url,
    web::{Posted, Refusal, Visit},
};

pub async fn share(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    tx.kpi_id(&code).await?;
    let permit = visit.permit(&mut tx, &Action::Share).await?;
    let recipient = match tx.prefecture(form.get("recipient").trim()).await {
        Ok(recipient) => recipient,
        Err(StoreError::NotFound) => {
            let errors = FormErrors::one("recipient", "共有する都道府県を選択してください。");
            return visit.back(&page, form, errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let Some((edition, _)) = tx.newest_edition(plan.id).await? else {
        return visit
            .back(&page, form, FormErrors::one("recipient", "公表した版がまだないため、共有できません。先に公表してください。"))
            .await;
    };
    match tx.share_kpi(permit, &recipient, edition, &code).await {
        Ok(()) => {}
        Err(StoreError::NotFound) => {
            let errors = FormErrors::one("recipient", "この指標は公表した版にないため、共有できません。先に公表してください。");
            return visit.back(&page, form, errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, format!("{}と共有しました", recipient.name), "公表した版の値と判定だけが共有されます。").await
}

pub async fn withdraw(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    tx.kpi_id(&code).await?;
    let permit = visit.permit(&mut tx, &Action::Share).await?;
    let shared = tx.shared_with(&code).await?;
    let recipient = shared.into_iter().find(|r| r.name == form.get("recipient")).ok_or(Refusal::NotFound)?;
    tx.withdraw_share(permit, &recipient, &code).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}との共有を取り下げました", recipient.name), "相手の画面からも消えました。").await
}
