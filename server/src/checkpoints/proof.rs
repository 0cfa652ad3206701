//! Files that prove something to whoever has them and the public key: checked without the service and its database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sos_core::ledger::Row;
use sos_core::merkle::{self, Divergence, Hash};
use sos_protocol::ledger::{Checkpoint, LedgerKey};
use sos_protocol::{CaseId, DeskId, Seq, UnixMs};
use uuid::Uuid;

use super::fault::{Fault, Part};
use super::key::{CHECKPOINT, from_hex, verify};
use crate::auth::secret::hex;

/// `format` of a [`Growth`].
pub const GROWTH: &str = "sos-ledger-growth/1";
/// `format` of a [`CaseProof`].
pub const CASE: &str = "sos-case-proof/1";

/// That the ledger of an old checkpoint is the beginning of that of a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// [`GROWTH`].
    pub format: String,
    /// The older one, as it was kept.
    pub old: Checkpoint,
    /// The newer one.
    pub new: Checkpoint,
    /// Consistency proof of RFC 9162; hashes in hexadecimal.
    pub proof: Vec<String>,
}

/// That these entries of a case are in the ledger of a checkpoint. It does not show that the case has no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseProof {
    /// [`CASE`].
    pub format: String,
    /// The case.
    pub case_id: CaseId,
    /// What the entries are in.
    pub checkpoint: Checkpoint,
    /// The entries in their order.
    pub entries: Vec<ProvedEntry>,
}

/// An entry with its proof. Everything up to `sealed` is what the leaf is the hash of, see [`Row::entry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvedEntry {
    /// Place in the ledger; that in the tree is one less.
    pub seq: Seq,
    /// When it was recorded.
    pub at_ms: UnixMs,
    /// The case.
    pub case_id: CaseId,
    /// The desk that held it then.
    pub desk: DeskId,
    /// `worker`, `staff` or `service`.
    pub actor: String,
    /// The officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<Uuid>,
    /// What happened.
    pub kind: String,
    /// The alert, message or note that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ref_id: Option<Uuid>,
    /// The clear part, JSON, byte for byte as it was hashed.
    pub facts: String,
    /// The personal part, encrypted with a key that can be erased; base64url without padding.
    pub sealed: String,
    /// Hash of the leaf, in hexadecimal.
    pub leaf: String,
    /// Inclusion proof of RFC 9162, from the leaf up; hashes in hexadecimal.
    pub proof: Vec<String>,
}

impl Growth {
    /// Of these two, with this proof.
    #[must_use]
    pub fn new(old: Checkpoint, new: Checkpoint, proof: &[Hash]) -> Self {
        Self { format: GROWTH.to_owned(), old, new, proof: proof.iter().map(|hash| hex(hash)).collect() }
    }

    /// Checks it all; with `known` keys, that the checkpoints are signed with them.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, known: &[LedgerKey]) -> Result<(), Fault> {
        let old_root = verify(&self.old, known, Part::OldCheckpoint)?;
        let new_root = verify(&self.new, known, Part::NewCheckpoint)?;
        let broken = |what: &str| Fault::broken(Part::Growth, what);
        if self.old.log != self.new.log {
            return Err(broken("the checkpoints are of two ledgers"));
        }
        let proof = hashes(&self.proof).ok_or_else(|| broken("one of its hashes is none"))?;
        let (old, new) = ((self.old.tree_size, &old_root), (self.new.tree_size, &new_root));
        merkle::verify_consistency(old, new, &proof).map_err(|divergence| match divergence {
            Divergence::Sizes => broken("the old checkpoint has no entries, or more than the new one"),
            Divergence::Length => broken("it has too few hashes or too many"),
            Divergence::Old => broken("it does not lead to the root of the old checkpoint"),
            Divergence::New => broken("it does not lead to the root of the new checkpoint"),
        })
    }
}

impl ProvedEntry {
    /// Of this row, with its proof.
    #[must_use]
    pub fn new(row: &Row, proof: &[Hash]) -> Self {
        Self {
            seq: row.seq,
            at_ms: row.at,
            case_id: row.case_id,
            desk: row.desk.clone(),
            actor: row.actor.clone(),
            actor_id: row.actor_id,
            kind: row.kind.clone(),
            ref_id: row.ref_id,
            facts: row.facts.clone(),
            sealed: B64.encode(&row.sealed),
            leaf: hex(&merkle::leaf(&row.entry())),
            proof: proof.iter().map(|hash| hex(hash)).collect(),
        }
    }

    fn row(&self) -> Option<Row> {
        Some(Row {
            seq: self.seq,
            at: self.at_ms,
            case_id: self.case_id,
            desk: self.desk.clone(),
            actor: self.actor.clone(),
            actor_id: self.actor_id,
            kind: self.kind.clone(),
            ref_id: self.ref_id,
            facts: self.facts.clone(),
            sealed: B64.decode(&self.sealed).ok()?,
        })
    }

