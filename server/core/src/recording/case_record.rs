//! Cases and alerts as they are kept. Field names are the columns.

use serde::{Deserialize, Serialize};
use sos_protocol::case::FixView;
use sos_protocol::cover::Reach;
use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseId, CaseState, DeskId, DeviceId, Disposition, EmergencyKind, Priority,
    RoutingView, Seq, StaffId, UnixMs, Unverified, WorkerId,
};

use crate::access::CaseDesks;
use crate::lifecycle::{Case, Status, Step};
use crate::routing::Routing;

/// Most alerts of a case that wait for their `rang` or `seen`; the oldest are let go.
const WAITING_ALERTS_MAX: usize = 100;

/// A case as it is kept: a row of `cases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct CaseRecord {
    pub case_id: CaseId,
    pub case_no: i64,
    pub subject: String,
    pub worker_id: Option<WorkerId>,
    pub version: u32,
    pub last_seq: Seq,
    pub state: CaseState,
    pub priority: Priority,
    pub unanswered_press: bool,
    pub desk_id: DeskId,
    pub watchers: Vec<DeskId>,
    pub routing: RoutingView,
    pub unverified: Option<Unverified>,
    pub kind: Option<EmergencyKind>,
    pub opened_ms: UnixMs,
    pub pressed_ms: UnixMs,
    pub waited_ms: Option<i64>,
    pub presses: u32,
    pub claim_due_ms: UnixMs,
    pub rang_ms: Option<UnixMs>,
    pub seen_ms: Option<UnixMs>,
    pub cancelled_ms: Option<UnixMs>,
    pub duress_ms: Option<UnixMs>,
    pub drill: bool,
    pub unrung: Vec<AlertId>,
    pub unseen: Vec<AlertId>,
    pub unread: u32,
    pub battery_pct: Option<u8>,
    pub position: Option<FixView>,
    pub owner_id: Option<StaffId>,
    pub owner_since_ms: Option<UnixMs>,
    pub assigned_id: Option<StaffId>,
    pub assigned_ms: Option<UnixMs>,
    pub offered_to: Option<DeskId>,
    pub offered_ms: Option<UnixMs>,
    pub helpers: Vec<DeskId>,
    pub tags: Vec<String>,
    pub links: Vec<CaseId>,
    pub escalated_ms: Option<UnixMs>,
    pub nobody_told: bool,
    pub fix_asked_ms: Option<UnixMs>,
    pub closed_by: Option<StaffId>,
    pub closed_ms: Option<UnixMs>,
    pub disposition: Option<Disposition>,
    pub summary: Option<String>,
    pub last_did: String,
    pub last_by: Option<StaffId>,
    pub last_at_ms: UnixMs,
}

impl CaseRecord {
    /// A case as it is right before its first press: everything else comes with `opened`.
    pub(super) fn new(case_id: CaseId, case_no: i64, subject: String, routing: Routing, now: UnixMs) -> Self {
        Self {
            case_id,
            case_no,
            subject,
            worker_id: None,
            version: 1,
            last_seq: Seq(0),
            state: CaseState::Open,
            priority: Priority::P1,
            unanswered_press: false,
            desk_id: routing.desk,
            watchers: routing.watchers,
            routing: routing.view,
            unverified: None,
            kind: None,
            opened_ms: now,
            pressed_ms: now,
            waited_ms: None,
            presses: 1,
            claim_due_ms: now,
            rang_ms: None,
            seen_ms: None,
            cancelled_ms: None,
            duress_ms: None,
            drill: false,
            unrung: vec![],
            unseen: vec![],
            unread: 0,
            battery_pct: None,
            position: None,
            owner_id: None,
            owner_since_ms: None,
            assigned_id: None,
            assigned_ms: None,
            offered_to: None,
            offered_ms: None,
            helpers: vec![],
            tags: vec![],
            links: vec![],
            escalated_ms: None,
            nobody_told: false,
            fix_asked_ms: None,
            closed_by: None,
            closed_ms: None,
            disposition: None,
            summary: None,
            last_did: "opened".to_owned(),
            last_by: None,
            last_at_ms: now,
        }
    }

    /// The part that decisions rest on.
    #[must_use]
    pub fn case(&self) -> Case {
        let status = match (self.state, self.owner_id, self.disposition) {
            (CaseState::Claimed, Some(by), _) => {
                Status::Claimed { by, since: self.owner_since_ms.unwrap_or(self.last_at_ms) }
            }
            (CaseState::Closed, _, Some(disposition)) => Status::Closed {
                by: self.closed_by,
                at: self.closed_ms.unwrap_or(self.last_at_ms),
                disposition,
                summary: self.summary.clone().unwrap_or_default(),
            },
            // The table's checks leave nothing else.
            _ => Status::Open,
        };
        Case {
            id: self.case_id,
            version: self.version,
            status,
            priority: self.priority,
            drill: self.drill,
            unanswered_press: self.unanswered_press,
            desk: self.desk_id.clone(),
            watchers: self.watchers.clone(),
            helpers: self.helpers.clone(),
            assigned: self.assigned_id.zip(self.assigned_ms),
            offer: self.offered_to.clone().zip(self.offered_ms),
            fix_asked: self.fix_asked_ms,
            tags: self.tags.clone(),
            links: self.links.clone(),
            unrung: self.unrung.clone(),
            unseen: self.unseen.clone(),
            unread: self.unread,
            last_step: Step { did: self.last_did.clone(), by: self.last_by, at: self.last_at_ms },
        }
    }

