//! お知らせ: what a member is told on the pages, and the mail that says the same.

use crate::{coded::coded, reminder::ReminderKind};

coded! {
    /// In the order of urgency.
    NotificationKind {
        /// By hand; the others come by themselves.
        Urged = "urged", "催促";
        /// A case is so late that more than those whose turn it is must know.
        CaseEscalated = "case_escalated", "長く止まっている案件";
        CaseOverdue = "case_overdue", "期限を過ぎた案件";
        CaseDue = "case_due", "案件の期限";
        /// To the body that a card names.
        CardEscalated = "card_escalated", "期限を過ぎたOODAカード";
        /// Near or over, to its owner.
        CardDue = "card_due", "OODAカードの期限";
        /// It came to the member.
        CaseTurn = "case_turn", "案件の順番";
        Overdue = "overdue", "期限を過ぎた報告";
        Due = "due", "締切のお知らせ";
        Returned = "returned", "差戻し";
        /// To whom a report waits for.
        Waiting = "waiting", "承認待ち";
        /// 招集
        Convened = "convened", "会議の招集";
        /// Another day or place, or called off.
        Rearranged = "rearranged", "会議の変更・中止";
        /// On the business day before, to those who sit in the body.
        MeetingSoon = "meeting_soon", "会議の前日";
        Errand = "errand", "対応事項";
        Assigned = "assigned", "担当の割り当て";
        /// The records of trainings say something of a figure, to who owes it.
        FigureProposed = "figure_proposed", "実績の案";
        /// 庁内照会 has a mail of its own.
        Inquiry = "inquiry", "庁内照会";
        Replied = "replied", "照会への回答";
        Approved = "approved", "承認";
        /// What became of an idea, to who sent it.
        IdeaAnswered = "idea_answered", "アイデアへの回答";
        /// What was decided about a case, to who writes it.
        CaseResult = "case_result", "案件の結果";
        /// On a report.
        Commented = "commented", "コメント";
    }
}

impl From<ReminderKind> for NotificationKind {
    fn from(kind: ReminderKind) -> Self {
        match kind {
            ReminderKind::Due => NotificationKind::Due,
            ReminderKind::Overdue => NotificationKind::Overdue,
            ReminderKind::Returned => NotificationKind::Returned,
            ReminderKind::Approved => NotificationKind::Approved,
            ReminderKind::Assigned => NotificationKind::Assigned,
        }
    }
}

impl NotificationKind {
    /// Whether it comes by this mail.
    pub fn is_mailed(self) -> bool {
        match self {
            NotificationKind::Inquiry | NotificationKind::MeetingSoon | NotificationKind::FigureProposed => false,
            NotificationKind::Urged
            | NotificationKind::CaseEscalated
            | NotificationKind::CaseOverdue
            | NotificationKind::CaseDue
            | NotificationKind::CardEscalated
            | NotificationKind::CardDue
            | NotificationKind::CaseTurn
            | NotificationKind::CaseResult
            | NotificationKind::Overdue
            | NotificationKind::Due
            | NotificationKind::Returned
            | NotificationKind::Waiting
            | NotificationKind::Convened
            | NotificationKind::Rearranged
            | NotificationKind::Errand
            | NotificationKind::Assigned
            | NotificationKind::Replied
            | NotificationKind::Approved
            | NotificationKind::Commented
            | NotificationKind::IdeaAnswered => true,
        }
    }

    /// Whether no mail says it: the pages do.
    pub fn is_on_pages_only(self) -> bool {
        matches!(self, NotificationKind::MeetingSoon | NotificationKind::FigureProposed)
    }

    /// Whether a member may refuse the mail. What somebody has to do is told by mail, too.
    pub fn is_optional(self) -> bool {
        match self {
            NotificationKind::Urged
            | NotificationKind::CaseEscalated
            | NotificationKind::CaseOverdue
            | NotificationKind::CaseDue
            | NotificationKind::CardEscalated
            | NotificationKind::CardDue
            | NotificationKind::CaseTurn
            | NotificationKind::Overdue
            | NotificationKind::Due
            | NotificationKind::Returned
            | NotificationKind::Waiting
            | NotificationKind::Convened
            | NotificationKind::Rearranged
            | NotificationKind::MeetingSoon
            | NotificationKind::Errand
            | NotificationKind::FigureProposed
            | NotificationKind::Inquiry => false,
            NotificationKind::CaseResult
            | NotificationKind::Assigned
            | NotificationKind::Replied
            | NotificationKind::Approved
            | NotificationKind::Commented
            | NotificationKind::IdeaAnswered => true,
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            NotificationKind::Urged => "事務局から報告のお願いが届いています",
            NotificationKind::CaseEscalated => "長く止まっている案件があります",
            NotificationKind::CaseOverdue => "期限を過ぎた案件があります",
            NotificationKind::CaseDue => "案件の期限が近づいています",
            NotificationKind::CardEscalated => "期限を過ぎたOODAカードがあります",
            NotificationKind::CardDue => "OODAカードの期限のお知らせがあります",
            NotificationKind::CaseTurn => "あなたの番の案件があります",
            NotificationKind::CaseResult => "案件の結果が出ました",
            NotificationKind::Overdue => "締切を過ぎた報告があります",
            NotificationKind::Due => "報告の締切が近づいています",
            NotificationKind::Returned => "報告が差し戻されました",
            NotificationKind::Waiting => "承認を待っている報告があります",
            NotificationKind::Convened => "会議が招集されました",
            NotificationKind::Rearranged => "会議の予定が変わりました",
            NotificationKind::MeetingSoon => "会議が近づいています",
            NotificationKind::Errand => "会議で決まった対応事項があります",
            NotificationKind::Assigned => "新しい担当があります",
            NotificationKind::FigureProposed => "記録から実績の案ができました",
            NotificationKind::Inquiry => "庁内照会が届いています",
            NotificationKind::Replied => "照会に回答がありました",
            NotificationKind::Approved => "報告が承認されました",
            NotificationKind::Commented => "報告にコメントがあります",
            NotificationKind::IdeaAnswered => "アイデアに回答がありました",
        }
    }
}

