//! A private Postgres and a private Redis as children of this process, for `ops/up` and for every test.
//!
//! They are the engines of production with its durability, in their own data folder, on a Unix socket and
//! a free loopback port. They end with the launcher, also when it is killed.
//!
//! Starting blocks for about two seconds on a new folder; in async code, start it in `spawn_blocking`. A
//! stack in a `static` of a test binary is cleaned up too, when the binary ends.

mod account;
mod error;
mod folder;
mod log;
mod pg_programs;
mod port;
mod postgres;
mod process;
mod redis;
mod redis_program;
mod scratch;
pub mod wait;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

pub use error::{Result, StackError};
pub use port::free_port;
pub use postgres::{APP_ROLE, PostgresServer};
pub use process::Process;
pub(crate) use process::supervised;
pub use redis::{DATABASES, RedisServer};
pub use scratch::Scratch;

use folder::DataFolder;

/// How to start a [`Stack`].
#[derive(Debug, Clone, Default)]
pub struct StackConfig {
    /// Where the data is kept; `None` for a new folder that is removed afterwards.
    pub data_dir: Option<PathBuf>,
    /// Where Postgres keeps its data instead of in `data_dir`, for a disk that a fault test fills.
    pub postgres_dir: Option<PathBuf>,
    /// Where Redis keeps its data instead of in `data_dir`.
    pub redis_dir: Option<PathBuf>,
    /// Postgres listens on a free loopback port as well, with a password of its own, so that a fault test
    /// can cut the connections to it.
    pub postgres_on_tcp: bool,
}

/// A running Postgres and a running Redis. Dropping it stops both.
#[derive(Debug)]
pub struct Stack {
    // In the order in which they must be dropped.
    postgres: PostgresServer,
    redis: RedisServer,
    data_dir: PathBuf,
    scratch: Arc<Scratch>,
    _folder: Option<DataFolder>,
}

impl Stack {
    /// Starts both stores.
    ///
    /// # Errors
    /// When a program is missing, the data folder cannot be used or is in use, or a store does not get
    /// ready within 60 s.
    pub fn start(config: &StackConfig) -> Result<Self> {
        let scratch = Arc::new(Scratch::new()?);
        let folder = match &config.data_dir {
            Some(wanted) => Some(DataFolder::open(wanted, scratch.account())?),
            None => None,
        };
        let data_dir = match &folder {
            Some(folder) => folder.path().to_path_buf(),
            None => scratch.folder("data")?,
        };
        let (postgres, redis) = start_both(config, &data_dir, &scratch);
        Ok(Self { postgres: postgres?, redis: redis?, data_dir, scratch, _folder: folder })
    }

    /// The connection URL of the database `sos` for the application role, which owns it and is no
    /// superuser.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.postgres.url(APP_ROLE)
    }

    /// The connection URL of the Postgres superuser.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.postgres.superuser_url()
    }

    /// The connection URL of Redis, logical database 0.
    #[must_use]
    pub fn redis_url(&self) -> String {
        self.redis.url()
    }

    /// Where the data really is: another folder than the wanted one when that is closed to the `postgres`
    /// user.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The Postgres server.
    #[must_use]
    pub fn postgres(&self) -> &PostgresServer {
        &self.postgres
    }

    /// The Redis server.
    #[must_use]
    pub fn redis(&self) -> &RedisServer {
        &self.redis
    }

    /// See [`PostgresServer::fresh_database`].
    ///
    /// # Errors
    /// When the name is not plain, exists already, or Postgres refuses.
    pub fn fresh_database(&self, name: &str, template: Option<&str>) -> Result<String> {
        self.postgres.fresh_database(name, template)
    }

    /// Starts one more Redis with a data folder that does not stay, for a test that wants one alone.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub fn another_redis(&self) -> Result<RedisServer> {
        RedisServer::start(&self.scratch.folder("redis")?, Arc::clone(&self.scratch))
    }

    /// See [`PostgresServer::kill`].
    ///
    /// # Errors
    /// When its processes do not go.
    pub fn kill_postgres(&self) -> Result<()> {
        self.postgres.kill()
    }

    /// See [`PostgresServer::restart`].
    ///
    /// # Errors
    /// As [`PostgresServer::start`].
    pub fn restart_postgres(&self) -> Result<()> {
        self.postgres.restart()
    }

    /// See [`RedisServer::kill`].
    pub fn kill_redis(&self) {
        self.redis.kill();
    }

    /// See [`RedisServer::restart`].
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub fn restart_redis(&self) -> Result<()> {
        self.redis.restart()
    }

    /// Stops both stores, within about 20 s; dropping does the same.
    pub fn stop(self) {
        drop(self);
    }
}

/// Where [`Stack::start`] puts the data for the wanted folder `wanted`, as an absolute path: elsewhere when
/// that folder is closed to the `postgres` user.
///
/// # Errors
/// When no place can be found for it.
pub fn place_of_data(wanted: &Path) -> Result<PathBuf> {
    folder::place(wanted, account::Account::for_stores()?)
}

fn start_both(
    config: &StackConfig,
    data: &Path,
    scratch: &Arc<Scratch>,
) -> (Result<PostgresServer>, Result<RedisServer>) {
    let place = |own: &Option<PathBuf>, name| own.clone().unwrap_or_else(|| data.join(name));
    let redis_dir = place(&config.redis_dir, "redis");
    let postgres_dir = place(&config.postgres_dir, "postgres");
    thread::scope(|both| {
        let redis = both.spawn(|| RedisServer::start(&redis_dir, Arc::clone(scratch)));
        let postgres = if config.postgres_on_tcp {
            PostgresServer::start_on_tcp(&postgres_dir, Arc::clone(scratch))
        } else {
            PostgresServer::start(&postgres_dir, Arc::clone(scratch))
        };
        let redis = redis.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (postgres, redis)
    })
}
