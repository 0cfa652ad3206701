//! Making files: one at a time a node, each in the hands of one node. One that dies lets go of it after a while, and another
//! begins it anew. What a node writes that has lost it meanwhile is refused.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use sos_core::access::Officer;
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::export::{ExportFault, ExportFormat, ExportOf};
use sos_protocol::figures::FiguresQuery;
use sos_protocol::limits::{
    EXPORT_BYTES_MAX, EXPORT_KEPT_DAYS, EXPORT_SCHEDULED_KEPT_DAYS, EXPORT_XLSX_ROWS_MAX,
};
use sos_protocol::{DeskId, ErrorCode, UnixMs};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::parts::{Parts, Written, way};
use super::pdf::Papers;
use super::rights::Rights;
use super::rows::Row;
use super::schedule::{FORMATS, Month, reader};
use super::words::Said;
use super::{About, ExportError, Stamp, cases, figures, names, pdf, workbook};
use crate::aside::aside;
use crate::deadline::Backoff;
use crate::figures::Selected;
use crate::store::exports::{Progress, Taken};
use crate::store::{Store, StoreError};

/// How often it is looked for what another node was asked, or let go of.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long one is in a node's hands after it was last heard of, in milliseconds.
const LEASE_MS: i64 = 60_000;
/// How often a node says that it goes on, and how far it is, where no part says so.
const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How often one is begun before it is given up: each time a node died over it, or its stores were away.
const TRIES_MAX: i16 = 5;
/// How often one step of it is tried, with pauses.
const STEP_TRIES_MAX: u32 = 5;
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));
/// Cases that are read at a time: some hundred kilobytes.
const BATCH: usize = 500;
/// After each batch the store is left alone for as long as the batch took, but for no longer than this, in milliseconds: half of the time it
/// belongs to whoever else needs it.
const REST_MS_MAX: i64 = 500;
/// Batches that wait to be written.
const BATCHES_WAITING_MAX: usize = 1;
const DAY_MS: i64 = 24 * 3_600_000;

/// What makes them.
pub(super) struct Making {
    pub(super) store: Store,
    pub(super) rights: Rights,
    /// The ministry's time zone, with its name.
    pub(super) zone: (TimeZone, String),
    pub(super) clock: SharedClock,
    pub(super) entropy: SharedEntropy,
    pub(super) papers: Papers,
    /// Told when one was asked for.
    pub(super) wake: Arc<Notify>,
}

/// Why one is not made.
pub(super) enum Unmade {
    /// For good.
    Fault(ExportFault),
    /// It is in another node's hands, or was removed.
    Lost,
    /// The cases were counted anew meanwhile.
    Again,
    /// The store does not do it.
    Store(StoreError),
}

impl From<StoreError> for Unmade {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ExportError> for Unmade {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::Store(error),
            ExportError::Forbidden => Self::Fault(ExportFault::Forbidden),
            ExportError::Bad(problem) if problem.code != ErrorCode::InvalidField => {
                Self::Fault(ExportFault::Broken)
            }
            ExportError::Bad(_) | ExportError::NotFound => Self::Fault(ExportFault::NotThere),
            error => {
                tracing::error!(%error, "an export cannot be made");
                Self::Fault(ExportFault::Broken)
            }
        }
    }
}

/// How far it is, seen from several tasks.
#[derive(Default)]
struct Counter {
    done: AtomicU32,
    steps: AtomicU32,
    bytes: AtomicU64,
}

