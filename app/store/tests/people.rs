//! People from inside a tenant: what an admin can do with somebody whom other tenants may know, too.

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Capacity, Role},
    identity::LinkPurpose,
    ids::{MemberId, PersonId},
    organisation::Span,
    staff::{MemberState, Newcomer, Posting},
};
use rashin_store::{
    Result, StoreError,
    identity::SignedIn,
    people::{INVITED_JUST_NOW, NO_ADMIN_LEFT, StaffMember},
};
use sqlx::{Connection, PgPool};
use support::{TODAY, World, may, wait_for_a_lock};

const TOKEN: [u8; 32] = [7; 32];
const LATER: &str = "2026-07-01T03:11:00Z";

/// あおば台町 with an admin, and みどり野市 with 架空 渡, who has an address and a password.
struct Two {
    world: World,
    admin: SignedIn,
    known: PersonId,
}

const KNOWN: &str = "watari@kai.example";

impl Two {
    async fn new(pool: PgPool) -> Self {
        let world = World::new(pool).await;
        world.aobadai().await;
        world.midorino().await;
        let admin = world.member("aobadai", Role::Admin, None).await;
        let known = world.maintenance().create_person(Some(KNOWN), "架空 渡", false).await.unwrap();
        world.maintenance().set_password(known, "hash").await.unwrap();
        let mut tx = world.maintenance().enter("midorino").await.unwrap();
        let permit = may(&tx, &Action::Staff);
        tx.write_member(permit, known, "架空 渡", "", Some("9001"), "active").await.unwrap();
        tx.commit().await.unwrap();
        Self { world, admin, known }
    }

    async fn invite(&self, email: Option<&str>, number: Option<&str>) -> Result<MemberId> {
        let mut tx = self.world.db.enter(&self.admin, "aobadai").await?;
        let permit = may(&tx, &Action::Staff);
        let new = Newcomer {
            name: "架空 新".into(),
            kana: "かくう あらた".into(),
            email: email.map(str::to_owned),
            staff_number: number.map(str::to_owned),
        };
        let member = tx.invite(permit, &new).await?;
        let permit = may(&tx, &Action::Staff);
        let posting = Posting {
            role: Role::Viewer,
            section: None,
            post: String::new(),
            capacity: Capacity::Main,
            term: Span { from: TODAY, until: None },
        };
        tx.add_posting(permit, member, &posting).await?;
        tx.commit().await?;
        Ok(member)
    }

    async fn invitation(&self, member: MemberId, token: &[u8], by_mail: bool) -> Result<()> {
        self.invitation_at(support::NOW, member, token, by_mail).await
    }

    async fn invitation_at(&self, moment: &str, member: MemberId, token: &[u8], by_mail: bool) -> Result<()> {
        let mut tx = self.world.db_at(moment).await.enter(&self.admin, "aobadai").await?;
        let permit = may(&tx, &Action::Staff);
        tx.make_invitation(permit, member, token, by_mail).await?;
        tx.commit().await
    }

    async fn seen(&self, member: MemberId) -> StaffMember {
        self.world.db.enter(&self.admin, "aobadai").await.unwrap().staff_member(member).await.unwrap()
    }

    /// Who a token is for.
    async fn holder(&self, token: &[u8]) -> Option<PersonId> {
        self.world.db.identity().await.unwrap().link_holder(token).await.ok().map(|holder| holder.person)
    }
}

fn is_not_found<T>(done: Result<T>) -> bool {
    matches!(done, Err(StoreError::NotFound))
}

