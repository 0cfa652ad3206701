//! Push services to send to: FCM with its OAuth, and a Web Push service that opens what it is given as a browser would.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use hkdf::Hkdf;
use p256::ecdh::diffie_hellman;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use sos_protocol::ambient::{Clock, Entropy, SystemClock, SystemEntropy};
use sos_protocol::http::PushTarget;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// For tests only, as anybody can see.
const RSA_KEY: &str = include_str!("../data/fcm-test-key.pem");
const PROJECT: &str = "sos-test";

/// What a service answers to a message.
#[derive(Clone)]
pub enum Answer {
    /// Taken.
    Taken,
    /// 429, with this `Retry-After` in seconds.
    Throttled(u64),
    /// 503.
    Unavailable,
    /// There is no such app or subscription any more.
    Unregistered,
    /// The same, when the semaphore has a permit.
    UnregisteredWhen(Arc<Semaphore>),
    /// 404 of something that is not the push service at all.
    WrongAddress,
    /// Never anything.
    Silence,
}

/// A message that arrived, whatever was answered.
#[derive(Clone)]
pub struct Call {
    /// Token, or name of the subscription.
    pub to: String,
    /// Headers, of Web Push.
    pub headers: HeaderMap,
    /// The FCM message, or what a page's service worker would be given.
    pub message: Value,
    /// Whether it was taken.
    pub taken: bool,
    /// When, in microseconds.
    pub at_us: u64,
}

struct Services {
    origin: String,
    rsa: RsaKeyPair,
    clock: SystemClock,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// What is answered next, by token or subscription; then the last one again and again.
    answers: HashMap<String, VecDeque<Answer>>,
    subscriptions: HashMap<String, (SecretKey, [u8; 16])>,
    tokens_given: usize,
    calls: Vec<Call>,
}

/// Both services on one port. Everything is taken unless said otherwise.
pub struct PushServices {
    services: Arc<Services>,
    account: NamedTempFile,
}

impl PushServices {
    /// Starts them.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let lines = RSA_KEY.lines().filter(|line| !line.starts_with("-----"));
        let der = STANDARD.decode(lines.collect::<String>()).expect("a key");
        let services = Arc::new(Services {
            origin: format!("http://{address}"),
            rsa: RsaKeyPair::from_pkcs8(&der).expect("a key"),
            clock: SystemClock::new(),
            inner: Mutex::default(),
        });
        let router = Router::new()
            .route("/token", post(token))
            .route("/v1/projects/{project}/{verb}", post(fcm))
            .route("/wpush/{name}", post(web))
            .with_state(services.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { services, account: account_file(address) }
    }

    /// Settings of a service that sends here.
    ///
    /// # Panics
    /// When the folder for temporary files has a name that is no text.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let account = self.account.path().to_str().expect("text").to_owned();
        vec![
            ("SOS_FCM_ACCOUNT", account),
            ("SOS_FCM_URL", self.services.origin.clone()),
            ("SOS_PUSH_CONTACT", "mailto:push@example.org".to_owned()),
            ("SOS_WEB_PUSH_SERVICES", self.services.origin.clone()),
        ]
    }

    /// A new subscription with this name, as a browser makes one.
    ///
    /// # Panics
    /// Almost never: the bytes must be a number on the curve.
    #[must_use]
    pub fn subscribe(&self, name: &str) -> PushTarget {
        let (mut key, mut auth) = ([0; 32], [0; 16]);
        SystemEntropy.fill(&mut key);
        SystemEntropy.fill(&mut auth);
        let key = SecretKey::from_slice(&key).expect("a key");
        let p256dh = B64.encode(key.public_key().to_sec1_point(false).as_bytes());
        self.services.lock().subscriptions.insert(name.to_owned(), (key, auth));
        PushTarget::Web {
            endpoint: format!("{}/wpush/{name}", self.services.origin),
            p256dh,
            auth: B64.encode(auth),
        }
    }

    /// What is answered to messages for `to`, in this order; the last one again and again.
    pub fn answer(&self, to: &str, answers: impl IntoIterator<Item = Answer>) {
        self.services.lock().answers.insert(to.to_owned(), answers.into_iter().collect());
    }

    /// All that arrived for `to`.
    #[must_use]
    pub fn calls(&self, to: &str) -> Vec<Call> {
        self.services.lock().calls.iter().filter(|call| call.to == to).cloned().collect()
    }

    /// How many messages arrived for each, and how many of them were taken.
    #[must_use]
    pub fn counts(&self) -> HashMap<String, (usize, usize)> {
        let mut counts = HashMap::new();
        for call in &self.services.lock().calls {
            let (arrived, taken) = counts.entry(call.to.clone()).or_insert((0, 0));
            *arrived += 1;
            *taken += usize::from(call.taken);
        }
        counts
    }

    /// The messages for `to` that were taken.
    #[must_use]
    pub fn taken(&self, to: &str) -> Vec<Call> {
        self.calls(to).into_iter().filter(|call| call.taken).collect()
    }

    /// How many OAuth tokens were given out.
    #[must_use]
    pub fn tokens_given(&self) -> usize {
        self.services.lock().tokens_given
    }
}

