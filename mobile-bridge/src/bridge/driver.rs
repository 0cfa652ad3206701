//! The thread: hands events to the machine and does what it answers.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use sos_protocol::http::{AlertPost, AlertStatus, EnrolRequest, Enrolled};
use sos_protocol::limits::{FOLLOW_MAX, WAITED_MS_MAX};
use sos_protocol::{Alert, AlertId, ErrorCode, PhoneFrame, Seq, proof};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::request::Request;
use super::{BridgeError, BridgeEvent, Enrolment, Shared};
use crate::ladder;
use crate::machine::{HttpCall, HttpFailure, Input, Machine, Output};
use crate::outbox::{ChatMessage, Identity, Queue, QueuedAlert, Write};
use crate::transport::{Incoming, Socket, TransportError};

/// A press that waited shorter than this came at once, in milliseconds.
const WAITED_MS_MIN: i64 = 1_000;
/// Longest sleep, and the sleep when nothing is planned.
const NAP_MAX: Duration = Duration::from_secs(60);
/// Shortest sleep, whatever the machine asks for.
const NAP_MIN: Duration = Duration::from_millis(5);
/// The newest alerts that `hello` asks to hear about: also one that was closed, for it may be opened again.
const FOLLOW_COUNT: u32 = 10;
const _: () = assert!(FOLLOW_COUNT as usize <= FOLLOW_MAX, "the gateway takes them all");

/// A request of the app.
pub(super) enum Command {
    /// Look at the outbox and the time.
    Changed,
    /// The same, because of something the worker did.
    Acted,
    NetworkChanged,
    Enrol {
        code: String,
        reply: Reply,
    },
    Ask {
        request: Request,
        reply: oneshot::Sender<Result<(), BridgeError>>,
    },
}

type Reply = oneshot::Sender<Result<Enrolment, BridgeError>>;

enum Line {
    Down,
    Opening(Pin<Box<dyn Future<Output = Result<Box<Socket>, TransportError>> + Send>>),
    Open(Box<Socket>),
}

enum LineEvent {
    Opened(Result<Box<Socket>, TransportError>),
    Came(Incoming),
}

impl Line {
    async fn next(&mut self) -> LineEvent {
        match self {
            Self::Down => pending().await,
            Self::Opening(opening) => LineEvent::Opened(opening.as_mut().await),
            Self::Open(socket) => LineEvent::Came(socket.next().await),
        }
    }
}

enum CallEnded {
    Alert { alert_id: AlertId, call: HttpCall, result: Result<AlertStatus, HttpFailure> },
    Enrol { result: Result<Enrolled, TransportError>, reply: Reply },
    Asked,
}

pub(super) struct Driver {
    shared: Arc<Shared>,
    machine: Machine,
    commands: mpsc::Receiver<Command>,
    line: Line,
    calls: JoinSet<CallEnded>,
    queue: Queue,
    /// Unsaved alerts that were received.
    unsaved_received: Vec<AlertId>,
}

