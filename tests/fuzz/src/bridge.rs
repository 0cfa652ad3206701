//! What a phone hears.

use std::collections::VecDeque;

use sos_core::frames::{self, FromPhone};
use sos_mobile_bridge::machine::{Input, Machine, Output};
use sos_mobile_bridge::outbox::{Outbox, Queue, QueuedMessage};
use sos_mobile_bridge::transport::Incoming;
use sos_protocol::ambient::SeededEntropy;
use sos_protocol::limits::FRAME_BYTES_MAX;
use sos_protocol::{Alert, AlertId, Fix, FixId, GatewayFrame, MessageId, PhoneFrame, Stage};
use uuid::Uuid;

use crate::promises::NOW;

/// Frames that one input holds; each costs a transaction or more.
const FRAMES_MAX: usize = 40;
/// What one frame may set off, in steps of the machine.
const STEPS_MAX: usize = 50;
/// Between two frames, in milliseconds: resends and pings come due as well.
const PAUSE_MS: u64 = 1_700;

const PRESSED: AlertId = AlertId(Uuid::from_u128(0x01a2_0166_22f1_7bd9_9fe7_eb10_b739_0814));
const WRITTEN: MessageId = MessageId(Uuid::from_u128(0x01a2_0166_22f1_7bd9_9fe7_eb10_b739_0815));
const MEASURED: FixId = FixId(Uuid::from_u128(0x01a2_0166_22f1_7bd9_9fe7_eb10_b739_0816));

/// Frames of a gateway, one a line, to a phone with an alert, a message, a fix and a cancellation waiting.
///
/// # Panics
/// Where something leaves the outbox that the service did not confirm, the outbox cannot be read any more, or the
/// phone sends what no gateway reads.
pub fn gateway_frames(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut phone = Phone::new();
    for line in text.lines().take(FRAMES_MAX) {
        phone.hear(line);
        phone.keeps_what_is_unconfirmed();
    }
}

struct Phone {
    outbox: Outbox,
    machine: Machine,
    now: u64,
    confirmed: Confirmed,
}

/// What the gateway said it has safe.
#[derive(Default)]
struct Confirmed {
    alert: bool,
    cancel: bool,
    message: bool,
    fix: bool,
}

impl Phone {
    fn new() -> Self {
        let mut outbox = Outbox::in_memory().expect("memory");
        let alert = Alert {
            alert_id: PRESSED,
            device_time_ms: Some(NOW),
            waited_ms: None,
            position: None,
            trigger: None,
            kind: None,
            text: None,
            battery_pct: None,
            drill: false,
        };
        let message = QueuedMessage {
            message_id: WRITTEN,
            alert_id: PRESSED,
            text: "Em ở tầng 2".to_owned(),
            device_time_ms: NOW,
        };
        outbox.press(&alert, NOW).expect("kept");
        outbox.write_message(&message).expect("kept");
        outbox.cancel(PRESSED, None, NOW).expect("kept");
        outbox.add_fixes(PRESSED, &[fix()]).expect("kept");
        let machine = Machine::new(SeededEntropy::new(7));
        let mut phone = Self { outbox, machine, now: 1_000, confirmed: Confirmed::default() };
        phone.happens(Input::Tick);
        phone
    }

    fn hear(&mut self, line: &str) {
        self.now += PAUSE_MS;
        let input = match Incoming::read(line) {
            Incoming::Frame(frame) => {
                self.note(&frame);
                Input::Frame(*frame)
            }
            Incoming::Other | Incoming::Closed => Input::Heard,
        };
        self.happens(input);
        self.happens(Input::Tick);
    }

    fn note(&mut self, frame: &GatewayFrame) {
        let known = &mut self.confirmed;
        match frame {
            GatewayFrame::Receipt { receipt } => {
                known.alert |= receipt.alert_id == PRESSED && receipt.stage != Stage::Received;
            }
            GatewayFrame::Accepted { id, .. } => {
                known.cancel |= *id == PRESSED.to_string();
                known.message |= *id == WRITTEN.to_string();
            }
            GatewayFrame::FixesAccepted { fix_ids, .. } => known.fix |= fix_ids.contains(&MEASURED),
            _ => {}
        }
    }

    fn happens(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        let mut steps = 0;
        while let Some(input) = inputs.pop_front() {
            steps += 1;
            assert!(steps <= STEPS_MAX, "it goes round in circles");
            let queue = self.queue();
            for output in self.machine.handle(self.now, input, &queue) {
                match output {
                    Output::Connect => inputs.push_back(Input::Connected),
                    Output::Keep(write) => {
                        self.outbox.apply(&write).expect("kept, whatever it says");
                        inputs.push_back(Input::QueueChanged);
                    }
                    Output::Send(frame) => is_readable(&frame),
                    Output::Close
                    | Output::Hello { .. }
                    | Output::Post(_)
                    | Output::Poll(_)
                    | Output::Emit(_) => {}
                }
            }
        }
    }

    fn queue(&self) -> Queue {
        self.outbox.queue().expect("the outbox reads")
    }

    fn keeps_what_is_unconfirmed(&self) {
        let queue = self.queue();
        let pressed = queue.alerts.iter().any(|a| a.alert.alert_id == PRESSED);
        let written = queue.messages.iter().any(|m| m.message_id == WRITTEN);
        let measured = queue.fixes.iter().any(|f| f.fix.fix_id == MEASURED);
        assert_eq!(pressed, !self.confirmed.alert, "the alert");
        assert_eq!(queue.cancels.is_empty(), self.confirmed.cancel, "the cancellation");
        assert_eq!(written, !self.confirmed.message, "the message");
        assert_eq!(measured, !self.confirmed.fix, "the fix");
        let state = self.outbox.alert_state(PRESSED).expect("it reads").expect("it is known");
        assert_eq!(state.queued, pressed);
        assert!(pressed || state.receipt.is_some(), "gone without a receipt");
        self.outbox.messages().expect("the chat reads");
        self.outbox.alerts(100).expect("the list reads");
    }
}

fn fix() -> Fix {
    Fix {
        fix_id: MEASURED,
        lat: 25.05,
        lon: 121.52,
        accuracy_m: Some(12.5),
        fix_time_ms: Some(NOW),
        source: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: None,
    }
}

/// The gateway reads it, with nothing left out.
fn is_readable(frame: &PhoneFrame) {
    let text = serde_json::to_string(frame).expect("frames are JSON");
    assert!(text.len() <= FRAME_BYTES_MAX, "{} bytes", text.len());
    match frames::from_phone(&text, NOW) {
        Ok(FromPhone::Alert(read)) => assert_eq!(read.dropped, vec![]),
        Ok(FromPhone::Fixes { dropped, .. }) => assert_eq!(dropped, vec![]),
        Ok(FromPhone::Other(_)) => {}
        Err(error) => panic!("{text}: {error:?}"),
    }
}
