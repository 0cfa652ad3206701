//! The API for apps.
//!
//! A [`Bridge`] runs on a thread of its own and needs no runtime around it. What the app asks for is in the outbox,
//! on disk, before the call returns; getting it to the service is the thread's business.

mod driver;
mod event;
mod input;
mod request;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::case::WorkerProfile;
use sos_protocol::limits::TEXT_CHARS_MAX;
use sos_protocol::{Alert, AlertId, DeviceId, Fix, MessageId, Pin, Problem, UnixMs, lenient};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};

pub use event::{BridgeEvent, EVENTS_WAITING_MAX, Events, LinkState};
pub use input::{Position, PressDetails};

use crate::outbox::{AlertState, ChatMessage, Identity, Outbox, OutboxError, QueuedMessage};
use crate::signer::{Signer, SignerError, SoftwareSigner};
use crate::transport::{Endpoints, HttpClient, TransportError, Trust};
use driver::{Command, Driver};

/// Requests that wait for the bridge's thread.
const COMMANDS_WAITING_MAX: usize = 64;
/// Presses held in memory while the disk refuses them; a further one drops the oldest.
const UNSAVED_MAX: usize = 20;

/// What a bridge needs to know.
#[derive(Clone)]
pub struct Config {
    /// Of the service, `https://…`; `http://…` for trials.
    pub server_url: String,
    /// Of the app, for the service's log, at most 40 characters.
    pub app_version: Option<String>,
    /// Kind of phone, for the worker's profile, at most 80 characters.
    pub device_model: Option<String>,
    /// The device key, where the platform keeps it; none: a key made here and kept in the outbox file.
    pub signer: Option<Arc<dyn Signer>>,
    /// Whose word is taken for who the service is; none: that of the roots which the system keeps.
    pub trust: Option<Trust>,
}

impl Config {
    /// Only the address.
    #[must_use]
    pub fn new(server_url: &str) -> Self {
        Self {
            server_url: server_url.to_owned(),
            app_version: None,
            device_model: None,
            signer: None,
            trust: None,
        }
    }
}

/// A press, and whether it is safe here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressed {
    /// Its name from now on. The newest waiting one's, if very many wait already.
    pub alert_id: AlertId,
    /// It is on disk. If not (the disk is full or broken) it is being sent from memory and would not survive the
    /// end of the app: say so on the screen.
    pub saved: bool,
}

/// Who this phone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The phone's name.
    pub device_id: DeviceId,
    /// Who the service takes the owner for.
    pub worker: WorkerProfile,
    /// Until when the credential of the enrolment is good; newer ones come by themselves.
    pub credential_expires_ms: UnixMs,
}

impl From<Identity> for Enrolment {
    fn from(identity: Identity) -> Self {
        Self {
            device_id: identity.device_id,
            worker: identity.worker,
            credential_expires_ms: identity.credential_expires_ms,
        }
    }
}

/// A request could not be met.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The service, or the way to it.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The device key.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// There is no alert that this could belong to.
    #[error("there is no open alert")]
    NoAlert,
    /// This phone is not known to the service yet.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// The text is empty, or longer than [`TEXT_CHARS_MAX`].
    #[error("the text is empty or longer than {TEXT_CHARS_MAX} characters")]
    Text,
    /// The bridge's thread could not be started.
    #[error("the bridge could not be started: {0}")]
    Start(String),
    /// The bridge was closed.
    #[error("the bridge is closed")]
    Closed,
}

impl BridgeError {
    /// What the service said, if it was the service that refused.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Transport(TransportError::Refused(problem)) => Some(problem),
            _ => None,
        }
    }
}

/// What app and thread share.
struct Shared {
    /// None after the bridge was closed.
    outbox: Mutex<Option<Outbox>>,
    /// Presses that the disk did not take.
    unsaved: Mutex<Vec<Alert>>,
    events: broadcast::Sender<BridgeEvent>,
    /// How the link is, and since when.
    link: Mutex<(LinkState, UnixMs)>,
    closing: Notify,
    clock: SharedClock,
    entropy: SharedEntropy,
    signer: Arc<dyn Signer>,
    endpoints: Endpoints,
    http: HttpClient,
    app_version: Option<String>,
    device_model: Option<String>,
}

impl Shared {
    fn outbox<T>(&self, work: impl FnOnce(&mut Outbox) -> Result<T, OutboxError>) -> Result<T, BridgeError> {
        // A panic elsewhere leaves the connection whole: its transaction was rolled back.
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(outbox.as_mut().ok_or(BridgeError::Closed)?)?)
    }

    fn unsaved(&self) -> MutexGuard<'_, Vec<Alert>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> MutexGuard<'_, (LinkState, UnixMs)> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One phone.
