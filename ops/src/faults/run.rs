//! One fault from its start to its verdict.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::block_in_place;
use tokio::time::{sleep, timeout};

use super::asking;
use super::catalogue::Fault;
use super::checker::{self, Verdict};
use super::clock::NodeClock;
use super::cluster::{Cluster, Part, Shape};
use super::injuries::{Blow, Field};
use super::last_gasps::LastGasps;
use super::people::People;
use super::progress::Progress;
use super::record::{self, Record};
use super::report::Report;
use super::timeline::Timeline;
use crate::stop::StopFlag;
use crate::swarm::{AlertLog, ConsoleLog, Consoles, ConsolesConfig, Swarm, SwarmConfig, enrol, now};

/// Share of the alerts that are pressed before the fault, in percent; the same after it, the rest during.
const BEFORE_PERCENT: u64 = 30;
/// How long the alerts that are still missing may take once the fault is over.
const MISSING_WITHIN: Duration = Duration::from_secs(120);
/// How long phones may take to hear that everything is recorded (they send again after 30 s), and consoles to hear it.
const SETTLE_WITHIN: Duration = Duration::from_secs(50);
const CONSOLES_WITHIN: Duration = Duration::from_secs(60);
/// Presses of phones that are gone once they are acknowledged, in addition, in percent.
const GASPS_PERCENT: u32 = 10;
/// How long theirs may take to be on record; nobody sends them again.
const GASPS_WITHIN: Duration = Duration::from_secs(30);
/// How long the first step of escalation of every case may take once everything is on record.
const ESCALATION_WITHIN: Duration = Duration::from_secs(30);
/// How often that is looked at.
const GASPS_STEP: Duration = Duration::from_millis(500);
/// How long one reading of the database may take.
const READ_WITHIN: Duration = Duration::from_secs(120);
/// How often progress is shown and parts that ended are looked for.
const STEP: Duration = Duration::from_millis(100);
/// Share of the phones that are enrolled, in percent.
const ENROLLED_PERCENT: usize = 80;
/// Phones of a reconnect storm, in phones of other faults.
const STORM: usize = 10;

/// How hard and how long.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Alerts that are acknowledged at least.
    pub(super) alerts: u64,
    pub(super) phones: usize,
    /// Presses a second.
    pub(super) rate: u32,
    pub(super) nodes: usize,
    pub(super) seed: u64,
    /// Consoles report each case that rings, as the real ones do.
    pub(super) report_rang: bool,
    /// In a network of its own.
    pub(super) apart: bool,
    /// Where the nodes' logs stay.
    pub(super) logs: Option<PathBuf>,
}

impl Plan {
    /// Time in which `percent` of the alerts are pressed.
    fn time_of(&self, percent: u64) -> Duration {
        Duration::from_millis(self.alerts * percent * 10 / u64::from(self.rate.max(1)))
    }
}

/// Runs `fault` on a cluster of its own and judges it.
///
/// # Errors
/// When the cluster cannot be made or looked at; broken promises are in the report.
pub(super) async fn run(fault: &Fault, plan: &Plan, progress: &Progress, stop: &StopFlag) -> Result<Report> {
    progress.say("starting stores and nodes");
    let clock = fault.blows.contains(&Blow::NodeClock).then(NodeClock::new).transpose()?;
    let shape = shape(fault, plan, clock.as_ref());
    let (cluster, people) = block_in_place(|| Cluster::start(&shape, stop))?;
    progress.say("connecting phones and consoles");
    let swarm = phones(&shape, fault, plan, &cluster, &people).await?;
    let consoles = consoles(plan, &cluster, &people).await?;
    let field = Field { cluster: &cluster, swarm: &swarm, consoles: &consoles, clock: clock.as_ref(), stop };
    let run = Run { fault, plan, progress, field, stop };
    let mut course = run.course().await?;
    let settled = run.settle(&course.gasps).await?;
    let ready = block_in_place(|| cluster.wait_until_ready(stop)).err();
    let (mut alerts, logs) = (swarm.stop().await, consoles.stop().await);
    let asked = asking::ask(&cluster.console_addresses(), &mut alerts).await?;
    let mut gasps = std::mem::take(&mut course.gasps);
    asking::ask(&cluster.console_addresses(), &mut gasps).await?;
    progress.say("reading the record");
    let record = timeout(READ_WITHIN, Record::read(&cluster.database_url(), cluster.program()))
        .await
        .context("the database does not answer")??;
    let mut report = report(fault, plan, &course, &alerts, &logs);
    alerts.extend(gasps);
    report.judged(checker::judge(&alerts, &logs, &record, settled.head));
    report.notes.extend(
        (!asked.is_empty()).then(|| format!("{} alerts: their phones had to ask over HTTP", asked.len())),
    );
    report.notes.extend(checker::examples(&alerts, &logs, &record, &asked));
    report
        .notes
        .extend((report.verdict.lost > 0).then(|| format!("the stream of alerts: {}", cluster.waiting())));
    report.broken.extend(record.chain);
    report.broken.extend((!settled.consoles).then(|| "a console did not hear everything in time".to_owned()));
    report.broken.extend(ready.map(|error| format!("a node is not ready at the end: {error:#}")));
    report.notes.extend(course.notes.into_iter().chain(cluster.restarted()));
    progress.keep_logs(fault.name, &report, cluster.logs());
    Ok(report)
}

