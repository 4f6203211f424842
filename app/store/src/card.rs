//! OODAカード: what they are about and what was written on them. Append-only.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    card::{Card, Deed, Event, Opening, Step},
    ids::{CardId, MemberId},
};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, db::Numbered};

/// A card with all that lists and its page show.
#[derive(Clone, Debug)]
pub struct CardFile {
    pub id: CardId,
    /// Names it in addresses.
    pub number: i32,
    pub title: String,
    pub subject: Subject,
    /// Key of the body that is told when it is late; 事務局 where there is none.
    pub body: Option<String>,
    pub card: Card,
    /// Oldest first.
    pub history: Vec<Happened>,
    /// That somebody above was told that it is late.
    pub raised: Option<Raised>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    pub on: Date,
    /// Key of the body; 事務局 where there is none, or nobody sat in it.
    pub body: Option<String>,
}

/// What a card is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Kpi { code: String, name: String },
    Case { number: i32, title: String },
}

impl Subject {
    /// The cards about it.
    pub fn wanted(&self) -> Wanted<'_> {
        match self {
            Subject::Kpi { code, .. } => Wanted::Kpi(code),
            Subject::Case { number, .. } => Wanted::Case(*number),
        }
    }
}

/// Something that happened to a card, and who did it.
#[derive(Clone, Debug)]
pub struct Happened {
    pub event: Event,
    pub by: MemberId,
    pub name: String,
    pub at: Timestamp,
}

/// Which cards are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    All,
    One(i32),
    /// By its code.
    Kpi(&'a str),
    /// By its number.
    Case(i32),
}

/// Whom and what a new card concerns.
#[derive(Clone, Copy, Debug)]
pub struct Concerns<'a> {
    /// A KPI by its code or a case by its number; names are not looked at.
    pub subject: &'a Subject,
    pub owner: MemberId,
    /// Key of the body.
    pub body: Option<&'a str>,
}

/// The name under which somebody who came second is refused.
pub const STALE_CARD: &str = "card_events_one_per_version";

impl TenantTx {
    /// Cards, the newest first.
    pub async fn cards(&mut self, wanted: Wanted<'_>) -> Result<Vec<CardFile>> {
        let (number, code, case) = match wanted {
            Wanted::All => (None, None, None),
            Wanted::One(number) => (Some(number), None, None),
            Wanted::Kpi(code) => (None, Some(code), None),
            Wanted::Case(number) => (None, None, Some(number)),
        };
        let rows = sqlx::query!(
            r#"select c.id, c.number, c.title, r.key as "body?", e.told_on as "told_on?", b.key as "told?", k.code as "code?", s.number as "case?",
                 (select d.name from rashin.kpi_definitions d where d.kpi_id = k.id order by d.version desc limit 1) as kpi_name,
                 (select v.content ->> 'title' from rashin.case_versions v where v.case_id = s.id order by v.revision desc limit 1) as case_title
               from rashin.cards c
               left join rashin.rosters r on r.tenant_id = c.tenant_id and r.id = c.roster_id
               left join rashin.card_escalations e on e.tenant_id = c.tenant_id and e.card_id = c.id
               left join rashin.rosters b on b.tenant_id = e.tenant_id and b.id = e.roster_id
               left join rashin.kpis k on k.tenant_id = c.tenant_id and k.id = c.kpi_id
               left join rashin.cases s on s.tenant_id = c.tenant_id and s.id = c.case_id
               where ($1::integer is null or c.number = $1) and ($2::text is null or k.code = $2) and ($3::integer is null or s.number = $3)
               order by c.number desc"#,
            number,
            code,
            case
        )
        .fetch_all(self.sql())
        .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut history = self.card_events(&ids).await?;
        let mut cards = Vec::with_capacity(rows.len());
        for row in rows {
            let id = CardId(row.id);
            let history = history.remove(&id).unwrap_or_default();
            let events: Vec<Event> = history.iter().map(|one| one.event.clone()).collect();
            // What was recorded was possible when it was recorded.
            let broken = |(at, refused)| sqlx::Error::Decode(format!("card {id}: event {at}: {refused:?}").into());
            let card = Card::replay(&events).map_err(broken)?;
            let subject = match (row.code, row.case) {
                (Some(code), _) => Subject::Kpi { code, name: row.kpi_name.unwrap_or_default() },
                (None, case) => Subject::Case { number: case.unwrap_or_default(), title: row.case_title.unwrap_or_default() },
            };
            let raised = row.told_on.map(|day| Raised { on: day.to_jiff(), body: row.told });
            cards.push(CardFile { id, number: row.number, title: row.title, subject, body: row.body, card, history, raised });
        }
        Ok(cards)
    }

