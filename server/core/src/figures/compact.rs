//! A measure as it is kept in memory, where there may be a million of them.

use sos_protocol::{CountryCode, Disposition, EmergencyKind};

use super::CaseMeasure;

/// In place of a time that is not there.
const NONE: i64 = i64::MIN;

const DRILL: u8 = 1;
const UNVERIFIED: u8 = 1 << 1;
const SEEN: u8 = 1 << 2;
const CLAIMED_AFTER: u8 = 1 << 3;
const TRANSFERRED: u8 = 1 << 4;
const REOPENED: u8 = 1 << 5;

/// The measure of a case, without its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    opened_ms: i64,
    waited_ms: i64,
    due_ms: i64,
    rang_ms: i64,
    claimed_ms: i64,
    closed_ms: i64,
    /// By reach: targets, ministry, nobody, later.
    steps: [u16; 4],
    desk: u16,
    country: Option<CountryCode>,
    kind: Option<EmergencyKind>,
    disposition: Option<Disposition>,
    flags: u8,
}

// What a million of them take is a promise: 64 MB.
const _: () = assert!(size_of::<Counted>() <= 64);

impl Counted {
    /// A place that no case is at yet: on no day, so that nothing counts it.
    pub const BLANK: Self = Self {
        opened_ms: NONE,
        waited_ms: NONE,
        due_ms: NONE,
        rang_ms: NONE,
        claimed_ms: NONE,
        closed_ms: NONE,
        steps: [0; 4],
        desk: u16::MAX,
        country: None,
        kind: None,
        disposition: None,
        flags: 0,
    };

    /// Of `measure`, whose desk is at the place `desk` of those that are kept beside.
    #[must_use]
    pub fn of(measure: &CaseMeasure, desk: u16) -> Self {
        let flag = |is_so: bool, flag: u8| if is_so { flag } else { 0 };
        let few = |steps: u32| u16::try_from(steps).unwrap_or(u16::MAX);
        let ms = |at: Option<sos_protocol::UnixMs>| at.map_or(NONE, |at| at.0);
        Self {
            opened_ms: measure.opened_ms.0,
            waited_ms: measure.waited_ms.unwrap_or(NONE),
            due_ms: ms(measure.claim_due_ms),
            rang_ms: ms(measure.rang_ms),
            claimed_ms: ms(measure.claimed_ms),
            closed_ms: ms(measure.closed_ms),
            steps: [
                few(measure.steps_targets),
                few(measure.steps_ministry),
                few(measure.steps_nobody),
                few(measure.steps_later),
            ],
            desk,
            country: measure.country,
            kind: measure.kind,
            disposition: measure.disposition,
            flags: flag(measure.drill, DRILL)
                | flag(measure.unverified, UNVERIFIED)
                | flag(measure.seen_ms.is_some(), SEEN)
                | flag(measure.claimed_after, CLAIMED_AFTER)
                | flag(measure.transfers > 0, TRANSFERRED)
                | flag(measure.reopenings > 0, REOPENED),
        }
    }

    pub(super) const fn opened_ms(&self) -> i64 {
        self.opened_ms
    }

    pub(super) const fn desk(&self) -> u16 {
        self.desk
    }

    pub(super) const fn country(&self) -> Option<CountryCode> {
        self.country
    }

    pub(super) const fn kind(&self) -> Option<EmergencyKind> {
        self.kind
    }

    pub(super) const fn disposition(&self) -> Option<Disposition> {
        self.disposition
    }

    pub(super) const fn steps(&self) -> [u16; 4] {
        self.steps
    }

    /// Time from the press to the gateway.
    pub(super) fn receive(&self) -> Option<i64> {
        Some(self.waited_ms).filter(|ms| *ms != NONE)
    }

    /// Time until it first rang.
    pub(super) fn ring(&self) -> Option<i64> {
        self.after(self.rang_ms)
    }

    /// Time until it was first claimed.
    pub(super) fn claim(&self) -> Option<i64> {
        self.after(self.claimed_ms)
    }

    /// Time until it was closed.
    pub(super) fn close(&self) -> Option<i64> {
        self.after(self.closed_ms)
    }

    /// Two nodes' clocks may differ by a little: nothing takes less than no time.
    fn after(&self, at: i64) -> Option<i64> {
        (at != NONE).then(|| at.saturating_sub(self.opened_ms).max(0))
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed_ms != NONE
    }

    pub(super) const fn is_on_time(&self) -> bool {
        self.claimed_ms != NONE && self.due_ms != NONE && self.claimed_ms <= self.due_ms
    }

    /// Not claimed by when it should have been; that it should have been claimed is past.
    pub(super) const fn is_late(&self, now: i64) -> bool {
        !self.is_on_time() && (self.claimed_ms != NONE || self.due_ms <= now)
    }

    pub(super) const fn is_drill(&self) -> bool {
        self.has(DRILL)
    }

    pub(super) const fn is_unverified(&self) -> bool {
        self.has(UNVERIFIED)
    }

    pub(super) const fn is_seen(&self) -> bool {
        self.has(SEEN)
    }

    pub(super) const fn is_escalated(&self) -> bool {
        let [targets, ministry, nobody, later] = self.steps;
        targets > 0 || ministry > 0 || nobody > 0 || later > 0
    }

    pub(super) const fn is_claimed_after(&self) -> bool {
        self.has(CLAIMED_AFTER)
    }

    pub(super) const fn is_transferred(&self) -> bool {
        self.has(TRANSFERRED)
    }

    pub(super) const fn is_reopened(&self) -> bool {
        self.has(REOPENED)
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