/// A service account as Google makes it, as far as it is used.
fn account_file(address: SocketAddr) -> NamedTempFile {
    let file = NamedTempFile::new().expect("a file");
    let account = json!({
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "key-1",
        "private_key": RSA_KEY,
        "client_email": "push@sos-test.example",
        "token_uri": format!("http://{address}/token"),
    });
    std::fs::write(file.path(), account.to_string()).expect("a file");
    file
}

impl Services {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a message arrived, and what to answer.
    fn arrived(&self, to: &str, headers: HeaderMap, message: Value) -> Answer {
        let mut inner = self.lock();
        let answer = match inner.answers.get_mut(to) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        };
        let answer = answer.unwrap_or(Answer::Taken);
        let (to, taken) = (to.to_owned(), matches!(answer, Answer::Taken));
        inner.calls.push(Call { to, headers, message, taken, at_us: self.clock.monotonic_us() });
        answer
    }
}

type Shared = State<Arc<Services>>;

/// The three parts of a JWT: (what is signed, head, claims, signature).
fn jwt(text: &str) -> (&str, Value, Value, Vec<u8>) {
    let (signed, signature) = text.rsplit_once('.').expect("a JWT");
    let (head, claims) = signed.split_once('.').expect("a JWT");
    let part = |part: &str| serde_json::from_slice(&B64.decode(part).expect("base64url")).expect("JSON");
    (signed, part(head), part(claims), B64.decode(signature).expect("base64url"))
}

async fn token(State(services): Shared, form: String) -> axum::Json<Value> {
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let (signed, head, claims, signature) = jwt(form.strip_prefix(grant).expect("a claim"));
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, services.rsa.public().as_ref());
    key.verify(signed.as_bytes(), &signature).expect("the account's signature");
    assert_eq!((&head["alg"], &head["kid"]), (&json!("RS256"), &json!("key-1")));
    assert_eq!(claims["iss"], "push@sos-test.example");
    assert_eq!(claims["aud"], format!("{}/token", services.origin));
    assert_eq!(claims["scope"], "https://www.googleapis.com/auth/firebase.messaging");
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 3_600);
    let mut inner = services.lock();
    inner.tokens_given += 1;
    let token = format!("token-{}", inner.tokens_given);
    axum::Json(json!({ "access_token": token, "expires_in": 3_599, "token_type": "Bearer" }))
}

