//! `sos-ops phone`: one phone in the hand, for trying the service out and for tests.

mod follow;
mod handset;
mod moment;
pub(crate) mod show;
pub(crate) mod walk;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Subcommand, ValueEnum};
use sos_mobile_bridge::{Position, PressDetails};
use sos_protocol::ambient::{Clock, SystemClock, SystemEntropy};
use sos_protocol::{EmergencyKind, FixSource, Stage, Trigger};

use crate::stop::StopFlag;
use follow::{Follow, Hands};
use handset::{Handset, Place};
pub(crate) use handset::{close_bridge, open_bridge};
use walk::Walk;

/// `sos-ops phone`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Press SOS, then show how far it gets; typed lines go to the desk as chat
    Press(Press),
    /// Make this phone known with a single-use code
    Enrol(Enrol),
    /// Write one message to the desk and wait until the service has it
    Write(Write),
    /// Walk for a while with an open SOS, sending positions
    Move(Move),
    /// Go on with the SOS that is open: show what comes, send typed lines as chat
    Follow(FollowOn),
}

#[derive(Debug, clap::Args)]
struct Spot {
    /// Latitude, WGS 84 degrees
    #[arg(long, allow_negative_numbers = true, value_parser = degrees::<90>)]
    lat: f64,
    /// Longitude, WGS 84 degrees
    #[arg(long, allow_negative_numbers = true, value_parser = degrees::<180>)]
    lon: f64,
    /// 68% uncertainty of the position, in metres
    #[arg(long, default_value_t = 15.0, value_name = "METRES")]
    accuracy: f64,
}

