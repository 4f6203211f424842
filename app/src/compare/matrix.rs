//! `/{city}/staff/compare/matrix`: bodies down, indicators across.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    figure::{Level, Summary, level_of},
    tenancy::TenantKind,
    value::{Value, ValueKind},
};
use rashin_store::TenantTx;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    board::{Board, Column, Origin, Row},
    column_url, counted,
    lens::{KINDS, Lens, NATION},
    matrix_url, own_url,
};
use crate::{
    ui::{
        field::{Filled, checkboxes, optional, select},
        frame::{Frame, Here},
        section::{empty, note, page_head},
    },
    web::{Page, Refusal, Visit},
};

/// Bodies on a page.
const PAGE: usize = 100;
/// So many bodies can be ticked one by one.
const MOST_TICKS: usize = 200;

pub async fn matrix(visit: Visit, Path(city): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let lens = Lens::new(query);
    let board = Board::load(&mut tx, &lens, PAGE).await?;
    let frame = frame(&tx).flash(visit.take_flash().await?);
    let path = matrix_url(&city);
    let Some(board) = board else {
        let title = "団体の比較";
        let words = "この区分の数値は、まだ取り込まれていません。運用担当者が、デジタル庁「自治体DXの取組に関するダッシュボード」のCSVファイルを「rashin figures import」で取り込むと、ここで比べられます。";
        let back = (lens.level() == Level::Prefecture).then_some((path, "市区町村の比較を見る"));
        return Ok(Page::new(title, frame, view! { {page_head("", title, ())}{empty(words, back)} }));
    };
    let title = match board.level {
        Level::Municipality => format!("{} 市区町村のDX", board.place()),
        Level::Prefecture => "都道府県のDX".to_owned(),
    };
    let is_prefecture = tx.city().kind == TenantKind::Prefecture;
    let links = view! {
        <p class="links">
            <a href=lens.address(&format!("{path}.csv"), 1)>"CSVで取り出す"</a>
            {is_prefecture.then(|| view! { <a href=own_url(&city)>"独自の指標"</a> })}
        </p>
    };
    let list = match board.rows.is_empty() || board.columns.is_empty() {
        true => empty("条件に合う団体または指標はありません。", Some((path.clone(), "条件を解除する"))),
        false => view! { {figure(&city, &lens, &board, &tx.city().code)}{pager(&path, &lens, &board)} }.into_any(),
    };
    let printed = format!("{}　{}出力　{}", tx.city().name, moment_label(tx.now()), lens.address(&path, board.page));
    let main = view! {
        {page_head("", title.clone(), links)}
        <p class="lead">{lead(&board)}</p>
        {filters(&path, &lens, &board)}
        {refused_order(&lens, &board).map(note)}
        {list}
        <p class="note rashin-printed">{printed}</p>
    };
    Ok(Page::new(format!("{title} {}", board.year.short()), frame, main))
}

/// The pages of a comparison show figures of real bodies, also to a tenant that is made up.
pub fn frame(tx: &TenantTx) -> Frame {
    let city = tx.city();
    let notice =
        city.fictional.then(|| format!("{}とその職員は架空です。国の指標の数値は、実在の団体について国が公表したものです。", city.name));
    Frame::staff(tx, notice, Here::Compare)
}

/// What the indicators of the page have in common, in a sentence.
fn lead(board: &Board) -> String {
    let what =
        format!("{}{}団体を、{}の{}指標で並べています。", place(board), counted(board.shown), board.year.label(), board.columns.len());
    let yes_no = board.columns.iter().zip(&board.sums).filter(|(column, _)| column.kind == ValueKind::YesNo);
    let yes_no: Vec<(&str, &Summary)> = yes_no.map(|(column, sum)| (column.name.as_str(), sum)).collect();
    let share = |sum: &Summary| Decimal::from(sum.yes).checked_div(Decimal::from(sum.known));
    let shares: Vec<(&str, &Summary, Decimal)> = yes_no.iter().filter_map(|(name, sum)| Some((*name, *sum, share(sum)?))).collect();
    let (Some(least), Some(most)) = (shares.iter().map(|(.., share)| *share).min(), shares.iter().map(|(.., share)| *share).max()) else {
        return what;
    };
    if least == most || shares.len() < 3 {
        return what;
    }
    let named = |at: Decimal| {
        let of: Vec<_> = shares.iter().filter(|(.., share)| *share == at).collect();
        let names: Vec<&str> = of.iter().map(|(name, ..)| *name).collect();
        let count = of.first().map_or(String::new(), |(_, sum, _)| format!("{}団体中{}団体", counted(sum.known), counted(sum.yes)));
        format!("{}（{}{count}）", names.join("と"), if of.len() > 1 { "各" } else { "" })
    };
    format!("{what}実施が最も少ないのは{}、最も多いのは{}です。", named(least), named(most))
}

