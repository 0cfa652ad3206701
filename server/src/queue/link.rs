use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::{TcpSettings, socket2};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, Value};
use sos_protocol::ambient::SharedClock;

use super::breaker::Breaker;
use super::{Answers, QueueError};
use crate::deadline::within;

/// A silent break of the connection is found after this long.
const BREAK_FOUND_WITHIN: Duration = Duration::from_secs(3);
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

/// A connection with many commands in flight; each has its own deadline.
pub(super) struct Link {
    connection: ConnectionManager,
    breaker: Breaker,
}

impl Link {
    pub(super) fn new(client: &Client, clock: SharedClock) -> Result<Self, QueueError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(BREAK_FOUND_WITHIN))
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(200));
        Ok(Self { connection: client.get_connection_manager_lazy(config)?, breaker: Breaker::new(clock) })
    }

    pub(super) async fn run<T: FromRedisValue>(&self, cmd: &Cmd, limit: Duration) -> Result<T, QueueError> {
        self.guarded(limit, async {
            let mut connection = self.connection.clone();
            Ok(cmd.query_async(&mut connection).await?)
        })
        .await
    }

    /// Several commands in one flight, each with its own answer.
    pub(super) async fn run_all(&self, cmds: &[Cmd], limit: Duration) -> Result<Answers, QueueError> {
        self.guarded(limit, async {
            let mut connection = self.connection.clone();
            let mut pipeline = Pipeline::with_capacity(cmds.len());
            for cmd in cmds {
                pipeline.add_command(cmd.clone());
            }
            pipeline.ignore_errors();
            let answers = connection.req_packed_commands(&pipeline, 0, cmds.len()).await?;
            Ok(answers.into_iter().map(Value::extract_error).collect())
        })
        .await
    }

    async fn guarded<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, QueueError>>,
    ) -> Result<T, QueueError> {
        if !self.breaker.allows() {
            return Err(QueueError::Resting);
        }
        let result = within(limit, work).await;
        self.breaker.note(result.is_ok());
        result
    }
}
