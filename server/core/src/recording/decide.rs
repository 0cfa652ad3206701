//! What a batch of things that phones said changes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseId, CaseState, CountryCode, DeviceId, Fix, MessageId, UnixMs,
};
use uuid::Uuid;

use super::{AlertRecord, By, CaseRecord, Changes, DeviceState, Draft, Inbound, Item, Origin};
use crate::ledger;
use crate::routing::Routing;

/// For how long what belongs to no recorded alert is tried again, in milliseconds: its alert may be in the hands of
/// another node, which died or waits for a store.
pub const EARLY_MS_MAX: i64 = 30_000;

/// What has to be known before a batch can be decided about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    /// Alerts that the batch is about.
    pub alerts: Vec<Uuid>,
    /// Subjects whose open case matters.
    pub subjects: Vec<String>,
    /// Ids by which repeats are known.
    pub references: Vec<Uuid>,
    /// Case numbers that may be needed.
    pub numbers: usize,
}

impl Lookup {
    /// For `batch`, with what is known of its devices.
    #[must_use]
    pub fn of(batch: &[Inbound], devices: &HashMap<DeviceId, DeviceState>) -> Self {
        let subject = |i: &Inbound| i.origin.checked(devices).subject_of(&i.item);
        let alerts: BTreeSet<Uuid> = batch.iter().map(|i| i.item.alert_id().0).collect();
        let subjects: BTreeSet<String> = batch.iter().map(subject).collect();
        Self {
            alerts: alerts.into_iter().collect(),
            subjects: subjects.into_iter().collect(),
            references: batch.iter().flat_map(|i| i.item.references()).collect(),
            numbers: batch.iter().filter(|i| matches!(i.item, Item::Alert { .. })).count(),
        }
    }

    /// The devices to ask for first.
    #[must_use]
    pub fn devices(batch: &[Inbound]) -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = batch.iter().filter_map(|i| i.origin.device_id).map(|id| id.0).collect();
        ids.into_iter().collect()
    }
}

/// What the store knows, locked against change until the answer is committed.
#[derive(Debug, Default)]
pub struct Known {
    /// The devices of the batch.
    pub devices: HashMap<DeviceId, DeviceState>,
    /// Alerts of the batch that are on record.
    pub alerts: Vec<AlertRecord>,
    /// Their cases, and the open cases of the batch's subjects.
    pub cases: Vec<CaseRecord>,
    /// (kind, id) of what is in the ledger already.
    pub said: HashSet<(&'static str, Uuid)>,
    /// New case numbers.
    pub numbers: Vec<i64>,
}

/// What a batch changes.
#[derive(Debug)]
pub struct Decided {
    /// To be committed; empty if all of it was on record.
    pub changes: Changes,
    /// What is left of the batch.
    pub unplaced: Unplaced,
}

/// Places in a batch of what belongs to no case on record.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// Younger than [`EARLY_MS_MAX`]: it is to be tried again.
    pub early: Vec<usize>,
    /// The rest, for a person to look at.
    pub strays: Vec<usize>,
}

impl Unplaced {
    /// Whether the thing at `place` belongs to no case on record.
    #[must_use]
    pub fn has(&self, place: usize) -> bool {
        self.early.contains(&place) || self.strays.contains(&place)
    }
}

/// The desks are not known yet: nobody can say where an alert goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no desks that can be used")]
pub struct NoDesks;

