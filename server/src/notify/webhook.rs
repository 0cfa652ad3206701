//! Webhooks, signed as Standard Webhooks (1.0) say: <https://www.standardwebhooks.com>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as B64;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, StatusCode, header};
use serde_json::Value;
use sha2::Sha256;
use sos_protocol::UnixMs;

use crate::push::call::{self, Outcome};
use crate::push::config::safe_url;
use crate::store::webhooks::WebhookForSending;

/// Calls webhooks. Its client follows no redirect: where a call goes is what an administrator has written.
#[derive(Clone)]
pub(crate) struct Webhooks(Client);

/// What is brought.
pub(crate) struct Content {
    /// Its media type.
    pub(crate) kind: &'static str,
    /// All of it.
    pub(crate) body: String,
}

impl Content {
    pub(super) fn json(value: &Value) -> Self {
        Self { kind: "application/json", body: value.to_string() }
    }
}

impl Webhooks {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(call::client()?))
    }

    /// Brings `content` there, under the id that its receiver knows repetitions by.
    pub(crate) async fn call(
        &self,
        to: &WebhookForSending,
        id: &str,
        content: &Content,
        now: UnixMs,
    ) -> Outcome {
        let (Ok(url), Some(key)) = (safe_url(&to.url), &to.key) else { return Outcome::Refused };
        let timestamp = (now.0 / 1_000).to_string();
        let Some(signature) = signature(key, id, &timestamp, &content.body) else { return Outcome::Refused };
        let request = self
            .0
            .post(url)
            .header("webhook-id", id)
            .header("webhook-timestamp", &timestamp)
            .header("webhook-signature", signature)
            .header(header::CONTENT_TYPE, content.kind)
            .body(content.body.clone());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Outcome::Taken,
            Ok(answer) if answer.status() == StatusCode::GONE => Outcome::Unregistered,
            // A gateway that is being set right says all kinds of things; what waits must not be lost by it.
            Ok(answer) => match call::failed(&answer) {
                Outcome::Refused => Outcome::Later("refused", None),
                outcome => outcome,
            },
            Err(_) => Outcome::Later("no_answer", None),
        }
    }
}

/// `v1,` and the HMAC-SHA-256 of id, time and body, divided by dots.
fn signature(key: &[u8], id: &str, timestamp: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", B64.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_known_example_comes_out() {
        let key = B64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#).unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
