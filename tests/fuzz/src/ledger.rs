//! Rows of the ledger.

use serde_json::{Map, Value};
use sos_core::ledger::{join, ref_id, split};
use sos_protocol::CaseEvent;

use crate::promises::{alike, json};

/// Members that must never stand in the clear part.
const PERSONAL: [&str; 4] = ["alert", "text", "summary", "reason"];

/// An event, or a stored row: a line of facts, and the personal part.
///
/// # Panics
/// Where an event does not come back from its two parts, or words of people are in the clear one.
pub fn ledger_row(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(event) = serde_json::from_str::<CaseEvent>(&text) {
        comes_back(&event);
    }
    let (facts, personal) = text.split_once('\n').unwrap_or((&text, ""));
    let personal = (!personal.is_empty()).then_some(personal);
    if let Some(event) = join(facts, personal, None) {
        comes_back(&event);
    }
}

fn comes_back(event: &CaseEvent) {
    let (facts, personal) = split(event);
    let again = join(&facts, personal.as_deref(), None).expect("an event from its own parts");
    assert!(alike(&json(event), &json(&again)), "{event:?} came back as {again:?}");

    let clear: Map<String, Value> = serde_json::from_str(&facts).expect("facts are a JSON object");
    assert!(PERSONAL.iter().all(|name| !clear.contains_key(*name)), "in clear: {facts}");
    let sealed: Map<String, Value> = personal
        .as_deref()
        .map(|text| serde_json::from_str(text).expect("a JSON object"))
        .unwrap_or_default();
    assert!(sealed.keys().all(|name| PERSONAL.contains(&name.as_str())), "sealed: {sealed:?}");

    let erased = join(&facts, None, ref_id(event)).expect("an entry whose words were erased still reads");
    assert_eq!((erased.kind(), ref_id(&erased)), (event.kind(), ref_id(event)));
    let (facts_left, words_left) = split(&erased);
    assert!(alike(&json_of(&facts_left), &json_of(&facts)), "facts are not erased");
    assert_eq!(join(&facts_left, words_left.as_deref(), None), Some(erased));
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
