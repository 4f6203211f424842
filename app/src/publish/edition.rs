//! `/{city}/staff/plans/{plan}/editions/{number}`: all that is recorded about one edition, and what can still be done with it.

use axum::extract::Path;
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::{date_label, japan_date, moment_label},
    form::Form,
    publish::{Erratum, Standing, edition_label},
};
use rashin_store::editions::EditionRecord;

use super::{pages::page_of, public::errata_table};
use crate::{
    attachment::{Owner, shelf},
    audit::COMMAND_LINE,
    plan::Family,
    ui::{
        field::{Filled, TEXT, date, day_and_hour, hidden, input, post_form, required, side_form, textarea},
        frame::{Frame, Here},
        section::{facts, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub fn url(city: &str, plan: &str, number: i32) -> String {
    format!("/{city}/staff/plans/{plan}/editions/{number}")
}

pub async fn edition(visit: Visit, Path((city, slug, number)): Path<(String, String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let plan = tx.plan_named(&slug).await?;
    let edition = tx.edition_record(&plan.slug, number).await?;
    let errata = tx.errata(&plan.slug, number).await?;
    let publisher = match edition.published_by {
        Some(member) => tx.member_names().await?.remove(&member).unwrap_or_default(),
        None => COMMAND_LINE.to_owned(),
    };
    let standing = edition.standing(tx.now());
    let may_publish = decide(tx.actor(), &Action::Publish).is_ok();
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set_moment("public_from", edition.public_from);
        form
    });
    let owner = Owner::edition(&mut tx, &city, &slug, number).await?;
    let files = shelf(&mut tx, &owner).await?;
    let (label, page) = (edition_label(number), url(&city, &slug, number));
    let main = view! {
        {filled.summary()}
        {page_head(plan.title.clone(), format!("{label}の記録"), pages(&city, &slug, number, standing))}
        <p class="lead prose">{lead(&label, &edition, standing)}</p>
        <div class="rashin-node">{facts(recorded(&edition, &publisher))}</div>
        {files}
        {(standing == Standing::Waiting && may_publish).then(|| waiting(&page, &edition, &filled))}
        {matches!(standing, Standing::Public | Standing::Withdrawn).then(|| corrections(&page, &errata, &filled, may_publish && standing == Standing::Public))}
        {(matches!(standing, Standing::Public | Standing::Waiting) && may_publish).then(|| withdrawal(&page, &label, standing, &filled))}
    };
    let mut crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff"))];
    if may_publish {
        crumbs.push(("公表".to_owned(), page_of(&city, &slug)));
    }
    let frame = Frame::staff(&tx, None, Here::Publish).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("{label}の記録 {}", plan.title)), frame, main))
}

fn lead(label: &str, edition: &EditionRecord, standing: Standing) -> String {
    let from = moment_label(edition.public_from);
    let withdrawn = edition.withdrawn.as_ref().map(|withdrawal| date_label(japan_date(withdrawal.at))).unwrap_or_default();
    match standing {
        Standing::Waiting => format!("{label}は公開を待っています。{from}に公開されます。"),
        Standing::Public => format!("{label}は{from}から公開しています。"),
        Standing::Withdrawn => format!("{label}は{withdrawn}に取り下げました。"),
        Standing::Cancelled => format!("{label}は{withdrawn}に公開を取りやめました。一度も公開していません。"),
    }
}

fn recorded(edition: &EditionRecord, publisher: &str) -> Vec<(&'static str, AnyView)> {
    let text = |words: &str| match words {
        "" => view! { <span class="rashin-unknown">"記録なし"</span> }.into_any(),
        words => words.to_owned().into_any(),
    };
    let day = |day: Option<Date>| text(&day.map(date_label).unwrap_or_default());
    let decision = &edition.decision;
    let mut rows = vec![
        ("公表の理由", text(&edition.reason)),
        ("公表の操作", format!("{}　{publisher}", moment_label(edition.published_at)).into_any()),
        ("公開日時", moment_label(edition.public_from).into_any()),
        ("文書番号", text(&decision.document_number)),
        ("起案日", day(decision.drafted_on)),
        ("決裁日", day(decision.decided_on)),
        ("決裁者の職名", text(&decision.decided_by)),
        ("施行日", day(decision.effective_on)),
    ];
    if let Some(withdrawal) = &edition.withdrawn {
        rows.push(("取り下げの日時", moment_label(withdrawal.at).into_any()));
        rows.push(("取り下げの理由", text(&withdrawal.reason)));
    }
    rows
}

fn pages(city: &str, plan: &str, number: i32, standing: Standing) -> Option<impl IntoView + use<>> {
    (standing == Standing::Public).then(|| {
        let base = Family::Edition(plan.to_owned(), number).base(city);
        view! { <p class="links"><a href=base.clone()>"公開しているページ"</a><a href=format!("{base}/errata")>"公開している正誤表"</a></p> }
    })
}

fn waiting(page: &str, edition: &EditionRecord, filled: &Filled) -> impl IntoView + use<> {
    let action = format!("{page}/embargoes");
    let seen = || hidden("seen", edition.public_from.to_string());
    section(
        "embargo",
        "公開日時",
        note("公開までは、この版のアドレスは「ページが見つかりません」になります。"),
        view! {
            {post_form(action.clone(), view! {
                {seen()}
                {date(filled, &required("新しい公開日時").hint("西暦と24時間制の時で入力。例：2026年12月1日9時"), &day_and_hour("public_from"))}
            }, "公開日時を変える")}
            {side_form(action, view! { {seen()}{hidden("at_once", "on")} }, "いますぐ公開する")}
        },
    )
}

fn corrections(page: &str, errata: &[Erratum], filled: &Filled, may_add: bool) -> impl IntoView + use<> {
    let form = may_add.then(|| {
        post_form(
            format!("{page}/errata"),
            view! {
                {hidden("erratum", (errata.len() + 1).to_string())}
                {input(filled, "place", &required("箇所").hint("例：指標 KAI-01 の2025年度の実績値"), TEXT)}
                {textarea(filled, "wrong", &required("誤"), 2)}
                {textarea(filled, "right", &required("正"), 2)}
                {textarea(filled, "erratum_reason", &required("訂正の理由"), 2)}
            },
            "訂正を載せる",
        )
    });
    section(
        "corrections",
        "正誤",
        note("版の中身は書き換えません。訂正は公開のページとデータに載り、あとから消せません。"),
        view! { {errata_table(errata)}{form} },
    )
}

fn withdrawal(page: &str, label: &str, standing: Standing, filled: &Filled) -> impl IntoView + use<> {
    let (summary, words, field, button) = match standing {
        Standing::Waiting => (
            format!("{label}の公開を取りやめる"),
            "取りやめた版は公開されません。番号は使い直さず、次に公表する版は次の番号になります。",
            "取りやめの理由",
            "公開を取りやめる",
        ),
        Standing::Public | Standing::Withdrawn | Standing::Cancelled => (
            format!("{label}を取り下げる"),
            "取り下げると、この版のすべてのアドレスには取り下げの日付と理由だけが表示されます。最新の版なら、公開ページは一つ前の版に戻ります。元に戻すには、次の版を公表します。",
            "取り下げの理由",
            "取り下げる",
        ),
    };
    let action = format!("{page}/withdrawals");
    // A form that came back is not folded away.
    let open = filled.errors.of("withdrawal_reason").is_some();
    view! {
        <details class="section" open=open>
            <summary>{summary}</summary>
            <p class="prose">{words}</p>
            {side_form(action, textarea(filled, "withdrawal_reason", &required(field), 2), button)}
        </details>
    }
}