#[derive(Debug, clap::Args)]
struct Press {
    /// Latitude; without it the SOS has no position
    #[arg(long, allow_negative_numbers = true, requires = "lon", value_parser = degrees::<90>)]
    lat: Option<f64>,
    /// Longitude
    #[arg(long, allow_negative_numbers = true, requires = "lat", value_parser = degrees::<180>)]
    lon: Option<f64>,
    /// 68% uncertainty of the position, in metres
    #[arg(long, default_value_t = 15.0, value_name = "METRES")]
    accuracy: f64,
    /// Words of the worker
    #[arg(long)]
    text: Option<String>,
    /// What happened
    #[arg(long)]
    kind: Option<Kind>,
    /// Charge of the battery, in percent
    #[arg(long, default_value_t = 80, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    battery: u8,
    /// Enrol with this single-use code first
    #[arg(long)]
    code: Option<String>,
    /// End with success when the SOS has got this far
    #[arg(long, value_name = "STAGE")]
    until: Option<Step>,
    /// With --until: fail if it takes longer, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    timeout: u64,
    /// One line of JSON a receipt: stage, at, case_id, alert_id, desk, by, seq, current
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
struct Enrol {
    /// The single-use code
    #[arg(long)]
    code: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
struct Write {
    /// The words
    #[arg(long)]
    text: String,
    /// Fail if it takes longer, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    timeout: u64,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
struct Move {
    #[command(flatten)]
    spot: Spot,
    /// For how long, in seconds
    #[arg(long = "for", default_value_t = 60, value_name = "SECONDS")]
    for_s: u64,
    /// A position each so many seconds
    #[arg(long, default_value_t = 2, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// How fast, in metres a second
    #[arg(long, default_value_t = 1.4, value_name = "METRES")]
    speed: f64,
    /// One line of JSON a receipt
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
struct FollowOn {
    /// One line of JSON a receipt
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Injured,
    Attacked,
    Held,
    Other,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Step {
    Received,
    Recorded,
    Rang,
    Seen,
    Claimed,
    Closed,
}

/// Does what was asked, until it is done or `stop` is set.
///
/// # Errors
/// When the phone's data cannot be used, the service refuses, or a limit of time passes.
pub async fn run(arguments: Arguments, stop: &StopFlag) -> Result<()> {
    match arguments.command {
        Command::Press(press) => run_press(press, stop).await,
        Command::Enrol(enrol) => {
            let handset = Handset::open(&enrol.place)?;
            let name = handset.enrol(&enrol.code).await?;
            println!("This phone now belongs to {name}. Its data is in {}.", handset.folder().display());
            handset.close().await;
            Ok(())
        }
        Command::Write(write) => run_write(write, stop).await,
        Command::Move(walk) => run_move(walk, stop).await,
        Command::Follow(follow) => run_follow(follow, stop).await,
    }
}

async fn run_press(press: Press, stop: &StopFlag) -> Result<()> {
    let handset = Handset::open(&press.place)?;
    if let Some(code) = &press.code {
        let name = handset.enrol(code).await?;
        eprintln!("enrolled as {name}");
    }
    handset.say_who()?;
    let spot = press.lat.zip(press.lon);
    let hands = spot.map(|(lat, lon)| Hands::still(Walk::at(lat, lon, press.accuracy), press.battery));
    let details = PressDetails {
        position: spot.map(|(lat, lon)| measured(lat, lon, press.accuracy, press.battery)),
        trigger: Some(Trigger::Hold),
        kind: press.kind.map(EmergencyKind::from),
        text: press.text,
        battery_pct: Some(press.battery),
        drill: false,
    };
    let events = handset.bridge().subscribe();
    let alert_id = handset.bridge().press(details).alert_id;
    let until = press.until.map(|step| (Stage::from(step), Duration::from_secs(press.timeout)));
    let follow = Follow { events, alert_id, hands, until, json: press.json, ends_after: None };
    let outcome = follow.run(handset.bridge(), stop).await;
    handset.close().await;
    outcome
}

async fn run_write(write: Write, stop: &StopFlag) -> Result<()> {
    let handset = Handset::open(&write.place)?;
    let events = handset.bridge().subscribe();
    let message_id = handset.bridge().write(&write.text)?;
    let outcome =
        follow::until_accepted(&events, &message_id.to_string(), Duration::from_secs(write.timeout), stop)
            .await;
    handset.close().await;
    outcome?;
    println!("{}", show::MESSAGE_ACCEPTED);
    Ok(())
}

async fn run_move(walk: Move, stop: &StopFlag) -> Result<()> {
    let handset = Handset::open(&walk.place)?;
    let alert_id = open_alert(&handset)?;
    let Spot { lat, lon, accuracy } = walk.spot;
    let steps = Walk::towards(lat, lon, accuracy, walk.speed, &SystemEntropy);
    let hands = Hands::walking(steps, Duration::from_secs(walk.every));
    let events = handset.bridge().subscribe();
    let ends_after = Some(Duration::from_secs(walk.for_s));
    let follow = Follow { events, alert_id, hands: Some(hands), until: None, json: walk.json, ends_after };
    let outcome = follow.run(handset.bridge(), stop).await;
    handset.close().await;
    outcome
}

async fn run_follow(on: FollowOn, stop: &StopFlag) -> Result<()> {
    let handset = Handset::open(&on.place)?;
    let alert_id = open_alert(&handset)?;
    let events = handset.bridge().subscribe();
    let follow = Follow { events, alert_id, hands: None, until: None, json: on.json, ends_after: None };
    let outcome = follow.run(handset.bridge(), stop).await;
    handset.close().await;
    outcome
}

fn open_alert(handset: &Handset) -> Result<sos_protocol::AlertId> {
    let open = handset.bridge().open_alert()?;
    open.with_context(|| {
        format!("no SOS is open on the phone in {}; press first", handset.folder().display())
    })
}

/// A position as measured just now.
pub(crate) fn measured(lat: f64, lon: f64, accuracy_m: f64, battery_pct: u8) -> Position {
    let mut position = Position::at(lat, lon);
    position.accuracy_m = Some(accuracy_m);
    position.fix_time_ms = Some(SystemClock::new().now());
    position.source = Some(FixSource::Gps);
    position.battery_pct = Some(battery_pct);
    position
}

fn degrees<const MAX: i16>(text: &str) -> Result<f64> {
    let value: f64 = text.parse().context("not a number")?;
    let max = f64::from(MAX);
    if !(-max..=max).contains(&value) {
        bail!("not between -{max} and {max}");
    }
    Ok(value)
}

impl From<Kind> for EmergencyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Injured => Self::Injured,
            Kind::Attacked => Self::Attacked,
            Kind::Held => Self::Held,
            Kind::Other => Self::Other,
        }
    }
}

impl From<Step> for Stage {
    fn from(step: Step) -> Self {
        match step {
            Step::Received => Self::Received,
            Step::Recorded => Self::Recorded,
            Step::Rang => Self::Rang,
            Step::Seen => Self::Seen,
            Step::Claimed => Self::Claimed,
            Step::Closed => Self::Closed,
        }
    }
}
