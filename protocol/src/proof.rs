//! The texts that a device key signs: ECDSA on P-256 with SHA-256, the signature as the 64 bytes r ‖ s (what
//! WebCrypto makes), base64url without padding. Line ends are `\n`.

use crate::{AlertId, SUBPROTOCOL};

/// Header of a device's request: the credential from the enrolment.
pub const CREDENTIAL_HEADER: &str = "Sos-Credential";
/// Header of a device's request: the signature of [`request`].
pub const SIGNATURE_HEADER: &str = "Sos-Signature";

/// Signed at enrolment. `code` in the form of [`normal_code`], `public_key` as in the request.
#[must_use]
pub fn enrol(code: &str, public_key: &str) -> String {
    format!("{SUBPROTOCOL}\nenrol\n{code}\n{public_key}")
}

/// Signed to speak for the worker with this card. `card` in the form of [`normal_code`], `public_key` as in the request.
#[must_use]
pub fn card(card: &str, public_key: &str) -> String {
    format!("{SUBPROTOCOL}\ncard\n{card}\n{public_key}")
}

/// Signed in answer to the gateway's `challenge`.
#[must_use]
pub fn hello(nonce: &str) -> String {
    format!("{SUBPROTOCOL}\nhello\n{nonce}")
}

/// Signed for an alert over HTTP. The id in lower case with dashes.
#[must_use]
pub fn alert(alert_id: AlertId) -> String {
    format!("{SUBPROTOCOL}\nalert\n{alert_id}")
}

/// Signed with each request of a device over HTTP ([`CREDENTIAL_HEADER`], [`SIGNATURE_HEADER`]). `method` in upper case,
/// `path` as in the request, with the query if there is one; `body_sha256_hex` in lower case, of the body as it is sent.
#[must_use]
pub fn request(method: &str, path: &str, body_sha256_hex: &str) -> String {
    format!("{SUBPROTOCOL}\nrequest\n{method}\n{path}\n{body_sha256_hex}")
}

/// An enrolment code as it is signed and looked up: only letters and digits, upper case.
#[must_use]
pub fn normal_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
