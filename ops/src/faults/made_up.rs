//! Logs of runs that never were, for the tests of whoever judges runs.

use std::time::{Duration, Instant};

use sos_protocol::ambient::{Entropy, SeededEntropy};
use sos_protocol::{AlertId, CaseId, Stage, UnixMs};

use super::record::{CaseRow, Entry, Record};
use crate::swarm::{AlertLog, ConsoleLog};

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A press that nobody answered yet.
pub(super) fn alert(phone: usize, pressed_at: Instant) -> AlertLog {
    let entropy = SeededEntropy::new(phone as u64 + 1);
    AlertLog {
        alert_id: AlertId(entropy.uuid_v7(UnixMs(0))),
        phone,
        pressed_at,
        sends: 1,
        refused: 0,
        received_at: None,
        recorded_at: None,
        case_ids: vec![],
        stages: vec![],
    }
}

/// What phones and consoles heard, and what is on record.
pub(super) struct Story {
    pub(super) phones: Vec<AlertLog>,
    pub(super) consoles: Vec<ConsoleLog>,
    pub(super) record: Record,
    pub(super) head: i64,
    pub(super) first: AlertId,
    pub(super) second: AlertId,
    pub(super) case: CaseId,
    pub(super) other_case: CaseId,
}

impl Story {
    /// One worker presses twice: one case, and one console that hears it all.
    pub(super) fn of_two_presses() -> Self {
        let entropy = SeededEntropy::new(1);
        let (case, other_case) = (CaseId(entropy.uuid_v7(UnixMs(1))), CaseId(entropy.uuid_v7(UnixMs(2))));
        let start = crate::swarm::now();
        let mut story = Self {
            phones: (1..=2).map(|press| recorded(&*entropy, start + ms(press), case)).collect(),
            consoles: vec![ConsoleLog::default()],
            record: Record::default(),
            head: 2,
            first: AlertId(case.0),
            second: AlertId(case.0),
            case,
            other_case,
        };
        (story.first, story.second) = (story.phones[0].alert_id, story.phones[1].alert_id);
        let row = CaseRow { subject: "worker:1".into(), open: true, presses: 2 };
        story.record.cases.insert(case, row);
        let console = &mut story.consoles[0];
        console.cases.insert(case);
        for (alert, seq) in story.phones.iter().zip(1..) {
            story.record.case_of_alert.insert(alert.alert_id, case);
            story.record.entries_of_alert.insert(alert.alert_id, vec![Entry { seq, case_id: case }]);
            console.rung.insert(alert.alert_id, start + ms(20));
            console.seqs.push(seq);
        }
        story
    }
}

fn recorded(entropy: &dyn Entropy, at: Instant, case: CaseId) -> AlertLog {
    AlertLog {
        alert_id: AlertId(entropy.uuid_v7(UnixMs(0))),
        received_at: Some(at + ms(1)),
        recorded_at: Some(at + ms(2)),
        case_ids: vec![case],
        stages: vec![(Stage::Received, at + ms(1)), (Stage::Recorded, at + ms(2))],
        ..alert(0, at)
    }
}
