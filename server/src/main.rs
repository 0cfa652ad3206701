//! `sos-server serve | migrate | admin …`

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use metrics_exporter_prometheus::PrometheusBuilder;
use sos_protocol::ambient::{SystemClock, SystemEntropy};
use sos_server::admin::Admin;
use sos_server::admin::proofs::ExitCodes;
use sos_server::app::{self, Ambient};
use sos_server::config::Config;
use sos_server::documents::child;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Buckets of the histograms, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 5.0];

/// The emergency SOS service.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take alerts, feed consoles.
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Set up desks, accounts, workers and codes; check the ledger.
    #[command(subcommand)]
    Admin(Admin),
    /// Make one PDF: from a document on the standard input, for the service itself.
    #[command(hide = true)]
    Document,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    if matches!(command, Command::Document) {
        return code_of(child::run());
    }
    let code = match &command {
        Command::Admin(Admin::Proofs(proofs)) => proofs.exit_code(),
        _ => ExitCodes::Plain,
    };
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sos-server: {error:#}");
            code.of(&error)
        }
    }
}

/// The exit code, which is from 0 to 2.
fn code_of(code: i32) -> ExitCode {
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

async fn run(command: Command) -> anyhow::Result<()> {
    if let Command::Admin(Admin::Proofs(proofs)) = &command
        && let Some(done) = proofs.anywhere()
    {
        return done;
    }
    let config = Config::read(std::env::vars())?;
    let ambient = Ambient { clock: Arc::new(SystemClock::new()), entropy: Arc::new(SystemEntropy) };
    match command {
        Command::Serve => serve(config, ambient).await,
        Command::Migrate => app::store(&config, &ambient)?.migrate().await,
        Command::Admin(admin) => {
            start_log(&config)?;
            admin.run(&config, &app::store(&config, &ambient)?, &ambient).await
        }
        Command::Document => Ok(()),
    }
}

async fn serve(config: Config, ambient: Ambient) -> anyhow::Result<()> {
    start_log(&config)?;
    let metrics = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", config.listen))?;
    let shutdown = CancellationToken::new();
    tokio::spawn(wait_for_signal(shutdown.clone())?);
    app::serve(&config, ambient, metrics, listener, shutdown).await
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| anyhow::anyhow!("log: {error}"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json {
        log.json().flatten_event(true).init();
    } else {
        log.init();
    }
    Ok(())
}

fn wait_for_signal(shutdown: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    })
}
