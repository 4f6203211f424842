//! Each class of fault, with its file, line and cure.

use super::{faults_of, folder};
use crate::plan_folder::{Files, read};

/// A small fictional plan to break.
fn small() -> Files {
    let text = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    Files::from([
        text(
            "plan.toml",
            "format = 1\nmunicipality = \"992020\"\nslug = \"dx-plan\"\nkind = \"dx_plan\"\ntitle = \"ひばり野市DX計画（架空）\"\n\
             period_from = 2025\nperiod_until = 2027\npublished = \"2025-03\"\neditor = \"企画課（架空）\"\nsource = \"架空\"\n\
             [[levels]]\nkey = \"pillar\"\nname = \"柱\"\ndepth = 1\n[[levels]]\nkey = \"action\"\nname = \"取組\"\ndepth = 2\n\
             [[phases]]\nkey = \"run\"\nname = \"運用\"\nlook = \"run\"\n[[markers]]\nsymbol = \"●\"\nmeaning = \"新しい取組\"\n",
        ),
        text("attributes.csv", "key,name,reading\nlife,くらし,原文\n"),
        text(
            "nodes.csv",
            "key,parent,level,marker,title,attributes,reading\np1,,pillar,,行かない窓口,,原文\na01,p1,action,●,オンライン申請,life,補正\n",
        ),
        text("node_notes.csv", "node,from_year,text,reading\na01,2025,始める。,原文\n"),
        text(
            "kpis.csv",
            "code,name,node,headline,part,kind,direction,accumulation,accumulation_confirmed,frequency,reading\n\
             HIB-01,満足度,p1,yes,main,number,up,point_in_time,yes,year,原文\n\
             HIB-02,公用車,a01,no,cars,number,down,point_in_time,no,year,推定\n\
             HIB-02,公用車,a01,no,electric,ratio,up,point_in_time,no,year,推定\n\
             HIB-03,研修,a01,no,main,yes_no,up,per_year,no,year,原文\n\
             HIB-04,方針,a01,no,main,text,keep,per_year,no,once,原文\n",
        ),
        text(
            "values.csv",
            "kpi,part,role,period,value,maturity,as_of,reading\n\
             HIB-01,main,target,FY2027,80.0,,,原文\n\
             HIB-02,electric,target,FY2027,6/18,,,原文\n\
             HIB-03,main,target,FY2027,はい,,,原文\n\
             HIB-04,main,target,FY2027,定める,,,原文\n\
             HIB-01,main,actual,FY2025H1,75.5,速報,2025-09-30,原文\n",
        ),
        text("roadmap.csv", "node,fiscal_year,phase,kind,reading\na01,2025,run,planned,原文\n"),
        text("bodies.csv", "key,name,kind,parent,reading\nhq,本部,headquarters,,原文\noffice,係,secretariat,hq,推定\n"),
        text("duties.csv", "body,text,reading\nhq,管理する。,原文\n"),
        text("glossary.csv", "term,reading\nDX,原文\n"),
        text("related_plans.csv", "key,title,issuer,aligned,reading\nsogo,総合計画,city,yes,原文\n"),
        text("lineage.csv", "from_plan,from_node,to_node,relation\nold-plan,t01,a01,継続\nold-plan,t02,,廃止\nold-plan,,p1,新規\n"),
        text("chapters/01-purpose.md", "# 1 目的\n\n本文\n"),
    ])
}

/// What is wrong once a text of a file is replaced.
fn after(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = small();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    faults_of(&files)
}

fn with(file: &str, bytes: &[u8]) -> Vec<String> {
    let mut files = small();
    files.insert(file.to_owned(), bytes.to_vec());
    faults_of(&files)
}

/// The one fault begins and ends like this.
#[track_caller]
fn only(faults: Vec<String>, begins: &str, has: &str) {
    assert!(matches!(&faults[..], [one] if one.starts_with(begins) && one.contains(has)), "want {begins}…{has}, have {faults:#?}");
}

/// The first fault begins like this; others follow from it.
#[track_caller]
fn first(faults: Vec<String>, begins: &str) {
    assert!(faults.len() > 1 && faults[0].starts_with(begins), "want {begins}…, have {faults:#?}");
}

#[test]
fn the_small_plan_is_whole() {
    assert_eq!(faults_of(&small()), [""; 0]);
}

