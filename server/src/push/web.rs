//! Web Push (RFC 8030), the service named by VAPID (RFC 8292).

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::{PublicKey, SecretKey};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::json;
use sos_protocol::UnixMs;
use sos_protocol::ambient::{Entropy, SharedClock, SharedEntropy};

use super::call::{self, Outcome};
use super::config::WebPushServices;
use super::encrypt::{Subscriber, encrypt};
use super::message::Message;
use crate::auth::secret::Secret;

/// How long a VAPID claim is good, in seconds; services take a day at most.
const CLAIM_S: i64 = 12 * 3_600;
/// Random bytes are almost always a key: 32 bytes at or above the order of P-256 come once in four thousand million.
const KEY_TRIES_MAX: u8 = 4;

/// A subscription of a browser.
#[derive(Clone, Copy)]
pub(super) struct Subscription<'a> {
    pub(super) endpoint: &'a str,
    pub(super) p256dh: &'a str,
    pub(super) auth: &'a str,
}

impl Subscription<'_> {
    /// Its keys, if they are any.
    pub(super) fn keys(&self) -> Option<Subscriber> {
        let public = B64.decode(self.p256dh).ok().filter(|bytes| bytes.len() == 65)?;
        let public = PublicKey::from_sec1_bytes(&public).ok()?;
        Some(Subscriber { public, auth: B64.decode(self.auth).ok()?.try_into().ok()? })
    }
}

/// Sends over Web Push.
pub(crate) struct Web {
    key: SigningKey,
    contact: String,
    services: WebPushServices,
    client: Client,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Web {
    /// With a key made from the service's secret, the same on all nodes.
    pub(super) fn new(
        secret: &Secret,
        contact: String,
        services: WebPushServices,
        client: &Client,
        (clock, entropy): (&SharedClock, &SharedEntropy),
    ) -> anyhow::Result<Self> {
        let key = (0..KEY_TRIES_MAX)
            .find_map(|n| SigningKey::from_slice(&secret.key(&format!("web-push-{n}"))).ok())
            .context("a key for Web Push")?;
        Ok(Self {
            key,
            contact,
            services,
            client: client.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        })
    }

    /// The key that pages subscribe with.
    pub(super) fn public_key(&self) -> String {
        B64.encode(self.key.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// Whether it can be sent there.
    pub(super) fn takes(&self, to: Subscription<'_>) -> bool {
        self.services.endpoint(to.endpoint).is_some() && to.keys().is_some()
    }

    /// Sends `message`, which is good until `ends`.
    pub(super) async fn send(&self, to: Subscription<'_>, message: &Message, ends: UnixMs) -> Outcome {
        let now = self.clock.now();
        let Some((url, body)) = self.sealed(to, message) else { return Outcome::Refused };
        let request = self
            .client
            .post(url.clone())
            .header("TTL", (ends.since_ms(now).max(0) / 1_000).to_string())
            .header("Urgency", if message.is_urgent { "high" } else { "normal" })
            .header("Topic", message.topic.as_str())
            .header(header::AUTHORIZATION, self.authorization(&url, now))
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Outcome::Taken,
            Ok(answer) if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE) => {
                Outcome::Unregistered
            }
            Ok(answer) => call::failed(&answer),
            Err(_) => Outcome::Later("no_answer", None),
        }
    }

    fn sealed(&self, to: Subscription<'_>, message: &Message) -> Option<(Url, Vec<u8>)> {
        let url = self.services.endpoint(to.endpoint)?;
        let keys = to.keys()?;
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        let own = (0..KEY_TRIES_MAX).find_map(|_| random_key(&*self.entropy))?;
        Some((url, encrypt(&keys, &own, salt, &serde_json::to_vec(&message.content).ok()?)?))
    }

    /// Who is calling (JWT, ES256), for the origin of `url` only.
    fn authorization(&self, url: &Url, now: UnixMs) -> String {
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({
            "aud": url.origin().ascii_serialization(), "exp": now.0 / 1_000 + CLAIM_S, "sub": self.contact,
        });
        let text = format!("{}.{}", B64.encode(head.to_string()), B64.encode(claims.to_string()));
        let signature: Signature = self.key.sign(text.as_bytes());
        format!("vapid t={text}.{}, k={}", B64.encode(signature.to_bytes()), self.public_key())
    }
}

fn random_key(entropy: &dyn Entropy) -> Option<SecretKey> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    SecretKey::from_slice(&bytes).ok()
}
