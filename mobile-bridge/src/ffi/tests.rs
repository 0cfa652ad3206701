use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sos_protocol::{ErrorCode, Problem};

use super::*;
use crate::bridge::BridgeError;
use crate::signer::Signer;
use crate::transport::TransportError;

/// Nobody listens on the discard port.
const NOWHERE: &str = "http://127.0.0.1:9";
/// For something that happens at once or never.
const LIMIT: Duration = Duration::from_secs(60);

/// Hands on what it is told, with the name of the thread; throws each time.
struct Throwing(Mutex<Sender<(SosEvent, Option<String>)>>);

impl SosListener for Throwing {
    fn on_event(&self, event: SosEvent) -> Result<(), ListenerError> {
        let thread = std::thread::current().name().map(str::to_owned);
        drop(self.0.lock().unwrap().send((event, thread)));
        Err(ListenerError::Failed { reason: "a bug in the app".into() })
    }
}

fn config(folder: &Path) -> SosConfig {
    SosConfig {
        data_folder: folder.join("new").to_str().unwrap().to_owned(),
        gateway_url: NOWHERE.to_owned(),
        app_version: None,
        device_model: None,
        trusted_roots_pem: None,
    }
}

fn open(folder: &Path) -> (Arc<SosBridge>, Receiver<(SosEvent, Option<String>)>) {
    let (told, events) = channel();
    let listener = Arc::new(Throwing(Mutex::new(told)));
    (SosBridge::open(config(folder), listener, None).unwrap(), events)
}

#[test]
fn a_listener_that_throws_is_told_the_next_event_all_the_same_and_on_another_thread() {
    let folder = tempfile::tempdir().unwrap();
    let (bridge, events) = open(folder.path());
    let pressed = bridge.press(Trigger::Hold, None, None, None, Some(-1), false).unwrap();
    assert!(pressed.saved);
    let mut told = 0;
    loop {
        let (event, thread) = events.recv_timeout(LIMIT).unwrap();
        assert_eq!(thread.as_deref(), Some("sos-listener"));
        told += 1;
        if matches!(&event, SosEvent::NotSentYet { alert_id, .. } if *alert_id == pressed.alert_id) {
            break;
        }
    }
    assert!(told > 1, "the link's events came before it");
    bridge.shut_down();
    // The channel ends when the thread has let go of the listener.
    while events.recv_timeout(LIMIT).is_ok() {}
    assert_eq!(bridge.press(Trigger::Hold, None, None, None, None, false), Err(SosError::Closed));
    assert_eq!(bridge.open_alert(), Err(SosError::Closed));
}

#[test]
fn the_data_is_open_once_and_again_after_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (bridge, _events) = open(folder.path());
    let (told, _) = channel();
    let second = SosBridge::open(config(folder.path()), Arc::new(Throwing(Mutex::new(told))), None);
    assert_eq!(second.err(), Some(SosError::InUse));
    let alert_id = bridge.press(Trigger::Hardware, None, None, None, None, false).unwrap().alert_id;
    bridge.shut_down();
    let (bridge, _events) = open(folder.path());
    assert_eq!(bridge.open_alert().unwrap(), Some(alert_id));
}

#[test]
fn fixes_are_asked_for_while_an_alert_is_open_and_seldom_on_an_empty_battery() {
    let folder = tempfile::tempdir().unwrap();
    let (bridge, _events) = open(folder.path());
    assert_eq!(bridge.next_fix_in_s(Some(80)).unwrap(), None);
    bridge.press(Trigger::Hold, None, None, None, None, false).unwrap();
    assert_eq!(bridge.next_fix_in_s(Some(80)).unwrap(), Some(fix_rate::INTERVAL_FIRST_S));
    assert_eq!(bridge.next_fix_in_s(Some(-1)).unwrap(), Some(fix_rate::INTERVAL_FIRST_S));
    assert_eq!(bridge.next_fix_in_s(Some(14)).unwrap(), Some(fix_rate::INTERVAL_LOW_BATTERY_S));
}

