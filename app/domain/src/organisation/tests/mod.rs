//! Reorganisations of a small town hall.

mod properties;

use super::*;
use crate::form::Form;

const APRIL: Date = Date::constant(2027, 4, 1);
const MARCH: Date = Date::constant(2027, 3, 31);
const TODAY: Date = Date::constant(2026, 11, 22);
const START: Date = Date::constant(2020, 4, 1);

fn id(n: u128) -> SectionId {
    SectionId(Uuid::from_u128(n))
}

fn section(n: u128, key: &str, kind: &str, parent: Option<u128>) -> Section {
    Section {
        id: id(n),
        key: key.into(),
        name: format!("{key}{kind}"),
        kind: kind.into(),
        position: n as i32,
        span: Span { from: START, until: None },
        places: vec![Place { from: START, parent: parent.map(id) }],
    }
}

/// 市民部 (1) > 市民課 (2) > 窓口係 (3); 産業課 (4); 総務課 (5).
fn town() -> Organisation {
    let sections = vec![
        section(1, "bu", "部", None),
        section(2, "shimin", "課", Some(1)),
        section(3, "mado", "係", Some(2)),
        section(4, "sangyo", "課", None),
        section(5, "soumu", "課", None),
    ];
    Organisation { sections, ..Organisation::default() }
}

fn kpi(row: u128, kpi: u128, section: u128) -> Tenure {
    held(row, Subject::Kpi(KpiId(Uuid::from_u128(kpi))), section)
}

fn reporter(row: u128, member: u128, section: u128, rank: u8) -> Tenure {
    Tenure { rank, ..held(row, Subject::Assignment(MemberId(Uuid::from_u128(member)), Role::Reporter), section) }
}

fn held(row: u128, subject: Subject, section: u128) -> Tenure {
    Tenure { id: Uuid::from_u128(row), subject, section: id(section), span: Span { from: START, until: None }, rank: 0 }
}

fn order(act: Act, old: &[u128], new: &[u128]) -> Order {
    let one = |n: &u128| NewSection {
        id: id(*n),
        key: format!("new-{n}"),
        name: format!("新課{n}"),
        kind: "課".into(),
        parent: None,
        position: 9,
    };
    Order {
        act,
        on: APRIL,
        old: old.iter().map(|n| id(*n)).collect(),
        new: new.iter().map(one).collect(),
        into: None,
        under: None,
        reason: "機構改革".into(),
    }
}

fn counter() -> impl FnMut() -> Uuid {
    let mut count = 1_000_000;
    move || {
        count += 1;
        Uuid::from_u128(count)
    }
}

fn planned(before: &Organisation, order: &Order) -> Result<Organisation, Fault> {
    let changes = before.plan(order, &Choices::new(), &mut counter())?;
    let mut after = before.clone();
    after.apply(&changes);
    assert_eq!(after.undo(&changes).as_ref(), Ok(before), "a withdrawal gives back what was");
    Ok(after)
}

fn there(organisation: &Organisation, day: Date) -> Vec<(usize, &str)> {
    organisation.tree(day).into_iter().map(|(depth, section)| (depth, section.key.as_str())).collect()
}

#[test]
fn a_merger_begins_on_its_day_and_takes_the_sections_below_along() {
    let after = planned(&town(), &order(Act::Merge, &[2, 4], &[9])).unwrap();
    assert_eq!(there(&after, MARCH), [(0, "bu"), (1, "shimin"), (2, "mado"), (0, "sangyo"), (0, "soumu")]);
    assert_eq!(there(&after, APRIL), [(0, "bu"), (0, "soumu"), (0, "new-9"), (1, "mado")]);
    assert_eq!(after.with_predecessors(id(9)), [id(9), id(2), id(4)]);
    assert_eq!(after.with_successors(id(4)), [id(4), id(9)]);
}

#[test]
fn who_served_both_sections_serves_the_new_one_once_and_in_the_main_capacity() {
    let mut before = town();
    before.tenures = vec![reporter(1, 7, 2, 1), reporter(2, 7, 4, 0), reporter(3, 8, 4, 0)];
    before.tenures[0].span.until = Some(Date::constant(2028, 3, 31));
    let after = planned(&before, &order(Act::Merge, &[2, 4], &[9])).unwrap();
    let new: Vec<_> = after.tenures.iter().filter(|tenure| tenure.section == id(9)).map(|t| (&t.subject, t.rank, t.span)).collect();
    let on = Span { from: APRIL, until: None };
    assert_eq!(new, [(&before.tenures[1].subject, 0, on), (&before.tenures[2].subject, 0, on)]);
    assert!(after.tenures.iter().filter(|tenure| tenure.section != id(9)).all(|tenure| tenure.span.until == Some(MARCH)));
}

