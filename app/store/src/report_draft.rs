//! What a member is writing in わたしの更新.

use jiff::Timestamp;
use rashin_domain::{
    clock::japan_date,
    form::Form,
    ids::MemberId,
    kpi::Maturity,
    obligation::{Filed, Item, Stage},
    period::Period,
    round::Asked,
};
use sqlx::types::Json;

use crate::{Result, StoreError, TenantTx, kpi::period};

/// A draft of a report, as it was typed.
#[derive(Clone, Debug)]
pub struct ReportDraft {
    pub item: Item,
    pub period: Period,
    pub form: Form,
    pub saved_at: Timestamp,
}

impl ReportDraft {
    /// As [`Task::key`](rashin_domain::obligation::Task::key).
    pub fn key(&self) -> String {
        format!("{}@{}", self.item, self.period)
    }
}

struct Row {
    item: String,
    period: String,
    form: Json<Form>,
    saved_at: jiff_sqlx::Timestamp,
}

fn read(rows: Vec<Row>) -> Result<Vec<ReportDraft>> {
    let mut drafts = Vec::with_capacity(rows.len());
    for r in rows {
        let Some(item) = Item::parse(&r.item) else { continue };
        drafts.push(ReportDraft { item, period: period(&r.period)?, form: r.form.0, saved_at: r.saved_at.to_jiff() });
    }
    Ok(drafts)
}

impl TenantTx {
    /// Drafts of the member who is signed in.
    pub async fn report_drafts(&mut self) -> Result<Vec<ReportDraft>> {
        match self.member().map(|member| member.id) {
            Some(member) => self.drafts_of(member).await,
            None => Ok(Vec::new()),
        }
    }

    /// Takes them away, to be reported: a second click waits for the first one and finds none.
    pub async fn take_report_drafts(&mut self) -> Result<Vec<ReportDraft>> {
        let Some(member) = self.member().map(|member| member.id) else { return Ok(Vec::new()) };
        let rows = sqlx::query_as!(
            Row,
            r#"delete from rashin.report_drafts where member_id = $1
               returning item, period as "period!: String", form as "form: Json<Form>", saved_at as "saved_at: jiff_sqlx::Timestamp""#,
            member.0
        )
        .fetch_all(self.sql())
        .await?;
        read(rows)
    }

    async fn drafts_of(&mut self, member: MemberId) -> Result<Vec<ReportDraft>> {
        let rows = sqlx::query_as!(
            Row,
            r#"select item, period as "period!: String", form as "form: Json<Form>", saved_at as "saved_at: jiff_sqlx::Timestamp"
               from rashin.report_drafts where member_id = $1 order by saved_at"#,
            member.0
        )
        .fetch_all(self.sql())
        .await?;
        read(rows)
    }

    pub(crate) async fn drafted_reports(&mut self, member: MemberId) -> Result<Vec<Filed>> {
        let drafts = self.drafts_of(member).await?;
        let filed = |draft: ReportDraft| Filed {
            asked: Asked {
                period: draft.period,
                maturity: Maturity::from_code(draft.form.get("maturity")).unwrap_or(Maturity::Preliminary),
            },
            item: draft.item,
            revision: 0,
            stage: Stage::Draft,
            by: Some(member),
            on: japan_date(draft.saved_at),
        };
        Ok(drafts.into_iter().map(filed).collect())
    }

    /// Keeps what the member typed; an empty form drops the draft. Their own words, seen by nobody else: no permit.
    pub async fn keep_draft(&mut self, item: &Item, period: Period, form: &Form) -> Result<()> {
        let member = self.member().map(|member| member.id.0).ok_or(StoreError::NotFound)?;
        let (city, id, now) = (self.city().id.0, self.new_id(), jiff_sqlx::Timestamp::from(self.now()));
        let (item, period) = (item.to_string(), period.to_string());
        if form.is_empty() {
            sqlx::query!(
                "delete from rashin.report_drafts where member_id = $1 and item = $2 and period = $3::text",
                member,
                item,
                period as _
            )
            .execute(self.sql())
            .await?;
            return Ok(());
        }
        sqlx::query!(
            "insert into rashin.report_drafts (tenant_id, id, member_id, item, period, form, saved_at)
             values ($1, $2, $3, $4, $5::text, $6, $7)
             on conflict on constraint report_drafts_one do update set form = excluded.form, saved_at = excluded.saved_at",
            city,
            id,
            member,
            item,
            period as _,
            Json(form) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
