//! A private Postgres: one child process, its own data folder, a Unix socket; a loopback port only when asked for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use sos_protocol::ambient::{Entropy, SystemEntropy};

use super::error::{Doing, Result, StackError};
use super::folder::{wait_until_left, workers_in};
use super::log::Log;
use super::pg_programs::Programs;
use super::port::free_port;
use super::process::{Process, supervised};
use super::scratch::{Scratch, private_folder};
use super::wait;

/// How long Postgres gets to accept connections; after a hard kill it replays its log first.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a fast shutdown may take before SIGKILL.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How long making a new cluster may take.
const INIT_LIMIT: Duration = Duration::from_secs(120);

/// The role that applications use. It owns its databases and is bound by row-level security where that is
/// forced; it is no superuser.
pub const APP_ROLE: &str = "sos";
const SUPERUSER: &str = "postgres";
/// In the name of the socket of a Postgres that has no port.
const DEFAULT_PORT: u16 = 5432;

/// Settings that differ from Postgres' own. Nothing weakens durability: tests run what production runs.
const SETTINGS: [&str; 8] = [
    "max_connections=200",
    "shared_buffers=32MB",
    "jit=off",
    // No statement text and no key values in the log: they carry personal data.
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_min_duration_statement=-1",
    "logging_collector=off",
    "timezone=UTC",
];

/// A running private Postgres. Dropping it stops it.
#[derive(Debug)]
pub struct PostgresServer {
    programs: Programs,
    data: PathBuf,
    sockets: PathBuf,
    log: Log,
    scratch: Arc<Scratch>,
    tcp: Option<Tcp>,
    process: Mutex<Option<Process>>,
}

/// How Postgres is reached over the loopback network.
#[derive(Debug)]
struct Tcp {
    port: u16,
    password: String,
}

impl PostgresServer {
    /// Starts Postgres on the data folder `data`, which is made when it is not there, with its socket and
    /// log in `scratch`, and makes sure of the role and the database `sos`.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, the folder belongs to another version or to a running Postgres,
    /// or the start fails or takes longer than 60 s.
    pub fn start(data: &Path, scratch: Arc<Scratch>) -> Result<Self> {
        Self::start_with(data, scratch, None)
    }

    /// As [`start`](Self::start), and listens on a free loopback port as well, where the application role
    /// needs a password; [`url`](Self::url) then goes there.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when no port is free.
    pub fn start_on_tcp(data: &Path, scratch: Arc<Scratch>) -> Result<Self> {
        let no_port = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        let port = free_port().ok_or(no_port).doing("looking for a free loopback port")?;
        let mut password = [0; 24];
        SystemEntropy.fill(&mut password);
        let password = password.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::start_with(data, scratch, Some(Tcp { port, password }))
    }

    fn start_with(data: &Path, scratch: Arc<Scratch>, tcp: Option<Tcp>) -> Result<Self> {
        let programs = Programs::for_data(data)?;
        let sockets = scratch.folder("pg")?;
        let log = Log::in_folder(&sockets);
        let process = Mutex::new(None);
        let server = Self { programs, data: data.to_path_buf(), sockets, log, scratch, tcp, process };
        if !server.data.join("PG_VERSION").exists() {
            server.make_cluster()?;
        }
        server.write_access_rules()?;
        server.restart()?;
        server.make_role_and_database()?;
        Ok(server)
    }

