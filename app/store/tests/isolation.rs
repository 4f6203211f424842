//! What one tenant has, no other one sees or touches: asked of every tenant table that the catalogue knows.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use rashin_domain::{
    access::{Action, Role},
    draft::{
        Kind,
        edit::{Way, shift},
    },
    ids::{PersonId, TenantId},
    obligation::Item,
    plan::{Lineage, PlanContent, Relation},
};
use rashin_store::{StoreError, responsibility::Owner};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use support::{NOW, TODAY, World, may, own, seed};

const TENANT_TABLES: &str = "select c.oid::regclass::text from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind in ('r', 'p') and c.relnamespace = 'rashin'::regnamespace and c.relname not in ('tenant_names', 'public_catalogue')
    order by 1";

/// Two cities with something in every tenant table, and the prefecture they share with.
struct Cities {
    world: World,
    tables: Vec<String>,
    ours: TenantId,
    theirs: TenantId,
    member: PersonId,
}

fn full_plan() -> PlanContent {
    let mut content = seed("demo/midorino/dx-plan");
    let to_node = content.nodes[0].key.clone();
    content.lineage.push(Lineage { from_plan: "old".into(), from_node: "n1".into(), to_node, relation: Relation::Continued });
    content
}

impl Cities {
    async fn new(owner: PgPool) -> Self {
        let world = World::new(owner).await;
        let (ours, theirs) = (world.aobadai().await, world.midorino().await);
        world.mizuho().await;
        let member = fill(&world, "aobadai", ours).await;
        fill(&world, "midorino", theirs).await;
        let tables = sqlx::query_scalar(TENANT_TABLES).fetch_all(&world.owner).await.unwrap();
        let cities = Self { world, tables, ours, theirs, member };
        assert!(cities.tables.len() > 30, "{:?}", cities.tables);
        for table in &cities.tables {
            for tenant in [ours, theirs] {
                assert!(cities.count(tenant, table).await > 0, "{table} is empty: nothing would be proved");
            }
        }
        cities
    }

    async fn count(&self, tenant: TenantId, table: &str) -> usize {
        self.world.texts(tenant, &format!("select id::text from {table}")).await.len()
    }

    /// The application's login, entered as our member.
    async fn enter(&self, app: &mut PgConnection) {
        let entered: String = sqlx::query_scalar("select slug from gate.enter($1, 'aobadai', $2::text::date)")
            .bind(self.member.0)
            .bind(TODAY.to_string())
            .fetch_one(app)
            .await
            .unwrap();
        assert_eq!(entered, "aobadai");
    }
}

