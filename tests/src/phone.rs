//! A phone that speaks the protocol by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use futures_util::{SinkExt, StreamExt};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sos_protocol::ambient::{Entropy, SystemEntropy};
use sos_protocol::http::{CardRequest, EnrolRequest, Enrolled, SetPins};
use sos_protocol::proof::{CREDENTIAL_HEADER, SIGNATURE_HEADER};
use sos_protocol::{
    Alert, AlertId, ErrorCode, Fix, FixId, GatewayFrame, MessageId, PhoneFrame, Pin, Problem, Receipt,
    SUBPROTOCOL, Seq, Stage, UnixMs, proof,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::Service;
use crate::wait::LIMIT;

/// A device key with what came of its enrolment.
#[derive(Clone)]
pub struct Key {
    key: SigningKey,
    /// From the enrolment; none for a phone that has none.
    pub enrolled: Option<Enrolled>,
}

impl Key {
    /// A new key.
    ///
    /// # Panics
    /// Almost never: the bytes must be a number on the curve.
    #[must_use]
    pub fn new() -> Self {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes);
        Self { key: SigningKey::from_slice(&bytes).expect("a key"), enrolled: None }
    }

    /// The public key as it is sent.
    #[must_use]
    pub fn public_key(&self) -> String {
        B64.encode(self.key.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// A signature as it is sent.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature: Signature = self.key.sign(text.as_bytes());
        B64.encode(signature.to_bytes())
    }

    /// What enrolment with `code` sends.
    #[must_use]
    pub fn request(&self, code: &str) -> EnrolRequest {
        let public_key = self.public_key();
        let signature = self.sign(&proof::enrol(&proof::normal_code(code), &public_key));
        EnrolRequest { code: code.to_owned(), public_key, signature, device_model: Some("thử".to_owned()) }
    }

    /// Enrols with `code`.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn enrol(mut self, service: &Service, code: &str) -> Self {
        let answer = service.post("/api/enrol", serde_json::to_vec(&self.request(code)).expect("JSON")).await;
        assert_eq!(answer.status(), 200);
        self.enrolled = Some(answer.json().await.expect("an enrolment"));
        self
    }

    /// What signing in with a card sends.
    ///
    /// # Panics
    /// When `pin` is none.
    #[must_use]
    pub fn card_request(&self, card: &str, pin: &str) -> CardRequest {
        let public_key = self.public_key();
        let signature = self.sign(&proof::card(&proof::normal_code(card), &public_key));
        CardRequest { card: card.to_owned(), pin: self::pin(pin), public_key, signature }
    }

    /// Speaks for the worker with this card: the answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn try_card(&self, service: &Service, card: &str, pin: &str) -> reqwest::Response {
        let request = serde_json::to_vec(&self.card_request(card, pin)).expect("JSON");
        service.post("/api/card", request).await
    }

    /// The same with a card and a PIN that fit.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn borrow_with(mut self, service: &Service, card: &str, pin: &str) -> Self {
        let answer = self.try_card(service, card, pin).await;
        assert_eq!(answer.status(), 200);
        self.enrolled = Some(answer.json().await.expect("an enrolment"));
        self
    }

    /// Sets the worker's PINs.
    ///
    /// # Errors
    /// As the service says.
    pub async fn set_pins(
        &self,
        service: &Service,
        new: [&str; 2],
        old: Option<&str>,
    ) -> Result<(), ErrorCode> {
        let body = SetPins { pin: pin(new[0]), other_pin: pin(new[1]), old_pin: old.map(pin) };
        answered(self.send(service, "PUT", "/api/device/pins", Some(&body)).await).await
    }

    /// A request that this device signs.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(
        &self,
        service: &Service,
        method: &str,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> reqwest::Response {
        let body = body.map(|body| serde_json::to_vec(body).expect("JSON")).unwrap_or_default();
        self.send_bytes(service, method, path, body).await
    }

    /// The same with any body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send_bytes(
        &self,
        service: &Service,
        method: &str,
        path: &str,
        body: Vec<u8>,
    ) -> reqwest::Response {
        let signature = self.sign_request(method, path, &body);
        let method = method.parse().expect("a method");
        let mut request = service.http.request(method, service.url(path)).header(SIGNATURE_HEADER, signature);
        if let Some(credential) = self.credential() {
            request = request.header(CREDENTIAL_HEADER, credential);
        }
        request.body(body).send().await.expect("an answer")
    }

    /// The signature of such a request.
    #[must_use]
    pub fn sign_request(&self, method: &str, path: &str, body: &[u8]) -> String {
        let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        self.sign(&proof::request(method, path, &hash))
    }

    /// The credential, if there is one.
    #[must_use]
    pub fn credential(&self) -> Option<String> {
        self.enrolled.as_ref().map(|enrolled| enrolled.credential.clone())
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

/// A connected phone.
pub struct Phone {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What the gateway wants signed.
    pub nonce: String,
}

impl Phone {
    /// Connects and hears the challenge, but says nothing.
    ///
    /// # Panics
    /// When the gateway does not let it in.
    pub async fn connect(service: &Service) -> Self {
        let mut request = format!("ws://{}/phone", service.address).into_client_request().expect("a request");
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
        let (socket, _) = tokio_tungstenite::connect_async(request).await.expect("a connection");
        let mut phone = Self { socket, nonce: String::new() };
        let GatewayFrame::Challenge { nonce, .. } = phone.hear().await else { panic!("a challenge") };
        phone.nonce = nonce;
        phone
    }

    /// Connects and says who it is.
    pub async fn greet(service: &Service, key: &Key) -> (Self, GatewayFrame) {
        Self::greet_after(service, key, Seq(0)).await
    }

    /// The same for a phone that has dealt with everything up to `last_seq`.
    pub async fn greet_after(service: &Service, key: &Key, last_seq: Seq) -> (Self, GatewayFrame) {
        let mut phone = Self::connect(service).await;
        let hello = PhoneFrame::Hello {
            credential: key.credential(),
            signature: Some(key.sign(&proof::hello(&phone.nonce))),
            last_seq,
            app_version: None,
            follow: vec![],
        };
        phone.say(&hello).await;
        let welcome = phone
            .hear_until("a welcome", |f| matches!(f, GatewayFrame::Welcome { .. }).then(|| f.clone()))
            .await;
        (phone, welcome)
    }

    /// A worker's phone, enrolled and connected.
    pub async fn of_worker(service: &Service, name: &str, country: &str) -> (Self, Key) {
        let (_, code) = service.worker(name, country).await;
        let key = Key::new().enrol(service, &code).await;
        let (phone, _) = Self::greet(service, &key).await;
        (phone, key)
    }

    /// Sends a frame.
    pub async fn say(&mut self, frame: &PhoneFrame) {
        self.say_text(&serde_json::to_string(frame).expect("JSON")).await;
    }

    /// Sends a text frame that may not be text.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
        self.socket.send(Message::Frame(frame)).await.expect("a connection");
    }

    /// Sends anything.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn say_text(&mut self, text: &str) {
        self.socket.send(Message::text(text.to_owned())).await.expect("a connection");
    }

    /// Sends bytes as a binary frame.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn say_binary(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.expect("a connection");
    }

    /// The next frame, or the code with which the gateway closed.
    ///
    /// # Panics
    /// When neither comes in time.
    pub async fn hear_or_close(&mut self) -> Result<GatewayFrame, Option<u16>> {
        loop {
            let message = tokio::time::timeout(LIMIT, self.socket.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("a frame")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|f| f.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next frame.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn hear(&mut self) -> GatewayFrame {
        self.hear_or_close().await.unwrap_or_else(|code| panic!("closed with {code:?}"))
    }

    /// Frames until one is wanted.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn hear_until<T>(
        &mut self,
        what: &str,
        mut wanted: impl FnMut(&GatewayFrame) -> Option<T>,
    ) -> T {
        let hear = async {
            loop {
                if let Some(found) = wanted(&self.hear().await) {
                    return found;
                }
            }
        };
        tokio::time::timeout(LIMIT, hear).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
    }

    /// Waits for a step of the ladder.
    pub async fn receipt(&mut self, alert: AlertId, stage: Stage) -> Receipt {
        self.hear_until(&format!("{stage:?}"), |frame| match frame {
            GatewayFrame::Receipt { receipt } if receipt.alert_id == alert && receipt.stage == stage => {
                Some(receipt.clone())
            }
            _ => None,
        })
        .await
    }

    /// Presses SOS at a place, and waits until it is received.
    pub async fn press(&mut self, place: Option<(f64, f64)>) -> AlertId {
        let alert = alert(place);
        let alert_id = alert.alert_id;
        self.say(&PhoneFrame::Alert { alert }).await;
        self.receipt(alert_id, Stage::Received).await;
        alert_id
    }

    /// Takes a press back: whether that was accepted.
    ///
    /// # Errors
    /// What the gateway says instead.
    pub async fn cancel(&mut self, alert_id: AlertId, pin: Option<&str>) -> Result<(), ErrorCode> {
        let pin = pin.map(self::pin);
        self.say(&PhoneFrame::Cancel { alert_id, pin, device_time_ms: None }).await;
        let id = alert_id.to_string();
        self.hear_until("what becomes of the cancellation", |frame| match frame {
            GatewayFrame::Accepted { id: it, .. } if *it == id => Some(Ok(())),
            GatewayFrame::Error { code, id: Some(it), .. } if *it == id => Some(Err(*code)),
            _ => None,
        })
        .await
    }

    /// Writes to the desk, and waits until that is kept safe.
    pub async fn write(&mut self, alert_id: AlertId, text: &str) -> MessageId {
        let message_id = MessageId(new_id());
        self.say(&PhoneFrame::Message { message_id, alert_id, text: text.to_owned(), device_time_ms: None })
            .await;
        let id = message_id.to_string();
        self.hear_until("accepted", |f| {
            matches!(f, GatewayFrame::Accepted { id: it, .. } if *it == id).then_some(())
        })
        .await;
        message_id
    }
}

/// A PIN out of digits.
///
/// # Panics
/// When they are none.
#[must_use]
pub fn pin(digits: &str) -> Pin {
    Pin::parse(digits).expect("a PIN")
}

/// Whether a request was done, or why not.
///
/// # Errors
/// The code of the problem.
///
/// # Panics
/// When the answer is neither.
pub async fn answered(answer: reqwest::Response) -> Result<(), ErrorCode> {
    if answer.status() == 204 {
        return Ok(());
    }
    Err(answer.json::<Problem>().await.expect("a problem").code)
}

/// A random id.
#[must_use]
pub fn new_id() -> uuid::Uuid {
    SystemEntropy.uuid_v7(UnixMs(1_795_000_000_000))
}

/// An alert at a place (latitude, longitude).
#[must_use]
pub fn alert(place: Option<(f64, f64)>) -> Alert {
    Alert {
        alert_id: AlertId(new_id()),
        device_time_ms: None,
        waited_ms: None,
        position: place.map(|(lat, lon)| fix(lat, lon)),
        trigger: None,
        kind: None,
        text: None,
        battery_pct: Some(50),
        drill: false,
    }
}

/// A fix at a place.
#[must_use]
pub fn fix(lat: f64, lon: f64) -> Fix {
    Fix {
        fix_id: FixId(new_id()),
        lat,
        lon,
        accuracy_m: Some(12.0),
        fix_time_ms: None,
        source: None,
        speed_mps: None,
        heading_deg: None,
        battery_pct: None,
    }
}
