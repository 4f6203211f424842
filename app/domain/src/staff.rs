//! People of a tenant: states, terms of assignments, and what must stay true when they change.

use jiff::civil::Date;

use crate::{
    access::{Capacity, Role},
    coded::coded,
    form::{Form, FormErrors},
    identity::normal_email,
    ids::SectionId,
    organisation::Span,
    text::{half_width, sentences},
};

coded! {
    /// Where a membership stands.
    MemberState {
        /// Has not signed in since the invitation.
        Invited = "invited", "招待中";
        Active = "active", "利用中";
        Suspended = "suspended", "停止中";
        Left = "left", "退職";
    }
}

/// The first day from today on that lies in none of the terms; `None` when there is always one.
/// For the terms of 管理者: a tenant without one can let nobody in any more.
pub fn first_day_without(terms: &[Span], today: Date) -> Option<Date> {
    let mut day = today;
    loop {
        let last = terms.iter().filter(|term| term.holds(day)).map(|term| term.until.unwrap_or(Date::MAX)).max();
        match last {
            None => return Some(day),
            // The end of the calendar is no gap.
            Some(last) => day = last.tomorrow().ok()?,
        }
    }
}

/// A post to be held for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub role: Role,
    pub section: Option<SectionId>,
    /// 職名
    pub post: String,
    pub capacity: Capacity,
    pub term: Span,
}

/// A section with the days on which it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionTerm {
    pub id: SectionId,
    pub key: String,
    pub name: String,
    pub term: Span,
}

impl Posting {
    /// Reads the fields `role`, `section` (its id), `post`, `capacity`, `from_*` and `until_*`.
    pub fn parse(form: &Form, sections: &[SectionTerm], errors: &mut FormErrors) -> Option<Self> {
        let chosen = form.get("section");
        let section = match chosen {
            "" => Some(None),
            id => match sections.iter().find(|section| section.id.to_string() == id) {
                Some(section) => Some(Some(section)),
                None => errors.push("section", sentences::choose("所属")),
            },
        };
        let role = Role::from_code(form.get("role")).or_else(|| errors.push("role", sentences::choose("役割")));
        let post = form.text("post", "職名", POST_LIMIT, errors);
        let capacity = Capacity::from_code(form.get("capacity")).or_else(|| errors.push("capacity", sentences::choose("区分")));
        let from = match form.date("from", "開始日", errors) {
            Some(None) => errors.push("from_year", sentences::enter("開始日")),
            Some(from) => from,
            None => None,
        };
        let until = form.date("until", "終了日", errors);
        let (section, role, capacity, term) = (section?, role?, capacity?, Span { from: from?, until: until? });
        if let Err((field, sentence)) = fits(role, section, &term) {
            return errors.push(field, sentence);
        }
        Some(Self { role, section: section.map(|section| section.id), post, capacity, term })
    }

    /// Why this post cannot stand beside the others that the same member holds.
    pub fn clashes(&self, others: &[Posting]) -> Option<&'static str> {
        let meanwhile = || others.iter().filter(|other| other.term.overlaps(&self.term));
        if meanwhile().any(|other| other.role == self.role && other.section == self.section) {
            return Some("同じ所属・同じ役割が、この期間にすでにあります。");
        }
        let second_main =
            |other: &Posting| other.capacity == Capacity::Main && self.capacity == Capacity::Main && other.section != self.section;
        meanwhile()
            .any(second_main)
            .then_some("本務の所属は同時に1つだけです。いまの本務を先に終えるか、区分を兼務または代理にしてください。")
    }
}

const POST_LIMIT: usize = 40;
const NAME_LIMIT: usize = 60;

/// Whether a role can be held in a section for a term; else the field of the form and why not.
pub(crate) fn fits(role: Role, section: Option<&SectionTerm>, term: &Span) -> Result<(), (&'static str, String)> {
    match section {
        None if matches!(role, Role::Reporter | Role::Approver) => {
            Err(("section", format!("「{}」は課のために働く役割です。所属を選択してください。", role.label())))
        }
        _ if term.until.is_some_and(|until| until < term.from) => Err(("until_year", "終了日は開始日以後にしてください。".to_owned())),
        Some(section) if !section.term.holds(term.from) => {
            Err(("section", format!("「{}」は開始日には置かれていません。開始日か所属を見直してください。", section.name)))
        }
        _ => Ok(()),
    }
}

