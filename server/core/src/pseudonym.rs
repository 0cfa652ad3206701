//! Pseudonyms of workers, for reviewers whose account does not show names.
//!
//! A pseudonym is made of the worker and of a key for one reader or one export. Within it the same worker has the same
//! pseudonym, so that somebody who calls again is known again; between two of them nothing can be joined.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use sos_protocol::case::TimelineEntry;
use sos_protocol::http::Role;
use sos_protocol::{CaseDetail, CaseEvent, CaseSummary, WorkerId};
use uuid::Uuid;

use crate::access::Officer;
use crate::folding::fold;
use crate::ledger;

/// Letters and digits that nobody takes for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits among them, which come first.
const DIGITS: u8 = 10;
/// Letters of a pseudonym: among a million workers, two share one in two exports of three.
const LENGTH: usize = 8;
/// Stands where a name was said in words.
const SAID: &str = "[…]";

/// Puts pseudonyms in the place of what tells who a worker is.
#[derive(Clone)]
pub struct Mask([u8; 32]);

impl Mask {
    /// With the key of one reader or one export.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn bytes(&self, worker: WorkerId) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(worker.0.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// What the worker is called, e.g. `K73Q-XVBM`. The first one is no digit: it is not to be taken for a number of a case.
    #[must_use]
    pub fn name(&self, worker: WorkerId) -> String {
        let bytes = self.bytes(worker).into_iter().take(LENGTH).enumerate();
        let places = bytes.map(|(n, byte)| if n == 0 { DIGITS + byte % (32 - DIGITS) } else { byte % 32 });
        let mut name: String = places.map(|at| char::from(LETTERS[usize::from(at)])).collect();
        name.insert(LENGTH / 2, '-');
        name
    }

    /// The worker's id in the same place.
    fn id(&self, worker: WorkerId) -> WorkerId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.bytes(worker)[16..]);
        WorkerId(Uuid::from_bytes(bytes))
    }

    /// A case in a list.
    pub fn summary(&self, case: &mut CaseSummary) {
        let name = case.worker_name.take();
        if let Some(closing) = &mut case.closing {
            closing.summary = without(&closing.summary, name.as_deref());
        }
        case.worker_name = case.worker_id.map(|worker| self.name(worker));
        case.worker_id = case.worker_id.map(|worker| self.id(worker));
        case.tags.iter_mut().for_each(|tag| *tag = without(tag, name.as_deref()));
        case.employer = None;
        case.address = None;
    }

    /// What happened in a case whose worker is called `name`. Never none of an event that was recorded.
    #[must_use]
    pub fn event(event: CaseEvent, name: Option<&str>) -> Option<CaseEvent> {
        let (facts, personal) = ledger::split(&event);
        let Some(personal) = personal else { return Some(event) };
        let mut personal: Value = serde_json::from_str(&personal).ok()?;
        if let Some(parts) = personal.as_object_mut() {
            parts.remove("sms_from");
        }
        unsay(&mut personal, name);
        let ref_id = ledger::ref_id(&event);
        ledger::join(&facts, Some(&personal.to_string()), ref_id)
    }

    /// Everything about a case.
    pub fn detail(&self, detail: &mut CaseDetail) {
        let name = detail.worker.as_ref().map(|worker| worker.name.clone());
        let name = name.or_else(|| detail.case.worker_name.clone());
        self.summary(&mut detail.case);
        let timeline = std::mem::take(&mut detail.timeline).into_iter();
        let masked = |entry: TimelineEntry| {
            Some(TimelineEntry { event: Self::event(entry.event, name.as_deref())?, ..entry })
        };
        detail.timeline = timeline.filter_map(masked).collect();
        if let Some(worker) = &mut detail.worker {
            worker.name = self.name(worker.worker_id);
            worker.worker_id = self.id(worker.worker_id);
            worker.phone = None;
            worker.employer = None;
            worker.address = None;
        }
    }
}

