//! A line of the log in words: what was done, on what, and its details.

use std::collections::BTreeMap;

use rashin_domain::{
    access::{LogKind, Role},
    approval::Approval,
    clock::{japan_date, moment_label},
    inquiry::{Outcome, Reply},
    period::Period,
    publish::edition_label,
    round::{Asks, RoundKind},
};
use rashin_store::audit::{By, Entry, Post, SubjectNames};
use serde_json::Value;

use super::terms::term;
use crate::{card::card_url, meeting::meeting_url};

/// What is needed to say who and what.
pub struct Speech<'a> {
    pub city: &'a str,
    pub members: &'a BTreeMap<rashin_domain::ids::MemberId, String>,
    pub posts: &'a [Post],
    pub names: &'a SubjectNames,
}

/// What a line is about.
pub struct Subject {
    pub words: String,
    pub href: Option<String>,
}

/// Who acts without an account.
pub const COMMAND_LINE: &str = "システム管理者";

impl Speech<'_> {
    /// Name, and the post that was held on the day.
    pub fn who(&self, entry: &Entry) -> (String, String) {
        match entry.by {
            By::CommandLine => (COMMAND_LINE.to_owned(), "コマンドライン".to_owned()),
            By::Member(id) => {
                let day = japan_date(entry.place.at);
                let held = |post: &&Post| post.member == id && post.from <= day && post.until.is_none_or(|until| day <= until);
                let post = self.posts.iter().find(held).map(|post| {
                    let parts = [post.section.as_deref().unwrap_or_default(), &post.title];
                    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
                });
                (self.members.get(&id).cloned().unwrap_or_else(|| id.to_string()), post.unwrap_or_default())
            }
        }
    }

    pub fn subject(&self, entry: &Entry) -> Subject {
        let plain = |words: &str| Subject { words: words.to_owned(), href: None };
        match LogKind::from_code(&entry.action) {
            Some(LogKind::Refused) => return plain(&entry.subject),
            Some(LogKind::Attach | LogKind::Case | LogKind::Export) if entry.subject.starts_with(CASE) => {
                return case_named(&entry.subject, self.city);
            }
            Some(LogKind::Attach) if entry.detail["plan"].is_string() => return plain(&self.attached_to(entry)),
            Some(LogKind::Card) => return card_named(&entry.subject, self.city),
            Some(LogKind::Training | LogKind::Attach) if entry.subject.starts_with(TRAINING) => {
                return training_named(&entry.subject, self.city);
            }
            Some(LogKind::Meeting) => return meeting_named(&entry.subject, self.city),
            Some(LogKind::Constitute) if entry.subject == "records" => return plain("記録の保存年限"),
            Some(LogKind::Conduct) => return round_named(&entry.subject, self.city),
            Some(LogKind::Export) => return plain(if entry.subject == EXPORTED_LOG { "操作の記録" } else { "団体の全データ" }),
            _ => {}
        }
        let (key, period) = entry.subject.split_once(' ').unwrap_or((&entry.subject, ""));
        let period = Period::parse(period).map(|period| format!("　{}", period.label())).unwrap_or_default();
        if let Some(name) = self.names.kpis.get(key) {
            let page = match entry.detail["report"].as_str() {
                Some(report) => format!("/{}/staff/reports/{report}", self.city),
                None => format!("/{}/staff/kpis/{key}", self.city),
            };
            return Subject { words: format!("{name}（{key}）{period}"), href: Some(page) };
        }
        let href = inquiry_deed(entry).map(|_| format!("/{}/staff/inquiries/{key}", self.city));
        let words = self.names.others.get(key).map_or_else(|| entry.subject.clone(), |name| format!("{name}{period}"));
        Subject { words, href }
    }

    /// The node or the edition of a plan that a file belongs to.
    fn attached_to(&self, entry: &Entry) -> String {
        let plan = entry.detail["plan"].as_str().unwrap_or_default();
        let node = self.names.nodes.get(&(plan.to_owned(), entry.subject.clone())).cloned();
        let edition = || {
            let number = entry.subject.parse().ok()?;
            Some(format!("{}　{}", self.names.others.get(plan)?, edition_label(number)))
        };
        node.or_else(edition).unwrap_or_else(|| entry.subject.clone())
    }

    /// Terms and their values, as they are read.
    pub fn details(&self, entry: &Entry) -> Vec<(String, String)> {
        let detail = only_changes(&entry.detail);
        let Some(object) = detail.as_object() else { return Vec::new() };
        object.iter().map(|(key, value)| (term(key).to_owned(), self.value(key, value))).collect()
    }

    fn value(&self, key: &str, value: &Value) -> String {
        match value {
            Value::Null => "なし".to_owned(),
            Value::Bool(true) => "はい".to_owned(),
            Value::Bool(false) => "いいえ".to_owned(),
            Value::Number(number) => match (key, number.as_i64()) {
                ("edition" | "withdrawn", Some(edition)) => edition_label(edition as i32),
                _ => number.to_string(),
            },
            Value::String(text) => self.name(key, text),
            Value::Object(parts) => {
                parts.iter().map(|(key, value)| format!("{}：{}", term(key), self.value(key, value))).collect::<Vec<_>>().join("、")
            }
            Value::Array(items) => items.iter().map(|item| self.value(key, item)).collect::<Vec<_>>().join("・"),
        }
    }

    fn name(&self, key: &str, text: &str) -> String {
        let label = match key {
            "role" => Role::from_code(text).map(Role::label),
            "action" => LogKind::from_code(text).map(LogKind::label),
            "state" | "member" => state(text),
            "outcome" => outcome(text),
            "inquiry" => Some(match text {
                "sent" => "送付",
                "answered" => "意見への対応",
                "deadline" => "期限の変更",
                "reminded" => "督促",
                "closed" => "締め切り",
                _ => return text.to_owned(),
            }),
            "approval" => Approval::from_code(text).map(Approval::label),
            "kind" => RoundKind::from_code(text).map(RoundKind::label),
            "asks" => Asks::from_code(text).map(Asks::label),
            "planned" | "rounds" => return round_named(text, self.city).words,
            "reply" => Reply::from_code(text).map(Reply::label),
            "embargo" | "before" => return text.parse().map_or_else(|_| text.to_owned(), moment_label),
            "answer" => Outcome::from_code(text).map(Outcome::label),
            _ => None,
        };
        label.map(str::to_owned).or_else(|| self.names.others.get(text).cloned()).unwrap_or_else(|| text.to_owned())
    }
}

