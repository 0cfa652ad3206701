//! `sos-ops faults`: things go wrong under load, and what phones and consoles were told is compared with what is on
//! record. Every fault has stores, nodes, phones and consoles of its own.

mod apart;
mod asking;
mod catalogue;
mod checker;
mod clock;
mod cluster;
mod disk;
mod injuries;
mod last_gasps;
#[cfg(test)]
mod made_up;
mod network;
mod node;
mod people;
mod progress;
mod record;
mod report;
mod run;
mod timeline;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use sos_protocol::ambient::{Entropy, SystemEntropy};

use crate::stop::StopFlag;
use catalogue::{FAULTS, Fault};
use progress::Progress;
use report::{Outcome, Table};
use run::Plan;

/// Alerts, phones and presses a second of a short run: for a debug build beside other tests.
const SHORT: (u64, usize, u32) = (300, 120, 60);

/// `sos-ops faults`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which faults; all when none is named
    faults: Vec<String>,
    /// Acknowledged alerts a fault, at least
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(10..=1_000_000))]
    alerts: u64,
    /// Phones, four in five of them enrolled
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(5..=5_000))]
    phones: u16,
    /// Presses a second
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    rate: u32,
    /// Nodes on the same stores
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    nodes: u8,
    /// Of all that the phones draw by lot; without it, a new one
    #[arg(long)]
    seed: Option<u64>,
    /// One line of JSON a fault
    #[arg(long)]
    json: bool,
    /// A few of the faults with few alerts, for the test suite; missed times do not fail it
    #[arg(long)]
    short: bool,
    /// Say what faults there are
    #[arg(long)]
    list: bool,
    /// Keep the nodes' logs there
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// It runs in a network of its own already
    #[arg(long, hide = true)]
    apart: bool,
}

/// Runs the faults one after the other until `stop` is set.
///
/// # Errors
/// When a promise was broken, an aim was missed (not in a short run), or a run failed.
pub async fn run(arguments: Arguments, stop: &StopFlag) -> Result<()> {
    if arguments.list {
        FAULTS.iter().for_each(|fault| println!("{:25} {}", fault.name, fault.what));
        return Ok(());
    }
    let faults = chosen(&arguments)?;
    let missing = if arguments.apart { None } else { apart::missing() };
    if !arguments.apart && missing.is_none() {
        return apart::begin_again();
    }
    let plan = plan(&arguments);
    let mut table = Table::new(arguments.json);
    for (number, fault) in faults.iter().enumerate() {
        if stop.is_set() {
            break;
        }
        let outcome = match fault.missing(missing) {
            Some(why) => Outcome::NotRun(why),
            None => {
                let progress = Progress::of(fault.name, number + 1, faults.len());
                let ran = Box::pin(run::run(fault, &plan, &progress, stop)).await;
                ran.map_or_else(
                    |error| Outcome::Failed(format!("{error:#}")),
                    |report| Outcome::Ran(Box::new(report)),
                )
            }
        };
        table.add(fault.name, &outcome);
    }
    ensure!(!stop.is_set(), "stopped");
    conclude(&table, arguments.short)
}

fn conclude(table: &Table, short: bool) -> Result<()> {
    match (table.broken(), table.missed()) {
        (0, 0) => Ok(()),
        (0, missed) if short => {
            eprintln!("all promises held; {missed} missed an aimed time, which does not count here");
            Ok(())
        }
        (0, missed) => bail!("all promises held; {missed} missed an aimed time"),
        (broken, missed) => bail!("{broken} broke a promise or failed, {missed} missed an aimed time"),
    }
}

fn chosen(arguments: &Arguments) -> Result<Vec<Fault>> {
    let by_name = |name: &String| -> Result<Fault> {
        let fault = FAULTS.iter().find(|fault| fault.name == name);
        fault.copied().ok_or_else(|| anyhow::anyhow!("there is no fault {name}; --list says which there are"))
    };
    if !arguments.faults.is_empty() {
        return arguments.faults.iter().map(by_name).collect();
    }
    Ok(FAULTS.iter().filter(|fault| fault.short || !arguments.short).copied().collect())
}

fn plan(arguments: &Arguments) -> Plan {
    let (alerts, phones, rate) = if arguments.short {
        SHORT
    } else {
        (arguments.alerts, usize::from(arguments.phones), arguments.rate)
    };
    Plan {
        alerts,
        phones,
        rate,
        nodes: usize::from(arguments.nodes),
        seed: arguments.seed.unwrap_or_else(|| SystemEntropy.below(u64::MAX)),
        // Each report is a commit; the short run leaves the processors to other tests.
        report_rang: !arguments.short,
        apart: arguments.apart,
        logs: arguments.logs.clone(),
    }
}
