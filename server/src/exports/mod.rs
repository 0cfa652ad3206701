//! Files that officers take away. Asking for one only keeps that it is wanted ([`Exports`]); a task of its own makes it, one at a time a
//! node ([`taking`], [`making`]), in parts that are kept in Postgres; whoever asked fetches it, and goes on where a line broke.

mod cases;
mod csv;
mod figures;
mod giving;
mod making;
mod names;
mod parts;
mod pdf;
mod rights;
mod rows;
mod schedule;
mod tables;
mod taking;
mod words;
mod workbook;
mod writing;

pub use self::pdf::Papers;

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream;
use jiff::tz::TimeZone;
use sos_core::access::{self, Officer, Scope};
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::export::{ExportList, ExportOf, ExportState, ExportView, NewExport};
use sos_protocol::figures::FiguresQuery;
use sos_protocol::http::Role;
use sos_protocol::limits::EXPORTS_PER_OFFICER_MAX;
use sos_protocol::{ErrorCode, ExportId, Problem, UnixMs};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::making::Making;
use self::parts::PART_BYTES;
use self::rights::Rights;
use crate::figures::{Counting, FiguresError};
use crate::store::exports::{Asked, ExportRecord};
use crate::store::{Store, StoreError};

/// Connections to Postgres: one reads cases while one keeps parts, one is for those who ask and fetch.
pub const CONNECTIONS: u32 = 3;
/// Bytes of all files together, which are refused beyond: eight of the largest.
const BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Files that are fetched from a node at a time.
const OPEN_MAX: usize = 32;
/// Longest time in which nothing of a file is taken.
const IDLE: Duration = Duration::from_secs(60);
/// Bytes of a piece of each of them: one is read, one waits, one is on its way.
const CHUNK_BYTES: usize = 256 * 1024;
/// Whoever fetches a file again within this time goes on with the same fetch, in milliseconds: an hour.
const SAME_FETCH_MS: i64 = 3_600_000;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The question makes no sense.
    #[error("{}", .0.detail.as_deref().unwrap_or_default())]
    Bad(Box<Problem>),
    /// Not for this officer.
    #[error("not for this officer")]
    Forbidden,
    /// There is none, or none that this officer may know of.
    #[error("no such export")]
    NotFound,
    /// It is not made, or gone.
    #[error("there is no file: {0}")]
    NoFile(&'static str),
    /// The id belongs to another one.
    #[error("this id was used before")]
    IdReused,
    /// The officer has as many as are kept.
    #[error("at most {EXPORTS_PER_OFFICER_MAX} files are kept for an officer: remove one")]
    TooMany,
    /// All files together are as large as they may be.
    #[error("no room for further files: remove some, or wait until old ones are gone")]
    Full,
    /// Too many are fetched at this moment.
    #[error("too many files are being fetched; try again in a while")]
    Busy,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FiguresError> for ExportError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Forbidden => Self::Forbidden,
            FiguresError::Store(error) => Self::Store(error),
            error => Self::Bad(Box::new(error.into())),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        let text = error.to_string();
        let code = match error {
            ExportError::Bad(problem) => return *problem,
            ExportError::Store(error) => return error.into(),
            ExportError::Forbidden => ErrorCode::Forbidden,
            ExportError::NotFound | ExportError::NoFile(_) => ErrorCode::NotFound,
            ExportError::IdReused => ErrorCode::IdReused,
            ExportError::TooMany | ExportError::Full => ErrorCode::TooMany,
            ExportError::Busy => ErrorCode::Unavailable,
        };
        Self::new(code).detail(text)
    }
}

/// For whom a file is, and when it was asked for: what stands in its rows.
#[derive(Clone)]
struct Stamp {
    who: String,
    at: UnixMs,
    zone: TimeZone,
    /// `Trà, 2026-11-23T10:03:00+07:00`.
    text: String,
}

impl Stamp {
    fn new(who: String, at: UnixMs, zone: TimeZone) -> Self {
        let text = format!("{who}, {}", names::iso(at, &zone, false));
        Self { who, at, zone, text }
    }
}

/// What a workbook says of itself.
struct About {
    title: String,
    query: FiguresQuery,
    /// Name of the desk that was asked for; none: all.
    desk: Option<String>,
    stamp: Stamp,
}

/// A file that can be fetched.
pub struct Fetched {
    record: ExportRecord,
    permit: OwnedSemaphorePermit,
    store: Store,
}

/// Exports, for officers.
pub struct Exports {
    store: Store,
    rights: Rights,
    clock: SharedClock,
    open: Arc<Semaphore>,
    wake: Arc<Notify>,
    making: Arc<Making>,
}

