//! Members of a tenant: who they are, how they were invited, and in which state they stand.
//! A tenant never reads people; what it does with them goes through `gate` (migrations/0009).

use jiff::{Timestamp, civil::Date};
use rashin_domain::{
    access::Permit,
    ids::MemberId,
    organisation::Span,
    staff::{MemberState, Names, Newcomer, first_day_without},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx, organisation::span, session::hashed};

/// The name under which a change is refused that would leave the tenant without 管理者 on some day.
pub const NO_ADMIN_LEFT: &str = "a_tenant_keeps_an_admin";
/// An invitation by mail was sent a moment ago.
pub const INVITED_JUST_NOW: &str = "one_invitation_by_mail_in_ten_minutes";

/// A member as 管理者 sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    pub id: MemberId,
    pub name: String,
    pub kana: String,
    pub staff_number: Option<String>,
    /// What they sign in with; without it they sign in with the staff number.
    pub email: Option<String>,
    pub state: MemberState,
    /// Last day of service, included.
    pub left_on: Option<Date>,
    pub invited_at: Option<Timestamp>,
}

impl StaffMember {
    pub fn names(&self) -> Names {
        Names { name: self.name.clone(), kana: self.kana.clone(), staff_number: self.staff_number.clone() }
    }

    /// Whether posts can be given to them.
    pub fn is_here(&self) -> bool {
        matches!(self.state, MemberState::Invited | MemberState::Active)
    }

    /// An invitation on paper is for those who have no address.
    pub fn needs_sheet(&self) -> bool {
        self.state == MemberState::Invited && self.email.is_none()
    }
}

impl TenantTx {
    /// Every member, past ones included, in the order of their names.
    pub async fn staff(&mut self) -> Result<Vec<StaffMember>> {
        self.find_staff(None).await
    }