impl Counter {
    fn read(&self) -> Progress {
        Progress {
            done: self.done.load(Ordering::Relaxed),
            steps: self.steps.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Making {
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (mut pause, mut reported) = (Backoff::new(PAUSES.0, PAUSES.1), None);
        while !stop.is_cancelled() {
            match self.look(&mut reported, &stop).await {
                Ok(true) => pause.reset(),
                Ok(false) => {
                    pause.reset();
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "exports have to wait");
                    pause.pause(&stop).await;
                }
            }
        }
    }

    /// Does what is to be done: whether there may be more.
    async fn look(&self, reported: &mut Option<Month>, stop: &CancellationToken) -> Result<bool, StoreError> {
        self.report_month(reported).await?;
        let tidied = self.store.tidy_exports(self.clock.now()).await?;
        let now = self.clock.now();
        let lease = self.entropy.uuid_v7(now);
        let Some(taken) = self.store.take_export(lease, now, now.plus_ms(LEASE_MS)).await? else {
            return Ok(tidied);
        };
        if taken.tries > TRIES_MAX {
            tracing::error!(export = %taken.export_id, "an export was begun too often and is given up");
            self.failed(&taken, ExportFault::Broken).await?;
            return Ok(true);
        }
        let counter = Counter::default();
        let made = tokio::select! {
            made = self.make(&taken, &counter) => made,
            lost = self.renew(&taken, &counter) => Err(lost),
            () = stop.cancelled() => Err(Unmade::Again),
        };
        self.settle(&taken, made).await?;
        Ok(true)
    }

    /// Has the report of the latest month made that is over, once for all nodes.
    async fn report_month(&self, reported: &mut Option<Month>) -> Result<(), StoreError> {
        let (now, (zone, zone_name)) = (self.clock.now(), &self.zone);
        let month = Month::due(now, zone).filter(|month| reported.as_ref() != Some(month));
        let Some(month) = month else { return Ok(()) };
        let first = self.store.first_entry_at().await?;
        if first.is_some_and(|first| !month.is_before(first, zone)) {
            for format in FORMATS {
                let key = month.key(format);
                if self.store.has_scheduled(&key).await? {
                    continue;
                }
                let id = self.entropy.uuid_v7(now);
                let (wanted, name) = month.wanted(id, format, (zone, zone_name, now));
                if self.store.schedule_export(&key, &wanted, &name, now).await? {
                    tracing::info!(%key, "a report by schedule");
                }
            }
        }
        *reported = Some(month);
        Ok(())
    }

    async fn settle(&self, taken: &Taken, made: Result<(Written, u32), Unmade>) -> Result<(), StoreError> {
        let now = self.clock.now();
        match made {
            Ok((written, steps)) => {
                let progress = Progress { done: steps, steps, bytes: written.bytes };
                let times = (now, self.ends(taken, now));
                self.store.export_done(taken, progress, &written.sha256, times).await.map(drop)
            }
            Err(Unmade::Fault(fault)) => self.failed(taken, fault).await,
            Err(Unmade::Lost) => Ok(()),
            Err(Unmade::Again) => self.store.give_export_back(taken).await,
            Err(Unmade::Store(error)) if error.is_passing() => {
                self.store.give_export_back(taken).await?;
                Err(error)
            }
            Err(Unmade::Store(error)) => {
                tracing::error!(%error, "an export cannot be made");
                self.failed(taken, ExportFault::Broken).await
            }
        }
    }

    async fn failed(&self, taken: &Taken, fault: ExportFault) -> Result<(), StoreError> {
        metrics::counter!("sos_exports_failed_total").increment(1);
        let now = self.clock.now();
        self.store.export_failed(taken, fault, (now, self.ends(taken, now))).await
    }

    fn ends(&self, taken: &Taken, now: UnixMs) -> UnixMs {
        let days = match taken.record.staff {
            Some(_) => EXPORT_KEPT_DAYS,
            None => EXPORT_SCHEDULED_KEPT_DAYS,
        };
        now.plus_ms(i64::from(days) * DAY_MS)
    }

    /// Says now and then that it goes on, until it is lost.
    async fn renew(&self, taken: &Taken, counter: &Counter) -> Unmade {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.goes_on(taken, counter, None).await {
                Ok(()) => {}
                Err(Unmade::Store(error)) if error.is_passing() => {}
                Err(unmade) => return unmade,
            }
        }
    }

    async fn goes_on(
        &self,
        taken: &Taken,
        counter: &Counter,
        part: Option<(i32, &[u8])>,
    ) -> Result<(), Unmade> {
        let until = self.clock.now().plus_ms(LEASE_MS);
        let is_ours = self.store.export_goes_on(taken, counter.read(), part, until).await?;
        if is_ours { Ok(()) } else { Err(Unmade::Lost) }
    }

