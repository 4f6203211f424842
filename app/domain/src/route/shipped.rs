//! Routes that a tenant can start from.

use std::collections::BTreeSet;

use super::{Acts, Ending, Outcome, Requirement, Route, Stage, To, Way, Work};

/// A route with what it is for.
pub struct Template {
    pub key: &'static str,
    pub route: Route,
    /// Keys of bodies that a tenant names before it can use it: (key, 「部会」).
    pub bodies: Vec<(&'static str, &'static str)>,
}

fn stage(key: &str, name: &str, work: Work, acts: Acts, days: Option<u8>, requires: &[Requirement], ways: &[(Outcome, To)]) -> Stage {
    Stage {
        key: key.to_owned(),
        name: name.to_owned(),
        work,
        acts,
        requires: requires.iter().copied().collect::<BTreeSet<_>>(),
        days,
        ways: ways.iter().map(|(outcome, to)| Way { outcome: *outcome, to: to.clone() }).collect(),
    }
}

fn to(key: &str) -> To {
    To::Stage(key.to_owned())
}

fn body(key: &str) -> Acts {
    Acts::Body(key.to_owned())
}

/// 調査・研究 → 提案 → 受付, as every route begins that has a study meeting; ends at the stage `next`.
fn study(next: &str) -> Vec<Stage> {
    use Outcome::*;
    vec![
        stage("study", "調査・研究", Work::Draft, Acts::Proposer, None, &[], &[(Submitted, to("proposal"))]),
        stage(
            "proposal",
            "提案",
            Work::Deliberation,
            body("coe"),
            Some(20),
            &[Requirement::Bpr, Requirement::Costs],
            &[(Accepted, to("reception")), (Continued, to("proposal")), (Returned, to("study")), (Rejected, to("feedback"))],
        ),
        stage(
            "reception",
            "DX推進係 受付",
            Work::Reception,
            Acts::Secretariat,
            Some(5),
            &[Requirement::Opinion],
            &[(Accepted, to(next)), (Returned, to("study"))],
        ),
    ]
}

/// 導入, トライアル and フィードバック, as every route ends that has a study meeting; a trial comes back to `decides`.
fn after(decides: &str) -> Vec<Stage> {
    use Outcome::*;
    vec![
        stage("trial", "トライアル", Work::Trial, Acts::Proposer, None, &[Requirement::Result], &[(Reported, to(decides))]),
        stage("adoption", "導入", Work::Adoption, Acts::Secretariat, Some(20), &[], &[(Adopted, to("feedback"))]),
        stage(
            "feedback",
            "フィードバック",
            Work::Feedback,
            Acts::Secretariat,
            Some(10),
            &[Requirement::Opinion],
            &[(Closed, To::End(Ending::Closed))],
        ),
    ]
}

fn decision(key: &str, name: &str, acts: Acts) -> Stage {
    use Outcome::*;
    stage(
        key,
        name,
        Work::Deliberation,
        acts,
        Some(20),
        &[Requirement::Meeting],
        &[(Adopted, to("adoption")), (Trial, to("trial")), (Continued, to(key)), (Returned, to("study")), (Rejected, to("feedback"))],
    )
}

fn deliberation(key: &str, name: &str, acts: Acts, requires: &[Requirement], next: &str) -> Stage {
    use Outcome::*;
    stage(
        key,
        name,
        Work::Deliberation,
        acts,
        Some(20),
        requires,
        &[(Accepted, to(next)), (Amended, to(next)), (Continued, to(key)), (Returned, to("study")), (Rejected, to("feedback"))],
    )
}

pub fn templates() -> Vec<Template> {
    use Outcome::*;
    let route = |name: &str, note: &str, stages: Vec<Stage>| Route { name: name.to_owned(), note: note.to_owned(), stages };
    let joined = |parts: [Vec<Stage>; 3]| parts.into_iter().flatten().collect::<Vec<_>>();
    vec![
        Template {
            key: "kai",
            route: route(
                "研究会から本部まで",
                "甲斐市DXアクションプラン「2-2 BPRのための新たな組織体制」による。部会、本部の順に諮るという読みは推定。",
                joined([
                    study("section-meeting"),
                    vec![
                        deliberation("section-meeting", "部会 審議", body("section-meeting"), &[Requirement::Meeting], "hq"),
                        decision("hq", "本部 決定", body("hq")),
                    ],
                    after("hq"),
                ]),
            ),
            bodies: vec![("coe", "研究会（CoE）"), ("section-meeting", "部会"), ("hq", "本部")],
        },
        Template {
            key: "short",
            route: route(
                "課長とDX推進係",
                "課の中で決め、DX推進係が受け付ける短い経路。",
                vec![
                    stage("draft", "起案", Work::Draft, Acts::Proposer, None, &[], &[(Submitted, to("chief"))]),
                    stage(
                        "chief",
                        "課長 承認",
                        Work::Reception,
                        Acts::Chief,
                        Some(5),
                        &[],
                        &[(Accepted, to("reception")), (Returned, to("draft")), (Rejected, To::End(Ending::Rejected))],
                    ),
                    stage(
                        "reception",
                        "DX推進係 受付",
                        Work::Adoption,
                        Acts::Secretariat,
                        Some(5),
                        &[],
                        &[(Adopted, To::End(Ending::Adopted)), (Returned, to("draft"))],
                    ),
                ],
            ),
            bodies: Vec::new(),
        },
        Template {
            key: "experts",
            route: route(
                "外部有識者の意見を聴く",
                "部会のあとに外部有識者の意見を聴き、本部が決める経路。",
                joined([
                    study("section-meeting"),
                    vec![
                        deliberation("section-meeting", "部会 審議", body("section-meeting"), &[Requirement::Meeting], "experts"),
                        stage(
                            "experts",
                            "有識者 意見",
                            Work::Deliberation,
                            body("experts"),
                            Some(30),
                            &[Requirement::Opinion],
                            &[(Reported, to("hq"))],
                        ),
                        decision("hq", "本部 決定", body("hq")),
                    ],
                    after("hq"),
                ]),
            ),
            bodies: vec![("coe", "研究会（CoE）"), ("section-meeting", "部会"), ("experts", "外部有識者"), ("hq", "本部")],
        },
        Template {
            key: "cdo",
            route: route(
                "専門部会とCDO",
                "専門部会・ワーキンググループで検討し、CDOが決める経路。",
                joined([
                    study("working-group"),
                    vec![
                        deliberation("working-group", "専門部会 検討", body("working-group"), &[Requirement::Opinion], "cdo"),
                        Stage { requires: BTreeSet::new(), days: Some(10), ..decision("cdo", "CDO 決定", body("cdo")) },
                    ],
                    after("cdo"),
                ]),
            ),
            bodies: vec![("coe", "研究会（CoE）"), ("working-group", "専門部会・ワーキンググループ"), ("cdo", "CDO")],
        },
    ]
}
