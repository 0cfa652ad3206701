//! The worker's PINs, and somebody else's phone that speaks for a worker by card and PIN.

use axum::extract::State;
use axum::http::StatusCode;
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::{CardRequest, Enrolled, SetPins};
use sos_protocol::{ErrorCode, proof};

use super::Shared;
use super::body::Json;
use super::device::SignedDevice;
use super::problem::{Answer, Failed};
use crate::auth::credential::{Identity, public_key, signed_by};
use crate::pins::PinError;

impl From<PinError> for Failed {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Store(error) => error.into(),
            PinError::Hash(error) => {
                tracing::error!(%error, "a PIN cannot be hashed");
                Self::code(ErrorCode::Internal)
            }
            PinError::Needed | PinError::Wrong | PinError::TooMany | PinError::Same => {
                Self::because(error.code(), &error.to_string())
            }
        }
    }
}

/// A borrowed phone is not verified enough for this: whoever owns it could keep the worker out of their own case.
pub(super) async fn set(State(parts): State<Shared>, request: SignedDevice<SetPins>) -> Answer<StatusCode> {
    if request.is_borrowed {
        return Err(Failed::because(ErrorCode::NotVerified, "not with a borrowed phone"));
    }
    parts.pins.set(request.worker_id, &request.body).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sign_in_by_card(
    State(parts): State<Shared>,
    Json(request): Json<CardRequest>,
) -> Answer<axum::Json<Enrolled>> {
    let card = proof::normal_code(&request.card);
    let key = public_key(&request.public_key)
        .ok_or_else(|| Failed::because(ErrorCode::InvalidField, "public_key: not a point of P-256"))?;
    if !signed_by(&request.public_key, &request.signature, &proof::card(&card, &request.public_key)) {
        return Err(Failed::code(ErrorCode::ProofInvalid));
    }
    let borrowed = parts.pins.sign_in(&card, &request.pin, &key).await?;
    let worker = borrowed.worker;
    let contract_country = worker.contract_country;
    // Whoever owns the phone need not know where the worker lives and whom to call.
    let worker = WorkerProfile { phone: None, employer: None, address: None, ..worker };
    let identity = Identity {
        device_id: borrowed.device_id,
        worker_id: worker.worker_id,
        contract_country,
        public_key: request.public_key,
        made_at: parts.clock.now(),
        until: Some(borrowed.until),
    };
    Ok(axum::Json(Enrolled {
        device_id: borrowed.device_id,
        credential: parts.credentials.make(&identity),
        credential_expires_ms: borrowed.until,
        worker,
    }))
}