fn place(board: &Board) -> String {
    match board.level {
        Level::Municipality => format!("{}の", board.place()),
        Level::Prefecture => String::new(),
    }
}

/// Says why an order that was asked for is not there.
fn refused_order(lens: &Lens, board: &Board) -> Option<String> {
    let asked = lens.get("sort");
    let column = board.columns.iter().find(|column| column.code == asked && board.sorted.is_none())?;
    Some(format!("「{}」は順位付けをしない指標のため、値では並べ替えず、団体コード順に並べています。", column.name))
}

fn filters(path: &str, lens: &Lens, board: &Board) -> impl IntoView + use<> {
    let mut filled = Filled { form: lens.form.clone(), ..Filled::default() };
    // What is shown, where nothing was asked for.
    filled.form.set("area", board.area.as_ref().map_or(NATION, |area| &area.code));
    let mut areas = vec![(NATION.to_owned(), "全国".to_owned())];
    areas.extend(board.areas.iter().map(|area| (area.code.clone(), format!("{}（{}）", area.name, area.bodies))));
    let levels: Vec<_> = Level::ALL.iter().skip(1).map(|level| (level.code().to_owned(), level.label().to_owned())).collect();
    let kinds = KINDS.map(|(key, words)| (key.to_owned(), words.to_owned()));
    let sets: Vec<_> = board.sets.iter().skip(1).map(|set| (set.key.clone(), set.words.clone())).collect();
    let years: Vec<_> = board.years.iter().skip(1).map(|year| (year.0.to_string(), year.label())).collect();
    let orders = board.columns.iter().filter(|column| column.is_ranked());
    let orders: Vec<_> = orders.map(|column| (column.code.to_owned(), format!("{}の{}", column.name, column.order()))).collect();
    let reset = (!lens.is_plain()).then(|| view! { <a href=path.to_owned()>"条件を解除する"</a> });
    let of_municipalities = board.level == Level::Municipality;
    let first_set = match board.sets.first().is_some_and(|set| set.key == "dashboard") {
        true => "国の指標すべて",
        false => "申請率すべて",
    };
    let indicators: Vec<_> = board.offered.iter().map(|column| (column.code.to_owned(), column.name.clone())).collect();
    let bodies: Vec<_> = board.choice.iter().map(|body| (body.code.clone(), body.name.clone())).collect();
    let ticks = (bodies.len() <= MOST_TICKS).then(|| checkboxes(&filled, "body", &optional("団体"), &bodies));
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="表示の条件">
            {(!levels.is_empty()).then(|| select(&filled, "level", &optional("区分"), &levels, "市区町村"))}
            {of_municipalities.then(|| view! {
                {select(&filled, "area", &optional("地域"), &areas, "自団体の都道府県")}
                {select(&filled, "kind", &optional("団体の種類"), &kinds, "すべて")}
            })}
            {(!sets.is_empty()).then(|| select(&filled, "set", &optional("指標"), &sets, first_set))}
            {(!years.is_empty()).then(|| select(&filled, "year", &optional("年度"), &years, "最新"))}
            {(!orders.is_empty()).then(|| select(&filled, "sort", &optional("並べ方"), &orders, "団体コード順"))}
            <details class="rashin-picks" open=lens.has_picks()>
                <summary>"指標と団体を1つずつ選ぶ"</summary>
                {checkboxes(&filled, "indicator", &optional("指標を選ぶ"), &indicators)}
                {ticks}
            </details>
            <p class="actions"><button class="dads-button" data-type="outline">"表示する"</button>{reset}</p>
        </form>
    }
}

