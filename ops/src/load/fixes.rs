//! Positions: how many are acknowledged, and how fast, beside the reference gateway.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::Context;
use super::lanes::{Lanes, Peer, Run};
use super::reference::{Mode, Reference};
use super::report::{Aim, Figure};
use super::times::{count, median};

const PART: &str = "fixes";
/// Connections of a phone that sends as fast as it is answered, so that the service's limit on frames (bursts of 60 a
/// connection) does not end the round early.
pub(super) const CONNECTIONS_A_PHONE: usize = 6;
/// How long a round lasts.
const CLOSED_LOOP: Duration = Duration::from_secs(3);
const AT_RATE: Duration = Duration::from_secs(5);
/// What the service should reach of the reference gateway.
const RATE_LEAST: f64 = 0.8;
/// How long fixes may take from the stream into Postgres after a round, before the next one begins all the same.
const DRAIN_LIMIT: Duration = Duration::from_secs(180);
/// How often that is looked at.
const STEP: Duration = Duration::from_millis(100);

/// How many phones, and how fast.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Phones, each with one frame in flight
    #[arg(long, default_value_t = 1_000)]
    phones: usize,
    /// Frames a second of the second figure
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { phones: 1_000, rate: 1_000.0 }
    }
}

/// The figures of one side, one a round.
#[derive(Default)]
struct Side {
    rate: Vec<f64>,
    closed_p50: Vec<f64>,
    closed_p99: Vec<f64>,
    paced_p50: Vec<f64>,
    paced_p99: Vec<f64>,
    errors: usize,
}

impl Side {
    fn take(&mut self, mut closed: Run, mut paced: Run) {
        self.rate.push(closed.rate());
        self.closed_p50.push(closed.times.within_ms(0.5));
        self.closed_p99.push(closed.times.within_ms(0.99));
        self.paced_p50.push(paced.times.within_ms(0.5));
        self.paced_p99.push(paced.times.within_ms(0.99));
        self.errors += closed.errors + paced.errors;
    }
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    let (mut base, mut service) = (Side::default(), Side::default());
    let mut drained = vec![];
    for round in 1..=context.rounds {
        context.progress.say(format!("fixes: round {round} of {}, reference gateway", context.rounds));
        let reference = Reference::start(Mode::Gateway, &context.site.redis_url()).await?;
        round_of(&settings, reference.gateway, Peer::Reference, context, &mut base).await?;
        drop(reference);
        context.progress.say(format!("fixes: round {round} of {}, service", context.rounds));
        round_of(&settings, context.site.gateway, Peer::Service, context, &mut service).await?;
        drained.push(until_drained(context).await?);
    }
    super::machine::tidy(context)?;
    add(context, "fixes", base, service);
    context.report.add(Figure::new(
        PART,
        "from the last acknowledgement until all are in Postgres",
        median(drained),
        "s",
    ));
    Ok(())
}

async fn round_of(
    settings: &Settings,
    gateway: std::net::SocketAddr,
    peer: Peer,
    context: &Context<'_>,
    side: &mut Side,
) -> Result<()> {
    let connections =
        CONNECTIONS_A_PHONE.min(super::descriptors::within_limit(usize::MAX) / settings.phones.max(1));
    ensure!(connections > 0, "more phones than this machine allows open files");
    let mut lanes = Lanes::open(gateway, peer, settings.phones, connections, context.seed).await?;
    let paced = lanes.at_rate(settings.rate, AT_RATE).await?;
    let closed = lanes.closed_loop(CLOSED_LOOP).await?;
    side.take(closed, paced);
    Ok(())
}

fn add(context: &mut Context<'_>, what: &str, base: Side, service: Side) {
    let report = &mut *context.report;
    let mut both = |name: &str, unit, base: Vec<f64>, service: Vec<f64>, aim: Option<Aim>| {
        let (base, service) = (median(base), median(service));
        report.add(Figure::new(PART, format!("{name}, reference gateway"), base, unit));
        let figure = Figure::new(PART, name, service, unit).to(base, "reference");
        report.add(match aim {
            Some(aim) => figure.aim(aim),
            None => figure,
        });
    };
    let closed = format!("{what} acknowledged, one in flight a phone");
    both(&closed, "1/s", base.rate, service.rate, Some(Aim::AtLeast(RATE_LEAST)));
    both(&format!("{closed}: p50"), "ms", base.closed_p50, service.closed_p50, None);
    both(&format!("{closed}: p99"), "ms", base.closed_p99, service.closed_p99, None);
    let paced = format!("{what} at the fixed rate");
    both(&format!("{paced}: p50"), "ms", base.paced_p50, service.paced_p50, None);
    both(&format!("{paced}: p99"), "ms", base.paced_p99, service.paced_p99, None);
    report.add(
        Figure::new(PART, "answers that were errors", count(service.errors), "frames").aim(Aim::AtMost(0.0)),
    );
}

/// Waits until the stream of fixes is empty, so that the next round begins as the first did; in seconds.
async fn until_drained(context: &Context<'_>) -> Result<f64> {
    let start = crate::swarm::now();
    loop {
        let waiting = context.site.ask_redis("XLEN sos:fixes")?;
        if waiting == ":0" {
            return Ok(start.elapsed().as_secs_f64());
        }
        if start.elapsed() > DRAIN_LIMIT {
            context.progress.say(format!("fixes: {waiting} still wait in Redis, going on"));
            return Ok(start.elapsed().as_secs_f64());
        }
        context.progress.now(format!("fixes: {} wait for Postgres", waiting.trim_start_matches(':')));
        sleep(STEP).await;
    }
}
