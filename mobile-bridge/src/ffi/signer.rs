//! The device key in the platform's key store (Android Keystore, Secure Enclave).

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

use crate::signer::{Signer, SignerError};

/// An SOS waits so long for its signature, then it goes out *unverified*. A key store in its own chip takes some
/// hundred milliseconds; one that hangs must not keep the SOS here.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
/// Requests that wait for a key store that does not answer; a further one fails at once.
const REQUESTS_WAITING_MAX: usize = 1;
/// What stands before the point in a P-256 key's `SubjectPublicKeyInfo` (RFC 5480), as `PublicKey.getEncoded()` gives it.
pub(super) const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// r ‖ s.
const RAW_SIGNATURE_BYTES: usize = 64;

/// Written by the app where the platform keeps the device key: P-256, made on the device, never leaving it, usable
/// while the phone is locked. It is called on a thread of its own; after 2 s without an answer the call counts as
/// refused, and an SOS goes out without proof, as *unverified*.
#[uniffi::export(foreign)]
pub trait SosSigner: Send + Sync {
    /// The public key: `SubjectPublicKeyInfo` (Android, `PublicKey.encoded`) or the uncompressed point of 65 bytes
    /// (iOS, `x963Representation`). The key is made if there is none.
    ///
    /// # Errors
    /// When the key store refuses.
    fn public_key(&self) -> Result<Vec<u8>, SignerFailure>;

    /// Signs `data` (ECDSA with SHA-256 over it): ASN.1 DER (Android, `SHA256withECDSA`; iOS, `derRepresentation`)
    /// or the 64 bytes r ‖ s (iOS, `rawRepresentation`).
    ///
    /// # Errors
    /// When the key store refuses.
    fn sign(&self, data: Vec<u8>) -> Result<Vec<u8>, SignerFailure>;
}

/// The key store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SignerFailure {
    /// For the reason given.
    #[error("the key store refused: {reason}")]
    Refused {
        /// In English words, for developers.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SignerFailure {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Refused { reason: error.reason }
    }
}

type Job = Box<dyn FnOnce(&dyn SosSigner) + Send>;

/// The app's signer behind a thread and a limit of time.
pub(super) struct KeyStore {
    key: VerifyingKey,
    jobs: SyncSender<Job>,
}

impl KeyStore {
    /// Starts the thread and asks for the public key.
    ///
    /// # Errors
    /// When the key store does not give a P-256 key in time.
    pub(super) fn open(signer: Arc<dyn SosSigner>) -> Result<Self, SignerError> {
        let (jobs, waiting) = sync_channel(REQUESTS_WAITING_MAX);
        std::thread::Builder::new()
            .name("sos-signer".into())
            .spawn(move || work(&*signer, &waiting))
            .map_err(|error| refused(&error.to_string()))?;
        let encoded = ask(&jobs, |signer| signer.public_key())?;
        let point = encoded.strip_prefix(&SPKI_PREFIX).unwrap_or(&encoded);
        let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| refused("not a public key of P-256"))?;
        Ok(Self { key, jobs })
    }
}

impl Signer for KeyStore {
    fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.to_sec1_point(false))
    }

    fn sign(&self, text: &str) -> Result<String, SignerError> {
        let data = text.as_bytes().to_vec();
        let bytes = ask(&self.jobs, move |signer| signer.sign(data))?;
        let signature = if bytes.len() == RAW_SIGNATURE_BYTES {
            Signature::from_slice(&bytes)
        } else {
            Signature::from_der(&bytes)
        };
        let signature = signature.map_err(|_| refused("not a signature of P-256"))?;
        self.key
            .verify(text.as_bytes(), &signature)
            .map_err(|_| refused("the signature does not fit the public key"))?;
        Ok(URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

fn work(signer: &dyn SosSigner, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        job(signer);
    }
}

fn ask<T: Send + 'static>(
    jobs: &SyncSender<Job>,
    question: impl FnOnce(&dyn SosSigner) -> Result<T, SignerFailure> + Send + 'static,
) -> Result<T, SignerError> {
    let (reply, answer) = sync_channel(1);
    // Nobody waiting for the answer any more is what the limit of time is for.
    let job: Job = Box::new(move |signer| drop(reply.try_send(question(signer))));
    jobs.try_send(job).map_err(|_| refused("it has not answered an earlier call"))?;
    match answer.recv_timeout(ANSWER_WAIT) {
        Ok(done) => done.map_err(|SignerFailure::Refused { reason }| refused(&reason)),
        Err(_) => Err(refused("no answer in time")),
    }
}

fn refused(reason: &str) -> SignerError {
    SignerError { reason: reason.to_owned() }
}
