//! Writing one file in parts, each of which says that it goes on.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sos_protocol::export::ExportFault;
use sos_protocol::limits::EXPORT_BYTES_MAX;
use tokio::sync::mpsc;

use super::making::{Counter, Making, Unmade};
use super::parts::{Parts, Written, way};
use super::taking::LEASE_MS;
use crate::aside::aside;
use crate::store::StoreError;
use crate::store::exports::Taken;

/// How often one step of it is tried, with pauses.
const STEP_TRIES_MAX: u32 = 5;
/// First and last pause after a failure of the store.
pub(super) const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

impl Making {
    pub(super) async fn goes_on(
        &self,
        taken: &Taken,
        counter: &Counter,
        part: Option<(i32, &[u8])>,
    ) -> Result<(), Unmade> {
        let until = self.clock.now().plus_ms(LEASE_MS);
        let is_ours = self.store.export_goes_on(taken, counter.read(), part, until).await?;
        if is_ours { Ok(()) } else { Err(Unmade::Lost) }
    }

    /// Has `work` write the file on a thread that may wait, while `reading` brings what it is written from.
    pub(super) async fn write(
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
pub(super) struct Tries {
    pause: Duration,
    left: u32,
}

impl Tries {
    pub(super) const fn new() -> Self {
        Self { pause: PAUSES.0, left: STEP_TRIES_MAX }
    }

    /// Waits for the next one after `error`, while it may work.
    pub(super) async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.left -= 1;
        if self.left == 0 || !error.is_passing() {
            return Err(error);
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSES.1);
        Ok(())
    }
}
