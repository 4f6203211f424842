//! `/{city}/staff/reminders`: who owes what, and when they were last asked.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::date_label,
    form::Form,
    urging::{Debts, Only, WORDS_LIMIT},
};

use super::{
    Register, page_url, reminders_url,
    rows::{nobodys, people},
};
use crate::{
    progress::progress_url,
    ui::{
        field::{Filled, hidden, optional, select, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
    year,
};

const TITLE: &str = "催促";

/// `section` and `item.{item}` as [`Only`] reads them; `ticks`: `all`, `none`, or whoever is meant.
pub async fn reminders(visit: Visit, Path(city): Path<String>, Query(asked): Query<Vec<(String, String)>>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Conduct).await?;
    let asked = Form::from_pairs(asked);
    let only = Only::of(&asked);
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("進み具合".to_owned(), progress_url(&city))];
    let frame = Frame::staff(&tx, None, Here::Progress).crumbs(crumbs).flash(visit.take_flash().await?);
    let Some(register) = Register::load(&mut tx).await? else {
        let main = view! { {page_head("", TITLE, ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new(TITLE, frame, main));
    };
    let debts = register.debts(&only);
    let filled = Filled::new(visit.take_held().await?, || ticks(&register, &debts, asked.get("ticks")));
    let sender = format!("{}事務局　{}", tx.city().name, tx.member().map_or("", |member| &member.name));
    let body = match (debts.is_empty(), only.is_all()) {
        (true, true) => nothing(&register, &city),
        (true, false) => empty(
            "条件に合う未報告はありません。報告が済んだか、いまは求めていないものです。",
            Some((reminders_url(&city), "すべての未報告を表示する")),
        ),
        (false, _) => view! {
            {(!debts.people.is_empty()).then(|| form(&register, &city, &only, &debts, &filled, &sender))}
            {(!debts.nobodys.is_empty()).then(|| {
                let heading = format!("催促する相手がいないもの　{}件", debts.nobodys.len());
                section("nobody", &heading, (), nobodys(&register, &city, &debts.nobodys))
            })}
        }
        .into_any(),
    };
    let main = view! {
        {filled.summary()}
        {page_head(register.owed.plan.title.clone(), TITLE, ())}
        {(!debts.is_empty()).then(|| view! { <p class="lead">{lead(&register, &debts)}</p> })}
        {(!debts.is_empty() || !only.is_all()).then(|| filters(&register, &city, &only))}
        {body}
    };
    Ok(Page::new(filled.title(TITLE), frame, main))
}

fn ticks(register: &Register, debts: &Debts<'_>, wish: &str) -> Form {
    let is_ticked = |debt: &&_| match wish {
        "all" => true,
        "none" => false,
        _ => register.is_meant(debt),
    };
    Form::from_pairs(debts.people.iter().filter(is_ticked).map(|debt| (format!("to.{}", debt.key()), "on".to_owned())))
}

fn lead(register: &Register, debts: &Debts<'_>) -> String {
    let owed = debts.count();
    let members = debts.members();
    let today = members.iter().filter(|member| register.urged_on(**member) == Some(register.today)).count();
    match (members.len(), today) {
        (0, _) => format!("未報告が{owed}件ありますが、催促できる人がいません。"),
        (all, 0) => format!("未報告が{owed}件あります。{all}人に催促できます。"),
        (all, today) if all == today => format!("未報告が{owed}件あります。{all}人全員に、今日催促しました。"),
        (all, today) => format!("未報告が{owed}件あります。{all}人のうち{today}人には、今日催促しました。"),
    }
}

/// Nobody owes anything.
fn nothing(register: &Register, city: &str) -> AnyView {
    let rounds = &register.owed.rounds;
    let next = rounds.iter().filter(|round| register.today < round.opens_on).min_by_key(|round| round.opens_on);
    let calendar = Some((format!("/{city}/staff/year"), "年間のイメージを見る"));
    match (year::running(rounds, register.today), next) {
        (Some(round), _) => empty(
            format!("{}は、すべて出ています。催促するものはありません。", round.label()),
            Some((progress_url(city), "進み具合を見る")),
        ),
        (None, Some(round)) => {
            let opens = date_label(round.opens_on);
            empty(format!("いまは催促するものがありません。次は{}が{opens}に始まります。", round.label()), calendar)
        }
        (None, None) => empty("報告の時期がまだ決まっていないため、催促するものはありません。", calendar),
    }
}

fn filters(register: &Register, city: &str, only: &Only) -> impl IntoView + use<> {
    let filled = Filled { form: Form::from_pairs(only.fields()), ..Filled::default() };
    let sections: Vec<_> = register.sections.iter().map(|section| (section.id.to_string(), section.name.clone())).collect();
    let items = Only { section: None, ..only.clone() }.fields();
    let chosen = (!items.is_empty()).then(|| {
        let words = format!("選んだ指標・取組{}件にしぼっています。", items.len());
        let all = page_url(city, &Only { items: Default::default(), ..only.clone() });
        view! { <p class="note">{words}<a href=all>"しぼり込みを解く"</a></p> }
    });
    view! {
        {chosen}
        <form class="rashin-filter" method="get" role="search" aria-label="催促の絞り込み">
            {items.into_iter().map(|(name, value)| hidden(&name, value)).collect_view()}
            {select(&filled, "section", &optional("担当課（下の係を含む）"), &sections, "すべて")}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn form(register: &Register, city: &str, only: &Only, debts: &Debts<'_>, filled: &Filled, sender: &str) -> impl IntoView + use<> {
    let page = page_url(city, only);
    let ticks = |which: &str| format!("{page}{}ticks={which}", if page.contains('?') { '&' } else { '?' });
    let fault = filled.errors.of("to").map(|fault| view! { <p class="dads-form-control-label__error-text">{format!("＊{fault}")}</p> });
    let hint = format!("お知らせとメールに添えます。{WORDS_LIMIT}文字まで。");
    let what = format!("一人ずつ、その人の未報告の一覧を付けて「報告をお願いします」と知らせます。差出人は「{sender}」です。");
    view! {
        <form class="stack" method="post" action=reminders_url(city) novalidate>
            {only.fields().into_iter().map(|(name, value)| hidden(&name, value)).collect_view()}
            <div class="stack" id="to" tabindex="-1">
                {fault}
                <p class="links"><a href=ticks("all")>"全員を選ぶ"</a><a href=ticks("none")>"全員の選択を外す"</a><a href="#send">"ひとことを添えて送る"</a></p>
                {people(register, debts, filled)}
            </div>
            <div class="stack rashin-form" id="send" tabindex="-1">
                {note(what)}
                {textarea(filled, "words", &optional("ひとこと").hint(hint), 3)}
                <p class="actions"><button class="dads-button" data-type="solid-fill">"催促する"</button></p>
            </div>
        </form>
    }
}
