//! Enrolment: a single-use code and a device key become a credential.

use axum::extract::State;
use sos_protocol::http::{EnrolRequest, Enrolled};
use sos_protocol::{DeviceId, ErrorCode, proof};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use crate::auth::credential::{CREDENTIAL_MS, Identity, public_key, signed_by};
use crate::auth::secret::token_hash;
use crate::store::workers::CodeUse;

/// Longest device model that is kept, in characters.
const MODEL_CHARS_MAX: usize = 80;

pub(super) async fn enrol(
    State(parts): State<Shared>,
    Json(request): Json<EnrolRequest>,
) -> Answer<axum::Json<Enrolled>> {
    let now = parts.clock.now();
    let code = proof::normal_code(&request.code);
    let key = public_key(&request.public_key)
        .ok_or_else(|| Failed::because(ErrorCode::InvalidField, "public_key: not a point of P-256"))?;
    if !signed_by(&request.public_key, &request.signature, &proof::enrol(&code, &request.public_key)) {
        return Err(Failed::code(ErrorCode::ProofInvalid));
    }
    let model = request
        .device_model
        .map(|model| model.chars().filter(|c| !c.is_control()).take(MODEL_CHARS_MAX).collect::<String>());
    let device_id = DeviceId(parts.entropy.uuid_v7(now));
    let used = parts.store.use_code(token_hash(&code), device_id, &key, model.as_deref(), now).await?;
    let (device_id, worker) = match used {
        CodeUse::Enrolled(device_id, worker) => (device_id, worker),
        CodeUse::Unknown => return Err(Failed::code(ErrorCode::CodeUnknown)),
        CodeUse::Used => return Err(Failed::code(ErrorCode::CodeUsed)),
        CodeUse::Expired => return Err(Failed::code(ErrorCode::CodeExpired)),
    };
    let identity = Identity {
        device_id,
        worker_id: worker.worker_id,
        contract_country: worker.contract_country,
        public_key: request.public_key,
        made_at: now,
        until: None,
    };
    let credential = parts.credentials.make(&identity);
    Ok(axum::Json(Enrolled {
        device_id,
        credential,
        credential_expires_ms: now.plus_ms(CREDENTIAL_MS),
        worker,
    }))
}
