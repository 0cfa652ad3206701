//! Postgres: the only SQL of the service.

pub mod cases;
pub mod desks;
pub mod fixes;
pub mod keys;
pub mod ledger;
pub mod staff;
pub mod workers;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

use crate::auth::seal::Sealer;
use crate::deadline::{Elapsed, within};

/// Longest wait for a connection out of the pool.
const ACQUIRE_WITHIN: Duration = Duration::from_millis(1_000);
/// Longest wait for a pooled connection to prove that it is alive.
const PING_WITHIN: Duration = Duration::from_millis(300);
/// Longest time for one use of the store, from `begin` to `commit`.
pub const USE_WITHIN: Duration = Duration::from_millis(5_000);
/// Longest wait for the lock of another migration.
const MIGRATE_WITHIN: Duration = Duration::from_secs(60);

/// What can go wrong with Postgres.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It did not answer in time; what was asked may have been done.
    #[error("postgres: {0}")]
    Slow(#[from] Elapsed),
    /// It answered with an error, or is not there.
    #[error("postgres: {0}")]
    Sql(#[from] sqlx::Error),
    /// It holds something that cannot be read.
    #[error("postgres: unreadable row: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The desks were not read yet, or contradict each other: nobody knows yet where an alert goes.
    #[error("no desks that can be used")]
    NoDesks,
    /// The personal part of a row does not open with the subject's key.
    #[error("postgres: sealed part of a row does not open")]
    Sealed,
}

impl StoreError {
    /// The same again later may work: the store is away, slow, or two were in each other's way.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Slow(_) | Self::NoDesks => true,
            Self::Sql(sqlx::Error::Database(error)) => {
                // Classes: connection, out of resources, operator intervention, system error, rollback (deadlock,
                // serialization); and a unique key that another transaction took first.
                let code = error.code().unwrap_or_default();
                ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class)) || code == "23505"
            }
            Self::Sql(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed,
            ) => true,
            Self::Sql(_) | Self::Unreadable(_) | Self::Sealed => false,
        }
    }

    /// A unique key was taken already.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(e)) if e.code().as_deref() == Some("23505"))
    }
}

/// A transaction.
pub type Tx = Transaction<'static, Postgres>;

/// Postgres.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    sealer: Sealer,
}

impl Store {
    /// A pool of at most `connections` on `url`; connects when first used.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str, connections: u32, sealer: Sealer) -> Result<Self, StoreError> {
        let options =
            PgConnectOptions::from_str(url)?.application_name("sos-server").statement_cache_capacity(200);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_WITHIN)
            .test_before_acquire(false)
            .before_acquire(|conn, _| {
                Box::pin(async move {
                    let ping = sqlx::Executor::execute(conn, "SELECT 1");
                    Ok(matches!(tokio::time::timeout(PING_WITHIN, ping).await, Ok(Ok(_))))
                })
            })
            .after_connect(|conn, _| {
                Box::pin(async move {
                    let settings =
                        "SET sos.scope = '*'; SET statement_timeout = '5s'; SET lock_timeout = '3s'";
                    sqlx::Executor::execute(conn, settings).await.map(|_| ())
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, sealer })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a migration fails, or another one holds the lock for over a minute.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let run = sqlx::migrate!("./migrations");
        tokio::time::timeout(MIGRATE_WITHIN, run.run(&self.pool)).await??;
        Ok(())
    }

    /// Whether it answers.
    pub async fn is_up(&self) -> bool {
        let ping = async { sqlx::query("SELECT 1").execute(&self.pool).await.map_err(StoreError::from) };
        within(ACQUIRE_WITHIN, ping).await.is_ok()
    }

    /// Ends all connections.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(USE_WITHIN, self.pool.close()).await;
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.pool.begin().await?)
    }
}
