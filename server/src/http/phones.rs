//! Alerts over plain HTTP.

use axum::extract::{Path, Request, State};
use serde_json::Value;
use sos_core::frames;
use sos_protocol::http::AlertStatus;
use sos_protocol::lenient::{self, Cleaned};
use sos_protocol::{Alert, AlertId, ErrorCode, Receipt, UnixMs, proof};

use super::problem::{Answer, Failed};
use super::{Shared, body};
use crate::intake::{Item, Origin};

/// An SOS: whatever can be read of it is taken.
pub(super) async fn post_alert(
    State(parts): State<Shared>,
    request: Request,
) -> Answer<axum::Json<AlertStatus>> {
    let now = parts.clock.now();
    let (head, whole) = body::head(request.into_body()).await?;
    let (Cleaned { value: alert, dropped }, beside) = read(&head, whole, now)?;
    let alert_id = alert.alert_id;
    let member = |name: &str| beside.get(name).and_then(Value::as_str);
    let message = proof::alert(alert_id);
    let checked = parts.credentials.check(member("credential"), member("signature"), &message, now);
    let origin = Origin::from(&checked);
    let unverified = origin.unverified;
    let item = Item::Alert { alert, dropped: dropped.clone() };
    let at_ms = parts
        .intake
        .take(origin, item)
        .await
        .map_err(|not_taken| Failed::because(ErrorCode::Unavailable, &not_taken.to_string()))?;
    metrics::counter!("sos_alerts_received_total", "by" => "http").increment(1);
    let received = Receipt::received(alert_id, at_ms);
    Ok(axum::Json(AlertStatus { alert_id, receipts: vec![received], unverified, dropped }))
}

/// The alert and the members beside it.
fn read(head: &[u8], whole: bool, now: UnixMs) -> Answer<(Cleaned<Alert>, Value)> {
    match serde_json::from_slice::<Value>(head) {
        Ok(value) if whole => {
            let missing = || Failed::because(ErrorCode::MissingField, "alert");
            let alert = lenient::alert(value.get("alert").ok_or_else(missing)?, head, now);
            Ok((alert, value))
        }
        _ => {
            let text = String::from_utf8_lossy(head);
            let code = if whole { ErrorCode::MalformedJson } else { ErrorCode::TooLarge };
            frames::salvage_post(&text, code, now).ok_or_else(|| Failed::code(code))
        }
    }
}

/// How far an alert has got. Its random id is what entitles to know.
pub(super) async fn alert_status(
    State(parts): State<Shared>,
    Path(alert_id): Path<String>,
) -> Answer<axum::Json<AlertStatus>> {
    let not_found = || Failed::because(ErrorCode::NotFound, "not recorded yet, or never received");
    let alert_id: AlertId = alert_id.parse().map_err(|_| not_found())?;
    let (alert, receipts) = parts.cases.receipts(alert_id).await?.ok_or_else(not_found)?;
    Ok(axum::Json(AlertStatus { alert_id, receipts, unverified: alert.unverified, dropped: alert.dropped }))
}
