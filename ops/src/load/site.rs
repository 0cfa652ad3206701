//! The stores and the server of a run, and who is known there.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use sos_protocol::StaffId;
use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::people::{People, random_text};
use super::progress::Progress;
use super::stopped;
use crate::history;
use crate::server_program::ServerProgram;
use crate::stack::{APP_ROLE, Process, Stack, StackConfig, free_port, supervised};
use crate::stop::StopFlag;
use crate::swarm::{ConsolesConfig, Identity, enrol};
use crate::up::ready;

/// How long the server gets to finish what it is doing when asked to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(15);

/// What a run needs before anything is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Phones to enrol.
    pub(super) workers: usize,
    /// Consoles report what rang.
    pub(super) report_rang: bool,
    /// Closed cases of a made-up year, in the database before the server starts: the server then takes it that everybody was
    /// told of them.
    pub(super) history: i64,
}

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
    /// Starts everything, writes the history and enrols the phones.
    ///
    /// # Errors
    /// When a step fails, or somebody asked to stop.
    pub(super) async fn start(plan: Plan, progress: &Progress, stop: &StopFlag) -> Result<Self> {
        let began = {
            let (stop, progress) = (stop.clone(), progress.clone());
            tokio::task::spawn_blocking(move || begin(plan.workers, &progress, &stop)).await?
        };
        let (stack, program, people) = began?;
        if plan.history > 0 {
            tokio::select! {
                written = write_history(&stack, plan.history, progress) => written?,
                () = stopped(stop) => bail!("stopped"),
            }
        }
        let started = {
            let stop = stop.clone();
            tokio::task::spawn_blocking(move || serve(&program, &stop)).await?
        };
        let (server, gateway) = started?;
        let mut site = Self {
            stack,
            server,
            gateway,
            identities: vec![],
            logins: people.logins,
            report_rang: plan.report_rang,
            own_database: OnceCell::new(),
        };
        progress.say(format!("enrolling {} phones", plan.workers));
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
        database(&self.stack).await
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

/// The stores, and who is known there.
fn begin(workers: usize, progress: &Progress, stop: &StopFlag) -> Result<(Stack, Program, People)> {
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
    Ok((stack, Program { server: program, gateway }, people))
}

/// The server program as this run starts it.
struct Program {
    server: ServerProgram,
    gateway: SocketAddr,
}

fn serve(program: &Program, stop: &StopFlag) -> Result<(Process, SocketAddr)> {
    let server = program.server.start(&["serve"])?;
    let outcome = ready::wait(program.gateway.port(), &server, stop);
    if outcome.is_err() {
        server.stop(Signal::TERM, DRAIN_LIMIT);
    }
    outcome?;
    Ok((server, program.gateway))
}

async fn write_history(stack: &Stack, cases: i64, progress: &Progress) -> Result<()> {
    let mut db = database(stack).await?;
    let officer: Uuid = sqlx::query_scalar("SELECT staff_id FROM staff WHERE role = 'duty_officer' LIMIT 1")
        .fetch_one(&mut db)
        .await?;
    let written = |done| progress.now(format!("{done} of {cases} cases of the history written"));
    history::write(&mut db, (cases, true), StaffId(officer), written).await?;
    sqlx::query("ANALYZE").execute(&mut db).await?;
    Ok(())
}

async fn database(stack: &Stack) -> Result<PgConnection> {
    let url = stack.superuser_url().replace("/postgres?", &format!("/{APP_ROLE}?"));
    PgConnection::connect(&url).await.context("connecting to Postgres")
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
