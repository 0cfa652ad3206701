//! A measure as it is kept in memory, where there may be a million of them.

use sos_protocol::{CountryCode, Disposition, EmergencyKind, UnixMs};

use super::CaseMeasure;

/// Milliseconds in as few bytes as they need, `N`: 5 are 34 years, 6 are 4,400. What is longer counts as that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ms<const N: usize>([u8; N]);

impl<const N: usize> Ms<N> {
    /// That there is no time.
    const NONE: Self = Self([u8::MAX; N]);
    const MOST: i64 = (1 << (8 * N)) - 2;

    fn of(ms: Option<i64>) -> Self {
        let Some(ms) = ms else { return Self::NONE };
        let all = ms.clamp(0, Self::MOST).to_le_bytes();
        Self(std::array::from_fn(|at| all[at]))
    }

    fn get(self) -> Option<i64> {
        let mut all = [0; 8];
        all[..N].copy_from_slice(&self.0);
        Some(i64::from_le_bytes(all)).filter(|ms| *ms <= Self::MOST)
    }
}

const DRILL: u8 = 1;
const UNVERIFIED: u8 = 1 << 1;
const SEEN: u8 = 1 << 2;
const CLAIMED_AFTER: u8 = 1 << 3;
const TRANSFERRED: u8 = 1 << 4;
const REOPENED: u8 = 1 << 5;

/// The measure of a case, without its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Since 1970. Nothing was opened before.
    opened: Ms<6>,
    waited: Ms<5>,
    /// The others are after the opening. Two nodes' clocks may differ by a little: nothing takes less than no time.
    due: Ms<5>,
    rang: Ms<5>,
    claimed: Ms<5>,
    closed: Ms<5>,
    /// By reach: targets, ministry, nobody, later.
    steps: [u16; 4],
    desk: u16,
    country: Option<CountryCode>,
    kind: Option<EmergencyKind>,
    disposition: Option<Disposition>,
    flags: u8,
}

// What a million of them take is a promise: 48 MB.
const _: () = assert!(size_of::<Counted>() <= 48);

impl Counted {
    /// A place that no case is at yet: on no day, so that nothing counts it.
    pub const BLANK: Self = Self {
        opened: Ms::NONE,
        waited: Ms::NONE,
        due: Ms::NONE,
        rang: Ms::NONE,
        claimed: Ms::NONE,
        closed: Ms::NONE,
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
        let after = |at: Option<UnixMs>| Ms::of(at.map(|at| at.0.saturating_sub(measure.opened_ms.0)));
        Self {
            opened: Ms::of(Some(measure.opened_ms.0)),
            waited: Ms::of(measure.waited_ms),
            due: after(measure.claim_due_ms),
            rang: after(measure.rang_ms),
            claimed: after(measure.claimed_ms),
            closed: after(measure.closed_ms),
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

    /// Before all time where there is no case.
    pub(super) fn opened_ms(&self) -> i64 {
        self.opened.get().unwrap_or(i64::MIN)
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
        self.waited.get()
    }

    /// Time until it first rang.
    pub(super) fn ring(&self) -> Option<i64> {
        self.rang.get()
    }

    /// Time until it was first claimed.
    pub(super) fn claim(&self) -> Option<i64> {
        self.claimed.get()
    }

    /// Time until it was closed.
    pub(super) fn close(&self) -> Option<i64> {
        self.closed.get()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed != Ms::NONE
    }

    pub(super) fn is_on_time(&self) -> bool {
        self.claim().zip(self.due.get()).is_some_and(|(claimed, due)| claimed <= due)
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
