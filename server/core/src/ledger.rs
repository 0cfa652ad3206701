//! The ledger's rows: what is hashed, and which part of an event is personal.
//!
//! The clear part of an event ("facts") is enough for figures and for the order of things; the personal part is
//! encrypted with the worker's own key before the row is hashed, so that erasing the key erases the data and
//! leaves the chain verifiable.

use std::cmp::Ordering;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sos_protocol::{CaseEvent, CaseId, DeskId, Seq, UnixMs};
use uuid::Uuid;

/// SHA-256 of a row and everything before it.
pub type Hash = [u8; 32];

/// The hash before the first row.
pub const GENESIS: Hash = [0; 32];

/// About what an entry takes without its facts and its sealed part, in bytes.
const ENTRY_BYTES: usize = 192;

/// Members of an event that say something about a person: words, and where somebody is.
const PERSONAL: [&str; 9] =
    ["alert", "text", "summary", "reason", "sms_from", "taken", "tags", "written", "questions"];

/// A row of the ledger, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Place, from 1, without gaps.
    pub seq: Seq,
    /// When it was recorded.
    pub at: UnixMs,
    /// The case.
    pub case_id: CaseId,
    /// The desk that held the case after it.
    pub desk: DeskId,
    /// `worker`, `staff` or `service`.
    pub actor: String,
    /// The officer, where it was one.
    pub actor_id: Option<Uuid>,
    /// Kind of the event.
    pub kind: String,
    /// The alert, message or note that it is about.
    pub ref_id: Option<Uuid>,
    /// The clear part of the event, JSON.
    pub facts: String,
    /// The personal part, encrypted; empty if there is none.
    pub sealed: Vec<u8>,
}

/// The hash of `row` after `prev`.
#[must_use]
pub fn hash(prev: &Hash, row: &Row) -> Hash {
    let mut sha = Sha256::new();
    sha.update(prev);
    sha.update(row.entry());
    sha.finalize().into()
}

impl Row {
    /// The bytes of the row that are hashed: in its chain after the hash before it, and by themselves as a leaf of the
    /// [tree](crate::merkle) over all rows. In this order: `seq` and `at` in milliseconds (8 bytes each, big-endian, signed), the
    /// case (16); the officer and what it is about (each 1 byte, whether there is one, and 16, zeros without); then desk, actor,
    /// kind, facts and sealed part, each after its length in bytes (8, big-endian). So no two rows read the same.
    #[must_use]
    pub fn entry(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENTRY_BYTES + self.facts.len() + self.sealed.len());
        bytes.extend(self.seq.0.to_be_bytes());
        bytes.extend(self.at.0.to_be_bytes());
        bytes.extend(self.case_id.0.as_bytes());
        for id in [self.actor_id, self.ref_id] {
            bytes.push(u8::from(id.is_some()));
            bytes.extend(id.unwrap_or_default().as_bytes());
        }
        let texts = [self.desk.as_str(), &self.actor, &self.kind, &self.facts];
        for part in texts.iter().map(|t| t.as_bytes()).chain([self.sealed.as_slice()]) {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}

/// The rows up to some place, as far as the next one depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    seq: Seq,
    hash: Hash,
}

impl Chain {
    /// Before the first row.
    pub const START: Self = Self { seq: Seq(0), hash: GENESIS };

    /// Place of the last row.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Goes on with a stored row.
    ///
    /// # Errors
    /// The place that should have come, where this is another one or the hash is not that of the row.
    pub fn follow(&mut self, row: &Row, stored: &[u8]) -> Result<(), Seq> {
        self.step(row.seq, stored, |prev| hash(prev, row))
    }

