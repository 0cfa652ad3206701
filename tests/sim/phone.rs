//! A phone: the real outbox and the real machine; what the worker does, and what the phone hears.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sos_core::recording::{Item, Origin};
use sos_mobile_bridge::machine::{HttpCall, HttpFailure, Input, Machine, Output};
use sos_mobile_bridge::outbox::{Identity, Outbox, Queue, QueuedMessage};
use sos_protocol::ambient::SeededEntropy;
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::AlertStatus;
use sos_protocol::{
    Alert, AlertId, DeviceId, Fix, FixId, GatewayFrame, MessageId, PhoneFrame, Receipt, Stage, UnixMs,
    WorkerId,
};

use crate::line::origin_of;
use crate::node::POSTGRES_MS_MAX;
use crate::postgres::Postgres;
use crate::world::World;

/// The newest alerts that `hello` asks to hear about, as the bridge does.
const FOLLOW_COUNT: u32 = 10;
/// Shortest sleep, as the bridge's, in milliseconds.
const NAP_MS_MIN: u64 = 5;
/// An HTTP call without an answer ends after this long, in milliseconds.
const HTTP_MS_MAX: u64 = 15_000;

pub(crate) struct Phone {
    pub(crate) outbox: Outbox,
    machine: Machine,
    pub(crate) queue: Queue,
    stale: bool,
    /// Counts the starts of the app.
    pub(crate) life: u32,
    wakes: u32,
    pub(crate) line: Option<usize>,
    /// Its network blocks WebSockets.
    pub(crate) blocked: bool,
    pub(crate) credential: Option<String>,
    pub(crate) device: Option<DeviceId>,
    pub(crate) pressed: Vec<AlertId>,
    pub(crate) cancelled: BTreeSet<AlertId>,
    pub(crate) written: BTreeSet<MessageId>,
    pub(crate) measured: BTreeSet<FixId>,
    pub(crate) heard: BTreeMap<AlertId, BTreeSet<Stage>>,
}

impl Phone {
    /// Reads the outbox again if it changed.
    pub(crate) fn refresh(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.queue = self.outbox.queue().unwrap();
        }
    }
}

impl World {
    /// Most phones are enrolled.
    pub(crate) fn add_phone(&mut self) {
        let mut outbox = Outbox::in_memory().unwrap();
        let device = (!self.chance(25)).then(|| DeviceId(self.id()));
        let credential = device.map(|device| format!("credential of {device}"));
        if let (Some(device_id), Some(credential)) = (device, credential.clone()) {
            outbox.set_identity(&identity(device_id, credential)).unwrap();
            self.postgres.data.know(device_id);
        }
        self.phones.push(Phone {
            outbox,
            machine: Machine::new(SeededEntropy::new(self.seed())),
            queue: Queue::default(),
            stale: true,
            life: 0,
            wakes: 0,
            line: None,
            blocked: false,
            credential,
            device,
            pressed: vec![],
            cancelled: BTreeSet::new(),
            written: BTreeSet::new(),
            measured: BTreeSet::new(),
            heard: BTreeMap::new(),
        });
        let phone = self.phones.len() - 1;
        self.after(0, move |world| world.on_phone(phone, Input::QueueChanged));
    }

    /// The app is killed and started again; what the outbox has, it has.
    pub(crate) fn restart_phone(&mut self, phone: usize) {
        let seed = self.seed();
        if let Some(line) = self.phones[phone].line.take() {
            self.phone_closes(line);
        }
        let at = &mut self.phones[phone];
        at.machine = Machine::new(SeededEntropy::new(seed));
        at.life += 1;
        at.stale = true;
        let life = at.life;
        let wait = self.latency() * 10;
        self.after(wait, move |world| {
            if world.phones[phone].life == life {
                world.on_phone(phone, Input::QueueChanged);
            }
        });
    }

