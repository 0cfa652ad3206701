use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::{TcpSettings, socket2};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, RedisResult, Value};
use sos_protocol::ambient::SharedClock;
use tokio::sync::Semaphore;

use super::{Answers, QueueError};
use crate::breaker::Breaker;
use crate::deadline::within;

/// A silent break of the connection is found after this long.
const BREAK_FOUND_WITHIN: Duration = Duration::from_secs(3);
/// Pause before a command is sent again on a new connection.
const RESEND_PAUSE: Duration = Duration::from_millis(20);
/// Longest wait for a new connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// Settings of the connections: a timeout of a command never makes redis-rs connect again, so a broken connection
/// must be found by TCP itself.
pub(super) fn client(url: &str) -> Result<Client, QueueError> {
    let keepalive =
        socket2::TcpKeepalive::new().with_time(Duration::from_secs(1)).with_interval(Duration::from_secs(1));
    let tcp = TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(keepalive)
        .set_user_timeout(BREAK_FOUND_WITHIN);
    Ok(Client::open(url.into_connection_info()?.set_tcp_settings(tcp))?)
}

/// Commands in flight on one connection: past this Redis answers no faster, and a command's deadline would measure
/// the others before it.
const IN_FLIGHT_MAX: usize = 1_024;
/// Longest wait for a turn.
const TURN_WITHIN: Duration = Duration::from_secs(2);

/// A connection with many commands in flight; each has its own deadline.
pub(super) struct Link {
    connection: ConnectionManager,
    breaker: Breaker,
    turns: Semaphore,
}

impl Link {
    pub(super) fn new(client: &Client, clock: SharedClock) -> Result<Self, QueueError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(BREAK_FOUND_WITHIN))
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(200));
        Ok(Self {
            connection: client.get_connection_manager_lazy(config)?,
            breaker: Breaker::new(clock),
            turns: Semaphore::new(IN_FLIGHT_MAX),
        })
    }

    pub(super) async fn run<T: FromRedisValue>(&self, cmd: &Cmd, limit: Duration) -> Result<T, QueueError> {
        self.guarded(limit, || {
            let (cmd, mut connection) = (cmd.clone(), self.connection.clone());
            async move { cmd.query_async(&mut connection).await }
        })
        .await
    }

    /// Several commands in one flight, each with its own answer.
    pub(super) async fn run_all(&self, cmds: &[Cmd], limit: Duration) -> Result<Answers, QueueError> {
        let mut pipeline = Pipeline::with_capacity(cmds.len());
        for cmd in cmds {
            pipeline.add_command(cmd.clone());
        }
        pipeline.ignore_errors();
        let count = cmds.len();
        self.guarded(limit, || {
            let (pipeline, mut connection) = (pipeline.clone(), self.connection.clone());
            async move {
                let answers = connection.req_packed_commands(&pipeline, 0, count).await?;
                Ok(answers.into_iter().map(Value::extract_error).collect())
            }
        })
        .await
    }

    /// Within `limit`, a broken connection is no answer: redis-rs gives the first command after a break back with
    /// an error while it connects anew, so it is sent again. What it adds twice is known by its id.
    async fn guarded<T, F>(&self, limit: Duration, work: impl Fn() -> F) -> Result<T, QueueError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let turn = tokio::time::timeout(TURN_WITHIN, self.turns.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(QueueError::Busy)?;
        if !self.breaker.admits() {
            return Err(QueueError::Resting);
        }
        let insist = async {
            loop {
                match work().await {
                    Err(error) if error.is_io_error() || error.is_connection_dropped() => {
                        tokio::time::sleep(RESEND_PAUSE).await;
                    }
                    other => return Ok::<_, QueueError>(other?),
                }
            }
        };
        let result = within(limit, insist).await;
        self.breaker.note(result.is_ok());
        result
    }
}