/// The subject under which the log's own CSV is written down.
pub const EXPORTED_LOG: &str = "log";

/// What was done, as finely as the line tells.
pub fn deed(entry: &Entry) -> String {
    let detail = &entry.detail;
    let Some(kind) = LogKind::from_code(&entry.action) else { return entry.action.clone() };
    if let Some(words) = inquiry_deed(entry) {
        return words.to_owned();
    }
    match kind {
        LogKind::Report if detail["said"].is_string() => "報告へのコメント".to_owned(),
        LogKind::Report if detail["review"].is_string() => "評価と改善の記入".to_owned(),
        LogKind::Report if detail["ledger"].is_string() => "予算と効果の記入".to_owned(),
        LogKind::Report if detail["revision"].as_i64().is_some_and(|revision| revision > 1) => "実績の訂正".to_owned(),
        LogKind::Conduct if detail["urged"].is_number() => "催促".to_owned(),
        LogKind::Conduct if detail["grade"].is_string() => "事務局による判定".to_owned(),
        LogKind::Conduct if detail["withdrawn_grade"].is_string() => "事務局による判定の取り下げ".to_owned(),
        LogKind::Decide => detail["outcome"].as_str().and_then(outcome).unwrap_or(kind.label()).to_owned(),
        LogKind::Idea if detail["fate"].is_string() => "アイデアの扱い".to_owned(),
        LogKind::Idea => "アイデアの送付".to_owned(),
        LogKind::Card if detail["card_step"].is_string() => "OODAカードの段階の記入".to_owned(),
        LogKind::Card if detail["card_owner"].is_string() => "OODAカードの引き継ぎ".to_owned(),
        LogKind::Card if detail["card_closed"].is_string() => "OODAカードの終了".to_owned(),
        LogKind::Card if detail["card_given_up"].is_string() => "OODAカードの取りやめ".to_owned(),
        LogKind::Card => "OODAカードの作成".to_owned(),
        LogKind::Training if detail["after"]["attendees"].is_number() => "参加者数の記録".to_owned(),
        LogKind::Training => "研修会・情報発信の記録".to_owned(),
        LogKind::Case if detail["stage"].is_string() => "案件の段階の記録".to_owned(),
        LogKind::Case if detail["remark"].is_string() => "案件への意見・結果".to_owned(),
        LogKind::Case if detail["result"].is_string() => "案件の取下げ".to_owned(),
        LogKind::Case if detail["author"].is_string() => "共同提案者の追加".to_owned(),
        LogKind::Case if detail["removed_author"].is_string() => "共同提案者の解除".to_owned(),
        LogKind::Case if detail["proposer"].is_string() => "案件の引き継ぎ".to_owned(),
        LogKind::Case if detail["withdrawn_proposer"].is_boolean() => "案件の引き継ぎの取りやめ".to_owned(),
        LogKind::Case => "案件の内容".to_owned(),
        LogKind::Meeting => meeting_deed(detail).to_owned(),
        LogKind::Constitute if detail["in_use"].is_boolean() => "経路の使用".to_owned(),
        LogKind::Constitute if detail["route"].is_string() => "経路".to_owned(),
        LogKind::Constitute if detail["seat"].is_string() => "会議体の委員".to_owned(),
        LogKind::Constitute if detail["kept_cases"].is_number() => "記録の保存年限".to_owned(),
        LogKind::Constitute => "会議体".to_owned(),
        LogKind::Assign if detail["section"].is_null() => "担当課の解除".to_owned(),
        LogKind::Publish => match (detail["edition"].as_i64(), detail["withdrawn"].as_i64()) {
            (Some(edition), _) if detail["erratum"].is_number() => format!("{}の正誤", edition_label(edition as i32)),
            (Some(edition), _) if detail["before"].is_string() => format!("{}の公開日時の変更", edition_label(edition as i32)),
            (Some(edition), _) => format!("{}の公表", edition_label(edition as i32)),
            (_, Some(edition)) => format!("{}の取り下げ", edition_label(edition as i32)),
            (None, None) => kind.label().to_owned(),
        },
        LogKind::Conduct if entry.subject == "settings" => "報告と承認の設定".to_owned(),
        LogKind::Conduct if detail["planned"].is_array() => "報告期の追加".to_owned(),
        LogKind::Conduct if detail["cancelled"].is_object() => "報告期の取りやめ".to_owned(),
        LogKind::Conduct if detail["before"]["locked_on"] != detail["after"]["locked_on"] => "値の固定".to_owned(),
        LogKind::Conduct => "報告期の変更".to_owned(),
        LogKind::Attach if detail["removed_file"].is_string() => "添付ファイルの削除".to_owned(),
        LogKind::Attach => match detail["to_publish"].as_bool() {
            Some(true) => "添付ファイルの公開の予定".to_owned(),
            Some(false) => "添付ファイルの公開の取りやめ".to_owned(),
            None => "ファイルの添付".to_owned(),
        },
        LogKind::Staff if detail["after"].is_object() => "登録内容の訂正".to_owned(),
        LogKind::Share if detail["withdrawn_from"].is_string() => "共有の取り下げ".to_owned(),
        LogKind::Refused => match detail["action"].as_str().and_then(LogKind::from_code) {
            Some(tried) => format!("断られた操作（{}）", tried.label()),
            None => kind.label().to_owned(),
        },
        _ => kind.label().to_owned(),
    }
}

