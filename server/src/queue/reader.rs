use std::time::Duration;

use futures_util::FutureExt;
use redis::aio::MultiplexedConnection;
use redis::streams::{StreamInfoConsumer, StreamInfoConsumersReply};
use redis::{AsyncConnectionConfig, Client, Cmd, RedisError, RedisResult, Value, from_redis_value};
use serde::de::DeserializeOwned;
use sos_protocol::Seq;
use tokio::time::{Interval, MissedTickBehavior};

use super::{QueueError, value_of};
use crate::deadline::within;

/// How long a read waits in Redis for something to come.
const BLOCK: Duration = Duration::from_millis(500);
/// Longest wait for the answer to a read.
const READ_WITHIN: Duration = Duration::from_millis(2_000);
/// Longest wait for a new connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);
/// Most entries of one read by a [`Tail`].
const ENTRIES_MAX: usize = 500;
/// An entry that another reader took and has not finished for this long is taken over.
const TAKE_OVER_AFTER: Duration = Duration::from_millis(1_000);

/// An entry of a stream.
#[derive(Debug, Clone)]
pub struct StreamEntry {
    /// Redis's id of it.
    pub id: String,
    value: Vec<u8>,
}

impl StreamEntry {
    /// What is in it.
    ///
    /// # Errors
    /// When it is not what is expected.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, QueueError> {
        value_of(&self.value)
    }

    /// What is in it, as bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.value
    }
}

/// How often such entries are looked for: with [`TAKE_OVER_AFTER`] they are taken over within 2 s, if no read blocks
/// longer than [`BLOCK`] in between.
const TAKE_OVER_EVERY: Duration = Duration::from_millis(500);
/// A reader that did not read for this long is gone: one that lives reads every [`BLOCK`].
const DEAD_AFTER_MS: usize = 3_600_000;
/// A cursor that begins with the oldest entry.
const FROM_OLDEST: &str = "0-0";

/// A connection for blocking reads only; made anew after every error.
struct Blocking {
    client: Client,
    connection: Option<MultiplexedConnection>,
}

impl Blocking {
    async fn run(&mut self, cmd: &Cmd) -> Result<Value, QueueError> {
        self.use_within(async |connection| cmd.query_async(connection).await).await
    }

    async fn use_within<T>(
        &mut self,
        ask: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, QueueError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_WITHIN))
                    .set_response_timeout(Some(READ_WITHIN));
                let connect = async {
                    Ok::<_, QueueError>(
                        self.client.get_multiplexed_async_connection_with_config(&config).await?,
                    )
                };
                within(CONNECT_WITHIN, connect).await?
            }
        };
        let answer = within(READ_WITHIN, async { Ok::<_, QueueError>(ask(&mut connection).await?) }).await?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

/// Reads a stream in a consumer group: each entry goes to one reader, and to another if that one does not finish it.
pub struct GroupReader {
    blocking: Blocking,
    stream: &'static str,
    group: &'static str,
    consumer: String,
    /// Most entries of one read.
    entries_max: usize,
    joined: bool,
    take_over: TakeOver,
}

/// Where the looking for unfinished entries stands.
struct TakeOver {
    due: Interval,
    /// The last look found as many as it could: there are more.
    again: bool,
    /// Redis's cursor; `0-0` begins with the oldest.
    cursor: String,
}

impl GroupReader {
    pub(super) fn new(
        client: Client,
        (stream, group): (&'static str, &'static str),
        consumer: &str,
        entries_max: usize,
    ) -> Self {
        let blocking = Blocking { client, connection: None };
        let mut due = tokio::time::interval(TAKE_OVER_EVERY);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let take_over = TakeOver { due, again: false, cursor: FROM_OLDEST.to_owned() };
        let consumer = consumer.to_owned();
        Self { blocking, stream, group, consumer, entries_max, joined: false, take_over }
    }

    /// Waits a moment for entries that nobody has taken yet, or takes over what somebody (also this reader) took and
    /// did not finish; may come back empty.
    ///
    /// # Errors
    /// When Redis does not answer; try again.
    pub async fn next(&mut self) -> Result<Vec<StreamEntry>, QueueError> {
        self.join().await?;
        let due = self.take_over.due.tick().now_or_never().is_some();
        let taken = if due || std::mem::take(&mut self.take_over.again) {
            self.take_over().await
        } else {
            self.take_new(BLOCK).await
        };
        // The group may be gone with the data.
        self.joined = taken.is_ok();
        taken
    }

    /// Waits at most `limit` for entries that nobody has taken yet.
    ///
    /// # Errors
    /// When Redis does not answer; try again.
    pub async fn next_new(&mut self, limit: Duration) -> Result<Vec<StreamEntry>, QueueError> {
        self.join().await?;
        let taken = self.take_new(limit.min(BLOCK)).await;
        self.joined = taken.is_ok();
        taken
    }

    async fn take_new(&mut self, block: Duration) -> Result<Vec<StreamEntry>, QueueError> {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(self.group).arg(&self.consumer).arg("COUNT").arg(self.entries_max);
        read.arg("BLOCK").arg(millis(block)).arg("STREAMS").arg(self.stream).arg(">");
        Ok(entries_of_streams(self.blocking.run(&read).await?))
    }

