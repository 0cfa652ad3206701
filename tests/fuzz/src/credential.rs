//! What a phone shows to say who it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use sos_protocol::{UnixMs, Unverified};
use sos_server::auth::credential::{CREDENTIAL_MS, Checked, Credentials, Identity, public_key, signed_by};
use sos_server::auth::secret::mac;

const KEY: [u8; 32] = [1; 32];
/// What the phone is asked to sign.
const NONCE: &str = "nonce";

/// A credential and a signature, by themselves and with the service's own seal put on them: lines
/// `credential`, `signature`, `milliseconds of the server's clock`.
///
/// # Panics
/// Where anything but a credential of this service names somebody, or a phone without the key is verified.
pub fn credential(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    let (shown, signature) = (lines.next().unwrap_or_default(), lines.next());
    let now = UnixMs(lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(0));
    checked(shown, signature, now);

    let body = B64.encode(shown);
    let tag = B64.encode(mac(&KEY, body.as_bytes()));
    let sealed = format!("{body}.{tag}");
    checked(&sealed, signature, now);
    let others = Credentials::new([2; 32]).check(Some(&sealed), signature, NONCE, now);
    assert_eq!(others.identity, None, "sealed by another service");

    if let Some(key) = public_key(shown) {
        assert!(key.len() == 65 && key[0] == 4, "not an uncompressed point");
        assert_eq!(B64.encode(&key), shown, "one key, two spellings");
    }
}

fn checked(shown: &str, signature: Option<&str>, now: UnixMs) {
    let credentials = Credentials::new(KEY);
    let Checked { identity, unverified } = credentials.check(Some(shown), signature, NONCE, now);
    let Some(identity) = identity else {
        assert_eq!(unverified, Some(Unverified::CredentialInvalid));
        return;
    };
    let (body, tag) = shown.split_once('.').expect("a seal");
    assert_eq!(tag, B64.encode(mac(&KEY, body.as_bytes())), "a seal that is not ours");
    let signed = signature.is_some_and(|signature| signed_by(&identity.public_key, signature, NONCE));
    let in_time = now.since_ms(identity.made_at) <= CREDENTIAL_MS;
    let expected = match (signed, in_time) {
        (true, true) => None,
        (true, false) => Some(Unverified::CredentialExpired),
        (false, _) => Some(Unverified::ProofInvalid),
    };
    assert_eq!(unverified, expected);
    made_again(&credentials, &identity, now);
}

/// A credential made for the same phone names the same phone.
fn made_again(credentials: &Credentials, identity: &Identity, now: UnixMs) {
    let made = credentials.make(identity);
    let read = credentials.check(Some(&made), None, NONCE, now);
    // A key of any length may stand in a body that we sealed; only then is it longer than what is looked at.
    assert!(read.identity.as_ref() == Some(identity) || made.len() > 1_024, "{made}");
}
