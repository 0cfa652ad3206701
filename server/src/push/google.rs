//! The right to call FCM: a service account's key becomes a token for an hour (RFC 7523).

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use reqwest::{Client, Url, header};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use sos_protocol::UnixMs;
use sos_protocol::ambient::SharedClock;
use tokio::sync::Mutex;

use super::call::{self, Outcome};
use super::config::safe_url;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// How long the claim for a token is good, in seconds; the most that is allowed.
const CLAIM_S: i64 = 3_600;
/// A token is not used in its last minutes, in seconds: a call under way may not outlive it.
const BEFORE_END_S: i64 = 300;
/// After a failure nobody asks for this long, in milliseconds: all that wait for a token would ask one after another.
const REST_MS: i64 = 2_000;

/// The file with a service account, as Google makes it.
#[derive(Deserialize)]
struct AccountFile {
    project_id: String,
    private_key_id: String,
    private_key: String,
    client_email: String,
    token_uri: String,
}

/// A service account.
pub(super) struct Account {
    /// The project that its messages belong to.
    pub(super) project: String,
    key_id: String,
    email: String,
    token_url: Url,
    key: RsaKeyPair,
    client: Client,
    clock: SharedClock,
    token: Mutex<Token>,
}

/// The token that is used at present.
#[derive(Default)]
enum Token {
    #[default]
    None,
    Good(String, UnixMs),
    Failed(UnixMs),
}

impl Account {
    /// Reads the file.
    pub(super) fn read(file: &str, client: Client, clock: SharedClock) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("fcm_account: {file}"))?;
        let account: AccountFile = serde_json::from_str(&text).context("fcm_account: no service account")?;
        let name_fits = |c: char| c.is_ascii_alphanumeric() || "-:.".contains(c);
        ensure!(account.project_id.chars().all(name_fits), "fcm_account: project_id");
        let lines = account.private_key.lines().filter(|line| !line.starts_with("-----"));
        let der = STANDARD.decode(lines.collect::<String>()).context("fcm_account: private_key")?;
        let key = RsaKeyPair::from_pkcs8(&der)
            .map_err(|wrong| anyhow::anyhow!("fcm_account: private_key: {wrong}"))?;
        Ok(Self {
            project: account.project_id,
            key_id: account.private_key_id,
            email: account.client_email,
            token_url: safe_url(&account.token_uri).context("fcm_account: token_uri")?,
            key,
            client,
            clock,
            token: Mutex::default(),
        })
    }

    /// A token that is good for the next minutes; asked for by one, while the others wait.
    pub(super) async fn token(&self) -> Result<String, Outcome> {
        let mut token = self.token.lock().await;
        let now = self.clock.now();
        match &*token {
            Token::Good(text, until) if now < *until => return Ok(text.clone()),
            Token::Failed(until) if now < *until => return Err(Outcome::Later("no_token", None)),
            Token::Good(..) | Token::Failed(_) | Token::None => {}
        }
        // Whoever asks may be cut off in the middle: then this is what the next one finds.
        *token = Token::Failed(now.plus_ms(REST_MS));
        match self.ask(now).await {
            Ok((text, seconds)) => {
                let until = now.plus_ms((seconds - BEFORE_END_S).max(0) * 1_000);
                *token = Token::Good(text.clone(), until);
                Ok(text)
            }
            Err(error) => {
                tracing::warn!(error = %error, "no token for FCM");
                Err(Outcome::Later("no_token", None))
            }
        }
    }

    /// FCM does not take this token any more.
    pub(super) async fn forget(&self, refused: &str) {
        let mut token = self.token.lock().await;
        if matches!(&*token, Token::Good(text, _) if text == refused) {
            *token = Token::None;
        }
    }

    async fn ask(&self, now: UnixMs) -> anyhow::Result<(String, i64)> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: String,
            expires_in: i64,
        }
        // Neither needs to be escaped: letters, digits, '-', '_' and '.'.
        let claim = self.claim(now)?;
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={claim}");
        let request = self.client.post(self.token_url.clone());
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        ensure!(answer.status().is_success(), "status {}", answer.status().as_u16());
        let answer: Answer = serde_json::from_slice(&call::body(answer).await?).context("no token in it")?;
        Ok((answer.access_token, answer.expires_in))
    }

    /// The signed claim (JWT, RS256).
    fn claim(&self, now: UnixMs) -> anyhow::Result<String> {
        let made_s = now.0 / 1_000;
        let head = serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = serde_json::json!({
            "iss": self.email, "scope": SCOPE, "aud": self.token_url.as_str(),
            "iat": made_s, "exp": made_s + CLAIM_S,
        });
        let text = format!("{}.{}", B64.encode(head.to_string()), B64.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| anyhow::anyhow!("the key does not sign"))?;
        Ok(format!("{text}.{}", B64.encode(signature)))
    }
}
