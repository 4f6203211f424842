//! Inquiries among the tasks of the home page.

use rashin_domain::{
    access::{Role, speaks_for},
    clock::date_label,
    inquiry::Standing,
};
use rashin_store::{TenantTx, tenancy::tree};

use super::url;
use crate::{tenancy::home::Task, web::Refusal};

/// What waits for the visitor: a reply of their section, or, past the deadline, answers of 事務局.
pub async fn tasks(tx: &mut TenantTx, city: &str) -> Result<Vec<Task>, Refusal> {
    let (inquiries, today) = (tx.inquiries(None).await?, tx.today());
    let sections = tree(&tx.sections().await?);
    let Some(member) = tx.member() else { return Ok(Vec::new()) };
    let is_office = member.has(Role::Secretariat);
    let mut tasks = Vec::new();
    for inquiry in &inquiries {
        let standing = inquiry.standing(today);
        let missing: Vec<_> = inquiry.missing().map(|asked| asked.section).collect();
        let mine = speaks_for(member, &missing, &sections);
        let late = if standing == Standing::Overdue { "（過ぎています）" } else { "" };
        let names = inquiry.asked.iter().filter(|asked| mine.contains(&asked.section)).map(|asked| asked.name.as_str());
        let detail = if standing != Standing::Closed && !mine.is_empty() {
            let names = names.collect::<Vec<_>>().join("、");
            format!("回答期限 {}{late}　{names}", date_label(inquiry.deadline))
        } else if is_office && standing != Standing::Open && inquiry.unanswered > 0 {
            format!("対応を書いていない意見 {}件", inquiry.unanswered)
        } else {
            continue;
        };
        tasks.push(Task { kind: "照会", href: url(city, inquiry.id), title: inquiry.title.clone(), detail });
    }
    Ok(tasks)
}