    async fn card_events(&mut self, cards: &[Uuid]) -> Result<BTreeMap<CardId, Vec<Happened>>> {
        let rows = sqlx::query!(
            r#"select e.card_id, e.happened_on, e.event as "deed: Json<Deed>", e.member_id, m.name, e.happened_at
               from rashin.card_events e join rashin.members m on m.tenant_id = e.tenant_id and m.id = e.member_id
               where e.card_id = any ($1) order by e.card_id, e.version"#,
            cards
        )
        .fetch_all(self.sql())
        .await?;
        let mut history: BTreeMap<CardId, Vec<Happened>> = BTreeMap::new();
        for row in rows {
            let event = Event { on: row.happened_on.to_jiff(), deed: row.deed.0 };
            let happened = Happened { event, by: MemberId(row.member_id), name: row.name, at: row.happened_at.to_jiff() };
            history.entry(CardId(row.card_id)).or_default().push(happened);
        }
        Ok(history)
    }

    /// Opens a card with what was seen; its number. `NotFound` when there is no such KPI, case or body.
    pub async fn open_card(&mut self, permit: Permit, opening: &Opening, concerns: Concerns<'_>) -> Result<i32> {
        let (city, id) = (self.city().id.0, CardId(self.new_id()));
        let (code, case) = match concerns.subject {
            Subject::Kpi { code, .. } => (Some(code), None),
            Subject::Case { number, .. } => (None, Some(*number)),
        };
        let number = self.next_number(Numbered::Cards).await?;
        let done = sqlx::query!(
            "insert into rashin.cards (tenant_id, id, number, title, kpi_id, case_id, roster_id)
             select $1, $2, $7, $3,
               (select id from rashin.kpis where code = $4), (select id from rashin.cases where number = $5),
               (select id from rashin.rosters where key = $6)
             where ($6::text is null or exists (select from rashin.rosters where key = $6))
               and (exists (select from rashin.kpis where code = $4) or exists (select from rashin.cases where number = $5))",
            city,
            id.0,
            opening.title,
            code,
            case,
            concerns.body,
            number
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.write_card_event(id, 0, &Deed::Opened { owner: concerns.owner, days: opening.days }).await?;
        let seen = Deed::Written { step: Step::Observe, text: opening.observation.clone() };
        self.write_card_event(id, 1, &seen).await?;
        self.used(permit, format!("card {number}"), json!({ "card": opening.title, "days": opening.days }));
        Ok(number)
    }

    /// Records what happened to a card, if nothing else happened since it was seen: else `Conflict(card_events_one_per_version)`.
    pub async fn record_on_card(&mut self, permit: Permit, filed: &CardFile, deed: &Deed) -> Result<()> {
        self.write_card_event(filed.id, filed.card.version, deed).await?;
        let detail = match deed {
            Deed::Opened { days, .. } => json!({ "card": filed.title, "days": days }),
            Deed::Written { step, .. } => json!({ "card_step": step.label() }),
            Deed::HandedOver { to } => json!({ "card_owner": to }),
            Deed::Closed { .. } => json!({ "card_closed": filed.title }),
            Deed::GivenUp { reason } => json!({ "card_given_up": filed.title, "reason": reason }),
        };
        self.used(permit, format!("card {}", filed.number), detail);
        Ok(())
    }

    async fn write_card_event(&mut self, card: CardId, seen: u32, deed: &Deed) -> Result<()> {
        let (city, id, by, now, today) = (self.city().id.0, self.new_id(), self.author()?, self.now(), self.today());
        let version = i32::try_from(seen).unwrap_or(i32::MAX - 1) + 1;
        let done = sqlx::query!(
            "insert into rashin.card_events (tenant_id, id, card_id, version, happened_on, event, member_id, happened_at)
             select $1, $2, $3::uuid, $4::integer, $5, $6, $7, $8
             where $4::integer = 1 + coalesce((select max(version) from rashin.card_events e where e.card_id = $3::uuid), 0)
             on conflict on constraint card_events_one_per_version do nothing",
            city,
            id,
            card.0,
            version,
            jiff_sqlx::Date::from(today) as _,
            Json(deed) as _,
            by,
            jiff_sqlx::Timestamp::from(now) as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Conflict(STALE_CARD.to_owned())) } else { Ok(()) }
    }

    /// Writes down that a body, or 事務局, is told today that a card is late. False when somebody was told before.
    pub async fn escalate_card(&mut self, filed: &CardFile, body: Option<&str>) -> Result<bool> {
        let (city, id, today) = (self.city().id.0, self.new_id(), self.today());
        let done = sqlx::query!(
            "insert into rashin.card_escalations (tenant_id, id, card_id, told_on, roster_id)
             values ($1, $2, $3, $4, (select id from rashin.rosters where key = $5))
             on conflict on constraint card_escalations_once do nothing",
            city,
            id,
            filed.id.0,
            jiff_sqlx::Date::from(today) as _,
            body
        )
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
