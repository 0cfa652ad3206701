//! `sos-ops load`: figures under load, each with its ratio to what the same machine did in the same run.
//!
//! Everything runs on private stores and a server of its own, on loopback addresses, with the phones and consoles of
//! [`crate::swarm`]. Machines differ and are shared, so a figure alone says little: hence the ratios.

mod alerts;
mod burst;
mod descriptors;
mod fixes;
mod idle;
mod lanes;
mod machine;
mod people;
mod progress;
mod reference;
mod report;
mod review;
mod silent;
mod site;
mod times;
mod told;

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::stop::StopFlag;
use progress::Progress;
use report::Report;
use site::{Plan, Site};

/// How often a signal is looked for.
const STEP: Duration = Duration::from_millis(100);

/// `sos-ops load`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Without a part: all of them, with their defaults
    #[command(subcommand)]
    part: Option<Part>,
    /// One line of JSON a figure
    #[arg(long, global = true)]
    json: bool,
    /// Alternating rounds of figures that are compared; the median counts
    #[arg(long, global = true, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    rounds: u8,
    /// Consoles do not report what rang; each report is a transaction beside the recorder's
    #[arg(long, global = true)]
    no_rang: bool,
    /// Seed of everything that is drawn by lot
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// What the stores and bare sockets of this machine can do
    Machine,
    /// Memory of an idle phone
    Idle(idle::Settings),
    /// Positions: with one frame in flight a phone, and at a fixed rate
    Fixes(fixes::Settings),
    /// Presses at a fixed rate, to the acknowledgement and to the console
    Alerts(alerts::Settings),
    /// Many presses at once: nothing lost, nothing doubled
    Burst(burst::Settings),
    /// Consoles and phones that never read: what they cost the service and the others
    Silent(silent::Settings),
    /// The ministry's review over a million cases: figures, a file of all of them, and SOS meanwhile
    Review(review::Settings),
    /// The gateway that figures are compared with; this program starts it itself
    #[command(hide = true)]
    Reference(reference::Settings),
}

/// What a part works with.
struct Context<'a> {
    site: &'a Site,
    progress: &'a Progress,
    report: &'a mut Report,
    rounds: u8,
    seed: u64,
}

/// Measures what was asked for and prints it.
///
/// # Errors
/// When something cannot be started, an alert is lost or doubled, or somebody asked to stop.
pub async fn run(arguments: Arguments, stop: &StopFlag) -> Result<()> {
    let parts = match arguments.part {
        Some(Part::Reference(settings)) => return reference::serve(settings, stop).await,
        Some(part) => vec![part],
        None => all(),
    };
    descriptors::raise()?;
    let (progress, mut report) = (Progress::new(), Report::new(arguments.json));
    let plan = Plan {
        workers: parts.iter().map(Part::enrolled).max().unwrap_or(0),
        report_rang: !arguments.no_rang,
        history: parts.iter().map(Part::history).max().unwrap_or(0),
    };
    progress.say("starting the stores and the server");
    let site = Site::start(plan, &progress, stop).await?;
    let mut context = Context {
        site: &site,
        progress: &progress,
        report: &mut report,
        rounds: arguments.rounds,
        seed: arguments.seed,
    };
    let outcome = tokio::select! {
        outcome = measure(parts, &mut context) => outcome,
        () = stopped(stop) => Err(anyhow::anyhow!("stopped")),
    };
    progress.say("stopping");
    site.end().await;
    progress.end();
    report.print();
    outcome
}

/// Those that fill the queue come last: consoles that come later are shown all of it.
fn all() -> Vec<Part> {
    vec![
        Part::Machine,
        Part::Idle(idle::Settings::default()),
        Part::Fixes(fixes::Settings::default()),
        Part::Alerts(alerts::Settings::default()),
        Part::Silent(silent::Settings::default()),
        Part::Burst(burst::Settings::default()),
    ]
}

async fn measure(parts: Vec<Part>, context: &mut Context<'_>) -> Result<()> {
    for part in parts {
        match part {
            Part::Machine => machine::measure(context).await?,
            Part::Idle(settings) => idle::measure(settings, context).await?,
            Part::Fixes(settings) => fixes::measure(settings, context).await?,
            Part::Alerts(settings) => alerts::measure(settings, context).await?,
            Part::Burst(settings) => burst::measure(settings, context).await?,
            Part::Silent(settings) => silent::measure(settings, context).await?,
            Part::Review(settings) => review::measure(settings, context).await?,
            Part::Reference(_) => bail!("the reference gateway is started alone"),
        }
    }
    Ok(())
}

async fn stopped(stop: &StopFlag) {
    while !stop.is_set() {
        tokio::time::sleep(STEP).await;
    }
}

impl Part {
    /// Phones that have to be enrolled for it.
    fn enrolled(&self) -> usize {
        match self {
            Self::Machine | Self::Fixes(_) | Self::Silent(_) | Self::Review(_) | Self::Reference(_) => 0,
            Self::Idle(settings) => settings.enrolled(),
            Self::Alerts(settings) => settings.enrolled(),
            Self::Burst(settings) => settings.enrolled(),
        }
    }

    /// Cases that have to be over before it begins.
    fn history(&self) -> i64 {
        match self {
            Self::Review(settings) => settings.history(),
            _ => 0,
        }
    }
}
