//! The thread that tells the app what happened.

use std::sync::Arc;

use sos_protocol::ambient::SharedClock;
use tokio::sync::Notify;

use super::{SosError, SosEvent};
use crate::bridge::Events;

/// Written by the app. It is called on a thread of the bridge's, one event after the other, never on the thread of
/// a caller; it may call the bridge. While it takes its time, up to 256 events wait; what comes then is told as one
/// `Missed`. It is held until the bridge is shut down.
#[uniffi::export(foreign)]
pub trait SosListener: Send + Sync {
    /// Something happened.
    ///
    /// # Errors
    /// What the app throws, expected or not; the event counts as told, and the next one comes.
    fn on_event(&self, event: SosEvent) -> Result<(), ListenerError>;
}

/// The app's listener failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// For the reason given.
    #[error("the listener failed: {reason}")]
    Failed {
        /// In English words, for developers.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: error.reason }
    }
}

/// Starts the thread; it ends with `closing` or with the bridge.
pub(super) fn start(
    events: Events,
    listener: Arc<dyn SosListener>,
    clock: SharedClock,
    closing: Arc<Notify>,
) -> Result<(), SosError> {
    let refuse = |error: std::io::Error| SosError::Start { detail: error.to_string() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(refuse)?;
    let tell = async move {
        loop {
            let event = tokio::select! {
                biased;
                () = closing.notified() => return,
                event = events.next() => event,
            };
            let Some(event) = event else { return };
            if listener.on_event(SosEvent::of(event, clock.now())).is_err() {
                // Not its reason: that may quote the worker's words.
                tracing::warn!("the app's listener failed");
            }
        }
    };
    let thread = std::thread::Builder::new().name("sos-listener".into());
    // Not joined: at the end it may be in the app's code, which may be waiting for the caller of `shut_down`.
    thread.spawn(move || runtime.block_on(tell)).map(drop).map_err(refuse)
}