    pub async fn staff_member(&mut self, member: MemberId) -> Result<StaffMember> {
        self.find_staff(Some(member)).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn find_staff(&mut self, member: Option<MemberId>) -> Result<Vec<StaffMember>> {
        let today = self.today();
        let rows = sqlx::query!(
            r#"select m.id, m.name, m.kana, m.staff_number, m.state, m.left_on as "left_on",
                 m.invited_at as "invited_at", a.email as "email?"
               from rashin.members m left join gate.member_addresses() a on a.member_id = m.id
               where $1::uuid is null or m.id = $1
               order by coalesce(nullif(m.kana, ''), m.name), m.id"#,
            member.map(|member| member.0)
        )
        .fetch_all(self.sql())
        .await?;
        let staff = rows.into_iter().map(|row| {
            let left_on = row.left_on.map(|day| day.to_jiff());
            // The column's check constraint admits the enum's codes only.
            let stored = MemberState::from_code(&row.state).unwrap_or(MemberState::Left);
            StaffMember {
                id: MemberId(row.id),
                name: row.name,
                kana: row.kana,
                staff_number: row.staff_number,
                email: row.email,
                state: if left_on.is_some_and(|day| day < today) { MemberState::Left } else { stored },
                left_on,
                invited_at: row.invited_at.map(|at| at.to_jiff()),
            }
        });
        Ok(staff.collect())
    }

    /// Makes an invited member. [`StoreError::Conflict`] on `members_one_per_person` or on the staff number when this
    /// tenant has them already; nothing tells whether another one has.
    pub async fn invite(&mut self, permit: Permit, new: &Newcomer) -> Result<MemberId> {
        let (id, person, now) = (self.new_id(), self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        sqlx::query!(
            "select gate.invite($1, $2, $3, $4, $5, $6, $7)",
            id,
            person,
            new.email,
            new.name,
            new.kana,
            new.staff_number,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.used(permit, id.to_string(), json!({ "invited": new.name }));
        Ok(MemberId(id))
    }

    /// Corrects how a member is called here; elsewhere and for the login nothing changes. [`StoreError::NotFound`] when the
    /// names are no more what was `seen`, [`StoreError::Conflict`] on the staff number when another member has it.
    pub async fn correct_names(&mut self, permit: Permit, member: MemberId, seen: &Names, names: &Names) -> Result<()> {
        let done = sqlx::query!(
            "update rashin.members set name = $2, kana = $3, staff_number = $4
             where id = $1 and name = $5 and kana = $6 and staff_number is not distinct from $7",
            member.0,
            names.name,
            names.kana,
            names.staff_number,
            seen.name,
            seen.kana,
            seen.staff_number
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let told = |names: &Names| json!({ "name": names.name, "kana": names.kana, "staff_number": names.staff_number });
        self.used(permit, member.to_string(), json!({ "before": told(seen), "after": told(names) }));
        Ok(())
    }

    /// Stores an invitation by the hash of its token. [`StoreError::NotFound`] when the member is not invited, or the way
    /// does not fit: mail is for those with an address, paper for those without. By mail it succeeds also for somebody who
    /// has a password already, and then stores nothing: only the mail may tell ([`crate::IdentityTx::link_holder`]).
    pub async fn make_invitation(&mut self, permit: Permit, member: MemberId, token: &[u8], by_mail: bool) -> Result<()> {
        let now = self.now();
        let pause = now - rashin_domain::identity::INVITATION_PAUSE;
        let (moment, pause) = (jiff_sqlx::Timestamp::from(now), jiff_sqlx::Timestamp::from(pause));
        // Nobody can flood a mailbox.
        let done = sqlx::query!(
            "update rashin.members set invited_at = $2 where id = $1 and (not $3 or invited_at is null or invited_at <= $4)",
            member.0,
            moment as _,
            by_mail,
            pause as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            self.staff_member(member).await?;
            return Err(StoreError::Conflict(INVITED_JUST_NOW.to_owned()));
        }
        let expiry = jiff_sqlx::Timestamp::from(now + rashin_domain::identity::INVITATION_LIFE);
        let made = sqlx::query_scalar!(
            r#"select gate.make_invitation($1, $2, $3, $4, $5) as "made!""#,
            member.0,
            hashed(token),
            by_mail,
            moment as _,
            expiry as _
        )
        .fetch_one(self.sql())
        .await?;
        if !made {
            return Err(StoreError::NotFound);
        }
        self.used(permit, member.to_string(), json!({ "invitation": if by_mail { "mail" } else { "sheet" } }));
        Ok(())
    }

    /// Ends the entry at once; posts stay, for the return.
    pub async fn suspend(&mut self, permit: Permit, member: MemberId, reason: &str) -> Result<()> {
        let before = self.without_admin_from().await?;
        let done = sqlx::query!(
            "update rashin.members set resumes_as = state, state = 'suspended' where id = $1 and state in ('invited', 'active')",
            member.0
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.refuse_without_admin(before).await?;
        self.used(permit, member.to_string(), json!({ "state": MemberState::Suspended, "reason": reason }));
        Ok(())
    }

    /// Takes back a suspension or a leave. Posts that the leave ended stay ended.
    pub async fn reactivate(&mut self, permit: Permit, member: MemberId) -> Result<()> {
        let done = sqlx::query!(
            "update rashin.members set left_on = null, resumes_as = null,
               state = case when state in ('suspended', 'left') then coalesce(resumes_as, 'active') else state end
             where id = $1 and (state in ('suspended', 'left') or left_on is not null)",
            member.0
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.used(permit, member.to_string(), json!({ "state": "resumed" }));
        Ok(())
    }

    /// The last day of service: posts end on it, and those that would begin later are taken back.
    pub async fn leave(&mut self, permit: Permit, member: MemberId, last_day: Date) -> Result<()> {
        let before = self.without_admin_from().await?;
        let today = jiff_sqlx::Date::from(self.today());
        let day = jiff_sqlx::Date::from(last_day);
        let done = sqlx::query!(
            "update rashin.members set left_on = $2,
               resumes_as = case when state in ('invited', 'active') then state else resumes_as end,
               state = case when $2 < $3::date then 'left' else state end
             where id = $1 and state <> 'left'",
            member.0,
            day as _,
            today as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        sqlx::query!("delete from rashin.assignments where member_id = $1 and valid_from > $2", member.0, day as _)
            .execute(self.sql())
            .await?;
        sqlx::query!(
            "update rashin.assignments set valid_until = $2 where member_id = $1 and (valid_until is null or valid_until > $2)",
            member.0,
            day as _
        )
        .execute(self.sql())
        .await?;
        self.refuse_without_admin(before).await?;
        self.used(permit, member.to_string(), json!({ "left_on": last_day.to_string() }));
        Ok(())
    }

    /// From which day on the tenant has no 管理者 who could sign in. Changes of 管理者 wait for each other from here on:
    /// two who suspend each other at once must not both succeed.
    pub(crate) async fn without_admin_from(&mut self) -> Result<Option<Date>> {
        let today = self.today();
        self.one_at_a_time("admins of").await?;
        let rows = sqlx::query!(
            r#"select a.valid_from as "from", a.valid_until as "until"
               from rashin.assignments a join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.member_id
               where a.role = 'admin' and m.state = 'active'"#
        )
        .fetch_all(self.sql())
        .await?;
        let terms: Vec<Span> = rows.into_iter().map(|row| span(row.from, row.until)).collect();
        Ok(first_day_without(&terms, today))
    }

    /// Refuses a change after which there is a day without 管理者 that had one before.
    pub(crate) async fn refuse_without_admin(&mut self, before: Option<Date>) -> Result<()> {
        let after = self.without_admin_from().await?;
        match after {
            Some(day) if before.is_none_or(|before| day < before) => Err(StoreError::Conflict(NO_ADMIN_LEFT.to_owned())),
            _ => Ok(()),
        }
    }
}
