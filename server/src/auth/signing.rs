//! The service's signature on what leaves it: ES256 with a key made from its secret, the same on all nodes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use p256::ecdsa::signature::{Signer as _, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use sos_protocol::ledger::LedgerKey;

use super::secret::Secret;

/// Random bytes are almost always a key: 32 bytes at or above the order of P-256 come once in four thousand million.
const KEY_TRIES_MAX: u8 = 4;
/// Bytes of a public key, an uncompressed point.
const POINT_BYTES: usize = 65;

/// Signs.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    public: LedgerKey,
}

impl Signer {
    /// With the key made from the service's secret.
    ///
    /// # Errors
    /// When no key comes of it, which does not happen.
    pub fn new(secret: &Secret) -> anyhow::Result<Self> {
        let key = (0..KEY_TRIES_MAX)
            .find_map(|n| SigningKey::from_slice(&secret.key(&format!("ledger-checkpoints-{n}"))).ok());
        let key = key.ok_or_else(|| anyhow::anyhow!("no key to sign with"))?;
        let public = public_key(key.verifying_key().to_sec1_point(false).as_bytes());
        let public = public.ok_or_else(|| anyhow::anyhow!("no key to sign with"))?;
        Ok(Self { key, public })
    }

    /// What the signatures are checked with.
    #[must_use]
    pub const fn public(&self) -> &LedgerKey {
        &self.public
    }

    /// r and s. The same again has the same signature (RFC 6979).
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        let signature: Signature = self.key.sign(bytes);
        signature.to_bytes().into()
    }
}

/// The public key at this point (65 bytes); none, if it is not on the curve.
#[must_use]
pub fn public_key(point: &[u8]) -> Option<LedgerKey> {
    VerifyingKey::from_sec1_bytes(point).ok().filter(|_| point.len() == POINT_BYTES)?;
    let (x, y) = (B64.encode(&point[1..33]), B64.encode(&point[33..]));
    let kid = thumbprint(&x, &y);
    Some(LedgerKey { kty: "EC".to_owned(), crv: "P-256".to_owned(), x, y, kid })
}

/// RFC 7638.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    B64.encode(Sha256::digest(members))
}

/// The point of a public key, if the key is one and its `kid` is its own.
#[must_use]
pub fn point(key: &LedgerKey) -> Option<Vec<u8>> {
    let coordinate = |text: &str| B64.decode(text).ok().filter(|bytes| bytes.len() == 32);
    let point = [vec![4], coordinate(&key.x)?, coordinate(&key.y)?].concat();
    public_key(&point).filter(|own| own == key).map(|_| point)
}

/// Whether `signature` (r and s) is that of `key` over `bytes`.
#[must_use]
pub fn fits(key: &LedgerKey, bytes: &[u8], signature: &[u8]) -> bool {
    let check = || {
        let signature = Signature::from_slice(signature).ok()?;
        VerifyingKey::from_sec1_bytes(&point(key)?).ok()?.verify(bytes, &signature).ok()
    };
    check().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        let secret = Secret::parse("p4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI").expect("a secret");
        Signer::new(&secret).expect("a key")
    }

    #[test]
    fn the_thumbprint_is_that_of_a_known_key() {
        // RFC 7515, appendix A.3; the thumbprint as other libraries give it for that key.
        let (x, y) =
            ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        assert_eq!(thumbprint(x, y), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn a_signature_fits_what_was_signed_with_the_key_that_signed_it() {
        let (signer, other) =
            (signer(), Secret::parse("Z4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI").unwrap());
        let other = Signer::new(&other).unwrap();
        let signature = signer.sign(b"what");
        assert_eq!(signature, signer.sign(b"what"));
        assert!(fits(signer.public(), b"what", &signature));
        assert!(!fits(signer.public(), b"That", &signature));
        assert!(!fits(other.public(), b"what", &signature));
        let with_kid = LedgerKey { kid: other.public().kid.clone(), ..signer.public().clone() };
        assert!(!fits(&with_kid, b"what", &signature));
    }
}
