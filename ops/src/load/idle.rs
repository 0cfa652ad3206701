//! What a phone costs that is connected and says nothing.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::Context;
use super::descriptors::within_limit;
use super::reference::{Mode, Reference};
use super::report::{Aim, Figure};
use super::times::count;
use crate::swarm::{Identity, Swarm, SwarmConfig};

const PART: &str = "idle";
/// Most that a connection should cost in the server, in KiB, its session included.
const KIB_MAX: f64 = 10.0;
/// First connections a second.
const CONNECTS_PER_S: f64 = 1_000.0;
/// Phones that come and go before the memory is looked at, so that what is made once is not counted.
const WARM_UP: usize = 100;
/// Memory is quiet when it moved by less than this share …
const QUIET: f64 = 0.002;
/// … so many looks after another …
const LOOKS: usize = 4;
/// … with this time between them; it is given so many looks in all.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const LOOKS_MAX: usize = 40;

/// How many phones.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Enrolled phones that connect and then only answer pings
    #[arg(long, default_value_t = 10_000)]
    phones: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { phones: 10_000 }
    }
}

impl Settings {
    pub(super) fn enrolled(&self) -> usize {
        within_limit(self.phones)
    }
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    let phones = within_limit(settings.phones);
    context.progress.say(format!("idle: {phones} phones at the reference gateway"));
    let reference = Reference::start(Mode::Gateway, &context.site.redis_url()).await?;
    let base = cost_kib(reference.gateway, phones, &[], context, || reference.kib()).await?;
    context.progress.say(format!("idle: {phones} phones at the service"));
    let identities = &context.site.identities;
    let cost =
        cost_kib(context.site.gateway, phones, identities, context, || context.site.server_kib()).await?;
    let figure = |what: &str, value| Figure::new(PART, what, value, "KiB");
    context.report.add(Figure::new(PART, "phones connected", count(phones), "phones"));
    context.report.add(figure("resident memory a phone, reference gateway", base));
    context.report.add(figure("resident memory a phone, service", cost).aim(Aim::AtMost(KIB_MAX)));
    context.report.add(figure("resident memory a phone, beside the reference", cost).to(base, "reference"));
    Ok(())
}

async fn cost_kib(
    gateway: std::net::SocketAddr,
    phones: usize,
    identities: &[Identity],
    context: &Context<'_>,
    resident_kib: impl Fn() -> Result<f64>,
) -> Result<f64> {
    let config = |phones: usize| SwarmConfig {
        gateways: vec![gateway],
        phones,
        identities: identities.to_vec(),
        connects_per_s: CONNECTS_PER_S,
        seed: context.seed,
    };
    Swarm::start(config(WARM_UP)).await?.stop().await;
    let before = quiet_kib(&resident_kib).await?;
    let swarm = Swarm::start(config(phones)).await?;
    let after = quiet_kib(&resident_kib).await?;
    swarm.stop().await;
    Ok((after - before) / count(phones))
}

/// The memory once it stands still.
async fn quiet_kib(resident_kib: impl Fn() -> Result<f64>) -> Result<f64> {
    let (mut last, mut quiet) = (resident_kib()?, 0);
    for _ in 0..LOOKS_MAX {
        sleep(LOOK_EVERY).await;
        let kib = resident_kib()?;
        quiet = if (kib - last).abs() < last * QUIET { quiet + 1 } else { 0 };
        last = kib;
        if quiet == LOOKS {
            break;
        }
    }
    Ok(last)
}
