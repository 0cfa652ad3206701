//! Many presses at once, as after an earthquake: how long until all are safe, known and rung, and that none is lost.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::alerts::{ministry, swarm, times, until_rung};
use super::descriptors::within_limit;
use super::report::Figure;
use super::times::count;
use super::told::Told;
use super::{Context, machine};
use crate::swarm::{AlertLog, Consoles, Counts, Swarm, now};

const PART: &str = "burst";
/// How long everything may take in all.
const LIMIT: Duration = Duration::from_secs(300);
/// How often the line of progress changes.
const STEP: Duration = Duration::from_millis(200);

/// How many presses.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Presses
    #[arg(long, default_value_t = 50_000)]
    alerts: usize,
    /// Phones that press, in turn; a quarter of them are enrolled
    #[arg(long, default_value_t = 20_000)]
    phones: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { alerts: 50_000, phones: 20_000 }
    }
}

impl Settings {
    pub(super) fn enrolled(&self) -> usize {
        within_limit(self.phones) / 4
    }
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    let phones = within_limit(settings.phones);
    if phones < settings.phones {
        context.progress.say(format!("burst: the limit of open files allows {phones} phones"));
    }
    let two_steps = machine::two_steps_ms(context).await?;
    machine::tidy(context)?;
    let consoles = Consoles::start(context.site.consoles()).await?;
    context.progress.say(format!("burst: connecting {phones} phones"));
    let swarm = swarm(phones, settings.enrolled(), context).await?;
    let start = now();
    context.progress.say(format!("burst: {} presses", settings.alerts));
    let all_there = all_recorded(&swarm, settings.alerts, context).await;
    let rung = until_rung(&swarm, &consoles, LIMIT.saturating_sub(start.elapsed())).await;
    let counts = swarm.counts();
    let (alerts, logs) = (swarm.stop().await, consoles.stop().await);
    let mut told = Told::of(&alerts, ministry(&logs));
    context.report.add(Figure::new(PART, "phones", count(phones), "phones"));
    let unit = |total| Figure::new(PART, total, count(settings.alerts), "alerts");
    context.report.add(unit("presses"));
    let at = |at: fn(&AlertLog) -> Option<Instant>| since(start, alerts.iter().filter_map(at).max());
    let rung_at = since(start, ministry(&logs).rung.values().copied().max());
    for (what, seconds) in [
        ("until all were pressed", since(start, alerts.iter().map(|alert| alert.pressed_at).max())),
        ("until all were acknowledged", at(|alert| alert.received_at)),
        ("until all had rung", rung_at),
        ("until all phones knew that they are recorded", at(|alert| alert.recorded_at)),
    ] {
        context.report.add(Figure::new(PART, what, seconds, "s"));
        let rate = count(settings.alerts) / seconds.max(f64::EPSILON);
        context.report.add(Figure::new(PART, format!("{what}: rate"), rate, "1/s"));
    }
    times(PART, &mut told, two_steps, context);
    refusals(counts, context);
    let whole = told.check(PART, &alerts, context).await?;
    ensure!(whole && all_there && rung, "an alert was lost, doubled or late");
    Ok(())
}

fn since(start: Instant, end: Option<Instant>) -> f64 {
    end.map_or(0.0, |end| end.saturating_duration_since(start).as_secs_f64())
}

fn refusals(counts: Counts, context: &mut Context<'_>) {
    for (what, value) in [("answers unavailable", counts.refused), ("connections lost", counts.reconnects)] {
        let value = count(usize::try_from(value).unwrap_or(usize::MAX));
        context.report.add(Figure::new(PART, what, value, "times"));
    }
}

/// Presses, and waits until every phone has heard that its presses are recorded; whether that was in time.
async fn all_recorded(swarm: &Swarm, presses: usize, context: &Context<'_>) -> bool {
    let watch = async {
        loop {
            let Counts { pressed, received, recorded, .. } = swarm.counts();
            context
                .progress
                .now(format!("burst: {pressed} pressed, {received} received, {recorded} recorded"));
            tokio::time::sleep(STEP).await;
        }
    };
    let work = async {
        swarm.burst(presses).await;
        swarm.settle(LIMIT).await
    };
    tokio::select! {
        settled = work => settled,
        () = watch => false,
    }
}
