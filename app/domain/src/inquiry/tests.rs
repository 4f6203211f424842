use jiff::civil::Date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::plan_folder::{Files, read};

const TODAY: Date = Date::constant(2026, 11, 22);

/// The fictional city's plan.
fn midorino() -> PlanContent {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds/demo/midorino/dx-plan");
    let mut files = Files::new();
    for (folder, prefix) in [(dir.clone(), ""), (dir.join("chapters"), "chapters/")] {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
            files.insert(format!("{prefix}{}", entry.file_name().to_str().unwrap()), std::fs::read(entry.path()).unwrap());
        }
    }
    read(&files).unwrap().content
}

/// MID-01 is renamed, MID-04 is taken out.
fn snapshot() -> Snapshot {
    let base = midorino();
    let mut draft = base.clone();
    draft.kpis.iter_mut().find(|kpi| kpi.code == "MID-01").unwrap().name = "改めた名".to_owned();
    draft.kpis.retain(|kpi| kpi.code != "MID-04");
    Snapshot { against: "初版".to_owned(), base, draft }
}

fn form(pairs: &[(&str, &str)]) -> Form {
    Form::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn section(number: u128) -> SectionId {
    SectionId(Uuid::from_u128(number))
}

fn departments() -> Vec<Department> {
    let one = |number, key: &str| (section(number), key.to_owned(), key.to_owned());
    vec![
        Department { head: Some(("bu".into(), "市民部".into())), sections: vec![one(1, "bu"), one(2, "shimin"), one(3, "fukushi")] },
        Department { head: None, sections: vec![one(4, "gikai")] },
    ]
}

#[test]
fn the_whole_plan_asks_about_every_node_and_kpi_once() {
    let snapshot = snapshot();
    let subjects = snapshot.subjects(None);
    assert_eq!(subjects.len(), snapshot.draft.nodes.len() + snapshot.draft.kpis.len() + 1);
    let fields: std::collections::HashSet<_> = subjects.iter().map(Subject::field).collect();
    assert_eq!(fields.len(), subjects.len());
    let what = |key: &str| subjects.iter().find(|subject| subject.key == key).unwrap().what;
    assert_eq!((what("MID-01"), what("MID-04"), what("MID-06")), (Some(What::Changed), Some(What::Removed), None));
    assert_eq!(subjects.last().unwrap().group, REMOVED);
    assert!(snapshot.says(&subjects).last().unwrap().iter().any(|row| !row.new.is_empty()), "it is shown as it was");
}

#[test]
fn a_branch_asks_about_nothing_beside_it() {
    let snapshot = snapshot();
    let branch = snapshot.draft.path(&snapshot.draft.kpi("MID-01").unwrap().node)[0].key.clone();
    let subjects = snapshot.subjects(Some(&branch));
    assert!(subjects.len() > 1 && subjects.len() < snapshot.subjects(None).len());
    for subject in &subjects {
        let content = if subject.what == Some(What::Removed) { &snapshot.base } else { &snapshot.draft };
        let node = if subject.kind == Kind::Kpi { content.kpi(&subject.key).unwrap().node.clone() } else { subject.key.clone() };
        assert!(content.is_within(&node, &branch), "{}", subject.label);
    }
    let other = snapshot.draft.children(None).find(|node| node.key != branch).unwrap().key.clone();
    assert!(snapshot.differences(Some(&branch)).iter().any(|difference| difference.key == "MID-01"));
    assert!(!snapshot.differences(Some(&other)).iter().any(|difference| difference.key == "MID-01"));
}

#[test]
fn what_leaves_a_branch_concerns_it_too() {
    let mut snapshot = Snapshot { against: String::new(), base: midorino(), draft: midorino() };
    let tops: Vec<String> = snapshot.draft.children(None).map(|node| node.key.clone()).collect();
    let from = snapshot.base.path(&snapshot.base.kpi("MID-01").unwrap().node)[0].key.clone();
    let to = tops.into_iter().find(|key| *key != from).unwrap();
    snapshot.draft.kpis.iter_mut().find(|kpi| kpi.code == "MID-01").unwrap().node = to.clone();
    for branch in [from, to] {
        assert!(snapshot.differences(Some(&branch)).iter().any(|difference| difference.key == "MID-01"), "{branch}");
    }
}

#[test]
fn an_asking_names_its_faults() {
    let good = [("title", "次期計画の照会"), ("deadline_year", "2026"), ("deadline_month", "12"), ("deadline_day", "6"), ("all.bu", "on")];
    let content = midorino();
    let asking = Asking::parse(&form(&good), &content, &departments(), TODAY).unwrap();
    assert_eq!(asking.sections, [section(2), section(3)], "the 部 itself is asked only by name");
    assert_eq!((asking.branch, asking.deadline), (None, Date::constant(2026, 12, 6)));
    let faults = |more: &[(&str, &str)]| {
        let errors = Asking::parse(&form(&[&good[..], more].concat()), &content, &departments(), TODAY).unwrap_err();
        errors.fields().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(faults(&[("title", " "), ("all.bu", "")]), ["title", "section"]);
    assert_eq!(faults(&[("branch", "nowhere"), ("deadline_day", "32")]), ["branch", "deadline_year"]);
    assert_eq!(faults(&[("deadline_month", "11"), ("deadline_day", "21")]), ["deadline_year"], "yesterday");
}

#[test]
fn only_filled_fields_are_comments() {
    let subjects = snapshot().subjects(None);
    let (first, second) = (subjects[0].field(), subjects[1].field());
    let sent = said(&form(&[(&first, " 意見\r\n二行目 "), (&second, "　"), ("comment.kpis.NONE", "x")]), &subjects).unwrap();
    assert_eq!(sent, [Said { kind: subjects[0].kind, key: subjects[0].key.clone(), text: "意見\n二行目".to_owned() }]);
    assert!(said(&form(&[]), &subjects).unwrap_err().of("comments").is_some());
    let long = "あ".repeat(COMMENT_LIMIT + 1);
    assert!(said(&form(&[(&first, &long)]), &subjects).unwrap_err().of(&first).is_some());
}

#[test]
fn what_is_not_adopted_needs_words() {
    let id = CommentId(Uuid::nil());
    let (outcome, text) = (format!("outcome.{id}"), format!("answer.{id}"));
    assert_eq!(answer(&form(&[(&outcome, "adopted")]), id), Ok((Outcome::Adopted, String::new())));
    for code in ["partly", "noted", "declined"] {
        assert!(answer(&form(&[(&outcome, code)]), id).unwrap_err().of(&text).is_some(), "{code}");
    }
    assert!(answer(&form(&[(&text, "理由")]), id).unwrap_err().of(&outcome).is_some());
}

#[test]
fn the_deadline_is_the_last_day() {
    let deadline = Date::constant(2026, 11, 22);
    assert_eq!(Standing::of(false, deadline, TODAY), Standing::Open);
    assert_eq!(Standing::of(false, deadline, TODAY.tomorrow().unwrap()), Standing::Overdue);
    assert_eq!(Standing::of(true, deadline, TODAY), Standing::Closed);
}

proptest! {
    /// Nothing that stands is lost on the way to the meeting, nothing comes twice, and what was taken back stays away.
    #[test]
    fn every_standing_comment_is_rolled_up_once(made in proptest::collection::vec((0_usize..6, 0_u128..4, any::<bool>()), 0..40)) {
        let subject = |key: usize| Subject {
            kind: if key.is_multiple_of(2) { Kind::Node } else { Kind::Kpi },
            key: key.to_string(),
            label: key.to_string(),
            group: String::new(),
            what: None,
        };
        let subjects: Vec<Subject> = (0..6).map(subject).collect();
        let asked: Vec<SectionId> = (0..4).rev().map(section).collect();
        let comment = |(at, (key, from, is_withdrawn)): (usize, (usize, u128, bool))| Comment {
            id: CommentId(Uuid::from_u128(at as u128)),
            kind: subjects[key].kind,
            key: subjects[key].key.clone(),
            section: section(from),
            section_name: String::new(),
            member: MemberId(Uuid::nil()),
            member_name: String::new(),
            text: "意見".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            is_withdrawn,
            answer: None,
        };
        let comments: Vec<Comment> = made.into_iter().enumerate().map(comment).collect();
        let rolled = rolled_up(&subjects, &asked, &comments);
        let mut shown: Vec<CommentId> = rolled.iter().flat_map(|(_, comments)| comments.iter().map(|comment| comment.id)).collect();
        shown.sort();
        let standing: Vec<CommentId> = comments.iter().filter(|comment| !comment.is_withdrawn).map(|comment| comment.id).collect();
        prop_assert_eq!(shown, standing);
        for (subject, comments) in rolled {
            prop_assert!(comments.iter().all(|comment| comment.key == subject.key));
            prop_assert!(comments.is_sorted_by_key(|comment| std::cmp::Reverse(comment.section)));
        }
    }
}
