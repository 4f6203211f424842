//! Code masters for real installations, and the demonstration: Kai with fictional staff, two fictional
//! municipalities and a fictional prefecture.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use rashin_app::web::hash_with;
use rashin_domain::{
    access::{Action, Capacity, Role, decide},
    clock::FiscalYear,
    form::Form,
    ids::{Ids, SectionId},
    obligation::Item,
    period::parse_date,
    round::{Round, RoundKind},
    template::Template,
    tenancy::{LocalCode, Slug, TenantKind},
};
use rashin_store::{
    Maintenance,
    maintenance::{MasterRow, NewAssignment, NewSection, NewTenant},
    publish::Base,
};
use serde::Deserialize;

use crate::{figures, folder};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Password of every demonstration login. Printed at start, refused by nothing: demonstrations only.
pub const DEMO_PASSWORD: &str = "rashin-demo-2026";

/// Tenants of the demonstration: (folder of the tenant, folders of its plans).
const DEMO: &[(&str, &[&str])] = &[
    ("demo/mizuho", &[]),
    ("demo/kai", &["kai/smart-kai-promotion", "kai/dx-action-plan"]),
    ("demo/midorino", &["demo/midorino/dx-plan"]),
    ("demo/aobadai", &["demo/aobadai/dx-kousou"]),
];

#[derive(Deserialize)]
struct TenantFile {
    code: String,
    name: String,
    kana: String,
    kind: TenantKind,
    slug: String,
    fictional: bool,
    prefecture: String,
}

#[derive(Deserialize)]
struct SectionRow {
    key: String,
    parent: String,
    name: String,
    kind: String,
    valid_from: String,
    valid_until: String,
}

#[derive(Deserialize)]
struct StaffRow {
    email: String,
    staff_number: String,
    name: String,
    kana: String,
    section: String,
    role: Role,
    post: String,
    duty: String,
    valid_from: String,
    valid_until: String,
}

#[derive(Deserialize)]
struct ResponsibilityRow {
    kpi: String,
    /// Key of an initiative of the current plan, where no KPI is named.
    node: String,
    section: String,
    valid_from: String,
}

#[derive(Deserialize)]
struct RoundRow {
    year: i16,
    kind: RoundKind,
    opens_on: String,
    closes_on: String,
    grace_until: String,
}

pub fn rows<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Vec<T>> {
    let mut reader = csv::Reader::from_path(file)?;
    let rows: std::result::Result<Vec<T>, _> = reader.deserialize().collect();
    Ok(rows.map_err(|error| format!("{}: {error}", file.display()))?)
}

fn rows_if_there<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Vec<T>> {
    if file.exists() { rows(file) } else { Ok(Vec::new()) }
}

/// Loads the codes of prefectures and municipalities, and the national indicators; a wrong check digit is refused with the reason.
pub async fn masters(db: &Maintenance, seeds: &Path) -> Result<()> {
    let file = seeds.join("masters/prefectures.csv");
    let prefectures: Vec<(String, String, String)> = rows(&file)?;
    let prefectures: Vec<MasterRow> = prefectures.into_iter().map(|(code, name, kana)| (code, String::new(), name, kana)).collect();
    let file = seeds.join("masters/municipalities.csv");
    let mut municipalities: Vec<MasterRow> = rows(&file)?;
    for (line, (code, _, name, _)) in prefectures.iter().chain(&municipalities).enumerate() {
        LocalCode::parse(code).map_err(|error| format!("masters, {}件目 {name} {code}：{error}", line + 1))?;
    }
    for (_, prefecture, ..) in &mut municipalities {
        let full = prefectures.iter().map(|(code, ..)| code).find(|code| code.starts_with(prefecture.as_str()));
        *prefecture = full.ok_or_else(|| format!("masters: no prefecture {prefecture}"))?.clone();
    }
    db.load_masters(&prefectures, &municipalities).await?;
    indicators(db, seeds).await
}

async fn indicators(db: &Maintenance, seeds: &Path) -> Result<()> {
    Ok(db.load_indicators(&rows(&seeds.join("masters/indicators.csv"))?).await?)
}

/// Makes the tenants of the demonstration that are not there yet. Never touches one that is.
pub async fn demo(db: &Maintenance, seeds: &Path, ids: &Ids) -> Result<()> {
    // Templates refer to them.
    indicators(db, seeds).await?;
    figures::seed(db, &seeds.join("figures")).await?;
    for (tenant, plans) in DEMO {
        make(db, seeds, tenant, plans, ids).await?;
    }
    Ok(())
}

async fn make(db: &Maintenance, seeds: &Path, tenant: &str, plans: &[&str], ids: &Ids) -> Result<()> {
    let dir = seeds.join(tenant);
    let file: TenantFile = toml::from_str(&std::fs::read_to_string(dir.join("tenant.toml"))?)?;
    let slug = Slug::parse(&file.slug).ok_or("tenant.toml: slug")?;
    let code = LocalCode::parse(&file.code).map_err(|error| error.to_string())?;
    let new = NewTenant {
        kind: file.kind,
        slug: &slug,
        code: &code,
        name: &file.name,
        kana: &file.kana,
        prefecture: &file.prefecture,
        fictional: file.fictional,
    };
    let (_, made) = db.create_tenant(new).await?;
    if !made {
        return Ok(());
    }
    tracing::info!(tenant = file.name, "seeding");
    let sections = staff(db, &dir, slug.as_str(), ids).await?;
    for plan in plans {
        let folder = folder::load(&seeds.join(plan))?;
        let mut tx = db.enter(slug.as_str()).await?;
        let permit = decide(tx.actor(), &Action::Import)?;
        tx.import_plan(permit, &folder.content).await?;
        tx.commit().await?;
    }
    responsibilities(db, &dir, slug.as_str(), &sections).await?;
    rounds(db, &dir, slug.as_str()).await?;
    templates(db, &dir, slug.as_str()).await?;
    for plan in plans {
        let folder = folder::load(&seeds.join(plan))?;
        let mut tx = db.enter(slug.as_str()).await?;
        let id = tx.plan_id(&folder.content.plan.slug).await?.ok_or("the plan was imported above")?;
        let permit = decide(tx.actor(), &Action::Publish)?;
        tx.publish(permit, id, Base::Draft, "計画の公開", None, None).await?;
        tx.commit().await?;
    }
    Ok(())
}

