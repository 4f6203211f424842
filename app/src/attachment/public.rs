//! Files that an edition makes public: their list on a node's or KPI's page, and `/{city}/attachments/{attachment}`.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    attachment::{Listed, SubjectKind, size_label},
    ids::AttachmentId,
};

use super::{download, staff_file_url};
use crate::{
    plan::{Family, Shown},
    ui::section::section,
    web::{Refusal, Visit},
};

/// Only what a standing edition lists; everything else is not there.
pub async fn content(visit: Visit, Path((city, id)): Path<(String, AttachmentId)>) -> Result<Response, Refusal> {
    let mut tx = visit.public(&city).await?;
    Ok(download(tx.attachment_content(id).await?, "public, max-age=0, must-revalidate"))
}

/// The files of a node or KPI, as the shown edition lists them.
pub fn listed(shown: &Shown, subject: SubjectKind, key: &str) -> Option<AnyView> {
    let files: Vec<&Listed> = shown.edition.attachments_of(subject, key).collect();
    let item = |file: &&Listed| {
        let words = format!("{}（{} {}）", file.title, file.media_type.label(), size_label(file.size));
        let href = match shown.family {
            Family::Preview(_) => staff_file_url(&shown.city.slug, file.id),
            Family::Newest | Family::Edition(..) => format!("/{}/attachments/{}", shown.city.slug, file.id),
        };
        match shown.files.contains(&file.id) {
            true => view! { <li><a href=href download="">{words}</a></li> }.into_any(),
            false => view! { <li>{words}<span class="note">"　公開を取りやめました"</span></li> }.into_any(),
        }
    };
    let list = (!files.is_empty()).then(|| view! { <ul>{files.iter().map(item).collect_view()}</ul> });
    list.map(|list| section("attachments", "添付ファイル", (), view! { <div class="rashin-prose">{list}</div> }))
}
