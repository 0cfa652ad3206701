//! Encryption of the personal part of ledger rows, with one key a subject.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sos_protocol::ambient::SharedEntropy;

const NONCE_BYTES: usize = 24;

/// The key of a subject.
#[derive(Clone, Copy)]
pub struct SubjectKey([u8; 32]);

/// Seals and opens; holds the key that wraps the subjects' keys.
#[derive(Clone)]
pub struct Sealer {
    wrapping: [u8; 32],
    entropy: SharedEntropy,
}

impl Sealer {
    /// With the wrapping key (see [`super::secret::Secret::key`]).
    #[must_use]
    pub fn new(wrapping: [u8; 32], entropy: SharedEntropy) -> Self {
        Self { wrapping, entropy }
    }

    /// A new key for `subject`, and the form in which it is stored.
    #[must_use]
    pub fn new_key(&self, subject: &str) -> (SubjectKey, Vec<u8>) {
        let mut key = [0; 32];
        self.entropy.fill(&mut key);
        (SubjectKey(key), self.encrypt(&self.wrapping, subject.as_bytes(), &key))
    }

    /// The key of `subject` from its stored form.
    #[must_use]
    pub fn unwrap_key(&self, subject: &str, wrapped: &[u8]) -> Option<SubjectKey> {
        decrypt(&self.wrapping, subject.as_bytes(), wrapped)?.try_into().ok().map(SubjectKey)
    }

    /// Encrypts `plain`; it opens only with the same `context` (the row it belongs to).
    #[must_use]
    pub fn seal(&self, key: &SubjectKey, context: &[u8], plain: &[u8]) -> Vec<u8> {
        self.encrypt(&key.0, context, plain)
    }

    /// The reverse of [`Self::seal`].
    #[must_use]
    pub fn open(key: &SubjectKey, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        decrypt(&key.0, context, sealed)
    }

    fn encrypt(&self, key: &[u8; 32], aad: &[u8], msg: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        self.entropy.fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new(&(*key).into());
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), Payload { msg, aad }).expect("short texts always encrypt");
        [nonce.as_slice(), &sealed].concat()
    }
}

fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok()
}