/// How the log names a case: 「case 12」.
const CASE: &str = "case ";

fn case_named(subject: &str, city: &str) -> Subject {
    let number = subject.strip_prefix(CASE).and_then(|number| number.parse().ok());
    let words = number.map_or_else(|| subject.to_owned(), |number: i32| format!("案件 {number}"));
    Subject { words, href: number.map(|number| crate::case::case_url(city, number)) }
}

/// How the log names a training: 「training 3」.
const TRAINING: &str = "training ";

fn training_named(subject: &str, city: &str) -> Subject {
    let number = subject.strip_prefix(TRAINING).and_then(|number| number.parse().ok());
    let words = number.map_or_else(|| subject.to_owned(), |number: i32| format!("研修会・情報発信 {number}"));
    Subject { words, href: number.map(|number| crate::training::training_url(city, number)) }
}

/// 「FY2026-half」 is a round, `rounds` and `settings` are what they say.
fn round_named(subject: &str, city: &str) -> Subject {
    let round = subject.split_once('-').and_then(|(year, kind)| {
        let (year, kind) = (Period::parse(year).ok()?, RoundKind::from_code(kind)?);
        Some(format!("{} {}の報告", year.label(), kind.label()))
    });
    match (subject, round) {
        (_, Some(words)) => Subject { words, href: Some(format!("/{city}/staff/year/rounds/{subject}")) },
        ("settings", None) => Subject { words: "報告と承認の設定".to_owned(), href: Some(format!("/{city}/staff/settings")) },
        (_, None) => Subject { words: "年間の報告期".to_owned(), href: Some(format!("/{city}/staff/year")) },
    }
}

