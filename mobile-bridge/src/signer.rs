//! The device key: P-256, made on the device, never leaving it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sos_protocol::ambient::Entropy;

/// Attempts to draw a valid secret; one in 2^32 draws is not.
const DRAWS_MAX: u32 = 8;

/// Holds the device key and signs with it; a platform with a key store in hardware brings its own.
pub trait Signer: Send + Sync + 'static {
    /// The public key as enrolment sends it: uncompressed point, base64url without padding.
    fn public_key(&self) -> String;

    /// Signs `text` (ECDSA with SHA-256): the 64 bytes r ‖ s, base64url without padding.
    ///
    /// # Errors
    /// When the key store refuses, e.g. while the phone is locked.
    fn sign(&self, text: &str) -> Result<String, SignerError>;
}

/// The key could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the device key cannot be used: {reason}")]
pub struct SignerError {
    /// In English words, for developers.
    pub reason: String,
}

/// A key in memory, kept in the outbox file; for platforms without a key store, and for simulated phones.
pub struct SoftwareSigner(SigningKey);

impl SoftwareSigner {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` gives no usable secret (it is broken).
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, SignerError> {
        for _ in 0..DRAWS_MAX {
            let mut secret = [0; 32];
            entropy.fill(&mut secret);
            if let Ok(key) = SigningKey::from_slice(&secret) {
                return Ok(Self(key));
            }
        }
        Err(SignerError { reason: "no usable randomness".into() })
    }

    /// The key with this secret (32 bytes, big endian).
    ///
    /// # Errors
    /// When the bytes are no P-256 secret.
    pub fn from_secret(secret: &[u8]) -> Result<Self, SignerError> {
        SigningKey::from_slice(secret)
            .map(Self)
            .map_err(|_| SignerError { reason: "the stored secret is damaged".into() })
    }

    /// The secret, for the outbox.
    #[must_use]
    pub fn secret(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }
}

impl Signer for SoftwareSigner {
    fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().to_sec1_point(false))
    }

    fn sign(&self, text: &str) -> Result<String, SignerError> {
        let signature: Signature = self.0.sign(text.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;
    use sos_protocol::ambient::SeededEntropy;
    use sos_protocol::proof;

    #[test]
    fn a_signature_fits_the_public_key_and_survives_storage() {
        let signer = SoftwareSigner::generate(&*SeededEntropy::new(1)).unwrap();
        let again = SoftwareSigner::from_secret(&signer.secret()).unwrap();
        assert_eq!(signer.public_key(), again.public_key());

        let point = URL_SAFE_NO_PAD.decode(again.public_key()).unwrap();
        assert_eq!((point.len(), point[0]), (65, 4));
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let text = proof::hello("nonce");
        let signature = URL_SAFE_NO_PAD.decode(again.sign(&text).unwrap()).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        assert!(key.verify(text.as_bytes(), &signature).is_ok());
        assert!(key.verify(b"another text", &signature).is_err());
    }
}