async fn fcm(
    State(services): Shared,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    assert_eq!((path.0.as_str(), path.1.as_str()), (PROJECT, "messages:send"));
    let bearer = format!("Bearer token-{}", services.lock().tokens_given);
    if headers[header::AUTHORIZATION] != *bearer {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let message = body["message"].clone();
    let to = message["token"].as_str().expect("a token").to_owned();
    let error = |code: u16, status: &str, error: &str| {
        let kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
        let details = json!([{ "@type": kind, "errorCode": error }]);
        let body = json!({ "error": { "code": code, "status": status, "details": details } });
        (StatusCode::from_u16(code).expect("a status"), axum::Json(body))
    };
    let gone = || error(404, "NOT_FOUND", "UNREGISTERED").into_response();
    match services.arrived(&to, headers, message) {
        Answer::Taken => axum::Json(json!({ "name": "projects/sos-test/messages/1" })).into_response(),
        Answer::Throttled(seconds) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            (wait, error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")).into_response()
        }
        Answer::Unavailable => error(503, "UNAVAILABLE", "UNAVAILABLE").into_response(),
        Answer::Unregistered => gone(),
        Answer::UnregisteredWhen(go) => {
            drop(go.acquire().await);
            gone()
        }
        Answer::WrongAddress => (StatusCode::NOT_FOUND, "<html>Not Found</html>").into_response(),
        Answer::Silence => std::future::pending().await,
    }
}

async fn web(State(services): Shared, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    check_vapid(&services, &headers);
    assert_eq!(headers[header::CONTENT_ENCODING], "aes128gcm");
    assert!(headers["topic"].len() <= 32);
    let (key, auth) = services.lock().subscriptions.get(&name).expect("a subscription").clone();
    let message = serde_json::from_slice(&open(&key, auth, &body)).expect("JSON");
    match services.arrived(&name, headers, message) {
        Answer::Taken => StatusCode::CREATED.into_response(),
        Answer::Throttled(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Answer::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answer::Unregistered => StatusCode::GONE.into_response(),
        Answer::UnregisteredWhen(go) => {
            drop(go.acquire().await);
            StatusCode::GONE.into_response()
        }
        Answer::WrongAddress => StatusCode::NOT_FOUND.into_response(),
        Answer::Silence => std::future::pending().await,
    }
}

/// RFC 8292: signed by the key that it names, for this origin, for a day at most.
fn check_vapid(services: &Services, headers: &HeaderMap) {
    let authorization = headers[header::AUTHORIZATION].to_str().expect("text");
    let (token, key) =
        authorization.strip_prefix("vapid t=").expect("VAPID").split_once(", k=").expect("a key");
    let (signed, head, claims, signature) = jwt(token);
    let key = VerifyingKey::from_sec1_bytes(&B64.decode(key).expect("base64url")).expect("a key");
    let signature = Signature::from_slice(&signature).expect("a signature");
    key.verify(signed.as_bytes(), &signature).expect("its signature");
    assert_eq!(head["alg"], "ES256");
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!(services.origin), &json!("mailto:push@example.org"))
    );
    let left_s = claims["exp"].as_i64().expect("a time") - services.clock.now().0 / 1_000;
    assert!((1..=86_400).contains(&left_s));
}

/// What a browser does with a body (RFC 8291).
fn open(key: &SecretKey, auth: [u8; 16], body: &[u8]) -> Vec<u8> {
    let (salt, rest) = body.split_at(16);
    let (record_bytes, rest) = rest.split_at(4);
    assert!(rest.len() <= u32::from_be_bytes(record_bytes.try_into().expect("4 bytes")) as usize);
    let (their_public, sealed) = rest[1..].split_at(usize::from(rest[0]));
    let their_key = PublicKey::from_sec1_bytes(their_public).expect("a key");
    let shared = diffie_hellman(key.to_nonzero_scalar(), their_key.as_affine());
    let own_public = key.public_key().to_sec1_point(false);
    let derive = |salt: &[u8], input: &[u8], info: &[u8], out: &mut [u8]| {
        Hkdf::<Sha256>::new(Some(salt), input).expand(info, out).expect("a length");
    };
    let (mut input, mut cek, mut nonce) = ([0; 32], [0; 16], [0; 12]);
    let info = [b"WebPush: info\0", own_public.as_bytes(), their_public].concat();
    derive(&auth, shared.raw_secret_bytes(), &info, &mut input);
    derive(salt, &input, b"Content-Encoding: aes128gcm\0", &mut cek);
    derive(salt, &input, b"Content-Encoding: nonce\0", &mut nonce);
    let mut sealed = sealed.to_vec();
    let plain = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &cek).expect("a key"))
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .expect("it opens");
    plain.strip_suffix(&[2]).expect("one record").to_vec()
}
