//! `sos-ops up`: a whole local installation, from nothing to a console with demo people.

mod demo_people;
mod private_file;
mod progress;
pub(crate) mod ready;
mod running;
mod stores;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;

use crate::server_program::ServerProgram;
use crate::stack::Process;
use crate::stop::StopFlag;

pub use running::Running;

use demo_people::DemoPeople;
use progress::Progress;
use stores::Stores;

/// How long the server gets to finish what it is doing when asked to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(15);
/// How often a signal and the server's end are looked for.
const STEP: Duration = Duration::from_millis(200);

/// What can be chosen, by option or environment.
#[derive(Debug, clap::Args)]
pub struct Settings {
    /// Port of the console and of the phones, on 127.0.0.1
    #[arg(long, env = "SOS_PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Folder of the data, kept between starts
    #[arg(long, env = "SOS_DATA", default_value = ".data", value_name = "FOLDER")]
    data: PathBuf,
    /// A Postgres to use instead of a private one; only together with a Redis
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL", requires = "redis_url")]
    database_url: Option<String>,
    /// A Redis to use instead of a private one; only together with a Postgres
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL", requires = "database_url")]
    redis_url: Option<String>,
    /// Seconds that were spent on building before this
    #[arg(long, default_value_t = 0, hide = true)]
    spent_secs: u64,
}

/// Starts everything, says how to use it, and runs until `stop` or until the server ends.
///
/// # Errors
/// When the port or the data folder is in use, a step fails, or the server ends by itself.
pub fn run(settings: &Settings, stop: &StopFlag) -> Result<()> {
    let mut progress = Progress::new(settings.spent_secs);
    check_port(settings.port)?;
    progress.step("starting PostgreSQL and Redis");
    let stores = Stores::start(settings)?;
    let outcome = serve(settings, &stores, &mut progress, stop);
    progress.step("stopping the stores");
    drop(stores);
    progress.done();
    outcome
}

fn serve(settings: &Settings, stores: &Stores, progress: &mut Progress, stop: &StopFlag) -> Result<()> {
    let folder = stores.data_dir();
    let running = Running::new(settings.port, stores);
    let program = running.server_program(folder)?;
    let people = DemoPeople::of(folder)?;
    prepare(&program, &people, stores, progress, stop)?;
    progress.step("starting the server");
    let server = program.start(&["serve"])?;
    let outcome = attend(&server, settings, &running, &people, folder, progress, stop);
    progress.step("stopping the server");
    server.stop(Signal::TERM, DRAIN_LIMIT);
    progress.done();
    outcome
}

/// Brings the database to the newest schema and loads the demo people.
fn prepare(
    program: &ServerProgram,
    people: &DemoPeople,
    stores: &Stores,
    progress: &mut Progress,
    stop: &StopFlag,
) -> Result<()> {
    progress.step("migrating the database");
    program.run(&["migrate"], "")?;
    go_on(stop)?;
    if stores.are_private() && people.are_loaded() {
        return Ok(());
    }
    progress.step("loading the demo desks, staff and workers");
    people.load(program, stop)
}

/// Waits until the server is ready, says so, and waits for the end.
fn attend(
    server: &Process,
    settings: &Settings,
    running: &Running,
    people: &DemoPeople,
    folder: &Path,
    progress: &mut Progress,
    stop: &StopFlag,
) -> Result<()> {
    ready::wait(settings.port, server, stop)?;
    let note = running.announce(folder)?;
    progress.done();
    progress.welcome(settings, people, folder)?;
    let outcome = wait_for_the_end(server, stop);
    drop(note);
    println!();
    outcome
}

fn wait_for_the_end(server: &Process, stop: &StopFlag) -> Result<()> {
    while !stop.is_set() {
        if let Some(status) = server.wait(STEP) {
            bail!("the server ended by itself ({status}); what it said is above");
        }
    }
    Ok(())
}

fn check_port(port: u16) -> Result<()> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop);
    free.with_context(|| {
        format!("port {port} cannot be used; choose another one, for example: SOS_PORT={} ops/up", port ^ 1)
    })
}

/// Ends the start between two steps when somebody asked to stop.
fn go_on(stop: &StopFlag) -> Result<()> {
    ensure!(!stop.is_set(), "stopped before it was up");
    Ok(())
}
