//! What a phone shows to say who it is: signed by the service, bound to the phone's key, and checked without any
//! store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sos_protocol::{CountryCode, DeviceId, UnixMs, Unverified, WorkerId};

use super::secret::{mac, mac_fits};

/// How long a credential is good for: a year. After half of it a connecting phone is given a new one.
pub const CREDENTIAL_MS: i64 = 365 * 24 * 3600 * 1000;
/// Longest credential that is looked at, in bytes.
const CREDENTIAL_BYTES_MAX: usize = 1_024;

/// Who a phone is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The phone.
    pub device_id: DeviceId,
    /// Its owner.
    pub worker_id: WorkerId,
    /// Country of the owner's contract when the credential was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_country: Option<CountryCode>,
    /// Public key of the phone, base64url of the uncompressed point.
    pub public_key: String,
    /// When the credential was made.
    pub made_at: UnixMs,
    /// Somebody else's phone: it speaks for the worker until then, and is as revoked from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMs>,
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Who the phone says it is; only a credential of this service says anything.
    pub identity: Option<Identity>,
    /// Why that is not to be relied on; none: it is.
    pub unverified: Option<Unverified>,
}

/// Makes and checks credentials.
#[derive(Clone)]
pub struct Credentials {
    key: [u8; 32],
}

impl Credentials {
    /// With the signing key (see [`super::secret::Secret::key`]).
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The credential of `identity`.
    #[must_use]
    pub fn make(&self, identity: &Identity) -> String {
        let body = B64.encode(serde_json::to_vec(identity).unwrap_or_default());
        let tag = B64.encode(mac(&self.key, body.as_bytes()));
        format!("{body}.{tag}")
    }

    /// Whether a credential is of this service, in its time, and shown by the phone whose key it names: the one
    /// that signed `message`.
    #[must_use]
    pub fn check(
        &self,
        credential: Option<&str>,
        signature: Option<&str>,
        message: &str,
        now: UnixMs,
    ) -> Checked {
        let Some(credential) = credential else {
            return Checked { identity: None, unverified: Some(Unverified::NoCredential) };
        };
        let Some(identity) = self.read(credential) else {
            return Checked { identity: None, unverified: Some(Unverified::CredentialInvalid) };
        };
        let signed = signature.is_some_and(|signature| signed_by(&identity.public_key, signature, message));
        let given_back = identity.until.is_some_and(|until| until <= now);
        let expired = now.since_ms(identity.made_at) > CREDENTIAL_MS;
        let unverified = match (signed, given_back, expired) {
            (false, _, _) => Some(Unverified::ProofInvalid),
            (true, true, _) => Some(Unverified::DeviceRevoked),
            (true, false, true) => Some(Unverified::CredentialExpired),
            (true, false, false) => None,
        };
        Checked { identity: Some(identity), unverified }
    }

    fn read(&self, credential: &str) -> Option<Identity> {
        let (body, tag) = credential.split_once('.').filter(|_| credential.len() <= CREDENTIAL_BYTES_MAX)?;
        if !mac_fits(&self.key, body.as_bytes(), &B64.decode(tag).ok()?) {
            return None;
        }
        serde_json::from_slice(&B64.decode(body).ok()?).ok()
    }
}

/// The bytes of a public key in wire form, if it is a point on the curve.
#[must_use]
pub fn public_key(text: &str) -> Option<Vec<u8>> {
    let bytes = B64.decode(text).ok().filter(|bytes| bytes.len() == 65)?;
    VerifyingKey::from_sec1_bytes(&bytes).ok()?;
    Some(bytes)
}

/// Whether `signature` (r and s, 64 bytes, base64url) is that of `public_key` under `message`.
#[must_use]
pub fn signed_by(public_key: &str, signature: &str, message: &str) -> bool {
    let check = || {
        let key = VerifyingKey::from_sec1_bytes(&B64.decode(public_key).ok()?).ok()?;
        let signature = Signature::from_slice(&B64.decode(signature).ok()?).ok()?;
        key.verify(message.as_bytes(), &signature).ok()
    };
    check().is_some()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer;

    use super::*;

    const NOW: UnixMs = UnixMs(1_790_000_000_000);

    fn phone() -> (SigningKey, Identity) {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let identity = Identity {
            device_id: DeviceId(uuid::Uuid::from_u128(1)),
            worker_id: WorkerId(uuid::Uuid::from_u128(2)),
            contract_country: CountryCode::parse("TW"),
            public_key: B64.encode(key.verifying_key().to_sec1_point(false).as_bytes()),
            made_at: NOW,
            until: None,
        };
        (key, identity)
    }

    #[test]
    fn a_borrowed_phone_speaks_for_the_worker_until_its_end() {
        let (key, identity) = phone();
        let end = NOW.plus_ms(1_000);
        let credentials = Credentials::new([1; 32]);
        let credential = credentials.make(&Identity { until: Some(end), ..identity });
        let signature: Signature = key.sign(b"nonce");
        let signature = B64.encode(signature.to_bytes());
        let check = |message: &str, now: UnixMs| {
            credentials.check(Some(&credential), Some(&signature), message, now).unverified
        };
        assert_eq!(check("nonce", end.plus_ms(-1)), None);
        assert_eq!(check("nonce", end), Some(Unverified::DeviceRevoked));
        assert_eq!(check("other", end), Some(Unverified::ProofInvalid));
    }

    #[test]
    fn only_the_phone_with_the_key_is_verified_and_only_in_time() {
        let (key, identity) = phone();
        let credentials = Credentials::new([1; 32]);
        let credential = credentials.make(&identity);
        let signature: Signature = key.sign(b"nonce");
        let signature = B64.encode(signature.to_bytes());
        let check = |credential: Option<&str>, message: &str, now: UnixMs| {
            let checked = credentials.check(credential, Some(&signature), message, now);
            (checked.identity.is_some(), checked.unverified)
        };
        let late = NOW.plus_ms(CREDENTIAL_MS + 1);
        assert_eq!(check(Some(&credential), "nonce", NOW), (true, None));
        assert_eq!(check(Some(&credential), "nonce", late), (true, Some(Unverified::CredentialExpired)));
        assert_eq!(check(Some(&credential), "other", NOW), (true, Some(Unverified::ProofInvalid)));
        assert_eq!(check(None, "nonce", NOW), (false, Some(Unverified::NoCredential)));
        let forged = Credentials::new([2; 32]).make(&identity);
        assert_eq!(check(Some(&forged), "nonce", NOW), (false, Some(Unverified::CredentialInvalid)));
        assert_eq!(check(Some("x"), "nonce", NOW), (false, Some(Unverified::CredentialInvalid)));
    }
}
