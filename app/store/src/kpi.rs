//! The KPIs of a plan as one value each: definition, planned values, accepted figures.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{
    clock::japan_date,
    grading::Override,
    ids::PlanId,
    kpi::{Accumulation, Direction, Frequency, Maturity, Role},
    period::Period,
    plan::{Actual, DefinitionChange, Kpi, Part, Point, Replaced},
    template::Mapping,
    value::ValueKind,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, plan::provenance, value::value};

pub(crate) fn period(code: &str) -> Result<Period> {
    // The domain `rashin.period` checks the shape; an impossible date is a damaged row, not a missing one.
    Period::parse(code).map_err(|_| StoreError::Db(sqlx::Error::Decode(format!("period {code}").into())))
}

/// A part of a definition version with what a plan says of its KPI.
struct Row {
    id: Uuid,
    code: String,
    node_key: String,
    headline: bool,
    name: String,
    frequency: String,
    formula: String,
    how_to_count: String,
    source: String,
    doubt: String,
    reading: String,
    source_text: String,
    source_place: String,
    template: Option<String>,
    indicators: Json<Vec<Mapping>>,
    changes: Json<Vec<DefinitionChange>>,
    set_grade: Option<Json<Override>>,
    part: String,
    part_name: String,
    kind: String,
    unit: String,
    direction: String,
    accumulation: String,
    accumulation_confirmed: bool,
}

/// The KPIs of a plan in its order, or the one of a code, with planned values and accepted actuals.
pub async fn of_plan(tx: &mut TenantTx, plan: PlanId, code: Option<&str>) -> Result<Vec<Kpi>> {
    kpis(tx, plan, code, false).await
}

/// KPIs that editions took out of a plan, by code, with the planned values that stood and accepted actuals.
pub(crate) async fn taken_out_of_plan(tx: &mut TenantTx, plan: PlanId) -> Result<Vec<Kpi>> {
    let mut kpis = kpis(tx, plan, None, true).await?;
    kpis.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(kpis)
}

async fn kpis(tx: &mut TenantTx, plan: PlanId, code: Option<&str>, retired: bool) -> Result<Vec<Kpi>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select k.id, k.code, pk.node_key, pk.headline, d.name, d.frequency, d.formula, d.how_to_count, d.source, d.doubt,
             d.reading as "reading!: String", d.source_text, d.source_place, d.template, d.indicators as "indicators: Json<Vec<Mapping>>",
             (select coalesce(jsonb_agg(jsonb_build_object('from_year', v.effective_from, 'series_break', v.series_break, 'note', v.change_note)
                                        order by v.version), '[]')
              from rashin.kpi_definitions v where v.tenant_id = k.tenant_id and v.kpi_id = k.id and v.change_note <> '')
               as "changes!: Json<Vec<DefinitionChange>>",
             (select jsonb_build_object('period', o.period, 'revision', o.revision, 'label', o.label, 'reason', o.reason, 'by', o.decided_as,
                                        'on', (o.decided_at at time zone 'Asia/Tokyo')::date)
              from rashin.kpi_overrides o
              where o.tenant_id = pk.tenant_id and o.plan_id = pk.plan_id and o.kpi_id = pk.kpi_id and o.withdrawn_at is null)
               as "set_grade: Json<Override>",
             p.key as part, p.name as part_name, p.kind, p.unit, p.direction, p.accumulation, p.accumulation_confirmed
           from rashin.plan_kpis pk
           join rashin.kpis k on k.tenant_id = pk.tenant_id and k.id = pk.kpi_id
           join lateral (select * from rashin.kpi_definitions d where d.tenant_id = k.tenant_id and d.kpi_id = k.id
                         order by version desc limit 1) d on true
           join rashin.kpi_parts p on p.tenant_id = d.tenant_id and p.definition_id = d.id
           where pk.plan_id = $1 and pk.retired = $3 and ($2::text is null or k.code = $2)
           order by pk.position, k.code, p.position"#,
        plan.0,
        code,
        retired
    )
    .fetch_all(tx.sql())
    .await?;
    let points = points(tx, plan, code).await?;
    let actuals = actuals(tx, plan, code, retired).await?;
    Ok(assembled(rows, points, actuals))
}