    /// Checks it against a tree.
    fn verify(&self, case: CaseId, size: u64, root: &Hash) -> Result<(), Fault> {
        let broken = |what: &str| Fault::broken(Part::Entry(self.seq), what);
        if self.case_id != case {
            return Err(broken("case_id: it belongs to another case"));
        }
        let row = self.row().ok_or_else(|| broken("sealed: it is not base64url"))?;
        let stated = from_hex(&self.leaf).ok_or_else(|| broken("leaf: it is no hash"))?;
        let proof = hashes(&self.proof).ok_or_else(|| broken("proof: one of its hashes is none"))?;
        let place = self.seq.0.checked_sub(1).and_then(|place| u64::try_from(place).ok());
        let place = place.filter(|place| *place < size);
        let place = place.ok_or_else(|| broken("seq: the checkpoint has no such entry"))?;
        let own = merkle::leaf(&row.entry());
        let leads = |leaf| merkle::leads_from(place, size, leaf, &proof, root);
        match (own == stated, leads(own), leads(stated)) {
            (true, true, _) => Ok(()),
            (true, false, _) => Err(broken("proof: it does not lead to the root of the checkpoint")),
            (false, true, _) => Err(broken("leaf: it is not the hash of the entry")),
            (false, false, true) => Err(broken("its words, times or ids are not those on record")),
            (false, false, false) => Err(broken("neither its contents nor its proof fit the checkpoint")),
        }
    }
}

impl CaseProof {
    /// Checks it all; with `known` keys, that the checkpoint is signed with one of them.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, known: &[LedgerKey]) -> Result<(), Fault> {
        let root = verify(&self.checkpoint, known, Part::Checkpoint)?;
        if self.entries.is_empty() {
            return Err(Fault::broken(Part::File, "it has no entries"));
        }
        if let Some(pair) = self.entries.windows(2).find(|pair| pair[0].seq >= pair[1].seq) {
            return Err(Fault::broken(Part::Entry(pair[1].seq), "seq: the entries are not in their order"));
        }
        self.entries.iter().try_for_each(|e| e.verify(self.case_id, self.checkpoint.tree_size, &root))
    }
}

fn hashes(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|text| from_hex(text)).collect()
}

/// A file of one of the three formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofFile {
    /// Just a checkpoint.
    Checkpoint(Box<Checkpoint>),
    /// See [`Growth`].
    Growth(Box<Growth>),
    /// See [`CaseProof`].
    Case(Box<CaseProof>),
}

impl ProofFile {
    /// Reads one. Spaces between the members do not matter; everything else is as the format writes it.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Kind {
            format: String,
        }
        let kind: Kind = serde_json::from_slice(bytes).map_err(Fault::unreadable)?;
        match kind.format.as_str() {
            CHECKPOINT => Ok(Self::Checkpoint(Box::new(read(bytes)?))),
            GROWTH => Ok(Self::Growth(Box::new(read(bytes)?))),
            CASE => Ok(Self::Case(Box::new(read(bytes)?))),
            other => Err(Fault::unreadable(format!("format: {other:?} is not known"))),
        }
    }

    /// Checks it; with `known` keys, that it is signed with them.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, known: &[LedgerKey]) -> Result<(), Fault> {
        match self {
            Self::Checkpoint(checkpoint) => verify(checkpoint, known, Part::Checkpoint).map(drop),
            Self::Growth(growth) => growth.verify(known),
            Self::Case(case) => case.verify(known),
        }
    }

    /// The kids of the keys that it is signed with.
    #[must_use]
    pub fn kids(&self) -> Vec<&str> {
        match self {
            Self::Checkpoint(checkpoint) => vec![&checkpoint.key.kid],
            Self::Growth(growth) if growth.old.key.kid == growth.new.key.kid => vec![&growth.new.key.kid],
            Self::Growth(growth) => vec![&growth.old.key.kid, &growth.new.key.kid],
            Self::Case(case) => vec![&case.checkpoint.key.kid],
        }
    }
}

/// Reads JSON that is written as `T` writes itself but for the spaces, so that nothing stands in a file that is not checked.
///
/// # Errors
/// Why it is not so, with the place.
pub fn read<T: for<'a> Deserialize<'a> + Serialize>(bytes: &[u8]) -> Result<T, Fault> {
    let read: T = serde_json::from_slice(bytes).map_err(Fault::unreadable)?;
    let found: Value = serde_json::from_slice(bytes).map_err(Fault::unreadable)?;
    let wanted = serde_json::to_value(&read).map_err(Fault::unreadable)?;
    match difference(&found, &wanted) {
        None => Ok(read),
        Some(at) => Err(Fault::unreadable(format!(
            "{} is not written as this format writes it",
            at.trim_start_matches('.')
        ))),
    }
}

/// Where two values differ first.
fn difference(found: &Value, wanted: &Value) -> Option<String> {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            let names = found.keys().chain(wanted.keys());
            names.into_iter().find_map(|name| {
                let pair =
                    (found.get(name).unwrap_or(&Value::Null), wanted.get(name).unwrap_or(&Value::Null));
                let same = found.contains_key(name) == wanted.contains_key(name);
                let below = difference(pair.0, pair.1).or((!same).then(String::new))?;
                Some(format!(".{name}{below}"))
            })
        }
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => {
            let pairs = found.iter().zip(wanted).enumerate();
            pairs.into_iter().find_map(|(n, (f, w))| Some(format!("[{n}]{}", difference(f, w)?)))
        }
        (found, wanted) => (found != wanted).then(String::new),
    }
}
