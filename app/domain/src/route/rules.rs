//! What may be done at which work: the part of a route that is not the tenant's.

use super::{Ending, Outcome, Requirement, Work};

impl Work {
    /// What is done there, for whoever edits a route.
    pub fn task(self) -> &'static str {
        match self {
            Work::Draft => "提案者が案件を書き、できたら提出します。",
            Work::Reception => "一人が内容を確かめ、次へ進めるか戻すかを決めます。",
            Work::Deliberation => "会議体などが話し合い、結果を決めます。",
            Work::Trial => "決めた日まで試します。その日が過ぎると、結果を報告する段階へ自動で進みます。",
            Work::Adoption => "計画の取組として導入する手続きをします。",
            Work::Feedback => "結果と理由を提案者へ伝え、案件を閉じます。",
        }
    }

    /// What can come out of it.
    pub fn outcomes(self) -> &'static [Outcome] {
        use Outcome::{Accepted, Adopted, Amended, Closed, Continued, Rejected, Reported, Returned, Submitted, Trial};
        match self {
            Work::Draft => &[Submitted],
            Work::Reception => &[Accepted, Amended, Adopted, Returned, Rejected],
            Work::Deliberation => &[Accepted, Amended, Adopted, Trial, Continued, Reported, Returned, Rejected],
            Work::Trial => &[Reported],
            Work::Adoption => &[Adopted, Returned, Rejected],
            Work::Feedback => &[Closed],
        }
    }

    /// What can be required there. Nothing that could not be given at it: a case would be stuck.
    pub fn requirements(self) -> &'static [Requirement] {
        use Requirement::{Bpr, Costs, Meeting, Opinion, Result};
        match self {
            Work::Draft => &[Bpr, Costs],
            Work::Reception | Work::Adoption => &[Opinion, Bpr, Costs],
            Work::Deliberation => &[Opinion, Bpr, Costs, Meeting],
            Work::Trial => &[Result],
            Work::Feedback => &[Opinion],
        }
    }
}

impl Outcome {
    /// What it means for a case, for whoever edits a route.
    pub fn meaning(self) -> &'static str {
        match self {
            Outcome::Submitted => "書いた案件を次の人へ渡す",
            Outcome::Accepted => "このまま次へ進める",
            Outcome::Amended => "直すところを示して次へ進める（理由が要る）",
            Outcome::Continued => "同じ段階に留まり、期限を数え直す（理由が要る）",
            Outcome::Trial => "終わる日を決めて試す",
            Outcome::Adopted => "導入すると決める",
            Outcome::Reported => "意見や結果を添えて次へ進める",
            Outcome::Returned => "前の段階へ戻す（理由が要る）",
            Outcome::Rejected => "採用しないと決める（理由が要る）",
            Outcome::Closed => "伝え終えて案件を閉じる",
        }
    }

    /// The ends to which it can lead; none where the case must go on.
    pub fn endings(self) -> &'static [Ending] {
        match self {
            Outcome::Submitted | Outcome::Continued | Outcome::Trial | Outcome::Returned => &[],
            Outcome::Accepted | Outcome::Amended | Outcome::Adopted => &[Ending::Adopted, Ending::Closed],
            Outcome::Rejected => &[Ending::Rejected, Ending::Closed],
            Outcome::Reported | Outcome::Closed => &[Ending::Closed],
        }
    }
}
