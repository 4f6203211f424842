//! 庁内照会: 事務局 asks sections what they think of a draft, they comment object by object, and 事務局 answers.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    coded::coded,
    draft::{
        Kind, body,
        compare::{Difference, Row, What, compare, rows},
        label,
    },
    form::{Form, FormErrors},
    ids::{CommentId, MemberId, SectionId},
    kpi::NOTE_LIMIT,
    plan::{Node, PlanContent},
    text::sentences,
};

#[cfg(test)]
mod tests;

/// Characters of a title.
const TITLE_LIMIT: usize = 100;
/// Characters of one comment: all comments of a long form must fit into one request.
pub const COMMENT_LIMIT: usize = 1_000;

coded! {
    /// What 事務局 makes of a comment.
    Outcome {
        Adopted = "adopted", "採用";
        Partly = "partly", "一部採用";
        Noted = "noted", "参考";
        Declined = "declined", "不採用";
    }
}

coded! {
    /// How a section replied.
    Reply {
        Comments = "comments", "意見あり";
        Nothing = "none", "意見なし";
    }
}

/// Where an inquiry stands. Comments are taken until it is closed, late ones too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    Overdue,
    Closed,
}

impl Standing {
    pub fn of(is_closed: bool, deadline: Date, today: Date) -> Self {
        match (is_closed, today > deadline) {
            (true, _) => Standing::Closed,
            (false, true) => Standing::Overdue,
            (false, false) => Standing::Open,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Standing::Open => "受付中",
            Standing::Overdue => "期限を過ぎて受付中",
            Standing::Closed => "締め切り済み",
        }
    }
}

/// What sections are asked about, as it was when they were asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What `base` is: 「初版（2026年4月1日公表）」.
    pub against: String,
    pub base: PlanContent,
    pub draft: PlanContent,
}

/// A node or KPI that can be commented on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: Kind,
    pub key: String,
    pub label: String,
    /// Heading under which it stands: the branch below the asked one, or the strategy.
    pub group: String,
    /// What the draft makes of it; `None` when it stays as it is.
    pub what: Option<What>,
}

impl Subject {
    /// Name of its field in the form of comments.
    pub fn field(&self) -> String {
        format!("comment.{}.{}", self.kind.code(), self.key)
    }
}

const REMOVED: &str = "削除するもの";
const ELSEWHERE: &str = "そのほかの指標";

impl Snapshot {
    /// What the draft changes in a branch, or everywhere.
    pub fn differences(&self, branch: Option<&str>) -> Vec<Difference> {
        let mut differences = compare(&self.base, &self.draft);
        if let Some(branch) = branch {
            differences.retain(|difference| self.is_within(difference, branch));
        }
        differences
    }

    /// In the old content or in the new one: what was moved out of the branch concerns it, too.
    fn is_within(&self, difference: &Difference, branch: &str) -> bool {
        let node_in = |content: &PlanContent| match difference.kind {
            Kind::Node => Some(difference.key.clone()),
            Kind::Kpi => content.kpi(&difference.key).map(|kpi| kpi.node.clone()),
            Kind::Cell => difference.key.split('/').next().map(str::to_owned),
            Kind::Milestone => content.milestones.iter().find(|one| one.key == difference.key).map(|one| one.node.clone()),
            _ => None,
        };
        [&self.base, &self.draft].into_iter().any(|content| node_in(content).is_some_and(|node| content.is_within(&node, branch)))
    }