#[test]
fn a_section_can_take_another_one_in() {
    let mut before = town();
    before.tenures = vec![kpi(1, 7, 4), kpi(2, 8, 2)];
    let into = Order { into: Some(id(2)), ..order(Act::Merge, &[4], &[]) };
    let after = planned(&before, &into).unwrap();
    assert_eq!(there(&after, APRIL), [(0, "bu"), (1, "shimin"), (2, "mado"), (0, "soumu")]);
    assert_eq!(after.tenures[1], before.tenures[1], "its own goes on");
    // The one above goes into the one below.
    let into = Order { into: Some(id(3)), ..order(Act::Merge, &[2], &[]) };
    assert_eq!(there(&planned(&before, &into).unwrap(), APRIL), [(0, "bu"), (1, "mado"), (0, "sangyo"), (0, "soumu")]);
}

#[test]
fn what_is_prepared_for_an_ending_section_goes_to_its_successor() {
    let mut before = town();
    before.tenures = vec![reporter(1, 7, 2, 0), reporter(2, 8, 2, 0)];
    before.tenures[0].span.from = APRIL;
    before.tenures[1].span.from = Date::constant(2027, 10, 1);
    let after = planned(&before, &order(Act::Rename, &[2], &[9])).unwrap();
    assert!(after.tenures.iter().zip(&before.tenures).all(|(now, was)| now.section == id(9) && now.span == was.span));
    let abolished = before.plan(&order(Act::Abolish, &[4], &[]), &Choices::new(), &mut counter());
    assert!(abolished.is_ok(), "nothing of it is at 産業課");
    before.tenures[0].section = id(4);
    let abolished = before.plan(&order(Act::Abolish, &[4], &[]), &Choices::new(), &mut counter());
    assert_eq!(abolished, Err(Fault::NowhereToGo { section: "sangyo課".into() }));
}

#[test]
fn the_parts_of_a_split_get_what_was_chosen_for_them() {
    let mut before = town();
    before.tenures = vec![kpi(1, 7, 2), kpi(2, 8, 2)];
    let choices = Choices::from([(Uuid::from_u128(2), Some(id(10))), (Uuid::from_u128(3), Some(id(10)))]);
    let mut after = before.clone();
    after.apply(&before.plan(&order(Act::Split, &[2], &[9, 10]), &choices, &mut counter()).unwrap());
    let at = |kpi: usize| after.tenures.iter().find(|t| t.subject == before.tenures[kpi].subject && t.span.holds(APRIL)).unwrap().section;
    assert_eq!((at(0), at(1)), (id(9), id(10)));
    assert_eq!(after.section(id(3)).unwrap().parent_on(APRIL), Some(id(10)));
}

#[test]
fn what_would_leave_a_section_without_its_place_is_refused_with_a_reason() {
    let before = town();
    let plan = |order: &Order| before.plan(order, &Choices::new(), &mut counter()).unwrap_err().to_string();
    assert!(plan(&order(Act::Abolish, &[2], &[])).contains("「mado係」の上の組織「shimin課」が、2027年4月1日には"));
    let below = Order { under: Some(id(3)), ..order(Act::Move, &[1], &[]) };
    assert!(plan(&below).contains("自分自身の下に"));
    let once = planned(&before, &order(Act::Rename, &[4], &[9])).unwrap();
    let twice = once.plan(&order(Act::Rename, &[4], &[10]), &Choices::new(), &mut counter());
    assert!(matches!(twice, Err(Fault::NotThere { .. })));
}