impl Driver {
    /// Starts the thread.
    pub(super) fn start(
        shared: Arc<Shared>,
        commands: mpsc::Receiver<Command>,
    ) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let machine = Machine::new(Arc::clone(&shared.entropy));
        let mut driver = Self {
            shared,
            machine,
            commands,
            line: Line::Down,
            calls: JoinSet::new(),
            queue: Queue::default(),
            unsaved_received: Vec::new(),
        };
        std::thread::Builder::new().name("sos-bridge".into()).spawn(move || {
            runtime.block_on(driver.run());
            // A name look-up under way must not hold the app's end up.
            runtime.shutdown_background();
        })
    }

    async fn run(&mut self) {
        let shared = Arc::clone(&self.shared);
        self.step(Input::QueueChanged).await;
        loop {
            let nap = self.nap();
            let input = tokio::select! {
                biased;
                () = shared.closing.notified() => break,
                command = self.commands.recv() => match command {
                    None => break,
                    Some(command) => self.command(command),
                },
                event = self.line.next() => Some(self.line_event(event)),
                Some(ended) = self.calls.join_next() => ended.ok().and_then(|ended| self.call_ended(ended)),
                () = tokio::time::sleep(nap) => Some(Input::Tick),
            };
            if let Some(input) = input {
                self.step(input).await;
            }
        }
        if let Line::Open(socket) = std::mem::replace(&mut self.line, Line::Down) {
            socket.close().await;
        }
    }

    fn nap(&self) -> Duration {
        let wake = self.machine.wake_at(&self.queue);
        wake.map_or(NAP_MAX, |at| {
            Duration::from_millis(at.saturating_sub(self.now_ms())).clamp(NAP_MIN, NAP_MAX)
        })
    }

    fn now_ms(&self) -> u64 {
        self.shared.clock.monotonic_us() / 1_000
    }

    fn command(&mut self, command: Command) -> Option<Input> {
        match command {
            Command::Changed => Some(Input::QueueChanged),
            Command::Acted => Some(Input::Acted),
            Command::NetworkChanged => Some(Input::NetworkChanged),
            Command::Enrol { code, reply } => {
                self.enrol(&code, reply);
                None
            }
            Command::Ask { request, reply } => {
                self.ask(request, reply);
                None
            }
        }
    }

    fn line_event(&mut self, event: LineEvent) -> Input {
        match event {
            LineEvent::Opened(Ok(socket)) => {
                self.line = Line::Open(socket);
                Input::Connected
            }
            LineEvent::Opened(Err(error)) => {
                tracing::debug!(%error, "no connection");
                self.line = Line::Down;
                Input::Disconnected
            }
            LineEvent::Came(Incoming::Frame(frame)) => Input::Frame(*frame),
            LineEvent::Came(Incoming::Other) => Input::Heard,
            LineEvent::Came(Incoming::Closed) => {
                self.line = Line::Down;
                Input::Disconnected
            }
        }
    }

    /// Gives one input to the machine and does what it answers; what follows from that, too.
    async fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.refresh();
            let outputs = self.machine.handle(self.now_ms(), input, &self.queue);
            let mut flight = Vec::new();
            for output in outputs {
                self.perform(output, &mut flight, &mut inputs);
            }
            self.send(flight, &mut inputs).await;
        }
    }

    fn perform(&mut self, output: Output, flight: &mut Vec<PhoneFrame>, inputs: &mut VecDeque<Input>) {
        match output {
            Output::Connect => {
                let endpoints = self.shared.endpoints.clone();
                self.line =
                    Line::Opening(Box::pin(async move { Socket::connect(&endpoints).await.map(Box::new) }));
            }
            Output::Close => {
                flight.clear();
                self.line = Line::Down;
            }
            Output::Hello { nonce } => flight.push(self.hello(&nonce)),
            Output::Send(PhoneFrame::Alert { alert }) => {
                flight.push(PhoneFrame::Alert { alert: self.with_its_age(alert) });
            }
            Output::Send(frame) => flight.push(frame),
            Output::Post(alert) => self.post(self.with_its_age(alert)),
            Output::Poll(alert_id) => self.poll(alert_id),
            Output::Keep(write) => {
                self.keep(write);
                if !inputs.contains(&Input::QueueChanged) {
                    inputs.push_back(Input::QueueChanged);
                }
            }
            Output::Emit(event) => self.emit(event),
        }
    }

    async fn send(&mut self, flight: Vec<PhoneFrame>, inputs: &mut VecDeque<Input>) {
        let Line::Open(socket) = &mut self.line else { return };
        if flight.is_empty() {
            return;
        }
        if let Err(error) = socket.send(&flight).await {
            tracing::debug!(%error, "the connection broke while sending");
            self.line = Line::Down;
            inputs.push_back(Input::Disconnected);
        }
    }

    fn hello(&self, nonce: &str) -> PhoneFrame {
        let credential = self.credential();
        let signature = credential.as_ref().and_then(|_| self.sign(&proof::hello(nonce)));
        let known = self.shared.outbox(|outbox| Ok((outbox.last_seq()?, outbox.alerts(FOLLOW_COUNT)?)));
        let (last_seq, follow) = known.unwrap_or((Seq(0), Vec::new()));
        let app_version = self.shared.app_version.clone();
        PhoneFrame::Hello { credential, signature, last_seq, follow, app_version }
    }

    fn credential(&self) -> Option<String> {
        match self.shared.outbox(|outbox| outbox.identity()) {
            Ok(identity) => identity.map(|i| i.credential),
            Err(error) => {
                tracing::error!(%error, "the stored identity cannot be read; calling without it");
                None
            }
        }
    }

    /// Without a signature the SOS still goes out, as *unverified*.
    fn sign(&self, text: &str) -> Option<String> {
        self.shared
            .signer
            .sign(text)
            .inspect_err(|error| tracing::warn!(%error, "calling without proof"))
            .ok()
    }

    /// How long the press has waited: both times are of this phone's clock, so that it may be wrong.
    fn with_its_age(&self, alert: Alert) -> Alert {
        let waited = alert.device_time_ms.map(|pressed_at| self.shared.clock.now().since_ms(pressed_at));
        let waited_ms = waited.filter(|ms| (WAITED_MS_MIN..=WAITED_MS_MAX).contains(ms));
        Alert { waited_ms, ..alert }
    }

    fn post(&mut self, alert: Alert) {
        let alert_id = alert.alert_id;
        let credential = self.credential();
        let signature = credential.as_ref().and_then(|_| self.sign(&proof::alert(alert_id)));
        let http = self.shared.http.clone();
        self.calls.spawn(async move {
            let post = AlertPost { alert, credential, signature };
            let result = http.post_alert(&post).await.map_err(failure);
            CallEnded::Alert { alert_id, call: HttpCall::Post, result }
        });
    }

    fn poll(&mut self, alert_id: AlertId) {
        let http = self.shared.http.clone();
        self.calls.spawn(async move {
            let result = http.alert_status(alert_id).await.map_err(failure);
            CallEnded::Alert { alert_id, call: HttpCall::Poll, result }
        });
    }

    fn enrol(&mut self, code: &str, reply: Reply) {
        let public_key = self.shared.signer.public_key();
        let code = proof::normal_code(code);
        let signature = match self.shared.signer.sign(&proof::enrol(&code, &public_key)) {
            Ok(signature) => signature,
            Err(error) => return drop(reply.send(Err(error.into()))),
        };
        let device_model = self.shared.device_model.clone();
        let request = EnrolRequest { code, public_key, signature, device_model };
        let http = self.shared.http.clone();
        self.calls.spawn(async move { CallEnded::Enrol { result: http.enrol(&request).await, reply } });
    }

    fn ask(&mut self, request: Request, reply: oneshot::Sender<Result<(), BridgeError>>) {
        let call = match request.signed(&self.shared) {
            Ok(call) => call,
            Err(error) => return drop(reply.send(Err(error))),
        };
        let http = self.shared.http.clone();
        self.calls.spawn(async move {
            drop(reply.send(http.device(call).await.map_err(BridgeError::from)));
            CallEnded::Asked
        });
    }

    fn call_ended(&mut self, ended: CallEnded) -> Option<Input> {
        match ended {
            CallEnded::Alert { alert_id, call, result } => Some(Input::Http { alert_id, call, result }),
            CallEnded::Asked => None,
            CallEnded::Enrol { result, reply } => {
                let kept = result.map_err(BridgeError::from).and_then(|enrolled| {
                    let identity = Identity::from(enrolled);
                    self.shared.outbox(|outbox| outbox.set_identity(&identity))?;
                    Ok(Enrolment::from(identity))
                });
                let input = kept.is_ok().then_some(Input::Enrolled);
                drop(reply.send(kept));
                input
            }
        }
    }

    fn keep(&mut self, write: Write) {
        if let Write::Receipt(receipt) | Write::Asked(receipt) = &write {
            self.unsaved_moved_on(receipt.alert_id, ladder::may_forget(receipt.stage));
        }
        let kept = self.shared.outbox(|outbox| outbox.apply(&write));
        let news = kept.unwrap_or_else(|error| {
            tracing::error!(%error, "what the service said could not be stored; it will be asked again");
            true
        });
        if news && let Some(event) = self.news(write) {
            self.emit(event);
        }
    }

    fn news(&self, write: Write) -> Option<BridgeEvent> {
        match write {
            Write::Receipt(receipt) | Write::Asked(receipt) => {
                let holds = self.shared.outbox(|outbox| outbox.receipt(receipt.alert_id));
                let current = holds.is_ok_and(|held| held.is_none_or(|held| held == receipt));
                Some(BridgeEvent::Receipt { receipt, current })
            }
            Write::Message(m) => Some(BridgeEvent::Message {
                message: ChatMessage {
                    message_id: m.message_id,
                    alert_id: m.alert_id,
                    from_officer: Some(m.from),
                    text: m.text,
                    at_ms: m.at_ms,
                    accepted_at_ms: Some(m.at_ms),
                },
            }),
            Write::Located { alert_id, at_ms, .. } => Some(BridgeEvent::Locate { alert_id, at_ms }),
            Write::Accepted { id, .. } => Some(BridgeEvent::Accepted { id }),
            Write::CancelRefused(_)
            | Write::FixesAccepted(_)
            | Write::DeliveredRead(_)
            | Write::Credential(_) => None,
        }
    }

    fn emit(&self, event: BridgeEvent) {
        if let BridgeEvent::Link { state } = event {
            *self.shared.link() = (state, self.shared.clock.now());
        }
        // Nobody listening is nobody's fault: the outbox has the state.
        drop(self.shared.events.send(event));
    }

    fn unsaved_moved_on(&mut self, alert_id: AlertId, on_record: bool) {
        let mut unsaved = self.shared.unsaved();
        if on_record {
            unsaved.retain(|alert| alert.alert_id != alert_id);
            self.unsaved_received.retain(|id| *id != alert_id);
        } else if unsaved.iter().any(|a| a.alert_id == alert_id) && !self.unsaved_received.contains(&alert_id)
        {
            self.unsaved_received.push(alert_id);
        }
    }

    /// Reads the outbox again; presses that the disk refused are offered to it once more and sent in any case.
    fn refresh(&mut self) {
        let mut unsaved = self.shared.unsaved();
        let view = self.shared.outbox(|outbox| {
            unsaved.retain(|alert| {
                let pressed_at = alert.device_time_ms.unwrap_or_else(|| self.shared.clock.now());
                outbox.press(alert, pressed_at).is_err()
            });
            outbox.queue()
        });
        match view {
            Ok(queue) => self.queue = queue,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read; going on with what was read before");
            }
        }
        for alert in unsaved.iter() {
            if self.queue.alerts.iter().all(|a| a.alert.alert_id != alert.alert_id) {
                let received = self.unsaved_received.contains(&alert.alert_id);
                self.queue.alerts.push(QueuedAlert { alert: alert.clone(), received });
            }
        }
    }
}

fn failure(error: TransportError) -> HttpFailure {
    tracing::debug!(%error, "an HTTP call failed");
    match error {
        TransportError::Refused(problem) if problem.code == ErrorCode::NotFound => HttpFailure::NotFound,
        _ => HttpFailure::Other,
    }
}