/// Who is to be invited. With an address by mail; else on paper, and the staff number is the name for signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    pub name: String,
    pub kana: String,
    pub email: Option<String>,
    pub staff_number: Option<String>,
}

impl Newcomer {
    /// Reads the fields `name`, `kana`, `email`, `staff_number`.
    pub fn parse(form: &Form, errors: &mut FormErrors) -> Option<Self> {
        let before = errors.len();
        let (name, kana) = name_and_kana(form, errors);
        let email = match form.get("email").trim() {
            "" => None,
            typed => normal_email(typed)
                .or_else(|| errors.push("email", "メールアドレスを「name@example.jp」の形で入力してください。".to_owned())),
        };
        let staff_number = staff_number(form, errors);
        if errors.len() == before && email.is_none() && staff_number.is_none() {
            errors.push::<()>("email", "メールアドレスか職員番号のどちらかを入力してください。".to_owned());
        }
        (errors.len() == before).then_some(Self { name, kana, email, staff_number })
    }
}

/// What the tenant itself records about a member. The address is the person's own: it is no tenant's to change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Names {
    pub name: String,
    pub kana: String,
    pub staff_number: Option<String>,
}

impl Names {
    /// Reads the fields `name`, `kana`, `staff_number`. Who has no address signs in with the number and must keep one.
    pub fn parse(form: &Form, has_address: bool, errors: &mut FormErrors) -> Option<Self> {
        let before = errors.len();
        let (name, kana) = name_and_kana(form, errors);
        let staff_number = staff_number(form, errors);
        if errors.of("staff_number").is_none() && staff_number.is_none() && !has_address {
            errors.push::<()>("staff_number", "この職員は職員番号でサインインします。職員番号を入力してください。".to_owned());
        }
        (errors.len() == before).then_some(Self { name, kana, staff_number })
    }
}

fn name_and_kana(form: &Form, errors: &mut FormErrors) -> (String, String) {
    (form.required("name", "氏名", NAME_LIMIT, errors), form.text("kana", "かな", NAME_LIMIT, errors))
}

fn staff_number(form: &Form, errors: &mut FormErrors) -> Option<String> {
    match half_width(form.get("staff_number")) {
        typed if typed.is_empty() => None,
        typed if is_staff_number(&typed) => Some(typed),
        _ => errors.push("staff_number", "職員番号は、英数字とハイフンで20文字以内にしてください。".to_owned()),
    }
}

