//! Open statistics: whole past months, published once by one node and served by all from memory. What may be said of a
//! month is in [`sos_core::open_data`]; the numbers are those of [`crate::figures`].

mod files;
mod page;
mod publishing;
mod words;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sos_protocol::ambient::SharedClock;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::files::{File, Files};
pub use self::publishing::OpenDataError;
use crate::deadline::Backoff;
use crate::figures::Counting;
use crate::store::{Store, StoreError};

/// How often it is looked whether a month is due, or another node has published one. Nobody waits for it.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// First and last pause after a failure.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// Publishes open statistics, and has them at hand.
#[derive(Clone)]
pub struct OpenData {
    store: Store,
    figures: Counting,
    clock: SharedClock,
    licence: String,
    /// None before they were read once.
    files: Arc<RwLock<Option<Arc<Files>>>>,
}

impl OpenData {
    /// Over `store`, counting with `figures`; `licence`: SPDX identifier.
    #[must_use]
    pub fn new(store: Store, figures: Counting, clock: SharedClock, licence: String) -> Self {
        Self { store, figures, clock, licence, files: Arc::default() }
    }

    /// Starts what publishes and what keeps up.
    pub fn spawn(&self, tracker: &TaskTracker, stop: &CancellationToken) {
        tracker.spawn(self.clone().run(stop.clone()));
    }

    /// What is published. None: it was not read yet.
    #[must_use]
    pub fn files(&self) -> Option<Arc<Files>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(self, stop: CancellationToken) {
        let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
        while !stop.is_cancelled() {
            match self.look(&stop).await {
                Ok(()) => {
                    pause.reset();
                    let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
                }
                Err(error) => {
                    metrics::counter!("sos_open_data_failures_total").increment(1);
                    tracing::warn!(%error, "open statistics are not brought up to date");
                    pause.pause(&stop).await;
                }
            }
        }
    }

    async fn look(&self, stop: &CancellationToken) -> Result<(), OpenDataError> {
        self.read().await?;
        while !stop.is_cancelled() && self.publish_next().await? {
            self.read().await?;
        }
        Ok(())
    }

    /// Reads what was published since it was read last.
    async fn read(&self) -> Result<(), StoreError> {
        let changes = self.store.open_changes().await?;
        if self.files().is_some_and(|files| files.changes == changes) {
            return Ok(());
        }
        let (changes, months) = self.store.open_months().await?;
        let files = Files::of(changes, months, &self.licence)?;
        *self.files.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(files));
        Ok(())
    }
}
