//! Acts on the objects of a plan: each becomes one step of the draft.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Permit,
    draft::{
        Kind, body,
        edit::{self, Edited, Way},
        fields::{check_body, fields, read},
        label,
    },
    form::{Form, FormErrors},
    plan::PlanContent,
};
use rashin_store::{TenantTx, draft::Desk};
use serde_json::{Value, json};

use super::{
    Place, change,
    form::{Merged, SEEN, conflict_errors, merge, seen},
    key_at, kind, kpi_actions, node_actions, objects,
};
use crate::web::{Flash, Posted, Refusal, Tone, Visit};

/// City, plan, kind and key of `…/objects/{kind}/{key}`.
type Address = (String, String, String, String);

/// One act: what the form said, the desk it was meant for, and where its page is.
pub struct Act {
    pub visit: Visit,
    pub tx: TenantTx,
    pub permit: Permit,
    pub desk: Desk,
    pub place: Place,
    /// Where the form stands, for when it comes back.
    pub page: String,
    pub form: Form,
}

impl Act {
    pub async fn open(visit: Visit, place: Place, page: String, form: Form) -> Result<Self, Refusal> {
        visit.or_hold(&page, &form).await?;
        let (tx, permit, desk) = change(&visit, &place).await?;
        Ok(Self { visit, tx, permit, desk, place, page, form })
    }

    /// The same for one object, on its own page.
    async fn on(visit: Visit, (city, plan, code, key): Address, form: Form) -> Result<(Self, Kind, String), Refusal> {
        let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
        let key = key_at(key);
        let page = place.object(kind, &key);
        Ok((Self::open(visit, place, page, form).await?, kind, key))
    }

    pub async fn back(self, errors: FormErrors) -> Result<Response, Refusal> {
        self.visit.back(&self.page, self.form, errors).await
    }

    /// Back to the form with one fault.
    pub async fn fault(self, field: &str, fault: &edit::Fault) -> Result<Response, Refusal> {
        self.back(FormErrors::one(field, fault.to_string())).await
    }

    /// Records the step and goes on.
    pub async fn done(mut self, after: &PlanContent, summary: &str, to: &str) -> Result<Response, Refusal> {
        if !self.tx.record_step(self.permit, &self.desk, after, summary).await? {
            let flash =
                Flash { tone: Tone::Info, heading: "変わったところはありませんでした".to_owned(), body: String::new() };
            return self.visit.go_with(to, flash).await;
        }
        self.tx.commit().await?;
        self.visit.go(to, "案に保存しました", summary).await
    }

    /// Merges the form with what stands now. `Err`: both changed the same field, the form goes back.
    pub async fn merged(mut self, now: &Form, kind: Kind, key: &str) -> Result<(Self, Form), Result<Response, Refusal>> {
        let Merged { form, conflicts } = merge(&self.form, now);
        if conflicts.is_empty() {
            return Ok((self, form));
        }
        let who = match self.tx.history(self.desk.plan.id, kind, key).await {
            Ok(history) => history.into_iter().next().and_then(|version| version.step.member_name).unwrap_or_else(|| "ほかの人".to_owned()),
            Err(error) => return Err(Err(error.into())),
        };
        self.form = form;
        // The next attempt is measured by what stands now.
        self.form.set(SEEN, seen(now));
        Err(self.back(conflict_errors(&conflicts, &who)).await)
    }
}

/// A key that no object of this plan has or had.
pub fn fresh_key(prefix: &str, used: &[String], content_keys: &[String]) -> String {
    let number = |key: &String| key.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
    let highest = used.iter().chain(content_keys).filter_map(number).max().unwrap_or(0);
    format!("{prefix}{}", highest + 1)
}

/// What a new object of a kind begins with in JSON.
fn blank(kind: Kind, key: &str) -> Value {
    match kind {
        Kind::Level | Kind::Phase => json!({ "key": key }),
        Kind::Attribute | Kind::RelatedPlan | Kind::Milestone => json!({ "key": key, "reading": "original" }),
        Kind::Body => json!({ "key": key, "duties": [], "parent": null, "reading": "original" }),
        Kind::Node => json!({ "key": key, "parent": null, "attributes": [], "notes": [], "reading": "original" }),
        Kind::Ruling => json!({ "key": key }),
        Kind::Head | Kind::Kpi | Kind::Marker | Kind::Cell | Kind::Term | Kind::Chapter | Kind::Lineage => json!({}),
    }
}

/// Keys are short and say what they name: they stand in public addresses.
fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Level => "l",
        Kind::Phase => "p",
        Kind::Attribute => "a",
        Kind::Body => "b",
        Kind::RelatedPlan => "r",
        Kind::Milestone => "d",
        Kind::Ruling => "e",
        _ => "n",
    }
}

/// `POST …/objects/{kind}`
pub async fn create(
    visit: Visit,
    Path((city, plan, code)): Path<(String, String, String)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
    let page = place.new_one(kind);
    let mut act = Act::open(visit, place, page, form).await?;
    match kind {
        Kind::Head => return Err(Refusal::NotFound),
        Kind::Kpi => return kpi_actions::create(act).await,
        Kind::Node if act.form.has("dropped") => return node_actions::bring_back(act).await,
        _ => {}
    }
    let used = act.tx.used_keys(act.desk.plan.id, kind).await?;
    let key = fresh_key(prefix(kind), &used, &act.desk.draft.keys(kind));
    let mut errors = FormErrors::default();
    let content = act.desk.content();
    let mut body = read(&act.form, "", fields(kind), &blank(kind, &key), content, &mut errors);
    if kind == Kind::Node {
        node_actions::read_place(&act.form, &mut body, content, &mut errors);
    }
    check_body(kind, &body, &mut errors);
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    match edit::put_body(content, kind, None, body) {
        Ok((after, key)) => {
            let summary = format!("{}「{}」を追加", kind.label(), label(&after, kind, &key));
            let to = if kind == Kind::Node { act.place.object(kind, &key) } else { act.place.list(kind) };
            act.done(&after, &summary, &to).await
        }
        Err(fault) => act.fault(first_field(kind), &fault).await,
    }
}

