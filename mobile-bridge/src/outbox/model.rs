//! The outbox against a model: whatever is asked of it in whatever order, and however often it is closed and opened
//! in between, it holds what a few sets say it should.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use sos_protocol::{Alert, AlertId, CaseId, Fix, FixId, MessageId, Receipt, Seq, Stage, UnixMs};
use uuid::Uuid;

use super::{
    ALERTS_QUEUED_MAX, CancelState, DeskMessage, FIXES_QUEUED_MAX, MESSAGES_QUEUED_MAX, Outbox, OutboxError,
    QUEUE_VIEW_MAX, QueuedMessage, Write,
};
use crate::ladder;

/// Few ids, so that repeats and late answers happen.
const IDS: u128 = 5;

#[derive(Debug, Clone)]
enum Op {
    Press(u128),
    Receipt(u128, Stage, Option<i64>),
    Cancel(u128),
    WriteMessage(u128, u128),
    Accepted(u128),
    Fix(u128, u128),
    FixAccepted(u128),
    DeskMessage(u128, i64),
    DeliveredRead(u128),
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    let stage = prop_oneof![
        Just(Stage::Received),
        Just(Stage::Recorded),
        Just(Stage::Rang),
        Just(Stage::Claimed),
        Just(Stage::Closed)
    ];
    let id = 0..IDS;
    prop_oneof![
        3 => id.clone().prop_map(Op::Press),
        3 => (id.clone(), stage, proptest::option::of(1..20_i64)).prop_map(|(a, s, q)| Op::Receipt(a, s, q)),
        1 => id.clone().prop_map(Op::Cancel),
        2 => (id.clone(), id.clone()).prop_map(|(m, a)| Op::WriteMessage(m, a)),
        2 => (0..IDS * 2).prop_map(Op::Accepted),
        2 => (id.clone(), id.clone()).prop_map(|(f, a)| Op::Fix(f, a)),
        1 => id.clone().prop_map(Op::FixAccepted),
        1 => (id.clone(), 1..20_i64).prop_map(|(m, s)| Op::DeskMessage(m, s)),
        1 => id.prop_map(Op::DeliveredRead),
        1 => Just(Op::Reopen),
    ]
}

fn alert_id(n: u128) -> AlertId {
    AlertId(Uuid::from_u128(100 + n))
}

fn message_id(n: u128) -> MessageId {
    MessageId(Uuid::from_u128(200 + n))
}

fn desk_message_id(n: u128) -> MessageId {
    MessageId(Uuid::from_u128(300 + n))
}

fn fix_id(n: u128) -> FixId {
    FixId(Uuid::from_u128(400 + n))
}

fn alert(n: u128) -> Alert {
    Alert {
        alert_id: alert_id(n),
        device_time_ms: Some(UnixMs(1)),
        waited_ms: None,
        position: Some(fix(n)),
        trigger: None,
        kind: None,
        text: Some("Cứu tôi".into()),
        battery_pct: Some(40),
        drill: false,
    }
}

fn fix(n: u128) -> Fix {
    Fix {
        fix_id: fix_id(n),
        lat: 25.0330123456789,
        lon: 121.5654,
        accuracy_m: Some(12.5),
        fix_time_ms: Some(UnixMs(2)),
        source: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: None,
    }
}

fn receipt(n: u128, stage: Stage, seq: Option<i64>) -> Receipt {
    Receipt {
        case_no: None,
        alert_id: alert_id(n),
        stage,
        at_ms: UnixMs(3),
        case_id: None,
        desk_name: None,
        by: None,
        disposition: None,
        seq: seq.map(Seq),
    }
}

/// What the outbox should hold.
#[derive(Default)]
struct Model {
    queued: Vec<u128>,
    known: Vec<u128>,
    holds: BTreeMap<u128, Receipt>,
    cancels: BTreeMap<u128, CancelState>,
    messages: Vec<u128>,
    ever_written: Vec<u128>,
    fixes: Vec<u128>,
    desk: Vec<u128>,
    marks: Vec<u128>,
    last_seq: i64,
}

impl Model {
    fn press(&mut self, n: u128) {
        // A press that is on record is never pressed again by the app: ids are new each time.
        self.queued.push(n);
        self.known.push(n);
    }

