//! Who may do what. The only place that makes a [`Permit`]; without a permit nothing can be written.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::{
    coded::coded,
    ids::{MemberId, PersonId, SectionId, TenantId},
};

coded! {
    /// What an assignment lets a member do.
    Role {
        Admin = "admin", "管理者";
        /// DX推進係: runs the plan.
        Secretariat = "secretariat", "事務局";
        /// 課長
        Approver = "approver", "承認者";
        Reporter = "reporter", "担当";
        Viewer = "viewer", "閲覧者";
    }
}

coded! {
    /// In what capacity a post is held.
    Capacity {
        Main = "main", "本務";
        Concurrent = "concurrent", "兼務";
        Acting = "acting", "代理";
    }
}

/// A role held in a section today, or in the whole tenant when there is no section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub role: Role,
    pub section: Option<SectionId>,
    /// 職名
    pub post: String,
}

/// A person inside one tenant, with the assignments in force today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub tenant: TenantId,
    pub id: MemberId,
    pub person: PersonId,
    pub name: String,
    pub assignments: Vec<Assignment>,
}

impl Member {
    pub fn has(&self, role: Role) -> bool {
        self.assignments.iter().any(|a| a.role == role)
    }
}

/// Who acts in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Member(Member),
    /// The command line of the instance, under the migrator's login.
    Maintenance(TenantId),
    /// A job that was put off by a transaction of the tenant, or that comes every day.
    Worker(TenantId),
}

impl Actor {
    pub fn tenant(&self) -> TenantId {
        match self {
            Actor::Member(member) => member.tenant,
            Actor::Maintenance(tenant) | Actor::Worker(tenant) => *tenant,
        }
    }
}

/// The section tree of a tenant: (section, parent).
#[derive(Clone, Debug, Default)]
pub struct SectionTree(pub Vec<(SectionId, Option<SectionId>)>);

