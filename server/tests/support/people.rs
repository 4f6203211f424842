//! Members in each state, and what they report.

use jiff::civil::Date;
use rashin_app::web::hash_with;
use rashin_domain::{
    access::{Action, Capacity, Role, decide},
    identity::LinkPurpose,
    ids::{MemberId, PersonId, ReportId},
    obligation::Item,
    template::Template,
};
use rashin_store::{TenantTx, maintenance::NewAssignment, report::Wanted};

use super::{Browser, Service, hidden};

pub const PASSWORD: &str = rashin_server::seed::DEMO_PASSWORD;

/// A member to be made.
pub struct NewMember<'a> {
    pub city: &'a str,
    pub email: &'a str,
    pub name: &'a str,
    pub role: Role,
    /// Key of the section.
    pub section: &'a str,
    /// `invited`, `active`, `suspended`, `left`
    pub state: &'a str,
}

impl Service {
    /// Makes a member who knows the password, whatever their state.
    pub async fn member(&self, new: NewMember<'_>) -> PersonId {
        let person = self.person(new.email, new.name, false).await;
        let mut tx = self.maintenance.enter(new.city).await.unwrap();
        let permit = decide(tx.actor(), &Action::Staff).unwrap();
        let member = tx.write_member(permit, person, new.name, "", None, new.state).await.unwrap();
        let section = tx.sections().await.unwrap().into_iter().find(|section| section.key == new.section).unwrap();
        let permit = decide(tx.actor(), &Action::Staff).unwrap();
        let assignment = NewAssignment {
            section: Some(section.id),
            role: new.role,
            post: "主事",
            capacity: Capacity::Main,
            valid_from: Date::constant(2026, 4, 1),
            valid_until: None,
        };
        tx.write_assignment(permit, member, &assignment).await.unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// A person without any membership.
    pub async fn person(&self, email: &str, name: &str, operator: bool) -> PersonId {
        let person = self.maintenance.create_person(Some(email), name, operator).await.unwrap();
        let hash = hash_with(PASSWORD.as_bytes(), &self.ids.bytes()).unwrap();
        self.maintenance.set_password(person, &hash).await.unwrap();
        person
    }

    /// Makes a section responsible for a KPI since April.
    pub async fn responsible(&self, city: &str, code: &str, section: &str) {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        let item = Item::Kpi(tx.kpi_id(code).await.unwrap());
        self.charge(tx, item, code, section).await;
    }

    /// The same of an initiative of the plan that the city works on.
    pub async fn responsible_for(&self, city: &str, node: &str, section: &str) {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        let plan = tx.current_plan().await.unwrap().unwrap().id;
        self.charge(tx, Item::Initiative(plan, node.to_owned()), node, section).await;
    }

    async fn charge(&self, mut tx: TenantTx, item: Item, name: &str, section: &str) {
        let section = tx.sections().await.unwrap().into_iter().find(|one| one.key == section).unwrap();
        let permit = decide(tx.actor(), &Action::Assign).unwrap();
        tx.write_responsibility(permit, &item, name, section.id, Date::constant(2026, 4, 1)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Writes a plan as `rashin import` does.
    pub async fn import(&self, city: &str, content: &rashin_domain::plan::PlanContent) {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        let permit = decide(tx.actor(), &Action::Import).unwrap();
        tx.import_plan(permit, content).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes a template with one of Midorino's definitions.
    pub async fn template(&self, city: &str, code: &str) {
        let first = self.maintenance.enter("midorino").await.unwrap().templates().await.unwrap().swap_remove(0).template;
        let mut tx = self.maintenance.enter(city).await.unwrap();
        let permit = decide(tx.actor(), &Action::Edit).unwrap();
        tx.make_template(permit, &Template { code: code.to_owned(), ..first }, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The id of a section by its key.
    pub async fn section(&self, city: &str, key: &str) -> String {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        tx.sections().await.unwrap().into_iter().find(|section| section.key == key).unwrap().id.to_string()
    }

    /// A member by the staff number.
    pub async fn member_id(&self, city: &str, number: &str) -> MemberId {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        tx.staff().await.unwrap().into_iter().find(|member| member.staff_number.as_deref() == Some(number)).unwrap().id
    }

    /// Id of a member by the address.
    pub async fn member_of(&self, city: &str, email: &str) -> String {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        tx.staff().await.unwrap().into_iter().find(|member| member.email.as_deref() == Some(email)).unwrap().id.to_string()
    }

    /// The newest notification of a member.
    pub async fn notification(&self, city: &str, email: &str) -> String {
        let mut tx = self.pool.begin().await.unwrap();
        sqlx::query("select from gate.enter_maintenance($1)").bind(city).execute(&mut *tx).await.unwrap();
        let newest = "select n.id::text from rashin.notifications n join gate.member_addresses() a using (member_id)
                      where a.email = $1 order by n.created_at desc, n.id desc limit 1";
        sqlx::query_scalar(newest).bind(email).fetch_one(&mut *tx).await.unwrap()
    }

    /// The newest report of a KPI.
    pub async fn newest_report(&self, city: &str, code: &str) -> ReportId {
        let mut tx = self.maintenance.enter(city).await.unwrap();
        tx.reports(Wanted::Kpi(code)).await.unwrap().first().unwrap().id
    }

    /// The token of a fresh link.
    pub async fn link(&self, person: PersonId, purpose: LinkPurpose) -> String {
        let token: [u8; 32] = self.ids.bytes();
        match purpose {
            LinkPurpose::Invitation => self.maintenance.make_invitation(person, &token).await.unwrap(),
            LinkPurpose::Reset => {
                let mut tx = self.db.identity().await.unwrap();
                let expires = tx.now() + rashin_domain::identity::RESET_LIFE;
                tx.make_link(person, purpose, &token, expires).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        token.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reports a figure the way a person does: form, check, submission. Returns the report's address.
    pub async fn report(&self, browser: &mut Browser, city: &str, code: &str, more: &[(&str, &str)]) -> String {
        let url = format!("/{city}/staff/kpis/{code}");
        let check = browser.submit(&format!("{url}/drafts"), &figures(more)).await;
        assert_eq!(check.status, 200, "{}", check.text());
        let draft = hidden(&check.text(), "draft");
        let answer = browser.post(&format!("{url}/reports"), &[("draft", &draft)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.location()
    }
}

/// A report form that is right, but for what `more` says.
pub fn figures<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields =
        vec![("period", "FY2025"), ("maturity", "final"), ("answer.main", "figure"), ("value.main", "144"), ("seen.FY2025", "0")];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    fields.extend_from_slice(more);
    fields
}