    async fn take_over(&mut self) -> Result<Vec<StreamEntry>, QueueError> {
        let mut claim = redis::cmd("XAUTOCLAIM");
        claim.arg(self.stream).arg(self.group).arg(&self.consumer).arg(millis(TAKE_OVER_AFTER));
        claim.arg(&self.take_over.cursor).arg("COUNT").arg(self.entries_max);
        let answer = self.blocking.run(&claim).await;
        self.take_over.cursor.clear();
        self.take_over.cursor.push_str(FROM_OLDEST);
        let Value::Array(parts) = answer? else { return Ok(vec![]) };
        let mut parts = parts.into_iter();
        if let Some(Value::BulkString(cursor)) = parts.next() {
            self.take_over.cursor = String::from_utf8(cursor).unwrap_or_else(|_| FROM_OLDEST.to_owned());
        }
        let taken = parts.next().map_or(vec![], entries);
        // The rest at once, as long as there is progress; what is still in somebody's hands comes with the next round.
        self.take_over.again = !taken.is_empty() && self.take_over.cursor != FROM_OLDEST;
        Ok(taken)
    }

    /// These are dealt with for good.
    ///
    /// # Errors
    /// When Redis does not answer; they will come again.
    pub async fn done(&mut self, ids: &[String]) -> Result<(), QueueError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut both = redis::pipe();
        both.cmd("XACK").arg(self.stream).arg(self.group).arg(ids).ignore();
        both.cmd("XDEL").arg(self.stream).arg(ids).ignore();
        self.blocking.use_within(async |connection| both.query_async(connection).await).await
    }

    async fn join(&mut self) -> Result<(), QueueError> {
        if self.joined {
            return Ok(());
        }
        let mut create = redis::cmd("XGROUP");
        create.arg("CREATE").arg(self.stream).arg(self.group).arg("0").arg("MKSTREAM");
        match self.blocking.run(&create).await {
            Err(QueueError::Redis(error)) if error.code() == Some("BUSYGROUP") => {}
            other => drop(other?),
        }
        self.joined = true;
        self.forget_dead_readers().await
    }

    /// Every start of a node adds a reader with a new name; those that are long gone and left nothing are removed.
    async fn forget_dead_readers(&mut self) -> Result<(), QueueError> {
        let mut ask = redis::cmd("XINFO");
        ask.arg("CONSUMERS").arg(self.stream).arg(self.group);
        let readers: StreamInfoConsumersReply =
            from_redis_value(self.blocking.run(&ask).await?).map_err(RedisError::from)?;
        let dead = |reader: &StreamInfoConsumer| reader.pending == 0 && reader.idle > DEAD_AFTER_MS;
        for reader in readers.consumers.iter().filter(|reader| dead(reader)) {
            let mut forget = redis::cmd("XGROUP");
            forget.arg("DELCONSUMER").arg(self.stream).arg(self.group).arg(&reader.name);
            self.blocking.run(&forget).await?;
        }
        Ok(())
    }
}

/// Follows a stream from a place on, without taking anything away from others.
pub struct Tail {
    blocking: Blocking,
    stream: &'static str,
    /// None: from now on.
    after: Option<String>,
}

impl Tail {
    pub(super) fn new(client: Client, stream: &'static str, after: Option<String>) -> Self {
        Self { blocking: Blocking { client, connection: None }, stream, after }
    }

    /// Waits a moment for entries; may come back empty.
    ///
    /// # Errors
    /// When Redis does not answer; try again.
    pub async fn next(&mut self) -> Result<Vec<StreamEntry>, QueueError> {
        // Not Redis's `$`: that would pass over what comes between two reads.
        let after = match self.after.take() {
            Some(after) => after,
            None => self.last().await?,
        };
        let mut read = redis::cmd("XREAD");
        read.arg("COUNT").arg(ENTRIES_MAX).arg("BLOCK").arg(millis(BLOCK));
        read.arg("STREAMS").arg(self.stream).arg(&after);
        let answer = self.blocking.run(&read).await;
        self.after = Some(after);
        let entries = entries_of_streams(answer?);
        if let Some(last) = entries.last() {
            self.after = Some(last.id.clone());
        }
        Ok(entries)
    }

    /// The id of the last entry that is there now.
    async fn last(&mut self) -> Result<String, QueueError> {
        let mut ask = redis::cmd("XREVRANGE");
        ask.arg(self.stream).arg("+").arg("-").arg("COUNT").arg(1);
        let last = entries(self.blocking.run(&ask).await?).pop();
        Ok(last.map_or_else(|| FROM_OLDEST.to_owned(), |entry| entry.id))
    }

    /// Goes on after `seq`, for a stream whose ids are ledger places.
    pub fn seek(&mut self, seq: Seq) {
        self.after = Some(format!("{}-0", seq.0));
    }
}

fn millis(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}

fn entries_of_streams(answer: Value) -> Vec<StreamEntry> {
    match answer {
        // RESP2: [[name, entries]]
        Value::Array(streams) => {
            streams.into_iter().flat_map(|stream| second(stream).map_or(vec![], entries)).collect()
        }
        // RESP3: {name: entries}
        Value::Map(streams) => streams.into_iter().flat_map(|(_, list)| entries(list)).collect(),
        _ => vec![],
    }
}

/// [[id, [field, value, …]], …]; an entry that was deleted has no fields and is left out.
pub(super) fn entries(list: Value) -> Vec<StreamEntry> {
    let Value::Array(list) = list else { return vec![] };
    list.into_iter().filter_map(entry).collect()
}

fn entry(value: Value) -> Option<StreamEntry> {
    let Value::Array(parts) = value else { return None };
    let mut parts = parts.into_iter();
    let (Value::BulkString(id), Value::Array(fields)) = (parts.next()?, parts.next()?) else { return None };
    let Value::BulkString(value) = fields.into_iter().nth(1)? else { return None };
    Some(StreamEntry { id: String::from_utf8(id).ok()?, value })
}

fn second(value: Value) -> Option<Value> {
    let Value::Array(parts) = value else { return None };
    parts.into_iter().nth(1)
}