#[test]
fn missing_and_unknown_files() {
    assert_eq!(faults_of(&Files::new()).len(), 2);
    let mut files = small();
    files.remove("nodes.csv");
    only(faults_of(&files), "nodes.csv：ファイルがありません。", "nodes.csv を置いてください");
    only(with("value.csv", b"a\n"), "value.csv：この名前の表は使いません。", "values.csv");
    assert_eq!(with(".DS_Store", &[0xff]), [""; 0]);
}

#[test]
fn bytes_that_are_no_utf_8() {
    let shift_jis = b"term,reading\n\x83\x65\x83\x58\x83\x67,\x8c\xb4\x95\xb6\n";
    only(with("glossary.csv", shift_jis), "glossary.csv：文字コードがShift_JISです。UTF-8で保存してください。", "CSV UTF-8");
    only(with("glossary.csv", b"\xff\xfet\0e\0"), "glossary.csv：文字コードがUTF-16です。", "UTF-8で保存");
    let broken = [b"term,reading\n".as_slice(), "語,原文\n".as_bytes(), b"\xe3\x81,\n"].concat();
    only(with("glossary.csv", &broken), "glossary.csv 3行目：UTF-8の文字として読めない", "この行を直し");
    assert_eq!(with("glossary.csv", "\u{feff}term,reading\r\n語,原文\r\n".as_bytes()), [""; 0]);
    only(
        with("glossary.csv", "term,reading\n語\u{0},原文\n".as_bytes()),
        "glossary.csv 2行目：列「term」に、目に見えない制御文字（U+0000）",
        "入力し直し",
    );
}

#[test]
fn broken_csv() {
    only(after("nodes.csv", "行かない窓口", "\"行かない"), "nodes.csv 2行目：ここで始まる「\"」が閉じられていません。", "付けてください");
    only(after("nodes.csv", "行かない窓口", "\"行か\"ない"), "nodes.csv 2行目：閉じる「\"」の後に文字", "2つ続けて");
    only(after("nodes.csv", "行かない窓口", "行か\"ない"), "nodes.csv 2行目：囲まれていないセルに「\"」", "囲み");
    only(after("nodes.csv", "行かない窓口", "行か,ない"), "nodes.csv 2行目：セルを7個にしてください（この行：8個）。", "カンマ");
    only(with("glossary.csv", b""), "glossary.csv 1行目：1行目に列の名前", "term,formal_name");
}

#[test]
fn columns() {
    only(with("glossary.csv", "term,reading,memo\nDX,原文,\n".as_bytes()), "glossary.csv 1行目：列「memo」は使いません。", "explanation");
    only(with("glossary.csv", "term,formal_name\nDX,\n".as_bytes()), "glossary.csv 1行目：列「reading」がありません。", "足して");
    only(with("glossary.csv", "term,term,reading\nDX,DX,原文\n".as_bytes()), "glossary.csv 1行目：列「term」が2つあります。", "1つに");
}

#[test]
fn words_keys_and_dates() {
    only(
        after("glossary.csv", "原文", "原本"),
        "glossary.csv 2行目：列「reading」は 原文・補正・推定・要確認 のいずれかにしてください（入力：原本）。",
        "",
    );
    only(after("glossary.csv", "原文", ""), "glossary.csv 2行目：列「reading」は", "（入力：空欄）");
    only(after("bodies.csv", "secretariat", "事務局"), "bodies.csv 3行目：列「kind」は headquarters・", "（入力：事務局）");
    only(after("related_plans.csv", "yes", "はい"), "related_plans.csv 2行目：列「aligned」は yes・no のいずれか", "はい");
    only(after("related_plans.csv", "sogo", "総合"), "related_plans.csv 2行目：列「key」は英小文字・数字・ハイフン", "総合");
    first(after("kpis.csv", "HIB-01", "指標1"), "kpis.csv 2行目：列「code」は半角の英数字");
    only(after("node_notes.csv", "2025", "R7"), "node_notes.csv 2行目：列「from_year」は 2025 のような西暦4桁の年度", "R7");
    only(after("values.csv", "FY2025H1", "令和7"), "values.csv 6行目：列「period」は FY2026・", "令和7");
    only(after("values.csv", "2025-09-30", "2025-09-31"), "values.csv 6行目：列「as_of」は 2024-09-30 のような実在する日付", "2025-09-31");
    only(after("values.csv", "速報", ""), "values.csv 6行目：列「maturity」は 見込・速報・確定", "空欄");
    only(
        after("values.csv", "80.0,,", "80.0,確定,"),
        "values.csv 2行目：列「maturity」は role が actual の行だけ",
        "空欄にしてください（入力：確定）",
    );
    only(after("values.csv", "target", "goal"), "values.csv 2行目：列「role」は baseline・interim・target・actual", "goal");
    only(after("nodes.csv", "オンライン申請", " "), "nodes.csv 3行目：列「title」を入力してください。", "");
}

