//! Phones that the service knows.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use futures_util::{StreamExt, TryStreamExt, stream};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sos_protocol::ambient::{Entropy, SystemEntropy};
use sos_protocol::http::{EnrolRequest, Enrolled};
use sos_protocol::proof;

use super::http;

/// Enrolments under way at once: about as many as the service has connections to its database.
const ENROLMENTS_AT_ONCE: usize = 16;
/// Attempts to draw a valid secret; one in 2^32 draws is not.
const DRAWS_MAX: u32 = 8;

/// A phone's key, and the credential that the service gave for it. Cheap to copy.
#[derive(Clone)]
pub struct Identity {
    /// Shown in `hello`.
    pub credential: String,
    key: Arc<SigningKey>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// The signature of `text` as frames carry it.
    pub(crate) fn sign(&self, text: &str) -> String {
        signature(&self.key, text)
    }
}

/// Enrols a phone with each code, and returns them in the order of the codes.
///
/// # Errors
/// When one is refused, or the gateway does not answer within 15 s.
pub async fn enrol(gateway: SocketAddr, codes: Vec<String>) -> Result<Vec<Identity>> {
    let client = http::client()?;
    let url = format!("http://{gateway}/api/enrol");
    let enrolments = stream::iter(codes.into_iter().map(|code| enrol_one(&client, &url, code)));
    enrolments.buffered(ENROLMENTS_AT_ONCE).try_collect().await
}

async fn enrol_one(client: &reqwest::Client, url: &str, code: String) -> Result<Identity> {
    let key = key(&SystemEntropy)?;
    let public_key = B64.encode(key.verifying_key().to_sec1_point(false));
    let signature = signature(&key, &proof::enrol(&proof::normal_code(&code), &public_key));
    let request =
        EnrolRequest { code, public_key, signature, device_model: Some("simulated phone".to_owned()) };
    let answer = client.post(url).json(&request).send().await.context("enrolling a simulated phone")?;
    ensure!(answer.status().is_success(), "enrolling a simulated phone: {}", answer.status());
    let Enrolled { credential, .. } = answer.json().await.context("enrolling a simulated phone")?;
    Ok(Identity { credential, key: Arc::new(key) })
}

fn key(entropy: &dyn Entropy) -> Result<SigningKey> {
    let drawn = (0..DRAWS_MAX).find_map(|_| {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        SigningKey::from_slice(&secret).ok()
    });
    drawn.context("no usable randomness")
}

fn signature(key: &SigningKey, text: &str) -> String {
    let signature: Signature = key.sign(text.as_bytes());
    B64.encode(signature.to_bytes())
}