/// What `batch` changes. `route` gives the desk for a position and a contract country, and its target for a claim in
/// seconds. What was recorded before is left as it is, so a repeat changes nothing.
///
/// # Errors
/// [`NoDesks`] if a case is to be opened and `route` knows no desk.
pub fn decide(
    batch: &[Inbound],
    known: Known,
    route: impl Fn(Option<&Fix>, Option<CountryCode>) -> Option<(Routing, i32)>,
    now: UnixMs,
) -> Result<Decided, NoDesks> {
    let mut work = Work::new(known, now);
    let mut unplaced = Unplaced::default();
    for (place, inbound) in batch.iter().enumerate() {
        let origin = inbound.origin.checked(&work.devices);
        let said = match &inbound.item {
            Item::Alert { alert, dropped } => {
                let subject = origin.subject_of(&inbound.item);
                let received_at = inbound.received_at;
                let press = Press { alert, dropped, origin: &origin, subject, received_at };
                work.press(press, &route)?;
                true
            }
            Item::Duress { alert_id } => {
                work.say(*alert_id, &origin, CaseEvent::Duress { alert_id: *alert_id })
            }
            Item::Attachment { alert_id, attachment, taken } => {
                let event = CaseEvent::Attachment { attachment: attachment.clone(), taken: *taken };
                work.say(*alert_id, &origin, event)
            }
            // Only the case of that very alert: taking back a drill takes back no SOS.
            Item::Cancel { alert_id } => {
                work.case_of_alert.contains_key(alert_id)
                    && work.say(*alert_id, &origin, CaseEvent::Cancelled { alert_id: *alert_id })
            }
            Item::Message { message_id, alert_id, text } => {
                let event = CaseEvent::Message { message_id: *message_id, text: text.clone() };
                work.say(*alert_id, &origin, event)
            }
            Item::Delivered { alert_id, message_ids } => {
                message_ids.iter().for_each(|id| work.delivered(*alert_id, &origin, *id));
                true
            }
        };
        if !said && now.since_ms(inbound.received_at) < EARLY_MS_MAX {
            unplaced.early.push(place);
        } else if !said {
            unplaced.strays.push(place);
        }
    }
    Ok(Decided { changes: work.finish(), unplaced })
}

/// An alert with what goes with it.
struct Press<'a> {
    alert: &'a Alert,
    dropped: &'a [DroppedField],
    origin: &'a Origin,
    subject: String,
    received_at: UnixMs,
}

/// A batch under way: what was there, and what is to change.
struct Work {
    now: UnixMs,
    devices: HashMap<DeviceId, DeviceState>,
    cases: BTreeMap<CaseId, CaseRecord>,
    case_of_alert: HashMap<AlertId, CaseId>,
    said: HashSet<(&'static str, Uuid)>,
    numbers: std::vec::IntoIter<i64>,
    changed: BTreeSet<CaseId>,
    changes: Changes,
}

impl Work {
    fn new(known: Known, now: UnixMs) -> Self {
        Self {
            now,
            devices: known.devices,
            cases: known.cases.into_iter().map(|case| (case.case_id, case)).collect(),
            case_of_alert: known.alerts.into_iter().map(|alert| (alert.alert_id, alert.case_id)).collect(),
            said: known.said,
            numbers: known.numbers.into_iter(),
            changed: BTreeSet::new(),
            changes: Changes::default(),
        }
    }

    fn press(
        &mut self,
        press: Press<'_>,
        route: impl Fn(Option<&Fix>, Option<CountryCode>) -> Option<(Routing, i32)>,
    ) -> Result<(), NoDesks> {
        if self.case_of_alert.contains_key(&press.alert.alert_id) {
            return Ok(());
        }
        if let Some(case_id) = self.open_case(&press.subject) {
            self.press_again(case_id, &press);
            self.forced(&press);
            return Ok(());
        }
        let (routing, target_s) =
            route(press.alert.position.as_ref(), press.origin.contract_country).ok_or(NoDesks)?;
        self.open(&press, routing, target_s);
        self.forced(&press);
        Ok(())
    }

    /// The phone was signed in with the PIN that says so.
    fn forced(&mut self, press: &Press<'_>) {
        let alert_id = press.alert.alert_id;
        if press.origin.device_id.is_some_and(|id| self.devices.get(&id).is_some_and(|device| device.duress))
        {
            self.say(alert_id, press.origin, CaseEvent::Duress { alert_id });
        }
    }