impl SectionTree {
    /// `section` itself or anything under `ancestor`.
    pub fn is_within(&self, section: SectionId, ancestor: SectionId) -> bool {
        let mut next = Some(section);
        // The length bounds the walk even if a cycle were stored.
        for _ in 0..=self.0.len() {
            match next {
                Some(current) if current == ancestor => return true,
                Some(current) => next = self.0.iter().find(|(id, _)| *id == current).and_then(|(_, parent)| *parent),
                None => return false,
            }
        }
        false
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Read plan, KPIs and figures of the tenant.
    Read,
    /// Report or correct a figure of a KPI that this section is responsible for; attach files to it.
    Report { responsible: Option<SectionId>, sections: &'a SectionTree },
    /// Approve or return a report as the head of the section. `own`: the tenant lets people approve their own report.
    Decide { responsible: Option<SectionId>, sections: &'a SectionTree, reporter: Option<MemberId>, own: bool },
    /// Approve or return a report after the head of the section did.
    Confirm { reporter: Option<MemberId>, own: bool },
    /// Run the year: rounds, how the tenant reports, reminders, grades that a person sets.
    Conduct,
    /// Make a section responsible for a KPI.
    Assign,
    /// Keep bodies, their seats and routes.
    Constitute,
    /// Propose a case.
    Propose,
    /// Do something at a stage of a case. `turn`: those who may ([`crate::roster::Town::may`]).
    ActOnCase { turn: &'a BTreeSet<MemberId> },
    /// Arrange a meeting of a body, answer in it, write down what came of it. `may`: those who may ([`crate::roster::Town::may`]).
    Meet { may: &'a BTreeSet<MemberId> },
    /// Send an idea.
    Suggest,
    /// Say what becomes of an idea. `by`: who sits in a body of the kind CoE, and 事務局.
    Triage { by: &'a BTreeSet<MemberId> },
    /// Open an OODAカード.
    OpenCard,
    /// Go on with a card. `may`: its owner and 事務局.
    ActOnCard { may: &'a BTreeSet<MemberId> },
    /// Keep the records of 研修会・情報発信. `by`: the same.
    Train { by: &'a BTreeSet<MemberId> },
    /// Publish an edition.
    Publish,
    /// Share a published KPI with a prefecture, or withdraw it.
    Share,
    /// Write the plan from a plan folder.
    Import,
    /// Change the plan in its draft, attach files to it, keep templates, ask sections for comment.
    Edit,
    /// Say what a section thinks of a draft that it was asked about.
    Comment { asked: &'a [SectionId], sections: &'a SectionTree },
    /// Change the sections and who follows whom.
    Organise,
    /// Make people and their assignments.
    Staff,
    /// Read the log and take the tenant's data out.
    Audit,
}

coded! {
    /// What a line of the log tells of: an action that was done, a refusal, data that were taken out.
    LogKind {
        Read = "read", "閲覧";
        Report = "report", "実績の報告";
        Decide = "decide", "承認・差戻し";
        Conduct = "conduct", "報告期の運営";
        Assign = "assign", "担当課の設定";
        Constitute = "constitute", "会議体と経路";
        Case = "case", "案件";
        Meeting = "meeting", "会議";
        Idea = "idea", "アイデア";
        Card = "card", "OODAカード";
        Training = "training", "研修会・情報発信";
        Publish = "publish", "公表・取り下げ";
        Share = "share", "都道府県との共有";
        Import = "import", "計画の取り込み";
        Edit = "edit", "計画の編集";
        Attach = "attach", "添付ファイル";
        Comment = "comment", "照会への意見";
        Organise = "organise", "組織の変更";
        Staff = "staff", "職員と役割";
        Audit = "audit", "記録の閲覧";
        Export = "export", "データの持ち出し";
        Refused = "refused", "断られた操作";
    }
}

impl Action<'_> {
    /// How the log calls it.
    pub fn kind(&self) -> LogKind {
        match self {
            Action::Read => LogKind::Read,
            Action::Report { .. } => LogKind::Report,
            Action::Decide { .. } | Action::Confirm { .. } => LogKind::Decide,
            Action::Conduct => LogKind::Conduct,
            Action::Assign => LogKind::Assign,
            Action::Constitute => LogKind::Constitute,
            Action::Propose | Action::ActOnCase { .. } => LogKind::Case,
            Action::Meet { .. } => LogKind::Meeting,
            Action::Suggest | Action::Triage { .. } => LogKind::Idea,
            Action::OpenCard | Action::ActOnCard { .. } => LogKind::Card,
            Action::Train { .. } => LogKind::Training,
            Action::Publish => LogKind::Publish,
            Action::Share => LogKind::Share,
            Action::Import => LogKind::Import,
            Action::Edit => LogKind::Edit,
            Action::Comment { .. } => LogKind::Comment,
            Action::Organise => LogKind::Organise,
            Action::Staff => LogKind::Staff,
            Action::Audit => LogKind::Audit,
        }
    }

    /// The code that the log keeps.
    pub fn name(&self) -> &'static str {
        self.kind().code()
    }
}

/// Why not. Each is a sentence for the person who was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// 担当課でない
    OtherSection,
    /// 自分の報告
    OwnReport,
    /// 照会先でない
    NotAsked,
    /// この段階を担う人でない
    NotTheirTurn,
    /// この会議体の委員でも事務局でもない
    NotTheirBody,
    /// アイデアに答える人でない
    NotTriage,
    /// カードの担当でも事務局でもない
    NotTheirCard,
    /// 研修会を開く人でない
    NotTrainer,
    /// The role is missing.
    NeedsRole(Role),
}

impl Denied {
    /// Who is to be asked: 管理者 for what only they may do, else 事務局.
    pub fn helper(&self) -> Role {
        match self {
            Denied::NeedsRole(Role::Admin) => Role::Admin,
            Denied::NeedsRole(_)
            | Denied::OtherSection
            | Denied::OwnReport
            | Denied::NotAsked
            | Denied::NotTheirTurn
            | Denied::NotTheirBody
            | Denied::NotTriage
            | Denied::NotTheirCard
            | Denied::NotTrainer => Role::Secretariat,
        }
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Denied::OtherSection => f.write_str("この指標は、あなたの課が担当する指標ではありません。"),
            Denied::OwnReport => f.write_str("自分が提出した報告を、自分で承認することはできません。ほかの承認者に依頼してください。"),
            Denied::NotAsked => f.write_str("意見を出せるのは、照会を受けた部署の職員です。閲覧者と事務局は出せません。"),
            Denied::NotTheirTurn => f.write_str("この段階を担う人ではありません。案件の画面に、いま誰の番かが出ています。"),
            Denied::NotTheirBody => {
                f.write_str("会議の予定や記録を書けるのは、その会議体の委員と事務局です。見ることは、どなたでもできます。")
            }
            Denied::NotTriage => f.write_str("アイデアの扱いを決めるのは、CoE（DX推進員）の会議体の委員と事務局です。"),
            Denied::NotTheirCard => f.write_str("カードを書き進められるのは、その担当と事務局です。読むことは、どなたでもできます。"),
            Denied::NotTrainer => f.write_str("研修会・情報発信を記録するのは、CoE（DX推進員）の会議体の委員と事務局です。"),
            Denied::NeedsRole(role) => write!(f, "この操作には「{}」の役割が必要です。", role.label()),
        }
    }
}

impl std::error::Error for Denied {}

/// Leave to do one thing once. Neither cloned nor made anywhere but in [`decide`].
#[derive(Debug)]
#[must_use = "a permit that is not used is a write that did not happen"]
pub struct Permit {
    action: &'static str,
}

impl Permit {
    pub fn action(&self) -> &'static str {
        self.action
    }
}

/// The one table of rights.
pub fn decide(actor: &Actor, action: &Action) -> Result<Permit, Denied> {
    let permit = Ok(Permit { action: action.name() });
    let member = match actor {
        Actor::Member(member) => member,
        // It tells what others did; it does nothing in their place.
        Actor::Worker(_) => return Err(Denied::NeedsRole(Role::Admin)),
        Actor::Maintenance(_) => {
            return match action {
                Action::Read
                | Action::Import
                | Action::Edit
                | Action::Organise
                | Action::Staff
                | Action::Audit
                | Action::Publish
                | Action::Assign
                | Action::Constitute
                | Action::Conduct
                | Action::Share => permit,
                // The command line never speaks for a section.
                Action::Report { .. } => Err(Denied::NeedsRole(Role::Reporter)),
                Action::Comment { .. } => Err(Denied::NotAsked),
                Action::Decide { .. } => Err(Denied::NeedsRole(Role::Approver)),
                Action::Confirm { .. } => Err(Denied::NeedsRole(Role::Secretariat)),
                Action::Propose | Action::ActOnCase { .. } => Err(Denied::NotTheirTurn),
                Action::Meet { .. } => Err(Denied::NotTheirBody),
                Action::Suggest | Action::Triage { .. } => Err(Denied::NotTriage),
                Action::OpenCard | Action::ActOnCard { .. } => Err(Denied::NotTheirCard),
                Action::Train { .. } => Err(Denied::NotTrainer),
            };
        }
    };
    match action {
        // Whoever looks on may have an idea, too.
        Action::Read | Action::Suggest => permit,
        Action::Triage { by } if by.contains(&member.id) => permit,
        Action::Triage { .. } => Err(Denied::NotTriage),
        Action::Train { by } if by.contains(&member.id) => permit,
        Action::Train { .. } => Err(Denied::NotTrainer),
        Action::Report { responsible, sections } => {
            if member.has(Role::Secretariat) {
                return permit;
            }
            if !member.has(Role::Reporter) && !member.has(Role::Approver) {
                return Err(Denied::NeedsRole(Role::Reporter));
            }
            let own = |role| holds_in_line(member, role, *responsible, sections, Line::Either);
            if own(Role::Reporter) || own(Role::Approver) { permit } else { Err(Denied::OtherSection) }
        }
        Action::Decide { responsible, sections, reporter, own } => {
            if !member.has(Role::Approver) {
                return Err(Denied::NeedsRole(Role::Approver));
            }
            if !holds_in_line(member, Role::Approver, *responsible, sections, Line::Above) {
                return Err(Denied::OtherSection);
            }
            not_own(member, *reporter, *own, permit)
        }
        Action::Confirm { reporter, own } => not_own(member, *reporter, *own, held(member, Role::Secretariat, permit)),
        Action::Assign | Action::Constitute | Action::Conduct | Action::Publish | Action::Share | Action::Import | Action::Edit => {
            held(member, Role::Secretariat, permit)
        }
        // Whoever works here may have an idea; who only looks on proposes nothing.
        Action::Propose | Action::OpenCard if member.assignments.iter().any(|held| held.role != Role::Viewer) => permit,
        Action::Propose | Action::OpenCard => Err(Denied::NeedsRole(Role::Reporter)),
        Action::ActOnCard { may } if may.contains(&member.id) => permit,
        Action::ActOnCard { .. } => Err(Denied::NotTheirCard),
        Action::ActOnCase { turn } if turn.contains(&member.id) => permit,
        Action::ActOnCase { .. } => Err(Denied::NotTheirTurn),
        Action::Meet { may } if may.contains(&member.id) => permit,
        Action::Meet { .. } => Err(Denied::NotTheirBody),
        Action::Comment { asked, sections } => match speaks_for(member, asked, sections).is_empty() {
            true => Err(Denied::NotAsked),
            false => permit,
        },
        Action::Organise if member.has(Role::Secretariat) => permit,
        Action::Organise | Action::Staff | Action::Audit => held(member, Role::Admin, permit),
    }
}

/// Nobody approves their own report unless the tenant allows it.
fn not_own(member: &Member, reporter: Option<MemberId>, own: bool, permit: Result<Permit, Denied>) -> Result<Permit, Denied> {
    if reporter == Some(member.id) && !own { permit.and(Err(Denied::OwnReport)) } else { permit }
}

fn held(member: &Member, role: Role, permit: Result<Permit, Denied>) -> Result<Permit, Denied> {
    if member.has(role) { permit } else { Err(Denied::NeedsRole(role)) }
}

/// Those of the asked sections for which a member may answer. 事務局 asks and never answers for a section.
pub fn speaks_for(member: &Member, asked: &[SectionId], sections: &SectionTree) -> Vec<SectionId> {
    if member.has(Role::Secretariat) {
        return Vec::new();
    }
    let roles = [Role::Admin, Role::Approver, Role::Reporter];
    let speaks = |section: &&SectionId| roles.iter().any(|role| holds_in_line(member, *role, Some(**section), sections, Line::Either));
    asked.iter().filter(speaks).copied().collect()
}

/// Those of the asked sections to whose line a member belongs, in whatever role.
pub fn asked_in_line(member: &Member, asked: &[SectionId], sections: &SectionTree) -> Vec<SectionId> {
    let belongs = |section: &&SectionId| Role::ALL.iter().any(|role| holds_in_line(member, *role, Some(**section), sections, Line::Either));
    asked.iter().filter(belongs).copied().collect()
}

/// Whether it belongs to a member's work to report for a section, as 担当 of its line.
pub fn works_for(member: &Member, section: SectionId, sections: &SectionTree) -> bool {
    holds_in_line(member, Role::Reporter, Some(section), sections, Line::Either)
}

/// Whether a member is 承認者 of a section, or above it.
pub fn chief_of(member: &Member, section: SectionId, sections: &SectionTree) -> bool {
    holds_in_line(member, Role::Approver, Some(section), sections, Line::Above)
}

/// Whether a member can be named for something that a section answers for: whoever may report it is in its line.
pub fn can_answer_for(member: &Member, section: SectionId, sections: &SectionTree) -> bool {
    works_for(member, section, sections) || holds_in_line(member, Role::Approver, Some(section), sections, Line::Either)
}

#[derive(Clone, Copy)]
enum Line {
    /// The member's section is the responsible one or above it.
    Above,
    /// Above or below it: a 係 reports for its 課, and a 課 for its 係.
    Either,
}

fn holds_in_line(member: &Member, role: Role, responsible: Option<SectionId>, sections: &SectionTree, line: Line) -> bool {
    let Some(responsible) = responsible else { return false };
    member.assignments.iter().filter(|a| a.role == role).filter_map(|a| a.section).any(|own| match line {
        Line::Above => sections.is_within(responsible, own),
        Line::Either => sections.is_within(responsible, own) || sections.is_within(own, responsible),
    })
}
