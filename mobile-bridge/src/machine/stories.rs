//! The machine, told as stories: a phone, a gateway that says what the story needs, and time moved by hand.

use sos_protocol::ambient::{Entropy, SeededEntropy};
use sos_protocol::http::AlertStatus;
use sos_protocol::{
    Alert, AlertId, CaseId, DeviceId, ErrorCode, Fix, FixId, GatewayFrame, MessageId, PhoneFrame, Pin,
    Receipt, Seq, SessionId, Stage, UnixMs, WorkerId,
};

use super::{HttpCall, HttpFailure, Input, Machine, Output};
use crate::bridge::{BridgeEvent, LinkState};
use crate::outbox::{Identity, Outbox, QueuedMessage, Write};

/// A phone whose outbox is real and whose network is the story.
struct Phone {
    outbox: Outbox,
    machine: Machine,
    now: u64,
    ids: std::sync::Arc<SeededEntropy>,
}

impl Phone {
    fn enrolled() -> Self {
        let mut phone = Self::nobody();
        phone
            .outbox
            .set_identity(&Identity {
                device_id: DeviceId(phone.ids.uuid_v7(UnixMs(1))),
                credential: "credential".into(),
                credential_expires_ms: UnixMs(i64::MAX),
                worker: sos_protocol::case::WorkerProfile {
                    worker_id: WorkerId(phone.ids.uuid_v7(UnixMs(1))),
                    name: "Nguyễn Thị Hoa".into(),
                    phone: None,
                    language: "vi".into(),
                    contract_country: None,
                    employer: None,
                    address: None,
                },
            })
            .unwrap();
        phone
    }

    fn nobody() -> Self {
        Self {
            outbox: Outbox::in_memory().unwrap(),
            machine: Machine::new(SeededEntropy::new(7)),
            now: 1_000_000,
            ids: SeededEntropy::new(8),
        }
    }

    /// Hands an input over; keeps what is to be kept, as the bridge does.
    fn on(&mut self, input: Input) -> Vec<Output> {
        let mut all = Vec::new();
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let outputs = self.machine.handle(self.now, input, &self.outbox.queue().unwrap());
            for output in &outputs {
                if let Output::Keep(write) = output {
                    self.outbox.apply(write).unwrap();
                    inputs = vec![Input::QueueChanged];
                }
            }
            all.extend(outputs);
        }
        all
    }

    fn hears(&mut self, frame: GatewayFrame) -> Vec<Output> {
        self.on(Input::Frame(frame))
    }

    /// Moves time to the machine's next wish, at most `ms` on.
    fn wait(&mut self, ms: u64) -> Vec<Output> {
        let end = self.now + ms;
        let mut all = Vec::new();
        while let Some(at) = self.machine.wake_at(&self.outbox.queue().unwrap()).filter(|at| *at <= end) {
            assert!(at > self.now || all.len() < 10_000, "the machine asks to be woken for nothing");
            self.now = self.now.max(at);
            all.extend(self.on(Input::Tick));
        }
        self.now = end;
        all.extend(self.on(Input::Tick));
        all
    }

    fn press(&mut self) -> (AlertId, Vec<Output>) {
        let alert = Alert {
            alert_id: AlertId(self.ids.uuid_v7(UnixMs(self.now.cast_signed()))),
            device_time_ms: None,
            waited_ms: None,
            position: None,
            trigger: None,
            kind: None,
            text: None,
            battery_pct: None,
            drill: false,
        };
        self.outbox.press(&alert, UnixMs(0)).unwrap();
        (alert.alert_id, self.on(Input::Acted))
    }

    /// From down to a connection that was welcomed.
    fn connect(&mut self) -> Vec<Output> {
        let mut all = self.wait(60_000);
        assert!(all.contains(&Output::Connect));
        self.on(Input::Connected);
        all.extend(self.hears(challenge()));
        all.extend(self.hears(welcome()));
        all
    }
}

