//! The tables, and how an older file becomes a current one.

use rusqlite::{Connection, TransactionBehavior};

use super::OutboxError;

/// One script a version; `PRAGMA user_version` says how many were run. Scripts that were released never change.
const MIGRATIONS: &[&str] = &[
    r"
    -- Who this phone is, and how far it has read. One row.
    CREATE TABLE device (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        secret_key BLOB,
        device_id TEXT,
        credential TEXT,
        credential_expires_ms INTEGER,
        worker TEXT,
        last_seq INTEGER NOT NULL DEFAULT 0
    );
    INSERT INTO device (id) VALUES (1);

    -- What has to reach the service. A row goes when the service has confirmed it.
    CREATE TABLE alert_queue (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL
    );
    CREATE TABLE cancel_queue (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL UNIQUE,
        device_time_ms INTEGER NOT NULL
    );
    CREATE TABLE message_queue (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        alert_id TEXT NOT NULL,
        text TEXT NOT NULL,
        device_time_ms INTEGER NOT NULL
    );
    CREATE TABLE fix_queue (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        fix_id TEXT NOT NULL UNIQUE,
        alert_id TEXT NOT NULL,
        body TEXT NOT NULL
    );
    CREATE TABLE delivered_queue (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        alert_id TEXT NOT NULL
    );

    -- What is known, for the screen.
    CREATE TABLE alert (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL UNIQUE,
        pressed_at_ms INTEGER NOT NULL,
        receipt TEXT,
        closed INTEGER NOT NULL DEFAULT 0,
        cancel TEXT CHECK (cancel IN ('queued', 'accepted'))
    );
    CREATE TABLE receipt (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        seq INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (alert_id, stage, seq)
    );
    CREATE TABLE message (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        alert_id TEXT NOT NULL,
        from_officer TEXT,
        text TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        accepted_at_ms INTEGER
    );
",
    r"
    -- Typed to take the press back; gone with the row.
    ALTER TABLE cancel_queue ADD COLUMN pin TEXT;
",
    r"
    -- The desk asked where the phone is: the latest time, and whether that is still to be answered.
    ALTER TABLE alert ADD COLUMN located_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alert ADD COLUMN located_at_ms INTEGER;
    ALTER TABLE alert ADD COLUMN fix_owed INTEGER NOT NULL DEFAULT 0;
",
];

/// Sets the file up for durability and brings its tables up to date.
pub(super) fn prepare(db: &mut Connection) -> Result<(), OutboxError> {
    db.busy_timeout(super::BUSY_TIMEOUT)?;
    // One process at a time: two would send the same rows over each other's sessions.
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    // What was deleted (a PIN, words) is overwritten.
    db.pragma_update(None, "secure_delete", true)?;
    migrate(db, MIGRATIONS)
}

fn migrate(db: &mut Connection, scripts: &[&str]) -> Result<(), OutboxError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(scripts.len()).unwrap_or(u32::MAX);
    let Some(missing) = usize::try_from(found).ok().and_then(|found| scripts.get(found..)) else {
        return Err(OutboxError::Newer { found, known });
    };
    for script in missing {
        tx.execute_batch(script)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_is_brought_up_to_date_and_a_newer_one_is_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &["CREATE TABLE a (x)"]).unwrap();
        db.execute("INSERT INTO a VALUES (7)", []).unwrap();

        let two = ["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y DEFAULT 1"];
        migrate(&mut db, &two).unwrap();
        migrate(&mut db, &two).unwrap();
        let kept: (i64, i64) =
            db.query_row("SELECT x, y FROM a", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        assert_eq!(kept, (7, 1));

        let refused = migrate(&mut db, &two[..1]).unwrap_err();
        assert!(matches!(refused, OutboxError::Newer { found: 2, known: 1 }));
    }

    #[test]
    fn every_commit_reaches_the_disk_before_it_returns() {
        let dir = tempfile::tempdir().unwrap();
        let mut db = Connection::open(dir.path().join("outbox.db")).unwrap();
        prepare(&mut db).unwrap();
        let journal: String = db.pragma_query_value(None, "journal_mode", |r| r.get(0)).unwrap();
        let synchronous: i64 = db.pragma_query_value(None, "synchronous", |r| r.get(0)).unwrap();
        assert_eq!((journal.as_str(), synchronous), ("wal", 2));
    }
}
