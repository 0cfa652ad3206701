//! The stores and the server of a run, and who is known there.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;

use super::people::{People, random_text};
use super::progress::Progress;
use crate::server_program::ServerProgram;
use crate::stack::{APP_ROLE, Process, Stack, StackConfig, free_port, supervised};
use crate::stop::StopFlag;
use crate::swarm::{ConsolesConfig, Identity, enrol};
use crate::up::ready;

/// How long the server gets to finish what it is doing when asked to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(15);

/// What is measured.
pub(super) struct Site {
    stack: Stack,
    server: Process,
    /// Where phones and consoles call.
    pub(super) gateway: SocketAddr,
    /// Phones that the service knows.
    pub(super) identities: Vec<Identity>,
    logins: Vec<(String, String)>,
    report_rang: bool,
    own_database: OnceCell<String>,
}

impl Site {
    /// Starts everything and enrols `workers` phones.
    ///
    /// # Errors
    /// When a step fails, or somebody asked to stop.
    pub(super) async fn start(
        workers: usize,
        report_rang: bool,
        progress: &Progress,
        stop: &StopFlag,
    ) -> Result<Self> {
        let started = {
            let (stop, progress) = (stop.clone(), progress.clone());
            tokio::task::spawn_blocking(move || start(workers, &progress, &stop)).await?
        };
        let (stack, server, gateway, people) = started?;
        let logins = people.logins;
        let mut site = Self {
            stack,
            server,
            gateway,
            identities: vec![],
            logins,
            report_rang,
            own_database: OnceCell::new(),
        };
        progress.say(format!("enrolling {workers} phones"));
        match enrol(gateway, people.codes).await {
            Ok(identities) => site.identities = identities,
            Err(error) => {
                site.end().await;
                return Err(error);
            }
        }
        Ok(site)
    }

    /// The consoles of the ministry, which sees everything, and of three desks; they report what rang, if that is wanted.
    pub(super) fn consoles(&self) -> ConsolesConfig {
        let gateways = vec![self.gateway];
        ConsolesConfig { gateways, origin: None, logins: self.logins.clone(), report_rang: self.report_rang }
    }

    /// An account that sees everything.
    pub(super) fn ministry(&self) -> (&str, &str) {
        let (login, password) = &self.logins[0];
        (login, password)
    }

    /// Resident memory of the server, in KiB.
    pub(super) fn server_kib(&self) -> Result<f64> {
        resident_kib(&self.server)
    }

    /// The Redis of the server.
    pub(super) fn redis_url(&self) -> String {
        self.stack.redis_url()
    }

    /// The address of a database of the run's own beside the server's, in the same Postgres.
    pub(super) async fn own_database(&self) -> Result<String> {
        let make = || async { Ok::<_, anyhow::Error>(self.stack.fresh_database("load", None)?) };
        self.own_database.get_or_try_init(make).await.cloned()
    }

    /// The server's database, past row-level security.
    pub(super) async fn database(&self) -> Result<PgConnection> {
        let url = self.stack.superuser_url().replace("/postgres?", &format!("/{APP_ROLE}?"));
        PgConnection::connect(&url).await.context("connecting to Postgres")
    }

    /// One word of Redis to a command, as it writes it.
    pub(super) fn ask_redis(&self, command: &str) -> Result<String> {
        Ok(self.stack.redis().ask(command)?)
    }

    /// Stops the server, then the stores.
    pub(super) async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || {
            self.server.stop(Signal::TERM, DRAIN_LIMIT);
            self.stack.stop();
        });
        let _ = ended.await;
    }
}

type Started = (Stack, Process, SocketAddr, People);

fn start(workers: usize, progress: &Progress, stop: &StopFlag) -> Result<Started> {
    let stack = Stack::start(&StackConfig::default())?;
    let port = free_port().context("no loopback port is free")?;
    let gateway = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let program = ServerProgram::beside_this_one(vec![
        ("SOS_LISTEN", gateway.to_string()),
        ("DATABASE_URL", stack.database_url()),
        ("REDIS_URL", stack.redis_url()),
        ("SOS_SECRET", random_text()),
        ("SOS_ATTACHMENTS", stack.data_dir().join("attachments").display().to_string()),
        ("SOS_LOG", std::env::var("SOS_LOG").unwrap_or_else(|_| "error".into())),
    ])?;
    progress.say(format!("making desks, officers and {workers} workers"));
    program.run(&["migrate"], "")?;
    let people = People::load(&program, workers, stop)?;
    let server = program.start(&["serve"])?;
    let outcome = ready::wait(port, &server, stop);
    if outcome.is_err() {
        server.stop(Signal::TERM, DRAIN_LIMIT);
    }
    outcome?;
    Ok((stack, server, gateway, people))
}

/// A child of this program, the program itself in another part, with `redis_url` in its environment.
pub(super) fn this_program(arguments: &[&str], redis_url: &str) -> Result<Process> {
    let this = std::env::current_exe().context("finding this program")?;
    let mut command = supervised(this, None, "TERM");
    command.args(arguments).env("REDIS_URL", redis_url).stdin(std::process::Stdio::null());
    Ok(Process::spawn(command, Vec::new())?)
}

/// Resident memory of a process, in KiB, as the kernel counts it.
pub(super) fn resident_kib(process: &Process) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u32>().ok());
    kib.map(f64::from).context("the kernel does not tell the memory of a process")
}