fn challenge() -> GatewayFrame {
    GatewayFrame::Challenge { nonce: "n".into(), server_time_ms: UnixMs(0) }
}

fn welcome() -> GatewayFrame {
    GatewayFrame::Welcome {
        session_id: SessionId(uuid::Uuid::nil()),
        verified: true,
        unverified: None,
        credential: None,
        server_time_ms: UnixMs(0),
    }
}

fn reached(alert_id: AlertId, stage: Stage, seq: i64) -> Receipt {
    Receipt {
        case_no: None,
        alert_id,
        stage,
        at_ms: UnixMs(5),
        case_id: None,
        desk_name: None,
        by: None,
        disposition: None,
        seq: (seq > 0).then_some(Seq(seq)),
    }
}

fn receipt(alert_id: AlertId, stage: Stage, seq: i64) -> GatewayFrame {
    GatewayFrame::Receipt { receipt: reached(alert_id, stage, seq) }
}

fn pong() -> GatewayFrame {
    GatewayFrame::Pong { server_time_ms: UnixMs(0) }
}

fn refusal(code: ErrorCode, id: impl ToString) -> GatewayFrame {
    GatewayFrame::Error { code, detail: String::new(), id: Some(id.to_string()) }
}

fn frames(outputs: &[Output]) -> Vec<&PhoneFrame> {
    outputs.iter().filter_map(|o| if let Output::Send(frame) = o { Some(frame) } else { None }).collect()
}

fn alerts_sent(outputs: &[Output]) -> usize {
    frames(outputs).iter().filter(|f| matches!(f, PhoneFrame::Alert { .. })).count()
}

fn count(outputs: &[Output], wanted: &Output) -> usize {
    outputs.iter().filter(|o| *o == wanted).count()
}

#[test]
fn a_press_goes_out_in_one_flight_with_hello_without_waiting_for_welcome() {
    let mut phone = Phone::enrolled();
    let (id, outputs) = phone.press();
    assert!(outputs.contains(&Output::Connect), "an SOS connects at once");
    phone.on(Input::Connected);

    let flight = phone.hears(challenge());
    assert_eq!(flight[0], Output::Hello { nonce: "n".into() });
    assert!(matches!(&flight[1], Output::Send(PhoneFrame::Alert { alert }) if alert.alert_id == id));
}

#[test]
fn the_alert_stays_until_it_is_on_record() {
    let mut phone = Phone::enrolled();
    let (id, _) = phone.press();
    phone.connect();
    phone.hears(receipt(id, Stage::Received, 0));
    assert_eq!(phone.outbox.queue().unwrap().alerts.len(), 1, "received is not recorded");

    phone.hears(receipt(id, Stage::Recorded, 4));
    let queue = phone.outbox.queue().unwrap();
    assert_eq!((queue.alerts.len(), queue.open), (0, vec![id]));
    assert_eq!(alerts_sent(&phone.wait(9_000)), 0);
}

#[test]
fn an_alert_without_an_answer_is_sent_again_and_one_without_a_record_too() {
    let mut phone = Phone::enrolled();
    phone.connect();
    let (id, outputs) = phone.press();
    assert_eq!(alerts_sent(&outputs), 1);

    assert_eq!(alerts_sent(&phone.wait(4_000)), 0);
    phone.hears(pong());
    assert_eq!(alerts_sent(&phone.wait(1_000)), 1, "no answer for 5 s, but the gateway lives");

    phone.hears(receipt(id, Stage::Received, 0));
    let mut again = 0;
    for _ in 0..4 {
        again += alerts_sent(&phone.wait(9_000));
        phone.hears(pong());
    }
    assert_eq!(again, 1, "received 36 s ago and still not on record");
}

#[test]
fn silence_after_an_sos_is_taken_for_a_dead_socket_and_the_next_one_is_tried_at_once() {
    let mut phone = Phone::enrolled();
    phone.connect();
    let (_, outputs) = phone.press();
    assert_eq!(alerts_sent(&outputs), 1);

    let outputs = phone.wait(5_000);
    assert!(outputs.contains(&Output::Close));
    let outputs = phone.wait(500);
    assert!(outputs.contains(&Output::Connect), "the first SOS wait is at most 500 ms");
}

