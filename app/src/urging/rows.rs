//! Those who owe reports, by the sections they stand under; and what nobody can be asked for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date, time_label},
    obligation::Task,
    urging::{Debt, Debts},
};
use rashin_store::{tenancy::Section, urging::LastAsked};

use super::Register;
use crate::{
    owner::owners_url,
    ui::{
        field::{Filled, hidden},
        section::{col, num, table},
    },
};

/// Names that a row has room for.
const NAMES: usize = 3;
/// The same of what nobody can be asked for.
const NOBODYS: usize = 20;

pub fn people(register: &Register, debts: &Debts<'_>, filled: &Filled) -> AnyView {
    // Members without a section last.
    let mut groups: BTreeMap<(bool, usize), Vec<&Debt>> = BTreeMap::new();
    for debt in &debts.people {
        let place = register.place(debt.of);
        groups.entry((place.is_none(), place.unwrap_or_default())).or_default().push(debt);
    }
    let bodies = groups.into_iter().map(|((is_nowhere, place), mut group)| {
        group.sort_by_key(|debt| (register.member(debt.of), debt.key()));
        let name = if is_nowhere { "所属のない職員" } else { register.sections[place].name.as_str() };
        let rows = group.iter().map(|debt| row(register, debt, filled)).collect_view();
        view! {
            <tbody role="rowgroup" data-group="">
                <tr role="row"><th scope="rowgroup" role="rowheader" colspan="5">{name.to_owned()}</th></tr>
                {rows}
            </tbody>
        }
    });
    let bodies = bodies.collect_view().into_any();
    let heads = vec![col("催促する人"), num("未報告"), col("未報告のもの"), col("期限"), col("前回の催促")];
    table("people", format!("{}人（課の順）", debts.members().len()), heads, bodies, true)
}