/// 「card 3」
fn card_named(subject: &str, city: &str) -> Subject {
    match subject.strip_prefix("card ").and_then(|number| number.parse().ok()) {
        Some(number) => Subject { words: format!("OODAカード {number}"), href: Some(card_url(city, number)) },
        None => Subject { words: subject.to_owned(), href: None },
    }
}

/// 「meeting 3」
fn meeting_named(subject: &str, city: &str) -> Subject {
    match subject.strip_prefix("meeting ").and_then(|number| number.parse().ok()) {
        Some(number) => Subject { words: format!("会議 {number}"), href: Some(meeting_url(city, number)) },
        None => Subject { words: subject.to_owned(), href: None },
    }
}

/// What was done about a meeting, by what the line tells of.
fn meeting_deed(detail: &Value) -> &'static str {
    let deeds = [
        ("meetings", "会議の予定"),
        ("arranged", "会議の予定の変更"),
        ("convened", "会議の招集"),
        ("called_off", "会議の中止"),
        ("closed", "会議の終了"),
        ("agenda", "次第の作成"),
        ("taken_off", "次第から外した議題"),
        ("results", "議題の結果の記録"),
        ("present", "出席の記録"),
        ("answers", "持ち回りへの回答"),
        ("minutes", "議事録の作成・訂正"),
        ("errand_done", "対応事項の完了"),
        ("errand", "対応事項の割り当て"),
    ];
    deeds.iter().find(|(key, _)| !detail[*key].is_null()).map_or(LogKind::Meeting.label(), |(_, words)| words)
}

/// What a change of an object left as it was tells nothing.
fn only_changes(detail: &Value) -> Value {
    let mut detail = detail.clone();
    let (Some(before), Some(after)) = (detail["before"].as_object().cloned(), detail["after"].as_object().cloned()) else { return detail };
    for (key, was) in &before {
        if after.get(key) == Some(was) {
            for side in ["before", "after"] {
                detail[side].as_object_mut().map(|object| object.remove(key));
            }
        }
    }
    detail
}

/// An act on an inquiry.
fn inquiry_deed(entry: &Entry) -> Option<&'static str> {
    let detail = &entry.detail;
    match (LogKind::from_code(&entry.action)?, detail["inquiry"].as_str()) {
        (LogKind::Comment, _) if detail["reply"].is_string() => Some("照会に「意見なし」と回答"),
        (LogKind::Comment, _) if detail["withdrawn_comment"].is_string() => Some("照会への意見の取り下げ"),
        (LogKind::Comment, _) => Some(LogKind::Comment.label()),
        (LogKind::Edit, Some("sent")) => Some("照会の送付"),
        (LogKind::Edit, Some("answered")) => Some("照会の意見への対応"),
        (LogKind::Edit, Some("deadline")) => Some("照会の期限の変更"),
        (LogKind::Edit, Some("reminded")) => Some("照会の督促"),
        (LogKind::Edit, Some("closed")) => Some("照会の締め切り"),
        _ => None,
    }
}

fn outcome(code: &str) -> Option<&'static str> {
    match code {
        "approved" => Some("承認"),
        "returned" => Some("差戻し"),
        _ => None,
    }
}

