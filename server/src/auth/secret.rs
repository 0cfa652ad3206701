//! The service's one secret, and the keys made from it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use sos_protocol::ambient::Entropy;

/// Fewest bytes of the secret.
pub const SECRET_BYTES_MIN: usize = 32;

/// 32 bytes or more that all nodes share and nobody else has.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a secret is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// It is not base64url.
    #[error(
        "SOS_SECRET is not base64url (make one with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')"
    )]
    NotBase64,
    /// It is too short.
    #[error("SOS_SECRET is shorter than {SECRET_BYTES_MIN} bytes")]
    Short,
    /// It is made of a few different bytes only, as examples and placeholders are.
    #[error("SOS_SECRET looks like an example, not like random bytes")]
    Example,
}

impl Secret {
    /// Reads base64url without padding.
    ///
    /// # Errors
    /// When it is not one that could protect anything.
    pub fn parse(text: &str) -> Result<Self, WeakSecret> {
        let bytes = B64.decode(text.trim().trim_end_matches('=')).map_err(|_| WeakSecret::NotBase64)?;
        let mut distinct = bytes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        match bytes.len() {
            0..SECRET_BYTES_MIN => Err(WeakSecret::Short),
            // Random bytes of this length have about 30 different values and fewer than 20 almost never; words in
            // ASCII letters are no random bytes either.
            _ if distinct.len() < 20 || bytes.is_ascii() => Err(WeakSecret::Example),
            _ => Ok(Self(bytes)),
        }
    }

    /// A key for one purpose.
    #[must_use]
    pub fn key(&self, purpose: &str) -> [u8; 32] {
        mac(&self.0, purpose.as_bytes())
    }
}

/// HMAC-SHA-256.
#[must_use]
pub fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether `tag` is the HMAC of `message`, in constant time.
#[must_use]
pub fn mac_fits(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.verify_slice(tag).is_ok()
}

/// In hexadecimal, lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random token of 32 bytes: (what the holder gets, what the store keeps).
#[must_use]
pub fn token(entropy: &dyn Entropy) -> (String, [u8; 32]) {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let text = B64.encode(bytes);
    let hash = token_hash(&text);
    (text, hash)
}

/// What the store keeps of a token.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_and_short_secrets_are_refused() {
        let b64 = |bytes: &[u8]| B64.encode(bytes);
        assert_eq!(Secret::parse("demo secret!").err(), Some(WeakSecret::NotBase64));
        assert_eq!(Secret::parse(&b64(b"short")).err(), Some(WeakSecret::Short));
        assert_eq!(Secret::parse(&b64(&[0; 32])).err(), Some(WeakSecret::Example));
        assert_eq!(
            Secret::parse(&b64(b"change-me-change-me-0123456789-abcdef")).err(),
            Some(WeakSecret::Example)
        );
        let random: Vec<u8> = (0..32_u8).map(|i| i.wrapping_mul(197).wrapping_add(91)).collect();
        assert!(Secret::parse(&b64(&random)).is_ok());
    }
}
