//! Routes of the tenant. Append-only: a case keeps the version it started with.

use jiff::Timestamp;
use rashin_domain::{access::Permit, ids::RouteId, route::Route};
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
    pub made_at: Timestamp,
    /// Cases that are on this version, ended or not.
    pub cases: i64,
}

/// The name under which a version is refused when somebody was quicker.
pub const STALE: &str = "routes_one_per_version";

impl TenantTx {
    /// The newest version of each route, in the order of their making.
    pub async fn routes(&mut self) -> Result<Vec<Kept>> {
        let rows = sqlx::query!(
            r#"select r.id, r.key, r.version, r.route as "route: Json<Route>", r.made_at,
                 (select count(*) from rashin.cases c where c.route_id = r.id) as "cases!",
                 min(r.made_at) over (partition by r.key) as "first!"
               from rashin.routes r
               where r.version = (select max(n.version) from rashin.routes n where n.key = r.key)
               order by 7, r.key"#
        )
        .fetch_all(self.sql())
        .await?;
        let kept = |r| {
            let (id, key, version, route, made_at, cases) = r;
            Kept { id: RouteId(id), key, version, route, made_at, cases }
        };
        Ok(rows.into_iter().map(|r| kept((r.id, r.key, r.version, r.route.0, r.made_at.to_jiff(), r.cases))).collect())
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
}