#[test]
fn values_fit_the_kind_of_their_part() {
    only(
        after("values.csv", "80.0", "約3割"),
        "values.csv 2行目：列「value」は、数字だけで",
        "（入力：約3割）。値がないときは —・記載なし",
    );
    only(after("values.csv", "80.0", ""), "values.csv 2行目：列「value」を入力してください。", "値がないときは");
    only(after("values.csv", "80.0", "1234567890123456789"), "values.csv 2行目：列「value」は18桁以内", "");
    only(after("values.csv", "6/18", "6"), "values.csv 3行目：列「value」は「5/64」のように", "（入力：6）");
    only(after("values.csv", "6/18", "19/18"), "values.csv 3行目：列「value」は、全体の数を", "19/18");
    only(after("values.csv", "はい", "○"), "values.csv 4行目：列「value」は はい・いいえ・—", "（入力：○）");
    only(after("values.csv", "定める", ""), "values.csv 5行目：列「value」を入力", "");
    assert_eq!(after("values.csv", "はい", "集計中"), [""; 0]);
}

/// Replaces `values.csv` by a standing target and actual with what is written under them.
fn with_values(rows: &str) -> Vec<String> {
    let head = "kpi,part,role,period,value,kind,expected_on,maturity,as_of,note,reason,decided_on,link,replaced_on,reading";
    let target = "HIB-01,main,target,FY2027,80.0,,,,,,上方修正,2026-03-20,,,原文";
    let actual = "HIB-01,main,actual,FY2025,75.5,,,確定,,,,,https://example.jp/,,原文";
    with("values.csv", format!("{head}\n{target}\n{actual}\n{rows}\n").as_bytes())
}

#[test]
fn earlier_values_stand_under_the_one_that_replaced_them() {
    let old = "HIB-01,main,target,FY2027,70.0,,,,,,上方修正,,,2026-03-20,";
    assert_eq!(with_values(&format!("{old}\n{old}\nHIB-01,main,actual,FY2025,いいえ,yes_no,,,,,再集計,,,2026-05-01,")), [""; 0]);
    only(with_values(&old.replace("FY2027", "FY2026")), "values.csv 4行目：これより上に、同じ kpi・part・role・period", "今の値の行の下に");
    only(with_values(&old.replace("HIB-01", "HIB-09")), "values.csv 4行目：列「kpi」の「HIB-09」は kpis.csv", "");
    only(with_values(&old.replace("2026-03-20", "令和8年3月")), "values.csv 4行目：列「replaced_on」は 2024-09-30 のような", "令和8年3月");
    only(with_values(&old.replace("70.0", "約7割")), "values.csv 4行目：列「value」は、数字だけで", "約7割");
    only(
        with_values(&format!("{old}原文")),
        "values.csv 4行目：列「reading」は、以前の値（列「replaced_on」のある行）には",
        "空欄にしてください",
    );
    only(with_values(&old.replace(",2026", "https://example.jp/,2026")), "values.csv 4行目：列「link」は、以前の値", "https");
    only(with_values(&old.replace("70.0,,", "70.0,figure,")), "values.csv 4行目：列「kind」は number・ratio", "figure");
}