fn is_conflict(done: Result<impl Sized>, name: &str) -> bool {
    done.is_err_and(|error| error.is_conflict_on(name))
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_invitation_tells_nobody_whether_the_address_is_known_elsewhere(pool: PgPool) {
    let two = Two::new(pool).await;
    let known = two.invite(Some(KNOWN), None).await.unwrap();
    let new = two.invite(Some("new@kai.example"), None).await.unwrap();
    two.invitation(known, &[1; 32], true).await.unwrap();
    two.invitation(new, &[2; 32], true).await.unwrap();
    let (mut known, mut new) = (two.seen(known).await, two.seen(new).await);
    assert_eq!((known.email.as_deref(), new.email.as_deref()), (Some(KNOWN), Some("new@kai.example")));
    // All else that the tenant can see is the same: in particular nobody is 「利用中」 at once.
    known.id = new.id;
    known.email = None;
    new.email = None;
    assert_eq!(known, new);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_invitation_never_opens_an_account_that_is_there(pool: PgPool) {
    let two = Two::new(pool).await;
    let member = two.invite(Some(KNOWN), None).await.unwrap();
    two.invitation(member, &TOKEN, true).await.unwrap();
    assert_eq!(two.holder(&TOKEN).await, None, "no link");
    let mut people = two.world.db.identity().await.unwrap();
    assert_eq!(people.password_hash(two.known).await.unwrap().as_deref(), Some("hash"));
    assert_eq!(people.signed_in(two.known).await.unwrap().name, "架空 渡", "the tenant's spelling is its own");

    // With the next sign-in the new membership is simply there.
    let who = two.world.sign_in(two.known).await;
    assert!(is_not_found(two.world.db.enter(&who, "aobadai").await));
    people.accept_invitations(two.known).await.unwrap();
    people.commit().await.unwrap();
    assert_eq!(two.seen(member).await.state, MemberState::Active);
    assert!(two.world.db.enter(&who, "aobadai").await.is_ok());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn an_address_is_never_invited_on_paper(pool: PgPool) {
    let two = Two::new(pool).await;
    for email in [KNOWN, "new@kai.example"] {
        // Else an admin could set the password of an address that is not theirs, and wait for another tenant to trust it.
        let member = two.invite(Some(email), Some(&email[..3])).await.unwrap();
        assert!(is_not_found(two.invitation(member, &TOKEN, false).await), "{email}");
        assert_eq!(two.holder(&TOKEN).await, None);
        assert_eq!(two.seen(member).await.invited_at, None, "nothing happened");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn paper_is_for_who_has_never_signed_in(pool: PgPool) {
    let two = Two::new(pool).await;
    let member = two.invite(None, Some("A100")).await.unwrap();
    two.invitation(member, &TOKEN, false).await.unwrap();
    let person = two.holder(&TOKEN).await.unwrap();
    // A second sheet ends the first: it may be lost.
    two.invitation(member, &[8; 32], false).await.unwrap();
    assert_eq!((two.holder(&TOKEN).await, two.holder(&[8; 32]).await), (None, Some(person)));

    let mut people = two.world.db.identity().await.unwrap();
    assert_eq!(people.link_holder(&[8; 32]).await.unwrap().purpose, LinkPurpose::Invitation);
    people.set_password(person, "theirs").await.unwrap();
    people.commit().await.unwrap();
    assert!(is_not_found(two.invitation(member, &[9; 32], false).await), "there is a password");
    let mut people = two.world.db.identity().await.unwrap();
    people.accept_invitations(person).await.unwrap();
    people.commit().await.unwrap();
    assert!(is_not_found(two.invitation(member, &[9; 32], false).await), "no longer invited");
    assert_eq!(two.holder(&[9; 32]).await, None);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn paper_is_not_for_who_belongs_to_another_tenant(pool: PgPool) {
    let two = Two::new(pool).await;
    let member = two.invite(None, Some("A100")).await.unwrap();
    two.invitation(member, &[1; 32], false).await.unwrap();
    let person = two.holder(&[1; 32]).await.unwrap();
    let mut tx = two.world.maintenance().enter("midorino").await.unwrap();
    let permit = may(&tx, &Action::Staff);
    tx.write_member(permit, person, "架空 新", "", None, "invited").await.unwrap();
    tx.commit().await.unwrap();
    assert!(is_not_found(two.invitation(member, &TOKEN, false).await));
    assert_eq!(two.holder(&TOKEN).await, None);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn another_tenants_member_is_not_invited_from_here(pool: PgPool) {
    let two = Two::new(pool).await;
    let theirs = two.world.member_from("midorino", "invited", Role::Viewer, None, TODAY, None).await;
    let midorino = two.world.midorino().await;
    let member = format!("select id::text from rashin.members where person_id = '{}'", theirs.person());
    let member: MemberId = two.world.texts(midorino, &member).await[0].parse().unwrap();
    for by_mail in [true, false] {
        assert!(is_not_found(two.invitation(member, &TOKEN, by_mail).await));
    }
    assert_eq!(two.holder(&TOKEN).await, None);

    // Nor by who calls the function past the store.
    let mut app = two.world.app_connection().await;
    let mut tx = app.begin().await.unwrap();
    sqlx::query("select from gate.enter($1, 'aobadai', $2::text::date)")
        .bind(two.admin.person().0)
        .bind(TODAY.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    let made: bool = sqlx::query_scalar("select gate.make_invitation($1, 'x', false, now(), now() + interval '1 day')")
        .bind(member.0)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert!(!made);
    let addresses: i64 =
        sqlx::query_scalar("select count(*) from gate.member_addresses() where email = $1").bind(KNOWN).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(addresses, 0, "the addresses of another tenant's members");
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn only_inside_a_tenant_is_anybody_invited(pool: PgPool) {
    let two = Two::new(pool).await;
    let mut app = two.world.app_connection().await;
    let invite = "select gate.invite(gen_random_uuid(), gen_random_uuid(), 'x@kai.example', 'x', '', null, now())";
    for role in ["rashin_app", "rashin_public", "rashin_identity", "rashin_tenant"] {
        let mut tx = app.begin().await.unwrap();
        if role != "rashin_app" {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("set local role {role}"))).execute(&mut *tx).await.unwrap();
        }
        let error = sqlx::query(invite).execute(&mut *tx).await.unwrap_err();
        // In the tenant's role, but in no tenant: the row would belong to nobody.
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{role}: {error}");
    }
    let people: i64 =
        sqlx::query_scalar("select count(*) from rashin.people where email = 'x@kai.example'").fetch_one(&two.world.owner).await.unwrap();
    assert_eq!(people, 0);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_mailbox_cannot_be_flooded(pool: PgPool) {
    let two = Two::new(pool).await;
    for email in [KNOWN, "new@kai.example"] {
        let member = two.invite(Some(email), None).await.unwrap();
        two.invitation(member, &[1; 32], true).await.unwrap();
        assert!(is_conflict(two.invitation(member, &[2; 32], true).await, INVITED_JUST_NOW), "{email}");
        two.invitation_at(LATER, member, &[3; 32], true).await.unwrap();
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_person_and_a_number_are_one_member_each(pool: PgPool) {
    let two = Two::new(pool).await;
    two.invite(Some("new@kai.example"), Some("A100")).await.unwrap();
    assert!(is_conflict(two.invite(Some("new@kai.example"), None).await, "members_one_per_person"));
    assert!(is_conflict(two.invite(None, Some("A100")).await, "members_one_staff_number"));
    assert!(is_conflict(two.invite(None, Some("a100")).await, "members_one_staff_number_in_any_case"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_suspension_ends_the_entry_and_a_return_gives_it_back(pool: PgPool) {
    let two = Two::new(pool).await;
    let who = two.world.member("aobadai", Role::Viewer, None).await;
    let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    let member =
        tx.staff().await.unwrap().into_iter().find(|m| m.state == MemberState::Active && m.id != tx.member().unwrap().id).unwrap().id;
    let permit = may(&tx, &Action::Staff);
    tx.suspend(permit, member, "休職").await.unwrap();
    tx.commit().await.unwrap();
    assert!(is_not_found(two.world.db.enter(&who, "aobadai").await));
    let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    let permit = may(&tx, &Action::Staff);
    tx.reactivate(permit, member).await.unwrap();
    tx.commit().await.unwrap();
    assert!(two.world.db.enter(&who, "aobadai").await.is_ok());

    let invited = two.invite(None, Some("A100")).await.unwrap();
    let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    for (step, state) in [(true, MemberState::Suspended), (false, MemberState::Invited)] {
        let permit = may(&tx, &Action::Staff);
        if step {
            tx.suspend(permit, invited, "").await.unwrap()
        } else {
            tx.reactivate(permit, invited).await.unwrap()
        }
        assert_eq!(tx.staff_member(invited).await.unwrap().state, state, "nobody becomes active without having signed in");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn who_leaves_ends_all_posts_on_the_last_day(pool: PgPool) {
    let two = Two::new(pool).await;
    let member = two.invite(None, Some("A100")).await.unwrap();
    let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    let march = Date::constant(2027, 3, 31);
    for from in [march, Date::constant(2027, 4, 1)] {
        let permit = may(&tx, &Action::Staff);
        let posting = Posting {
            role: Role::Secretariat,
            section: None,
            post: "係長".into(),
            capacity: Capacity::Main,
            term: Span { from, until: None },
        };
        tx.add_posting(permit, member, &posting).await.unwrap();
    }
    let permit = may(&tx, &Action::Staff);
    tx.leave(permit, member, march).await.unwrap();
    let ends: Vec<_> = tx.postings(Some(member)).await.unwrap().into_iter().map(|held| held.posting.term.until).collect();
    assert_eq!(ends, [Some(march), Some(march)], "what would begin later is taken back");
    assert_eq!(tx.staff_member(member).await.unwrap().state, MemberState::Invited, "until then nothing changes");
    tx.commit().await.unwrap();
    let mut tx = two.world.db_at("2027-03-31T15:00:00Z").await.enter(&two.admin, "aobadai").await.unwrap();
    assert_eq!(tx.staff_member(member).await.unwrap().state, MemberState::Left);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_tenant_always_keeps_an_admin(pool: PgPool) {
    let two = Two::new(pool).await;
    let tomorrow = TODAY.tomorrow().unwrap();
    for what in ["suspend", "leave", "end"] {
        let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
        let permit = may(&tx, &Action::Staff);
        let member = tx.member().unwrap().id;
        let held = tx.postings(Some(member)).await.unwrap().remove(0);
        let done = match what {
            "suspend" => tx.suspend(permit, member, "").await,
            "leave" => tx.leave(permit, member, Date::constant(2030, 3, 31)).await,
            _ => tx.end_posting(permit, &held, tomorrow).await,
        };
        assert!(is_conflict(done, NO_ADMIN_LEFT), "{what}");
    }
    // A second one from the next day on, and the first may end; an invited one would not do.
    two.world.member_from("aobadai", "invited", Role::Admin, None, TODAY, None).await;
    for (state, ends) in [("invited", false), ("active", true)] {
        two.world.member_from("aobadai", state, Role::Admin, None, tomorrow, None).await;
        let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
        let permit = may(&tx, &Action::Staff);
        let member = tx.member().unwrap().id;
        let held = tx.postings(Some(member)).await.unwrap().remove(0);
        assert_eq!(tx.end_posting(permit, &held, TODAY).await.is_ok(), ends, "{state}");
    }
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn two_admins_cannot_suspend_each_other_at_once(pool: PgPool) {
    let two = Two::new(pool).await;
    let other = two.world.member("aobadai", Role::Admin, None).await;
    let mut first = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    let mut second = two.world.db.enter(&other, "aobadai").await.unwrap();
    let (one, two_) = (first.member().unwrap().id, second.member().unwrap().id);
    let permit = may(&first, &Action::Staff);
    first.suspend(permit, two_, "").await.unwrap();
    let commit = async {
        wait_for_a_lock(&two.world).await;
        first.commit().await.unwrap();
    };
    let permit = may(&second, &Action::Staff);
    let (done, ()) = tokio::join!(second.suspend(permit, one, ""), commit);
    assert!(is_conflict(done, NO_ADMIN_LEFT));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn only_what_has_not_begun_can_be_taken_back(pool: PgPool) {
    let two = Two::new(pool).await;
    let member = two.invite(None, Some("A100")).await.unwrap();
    let mut tx = two.world.db.enter(&two.admin, "aobadai").await.unwrap();
    let begun = tx.postings(Some(member)).await.unwrap().remove(0);
    let permit = may(&tx, &Action::Staff);
    assert!(is_not_found(tx.withdraw_posting(permit, &begun).await));
    let permit = may(&tx, &Action::Staff);
    let later = Posting { term: Span { from: TODAY.tomorrow().unwrap(), until: None }, role: Role::Secretariat, ..begun.posting.clone() };
    tx.add_posting(permit, member, &later).await.unwrap();
    let prepared = tx.postings(Some(member)).await.unwrap().into_iter().find(|held| held.posting == later).unwrap();
    let permit = may(&tx, &Action::Staff);
    tx.withdraw_posting(permit, &prepared).await.unwrap();
    assert_eq!(tx.postings(Some(member)).await.unwrap(), [begun]);
}
