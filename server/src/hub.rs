//! What this node tells its consoles and phones: every ledger entry once and in order, and new positions.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sos_core::access::{CaseDesks, Scope};
use sos_core::entry::LedgerEntry;
use sos_protocol::feed::{FeedFrame, ProvisionalAlert};
use sos_protocol::{DeskId, Seq};
use tokio::sync::broadcast;

use crate::store::fixes::CaseFixes;

/// Items that a slow reader may be behind before it has to read from the ledger again.
const BACKLOG_MAX: usize = 4_096;

/// Something to tell. The console's frame is written once for all consoles.
pub enum Told {
    /// A ledger entry.
    Entry {
        /// The entry.
        entry: Box<LedgerEntry>,
        /// As consoles get it.
        frame: String,
    },
    /// New positions of a case, or an alert that waits to be recorded.
    Passing {
        /// Desks that see the case.
        audience: Vec<DeskId>,
        /// As consoles get it.
        frame: String,
    },
}

impl Told {
    /// An entry.
    #[must_use]
    pub fn entry(entry: LedgerEntry) -> Self {
        let frame = FeedFrame::Event { entry: entry.entry.clone(), case: entry.case.clone() };
        Self::Entry { frame: encode(&frame), entry: Box::new(entry) }
    }

    /// Positions.
    #[must_use]
    pub fn positions(fixes: CaseFixes) -> Self {
        let frame = FeedFrame::Positions { case_id: fixes.case_id, fixes: fixes.fixes };
        Self::Passing { audience: fixes.audience, frame: encode(&frame) }
    }

    /// An alert that waits to be recorded.
    #[must_use]
    pub fn provisional(alert: ProvisionalAlert) -> Self {
        let audience = std::iter::once(&alert.desk_id).chain(&alert.watchers).cloned().collect();
        Self::Passing { audience, frame: encode(&FeedFrame::Provisional { alert }) }
    }

    /// The frame for a console that sees `scope`.
    #[must_use]
    pub fn for_console(&self, scope: &Scope) -> Option<&str> {
        let covered = |holder: &DeskId, watchers: &[DeskId]| scope.covers(CaseDesks { holder, watchers });
        match self {
            Self::Entry { entry, frame } => {
                covered(&entry.case.desk_id, &entry.case.watchers).then_some(frame.as_str())
            }
            Self::Passing { audience, frame } => {
                let (holder, watchers) = audience.split_first()?;
                covered(holder, watchers).then_some(frame.as_str())
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
    head: AtomicI64,
}

impl Hub {
    /// Nobody has been told anything.
    #[must_use]
    pub fn new() -> Self {
        Self { told: broadcast::Sender::new(BACKLOG_MAX), head: AtomicI64::new(0) }
    }

    /// The last entry told here.
    #[must_use]
    pub fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// Everything up to `seq` counts as told.
    pub fn start_at(&self, seq: Seq) {
        self.head.fetch_max(seq.0, Ordering::AcqRel);
    }

    /// Tells an entry, unless it was told before.
    pub fn tell_entry(&self, entry: LedgerEntry) {
        let seq = entry.seq();
        if self.head.fetch_max(seq.0, Ordering::AcqRel) < seq.0 {
            let _ = self.told.send(Arc::new(Told::entry(entry)));
        }
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
