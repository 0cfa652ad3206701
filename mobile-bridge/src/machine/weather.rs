//! The machine in bad weather: frames lost, doubled and out of order, connections cut, stores failing, time
//! passing. Whatever happens, nothing unconfirmed leaves the outbox and no stage is claimed that was not heard; and
//! once the weather clears, everything arrives.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use sos_protocol::ambient::{Entropy, SeededEntropy};
use sos_protocol::http::AlertStatus;
use sos_protocol::{
    Alert, AlertId, CaseId, ErrorCode, GatewayFrame, MessageId, PhoneFrame, Receipt, Seq, SessionId, Stage,
    UnixMs,
};
use uuid::Uuid;

use super::{HttpCall, HttpFailure, Input, Machine, Output};
use crate::ladder;
use crate::outbox::{Outbox, QueuedMessage, Write};

#[derive(Debug, Clone)]
enum Weather {
    Press,
    Cancel,
    Message,
    DeskWrites,
    /// The gateway deals with the next frame of the phone …
    Deliver,
    /// … or never sees it …
    LoseUp,
    /// … or sees it twice.
    DoubleUp,
    /// The phone hears the gateway's next frame …
    Hear,
    /// … or never does …
    LoseDown,
    /// … or a later one first, and twice.
    ShuffleDown,
    ConnectionOpens,
    ConnectionBreaks,
    StoresFail(bool),
    Record,
    HttpAnswers(bool),
    NetworkChanges,
    TimePasses(u16),
}

fn weather() -> impl Strategy<Value = Weather> {
    prop_oneof![
        2 => Just(Weather::Press),
        1 => Just(Weather::Cancel),
        1 => Just(Weather::Message),
        1 => Just(Weather::DeskWrites),
        8 => Just(Weather::Deliver),
        2 => Just(Weather::LoseUp),
        2 => Just(Weather::DoubleUp),
        8 => Just(Weather::Hear),
        2 => Just(Weather::LoseDown),
        2 => Just(Weather::ShuffleDown),
        4 => Just(Weather::ConnectionOpens),
        2 => Just(Weather::ConnectionBreaks),
        1 => any::<bool>().prop_map(Weather::StoresFail),
        3 => Just(Weather::Record),
        2 => any::<bool>().prop_map(Weather::HttpAnswers),
        1 => Just(Weather::NetworkChanges),
        4 => (0..20_000_u16).prop_map(Weather::TimePasses),
    ]
}

/// The service, as far as a phone sees it.
#[derive(Default)]
struct Service {
    received: BTreeSet<AlertId>,
    recorded: BTreeMap<AlertId, i64>,
    kept: BTreeSet<Uuid>,
    stores_fail: bool,
    seq: i64,
}

impl Service {
    fn receipt(&self, alert_id: AlertId) -> Receipt {
        let seq = self.recorded.get(&alert_id).copied();
        Receipt {
            case_no: None,
            alert_id,
            stage: if seq.is_some() { Stage::Recorded } else { Stage::Received },
            at_ms: UnixMs(1),
            case_id: None,
            desk_name: None,
            by: None,
            disposition: None,
            seq: seq.map(Seq),
        }
    }

    fn error(code: ErrorCode, id: Uuid) -> GatewayFrame {
        GatewayFrame::Error { code, detail: String::new(), id: Some(id.to_string()) }
    }

    fn keep(&mut self, id: Uuid, alert_id: AlertId) -> GatewayFrame {
        if !self.recorded.contains_key(&alert_id) {
            return Self::error(ErrorCode::NotYetRecorded, id);
        }
        self.kept.insert(id);
        GatewayFrame::Accepted { id: id.to_string(), at_ms: UnixMs(1) }
    }

    fn answer(&mut self, frame: PhoneFrame) -> Option<GatewayFrame> {
        Some(match frame {
            PhoneFrame::Hello { .. } => GatewayFrame::Welcome {
                session_id: SessionId(Uuid::nil()),
                verified: true,
                unverified: None,
                credential: None,
                server_time_ms: UnixMs(1),
            },
            PhoneFrame::Alert { alert } if self.stores_fail => {
                Self::error(ErrorCode::Unavailable, alert.alert_id.0)
            }
            PhoneFrame::Alert { alert } => {
                self.received.insert(alert.alert_id);
                GatewayFrame::Receipt { receipt: self.receipt(alert.alert_id) }
            }
            PhoneFrame::Cancel { alert_id, .. } => self.keep(alert_id.0, alert_id),
            PhoneFrame::Message { message_id, alert_id, .. } => self.keep(message_id.0, alert_id),
            PhoneFrame::Ping {} => GatewayFrame::Pong { server_time_ms: UnixMs(1) },
            PhoneFrame::Fixes { .. } | PhoneFrame::Delivered { .. } => return None,
        })
    }

    fn record(&mut self) -> Vec<GatewayFrame> {
        let new: Vec<_> =
            self.received.iter().filter(|id| !self.recorded.contains_key(id)).copied().collect();
        for id in &new {
            self.seq += 1;
            self.recorded.insert(*id, self.seq);
        }
        new.into_iter().map(|id| GatewayFrame::Receipt { receipt: self.receipt(id) }).collect()
    }
}