    fn receipt(&mut self, n: u128, stage: Stage, seq: Option<i64>) {
        let new = receipt(n, stage, seq);
        if !self.known.contains(&n) {
            self.known.push(n);
        }
        if ladder::replaces(self.holds.get(&n), &new) {
            self.holds.insert(n, new);
        }
        if stage != Stage::Received {
            self.queued.retain(|q| *q != n);
        }
        self.last_seq = self.last_seq.max(seq.unwrap_or(0));
    }
}

struct World {
    path: PathBuf,
    outbox: Option<Outbox>,
    model: Model,
}

impl World {
    fn outbox(&mut self) -> &mut Outbox {
        self.outbox.as_mut().unwrap()
    }

    fn apply(&mut self, write: &Write) {
        self.outbox().apply(write).unwrap();
    }

    fn happens(&mut self, op: &Op) {
        match *op {
            Op::Press(n) if self.model.known.contains(&n) => {}
            Op::Press(n) => {
                self.model.press(n);
                assert_eq!(self.outbox().press(&alert(n), UnixMs(1)).unwrap(), alert_id(n));
            }
            Op::Receipt(n, stage, seq) => {
                self.model.receipt(n, stage, seq);
                self.apply(&Write::Receipt(receipt(n, stage, seq)));
            }
            Op::Cancel(n) => {
                let new = self.model.known.contains(&n) && !self.model.cancels.contains_key(&n);
                if new {
                    self.model.cancels.insert(n, CancelState::Queued);
                }
                assert_eq!(self.outbox().cancel(alert_id(n), None, UnixMs(1)).unwrap(), new);
            }
            Op::WriteMessage(n, _) if self.model.ever_written.contains(&n) => {}
            Op::WriteMessage(n, to) => {
                self.model.messages.push(n);
                self.model.ever_written.push(n);
                self.outbox().write_message(&message(n, to)).unwrap();
            }
            Op::Accepted(n) => self.accepted(n),
            Op::Fix(n, to) => {
                if !self.model.fixes.contains(&n) {
                    self.model.fixes.push(n);
                }
                self.outbox().add_fixes(alert_id(to), &[fix(n)]).unwrap();
            }
            Op::FixAccepted(n) => {
                self.model.fixes.retain(|f| *f != n);
                self.apply(&Write::FixesAccepted(vec![fix_id(n)]));
            }
            Op::DeskMessage(n, seq) => self.desk_message(n, seq),
            Op::DeliveredRead(n) => {
                self.model.marks.retain(|m| *m != n);
                self.apply(&Write::DeliveredRead(vec![desk_message_id(n)]));
            }
            Op::Reopen => {
                self.outbox = None;
                self.outbox = Some(Outbox::open(&self.path).unwrap());
            }
        }
    }

    fn accepted(&mut self, n: u128) {
        let id = if n < IDS { message_id(n).to_string() } else { alert_id(n - IDS).to_string() };
        self.model.messages.retain(|m| n >= IDS || *m != n);
        if let Some(state) = n.checked_sub(IDS).and_then(|n| self.model.cancels.get_mut(&n)) {
            *state = CancelState::Accepted;
        }
        self.apply(&Write::Accepted { id, at_ms: UnixMs(9) });
    }

    fn desk_message(&mut self, n: u128, seq: i64) {
        let news = !self.model.desk.contains(&n);
        if news {
            self.model.desk.push(n);
        }
        if !self.model.marks.contains(&n) {
            self.model.marks.push(n);
        }
        self.model.last_seq = self.model.last_seq.max(seq);
        let message = DeskMessage {
            seq: Seq(seq),
            case_id: CaseId(Uuid::nil()),
            alert_id: alert_id(0),
            message_id: desk_message_id(n),
            text: "Bạn ở đâu?".into(),
            from: "Lan".into(),
            at_ms: UnixMs(4),
        };
        assert_eq!(self.outbox().apply(&Write::Message(message)).unwrap(), news);
    }