fn figure(city: &str, lens: &Lens, board: &Board, own: &str) -> AnyView {
    let order = match board.sorted {
        Some(at) => format!("{}の{}", board.columns[at].name, board.columns[at].order()),
        None => "団体コード順（順位ではありません）".to_owned(),
    };
    let part = match board.pages {
        1 => format!("{}団体", counted(board.shown)),
        pages => format!("{}団体（{}／{pages}ページ）", counted(board.shown), board.page),
    };
    let caption = format!("{}　{part}　{order}", board.year.label());
    // A line between the headings.
    let starts: Vec<bool> =
        board.columns.iter().enumerate().map(|(at, column)| at == 0 || board.columns[at - 1].category != column.category).collect();
    let groups = board.columns.chunk_by(|a, b| a.category == b.category);
    let groups = groups.map(|group| {
        let (span, words) = (group.len().to_string(), group[0].category.clone());
        view! { <th scope="colgroup" colspan=span data-first="">{words}</th> }
    });
    let heads = board.columns.iter().zip(&starts).map(|(column, first)| {
        let href = lens.address(&column_url(city, &column.code), 1);
        let class = is_numeric(column).then_some("num");
        view! { <th scope="col" class=class data-first=first.then_some("")><a href=href><span>{breakable(&column.name)}</span></a></th> }
    });
    let nation = board.has_nation().then(|| {
        let sums: Vec<Summary> = board.columns.iter().filter_map(|column| column.whole.clone()).collect();
        total(board, "全国", board.nation, &sums, &starts)
    });
    // More than fit beside each other on a desk: the table scrolls by itself.
    let is_wide = board.columns.len() > 14;
    let label = if board.shown == board.choice.len() { board.place().to_owned() } else { "表示した団体".to_owned() };
    let rows = board.rows.iter().map(|row| line(board, row, row.body.code == own, &starts)).collect_view();
    view! {
        <figure class="dads-table">
            <figcaption><p class="dads-table__caption" id="matrix">{caption}</p>{legend(board, own)}</figcaption>
            <p class="dads-table__hint">"表は横に動かして見られます。"</p>
            <div class="rashin-matrix" data-wide=is_wide.then_some("") role="region" tabindex="0" aria-labelledby="matrix">
                <table aria-labelledby="matrix">
                    <thead>
                        <tr><th scope="col" rowspan="2">"団体"</th>{groups.collect_view()}</tr>
                        <tr>{heads.collect_view()}</tr>
                    </thead>
                    <tbody data-total="">{nation}{total(board, &label, board.shown, &board.sums, &starts)}</tbody>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {sources(board).into_iter().map(note).collect_view()}
        </figure>
    }
    .into_any()
}

/// A name that narrow heads may break between its words: after hiragana, and every two characters of a long word in kanji.
fn breakable(name: &str) -> AnyView {
    let parts = parts(name).into_iter().enumerate();
    parts.map(|(at, part)| view! { {(at > 0).then(|| view! { <wbr/> })}{part} }).collect_view().into_any()
}

fn parts(name: &str) -> Vec<String> {
    let is_hiragana = |c: char| ('ぁ'..='ん').contains(&c);
    let is_kanji = |c: char| ('一'..='龥').contains(&c);
    let chars: Vec<char> = name.chars().collect();
    let mut parts = vec![String::new()];
    let mut run = 0;
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let rest = chars[at..].iter().take_while(|c| is_kanji(**c)).count();
        run = if is_kanji(*c) { run + 1 } else { 0 };
        let ends = before.is_some_and(|before| match is_kanji(*c) {
            // An odd word begins with three.
            true => is_hiragana(before) || (run > 2 && rest > 1 && rest.is_multiple_of(2)),
            false => is_hiragana(before) && !is_hiragana(*c),
        });
        if ends {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(*c);
        }
    }
    parts
}

fn is_numeric(column: &Column) -> bool {
    column.kind != ValueKind::YesNo
}

/// What is drawn, in words: only that which is on the page.
fn legend(board: &Board, own: &str) -> impl IntoView + use<> {
    let has = |kind| board.columns.iter().any(|column| column.kind == kind);
    let is_here = board.rows.iter().any(|row| row.body.code == own);
    view! {
        <dl class="rashin-legend">
            {has(ValueKind::YesNo).then(|| view! { <div><dt>{circle(true)}</dt><dd>"実施"</dd></div><div><dt>{circle(false)}</dt><dd>"未実施"</dd></div> })}
            {has(ValueKind::Ratio).then(|| view! { <div><dt>"細い棒"</dt><dd>"0～100%"</dd></div> })}
            {is_here.then(|| view! { <div><dt>"枠付きの行"</dt><dd>"自団体"</dd></div> })}
        </dl>
    }
}