/// One thing that is told: a sentence, and the names of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub kind: NotificationKind,
    pub text: String,
    pub about: Vec<String>,
    /// Of what somebody sent by hand.
    pub signed: Option<Signed>,
}

/// Who of 事務局 sent something, and what they add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub sender: String,
    /// Lines of their own; empty without any.
    pub words: String,
}

impl Told {
    /// What it stands for: a 催促 for everything it names, anything else for itself.
    pub fn count(&self) -> usize {
        self.about.len().max(1)
    }

    /// Names to be listed below its sentence; one about a single thing has named it, unless it counts.
    pub fn listed(&self) -> &[String] {
        let counts =
            matches!(self.kind, NotificationKind::Urged | NotificationKind::Due | NotificationKind::Overdue | NotificationKind::Waiting);
        if counts || self.about.len() > 1 { &self.about } else { &[] }
    }
}

/// Who writes to whom, and where the links lead.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    pub name: &'a str,
    pub city: &'a str,
    /// Without a slash at the end: `https://rashin.example/midorino/staff`.
    pub staff_url: &'a str,
    /// Names of 事務局.
    pub office: &'a [String],
}

/// A plain mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub body: String,
}

/// Names of one thing that a mail lists; the page has the rest.
const NAMES: usize = 20;

/// One mail with all that is to be told. `None` when there is nothing.
pub fn digest(head: &Letterhead<'_>, told: &[Told]) -> Option<Letter> {
    let first = told.iter().map(|one| one.kind).min()?;
    let (urgent, rest): (Vec<&Told>, Vec<&Told>) = told.iter().partition(|one| one.kind == first);
    let count: usize = urgent.iter().map(|one| one.count()).sum();
    let more = if rest.is_empty() { "" } else { "ほか" };
    let parts: String = NotificationKind::ALL.iter().map(|kind| part(*kind, told, head.city)).collect();
    let Letterhead { name, city, staff_url, office } = *head;
    let of_cases = |one: &Told| {
        use NotificationKind::{CaseDue, CaseEscalated, CaseOverdue, CaseResult, CaseTurn};
        matches!(one.kind, CaseEscalated | CaseOverdue | CaseDue | CaseTurn | CaseResult)
    };
    let cases = if told.iter().any(of_cases) {
        format!("■ 案件（あなたの番のもの）\n{staff_url}/cases?mine=on\n\n")
    } else {
        String::new()
    };
    let office = if office.is_empty() { String::new() } else { format!("（{}）", office.join("、")) };
    let body = format!(
        "{name}様\n\n{city}の羅針からのお知らせです。\n{parts}\n\
         ■ わたしの更新（報告するものの一覧）\n{staff_url}/updates\n\n{cases}\
         わからないことは、事務局{office}に問い合わせてください。\n\
         このメールに返信しても、事務局には届きません。\n\n\
         催促・締切・期限後・差戻し・承認待ち・案件の順番と期限・OODAカードの期限・会議・対応事項のメールは止められません。ほかのメールは、次の画面で止められます。\n{staff_url}/notifications/settings\n"
    );
    Some(Letter { subject: format!("【羅針】{}（{count}件）{more}", first.sentence()), body })
}

/// All of one kind under its heading; empty without any.
fn part(kind: NotificationKind, told: &[Told], city: &str) -> String {
    let of: Vec<&Told> = told.iter().filter(|one| one.kind == kind).collect();
    if of.is_empty() {
        return String::new();
    }
    let lines = of.iter().flat_map(|one| {
        let names = one.listed();
        let left = names.len().saturating_sub(NAMES);
        let more = (left > 0).then(|| format!("　・ほか{left}件\n"));
        let names = names.iter().take(NAMES).map(|name| format!("　・{name}\n"));
        let signed = one.signed.iter().map(|signed| signature(signed, city));
        std::iter::once(format!("{}\n", one.text)).chain(names).chain(more).chain(signed)
    });
    format!("\n■ {}\n{}", kind.label(), lines.collect::<String>())
}

