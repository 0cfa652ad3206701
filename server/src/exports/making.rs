//! Making one file: what it is read from, and what it is written as.

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
use sos_protocol::limits::EXPORT_XLSX_ROWS_MAX;
use sos_protocol::{DeskId, ErrorCode};
use tokio::sync::{Notify, mpsc};

use super::parts::Written;
use super::pdf::Papers;
use super::rights::Rights;
use super::rows::Row;
use super::schedule::reader;
use super::words::Said;
use super::writing::Tries;
use super::{About, ExportError, Stamp, cases, figures, names, pdf, workbook};
use crate::figures::Selected;
use crate::store::exports::{Progress, Taken};
use crate::store::{Store, StoreError};

/// Cases that are read at a time: some hundred kilobytes.
const BATCH: usize = 500;
/// After each batch the store is left alone for so many times as long as the batch took: three quarters of the time it belongs to
/// whoever else needs it.
const REST_TIMES: i64 = 3;
/// But for no longer than this, in milliseconds.
const REST_MS_MAX: i64 = 500;
/// Batches that wait to be written.
const BATCHES_WAITING_MAX: usize = 1;

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
pub(super) struct Counter {
    pub(super) done: AtomicU32,
    pub(super) steps: AtomicU32,
    pub(super) bytes: AtomicU64,
}

impl Counter {
    pub(super) fn read(&self) -> Progress {
        Progress {
            done: self.done.load(Ordering::Relaxed),
            steps: self.steps.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Making {
    pub(super) async fn make(&self, taken: &Taken, counter: &Counter) -> Result<(Written, u32), Unmade> {
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
            let rest = (REST_TIMES * self.clock.now().since_ms(began)).clamp(0, REST_MS_MAX);
            tokio::time::sleep(Duration::from_millis(rest.unsigned_abs())).await;
        }
        Ok(())
    }
}