    /// Nodes and KPIs of a branch, or all: in the order of the draft, and at the end what the draft takes out.
    pub fn subjects(&self, branch: Option<&str>) -> Vec<Subject> {
        let differences = self.differences(branch);
        let mut subjects = Vec::new();
        match branch.and_then(|key| self.draft.node(key)) {
            Some(top) => {
                let group = label(&self.draft, Kind::Node, &top.key);
                self.add(&mut subjects, top, &group, &differences);
                for child in self.draft.children(Some(&top.key)) {
                    self.walk(&mut subjects, child, &label(&self.draft, Kind::Node, &child.key), &differences);
                }
            }
            None => {
                for top in self.draft.children(None) {
                    self.walk(&mut subjects, top, &label(&self.draft, Kind::Node, &top.key), &differences);
                }
                // A draft may hang a KPI on a node that is gone.
                let stray = self.draft.kpis.iter().filter(|kpi| self.draft.node(&kpi.node).is_none());
                subjects.extend(stray.map(|kpi| self.subject(Kind::Kpi, &kpi.code, ELSEWHERE, &differences)));
            }
        }
        let removed = differences.iter().filter(|d| d.what == What::Removed && matches!(d.kind, Kind::Node | Kind::Kpi));
        subjects.extend(removed.map(|d| Subject {
            kind: d.kind,
            key: d.key.clone(),
            label: d.label.clone(),
            group: REMOVED.to_owned(),
            what: Some(What::Removed),
        }));
        subjects
    }

    fn walk(&self, subjects: &mut Vec<Subject>, node: &Node, group: &str, differences: &[Difference]) {
        self.add(subjects, node, group, differences);
        for child in self.draft.children(Some(&node.key)) {
            self.walk(subjects, child, group, differences);
        }
    }

    /// A node and the KPIs that hang on it.
    fn add(&self, subjects: &mut Vec<Subject>, node: &Node, group: &str, differences: &[Difference]) {
        subjects.push(self.subject(Kind::Node, &node.key, group, differences));
        let kpis = self.draft.kpis.iter().filter(|kpi| kpi.node == node.key);
        subjects.extend(kpis.map(|kpi| self.subject(Kind::Kpi, &kpi.code, group, differences)));
    }

    fn subject(&self, kind: Kind, key: &str, group: &str, differences: &[Difference]) -> Subject {
        let what = differences.iter().find(|d| d.kind == kind && d.key == key).map(|d| d.what);
        Subject { kind, key: key.to_owned(), label: label(&self.draft, kind, key), group: group.to_owned(), what }
    }

    /// What each object says, field by field; one that the draft takes out as it was.
    pub fn says(&self, subjects: &[Subject]) -> Vec<Vec<Row>> {
        let of = |subject: &Subject| {
            let there = if subject.what == Some(What::Removed) { &self.base } else { &self.draft };
            rows(subject.kind, None, body(there, subject.kind, &subject.key).as_ref(), there, there)
        };
        subjects.iter().map(of).collect()
    }
}

/// Sections of one 部 that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Key and name of the 部; nothing for those that belong to none.
    pub head: Option<(String, String)>,
    /// (id, key, name), the 部 itself among them.
    pub sections: Vec<(SectionId, String, String)>,
}

/// What 事務局 asks of whom until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    pub title: String,
    pub message: String,
    /// Key of the branch's node; `None`: the whole plan.
    pub branch: Option<String>,
    pub deadline: Date,
    pub sections: Vec<SectionId>,
}

impl Asking {
    /// Fields: `title`, `message`, `branch`, `deadline_{year,month,day}`, `section.{key}`, and `all.{key}` for every section under a 部.
    pub fn parse(form: &Form, draft: &PlanContent, departments: &[Department], today: Date) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let title = form.required("title", "件名", TITLE_LIMIT, &mut errors);
        let message = form.text("message", "照会文", NOTE_LIMIT, &mut errors);
        let branch = Some(form.get("branch").to_owned()).filter(|key| !key.is_empty());
        if branch.as_deref().is_some_and(|key| draft.node(key).is_none()) {
            errors.push::<()>("branch", "照会する範囲を一覧から選択してください。".to_owned());
        }
        let deadline = deadline(form, today, &mut errors);
        let asked = |department: &Department| {
            let head = department.head.as_ref().map_or("", |(key, _)| key);
            let all = form.get(&format!("all.{head}")) == "on";
            let chosen = |(_, key, _): &&(SectionId, String, String)| form.get(&format!("section.{key}")) == "on" || (all && key != head);
            department.sections.iter().filter(chosen).map(|(id, ..)| *id).collect::<Vec<_>>()
        };
        let sections: Vec<SectionId> = departments.iter().flat_map(asked).collect();
        if sections.is_empty() {
            errors.push::<()>("section", sentences::choose("照会先"));
        }
        match deadline {
            Some(deadline) if errors.is_empty() => Ok(Self { title, message, branch, deadline, sections }),
            _ => Err(errors),
        }
    }
}