/// Where a fault of the object as a whole is shown.
fn first_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Node => "parent",
        _ => fields(kind).first().map_or("", |field| field.name),
    }
}

/// `POST …/objects/{kind}/{key}/revisions`
pub async fn revise(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, kind, key) = Act::on(visit, address, form).await?;
    let body = body(act.desk.content(), kind, &key).ok_or(Refusal::NotFound)?;
    if kind == Kind::Kpi {
        return kpi_actions::revise(act, &key).await;
    }
    let (act, form) = match act.merged(&objects::form_of(kind, &body), kind, &key).await {
        Ok(merged) => merged,
        Err(answer) => return answer,
    };
    let mut errors = FormErrors::default();
    let content = act.desk.content();
    let body = read(&form, "", fields(kind), &body, content, &mut errors);
    check_body(kind, &body, &mut errors);
    if !errors.is_empty() {
        return act.back(errors).await;
    }
    match edit::put_body(content, kind, Some(&key), body) {
        Ok((after, new_key)) => {
            let summary = format!("{}「{}」を変更", kind.label(), label(&after, kind, &new_key));
            let to = act.place.object(kind, &new_key);
            act.done(&after, &summary, &to).await
        }
        Err(fault) => act.fault(first_field(kind), &fault).await,
    }
}

/// `POST …/objects/{kind}/{key}/removals`
pub async fn remove(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, kind, key) = Act::on(visit, address, form).await?;
    body(act.desk.content(), kind, &key).ok_or(Refusal::NotFound)?;
    if act.form.get("sure") != "on" {
        return act.back(FormErrors::one("sure", "なくしてよければ、確かめたことを示すチェックを入れてください。")).await;
    }
    let content = act.desk.content();
    let edited: Edited = match kind {
        Kind::Node => edit::end_node(content, &key, act.desk.live.node(&key).is_some()),
        _ => edit::remove(content, kind, &key),
    };
    match edited {
        Ok(after) => {
            let summary = format!("{}「{}」を削除", kind.label(), label(act.desk.content(), kind, &key));
            let to = act.place.list(kind);
            act.done(&after, &summary, &to).await
        }
        Err(fault) => act.fault("sure", &fault).await,
    }
}

/// `POST …/objects/{kind}/{key}/shifts`
pub async fn shift(visit: Visit, Path((city, plan, code, key)): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
    let key = key_at(key);
    let page = match kind {
        Kind::Node => place.object(kind, &key),
        _ => place.list(kind),
    };
    let act = Act::open(visit, place, page.clone(), form).await?;
    let way = if act.form.get("way") == "up" { Way::Up } else { Way::Down };
    let after = edit::shift(act.desk.content(), kind, &key, way).map_err(|_| Refusal::NotFound)?;
    let summary = format!("{}「{}」の順序を変更", kind.label(), label(act.desk.content(), kind, &key));
    // A child is moved on the page of its parent.
    let to = match act.desk.content().node(&key).filter(|_| kind == Kind::Node).and_then(|node| node.parent.clone()) {
        Some(parent) => format!("{}#children", act.place.object(kind, &parent)),
        None => page,
    };
    act.done(&after, &summary, &to).await
}

/// The step that stands for the live plan.
pub const LIVE: &str = "live";

/// `POST …/objects/{kind}/{key}/restorations`: as a new step, an earlier body of the open draft, or the live plan's of what
/// the draft has taken out.
pub async fn restore(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (mut act, kind, key) = Act::on(visit, address, form).await?;
    let history = act.tx.history(act.desk.plan.id, kind, &key).await?;
    let content = act.desk.content();
    let (restored, on) = match act.form.get("step") {
        LIVE => (edit::put_back(content, &act.desk.live, kind, &key), None),
        asked => {
            let version = history.into_iter().find(|version| version.is_open && version.step.number.to_string() == asked);
            let version = version.ok_or(Refusal::NotFound)?;
            let then = version.body.ok_or(Refusal::NotFound)?;
            let before = body(content, kind, &key).map(|_| key.as_str());
            (edit::put_body(content, kind, before, then).map(|(after, _)| after), version.on)
        }
    };
    let restored = restored.map_err(|fault| fault.to_string()).and_then(|after| {
        // What it spoke of then may be gone by now.
        let standing = edit::check(content);
        match edit::check(&after).into_iter().find(|wrong| !standing.contains(wrong)) {
            Some(wrong) => Err(wrong),
            None => Ok(after),
        }
    });
    match restored {
        Ok(after) => {
            if let Some(on) = on {
                act.desk.step_back(&key, on);
            }
            let (summary, page) = (format!("{}「{}」を前の内容に戻す", kind.label(), label(&after, kind, &key)), act.page.clone());
            act.done(&after, &summary, &page).await
        }
        Err(body) => act.visit.go_with(&act.page, Flash { tone: Tone::Warning, heading: "戻せませんでした".to_owned(), body }).await,
    }
}
