//! Everything of a tenant, table by table, as the catalogue lists them: a table that comes later is in it, too.

use rashin_domain::ids::PlanId;
use uuid::Uuid;

use crate::{Result, TenantTx};

/// A table with rows of tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Without the schema.
    pub name: String,
    pub columns: Vec<String>,
    /// Columns that hold bytes: written as files.
    pub files: Vec<String>,
}

pub struct Row {
    /// In the order of the columns; `None` is null.
    pub cells: Vec<Option<String>>,
    /// One JSON object: all columns, decimals as strings.
    pub json: String,
}

/// An edition as it is stored.
pub struct EditionText {
    pub plan: String,
    pub number: i32,
    pub json: String,
}

impl TenantTx {
    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        let rows = sqlx::query!(r#"select name as "name!", columns as "columns!", files as "files!" from rashin.tenant_tables()"#)
            .fetch_all(self.sql())
            .await?;
        Ok(rows.into_iter().map(|row| Table { name: row.name, columns: row.columns, files: row.files }).collect())
    }

    /// The tenant's rows of a table, by id. In place of bytes stands the path of their file, see [`file_path`].
    pub async fn rows(&mut self, table: &Table) -> Result<Vec<Row>> {
        let rows =
            sqlx::query!(r#"select cells as "cells!: Vec<Option<String>>", row_json as "json!" from rashin.tenant_rows($1)"#, table.name)
                .fetch_all(self.sql())
                .await?;
        Ok(rows.into_iter().map(|row| Row { cells: row.cells, json: row.json }).collect())
    }

    /// Ids of the rows that have bytes in a column.
    pub async fn files(&mut self, table: &Table, column: &str) -> Result<Vec<Uuid>> {
        let ids = sqlx::query_scalar!(r#"select id as "id!" from rashin.tenant_files($1, $2) id"#, table.name, column)
            .fetch_all(self.sql())
            .await?;
        Ok(ids)
    }

    pub async fn file(&mut self, table: &Table, column: &str, id: Uuid) -> Result<Vec<u8>> {
        let bytes = sqlx::query_scalar!(r#"select rashin.tenant_file($1, $2, $3) as "bytes!""#, table.name, column, id)
            .fetch_one(self.sql())
            .await?;
        Ok(bytes)
    }

    /// The editions of a plan as they are stored, withdrawn ones included, oldest first.
    pub async fn edition_texts(&mut self, plan: PlanId) -> Result<Vec<EditionText>> {
        let rows = sqlx::query!(
            r#"select plan_slug, number, content::text as "json!" from rashin.editions where plan_id = $1 order by number"#,
            plan.0
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| EditionText { plan: row.plan_slug, number: row.number, json: row.json }).collect())
    }
}

/// Where the bytes of a row stand in an export. The same as rashin.tenant_rows writes.
pub fn file_path(table: &Table, column: &str, id: Uuid) -> String {
    format!("files/{}/{id}/{column}", table.name)
}