async fn fill(world: &World, city: &str, tenant: TenantId) -> PersonId {
    let section = world.section(city, "soumu", None, "総務課").await;
    let below = world.section(city, "jouhou", Some(section), "情報係").await;
    let who = world.member(city, Role::Secretariat, Some(section)).await;
    let (plan, _) = world.import(city, &full_plan()).await;
    world.publish(city, plan).await;

    let mut tx = world.db.enter(&who, city).await.unwrap();
    let permit = may(&tx, &Action::Assign);
    let (item, today) = (Item::Kpi(tx.kpi_id("MID-01").await.unwrap()), tx.today());
    let owner = Owner { section, person: None, deputy: None };
    tx.hand_over(permit, &[(item, "MID-01".to_owned())], Some(&owner), today).await.unwrap();
    let prefecture = tx.prefecture("mizuho").await.unwrap();
    let (edition, _) = tx.newest_edition(plan).await.unwrap().unwrap();
    let permit = may(&tx, &Action::Share);
    tx.share_kpi(permit, &prefecture, edition, "MID-01").await.unwrap();
    let permit = may(&tx, &Action::Edit);
    tx.make_template(permit, &support::template("T-01"), None).await.unwrap();
    let desk = tx.desk_to_change(&full_plan().plan.slug).await.unwrap();
    let after = shift(desk.content(), Kind::Node, &desk.content().nodes[0].key, Way::Down).unwrap();
    let permit = may(&tx, &Action::Edit);
    assert!(tx.record_step(permit, &desk, &after, "順序を変更").await.unwrap());
    tx.commit().await.unwrap();

    // What no function writes for a city yet.
    let rest = format!(
        "insert into rashin.section_successors (tenant_id, id, section_id, successor_id, effective_on)
           values ('{tenant}', gen_random_uuid(), '{section}', '{below}', '2027-04-01');
         insert into rashin.reorganisations (tenant_id, id, kind, effective_on, reason, summary, changes, planned_by, planned_at, withdrawn_by)
           select tenant_id, gen_random_uuid(), 'move', '2027-04-01', '', '', '{{}}', id, now(), id from rashin.members limit 1;
         insert into rashin.section_moves (tenant_id, id, section_id, parent_id, effective_on)
           values ('{tenant}', gen_random_uuid(), '{below}', '{section}', '2027-04-01');
         insert into rashin.responsibilities (tenant_id, id, plan_id, node_key, section_id, valid_from)
           select tenant_id, gen_random_uuid(), plan_id, key, '{section}', '2026-04-01' from rashin.nodes limit 1;
         insert into rashin.attachments (tenant_id, id, subject_kind, plan_id, subject_key, title, file_name, media_type, size, sha256, content,
                                         uploaded_by, uploaded_at, to_publish, evidence_for)
           select m.tenant_id, gen_random_uuid(), 'nodes', p.id, 'f1', 'X', 'x.txt', 'text/plain', 1, sha256('x'), 'x', m.id, now(), true, 'FY2026'
           from rashin.members m, rashin.plans p limit 1;
         insert into rashin.attachments (tenant_id, id, subject_kind, plan_id, subject_key, title, file_name, media_type, size, sha256,
                                         removed_by, removed_at, uploaded_at)
           select m.tenant_id, gen_random_uuid(), 'nodes', p.id, 'f1', 'X', 'x.txt', 'text/plain', 1, sha256('x'), m.id, now(), now()
           from rashin.members m, rashin.plans p limit 1;
         insert into rashin.errata (tenant_id, id, edition_id, number, place, wrong, correct, reason, issued_on)
           select tenant_id, gen_random_uuid(), id, 1, 'X', '1', '2', '', '2026-07-01' from rashin.editions;
         insert into rashin.shares (tenant_id, id, source_tenant_id, source_name, source_code, plan_title, edition_id, edition_number, as_of, kpi_code, kpi, judgement)
           values ('{tenant}', gen_random_uuid(), '{tenant}', '', '', '', gen_random_uuid(), 1, '2026-07-01', 'X', '{{}}', '{{}}');
         insert into rashin.rounds (tenant_id, id, fiscal_year, kind, opens_on, closes_on, grace_until, reminders, purpose, asks)
           values ('{tenant}', gen_random_uuid(), 2026, 'half', '2026-10-01', '2026-10-30', '2026-11-09', '{{0}}', '', 'all');
         insert into rashin.progress_settings (tenant_id, id, approval, own_approval, evidence_required, stale_months)
           values ('{tenant}', gen_random_uuid(), 'chief', false, false, 12);
         insert into rashin.report_drafts (tenant_id, id, member_id, item, period, form, saved_at)
           select tenant_id, gen_random_uuid(), id, 'x', 'FY2026', '{{}}', now() from rashin.members limit 1;
         insert into rashin.report_workbooks (tenant_id, id, member_id, file_name, sheet, sent_at)
           select tenant_id, gen_random_uuid(), id, 'x.xlsx', '{{}}', now() from rashin.members limit 1;
         insert into rashin.reports (tenant_id, id, plan_id, node_key, period, revision, maturity, section_id, reporter_id, reported_at, note, link,
                                     reason, phase, slip_years)
           select n.tenant_id, gen_random_uuid(), n.plan_id, n.key, 'FY2026', 1, 'preliminary', '{section}', m.id, now(), 'X', '', '', 'X', 0
           from rashin.nodes n, rashin.members m limit 1;
         insert into rashin.plan_milestones (tenant_id, id, plan_id, key, node_key, title, fiscal_year, season, done, position, reading,
                                             source_text, source_place)
           select tenant_id, gen_random_uuid(), plan_id, 'x', key, 'X', 2026, '', false, 1, 'original', '', '' from rashin.nodes limit 1;
         insert into rashin.plan_rulings (tenant_id, id, plan_id, key, node_key, effect, fiscal_year, decided_on, body, document_number, position)
           select tenant_id, gen_random_uuid(), plan_id, 'x', key, 'starts', 2026, '2026-12-01', 'X', '', 1 from rashin.nodes limit 1;
         insert into rashin.reviews (tenant_id, id, plan_id, node_key, fiscal_year, revision, why, course, next_step, author_id, written_at)
           select n.tenant_id, gen_random_uuid(), n.plan_id, n.key, 2026, 1, 'X', 'continue', '', m.id, now()
           from rashin.nodes n, rashin.members m limit 1;
         insert into rashin.reviews (tenant_id, id, kpi_id, fiscal_year, revision, why, course, next_step, section_id, author_id, written_at)
           select k.tenant_id, gen_random_uuid(), k.id, 2026, 1, 'X', 'continue', '', '{section}', m.id, now()
           from rashin.kpis k, rashin.members m limit 1;
         insert into rashin.ledger_entries (tenant_id, id, plan_id, node_key, fiscal_year, revision, project, note, source, section_id, author_id,
                                            written_at)
           select n.tenant_id, gen_random_uuid(), n.plan_id, n.key, 2026, 1, 'X', '', '', '{section}', m.id, now()
           from rashin.nodes n, rashin.members m limit 1;
         insert into rashin.rosters (tenant_id, id, key, name, kind, composition, duties, position)
           values ('{tenant}', gen_random_uuid(), right('{tenant}', 12), 'X', 'other', '', '', 1);
         insert into rashin.seats (tenant_id, id, roster_id, role, section_id, post, nomination, from_year, position)
           select tenant_id, gen_random_uuid(), id, 'member', '{section}', 'X', 'ex_officio', 2026, 1 from rashin.rosters;
         insert into rashin.seats (tenant_id, id, roster_id, role, member_id, post, nomination, from_year, deputy_id, position)
           select r.tenant_id, gen_random_uuid(), r.id, 'member', m.id, '', 'own', 2026, m.id, 2 from rashin.rosters r, rashin.members m limit 1;
         insert into rashin.routes (tenant_id, id, key, version, route, made_at) values ('{tenant}', gen_random_uuid(), right('{tenant}', 12), 1, '{{}}', now());
         insert into rashin.route_uses (tenant_id, id, route_key, version, in_use, set_by, set_at)
           select r.tenant_id, gen_random_uuid(), r.key, r.version, false, m.id, now() from rashin.routes r, rashin.members m limit 1;
         insert into rashin.cases (tenant_id, id, number, route_id, opened_at)
           select tenant_id, gen_random_uuid(), 1 + ('x' || right('{tenant}', 7))::bit(28)::int, id, now() from rashin.routes;
         insert into rashin.ideas (tenant_id, id, number, title, text, member_id, sent_at)
           (select tenant_id, gen_random_uuid(), 1, 'X', 'X', id, now() from rashin.members limit 1) union all
           (select tenant_id, gen_random_uuid(), 2, 'X', 'X', id, now() from rashin.members limit 1);
         insert into rashin.idea_fates (tenant_id, id, idea_id, fate, text, into_id, member_id, said_at)
           select i.tenant_id, gen_random_uuid(), i.id, 'merged', '', o.id, i.member_id, now() from rashin.ideas i, rashin.ideas o
           where (i.number, o.number) = (1, 2);
         insert into rashin.idea_fates (tenant_id, id, idea_id, fate, text, case_id, member_id, said_at)
           select i.tenant_id, gen_random_uuid(), i.id, 'adopted', '', c.id, i.member_id, now() from rashin.ideas i, rashin.cases c
           where i.number = 2;
         insert into rashin.trainings (tenant_id, id, number, kind, manner, title, held_on, place, text, links, called_off, kpi_id, part,
                                       revision, saved_by, saved_at)
           select k.tenant_id, gen_random_uuid(), 1, 'workshop', 'online', 'X', '2026-07-01', '', '', '{{}}', false, k.id, 'main', 1, m.id, now()
           from rashin.kpis k, rashin.members m limit 1;
         insert into rashin.training_attendance (tenant_id, id, training_id, section_id, attendees)
           select tenant_id, gen_random_uuid(), id, '{section}', 1 from rashin.trainings;
         insert into rashin.case_authors (tenant_id, id, case_id, member_id)
           select c.tenant_id, gen_random_uuid(), c.id, m.id from rashin.cases c, rashin.members m limit 1;
         insert into rashin.case_versions (tenant_id, id, case_id, revision, content, written_by, written_at)
           select c.tenant_id, gen_random_uuid(), c.id, 1, '{{}}', m.id, now() from rashin.cases c, rashin.members m limit 1;
         insert into rashin.case_events (tenant_id, id, case_id, version, happened_on, member_id, acted_as, event, document_number, happened_at)
           select c.tenant_id, gen_random_uuid(), c.id, 1, '2026-07-01', m.id, '', '{{}}', '', now() from rashin.cases c, rashin.members m limit 1;
         insert into rashin.case_remarks (tenant_id, id, case_id, version, kind, text, member_id, acted_as, said_at)
           select c.tenant_id, gen_random_uuid(), c.id, 1, 'opinion', 'X', m.id, '', now() from rashin.cases c, rashin.members m limit 1;
         insert into rashin.case_handovers (tenant_id, id, case_id, to_id, from_on, made_by, acted_as, made_at)
           select c.tenant_id, gen_random_uuid(), c.id, m.id, '2027-04-01', m.id, '', now() from rashin.cases c, rashin.members m limit 1;
         insert into rashin.case_escalations (tenant_id, id, case_id, stage, since_on, due_on, told_on)
           select tenant_id, gen_random_uuid(), id, 'x', '2026-07-01', '2026-07-01', '2026-07-01' from rashin.cases;
         insert into rashin.record_periods (tenant_id, id, kind, years) values ('{tenant}', gen_random_uuid(), 'cases', 5);
         insert into rashin.report_comments (tenant_id, id, report_id, member_id, at, text)
           select r.tenant_id, gen_random_uuid(), r.id, m.id, now(), 'X' from rashin.reports r, rashin.members m limit 1;
         insert into rashin.kpi_overrides (tenant_id, id, plan_id, kpi_id, period, revision, label, reason, decided_by, decided_as, decided_at,
                                           withdrawn_by, withdrawn_at)
           select k.tenant_id, gen_random_uuid(), k.plan_id, k.kpi_id, 'FY2025', 0, 'X', 'X', m.id, 'X', now(), m.id, now()
           from rashin.plan_kpis k, rashin.members m limit 1;
         insert into rashin.inquiries (tenant_id, id, plan_id, title, message, snapshot, deadline, sent_at, sent_by, closed_at, closed_by)
           select p.tenant_id, gen_random_uuid(), p.id, 'X', '', '{{}}', '2026-07-14', now(), m.id, now(), m.id
           from rashin.plans p, rashin.members m limit 1;
         insert into rashin.inquiry_sections (tenant_id, id, inquiry_id, section_id, reply, answered_at, answered_by)
           select i.tenant_id, gen_random_uuid(), i.id, '{section}', 'none', now(), i.sent_by from rashin.inquiries i;
         insert into rashin.inquiry_comments (tenant_id, id, inquiry_id, section_id, kind, key, member_id, text, at)
           select i.tenant_id, gen_random_uuid(), i.id, '{section}', 'kpis', 'X', i.sent_by, 'X', now() from rashin.inquiries i;
         insert into rashin.inquiry_answers (tenant_id, id, comment_id, revision, outcome, text, member_id, at)
           select tenant_id, gen_random_uuid(), id, 1, 'noted', 'X', member_id, now() from rashin.inquiry_comments;
         insert into rashin.notifications (tenant_id, id, member_id, kind, key, text, about, href, created_at, by_mail)
           select tenant_id, gen_random_uuid(), id, 'due', 'X', 'X', '', '/staff', now(), false from rashin.members limit 1;
         insert into rashin.mail_refusals (tenant_id, id, member_id, kind)
           select tenant_id, gen_random_uuid(), id, 'approved' from rashin.members limit 1"
    );
    world.as_owner(tenant, &rest).await;
    world.as_owner(tenant, include_str!("support/meetings.sql")).await;
    world.as_owner(tenant, include_str!("support/cards.sql")).await;
    world.as_owner(tenant, include_str!("support/indicators.sql")).await;
    who.person()
}