#[test]
fn what_an_app_gets_wrong_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let (bridge, _events) = open(folder.path());
    assert_eq!(bridge.cancel("nonsense".into(), None), Err(SosError::Id));
    assert_eq!(bridge.send_message("  ".into()), Err(SosError::Text));
    assert_eq!(bridge.send_message("Alô".into()), Err(SosError::NoAlert));
    let refused =
        |code| SosError::from(BridgeError::from(TransportError::Refused(Box::new(Problem::new(code)))));
    assert_eq!(refused(ErrorCode::CodeUsed), SosError::CodeUsed);
    assert!(matches!(refused(ErrorCode::Unavailable), SosError::Unreachable { .. }));
    assert_eq!(refused(ErrorCode::ProofInvalid), SosError::Refused { detail: "proof_invalid".into() });
}

/// A key store as the two platforms have them.
struct Store {
    key: SigningKey,
    der: bool,
}

impl Store {
    fn new(der: bool) -> Self {
        Self { key: SigningKey::from_slice(&[7; 32]).unwrap(), der }
    }
}

impl SosSigner for Store {
    fn public_key(&self) -> Result<Vec<u8>, SignerFailure> {
        let point = self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        Ok(if self.der { [&signer::SPKI_PREFIX[..], &point].concat() } else { point })
    }

    fn sign(&self, data: Vec<u8>) -> Result<Vec<u8>, SignerFailure> {
        let signature: Signature = self.key.sign(&data);
        Ok(if self.der { signature.to_der().as_bytes().to_vec() } else { signature.to_bytes().to_vec() })
    }
}

#[test]
fn both_platforms_keys_and_signatures_come_into_the_form_of_the_protocol() {
    let secret = crate::SoftwareSigner::from_secret(&[7; 32]).unwrap();
    for der in [true, false] {
        let store = KeyStore::open(Arc::new(Store::new(der))).unwrap();
        assert_eq!(store.public_key(), secret.public_key());
        assert_eq!(store.sign("sos.v1"), secret.sign("sos.v1"));
    }
}

/// Signs with another key, refuses, or hangs until the test lets it go.
enum Odd {
    AnotherKey,
    Refuses,
    Hangs(Mutex<Receiver<()>>),
}

impl SosSigner for Odd {
    fn public_key(&self) -> Result<Vec<u8>, SignerFailure> {
        Store::new(true).public_key()
    }

    fn sign(&self, data: Vec<u8>) -> Result<Vec<u8>, SignerFailure> {
        match self {
            Self::AnotherKey => {
                let signature: Signature = SigningKey::from_slice(&[8; 32]).unwrap().sign(&data);
                Ok(signature.to_bytes().to_vec())
            }
            Self::Refuses => Err(SignerFailure::Refused { reason: "the phone is locked".into() }),
            Self::Hangs(until) => {
                let _until_dropped = until.lock().unwrap().recv();
                Store::new(true).sign(data)
            }
        }
    }
}

#[test]
fn a_key_store_that_hangs_costs_a_bounded_time_and_one_that_lies_is_found_out() {
    let (go_on, until) = channel();
    let hangs = KeyStore::open(Arc::new(Odd::Hangs(Mutex::new(until)))).unwrap();
    let reasons: Vec<String> = (0..3).map(|_| hangs.sign("sos.v1").unwrap_err().reason).collect();
    assert_eq!(reasons, ["no answer in time", "no answer in time", "it has not answered an earlier call"]);
    drop(go_on);

    let refuses = KeyStore::open(Arc::new(Odd::Refuses)).unwrap();
    assert_eq!(refuses.sign("sos.v1").unwrap_err().reason, "the phone is locked");
    let another = KeyStore::open(Arc::new(Odd::AnotherKey)).unwrap();
    assert_eq!(another.sign("sos.v1").unwrap_err().reason, "the signature does not fit the public key");
}
