//! Firebase Cloud Messaging, HTTP v1.

use reqwest::{Client, StatusCode, Url};
use serde_json::{Map, Value, json};
use sos_protocol::UnixMs;
use sos_protocol::ambient::SharedClock;

use super::call::{self, Outcome};
use super::config::PushConfig;
use super::google::Account;
use super::message::Message;

/// Sends over FCM.
pub(crate) struct Fcm {
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

    /// Sends `message`, which is good until `ends`.
    pub(super) async fn send(&self, token: &str, message: &Message, ends: UnixMs) -> Outcome {
        let bearer = match self.account.token().await {
            Ok(bearer) => bearer,
            Err(outcome) => return outcome,
        };
        let body = body(token, message, ends, self.clock.now());
        match self.client.post(self.url.clone()).bearer_auth(&bearer).json(&body).send().await {
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

/// The body of the request. A later message of a topic takes the place of one that was not delivered or is still shown.
fn body(token: &str, message: &Message, ends: UnixMs, now: UnixMs) -> Value {
    let left_s = ends.since_ms(now).max(0) / 1_000;
    let (android, apple) = if message.is_urgent { ("high", "10") } else { ("normal", "5") };
    let shown = ["title", "body"];
    let members = message.content.as_object().into_iter().flatten();
    // All values of `data` are text.
    let data: Map<String, Value> = members
        .filter(|(name, _)| !shown.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.as_str().map_or(value.to_string(), str::to_owned).into()))
        .collect();
    json!({ "message": {
        "token": token,
        "notification": { "title": message.content["title"], "body": message.content["body"] },
        "data": data,
        "android": {
            "priority": android,
            "ttl": format!("{left_s}s"),
            "collapse_key": message.topic,
            "notification": { "tag": message.topic },
        },
        "apns": {
            "headers": {
                "apns-priority": apple,
                "apns-expiration": (ends.0 / 1_000).to_string(),
                "apns-collapse-id": message.topic,
            },
            "payload": { "aps": { "sound": "default" } },
        },
    } })
}
