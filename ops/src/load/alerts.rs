//! Presses at a steady rate: how soon they are acknowledged, and how soon a console rings.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::report::{Aim, Figure};
use super::times::count;
use super::told::Told;
use super::{Context, machine};
use crate::swarm::{ConsoleLog, Consoles, Swarm, SwarmConfig, now};

const PART: &str = "alerts";
/// What ratios of the ring are to.
const STEPS: &str = "XADD and commit";
/// An alert should ring within so many times what one entry on disk and one commit take.
const RING_MOST: f64 = 3.0;
/// First connections a second.
pub(super) const CONNECTS_PER_S: f64 = 1_000.0;
/// How long phones have to hear that everything is recorded.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
/// How long consoles have to be told, after that.
const RING_WITHIN: Duration = Duration::from_secs(60);
/// How often that is looked at.
const STEP: Duration = Duration::from_millis(50);

/// How many phones, and how fast.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Presses a second
    #[arg(long, default_value_t = 200.0)]
    rate: f64,
    /// For how long, in seconds
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Phones that press, drawn by lot; half of them are enrolled
    #[arg(long, default_value_t = 1_000)]
    phones: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rate: 200.0, seconds: 10.0, phones: 1_000 }
    }
}

impl Settings {
    pub(super) fn enrolled(&self) -> usize {
        self.phones / 2
    }
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    context.progress.say("alerts: what a press cannot do without");
    let two_steps = machine::two_steps_ms(context).await?;
    machine::tidy(context)?;
    context.progress.say(format!("alerts: {} a second for {} s", settings.rate, settings.seconds));
    let consoles = Consoles::start(context.site.consoles()).await?;
    let swarm = swarm(settings.phones, settings.enrolled(), context).await?;
    let start = now();
    let pressing = swarm.press_at(settings.rate);
    sleep(Duration::from_secs_f64(settings.seconds)).await;
    pressing.stop().await;
    swarm.settle(SETTLE_WITHIN).await;
    let elapsed = start.elapsed().as_secs_f64().min(settings.seconds);
    until_rung(&swarm, &consoles, RING_WITHIN).await;
    let (alerts, logs) = (swarm.stop().await, consoles.stop().await);
    let mut told = Told::of(&alerts, ministry(&logs));
    let received = count(told.received.len()) / elapsed;
    context
        .report
        .add(Figure::new(PART, "acknowledged", received, "1/s").to(settings.rate, "rate of presses"));
    context.report.add(Figure::new(PART, "one XADD and one commit: p50", two_steps, "ms"));
    times(PART, &mut told, two_steps, context);
    ensure!(told.check(PART, &alerts, context).await?, "an alert was lost or doubled");
    Ok(())
}

/// A swarm of which the first `enrolled` phones are known, as far as there are identities.
pub(super) async fn swarm(phones: usize, enrolled: usize, context: &Context<'_>) -> Result<Swarm> {
    let identities = context.site.identities.iter().take(enrolled).cloned().collect();
    let gateways = vec![context.site.gateway];
    Swarm::start(SwarmConfig {
        gateways,
        phones,
        identities,
        connects_per_s: CONNECTS_PER_S,
        seed: context.seed,
    })
    .await
}

/// The console that sees everything.
pub(super) fn ministry(logs: &[ConsoleLog]) -> &ConsoleLog {
    &logs[0]
}

/// Waits until the ministry's console was told of as many alerts as were pressed; whether it was.
pub(super) async fn until_rung(swarm: &Swarm, consoles: &Consoles, within: Duration) -> bool {
    let pressed = usize::try_from(swarm.counts().pressed).unwrap_or(usize::MAX);
    let ends = now() + within;
    while consoles.each(|log| log.rung.len())[0] < pressed {
        if now() >= ends {
            return false;
        }
        sleep(STEP).await;
    }
    true
}

/// From the press to what phones and the ministry's console were told; the ring beside what it cannot do without.
pub(super) fn times(part: &'static str, told: &mut Told, two_steps: f64, context: &mut Context<'_>) {
    let each = [
        ("press to acknowledgement", &mut told.received),
        ("press to ring", &mut told.rung),
        ("press to recorded, at the phone", &mut told.recorded),
    ];
    for (what, times) in each {
        for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
            let figure = Figure::new(part, format!("{what}: {name}"), times.within_ms(share), "ms");
            context.report.add(match (what, name, part) {
                ("press to ring", "p50", PART) => figure.to(two_steps, STEPS).aim(Aim::AtMost(RING_MOST)),
                ("press to ring", "p50", _) => figure.to(two_steps, STEPS),
                _ => figure,
            });
        }
    }
}
