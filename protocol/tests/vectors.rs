//! The test vectors against the Rust types; see `protocol/vectors/README.md`.

#![allow(clippy::unwrap_used, reason = "a vector that cannot be read has failed")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sos_protocol::feed::{ConsoleFrame, FeedFrame};
use sos_protocol::http::{
    AlertPost, AlertStatus, CardRequest, CheckIn, EnrolRequest, Enrolled, PhoneSettings, PushTarget, SetPins,
};
use sos_protocol::lenient::{self, Cleaned};
use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, CaseDetail, ErrorCode, GatewayFrame, PhoneFrame, Problem, RoutingView, UnixMs, proof,
};

fn vectors<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let path = format!("{}/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Padding {
    pad: Option<String>,
    #[serde(default)]
    times: usize,
}

impl Padding {
    fn fill(&self, text: &str) -> String {
        self.pad.as_ref().map_or_else(|| text.to_owned(), |pad| text.replace("PAD", &pad.repeat(self.times)))
    }
}

#[derive(Deserialize)]
struct Valid {
    name: String,
    r#type: String,
    value: Value,
}

fn again<T: DeserializeOwned + Serialize>(value: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(value.clone())?)
}

#[test]
fn every_valid_frame_is_read_and_written_as_it_is() {
    for Valid { name, r#type, value } in vectors("valid.json") {
        let written = match r#type.as_str() {
            "PhoneFrame" => again::<PhoneFrame>(&value),
            "GatewayFrame" => again::<GatewayFrame>(&value),
            "ConsoleFrame" => again::<ConsoleFrame>(&value),
            "FeedFrame" => again::<FeedFrame>(&value),
            "RoutingView" => again::<RoutingView>(&value),
            "EnrolRequest" => again::<EnrolRequest>(&value),
            "Enrolled" => again::<Enrolled>(&value),
            "AlertPost" => again::<AlertPost>(&value),
            "AlertStatus" => again::<AlertStatus>(&value),
            "PushTarget" => again::<PushTarget>(&value),
            "SetPins" => again::<SetPins>(&value),
            "CardRequest" => again::<CardRequest>(&value),
            "CheckIn" => again::<CheckIn>(&value),
            "PhoneSettings" => again::<PhoneSettings>(&value),
            "Problem" => again::<Problem>(&value),
            "CaseDetail" => again::<CaseDetail>(&value),
            other => panic!("{name}: no type {other}"),
        };
        assert_eq!(written.unwrap_or_else(|error| panic!("{name}: {error}")), value, "{name}");
    }
}

#[test]
fn there_is_a_vector_for_every_error_code() {
    let frames: Vec<Valid> = vectors("valid.json");
    for code in ErrorCode::ALL {
        let shown = |v: &Valid| v.r#type == "GatewayFrame" && v.value["code"] == code.as_str();
        assert!(frames.iter().any(shown), "{}", code.as_str());
    }
}

#[derive(Deserialize)]
struct Broken {
    name: String,
    text: String,
    #[serde(flatten)]
    padding: Padding,
    error: ErrorCode,
    strict: String,
}

#[test]
fn a_broken_frame_fails_or_needs_its_bound_checked() {
    for broken in vectors::<Broken>("broken.json") {
        let read = serde_json::from_str::<PhoneFrame>(&broken.padding.fill(&broken.text));
        assert_eq!(read.is_ok(), broken.strict == "reads", "{}: {read:?}", broken.name);
        assert!(broken.error.status() < 500, "{}", broken.name);
    }
}

#[derive(Deserialize)]
struct LenientAlert {
    name: String,
    now_ms: UnixMs,
    text: String,
    #[serde(flatten)]
    padding: Padding,
    alert: Alert,
    dropped: Vec<DroppedField>,
}

#[test]
fn whatever_an_alert_looks_like_it_is_read() {
    for vector in vectors::<LenientAlert>("alerts.json") {
        let text = vector.padding.fill(&vector.text);
        let value = serde_json::from_str(&text).ok().or_else(|| lenient::close_truncated(&text));
        let value: Value = value.unwrap_or_else(|| panic!("{}", vector.name));
        assert_eq!(value["type"], "alert", "{}", vector.name);
        let Cleaned { value, dropped } = lenient::alert(&value["alert"], text.as_bytes(), vector.now_ms);
        assert_eq!((value, dropped), (vector.alert, vector.dropped), "{}", vector.name);
    }
}

#[derive(Deserialize)]
struct Proof {
    name: String,
    secret_key: String,
    public_key: String,
    #[serde(flatten)]
    purpose: Purpose,
    text: String,
    signature: String,
    fits: bool,
}

#[derive(Deserialize)]
#[serde(tag = "purpose", content = "inputs", rename_all = "snake_case")]
enum Purpose {
    Enrol { code: String, public_key: String },
    Card { card: String, public_key: String },
    Hello { nonce: String },
    Alert { alert_id: sos_protocol::AlertId },
    Request { method: String, path: String, body_sha256: String },
}

#[test]
fn proofs_sign_exactly_these_bytes() {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    for vector in vectors::<Proof>("proofs.json") {
        let text = match &vector.purpose {
            Purpose::Enrol { code, public_key } => proof::enrol(&proof::normal_code(code), public_key),
            Purpose::Card { card, public_key } => proof::card(&proof::normal_code(card), public_key),
            Purpose::Hello { nonce } => proof::hello(nonce),
            Purpose::Alert { alert_id } => proof::alert(*alert_id),
            Purpose::Request { method, path, body_sha256 } => proof::request(method, path, body_sha256),
        };
        assert_eq!(text, vector.text, "{}", vector.name);

        let own = SigningKey::from_slice(&bytes(&vector.secret_key)).unwrap();
        let key = VerifyingKey::from_sec1_bytes(&bytes(&vector.public_key)).unwrap();
        assert_eq!(own.verifying_key(), &key, "{}", vector.name);
        let signature = Signature::from_slice(&bytes(&vector.signature)).unwrap();
        assert_eq!(key.verify(text.as_bytes(), &signature).is_ok(), vector.fits, "{}", vector.name);
    }
}
