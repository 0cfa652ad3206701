//! A history that was made up, the same each time, written as the service writes: what was said and done goes through the
//! rules of the core, and what comes of it straight into the ledger and the cases, much faster than it could happen.
//! Nothing personal is kept: as if the key of every worker had been erased.

mod cases;

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Context, Result, ensure};
use sos_core::ledger::{self, GENESIS, Hash, Row};
use sos_core::recording::{CaseRecord, Changes, Draft};
use sos_protocol::{Seq, StaffId, UnixMs};
use sqlx::{Connection, PgConnection};

use self::cases::{Dice, Made};

/// Cases that are made up and written at a time. Within them the ledger is in the order of time.
const AT_ONCE: i64 = 5_000;
/// Seed of what is drawn by lot.
const SEED: u64 = 2025;

/// Writes `count` cases of a year, about six entries each, into the empty ledger behind `db` (past row-level security, or
/// with a role that may set its scope). `officer` does all that is done, and closes what would stay open where `all_closed`: no desk
/// has a quarter of a year's cases open. The service then believes that everybody was told
/// of them. `written` hears how many cases there are.
///
/// # Errors
/// When the ledger is not empty, or Postgres does not do it.
pub async fn write(
    db: &mut PgConnection,
    (count, all_closed): (i64, bool),
    officer: StaffId,
    mut written: impl FnMut(i64),
) -> Result<()> {
    let head: i64 = sqlx::query_scalar("SELECT seq FROM ledger_head").fetch_one(&mut *db).await?;
    ensure!(head == 0, "only an empty ledger gets a made-up history");
    let (mut dice, mut end) = (Dice::new(SEED), End { seq: Seq(0), hash: GENESIS });
    let mut done = 0;
    while done < count {
        let mut made = Made::default();
        let until = count.min(done + AT_ONCE);
        for n in done + 1..=until {
            cases::make(&mut dice, (n, all_closed), officer, &mut made)?;
        }
        let rows = end.rows(std::mem::take(&mut made.drafts), &mut made.cases);
        batch(db, &made, &rows, until, &end).await?;
        done = until;
        written(done);
    }
    Ok(())
}

/// Where the ledger ends.
struct End {
    seq: Seq,
    hash: Hash,
}

impl End {
    /// The next rows, in the order of their times.
    fn rows(&mut self, mut drafts: Vec<(UnixMs, Draft)>, cases: &mut [CaseRecord]) -> Vec<(Row, Hash)> {
        drafts.sort_by_key(|(at, _)| *at);
        let mut rows = vec![];
        for (at, draft) in drafts {
            self.seq = Seq(self.seq.0 + 1);
            let mut changes = Changes { drafts: vec![draft], ..Changes::default() };
            let Ok(placed) = changes.place(self.seq, at, |_, _, _| Ok::<_, Infallible>(vec![]));
            for row in placed {
                self.hash = ledger::hash(&self.hash, &row);
                rows.push((row, self.hash));
            }
        }
        let last: HashMap<_, _> = rows.iter().map(|(row, _)| (row.case_id, row.seq)).collect();
        for case in cases {
            case.last_seq = last.get(&case.case_id).copied().unwrap_or(case.last_seq);
        }
        rows
    }
}

async fn batch(
    db: &mut PgConnection,
    made: &Made,
    rows: &[(Row, Hash)],
    numbers: i64,
    end: &End,
) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("SELECT set_config('sos.scope', '*', true), setval('case_numbers', $1)")
        .bind(numbers)
        .execute(&mut *tx)
        .await?;
    for (insert, json) in [
        (
            "INSERT INTO cases SELECT r.* FROM jsonb_populate_recordset(NULL::cases, $1) r",
            serde_json::to_value(&made.cases)?,
        ),
        (
            "INSERT INTO alerts SELECT r.* FROM jsonb_populate_recordset(NULL::alerts, $1) r",
            serde_json::to_value(&made.alerts)?,
        ),
        (
            "INSERT INTO reports SELECT r.* FROM jsonb_populate_recordset(NULL::reports, $1) r",
            serde_json::to_value(&made.reports)?,
        ),
    ] {
        sqlx::query(insert).bind(json).execute(&mut *tx).await?;
    }
    sqlx::query("SELECT seq FROM ledger_head FOR UPDATE").execute(&mut *tx).await?;
    insert_rows(&mut tx, rows).await.context("writing the ledger")?;
    for sql in [
        "UPDATE escalation_cursor SET seq = $1 WHERE $2::bytea IS NOT NULL",
        "UPDATE push_cursor SET seq = $1 WHERE $2::bytea IS NOT NULL",
        "UPDATE ledger_head SET seq = $1, hash = $2",
    ] {
        sqlx::query(sql).bind(end.seq.0).bind(end.hash.as_slice()).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

async fn insert_rows(db: &mut PgConnection, rows: &[(Row, Hash)]) -> Result<()> {
    fn column<'a, T>(rows: &'a [(Row, Hash)], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        rows.iter().map(|(row, _)| of(row)).collect()
    }
    let hashes: Vec<&[u8]> = rows.iter().map(|(_, hash)| hash.as_slice()).collect();
    sqlx::query(
        "INSERT INTO ledger SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::text[],
             $6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::bytea[], $11::bytea[])",
    )
    .bind(column(rows, |row| row.seq.0))
    .bind(column(rows, |row| row.at.0))
    .bind(column(rows, |row| row.case_id.0))
    .bind(column(rows, |row| row.desk.as_str()))
    .bind(column(rows, |row| row.actor.as_str()))
    .bind(column(rows, |row| row.actor_id))
    .bind(column(rows, |row| row.kind.as_str()))
    .bind(column(rows, |row| row.ref_id))
    .bind(column(rows, |row| row.facts.as_str()))
    .bind(column(rows, |row| row.sealed.as_slice()))
    .bind(hashes)
    .execute(db)
    .await?;
    Ok(())
}
