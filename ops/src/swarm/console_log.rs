//! What a console was told.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use sos_protocol::feed::FeedFrame;
use sos_protocol::{AlertId, CaseEvent, CaseId, CaseSummary, Seq};

/// Everything that a console heard, in a form that can be checked against the phones' logs and the ledger.
#[derive(Debug, Clone, Default)]
pub struct ConsoleLog {
    /// The account.
    pub login: String,
    /// First frame that names the alert, provisional or recorded: the moment the console rings. Alerts that were
    /// recorded before a snapshot are not here; their cases are in `cases`.
    pub rung: HashMap<AlertId, Instant>,
    /// First provisional frame of each alert.
    pub provisional: HashMap<AlertId, Instant>,
    /// First entry `opened` or `pressed_again` of each alert.
    pub recorded: HashMap<AlertId, (CaseId, Instant)>,
    /// Alerts that entries put into different cases.
    pub in_two_cases: HashSet<AlertId>,
    /// All cases that were in a snapshot or an event.
    pub cases: HashSet<CaseId>,
    /// Entries in the order in which they came, repeats included.
    pub seqs: Vec<i64>,
    /// Entries whose `seq` is smaller than one before them, but were not heard before.
    pub out_of_order: usize,
    /// Entries that were heard before.
    pub repeated: usize,
    /// Summaries of a case with a smaller version than one before them.
    pub versions_back: usize,
    /// Times that it asked for what it missed, because the ledger had been ahead of it for 2 s.
    pub resumes: usize,
    /// The largest head of the ledger that a heartbeat or snapshot named.
    pub head_seq: i64,
    /// Connections that the service let in.
    pub connections: u32,
    /// Snapshots, whole ones.
    pub snapshots: u32,
    /// Up to where a snapshot replaced the entries.
    pub snapshot_seqs: Vec<i64>,
    /// Answers of the service that `rang` was taken.
    pub rang_reported: u64,
    seen: HashSet<i64>,
    versions: HashMap<CaseId, u32>,
    /// The largest `seq` dealt with: where to resume.
    cursor: Option<Seq>,
}

/// What a frame asks of a console.
pub(super) enum Asks {
    Nothing,
    /// A case rings: say so.
    Rang(CaseId),
}

impl ConsoleLog {
    pub(super) fn of(login: String) -> Self {
        Self { login, ..Self::default() }
    }

    pub(super) fn cursor(&self) -> Option<Seq> {
        self.cursor
    }

    /// The ledger has moved on past what this console has dealt with.
    pub(super) fn is_behind(&self) -> bool {
        self.cursor.is_some_and(|cursor| cursor.0 < self.head_seq)
    }

    pub(super) fn heard(&mut self, frame: FeedFrame, replaying: &mut bool, at: Instant) -> Asks {
        match frame {
            FeedFrame::Snapshot { cases, more, head_seq, .. } => {
                cases.iter().for_each(|case| self.summary(case));
                if !more {
                    self.snapshots += 1;
                    self.snapshot_seqs.push(head_seq.0);
                    self.moved_to(head_seq);
                    self.head_seq = self.head_seq.max(head_seq.0);
                }
                Asks::Nothing
            }
            FeedFrame::Event { entry, case } => {
                self.entry(entry.seq);
                self.summary(&case);
                let (CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. }) = entry.event
                else {
                    return Asks::Nothing;
                };
                self.recorded(alert.alert_id, case.case_id, at);
                Asks::Rang(case.case_id)
            }
            FeedFrame::Provisional { alert } => {
                let alert_id = alert.alert.alert_id;
                self.provisional.entry(alert_id).or_insert(at);
                self.rung.entry(alert_id).or_insert(at);
                Asks::Nothing
            }
            FeedFrame::Heartbeat { head_seq, .. } => {
                self.head_seq = self.head_seq.max(head_seq.0);
                // Asked for and answered: what is between belongs to other desks.
                if std::mem::take(replaying) {
                    self.moved_to(head_seq);
                }
                Asks::Nothing
            }
            FeedFrame::Positions { .. } | FeedFrame::Presence { .. } | FeedFrame::Error { .. } => {
                Asks::Nothing
            }
        }
    }

    fn moved_to(&mut self, seq: Seq) {
        self.cursor = self.cursor.max(Some(seq));
    }

    fn entry(&mut self, seq: Seq) {
        self.seqs.push(seq.0);
        if !self.seen.insert(seq.0) {
            self.repeated += 1;
        } else if self.cursor.is_some_and(|cursor| seq < cursor) {
            self.out_of_order += 1;
        }
        self.moved_to(seq);
        self.head_seq = self.head_seq.max(seq.0);
    }

    fn recorded(&mut self, alert_id: AlertId, case_id: CaseId, at: Instant) {
        self.rung.entry(alert_id).or_insert(at);
        let (first, _) = *self.recorded.entry(alert_id).or_insert((case_id, at));
        if first != case_id {
            self.in_two_cases.insert(alert_id);
        }
    }

    fn summary(&mut self, case: &CaseSummary) {
        self.cases.insert(case.case_id);
        let known = self.versions.entry(case.case_id).or_insert(case.version);
        self.versions_back += usize::from(case.version < *known);
        *known = case.version.max(*known);
    }
}
