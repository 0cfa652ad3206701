//! Whether a case file is whole, and if not, what was changed.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{FORMAT, Manifest, SIGNATURE_TYPE, canonical, hashes, signing_input};

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read as JSON.
    #[error("no JSON at line {line}, column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is another kind of file, or of a version that is not known here.
    #[error("no case file of the form {FORMAT}")]
    NotCaseFile,
    /// Its content may be right, but it was written in another way: some byte was changed.
    #[error("not written as it was signed, from byte {at} on")]
    NotCanonical {
        /// From 0.
        at: usize,
    },
    /// Signed with a key that is not known.
    #[error("signed with another key: {key_id}")]
    OtherKey {
        /// As the file says.
        key_id: String,
    },
    /// The manifest is not what was signed, or the signature was changed.
    #[error("the signature does not fit the manifest")]
    Signature,
    /// A part is not what it was.
    #[error("changed: {part}")]
    Changed {
        /// Its name.
        part: String,
    },
    /// A part was taken out.
    #[error("missing: {part}")]
    Missing {
        /// Its name.
        part: String,
    },
    /// A part was put in.
    #[error("not of this file: {part}")]
    Added {
        /// Its name.
        part: String,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the file says of itself, as far as that could be read.
    pub manifest: Option<Manifest>,
    /// Id of the key that it says it was signed with.
    pub key_id: Option<String>,
    /// None: it is whole.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// Every byte is as it was signed.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    fn unreadable(fault: Fault) -> Self {
        Self { manifest: None, key_id: None, faults: vec![fault] }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// Checks the bytes of a file. `verify` says whether a signature over bytes is that of the key of this id; none: it does not
/// know that key.
pub fn check(file: &[u8], verify: impl FnOnce(&str, &[u8], &[u8]) -> Option<bool>) -> Checked {
    let mut all: Map<String, Value> = match serde_json::from_slice(file) {
        Ok(all) => all,
        Err(error) => {
            return Checked::unreadable(Fault::NotJson { line: error.line(), column: error.column() });
        }
    };
    let written = canonical(&all).unwrap_or_default();
    let (manifest, signature) = (all.remove("manifest"), all.remove("signature"));
    let manifest = manifest.and_then(|manifest| serde_json::from_value::<Manifest>(manifest).ok());
    let Some(manifest) = manifest.filter(|manifest| manifest.format == FORMAT) else {
        return Checked::unreadable(Fault::NotCaseFile);
    };
    let signature = signature.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut faults = changed(&manifest, &all);
    let (key_id, signed) = signed(&manifest, signature, verify);
    faults.extend(signed);
    if faults.is_empty() && written != file {
        faults.push(Fault::NotCanonical { at: first_difference(&written, file) });
    }
    Checked { manifest: Some(manifest), key_id, faults }
}

fn signed(
    manifest: &Manifest,
    signature: &str,
    verify: impl FnOnce(&str, &[u8], &[u8]) -> Option<bool>,
) -> (Option<String>, Option<Fault>) {
    let decoded = || {
        let (header, tag) = signature.split_once("..")?;
        let read: Header = serde_json::from_slice(&B64.decode(header).ok()?).ok()?;
        let is_ours = read.alg == "ES256" && read.typ == SIGNATURE_TYPE;
        is_ours.then_some((header, read.kid, B64.decode(tag).ok()?))
    };
    let Some((header, key_id, tag)) = decoded() else { return (None, Some(Fault::Signature)) };
    let payload = canonical(manifest).unwrap_or_default();
    let fault = match verify(&key_id, &signing_input(header, &payload), &tag) {
        Some(true) => None,
        Some(false) => Some(Fault::Signature),
        None => Some(Fault::OtherKey { key_id: key_id.clone() }),
    };
    (Some(key_id), fault)
}

/// The parts that are not those of the manifest.
fn changed(manifest: &Manifest, sections: &Map<String, Value>) -> Vec<Fault> {
    let there = hashes(sections).unwrap_or_default();
    let mut there: BTreeMap<&str, &str> =
        there.iter().map(|part| (part.part.as_str(), part.sha256.as_str())).collect();
    let mut faults = vec![];
    for wanted in &manifest.parts {
        let part = wanted.part.clone();
        match there.remove(wanted.part.as_str()) {
            Some(sha256) if sha256 == wanted.sha256 => {}
            Some(_) => faults.push(Fault::Changed { part }),
            None => faults.push(Fault::Missing { part }),
        }
    }
    faults.extend(there.keys().map(|part| Fault::Added { part: (*part).to_owned() }));
    faults
}

fn first_difference(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).position(|(a, b)| a != b).unwrap_or_else(|| a.len().min(b.len()))
}
