//! Safe check-ins ("Tôi ổn").

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use sos_core::frames;
use sos_protocol::ErrorCode;
use sos_protocol::http::CheckIn;

use super::Shared;
use super::device::SignedDevice;
use super::problem::{Answer, Failed};
use crate::store::check_ins::{CheckInTaken, NewCheckIn};

pub(super) async fn check_in(
    State(parts): State<Shared>,
    request: SignedDevice<Value>,
) -> Answer<StatusCode> {
    let received_at = parts.clock.now();
    let CheckIn { check_in_id, waited_ms, position } = frames::check_in(&request.body, received_at)?;
    let new = NewCheckIn {
        check_in_id,
        worker_id: request.worker_id,
        device_id: request.device_id,
        at: received_at.plus_ms(-waited_ms.unwrap_or(0)),
        received_at,
        position,
    };
    match parts.store.save_check_in(&new).await? {
        CheckInTaken::Taken => Ok(StatusCode::NO_CONTENT),
        CheckInTaken::IdReused => Err(Failed::code(ErrorCode::IdReused)),
        CheckInTaken::TooMany => {
            Err(Failed::because(ErrorCode::RateLimited, "too many check-ins; later again"))
        }
    }
}
