//! Figures for reviewers. What they mean and how they are counted is in `sos_core::figures`; here the ledger is gone through
//! for measures ([`follow`]), and measures are kept in memory to count them there.
//!
//! One node at a time measures for all and keeps it in Postgres; every node keeps what it has been asked about, and reads
//! what changed since before it answers. So all nodes say the same of the same entries.

mod follow;
mod lanes;
mod memory;

use std::sync::Arc;
use std::time::Duration;

use sos_core::access::{self, Officer, Scope};
use sos_core::figures::{BadQuery, Behind, DeskOf, Measures, Question, count, selected};
use sos_protocol::ambient::SharedClock;
use sos_protocol::figures::{FigureCases, FigureCasesQuery, Figures, FiguresQuery};
use sos_protocol::limits::FIGURE_CASES_MAX;
use sos_protocol::{ErrorCode, Problem, StaffId, UnixMs};
use tokio::sync::{OwnedRwLockReadGuard, OwnedSemaphorePermit, RwLock, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::lanes::{Lane, Lanes};
use self::memory::Memory;
use crate::aside::{AsideError, aside};
use crate::pseudonyms::Pseudonyms;
use crate::store::{Store, StoreError};

/// Connections to Postgres: one that measures, one that reads measures, one that reads the cases behind a figure.
pub const CONNECTIONS: u32 = 3;
/// Questions that are counted at the same time: each keeps a processor busy for a while.
const AT_ONCE: usize = 2;
/// Longest wait for one's turn.
const TURN_WITHIN: Duration = Duration::from_secs(5);
/// How often measures are read while nobody asks.
const NEAR_EVERY: Duration = Duration::from_secs(30);
/// Most cases that are kept, 48 bytes each: decades of a service that takes a hundred SOS a day.
pub const CASES_MAX: usize = 2_000_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// A field of the question makes no sense.
    #[error(transparent)]
    Bad(#[from] BadQuery),
    /// Of another desk.
    #[error("not of this desk")]
    Forbidden,
    /// There are more than [`CASES_MAX`] cases.
    #[error("more cases than figures are counted of")]
    TooMany,
    /// The count broke off.
    #[error(transparent)]
    Broken(#[from] AsideError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FiguresError> for Problem {
    fn from(error: FiguresError) -> Self {
        let text = error.to_string();
        match error {
            FiguresError::Bad(bad) => Self::new(ErrorCode::InvalidField).field(bad.field).detail(bad.why),
            FiguresError::Forbidden => Self::new(ErrorCode::Forbidden).detail(text),
            FiguresError::TooMany => Self::new(ErrorCode::TooMany).detail(text),
            FiguresError::Broken(_) => Self::new(ErrorCode::Internal),
            FiguresError::Store(error) => error.into(),
        }
    }
}

/// Counts.
#[derive(Clone)]
pub struct Counting {
    store: Store,
    pseudonyms: Pseudonyms,
    clock: SharedClock,
    memory: Arc<RwLock<Memory>>,
    turns: Arc<Semaphore>,
    lanes: Lanes,
}

/// The cases that are counted.
pub(crate) struct Selected {
    /// Their places among the measures, in order.
    pub(crate) places: Vec<i32>,
    /// The places mean something else in any other one.
    pub(crate) era: i32,
    /// What is seen of them.
    pub(crate) scope: Scope,
}

/// One of the counts of this node, in the lane of who asked; none: the service itself.
struct Turn {
    _place: OwnedSemaphorePermit,
    _lane: Option<Lane>,
}

/// What one answer is counted from.
struct Snapshot {
    memory: OwnedRwLockReadGuard<Memory>,
    /// At the places by which the measures name them.
    desks: Vec<DeskOf>,
    question: Question,
    now: UnixMs,
    /// Goes with the work: it may go on where nobody waits for it any more.
    turn: Turn,
}

impl Snapshot {
    fn measures(&self) -> Measures<'_> {
        Measures { cases: self.memory.cases(), desks: &self.desks, up_to: self.memory.up_to() }
    }
}

impl Counting {
    /// Over `store`, which nothing else should wait for.
    #[must_use]
    pub fn new(store: Store, pseudonyms: Pseudonyms, clock: SharedClock) -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let lanes = Lanes::new(clock.clone());
        Self { store, pseudonyms, clock, memory: Arc::default(), turns, lanes }
    }

    /// Starts what measures.
    pub fn spawn(&self, tracker: &TaskTracker, stop: &CancellationToken) {
        tracker.spawn(follow::run(self.store.clone(), stop.clone()));
        let near = self.clone().keep_near();
        tracker.spawn(stop.clone().run_until_cancelled_owned(near));
    }

    /// Reads on what was measured while nobody asks: the first question after a start, or after a quiet night, does not wait
    /// for all of it.
    async fn keep_near(self) {
        loop {
            if let Err(error) = self.memory.clone().write_owned().await.read_on(&self.store).await {
                tracing::warn!(%error, "measures could not be read; tried again");
            }
            tokio::time::sleep(NEAR_EVERY).await;
        }
    }

    /// The figures of the cases that `officer` sees.
    ///
    /// # Errors
    /// As [`FiguresError`] says.
    pub async fn figures(&self, officer: &Officer, query: FiguresQuery) -> Result<Figures, FiguresError> {
        let snapshot = self.snapshot(Some(officer.id), access::scope(officer), query).await?;
        Ok(aside(move || count(&snapshot.question, snapshot.measures(), snapshot.now)).await?)
    }

    /// The figures of all cases, for the service itself.
    ///
    /// # Errors
    /// As [`FiguresError`] says.
    pub async fn all(&self, query: FiguresQuery) -> Result<Figures, FiguresError> {
        let snapshot = self.snapshot(None, Scope::All, query).await?;
        Ok(aside(move || count(&snapshot.question, snapshot.measures(), snapshot.now)).await?)
    }

    /// The cases behind a figure.
    ///
    /// # Errors
    /// As [`FiguresError`] says.
    pub async fn cases(
        &self,
        officer: &Officer,
        wanted: FigureCasesQuery,
    ) -> Result<FigureCases, FiguresError> {
        let snapshot = self.snapshot(Some(officer.id), access::scope(officer), wanted.query.clone()).await?;
        let behind = Behind::of(&wanted, &snapshot.question)?;
        let ((places, all), _turn) = aside(move || {
            let (question, measures) = (&snapshot.question, snapshot.measures());
            (behind.places(question, measures, FIGURE_CASES_MAX), snapshot.turn)
        })
        .await?;
        let places: Vec<i32> = places.into_iter().filter_map(|place| place.try_into().ok()).collect();
        let mut cases = self.store.measured_cases(&access::scope(officer), &places).await?;
        if let Some(mask) = self.pseudonyms.for_reader(officer) {
            cases.iter_mut().for_each(|case| mask.summary(case));
        }
        Ok(FigureCases { cases, all: u32::try_from(all).unwrap_or(u32::MAX) })
    }

    /// Whether `officer` may ask that.
    ///
    /// # Errors
    /// As [`FiguresError`] says.
    pub(crate) async fn check(&self, officer: &Officer, query: FiguresQuery) -> Result<(), FiguresError> {
        self.question(access::scope(officer), query).await.map(drop)
    }

    /// The cases that `query` counts: 4 bytes each.
    ///
    /// # Errors
    /// As [`FiguresError`] says.
    pub(crate) async fn selected(
        &self,
        officer: &Officer,
        query: FiguresQuery,
    ) -> Result<Selected, FiguresError> {
        let snapshot = self.snapshot(Some(officer.id), access::scope(officer), query).await?;
        let era = snapshot.memory.era();
        let places = aside(move || {
            let places = selected(&snapshot.question, snapshot.measures());
            places.filter_map(|place| place.try_into().ok()).collect()
        })
        .await?;
        Ok(Selected { places, era, scope: access::scope(officer) })
    }

    async fn turn(&self, who: Option<StaffId>) -> Result<Turn, StoreError> {
        let turn = async {
            let lane = match who {
                Some(who) => Some(self.lanes.enter(who).await?),
                None => None,
            };
            Some(Turn { _place: self.turns.clone().acquire_owned().await.ok()?, _lane: lane })
        };
        tokio::time::timeout(TURN_WITHIN, turn).await.ok().flatten().ok_or(StoreError::Resting)
    }

    /// The question, and all desks that there are.
    async fn question(
        &self,
        scope: Scope,
        query: FiguresQuery,
    ) -> Result<(Question, Vec<DeskOf>), FiguresError> {
        let own = match scope {
            Scope::All => None,
            Scope::Desk(desk) => Some(desk),
            Scope::Nothing => return Err(FiguresError::Forbidden),
        };
        if own.is_some() && query.desk.is_some() && query.desk != own {
            return Err(FiguresError::Forbidden);
        }
        let question = Question::of(query, own)?;
        let known = self.store.desks_with_targets().await?;
        if question.desk().is_some_and(|desk| known.iter().all(|of| of.desk_id != *desk)) {
            return Err(BadQuery { field: "desk", why: "no such desk" }.into());
        }
        Ok((question, known))
    }

    /// In one's turn, as long as it is kept.
    async fn snapshot(
        &self,
        who: Option<StaffId>,
        scope: Scope,
        query: FiguresQuery,
    ) -> Result<Snapshot, FiguresError> {
        let turn = self.turn(who).await?;
        let (question, known) = self.question(scope, query).await?;
        let mut memory = self.memory.clone().write_owned().await;
        memory.read_on(&self.store).await?;
        let memory = memory.downgrade();
        let desks = memory.with_names(known);
        Ok(Snapshot { memory, desks, question, now: self.clock.now(), turn })
    }
}
