//! The same for apps in Kotlin, Swift and Python, by UniFFI: `ops/bindings` makes their side of it.
//!
//! Ids are text, times are milliseconds since 1970-01-01T00:00:00Z. Every call but `enrol` does its work on disk and
//! returns; getting things to the service is the business of the bridge's own thread, telling the app of another one
//! (see [`SosListener`]). So a bridge has two threads, and a third with a [`SosSigner`], however much waits.

mod error;
mod event;
mod listener;
mod said;
mod signer;
mod told;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sos_protocol::ambient::{SharedClock, SystemClock, SystemEntropy};
use sos_protocol::http::PushTarget;
use sos_protocol::{AlertId, Pin, limits};
use tokio::sync::Notify;

pub use error::SosError;
pub use event::{DroppedField, LinkState, SosEvent};
pub use listener::{ListenerError, SosListener};
pub use said::{EmergencyKind, Fix, FixSource, Trigger};
pub use signer::{SignerFailure, SosSigner};
pub use told::{
    AlertState, CancelState, Disposition, Enrolment, Message, Pressed, Receipt, Stage, UnverifiedReason,
};

use crate::bridge::{self, Bridge, PressDetails};
use crate::fix_rate;
use crate::transport::Trust;
use signer::KeyStore;

/// In the data folder.
const FILE: &str = "outbox.db";

/// Where the phone keeps its data, and which service it calls.
#[derive(Debug, Clone, uniffi::Record)]
pub struct SosConfig {
    /// A folder of the app that no backup takes along and no other app reads; made if it is not there.
    pub data_folder: String,
    /// Of the service, `https://…`; `http://…` for trials.
    pub gateway_url: String,
    /// Of the app, for the service's log, at most 40 characters.
    #[uniffi(default = None)]
    pub app_version: Option<String>,
    /// Kind of phone, for the worker's profile, at most 80 characters.
    #[uniffi(default = None)]
    pub device_model: Option<String>,
    /// Certificates in PEM that alone are believed for the service; none: the public roots, as of this build.
    #[uniffi(default = None)]
    pub trusted_roots_pem: Option<String>,
}

/// One phone. Make one and keep it as long as the process lives: the data can be open once at a time.
#[derive(uniffi::Object)]
pub struct SosBridge {
    bridge: Bridge,
    clock: SharedClock,
    closing: Arc<Notify>,
    closed: AtomicBool,
}

#[uniffi::export]
impl SosBridge {
    /// Opens the phone's data and begins to send what waits in it. Without a `signer` the device key is made here
    /// and kept in the data folder. Another signer than the one that enrolled is another phone: enrol again.
    ///
    /// # Errors
    /// `InUse`, `NewerData`, `Storage`, `Address`, `Trust`, `Key`, `Start`.
    #[uniffi::constructor(default(signer = None))]
    pub fn open(
        config: SosConfig,
        listener: Arc<dyn SosListener>,
        signer: Option<Arc<dyn SosSigner>>,
    ) -> Result<Arc<Self>, SosError> {
        let folder = Path::new(&config.data_folder);
        std::fs::create_dir_all(folder)
            .map_err(|error| SosError::Storage { detail: error.kind().to_string() })?;
        let trust = match &config.trusted_roots_pem {
            Some(pem) => Trust::only(pem)?,
            None => Trust::public(),
        };
        let mut core = bridge::Config::new(&config.gateway_url);
        core.app_version = config.app_version;
        core.device_model = config.device_model;
        core.trust = Some(trust);
        if let Some(signer) = signer {
            core.signer = Some(Arc::new(KeyStore::open(signer)?));
        }
        let clock: SharedClock = Arc::new(SystemClock::new());
        let (bridge, events) =
            Bridge::open_listening(&folder.join(FILE), core, Arc::clone(&clock), Arc::new(SystemEntropy))?;
        let closing = Arc::new(Notify::new());
        listener::start(events, listener, Arc::clone(&clock), Arc::clone(&closing))?;
        Ok(Arc::new(Self { bridge, clock, closing, closed: AtomicBool::new(false) }))
    }