/// The fields `deadline_{year,month,day}`: today or later.
pub fn deadline(form: &Form, today: Date, errors: &mut FormErrors) -> Option<Date> {
    match form.date("deadline", "回答期限", errors)? {
        None => errors.push("deadline_year", sentences::enter("回答期限")),
        Some(day) if day < today => errors.push("deadline_year", "回答期限は今日以降の日付にしてください。".to_owned()),
        Some(day) => Some(day),
    }
}

/// A comment as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub kind: Kind,
    pub key: String,
    pub text: String,
}

/// The fields of all subjects that are filled; none at all is a fault of `comments`.
pub fn said(form: &Form, subjects: &[Subject]) -> Result<Vec<Said>, FormErrors> {
    let mut errors = FormErrors::default();
    let read = |subject: &Subject| Said {
        kind: subject.kind,
        key: subject.key.clone(),
        text: form.text(&subject.field(), &format!("「{}」への意見", subject.label), COMMENT_LIMIT, &mut errors),
    };
    let said: Vec<Said> = subjects.iter().map(read).filter(|said| !said.text.is_empty()).collect();
    if said.is_empty() && errors.is_empty() {
        errors.push::<()>("comments", "意見を1つ以上入力してください。意見がないときは「意見なし」で回答してください。".to_owned());
    }
    if errors.is_empty() { Ok(said) } else { Err(errors) }
}

/// What a section said, and what 事務局 makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub id: CommentId,
    pub kind: Kind,
    pub key: String,
    pub section: SectionId,
    pub section_name: String,
    pub member: MemberId,
    pub member_name: String,
    pub text: String,
    pub at: Timestamp,
    pub is_withdrawn: bool,
    /// The newest one.
    pub answer: Option<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 1 for the first.
    pub revision: i32,
    pub outcome: Outcome,
    pub text: String,
    pub member_name: String,
    pub at: Timestamp,
}

/// The fields `outcome.{comment}` and `answer.{comment}`: what is not adopted needs words.
pub fn answer(form: &Form, comment: CommentId) -> Result<(Outcome, String), FormErrors> {
    let (outcome_field, text_field) = (format!("outcome.{comment}"), format!("answer.{comment}"));
    let mut errors = FormErrors::default();
    let outcome = Outcome::from_code(form.get(&outcome_field)).or_else(|| errors.push(&outcome_field, sentences::choose("対応")));
    let text = form.text(&text_field, "回答", NOTE_LIMIT, &mut errors);
    if text.is_empty() && errors.is_empty() && outcome.is_some_and(|outcome| outcome != Outcome::Adopted) {
        errors.push::<()>(&text_field, "「採用」のほかは、回答（理由や対応の内容）を入力してください。".to_owned());
    }
    match outcome {
        Some(outcome) if errors.is_empty() => Ok((outcome, text)),
        _ => Err(errors),
    }
}

/// Comments that stand, by their subjects: subjects in the order of the plan, sections in the order they were asked in.
pub fn rolled_up<'a>(subjects: &'a [Subject], asked: &[SectionId], comments: &'a [Comment]) -> Vec<(&'a Subject, Vec<&'a Comment>)> {
    let place = |comment: &Comment| asked.iter().position(|section| *section == comment.section);
    let of = |subject: &'a Subject| {
        let on = |comment: &&Comment| !comment.is_withdrawn && comment.kind == subject.kind && comment.key == subject.key;
        let mut comments: Vec<&Comment> = comments.iter().filter(on).collect();
        comments.sort_by_key(|comment| (place(comment), comment.at, comment.id));
        (subject, comments)
    };
    subjects.iter().map(of).filter(|(_, comments)| !comments.is_empty()).collect()
}
