//! The electronic case file: one case as a JSON document that proves itself.
//!
//! The document is canonical JSON (RFC 8785), so that one content is one row of bytes. Its `manifest` says whose case it is,
//! who had it made and when, and the SHA-256 of every part; the `signature` is a detached JWS (RFC 7515, appendix F; ES256)
//! over the canonical manifest. A change is thereby not only found but named. Nothing but the public key is needed to check it.

mod check;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sos_protocol::{CaseId, Seq, StaffId, UnixMs};

pub use self::check::{Checked, Fault, check};

/// Name of this form of file, and its version.
pub const FORMAT: &str = "sos-case-file/1";
/// `typ` of the signature's header.
const SIGNATURE_TYPE: &str = "sos-case-file+jws";

/// Who had it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeBy {
    /// The officer.
    pub staff_id: StaffId,
    /// Name at that time.
    pub name: String,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose.
    pub case_id: CaseId,
    /// Its number, as shown.
    pub case_no: String,
    /// The case's last entry in the ledger that is in it.
    pub last_seq: Seq,
    /// When it was made.
    pub made_at_ms: UnixMs,
    /// Who had it made.
    pub made_by: MadeBy,
    /// The worker stands in it by a pseudonym, which is in no other file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pseudonym: bool,
}

/// A part of a file, and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHash {
    /// Name of the section; of an item of a list, with the place in it from 0: `timeline/3`.
    pub part: String,
    /// SHA-256 of its canonical JSON, hex in lower case; of a list as a whole, that of its length.
    pub sha256: String,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// What it is of.
    #[serde(flatten)]
    pub head: Head,
    /// Every part.
    pub parts: Vec<PartHash>,
}

/// A value that no JSON document can hold, such as a number without end.
#[derive(Debug, thiserror::Error)]
#[error("not to be written as canonical JSON")]
pub struct NotCanonical;

/// A section with its name: an object is one part; of a list its length is one, and each of its items.
pub type Section = (&'static str, Value);

/// The bytes of a file of these sections. `sign` signs bytes with the key that is known as `key_id`: r and s, 64 bytes.
///
/// # Errors
/// When a section cannot be written.
pub fn write(
    head: Head,
    sections: Vec<Section>,
    key_id: &str,
    sign: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<Vec<u8>, NotCanonical> {
    let sections: Map<String, Value> =
        sections.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let manifest = Manifest { format: FORMAT.to_owned(), head, parts: hashes(&sections)? };
    let payload = canonical(&manifest)?;
    let header = B64.encode(canonical(&json!({ "alg": "ES256", "kid": key_id, "typ": SIGNATURE_TYPE }))?);
    let signature = sign(&signing_input(&header, &payload));
    let mut all = sections;
    all.insert("manifest".to_owned(), serde_json::to_value(&manifest).map_err(|_| NotCanonical)?);
    all.insert("signature".to_owned(), Value::from(format!("{header}..{}", B64.encode(signature))));
    canonical(&all)
}

/// SHA-256, hex in lower case: of a file, what is printed where the file is spoken of.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    serde_json_canonicalizer::to_vec(value).map_err(|_| NotCanonical)
}

fn signing_input(header: &str, payload: &[u8]) -> Vec<u8> {
    format!("{header}.{}", B64.encode(payload)).into_bytes()
}

/// The parts of these sections, in the order of their names and places.
fn hashes(sections: &Map<String, Value>) -> Result<Vec<PartHash>, NotCanonical> {
    let mut parts = vec![];
    for (name, value) in sections {
        match value {
            Value::Array(items) => {
                // Its length: an empty list is a part as well.
                parts.push(part(name.clone(), &Value::from(items.len()))?);
                for (i, item) in items.iter().enumerate() {
                    parts.push(part(format!("{name}/{i}"), item)?);
                }
            }
            one => parts.push(part(name.clone(), one)?),
        }
    }
    Ok(parts)
}

fn part(part: String, value: &Value) -> Result<PartHash, NotCanonical> {
    Ok(PartHash { part, sha256: sha256_hex(&canonical(value)?) })
}

#[cfg(test)]
mod tests;
