//! What must hold: at every step, and in the end.

use std::collections::{BTreeMap, BTreeSet};

use sos_core::access::CaseDesks;
use sos_core::ledger::{self, GENESIS, Hash};
use sos_core::recording::CaseRecord;
use sos_mobile_bridge::outbox::Write;
use sos_protocol::{AlertId, CaseEvent, CaseId, CaseState, Receipt, Seq, Stage};
use uuid::Uuid;

use crate::postgres::Postgres;
use crate::world::World;

/// What was checked so far.
#[derive(Default)]
pub(crate) struct Witness {
    calls: u64,
    rows: usize,
    head: Hash,
    said: BTreeSet<(String, Uuid)>,
}

impl Witness {
    pub(crate) fn next_call(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }
}

const STEPS: [&str; 9] = [
    "claimed",
    "released",
    "assigned",
    "offered",
    "declined",
    "withdrawn",
    "transferred",
    "closed",
    "reopened",
];

impl World {
    /// The ledger grew without a gap, its chain holds, nothing is in it twice, and nobody has two open cases.
    pub(crate) fn check_stores(&mut self) {
        let Self { postgres, witness, .. } = self;
        let pg = &postgres.data;
        if pg.rows.len() == witness.rows {
            return;
        }
        if witness.rows == 0 {
            witness.head = GENESIS;
        }
        for (row, hash) in &pg.rows[witness.rows..] {
            witness.rows += 1;
            assert_eq!(row.seq.0, i64::try_from(witness.rows).unwrap(), "a gap in the ledger");
            witness.head = ledger::hash(&witness.head, row);
            assert_eq!(*hash, witness.head, "the chain does not hold");
            let press = ["opened", "pressed_again"].contains(&row.kind.as_str());
            let kind = if press { "press".to_owned() } else { row.kind.clone() };
            if let Some(id) = row.ref_id {
                assert!(witness.said.insert((kind, id)), "{} of {id} is in the ledger twice", row.kind);
            }
        }
        let open: Vec<&str> = open_cases(pg).map(|case| case.subject.as_str()).collect();
        let subjects: BTreeSet<&str> = open.iter().copied().collect();
        assert_eq!(open.len(), subjects.len(), "somebody has two open cases");
    }