    fn open_case(&self, subject: &str) -> Option<CaseId> {
        let open = |case: &&CaseRecord| case.subject == subject && case.state != CaseState::Closed;
        self.cases.values().find(open).map(|case| case.case_id)
    }

    fn press_again(&mut self, case_id: CaseId, press: &Press<'_>) {
        self.keep_alert(case_id, press);
        let event = CaseEvent::PressedAgain {
            alert: press.alert.clone(),
            received_at_ms: press.received_at,
            unverified: press.origin.unverified,
            sms_from: press.origin.sms_from.clone(),
            dropped: press.dropped.to_vec(),
            emergency: press.alert.kind,
            waited_ms: press.alert.waited_ms,
        };
        self.draft(case_id, event);
    }

    fn open(&mut self, press: &Press<'_>, routing: Routing, target_s: i32) {
        let alert_id = press.alert.alert_id;
        let case_id = CaseId::of_alert(press.origin.device_id, alert_id);
        let number = self.numbers.next().unwrap_or_default();
        let mut case = CaseRecord::new(case_id, number, press.subject.clone(), routing.clone(), self.now);
        case.worker_id = press.origin.worker_id;
        case.unverified = press.origin.unverified;
        case.opened_ms = press.received_at;
        let claim_due_ms = press.received_at.plus_ms(i64::from(target_s) * 1000);
        case.claim_due_ms = claim_due_ms;
        self.cases.insert(case_id, case);
        self.keep_alert(case_id, press);
        let event = CaseEvent::Opened {
            alert: press.alert.clone(),
            received_at_ms: press.received_at,
            routing: routing.view,
            unverified: press.origin.unverified,
            sms_from: press.origin.sms_from.clone(),
            dropped: press.dropped.to_vec(),
            emergency: press.alert.kind,
            waited_ms: press.alert.waited_ms,
            drill: press.alert.drill,
            claim_due_ms: Some(claim_due_ms),
        };
        self.draft(case_id, event);
    }

    fn keep_alert(&mut self, case_id: CaseId, press: &Press<'_>) {
        self.case_of_alert.insert(press.alert.alert_id, case_id);
        self.changes.alerts.push(AlertRecord {
            alert_id: press.alert.alert_id,
            case_id,
            device_id: press.origin.device_id,
            received_ms: press.received_at,
            unverified: press.origin.unverified,
            dropped: press.dropped.to_vec(),
        });
    }

    /// Adds what the worker said to the case of the alert, or to the worker's open one; false if there is neither.
    fn say(&mut self, alert_id: AlertId, origin: &Origin, event: CaseEvent) -> bool {
        let of_alert = self.case_of_alert.get(&alert_id).copied();
        let Some(case_id) = of_alert.or_else(|| self.open_case(&origin.subject(alert_id))) else {
            return false;
        };
        let reference = ledger::ref_id(&event).unwrap_or_default();
        if self.said.insert((event.kind(), reference)) {
            self.draft(case_id, event);
        }
        true
    }

    /// Only messages that the desk wrote in this case can be delivered.
    fn delivered(&mut self, alert_id: AlertId, origin: &Origin, id: MessageId) {
        if self.said.contains(&("message", id.0)) {
            self.say(alert_id, origin, CaseEvent::Delivered { message_ids: vec![id] });
        }
    }

    fn draft(&mut self, case_id: CaseId, event: CaseEvent) {
        let Some(case) = self.cases.get_mut(&case_id) else { return };
        case.apply(&event, None, self.now);
        self.changed.insert(case_id);
        let (desk, subject) = (case.desk_id.clone(), case.subject.clone());
        self.changes.drafts.push(Draft { case_id, desk, subject, by: By::Worker, event });
    }

    fn finish(mut self) -> Changes {
        let changed = std::mem::take(&mut self.changed);
        self.changes.cases =
            self.cases.into_values().filter(|case| changed.contains(&case.case_id)).collect();
        self.changes
    }
}