    async fn make(&self, taken: &Taken, counter: &Counter) -> Result<(Written, u32), Unmade> {
        let wanted = &taken.record.wanted;
        let (officer, name) = match taken.record.staff {
            None => (reader(), None),
            Some(staff) => {
                let found = self.store.officer(staff).await?;
                let (officer, name) = found.ok_or(Unmade::Fault(ExportFault::Forbidden))?;
                (officer, Some(name))
            }
        };
        let (seen_by, _) = self.rights.check(&officer, &wanted.of).await?;
        self.store.export_seen_by(taken, seen_by.as_ref()).await?;
        let said = Said(wanted.language);
        let name = name.unwrap_or_else(|| said.word(|w| w.by_schedule));
        match (&wanted.of, wanted.format) {
            (_, ExportFormat::Pdf) => self.pdf((&officer, &name), seen_by, (taken, counter)).await,
            (ExportOf::Cases { query }, format) => {
                let about = self.about((query, seen_by), said.sheet(13), taken, name).await?;
                self.cases((&officer, query), format, (about, said), (taken, counter)).await
            }
            (ExportOf::Figures { query }, format) => {
                let about = self.about((query, seen_by), said.word(|w| w.title), taken, name).await?;
                self.figures((&officer, query), format, (about, said), (taken, counter)).await
            }
            (ExportOf::Report { .. } | ExportOf::CaseFile { .. }, _) => {
                Err(Unmade::Fault(ExportFault::NotThere))
            }
        }
    }

    async fn about(
        &self,
        (query, seen_by): (&FiguresQuery, Option<DeskId>),
        title: String,
        taken: &Taken,
        who: String,
    ) -> Result<About, Unmade> {
        let desks = self.desks().await?;
        let desk = query.desk.clone().or(seen_by);
        let desk = desk.map(|desk| desks.get(&desk).cloned().unwrap_or_else(|| desk.to_string()));
        let stamp = Stamp::new(who, taken.record.view.asked_at_ms, names::zone(&query.zone));
        Ok(About { title, query: query.clone(), desk, stamp })
    }

    pub(super) async fn desks(&self) -> Result<HashMap<DeskId, String>, StoreError> {
        let desks = self.store.desks_with_targets().await?;
        Ok(desks.into_iter().map(|desk| (desk.desk_id, desk.name)).collect())
    }

    async fn pdf(
        &self,
        by: (&Officer, &str),
        seen_by: Option<DeskId>,
        (taken, counter): (&Taken, &Counter),
    ) -> Result<(Written, u32), Unmade> {
        let bytes = pdf::make(self, taken, by, seen_by).await?;
        let written =
            self.write((taken, counter), async { Ok(()) }, move |parts| io::Write::write_all(parts, &bytes));
        Ok((written.await?, 1))
    }

    async fn figures(
        &self,
        (officer, query): (&Officer, &FiguresQuery),
        format: ExportFormat,
        (about, said): (About, Said),
        (taken, counter): (&Taken, &Counter),
    ) -> Result<(Written, u32), Unmade> {
        let counted = self.rights.counting.figures(officer, query.clone()).await;
        let counted = counted.map_err(ExportError::from)?;
        counter.steps.store(1, Ordering::Relaxed);
        let written = self.write((taken, counter), async { Ok(()) }, move |parts| match format {
            ExportFormat::Csv => figures::write(parts, &counted, said, &about.stamp),
            _ => workbook::figures(parts, &counted, &about, said).map_err(io::Error::other),
        });
        Ok((written.await?, 1))
    }

