//! Consoles and phones that never read: what each costs the service in memory, and the others in time.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::SinkExt;
use sos_protocol::{PhoneFrame, Seq};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::Context;
use super::alerts::{ministry, swarm};
use super::lanes::{Lanes, Peer};
use super::report::{Aim, Figure};
use super::times::{count, median};
use super::told::Told;
use crate::swarm::alerts::encode;
use crate::swarm::socket::Socket;
use crate::swarm::{Consoles, Swarm, silent_console, silent_phone};

const PART: &str = "silent";
/// Most that a silent peer should cost, in KiB …
const KIB_MAX: f64 = 256.0;
/// … and most that it should slow down the others.
const SLOWER_MOST: f64 = 1.2;
/// Phones that press, and as many that send a fix a second each meanwhile.
const PHONES: usize = 500;
/// How long a round lasts: shorter than the 10 s that the service waits for a peer that does not read.
const ROUND: Duration = Duration::from_secs(8);
/// How long phones have to hear that everything is recorded.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
/// A silent phone asks so often before the round, or until nobody reads that: the kernel holds as much for it, and
/// without that nothing would lie at the service for most of a round.
const ASKS: usize = 40_000;
/// How long its asking may stand still.
const ASK_WITHIN: Duration = Duration::from_millis(500);
/// How often the memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How many never read.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Consoles that never read, and as many phones; several, so that their memory stands out
    #[arg(long, default_value_t = 4)]
    peers: usize,
    /// Presses a second meanwhile
    #[arg(long, default_value_t = 200.0)]
    rate: f64,
    /// Ledger entries that a silent console asks for at its beginning, as one that was away does; 0: it only stays
    /// behind what happens
    #[arg(long, default_value_t = 4_500, value_parser = clap::value_parser!(i64).range(0..))]
    replay: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { peers: 4, rate: 200.0, replay: 4_500 }
    }
}

/// What a round came to.
struct Round {
    received_ms: f64,
    rung_ms: f64,
    /// The most that the server's memory grew while it lasted.
    grown_kib: f64,
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    let consoles = Consoles::start(context.site.consoles()).await?;
    let swarm = swarm(PHONES, 0, context).await?;
    let mut fixes = Lanes::open(context.site.gateway, Peer::Service, PHONES, 1, context.seed).await?;
    let (mut without, mut with) = (vec![], vec![]);
    context.progress.say("silent: a round to warm up");
    round(0, &settings, &swarm, &consoles, &mut fixes, context).await?;
    for number in 1..=context.rounds {
        context.progress.say(format!("silent: round {number} of {}, everybody reads", context.rounds));
        without.push(round(0, &settings, &swarm, &consoles, &mut fixes, context).await?);
        context.progress.say(format!("silent: round {number} of {}, with silent peers", context.rounds));
        with.push(round(settings.peers, &settings, &swarm, &consoles, &mut fixes, context).await?);
    }
    swarm.stop().await;
    consoles.stop().await;
    add(settings.peers, &without, &with, context);
    Ok(())
}

fn add(peers: usize, without: &[Round], with: &[Round], context: &mut Context<'_>) {
    let middle = |rounds: &[Round], of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
    let grown = |rounds| middle(rounds, |round| round.grown_kib);
    let extra = (grown(with) - grown(without)).max(0.0) / count(2 * peers.max(1));
    let report = &mut *context.report;
    report.add(Figure::new(PART, "memory that a round takes, everybody reads", grown(without), "KiB"));
    report.add(Figure::new(PART, "memory that a silent peer takes", extra, "KiB").aim(Aim::AtMost(KIB_MAX)));
    for (what, of) in [
        ("press to acknowledgement: p50", (|round| round.received_ms) as fn(&Round) -> f64),
        ("press to ring: p50", |round| round.rung_ms),
    ] {
        let (base, slowed) = (middle(without, of), middle(with, of));
        report.add(Figure::new(PART, format!("{what}, everybody reads"), base, "ms"));
        let figure = Figure::new(PART, format!("{what}, with silent peers"), slowed, "ms");
        report.add(figure.to(base, "without").aim(Aim::AtMost(SLOWER_MOST)));
    }
}

/// Presses and fixes for a while, with `peers` consoles and phones that read nothing.
async fn round(
    peers: usize,
    settings: &Settings,
    swarm: &Swarm,
    consoles: &Consoles,
    fixes: &mut Lanes,
    context: &Context<'_>,
) -> Result<Round> {
    let done = swarm.alerts().len();
    let head = consoles.each(|log| log.head_seq)[0];
    let long_ago = Seq((head - settings.replay).max(0));
    let before = context.site.server_kib()?;
    let silent = silent_peers(peers, long_ago, context).await?;
    let pressing = swarm.press_at(settings.rate);
    let flow = fixes.at_rate(count(PHONES), ROUND);
    let most = most_kib(context);
    let (flowed, most) = tokio::join!(flow, most);
    flowed?;
    pressing.stop().await;
    swarm.settle(SETTLE_WITHIN).await;
    drop(silent);
    let alerts = swarm.alerts().split_off(done);
    let mut told = Told::of(&alerts, ministry(&consoles.logs()));
    Ok(Round {
        received_ms: told.received.within_ms(0.5),
        rung_ms: told.rung.within_ms(0.5),
        grown_kib: (most? - before).max(0.0),
    })
}

/// The server's memory at its largest while a round lasts.
async fn most_kib(context: &Context<'_>) -> Result<f64> {
    let start = crate::swarm::now();
    let mut most = 0.0_f64;
    while start.elapsed() < ROUND {
        most = most.max(context.site.server_kib()?);
        sleep(LOOK_EVERY).await;
    }
    Ok(most)
}

/// Peers that stay connected and read nothing until they are dropped.
async fn silent_peers(peers: usize, long_ago: Seq, context: &Context<'_>) -> Result<Vec<Socket>> {
    let mut silent = vec![];
    let (login, password) = context.site.ministry();
    let mut asking = JoinSet::new();
    for number in 0..peers {
        let phone = silent_phone(context.site.gateway, number).await.context("a silent phone")?;
        asking.spawn(ask(phone));
    }
    while let Some(phone) = asking.join_next().await {
        silent.push(phone?);
    }
    for _ in 0..peers {
        silent.push(silent_console(context.site.gateway, login, password, long_ago).await?);
    }
    Ok(silent)
}

/// Asks and asks and never hears the answers, until the service reads no more.
async fn ask(mut phone: Socket) -> Socket {
    let ping = encode(&PhoneFrame::Ping {});
    for _ in 0..ASKS {
        match timeout(ASK_WITHIN, phone.send(Message::Text(ping.clone()))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => break,
        }
    }
    phone
}