#[test]
fn what_belongs_to_planned_values_and_what_to_actuals() {
    let actual = "HIB-01,main,actual,FY2026,76.0,,,速報,,,,,,,原文";
    only(
        with_values(&actual.replace(",原文", "原文").replacen("速報,,,", "速報,,,,2026-03-20", 1)),
        "values.csv 4行目：列「decided_on」は、今の実績値",
        "",
    );
    only(
        with_values(&actual.replace("速報,,,", "速報,,,再集計")),
        "values.csv 4行目：列「reason」は、今の実績値（role が actual）の行には",
        "再集計",
    );
    let target = "HIB-01,main,target,FY2026,76.0,,,,,,,,,,原文";
    only(
        with_values(&target.replace(",,原文", "https://example.jp/,,原文")),
        "values.csv 4行目：列「link」は role が actual の行だけ",
        "https",
    );
    only(
        with_values(&target.replace("76.0,,", "76.0,,2026-12-01")),
        "values.csv 4行目：列「expected_on」は、value が「集計中」",
        "2026-12-01",
    );
    assert_eq!(with_values(&target.replace("76.0,,", "集計中,,2026-12-01")), [""; 0]);
}

#[test]
fn indicators_and_changes_of_a_kpi() {
    let indicator = |row: &str| with("indicators.csv", format!("kpi,indicator,correspondence,note\n{row}\n").as_bytes());
    assert_eq!(indicator("HIB-01,DA-01,同じ,\nHIB-01,DA-02,似ている,市民だけを数える。\nHIB-02,,対応なし,"), [""; 0]);
    only(indicator("HIB-09,DA-01,同じ,"), "indicators.csv 2行目：列「kpi」の「HIB-09」は kpis.csv にありません。", "");
    only(indicator("HIB-01,DA-01,おなじ,"), "indicators.csv 2行目：列「correspondence」は 同じ・似ている・対応なし", "おなじ");
    only(indicator("HIB-01,,同じ,"), "indicators.csv 2行目：列「indicator」は半角の英数字", "空欄");
    only(indicator("HIB-01,DA-01,対応なし,"), "indicators.csv 2行目：列「indicator」は、対応が「対応なし」のときは空欄", "DA-01");
    only(indicator("HIB-01,DA-01,似ている,"), "indicators.csv 2行目：列「note」を入力してください。", "何が違うか");
    let change = |row: &str| with("definition_changes.csv", format!("kpi,from_year,series_break,note\n{row}\n").as_bytes());
    assert_eq!(change("HIB-01,2026,yes,対象を広げた。"), [""; 0]);
    only(change("HIB-09,2026,yes,対象"), "definition_changes.csv 2行目：列「kpi」の「HIB-09」は kpis.csv", "");
    only(change("HIB-01,R8,yes,対象"), "definition_changes.csv 2行目：列「from_year」は 2025 のような", "R8");
    only(change("HIB-01,2026,はい,対象"), "definition_changes.csv 2行目：列「series_break」は yes・no", "はい");
    only(change("HIB-01,2026,yes,"), "definition_changes.csv 2行目：列「note」を入力してください。", "");
    let head = "code,name,node,headline,part,kind,direction,accumulation,accumulation_confirmed,frequency,template,reading";
    let kpi = format!("{head}\nHIB-01,満足度,p1,yes,main,number,up,point_in_time,yes,year,雛形,原文\n");
    first(with("kpis.csv", kpi.as_bytes()), "kpis.csv 2行目：列「template」は半角の英数字");
}

#[test]
fn nothing_stands_twice() {
    let twice = |file: &str, row: &str| after(file, &format!("{row}\n"), &format!("{row}\n{row}\n"));
    only(twice("attributes.csv", "life,くらし,原文"), "attributes.csv 3行目：列「key」の「life」は2行目にもあります。", "");
    only(twice("nodes.csv", "p1,,pillar,,行かない窓口,,原文"), "nodes.csv 3行目：列「key」の「p1」は2行目", "");
    only(
        twice("values.csv", "HIB-01,main,target,FY2027,80.0,,,原文"),
        "values.csv 3行目：列「kpi・part・role・period」の「HIB-01・main・target・FY2027」は2行目にもあります。",
        "",
    );
    only(twice("roadmap.csv", "a01,2025,run,planned,原文"), "roadmap.csv 3行目：", "2行目にもあります");
    only(twice("bodies.csv", "office,係,secretariat,hq,推定"), "bodies.csv 4行目：", "3行目にもあります");
    only(twice("glossary.csv", "DX,原文"), "glossary.csv 3行目：列「term」の「DX」", "");
    only(twice("related_plans.csv", "sogo,総合計画,city,yes,原文"), "related_plans.csv 3行目：", "");
    only(twice("lineage.csv", "old-plan,t01,a01,継続"), "lineage.csv 3行目：", "");
    only(twice("kpis.csv", "HIB-03,研修,a01,no,main,yes_no,up,per_year,no,year,原文"), "kpis.csv 6行目：列「code・part」", "5行目にも");
    only(after("nodes.csv", "life", "life life"), "nodes.csv 3行目：列「attributes」に「life」が2回", "");
    first(after("plan.toml", "\"action\"", "\"pillar\""), "plan.toml 16行目：「levels」の「key」の「pillar」は12行目");
}

