//! Firebase Cloud Messaging, HTTP v1.

use reqwest::{Client, StatusCode, Url};
use serde_json::{Value, json};
use sos_core::push::Notice;
use sos_protocol::UnixMs;
use sos_protocol::ambient::SharedClock;

use super::call::{self, Outcome};
use super::config::PushConfig;
use super::google::Account;

/// Sends over FCM.
pub(super) struct Fcm {
    account: Account,
    url: Url,
    client: Client,
    clock: SharedClock,
}

impl Fcm {
    /// With the service account in `file`.
    pub(super) fn new(
        file: &str,
        config: &PushConfig,
        client: &Client,
        clock: &SharedClock,
    ) -> anyhow::Result<Self> {
        let account = Account::read(file, client.clone(), clock.clone())?;
        let url = config.fcm_url.join(&format!("/v1/projects/{}/messages:send", account.project))?;
        Ok(Self { account, url, client: client.clone(), clock: clock.clone() })
    }

    /// Sends `notice`, which is good until `ends`.
    pub(super) async fn send(&self, token: &str, notice: &Notice, ends: UnixMs) -> Outcome {
        let bearer = match self.account.token().await {
            Ok(bearer) => bearer,
            Err(outcome) => return outcome,
        };
        let message = message(token, notice, ends, self.clock.now());
        match self.client.post(self.url.clone()).bearer_auth(&bearer).json(&message).send().await {
            Ok(answer) if answer.status().is_success() => Outcome::Taken,
            Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED => {
                self.account.forget(&bearer).await;
                Outcome::Later("token_refused", None)
            }
            // Any address answers 404 that is not FCM's: only FCM's own word forgets a phone.
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => match call::body(answer).await {
                Ok(body) if says_unregistered(&body) => Outcome::Unregistered,
                Ok(_) => Outcome::Refused,
                Err(_) => Outcome::Later("no_answer", None),
            },
            Ok(answer) => call::failed(&answer),
            Err(_) => Outcome::Later("no_answer", None),
        }
    }
}

fn says_unregistered(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let details = body["error"]["details"].as_array();
    details.is_some_and(|details| details.iter().any(|detail| detail["errorCode"] == "UNREGISTERED"))
}

/// The body of the request. A later notice of a case takes the place of one that was not delivered or is still shown.
fn message(token: &str, notice: &Notice, ends: UnixMs, now: UnixMs) -> Value {
    let tag = notice.case_id.0.simple().to_string();
    let left_s = ends.since_ms(now).max(0) / 1_000;
    let (android, apple) = if notice.is_urgent() { ("high", "10") } else { ("normal", "5") };
    let mut data = json!({
        "kind": notice.kind,
        "case_id": notice.case_id.to_string(),
        "alert_id": notice.alert_id.to_string(),
        "seq": notice.seq.0.to_string(),
    });
    if let Some(id) = notice.message_id {
        data["message_id"] = id.to_string().into();
    }
    json!({ "message": {
        "token": token,
        "notification": { "title": notice.title, "body": notice.body },
        "data": data,
        "android": {
            "priority": android,
            "ttl": format!("{left_s}s"),
            "collapse_key": tag,
            "notification": { "tag": tag },
        },
        "apns": {
            "headers": {
                "apns-priority": apple,
                "apns-expiration": (ends.0 / 1_000).to_string(),
                "apns-collapse-id": tag,
            },
            "payload": { "aps": { "sound": "default" } },
        },
    } })
}
