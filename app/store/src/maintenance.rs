//! The command line's door, under the migrator's login: schema, masters, tenants, people.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::{Actor, Capacity, Permit, Role},
    clock::{Clock, japan_date},
    identity::LinkPurpose,
    ids::{Ids, MemberId, PersonId, SectionId, TenantId},
    obligation::Item,
    tenancy::{LocalCode, Slug, TenantKind},
};
use serde_json::json;
use sqlx::{
    PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    types::Json,
};

use crate::{City, Result, StoreError, TenantTx, db::city_of, jobs::Failure, session::hashed};

pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// The database under the migrator's login. Never used to answer a request.
pub struct Maintenance {
    pool: PgPool,
    clock: Clock,
    ids: Ids,
}

/// A tenant to be made.
pub struct NewTenant<'a> {
    pub kind: TenantKind,
    pub slug: &'a Slug,
    pub code: &'a LocalCode,
    pub name: &'a str,
    pub kana: &'a str,
    /// Two digits.
    pub prefecture: &'a str,
    pub fictional: bool,
}

/// A section of a sections file.
pub struct NewSection<'a> {
    pub key: &'a str,
    pub parent: Option<SectionId>,
    pub name: &'a str,
    pub kind: &'a str,
    pub position: i32,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

/// An assignment of a staff file.
pub struct NewAssignment<'a> {
    pub section: Option<SectionId>,
    pub role: Role,
    pub post: &'a str,
    pub capacity: Capacity,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

/// A code and its name, as in the master files: (code, prefecture's full code or empty, name, kana).
pub type MasterRow = (String, String, String, String);