#[test]
fn references_lead_somewhere() {
    only(after("nodes.csv", ",p1,", ",p9,"), "nodes.csv 3行目：列「parent」の「p9」は nodes.csv にありません。", "綴りを確かめる");
    only(after("nodes.csv", ",action,", ",step,"), "nodes.csv 3行目：列「level」の「step」は plan.toml の [[levels]] にありません。", "");
    only(after("nodes.csv", "●", "◆"), "nodes.csv 3行目：列「marker」の「◆」は plan.toml の [[markers]]", "");
    only(after("nodes.csv", "life", "work"), "nodes.csv 3行目：列「attributes」の「work」は attributes.csv", "");
    only(after("node_notes.csv", "a01", "a09"), "node_notes.csv 2行目：列「node」の「a09」は nodes.csv", "");
    only(after("kpis.csv", "満足度,p1", "満足度,p9"), "kpis.csv 2行目：列「node」の「p9」は nodes.csv", "");
    only(after("values.csv", "HIB-01", "HIB-09"), "values.csv 2行目：列「kpi」の「HIB-09」は kpis.csv の列「code」", "");
    only(after("values.csv", "electric", "bikes"), "values.csv 3行目：列「part」は kpis.csv の「HIB-02」の行にある", "bikes");
    only(after("roadmap.csv", "a01", "a09"), "roadmap.csv 2行目：列「node」の「a09」", "");
    only(after("roadmap.csv", "run", "rest"), "roadmap.csv 2行目：列「phase」の「rest」は plan.toml の [[phases]]", "");
    only(after("bodies.csv", ",hq,", ",top,"), "bodies.csv 3行目：列「parent」の「top」は bodies.csv", "");
    only(after("duties.csv", "hq", "top"), "duties.csv 2行目：列「body」の「top」は bodies.csv", "");
    only(after("lineage.csv", "a01", "a09"), "lineage.csv 2行目：列「to_node」の「a09」は nodes.csv", "");
    only(after("lineage.csv", "t02,,", "t02,a01,"), "lineage.csv 3行目：列「to_node」は、関係が「廃止」のときは空欄", "a01");
    only(after("lineage.csv", "old-plan,,", "old-plan,t03,"), "lineage.csv 4行目：列「from_node」は、関係が「新規」のときは空欄", "t03");
    // A table that could not be read does not make every reference to it wrong.
    only(with("nodes.csv", b"\x83\x65"), "nodes.csv：文字コードがShift_JIS", "");
}

#[test]
fn nobody_stands_above_themselves() {
    let cycle = after("nodes.csv", "p1,,pillar", "p1,a01,pillar");
    assert_eq!(cycle.len(), 2);
    assert!(cycle[0].starts_with("nodes.csv 2行目：列「parent」の「a01」をたどると「p1」自身に戻ります。"), "{cycle:#?}");
    only(after("bodies.csv", ",hq,", ",office,"), "bodies.csv 3行目：列「parent」の「office」をたどると「office」自身", "");
    let level = after("nodes.csv", "p1,,pillar", "p1,,action");
    only(level, "nodes.csv 3行目：列「parent」の「p1」の階層「action」（深さ2）は、この行の階層「action」（深さ2）より上に", "");
}

#[test]
fn a_kpis_rows_agree() {
    let faults = after("kpis.csv", "HIB-02,公用車,a01,no,electric", "HIB-02,電気自動車,a01,no,electric");
    only(faults, "kpis.csv 4行目：列「name」が、同じ指標の3行目と違います（3行目：公用車、入力：電気自動車）。", "");
}