    async fn cases(
        &self,
        (officer, query): (&Officer, &FiguresQuery),
        format: ExportFormat,
        (about, said): (About, Said),
        (taken, counter): (&Taken, &Counter),
    ) -> Result<(Written, u32), Unmade> {
        let selected = self.rights.counting.selected(officer, query.clone()).await;
        let selected = selected.map_err(ExportError::from)?;
        let all = u32::try_from(selected.places.len()).unwrap_or(u32::MAX);
        if format == ExportFormat::Xlsx && all > EXPORT_XLSX_ROWS_MAX {
            return Err(Unmade::Fault(ExportFault::TooManyRows));
        }
        counter.steps.store(all, Ordering::Relaxed);
        let desks = self.desks().await?;
        let (batches, mut read) = mpsc::channel::<Vec<Row>>(BATCHES_WAITING_MAX);
        let reading = self.read(selected, desks, batches, counter);
        let written = self.write((taken, counter), reading, move |parts| {
            let rows = std::iter::from_fn(|| read.blocking_recv()).flatten();
            match format {
                ExportFormat::Csv => cases::write(parts, rows, said, &about.stamp),
                _ => workbook::cases(parts, rows, all, &about, said).map_err(io::Error::other),
            }
        });
        Ok((written.await?, all))
    }

    /// Reads the cases, some at a time.
    async fn read(
        &self,
        selected: Selected,
        desks: HashMap<DeskId, String>,
        batches: mpsc::Sender<Vec<Row>>,
        counter: &Counter,
    ) -> Result<(), Unmade> {
        let Selected { places, era, scope } = selected;
        for places in places.chunks(BATCH) {
            let began = self.clock.now();
            let mut tries = Tries::new();
            let found = loop {
                match self.store.numbered_cases(&scope, era, places).await {
                    Ok(found) => break found,
                    Err(error) => tries.after(error).await?,
                }
            };
            let rows = found.ok_or(Unmade::Again)?.into_iter().map(|case| Row::of(case, &desks)).collect();
            if batches.send(rows).await.is_err() {
                // Whoever writes says why.
                return Ok(());
            }
            counter.done.fetch_add(u32::try_from(places.len()).unwrap_or(0), Ordering::Relaxed);
            let took = self.clock.now().since_ms(began).clamp(0, REST_MS_MAX);
            tokio::time::sleep(Duration::from_millis(took.unsigned_abs())).await;
        }
        Ok(())
    }

    /// Has `work` write the file on a thread that may wait, while `reading` brings what it is written from.
    async fn write(
        &self,
        (taken, counter): (&Taken, &Counter),
        reading: impl Future<Output = Result<(), Unmade>>,
        work: impl FnOnce(&mut Parts) -> io::Result<()> + Send + 'static,
    ) -> Result<Written, Unmade> {
        let (mut parts, kept) = way();
        let writing = aside(move || {
            work(&mut parts)?;
            parts.end()
        });
        let keeping = self.keep(kept, (taken, counter));
        let (read, kept, written) = tokio::join!(reading, keeping, writing);
        kept.and(read)?;
        let written = written.unwrap_or_else(|broken| Err(io::Error::other(broken)));
        written.map_err(|error| {
            tracing::error!(%error, "an export cannot be written");
            Unmade::Fault(ExportFault::Broken)
        })
    }

    async fn keep(
        &self,
        mut written: mpsc::Receiver<Vec<u8>>,
        (taken, counter): (&Taken, &Counter),
    ) -> Result<(), Unmade> {
        let mut place = 0;
        while let Some(part) = written.recv().await {
            let bytes = counter.bytes.fetch_add(part.len() as u64, Ordering::Relaxed) + part.len() as u64;
            if bytes > EXPORT_BYTES_MAX {
                return Err(Unmade::Fault(ExportFault::TooLarge));
            }
            let mut tries = Tries::new();
            loop {
                match self.goes_on(taken, counter, Some((place, &part))).await {
                    Ok(()) => break,
                    Err(Unmade::Store(error)) => tries.after(error).await?,
                    Err(unmade) => return Err(unmade),
                }
            }
            place += 1;
        }
        Ok(())
    }
}

/// The tries of one step.
struct Tries {
    pause: Duration,
    left: u32,
}

impl Tries {
    const fn new() -> Self {
        Self { pause: PAUSES.0, left: STEP_TRIES_MAX }
    }

    /// Waits for the next one after `error`, while it may work.
    async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.left -= 1;
        if self.left == 0 || !error.is_passing() {
            return Err(error);
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSES.1);
        Ok(())
    }
}
