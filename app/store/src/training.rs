//! 研修会・情報発信, and who came. Of two who save at once the second is told; the log says what each saved.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rashin_domain::{
    access::Permit,
    ids::{SectionId, TrainingId},
    training::{Manner, Tie, Training, TrainingKind},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx, db::Numbered};

/// A training with who came to it.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: TrainingId,
    /// Names it in addresses.
    pub number: i32,
    pub training: Training,
    /// By the order of sections; people from outside last.
    pub attendance: Vec<Attended>,
    /// Goes up with every save.
    pub revision: i32,
    pub saved_by: String,
    pub saved_at: Timestamp,
}

/// How many came from a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attended {
    /// The section and its name, be it gone; `None`: from outside.
    pub section: Option<(SectionId, String)>,
    pub attendees: i32,
}

impl Held {
    pub fn attendees(&self) -> i64 {
        self.attendance.iter().map(|attended| i64::from(attended.attendees)).sum()
    }
}

/// The name under which a save is refused that did not see the one before.
pub const STALE_TRAINING: &str = "trainings_revision_seen";

impl TenantTx {
    /// All of them, the newest day first.
    pub async fn trainings(&mut self) -> Result<Vec<Held>> {
        let mut attendance = self.training_attendance().await?;
        let rows = sqlx::query!(
            r#"select t.id, t.number, t.kind, t.manner, t.title, t.held_on, t.place, t.text, t.links, t.called_off,
                 k.code as "code?", t.part, t.revision, m.name, t.saved_at
               from rashin.trainings t
               join rashin.members m on m.tenant_id = t.tenant_id and m.id = t.saved_by
               left join rashin.kpis k on k.tenant_id = t.tenant_id and k.id = t.kpi_id
               order by t.held_on desc, t.number desc"#
        )
        .fetch_all(self.sql())
        .await?;
        let held = rows.into_iter().map(|r| {
            let id = TrainingId(r.id);
            // The check constraints and the only writer admit known codes; another one is a damaged row.
            let damaged = || StoreError::Db(sqlx::Error::Decode(format!("training {id}").into()));
            Ok(Held {
                id,
                number: r.number,
                training: Training {
                    kind: TrainingKind::from_code(&r.kind).ok_or_else(damaged)?,
                    manner: Manner::from_code(&r.manner).ok_or_else(damaged)?,
                    title: r.title,
                    on: r.held_on.to_jiff(),
                    place: r.place,
                    text: r.text,
                    links: r.links,
                    tie: r.code.zip(r.part).map(|(code, part)| Tie { code, part }),
                    called_off: r.called_off,
                },
                attendance: attendance.remove(&id).unwrap_or_default(),
                revision: r.revision,
                saved_by: r.name,
                saved_at: r.saved_at.to_jiff(),
            })
        });
        held.collect()
    }

    pub async fn training(&mut self, number: i32) -> Result<Held> {
        self.trainings().await?.into_iter().find(|held| held.number == number).ok_or(StoreError::NotFound)
    }

    async fn training_attendance(&mut self) -> Result<BTreeMap<TrainingId, Vec<Attended>>> {
        let rows = sqlx::query!(
            r#"select a.training_id, a.section_id, s.name as "name?", a.attendees
               from rashin.training_attendance a
               left join rashin.sections s on s.tenant_id = a.tenant_id and s.id = a.section_id
               order by s.position nulls last, s.key"#
        )
        .fetch_all(self.sql())
        .await?;
        let mut attendance: BTreeMap<TrainingId, Vec<Attended>> = BTreeMap::new();
        for r in rows {
            let section = r.section_id.map(SectionId).zip(r.name);
            attendance.entry(TrainingId(r.training_id)).or_default().push(Attended { section, attendees: r.attendees });
        }
        Ok(attendance)
    }

