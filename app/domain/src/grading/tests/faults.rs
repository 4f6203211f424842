//! What a set is refused for, and how it is kept.

use super::*;

type Change = fn(&mut RuleSet);

fn faulty(change: impl FnOnce(&mut RuleSet)) -> Vec<String> {
    let mut set = template("nagayo");
    change(&mut set);
    set.check()
}

#[test]
fn every_shipped_set_can_be_used_and_has_a_key_and_name_of_its_own() {
    let sets = templates();
    for set in &sets {
        assert_eq!(set.check(), [""; 0], "{}", set.name);
        let alike = sets.iter().filter(|other| other.key == set.key || other.name == set.name).count();
        assert_eq!(alike, 1, "{}", set.name);
    }
}

#[test]
fn what_is_told_of_a_municipality_is_to_be_confirmed() {
    for set in templates().iter().filter(|set| set.name.contains('型')) {
        assert!(set.source.contains("要確認"), "{}", set.name);
    }
}

#[test]
fn each_fault_is_told() {
    let faults: &[(Change, &str)] = &[
        (|set| set.key = "長与".into(), "判定基準の記号名は、半角の英小文字・数字・ハイフンで40文字以内にしてください。"),
        (|set| set.name = " ".into(), "判定基準の名称を入力してください。"),
        (|set| set.bands[1].label = String::new(), "区分の名称を入力してください。"),
        (|set| set.bands[1].label = "S".into(), "区分の名称「S」が重なっています。"),
        (|set| set.bands[1].label = "あ".repeat(21), "区分の名称は20文字以内で入力してください。"),
        (|set| set.bands[1].label = "A\n".into(), "区分の名称に改行などの制御文字は使えません（入力：A\\n）。"),
        (|set| set.bands.iter_mut().take(2).for_each(|band| band.symbol = "◎".into()), "区分の記号「◎」が重なっています。"),
        (|set| set.bands.truncate(1), "区分は2個から6個までにしてください（いまは1個）。"),
        (|set| set.bands[0].from = above(110), "下限は上の区分ほど大きくしてください（「S」と「A」）。"),
        (|set| set.bands[0].from = Bound::AtLeast(110.into()), "下限は上の区分ほど大きくしてください（「S」と「A」）。"),
        (|set| set.bands[0].from = Bound::AtLeast(1001.into()), "「S」の下限は0%から1,000%までにしてください（入力：1001）。"),
        (|set| set.bands[2].from = Bound::AtLeast((-1).into()), "「B」の下限は0%から1,000%までにしてください（入力：-1）。"),
        (|set| set.bands[2].from = Bound::AtLeast(Decimal::new(9055, 2)), "「B」の下限は小数第1位までにしてください（入力：90.55）。"),
        (|set| set.bands[1].from = Bound::FinalTarget, "「最終目標」の区分は先頭に置いてください（いまは「A」）。"),
        (|set| set.bands[1].from = Bound::Rest, "「それ以外」の区分は最後に置いてください（いまは「A」）。"),
        (|set| set.bands[3].from = Bound::AtLeast(10.into()), "最後の区分「C」の下限は「それ以外」にしてください。"),
        (|set| set.bands[3].class = Status::Unreported, "「C」の分類は、達成・順調・やや遅れ・遅れのどれかにしてください。"),
        (|set| set.bands[0].class = Status::Late, "「S」の分類が、下の「A」より悪くなっています。"),
        (|set| set.renamed[0].status = Status::Late, "「遅れ」の名称は区分で決めてください。"),
        (|set| set.renamed[0].status = Status::NotJudged, "「判定せず」の名称が二つあります。"),
        (|set| set.renamed[0].label = "C".into(), "「C」は区分の名称です。判定しないときの名称には別の言葉を使ってください。"),
        (|set| set.basis = Basis::Path, "計画の道筋で判定するときは、下限が「100%以上」の区分が要ります。"),
    ];
    for (change, fault) in faults {
        assert!(faulty(change).iter().any(|told| told == fault), "{fault}: {:?}", faulty(change));
    }
}

fn above(percent: i64) -> Bound {
    Bound::Above(percent.into())
}

#[test]
fn more_than_a_percent_goes_before_the_percent_itself() {
    let (first, second) = (above(110), Bound::AtLeast(110.into()));
    let ordered = |first, second| faulty(|set| (set.bands[1].from, set.bands[2].from) = (first, second));
    assert_eq!(ordered(first, second), [""; 0]);
    assert_eq!(ordered(second, first).len(), 1);
}

#[cfg(feature = "server")]
#[test]
fn a_set_is_kept_as_json() {
    for set in templates() {
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(RuleSet::parse(&json), Ok(set));
    }
    let json = serde_json::to_string(&template("tama-pro-rata").bands[1]).unwrap();
    assert_eq!(json, r#"{"label":"60%以上","from":{"at_least":"60"},"class":"slightly_late"}"#);
    let told = |json: &str| RuleSet::parse(json).unwrap_err().join("");
    assert!(told("{").starts_with("判定基準として読めません"));
    assert!(told(r#"{"key":"a","name":"甲","basis":"path","bands":[]}"#).starts_with("区分は2個から"));
}

#[test]
fn a_bound_is_read_as_it_is_printed() {
    for text in ["最終目標", "95%以上", "110%超", "99.5%以上", "それ以外"] {
        assert_eq!(Bound::parse(text).unwrap().text(), text);
    }
    for (typed, bound) in [("９５％以上", "95%以上"), (" 60 ", "60%以上"), ("110超", "110%超")] {
        assert_eq!(Bound::parse(typed).unwrap().text(), bound);
    }
    assert_eq!(Bound::parse("八割以上"), Err(NumberError::NotANumber));
}

#[test]
fn a_plans_words_and_threshold_become_a_set() {
    let grades = Grades { slightly_late_from: "0.75".into(), late: "要改善".into(), ..Grades::default() };
    let set = RuleSet::from(grades);
    assert_eq!(set.check(), [""; 0]);
    assert_eq!(set.bands[2].from, Bound::AtLeast(75.into()));
    assert_eq!([Status::Achieved, Status::Late, Status::Unreported].map(|status| set.word(status)), ["達成", "要改善", "未報告"]);
    // 0 and 1 are thresholds, too; what nobody can read is the default.
    for (text, percent) in [("0", 0), ("1.0", 100), ("八割", 80)] {
        let set = RuleSet::from(Grades { slightly_late_from: text.into(), ..Grades::default() });
        assert_eq!((set.bands[2].from, set.check()), (Bound::AtLeast(percent.into()), Vec::new()), "{text}");
    }
}

#[test]
fn what_editions_kept_before_there_were_sets_is_read() {
    let grades = Grades { late: "要改善".into(), ..Grades::default() };
    let read = |json: &str| stored(&mut serde_json::Deserializer::from_str(json));
    assert_eq!(read(&serde_json::to_string(&grades).unwrap()).unwrap(), RuleSet::from(grades));
    assert_eq!(read(&serde_json::to_string(&template("nagayo")).unwrap()).unwrap(), template("nagayo"));
    assert!(read("{}").is_err());
}

#[test]
fn the_word_of_a_class_names_its_bands() {
    let set = template("nagayo");
    assert_eq!([Status::Achieved, Status::OnTrack].map(|status| set.word(status)), ["S・A", "B"]);
    assert_eq!([Status::SlightlyLate, Status::NotJudged].map(|status| set.word(status)), ["やや遅れ", "−"]);
}
