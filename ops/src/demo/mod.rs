//! `sos-ops demo`: workers in real places press, move and write; their receipts are shown as they come.

mod board;
mod people;
mod places;
mod tally;
mod words;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sos_mobile_bridge::Bridge;
use sos_protocol::ambient::SystemEntropy;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::phone::close_bridge;
use crate::stop::StopFlag;
use board::{Board, Who};
use people::{Person, Source};
use places::Places;
use tally::Tally;
use worker::{News, Plan, Worker};

/// News that wait to be shown.
const NEWS_MAX: usize = 256;

/// `sos-ops demo`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many workers press
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=200))]
    workers: u16,
    /// For how long, in seconds
    #[arg(long, default_value_t = 180, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    duration: u64,
    /// One line of JSON a receipt
    #[arg(long)]
    json: bool,
    /// Address of the service; without it, the installation that runs on SOS_DATA
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// For a service elsewhere: what `sos-server admin create-codes --json` printed there
    #[arg(long, env = "SOS_DEMO_CODES", value_name = "FILE", requires = "server")]
    codes: Option<PathBuf>,
    #[arg(long, env = "SOS_DATA", default_value = ".data", hide = true)]
    data: PathBuf,
}

/// Runs the demo until its end or until `stop` is set.
///
/// # Errors
/// When no service is found, nobody can be enrolled, or a press did not arrive by the end.
pub async fn run(arguments: Arguments, stop: &StopFlag) -> Result<()> {
    let source = Source::find(arguments.server.as_deref(), arguments.codes.as_deref(), &arguments.data)?;
    eprintln!("enrolling phones with {} …", source.server_url);
    let people = source.people(usize::from(arguments.workers)).await?;
    if people.len() < usize::from(arguments.workers) {
        eprintln!("{} workers are known there; going on with them", people.len());
    }
    let phones: Vec<Arc<Bridge>> = people.iter().map(|person| Arc::clone(&person.bridge)).collect();
    let tally = play(people, &arguments, stop).await?;
    for phone in phones {
        close_bridge(phone).await;
    }
    eprint!("\n{tally}");
    ensure!(stop.is_set() || tally.all_received(), "not every press arrived; they are kept in the phones");
    Ok(())
}

async fn play(people: Vec<Person>, arguments: &Arguments, stop: &StopFlag) -> Result<Tally> {
    let places = Places::load()?;
    let duration = Duration::from_secs(arguments.duration);
    let (sender, mut news) = mpsc::channel::<News>(NEWS_MAX);
    let (mut workers, mut lines) = (JoinSet::new(), Vec::new());
    for (number, person) in people.into_iter().enumerate() {
        let place = places.draw(person.country, &SystemEntropy);
        lines.push(Who { name: person.name, place: place.place.clone() });
        let plan = Plan::draw(place, duration, &SystemEntropy);
        let worker = Worker { number, bridge: person.bridge, plan, news: sender.clone() };
        workers.spawn(worker.live(stop.clone()));
    }
    drop(sender);
    let (mut board, mut tally) = (Board::new(lines, arguments.json), Tally::default());
    while let Some(news) = news.recv().await {
        tally.count(&news);
        board.show(&news);
    }
    board.end();
    while let Some(ended) = workers.join_next().await {
        ended.context("a demo worker broke off")?;
    }
    Ok(tally)
}