/// The office and the name, then what they add.
fn signature(signed: &Signed, city: &str) -> String {
    let words = signed.words.lines().map(|line| format!("　{line}\n"));
    format!("{city}事務局　{}より\n{}", signed.sender, words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(kind: NotificationKind, about: &[&str]) -> Told {
        let about = about.iter().map(|name| (*name).to_owned()).collect();
        Told { kind, text: format!("{}の文", kind.label()), about, signed: None }
    }

    fn head(office: &[String]) -> Letterhead<'_> {
        Letterhead { name: "架空 健", city: "みどり野市（架空）", staff_url: "https://rashin.example/midorino/staff", office }
    }

    #[test]
    fn the_subject_counts_what_is_most_urgent() {
        let due = told(NotificationKind::Due, &["窓口の待ち時間", "電子申請", "書かない窓口"]);
        let letter = digest(&head(&[]), std::slice::from_ref(&due)).unwrap();
        assert_eq!(letter.subject, "【羅針】報告の締切が近づいています（3件）");
        let letter = digest(&head(&[]), &[told(NotificationKind::Approved, &[]), due]).unwrap();
        assert_eq!(letter.subject, "【羅針】報告の締切が近づいています（3件）ほか");
        assert_eq!(digest(&head(&[]), &[]), None);
    }

    #[test]
    fn the_body_names_what_is_due_whom_to_ask_and_how_to_opt_out() {
        let office = ["架空 花子".to_owned()];
        let letter = digest(&head(&office), &[told(NotificationKind::Due, &["窓口の待ち時間"])]).unwrap();
        for words in [
            "架空 健様",
            "　・窓口の待ち時間",
            "/midorino/staff/updates\n",
            "事務局（架空 花子）",
            "/midorino/staff/notifications/settings",
        ] {
            assert!(letter.body.contains(words), "{words}: {}", letter.body);
        }
    }

    #[test]
    fn what_is_asked_by_hand_comes_first_and_is_signed() {
        let signed = |words: &str| Some(Signed { sender: "架空 花子".to_owned(), words: words.to_owned() });
        let urged = Told {
            signed: signed("議会の資料に使います。\n水曜日までにお願いします。"),
            ..told(NotificationKind::Urged, &["窓口の待ち時間"])
        };
        let letter = digest(&head(&[]), &[told(NotificationKind::Overdue, &["電子申請"]), urged.clone()]).unwrap();
        assert_eq!(letter.subject, "【羅針】事務局から報告のお願いが届いています（1件）ほか");
        let part = "■ 催促\n催促の文\n　・窓口の待ち時間\nみどり野市（架空）事務局　架空 花子より\n　議会の資料に使います。\n　水曜日までにお願いします。\n\n■ 期限";
        assert!(letter.body.contains(part), "{}", letter.body);
        let bare = digest(&head(&[]), &[Told { signed: signed(""), ..urged }]).unwrap();
        assert!(bare.body.contains("架空 花子より\n\n■ わたしの更新"), "{}", bare.body);
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let names: Vec<String> = (0..500).map(|n| format!("指標{n}")).collect();
        let due = Told { kind: NotificationKind::Due, text: "文".to_owned(), about: names, signed: None };
        let letter = digest(&head(&[]), &[due]).unwrap();
        assert!(letter.subject.contains("（500件）") && letter.body.contains("　・ほか480件") && !letter.body.contains("指標20\n"));
    }

    #[test]
    fn what_asks_for_something_cannot_be_refused() {
        let duties = NotificationKind::ALL.iter().filter(|kind| !kind.is_optional() && !kind.is_on_pages_only());
        let labels: Vec<_> = duties.map(|kind| kind.label()).collect();
        assert_eq!(
            labels,
            [
                "催促",
                "長く止まっている案件",
                "期限を過ぎた案件",
                "案件の期限",
                "期限を過ぎたOODAカード",
                "OODAカードの期限",
                "案件の順番",
                "期限を過ぎた報告",
                "締切のお知らせ",
                "差戻し",
                "承認待ち",
                "会議の招集",
                "会議の変更・中止",
                "対応事項",
                "庁内照会"
            ]
        );
    }

    proptest! {
        #[test]
        fn everything_told_is_in_the_mail_once(kinds in prop::collection::vec(0..NotificationKind::ALL.len(), 1..8)) {
            let all: Vec<Told> = kinds.iter().enumerate()
                .map(|(n, kind)| Told { kind: NotificationKind::ALL[*kind], text: format!("<{n}>"), about: Vec::new(), signed: None }).collect();
            let letter = digest(&head(&[]), &all).unwrap();
            for one in &all {
                prop_assert_eq!(letter.body.matches(one.text.as_str()).count(), 1);
            }
            let subject_kind = all.iter().map(|one| one.kind).min().unwrap();
            prop_assert!(letter.subject.contains(subject_kind.sentence()));
        }
    }
}