#[test]
fn without_an_sos_the_wait_is_spread_and_with_one_it_is_short() {
    let mut phone = Phone::enrolled();
    let mut longest = 0;
    for _ in 0..12 {
        let before = phone.now;
        while !phone.on(Input::Tick).contains(&Output::Connect) {
            phone.now = phone.machine.wake_at(&phone.outbox.queue().unwrap()).unwrap();
        }
        longest = longest.max(phone.now - before);
        phone.on(Input::Disconnected);
    }
    assert!((10_000..=30_000).contains(&longest), "{longest}");

    let (id, _) = phone.press();
    assert!(phone.wait(200).contains(&Output::Connect), "a press waits for no backoff");
    let outputs = phone.on(Input::Disconnected);
    let told = outputs.iter().find_map(|o| match o {
        Output::Emit(BridgeEvent::NotSentYet { alert_id, retry_in_ms }) => Some((*alert_id, *retry_in_ms)),
        _ => None,
    });
    assert!(told.is_some_and(|(alert, ms)| alert == id && ms <= 5_000), "{told:?}");
}

#[test]
fn a_network_that_blocks_sockets_gets_the_sos_by_http_and_then_its_receipts() {
    let mut phone = Phone::enrolled();
    let (id, _) = phone.press();
    assert!(phone.on(Input::Disconnected).iter().all(|o| !matches!(o, Output::Post(_))), "once is nothing");
    phone.wait(500);
    let outputs = phone.on(Input::Disconnected);
    assert!(matches!(outputs.last(), Some(Output::Post(alert)) if alert.alert_id == id));

    let failed = Input::Http { alert_id: id, call: HttpCall::Post, result: Err(HttpFailure::Other) };
    phone.on(failed);
    let outputs = phone.wait(500);
    assert!(outputs.iter().any(|o| matches!(o, Output::Post(_))), "and again");

    let status = |receipts| AlertStatus { alert_id: id, receipts, unverified: None, dropped: vec![] };
    let taken = Ok(status(vec![reached(id, Stage::Received, 0)]));
    let outputs = phone.on(Input::Http { alert_id: id, call: HttpCall::Post, result: taken });
    assert!(outputs.iter().all(|o| !matches!(o, Output::Post(_))), "taken is taken");

    let outputs = phone.wait(3_000);
    assert_eq!(count(&outputs, &Output::Poll(id)), 1);
    let seen = Ok(status(vec![reached(id, Stage::Recorded, 3), reached(id, Stage::Seen, 5)]));
    phone.on(Input::Http { alert_id: id, call: HttpCall::Poll, result: seen });
    assert_eq!(phone.outbox.alert_state(id).unwrap().unwrap().receipt.unwrap().stage, Stage::Seen);
    assert!(phone.outbox.queue().unwrap().alerts.is_empty());
    assert_eq!(count(&phone.wait(3_000), &Output::Poll(id)), 1, "asked on while the case is open");

    let closed = Ok(status(vec![reached(id, Stage::Closed, 9)]));
    phone.on(Input::Http { alert_id: id, call: HttpCall::Poll, result: closed });
    assert_eq!(count(&phone.wait(60_000), &Output::Poll(id)), 0);
}

#[test]
fn a_service_that_forgot_the_alert_gets_it_again() {
    let mut phone = Phone::enrolled();
    let (id, _) = phone.press();
    phone.on(Input::Disconnected);
    phone.wait(500);
    phone.on(Input::Disconnected);
    let taken = AlertStatus {
        alert_id: id,
        receipts: vec![reached(id, Stage::Received, 0)],
        unverified: None,
        dropped: vec![],
    };
    phone.on(Input::Http { alert_id: id, call: HttpCall::Post, result: Ok(taken) });
    // The post's own repeat is far off; the answer to the question brings it forward.
    assert_eq!(count(&phone.wait(3_000), &Output::Poll(id)), 1);
    let gone = Input::Http { alert_id: id, call: HttpCall::Poll, result: Err(HttpFailure::NotFound) };
    assert!(phone.on(gone).iter().any(|o| matches!(o, Output::Post(_))));
}

