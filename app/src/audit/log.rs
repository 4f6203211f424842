//! `/{city}/staff/log` and its CSV: what was done in the tenant, newest first.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, LogKind},
    clock::{date_label, day_begins, moment_code, moment_label},
    form::{Form, FormErrors},
    ids::MemberId,
    text::{neutral, search::Words},
};
use rashin_store::{
    TenantTx,
    audit::{Beside, By, Entry, Place, Post, Subject, SubjectNames, Wanted},
};
use serde_json::json;

use super::{
    download, frame, tabs,
    words::{COMMAND_LINE, EXPORTED_LOG, Speech, deed},
};
use crate::{
    ui::{
        field::{Filled, TEXT, date, day, input, optional, select},
        section::{col, empty, note, page_head, table},
    },
    web::{Page, Refusal, Visit},
};

/// Lines of one page.
const PAGE: usize = 100;

const WORDS_LIMIT: usize = 100;

/// The fields of the filter, as the address names them.
const FIELDS: [&str; 9] = ["from_year", "from_month", "from_day", "until_year", "until_month", "until_day", "by", "kind", "words"];

/// Stands for the command line where a member's id would.
const NOBODY: &str = "command-line";

/// What people and subjects are called.
struct Names {
    members: BTreeMap<MemberId, String>,
    posts: Vec<Post>,
    subjects: SubjectNames,
}

impl Names {
    async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
        Ok(Self { members: tx.member_names().await?, posts: tx.posts().await?, subjects: tx.subject_names().await? })
    }

    fn speech<'a>(&'a self, city: &'a str) -> Speech<'a> {
        Speech { city, members: &self.members, posts: &self.posts, names: &self.subjects }
    }
}

/// Reads the filter; what is wrong with it is said at its field.
fn wanted(form: &Form, names: &SubjectNames, errors: &mut FormErrors) -> Wanted {
    let from = form.date("from", "はじめの日", errors).flatten();
    let until = form.date("until", "おわりの日", errors).flatten();
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        let sentence = from.map(|day| format!("おわりの日ははじめの日（{}）以降にしてください。", date_label(day)));
        errors.push::<()>("until_year", sentence.unwrap_or_default());
    }
    let words = form.text("words", "対象の言葉", WORDS_LIMIT, errors);
    let by = match form.get("by") {
        NOBODY => Some(By::CommandLine),
        id => id.parse().ok().map(By::Member),
    };
    Wanted {
        from: from.and_then(day_begins),
        until: until.and_then(|day| day.tomorrow().ok()).and_then(day_begins),
        by,
        kind: LogKind::from_code(form.get("kind")),
        subject: (!words.is_empty()).then(|| subject(words, names)),
    }
}

/// The log writes codes, people know names: both are looked for.
fn subject(words: String, names: &SubjectNames) -> Subject {
    let wanted = Words::new(&words);
    let keys = names.kpis.iter().chain(&names.others).filter(|(key, name)| wanted.are_in(&[key, name]));
    Subject { keys: keys.map(|(key, _)| key.clone()).collect(), words }
}

pub(super) fn place_code(place: Place) -> String {
    format!("{}-{}", place.at.as_microsecond(), place.id.simple())
}

/// A place of an address that somebody has changed is no place: the newest page is shown.
pub(super) fn parse_place(code: &str) -> Option<Place> {
    let (at, id) = code.split_once('-')?;
    let MemberId(id) = id.parse().ok()?;
    Some(Place { at: Timestamp::from_microsecond(at.parse().ok()?).ok()?, id })
}

