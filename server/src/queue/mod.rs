//! Redis: the only user of it. The streams: `alerts` (everything a phone says that must not be lost), `fixes`, `ledger`
//! (entries after their commit, id `<seq>-0`), `positions` (new fixes on their way to consoles), `provisional` (alerts
//! that ring although they cannot be recorded yet).

mod link;
mod presence;
mod reader;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::{Client, RedisError, RedisResult, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sos_core::entry::LedgerEntry;
use sos_protocol::Seq;
use sos_protocol::ambient::SharedClock;
use sos_protocol::feed::ProvisionalAlert;

pub use self::reader::{GroupReader, StreamEntry, Tail};

use self::link::Link;
use crate::deadline::Elapsed;

/// Longest wait for Redis on the path of an SOS.
const ANSWER_WITHIN: Duration = Duration::from_millis(300);
/// Ledger entries kept in Redis; consoles further behind read from Postgres.
const LEDGER_ENTRIES_KEPT: usize = 20_000;
/// Provisional alerts kept in Redis; what waits longer is told again.
const PROVISIONAL_KEPT: usize = 2_000;
/// Entries of `alerts` in one transaction.
const ALERTS_AT_ONCE: usize = 500;
/// Entries of `fixes` in one transaction; each holds the fixes of many phones.
const FIXES_AT_ONCE: usize = 50;
/// Entries of fixes that may wait to be stored (each of up to 100 frames); phones keep what comes after.
const FIXES_WAITING_MAX: u64 = 100_000;
/// Positions kept in Redis; a node that is further behind leaves them out, the case detail has them all.
const POSITIONS_KEPT: usize = 10_000;

/// The streams.
pub(crate) mod keys {
    pub(crate) const ALERTS: &str = "sos:alerts";
    pub(crate) const FIXES: &str = "sos:fixes";
    pub(crate) const LEDGER: &str = "sos:ledger";
    pub(crate) const POSITIONS: &str = "sos:positions";
    pub(crate) const PROVISIONAL: &str = "sos:provisional";
}

/// What can go wrong with Redis.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// It did not answer in time; what was asked may have been done.
    #[error("redis: {0}")]
    Slow(#[from] Elapsed),
    /// It is not known to write to disk before it answers, so an acknowledgement must not rest on it.
    #[error("redis: not known to be durable")]
    Forgetful,
    /// Too much is under way to it already.
    #[error("redis: too many commands wait for their turn")]
    Busy,
    /// Too many fixes wait to be stored.
    #[error("redis: too many fixes wait")]
    Full,
    /// It failed several times in a row just now and is not asked.
    #[error("redis: not asked, it failed just now")]
    Resting,
    /// It answered with an error, or is not there.
    #[error("redis: {0}")]
    Redis(#[from] RedisError),
    /// It holds something that cannot be read.
    #[error("redis: unreadable entry: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// Redis. Alerts, fixes, the feed and presence have a connection each, so that none stands in front of another.
pub struct Queue {
    client: Client,
    alerts: Link,
    fixes: Link,
    /// What all nodes are told.
    telling: Link,
    feed: Link,
    /// Who looks at what: a hint, which nothing else is to wait for.
    presence: Link,
    /// What is acknowledged after Redis took it is on disk.
    durable: AtomicBool,
    /// The stream of fixes holds as many as it should.
    fixes_full: AtomicBool,
}

impl Queue {
    /// On `url`; connects when first used.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str, clock: &SharedClock) -> Result<Self, QueueError> {
        let client = link::client(url)?;
        Ok(Self {
            alerts: Link::new(&client, clock.clone())?,
            fixes: Link::new(&client, clock.clone())?,
            telling: Link::new(&client, clock.clone())?,
            feed: Link::new(&client, clock.clone())?,
            presence: Link::new(&client, clock.clone())?,
            client,
            durable: AtomicBool::new(false),
            fixes_full: AtomicBool::new(false),
        })
    }

    /// Whether it answers.
    pub async fn is_up(&self) -> bool {
        self.feed.run::<Value>(&redis::cmd("PING"), ANSWER_WITHIN).await.is_ok()
    }

    /// Whether every write is on disk before it is answered, as the ack rule asks (`appendfsync always`). Until this
    /// was answered with yes, and after a no, nothing that a phone says is kept here.
    ///
    /// # Errors
    /// When Redis does not tell; the answer before stays.
    pub async fn check_durable(&self) -> Result<bool, QueueError> {
        let mut ask = redis::cmd("CONFIG");
        ask.arg("GET").arg("appendonly").arg("appendfsync");
        let settings: std::collections::HashMap<String, String> = self.feed.run(&ask, ANSWER_WITHIN).await?;
        let is = |name: &str, wanted: &str| settings.get(name).is_some_and(|value| value == wanted);
        let durable = is("appendonly", "yes") && is("appendfsync", "always");
        self.durable.store(durable, Ordering::Relaxed);
        Ok(durable)
    }

    /// Entries in the streams that wait to be recorded and stored: (alerts, fixes). Past [`FIXES_WAITING_MAX`] fixes
    /// are refused until there are fewer; alerts never are, Redis's memory is their bound.
    ///
    /// # Errors
    /// When Redis does not tell.
    pub async fn waiting(&self) -> Result<(u64, u64), QueueError> {
        let length = |key: &str| redis::cmd("XLEN").arg(key).to_owned();
        let alerts = self.feed.run(&length(keys::ALERTS), ANSWER_WITHIN).await?;
        let fixes = self.feed.run(&length(keys::FIXES), ANSWER_WITHIN).await?;
        self.fixes_full.store(fixes >= FIXES_WAITING_MAX, Ordering::Relaxed);
        Ok((alerts, fixes))
    }

    /// Keeps things that phones said: for each, whether it is on disk now.
    ///
    /// # Errors
    /// When Redis does not do it; after a timeout it is not known whether it did.
    pub async fn add_alerts(&self, items: &[impl Serialize]) -> Result<Vec<bool>, QueueError> {
        if !self.durable.load(Ordering::Relaxed) {
            return Err(QueueError::Forgetful);
        }
        let adds: Result<Vec<_>, _> = items.iter().map(|item| xadd(keys::ALERTS, None, "*", item)).collect();
        let answers = self.alerts.run_all(&adds?, ANSWER_WITHIN).await?;
        Ok(answers.into_iter().map(|answer| answer.is_ok()).collect())
    }

    /// Keeps fixes.
    ///
    /// # Errors
    /// When Redis does not do it.
    pub async fn add_fixes(&self, item: &impl Serialize) -> Result<(), QueueError> {
        if self.fixes_full.load(Ordering::Relaxed) {
            return Err(QueueError::Full);
        }
        self.fixes.run::<String>(&xadd(keys::FIXES, None, "*", item)?, ANSWER_WITHIN).await.map(drop)
    }

    /// Tells all nodes of new fixes.
    ///
    /// # Errors
    /// When Redis does not do it.
    pub async fn publish_positions(&self, item: &impl Serialize) -> Result<(), QueueError> {
        let add = xadd(keys::POSITIONS, Some(POSITIONS_KEPT), "*", item)?;
        self.fixes.run::<String>(&add, ANSWER_WITHIN).await.map(drop)
    }

    /// Tells all nodes of alerts that wait to be recorded.
    ///
    /// # Errors
    /// When Redis does not do it.
    pub async fn publish_provisional(&self, alerts: &[ProvisionalAlert]) -> Result<(), QueueError> {
        let adds: Result<Vec<_>, _> =
            alerts.iter().map(|alert| xadd(keys::PROVISIONAL, Some(PROVISIONAL_KEPT), "*", alert)).collect();
        self.telling
            .run_all(&adds?, ANSWER_WITHIN)
            .await?
            .into_iter()
            .try_for_each(|answer| Ok(answer.map(drop)?))
    }

    /// Follows the alerts that wait to be recorded, from now on.
    #[must_use]
    pub fn provisional_tail(&self) -> Tail {
        Tail::new(self.client.clone(), keys::PROVISIONAL, None)
    }

    /// Tells all nodes of ledger entries, in order. An entry that is there already is refused by Redis, so a repeat
    /// does nothing.
    ///
    /// # Errors
    /// When Redis does not do it.
    pub async fn publish_entries(&self, entries: &[LedgerEntry]) -> Result<(), QueueError> {
        let adds: Result<Vec<_>, _> = entries
            .iter()
            .map(|entry| {
                xadd(keys::LEDGER, Some(LEDGER_ENTRIES_KEPT), &format!("{}-0", entry.seq().0), entry)
            })
            .collect();
        for answer in self.telling.run_all(&adds?, ANSWER_WITHIN).await? {
            match answer {
                Err(error) if is_repeat(&error) => {}
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// Entries after `after`, at most `limit`; none if Redis does not reach back that far.
    ///
    /// # Errors
    /// When Redis does not tell.
    pub async fn entries_after(
        &self,
        after: Seq,
        limit: usize,
    ) -> Result<Option<Vec<LedgerEntry>>, QueueError> {
        let mut ask = redis::cmd("XRANGE");
        ask.arg(keys::LEDGER).arg(format!("{}-0", after.0 + 1)).arg("+").arg("COUNT").arg(limit);
        let answer: Value = self.feed.run(&ask, ANSWER_WITHIN).await?;
        let entries: Vec<LedgerEntry> =
            reader::entries(answer).iter().map(StreamEntry::read).collect::<Result<_, _>>()?;
        let unbroken = entries.iter().zip(after.0 + 1..).all(|(entry, seq)| entry.seq().0 == seq);
        Ok((unbroken && !entries.is_empty()).then_some(entries))
    }

    /// Reads `alerts` in the group of the recorders.
    #[must_use]
    pub fn alerts_reader(&self, consumer: &str) -> GroupReader {
        GroupReader::new(self.client.clone(), (keys::ALERTS, "recorder"), consumer, ALERTS_AT_ONCE)
    }

    /// Reads `fixes` in the group of the fix writers.
    #[must_use]
    pub fn fixes_reader(&self, consumer: &str) -> GroupReader {
        GroupReader::new(self.client.clone(), (keys::FIXES, "fix-writer"), consumer, FIXES_AT_ONCE)
    }

    /// Follows the ledger.
    #[must_use]
    pub fn ledger_tail(&self, after: Seq) -> Tail {
        Tail::new(self.client.clone(), keys::LEDGER, Some(format!("{}-0", after.0)))
    }

    /// Follows the positions from now on.
    #[must_use]
    pub fn positions_tail(&self) -> Tail {
        Tail::new(self.client.clone(), keys::POSITIONS, None)
    }
}

fn xadd(key: &str, keep: Option<usize>, id: &str, item: &impl Serialize) -> Result<redis::Cmd, QueueError> {
    let mut add = redis::cmd("XADD");
    add.arg(key);
    if let Some(keep) = keep {
        add.arg("MAXLEN").arg("~").arg(keep);
    }
    add.arg(id).arg("v").arg(serde_json::to_vec(item)?);
    Ok(add)
}

fn is_repeat(error: &RedisError) -> bool {
    error.detail().is_some_and(|detail| detail.contains("equal or smaller"))
        || error.to_string().contains("equal or smaller")
}

/// Reads the value of an entry.
fn value_of<T: DeserializeOwned>(value: &[u8]) -> Result<T, QueueError> {
    Ok(serde_json::from_slice(value)?)
}

type Answers = Vec<RedisResult<Value>>;