#[test]
fn a_gateway_that_cannot_keep_it_is_asked_again_soon_and_by_http_too() {
    let mut phone = Phone::enrolled();
    phone.connect();
    let (id, _) = phone.press();
    phone.hears(refusal(ErrorCode::Unavailable, id));
    assert_eq!(alerts_sent(&phone.wait(500)), 1);
    phone.hears(refusal(ErrorCode::Unavailable, id));
    let outputs = phone.wait(1_000);
    assert_eq!(alerts_sent(&outputs), 1);
    assert!(outputs.iter().any(|o| matches!(o, Output::Post(_))), "two answers in vain");
    assert_eq!(phone.outbox.queue().unwrap().alerts.len(), 1, "kept until it is on record");
}

#[test]
fn no_refusal_makes_the_phone_give_an_sos_up() {
    for code in ErrorCode::ALL.iter().filter(|c| **c != ErrorCode::SessionReplaced) {
        let mut phone = Phone::enrolled();
        phone.connect();
        let (id, _) = phone.press();
        phone.hears(refusal(*code, id));
        assert_eq!(alerts_sent(&phone.wait(500)), 1, "{code:?}");
    }
}

#[test]
fn a_press_that_is_not_taken_back_for_want_of_a_pin_is_an_sos_as_before_and_can_be_taken_back_again() {
    for code in [ErrorCode::PinNeeded, ErrorCode::PinWrong] {
        let mut phone = Phone::enrolled();
        phone.connect();
        let (id, _) = phone.press();
        phone.hears(receipt(id, Stage::Received, 0));
        phone.outbox.cancel(id, Pin::parse("1111").as_ref(), UnixMs(1)).unwrap();
        let outputs = phone.on(Input::Acted);
        let pin = Pin::parse("1111");
        assert_eq!(
            frames(&outputs),
            [&PhoneFrame::Cancel { alert_id: id, pin, device_time_ms: Some(UnixMs(1)) }]
        );
        let outputs = phone.hears(refusal(code, id));
        assert!(outputs.contains(&Output::Emit(BridgeEvent::CancelRefused { alert_id: id, code })));
        assert!(phone.outbox.queue().unwrap().cancels.is_empty());
        assert!(phone.outbox.queue().unwrap().alerts.iter().any(|a| a.alert.alert_id == id));

        phone.outbox.cancel(id, Pin::parse("2222").as_ref(), UnixMs(2)).unwrap();
        let kinds: Vec<_> = frames(&phone.on(Input::Acted)).iter().map(|f| kind(f)).collect();
        assert_eq!(kinds, ["cancel"]);
    }
}

#[test]
fn what_belongs_to_an_alert_follows_it() {
    let mut phone = Phone::enrolled();
    phone.connect();
    let (id, _) = phone.press();
    phone.outbox.cancel(id, None, UnixMs(1)).unwrap();
    write(&mut phone, id, "Tôi ở tầng 2");
    measure(&mut phone, id, 1);
    assert_eq!(phone.on(Input::Acted), vec![], "the alert is not there yet");

    let outputs = phone.hears(receipt(id, Stage::Received, 0));
    let kinds: Vec<_> = frames(&outputs).iter().map(|f| kind(f)).collect();
    assert_eq!(kinds, ["cancel", "message", "fixes"]);

    phone.hears(refusal(ErrorCode::NotYetRecorded, id));
    let outputs = phone.wait(1_000);
    let mut kinds: Vec<_> = frames(&outputs).iter().map(|f| kind(f)).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["alert", "cancel", "fixes"]);
    phone.hears(GatewayFrame::Accepted { id: id.to_string(), at_ms: UnixMs(3) });
    let queue = phone.outbox.queue().unwrap();
    assert_eq!((queue.cancels.len(), queue.messages.len()), (0, 1));
}