/// All words in it without that name.
pub fn unsay(value: &mut Value, name: Option<&str>) {
    match value {
        Value::String(text) => *text = without(text, name),
        Value::Array(parts) => parts.iter_mut().for_each(|part| unsay(part, name)),
        Value::Object(parts) => parts.values_mut().for_each(|part| unsay(part, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether `officer` is shown names. Whoever works on cases has to call people by their names.
#[must_use]
pub const fn sees_names(officer: &Officer) -> bool {
    officer.names || !matches!(officer.role, Role::Reviewer)
}

/// The words without that name, however it is written in them: with or without its marks, in capitals or not. A name of one
/// word stays: it is an ordinary word in too many sentences.
#[must_use]
pub fn without(text: &str, name: Option<&str>) -> String {
    let wanted: Vec<String> =
        words(name.unwrap_or_default()).into_iter().map(|(_, word)| fold(word)).collect();
    if wanted.len() < 2 {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = first(rest, &wanted) {
        kept.push_str(&rest[..at]);
        kept.push_str(SAID);
        rest = &rest[at + length..];
    }
    kept + rest
}

/// Where the words stand one after the other, in bytes: (from, length).
fn first(text: &str, wanted: &[String]) -> Option<(usize, usize)> {
    let words: Vec<(usize, &str)> = words(text);
    words.windows(wanted.len()).find_map(|window| {
        let is_it = window.iter().zip(wanted).all(|((_, word), wanted)| fold(word) == *wanted);
        let ((from, _), (last, word)) = (window.first()?, window.last()?);
        is_it.then(|| (*from, last + word.len() - from))
    })
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = vec![];
    let mut from = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric() || is_mark(letter), from) {
            (true, None) => from = Some(at),
            (false, Some(began)) => {
                words.push((began, &text[began..at]));
                from = None;
            }
            _ => {}
        }
    }
    words
}

/// A mark of its own behind its letter (U+0300 to U+036F), as some keyboards write.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use sos_protocol::MessageId;

    use super::*;

    const NAME: Option<&str> = Some("Nguyễn Thị Đào");

    fn worker(n: u128) -> WorkerId {
        WorkerId(Uuid::from_u128(n))
    }

    #[test]
    fn within_a_key_a_worker_is_known_again_and_between_two_nothing_is() {
        let (one, other) = (Mask::new([1; 32]), Mask::new([2; 32]));
        assert_eq!(one.name(worker(7)), one.name(worker(7)));
        assert_ne!(one.name(worker(7)), one.name(worker(8)));
        assert_ne!(one.name(worker(7)), other.name(worker(7)));
        assert_ne!(one.id(worker(7)), other.id(worker(7)));
        assert_ne!(one.id(worker(7)), worker(7));
        let name = one.name(worker(7));
        assert_eq!((name.len(), name.as_bytes()[4]), (LENGTH + 1, b'-'));
    }

    #[test]
    fn no_pseudonym_looks_like_the_number_of_a_case() {
        let mask = Mask::new([1; 32]);
        for n in 0..2_000 {
            let name = mask.name(worker(n));
            assert!(name.starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
        }
    }

    #[test]
    fn a_name_is_left_out_however_it_is_written() {
        for (text, left) in [
            ("Chị Nguyễn Thị Đào bị khoá cửa", "Chị […] bị khoá cửa"),
            ("NGUYEN THI DAO, nguyen thi dao.", "[…], […]."),
            ("Nguye\u{302}\u{303}n Thi\u{323} Đào", "[…]"),
            ("“Nguyễn  Thị-Đào”", "“[…]”"),
            ("Nguyễn Thị Đàos và Thị Đào", "Nguyễn Thị Đàos và Thị Đào"),
            ("", ""),
        ] {
            assert_eq!(without(text, NAME), left);
        }
        assert_eq!(without("không có tên", None), "không có tên");
        assert_eq!(without("trống", Some(" ")), "trống");
    }

    #[test]
    fn words_of_an_event_lose_the_name_and_nothing_else() {
        let message =
            |text: &str| CaseEvent::Message { message_id: MessageId(Uuid::nil()), text: text.to_owned() };
        assert_eq!(Mask::event(message("tôi là Nguyen thi dao"), NAME), Some(message("tôi là […]")));
        assert_eq!(Mask::event(CaseEvent::Claimed {}, NAME), Some(CaseEvent::Claimed {}));
        // The number that an SOS came from is the worker's.
        let opened = serde_json::json!({
            "kind": "opened", "received_at_ms": 1, "sms_from": "+84901234567",
            "alert": { "alert_id": Uuid::nil(), "text": "em Đào đây", "kind": "held" },
            "routing": { "basis": "nothing" },
        });
        let opened: CaseEvent = serde_json::from_value(opened).unwrap();
        let Some(CaseEvent::Opened { alert, sms_from, .. }) = Mask::event(opened, NAME) else {
            panic!("another event")
        };
        assert_eq!((sms_from, alert.text.as_deref()), (None, Some("em Đào đây")));
    }
}
