//! From what phones said to cases in the ledger: batches, one transaction each, every item once.

use std::collections::HashMap;
use std::sync::Arc;

use sos_core::recording::{self, Changes, DeviceState, Inbound, Item, Known, Lookup, NoDesks, Unplaced};
use sos_protocol::ambient::SharedClock;
use sos_protocol::{DeviceId, Fix, UnixMs};
use tokio::sync::Notify;

use crate::deadline::within;
use crate::dispatch::Dispatch;
use crate::store::fixes::NewFix;
use crate::store::{Store, StoreError, Tx, USE_WITHIN};

/// Times that a batch is tried when another node is in its way.
const RACES_MAX: u32 = 3;

/// Records.
pub struct Recorder {
    store: Store,
    dispatch: Arc<Dispatch>,
    clock: SharedClock,
    /// Told after every commit, so that the entries go out at once.
    committed: Arc<Notify>,
}

impl Recorder {
    /// Into `store`; `committed` is told after each commit.
    #[must_use]
    pub fn new(store: Store, dispatch: Arc<Dispatch>, clock: SharedClock, committed: Arc<Notify>) -> Self {
        Self { store, dispatch, clock, committed }
    }

    /// Records `batch`, all or nothing, but for what belongs to no case on record. What was recorded before is left as
    /// it is, so a repeat does nothing.
    ///
    /// # Errors
    /// When Postgres does not do it; after a timeout it is not known whether it did, and the batch is to be
    /// recorded again.
    pub async fn record(&self, batch: &[Inbound]) -> Result<Unplaced, StoreError> {
        let mut tries = 1;
        let unplaced = loop {
            match within(USE_WITHIN, Box::pin(self.record_all(batch))).await {
                // Another node opened the same worker's case in the same moment: now it is there to be found.
                Err(error) if error.is_taken() && tries < RACES_MAX => tries += 1,
                result => break result?,
            }
        };
        self.committed.notify_one();
        self.save_first_fixes(batch).await?;
        Ok(unplaced)
    }

    async fn record_all(&self, batch: &[Inbound]) -> Result<Unplaced, StoreError> {
        let devices = self.devices(batch).await?;
        let lookup = Lookup::of(batch, &devices);
        let (mut tx, alerts, cases) = self.store.lock_for_record(&lookup.alerts, &lookup.subjects).await?;
        let said = self.store.said(&mut tx, &lookup.references).await?;
        let numbers = self.store.case_numbers(&mut tx, lookup.numbers).await?;
        let now = self.clock.now();
        let known = Known { devices, alerts, cases, said, numbers };
        let route = |fix: Option<&Fix>, country| self.dispatch.desk_for(fix, country);
        let decided = recording::decide(batch, known, route, now).map_err(|NoDesks| StoreError::NoDesks)?;
        self.commit(tx, decided.changes, now).await?;
        Ok(decided.unplaced)
    }

    async fn commit(&self, tx: Tx, changes: Changes, now: UnixMs) -> Result<(), StoreError> {
        let (cases, alerts) = (changes.cases.len(), changes.alerts.len());
        self.store.commit(tx, changes, now).await?;
        if cases == 0 {
            return Ok(());
        }
        tracing::info!(cases, alerts, "recorded");
        metrics::counter!("sos_alerts_recorded_total").increment(alerts as u64);
        Ok(())
    }

    async fn devices(&self, batch: &[Inbound]) -> Result<HashMap<DeviceId, DeviceState>, StoreError> {
        let ids = Lookup::devices(batch);
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        // What a borrowed phone said within its time counts, however late it gets here; the gateway looked at each item's
        // own moment.
        let said_at = batch.iter().map(|inbound| inbound.received_at).min();
        let found = self.store.devices(&ids, said_at.unwrap_or_else(|| self.clock.now())).await?;
        Ok(found.into_iter().map(|device| (device.device_id, device)).collect())
    }

    /// The position in an alert is the first point of the trail.
    async fn save_first_fixes(&self, batch: &[Inbound]) -> Result<(), StoreError> {
        let fixes: Vec<NewFix> = batch
            .iter()
            .filter_map(|inbound| {
                let Item::Alert { alert, .. } = &inbound.item else { return None };
                let fix = recording::first_fix(alert, inbound.received_at)?;
                Some(NewFix { alert_id: alert.alert_id, fix })
            })
            .collect();
        if fixes.is_empty() {
            return Ok(());
        }
        match self.store.save_fixes(&fixes).await {
            // The alert is on record with its position: a trail that cannot be stored does not undo that.
            Err(error) if !error.is_passing() => tracing::error!(%error, "first fixes cannot be stored"),
            result => drop(result?),
        }
        Ok(())
    }
}