#[test]
fn a_message_that_is_refused_is_kept_and_offered_over_the_next_connection_only() {
    let mut phone = Phone::enrolled();
    let id = on_record(&mut phone);
    let message = write(&mut phone, id, "x");
    assert_eq!(frames(&phone.on(Input::Acted)).len(), 1);
    let outputs = phone.hears(refusal(ErrorCode::NotVerified, message));
    assert!(outputs.iter().any(|o| matches!(o, Output::Emit(BridgeEvent::Refused { .. }))));
    assert!(frames(&phone.wait(8_000)).iter().all(|f| matches!(f, PhoneFrame::Ping {})));

    phone.on(Input::Disconnected);
    let outputs = phone.connect();
    assert!(frames(&outputs).iter().any(|f| matches!(f, PhoneFrame::Message { .. })));
}

#[test]
fn fixes_go_newest_first_one_frame_at_a_time() {
    let mut phone = Phone::enrolled();
    let id = on_record(&mut phone);
    measure(&mut phone, id, 120);
    let sent = fixes_of(&phone.on(Input::Acted));
    assert_eq!(sent.len(), 50);
    let newest = phone.outbox.queue().unwrap().fixes[0].fix.fix_id;
    assert_eq!(sent[0], newest);

    let outputs = phone.hears(GatewayFrame::FixesAccepted { fix_ids: sent, dropped: vec![] });
    assert_eq!(fixes_of(&outputs).len(), 50);
    // An answer about none of them changes nothing, and above all no storm.
    let outputs = phone.hears(GatewayFrame::FixesAccepted { fix_ids: vec![], dropped: vec![] });
    assert_eq!(fixes_of(&outputs).len(), 0);
}

#[test]
fn a_message_of_the_desk_is_stored_then_marked_and_the_mark_goes_when_it_was_read() {
    let mut phone = Phone::enrolled();
    let id = on_record(&mut phone);
    let outputs = phone.hears(desk_message(id, 9));
    let kept = outputs.iter().position(|o| matches!(o, Output::Keep(_))).unwrap();
    let marked =
        outputs.iter().position(|o| matches!(o, Output::Send(PhoneFrame::Delivered { .. }))).unwrap();
    assert!(kept < marked);
    assert_eq!(phone.outbox.queue().unwrap().delivered.len(), 1);
    phone.hears(pong());
    assert_eq!(phone.outbox.queue().unwrap().delivered.len(), 0);
    assert_eq!(phone.outbox.last_seq().unwrap(), Seq(9));
}

#[test]
fn the_desk_asks_where_the_phone_is_once_and_what_waits_goes_at_once() {
    let mut phone = Phone::enrolled();
    let id = on_record(&mut phone);
    measure(&mut phone, id, 1);
    phone.on(Input::QueueChanged);
    phone.hears(refusal(ErrorCode::RateLimited, id));
    let question = locate(id, 9);
    assert_eq!(fixes_of(&phone.hears(question.clone())).len(), 1, "not when the refusal's time is over");
    let asked = |phone: &Phone| {
        let state = phone.outbox.alert_state(id).unwrap().unwrap();
        (state.fix_owed, state.located_at_ms)
    };
    assert_eq!((asked(&phone), phone.outbox.last_seq().unwrap()), ((true, Some(UnixMs(4))), Seq(9)));
    measure(&mut phone, id, 1);
    assert_eq!(asked(&phone), (false, Some(UnixMs(4))));

    // Said again it asks for nothing, and neither does a question about a case that is closed.
    phone.hears(question);
    assert_eq!(asked(&phone), (false, Some(UnixMs(4))));
    phone.hears(receipt(id, Stage::Closed, 10));
    phone.hears(locate(id, 11));
    assert_eq!((asked(&phone), phone.outbox.last_seq().unwrap()), ((false, Some(UnixMs(4))), Seq(11)));
}