/// The filter as a query, with one more pair.
fn address(path: &str, form: &Form, more: Option<(&str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let filled = FIELDS.into_iter().map(|field| (field, form.get(field).to_owned())).filter(|(_, value)| !value.is_empty());
    query.extend_pairs(filled.chain(more));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// `/{city}/staff/log`
pub async fn log(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Audit).await?;
    let names = Names::load(&mut tx).await?;
    let mut filled = Filled { form: Form::from_pairs(query), errors: FormErrors::default() };
    let wanted = wanted(&filled.form, &names.subjects, &mut filled.errors);
    let newer = parse_place(filled.form.get("newer")).map(Beside::NewerThan);
    let beside = newer.or_else(|| parse_place(filled.form.get("older")).map(Beside::OlderThan));
    let at = format!("/{city}/staff/log");
    let outcome = if filled.errors.is_empty() {
        // One more than is shown: whether there is another page.
        let mut entries = tx.log(&wanted, beside, Some(PAGE as i64 + 1)).await?;
        let goes_on = entries.len() > PAGE;
        if goes_on {
            let spare = if newer.is_some() { 0 } else { PAGE };
            entries.remove(spare);
        }
        let has_newer = if newer.is_some() { goes_on } else { beside.is_some() };
        let has_older = newer.is_some() || goes_on;
        let newer = entries.first().filter(|_| has_newer).map(|first| address(&at, &filled.form, Some(("newer", place_code(first.place)))));
        let older = entries.last().filter(|_| has_older).map(|last| address(&at, &filled.form, Some(("older", place_code(last.place)))));
        lines(&at, &names.speech(&city), &entries, newer, older)
    } else {
        ().into_any()
    };
    let is_filtered = FIELDS.iter().any(|field| !filled.form.get(field).is_empty());
    let csv = address(&format!("{at}.csv"), &filled.form, None);
    let main = view! {
        {filled.summary()}
        {page_head("", "記録", ())}
        {tabs(&city, "log")}
        <div class="dads-tab__panel">
            {filter(&filled, &names.members)}
            <p class="links">
                {is_filtered.then(|| view! { <a href=at.clone()>"条件をすべて解除する"</a> })}
                {filled.errors.is_empty().then(|| view! { <a href=csv>"この条件の記録をCSVで保存する"</a> })}
            </p>
            {outcome}
        </div>
        {note("記録は、変更と同時に書かれ、あとから変えたり消したりすることはできません。CSVの保存も記録に残ります。")}
    };
    Ok(Page::new(filled.title("記録"), frame(&tx, &city).flash(visit.take_flash().await?), main))
}

fn filter(filled: &Filled, members: &BTreeMap<MemberId, String>) -> impl IntoView + use<> {
    let mut people: Vec<(String, String)> = members.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    people.sort_by(|(_, one), (_, other)| one.cmp(other));
    people.push((NOBODY.to_owned(), COMMAND_LINE.to_owned()));
    let kinds: Vec<_> = LogKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    view! {
        <form method="get" class="rashin-filter" novalidate>
            {date(filled, &optional("はじめの日").hint("西暦で入力。例：2026年4月1日"), &day("from"))}
            {date(filled, &optional("おわりの日").hint("この日を含みます。"), &day("until"))}
            {select(filled, "by", &optional("だれが"), &people, "すべて")}
            {select(filled, "kind", &optional("操作の種類"), &kinds, "すべて")}
            {input(filled, "words", &optional("対象の言葉"), TEXT)}
            <button class="dads-button" data-type="outline">"絞り込む"</button>
        </form>
    }
}

fn lines(at: &str, speech: &Speech, entries: &[Entry], newer: Option<String>, older: Option<String>) -> AnyView {
    if entries.is_empty() {
        return empty("条件に合う記録はありません。", Some((at.to_owned(), "新しい記録をすべて見る"))).into_any();
    }
    let rows = entries.iter().map(|entry| line(speech, entry)).collect_view();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = vec![col("日時"), col("だれが"), col("何をした"), col("対象")];
    let caption = format!("操作の記録 {}件（新しい順）", entries.len());
    view! {
        {table("log", caption, heads, body, true)}
        {(newer.is_some() || older.is_some()).then(|| view! {
            <nav class="links" aria-label="記録のページ">
                {newer.map(|href| view! { <a href=href>"より新しい記録"</a> })}
                {older.map(|href| view! { <a href=href>"より古い記録"</a> })}
            </nav>
        })}
    }
    .into_any()
}

fn line(speech: &Speech, entry: &Entry) -> impl IntoView + use<> {
    let (name, post) = speech.who(entry);
    let subject = speech.subject(entry);
    let words = match subject.href {
        Some(href) => view! { <a class="rashin-hit" href=href>{subject.words}</a> }.into_any(),
        None => subject.words.into_any(),
    };
    let details =
        speech.details(entry).into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }).collect_view();
    let has_details = entry.detail.as_object().is_some_and(|object| !object.is_empty());
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><time class="nobr">{moment_label(entry.place.at)}</time></th>
            <td role="cell"><span class="dads-table__cell-label">"だれが"</span><span>{name}{(!post.is_empty()).then(|| view! { <span class="dads-table__sub">{post}</span> })}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"何をした"</span><span>{deed(entry)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"対象"</span><div>
                {words}
                {has_details.then(|| view! { <details class="rashin-detail"><summary>"詳しく"</summary><dl class="dads-description-list" data-narrow="">{details}</dl></details> })}
            </div></td>
        </tr>
    }
}

const CSV_HEADER: [&str; 9] =
    ["日時（日本時間）", "氏名", "職名", "操作の種類", "操作", "対象", "対象（記録のまま）", "詳細（JSON）", "記録の番号"];

/// `/{city}/staff/log.csv`: every line of the filter. That it was taken is a line of its own.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Audit).await?;
    let names = Names::load(&mut tx).await?;
    let (form, mut errors) = (Form::from_pairs(query), FormErrors::default());
    let wanted = wanted(&form, &names.subjects, &mut errors);
    if let Some((_, sentence)) = errors.iter().next() {
        return Err(Refusal::bad_request(sentence));
    }
    let entries = tx.log(&wanted, None, None).await?;
    let file = written(&names.speech(&city), &entries).map_err(Refusal::incident)?;
    tx.taken_out(permit, EXPORTED_LOG, json!({ "lines": entries.len() }));
    let name = format!("{city}-log-{}.csv", tx.today());
    tx.commit().await?;
    Ok((download(&name, "text/csv; charset=utf-8"), file).into_response())
}

fn written(speech: &Speech, entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(CSV_HEADER)?;
    for entry in entries {
        let (name, post) = speech.who(entry);
        let kind = LogKind::from_code(&entry.action).map_or(entry.action.as_str(), |kind| kind.label());
        let subject = speech.subject(entry).words;
        let (at, detail, id) = (moment_code(entry.place.at), entry.detail.to_string(), entry.place.id.to_string());
        writer.write_record([&at, &name, &post, kind, &deed(entry), &subject, &entry.subject, &detail, &id].map(neutral))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_an_invented_one_is_none() {
        let MemberId(id) = "01990000-0000-7000-8000-000000000001".parse().unwrap();
        let place = Place { at: "2026-11-22T06:00:00.123456Z".parse().unwrap(), id };
        assert_eq!(parse_place(&place_code(place)), Some(place));
        for invented in ["", "1", "x-01990000000070008000000000000001", "1-y", "99999999999999999999-01990000000070008000000000000001"] {
            assert_eq!(parse_place(invented), None, "{invented}");
        }
    }
}