#[test]
fn a_standing_is_behind_with_a_reason_or_not_at_all() {
    let row = |row: &str| with("standings.csv", format!("node,fiscal_year,phase,slip_years,slip_reason\n{row}\n").as_bytes());
    assert_eq!(row("a01,2025,run,1,契約の遅れ"), [""; 0]);
    assert_eq!(row("a01,2025,,0,"), [""; 0]);
    only(row("a01,2025,run,1,"), "standings.csv 2行目：列「slip_reason」は", "遅れの理由");
    only(row("a01,2025,run,0,遅れ"), "standings.csv 2行目：列「slip_reason」は", "");
    only(row("a01,2025,run,21,遅れ"), "standings.csv 2行目：列「slip_years」は0から20までの数", "21");
    only(row("a09,2025,run,0,"), "standings.csv 2行目：列「node」の「a09」", "");
    only(row("a01,2025,rest,0,"), "standings.csv 2行目：列「phase」の「rest」", "");
    only(row("a01,2025,run,0,\na01,2025,run,0,"), "standings.csv 3行目：", "2行目にもあります");
    let milestone = with("milestones.csv", "key,node,title,fiscal_year,done,reading\nd1,a01,,2026,maybe,原文\n".as_bytes());
    assert!(milestone.len() == 2 && milestone[0].contains("列「title」") && milestone[1].contains("列「done」"), "{milestone:#?}");
}

#[test]
fn what_is_planned_lies_in_the_plan() {
    only(after("roadmap.csv", "2025", "2028"), "roadmap.csv 2行目：列「fiscal_year」は計画期間（2025～2027年度）の年度", "2028");
    assert_eq!(after("roadmap.csv", "2025,run,planned", "2028,run,actual"), [""; 0]);
}

#[test]
fn wrong_heads() {
    let head = |from: &str, to: &str| after("plan.toml", from, to);
    only(head("992020", "992021"), "plan.toml 2行目：「municipality」の団体コードの検査数字", "0です。（入力：992021）");
    only(head("\"992020\"", "992020"), "plan.toml 2行目：「municipality」は「\"」で囲んだ文字", "（入力：992020）");
    only(head("title = \"", "title = "), "plan.toml 5行目：TOMLとして読めません。", "閉じ忘れ");
    only(head("editor", "title"), "plan.toml 9行目：同じ名前が2回", "");
    only(head("editor = \"企画課（架空）\"\n", ""), "plan.toml：「editor」がありません。", "");
    // A plan that was begun in the editor has no document yet.
    assert_eq!(after("plan.toml", "published = \"2025-03\"", "published = \"\""), [""; 0]);
    only(head("editor =", "editors = \"a\"\neditor ="), "plan.toml 9行目：「editors」は使いません。", "");
    only(head("format = 1", "format = 2"), "plan.toml 1行目：「format」は 1 に", "（入力：2）");
    only(head("2025-03", "令和7年3月"), "plan.toml 8行目：「published」は", "（入力：令和7年3月）");
    only(head("= 2027", "= 2024"), "plan.toml 7行目：「period_until」は「period_from」の2025以降", "2024");
    only(head("= 2027", "= 9999"), "plan.toml 7行目：「period_until」は 2025 のような西暦4桁", "9999");
    only(head("\"dx_plan\"", "\"plan\""), "plan.toml 4行目：「kind」は dx_plan・other・predecessor", "（入力：plan）");
    only(head("look = \"run\"", "look = \"red\""), "plan.toml 22行目：「look」は survey・build・run・other", "red");
    only(head("depth = 2", "depth = 0"), "plan.toml 18行目：「depth」は1から5まで", "（入力：0）");
    only(head("name = \"柱\"\n", ""), "plan.toml 11行目：「name」がありません。", "");
    first(head("[[phases]]", "[phases]"), "plan.toml 19行目：「phases」は [[phases]]");
    let grades = |line: &str| head("[[levels]]", &format!("[grades]\n{line}\n[[levels]]"));
    only(grades("slightly_late_from = \"八割\""), "plan.toml 12行目：「slightly_late_from」は", "八割");
    only(grades("late = \"\""), "plan.toml 12行目：「late」を入力", "");
    assert_eq!(grades("late = \"× 遅れ\""), [""; 0]);
    let bands = |bands: &[(&str, &str)]| {
        let band = |(from, class): &(&str, &str)| format!("[[grades.bands]]\nlabel = \"{from}\"\nfrom = \"{from}\"\nclass = \"{class}\"\n");
        let bands: String = bands.iter().map(band).collect();
        grades(&format!("key = \"own\"\nname = \"独自\"\nbasis = \"year_target\"\n{bands}"))
    };
    assert_eq!(bands(&[("90%以上", "on_track"), ("それ以外", "late")]), [""; 0]);
    only(bands(&[("90%以上", "unreported"), ("それ以外", "late")]), "plan.toml 18行目：「class」は achieved・on_track", "unreported");
    only(bands(&[("約9割", "on_track"), ("それ以外", "late")]), "plan.toml 17行目：「from」は 最終目標", "約9割");
    only(bands(&[("80%以上", "on_track"), ("90%以上", "late"), ("それ以外", "late")]), "plan.toml 15行目：[grades] 下限は上の区分ほど", "");
}