#[test]
fn a_record_whose_receipt_was_lost_is_asked_for() {
    let mut phone = Phone::enrolled();
    let (id, _) = phone.press();
    phone.connect_now();
    let mut asked = 0;
    phone.hears(receipt(id, Stage::Received, 0));
    for _ in 0..5 {
        asked += count(&phone.wait(9_000), &Output::Poll(id));
        phone.hears(pong());
    }
    assert_eq!(asked, 1, "only after it was sent again");
    let recorded = AlertStatus {
        alert_id: id,
        receipts: vec![reached(id, Stage::Recorded, 3)],
        unverified: None,
        dropped: vec![],
    };
    phone.on(Input::Http { alert_id: id, call: HttpCall::Poll, result: Ok(recorded) });
    assert!(phone.outbox.queue().unwrap().alerts.is_empty());
}

#[test]
fn a_mark_that_may_have_been_refused_is_kept() {
    let mut phone = Phone::enrolled();
    let id = on_record(&mut phone);
    phone.hears(desk_message(id, 9));
    phone.hears(GatewayFrame::Error { code: ErrorCode::RateLimited, detail: String::new(), id: None });
    phone.hears(pong());
    assert_eq!(phone.outbox.queue().unwrap().delivered.len(), 1);
}

#[test]
fn an_idle_link_is_pinged_and_given_up_after_two_intervals() {
    let mut phone = Phone::enrolled();
    phone.connect();
    assert_eq!(frames(&phone.wait(19_000)).len(), 0);
    assert_eq!(frames(&phone.wait(1_000)), [&PhoneFrame::Ping {}]);
    assert_eq!(count(&phone.wait(19_999), &Output::Close), 0);
    assert_eq!(count(&phone.wait(1), &Output::Close), 1);
}

#[test]
fn with_an_sos_open_it_is_pinged_twice_as_often() {
    let mut phone = Phone::enrolled();
    on_record(&mut phone);
    assert_eq!(frames(&phone.wait(10_000)), [&PhoneFrame::Ping {}]);
    phone.hears(pong());
    assert_eq!(frames(&phone.wait(10_000)), [&PhoneFrame::Ping {}]);
    assert_eq!(count(&phone.wait(10_000), &Output::Close), 1);
}

#[test]
fn another_connection_of_the_same_device_is_left_alone_but_for_an_sos() {
    let mut phone = Phone::enrolled();
    phone.connect();
    let replaced = GatewayFrame::Error { code: ErrorCode::SessionReplaced, detail: String::new(), id: None };
    assert!(phone.hears(replaced).contains(&Output::Close));
    assert_eq!(count(&phone.wait(299_000), &Output::Connect), 0);

    let (_, outputs) = phone.press();
    assert!(outputs.contains(&Output::Connect));
}

#[test]
fn a_new_network_is_tried_at_once() {
    let mut phone = Phone::enrolled();
    phone.connect();
    assert_eq!(frames(&phone.on(Input::NetworkChanged)), [&PhoneFrame::Ping {}]);
    assert!(phone.wait(5_000).contains(&Output::Close), "the old path gave no sign of life");

    phone.press();
    phone.on(Input::Disconnected);
    assert!(
        phone.on(Input::NetworkChanged).contains(&Output::Connect)
            || phone.wait(200).contains(&Output::Connect)
    );
}

#[test]
fn a_phone_that_nobody_enrolled_calls_only_for_its_sos() {
    let mut phone = Phone::nobody();
    assert_eq!(phone.wait(3_600_000), vec![]);
    let (_, outputs) = phone.press();
    assert!(outputs.contains(&Output::Connect));
    assert!(outputs.contains(&Output::Emit(BridgeEvent::Link { state: LinkState::Connecting })));
}