    /// The connection URL of `database` for the application role.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match &self.tcp {
            Some(Tcp { port, password }) => {
                format!("postgres://{APP_ROLE}:{password}@127.0.0.1:{port}/{database}")
            }
            None => self.url_as(APP_ROLE, database),
        }
    }

    /// The connection URL of `database` for the application role over the Unix socket, which no fault of
    /// the network reaches.
    #[must_use]
    pub fn socket_url(&self, database: &str) -> String {
        self.url_as(APP_ROLE, database)
    }

    /// The loopback port, when it has one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.tcp.as_ref().map(|tcp| tcp.port)
    }

    /// The connection URL of the superuser, in the database `postgres`.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url_as(SUPERUSER, "postgres")
    }

    /// The Unix socket, for a proxy in a fault test.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.sockets.join(format!(".s.PGSQL.{}", self.port().unwrap_or(DEFAULT_PORT)))
    }

    /// Makes the database `name`, owned by the application role, as a copy of `template` when given, and
    /// returns its URL. Nobody may be connected to the template.
    ///
    /// # Errors
    /// When the name is not plain, exists already, or Postgres refuses.
    pub fn fresh_database(&self, name: &str, template: Option<&str>) -> Result<String> {
        let template = template.unwrap_or("template1");
        for name in [name, template] {
            check_name(name)?;
        }
        self.run_sql(&format!("CREATE DATABASE {name} OWNER {APP_ROLE} TEMPLATE {template};"))?;
        Ok(self.url(name))
    }

    /// Runs `sql` as the superuser with psql, stopping at the first error, and returns what it prints
    /// (values only). For tests and set-up.
    ///
    /// # Errors
    /// When psql cannot connect within 5 s, or a statement fails or takes longer than 30 s.
    pub fn run_sql(&self, sql: &str) -> Result<String> {
        self.programs.psql(&self.superuser_url(), sql)
    }

    /// Kills Postgres as a power cut would: no shutdown, no checkpoint. Returns when all its processes are
    /// gone.
    ///
    /// # Errors
    /// When they are still there after 20 s.
    pub fn kill(&self) -> Result<()> {
        if let Some(process) = self.slot().take() {
            process.kill();
        }
        wait_until_left(&self.data)
    }

    /// Freezes Postgres, with all its processes: connections stay open, nothing answers.
    pub fn pause(&self) {
        self.signal_all(Signal::STOP);
    }

    /// Lets a frozen Postgres go on.
    pub fn resume(&self) {
        self.signal_all(Signal::CONT);
    }

    /// Whether its process ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.slot().as_ref().is_some_and(|process| process.ended().is_some())
    }

    /// The first process makes the others: it is stopped first, so that none is missed. Each of them is in a
    /// process group of its own, and all work in the data folder.
    fn signal_all(&self, signal: Signal) {
        if let Some(process) = self.slot().as_ref() {
            process.signal(signal);
        }
        for worker in workers_in(&self.data) {
            // One that has ended since need not be told.
            let _ = kill_process(worker, signal);
        }
    }

    /// Stops Postgres in an orderly way, within 10 s, or kills it.
    pub fn stop(&self) {
        self.resume();
        if let Some(process) = self.slot().take() {
            process.stop(Signal::INT, STOP_LIMIT);
        }
    }

    /// Starts Postgres again after [`stop`](Self::stop) or [`kill`](Self::kill), with the same data and
    /// socket; stops it first when it runs.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&self) -> Result<()> {
        self.stop();
        wait_until_left(&self.data)?;
        // Nobody works in the folder, so this is left from a kill. Postgres itself would refuse to start
        // where the old process was not reaped or its number belongs to someone else now.
        let _ = fs::remove_file(self.data.join("postmaster.pid"));
        let process = Process::spawn(self.command()?, Vec::new())?;
        let outcome = self.wait_until_ready(&process);
        // Also a Postgres that is not ready goes into the slot, so that it is stopped.
        *self.slot() = Some(process);
        outcome
    }

    fn access_rules(&self) -> PathBuf {
        self.sockets.join("pg_hba.conf")
    }

    /// Those of the cluster let nobody in from the network; these let in the application role, by password.
    fn write_access_rules(&self) -> Result<()> {
        if self.tcp.is_none() {
            return Ok(());
        }
        // Not scram-sha-256: its thousands of hashes a connection are the client's, and slow in a debug build.
        let rules = format!("local all all trust\nhost all {APP_ROLE} 127.0.0.1/32 password\n");
        fs::write(self.access_rules(), rules).doing("writing who may connect")?;
        self.scratch.account().map_or(Ok(()), |account| account.own(&self.access_rules()))
    }

    fn slot(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url_as(&self, role: &str, database: &str) -> String {
        let port = self.port().unwrap_or(DEFAULT_PORT);
        format!("postgres://{role}@localhost:{port}/{database}?host={}", self.sockets.display())
    }

    fn command(&self) -> Result<std::process::Command> {
        let log = self.log.open()?;
        let mut command = supervised(self.programs.path("postgres"), self.scratch.account(), "INT");
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.sockets);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        match &self.tcp {
            None => command.args(["-c", "listen_addresses="]),
            Some(tcp) => command
                .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={}", tcp.port)])
                .arg("-c")
                .arg(format!("hba_file={}", self.access_rules().display())),
        };
        command.stdin(Stdio::null()).stdout(clone(&log)?).stderr(log);
        Ok(command)
    }

    /// Postgres writes `ready` into the eighth line of its pid file.
    fn wait_until_ready(&self, process: &Process) -> Result<()> {
        let path = self.data.join("postmaster.pid");
        let ready = || -> Option<bool> {
            let file = fs::read_to_string(&path).unwrap_or_default();
            let ready = file.lines().nth(7).is_some_and(|status| status.trim() == "ready");
            if ready { Some(true) } else { process.ended().map(|_| false) }
        };
        match wait::until(START_LIMIT, Duration::from_millis(10), ready) {
            Some(true) => Ok(()),
            Some(false) => Err(StackError::Ended { name: "PostgreSQL", log: self.log.tail() }),
            None => Err(StackError::Slow {
                name: "PostgreSQL",
                limit_secs: START_LIMIT.as_secs(),
                log: self.log.tail(),
            }),
        }
    }

    /// Makes the cluster beside its place and moves it there when it is whole.
    fn make_cluster(&self) -> Result<()> {
        let account = self.scratch.account();
        let unfinished = self.data.with_extension("new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).doing(format!("removing {}", unfinished.display()))?;
        }
        private_folder(&unfinished, account)?;
        let mut command = supervised(self.programs.path("initdb"), account, "KILL");
        command.arg("-D").arg(&unfinished).args(["-U", SUPERUSER]);
        // The socket's folder is closed to others, so whoever reaches it may pass without a password.
        command.args(["--auth-local=trust", "--auth-host=reject"]);
        command.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]);
        let log = self.log.open()?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let initdb = Process::spawn(command, Vec::new())?;
        let status = initdb.wait(INIT_LIMIT).or_else(|| initdb.kill());
        if !status.is_some_and(|status| status.success()) {
            return Err(StackError::Ended { name: "initdb", log: self.log.tail() });
        }
        fs::rename(&unfinished, &self.data).doing(format!("renaming {}", unfinished.display()))
    }

    fn make_role_and_database(&self) -> Result<()> {
        self.run_sql(&format!(
            "SELECT 'CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'
               WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') \\gexec
             SELECT 'CREATE DATABASE {APP_ROLE} OWNER {APP_ROLE}'
               WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{APP_ROLE}') \\gexec\n"
        ))?;
        if let Some(Tcp { password, .. }) = &self.tcp {
            self.run_sql(&format!("ALTER ROLE {APP_ROLE} PASSWORD '{password}';"))?;
        }
        Ok(())
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn clone(log: &File) -> Result<File> {
    log.try_clone().doing("opening a log")
}

fn check_name(name: &str) -> Result<()> {
    let plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    if plain && starts && name.len() <= 63 { Ok(()) } else { Err(StackError::Name(name.into())) }
}