    fn agrees(&mut self) {
        let queue = self.outbox().queue().unwrap();
        let model = &self.model;
        let waiting: Vec<_> = queue.alerts.iter().map(|a| a.alert.clone()).collect();
        assert_eq!(waiting, model.queued.iter().map(|n| alert(*n)).collect::<Vec<_>>());
        for (queued, n) in queue.alerts.iter().zip(&model.queued) {
            assert_eq!(queued.received, model.holds.contains_key(n));
        }
        let messages: Vec<_> = queue.messages.iter().map(|m| m.message_id).collect();
        assert_eq!(messages, model.messages.iter().map(|n| message_id(*n)).collect::<Vec<_>>());
        let fixes: Vec<_> = queue.fixes.iter().map(|f| f.fix.clone()).collect();
        assert_eq!(fixes, model.fixes.iter().rev().map(|n| fix(*n)).collect::<Vec<_>>());
        let marks: Vec<_> = queue.delivered.iter().map(|(m, _)| *m).collect();
        assert_eq!(marks, model.marks.iter().map(|n| desk_message_id(*n)).collect::<Vec<_>>());
        let cancels = model.cancels.values().filter(|c| **c == CancelState::Queued).count();
        assert_eq!(queue.cancels.len(), cancels);
        assert_eq!(self.outbox.as_ref().unwrap().last_seq().unwrap(), Seq(self.model.last_seq));
        self.states_agree();
    }

    fn states_agree(&self) {
        for n in 0..IDS {
            let state = self.outbox.as_ref().unwrap().alert_state(alert_id(n)).unwrap();
            assert_eq!(state.is_some(), self.model.known.contains(&n));
            let Some(state) = state else { continue };
            assert_eq!(state.receipt.as_ref(), self.model.holds.get(&n));
            assert_eq!(state.queued, self.model.queued.contains(&n));
            assert_eq!(state.cancel, self.model.cancels.get(&n).copied().unwrap_or_default());
        }
    }
}

fn message(n: u128, to: u128) -> QueuedMessage {
    QueuedMessage {
        message_id: message_id(n),
        alert_id: alert_id(to),
        text: "Tôi ở đây".into(),
        device_time_ms: UnixMs(1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_outbox_holds_what_the_model_says(ops in prop::collection::vec(op(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox.db");
        let outbox = Some(Outbox::open(&path).unwrap());
        let mut world = World { path, outbox, model: Model::default() };
        for op in &ops {
            world.happens(op);
            world.agrees();
        }
    }
}

#[test]
fn every_queue_has_its_bound() {
    let mut outbox = Outbox::in_memory().unwrap();
    let first = (0..u128::from(ALERTS_QUEUED_MAX)).map(|n| outbox.press(&alert(n), UnixMs(1)).unwrap());
    assert_eq!(first.last().unwrap(), alert_id(u128::from(ALERTS_QUEUED_MAX) - 1));
    let folded = outbox.press(&alert(9_999), UnixMs(1)).unwrap();
    assert_eq!(folded, alert_id(u128::from(ALERTS_QUEUED_MAX) - 1), "told under the newest waiting one");

    for n in 0..u128::from(MESSAGES_QUEUED_MAX) {
        outbox.write_message(&message(n, 0)).unwrap();
    }
    assert!(matches!(outbox.write_message(&message(9_999, 0)), Err(OutboxError::Full)));

    let many: Vec<_> = (0..u128::from(FIXES_QUEUED_MAX) + 10).map(fix).collect();
    outbox.add_fixes(alert_id(0), &many).unwrap();
    let mut kept = 0;
    loop {
        let view: Vec<_> = outbox.queue().unwrap().fixes.iter().map(|f| f.fix.fix_id).collect();
        assert!(view.len() <= QUEUE_VIEW_MAX as usize);
        if view.is_empty() {
            break;
        }
        assert!(!view.contains(&fix_id(9)), "the oldest were dropped");
        kept += view.len();
        outbox.apply(&Write::FixesAccepted(view)).unwrap();
    }
    assert_eq!(kept, FIXES_QUEUED_MAX as usize);
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.db");
    let _held = Outbox::open(&path).unwrap();
    assert!(matches!(Outbox::open(&path), Err(OutboxError::InUse)));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.db");
    let _outbox = Outbox::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn what_was_asked_for_over_http_moves_no_cursor_past_what_was_not_heard() {
    let mut outbox = Outbox::in_memory().unwrap();
    outbox.press(&alert(1), UnixMs(1)).unwrap();
    outbox.apply(&Write::Receipt(receipt(1, Stage::Recorded, Some(3)))).unwrap();
    // The desk wrote in between; that comes over the socket only.
    outbox.apply(&Write::Asked(receipt(1, Stage::Claimed, Some(9)))).unwrap();
    assert_eq!(outbox.last_seq().unwrap(), Seq(3));
    assert_eq!(outbox.alert_state(alert_id(1)).unwrap().unwrap().receipt.unwrap().stage, Stage::Claimed);
}
