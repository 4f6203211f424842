//! Routes of the tenant. Append-only: a case keeps the version it started with.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    ids::{MemberId, RouteId},
    route::Route,
};
use serde_json::json;
use sqlx::types::Json;

use crate::{Result, StoreError, TenantTx};

/// A version of a route.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: RouteId,
    /// Names it in addresses.
    pub key: String,
    pub version: i32,
    pub route: Route,
    /// Nobody where it came with the tenant.
    pub made_by: Option<MemberId>,
    pub made_at: Timestamp,
    /// Cases that are on this version, ended or not.
    pub cases: i64,
    /// Whether new cases can take the route.
    pub in_use: bool,
}

/// The name under which a version is refused when somebody was quicker.
pub const STALE: &str = "routes_one_per_version";

impl TenantTx {
    /// The newest version of each route, in the order of their making; routes out of use, too.
    pub async fn routes(&mut self) -> Result<Vec<Kept>> {
        let mut versions = self.versions(None).await?;
        let mut seen = std::collections::BTreeSet::new();
        versions.retain(|kept| seen.insert(kept.key.clone()));
        Ok(versions)
    }

    /// The newest version of each route that new cases can take.
    pub async fn routes_in_use(&mut self) -> Result<Vec<Kept>> {
        Ok(self.routes().await?.into_iter().filter(|kept| kept.in_use).collect())
    }

    /// All versions of a route, the newest first; `NotFound` without the route.
    pub async fn route_versions(&mut self, key: &str) -> Result<Vec<Kept>> {
        let versions = self.versions(Some(key)).await?;
        if versions.is_empty() { Err(StoreError::NotFound) } else { Ok(versions) }
    }

    async fn versions(&mut self, key: Option<&str>) -> Result<Vec<Kept>> {
        let rows = sqlx::query!(
            r#"select r.id, r.key, r.version, r.route as "route: Json<Route>", r.made_by, r.made_at,
                 (select count(*) from rashin.cases c where c.route_id = r.id) as "cases!",
                 coalesce((select u.in_use from rashin.route_uses u where u.route_key = r.key order by u.step desc limit 1), true) as "in_use!",
                 min(r.made_at) over (partition by r.key) as "first!"
               from rashin.routes r
               where $1::text is null or r.key = $1
               order by 9, r.key, r.version desc"#,
            key
        )
        .fetch_all(self.sql())
        .await?;
        let kept = rows.into_iter().map(|r| Kept {
            id: RouteId(r.id),
            key: r.key,
            version: r.version,
            route: r.route.0,
            made_by: r.made_by.map(MemberId),
            made_at: r.made_at.to_jiff(),
            cases: r.cases,
            in_use: r.in_use,
        });
        Ok(kept.collect())
    }

    /// The version of a route that each case is on, by the case's number.
    pub async fn route_of_cases(&mut self) -> Result<BTreeMap<i32, RouteId>> {
        let rows = sqlx::query!("select number, route_id from rashin.cases").fetch_all(self.sql()).await?;
        Ok(rows.into_iter().map(|r| (r.number, RouteId(r.route_id))).collect())
    }

    /// Writes a route as the version after the one that was seen (0: none). `Conflict(routes_one_per_version)` when somebody
    /// was quicker.
    pub async fn keep_route(&mut self, permit: Permit, key: &str, route: &Route, seen: i32) -> Result<RouteId> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0);
        let done = sqlx::query!(
            "insert into rashin.routes (tenant_id, id, key, version, route, made_by, made_at)
             select $1, $2, $3::text, $4::integer, $5, $6, $7
             where $4::integer = 1 + coalesce((select max(version) from rashin.routes r where r.key = $3::text), 0)
             on conflict do nothing",
            city,
            id,
            key,
            seen + 1,
            Json(route) as _,
            by,
            now as _,
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(STALE.to_owned()));
        }
        self.used(permit, key, json!({ "route": route.name, "version": seen + 1 }));
        Ok(RouteId(id))
    }

    /// Says whether new cases can take a route; those on their way are not touched.
    pub async fn use_route(&mut self, permit: Permit, kept: &Kept, in_use: bool) -> Result<()> {
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let by = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        sqlx::query!(
            "insert into rashin.route_uses (tenant_id, id, route_key, version, in_use, set_by, set_at) values ($1, $2, $3, $4, $5, $6, $7)",
            city,
            id,
            kept.key,
            kept.version,
            in_use,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, kept.key.clone(), json!({ "route": kept.route.name, "in_use": in_use }));
        Ok(())
    }
}
