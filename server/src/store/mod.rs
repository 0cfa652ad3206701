//! Postgres: the only SQL of the service.

pub mod administration;
pub mod attachments;
pub mod cards;
pub mod cases;
pub mod channels;
pub mod check_ins;
pub mod checkpoints;
pub mod cover;
pub mod desks;
mod error;
pub mod escalations;
pub mod event_feeds;
pub mod exports;
pub mod fixes;
pub mod keys;
pub mod ledger;
pub mod measures;
pub mod notifications;
pub mod notify;
pub mod numbers;
pub mod open_data;
pub mod pins;
pub mod push;
pub mod reports;
pub mod search;
pub mod staff;
pub mod tokens;
pub mod webhooks;
pub mod work;
pub mod workers;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sos_protocol::ambient::SharedClock;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

pub use self::error::StoreError;

use crate::auth::seal::Sealer;
use crate::breaker::Breaker;
use crate::deadline::within;

/// Longest wait for a connection out of the pool.
const ACQUIRE_WITHIN: Duration = Duration::from_millis(1_000);
/// A pooled connection that was used this recently need not prove again that it is alive.
const PROVEN_FOR: Duration = Duration::from_secs(1);
/// Longest wait for a pooled connection to prove that it is alive.
const PING_WITHIN: Duration = Duration::from_millis(300);
/// Of every connection. Each query here finds its rows by an index. A plan that was made while a table was small, and is
/// kept, must do so too: before the next `ANALYZE` a burst has filled it. A transaction that nobody goes on with, because
/// its node stands still, lets go of what it holds after twice the time that any may take.
const SETTINGS: &str = "SET sos.scope = '*'; SET statement_timeout = '5s'; SET lock_timeout = '3s';
    SET idle_in_transaction_session_timeout = '10s';
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
    SET plan_cache_mode = force_generic_plan";
/// Longest time for one use of the store, from `begin` to `commit`.
pub const USE_WITHIN: Duration = Duration::from_millis(5_000);
/// Longest wait for the lock of another migration.
const MIGRATE_WITHIN: Duration = Duration::from_secs(60);

/// A transaction.
pub type Tx = Transaction<'static, Postgres>;

/// Postgres, over connections of its own.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    sealer: Sealer,
    breaker: Arc<Breaker>,
}

impl Store {
    /// A pool of at most `connections` on `url`; connects when first used.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str, connections: u32, sealer: Sealer, clock: SharedClock) -> Result<Self, StoreError> {
        let options =
            PgConnectOptions::from_str(url)?.application_name("sos-server").statement_cache_capacity(200);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_WITHIN)
            .test_before_acquire(false)
            .before_acquire(|conn, used| {
                Box::pin(async move {
                    if used.idle_for < PROVEN_FOR {
                        return Ok(true);
                    }
                    let ping = sqlx::Executor::execute(conn, "SELECT 1");
                    Ok(matches!(tokio::time::timeout(PING_WITHIN, ping).await, Ok(Ok(_))))
                })
            })
            .after_connect(|conn, _| {
                Box::pin(async move { sqlx::Executor::execute(conn, SETTINGS).await.map(|_| ()) })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, sealer, breaker: Arc::new(Breaker::new(clock)) })
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
        let ping = async { Ok(sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)?) };
        self.within(ACQUIRE_WITHIN, ping).await.is_ok()
    }

    /// Whether a commit is on disk before it is answered, as the ack rule asks.
    ///
    /// # Errors
    /// When Postgres does not tell.
    pub async fn is_durable(&self) -> Result<bool, StoreError> {
        const WANTED: &str = "SELECT current_setting('fsync') = 'on'
            AND current_setting('full_page_writes') = 'on' AND current_setting('synchronous_commit') <> 'off'";
        self.within(USE_WITHIN, async { Ok(sqlx::query_scalar(WANTED).fetch_one(&self.pool).await?) }).await
    }

    /// Whether it failed several times in a row just now and is left alone.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.breaker.rests()
    }

    /// One use of the store: not begun while it rests, given up after `limit`, and noted.
    pub(crate) async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if !self.breaker.admits() {
            return Err(StoreError::Resting);
        }
        // Boxed: the queries are large, and whoever waits for one should not be.
        let result = within(limit, Box::pin(work)).await;
        self.breaker.note(!result.as_ref().is_err_and(StoreError::is_away));
        result
    }

    /// Ends all connections.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(USE_WITHIN, self.pool.close()).await;
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.pool.begin().await?)
    }
}
