//! `/{city}/staff/settings`: how the tenant reports and approves.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    approval::{Approval, Step},
};
use rashin_store::report::{Report, Wanted};

use super::{HERE, below};
use crate::{
    ui::{
        field::{Filled, Input, TEXT, checkbox, group, hidden, input, optional, post_form, radios, required},
        frame::Frame,
        section::page_head,
    },
    web::{Page, Refusal, Visit},
};

pub async fn settings(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Conduct).await?;
    let settings = tx.settings().await?;
    let reports = tx.reports(Wanted::All).await?;
    let filled = Filled::new(visit.take_held().await?, || settings.as_form());
    let seen = serde_json::to_string(&settings).map_err(Refusal::incident)?;
    let waits_for = |step| move |report: &&Report| report.waits_for(settings.approval) == Some(step);
    let [chief, office] = [Step::Chief, Step::Office].map(|step| reports.iter().filter(waits_for(step)).count());
    let fields = view! {
        {hidden("seen", seen)}
        {radios(&filled, "approval", &required("承認のしかた").hint(means(chief, office)), &ways())}
        {group(&filled, "own_approval", &optional("自分の報告の承認"), checkbox(&filled, "own_approval", "自分が提出した報告を、自分で承認してよい".to_owned()))}
        {group(&filled, "evidence_required", &optional("根拠"), checkbox(&filled, "evidence_required", "達成と判定される実績には、根拠のリンクか添付ファイルを必ず付ける".to_owned()))}
        {input(&filled, "stale_months", &required("古い値とみなすまでの月数").hint("最新の値の時点からこの月数を過ぎた指標に、値が古いことを表示します。1から60まで。"), Input { width: Some("4"), numeric: true, ..TEXT })}
    };
    let main = view! {
        {filled.summary()}
        {page_head("年間のイメージ", "報告と承認の設定", ())}
        {post_form(format!("/{city}/staff/settings"), fields, "設定を保存する")}
    };
    let frame = below(Frame::staff(&tx, None, HERE), &city).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("報告と承認の設定"), frame, main))
}

/// Each way in words, with who decides.
fn ways() -> Vec<(&'static str, String)> {
    let words = |approval| match approval {
        Approval::None => "報告が、提出したときに値になります。",
        Approval::Chief => "担当課の承認者が承認すると、値になります。",
        Approval::ChiefOffice => "担当課の承認者が承認し、事務局が確認すると、値になります。",
    };
    Approval::ALL.iter().map(|approval| (approval.code(), format!("{}：{}", approval.label(), words(*approval)))).collect()
}

/// What a change does to the reports that wait now: `Report::waits_for` and `Approval::settles` in words.
fn means(chief: usize, office: usize) -> String {
    let waiting = match (chief, office) {
        (0, 0) => "いま承認を待っている報告はありません。".to_owned(),
        (chief, office) => format!(
            "いま課長を待つ報告が{chief}件、事務局を待つ報告が{office}件あります。変えても待ったまま残り、課長を待つ報告は課長の承認から新しいしかたで進み、事務局を待つ報告は事務局の確認で確定します。"
        ),
    };
    format!("{waiting}締め切った値の訂正には、どのしかたでも担当課の承認が必要です。")
}