    /// Goes on with a row of any ledger, at `seq`, whose hash after that of the row before is `hash`.
    pub(crate) fn step(
        &mut self,
        seq: Seq,
        stored: &[u8],
        hash: impl FnOnce(&Hash) -> Hash,
    ) -> Result<(), Seq> {
        let place = Seq(self.seq.0 + 1);
        let next = hash(&self.hash);
        if seq != place || stored != next {
            return Err(place);
        }
        *self = Self { seq: place, hash: next };
        Ok(())
    }

    /// Whether the stored head is this one.
    ///
    /// # Errors
    /// The first place that is missing, or too many. Where only the hash differs, the head's own: some row up to
    /// there was written anew with all hashes after it, and which one cannot be known.
    pub fn ends_at(&self, head: Seq, stored: &[u8]) -> Result<(), Seq> {
        match self.seq.cmp(&head) {
            Ordering::Less => Err(Seq(self.seq.0 + 1)),
            Ordering::Greater => Err(Seq(head.0 + 1)),
            Ordering::Equal if stored != self.hash => Err(head),
            Ordering::Equal => Ok(()),
        }
    }
}

/// An event as the two parts that are stored: (facts, personal part if any), both JSON objects.
#[must_use]
pub fn split(event: &CaseEvent) -> (String, Option<String>) {
    let Ok(Value::Object(all)) = serde_json::to_value(event) else { return ("{}".to_owned(), None) };
    let (personal, facts): (Map<_, _>, Map<_, _>) =
        all.into_iter().partition(|(name, _)| PERSONAL.contains(&name.as_str()));
    let personal = (!personal.is_empty()).then(|| Value::Object(personal).to_string());
    (Value::Object(facts).to_string(), personal)
}

/// What the entry is about, where that has an id of its own; the ledger takes each (kind, id) once.
#[must_use]
pub fn ref_id(event: &CaseEvent) -> Option<Uuid> {
    match event {
        CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. } => Some(alert.alert_id.0),
        CaseEvent::Cancelled { alert_id } | CaseEvent::Duress { alert_id } => Some(alert_id.0),
        CaseEvent::Attachment { attachment, .. } => Some(attachment.attachment_id.0),
        CaseEvent::Message { message_id, .. } => Some(message_id.0),
        CaseEvent::Note { note_id, .. } => Some(note_id.0),
        CaseEvent::Rang { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. }
        | CaseEvent::Reopened { .. }
        | CaseEvent::Assigned { .. }
        | CaseEvent::Offered { .. }
        | CaseEvent::Declined { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Shared { .. }
        | CaseEvent::Prioritised { .. }
        | CaseEvent::Tagged { .. }
        | CaseEvent::Answered { .. }
        | CaseEvent::Linked { .. }
        | CaseEvent::Unlinked { .. }
        | CaseEvent::FixAsked {}
        | CaseEvent::Raised { .. }
        | CaseEvent::Escalated { .. }
        | of_review!() => None,
        // One entry a message.
        CaseEvent::Delivered { message_ids } => message_ids.first().map(|id| id.0),
    }
}

/// The event again. Where the personal part was erased, its words are empty and of an alert only the id is left.
#[must_use]
pub fn join(facts: &str, personal: Option<&str>, ref_id: Option<Uuid>) -> Option<CaseEvent> {
    let mut all: Map<String, Value> = serde_json::from_str(facts).ok()?;
    match personal {
        Some(personal) => all.extend(serde_json::from_str::<Map<String, Value>>(personal).ok()?),
        None => all.extend(erased(ref_id)),
    }
    serde_json::from_value(Value::Object(all)).ok()
}

fn erased(ref_id: Option<Uuid>) -> Map<String, Value> {
    let mut blank = Map::new();
    blank.insert("text".to_owned(), Value::from(""));
    blank.insert("summary".to_owned(), Value::from(""));
    blank.insert("tags".to_owned(), Value::Array(vec![]));
    blank.insert("questions".to_owned(), Value::Array(vec![]));
    if let Some(id) = ref_id {
        blank.insert("alert".to_owned(), serde_json::json!({ "alert_id": id }));
    }
    blank
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
