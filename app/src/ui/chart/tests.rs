use std::{collections::BTreeMap, path::Path};

use rashin_domain::{
    clock::FiscalYear,
    period::Period,
    plan::PlanContent,
    plan_folder::{self, Files},
    value::{Value, ValueKind},
};

use super::*;

const TODAY: Date = Date::constant(2026, 11, 22);

fn folder(path: &str) -> PlanContent {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut files: Files = BTreeMap::new();
    for folder in [root.clone(), root.join("chapters")] {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_file()) {
            let name = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    plan_folder::read(&files).expect("a seed plan is without fault").content
}

fn plans() -> Vec<PlanContent> {
    ["demo/midorino/dx-plan", "kai/dx-action-plan", "kai/smart-kai-promotion"].map(|path| folder(&format!("../seeds/{path}"))).into()
}

fn html(view: AnyView) -> String {
    Owner::new().with(|| view.to_html())
}

/// Every chart of every KPI, with today and later days.
fn drawings(content: &PlanContent) -> Vec<(String, Drawing)> {
    let mut drawings = Vec::new();
    for (kpi, part) in content.kpis.iter().flat_map(|kpi| kpi.parts.iter().map(move |part| (kpi, part))) {
        for day in [TODAY, Date::constant(2024, 5, 1), Date::constant(2029, 4, 1), Date::constant(2030, 6, 1)] {
            if let Some(series) = Series::of(&content.plan, kpi, part, Some(day)) {
                let charts = [Some(trend::chart(&series)), bullet::chart(&series)];
                for chart in charts.into_iter().flatten() {
                    let name = format!("{} {} {day} {}", kpi.code, part.key, chart.title);
                    drawings.extend([(format!("{name} wide"), chart.wide), (format!("{name} narrow"), chart.narrow)]);
                }
            }
        }
    }
    drawings
}

fn texts(drawing: &Drawing) -> Vec<(&str, Area)> {
    let text = |mark| match mark {
        &Mark::Text { area, ref text, .. } => Some((text.as_str(), area)),
        Mark::Path { .. } | Mark::Rect { .. } | Mark::Dot { .. } => None,
    };
    drawing.marks.iter().filter_map(text).collect()
}

fn assert_legible(content: &PlanContent) {
    for (name, drawing) in drawings(content) {
        let frame = Area { x: 0.0, y: 0.0, w: drawing.width, h: drawing.height };
        let texts = texts(&drawing);
        for (i, (text, area)) in texts.iter().enumerate() {
            assert!(area.within(&frame), "{name}: 「{text}」 leaves the drawing: {area:?}");
            let covered = texts[..i].iter().find(|(_, other)| other.overlaps(area));
            assert_eq!(covered, None, "{name}: 「{text}」 covers another text");
        }
    }
}

#[test]
fn every_text_is_inside_and_none_covers_another() {
    plans().iter().for_each(assert_legible);
}

#[test]
fn extreme_figures_are_legible_too() {
    let mut content = folder("../seeds/demo/midorino/dx-plan");
    let number = |text: &str| Value::parse(ValueKind::Number, text).unwrap();
    let extremes = [
        ["0", "0", "0", "0"],
        ["-5", "0", "5", "-3"],
        ["▲584,646", "▲600,000", "▲700,000", "▲1"],
        ["1,234,567,890", "1,334,567,890", "2,000,000,000", "1,034,567,890"],
        ["0.001", "0.002", "0.003", "999,999,999"],
        ["10", "11", "12", "100,000"],
        ["100", "90", "80", "300"],
    ];
    for values in extremes {
        let kpi = content.kpis.iter_mut().find(|kpi| kpi.code == "MID-08").unwrap();
        let part = &mut kpi.parts[0];
        part.unit = "百万円".to_owned();
        part.points.iter_mut().zip(values).for_each(|(point, value)| point.value = number(value));
        part.actuals.iter_mut().for_each(|actual| actual.value = number(values[3]));
        assert_legible(&content);
    }
}

#[test]
fn a_long_time_is_legible_too() {
    let mut content = folder("../seeds/demo/midorino/dx-plan");
    content.plan.period_until = FiscalYear(2060);
    assert_legible(&content);
}

#[test]
fn every_number_kpi_of_the_plans_has_its_chart() {
    let [midorino, kai, _] = plans().try_into().unwrap_or_else(|_| panic!("three plans"));
    let drawn = |content: &PlanContent, code: &str| {
        let kpi = content.kpi(code).unwrap();
        let part = &kpi.parts[0];
        (trend("t", &content.plan, kpi, part, TODAY).is_some(), bullet("b", &content.plan, kpi, part).is_some())
    };
    for (code, charts) in [("MID-01", (true, true)), ("MID-10", (false, false)), ("MID-14", (true, false)), ("MID-15", (true, true))] {
        assert_eq!(drawn(&midorino, code), charts, "{code}");
    }
    for (code, charts) in [("KAI-01", (true, true)), ("KAI-05", (false, false)), ("KAI-07", (true, true)), ("KAI-10", (false, false))] {
        assert_eq!(drawn(&kai, code), charts, "{code}");
    }
}

#[test]
fn a_chart_says_its_point_and_its_gap() {
    let content = folder("../seeds/demo/midorino/dx-plan");
    let kpi = content.kpi("MID-01").unwrap();
    let html = html(trend("c-main", &content.plan, kpi, &kpi.parts[0], TODAY).unwrap());
    for said in [
        "（件、累計）",
        "2022年度の120件から、2026年度は156件（速報）に増えました。",
        "2026年度の中間目標154件を2件上回っています。",
        "2024年度は調査なしで、線を結んでいません。",
        "縦軸は100件から。",
        "の推移（折れ線グラフ、2022～2029年度、単位件）",
        "値は次の表。",
        "id=\"c-main-wide-title\"",
        "aria-labelledby=\"c-main-narrow-title c-main-narrow-desc\"",
    ] {
        assert!(html.contains(said), "{said}\n{html}");
    }
    assert!(!html.contains("style="), "a strict CSP forbids style attributes");
    assert_eq!(html.matches("class=\"own\"").count(), 2 * 2, "no line over the year without a figure");
}

#[test]
fn each_gap_is_named_in_the_drawing() {
    for content in plans() {
        for (kpi, part) in content.kpis.iter().flat_map(|kpi| kpi.parts.iter().map(move |part| (kpi, part))) {
            let Some(series) = Series::of(&content.plan, kpi, part, Some(TODAY)) else { continue };
            let chart = trend::chart(&series);
            for gap in &series.gaps {
                let named = |drawing| texts(drawing).iter().any(|(text, _)| *text == gap.word);
                assert!(named(&chart.wide) && named(&chart.narrow), "{} {gap:?}", kpi.code);
            }
        }
    }
}

#[test]
fn a_plan_without_reports_says_so() {
    let content = folder("../seeds/kai/dx-action-plan");
    let kpi = content.kpi("KAI-01").unwrap();
    let trend = html(trend("t", &content.plan, kpi, &kpi.parts[0], TODAY).unwrap());
    assert!(
        trend.contains("実績の報告はまだありません。2023年度の3,113人から、2029年度の3,172人をめざします。2025年度は未報告です。"),
        "{trend}"
    );
    let bullet = html(bullet("b", &content.plan, kpi, &kpi.parts[0]).unwrap());
    assert!(bullet.contains("実績は未報告") && bullet.contains("最終目標 3,172人"), "{bullet}");
}

#[test]
fn names_are_escaped() {
    let content = folder("../seeds/demo/midorino/dx-plan");
    let mut kpi = content.kpi("MID-01").unwrap().clone();
    kpi.name = "<script>\"&\"</script>".to_owned();
    kpi.parts[0].unit = "<b>\"".to_owned();
    let html = html(trend("\"><i>", &content.plan, &kpi, &kpi.parts[0], TODAY).unwrap());
    assert!(!html.contains("<script>") && !html.contains("<b>") && !html.contains("<i>"), "{html}");
    assert!(html.contains("&lt;script&gt;") && html.contains("&amp;"), "{html}");
}

#[test]
fn a_half_year_does_not_continue_a_yearly_count() {
    let content = folder("../seeds/demo/midorino/dx-plan");
    let mut kpi = content.kpi("MID-03").unwrap().clone();
    let part = &mut kpi.parts[0];
    let last = part.actuals.last_mut().unwrap();
    last.period = Period::Half(FiscalYear(2026), 1);
    last.value = Value::number(700.into());
    let html = html(trend("t", &content.plan, &kpi, &kpi.parts[0], TODAY).unwrap());
    assert!(html.contains("2026年度上半期の実績は700件（速報）です。"), "{html}");
    assert!(html.contains("実績 700（上半期・速報）"), "{html}");
    assert_eq!(html.matches("class=\"own\"").count(), 3 * 2);
}