fn state(code: &str) -> Option<&'static str> {
    match code {
        "invited" => Some("招待中"),
        "active" => Some("利用中"),
        "suspended" => Some("停止中"),
        "left" => Some("退職・転出"),
        _ => None,
    }
}

/// What an event of the sign-in is called.
pub fn event(code: &str) -> &str {
    match code {
        "signed_in" => "サインイン",
        "sign_in_failed" => "サインインの失敗",
        "device_signed_out" => "ほかの端末のサインアウト",
        "password_changed" => "パスワードの変更",
        "reset_asked" => "再設定リンクの送信依頼",
        "password_set" => "パスワードの設定",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use rashin_domain::ids::MemberId;
    use rashin_store::audit::Place;
    use serde_json::json;

    use super::*;

    fn entry(action: &str, subject: &str, detail: Value) -> Entry {
        let MemberId(id) = "01990000-0000-7000-8000-000000000000".parse().unwrap();
        let place = Place { at: "2026-11-22T06:00:00Z".parse().unwrap(), id };
        Entry { place, by: By::CommandLine, action: action.to_owned(), subject: subject.to_owned(), detail }
    }

    #[test]
    fn every_kind_is_said_in_japanese() {
        for kind in LogKind::ALL {
            let words = deed(&entry(kind.code(), "", json!({})));
            assert!(!words.is_ascii(), "{kind:?}: {words}");
        }
        assert_eq!(deed(&entry("publish", "plan", json!({ "edition": 2 }))), "第2版の公表");
        assert_eq!(deed(&entry("publish", "plan", json!({ "edition": 2, "erratum": 1, "place": "表" }))), "第2版の正誤");
        let moved = json!({ "edition": 2, "embargo": "2026-12-01T00:00:00Z", "before": "2026-11-30T00:00:00Z" });
        assert_eq!(deed(&entry("publish", "plan", moved)), "第2版の公開日時の変更");
        assert_eq!(deed(&entry("decide", "K-1 FY2025", json!({ "outcome": "returned" }))), "差戻し");
        assert_eq!(deed(&entry("refused", "/x", json!({ "action": "audit" }))), "断られた操作（記録の閲覧）");
        assert_eq!(deed(&entry("conduct", "FY2026-half", json!({ "urged": 12, "rounds": ["FY2026-half"] }))), "催促");
        assert_eq!(deed(&entry("report", "K-1 FY2025", json!({ "review": "継続", "revision": 2 }))), "評価と改善の記入");
        assert_eq!(deed(&entry("report", "n1 FY2025", json!({ "ledger": "2025(令和7)年度", "revision": 1 }))), "予算と効果の記入");
        assert_eq!(deed(&entry("of_tomorrow", "", json!(null))), "of_tomorrow");
    }

    #[test]
    fn a_subject_is_named_and_leads_to_its_page() {
        let names = SubjectNames {
            nodes: BTreeMap::new(),
            kpis: BTreeMap::from([("K-1".to_owned(), "申請の件数".to_owned())]),
            others: BTreeMap::from([("soumu".to_owned(), "総務課".to_owned())]),
        };
        let speech = Speech { city: "kai", members: &BTreeMap::new(), posts: &[], names: &names };
        let subject = speech.subject(&entry("report", "K-1 FY2025", json!({ "report": "r" })));
        assert_eq!(subject.words, "申請の件数（K-1）　2025(令和7)年度");
        assert_eq!(subject.href.as_deref(), Some("/kai/staff/reports/r"));
        assert_eq!(speech.subject(&entry("assign", "K-1", json!({}))).href.as_deref(), Some("/kai/staff/kpis/K-1"));
        assert_eq!(speech.subject(&entry("organise", "soumu", json!({}))).words, "総務課");
        assert_eq!(speech.subject(&entry("refused", "/kai/staff/log", json!({}))).words, "/kai/staff/log");
        let details = speech.details(&entry("staff", "", json!({ "role": "admin", "section": "soumu", "later": [1] })));
        let expected = [("later", "1"), ("役割", "管理者"), ("課・係", "総務課")];
        assert_eq!(details, expected.map(|(term, words)| (term.to_owned(), words.to_owned())));
    }
}
