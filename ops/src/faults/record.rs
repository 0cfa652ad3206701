//! What is on record: read from Postgres with queries of its own, not with the service's.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use sos_protocol::{AlertId, CaseId};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row};
use uuid::Uuid;

use crate::server_program::ServerProgram;

/// What the database holds at the end of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// The case of every alert.
    pub(super) case_of_alert: HashMap<AlertId, CaseId>,
    /// The ledger's entries that say that an alert was pressed; more than one is a fault.
    pub(super) entries_of_alert: HashMap<AlertId, Vec<Entry>>,
    /// Every case.
    pub(super) cases: HashMap<CaseId, CaseRow>,
    /// Numbers of the ledger's entries that are not there, below its head.
    pub(super) gaps: u64,
    /// Things that the service put aside.
    pub(super) quarantined: u64,
    /// Steps of escalation that were taken more than once.
    pub(super) steps_twice: u64,
    /// Open cases for which no step of escalation was taken: nobody has begun a shift, so the first is due at once.
    pub(super) not_escalated: u64,
    /// What is wrong with the hash chain.
    pub(super) chain: Option<String>,
}

const STEPS_TWICE: &str = "SELECT count(*) FROM (
    SELECT 1 FROM ledger WHERE kind = 'escalated'
    GROUP BY case_id, facts::jsonb->'step'->'run', facts::jsonb->'step'->'round', facts::jsonb->'step'->'step'
    HAVING count(*) > 1) twice";
const NOT_ESCALATED: &str = "SELECT count(*) FROM cases c WHERE c.state = 'open' AND NOT c.drill
    AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.case_id = c.case_id AND l.kind = 'escalated')";

/// An entry of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) case_id: CaseId,
}

/// Of a case what is checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CaseRow {
    pub(super) subject: String,
    pub(super) open: bool,
    pub(super) presses: i64,
}

impl Record {
    /// Reads it all; the chain with `sos-server admin verify-ledger`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn read(url: &str, program: &ServerProgram) -> Result<Self> {
        let chain = tokio::task::block_in_place(|| program.run(&["admin", "verify-ledger"], ""))
            .err()
            .map(|e| format!("{e:#}"));
        let mut db = PgConnection::connect(url).await.context("connecting to the database")?;
        sqlx::query("SET sos.scope = '*'").execute(&mut db).await?;
        let record = Self {
            case_of_alert: case_of_alert(&mut db).await?,
            entries_of_alert: entries_of_alert(&mut db).await?,
            cases: cases(&mut db).await?,
            gaps: gaps(&mut db).await?,
            quarantined: u64::try_from(number(&mut db, "SELECT count(*) FROM quarantine").await?)?,
            steps_twice: u64::try_from(number(&mut db, STEPS_TWICE).await?)?,
            not_escalated: u64::try_from(number(&mut db, NOT_ESCALATED).await?)?,
            chain,
        };
        db.close().await?;
        Ok(record)
    }

    /// The workers who have more than one case that is not closed.
    pub(super) fn subjects_with_two_open_cases(&self) -> u64 {
        let mut seen = HashSet::new();
        let open = self.cases.values().filter(|case| case.open);
        open.filter(|case| !seen.insert(case.subject.as_str())).count() as u64
    }
}

/// The largest number of the ledger now.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn head(url: &str) -> Result<i64> {
    let mut db = PgConnection::connect(url).await.context("connecting to the database")?;
    let head = number(&mut db, "SELECT seq FROM ledger_head").await?;
    db.close().await?;
    Ok(head)
}

/// How many open cases wait for their first step of escalation.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn not_escalated(url: &str) -> Result<i64> {
    let mut db = PgConnection::connect(url).await.context("connecting to the database")?;
    sqlx::query("SET sos.scope = '*'").execute(&mut db).await?;
    let count = number(&mut db, NOT_ESCALATED).await?;
    db.close().await?;
    Ok(count)
}

/// How many of `alerts` are on record.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn count_of(url: &str, alerts: &[AlertId]) -> Result<usize> {
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.0).collect();
    let mut db = PgConnection::connect(url).await.context("connecting to the database")?;
    let sql = "SELECT count(*) FROM alerts WHERE alert_id = ANY($1)";
    let count: i64 = sqlx::query_scalar(sql).bind(ids).fetch_one(&mut db).await?;
    db.close().await?;
    Ok(usize::try_from(count)?)
}

async fn case_of_alert(db: &mut PgConnection) -> Result<HashMap<AlertId, CaseId>> {
    let rows = sqlx::query("SELECT alert_id, case_id FROM alerts").fetch_all(db).await?;
    rows.iter().map(|row| Ok((AlertId(id(row, 0)?), CaseId(id(row, 1)?)))).collect()
}

async fn entries_of_alert(db: &mut PgConnection) -> Result<HashMap<AlertId, Vec<Entry>>> {
    let sql =
        "SELECT ref_id, case_id, seq FROM ledger WHERE kind IN ('opened', 'pressed_again') ORDER BY seq";
    let mut entries: HashMap<AlertId, Vec<Entry>> = HashMap::new();
    for row in sqlx::query(sql).fetch_all(db).await? {
        entries
            .entry(AlertId(id(&row, 0)?))
            .or_default()
            .push(Entry { seq: row.try_get(2)?, case_id: CaseId(id(&row, 1)?) });
    }
    Ok(entries)
}

async fn cases(db: &mut PgConnection) -> Result<HashMap<CaseId, CaseRow>> {
    let sql = "SELECT case_id, subject, state <> 'closed', presses::bigint FROM cases";
    let rows = sqlx::query(sql).fetch_all(db).await?;
    let case = |row: &PgRow| -> Result<(CaseId, CaseRow)> {
        let case = CaseRow { subject: row.try_get(1)?, open: row.try_get(2)?, presses: row.try_get(3)? };
        Ok((CaseId(id(row, 0)?), case))
    };
    rows.iter().map(case).collect()
}

/// Numbers begin with 1 and leave none out.
async fn gaps(db: &mut PgConnection) -> Result<u64> {
    let sql = "SELECT (SELECT seq FROM ledger_head) - (SELECT count(*) FROM ledger)
             + (SELECT count(*) FROM ledger WHERE seq < 1 OR seq > (SELECT seq FROM ledger_head))";
    Ok(number(db, sql).await?.unsigned_abs())
}

async fn number(db: &mut PgConnection, sql: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

fn id(row: &PgRow, column: usize) -> Result<Uuid> {
    Ok(row.try_get(column)?)
}
