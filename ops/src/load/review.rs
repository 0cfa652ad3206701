//! The ministry's review over a long history: how soon figures are answered, what a file of every case costs the server, and
//! whether an SOS meanwhile rings as soon as without.

use std::time::Duration;

use anyhow::{Result, ensure};
use sos_protocol::ExportId;
use sos_protocol::ambient::{Clock, Entropy, SystemClock, SystemEntropy};
use sos_protocol::export::{ExportFormat, ExportLanguage, ExportOf, ExportState, ExportView, NewExport};
use sos_protocol::figures::{Figures, FiguresQuery};
use sqlx::PgConnection;
use tokio::time::{interval, sleep};

use super::Context;
use super::alerts::{ministry, swarm};
use super::report::{Aim, Figure};
use super::times::{Times, count, median};
use super::told::Told;
use crate::swarm::{Consoles, Reader, Swarm, now};

const PART: &str = "review";
/// The page should have its figures within so many milliseconds, at p95.
const FIGURES_MS_MAX: f64 = 1_000.0;
/// Most memory of the server, in MiB, while a file of all cases is made and fetched.
const SERVER_MIB_MAX: f64 = 150.0;
/// Most that a review should slow down a ring.
const SLOWER_MOST: f64 = 1.2;
/// Phones that press meanwhile.
const PHONES: usize = 500;
/// How long a round lasts.
const ROUND: Duration = Duration::from_secs(10);
/// How long phones have to hear that everything is recorded.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
/// How long the service has to go through the history before figures are asked for.
const COUNTED_WITHIN: Duration = Duration::from_secs(1_800);
/// How long a file of all cases may take.
const EXPORTED_WITHIN: Duration = Duration::from_secs(900);
/// How often progress and memory are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How much there is to review.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Settings {
    /// Made-up cases of a year, about six entries of the ledger each
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(i64).range(1..=1_900_000))]
    cases: i64,
    /// Questions that the time of an answer is measured over
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    questions: u32,
    /// Presses a second meanwhile
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { cases: 1_000_000, questions: 100, rate: 20.0 }
    }
}

impl Settings {
    /// Cases that have to be there before the server starts.
    pub(super) const fn history(&self) -> i64 {
        self.cases
    }
}

pub(super) async fn measure(settings: Settings, context: &mut Context<'_>) -> Result<()> {
    gone_through(context).await?;
    let (login, password) = context.site.ministry();
    let reader = Reader::sign_in(context.site.gateway, login, password).await?;
    asked(&settings, &reader, context).await?;
    exported(&settings, &reader, context).await?;
    rung(&settings, &reader, context).await
}

/// The year of the made-up history, and the days around it.
fn year() -> FiguresQuery {
    FiguresQuery {
        from: "2025-01-01".to_owned(),
        to: "2025-12-31".to_owned(),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        desk: None,
        country: None,
        kind: None,
        disposition: None,
    }
}

async fn gone_through(context: &mut Context<'_>) -> Result<()> {
    let mut db = context.site.database().await?;
    let entries: i64 = sqlx::query_scalar("SELECT seq FROM ledger_head").fetch_one(&mut db).await?;
    context.progress.say("review: the service goes through the history");
    counted(&mut db, entries, context).await?;
    let entries = f64::from(u32::try_from(entries)?);
    context.report.add(Figure::new(PART, "entries of the ledger", entries, ""));
    Ok(())
}

/// Waits until the service has measured everything.
async fn counted(db: &mut PgConnection, entries: i64, context: &Context<'_>) -> Result<()> {
    let ends = now() + COUNTED_WITHIN;
    loop {
        let at: i64 = sqlx::query_scalar("SELECT seq FROM measures_cursor").fetch_one(&mut *db).await?;
        context.progress.now(format!("review: {at} of {entries} entries gone through"));
        if at >= entries {
            return Ok(());
        }
        ensure!(now() < ends, "the service did not go through the history in time");
        sleep(LOOK_EVERY).await;
    }
}

async fn asked(settings: &Settings, reader: &Reader, context: &mut Context<'_>) -> Result<()> {
    context.progress.say(format!("review: {} questions for a year of all desks", settings.questions));
    let start = now();
    let first: Figures = reader.ask("/api/figures", &year()).await?;
    let first_ms = start.elapsed().as_secs_f64() * 1_000.0;
    ensure!(first.cases > 0, "no case was counted");
    let mut times = Times::default();
    for _ in 0..settings.questions {
        let start = now();
        let _: Figures = reader.ask("/api/figures", &year()).await?;
        times.between(start, now());
    }
    let report = &mut *context.report;
    report.add(Figure::new(PART, "cases that a year of all desks counts", f64::from(first.cases), ""));
    report.add(Figure::new(PART, "figures, the first time after a start", first_ms, "ms"));
    report.add(Figure::new(PART, "figures: p50", times.within_ms(0.5), "ms"));
    let p95 = Figure::new(PART, "figures: p95", times.within_ms(0.95), "ms");
    report.add(p95.aim(Aim::AtMost(FIGURES_MS_MAX)));
    Ok(())
}

fn all_cases() -> NewExport {
    let query = FiguresQuery { from: "2024-12-01".to_owned(), to: "2026-12-31".to_owned(), ..year() };
    NewExport {
        export_id: ExportId(SystemEntropy.uuid_v7(SystemClock::new().now())),
        of: ExportOf::Cases { query },
        format: ExportFormat::Csv,
        language: ExportLanguage::Vi,
    }
}