impl Maintenance {
    pub async fn connect(url: &str, clock: Clock, ids: Ids) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await?;
        Ok(Self { pool, clock, ids })
    }

    pub fn for_test(pool: PgPool, clock: Clock, ids: Ids) -> Self {
        Self { pool, clock, ids }
    }

    /// Brings the database to this program's version, the queue of jobs included.
    pub async fn migrate(&self) -> Result<(), Failure> {
        MIGRATOR.run(&self.pool).await?;
        self.migrate_jobs().await
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub async fn close(self) {
        self.pool.close().await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        Ok(self.pool.begin().await?)
    }

    /// Writes the code masters; running it again changes nothing.
    pub async fn load_masters(&self, prefectures: &[MasterRow], municipalities: &[MasterRow]) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into rashin.master_prefectures (code, name, kana) select o ->> 0, o ->> 2, o ->> 3 from jsonb_array_elements($1) o
             on conflict (code) do update set name = excluded.name, kana = excluded.kana",
            Json(prefectures) as _
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into rashin.master_municipalities (code, prefecture, name, kana)
             select o ->> 0, o ->> 1, o ->> 2, o ->> 3 from jsonb_array_elements($1) o
             on conflict (code) do update set prefecture = excluded.prefecture, name = excluded.name, kana = excluded.kana",
            Json(municipalities) as _
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Name and kana of a municipality or prefecture in the master.
    pub async fn master_name(&self, code: &LocalCode) -> Result<(String, String)> {
        let row = sqlx::query!(
            r#"select name as "name!", kana as "kana!" from rashin.master_municipalities where code = $1
               union all select name, kana from rashin.master_prefectures where code = $1"#,
            code.as_str()
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((row.name, row.kana))
    }

    /// Makes a tenant, or finds the one that has this slug already.
    pub async fn create_tenant(&self, new: NewTenant<'_>) -> Result<(TenantId, bool)> {
        let mut tx = self.pool.begin().await?;
        let found = sqlx::query_scalar!("select tenant_id from rashin.tenant_names where slug = $1", new.slug.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(id) = found {
            return Ok((TenantId(id), false));
        }
        let now = self.clock.now();
        let id = TenantId(self.ids.uuid(now));
        sqlx::query!(
            "insert into rashin.tenants (id, kind, fictional, created_at) values ($1, $2, $3, $4)",
            id.0,
            new.kind.code(),
            new.fictional,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into rashin.tenant_names (tenant_id, slug, code, name, kana, prefecture, valid_from) values ($1, $2, $3, $4, $5, $6, $7)",
            id.0,
            new.slug.as_str(),
            new.code.as_str(),
            new.name,
            new.kana,
            new.prefecture,
            jiff_sqlx::Date::from(japan_date(now)) as _,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((id, true))
    }

    /// Gives a tenant a new slug; the old one redirects and stays taken.
    pub async fn rename_tenant(&self, tenant: TenantId, slug: &Slug) -> Result<()> {
        let today = jiff_sqlx::Date::from(self.clock.today());
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "update rashin.tenant_names set valid_until = greatest(valid_from, $2) where tenant_id = $1 and valid_until is null",
            tenant.0,
            today as _
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into rashin.tenant_names (tenant_id, slug, code, name, kana, prefecture, valid_from)
             select tenant_id, $2, code, name, kana, prefecture, $3 from rashin.tenant_names
             where tenant_id = $1 order by valid_until desc limit 1",
            tenant.0,
            slug.as_str(),
            today as _
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Makes a person, or finds the one with this address.
    pub async fn create_person(&self, email: Option<&str>, name: &str, operator: bool) -> Result<PersonId> {
        let id = self.ids.uuid(self.clock.now());
        let id = sqlx::query_scalar!(
            r#"with made as (insert into rashin.people (id, email, name, operator, created_at) values ($1, $2, $3, $4, $5)
                             on conflict on constraint people_one_email do nothing returning id)
               select id as "id!" from made union all select id from rashin.people where email = $2 limit 1"#,
            id,
            email,
            name,
            operator,
            jiff_sqlx::Timestamp::from(self.clock.now()) as _,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(PersonId(id))
    }

    /// A member who has not left, by the staff number in any case.
    pub async fn person_by_staff_number(&self, city: &str, number: &str) -> Result<PersonId> {
        let found = sqlx::query_scalar!("select gate.person_by_staff_number($1, $2)", city, number).fetch_one(&self.pool).await?;
        found.map(PersonId).ok_or(StoreError::NotFound)
    }

    /// Sets a password without a link: demonstration and first operator only.
    pub async fn set_password(&self, person: PersonId, password_hash: &str) -> Result<()> {
        sqlx::query!(
            "insert into rashin.credentials (person_id, password_hash, set_at) values ($1, $2, $3)
             on conflict (person_id) do update set password_hash = excluded.password_hash, set_at = excluded.set_at",
            person.0,
            password_hash,
            jiff_sqlx::Timestamp::from(self.clock.now()) as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// An invitation for the printer or the outbox: returns nothing, stores only the token's hash.
    pub async fn make_invitation(&self, person: PersonId, token: &[u8]) -> Result<()> {
        let now = self.clock.now();
        sqlx::query!(
            "update rashin.one_time_links set used_at = $2 where person_id = $1 and purpose = 'invitation' and used_at is null",
            person.0,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(&self.pool)
        .await?;
        sqlx::query!(
            "insert into rashin.one_time_links (token_hash, person_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
            hashed(token),
            person.0,
            LinkPurpose::Invitation.code(),
            jiff_sqlx::Timestamp::from(now) as _,
            jiff_sqlx::Timestamp::from(now + rashin_domain::identity::INVITATION_LIFE) as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Enters a tenant as the command line.
    pub async fn enter(&self, city: &str) -> Result<TenantTx> {
        let now = self.clock.now();
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"select tenant_id as "tenant_id!", slug as "slug!", code as "code!", name as "name!", prefecture as "prefecture!",
                 kind as "kind!", fictional as "fictional!"
               from gate.enter_maintenance($1), set_config('app.now', $2, true)"#,
            city,
            now.to_string(),
        )
        .fetch_one(&mut *tx)
        .await?;
        let city: City = city_of(row.tenant_id, row.slug, row.code, row.name, row.prefecture, &row.kind, row.fictional);
        let actor = Actor::Maintenance(city.id);
        Ok(TenantTx::new(tx, city, actor, now, self.ids.clone()))
    }
}

impl TenantTx {
    /// Writes a section by its key; returns its id.
    pub async fn write_section(&mut self, permit: Permit, section: &NewSection<'_>) -> Result<SectionId> {
        let (city, new) = (self.city().id.0, self.new_id());
        let id = sqlx::query_scalar!(
            "insert into rashin.sections (tenant_id, id, key, parent_id, name, kind, position, valid_from, valid_until)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict on constraint sections_one_key do update set name = excluded.name, kind = excluded.kind
             returning id",
            city,
            new,
            section.key,
            section.parent.map(|p| p.0),
            section.name,
            section.kind,
            section.position,
            jiff_sqlx::Date::from(section.valid_from) as _,
            section.valid_until.map(jiff_sqlx::Date::from) as _,
        )
        .fetch_one(self.sql())
        .await?;
        if id != new && section.parent.is_some() {
            self.put_section(SectionId(id), section.parent, section.valid_from).await?;
        }
        self.used(permit, section.key, json!({ "section": section.name }));
        Ok(SectionId(id))
    }

    /// Makes a person a member of this tenant, or finds the membership. `state` is `invited` until a password is set.
    pub async fn write_member(
        &mut self,
        permit: Permit,
        person: PersonId,
        name: &str,
        kana: &str,
        staff_number: Option<&str>,
        state: &str,
    ) -> Result<MemberId> {
        let (city, id) = (self.city().id.0, self.new_id());
        let id = sqlx::query_scalar!(
            "insert into rashin.members (tenant_id, id, person_id, name, kana, staff_number, state) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict on constraint members_one_per_person do update set
               name = excluded.name, kana = coalesce(nullif(excluded.kana, ''), members.kana),
               staff_number = coalesce(excluded.staff_number, members.staff_number)
             returning id",
            city,
            id,
            person.0,
            name,
            kana,
            staff_number,
            state
        )
        .fetch_one(self.sql())
        .await?;
        self.used(permit, id.to_string(), json!({ "member": state }));
        Ok(MemberId(id))
    }

    pub async fn write_assignment(&mut self, permit: Permit, member: MemberId, new: &NewAssignment<'_>) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.assignments (tenant_id, id, member_id, section_id, role, post, capacity, valid_from, valid_until)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict do nothing",
            city,
            id,
            member.0,
            new.section.map(|s| s.0),
            new.role.code(),
            new.post,
            new.capacity.code(),
            jiff_sqlx::Date::from(new.valid_from) as _,
            new.valid_until.map(jiff_sqlx::Date::from) as _,
        )
        .execute(self.sql())
        .await?;
        self.used(permit, member.to_string(), json!({ "role": new.role }));
        Ok(())
    }

    /// Makes a section responsible for a KPI or an initiative from a day on (staff files). `name`: as the log names it.
    pub async fn write_responsibility(&mut self, permit: Permit, item: &Item, name: &str, section: SectionId, from: Date) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        let (kpi, plan, node) = item.columns();
        sqlx::query!(
            "insert into rashin.responsibilities (tenant_id, id, kpi_id, plan_id, node_key, section_id, valid_from) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (tenant_id, kpi_id, section_id, valid_from) where kpi_id is not null do nothing",
            city,
            id,
            kpi,
            plan,
            node,
            section.0,
            jiff_sqlx::Date::from(from) as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, name, json!({ "section": section }));
        Ok(())
    }
}
