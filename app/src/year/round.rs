//! `/{city}/staff/year/rounds/{round}`: one round, for every member; its days, for 事務局.

use axum::extract::Path;
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::{FiscalYear, date_label},
    obligation::{Coverage, coverage},
    round::{Asks, PURPOSE_LIMIT, REASON_LIMIT, REMINDERS, Round, RoundState, reminder_label},
};
use rashin_store::TenantTx;

use super::{HERE, below, deadline, round_url, year_url};
use crate::{
    ui::{
        field::{Filled, checkboxes, confirm, date, day, hidden, optional, post_form, radios, required, side_form, textarea},
        frame::Frame,
        section::{facts, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

/// The round that an address names.
pub async fn find(tx: &mut TenantTx, key: &str) -> Result<(Round, Vec<Round>), Refusal> {
    let rounds = tx.rounds().await?;
    let round = rounds.iter().find(|round| round.key() == key).cloned().ok_or(Refusal::NotFound)?;
    Ok((round, rounds))
}

/// What a form's page showed of a round.
pub fn seen(round: &Round) -> Result<String, Refusal> {
    serde_json::to_string(round).map_err(Refusal::incident)
}

pub async fn round(visit: Visit, Path((city, key)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (round, _) = find(&mut tx, &key).await?;
    let today = tx.today();
    let state = round.state(today);
    let conducts = decide(tx.actor(), &Action::Conduct).is_ok();
    let covered = tx.owed(None).await?.map(|owed| coverage(&owed.desk(), &round, &owed.entries));
    let filled = Filled::new(visit.take_held().await?, || round.as_form());
    let forms = match (conducts, state) {
        (false, _) | (true, RoundState::Locked) => ().into_any(),
        (true, _) => office(&city, &round, state, covered, &filled, seen(&round)?).into_any(),
    };
    let year = FiscalYear::of(round.opens_on);
    let back = view! { <p class="links"><a href=year_url(&city, year)>{format!("{}の年間のイメージ", year.short())}</a></p> };
    let main = view! {
        {filled.summary()}
        {page_head("報告期", round.label(), back)}
        <p class="lead prose">{lead(&round, today)}</p>
        {section("days", "日程と対象", (), facts(rows(&round, today, covered)))}
        {forms}
    };
    let frame = below(Frame::staff(&tx, None, HERE), &city).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&round.label()), frame, main))
}

fn lead(round: &Round, today: Date) -> String {
    match round.state(today) {
        RoundState::Upcoming => format!("{}に始まります。", date_label(round.opens_on)),
        RoundState::Open | RoundState::Grace => format!("{}。", deadline(round, today)),
        RoundState::Closed => {
            "締め切りました。まだない値は期限後の報告として受け付けます。報告済みの値を変えるには、理由を付けた訂正が必要です。".to_owned()
        }
        RoundState::Locked => "値は固定されています。変えるには、理由を付けた訂正と、いまの担当課の承認が必要です。".to_owned(),
    }
}

fn rows(round: &Round, today: Date, covered: Option<Coverage>) -> Vec<(&'static str, AnyView)> {
    let mut rows = vec![
        ("状態", round.state(today).label().into_any()),
        ("目的", if round.purpose.is_empty() { "記載なし".to_owned() } else { round.purpose.clone() }.into_any()),
        ("受付", format!("{}から{}まで", date_label(round.opens_on), date_label(round.closes_on)).into_any()),
        (
            "猶予",
            match round.grace_until > round.closes_on {
                true => format!("{}まで", date_label(round.grace_until)),
                false => "なし".to_owned(),
            }
            .into_any(),
        ),
        ("催促", reminders(round)),
        ("値の確かさ", round.kind.maturity().label().into_any()),
        ("対象", format!("{}と、すべての取組", round.asks.label()).into_any()),
    ];
    if let Some(on) = round.locked_on {
        rows.push(("値の固定", date_label(on).into_any()));
    }
    if let Some(covered) = covered {
        let more = format!("承認待ち{}件、差戻し{}件、集計中{}件", covered.waiting, covered.returned, covered.collecting);
        rows.push(("報告", view! { <b>{covered.label()}</b><span class="dads-table__sub">{more}</span> }.into_any()));
    }
    rows
}

fn reminders(round: &Round) -> AnyView {
    if round.reminders.is_empty() {
        return "送りません".into_any();
    }
    let items = round.reminders.iter().map(|offset| {
        view! { <li>{format!("{}（{}）", date_label(round.reminder_day(*offset)), reminder_label(*offset))}</li> }
    });
    view! { <ul>{items.collect_view()}</ul> }.into_any()
}

/// What 事務局 can do with a round.
fn office(city: &str, round: &Round, state: RoundState, covered: Option<Coverage>, filled: &Filled, seen: String) -> impl IntoView + use<> {
    let url = round_url(city, round);
    let has_begun = state != RoundState::Upcoming;
    let offsets: Vec<_> = REMINDERS.iter().map(|offset| (offset.to_string(), reminder_label(*offset))).collect();
    let asks: Vec<_> = Asks::ALL.iter().map(|asks| (asks.code(), asks.label().to_owned())).collect();
    let opens_hint = match has_begun {
        true => format!("始まったため、変えられません（{}）。", date_label(round.opens_on)),
        false => "西暦で入力。例：2026年10月1日".to_owned(),
    };
    let fields = view! {
        {hidden("seen", seen.clone())}
        {date(filled, &required("開始日").hint(opens_hint), &day("opens"))}
        {date(filled, &required("締切日"), &day("closes"))}
        {date(filled, &optional("猶予の最終日").hint("締切のあとも期限後の報告として受け付ける最後の日。空にすると猶予なし。"), &day("grace"))}
        {checkboxes(filled, "remind", &optional("催促の日").hint("まだ報告していない人に知らせる日。営業日（開庁日）で数えます。"), &offsets)}
        {radios(filled, "asks", &required("対象の指標"), &asks)}
        {textarea(filled, "purpose", &optional("目的").hint(format!("何のための報告か。{PURPOSE_LIMIT}文字まで。")), 2)}
        {has_begun.then(|| textarea(filled, "reason", &required("変更の理由").hint(format!("始まった報告期の変更は、理由とともに記録に残ります。{REASON_LIMIT}文字まで。")), 2))}
    };
    let change = section("change", "日程と対象を変える", (), post_form(format!("{url}/changes"), fields, "保存する"));
    let last = match state {
        RoundState::Upcoming => cancellation(&url, seen),
        RoundState::Closed => lock(&url, filled, covered, seen),
        RoundState::Open | RoundState::Grace | RoundState::Locked => ().into_any(),
    };
    view! { {change}{last} }
}

fn cancellation(url: &str, seen: String) -> AnyView {
    let words = note("始まるまでは取りやめられます。取りやめた報告期は、年間のイメージから加え直せます。");
    section("cancel", "取りやめる", words, side_form(format!("{url}/cancellations"), hidden("seen", seen), "この報告期を取りやめる"))
}

fn lock(url: &str, filled: &Filled, covered: Option<Coverage>, seen: String) -> AnyView {
    let missing = covered.map_or(0, |covered| covered.missing());
    let words = match missing {
        0 => "すべての報告がそろっています。".to_owned(),
        missing => format!("まだ{missing}件の報告がありません。固定したあとの報告は、理由を付けた訂正になります。"),
    };
    let fields = view! {
        <p class="prose">{words}</p>
        {hidden("seen", seen)}
        {confirm(filled, "confirm", "固定は取り消せません。このあと値を変えるには、訂正と担当課の承認が必要になることを確かめました。")}
    };
    section(
        "lock",
        "値を固定する",
        note("本部会議や議会に出す数字を、動かない値にします。"),
        side_form(format!("{url}/locks"), fields, "値を固定する"),
    )
}