fn shape(fault: &Fault, plan: &Plan, clock: Option<&NodeClock>) -> Shape {
    let silent = usize::from(fault.blows.contains(&Blow::SilentConsole));
    Shape {
        nodes: plan.nodes,
        officers: plan.nodes + silent,
        workers: plan.phones * ENROLLED_PERCENT / 100,
        apart: plan.apart,
        small_disk: fault.small_disk(),
        first_node: clock.map(NodeClock::settings).unwrap_or_default(),
        logs: plan.logs.as_ref().map(|folder| folder.join(fault.name)),
    }
}

async fn phones(
    shape: &Shape,
    fault: &Fault,
    plan: &Plan,
    cluster: &Cluster,
    people: &People,
) -> Result<Swarm> {
    let gateways = cluster.gateways();
    ensure!(shape.workers == people.codes.len(), "a worker without a code");
    let identities = enrol(gateways[0], people.codes.clone()).await?;
    let storm = if fault.blows.contains(&Blow::Storm) { STORM } else { 1 };
    let config = SwarmConfig {
        gateways,
        phones: plan.phones * storm,
        identities,
        connects_per_s: f64::from(plan.rate),
        seed: plan.seed,
    };
    Swarm::start(config).await
}

async fn consoles(plan: &Plan, cluster: &Cluster, people: &People) -> Result<Consoles> {
    let logins = people.logins.iter().map(|login| (login.clone(), people.password.clone())).collect();
    let gateways = cluster.console_addresses();
    let report_rang = plan.report_rang;
    Consoles::start(ConsolesConfig { gateways, origin: None, logins, report_rang }).await
}

/// What happened when.
struct Course {
    timeline: Timeline,
    notes: Vec<String>,
    /// Presses of phones that were gone once they were acknowledged.
    gasps: Vec<AlertLog>,
}

/// How a run came to rest.
struct Settled {
    /// They have heard of everything that was recorded.
    consoles: bool,
    /// The ledger's head then. Consoles go on to report what rang, so that it moves on.
    head: i64,
}

struct Run<'a> {
    fault: &'a Fault,
    plan: &'a Plan,
    progress: &'a Progress,
    field: Field<'a>,
    stop: &'a StopFlag,
}

