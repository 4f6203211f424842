//! Bodies of the tenant and their seats.

use rashin_domain::{
    access::Permit,
    clock::FiscalYear,
    ids::{MemberId, RosterId, SeatId, SectionId},
    plan::BodyKind,
    roster::{Held, Nomination, Roster, Seat, SeatRole},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx};

/// What a body is, beside its seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charter {
    /// Names it in routes and addresses; never changed.
    pub key: String,
    pub name: String,
    pub kind: BodyKind,
    /// Who belongs to it, in the plan's words.
    pub composition: String,
    /// A line each.
    pub duties: String,
    /// Key of the body above.
    pub parent: Option<String>,
    pub secretariat: Option<SectionId>,
    /// 採決をとる: numbers of votes are written down.
    pub votes: bool,
}

/// A body as it stands.
#[derive(Clone, Debug)]
pub struct Body {
    pub id: RosterId,
    pub charter: Charter,
    pub seats: Vec<(SeatId, Seat)>,
}

impl Body {
    pub fn roster(&self) -> Roster {
        let seats = self.seats.iter().map(|(_, seat)| seat.clone()).collect();
        Roster { body: self.charter.key.clone(), seats, secretariat: self.charter.secretariat }
    }
}

impl TenantTx {
    /// All bodies in their order, with all seats that ever were.
    pub async fn rosters(&mut self) -> Result<Vec<Body>> {
        let rows = sqlx::query!(
            "select id, key, name, kind, composition, duties, parent_key, secretariat_id, votes from rashin.rosters order by position, key"
        )
        .fetch_all(self.sql())
        .await?;
        let seats = sqlx::query!(
            "select id, roster_id, role, member_id, section_id, post, nomination, from_year, until_year, deputy_id
             from rashin.seats order by position, from_year, id"
        )
        .fetch_all(self.sql())
        .await?;
        let mut bodies: Vec<Body> = rows
            .into_iter()
            .map(|r| Body {
                id: RosterId(r.id),
                charter: Charter {
                    key: r.key,
                    name: r.name,
                    kind: BodyKind::from_code(&r.kind).unwrap_or(BodyKind::Other),
                    composition: r.composition,
                    duties: r.duties,
                    parent: r.parent_key,
                    secretariat: r.secretariat_id.map(SectionId),
                    votes: r.votes,
                },
                seats: Vec::new(),
            })
            .collect();
        for r in seats {
            let held = match r.member_id {
                Some(member) => Held::Person(MemberId(member)),
                None => Held::Post { section: r.section_id.map(SectionId), post: r.post },
            };
            let seat = Seat {
                role: SeatRole::from_code(&r.role).unwrap_or(SeatRole::Ordinary),
                held,
                nomination: Nomination::from_code(&r.nomination).unwrap_or(Nomination::Section),
                from: FiscalYear(r.from_year),
                until: r.until_year.map(FiscalYear),
                deputy: r.deputy_id.map(MemberId),
            };
            if let Some(body) = bodies.iter_mut().find(|body| body.id.0 == r.roster_id) {
                body.seats.push((SeatId(r.id), seat));
            }
        }
        Ok(bodies)
    }

    /// Writes a body: a new one, or a new charter for the one of its key. `Conflict` when the body above is unknown.
    pub async fn keep_roster(&mut self, permit: Permit, charter: &Charter) -> Result<()> {
        let (city, id) = (self.city().id.0, self.new_id());
        sqlx::query!(
            "insert into rashin.rosters (tenant_id, id, key, name, kind, composition, duties, parent_key, secretariat_id, votes, position)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select coalesce(max(position), 0) + 1 from rashin.rosters))
             on conflict on constraint rosters_one_key do update
             set name = excluded.name, kind = excluded.kind, composition = excluded.composition, duties = excluded.duties,
                 parent_key = excluded.parent_key, secretariat_id = excluded.secretariat_id,
                 votes = excluded.votes",
            city,
            id,
            charter.key,
            charter.name,
            charter.kind.code(),
            charter.composition,
            charter.duties,
            charter.parent,
            charter.secretariat.map(|section| section.0),
            charter.votes,
        )
        .execute(self.sql())
        .await?;
        self.used(permit, charter.key.clone(), json!({ "body": charter.name }));
        Ok(())
    }

    /// Writes a seat of a body: a new one without an id. `NotFound` when the body has no such seat.
    pub async fn keep_seat(&mut self, permit: Permit, body: &Body, id: Option<SeatId>, seat: &Seat) -> Result<()> {
        let (city, new) = (self.city().id.0, self.new_id());
        let (member, section, post) = match &seat.held {
            Held::Person(member) => (Some(member.0), None, ""),
            Held::Post { section, post } => (None, section.map(|section| section.0), post.as_str()),
        };
        let done = sqlx::query!(
            "insert into rashin.seats (tenant_id, id, roster_id, role, member_id, section_id, post, nomination, from_year, until_year, deputy_id, position)
             select $1, coalesce($2::uuid, $3), $4::uuid, $5, $6, $7, $8, $9, $10, $11, $12,
                    (select coalesce(max(position), 0) + 1 from rashin.seats where roster_id = $4::uuid)
             where $2::uuid is null or exists (select from rashin.seats s where s.id = $2::uuid and s.roster_id = $4::uuid)
             on conflict (tenant_id, id) do update
             set role = excluded.role, member_id = excluded.member_id, section_id = excluded.section_id, post = excluded.post,
                 nomination = excluded.nomination, from_year = excluded.from_year, until_year = excluded.until_year,
                 deputy_id = excluded.deputy_id",
            city,
            id.map(|id| id.0),
            new,
            body.id.0,
            seat.role.code(),
            member,
            section,
            post,
            seat.nomination.code(),
            seat.from.0,
            seat.until.map(|year| year.0),
            seat.deputy.map(|member| member.0),
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.used(permit, body.charter.key.clone(), json!({ "seat": seat.role.label(), "since": seat.from.label() }));
        Ok(())
    }
}