#[test]
fn a_withdrawal_leaves_alone_what_others_decided_since_and_stops_where_others_build_on_it() {
    let mut before = town();
    before.tenures = vec![kpi(1, 7, 2), kpi(2, 8, 2)];
    let changes = before.plan(&order(Act::Rename, &[2], &[9]), &Choices::new(), &mut counter()).unwrap();
    let mut after = before.clone();
    after.apply(&changes);
    let ended = Some(Date::constant(2027, 1, 31));
    after.tenures[0].span.until = ended;
    let back = after.undo(&changes).unwrap();
    assert_eq!((back.tenures[0].span.until, back.tenures[1].span.until), (ended, None));
    after.tenures.push(kpi(99, 9, 9));
    assert_eq!(after.undo(&changes), Err(Fault::InUse { section: "新課9".into() }));
}

#[test]
fn what_is_given_to_an_ending_section_follows_it() {
    let mut after = planned(&town(), &order(Act::Rename, &[2], &[9])).unwrap();
    let later = Order { on: Date::constant(2028, 4, 1), ..order(Act::Rename, &[9], &[10]) };
    after.apply(&after.plan(&later, &Choices::new(), &mut counter()).unwrap());
    let line: Vec<_> = after.line(id(2), TODAY).into_iter().map(|(section, span)| (section, span.from, span.until)).collect();
    let next = Date::constant(2028, 4, 1);
    assert_eq!(line, [(id(2), TODAY, Some(MARCH)), (id(9), APRIL, next.yesterday().ok()), (id(10), next, None)]);
    assert_eq!(after.line(id(2), APRIL), []);
}

fn form(kind: &str, more: &[(&str, &str)]) -> Form {
    let plain = [("kind", kind), ("on_year", "2027"), ("on_month", "4"), ("on_day", "1"), ("reason", "機構改革")];
    Form::from_pairs(plain.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn parse(kind: &str, more: &[(&str, &str)]) -> Result<Order, Vec<String>> {
    let read = Order::parse(&form(kind, more), &town(), TODAY, &mut counter());
    read.map_err(|errors| errors.fields().map(str::to_owned).collect())
}

#[test]
fn a_form_becomes_an_order_with_keys_for_the_addresses() {
    let (two, four, bu) = (id(2).to_string(), id(4).to_string(), id(1).to_string());
    let new = [("new.1.name", "地域振興課"), ("new.1.kind", "課"), ("new.1.parent", bu.as_str()), ("new.2.name", "無視される")];
    let merge = parse("merge", &[&[("old.1", two.as_str()), ("old.3", four.as_str())], &new[..]].concat()).unwrap();
    assert_eq!(merge.summary(&town()), "「shimin課」「sangyo課」を「地域振興課」に統合");
    assert_eq!((merge.old, merge.on), (vec![id(2), id(4)], APRIL));
    assert_eq!((merge.new.len(), merge.new[0].key.as_str(), merge.new[0].parent), (1, "shimin-2027", Some(id(1))));
    let split = [("old.1", four.as_str()), ("new.1.name", "農林課"), ("new.1.kind", "課"), ("new.2.name", "商工課"), ("new.2.kind", "課")];
    let keys: Vec<_> = parse("split", &split).unwrap().new.into_iter().map(|new| new.key).collect();
    assert_eq!(keys, ["sangyo-2027", "sangyo-2027-2"]);
    let into = parse("merge", &[("old.1", &two), ("old.2", &four), ("into", &four)]).unwrap();
    assert_eq!((into.old, into.into, into.new.len()), (vec![id(2)], Some(id(4)), 0));
}

#[test]
fn what_is_missing_is_named_by_its_field() {
    let four = id(4).to_string();
    assert_eq!(parse("merge", &[("old.1", &four), ("new.1.name", "課"), ("new.1.kind", "課")]), Err(vec!["old.2".into()]));
    assert_eq!(
        parse("split", &[("old.1", &four), ("new.1.name", "課"), ("new.1.kind", "x")]),
        Err(vec!["new.1.kind".into(), "new.2.name".into()])
    );
    assert_eq!(parse("rename", &[]), Err(vec!["old.1".into(), "new.1.name".into()]));
    assert_eq!(parse("abolish", &[("old.1", &four), ("on_year", "2026")]), Err(vec!["on_year".into()]), "a day that has passed");
    assert_eq!(parse("move", &[("old.1", &four)]), Err(vec!["under".into()]), "where it stands already");
    assert_eq!(parse("dissolve", &[]), Err(vec!["kind".into()]));
    assert_eq!((next_april(TODAY), next_april(MARCH), next_april(APRIL).year()), (APRIL, APRIL, 2028));
}