/// What a version of a KPI's definition said: no place in a plan, no values.
pub(crate) async fn definition(tx: &mut TenantTx, code: &str, version: i32) -> Result<Option<Kpi>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select k.id, k.code, '' as "node_key!", false as "headline!", d.name, d.frequency, d.formula, d.how_to_count, d.source, d.doubt,
             d.reading as "reading!: String", d.source_text, d.source_place, d.template, d.indicators as "indicators: Json<Vec<Mapping>>",
             (select coalesce(jsonb_agg(jsonb_build_object('from_year', v.effective_from, 'series_break', v.series_break, 'note', v.change_note)
                                        order by v.version), '[]')
              from rashin.kpi_definitions v
              where v.tenant_id = k.tenant_id and v.kpi_id = k.id and v.change_note <> '' and v.version <= d.version)
               as "changes!: Json<Vec<DefinitionChange>>",
             null::jsonb as "set_grade: Json<Override>",
             p.key as part, p.name as part_name, p.kind, p.unit, p.direction, p.accumulation, p.accumulation_confirmed
           from rashin.kpis k
           join rashin.kpi_definitions d on d.tenant_id = k.tenant_id and d.kpi_id = k.id
           join rashin.kpi_parts p on p.tenant_id = d.tenant_id and p.definition_id = d.id
           where k.code = $1 and d.version = $2 order by p.position"#,
        code,
        version
    )
    .fetch_all(tx.sql())
    .await?;
    Ok(assembled(rows, ByPart::new(), ByPart::new()).pop())
}

/// Rows of one KPI follow each other.
fn assembled(rows: Vec<Row>, mut points: ByPart<Point>, mut actuals: ByPart<Actual>) -> Vec<Kpi> {
    let mut kpis: Vec<Kpi> = Vec::new();
    for r in rows {
        let part = Part {
            points: points.remove(&(r.id, r.part.clone())).unwrap_or_default(),
            actuals: actuals.remove(&(r.id, r.part.clone())).unwrap_or_default(),
            key: r.part,
            name: r.part_name,
            kind: ValueKind::from_code(&r.kind).unwrap_or(ValueKind::Text),
            unit: r.unit,
            direction: Direction::from_code(&r.direction).unwrap_or(Direction::Up),
            accumulation: Accumulation::from_code(&r.accumulation).unwrap_or(Accumulation::PointInTime),
            accumulation_confirmed: r.accumulation_confirmed,
        };
        match kpis.last_mut().filter(|kpi| kpi.code == r.code) {
            Some(kpi) => kpi.parts.push(part),
            None => kpis.push(Kpi {
                code: r.code,
                name: r.name,
                node: r.node_key,
                headline: r.headline,
                frequency: Frequency::from_code(&r.frequency).unwrap_or(Frequency::Year),
                formula: r.formula,
                how_to_count: r.how_to_count,
                source: r.source,
                doubt: r.doubt,
                parts: vec![part],
                template: r.template,
                indicators: r.indicators.0,
                changes: r.changes.0,
                set_grade: r.set_grade.map(|json| json.0),
                provenance: provenance(&r.reading, r.source_text, r.source_place),
            }),
        }
    }
    kpis
}

type ByPart<T> = BTreeMap<(Uuid, String), Vec<T>>;

