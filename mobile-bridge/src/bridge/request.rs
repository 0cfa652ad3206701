//! What an enrolled phone asks of the service over HTTP, signed with its key. Nothing of it is kept here until it goes
//! through: the app asks again.

use serde::Serialize;
use sha2::{Digest, Sha256};
use sos_protocol::http::{CheckIn, PushTarget, SetPins};
use sos_protocol::{CheckInId, Fix, Pin, proof};
use tokio::sync::oneshot;

use super::driver::Command;
use super::{Bridge, BridgeError, Position, Shared};
use crate::transport::DeviceCall;

/// A request that waits for its signature.
pub(super) struct Request {
    method: &'static str,
    path: &'static str,
    body: Vec<u8>,
}

impl Request {
    fn new(method: &'static str, path: &'static str, body: &impl Serialize) -> Self {
        // The bodies are structs of text and numbers: they always have a JSON form.
        Self { method, path, body: serde_json::to_vec(body).unwrap_or_default() }
    }

    /// With the credential and signature of this phone.
    pub(super) fn signed(self, shared: &Shared) -> Result<DeviceCall, BridgeError> {
        let identity = shared.outbox(|outbox| outbox.identity())?.ok_or(BridgeError::NotEnrolled)?;
        let digest: String = Sha256::digest(&self.body).iter().map(|byte| format!("{byte:02x}")).collect();
        let signature =
            shared.signer.sign(&proof::request(self.method, &format!("/{}", self.path), &digest))?;
        let Self { method, path, body } = self;
        Ok(DeviceCall { method, path, credential: identity.credential, signature, body })
    }
}

impl Bridge {
    /// Where this phone can be told something while its app sleeps; none: nowhere any more. To be called whenever the
    /// platform gives another token.
    ///
    /// # Errors
    /// [`BridgeError::NotEnrolled`], or what the service says.
    pub async fn set_push_target(&self, target: Option<PushTarget>) -> Result<(), BridgeError> {
        const PATH: &str = "api/device/push";
        self.ask(match target {
            Some(target) => Request::new("PUT", PATH, &target),
            None => Request { method: "DELETE", path: PATH, body: vec![] },
        })
        .await
    }

    /// Sets the PIN that takes a press back, and the other one that looks the same and says that the worker is made to do
    /// it. `old_pin` is needed once there is one.
    ///
    /// # Errors
    /// [`BridgeError::NotEnrolled`]; [`BridgeError::problem`] has `pin_needed`, `pin_wrong` or `rate_limited`.
    pub async fn set_pins(&self, pin: Pin, other_pin: Pin, old_pin: Option<Pin>) -> Result<(), BridgeError> {
        self.ask(Request::new("PUT", "api/device/pins", &SetPins { pin, other_pin, old_pin })).await
    }

    /// "Tôi ổn": a safe check-in. Ends no case.
    ///
    /// # Errors
    /// [`BridgeError::NotEnrolled`], or what the service says.
    pub async fn check_in(&self, position: Option<Position>) -> Result<(), BridgeError> {
        let now = self.shared.clock.now();
        let entropy = &*self.shared.entropy;
        let position: Option<Fix> = position.and_then(|position| position.into_fix(entropy, now));
        let check_in_id = CheckInId(entropy.uuid_v7(now));
        let body = CheckIn { check_in_id, waited_ms: None, position };
        self.ask(Request::new("POST", "api/device/check-ins", &body)).await
    }

    async fn ask(&self, request: Request) -> Result<(), BridgeError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Ask { request, reply }).await.map_err(|_| BridgeError::Closed)?;
        answer.await.map_err(|_| BridgeError::Closed)?
    }
}
