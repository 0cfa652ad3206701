//! Taking what phones say: on disk first, then the ledger.

pub mod alerts;
pub mod direct;
pub mod fixes;
pub mod provisional;
pub mod recorder;
pub mod unrecorded;

pub use sos_core::recording::{Inbound, Item, Origin};
use sos_protocol::ambient::SharedClock;
use sos_protocol::case::FixView;
use sos_protocol::{AlertId, Fix, UnixMs};

use crate::auth::credential::Checked;
use crate::gather::Gather;
use crate::store::fixes::NewFix;

impl From<&Checked> for Origin {
    fn from(checked: &Checked) -> Self {
        let identity = checked.identity.as_ref();
        Self {
            device_id: identity.map(|i| i.device_id),
            worker_id: identity.map(|i| i.worker_id),
            contract_country: identity.and_then(|i| i.contract_country),
            unverified: checked.unverified,
            sms_from: None,
        }
    }
}

/// Neither store took it: nothing was acknowledged, the phone keeps it and tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither store takes it at the moment")]
pub struct NotTaken;

/// Takes things in.
pub struct Intake {
    alerts: Gather<Inbound>,
    fixes: Gather<Vec<NewFix>>,
    clock: SharedClock,
}

impl Intake {
    /// In front of these stores.
    #[must_use]
    pub fn new(alerts: Gather<Inbound>, fixes: Gather<Vec<NewFix>>, clock: SharedClock) -> Self {
        Self { alerts, fixes, clock }
    }

    /// Keeps `item`: when this returns, it is on disk. In the stream if Redis answers in time, else as a case in
    /// Postgres at once.
    ///
    /// # Errors
    /// [`NotTaken`] if neither does it.
    pub async fn take(&self, origin: Origin, item: Item) -> Result<UnixMs, NotTaken> {
        let received_at = self.clock.now();
        let inbound = Inbound { received_at, origin, item };
        if self.alerts.ask(inbound).await.is_err() {
            metrics::counter!("sos_intake_not_taken_total").increment(1);
            return Err(NotTaken);
        }
        Ok(received_at)
    }

    /// Keeps fixes, newest first or not: the trail is put in order when it is read.
    ///
    /// # Errors
    /// [`NotTaken`] if neither store does it.
    pub async fn take_fixes(&self, alert_id: AlertId, fixes: Vec<Fix>) -> Result<(), NotTaken> {
        let server_time_ms = self.clock.now();
        let fixes: Vec<NewFix> =
            fixes.into_iter().map(|fix| NewFix { alert_id, fix: FixView { fix, server_time_ms } }).collect();
        if fixes.is_empty() {
            return Ok(());
        }
        self.fixes.ask(fixes).await.map_err(|_| NotTaken)
    }
}
