//! 「誰が何をできるか」: the table of rights in words, found by asking [`decide`] itself.

use uuid::Uuid;

use crate::{
    access::{Action, Actor, Assignment, Member, Role, SectionTree, decide},
    ids::{MemberId, PersonId, SectionId, TenantId},
};

/// How far a role may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    No,
    /// For the own section and those below it, or above it.
    OwnSection,
    Everything,
}

/// One thing that can be done, and how far each role may.
#[derive(Clone, Debug)]
pub struct Right {
    pub words: &'static str,
    pub note: &'static str,
    pub by_role: Vec<(Role, Reach)>,
}

const OWN: SectionId = SectionId(Uuid::from_u128(1));
const OTHER: SectionId = SectionId(Uuid::from_u128(2));

/// Every right, those of most people first.
pub fn table() -> Vec<Right> {
    let sections = SectionTree(vec![(OWN, None), (OTHER, None)]);
    let report = |section| Action::Report { responsible: Some(section), sections: &sections };
    let judge = |section| Action::Decide { responsible: Some(section), sections: &sections, reporter: None, own: false };
    let comment = |asked| Action::Comment { asked, sections: &sections };
    let of = |own: Action, other: Action| {
        let (words, note) = words(&own);
        let reach = |role: Role| match (decide(&holder(role), &own).is_ok(), decide(&holder(role), &other).is_ok()) {
            (_, true) => Reach::Everything,
            (true, false) => Reach::OwnSection,
            (false, false) => Reach::No,
        };
        Right { words, note, by_role: Role::ALL.iter().map(|role| (*role, reach(*role))).collect() }
    };
    let anywhere = [
        Action::Confirm { reporter: None, own: false },
        Action::Conduct,
        Action::Assign,
        Action::Suggest,
        Action::Propose,
        Action::OpenCard,
        Action::Constitute,
        Action::Edit,
        Action::Import,
        Action::Publish,
        Action::Share,
        Action::Organise,
        Action::Staff,
        Action::Audit,
    ];
    let mut rights = vec![
        of(Action::Read, Action::Read),
        of(report(OWN), report(OTHER)),
        of(judge(OWN), judge(OTHER)),
        of(comment(&[OWN]), comment(&[OTHER])),
    ];
    rights.extend(anywhere.iter().map(|action| of(*action, *action)));
    rights
}

/// A new action must find its words here; then it belongs into [`table`].
fn words(action: &Action) -> (&'static str, &'static str) {
    match action {
        Action::Read => ("計画・指標・実績・組織を見る", ""),
        Action::Report { .. } => ("実績を報告・訂正する", "係は課の、課は係の指標も報告できます。"),
        Action::Decide { .. } => ("報告を承認・差戻しする", "自分の報告は承認できません（団体の設定で認めた場合を除きます）。"),
        Action::Confirm { .. } => ("課長が承認した報告を確認する", "団体の設定で、事務局の確認を加えたときです。"),
        Action::Conduct => ("報告期を運営する", "日程、固定、催促、判定の変更を含みます。"),
        Action::Assign => ("指標の担当課を決める", ""),
        Action::Propose => ("案件を提案する", ""),
        Action::ActOnCase { .. } => ("案件の段階で決める", "役割ではなく、経路が定める担い手（提案者、課長、会議体の委員、事務局）です。"),
        Action::Meet { .. } => ("会議を開き、記録する", "役割ではなく、会議体の委員と、会議体の事務局です。"),
        Action::Suggest => ("アイデアを送る", ""),
        Action::OpenCard => ("OODAカードを作る", ""),
        Action::ActOnCard { .. } => ("OODAカードを書き進める", "役割ではなく、カードの担当と事務局です。"),
        Action::Triage { .. } => ("アイデアの扱いを決める", "役割ではなく、CoE（DX推進員）の会議体の委員と事務局です。"),
        Action::Train { .. } => ("研修会・情報発信を記録する", "役割ではなく、CoE（DX推進員）の会議体の委員と事務局です。"),
        Action::Constitute => ("会議体・委員・経路を決める", ""),
        Action::Edit => ("計画を編集する", "案・雛形・意見照会を含みます。"),
        Action::Import => ("計画を取り込む", ""),
        Action::Publish => ("版を公表・取り下げる", ""),
        Action::Share => ("都道府県と共有する", "公表した版の値だけです。"),
        Action::Comment { .. } => ("庁内照会に意見を出す", "照会を受けた部署の職員です。係は課として、部は課に代わって出せます。"),
        Action::Organise => ("組織を変更する", ""),
        Action::Staff => ("職員を招待し、所属と役割を決める", "最後の管理者は停止できません。"),
        Action::Audit => ("記録を見る、データを取り出す", ""),
    }
}

fn holder(role: Role) -> Actor {
    Actor::Member(Member {
        tenant: TenantId(Uuid::nil()),
        id: MemberId(Uuid::nil()),
        person: PersonId(Uuid::nil()),
        name: String::new(),
        assignments: vec![Assignment { role, section: Some(OWN), post: String::new() }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_decide_says() {
        let rights = table();
        let reach = |words: &str, role: Role| {
            let right = rights.iter().find(|right| right.words.contains(words)).unwrap();
            right.by_role.iter().find(|(of, _)| *of == role).unwrap().1
        };
        assert_eq!(reach("見る", Role::Viewer), Reach::Everything);
        assert_eq!(reach("報告・訂正", Role::Reporter), Reach::OwnSection);
        assert_eq!(reach("報告・訂正", Role::Secretariat), Reach::Everything);
        assert_eq!(reach("承認", Role::Approver), Reach::OwnSection);
        assert_eq!(reach("承認", Role::Secretariat), Reach::No);
        assert_eq!(reach("職員を招待", Role::Admin), Reach::Everything);
        assert_eq!(reach("職員を招待", Role::Secretariat), Reach::No);
    }
}
