use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::SectionId;

const HEAD: &str = "氏名,かな,メール,職員番号,所属,役割,職名,区分,開始日,終了日\n";
const APRIL: Date = Date::constant(2027, 4, 1);
const TODAY: Date = Date::constant(2026, 11, 24);

fn sections() -> Vec<SectionTerm> {
    let section = |n, key: &str, name: &str, until| SectionTerm {
        id: SectionId(Uuid::from_u128(n)),
        key: key.into(),
        name: name.into(),
        term: Span { from: Date::constant(2025, 4, 1), until },
    };
    vec![
        section(1, "shimin", "市民課", None),
        section(2, "sangyo", "産業課", Some(Date::constant(2027, 3, 31))),
        section(3, "a-shomu", "庶務係", None),
        section(4, "b-shomu", "庶務係", None),
    ]
}

fn known() -> Known {
    Known {
        id: MemberId(Uuid::from_u128(9)),
        name: "架空 健".into(),
        email: Some("ken@kai.example".into()),
        staff_number: Some("K007".into()),
        state: MemberState::Active,
        postings: vec![Posting {
            role: Role::Reporter,
            section: Some(SectionId(Uuid::from_u128(1))),
            post: "主査".into(),
            capacity: Capacity::Main,
            term: Span { from: Date::constant(2025, 4, 1), until: None },
        }],
    }
}

fn verdicts(rows: &str) -> Vec<Verdict> {
    check(&format!("{HEAD}{rows}"), &[known()], &sections(), TODAY).unwrap().rows.into_iter().map(|row| row.verdict).collect()
}

#[track_caller]
fn refused(row: &str, words: &str) {
    match verdicts(row).last() {
        Some(Verdict::Refused(faults)) => assert!(faults.iter().any(|fault| fault.contains(words)), "{faults:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_row_is_new_an_addition_or_there_already() {
    let rows = "架空 新,かくう あらた,arata@kai.example,,市民課,担当,主事,本務,2027/4/1,\n\
                架空 新,かくう あらた,arata@kai.example,,庶務係,閲覧者,主事,兼務,2027/4/1,\n\
                架空 健,,,k007,市民課,担当,主査,本務,2025/4/1,\n\
                架空　健,,ken@kai.example,K007,市民課,承認者,課長代理,代理,令和9年4月1日,2028-03-31\n";
    assert!(matches!(&verdicts(rows)[1], Verdict::Refused(faults) if faults[0].contains("a-shomu・b-shomu")));
    let rows = rows.replace("庶務係", "a-shomu");
    assert_eq!(verdicts(&rows), [Verdict::New, Verdict::Adds, Verdict::Same, Verdict::Adds]);
    let checked = check(&format!("{HEAD}{rows}"), &[known()], &sections(), TODAY).unwrap();
    assert_eq!((checked.newcomers.len(), checked.newcomers[0].1.len(), checked.additions.len()), (1, 2, 1));
    assert_eq!(checked.additions[0].1.term, Span { from: APRIL, until: Some(Date::constant(2028, 3, 31)) });
    assert_eq!(checked.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
}

#[test]
fn a_row_that_does_not_hold_is_refused_with_its_reason() {
    let row = |change: (&str, &str)| "架空 新,,arata@kai.example,,市民課,担当,主事,本務,2027/4/1,\n".replace(change.0, change.1);
    refused(&row(("架空 新", "=cmd|' /C calc'!A0")), "数式");
    refused(&row(("主事", "＝1+1")), "数式");
    refused(&row(("arata@kai.example", "")), "どちらか");
    refused(&row(("arata@kai.example", "arata")), "メールアドレス");
    refused(&row(("市民課", "税務課")), "ありません");
    refused(&row(("市民課", "産業課")), "開始日には置かれていません");
    refused(&row(("市民課", "")), "所属を選択");
    refused(&row(("担当", "係員")), "役割：管理者・事務局・承認者・担当・閲覧者");
    refused(&row(("本務", "専任")), "区分");
    refused(&row(("2027/4/1", "4月")), "開始日");
    refused(&row(("2027/4/1,", "2027/4/1,2027/3/31")), "終了日は開始日以後");
    refused(&row(("2027/4/1,", "2027/4/1,,余分")), "余分なセル");
    refused("架空 別,,ken@kai.example,,市民課,担当,,本務,2027/4/1,\n", "「架空 健」さん");
    refused("架空 健,,other@kai.example,K007,市民課,担当,,本務,2027/4/1,\n", "登録済み");
    refused("架空 健,,,K007,a-shomu,閲覧者,,本務,2027/4/1,\n", "本務の所属は同時に1つ");
    refused(&format!("{}{}", row(("", "")), row(("架空 新", "架空 古"))), "「架空 新」さん");
    refused(&format!("{}{}", row(("", "")), row(("", ""))), "上の行と合いません");
}

#[test]
fn a_blank_start_is_today_and_a_blank_capacity_the_main_one() {
    let rows = "架空 新,,arata@kai.example,,市民課,担当,,,,\n";
    let checked = check(&format!("{HEAD}{rows}"), &[], &sections(), APRIL).unwrap();
    let posting = &checked.newcomers[0].1[0];
    assert_eq!((posting.capacity, &posting.term), (Capacity::Main, &Span { from: APRIL, until: None }));
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_at_once() {
    let row = "架空 新,,arata,,税務課,係員,,専任,4月,いつか\n";
    for words in ["メールアドレス", "「税務課」", "役割", "区分", "開始日", "終了日"] {
        refused(row, words);
    }
}

#[test]
fn a_suspended_member_gets_no_posts_by_list() {
    let known = Known { state: MemberState::Suspended, ..known() };
    let row = "架空 健,,,K007,市民課,承認者,,代理,2027/4/1,\n";
    let checked = check(&format!("{HEAD}{row}"), &[known], &sections(), TODAY).unwrap();
    assert_eq!(checked.refused(), 1);
}

#[test]
fn a_file_that_is_no_list_is_refused_as_a_whole() {
    let wrong = |text: &str| check(text, &[], &sections(), TODAY).unwrap_err();
    assert!(text(b" \r\n").unwrap_err().contains("空です"));
    assert!(text(b"PK\x03\x04").unwrap_err().contains("xlsx"));
    assert!(text(&[0xff, 0xfe, 0]).unwrap_err().contains("文字コード"));
    assert!(wrong(HEAD).contains("2行目から"));
    let headings = wrong("名前,かな,メール,職員番号,所属,役割,職名,区分,開始日,終了日\n");
    assert!(headings.contains("ない見出し：氏名") && headings.contains("使わない見出し：名前"), "{headings}");
    assert!(wrong(&format!("{HEAD}\"架空\n")).contains("2行目"));
    let row = "架空 新,,a@kai.example,,市民課,担当,主事,本務,2027/4/1,\n";
    assert!(wrong(&format!("{HEAD}{}", row.repeat(1_001))).contains("1001行"));
}

#[test]
fn columns_may_stand_in_any_order() {
    let text = "終了日,氏名,かな,メール,職員番号,所属,役割,職名,区分,開始日\n,架空 新,,,K100,市民課,担当,主事,本務,2027年4月1日\n";
    assert_eq!(check(text, &[], &sections(), TODAY).unwrap().rows[0].verdict, Verdict::New);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(rows in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = check(&format!("{HEAD}{rows}"), &[known()], &sections(), TODAY);
        let _ = text(&bytes).map(|text| check(&text, &[], &[], TODAY));
    }
}
