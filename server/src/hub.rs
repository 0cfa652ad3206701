//! What this node tells its consoles and phones: every ledger entry once and in order, and new positions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sos_core::entry::LedgerEntry;
use sos_protocol::Seq;
use tokio::sync::broadcast;

use crate::told::Told;
use crate::ws::registry::Registry;

/// Items that a slow reader may be behind before it has to read from the ledger again.
const BACKLOG_MAX: usize = 4_096;

/// Hands things on to everybody who is connected here.
pub struct Hub {
    /// Phones are handed each entry at once; consoles read it from `told`.
    phones: Arc<Registry>,
    told: broadcast::Sender<Arc<Told>>,
    /// The last entry told; held while one is told, so that two who tell cannot overtake each other.
    head: Mutex<Seq>,
}

/// An entry between the last one told here and this one is missing: read the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap;

impl Hub {
    /// Nobody has been told anything, `phones` are to be.
    #[must_use]
    pub fn new(phones: Arc<Registry>) -> Self {
        Self { phones, told: broadcast::Sender::new(BACKLOG_MAX), head: Mutex::new(Seq(0)) }
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
                let told = Arc::new(Told::entry(entry));
                self.phones.hand_on(&told);
                let _ = self.told.send(told);
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
