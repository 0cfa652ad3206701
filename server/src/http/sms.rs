//! SMS that came in at the service's number, as a gateway hands them on.
//!
//! The shape is that of the webhook `sms:received` of SMS Gateway for Android: `X-Signature` is the HMAC-SHA-256, in hex, of
//! the body followed by the text of `X-Timestamp`. A repeat does no harm: an alert is known by its id.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use sos_core::frames;
use sos_protocol::http::SmsTaken;
use sos_protocol::limits::ALERT_TEXT_CHARS_MAX;
use sos_protocol::sms::SmsAlert;
use sos_protocol::{Alert, AlertId, DeviceId, ErrorCode, Unverified, lenient};
use uuid::Uuid;

use super::problem::{Answer, Failed};
use super::{Shared, body};
use crate::auth::secret::mac_fits;
use crate::intake::{Item, Origin};

/// Longest telephone number that is kept, in characters: 15 digits (E.164), a plus, and spaces between them.
const NUMBER_CHARS_MAX: usize = 32;
/// What the text of a person in need begins with, where it is no text of the app.
const CALL: &str = "SOS";

#[derive(Deserialize)]
struct Webhook {
    event: String,
    payload: Sms,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sms {
    /// May be missing, as the number may: neither is a reason to refuse an SOS.
    message_id: Option<String>,
    phone_number: Option<String>,
    message: String,
}

/// An SMS: the text of the app becomes the alert that it stands for; anything else that begins with SOS becomes an alert
/// with these words. The rest is left to the gateway.
pub(super) async fn inbound(
    State(parts): State<Shared>,
    headers: HeaderMap,
    request: Request,
) -> Answer<axum::Json<SmsTaken>> {
    let key = parts.sms_key.as_ref().ok_or_else(|| Failed::code(ErrorCode::NotFound))?;
    let (body, whole) = body::head(request.into_body()).await?;
    if !whole {
        return Err(Failed::because(ErrorCode::TooLarge, "the body is too large"));
    }
    if !is_signed(key, &headers, &body) {
        return Err(Failed::because(ErrorCode::Forbidden, "X-Signature does not fit"));
    }
    let Webhook { event, payload: sms } = frames::from_slice(&body)?;
    let Some((alert, device_id)) = alert(&sms).filter(|_| event == "sms:received") else {
        metrics::counter!("sos_sms_left_total").increment(1);
        return Ok(axum::Json(SmsTaken { alert_id: None }));
    };
    let alert_id = alert.alert_id;
    let (number, _) = lenient::text(sms.phone_number.as_deref().unwrap_or_default(), NUMBER_CHARS_MAX);
    let origin = Origin {
        device_id,
        unverified: Some(Unverified::Sms),
        sms_from: Some(number).filter(|number| !number.is_empty()),
        ..Origin::default()
    };
    let taken = parts.intake.take(origin, Item::Alert { alert, dropped: vec![] }).await;
    // The gateway tries again.
    taken.map_err(|not_taken| Failed::because(ErrorCode::Unavailable, &not_taken.to_string()))?;
    metrics::counter!("sos_alerts_received_total", "by" => "sms").increment(1);
    Ok(axum::Json(SmsTaken { alert_id: Some(alert_id) }))
}

fn is_signed(key: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(signature), Some(timestamp)) = (header("x-signature"), header("x-timestamp")) else {
        return false;
    };
    let Some(tag) = hex(signature) else { return false };
    mac_fits(key.as_bytes(), &[body, timestamp.as_bytes()].concat(), &tag)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// The alert, and the phone that it says it comes from.
fn alert(sms: &Sms) -> Option<(Alert, Option<DeviceId>)> {
    if let Ok(read) = SmsAlert::read(&sms.message) {
        return Some((read.alert(), read.device_id));
    }
    let words = sms.message.trim();
    let begins = words.get(..CALL.len()).is_some_and(|head| head.eq_ignore_ascii_case(CALL));
    begins.then(|| (in_words(sms, words), None))
}

/// A text that a person typed, or that was damaged on the way: nothing is read out of it, people read it.
fn in_words(sms: &Sms, words: &str) -> Alert {
    let known = |id: &Option<String>| id.clone().unwrap_or_default();
    let whose = [known(&sms.message_id), known(&sms.phone_number), sms.message.clone()].join("\0");
    let (text, _) = lenient::text(words, ALERT_TEXT_CHARS_MAX);
    Alert {
        alert_id: AlertId(Uuid::new_v5(&Uuid::NAMESPACE_OID, whose.as_bytes())),
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: Some(text),
        battery_pct: None,
        drill: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(message: &str) -> Sms {
        let (message_id, phone_number) = (Some("1".to_owned()), Some("+886900000000".to_owned()));
        Sms { message_id, phone_number, message: message.to_owned() }
    }

    #[test]
    fn words_of_a_person_are_taken_as_words_and_an_advertisement_is_not() {
        let (typed, device) = alert(&sms(" sos bị nhốt ở xưởng")).expect("an alert");
        assert_eq!((typed.text.as_deref(), device), (Some("sos bị nhốt ở xưởng"), None));
        assert_eq!(alert(&sms(" sos bị nhốt ở xưởng")).expect("an alert").0.alert_id, typed.alert_id);
        assert!(alert(&sms("50% off today")).is_none());
        assert!(alert(&sms("")).is_none());
    }

    #[test]
    fn what_a_gateway_leaves_out_refuses_no_sos() {
        let body = r#"{"event":"sms:received","payload":{"message":"SOS","phoneNumber":null}}"#;
        let webhook: Webhook = frames::from_slice(body.as_bytes()).expect("a webhook");
        assert!(alert(&webhook.payload).is_some());
    }

    #[test]
    fn a_damaged_text_of_the_app_is_not_read_but_rings() {
        let text = SmsAlert::of(&in_words(&sms("x"), "x"), None).text();
        let damaged = text.replacen('#', "%", 1);
        let (alert, _) = alert(&sms(&damaged)).expect("an alert");
        assert_eq!((alert.position, alert.text), (None, Some(damaged)));
    }
}
