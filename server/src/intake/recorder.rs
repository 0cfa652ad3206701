//! From what phones said to cases in the ledger: batches, one transaction each, every item once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sos_core::routing::Routing;
use sos_protocol::ambient::SharedClock;
use sos_protocol::case::FixView;
use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseId, CaseState, DeviceId, Priority, Seq, UnixMs, Unverified, WorkerId,
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Inbound, Item, Origin};
use crate::deadline::within;
use crate::dispatch::Dispatch;
use crate::store::cases::{AlertRow, CaseRow};
use crate::store::fixes::NewFix;
use crate::store::ledger::{By, Changes, Draft};
use crate::store::workers::DeviceState;
use crate::store::{Store, StoreError, USE_WITHIN};

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

    /// Records `batch`, all or nothing. What was recorded before is left as it is, so a repeat does nothing.
    ///
    /// # Errors
    /// When Postgres does not do it; after a timeout it is not known whether it did, and the batch is to be
    /// recorded again.
    pub async fn record(&self, batch: &[Inbound]) -> Result<(), StoreError> {
        let mut tries = 1;
        while let Err(error) = within(USE_WITHIN, self.record_all(batch)).await {
            // Another node opened the same worker's case in the same moment: now it is there to be found.
            if !error.is_taken() || tries == RACES_MAX {
                return Err(error);
            }
            tries += 1;
        }
        self.committed.notify_one();
        self.save_first_fixes(batch).await
    }

    async fn record_all(&self, batch: &[Inbound]) -> Result<(), StoreError> {
        let devices = self.devices(batch).await?;
        let mut work = Work::begin(&self.store, batch, &devices).await?;
        let wanted = batch.iter().filter(|i| matches!(i.item, Item::Alert { .. })).count();
        let mut numbers = self.store.case_numbers(&mut work.tx, wanted).await?.into_iter();
        let now = self.clock.now();
        let mut strays = vec![];
        for inbound in batch {
            let origin = checked_origin(&inbound.origin, &devices);
            match &inbound.item {
                Item::Alert { alert, dropped } => {
                    let press = Press { alert, dropped, origin: &origin, received_at: inbound.received_at };
                    if work.knows_alert(alert.alert_id) {
                        continue;
                    }
                    if let Some(case_id) = work.open_case(&origin.subject(alert.alert_id)) {
                        work.press_again(case_id, press, now);
                    } else {
                        let (routing, target_s) = self
                            .dispatch
                            .desk_for(alert.position.as_ref(), origin.contract_country)
                            .ok_or(StoreError::NoDesks)?;
                        work.open(press, routing, target_s, numbers.next().unwrap_or_default(), now);
                    }
                }
                Item::Cancel { alert_id } => {
                    let event = CaseEvent::Cancelled { alert_id: *alert_id };
                    strays.extend((!work.say(*alert_id, &origin, event, now)).then_some(inbound));
                }
                Item::Message { message_id, alert_id, text } => {
                    let event = CaseEvent::Message { message_id: *message_id, text: text.clone() };
                    strays.extend((!work.say(*alert_id, &origin, event, now)).then_some(inbound));
                }
                Item::Delivered { alert_id, message_ids } => {
                    for id in message_ids {
                        work.delivered(*alert_id, &origin, *id, now);
                    }
                }
            }
        }
        work.finish(&self.store, now).await?;
        self.put_strays_aside(&strays, now).await
    }

    /// What belongs to no case that was ever recorded is kept for a person to look at.
    async fn put_strays_aside(&self, strays: &[&Inbound], now: UnixMs) -> Result<(), StoreError> {
        for stray in strays {
            metrics::counter!("sos_quarantined_total").increment(1);
            let reference = refs(std::slice::from_ref(*stray)).first().copied().unwrap_or_default();
            let value = serde_json::to_vec(stray)?;
            self.store.put_aside(&format!("stray:{reference}"), "belongs to no case", &value, now).await?;
        }
        Ok(())
    }

    async fn devices(&self, batch: &[Inbound]) -> Result<HashMap<DeviceId, DeviceState>, StoreError> {
        let ids: HashSet<Uuid> = batch.iter().filter_map(|i| i.origin.device_id).map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.store.devices(&ids.into_iter().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().map(|device| (device.device_id, device)).collect())
    }

    /// The position in an alert is the first point of the trail.
    async fn save_first_fixes(&self, batch: &[Inbound]) -> Result<(), StoreError> {
        let fixes: Vec<NewFix> = batch
            .iter()
            .filter_map(|inbound| {
                let Item::Alert { alert, .. } = &inbound.item else { return None };
                let fix = alert.position.clone()?;
                let fix = FixView { fix, server_time_ms: inbound.received_at };
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

/// What the store knows of the device, on top of what the gateway could check without it.
fn checked_origin(origin: &Origin, devices: &HashMap<DeviceId, DeviceState>) -> Origin {
    let Some(device_id) = origin.device_id else { return origin.clone() };
    let unverified = match devices.get(&device_id) {
        None => Some(Unverified::DeviceUnknown),
        Some(device) if device.revoked => Some(Unverified::DeviceRevoked),
        Some(_) => origin.unverified,
    };
    let worker_id: Option<WorkerId> = devices.get(&device_id).map(|device| device.worker_id);
    Origin { unverified, worker_id, ..origin.clone() }
}

/// An alert with what goes with it.
struct Press<'a> {
    alert: &'a Alert,
    dropped: &'a [DroppedField],
    origin: &'a Origin,
    received_at: UnixMs,
}

/// A transaction under way: what was there, and what is to change.
struct Work {
    tx: crate::store::Tx,
    cases: HashMap<CaseId, CaseRow>,
    case_of_alert: HashMap<AlertId, CaseId>,
    /// (kind, id) of what is in the ledger already.
    said: HashSet<(&'static str, Uuid)>,
    changed: Vec<CaseId>,
    changes: Changes,
}

impl Work {
    async fn begin(
        store: &Store,
        batch: &[Inbound],
        devices: &HashMap<DeviceId, DeviceState>,
    ) -> Result<Self, StoreError> {
        let alert_ids: HashSet<Uuid> = batch.iter().map(|i| i.item.alert_id().0).collect();
        let subjects: HashSet<String> =
            batch.iter().map(|i| checked_origin(&i.origin, devices).subject(i.item.alert_id())).collect();
        let alert_ids: Vec<Uuid> = alert_ids.into_iter().collect();
        let subjects: Vec<String> = subjects.into_iter().collect();
        let (mut tx, alerts, cases) = store.lock_for_record(&alert_ids, &subjects).await?;
        let said = store.said(&mut tx, &refs(batch)).await?;
        Ok(Self {
            tx,
            cases: cases.into_iter().map(|case| (case.case_id, case)).collect(),
            case_of_alert: alerts.into_iter().map(|alert| (alert.alert_id, alert.case_id)).collect(),
            said,
            changed: vec![],
            changes: Changes::default(),
        })
    }

    fn knows_alert(&self, id: AlertId) -> bool {
        self.case_of_alert.contains_key(&id)
    }

    fn open_case(&self, subject: &str) -> Option<CaseId> {
        let open = |case: &&CaseRow| case.subject == subject && case.state != CaseState::Closed;
        self.cases.values().find(open).map(|case| case.case_id)
    }

    fn press_again(&mut self, case_id: CaseId, press: Press<'_>, now: UnixMs) {
        self.keep_alert(case_id, &press);
        let event = CaseEvent::PressedAgain {
            alert: press.alert.clone(),
            received_at_ms: press.received_at,
            unverified: press.origin.unverified,
            dropped: press.dropped.to_vec(),
        };
        self.draft(case_id, event, now);
    }

    fn open(&mut self, press: Press<'_>, routing: Routing, target_s: i32, number: i64, now: UnixMs) {
        let case = new_case(&press, &routing, target_s, number, now);
        let case_id = case.case_id;
        self.cases.insert(case_id, case);
        self.keep_alert(case_id, &press);
        let event = CaseEvent::Opened {
            alert: press.alert.clone(),
            received_at_ms: press.received_at,
            routing: routing.view,
            unverified: press.origin.unverified,
            dropped: press.dropped.to_vec(),
        };
        self.draft(case_id, event, now);
    }

    fn keep_alert(&mut self, case_id: CaseId, press: &Press<'_>) {
        self.case_of_alert.insert(press.alert.alert_id, case_id);
        self.changes.alerts.push(AlertRow {
            alert_id: press.alert.alert_id,
            case_id,
            device_id: press.origin.device_id,
            received_ms: press.received_at,
            unverified: press.origin.unverified,
            dropped: press.dropped.to_vec(),
        });
    }

    /// Adds what the worker said to the case of the alert, or to the worker's open one; false if there is neither.
    fn say(&mut self, alert_id: AlertId, origin: &Origin, event: CaseEvent, now: UnixMs) -> bool {
        let of_alert = self.case_of_alert.get(&alert_id).copied();
        let Some(case_id) = of_alert.or_else(|| self.open_case(&origin.subject(alert_id))) else {
            return false;
        };
        let reference = sos_core::ledger::ref_id(&event).unwrap_or_default();
        if self.said.insert((event.kind(), reference)) {
            self.draft(case_id, event, now);
        }
        true
    }

    /// Only messages that the desk wrote in this case can be delivered.
    fn delivered(&mut self, alert_id: AlertId, origin: &Origin, id: sos_protocol::MessageId, now: UnixMs) {
        if self.said.contains(&("message", id.0)) {
            self.say(alert_id, origin, CaseEvent::Delivered { message_ids: vec![id] }, now);
        }
    }

    fn draft(&mut self, case_id: CaseId, event: CaseEvent, now: UnixMs) {
        let Some(case) = self.cases.get_mut(&case_id) else { return };
        // A new row starts as its opening made it.
        if !matches!(event, CaseEvent::Opened { .. }) {
            case.apply(&event, None, now);
        }
        if !self.changed.contains(&case_id) {
            self.changed.push(case_id);
        }
        let (desk, subject) = (case.desk_id.clone(), case.subject.clone());
        self.changes.drafts.push(Draft { case_id, desk, subject, by: By::Worker, event });
    }

    async fn finish(mut self, store: &Store, now: UnixMs) -> Result<(), StoreError> {
        if self.changes.drafts.is_empty() {
            return Ok(());
        }
        let changed: HashSet<CaseId> = self.changed.iter().copied().collect();
        self.changes.cases =
            self.cases.into_values().filter(|case| changed.contains(&case.case_id)).collect();
        let (cases, alerts) = (self.changes.cases.len(), self.changes.alerts.len());
        store.commit(self.tx, self.changes, now).await?;
        tracing::info!(cases, alerts, "recorded");
        metrics::counter!("sos_alerts_recorded_total").increment(alerts as u64);
        Ok(())
    }
}

/// Ids of the batch by which repeats are known.
fn refs(batch: &[Inbound]) -> Vec<Uuid> {
    let ids = batch.iter().flat_map(|inbound| match &inbound.item {
        Item::Alert { .. } => vec![],
        Item::Cancel { alert_id } => vec![alert_id.0],
        Item::Message { message_id, .. } => vec![message_id.0],
        Item::Delivered { message_ids, .. } => message_ids.iter().map(|id| id.0).collect(),
    });
    ids.collect()
}

fn new_case(press: &Press<'_>, routing: &Routing, target_s: i32, number: i64, now: UnixMs) -> CaseRow {
    let (alert, received) = (press.alert, press.received_at);
    let mut case = CaseRow {
        case_id: CaseId::of_alert(press.origin.device_id, alert.alert_id),
        case_no: number,
        subject: press.origin.subject(alert.alert_id),
        worker_id: press.origin.worker_id,
        version: 1,
        last_seq: Seq(0),
        state: CaseState::Open,
        priority: Priority::P1,
        unanswered_press: false,
        desk_id: routing.desk.clone(),
        watchers: routing.watchers.clone(),
        routing: routing.view.clone(),
        unverified: press.origin.unverified,
        kind: None,
        opened_ms: received,
        pressed_ms: received,
        presses: 1,
        claim_due_ms: received.plus_ms(i64::from(target_s) * 1000),
        rang_ms: None,
        seen_ms: None,
        cancelled_ms: None,
        unrung: vec![],
        unseen: vec![],
        unread: 0,
        battery_pct: None,
        position: None,
        owner_id: None,
        owner_since_ms: None,
        closed_by: None,
        closed_ms: None,
        disposition: None,
        summary: None,
        last_did: "opened".to_owned(),
        last_by: None,
        last_at_ms: now,
    };
    let opened = CaseEvent::Opened {
        alert: alert.clone(),
        received_at_ms: received,
        routing: routing.view.clone(),
        unverified: press.origin.unverified,
        dropped: vec![],
    };
    case.apply(&opened, None, now);
    case
}