/// Rows touched, or the SQLSTATE of the refusal. Nothing of it stays.
async fn attempt(app: &mut PgConnection, sql: &str) -> Result<u64, String> {
    let mut inner = app.begin().await.unwrap();
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *inner).await;
    inner.rollback().await.unwrap();
    done.map(|done| done.rows_affected()).map_err(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
}

const DENIED: &str = "42501";

fn denied() -> Result<u64, String> {
    Err(DENIED.to_owned())
}

async fn count(app: &mut PgConnection, table: &str, rows: &str) -> usize {
    let sql = format!("select count(*) from {table} where {rows}");
    sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(app).await.unwrap() as usize
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_tenant_cannot_see_another_ones_rows(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let mut app = cities.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    cities.enter(&mut tx).await;
    for table in &cities.tables {
        assert_eq!(count(&mut tx, table, "true").await, cities.count(cities.ours, table).await, "{table}");
        assert_eq!(count(&mut tx, table, &format!("tenant_id <> '{}'", cities.ours)).await, 0, "{table}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_tenant_cannot_write_into_another_one(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let (ours, theirs) = (cities.ours, cities.theirs);
    let mut app = cities.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    cities.enter(&mut tx).await;
    let mut written = 0;
    for table in &cities.tables {
        let their_row = format!("where tenant_id = '{theirs}'");
        for sql in [format!("update {table} set tenant_id = tenant_id {their_row}"), format!("delete from {table} {their_row}")] {
            let touched = attempt(&mut tx, &sql).await;
            assert!(touched == Ok(0) || touched == denied(), "{sql}: {touched:?}");
        }
        let copy = |tenant: TenantId| {
            let change = format!("jsonb_build_object('tenant_id', '{tenant}', 'id', gen_random_uuid())");
            format!("insert into {table} select (jsonb_populate_record(r, {change})).* from {table} r limit 1")
        };
        assert_eq!(attempt(&mut tx, &copy(theirs)).await, denied(), "insert into {table} for another tenant");
        let steal = format!("update {table} set tenant_id = '{theirs}' where tenant_id = '{ours}'");
        assert_eq!(attempt(&mut tx, &steal).await, denied(), "{steal}");
        // The same statements are sound where they are allowed: a copy of our own row is refused, if at all, by a key.
        written += usize::from(attempt(&mut tx, &copy(ours)).await.is_ok_and(|rows| rows == 1));
        written += usize::from(attempt(&mut tx, &format!("update {table} set tenant_id = tenant_id")).await.is_ok_and(|rows| rows > 0));
    }
    assert!(written > 15, "only {written} statements were allowed: nothing is proved");
}

#[derive(sqlx::FromRow)]
struct ForeignKey {
    name: String,
    table: String,
    target: String,
    columns: Vec<String>,
    targets: Vec<String>,
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_row_cannot_refer_to_another_tenants_row(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let keys = "select k.conname::text as name, k.conrelid::regclass::text as table, k.confrelid::regclass::text as target,
                  array(select a.attname::text from unnest(k.conkey) with ordinality c (num, n)
                        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.num order by c.n) as columns,
                  array(select a.attname::text from unnest(k.confkey) with ordinality c (num, n)
                        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.num order by c.n) as targets
                from pg_constraint k
                where k.contype = 'f' and k.conrelid = any ($1::text[]::regclass[]) and k.confrelid = any ($1::text[]::regclass[])";
    let keys: Vec<ForeignKey> = sqlx::query_as(keys).bind(&cities.tables).fetch_all(&cities.world.owner).await.unwrap();
    assert!(keys.len() > 30);
    for ForeignKey { name, table, target, columns, targets } in keys {
        let pairs = columns.iter().zip(&targets).skip(1);
        let theirs: Vec<_> = pairs.clone().map(|(column, target)| format!("'{column}', {target}")).collect();
        let unset: Vec<_> = targets.iter().map(|target| format!("{target} is null")).collect();
        let theirs =
            format!("select jsonb_build_object({})::text from {target} order by {}, id desc limit 1", theirs.join(", "), unset.join(", "));
        let theirs = cities.world.texts(cities.theirs, &theirs).await.remove(0);

        // As the owner, whom no grant stops; and with no other key in the way, for this one must do.
        let mut tx = cities.world.owner.begin().await.unwrap();
        own(&mut tx, cities.ours).await;
        let others = format!(
            "do $$ declare k record; begin
               for k in select conrelid::regclass as relation, conname from pg_constraint
                        where contype = 'f' and '{table}'::regclass in (conrelid, confrelid) and (conname, conrelid) <> ('{name}', '{table}'::regclass) loop
                 execute format('alter table %s drop constraint %I', k.relation, k.conname);
               end loop;
             end $$"
        );
        sqlx::raw_sql(AssertSqlSafe(others)).execute(&mut *tx).await.unwrap();
        let set: Vec<_> = pairs.map(|(column, _)| format!("{column} = (jsonb_populate_record(r, '{theirs}')).{column}")).collect();
        let not_null: Vec<_> = columns.iter().map(|column| format!("{column} is null")).collect();
        // A row that would become its own parent finds what it refers to.
        let not_itself = match columns.last().zip(targets.last()).filter(|_| table == target) {
            Some((column, key)) => format!("where {key}::text is distinct from '{theirs}'::jsonb ->> '{column}'"),
            None => String::new(),
        };
        let change = format!(
            "update {table} r set {} where id = (select id from {table} {not_itself} order by {}, id limit 1)",
            set.join(", "),
            not_null.join(", ")
        );
        let checked = format!("set constraints rashin.{name} immediate; {change}");
        let error = sqlx::raw_sql(AssertSqlSafe(checked)).execute(&mut *tx).await.expect_err(&change);
        let error = error.as_database_error().unwrap();
        assert_eq!((error.constraint(), error.code().as_deref()), (Some(name.as_str()), Some("23503")), "{change}: {error}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn without_entering_every_table_is_denied(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let every = "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'";
    let every: Vec<String> = sqlx::query_scalar(every).fetch_all(&cities.world.owner).await.unwrap();
    assert!(every.len() > cities.tables.len());
    let mut app = cities.world.app_connection().await;
    for table in &every {
        assert_eq!(attempt(&mut app, &format!("select from {table} limit 1")).await, denied(), "{table}");
    }
}

/// The tables that a role can read, and that it can do nothing else.
async fn readable_as(cities: &Cities, role: &'static str) -> Vec<String> {
    let mut app = cities.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    sqlx::query("select from gate.enter_public('aobadai')").execute(&mut *tx).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("reset role; set local role {role}"))).execute(&mut *tx).await.unwrap();
    let every: Vec<String> =
        sqlx::query_scalar("select relname::text from pg_class where relnamespace = 'rashin'::regnamespace and relkind = 'r' order by 1")
            .fetch_all(&mut *tx)
            .await
            .unwrap();
    let mut readable = Vec::new();
    for table in every {
        if attempt(&mut tx, &format!("select from rashin.{table}")).await != denied() {
            readable.push(table);
        }
    }
    readable
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_public_reads_editions_and_nothing_else_of_a_tenant(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let readable =
        ["attachments", "editions", "errata", "master_municipalities", "master_prefectures", "public_catalogue", "tenant_names", "tenants"];
    assert_eq!(readable_as(&cities, "rashin_public").await, readable);
    let mut app = cities.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    sqlx::query("select from gate.enter_public('aobadai')").execute(&mut *tx).await.unwrap();
    assert_eq!(count(&mut tx, "rashin.editions", "true").await, 0, "without a moment nothing is due");
    sqlx::query("select set_config('app.now', $1, true)").bind(NOW).execute(&mut *tx).await.unwrap();
    for table in ["rashin.editions", "rashin.errata"] {
        assert_eq!(count(&mut tx, table, "true").await, 1, "{table}");
        assert_eq!(count(&mut tx, table, &format!("tenant_id = '{}'", cities.ours)).await, 1, "{table}");
    }
    // No edition lists the files that are there.
    assert_eq!(count(&mut tx, "rashin.attachments", "true").await, 0);
    for table in cities.tables.iter().map(String::as_str).chain(["rashin.public_catalogue", "rashin.tenants", "rashin.tenant_names"]) {
        assert_eq!(attempt(&mut tx, &format!("delete from {table}")).await, denied(), "{table}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_sign_in_reads_no_tenant_table(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let readable = readable_as(&cities, "rashin_identity").await;
    assert!(readable.contains(&"people".to_owned()));
    for table in &cities.tables {
        assert!(!readable.iter().any(|name| format!("rashin.{name}") == *table), "{table}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn nothing_of_a_tenant_remains_after_its_transaction(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let mut app = cities.world.app_connection().await;
    for commit in [true, false] {
        let mut tx = app.begin().await.unwrap();
        cities.enter(&mut tx).await;
        assert!(count(&mut tx, "rashin.plans", "true").await > 0);
        if commit {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        let left: (String, String, String) = sqlx::query_as(
            "select current_user::text, coalesce(current_setting('app.tenant_id', true), ''), coalesce(current_setting('app.actor', true), '')",
        )
        .fetch_one(&mut app)
        .await
        .unwrap();
        assert_eq!(left, ("rashin_app".to_owned(), String::new(), String::new()));
        assert_eq!(attempt(&mut app, "select from rashin.plans").await, denied());

        // A transaction that has the role but no tenant sees nothing.
        let mut tx = app.begin().await.unwrap();
        sqlx::query("set local role rashin_tenant").execute(&mut *tx).await.unwrap();
        for table in &cities.tables {
            assert_eq!(count(&mut tx, table, "true").await, 0, "{table}");
        }
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_member_inside_one_tenant_cannot_walk_on_into_another(pool: PgPool) {
    let cities = Cities::new(pool).await;
    let mut app = cities.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    cities.enter(&mut tx).await;
    // Not even the door just passed opens again.
    let again = format!("gate.enter('{}', 'aobadai', '{TODAY}')", cities.member);
    for door in [again.as_str(), "gate.enter_public('midorino')", "gate.enter_maintenance('midorino')"] {
        assert_eq!(attempt(&mut tx, &format!("select from {door}")).await, denied(), "{door}");
    }
    drop(tx);
    assert_eq!(attempt(&mut app, "select from gate.enter_maintenance('midorino')").await, denied(), "the command line's door");
    let entered = cities.world.db.enter(&cities.world.sign_in(cities.member).await, "midorino").await;
    assert!(matches!(entered, Err(StoreError::NotFound)));
}