impl Exports {
    /// Over `store`, which nothing else should wait for. `zone` is the ministry's.
    #[must_use]
    pub fn new(
        store: Store,
        counting: Counting,
        papers: Papers,
        zone: &str,
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Self {
        let rights = Rights { store: store.clone(), counting };
        let wake = Arc::new(Notify::new());
        let making = Arc::new(Making {
            store: store.clone(),
            rights: rights.clone(),
            zone: (names::zone(zone), zone.to_owned()),
            clock: clock.clone(),
            entropy,
            papers,
            wake: wake.clone(),
        });
        Self { store, rights, clock, open: Arc::new(Semaphore::new(OPEN_MAX)), wake, making }
    }

    /// Starts what makes files.
    pub fn spawn(&self, tracker: &TaskTracker, stop: &CancellationToken) {
        tracker.spawn(self.making.clone().run(stop.clone()));
    }

    /// Asks for a file, for `officer`, called `name`. The same again is the same.
    ///
    /// # Errors
    /// As [`ExportError`] says.
    pub async fn ask(
        &self,
        (officer, name): (&Officer, &str),
        wanted: &NewExport,
    ) -> Result<ExportView, ExportError> {
        let (_, case_no) = self.rights.check(officer, &wanted.of).await?;
        rights::is_a_pair(&wanted.of, wanted.format)?;
        let now = self.clock.now();
        let file_name = file_name(wanted, case_no.as_deref(), name, now);
        match self.store.ask_export(officer.id, wanted, &file_name, BYTES_MAX, now).await? {
            Asked::Kept(view) => {
                self.wake.notify_one();
                Ok(*view)
            }
            Asked::IdReused => Err(ExportError::IdReused),
            Asked::TooMany => Err(ExportError::TooMany),
            Asked::Full => Err(ExportError::Full),
        }
    }

    /// Those of `officer`.
    ///
    /// # Errors
    /// As [`ExportError`] says.
    pub async fn list(&self, officer: &Officer) -> Result<ExportList, ExportError> {
        Ok(ExportList { exports: self.store.exports_of(officer.id, reads_scheduled(officer)).await? })
    }

    /// How far one of them is.
    ///
    /// # Errors
    /// As [`ExportError`] says.
    pub async fn view(&self, officer: &Officer, id: ExportId) -> Result<ExportView, ExportError> {
        Ok(self.own(officer, id).await?.view)
    }

    /// Removes one of them.
    ///
    /// # Errors
    /// As [`ExportError`] says.
    pub async fn remove(&self, officer: &Officer, id: ExportId) -> Result<(), ExportError> {
        if self.own(officer, id).await?.staff.is_none() {
            return Err(ExportError::Forbidden);
        }
        self.store.remove_export(officer.id, id, self.clock.now()).await?;
        Ok(())
    }

    /// The file of one of them. It is written down that the officer fetches it.
    ///
    /// # Errors
    /// As [`ExportError`] says.
    pub async fn fetch(&self, officer: &Officer, id: ExportId) -> Result<Fetched, ExportError> {
        let record = self.own(officer, id).await?;
        match record.view.state {
            ExportState::Done => {}
            ExportState::Gone => return Err(ExportError::NoFile("its time is over")),
            ExportState::Failed => return Err(ExportError::NoFile("it could not be made")),
            ExportState::Waiting | ExportState::Running => {
                return Err(ExportError::NoFile("it is not made yet"));
            }
        }
        self.rights.check(officer, &record.wanted.of).await?;
        // Somebody who has come to another desk since does not get the cases of the old one.
        let is_seen = match (access::scope(officer), &record.seen_by) {
            (Scope::All, _) => true,
            (Scope::Desk(desk), Some(of)) => desk == *of,
            (Scope::Desk(_) | Scope::Nothing, _) => false,
        };
        if !is_seen {
            return Err(ExportError::Forbidden);
        }
        let permit = self.open.clone().try_acquire_owned().map_err(|_| ExportError::Busy)?;
        let now = self.clock.now();
        self.store.note_fetch(officer.id, &record, now.plus_ms(-SAME_FETCH_MS), now).await?;
        Ok(Fetched { record, permit, store: self.store.clone() })
    }

    /// One's own, or one for all reviewers.
    async fn own(&self, officer: &Officer, id: ExportId) -> Result<ExportRecord, ExportError> {
        let record = self.store.export(id).await?;
        let is_own = |record: &ExportRecord| {
            record.staff.map_or_else(|| reads_scheduled(officer), |staff| staff == officer.id)
        };
        record.filter(is_own).ok_or(ExportError::NotFound)
    }
}

impl Fetched {
    /// What it is.
    #[must_use]
    pub const fn view(&self) -> &ExportView {
        &self.record.view
    }

    /// Its bytes in this range, read as they are taken, until nobody takes any for [`IDLE`].
    pub fn bytes(self, range: Range<usize>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + use<> {
        giving::given(self.read(range), IDLE)
    }

    fn read(self, range: Range<usize>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + use<> {
        let id = self.record.wanted.export_id;
        let from = (self, range.start);
        stream::try_unfold(from, move |(fetched, at)| async move {
            if at >= range.end {
                drop(fetched.permit);
                return Ok(None);
            }
            let within = at % PART_BYTES;
            let length = CHUNK_BYTES.min(PART_BYTES - within).min(range.end - at);
            let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
            let read =
                fetched.store.export_bytes(id, number(at / PART_BYTES), (number(within), number(length)));
            // Whoever takes it sees that the line broke, and goes on from there.
            let bytes = read.await.map_err(io::Error::other)?.filter(|bytes| bytes.len() == length);
            let bytes = bytes.ok_or(io::ErrorKind::UnexpectedEof)?;
            Ok(Some((bytes, (fetched, at + length))))
        })
    }
}

/// Those by schedule are for the reviewers of the ministry.
fn reads_scheduled(officer: &Officer) -> bool {
    officer.role == Role::Reviewer
}

fn file_name(wanted: &NewExport, case_no: Option<&str>, who: &str, now: UnixMs) -> String {
    let case_no = case_no.unwrap_or_default();
    match &wanted.of {
        ExportOf::Cases { query } | ExportOf::Figures { query } => {
            let title = if matches!(wanted.of, ExportOf::Cases { .. }) { "cases" } else { "figures" };
            let zone = names::zone(&query.zone);
            names::file(&[title, &query.from, &query.to, &query.zone], who, (now, &zone), wanted.format)
        }
        ExportOf::Report { .. } => {
            names::file(&["report", case_no], who, (now, &TimeZone::UTC), wanted.format)
        }
        ExportOf::CaseFile { .. } => {
            names::file(&["case", case_no], who, (now, &TimeZone::UTC), wanted.format)
        }
    }
}
