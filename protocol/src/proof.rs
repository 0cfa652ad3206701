//! The texts that a device key signs: ECDSA on P-256 with SHA-256, the signature as the 64 bytes r ‖ s (what
//! WebCrypto makes), base64url without padding. Line ends are `\n`.

use crate::{AlertId, SUBPROTOCOL};

/// Signed at enrolment. `code` in the form of [`normal_code`], `public_key` as in the request.
#[must_use]
pub fn enrol(code: &str, public_key: &str) -> String {
    format!("{SUBPROTOCOL}\nenrol\n{code}\n{public_key}")
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

/// An enrolment code as it is signed and looked up: only letters and digits, upper case.
#[must_use]
pub fn normal_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