    /// Gives an input to the machine and does what it answers; what follows from that, too.
    pub(crate) fn on_phone(&mut self, phone: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = self.now();
            let at = &mut self.phones[phone];
            at.refresh();
            let outputs = at.machine.handle(now, input, &at.queue);
            for output in outputs {
                self.phone_does(phone, output, &mut inputs);
            }
        }
        self.check_phone(phone);
        self.plan_wake(phone);
    }

    fn plan_wake(&mut self, phone: usize) {
        let now = self.now();
        let at = &mut self.phones[phone];
        at.wakes += 1;
        let (wakes, life) = (at.wakes, at.life);
        let Some(due) = at.machine.wake_at(&at.queue) else { return };
        self.after(due.saturating_sub(now).max(NAP_MS_MIN), move |world| {
            if (world.phones[phone].wakes, world.phones[phone].life) == (wakes, life) {
                world.on_phone(phone, Input::Tick);
            }
        });
    }

    fn phone_does(&mut self, phone: usize, output: Output, inputs: &mut VecDeque<Input>) {
        match output {
            Output::Connect => {
                let line = self.connect(phone);
                self.phones[phone].line = Some(line);
            }
            Output::Close => {
                if let Some(line) = self.phones[phone].line.take() {
                    self.phone_closes(line);
                }
            }
            Output::Hello { .. } => {
                let at = &self.phones[phone];
                let hello = PhoneFrame::Hello {
                    credential: at.credential.clone(),
                    signature: None,
                    last_seq: at.outbox.last_seq().unwrap(),
                    follow: at.outbox.alerts(FOLLOW_COUNT).unwrap(),
                    app_version: None,
                };
                self.phone_sends(phone, &hello);
            }
            Output::Send(frame) => self.phone_sends(phone, &frame),
            Output::Post(alert) => self.post(phone, alert),
            Output::Poll(alert) => self.poll(phone, alert),
            Output::Keep(write) => {
                self.check_heard(phone, &write);
                let at = &mut self.phones[phone];
                at.outbox.apply(&write).unwrap();
                at.stale = true;
                if !inputs.contains(&Input::QueueChanged) {
                    inputs.push_back(Input::QueueChanged);
                }
            }
            Output::Emit(_) => {}
        }
    }

    fn phone_sends(&mut self, phone: usize, frame: &PhoneFrame) {
        if let Some(line) = self.phones[phone].line {
            self.send_up(line, frame);
        }
    }

    pub(crate) fn phone_connected(&mut self, line: usize) {
        if self.phone_is_there(line) {
            self.on_phone(self.lines[line].phone, Input::Connected);
        }
    }

    pub(crate) fn phone_lost_its_line(&mut self, phone: usize) {
        self.phones[phone].line = None;
        self.on_phone(phone, Input::Disconnected);
    }

    pub(crate) fn phone_hears(&mut self, phone: usize, frame: GatewayFrame) {
        self.tell(|| format!("phone {phone} hears {}", serde_json::to_string(&frame).unwrap()));
        if let GatewayFrame::Receipt { receipt } = &frame {
            self.hear_receipt(phone, receipt);
        }
        self.on_phone(phone, Input::Frame(frame));
    }

    /// Takes note of a receipt, which must be true.
    pub(crate) fn hear_receipt(&mut self, phone: usize, receipt: &Receipt) {
        self.check_receipt(receipt);
        self.phones[phone].heard.entry(receipt.alert_id).or_default().insert(receipt.stage);
    }

    /// The answer to an HTTP call, or none.
    fn http_answers(
        &mut self,
        (phone, life): (usize, u32),
        alert_id: AlertId,
        call: HttpCall,
        result: Result<Vec<Receipt>, HttpFailure>,
    ) {
        if self.phones[phone].life != life {
            return;
        }
        for receipt in result.iter().flatten() {
            self.hear_receipt(phone, receipt);
        }
        let status = |receipts| AlertStatus { alert_id, receipts, unverified: None, dropped: vec![] };
        self.tell(|| format!("phone {phone} {call:?} of {alert_id}: {result:?}"));
        self.on_phone(phone, Input::Http { alert_id, call, result: result.map(status) });
    }

    /// An HTTP call reaches a node, or fails; whoever waits for it hears one answer.
    fn http_node(&mut self, phone: usize, alert: AlertId, call: HttpCall) -> Option<(usize, (usize, u32))> {
        let who = (phone, self.phones[phone].life);
        let node = self.below(self.nodes.len());
        if self.nodes[node].alive && !self.chance(self.weather.breaking) {
            return Some((node, who));
        }
        let wait = self.latency() * 10;
        self.after(wait, move |world| world.http_answers(who, alert, call, Err(HttpFailure::Other)));
        None
    }

    fn post(&mut self, phone: usize, alert: Alert) {
        let (alert_id, call) = (alert.alert_id, HttpCall::Post);
        let Some((node, who)) = self.http_node(phone, alert_id, call) else { return };
        let origin = self.phones[phone].device.map_or_else(Origin::unknown, origin_of);
        let answered = self.answer_once(who, alert_id, call);
        let there = self.latency();
        self.node_after(node, there, move |world| {
            world.keep(node, origin, Item::Alert { alert, dropped: vec![] }, move |world, at| {
                let result = at.map(|at| vec![Receipt::received(alert_id, at)]).ok_or(HttpFailure::Other);
                answered(world, result);
            });
        });
    }

    fn poll(&mut self, phone: usize, alert_id: AlertId) {
        let call = HttpCall::Poll;
        let Some((node, who)) = self.http_node(phone, alert_id, call) else { return };
        let answered = self.answer_once(who, alert_id, call);
        let read = move |pg: &mut Postgres, _| pg.receipts(alert_id);
        self.call(node, POSTGRES_MS_MAX, read, move |world, found| {
            let result = found.map_err(|_| HttpFailure::Other);
            answered(world, result.and_then(|found| found.ok_or(HttpFailure::NotFound)));
        });
    }

    /// The answer may be lost; then the call ends by itself.
    fn answer_once(
        &mut self,
        who: (usize, u32),
        alert: AlertId,
        call: HttpCall,
    ) -> impl FnOnce(&mut Self, Result<Vec<Receipt>, HttpFailure>) + 'static {
        let open = std::rc::Rc::new(std::cell::Cell::new(true));
        let late = open.clone();
        let lost = self.chance(self.weather.breaking);
        self.after(HTTP_MS_MAX, move |world| {
            if late.replace(false) {
                world.http_answers(who, alert, call, Err(HttpFailure::Other));
            }
        });
        move |world: &mut Self, result| {
            let back = world.latency();
            world.after(back, move |world| {
                if !lost && open.replace(false) {
                    world.http_answers(who, alert, call, result);
                }
            });
        }
    }

    pub(crate) fn press(&mut self, phone: usize) {
        let alert_id = AlertId(self.id());
        let lon = if self.chance(50) { 121.5 } else { 139.7 };
        let position = self.chance(70).then(|| fix(FixId(self.id()), lon, self.time()));
        let time = self.time();
        let alert = Alert {
            alert_id,
            device_time_ms: Some(time),
            waited_ms: None,
            position,
            trigger: None,
            kind: None,
            text: None,
            battery_pct: None,
            drill: false,
        };
        self.tell(|| format!("phone {phone} presses {alert_id}"));
        let at = &mut self.phones[phone];
        assert_eq!(at.outbox.press(&alert, time).unwrap(), alert_id);
        at.stale = true;
        at.pressed.push(alert_id);
        self.on_phone(phone, Input::Acted);
    }

    pub(crate) fn take_back(&mut self, phone: usize) {
        let Some(alert) = self.phones[phone].pressed.last().copied() else { return };
        self.tell(|| format!("phone {phone} cancels {alert}"));
        let time = self.time();
        let at = &mut self.phones[phone];
        at.outbox.cancel(alert, None, time).unwrap();
        at.stale = true;
        at.cancelled.insert(alert);
        self.on_phone(phone, Input::Acted);
    }

    pub(crate) fn write(&mut self, phone: usize) {
        let Some(alert_id) = self.phones[phone].pressed.last().copied() else { return };
        let message_id = MessageId(self.id());
        let message = QueuedMessage { message_id, alert_id, text: "x".into(), device_time_ms: self.time() };
        self.tell(|| format!("phone {phone} writes {message_id}"));
        let at = &mut self.phones[phone];
        at.outbox.write_message(&message).unwrap();
        at.stale = true;
        at.written.insert(message_id);
        self.on_phone(phone, Input::Acted);
    }

    pub(crate) fn measure(&mut self, phone: usize) {
        let Some(alert) = self.phones[phone].pressed.last().copied() else { return };
        let fix = fix(FixId(self.id()), 121.5, self.time());
        let at = &mut self.phones[phone];
        at.outbox.add_fixes(alert, std::slice::from_ref(&fix)).unwrap();
        at.stale = true;
        at.measured.insert(fix.fix_id);
        self.on_phone(phone, Input::QueueChanged);
    }
}

fn fix(fix_id: FixId, lon: f64, time: UnixMs) -> Fix {
    Fix {
        fix_id,
        lat: if fix_id.0.as_u128().is_multiple_of(2) { 25.0 } else { 35.0 },
        lon,
        accuracy_m: None,
        fix_time_ms: Some(time),
        source: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: None,
    }
}

fn identity(device_id: DeviceId, credential: String) -> Identity {
    let worker = WorkerProfile {
        worker_id: WorkerId(device_id.0),
        name: String::new(),
        phone: None,
        language: "vi".into(),
        contract_country: None,
        employer: None,
        address: None,
    };
    Identity { device_id, credential, credential_expires_ms: UnixMs(0), worker }
}
