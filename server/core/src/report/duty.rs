//! Which cases must have a report.

use sos_protocol::report::MajorReason;
use sos_protocol::{Disposition, EmergencyKind};

/// What the duty rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// A drill: never.
    pub drill: bool,
    /// How the case was closed; none: it is not, and owes nothing yet.
    pub disposition: Option<Disposition>,
    /// What happened, if the worker said so.
    pub kind: Option<EmergencyKind>,
    /// The worker was made to take the press back.
    pub duress: bool,
    /// A step of the escalation reached only the ministry desk, or nobody.
    pub escalated: bool,
    /// Claimed after its target, or never.
    pub late: bool,
}

/// Why the case must have a report; empty: it need not.
///
/// A drill, a test and a duplicate never must: the other case has it. Neither must a case in which there turned out to be
/// no emergency (a false alarm, or taken back by the worker), however late it was claimed, unless the worker was under
/// duress: then just that word may have been forced.
#[must_use]
pub fn reasons(outcome: &Outcome) -> Vec<MajorReason> {
    let is_matter = match outcome.disposition {
        _ if outcome.drill => false,
        None | Some(Disposition::Test | Disposition::Duplicate) => false,
        Some(Disposition::FalseAlarm | Disposition::CancelledByWorker) => outcome.duress,
        Some(Disposition::Resolved | Disposition::Referred | Disposition::UnableToContact) => true,
    };
    if !is_matter {
        return vec![];
    }
    let is_grave =
        matches!(outcome.kind, Some(EmergencyKind::Injured | EmergencyKind::Attacked | EmergencyKind::Held));
    let is_lost = outcome.disposition == Some(Disposition::UnableToContact);
    [
        (outcome.duress, MajorReason::Duress),
        (is_grave, MajorReason::Kind),
        (is_lost, MajorReason::NotReached),
        (outcome.escalated, MajorReason::Escalated),
        (outcome.late, MajorReason::Late),
    ]
    .into_iter()
    .filter_map(|(is_so, reason)| is_so.then_some(reason))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Outcome = Outcome {
        drill: false,
        disposition: Some(Disposition::Resolved),
        kind: Some(EmergencyKind::Other),
        duress: false,
        escalated: false,
        late: false,
    };
    const WORST: Outcome =
        Outcome { kind: Some(EmergencyKind::Held), duress: true, escalated: true, late: true, ..PLAIN };

    #[test]
    fn each_reason_stands_for_itself() {
        assert_eq!(reasons(&PLAIN), []);
        assert_eq!(reasons(&Outcome { kind: None, ..PLAIN }), []);
        for kind in [EmergencyKind::Injured, EmergencyKind::Attacked, EmergencyKind::Held] {
            assert_eq!(reasons(&Outcome { kind: Some(kind), ..PLAIN }), [MajorReason::Kind]);
        }
        assert_eq!(reasons(&Outcome { duress: true, ..PLAIN }), [MajorReason::Duress]);
        assert_eq!(reasons(&Outcome { escalated: true, ..PLAIN }), [MajorReason::Escalated]);
        assert_eq!(reasons(&Outcome { late: true, ..PLAIN }), [MajorReason::Late]);
        let lost = Outcome { disposition: Some(Disposition::UnableToContact), ..PLAIN };
        assert_eq!(reasons(&lost), [MajorReason::NotReached]);
    }

    #[test]
    fn drills_tests_and_duplicates_never_must_and_what_was_no_emergency_only_under_duress() {
        use Disposition::{CancelledByWorker, Duplicate, FalseAlarm, Test};
        assert_eq!(reasons(&Outcome { drill: true, ..WORST }), []);
        assert_eq!(reasons(&Outcome { disposition: None, ..WORST }), []);
        for disposition in [Test, Duplicate] {
            assert_eq!(reasons(&Outcome { disposition: Some(disposition), ..WORST }), []);
        }
        for disposition in [FalseAlarm, CancelledByWorker] {
            let ended = Outcome { disposition: Some(disposition), ..WORST };
            assert_eq!(reasons(&Outcome { duress: false, ..ended }), []);
            assert!(reasons(&ended).contains(&MajorReason::Duress));
        }
    }
}