#[test]
fn chapters_begin_with_their_heading() {
    only(with("chapters/02-x.md", "本文\n".as_bytes()), "chapters/02-x.md 1行目：1行目を「# 1-1 策定の目的」のように", "");
    let headings = [("# 参考 用語集\n", "参考", "用語集"), ("# はじめに", "", "はじめに"), ("#  市長 挨拶\n", "", "市長 挨拶")];
    for (text, number, title) in headings {
        let mut files = small();
        files.insert("chapters/02-x.md".into(), text.into());
        let chapter = read(&files).unwrap().content.chapters.remove(1);
        assert_eq!((chapter.number.as_str(), chapter.title.as_str()), (number, title));
    }
}

#[test]
fn no_two_chapters_are_called_the_same() {
    only(
        with("chapters/02-x.md", "# 1 手段\n".as_bytes()),
        "chapters/02-x.md 1行目：章の番号「1」は chapters/01-purpose.md にもあります。",
        "",
    );
    let mut files = small();
    files.insert("chapters/02-x.md".into(), "# はじめに\n".into());
    assert_eq!(faults_of(&files), [""; 0], "one may have no number");
    files.insert("chapters/03-x.md".into(), "# おわりに\n".into());
    only(faults_of(&files), "chapters/03-x.md 1行目：番号のない章は1つだけです（chapters/02-x.md", "");
}

#[test]
fn nothing_is_too_large() {
    only(with("chapters/02-x.md", &vec![b'a'; 5_000_001]), "chapters/02-x.md：ファイルは5MB以下にしてください（5.1MB）。", "");
    let long = format!("term,reading\n{},原文\n", "あ".repeat(20_001));
    only(with("glossary.csv", long.as_bytes()), "glossary.csv 2行目：列「term」は20,000文字以内", "");
    let many: String = std::iter::once("term,reading\n".to_owned()).chain((0..20_001).map(|n| format!("t{n},原文\n"))).collect();
    only(with("glossary.csv", many.as_bytes()), "glossary.csv 20002行目：行が多すぎます。", "20,000行");
    let wrong: String = std::iter::once("term,reading\n".to_owned()).chain((0..2_000).map(|n| format!("t{n},原本\n"))).collect();
    assert_eq!(with("glossary.csv", wrong.as_bytes()).len(), 1_001);
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let mut files = small();
    files.insert("glossary.csv".into(), "term,reading\n,原本\n,原文\n".into());
    files.insert("attributes.csv".into(), "key,name,reading\nlife,くらし,原本\nx y,,原文\n".into());
    files.insert("chapters/00.md".into(), "".into());
    let places: Vec<_> = read(&files).unwrap_err().into_iter().map(|fault| (fault.file, fault.line)).collect();
    let place = |file: &str, line| (file.to_owned(), Some(line));
    let attributes = [2, 3, 3].map(|line| place("attributes.csv", line));
    let glossary = [2, 2, 3].map(|line| place("glossary.csv", line));
    assert_eq!(places, [&attributes[..], &glossary, &[place("chapters/00.md", 1)]].concat());
}

#[test]
fn a_kai_plan_with_its_values_of_another_plan_is_refused() {
    let mut files = folder("kai/dx-action-plan");
    files.extend(folder("kai/smart-kai-promotion").remove_entry("values.csv"));
    assert_eq!(faults_of(&files).len(), 14);
}

#[test]
fn a_hostile_head_is_refused_in_time() {
    for (text, times) in [("[", 900_000), ("a.", 400_000), ("[[levels]]\n", 90_000), ("x = 1\n", 150_000)] {
        assert!(!with("plan.toml", text.repeat(times).as_bytes()).is_empty(), "{text}");
    }
}