    /// Makes this phone known with a single-use code. The same code may be tried again after a failure.
    ///
    /// # Errors
    /// `CodeUnknown`, `CodeUsed`, `CodeExpired`: another code is needed. `Unreachable`: later again. `Key`, `Storage`.
    pub async fn enrol(&self, code: String) -> Result<Enrolment, SosError> {
        Ok(self.bridge.enrol(code).await?.into())
    }

    /// Who this phone is; none before enrolment.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, SosError> {
        Ok(self.bridge.enrolment()?.map(Enrolment::from))
    }

    /// SOS. When this returns, the alert is on disk (or `saved` is false) and on its way. Never wait for a fix, for
    /// the network or for an enrolment before calling it. `text` is cut at 500 characters. With `drill` it is a test of the
    /// whole path, marked as such everywhere; [`Self::cancel`] ends it.
    ///
    /// # Errors
    /// `Closed`, and nothing else: values that cannot be are left out.
    #[uniffi::method(default(position = None, kind = None, text = None, battery_pct = None, drill = false))]
    pub fn press(
        &self,
        trigger: Trigger,
        position: Option<Fix>,
        kind: Option<EmergencyKind>,
        text: Option<String>,
        battery_pct: Option<i32>,
        drill: bool,
    ) -> Result<Pressed, SosError> {
        let pressed = self.bridge.press(PressDetails {
            position: position.map(Into::into),
            trigger: Some(trigger.into()),
            kind: kind.map(Into::into),
            text,
            battery_pct: said::charge(battery_pct),
            drill,
        });
        // From memory nothing is sent any more after the end.
        if !pressed.saved && self.closed.load(Ordering::SeqCst) {
            return Err(SosError::Closed);
        }
        Ok(pressed.into())
    }

    /// Takes a press back ("Bấm nhầm"). It stays an alert; the desk decides what that means. To be offered for
    /// [`cancel_window_s`] seconds. With the `pin` that the worker typed, if one was set. A second time nothing happens;
    /// after `CancelRefused` it can be tried again. Ends a drill.
    ///
    /// # Errors
    /// `Id`, `Pin`, `Storage`, `Closed`.
    #[uniffi::method(default(pin = None))]
    pub fn cancel(&self, alert_id: String, pin: Option<String>) -> Result<(), SosError> {
        let pin = pin.map(|pin| read_pin(&pin)).transpose()?;
        Ok(self.bridge.cancel(read_id(&alert_id)?, pin)?)
    }

    /// Keeps fixes for the open alert, oldest first, and sends them, newest first. Tells how many were kept: places
    /// that are not on earth are not.
    ///
    /// # Errors
    /// `NoAlert`, `Storage`, `Closed`.
    pub fn send_fixes(&self, fixes: Vec<Fix>) -> Result<u32, SosError> {
        Ok(self.bridge.send_fixes(fixes.into_iter().map(Into::into).collect())?)
    }

    /// In how many seconds the next fix is to be measured and sent, so that the desk sees the way and the battery
    /// lasts; none: no alert is open, stop measuring. An unknown charge counts as enough. After `LocateAsked` it is 1 until a
    /// fix was handed over.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    #[uniffi::method(default(battery_pct = None))]
    pub fn next_fix_in_s(&self, battery_pct: Option<i32>) -> Result<Option<u32>, SosError> {
        let Some(alert_id) = self.bridge.open_alert()? else { return Ok(None) };
        let Some(state) = self.bridge.alert_state(alert_id)? else { return Ok(None) };
        if state.fix_owed {
            return Ok(Some(fix_rate::INTERVAL_ASKED_S));
        }
        let since_ms = self.clock.now().since_ms(state.pressed_at_ms).max(0);
        let since_s = u32::try_from(since_ms / 1_000).unwrap_or(u32::MAX);
        Ok(Some(fix_rate::interval_s(since_s, said::charge(battery_pct))))
    }

    /// Where this phone is told something while the app sleeps: the registration token of Firebase Cloud Messaging; none: not
    /// any more. Call it after the enrolment and whenever the platform gives another token. Not kept: on `Unreachable` call
    /// it again later.
    ///
    /// # Errors
    /// `NotEnrolled`, `Unreachable`, `Refused`, `Key`, `Storage`, `Closed`.
    pub async fn set_push_token(&self, fcm_token: Option<String>) -> Result<(), SosError> {
        Ok(self.bridge.set_push_target(fcm_token.map(|token| PushTarget::Fcm { token })).await?)
    }

    /// Sets the PIN that [`Self::cancel`] needs from then on, and another one that does the same to the eye and tells the
    /// officers that the worker is made to do it. `old_pin` is needed once there is one. Keep neither of them.
    ///
    /// # Errors
    /// `Pin`, `PinNeeded`, `PinWrong`, `NotEnrolled`, `Unreachable` (also after too many tries), `Refused`, `Key`, `Storage`,
    /// `Closed`.
    #[uniffi::method(default(old_pin = None))]
    pub async fn set_pins(
        &self,
        pin: String,
        other_pin: String,
        old_pin: Option<String>,
    ) -> Result<(), SosError> {
        let (pin, other_pin) = (read_pin(&pin)?, read_pin(&other_pin)?);
        let old_pin = old_pin.map(|pin| read_pin(&pin)).transpose()?;
        Ok(self.bridge.set_pins(pin, other_pin, old_pin).await?)
    }

    /// "Tôi ổn": tells the service that the worker is well, and where. Ends no case. Not kept: on `Unreachable` call it again
    /// later.
    ///
    /// # Errors
    /// `NotEnrolled`, `Unreachable`, `Refused`, `Key`, `Storage`, `Closed`.
    #[uniffi::method(default(position = None))]
    pub async fn check_in(&self, position: Option<Fix>) -> Result<(), SosError> {
        Ok(self.bridge.check_in(position.map(Into::into)).await?)
    }

    /// Writes to the desk, in the case of the newest alert; 1 to 2,000 characters. Tells the message's id, which
    /// `Accepted` names when the service has it.
    ///
    /// # Errors
    /// `Text`, `NoAlert`, `TooManyMessages`, `Storage`, `Closed`.
    pub fn send_message(&self, text: String) -> Result<String, SosError> {
        Ok(self.bridge.write(&text)?.to_string())
    }

    /// How far an alert has got; none if this phone does not know it.
    ///
    /// # Errors
    /// `Id`, `Storage`, `Closed`.
    pub fn alert_state(&self, alert_id: String) -> Result<Option<AlertState>, SosError> {
        Ok(self.bridge.alert_state(read_id(&alert_id)?)?.map(AlertState::from))
    }

    /// The newest alert that is not closed.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub fn open_alert(&self) -> Result<Option<String>, SosError> {
        Ok(self.bridge.open_alert()?.map(|id| id.to_string()))
    }

    /// The chat, oldest first.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub fn messages(&self) -> Result<Vec<Message>, SosError> {
        Ok(self.bridge.messages()?.into_iter().map(Message::from).collect())
    }

    /// How the link is.
    pub fn link_state(&self) -> LinkState {
        let (state, since) = self.bridge.link();
        LinkState::of(state, since)
    }

    /// The platform saw another network, or a push hint came: looks at once whether there is something to hear.
    pub fn network_changed(&self) {
        self.bridge.network_changed();
    }

    /// The app is on the screen again, or was woken: the phone may have slept, and the link may be dead.
    pub fn came_to_front(&self) {
        self.bridge.network_changed();
    }

    /// Ends the threads and closes the data; what waits stays there. Takes up to 3 s (a good-bye, a signature), so
    /// not on the screen's thread. One event that is under way may still come.
    pub fn shut_down(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.closing.notify_one();
        self.bridge.close();
    }
}

impl Drop for SosBridge {
    fn drop(&mut self) {
        self.closing.notify_one();
    }
}

/// For how many seconds after a press the app offers to take it back.
#[uniffi::export]
#[must_use]
pub fn cancel_window_s() -> u32 {
    limits::CANCEL_WINDOW_S
}

fn read_pin(text: &str) -> Result<Pin, SosError> {
    Pin::parse(text).ok_or(SosError::Pin)
}

fn read_id(text: &str) -> Result<AlertId, SosError> {
    text.parse().map_err(|_| SosError::Id)
}

#[cfg(test)]
mod tests;
