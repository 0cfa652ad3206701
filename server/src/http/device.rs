//! Requests that an enrolled phone signs, and what a phone sets for itself with them.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts as RequestHead;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sos_core::frames;
use sos_protocol::http::{PhoneSettings, PushTarget};
use sos_protocol::limits::FRAME_BYTES_MAX;
use sos_protocol::proof::{self, CREDENTIAL_HEADER, SIGNATURE_HEADER};
use sos_protocol::{DeviceId, ErrorCode, Unverified, WorkerId};

use super::problem::{Answer, Failed};
use super::{Shared, body};
use crate::auth::credential::Identity;
use crate::auth::secret::hex;
use crate::store::push::PushKind;

/// A request with the credential of a device that is still good, signed by the device's key.
pub(super) struct SignedDevice<T> {
    pub(super) device_id: DeviceId,
    pub(super) worker_id: WorkerId,
    /// It is somebody else's phone, signed in with the worker's card.
    pub(super) is_borrowed: bool,
    /// Read strictly; `()` for a request without a body.
    pub(super) body: T,
}

impl<T: DeserializeOwned> FromRequest<Shared> for SignedDevice<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Failed> {
        let (head, body) = request.into_parts();
        let body = body::whole(body, FRAME_BYTES_MAX).await?;
        let Identity { device_id, worker_id, until, .. } = signer(&head, &body, shared).await?;
        let body = frames::from_slice(if body.is_empty() { b"null" } else { &body })?;
        Ok(Self { device_id, worker_id, is_borrowed: until.is_some(), body })
    }
}

/// The device that signed a request with this body.
pub(super) async fn signer(head: &RequestHead, body: &[u8], shared: &Shared) -> Answer<Identity> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let text = proof::request(head.method.as_str(), path, &hex(&Sha256::digest(body)));
    let (credential, signature) = (header(CREDENTIAL_HEADER), header(SIGNATURE_HEADER));
    let now = shared.clock.now();
    let checked = shared.credentials.check(credential, signature, &text, now);
    let identity = match (checked.identity, checked.unverified) {
        (Some(identity), None) => identity,
        (_, unverified) => return Err(refusal(unverified)),
    };
    let devices = shared.store.devices(&[identity.device_id.0], now).await?;
    if !devices.iter().any(|device| device.worker_id == identity.worker_id && !device.revoked) {
        return Err(refusal(Some(Unverified::DeviceRevoked)));
    }
    Ok(identity)
}

fn refusal(why: Option<Unverified>) -> Failed {
    match why {
        Some(Unverified::NoCredential | Unverified::Sms) | None => {
            Failed::because(ErrorCode::CredentialInvalid, "there is none")
        }
        Some(Unverified::CredentialInvalid) => Failed::code(ErrorCode::CredentialInvalid),
        Some(Unverified::CredentialExpired) => Failed::code(ErrorCode::CredentialExpired),
        Some(Unverified::ProofInvalid) => Failed::code(ErrorCode::ProofInvalid),
        Some(Unverified::DeviceUnknown | Unverified::DeviceRevoked) => Failed::code(ErrorCode::DeviceRevoked),
    }
}

pub(super) async fn set_push(
    State(parts): State<Shared>,
    request: SignedDevice<PushTarget>,
) -> Answer<StatusCode> {
    let target = request.body;
    if !parts.push.offers(PushKind::of(&target)) {
        return Err(Failed::because(ErrorCode::NotFound, "this kind of push is not set up"));
    }
    parts.push.check(&target).map_err(|field| Failed::because(ErrorCode::InvalidField, field))?;
    let now = parts.clock.now();
    let target_id = parts.entropy.uuid_v7(now);
    parts.store.set_push_target(request.device_id, request.worker_id, &target, target_id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn forget_push(
    State(parts): State<Shared>,
    request: SignedDevice<()>,
) -> Answer<StatusCode> {
    parts.store.forget_push_target(request.device_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a phone has to know of this service.
pub(super) async fn settings(State(parts): State<Shared>) -> axum::Json<PhoneSettings> {
    let (web_push_key, sms_number) = (parts.push.public_key(), parts.sms_number.clone());
    axum::Json(PhoneSettings { web_push_key, sms_number })
}