#[test]
fn a_socket_that_opens_and_says_nothing_is_given_up() {
    let mut phone = Phone::enrolled();
    phone.wait(0);
    phone.on(Input::Connected);
    assert!(phone.wait(15_000).contains(&Output::Close));
}

fn on_record(phone: &mut Phone) -> AlertId {
    let (id, _) = phone.press();
    phone.connect_now();
    phone.hears(receipt(id, Stage::Received, 0));
    phone.hears(receipt(id, Stage::Recorded, 2));
    id
}

impl Phone {
    fn connect_now(&mut self) {
        self.on(Input::Connected);
        self.hears(challenge());
        self.hears(welcome());
    }
}

fn write(phone: &mut Phone, alert_id: AlertId, text: &str) -> MessageId {
    let message_id = MessageId(phone.ids.uuid_v7(UnixMs(1)));
    let message = QueuedMessage { message_id, alert_id, text: text.into(), device_time_ms: UnixMs(2) };
    phone.outbox.write_message(&message).unwrap();
    message_id
}

fn measure(phone: &mut Phone, alert_id: AlertId, count: u32) {
    let fix = |ids: &SeededEntropy| Fix {
        fix_id: FixId(ids.uuid_v7(UnixMs(1))),
        lat: 25.0,
        lon: 121.5,
        accuracy_m: None,
        fix_time_ms: None,
        source: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: None,
    };
    let fixes: Vec<_> = (0..count).map(|_| fix(&phone.ids)).collect();
    phone.outbox.add_fixes(alert_id, &fixes).unwrap();
}

fn fixes_of(outputs: &[Output]) -> Vec<FixId> {
    frames(outputs)
        .iter()
        .filter_map(|f| if let PhoneFrame::Fixes { fixes, .. } = f { Some(fixes) } else { None })
        .flatten()
        .map(|f| f.fix_id)
        .collect()
}

fn desk_message(alert_id: AlertId, seq: i64) -> GatewayFrame {
    GatewayFrame::Message {
        seq: Seq(seq),
        case_id: CaseId(uuid::Uuid::nil()),
        alert_id,
        message_id: MessageId(uuid::Uuid::from_u128(99)),
        text: "Bạn ở đâu?".into(),
        from: "Lan".into(),
        at_ms: UnixMs(4),
    }
}

fn locate(alert_id: AlertId, seq: i64) -> GatewayFrame {
    GatewayFrame::Locate { seq: Seq(seq), alert_id, at_ms: UnixMs(4) }
}

fn kind(frame: &PhoneFrame) -> &'static str {
    match frame {
        PhoneFrame::Hello { .. } => "hello",
        PhoneFrame::Alert { .. } => "alert",
        PhoneFrame::Cancel { .. } => "cancel",
        PhoneFrame::Fixes { .. } => "fixes",
        PhoneFrame::Message { .. } => "message",
        PhoneFrame::Delivered { .. } => "delivered",
        PhoneFrame::Ping {} => "ping",
    }
}

#[test]
fn words_to_a_closed_case_go_out_from_a_phone_that_nobody_enrolled() {
    let mut outbox = Outbox::in_memory().unwrap();
    let alert_id = AlertId(uuid::Uuid::from_u128(1));
    let closed =
        Receipt { stage: Stage::Closed, seq: Some(Seq(9)), ..Receipt::received(alert_id, UnixMs(1)) };
    outbox.apply(&Write::Receipt(closed)).unwrap();
    let mut machine = Machine::new(SeededEntropy::new(1));
    let idle = machine.handle(1, Input::QueueChanged, &outbox.queue().unwrap());
    assert!(!idle.contains(&Output::Connect), "there is nothing to say");
    let message_id = MessageId(uuid::Uuid::from_u128(2));
    let words = QueuedMessage { message_id, alert_id, text: "x".into(), device_time_ms: UnixMs(2) };
    outbox.write_message(&words).unwrap();
    assert!(machine.handle(2, Input::Acted, &outbox.queue().unwrap()).contains(&Output::Connect));
}
