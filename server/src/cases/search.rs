//! Finding cases by words. Nothing that is searched for is logged or counted.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sos_core::access::{self, Officer, Scope};
use sos_core::folding::Wanted;
use sos_core::pseudonym::sees_names;
use sos_core::recording::CaseView;
use sos_protocol::ambient::SharedClock;
use sos_protocol::http::Found;
use sos_protocol::limits::SEARCH_CASES_MAX;
use sos_protocol::{CaseId, StaffId, UnixMs};
use tokio::sync::Semaphore;

use super::{CaseError, Cases};
use crate::store::StoreError;

/// Searches of an officer that are allowed within [`WINDOW_MS`]: more than somebody types.
const SEARCHES_MAX: u32 = 40;
/// See [`SEARCHES_MAX`].
const WINDOW_MS: i64 = 60_000;
/// Officers whose searches are remembered; past it the memory starts anew.
const OFFICERS_MAX: usize = 10_000;
/// Searches at a time; each keeps a connection that the queue of a console may wait for.
const AT_ONCE: usize = 2;
/// Longest wait for one's turn: about what one search may take. Past it the officer is told to try again.
const TURN_WITHIN: Duration = Duration::from_secs(4);
/// Messages and notes that are decrypted for a search …
const TEXTS_MAX: usize = 5_000;
/// … within this time, in microseconds …
const TEXTS_WITHIN_US: u64 = 1_000_000;
/// … from so many entries of the ledger at a time …
const STRETCH: i64 = 1_000;
/// … and so many times at most: also where few of the entries are the officer's to see.
const STRETCHES_MAX: usize = 50;

/// How often officers search.
pub(super) struct Searches {
    asked: Mutex<HashMap<StaffId, (u32, UnixMs)>>,
    turns: Semaphore,
    clock: SharedClock,
}

impl Searches {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { asked: Mutex::default(), turns: Semaphore::new(AT_ONCE), clock }
    }

    fn allows(&self, officer: StaffId) -> bool {
        let now = self.clock.now();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= OFFICERS_MAX {
            asked.clear();
        }
        let (count, since) = asked.entry(officer).or_insert((0, now));
        if now.since_ms(*since) > WINDOW_MS {
            (*count, *since) = (0, now);
        }
        *count += 1;
        *count <= SEARCHES_MAX
    }
}

impl Cases {
    /// The cases of `officer` that `wanted` is said of, in or of.
    ///
    /// # Errors
    /// [`CaseError::TooOften`], or what the store says.
    pub async fn search(&self, officer: &Officer, wanted: &Wanted) -> Result<Found, CaseError> {
        if !self.searches.allows(officer.id) {
            return Err(CaseError::TooOften);
        }
        let turn = tokio::time::timeout(TURN_WITHIN, self.searches.turns.acquire()).await;
        let _turn = turn.map_err(|_| StoreError::Resting)?;
        let scope = access::scope(officer);
        let names = sees_names(officer);
        let like = self.store.cases_like(&scope, wanted, names, SEARCH_CASES_MAX).await?;
        // That somebody's name is found in what was said tells whose case it is.
        let (saying, texts_since_ms) =
            if names { self.saying(&scope, wanted).await? } else { <_>::default() };
        let known: BTreeSet<CaseId> = like.cases.iter().map(|view| view.record.case_id).collect();
        let others: BTreeSet<CaseId> = saying.difference(&known).copied().collect();
        let mut cases = like.cases;
        if !others.is_empty() {
            cases.extend(self.store.cases_at(&scope, &others, SEARCH_CASES_MAX).await?);
        }
        cases.sort_by_key(|view| std::cmp::Reverse((view.record.opened_ms, view.record.case_no)));
        let more = like.more || known.len() + others.len() > SEARCH_CASES_MAX;
        cases.truncate(SEARCH_CASES_MAX);
        let mut cases: Vec<_> = cases.into_iter().map(CaseView::summary).collect();
        self.mask(officer, &mut cases);
        Ok(Found { cases, more, texts_since_ms })
    }

    /// The cases in which it was said, and back to when was looked; none: all of it.
    async fn saying(
        &self,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Result<(BTreeSet<CaseId>, Option<UnixMs>), StoreError> {
        let (began, mut until) = (self.clock.monotonic_us(), self.store.head().await?);
        let (mut found, mut read, mut since) = (BTreeSet::new(), 0, None);
        for _ in 0..STRETCHES_MAX {
            let stretch = self.store.cases_saying(scope, wanted, until, STRETCH).await?;
            found.extend(stretch.cases);
            read += stretch.read;
            since = stretch.since;
            until.0 -= STRETCH;
            let is_late = self.clock.monotonic_us().saturating_sub(began) > TEXTS_WITHIN_US;
            if since.is_none() || read >= TEXTS_MAX || is_late {
                break;
            }
        }
        Ok((found, since))
    }
}