pub fn day(text: &str) -> Result<Date> {
    Ok(parse_date(text).map_err(|_| format!("no date: {text}"))?)
}

fn last_day(text: &str) -> Result<Option<Date>> {
    if text.is_empty() { Ok(None) } else { day(text).map(Some) }
}

async fn staff(db: &Maintenance, dir: &Path, city: &str, ids: &Ids) -> Result<BTreeMap<String, SectionId>> {
    let mut sections = BTreeMap::new();
    let mut tx = db.enter(city).await?;
    for (position, row) in rows::<SectionRow>(&dir.join("sections.csv"))?.iter().enumerate() {
        let section = NewSection {
            key: &row.key,
            parent: sections.get(&row.parent).copied(),
            name: &row.name,
            kind: &row.kind,
            position: position as i32,
            valid_from: day(&row.valid_from)?,
            valid_until: last_day(&row.valid_until)?,
        };
        let permit = decide(tx.actor(), &Action::Staff)?;
        sections.insert(row.key.clone(), tx.write_section(permit, &section).await?);
    }
    tx.commit().await?;
    let hash = hash_with(DEMO_PASSWORD.as_bytes(), &ids.bytes())?;
    for row in rows::<StaffRow>(&dir.join("staff.csv"))? {
        let person = db.create_person(Some(&row.email), &row.name, false).await?;
        db.set_password(person, &hash).await?;
        let mut tx = db.enter(city).await?;
        let number = Some(row.staff_number.as_str()).filter(|number| !number.is_empty());
        let permit = decide(tx.actor(), &Action::Staff)?;
        let member = tx.write_member(permit, person, &row.name, &row.kana, number, "active").await?;
        let permit = decide(tx.actor(), &Action::Staff)?;
        let assignment = NewAssignment {
            section: sections.get(&row.section).copied(),
            role: row.role,
            post: &row.post,
            capacity: Capacity::from_label(&row.duty).ok_or_else(|| format!("no capacity: {}", row.duty))?,
            valid_from: day(&row.valid_from)?,
            valid_until: last_day(&row.valid_until)?,
        };
        tx.write_assignment(permit, member, &assignment).await?;
        tx.commit().await?;
    }
    Ok(sections)
}

async fn responsibilities(db: &Maintenance, dir: &Path, city: &str, sections: &BTreeMap<String, SectionId>) -> Result<()> {
    for row in rows_if_there::<ResponsibilityRow>(&dir.join("responsibilities.csv"))? {
        let section = *sections.get(&row.section).ok_or_else(|| format!("no section: {}", row.section))?;
        let mut tx = db.enter(city).await?;
        let (item, name) = match tx.current_plan().await? {
            Some(plan) if row.kpi.is_empty() => (Item::Initiative(plan.id, row.node.clone()), &row.node),
            _ => (Item::Kpi(tx.kpi_id(&row.kpi).await?), &row.kpi),
        };
        let permit = decide(tx.actor(), &Action::Assign)?;
        tx.write_responsibility(permit, &item, name, section, day(&row.valid_from)?).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The defaults with other days.
async fn rounds(db: &Maintenance, dir: &Path, city: &str) -> Result<()> {
    let mut rounds = Vec::new();
    for row in rows_if_there::<RoundRow>(&dir.join("rounds.csv"))? {
        let default =
            Round::defaults(FiscalYear(row.year)).into_iter().find(|round| round.kind == row.kind).ok_or("every kind has a default")?;
        let (opens_on, closes_on, grace_until) = (day(&row.opens_on)?, day(&row.closes_on)?, day(&row.grace_until)?);
        rounds.push(Round { opens_on, closes_on, grace_until, ..default });
    }
    if rounds.is_empty() {
        return Ok(());
    }
    let mut tx = db.enter(city).await?;
    let permit = decide(tx.actor(), &Action::Conduct)?;
    tx.plan_rounds(permit, &rounds).await?;
    Ok(tx.commit().await?)
}

/// The columns are the fields of the template's form.
async fn templates(db: &Maintenance, dir: &Path, city: &str) -> Result<()> {
    let mut tx = db.enter(city).await?;
    let library = tx.indicators().await?;
    for row in rows_if_there::<BTreeMap<String, String>>(&dir.join("templates.csv"))? {
        let form = Form::from_pairs(row);
        let origin = library.iter().find(|one| one.code == form.get("from"));
        let source_text = origin.map(|one| one.provenance().source_text).unwrap_or_default();
        let template = Template::parse(&form, &source_text, &library).map_err(|errors| format!("templates.csv: {errors:?}"))?;
        let permit = decide(tx.actor(), &Action::Edit)?;
        tx.make_template(permit, &template, origin.map(|one| one.code.as_str())).await?;
    }
    Ok(tx.commit().await?)
}