struct World {
    outbox: Outbox,
    machine: Machine,
    ids: std::sync::Arc<SeededEntropy>,
    now: u64,
    service: Service,
    connected: bool,
    wanted: bool,
    up: VecDeque<PhoneFrame>,
    down: VecDeque<GatewayFrame>,
    calls: VecDeque<(AlertId, HttpCall)>,
    pressed: BTreeSet<AlertId>,
    cancelled: BTreeSet<AlertId>,
    written: BTreeSet<Uuid>,
    heard: BTreeMap<AlertId, BTreeSet<Stage>>,
}

impl World {
    fn new() -> Self {
        Self {
            outbox: Outbox::in_memory().unwrap(),
            machine: Machine::new(SeededEntropy::new(1)),
            ids: SeededEntropy::new(2),
            now: 1,
            service: Service::default(),
            connected: false,
            wanted: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            calls: VecDeque::new(),
            pressed: BTreeSet::new(),
            cancelled: BTreeSet::new(),
            written: BTreeSet::new(),
            heard: BTreeMap::new(),
        }
    }

    fn on(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for output in self.machine.handle(self.now, input, &self.outbox.queue().unwrap()) {
                self.perform(output, &mut inputs);
            }
        }
        self.check();
    }

    fn perform(&mut self, output: Output, inputs: &mut VecDeque<Input>) {
        match output {
            Output::Connect => self.wanted = true,
            Output::Close => {
                self.cut();
                self.wanted = false;
            }
            Output::Hello { .. } => self.up.push_back(PhoneFrame::Hello {
                credential: None,
                signature: None,
                last_seq: self.outbox.last_seq().unwrap(),
                follow: vec![],
                app_version: None,
            }),
            Output::Send(frame) => self.up.push_back(frame),
            Output::Post(alert) => self.calls.push_back((alert.alert_id, HttpCall::Post)),
            Output::Poll(alert_id) => self.calls.push_back((alert_id, HttpCall::Poll)),
            Output::Keep(write) => {
                if let Write::Receipt(receipt) | Write::Asked(receipt) = &write {
                    let heard = self.heard.get(&receipt.alert_id);
                    assert!(heard.is_some_and(|stages| stages.contains(&receipt.stage)), "claims too much");
                }
                self.outbox.apply(&write).unwrap();
                inputs.push_back(Input::QueueChanged);
            }
            Output::Emit(_) => {}
        }
    }

    /// What must hold at every moment.
    fn check(&self) {
        let waiting: BTreeSet<_> =
            self.outbox.queue().unwrap().alerts.iter().map(|a| a.alert.alert_id).collect();
        for id in &self.pressed {
            let on_record_heard =
                self.heard.get(id).is_some_and(|s| s.iter().any(|stage| ladder::may_forget(*stage)));
            assert_eq!(
                waiting.contains(id),
                !on_record_heard,
                "an alert left the outbox early, or came back"
            );
        }
        let said: BTreeSet<_> = self.outbox.messages().unwrap().into_iter().map(|m| m.message_id.0).collect();
        assert!(self.written.is_subset(&said));
    }

    fn hear(&mut self, frame: GatewayFrame) {
        if let GatewayFrame::Receipt { receipt } = &frame {
            self.heard.entry(receipt.alert_id).or_default().insert(receipt.stage);
        }
        self.on(Input::Frame(frame));
    }

    fn cut(&mut self) {
        self.connected = false;
        self.up.clear();
        self.down.clear();
    }

    fn deliver(&mut self, frame: PhoneFrame) {
        let answer = self.service.answer(frame);
        self.down.extend(answer);
    }

    fn answer_call(&mut self, works: bool) {
        let Some((alert_id, call)) = self.calls.pop_front() else { return };
        let known = self.service.received.contains(&alert_id);
        if works && call == HttpCall::Post && !self.service.stores_fail {
            self.service.received.insert(alert_id);
        }
        let result = match (works, self.service.received.contains(&alert_id)) {
            (true, true) => {
                let receipt = self.service.receipt(alert_id);
                self.heard.entry(alert_id).or_default().insert(receipt.stage);
                Ok(AlertStatus { alert_id, receipts: vec![receipt], unverified: None, dropped: vec![] })
            }
            (true, false) if !known && call == HttpCall::Poll => Err(HttpFailure::NotFound),
            _ => Err(HttpFailure::Other),
        };
        self.on(Input::Http { alert_id, call, result });
    }

    fn press(&mut self) {
        let alert = Alert {
            alert_id: AlertId(self.ids.uuid_v7(UnixMs(1))),
            device_time_ms: None,
            waited_ms: None,
            position: None,
            trigger: None,
            kind: None,
            text: None,
            battery_pct: None,
            drill: false,
        };
        self.outbox.press(&alert, UnixMs(1)).unwrap();
        self.pressed.insert(alert.alert_id);
        self.on(Input::Acted);
    }

    fn write(&mut self) {
        let Some(alert_id) = self.pressed.last().copied() else { return };
        let message_id = MessageId(self.ids.uuid_v7(UnixMs(1)));
        let message = QueuedMessage { message_id, alert_id, text: "x".into(), device_time_ms: UnixMs(1) };
        self.outbox.write_message(&message).unwrap();
        self.written.insert(message_id.0);
        self.on(Input::Acted);
    }

    fn desk_writes(&mut self) {
        let Some((alert_id, _)) = self.service.recorded.last_key_value().filter(|_| self.connected) else {
            return;
        };
        self.service.seq += 1;
        self.down.push_back(GatewayFrame::Message {
            seq: Seq(self.service.seq),
            case_id: CaseId(Uuid::nil()),
            alert_id: *alert_id,
            message_id: MessageId(self.ids.uuid_v7(UnixMs(1))),
            text: "?".into(),
            from: "Lan".into(),
            at_ms: UnixMs(1),
        });
    }

    fn open(&mut self) {
        if self.wanted && !self.connected {
            self.connected = true;
            self.wanted = false;
            self.down.push_back(GatewayFrame::Challenge { nonce: "n".into(), server_time_ms: UnixMs(1) });
            self.on(Input::Connected);
        }
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        let mut steps = 0;
        while let Some(at) = self.machine.wake_at(&self.outbox.queue().unwrap()).filter(|at| *at <= end) {
            steps += 1;
            assert!(steps < 2_000, "the machine asks to be woken for nothing");
            self.now = self.now.max(at);
            self.on(Input::Tick);
        }
        self.now = end;
    }

    fn happens(&mut self, weather: &Weather) {
        match weather {
            Weather::Press => self.press(),
            Weather::Cancel => {
                if let Some(id) = self.pressed.last().copied() {
                    self.outbox.cancel(id, None, UnixMs(1)).unwrap();
                    self.cancelled.insert(id);
                    self.on(Input::Acted);
                }
            }
            Weather::Message => self.write(),
            Weather::DeskWrites => self.desk_writes(),
            Weather::Deliver => {
                let frame = self.up.pop_front();
                frame.into_iter().for_each(|f| self.deliver(f));
            }
            Weather::LoseUp => drop(self.up.pop_front()),
            Weather::DoubleUp => {
                let frame = self.up.pop_front();
                frame.into_iter().for_each(|f| {
                    self.deliver(f.clone());
                    self.deliver(f);
                });
            }
            Weather::Hear => {
                let frame = self.down.pop_front();
                frame.into_iter().for_each(|f| self.hear(f));
            }
            Weather::LoseDown => drop(self.down.pop_front()),
            Weather::ShuffleDown => {
                if let Some(last) = self.down.back().cloned() {
                    self.hear(last);
                }
            }
            Weather::ConnectionOpens => self.open(),
            Weather::ConnectionBreaks => {
                if self.connected || self.wanted {
                    self.cut();
                    self.wanted = false;
                    self.on(Input::Disconnected);
                }
            }
            Weather::StoresFail(fail) => self.service.stores_fail = *fail,
            Weather::Record => {
                let receipts = self.service.record();
                if self.connected {
                    self.down.extend(receipts);
                }
            }
            Weather::HttpAnswers(works) => self.answer_call(*works),
            Weather::NetworkChanges => self.on(Input::NetworkChanged),
            Weather::TimePasses(ms) => self.pass(u64::from(*ms)),
        }
    }

    fn clears_up(&mut self) {
        self.service.stores_fail = false;
        for _ in 0..400 {
            self.open();
            while let Some(frame) = self.up.pop_front() {
                self.deliver(frame);
            }
            let receipts = self.service.record();
            if self.connected {
                self.down.extend(receipts);
            }
            while let Some(frame) = self.down.pop_front() {
                self.hear(frame);
            }
            while !self.calls.is_empty() {
                self.answer_call(true);
            }
            let queue = self.outbox.queue().unwrap();
            if queue.alerts.is_empty()
                && queue.cancels.is_empty()
                && queue.messages.is_empty()
                && queue.delivered.is_empty()
            {
                return;
            }
            self.pass(500);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_lost_or_claimed_early_and_everything_arrives_in_the_end(
        weathers in prop::collection::vec(weather(), 1..120)
    ) {
        let mut world = World::new();
        for weather in &weathers {
            world.happens(weather);
        }
        world.clears_up();

        let queue = world.outbox.queue().unwrap();
        prop_assert!(queue.alerts.is_empty() && queue.cancels.is_empty() && queue.messages.is_empty());
        prop_assert!(queue.delivered.is_empty());
        for id in &world.pressed {
            prop_assert!(world.service.recorded.contains_key(id));
        }
        let cancelled: BTreeSet<_> = world.cancelled.iter().map(|id| id.0).collect();
        let expected: BTreeSet<_> = world.written.union(&cancelled).copied().collect();
        prop_assert_eq!(&world.service.kept, &expected);
    }
}