    /// A receipt says what has happened, and nothing more.
    pub(crate) fn check_receipt(&self, receipt: &Receipt) {
        let (pg, id) = (&self.postgres.data, receipt.alert_id);
        if receipt.stage == Stage::Received {
            let kept = pg.alerts.contains_key(&id) || self.redis.data.holds(id);
            assert!(kept, "received is said of {id}, and no store has it");
            return;
        }
        let case = pg.alerts.get(&id).map(|alert| alert.case_id);
        assert!(
            case.is_some() && case == receipt.case_id,
            "{:?} is said of {id}, not on record",
            receipt.stage
        );
        let seq = receipt.seq.map_or(0, |seq| seq.0);
        let row = usize::try_from(seq - 1).ok().and_then(|at| pg.rows.get(at));
        let Some((row, _)) = row.filter(|(row, _)| Some(row.case_id) == case) else {
            panic!("{:?} is said of {id} for a place that is not its own", receipt.stage)
        };
        let event = Postgres::event(row);
        let true_of_it = match (receipt.stage, &event) {
            (Stage::Recorded, CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. }) => {
                alert.alert_id == id
            }
            (Stage::Claimed, CaseEvent::Opened { .. } | CaseEvent::PressedAgain { .. }) => {
                self.was(row.case_id, "claimed", receipt)
            }
            (Stage::Recorded, event) => ["released", "transferred", "reopened"].contains(&event.kind()),
            (Stage::Rang, CaseEvent::Rang { alert_ids }) | (Stage::Seen, CaseEvent::Seen { alert_ids }) => {
                alert_ids.contains(&id)
            }
            (Stage::Claimed, CaseEvent::Claimed {}) | (Stage::Closed, CaseEvent::Closed { .. }) => {
                self.was(row.case_id, row.kind.as_str(), receipt)
            }
            _ => false,
        };
        assert!(true_of_it, "{:?} is said of {id}, but {event:?} happened", receipt.stage);
    }

    /// The officer it names did this with the case.
    fn was(&self, case: CaseId, kind: &str, receipt: &Receipt) -> bool {
        let pg = &self.postgres.data;
        pg.rows.iter().any(|(row, _)| {
            let by = row.actor_id.and_then(|id| pg.staff.get(&sos_protocol::StaffId(id)));
            row.case_id == case && row.kind == kind && by == receipt.by.as_ref()
        })
    }

    /// A phone stores only what it heard.
    pub(crate) fn check_heard(&self, phone: usize, write: &Write) {
        if let Write::Receipt(receipt) | Write::Asked(receipt) = write {
            let heard = self.phones[phone].heard.get(&receipt.alert_id);
            assert!(heard.is_some_and(|s| s.contains(&receipt.stage)), "the phone claims too much");
        }
    }

    /// A press leaves the outbox when the phone heard that it is on record, and not before.
    pub(crate) fn check_phone(&mut self, phone: usize) {
        let at = &mut self.phones[phone];
        at.refresh();
        let waiting: BTreeSet<AlertId> = at.queue.alerts.iter().map(|queued| queued.alert.alert_id).collect();
        for id in &at.pressed {
            let recorded =
                at.heard.get(id).is_some_and(|heard| heard.iter().any(|stage| *stage >= Stage::Recorded));
            assert_eq!(waiting.contains(id), !recorded, "{id} left the outbox early, or came back");
        }
    }

    /// What has still to happen, if anything.
    pub(crate) fn unsettled(&self) -> Option<String> {
        for (n, phone) in self.phones.iter().enumerate() {
            let queue = &phone.queue;
            let waits = [
                queue.alerts.len(),
                queue.cancels.len(),
                queue.messages.len(),
                queue.fixes.len(),
                queue.delivered.len(),
            ];
            if waits.iter().any(|count| *count > 0) {
                return Some(format!("phone {n} has alerts, cancels, messages, fixes, marks {waits:?}"));
            }
        }
        if !self.redis.data.is_drained() {
            return Some("the stream is not empty".to_owned());
        }
        let head = self.postgres.data.head();
        if self.nodes.iter().any(|node| node.head != Some(head)) {
            return Some("a node does not know the ledger's head".to_owned());
        }
        (0..self.consoles.len()).find_map(|console| self.console_lacks(console)).or_else(|| {
            self.words_not_delivered().map(|id| format!("a phone did not hear the desk's message {id}"))
        })
    }

    fn console_lacks(&self, console: usize) -> Option<String> {
        let at = &self.consoles[console];
        let (cases, _) = self.postgres.data.queue(&at.scope);
        let differs = cases
            .iter()
            .any(|case| at.cases.get(&case.case_id).is_none_or(|known| known.last_seq != case.last_seq));
        let untold = self.untold(console);
        let lacks = differs || cases.len() != at.cases.len() || untold.is_some();
        lacks.then(|| format!("console {console} is behind, e.g. {untold:?}"))
    }

    /// A message of the desk that a phone of its case never stored.
    fn words_not_delivered(&self) -> Option<Uuid> {
        let pg = &self.postgres.data;
        let desk_words = pg.rows.iter().filter(|(row, _)| row.kind == "message" && row.actor == "staff");
        for (words, _) in desk_words {
            let pressed_before = |id: &AlertId| {
                pg.rows.iter().any(|(row, _)| {
                    row.seq < words.seq && row.case_id == words.case_id && row.ref_id == Some(id.0)
                })
            };
            for phone in &self.phones {
                let heard = |id: Uuid| {
                    phone.outbox.messages().unwrap().iter().any(|message| message.message_id.0 == id)
                };
                let concerned = phone.pressed.iter().rev().take(10).any(pressed_before);
                if concerned && !words.ref_id.is_some_and(heard) {
                    return words.ref_id;
                }
            }
        }
        None
    }

    pub(crate) fn check_the_end(&self) {
        let pg = &self.postgres.data;
        let count = |kinds: &[&str], id: Uuid| {
            pg.rows.iter().filter(|(r, _)| r.ref_id == Some(id) && kinds.contains(&r.kind.as_str())).count()
        };
        for phone in &self.phones {
            for id in &phone.pressed {
                assert_eq!(count(&["opened", "pressed_again"], id.0), 1, "{id} is not on record once");
                assert!(pg.alerts.contains_key(id));
            }
            for id in &phone.written {
                assert_eq!(count(&["message"], id.0), 1, "message {id} is not in its case once");
            }
            for id in &phone.cancelled {
                assert_eq!(
                    count(&["cancelled"], id.0),
                    1,
                    "the cancellation of {id} is not in its case once"
                );
            }
            for id in &phone.measured {
                assert!(pg.fixes.contains(id) || self.redis.data.fixes().contains(id), "fix {id} is lost");
            }
        }
        self.check_versions();
        self.check_consoles();
    }

    /// Every step of an officer made the next version, and nothing else did.
    fn check_versions(&self) {
        let mut versions: BTreeMap<CaseId, u32> = BTreeMap::new();
        for (row, _) in &self.postgres.data.rows {
            *versions.entry(row.case_id).or_insert(1) += u32::from(STEPS.contains(&row.kind.as_str()));
        }
        for case in self.postgres.data.cases.values() {
            assert_eq!(versions.get(&case.case_id), Some(&case.version), "versions have gaps");
        }
    }

    /// An entry of its desk's cases that a console got neither as an event nor with a snapshot.
    fn untold(&self, console: usize) -> Option<Seq> {
        let at = &self.consoles[console];
        let got = |seq: Seq| seq <= at.snapshot_head || at.got.contains(&seq);
        self.rows_of_desk(console).map(|(row, _)| row.seq).find(|seq| !got(*seq))
    }

    /// Only the first desk of a case is sure to see all of it: others may be shown the case later.
    fn rows_of_desk(&self, console: usize) -> impl Iterator<Item = &(ledger::Row, Hash)> {
        let (scope, rows) = (&self.consoles[console].scope, &self.postgres.data.rows);
        let own = rows
            .iter()
            .filter(|(row, _)| row.kind == "opened" && scope.covers(CaseDesks::seen_by(&row.desk, &[])));
        let cases: BTreeSet<CaseId> = own.map(|(row, _)| row.case_id).collect();
        rows.iter().filter(move |(row, _)| cases.contains(&row.case_id))
    }

    /// Every console got every entry of its cases and rang for every alert.
    fn check_consoles(&self) {
        for (n, console) in self.consoles.iter().enumerate() {
            assert_eq!(self.untold(n), None, "console {n} was never told");
            for (row, _) in self.rows_of_desk(n) {
                if let ("opened" | "pressed_again", Some(id)) = (row.kind.as_str(), row.ref_id) {
                    assert!(console.rang.contains(&AlertId(id)), "console {n} never rang for {id}");
                }
            }
        }
    }
}

fn open_cases(pg: &Postgres) -> impl Iterator<Item = &CaseRecord> {
    pg.cases.values().filter(|case| case.state != CaseState::Closed)
}