/// Standing values, newest revision; earlier ones become what was replaced. A withdrawn one is left out.
async fn points(tx: &mut TenantTx, plan: PlanId, code: Option<&str>) -> Result<ByPart<Point>> {
    let rows = sqlx::query!(
        r#"select o.kpi_id, o.part, o.role, o.period as "period!: String", o.value_kind, o.amount, o.denominator, o.words, o.expected_on,
             o.note, o.reason, o.decided_on, o.withdrawn, o.set_at, o.reading as "reading!: String", o.source_text, o.source_place
           from rashin.kpi_points o join rashin.kpis k on k.tenant_id = o.tenant_id and k.id = o.kpi_id
           where o.plan_id = $1 and ($2::text is null or k.code = $2)
           order by o.kpi_id, o.part, o.role, o.period, o.revision desc"#,
        plan.0,
        code
    )
    .fetch_all(tx.sql())
    .await?;
    let mut by_part: ByPart<Point> = BTreeMap::new();
    // The place whose revisions are being read, whether its newest one was withdrawn, whether the revision after this
    // row was one, and when and why that came.
    let mut place = None;
    let mut withdrawn = false;
    let mut set_again = false;
    let mut later: (Date, String) = Default::default();
    for r in rows {
        let here = (r.kpi_id, r.part.clone(), r.role.clone(), r.period.clone());
        let decided_on = r.decided_on.map(jiff_sqlx::Date::to_jiff);
        let came = (decided_on.unwrap_or_else(|| japan_date(r.set_at.to_jiff())), r.reason.clone());
        let value = value(&r.value_kind, r.amount, r.denominator, r.words, r.expected_on);
        let list = by_part.entry((r.kpi_id, r.part)).or_default();
        if place.as_ref() == Some(&here) {
            if let Some(newest) = list.last_mut().filter(|_| !withdrawn && !r.withdrawn) {
                // A corrected note or source replaced no value: it has no reason of its own.
                let after = newest.replaced.last().map_or(&newest.value, |replaced| &replaced.value);
                if *after != value || set_again || (!later.1.is_empty() && later != came) {
                    let (on, reason) = std::mem::take(&mut later);
                    newest.replaced.push(Replaced { value, on, reason });
                }
            }
            set_again = r.withdrawn;
        } else {
            withdrawn = r.withdrawn;
            set_again = false;
            place = Some(here);
            if !withdrawn {
                list.push(Point {
                    role: Role::from_code(&r.role).unwrap_or(Role::Target),
                    period: period(&r.period)?,
                    value,
                    note: r.note,
                    reason: r.reason,
                    decided_on,
                    replaced: Vec::new(),
                    provenance: provenance(&r.reading, r.source_text, r.source_place),
                });
            }
        }
        later = came;
    }
    for points in by_part.values_mut() {
        points.sort_by_key(|point| (point.period.last_day(), point.role));
    }
    Ok(by_part)
}

/// Accepted values, newest revision first within a period; earlier ones become what was replaced.
async fn actuals(tx: &mut TenantTx, plan: PlanId, code: Option<&str>, retired: bool) -> Result<ByPart<Actual>> {
    let rows = sqlx::query!(
        r#"select a.kpi_id, a.part, a.period as "period!: String", a.revision, a.value_kind, a.amount, a.denominator, a.words, a.expected_on,
             a.reading as "reading!: String", a.source_text, a.source_place,
             r.maturity, r.as_of, r.note, r.link, r.reason, d.decided_at, coalesce(s.name, '') as "section!"
           from rashin.plan_kpis pk
           join rashin.kpis k on k.tenant_id = pk.tenant_id and k.id = pk.kpi_id
           join rashin.kpi_actuals a on a.tenant_id = pk.tenant_id and a.kpi_id = pk.kpi_id
           join rashin.reports r on r.tenant_id = a.tenant_id and r.kpi_id = a.kpi_id and r.period = a.period and r.revision = a.revision
           join rashin.report_decisions d on d.tenant_id = r.tenant_id and d.report_id = r.id and d.outcome = 'approved' and d.settles
           left join rashin.sections s on s.tenant_id = r.tenant_id and s.id = r.section_id
           where pk.plan_id = $1 and pk.retired = $3 and ($2::text is null or k.code = $2)
           order by a.kpi_id, a.part, a.period, a.revision desc"#,
        plan.0,
        code,
        retired
    )
    .fetch_all(tx.sql())
    .await?;
    let mut by_part: ByPart<Actual> = BTreeMap::new();
    // Why the accepted revision before this row was replaced, and when.
    let mut later: Option<(Date, String)> = None;
    for r in rows {
        let period = period(&r.period)?;
        let value = value(&r.value_kind, r.amount, r.denominator, r.words, r.expected_on);
        let accepted_on = japan_date(r.decided_at.to_jiff());
        let list = by_part.entry((r.kpi_id, r.part)).or_default();
        match list.last_mut().filter(|newest| newest.period == period) {
            Some(newest) => {
                let (on, reason) = later.take().unwrap_or((accepted_on, String::new()));
                newest.replaced.push(Replaced { value, on, reason });
            }
            None => list.push(Actual {
                period,
                revision: r.revision,
                value,
                maturity: Maturity::from_code(&r.maturity).unwrap_or(Maturity::Preliminary),
                as_of: r.as_of.map(jiff_sqlx::Date::to_jiff),
                note: r.note,
                link: r.link,
                section: r.section,
                replaced: Vec::new(),
                provenance: provenance(&r.reading, r.source_text, r.source_place),
            }),
        }
        later = Some((accepted_on, r.reason));
    }
    for actuals in by_part.values_mut() {
        actuals.sort_by_key(|actual| actual.period.last_day());
    }
    Ok(by_part)
}
