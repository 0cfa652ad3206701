//! The ledger's rows: what is hashed, and which part of an event is personal.
//!
//! The clear part of an event ("facts") is enough for figures and for the order of things; the personal part is
//! encrypted with the worker's own key before the row is hashed, so that erasing the key erases the data and
//! leaves the chain verifiable.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sos_protocol::{CaseEvent, CaseId, DeskId, Seq, UnixMs};
use uuid::Uuid;

/// SHA-256 of a row and everything before it.
pub type Hash = [u8; 32];

/// The hash before the first row.
pub const GENESIS: Hash = [0; 32];

/// Members of an event that say something about a person: words, and where somebody is.
const PERSONAL: [&str; 4] = ["alert", "text", "summary", "reason"];

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

/// The hash of `row` after `prev`. Every field goes in with its length, so that no two rows read the same.
#[must_use]
pub fn hash(prev: &Hash, row: &Row) -> Hash {
    let mut sha = Sha256::new();
    sha.update(prev);
    sha.update(row.seq.0.to_be_bytes());
    sha.update(row.at.0.to_be_bytes());
    sha.update(row.case_id.0.as_bytes());
    for id in [row.actor_id, row.ref_id] {
        sha.update(id.unwrap_or_default().as_bytes());
    }
    let texts = [row.desk.as_str(), &row.actor, &row.kind, &row.facts];
    for part in texts.iter().map(|t| t.as_bytes()).chain([row.sealed.as_slice()]) {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
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
        CaseEvent::Cancelled { alert_id } => Some(alert_id.0),
        CaseEvent::Message { message_id, .. } => Some(message_id.0),
        CaseEvent::Note { note_id, .. } => Some(note_id.0),
        CaseEvent::Rang { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. }
        | CaseEvent::Reopened { .. } => None,
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
    if let Some(id) = ref_id {
        blank.insert("alert".to_owned(), serde_json::json!({ "alert_id": id }));
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::MessageId;

    fn row() -> Row {
        Row {
            seq: Seq(1),
            at: UnixMs(5),
            case_id: CaseId(Uuid::nil()),
            desk: "tw-taipei".into(),
            actor: "staff".into(),
            actor_id: Some(Uuid::max()),
            kind: "note".into(),
            ref_id: None,
            facts: "{}".into(),
            sealed: vec![1, 2],
        }
    }

    #[test]
    fn the_hash_changes_with_every_field_and_with_the_row_before() {
        let base = hash(&GENESIS, &row());
        let changed = [
            Row { seq: Seq(2), ..row() },
            Row { at: UnixMs(6), ..row() },
            Row { case_id: CaseId(Uuid::max()), ..row() },
            Row { desk: "tw-taipe".into(), actor: "istaff".into(), ..row() },
            Row { actor: "worker".into(), ..row() },
            Row { actor_id: None, ..row() },
            Row { kind: "seen".into(), ..row() },
            Row { ref_id: Some(Uuid::max()), ..row() },
            Row { facts: "{ }".into(), ..row() },
            Row { sealed: vec![1], ..row() },
        ];
        for other in &changed {
            assert_ne!(hash(&GENESIS, other), base, "{other:?}");
        }
        assert_ne!(hash(&base, &row()), base);
    }

    #[test]
    fn words_go_into_the_personal_part_and_come_back() {
        let event = CaseEvent::Message { message_id: MessageId(Uuid::max()), text: "cứu tôi".into() };
        let (facts, personal) = split(&event);
        assert!(!facts.contains("cứu"), "{facts}");
        assert_eq!(join(&facts, personal.as_deref(), None), Some(event));
        let erased = CaseEvent::Message { message_id: MessageId(Uuid::max()), text: String::new() };
        assert_eq!(join(&facts, None, None), Some(erased));
        let (facts, personal) = split(&CaseEvent::Claimed {});
        assert_eq!((personal.as_deref(), join(&facts, None, None)), (None, Some(CaseEvent::Claimed {})));
    }
}