pub struct Bridge {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Bridge {
    /// Opens the phone's data at `path` (a file, made if it is not there) and begins to send what waits in it.
    ///
    /// # Errors
    /// When the file cannot be used, the address is none, or the key cannot be made.
    pub fn open(
        path: &Path,
        config: Config,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<Self, BridgeError> {
        Self::open_listening(path, config, clock, entropy).map(|(bridge, _)| bridge)
    }

    /// The same, with a listener that misses nothing from the first attempt to connect on.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_listening(
        path: &Path,
        config: Config,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<(Self, Events), BridgeError> {
        let endpoints = Endpoints::parse(&config.server_url)?.trusting(config.trust);
        let http = HttpClient::new(endpoints.clone())?;
        let mut outbox = Outbox::open(path)?;
        let signer = match config.signer {
            Some(signer) => signer,
            None => Arc::new(software_signer(&mut outbox, &entropy)?),
        };
        let shared = Arc::new(Shared {
            outbox: Mutex::new(Some(outbox)),
            unsaved: Mutex::new(Vec::new()),
            events: broadcast::channel(EVENTS_WAITING_MAX).0,
            link: Mutex::new((LinkState::Offline { retry_in_ms: 0 }, clock.now())),
            closing: Notify::new(),
            clock,
            entropy,
            signer,
            endpoints,
            http,
            app_version: config.app_version,
            device_model: config.device_model,
        });
        let events = Events::of(&shared.events);
        let (commands, requests) = mpsc::channel(COMMANDS_WAITING_MAX);
        let thread = Driver::start(Arc::clone(&shared), requests)
            .map_err(|error| BridgeError::Start(error.to_string()))?;
        Ok((Self { shared, commands, thread: Mutex::new(Some(thread)) }, events))
    }

    /// Enrols this phone with a single-use code. The same code may be tried again after a failure.
    ///
    /// # Errors
    /// [`BridgeError::problem`] has `code_unknown`, `code_used` or `code_expired` if the service refused.
    pub async fn enrol(&self, code: String) -> Result<Enrolment, BridgeError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Enrol { code, reply }).await.map_err(|_| BridgeError::Closed)?;
        answer.await.map_err(|_| BridgeError::Closed)?
    }