/// Letters, digits and hyphens: it is typed at every sign-in.
fn is_staff_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const FIRST: Date = Date::constant(2026, 4, 1);
    const SECTION: SectionId = SectionId(Uuid::from_u128(1));
    const OTHER: SectionId = SectionId(Uuid::from_u128(2));

    fn day(n: i32) -> Date {
        FIRST.checked_add(jiff::Span::new().days(n)).unwrap()
    }

    fn posting(role: Role, section: SectionId, capacity: Capacity, from: i32, until: Option<i32>) -> Posting {
        Posting { role, section: Some(section), post: String::new(), capacity, term: Span { from: day(from), until: until.map(day) } }
    }

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn terms() -> impl Strategy<Value = Vec<Span>> {
        let term = (0..40i32, proptest::option::of(0..15i32))
            .prop_map(|(from, length)| Span { from: day(from), until: length.map(|l| day(from + l)) });
        proptest::collection::vec(term, 0..6)
    }

    proptest! {
        #[test]
        fn the_first_day_without_is_the_first_that_no_term_includes(terms in terms(), today in 0..30i32) {
            let by_hand = (today..200).map(day).find(|day| !terms.iter().any(|term| term.holds(*day)));
            prop_assert_eq!(first_day_without(&terms, day(today)), by_hand);
        }

        #[test]
        fn terms_overlap_when_they_share_a_day(terms in terms()) {
            for (a, b) in terms.iter().zip(terms.iter().skip(1)) {
                let shared = (0..200).map(day).any(|day| a.holds(day) && b.holds(day));
                prop_assert_eq!(a.overlaps(b), shared);
                prop_assert_eq!(b.overlaps(a), shared);
            }
        }
    }

    #[test]
    fn nobody_has_two_main_sections_at_once() {
        let main = posting(Role::Reporter, SECTION, Capacity::Main, 0, None);
        assert!(posting(Role::Reporter, OTHER, Capacity::Main, 10, None).clashes(std::slice::from_ref(&main)).is_some());
        assert!(
            posting(Role::Approver, SECTION, Capacity::Main, 10, None).clashes(std::slice::from_ref(&main)).is_none(),
            "two roles in one section"
        );
        assert!(posting(Role::Reporter, OTHER, Capacity::Concurrent, 10, None).clashes(&[main]).is_none());
        let ending = posting(Role::Reporter, SECTION, Capacity::Main, 0, Some(9));
        assert!(posting(Role::Reporter, OTHER, Capacity::Main, 10, None).clashes(&[ending]).is_none(), "moves on");
    }

    #[test]
    fn a_role_is_not_held_twice_in_a_section() {
        let held = posting(Role::Reporter, SECTION, Capacity::Main, 0, None);
        assert!(posting(Role::Reporter, SECTION, Capacity::Concurrent, 5, Some(6)).clashes(&[held]).is_some());
    }

    #[test]
    fn a_reporter_needs_a_section_that_exists_on_the_first_day() {
        let sections =
            [SectionTerm { id: SECTION, key: "soumu".into(), name: "総務課".into(), term: Span { from: FIRST, until: None } }];
        let typed = |section: &str, year: &str, until: &str| {
            let mut errors = FormErrors::default();
            let fields = [
                ("role", "reporter"),
                ("section", section),
                ("capacity", "main"),
                ("from_year", year),
                ("from_month", "4"),
                ("from_day", "1"),
                ("until_year", until),
                ("until_month", if until.is_empty() { "" } else { "3" }),
                ("until_day", if until.is_empty() { "" } else { "31" }),
            ];
            let read = Posting::parse(&form(&fields), &sections, &mut errors);
            (read.is_some(), errors.fields().map(str::to_owned).collect::<Vec<_>>())
        };
        let id = SECTION.to_string();
        assert_eq!(typed(&id, "2026", ""), (true, vec![]));
        assert_eq!(typed("", "2026", ""), (false, vec!["section".to_owned()]));
        assert_eq!(typed(&OTHER.to_string(), "2026", ""), (false, vec!["section".to_owned()]));
        assert_eq!(typed(&id, "2025", ""), (false, vec!["section".to_owned()]));
        assert_eq!(typed(&id, "2026", "2026"), (false, vec!["until_year".to_owned()]));
        assert_eq!(typed(&id, "", ""), (false, vec!["from_year".to_owned()]));
    }

    #[test]
    fn somebody_without_address_and_number_could_not_sign_in() {
        let read = |fields: &[(&str, &str)]| {
            let mut errors = FormErrors::default();
            Newcomer::parse(&form(fields), &mut errors).ok_or_else(|| errors.fields().map(str::to_owned).collect::<Vec<_>>())
        };
        let hanako = read(&[("name", "架空 花子"), ("email", "Ｈanako@Kai.example")]).unwrap();
        assert_eq!((hanako.email.as_deref(), hanako.staff_number), (Some("hanako@kai.example"), None));
        assert_eq!(read(&[("name", "架空 花子"), ("staff_number", " Ｋ０１２ ")]).unwrap().staff_number.as_deref(), Some("K012"));
        assert_eq!(read(&[("name", "架空 花子")]), Err(vec!["email".to_owned()]));
        assert_eq!(read(&[("email", "x"), ("staff_number", "あ")]), Err(["name", "email", "staff_number"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn who_has_no_address_keeps_a_number() {
        let read = |number: &str, has_address| {
            let mut errors = FormErrors::default();
            let fields = [("name", "架空 花子"), ("kana", "かくう はなこ"), ("staff_number", number)];
            Names::parse(&form(&fields), has_address, &mut errors)
                .map(|names| names.staff_number)
                .ok_or_else(|| errors.fields().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(read("Ｋ－０１２", false), Ok(Some("K-012".to_owned())));
        assert_eq!(read("", true), Ok(None));
        assert_eq!(read("", false), Err(vec!["staff_number".to_owned()]));
        assert_eq!(read("番号", false), Err(vec!["staff_number".to_owned()]), "one fault, not two");
    }
}