/// The shape alone tells 実施 from 未実施: no colour judges.
fn circle(yes: bool) -> AnyView {
    match yes {
        true => view! { <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7" fill="currentColor"/></svg> }.into_any(),
        false => {
            view! { <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/></svg> }
                .into_any()
        }
    }
}

/// 0 to 100 as a thin bar.
fn bar(percent: Decimal) -> AnyView {
    let width = percent.round_dp(1).to_string();
    view! { <svg class="rashin-matrix__bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="4"/></svg> }.into_any()
}

fn rounded(number: Decimal, digits: u32) -> String {
    let mut number = number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    number.rescale(digits);
    number.to_string()
}

fn line(board: &Board, row: &Row, own: bool, starts: &[bool]) -> impl IntoView + use<> {
    let cells = board.columns.iter().zip(&row.values).zip(starts).map(|((column, value), first)| {
        let class = is_numeric(column).then_some("num");
        view! { <td class=class data-first=first.then_some("")>{cell(column, value.as_ref())}</td> }
    });
    let mark = own.then(|| view! { <span class="rashin-matrix__sub">"自団体"</span> });
    view! { <tr data-own=own.then_some("")><th scope="row">{row.body.name.clone()}{mark}</th>{cells.collect_view()}</tr> }
}

fn cell(column: &Column, value: Option<&Value>) -> AnyView {
    let unknown = |words: String| view! { <span class="rashin-unknown">{words}</span> }.into_any();
    let Some(value) = value else { return unknown("未取り込み".to_owned()) };
    match value {
        Value::YesNo { yes } => {
            let class = if *yes { "rashin-matrix__yes" } else { "rashin-matrix__no" };
            view! { <span class=class>{circle(*yes)}{if *yes { "実施" } else { "未実施" }}</span> }.into_any()
        }
        Value::Ratio { n, of } => {
            let rate = level_of(value).unwrap_or_default();
            let bar = column.is_ranked().then(|| bar(rate));
            view! { <span class="rashin-matrix__sub">{format!("{n}／{of}")}</span>" "<b>{format!("{}%", rounded(rate, 0))}</b>{bar} }
                .into_any()
        }
        Value::Unknown { .. } => unknown(value.plain()),
        Value::Number { .. } | Value::Text { .. } | Value::Milestone { .. } | Value::Score { .. } => {
            value.with_unit(&column.unit).into_any()
        }
    }
}

/// What bodies come to together: how many of those that answered do it, the median, the ratio of the sums.
fn total(board: &Board, name: &str, bodies: usize, sums: &[Summary], starts: &[bool]) -> impl IntoView + use<> {
    let cells = board.columns.iter().zip(sums).zip(starts).map(|((column, sum), first)| {
        let class = is_numeric(column).then_some("num");
        let without = (sum.known < bodies).then(|| view! { <span class="rashin-matrix__below">{left_out(sum, bodies)}</span> });
        view! { <td class=class data-first=first.then_some("")>{amount(column, sum)}{without}</td> }
    });
    view! {
        <tr><th scope="row">{name.to_owned()}" "<span class="rashin-matrix__sub">{format!("{}団体", counted(bodies))}</span></th>{cells.collect_view()}</tr>
    }
}

fn amount(column: &Column, sum: &Summary) -> AnyView {
    if sum.known == 0 {
        return view! { <span class="rashin-unknown">"値なし"</span> }.into_any();
    }
    match (column.kind, sum.rate(), sum.quartiles) {
        (ValueKind::YesNo, ..) => {
            let share = Decimal::from(sum.yes * 100).checked_div(Decimal::from(sum.known)).unwrap_or_default();
            view! { <span class="vh">"実施 "</span>{counted(sum.yes)}<wbr/><span class="rashin-matrix__sub">{format!("／{}", counted(sum.known))}</span>{bar(share)} }.into_any()
        }
        (ValueKind::Ratio, Some(rate), _) => {
            view! { <span class="rashin-matrix__sub">"計 "</span>{format!("{}%", rounded(rate, 1))}{bar(rate)} }.into_any()
        }
        (_, _, Some([_, median, _])) => {
            let digits = median.scale().min(1);
            view! { <span class="rashin-matrix__sub">"中央値 "</span>{format!("{}{}", rounded(median, digits), column.unit)} }.into_any()
        }
        (_, _, None) => view! { <span class="rashin-unknown">"値なし"</span> }.into_any(),
    }
}

/// Whom a sum leaves out, and why: 「調査なし8」.
fn left_out(sum: &Summary, bodies: usize) -> String {
    let unknown: usize = sum.unknowns.values().sum();
    let absent = bodies.saturating_sub(sum.known + unknown);
    let why = sum.unknowns.iter().map(|(reason, count)| (reason.label(), *count)).chain([("未取り込み", absent)]);
    why.filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word}{}", counted(count))).collect::<Vec<_>>().join("、")
}

/// 「市区町村比較 2023(令和5)年度、2024年7月12日時点の公表値、第1版（27団体分）」
pub fn origin_words(column: &Column) -> String {
    let (name, said) = match &column.origin {
        Origin::National(release) => (release.dataset.label(), "公表値"),
        Origin::Own(_) => (column.name.as_str(), "値"),
    };
    let origin = &column.origin;
    let day = date_label(origin.as_of());
    format!("{name} {}、{day}時点の{said}、第{}版（{}団体分）", origin.year().label(), origin.revision(), counted(origin.bodies()))
}

/// Where the figures are from, of whom, and what must not be read into them.
fn sources(board: &Board) -> Vec<String> {
    let mut notes = Vec::new();
    for of_source in board.origins().chunk_by(|a, b| a.source == b.source) {
        let words: Vec<String> = of_source.iter().map(|column| origin_words(column)).collect();
        notes.push(format!("出典：{}を加工して作成。{}。", of_source[0].source, words.join("。")));
    }
    let known: Vec<usize> = board.sums.iter().map(|sum| sum.known).collect();
    let (least, most) = (known.iter().min().copied().unwrap_or_default(), known.iter().max().copied().unwrap_or_default());
    let (shown, least, most, is_same) = (counted(board.shown), counted(least), counted(most), least == most);
    notes.push(match is_same {
        true => format!("どの指標も{shown}団体中{least}団体に値があります。「20／27」は、値のある27団体のうち実施が20団体という意味です。"),
        false => format!("値のある団体は、指標により{shown}団体中{least}～{most}団体です。合計は、値のある団体だけを数えています。"),
    });
    let has = |is: &dyn Fn(&Column) -> bool| board.columns.iter().any(is);
    if has(&|column| column.no_ranking) {
        notes.push("実施・未実施の指標には順位を付けません。値による並べ替えや色分けもしません。".to_owned());
    }
    if has(&|column| column.kind == ValueKind::Ratio) {
        notes.push("「14／20 70%」は、分子／分母と、そこから計算した率です。計は、分子の合計÷分母の合計です。".to_owned());
    }
    if has(&|column| column.is_label_only) {
        notes.push("指標の定義の一部は、名称だけが分かっている「要確認」のものです。指標名から定義を見られます。".to_owned());
    }
    notes
}

fn pager(path: &str, lens: &Lens, board: &Board) -> Option<AnyView> {
    let link = |to: usize, words: &'static str| view! { <a href=lens.address(path, to)>{words}</a> };
    let (page, pages) = (board.page, board.pages);
    (pages > 1).then(|| {
        view! {
            <nav class="links" aria-label="表のページ">
                {(page > 1).then(|| link(page - 1, "前のページ"))}
                <span>{format!("{page}／{pages}ページ")}</span>
                {(page < pages).then(|| link(page + 1, "次のページ"))}
            </nav>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_break_between_their_words() {
        for (name, broken) in [
            ("CIOの任命", "CIOの|任命"),
            ("全体方針策定", "全体|方針|策定"),
            ("全職員対象研修の実施", "全職員|対象|研修の|実施"),
            ("テレワークの導入状況", "テレワークの|導入|状況"),
            ("よく使う32手続のオンライン化状況", "よく|使う|32手続の|オンライン化状況"),
        ] {
            assert_eq!(parts(name).join("|"), broken);
        }
    }
}