fn row(register: &Register, debt: &Debt<'_>, filled: &Filled) -> AnyView {
    let (key, member) = (debt.key(), register.member(debt.of).to_owned());
    let tick = format!("to.{key}");
    let checked = filled.form.get(&tick) == "on";
    let deputy = debt.as_deputy.then(|| view! { <span class="dads-table__sub">"代理として"</span> });
    let label = debt.as_deputy.then(|| format!("{member}（代理として）"));
    let last = register.last(debt.of);
    let returned = debt.tasks.iter().filter(|task| task.is_returned()).count();
    let returned = (returned > 0).then(|| view! { <span class="dads-table__sub">{format!("うち差戻し{returned}件")}</span> });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <label class="dads-radio"><input class="dads-checkbox__input" type="checkbox" name=tick value="on" checked=checked aria-label=label/><b class="nobr">{member}</b></label>
                {deputy}
                {hidden(&format!("count.{key}"), debt.tasks.len().to_string())}
                {hidden(&format!("seen.{key}"), last.by_hand.map(|(id, _)| id.to_string()).unwrap_or_default())}
            </th>
            <td role="cell" class="num"><span class="dads-table__cell-label">"未報告"</span><span>{format!("{}件", debt.tasks.len())}{returned}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"未報告のもの"</span><span>{in_brief(register, &debt.tasks.iter().collect::<Vec<_>>(), NAMES)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"期限"</span><span>{deadlines(&debt.tasks)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"前回の催促"</span><span>{words_of(&last, register.today)}</span></td>
        </tr>
    }
    .into_any()
}

/// What is owed while nobody could be asked for it, by the sections that answer for it.
pub fn nobodys(register: &Register, city: &str, tasks: &[Task<'_>]) -> AnyView {
    let desk = register.owed.desk();
    // In the order of the sections; what none of them answers for first.
    let mut groups: BTreeMap<Vec<usize>, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        let answers = |section: &Section| desk.charges_of(task.item).any(|charge| charge.section == section.id);
        let places = (0..register.sections.len()).filter(|at| answers(&register.sections[*at]));
        groups.entry(places.collect()).or_default().push(task);
    }
    let lines = groups.into_iter().map(|(places, tasks)| {
        let sections: Vec<&Section> = places.iter().map(|at| &register.sections[*at]).collect();
        let (why, show, words) = match &sections[..] {
            [] => ("担当課がありません。".to_owned(), "none".to_owned(), "担当課を割り当てる"),
            [first, ..] => {
                let names: Vec<&str> = sections.iter().map(|section| section.name.as_str()).collect();
                (format!("{}に、報告できる職員がいません。", names.join("・")), first.id.to_string(), "担当を見直す")
            }
        };
        let href = format!("{}?show={show}", owners_url(city));
        view! {
            <li>
                <span class="rashin-task-list__kind">{format!("{}件", tasks.len())}</span>
                <span class="rashin-task-list__body"><b>{why}</b><br/><span class="note">{in_brief(register, &tasks, NOBODYS)}</span></span>
                <a href=href>{words}</a>
            </li>
        }
    });
    view! { <ul class="rashin-task-list">{lines.collect_view()}</ul> }.into_any()
}

/// 「転入者数、電子申請の件数　ほか3件」
fn in_brief(register: &Register, tasks: &[&Task<'_>], room: usize) -> String {
    let names = register.names(tasks);
    let more = names.len().saturating_sub(room);
    let rest = if more > 0 { format!("　ほか{more}件") } else { String::new() };
    format!("{}{rest}", names[..names.len() - more].join("、"))
}

/// A line for each closing day.
fn deadlines(tasks: &[Task<'_>]) -> AnyView {
    let mut days: BTreeMap<Date, (bool, usize)> = BTreeMap::new();
    for task in tasks {
        days.entry(task.round.closes_on).or_insert((task.overdue, 0)).1 += 1;
    }
    let several = days.len() > 1;
    let lines = days.into_iter().map(|(day, (overdue, count))| {
        let late = overdue.then(|| view! { <b class="rashin-update__late">"期限超過"</b>" " });
        let count = several.then(|| format!("（{count}件）"));
        view! { <span class="rashin-parts">{late}<span>{format!("{}締切", date_label(day))}</span>{count}</span> }
    });
    lines.collect_view().into_any()
}

/// 「今日10:00に催促済み」, 「11月20日」, 「11月20日（自動）」
fn words_of(last: &LastAsked, today: Date) -> String {
    let by_hand = last.by_hand.map(|(_, at)| at);
    match (by_hand, last.by_itself) {
        (Some(at), _) if japan_date(at) == today => format!("今日{}に催促済み", time_label(at)),
        (Some(at), itself) if itself.is_none_or(|other| other <= at) => day_words(japan_date(at)),
        (_, Some(at)) if japan_date(at) == today => format!("今日{}（自動）", time_label(at)),
        (_, Some(at)) => format!("{}（自動）", day_words(japan_date(at))),
        (_, None) => "まだ".to_owned(),
    }
}

fn day_words(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use rashin_domain::ids::NotificationId;

    use super::*;

    #[test]
    fn the_last_time_says_when_and_by_whom() {
        let at = |text: &str| text.parse().unwrap();
        let id = NotificationId("01990000-0000-7000-8000-000000000000".parse().unwrap());
        let words = |by_hand: &str, by_itself: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| at(text));
            let last = LastAsked { by_hand: some(by_hand).map(|at| (id, at)), by_itself: some(by_itself) };
            words_of(&last, Date::constant(2026, 11, 22))
        };
        assert_eq!(words("", ""), "まだ");
        assert_eq!(words("2026-11-22T01:00:00Z", "2026-11-22T02:00:00Z"), "今日10:00に催促済み");
        assert_eq!(words("2026-11-20T01:00:00Z", "2026-11-16T00:00:00Z"), "11月20日");
        assert_eq!(words("2026-11-16T01:00:00Z", "2026-11-19T23:00:00Z"), "11月20日（自動）");
        assert_eq!(words("", "2026-11-21T23:00:00Z"), "今日8:00（自動）");
    }
}