impl Run<'_> {
    /// Presses before, during and after the fault.
    async fn course(&self) -> Result<Course> {
        let pressing = self.field.swarm.press_at(f64::from(self.plan.rate));
        let share = f64::from(self.plan.rate) * f64::from(GASPS_PERCENT) / 100.0;
        let gasps = LastGasps::start(self.field.cluster.gateways(), share)?;
        self.progress.say("before");
        self.go_on(now() + self.plan.time_of(BEFORE_PERCENT), &[], |_| Ok(())).await?;
        let inflicted = now();
        self.progress.say("during");
        let mut notes = self.during().await?;
        let healed = now();
        self.progress.say("healing");
        self.fault.blows.iter().try_for_each(|blow| block_in_place(|| blow.heal(&self.field)))?;
        self.progress.say("after");
        self.go_on(healed + self.plan.time_of(BEFORE_PERCENT), &[], |_| Ok(())).await?;
        let enough = now() + MISSING_WITHIN;
        while self.field.swarm.counts().received < self.plan.alerts && now() < enough {
            self.go_on(now() + STEP, &[], |_| Ok(())).await?;
        }
        pressing.stop().await;
        self.progress.say("waiting for the last gasps");
        let gasps = gasps.stop().await;
        if self.field.swarm.counts().received < self.plan.alerts {
            notes.push(format!("fewer than {} alerts were acknowledged", self.plan.alerts));
        }
        Ok(Course { timeline: Timeline { inflicted, healed }, notes, gasps })
    }

    /// Lets the blows fall, again where they do, until the fault has lasted long enough.
    async fn during(&self) -> Result<Vec<String>> {
        let lasts =
            self.plan.time_of(100 - 2 * BEFORE_PERCENT).max(Duration::from_secs(self.fault.hold_s_min));
        let (begins, blows) = (now(), self.fault.blows);
        let away: Vec<Part> = blows.iter().filter_map(|blow| blow.away()).collect();
        let mut falls: Vec<(Blow, Instant, u32)> = blows.iter().map(|blow| (*blow, begins, 0)).collect();
        let mut unheard = Unheard::default();
        self.go_on(begins + lasts, &away, |run| {
            for (blow, next, round) in &mut falls {
                if now() >= *next {
                    blow.fall(&run.field, *round)?;
                    *round += 1;
                    // One that falls only once falls after the end.
                    *next = now() + blow.every().unwrap_or(lasts + MISSING_WITHIN);
                }
            }
            unheard.look(run, begins);
            Ok(())
        })
        .await?;
        Ok(unheard.note(self.fault))
    }

    /// Until everything that was pressed is recorded, and consoles have heard of it.
    async fn settle(&self, gasps: &[AlertLog]) -> Result<Settled> {
        self.progress.say("settling");
        let recorded = self.until(SETTLE_WITHIN, || {
            let counts = self.field.swarm.counts();
            counts.recorded == counts.pressed
        });
        // A phone that never hears of it shows in the verdict.
        recorded.await?;
        self.progress.say("waiting for the consoles");
        let url = self.field.cluster.database_url();
        self.wait_for_gasps(&url, gasps).await?;
        self.wait_for_escalation(&url).await?;
        let head =
            timeout(READ_WITHIN, record::head(&url)).await.context("the database does not answer")??;
        let heard = || self.field.consoles.each(heard_up_to).into_iter().all(|end| end >= head);
        Ok(Settled { consoles: self.until(CONSOLES_WITHIN, heard).await?, head })
    }

    /// Until every acknowledged one is on record; one that never is shows in the verdict.
    async fn wait_for_gasps(&self, url: &str, gasps: &[AlertLog]) -> Result<()> {
        let acked = gasps.iter().filter(|alert| alert.received_at.is_some());
        let acked: Vec<_> = acked.map(|alert| alert.alert_id).collect();
        let ends = now() + GASPS_WITHIN;
        while now() < ends {
            let on_record = timeout(READ_WITHIN, record::count_of(url, &acked)).await;
            if on_record.context("the database does not answer")?? >= acked.len() {
                break;
            }
            self.go_on(now() + GASPS_STEP, &[], |_| Ok(())).await?;
        }
        Ok(())
    }

    /// Until the first step of every open case was taken; one that never is shows in the verdict.
    async fn wait_for_escalation(&self, url: &str) -> Result<()> {
        let ends = now() + ESCALATION_WITHIN;
        while now() < ends {
            let waiting = timeout(READ_WITHIN, record::not_escalated(url)).await;
            if waiting.context("the database does not answer")?? == 0 {
                break;
            }
            self.go_on(now() + GASPS_STEP, &[], |_| Ok(())).await?;
        }
        Ok(())
    }

    async fn until(&self, within: Duration, mut wanted: impl FnMut() -> bool) -> Result<bool> {
        let ends = now() + within;
        while !wanted() {
            if now() >= ends {
                return Ok(false);
            }
            self.go_on(now() + STEP, &[], |_| Ok(())).await?;
        }
        Ok(true)
    }

    /// Goes on until `end`: shows progress, starts again what ended by itself and is not `away`, and does `also`.
    async fn go_on(
        &self,
        end: Instant,
        away: &[Part],
        mut also: impl FnMut(&Self) -> Result<()>,
    ) -> Result<()> {
        while now() < end {
            ensure!(!self.stop.is_set(), "stopped");
            block_in_place(|| {
                also(self)?;
                self.field.cluster.mend(away)
            })?;
            self.progress.show(self.field.swarm.counts());
            sleep(STEP.min(end.saturating_duration_since(now()))).await;
        }
        Ok(())
    }
}

fn heard_up_to(log: &ConsoleLog) -> i64 {
    let (entries, snapshots) = (log.seqs.last(), log.snapshot_seqs.last());
    entries.max(snapshots).copied().unwrap_or_default()
}

/// When phones and gateways saw that a connection is only half there.
#[derive(Default)]
struct Unheard {
    phones: Option<Duration>,
}

impl Unheard {
    fn look(&mut self, run: &Run<'_>, since: Instant) {
        if self.phones.is_none() && run.field.swarm.counts().connected == 0 {
            self.phones = Some(since.elapsed());
        }
    }

    fn note(&self, fault: &Fault) -> Vec<String> {
        if !fault.cuts_phones() {
            return vec![];
        }
        vec![match self.phones {
            Some(after) => {
                format!("all phones gave up their half-open connections within {:.0} s", after.as_secs_f64())
            }
            None => "some phones held on to half-open connections to the end".to_owned(),
        }]
    }
}

fn report(
    fault: &Fault,
    plan: &Plan,
    course: &Course,
    alerts: &[AlertLog],
    consoles: &[ConsoleLog],
) -> Report {
    let (timeline, rings) = (course.timeline, checker::rings(consoles));
    let unseen = alerts.iter().filter(|alert| !rings.contains_key(&alert.alert_id)).count();
    let mut report = Report {
        fault: fault.name.to_owned(),
        ack_p99_ms: timeline.ack_p99_ms(alerts),
        ring_p99_ms: timeline.ring_p99_ms(alerts, &rings),
        heal_s: timeline.heal_s(alerts, &rings),
        pressed: timeline.pressed(alerts),
        refused: alerts.iter().map(|alert| u64::from(alert.refused)).sum(),
        seed: plan.seed,
        broken: vec![],
        verdict: Verdict::default(),
        missed: vec![],
        notes: vec![],
    };
    report.miss(fault);
    if unseen > 0 {
        report
            .notes
            .push(format!("{unseen} alerts came to consoles in a snapshot: without a time of ringing"));
    }
    report
}
