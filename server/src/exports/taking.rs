//! Taking what was asked for: one at a time a node, each in the hands of one node. One that dies lets go of it after a while,
//! and another begins it anew. What a node writes that has lost it meanwhile is refused.

use std::sync::Arc;
use std::time::Duration;

use sos_protocol::UnixMs;
use sos_protocol::export::ExportFault;
use sos_protocol::limits::{EXPORT_KEPT_DAYS, EXPORT_SCHEDULED_KEPT_DAYS};
use tokio_util::sync::CancellationToken;

use super::making::{Counter, Making, Unmade};
use super::parts::Written;
use super::schedule::{FORMATS, Month};
use super::writing::PAUSES;
use crate::deadline::Backoff;
use crate::store::StoreError;
use crate::store::exports::{Progress, Taken};

/// How often it is looked for what another node was asked, or let go of.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a node says that it goes on, and how far it is, where no part says so.
const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How often one is begun before it is given up: each time a node died over it, or its stores were away.
const TRIES_MAX: i16 = 5;
/// How long one is in a node's hands after it was last heard of, in milliseconds.
pub(super) const LEASE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

impl Making {
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (mut pause, mut reported) = (Backoff::new(PAUSES.0, PAUSES.1), None);
        while !stop.is_cancelled() {
            match self.look(&mut reported, &stop).await {
                Ok(true) => pause.reset(),
                Ok(false) => {
                    pause.reset();
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "exports have to wait");
                    pause.pause(&stop).await;
                }
            }
        }
    }

    /// Does what is to be done: whether there may be more.
    async fn look(&self, reported: &mut Option<Month>, stop: &CancellationToken) -> Result<bool, StoreError> {
        self.report_month(reported).await?;
        let tidied = self.store.tidy_exports(self.clock.now()).await?;
        let now = self.clock.now();
        let lease = self.entropy.uuid_v7(now);
        let Some(taken) = self.store.take_export(lease, now, now.plus_ms(LEASE_MS)).await? else {
            return Ok(tidied);
        };
        if taken.tries > TRIES_MAX {
            tracing::error!(export = %taken.export_id, "an export was begun too often and is given up");
            self.failed(&taken, ExportFault::Broken).await?;
            return Ok(true);
        }
        let counter = Counter::default();
        let made = tokio::select! {
            made = self.make(&taken, &counter) => made,
            lost = self.renew(&taken, &counter) => Err(lost),
            () = stop.cancelled() => Err(Unmade::Again),
        };
        self.settle(&taken, made).await?;
        Ok(true)
    }

    /// Has the report of the latest month made that is over, once for all nodes.
    async fn report_month(&self, reported: &mut Option<Month>) -> Result<(), StoreError> {
        let (now, (zone, zone_name)) = (self.clock.now(), &self.zone);
        let month = Month::due(now, zone).filter(|month| reported.as_ref() != Some(month));
        let Some(month) = month else { return Ok(()) };
        let first = self.store.first_entry_at().await?;
        if first.is_some_and(|first| !month.is_before(first, zone)) {
            for format in FORMATS {
                let key = month.key(format);
                if self.store.has_scheduled(&key).await? {
                    continue;
                }
                let id = self.entropy.uuid_v7(now);
                let (wanted, name) = month.wanted(id, format, (zone, zone_name, now));
                if self.store.schedule_export(&key, &wanted, &name, now).await? {
                    tracing::info!(%key, "a report by schedule");
                }
            }
        }
        *reported = Some(month);
        Ok(())
    }

    async fn settle(&self, taken: &Taken, made: Result<(Written, u32), Unmade>) -> Result<(), StoreError> {
        let now = self.clock.now();
        match made {
            Ok((written, steps)) => {
                let progress = Progress { done: steps, steps, bytes: written.bytes };
                let times = (now, self.ends(taken, now));
                self.store.export_done(taken, progress, &written.sha256, times).await.map(drop)
            }
            Err(Unmade::Fault(fault)) => self.failed(taken, fault).await,
            Err(Unmade::Lost) => Ok(()),
            Err(Unmade::Again) => self.store.give_export_back(taken).await,
            Err(Unmade::Store(error)) if error.is_passing() => {
                self.store.give_export_back(taken).await?;
                Err(error)
            }
            Err(Unmade::Store(error)) => {
                tracing::error!(%error, "an export cannot be made");
                self.failed(taken, ExportFault::Broken).await
            }
        }
    }

    async fn failed(&self, taken: &Taken, fault: ExportFault) -> Result<(), StoreError> {
        metrics::counter!("sos_exports_failed_total").increment(1);
        let now = self.clock.now();
        self.store.export_failed(taken, fault, (now, self.ends(taken, now))).await
    }

    fn ends(&self, taken: &Taken, now: UnixMs) -> UnixMs {
        let days = match taken.record.staff {
            Some(_) => EXPORT_KEPT_DAYS,
            None => EXPORT_SCHEDULED_KEPT_DAYS,
        };
        now.plus_ms(i64::from(days) * DAY_MS)
    }

    /// Says now and then that it goes on, until it is lost.
    async fn renew(&self, taken: &Taken, counter: &Counter) -> Unmade {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.goes_on(taken, counter, None).await {
                Ok(()) => {}
                Err(Unmade::Store(error)) if error.is_passing() => {}
                Err(unmade) => return unmade,
            }
        }
    }
}