    /// Keeps a new one; its number.
    pub async fn arrange_training(&mut self, permit: Permit, training: &Training) -> Result<i32> {
        let (city, id, kpi) = (self.city().id.0, self.new_id(), self.tied(training).await?);
        let (by, now) = (self.trainer()?, jiff_sqlx::Timestamp::from(self.now()));
        let number = self.next_number(Numbered::Trainings).await?;
        sqlx::query!(
            "insert into rashin.trainings (tenant_id, id, number, kind, manner, title, held_on, place, text, links, called_off, kpi_id, part,
                                           revision, saved_by, saved_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15)",
            city,
            id,
            number,
            training.kind.code(),
            training.manner.code(),
            training.title,
            jiff_sqlx::Date::from(training.on) as _,
            training.place,
            training.text,
            &training.links,
            training.called_off,
            kpi,
            training.tie.as_ref().map(|tie| tie.part.as_str()),
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, subject(number), logged(training));
        Ok(number)
    }

    /// Changes what is said of one. `Conflict(trainings_revision_seen)` unless `seen` is the newest revision.
    pub async fn change_training(&mut self, permit: Permit, held: &Held, seen: i32, training: &Training) -> Result<()> {
        let (id, kpi) = (held.id.0, self.tied(training).await?);
        let (by, now) = (self.trainer()?, jiff_sqlx::Timestamp::from(self.now()));
        let done = sqlx::query!(
            "update rashin.trainings
             set kind = $3, manner = $4, title = $5, held_on = $6, place = $7, text = $8, links = $9, called_off = $10, kpi_id = $11, part = $12,
                 revision = revision + 1, saved_by = $13, saved_at = $14
             where id = $1 and revision = $2",
            id,
            seen,
            training.kind.code(),
            training.manner.code(),
            training.title,
            jiff_sqlx::Date::from(training.on) as _,
            training.place,
            training.text,
            &training.links,
            training.called_off,
            kpi,
            training.tie.as_ref().map(|tie| tie.part.as_str()),
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        newest(done.rows_affected())?;
        self.used(permit, subject(held.number), json!({ "before": logged(&held.training), "after": logged(training) }));
        Ok(())
    }

    /// Writes down who came, in place of what was written before. `Conflict(trainings_revision_seen)` unless `seen` is the newest
    /// revision.
    pub async fn record_attendance_of(&mut self, permit: Permit, held: &Held, seen: i32, came: &[(Option<SectionId>, i32)]) -> Result<()> {
        let (city, by, now) = (self.city().id.0, self.trainer()?, jiff_sqlx::Timestamp::from(self.now()));
        let done = sqlx::query!(
            "update rashin.trainings set revision = revision + 1, saved_by = $3, saved_at = $4 where id = $1 and revision = $2",
            held.id.0,
            seen,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        newest(done.rows_affected())?;
        sqlx::query!("delete from rashin.training_attendance where training_id = $1", held.id.0).execute(self.sql()).await?;
        let ids: Vec<_> = came.iter().map(|_| self.new_id()).collect();
        let sections: Vec<_> = came.iter().map(|(section, _)| section.map(|section| section.0)).collect();
        let attendees: Vec<i32> = came.iter().map(|(_, attendees)| *attendees).collect();
        sqlx::query!(
            "insert into rashin.training_attendance (tenant_id, id, training_id, section_id, attendees)
             select $1, c.id, $2, c.section, c.attendees from unnest($3::uuid[], $4::uuid[], $5::integer[]) as c (id, section, attendees)",
            city,
            held.id.0,
            &ids,
            &sections as &[Option<uuid::Uuid>],
            &attendees
        )
        .execute(self.sql())
        .await?;
        let (before, after) = (held.attendees(), attendees.iter().map(|n| i64::from(*n)).sum::<i64>());
        let detail = json!({ "training": held.training.title, "before": { "attendees": before }, "after": { "attendees": after } });
        self.used(permit, subject(held.number), detail);
        Ok(())
    }

    /// The KPI that a training counts for.
    async fn tied(&mut self, training: &Training) -> Result<Option<uuid::Uuid>> {
        match &training.tie {
            Some(tie) => Ok(Some(self.kpi_id(&tie.code).await?.0)),
            None => Ok(None),
        }
    }

    fn trainer(&self) -> Result<uuid::Uuid> {
        self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)
    }
}

fn newest(rows: u64) -> Result<()> {
    if rows == 0 { Err(StoreError::Conflict(STALE_TRAINING.to_owned())) } else { Ok(()) }
}

/// As the log knows it.
fn subject(number: i32) -> String {
    format!("training {number}")
}

fn logged(training: &Training) -> serde_json::Value {
    json!({
        "training": training.title,
        "held_on": training.on.to_string(),
        "counts_for": training.tie.as_ref().map(Tie::to_string),
        "not_held": training.called_off,
    })
}
