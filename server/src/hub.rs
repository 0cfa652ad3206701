//! What this node tells its consoles and phones: every ledger entry once and in order, and new positions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sos_core::access::{CaseDesks, Scope};
use sos_core::entry::LedgerEntry;
use sos_protocol::feed::{FeedFrame, ProvisionalAlert};
use sos_protocol::{DeskId, Seq};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::store::fixes::CaseFixes;

/// Items that a slow reader may be behind before it has to read from the ledger again.
const BACKLOG_MAX: usize = 4_096;

/// Something to tell. The console's frame is written once, and shared by all consoles.
pub enum Told {
    /// A ledger entry.
    Entry {
        /// The entry.
        entry: Box<LedgerEntry>,
        /// As consoles get it.
        frame: Utf8Bytes,
    },
    /// New positions of a case, or an alert that waits to be recorded.
    Passing {
        /// Desks that see the case.
        audience: Vec<DeskId>,
        /// As consoles get it.
        frame: Utf8Bytes,
    },
}

impl Told {
    /// An entry.
    #[must_use]
    pub fn entry(entry: LedgerEntry) -> Self {
        let frame = FeedFrame::Event { entry: entry.entry.clone(), case: entry.case.clone() };
        Self::Entry { frame: encode(&frame).into(), entry: Box::new(entry) }
    }

    /// Positions.
    #[must_use]
    pub fn positions(fixes: CaseFixes) -> Self {
        let frame = FeedFrame::Positions { case_id: fixes.case_id, fixes: fixes.fixes };
        Self::Passing { audience: fixes.audience, frame: encode(&frame).into() }
    }

    /// An alert that waits to be recorded.
    #[must_use]
    pub fn provisional(alert: ProvisionalAlert) -> Self {
        let audience = std::iter::once(&alert.desk_id).chain(&alert.watchers).cloned().collect();
        Self::Passing { audience, frame: encode(&FeedFrame::Provisional { alert }).into() }
    }

    /// The frame for a console that sees `scope`.
    #[must_use]
    pub fn for_console(&self, scope: &Scope) -> Option<Utf8Bytes> {
        let covered = |holder: &DeskId, watchers: &[DeskId]| scope.covers(CaseDesks { holder, watchers });
        match self {
            Self::Entry { entry, frame } => {
                covered(&entry.case.desk_id, &entry.case.watchers).then(|| frame.clone())
            }
            Self::Passing { audience, frame } => {
                let (holder, watchers) = audience.split_first()?;
                covered(holder, watchers).then(|| frame.clone())
            }
        }
    }

    /// Place in the ledger, for entries.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Self::Entry { entry, .. } => Some(entry.seq()),
            Self::Passing { .. } => None,
        }
    }
}

/// A frame as text.
#[must_use]
pub fn encode<T: serde::Serialize>(frame: &T) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}

/// Hands things on to everybody who is connected here.
pub struct Hub {
    told: broadcast::Sender<Arc<Told>>,
    /// The last entry told; held while one is told, so that two who tell cannot overtake each other.
    head: Mutex<Seq>,
}

/// An entry between the last one told here and this one is missing: read the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap;

impl Hub {
    /// Nobody has been told anything.
    #[must_use]
    pub fn new() -> Self {
        Self { told: broadcast::Sender::new(BACKLOG_MAX), head: Mutex::new(Seq(0)) }
    }

    fn lock(&self) -> MutexGuard<'_, Seq> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last entry told here.
    #[must_use]
    pub fn head(&self) -> Seq {
        *self.lock()
    }

    /// Everything up to `seq` counts as told.
    pub fn start_at(&self, seq: Seq) {
        let mut head = self.lock();
        *head = seq.max(*head);
    }

    /// Tells entries in order, leaving out what was told before.
    ///
    /// # Errors
    /// [`Gap`] at the first one that does not follow the last one told.
    pub fn tell_entries(&self, entries: impl IntoIterator<Item = LedgerEntry>) -> Result<(), Gap> {
        for entry in entries {
            let mut head = self.lock();
            let seq = entry.seq();
            if seq.0 > head.0 + 1 {
                return Err(Gap);
            }
            if seq > *head {
                *head = seq;
                let _ = self.told.send(Arc::new(Told::entry(entry)));
            }
        }
        Ok(())
    }

    /// Tells something that is not in the ledger.
    pub fn tell_passing(&self, told: Told) {
        let _ = self.told.send(Arc::new(told));
    }

    /// Everything told from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Told>> {
        self.told.subscribe()
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}
