//! People, credentials, soft locks and single-use links.

use jiff::Timestamp;
use rashin_domain::{
    identity::{LinkPurpose, lock_after},
    ids::PersonId,
    tenancy::TenantKind,
};

use crate::{IdentityTx, Result, session::hashed};

/// A person who has signed in. Made only from a live session or right after a proven password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    person: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub operator: bool,
}

impl SignedIn {
    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// What a sign-in needs to know about an account.
pub struct Account {
    pub person: PersonId,
    pub password_hash: Option<String>,
}

/// A tenant where a person has an assignment today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub slug: String,
    pub name: String,
    pub kind: TenantKind,
}

/// A person a link was made for.
#[derive(Clone, Debug)]
pub struct LinkHolder {
    pub person: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub purpose: LinkPurpose,
}

impl IdentityTx {
    /// The person of a session.
    pub async fn signed_in(&mut self, person: PersonId) -> Result<SignedIn> {
        let row = sqlx::query!("select name, email, operator from rashin.people where id = $1", person.0).fetch_one(&mut *self.tx).await?;
        Ok(SignedIn { person, name: row.name, email: row.email, operator: row.operator })
    }

    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        let row = sqlx::query!(
            r#"select p.id, c.password_hash as "password_hash?" from rashin.people p
               left join rashin.credentials c on c.person_id = p.id where p.email = $1"#,
            email
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|row| Account { person: PersonId(row.id), password_hash: row.password_hash }))
    }

    pub async fn account_by_staff_number(&mut self, city: &str, number: &str) -> Result<Option<Account>> {
        let row = sqlx::query!(
            r#"select p.id, c.password_hash as "password_hash?"
               from rashin.people p left join rashin.credentials c on c.person_id = p.id
               where p.id = gate.person_by_staff_number($1, $2)"#,
            city,
            number
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|row| Account { person: PersonId(row.id), password_hash: row.password_hash }))
    }

    /// Until when an account has to wait; `None` when it need not.
    pub async fn locked_until(&mut self, account: &str) -> Result<Option<Timestamp>> {
        let row =
            sqlx::query!("select failures, last_failure_at from rashin.sign_in_guards where account = $1", hashed(account.as_bytes()))
                .fetch_optional(&mut *self.tx)
                .await?;
        let until = row.map(|row| row.last_failure_at.to_jiff() + lock_after(row.failures));
        Ok(until.filter(|until| *until > self.now))
    }

    /// Counts a wrong password and says how many there were in a row. A day of quiet forgets them.
    pub async fn note_failure(&mut self, account: &str) -> Result<i32> {
        let failures = sqlx::query_scalar!(
            "insert into rashin.sign_in_guards as g (account, failures, last_failure_at) values ($1, 1, $2)
             on conflict (account) do update set last_failure_at = excluded.last_failure_at,
               failures = case when g.last_failure_at < excluded.last_failure_at - interval '1 day' then 1 else g.failures + 1 end
             returning failures",
            hashed(account.as_bytes()),
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(failures)
    }

    pub async fn forget_failures(&mut self, account: &str) -> Result<()> {
        sqlx::query!("delete from rashin.sign_in_guards where account = $1", hashed(account.as_bytes())).execute(&mut *self.tx).await?;
        Ok(())
    }

    pub async fn memberships(&mut self, person: PersonId) -> Result<Vec<Membership>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows =
            sqlx::query!(r#"select slug as "slug!", name as "name!", kind as "kind!" from gate.memberships($1, $2)"#, person.0, today as _)
                .fetch_all(&mut *self.tx)
                .await?;
        let membership =
            |slug, name, kind: String| Membership { slug, name, kind: TenantKind::from_code(&kind).unwrap_or(TenantKind::Municipality) };
        Ok(rows.into_iter().map(|row| membership(row.slug, row.name, row.kind)).collect())
    }

    pub async fn password_hash(&mut self, person: PersonId) -> Result<Option<String>> {
        let row = sqlx::query_scalar!("select password_hash from rashin.credentials where person_id = $1", person.0)
            .fetch_optional(&mut *self.tx)
            .await?;
        Ok(row)
    }

    pub async fn set_password(&mut self, person: PersonId, password_hash: &str) -> Result<()> {
        sqlx::query!(
            "insert into rashin.credentials (person_id, password_hash, set_at) values ($1, $2, $3)
             on conflict (person_id) do update set password_hash = excluded.password_hash, set_at = excluded.set_at",
            person.0,
            password_hash,
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        // Whoever holds an older link must not be able to set another one.
        sqlx::query!(
            "update rashin.one_time_links set used_at = $2 where person_id = $1 and used_at is null",
            person.0,
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes the person's invited memberships active: after an invitation was accepted, and at every sign-in.
    pub async fn accept_invitations(&mut self, person: PersonId) -> Result<()> {
        sqlx::query!("select gate.activate($1)", person.0).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Whether the person was sent an unused link of the purpose since then.
    pub async fn has_link_since(&mut self, person: PersonId, purpose: LinkPurpose, since: Timestamp) -> Result<bool> {
        let found = sqlx::query_scalar!(
            r#"select exists (select from rashin.one_time_links where person_id = $1 and purpose = $2 and used_at is null and created_at > $3) as "found!""#,
            person.0,
            purpose.code(),
            jiff_sqlx::Timestamp::from(since) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(found)
    }

    /// Stores a link by the hash of its token. An earlier unused one of the same purpose ends.
    pub async fn make_link(&mut self, person: PersonId, purpose: LinkPurpose, token: &[u8], expires_at: Timestamp) -> Result<()> {
        let now = jiff_sqlx::Timestamp::from(self.now);
        sqlx::query!(
            "update rashin.one_time_links set used_at = $3 where person_id = $1 and purpose = $2 and used_at is null",
            person.0,
            purpose.code(),
            now as _,
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into rashin.one_time_links (token_hash, person_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
            hashed(token),
            person.0,
            purpose.code(),
            now as _,
            jiff_sqlx::Timestamp::from(expires_at) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Who an unused, unexpired link is for.
    pub async fn link_holder(&mut self, token: &[u8]) -> Result<LinkHolder> {
        let row = sqlx::query!(
            "select l.person_id, l.purpose, p.name, p.email from rashin.one_time_links l join rashin.people p on p.id = l.person_id
             where l.token_hash = $1 and l.used_at is null and l.expires_at > $2",
            hashed(token),
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        // The column's check constraint admits the enum's codes only.
        let purpose = LinkPurpose::from_code(&row.purpose).unwrap_or(LinkPurpose::Reset);
        Ok(LinkHolder { person: PersonId(row.person_id), name: row.name, email: row.email, purpose })
    }

    /// Uses a link up; false when somebody was quicker.
    pub async fn use_link(&mut self, token: &[u8]) -> Result<bool> {
        let done = sqlx::query!(
            "update rashin.one_time_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2",
            hashed(token),
            jiff_sqlx::Timestamp::from(self.now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