/// A CSV of all cases: made, and fetched as it comes.
async fn exported(settings: &Settings, reader: &Reader, context: &mut Context<'_>) -> Result<()> {
    context.progress.say("review: a CSV of all cases");
    let before = context.site.server_kib()? / 1_024.0;
    let start = now();
    let work = async {
        let made = make(reader, &all_cases()).await?;
        let seconds = start.elapsed().as_secs_f64();
        let start = now();
        let lines = lines(reader, &made).await?;
        Ok::<_, anyhow::Error>((made, seconds, lines, start.elapsed().as_secs_f64()))
    };
    let mut most = 0.0_f64;
    let (made, seconds, lines, fetched) = {
        tokio::pin!(work);
        let mut look = interval(LOOK_EVERY);
        loop {
            tokio::select! {
                done = &mut work => break done?,
                _ = look.tick() => most = most.max(context.site.server_kib()? / 1_024.0),
            }
        }
    };
    let wanted = settings.cases;
    let report = &mut *context.report;
    report
        .add(Figure::new(PART, "cases in the CSV", lines, "").to(f64::from(u32::try_from(wanted)?), "cases"));
    let mib = f64::from(u32::try_from(made.bytes / 1_024)?) / 1_024.0;
    report.add(Figure::new(PART, "the CSV", mib, "MiB"));
    report.add(Figure::new(PART, "the CSV is made in", seconds, "s"));
    report.add(Figure::new(PART, "the CSV is fetched in", fetched, "s"));
    report.add(Figure::new(PART, "memory of the server before it", before, "MiB"));
    let most = Figure::new(PART, "memory of the server meanwhile, at most", most, "MiB");
    report.add(most.aim(Aim::AtMost(SERVER_MIB_MAX)));
    Ok(())
}

async fn make(reader: &Reader, new: &NewExport) -> Result<ExportView> {
    let ends = now() + EXPORTED_WITHIN;
    let mut view: ExportView = reader.ask("/api/exports", new).await?;
    while !matches!(view.state, ExportState::Done) {
        ensure!(now() < ends, "the file was not made in time");
        ensure!(!matches!(view.state, ExportState::Failed | ExportState::Gone), "the file was not made");
        sleep(LOOK_EVERY).await;
        view = reader.get(&format!("/api/exports/{}", new.export_id.0)).await?.json().await?;
    }
    Ok(view)
}

/// Lines after the head.
async fn lines(reader: &Reader, made: &ExportView) -> Result<f64> {
    let mut answer = reader.get(&format!("/api/exports/{}/file", made.export_id.0)).await?;
    let mut ends = 0_usize;
    while let Some(part) = answer.chunk().await? {
        ends += part.iter().filter(|byte| **byte == b'\n').count();
    }
    Ok(count(ends.saturating_sub(1)))
}

/// Rounds alone and rounds with a review that never pauses, in turn.
async fn rung(settings: &Settings, reader: &Reader, context: &mut Context<'_>) -> Result<()> {
    let consoles = Consoles::start(context.site.consoles()).await?;
    let swarm = swarm(PHONES, 0, context).await?;
    context.progress.say("review: a round to warm up");
    round(settings, &swarm, &consoles).await?;
    let (mut alone, mut reviewed) = (vec![], vec![]);
    for number in 1..=context.rounds {
        context.progress.say(format!("review: round {number} of {}, nobody reviews", context.rounds));
        alone.push(round(settings, &swarm, &consoles).await?);
        context.progress.say(format!("review: round {number} of {}, somebody reviews", context.rounds));
        let rung = round(settings, &swarm, &consoles);
        tokio::select! {
            rung = rung => reviewed.push(rung?),
            failed = reviewing(reader) => failed?,
        }
    }
    let (alerts, logs) = (swarm.stop().await, consoles.stop().await);
    let told = Told::of(&alerts, ministry(&logs));
    let (alone, reviewed) = (median(alone), median(reviewed));
    ensure!(alone > 0.0 && reviewed > 0.0, "no console rang in time");
    context.report.add(Figure::new(PART, "press to ring, nobody reviews: p50", alone, "ms"));
    let ring = Figure::new(PART, "press to ring, somebody reviews: p50", reviewed, "ms");
    context.report.add(ring.to(alone, "without").aim(Aim::AtMost(SLOWER_MOST)));
    ensure!(told.check(PART, &alerts, context).await?, "an alert was lost or doubled");
    Ok(())
}

/// Asks for figures and has files made, one after the other, until it is dropped.
async fn reviewing(reader: &Reader) -> Result<()> {
    let figures = async {
        loop {
            let _: Figures = reader.ask("/api/figures", &year()).await?;
        }
    };
    let files = async {
        loop {
            make(reader, &all_cases()).await?;
        }
    };
    tokio::select! {
        failed = figures => failed,
        failed = files => failed,
    }
}

/// Press to ring in the middle, in milliseconds.
async fn round(settings: &Settings, swarm: &Swarm, consoles: &Consoles) -> Result<f64> {
    let done = swarm.alerts().len();
    let pressing = swarm.press_at(settings.rate);
    sleep(ROUND).await;
    pressing.stop().await;
    swarm.settle(SETTLE_WITHIN).await;
    let alerts = swarm.alerts().split_off(done);
    Ok(Told::of(&alerts, ministry(&consoles.logs())).rung.within_ms(0.5))
}