    /// The desks that it concerns.
    #[must_use]
    pub fn desks(&self) -> CaseDesks<'_> {
        CaseDesks {
            holder: &self.desk_id,
            watchers: &self.watchers,
            helpers: &self.helpers,
            offered_to: self.offered_to.as_ref(),
        }
    }

    /// The record after `event`.
    pub fn apply(&mut self, event: &CaseEvent, by: Option<StaffId>, at: UnixMs) {
        let mut case = self.case();
        case.apply(event, by, at);
        self.take(case);
        match event {
            CaseEvent::Opened { alert, received_at_ms, .. } => self.pressed(alert, *received_at_ms),
            CaseEvent::PressedAgain { alert, received_at_ms, .. } => {
                self.presses += 1;
                self.cancelled_ms = None;
                self.pressed(alert, *received_at_ms);
            }
            CaseEvent::Cancelled { .. } => self.cancelled_ms = Some(at),
            // The latest, so that it can be told from a press after it; no press is after it by another node's clock.
            CaseEvent::Duress { .. } => self.duress_ms = Some(at.max(self.pressed_ms)),
            CaseEvent::Rang { .. } => self.rang_ms = self.rang_ms.or(Some(at)),
            CaseEvent::Seen { .. } | CaseEvent::Claimed {} => self.seen_ms = self.seen_ms.or(Some(at)),
            CaseEvent::Escalated { step } => {
                self.escalated_ms = Some(at);
                self.nobody_told = step.reach == Reach::Nobody;
            }
            CaseEvent::Released { .. }
            | CaseEvent::Transferred { .. }
            | CaseEvent::Closed { .. }
            | CaseEvent::Reopened { .. }
            | CaseEvent::Message { .. }
            | CaseEvent::Attachment { .. }
            | CaseEvent::Delivered { .. }
            | CaseEvent::Note { .. }
            | CaseEvent::Assigned { .. }
            | CaseEvent::Offered { .. }
            | CaseEvent::Declined { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Shared { .. }
            | CaseEvent::Prioritised { .. }
            | CaseEvent::Tagged { .. }
            | CaseEvent::Answered { .. }
            | CaseEvent::Linked { .. }
            | CaseEvent::Unlinked { .. }
            | CaseEvent::FixAsked {}
            | CaseEvent::Raised { .. }
            | of_review!() => {}
        }
    }

    fn take(&mut self, case: Case) {
        let newest = |mut ids: Vec<AlertId>| ids.split_off(ids.len().saturating_sub(WAITING_ALERTS_MAX));
        self.version = case.version;
        self.state = case.status.state();
        self.priority = case.priority;
        self.drill = case.drill;
        self.unanswered_press = case.unanswered_press;
        self.desk_id = case.desk;
        self.watchers = case.watchers;
        self.helpers = case.helpers;
        (self.assigned_id, self.assigned_ms) = case.assigned.unzip();
        (self.offered_to, self.offered_ms) = case.offer.unzip();
        self.fix_asked_ms = case.fix_asked;
        self.tags = case.tags;
        self.links = case.links;
        self.unrung = newest(case.unrung);
        self.unseen = newest(case.unseen);
        self.unread = case.unread;
        (self.last_did, self.last_by, self.last_at_ms) =
            (case.last_step.did, case.last_step.by, case.last_step.at);
        (self.owner_id, self.owner_since_ms) = (None, None);
        (self.closed_by, self.closed_ms, self.disposition, self.summary) = (None, None, None, None);
        match case.status {
            Status::Open => {}
            Status::Claimed { by, since } => (self.owner_id, self.owner_since_ms) = (Some(by), Some(since)),
            Status::Closed { by, at, disposition, summary } => {
                (self.closed_by, self.closed_ms) = (by, Some(at));
                (self.disposition, self.summary) = (Some(disposition), Some(summary));
            }
        }
    }

    fn pressed(&mut self, alert: &Alert, received_at: UnixMs) {
        self.pressed_ms = received_at;
        self.waited_ms = alert.waited_ms;
        self.kind = alert.kind.or(self.kind);
        let battery = alert.battery_pct.or_else(|| alert.position.as_ref()?.battery_pct);
        self.battery_pct = battery.or(self.battery_pct);
        if let Some(fix) = first_fix(alert, received_at) {
            self.position = Some(newer(self.position.take(), fix));
        }
    }
}

/// The position that came with an alert. One that waited on the phone is as old as the press, where the positioning
/// system does not say how old it is: nobody is shown an old place as a fresh one.
#[must_use]
pub fn first_fix(alert: &Alert, received_at: UnixMs) -> Option<FixView> {
    let mut fix = alert.position.clone()?;
    let pressed_at = alert.waited_ms.map(|waited| received_at.plus_ms(-waited));
    fix.fix_time_ms = fix.fix_time_ms.or(pressed_at);
    Some(FixView { fix, server_time_ms: received_at })
}

/// When a fix was measured, as far as that can be known: by the positioning system, but never after it arrived.
#[must_use]
pub fn measured_at(fix: &FixView) -> UnixMs {
    fix.fix.fix_time_ms.map_or(fix.server_time_ms, |time| time.min(fix.server_time_ms))
}

/// The newer of two positions: what comes late after a gap does not take the place of a fresh one.
#[must_use]
pub fn newer(old: Option<FixView>, new: FixView) -> FixView {
    let order = |fix: &FixView| (measured_at(fix), fix.server_time_ms);
    match old {
        Some(old) if order(&old) > order(&new) => old,
        Some(_) | None => new,
    }
}

/// An alert as it is kept: a row of `alerts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct AlertRecord {
    pub alert_id: AlertId,
    pub case_id: CaseId,
    pub device_id: Option<DeviceId>,
    pub received_ms: UnixMs,
    pub unverified: Option<Unverified>,
    pub dropped: Vec<DroppedField>,
}
