//! Which of two receipts of an alert holds.

use sos_protocol::{Receipt, Stage};

/// Whether `new` replaces `current` as what is true of the alert now.
///
/// The ledger's order decides: a larger `seq` wins even if the stage is lower (a claim was given up). A receipt
/// without a `seq` was made before the ledger knew the alert, so it only ever adds to one without.
#[must_use]
pub fn replaces(current: Option<&Receipt>, new: &Receipt) -> bool {
    let Some(current) = current else { return true };
    match (current.seq, new.seq) {
        (Some(old_seq), Some(new_seq)) if old_seq != new_seq => new_seq > old_seq,
        (Some(_), None) => false,
        (None, Some(_)) => new.stage >= current.stage,
        (Some(_), Some(_)) | (None, None) => new.stage > current.stage,
    }
}

/// Whether the phone may forget an alert that got to `stage`: it is in the ledger.
#[must_use]
pub fn may_forget(stage: Stage) -> bool {
    stage >= Stage::Recorded
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::{AlertId, Seq, UnixMs};

    fn receipt(stage: Stage, seq: Option<i64>) -> Receipt {
        Receipt {
            case_no: None,
            alert_id: AlertId::from(uuid::Uuid::from_u128(1)),
            stage,
            at_ms: UnixMs(0),
            case_id: None,
            desk_name: None,
            by: None,
            disposition: None,
            seq: seq.map(Seq),
        }
    }

    #[test]
    fn a_claim_that_was_given_up_shows_recorded_again_but_a_late_receipt_shows_nothing() {
        let claimed = receipt(Stage::Claimed, Some(9));
        assert!(replaces(Some(&claimed), &receipt(Stage::Recorded, Some(12))));
        assert!(!replaces(Some(&claimed), &receipt(Stage::Rang, Some(5))));
        assert!(!replaces(Some(&claimed), &receipt(Stage::Received, None)));
        assert!(!replaces(Some(&claimed), &claimed.clone()));
    }

    #[test]
    fn the_first_word_holds_and_only_the_ledger_lets_the_phone_forget() {
        assert!(replaces(None, &receipt(Stage::Received, None)));
        assert!(replaces(Some(&receipt(Stage::Received, None)), &receipt(Stage::Recorded, Some(1))));
        assert!(!may_forget(Stage::Received));
        assert!(may_forget(Stage::Recorded));
    }
}
