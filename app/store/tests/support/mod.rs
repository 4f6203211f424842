//! Tenants, people and plans for the store's tests; the plans are those of the demonstration.

pub mod edits;
pub mod histories;

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Action, Capacity, Permit, Role, SectionTree, decide},
    approval::{Approval, Step},
    clock::Clock,
    ids::{Ids, MemberId, PersonId, PlanId, ReportId, SectionId, TenantId},
    kpi::{Accumulation, ActualReport, Direction, Frequency},
    obligation::Item,
    plan::PlanContent,
    plan_folder::{Files, read},
    provenance::Provenance,
    template::Template,
    tenancy::{LocalCode, Slug, TenantKind},
    value::ValueKind,
};
use rashin_store::{
    Db, Maintenance, Result, TenantTx,
    identity::SignedIn,
    maintenance::{NewAssignment, NewSection, NewTenant},
    plan_import::Imported,
    publish::Base,
    report::{Decision, NewReport, Report},
};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool};

/// The tests' day: 1 July 2026 in Japan.
pub const NOW: &str = "2026-07-01T03:00:00Z";
pub const TODAY: Date = Date::constant(2026, 7, 1);

/// Unique, but in no order: nothing may lean on the order of ids.
fn ids() -> Ids {
    let count = AtomicU64::new(0);
    Ids::new(move |bytes| {
        for byte in bytes.chunks_mut(8) {
            let mixed = (count.fetch_add(1, Ordering::Relaxed) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            byte.copy_from_slice(&mixed.to_le_bytes()[..byte.len()]);
        }
    })
}

/// A plan folder of `seeds/`.
pub fn seed(folder: &str) -> PlanContent {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds").join(folder);
    let files = |dir: &Path, prefix: &str| -> Files {
        let entries = fs::read_dir(dir).into_iter().flatten().map(Result::unwrap).filter(|entry| entry.path().is_file());
        entries.map(|entry| (format!("{prefix}{}", entry.file_name().to_str().unwrap()), fs::read(entry.path()).unwrap())).collect()
    };
    let mut all = files(&dir, "");
    all.extend(files(&dir.join("chapters"), "chapters/"));
    read(&all).unwrap().content
}

/// A template as the office would write it.
pub fn template(code: &str) -> Template {
    Template {
        code: code.to_owned(),
        name: "オンライン申請件数".into(),
        description: "オンラインで受け付けた申請の件数。".into(),
        formula: String::new(),
        kind: ValueKind::Number,
        unit: "件".into(),
        direction: Direction::Up,
        accumulation: Accumulation::PerYear,
        frequency: Frequency::Year,
        source: "申請システム".into(),
        how_to_count: "取下げを除く。".into(),
        pitfalls: String::new(),
        mapping: None,
        provenance: Provenance::default(),
    }
}

pub fn may(tx: &TenantTx, action: &Action) -> Permit {
    decide(tx.actor(), action).unwrap()
}

/// A database with the migrations, under the migrator's login and the application's.
pub struct World {
    pub owner: PgPool,
    pub db: Db,
    ids: Ids,
}

impl World {
    pub async fn new(owner: PgPool) -> Self {
        let ids = ids();
        let db = Db::for_test(&owner, clock(NOW), ids.clone()).await.unwrap();
        Self { owner, db, ids }
    }

    /// The application at another time.
    pub async fn db_at(&self, moment: &str) -> Db {
        Db::for_test(&self.owner, clock(moment), self.ids.clone()).await.unwrap()
    }

    /// One connection of the application's login, in no transaction.
    pub async fn app_connection(&self) -> PgConnection {
        self.owner.connect_options().as_ref().clone().username("rashin_app").connect().await.unwrap()
    }

    pub fn maintenance(&self) -> Maintenance {
        Maintenance::for_test(self.owner.clone(), clock(NOW), self.ids.clone())
    }

    pub async fn tenant(&self, kind: TenantKind, slug: &str, code: &str, name: &str) -> TenantId {
        let (slug, code) = (Slug::parse(slug).unwrap(), LocalCode::parse(code).unwrap());
        let new = NewTenant { kind, slug: &slug, code: &code, name, kana: "かくう", prefecture: "99", fictional: true };
        self.maintenance().create_tenant(new).await.unwrap().0
    }

    pub async fn aobadai(&self) -> TenantId {
        self.tenant(TenantKind::Municipality, "aobadai", "993018", "あおば台町（架空）").await
    }

    pub async fn midorino(&self) -> TenantId {
        self.tenant(TenantKind::Municipality, "midorino", "992011", "みどり野市（架空）").await
    }

    pub async fn mizuho(&self) -> TenantId {
        self.tenant(TenantKind::Prefecture, "mizuho", "990001", "みずほ県（架空）").await
    }

    pub async fn person(&self, name: &str) -> PersonId {
        self.maintenance().create_person(None, name, false).await.unwrap()
    }

    pub async fn sign_in(&self, person: PersonId) -> SignedIn {
        self.db.identity().await.unwrap().signed_in(person).await.unwrap()
    }

    /// A new person with a membership, and with an assignment for a time.
    pub async fn member_from(
        &self,
        city: &str,
        state: &str,
        role: Role,
        section: Option<SectionId>,
        from: Date,
        until: Option<Date>,
    ) -> SignedIn {
        let who = self.sign_in(self.person("架空 太郎").await).await;
        let mut tx = self.maintenance().enter(city).await.unwrap();
        let permit = may(&tx, &Action::Staff);
        let member = tx.write_member(permit, who.person(), &who.name, "", None, state).await.unwrap();
        let assignment = NewAssignment { section, role, post: "主査", capacity: Capacity::Main, valid_from: from, valid_until: until };
        let permit = may(&tx, &Action::Staff);
        tx.write_assignment(permit, member, &assignment).await.unwrap();
        tx.commit().await.unwrap();
        who
    }

    pub async fn member(&self, city: &str, role: Role, section: Option<SectionId>) -> SignedIn {
        self.member_from(city, "active", role, section, Date::constant(2024, 4, 1), None).await
    }

    pub async fn section(&self, city: &str, key: &str, parent: Option<SectionId>, name: &str) -> SectionId {
        let mut tx = self.maintenance().enter(city).await.unwrap();
        let from = Date::constant(2024, 4, 1);
        let section = NewSection { key, parent, name, kind: "課", position: 1, valid_from: from, valid_until: None };
        let permit = may(&tx, &Action::Staff);
        let id = tx.write_section(permit, &section).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn import(&self, city: &str, content: &PlanContent) -> (PlanId, Imported) {
        let mut tx = self.maintenance().enter(city).await.unwrap();
        let permit = may(&tx, &Action::Import);
        let done = tx.import_plan(permit, content).await.unwrap();
        let plan = tx.plan_id(&content.plan.slug).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        (plan, done)
    }

    pub async fn content(&self, city: &str, plan: PlanId) -> PlanContent {
        self.maintenance().enter(city).await.unwrap().plan_content(plan).await.unwrap()
    }

    pub async fn publish(&self, city: &str, plan: PlanId) -> i32 {
        let mut tx = self.maintenance().enter(city).await.unwrap();
        let permit = may(&tx, &Action::Publish);
        let number = tx.publish(permit, plan, Base::Draft, "計画の公開", None, None).await.unwrap();
        tx.commit().await.unwrap();
        number
    }

    /// Rows of one text column, read with the owner's rights inside a tenant.
    pub async fn texts(&self, tenant: TenantId, sql: &str) -> Vec<String> {
        let mut tx = self.owner.begin().await.unwrap();
        own(&mut tx, tenant).await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *tx).await.unwrap()
    }

    /// Statements run with the owner's rights inside a tenant.
    pub async fn as_owner(&self, tenant: TenantId, sql: &str) {
        let mut tx = self.owner.begin().await.unwrap();
        own(&mut tx, tenant).await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Gives a transaction the owner's rights inside a tenant: no grant limits it, row level security still does.
pub async fn own(tx: &mut PgConnection, tenant: TenantId) {
    sqlx::query("set local role rashin_owner").execute(&mut *tx).await.unwrap();
    sqlx::query("select set_config('app.tenant_id', $1, true)").bind(tenant.to_string()).execute(&mut *tx).await.unwrap();
}

/// Until one connection waits for another one's commit.
pub async fn wait_for_a_lock(world: &World) {
    let waiting =
        "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database())";
    for _ in 0..1_000 {
        if sqlx::query_scalar(waiting).fetch_one(&world.owner).await.unwrap() {
            return;
        }
    }
    panic!("nobody waits");
}

fn clock(moment: &str) -> Clock {
    Clock::fixed(moment.parse::<Timestamp>().unwrap())
}

/// A town with a published-to-be plan, and those who report on it: 総務課 is responsible for AOB-03.
pub struct Town {
    pub world: World,
    pub id: TenantId,
    pub plan: PlanId,
    pub section: SectionId,
    pub secretary: SignedIn,
    pub reporter: SignedIn,
    pub approver: SignedIn,
}

impl Town {
    pub async fn new(owner: PgPool) -> Self {
        let world = World::new(owner).await;
        let id = world.aobadai().await;
        let section = world.section("aobadai", "soumu", None, "総務課").await;
        let (plan, _) = world.import("aobadai", &seed("demo/aobadai/dx-kousou")).await;
        let mut tx = world.maintenance().enter("aobadai").await.unwrap();
        let permit = may(&tx, &Action::Assign);
        let item = Item::Kpi(tx.kpi_id("AOB-03").await.unwrap());
        tx.write_responsibility(permit, &item, "AOB-03", section, Date::constant(2024, 4, 1)).await.unwrap();
        tx.commit().await.unwrap();
        Self {
            secretary: world.member("aobadai", Role::Secretariat, None).await,
            reporter: world.member("aobadai", Role::Reporter, Some(section)).await,
            approver: world.member("aobadai", Role::Approver, Some(section)).await,
            world,
            id,
            plan,
            section,
        }
    }

    pub async fn enter(&self, who: &SignedIn) -> TenantTx {
        self.world.db.enter(who, "aobadai").await.unwrap()
    }

    pub fn may_report(&self, tx: &TenantTx) -> Permit {
        may(tx, &Action::Report { responsible: Some(self.section), sections: &self.tree() })
    }

    pub fn may_decide(&self, tx: &TenantTx, reporter: Option<MemberId>) -> Permit {
        may(tx, &Action::Decide { responsible: Some(self.section), sections: &self.tree(), reporter, own: false })
    }

    /// Files a report of a KPI where the head of the section approves.
    pub async fn file(&self, tx: &mut TenantTx, id: ReportId, code: &str, said: &ActualReport) -> Result<()> {
        let item = Item::Kpi(tx.kpi_id(code).await?);
        let new = NewReport { id, item: &item, code, said, section: Some(self.section) };
        let permit = self.may_report(tx);
        tx.record_report(permit, &new, Approval::Chief).await
    }

    /// The head of the section approves, or returns with a reason.
    pub async fn decide(&self, tx: &mut TenantTx, report: &Report, approved: bool, reason: &str) -> Result<()> {
        let permit = self.may_decide(tx, report.reporter);
        tx.decide_report(permit, report, &Decision { step: Step::Chief, approved, settles: true, reason }).await
    }

    fn tree(&self) -> SectionTree {
        SectionTree(vec![(self.section, None)])
    }
}
