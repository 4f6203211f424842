//! What a meeting leaves: who came, what was answered, 議事録, and 対応事項.

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    ids::{AgendaId, CaseId, ErrandId, MemberId, SeatId},
    meeting::{Answer, Presence},
};
use serde_json::json;
use uuid::Uuid;

use crate::{Result, StoreError, TenantTx, meeting::Sitting};

/// A seat at a meeting, as it was on the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attended {
    pub seat: SeatId,
    pub presence: Presence,
    pub name: String,
    /// 「市民課　課長」
    pub sat_as: String,
    /// Who came instead; empty unless somebody did.
    pub deputy: String,
}

/// What a member answered to a point of circulated papers.
#[derive(Clone, Debug)]
pub struct Answered {
    pub point: AgendaId,
    pub member: MemberId,
    pub name: String,
    pub acted_as: String,
    pub answer: Answer,
    pub text: String,
    pub at: Timestamp,
}

/// A version of 議事録.
#[derive(Clone, Debug)]
pub struct Minutes {
    pub revision: i32,
    pub text: String,
    pub confirmed: bool,
    /// Of a correction; else empty.
    pub reason: String,
    pub author: String,
    pub at: Timestamp,
}

/// Something to be written as the next version of 議事録.
#[derive(Clone, Debug)]
pub struct NewMinutes {
    pub text: String,
    pub confirmed: bool,
    pub reason: String,
}

/// 対応事項
#[derive(Clone, Debug)]
pub struct Errand {
    pub id: ErrandId,
    /// Number and title of the meeting.
    pub meeting: (i32, String),
    pub case: Option<(CaseId, i32)>,
    pub text: String,
    pub owner: MemberId,
    pub owner_name: String,
    pub due: Date,
    /// The day, and who said so.
    pub done: Option<(Date, String)>,
}

/// Something to be given to somebody.
#[derive(Clone, Debug)]
pub struct NewErrand {
    pub text: String,
    pub owner: MemberId,
    pub due: Date,
    pub case: Option<CaseId>,
}

/// Which errands are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Errands {
    OfMeeting(i32),
    OfCase(CaseId),
    /// Those that a member has still to do.
    Open(MemberId),
    One(ErrandId),
}

impl Errand {
    pub fn is_overdue(&self, today: Date) -> bool {
        self.done.is_none() && self.due < today
    }
}

/// The name under which somebody who came second is refused.
pub const STALE_MINUTES: &str = "meeting_minutes_one_per_revision";

impl TenantTx {
    /// Seats of a meeting that were written down.
    pub async fn attendance(&mut self, sitting: &Sitting) -> Result<Vec<Attended>> {
        let rows = sqlx::query!(
            "select a.seat_id, a.presence, a.name, a.sat_as, a.deputy_name
             from rashin.meeting_attendance a join rashin.seats s on s.tenant_id = a.tenant_id and s.id = a.seat_id
             where a.meeting_id = $1 order by s.position, s.from_year, s.id",
            sitting.id.0
        )
        .fetch_all(self.sql())
        .await?;
        let attended = rows.into_iter().map(|row| Attended {
            seat: SeatId(row.seat_id),
            presence: Presence::from_code(&row.presence).unwrap_or(Presence::Absent),
            name: row.name,
            sat_as: row.sat_as,
            deputy: row.deputy_name,
        });
        Ok(attended.collect())
    }