    /// Who this phone is; none before enrolment.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, BridgeError> {
        Ok(self.shared.outbox(|outbox| outbox.identity())?.map(Enrolment::from))
    }

    /// SOS. When this returns the alert is on disk (or [`Pressed::saved`] is false), and is on its way. Works without
    /// enrolment as well: then the case is marked *unverified*.
    pub fn press(&self, details: PressDetails) -> Pressed {
        let now = self.shared.clock.now();
        let alert = details.into_alert(&*self.shared.entropy, now);
        let kept = self.shared.outbox(|outbox| outbox.press(&alert, now));
        let pressed = match kept {
            Ok(alert_id) => {
                if alert_id != alert.alert_id {
                    self.fold(alert_id, alert, now);
                }
                Pressed { alert_id, saved: true }
            }
            Err(error) => {
                tracing::error!(%error, "a press could not be stored and is sent from memory");
                let alert_id = alert.alert_id;
                let mut unsaved = self.shared.unsaved();
                if unsaved.len() >= UNSAVED_MAX {
                    unsaved.remove(0);
                }
                unsaved.push(alert);
                Pressed { alert_id, saved: false }
            }
        };
        self.nudge(Command::Acted);
        pressed
    }

    /// Takes a press back, with the worker's PIN if one was set. It stays an alert; the desk decides what that means.
    /// Nothing happens if it was taken back before or is not known here. Ends a drill.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    pub fn cancel(&self, alert_id: AlertId, pin: Option<Pin>) -> Result<(), BridgeError> {
        let now = self.shared.clock.now();
        self.shared.outbox(|outbox| outbox.cancel(alert_id, pin.as_ref(), now))?;
        self.nudge(Command::Acted);
        Ok(())
    }

    /// Keeps measured locations for the open alert and sends them, newest first. Tells how many were kept: places
    /// that are not on earth are not.
    ///
    /// # Errors
    /// [`BridgeError::NoAlert`], or when the outbox cannot be written.
    pub fn send_fixes(&self, positions: Vec<Position>) -> Result<u32, BridgeError> {
        let now = self.shared.clock.now();
        let fixes: Vec<Fix> =
            positions.into_iter().filter_map(|p| p.into_fix(&*self.shared.entropy, now)).collect();
        let alert_id = self.open_alert()?.ok_or(BridgeError::NoAlert)?;
        self.shared.outbox(|outbox| outbox.add_fixes(alert_id, &fixes))?;
        self.nudge(Command::Changed);
        Ok(u32::try_from(fixes.len()).unwrap_or(u32::MAX))
    }

    /// Writes to the desk, in the case of the newest alert.
    ///
    /// # Errors
    /// [`BridgeError::Text`], [`BridgeError::NoAlert`], or when the outbox cannot be written.
    pub fn write(&self, text: &str) -> Result<MessageId, BridgeError> {
        let (text, cut) = lenient::text(text, TEXT_CHARS_MAX);
        if cut || text.trim().is_empty() {
            return Err(BridgeError::Text);
        }
        let now = self.shared.clock.now();
        let message_id = MessageId(self.shared.entropy.uuid_v7(now));
        let newest = self.shared.outbox(|outbox| outbox.alerts(1))?;
        let alert_id = newest.first().copied().ok_or(BridgeError::NoAlert)?;
        let message = QueuedMessage { message_id, alert_id, text, device_time_ms: now };
        self.shared.outbox(|outbox| outbox.write_message(&message))?;
        self.nudge(Command::Acted);
        Ok(message_id)
    }

    /// Listens from now on.
    #[must_use]
    pub fn subscribe(&self) -> Events {
        Events::of(&self.shared.events)
    }

    /// How far an alert has got; none if this phone does not know it.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn alert_state(&self, alert_id: AlertId) -> Result<Option<AlertState>, BridgeError> {
        self.shared.outbox(|outbox| outbox.alert_state(alert_id))
    }

    /// The newest alert that is not closed.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn open_alert(&self) -> Result<Option<AlertId>, BridgeError> {
        self.shared.outbox(|outbox| outbox.open_alert())
    }

    /// How the link is, and since when by the phone's clock.
    pub fn link(&self) -> (LinkState, UnixMs) {
        *self.shared.link()
    }

    /// The chat, oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn messages(&self) -> Result<Vec<ChatMessage>, BridgeError> {
        self.shared.outbox(|outbox| outbox.messages())
    }

    /// The platform saw another network, or the app came to the front.
    pub fn network_changed(&self) {
        self.nudge(Command::NetworkChanged);
    }

    /// The clock may have jumped (the phone slept): looks at what is due.
    pub fn resumed(&self) {
        self.nudge(Command::Changed);
    }

    /// Ends the thread and closes the file. What waits stays in the outbox.
    pub fn close(&self) {
        self.shared.closing.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            drop(thread.join());
        }
        self.shared.outbox.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// So many presses wait that this one only adds to the newest of them: where, and the words.
    fn fold(&self, into: AlertId, alert: Alert, now: UnixMs) {
        let kept = self.shared.outbox(|outbox| {
            let position = alert.position.map_or(Ok(()), |fix| outbox.add_fixes(into, &[fix]));
            let words = alert.text.map_or(Ok(()), |text| {
                let message_id = MessageId(alert.alert_id.0);
                outbox.write_message(&QueuedMessage { message_id, alert_id: into, text, device_time_ms: now })
            });
            position.and(words)
        });
        if let Err(error) = kept {
            tracing::warn!(%error, "details of a press were not kept beside the waiting one");
        }
    }

    fn nudge(&self, command: Command) {
        // A full channel means that the thread has enough reasons to look already.
        drop(self.commands.try_send(command));
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.close();
    }
}

fn software_signer(outbox: &mut Outbox, entropy: &SharedEntropy) -> Result<SoftwareSigner, BridgeError> {
    if let Some(secret) = outbox.secret_key()? {
        return Ok(SoftwareSigner::from_secret(&secret)?);
    }
    let signer = SoftwareSigner::generate(&**entropy)?;
    outbox.set_secret_key(&signer.secret())?;
    Ok(signer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::ambient::{SeededEntropy, SystemClock};

    async fn until_told_not_sent(events: &Events, alert_id: AlertId) {
        loop {
            match events.next().await {
                Some(BridgeEvent::NotSentYet { alert_id: told, .. }) if told == alert_id => return,
                Some(_) => {}
                None => panic!("the bridge closed"),
            }
        }
    }

    #[tokio::test]
    async fn a_press_that_the_disk_refuses_is_sent_from_memory_and_stored_when_it_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox.db");
        // Nobody listens on the discard port.
        let config = Config::new("http://127.0.0.1:9");
        let bridge =
            Bridge::open(&path, config, Arc::new(SystemClock::new()), SeededEntropy::new(1)).unwrap();
        let events = bridge.subscribe();
        bridge.shared.outbox(|outbox| outbox.refuse_writes(true)).unwrap();
        let pressed = bridge.press(PressDetails::default());
        assert!(!pressed.saved);
        until_told_not_sent(&events, pressed.alert_id).await;
        assert_eq!(bridge.alert_state(pressed.alert_id).unwrap(), None);

        bridge.shared.outbox(|outbox| outbox.refuse_writes(false)).unwrap();
        until_told_not_sent(&events, pressed.alert_id).await;
        assert!(bridge.alert_state(pressed.alert_id).unwrap().is_some_and(|state| state.queued));
    }
}
