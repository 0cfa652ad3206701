//! What is measured of a case: its entries, one after the other, without their personal parts.

use serde::{Deserialize, Serialize};
use sos_protocol::cover::Reach;
use sos_protocol::{CaseEvent, CaseId, CountryCode, DeskId, Disposition, EmergencyKind, UnixMs};

use super::Counted;

/// An entry of the ledger, as far as it is measured.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The case.
    pub case_id: CaseId,
    /// When it was recorded.
    pub at: UnixMs,
    /// The desk that held the case after it.
    pub desk: &'a DeskId,
    /// What happened. Of an alert nothing but the clear members is looked at.
    pub event: &'a CaseEvent,
}

/// What entries did not say yet when they were written: as the case has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// It is a drill.
    pub drill: bool,
    /// What happened, by now.
    pub kind: Option<EmergencyKind>,
    /// How long the first press had waited on the phone, where that is known.
    pub waited_ms: Option<i64>,
    /// By when it should have been claimed.
    pub claim_due_ms: UnixMs,
}

/// What is measured of a case. Field names are the columns of `measures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMeasure {
    /// Which.
    pub case_id: CaseId,
    /// The desk that held it last.
    pub desk_id: DeskId,
    /// Country that it was routed by.
    pub country: Option<CountryCode>,
    /// What the worker said has happened, the last time that it was said.
    pub kind: Option<EmergencyKind>,
    /// Why it was closed; none: it is not closed.
    pub disposition: Option<Disposition>,
    /// A drill.
    pub drill: bool,
    /// Its first alert was unverified.
    pub unverified: bool,
    /// When the gateway had the first press on disk.
    pub opened_ms: UnixMs,
    /// How long that one had waited on the phone, by the phone's own count.
    pub waited_ms: Option<i64>,
    /// By when it should have been claimed.
    pub claim_due_ms: Option<UnixMs>,
    /// When it first rang.
    pub rang_ms: Option<UnixMs>,
    /// When an officer first opened or claimed it.
    pub seen_ms: Option<UnixMs>,
    /// When an officer first claimed it.
    pub claimed_ms: Option<UnixMs>,
    /// When it was closed; none: it is not closed.
    pub closed_ms: Option<UnixMs>,
    /// Steps of escalation that reached those whom the policy means.
    pub steps_targets: u32,
    /// Steps that reached the ministry desk in their place.
    pub steps_ministry: u32,
    /// Steps that reached nobody.
    pub steps_nobody: u32,
    /// Steps that were left for the next round.
    pub steps_later: u32,
    /// An officer claimed it after a step.
    pub claimed_after: bool,
    /// How often it went from one desk to another.
    pub transfers: u32,
    /// How often it was opened again.
    pub reopenings: u32,
    /// Since the last press its worker was made to take it back: a drill is none any more that ends by itself.
    pub forced: bool,
}

/// Whether entries of this kind are measured.
#[must_use]
pub fn matters(kind: &str) -> bool {
    const KINDS: [&str; 11] = [
        "opened",
        "pressed_again",
        "cancelled",
        "duress",
        "rang",
        "seen",
        "claimed",
        "transferred",
        "closed",
        "reopened",
        "escalated",
    ];
    KINDS.contains(&kind)
}

impl CaseMeasure {
    /// Of a case that `entry` opened; none: it did not. `before` is asked where the entry is older than its clear members.
    #[must_use]
    pub fn opened(entry: Entry<'_>, before: Option<Before>) -> Option<Self> {
        let CaseEvent::Opened { received_at_ms, routing, unverified, .. } = entry.event else { return None };
        let CaseEvent::Opened { emergency, waited_ms, drill, claim_due_ms, .. } = entry.event else {
            return None;
        };
        let before = before.filter(|_| claim_due_ms.is_none());
        Some(Self {
            case_id: entry.case_id,
            desk_id: entry.desk.clone(),
            country: routing.country,
            kind: before.map_or(*emergency, |before| before.kind),
            disposition: None,
            drill: before.map_or(*drill, |before| before.drill),
            unverified: unverified.is_some(),
            opened_ms: *received_at_ms,
            waited_ms: before.map_or(*waited_ms, |before| before.waited_ms),
            claim_due_ms: claim_due_ms.or(before.map(|before| before.claim_due_ms)),
            rang_ms: None,
            seen_ms: None,
            claimed_ms: None,
            closed_ms: None,
            steps_targets: 0,
            steps_ministry: 0,
            steps_nobody: 0,
            steps_later: 0,
            claimed_after: false,
            transfers: 0,
            reopenings: 0,
            forced: false,
        })
    }

    /// Milliseconds, as they are counted: from the press to the gateway; from then until it rang, was claimed, was closed, and
    /// should have been claimed.
    #[must_use]
    pub fn times(&self) -> [Option<i64>; 5] {
        let counted = Counted::of(self, 0);
        let due = self.claim_due_ms.map(|due| due.since_ms(self.opened_ms));
        [counted.receive(), counted.ring(), counted.claim(), counted.close(), due]
    }

    /// Claimed by when it should have been.
    #[must_use]
    pub fn is_on_time(&self) -> bool {
        Counted::of(self, 0).is_on_time()
    }

    /// Goes on with the next entry of the case.
    pub fn follow(&mut self, entry: Entry<'_>) {
        self.desk_id.clone_from(entry.desk);
        let at = entry.at;
        match entry.event {
            CaseEvent::PressedAgain { emergency, .. } => {
                self.kind = emergency.or(self.kind);
                self.forced = false;
            }
            // The worker ends a drill; an SOS that is taken back is still answered.
            CaseEvent::Cancelled { .. } if self.drill && !self.forced => self.close(at, Disposition::Test),
            CaseEvent::Duress { .. } => {
                self.forced = true;
                self.open_again();
            }
            CaseEvent::Rang { .. } => self.rang_ms = self.rang_ms.or(Some(at)),
            CaseEvent::Seen { .. } => self.seen_ms = self.seen_ms.or(Some(at)),
            CaseEvent::Claimed {} => self.claimed(at),
            CaseEvent::Transferred { .. } => self.transfers += 1,
            CaseEvent::Closed { disposition, .. } => self.close(at, *disposition),
            CaseEvent::Reopened { .. } => self.open_again(),
            CaseEvent::Escalated { step } => self.escalated(step.reach),
            _ => {}
        }
    }

    fn claimed(&mut self, at: UnixMs) {
        self.seen_ms = self.seen_ms.or(Some(at));
        self.claimed_ms = self.claimed_ms.or(Some(at));
        self.claimed_after |= self.steps() > 0;
    }

    const fn close(&mut self, at: UnixMs, disposition: Disposition) {
        self.closed_ms = Some(at);
        self.disposition = Some(disposition);
    }

    fn open_again(&mut self) {
        self.reopenings += u32::from(self.closed_ms.is_some());
        self.closed_ms = None;
        self.disposition = None;
    }

    const fn escalated(&mut self, reach: Reach) {
        match reach {
            Reach::Targets => self.steps_targets += 1,
            Reach::Ministry => self.steps_ministry += 1,
            Reach::Nobody => self.steps_nobody += 1,
            Reach::Later => self.steps_later += 1,
        }
    }

    const fn steps(&self) -> u32 {
        self.steps_targets + self.steps_ministry + self.steps_nobody + self.steps_later
    }
}