    /// Writes who came; what was written before is replaced.
    pub async fn keep_attendance(&mut self, permit: Permit, sitting: &Sitting, attended: &[Attended]) -> Result<()> {
        let city = self.city().id.0;
        for one in attended {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.meeting_attendance (tenant_id, id, meeting_id, seat_id, presence, name, sat_as, deputy_name)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)
                 on conflict on constraint meeting_attendance_once do update
                 set presence = excluded.presence, name = excluded.name, sat_as = excluded.sat_as, deputy_name = excluded.deputy_name",
                city,
                id,
                sitting.id.0,
                one.seat.0,
                one.presence.code(),
                one.name,
                one.sat_as,
                one.deputy
            )
            .execute(self.sql())
            .await?;
        }
        let present = attended.iter().filter(|one| one.presence.counts()).count();
        self.used(permit, format!("meeting {}", sitting.number), json!({ "present": format!("{present}/{}", attended.len()) }));
        Ok(())
    }

    /// What members answered to a meeting's papers, in the order of their answering.
    pub async fn answers(&mut self, sitting: &Sitting) -> Result<Vec<Answered>> {
        self.answers_of(Some(sitting.id.0), None).await
    }

    /// What members answered about a case, at whatever meeting.
    pub async fn answers_about(&mut self, case: CaseId) -> Result<Vec<Answered>> {
        self.answers_of(None, Some(case.0)).await
    }

    async fn answers_of(&mut self, meeting: Option<Uuid>, case: Option<Uuid>) -> Result<Vec<Answered>> {
        let rows = sqlx::query!(
            "select n.agenda_id, n.member_id, n.answer, n.text, n.acted_as, n.answered_at, m.name
             from rashin.meeting_answers n
             join rashin.agenda_items a on a.tenant_id = n.tenant_id and a.id = n.agenda_id
             join rashin.members m on m.tenant_id = n.tenant_id and m.id = n.member_id
             where ($1::uuid is null or a.meeting_id = $1) and ($2::uuid is null or a.case_id = $2)
             order by n.answered_at, n.id",
            meeting,
            case
        )
        .fetch_all(self.sql())
        .await?;
        let answered = rows.into_iter().map(|row| Answered {
            point: AgendaId(row.agenda_id),
            member: MemberId(row.member_id),
            name: row.name,
            acted_as: row.acted_as,
            answer: Answer::from_code(&row.answer).unwrap_or(Answer::Opinion),
            text: row.text,
            at: row.answered_at.to_jiff(),
        });
        Ok(answered.collect())
    }

    /// Writes the member's answers; the same member's earlier ones are replaced.
    pub async fn answer(
        &mut self,
        permit: Permit,
        sitting: &Sitting,
        answers: &[(AgendaId, Answer, String)],
        acted_as: &str,
    ) -> Result<()> {
        let (city, by, now) = (self.city().id.0, self.author()?, jiff_sqlx::Timestamp::from(self.now()));
        for (point, answer, text) in answers {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.meeting_answers (tenant_id, id, agenda_id, member_id, answer, text, acted_as, answered_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)
                 on conflict on constraint meeting_answers_once do update
                 set answer = excluded.answer, text = excluded.text, acted_as = excluded.acted_as, answered_at = excluded.answered_at",
                city,
                id,
                point.0,
                by,
                answer.code(),
                text,
                acted_as,
                now as _
            )
            .execute(self.sql())
            .await?;
        }
        self.used(permit, format!("meeting {}", sitting.number), json!({ "answers": answers.len() }));
        Ok(())
    }

    /// All versions of 議事録, the newest first.
    pub async fn minutes(&mut self, sitting: &Sitting) -> Result<Vec<Minutes>> {
        let rows = sqlx::query!(
            "select v.revision, v.text, v.confirmed, v.reason, v.written_at, m.name
             from rashin.meeting_minutes v join rashin.members m on m.tenant_id = v.tenant_id and m.id = v.written_by
             where v.meeting_id = $1 order by v.revision desc",
            sitting.id.0
        )
        .fetch_all(self.sql())
        .await?;
        let minutes = rows.into_iter().map(|row| Minutes {
            revision: row.revision,
            text: row.text,
            confirmed: row.confirmed,
            reason: row.reason,
            author: row.name,
            at: row.written_at.to_jiff(),
        });
        Ok(minutes.collect())
    }

    /// Writes 議事録 as the version after the one that was seen. `Conflict(meeting_minutes_one_per_revision)` when somebody
    /// was quicker.
    pub async fn write_minutes(&mut self, permit: Permit, sitting: &Sitting, new: &NewMinutes, seen: i32) -> Result<()> {
        let (city, id, by, now) = (self.city().id.0, self.new_id(), self.author()?, jiff_sqlx::Timestamp::from(self.now()));
        let done = sqlx::query!(
            "insert into rashin.meeting_minutes (tenant_id, id, meeting_id, revision, text, confirmed, reason, written_by, written_at)
             select $1, $2, $3::uuid, $4::integer, $5, $6, $7, $8, $9
             where $4::integer = 1 + coalesce((select max(revision) from rashin.meeting_minutes v where v.meeting_id = $3::uuid), 0)
             on conflict do nothing",
            city,
            id,
            sitting.id.0,
            seen.saturating_add(1),
            new.text,
            new.confirmed,
            new.reason,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(STALE_MINUTES.to_owned()));
        }
        self.used(permit, format!("meeting {}", sitting.number), json!({ "minutes": seen + 1, "reason": new.reason }));
        Ok(())
    }

    /// Errands, those due first on top.
    pub async fn errands(&mut self, which: Errands) -> Result<Vec<Errand>> {
        let (mut meeting, mut case, mut owner, mut one) = (None, None, None, None);
        match which {
            Errands::OfMeeting(number) => meeting = Some(number),
            Errands::OfCase(id) => case = Some(id.0),
            Errands::Open(id) => owner = Some(id.0),
            Errands::One(id) => one = Some(id.0),
        }
        let rows = sqlx::query!(
            r#"select e.id, t.number as meeting, c.number as "case_number?", e.case_id, e.text, e.owner_id, o.name as owner, e.due_on,
                 e.done_on, d.name as "done_by?",
                 (select v.event -> 'arrangement' ->> 'title' from rashin.meeting_events v
                  where v.meeting_id = t.id and v.event ->> 'act' = 'arranged' order by v.version desc limit 1) as title
               from rashin.errands e
               join rashin.meetings t on t.tenant_id = e.tenant_id and t.id = e.meeting_id
               join rashin.members o on o.tenant_id = e.tenant_id and o.id = e.owner_id
               left join rashin.members d on d.tenant_id = e.tenant_id and d.id = e.done_by
               left join rashin.cases c on c.tenant_id = e.tenant_id and c.id = e.case_id
               where ($1::integer is null or t.number = $1) and ($2::uuid is null or e.case_id = $2)
                 and ($3::uuid is null or (e.owner_id = $3 and e.done_on is null)) and ($4::uuid is null or e.id = $4)
               order by e.due_on, e.id"#,
            meeting,
            case,
            owner,
            one
        )
        .fetch_all(self.sql())
        .await?;
        let errands = rows.into_iter().map(|row| Errand {
            id: ErrandId(row.id),
            meeting: (row.meeting, row.title.unwrap_or_default()),
            case: row.case_id.map(CaseId).zip(row.case_number),
            text: row.text,
            owner: MemberId(row.owner_id),
            owner_name: row.owner,
            due: row.due_on.to_jiff(),
            done: row.done_on.map(|day| day.to_jiff()).zip(row.done_by),
        });
        Ok(errands.collect())
    }

    /// Gives somebody something to do.
    pub async fn give_errand(&mut self, permit: Permit, sitting: &Sitting, new: &NewErrand) -> Result<ErrandId> {
        let (city, id, by, now) = (self.city().id.0, ErrandId(self.new_id()), self.author()?, jiff_sqlx::Timestamp::from(self.now()));
        sqlx::query!(
            "insert into rashin.errands (tenant_id, id, meeting_id, case_id, text, owner_id, due_on, given_by, given_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            city,
            id.0,
            sitting.id.0,
            new.case.map(|case| case.0),
            new.text,
            new.owner.0,
            jiff_sqlx::Date::from(new.due) as _,
            by,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, format!("meeting {}", sitting.number), json!({ "errand": new.text }));
        Ok(id)
    }

    /// Says that it was done. Said twice, the first counts.
    pub async fn finish_errand(&mut self, permit: Permit, errand: &Errand) -> Result<()> {
        let (by, today) = (self.author()?, jiff_sqlx::Date::from(self.today()));
        sqlx::query!("update rashin.errands set done_on = $2, done_by = $3 where id = $1 and done_on is null", errand.id.0, today as _, by)
            .execute(self.sql())
            .await?;
        self.used(permit, format!("meeting {}", errand.meeting.0), json!({ "errand_done": errand.text }));
        Ok(())
    }
}
