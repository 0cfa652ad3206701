use serde_json::{Value, json};
use sos_protocol::{CaseId, Seq, StaffId, UnixMs};
use uuid::Uuid;

use super::{Checked, FORMAT, Fault, Head, MadeBy, check, sha256_hex, write};

/// Stands for a key in these tests: the signature is a hash.
fn sign(bytes: &[u8]) -> [u8; 64] {
    sha256_hex(bytes).into_bytes().try_into().unwrap()
}

fn checked(file: &[u8]) -> Checked {
    check(file, |key, bytes, tag| (key == "key-1").then(|| sign(bytes).as_slice() == tag))
}

fn file() -> Vec<u8> {
    let head = Head {
        case_id: CaseId(Uuid::from_u128(7)),
        case_no: "2026-000007".to_owned(),
        last_seq: Seq(42),
        made_at_ms: UnixMs(1_790_000_000_000),
        made_by: MadeBy { staff_id: StaffId(Uuid::from_u128(9)), name: "Trần Quang Minh".to_owned() },
        pseudonym: false,
    };
    let sections = vec![
        ("timeline", json!([{ "seq": 41, "kind": "opened" }, { "seq": 42, "kind": "closed" }])),
        ("case", json!({ "name": "Lò Thị Xưởng", "lat": 25.047_8, "lon": 1e2, "state": "closed" })),
        ("positions", json!([])),
    ];
    write(head, sections, "key-1", sign).unwrap()
}

#[test]
fn a_file_is_canonical_and_says_what_it_is_of() {
    let file = file();
    let text = std::str::from_utf8(&file).unwrap();
    assert!(
        text.starts_with(
            r#"{"case":{"lat":25.0478,"lon":100,"name":"Lò Thị Xưởng","state":"closed"},"manifest":{"#
        ),
        "{text}"
    );
    assert!(!text.contains(": "));
    let checked = checked(&file);
    assert!(checked.is_whole(), "{:?}", checked.faults);
    let manifest = checked.manifest.unwrap();
    assert_eq!((manifest.format.as_str(), manifest.head.case_no.as_str()), (FORMAT, "2026-000007"));
    let parts: Vec<&str> = manifest.parts.iter().map(|part| part.part.as_str()).collect();
    assert_eq!(parts, ["case", "positions", "timeline", "timeline/0", "timeline/1"]);
}

#[test]
fn every_changed_byte_is_found() {
    let whole = file();
    for at in 0..whole.len() {
        for bit in [0x01, 0x10] {
            let mut file = whole.clone();
            file[at] ^= bit;
            assert!(!checked(&file).is_whole(), "byte {at}: {:?}", String::from_utf8_lossy(&file));
        }
    }
}

#[test]
fn what_was_changed_is_named() {
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut all: Value = serde_json::from_slice(&file()).unwrap();
        edit(&mut all);
        checked(&serde_json_canonicalizer::to_vec(&all).unwrap()).faults
    };
    let part = |part: &str| part.to_owned();
    assert_eq!(
        edited(&|all| all["timeline"][1]["kind"] = "resolved".into()),
        [Fault::Changed { part: part("timeline/1") }]
    );
    assert_eq!(edited(&|all| all["case"]["lat"] = json!(25.0)), [Fault::Changed { part: part("case") }]);
    let shorter = edited(&|all| drop(all["timeline"].as_array_mut().unwrap().remove(0)));
    let changed = |name: &str| Fault::Changed { part: part(name) };
    let missing = |name: &str| Fault::Missing { part: part(name) };
    assert_eq!(shorter, [changed("timeline"), changed("timeline/0"), missing("timeline/1")]);
    let without = edited(&|all| drop(all.as_object_mut().unwrap().remove("positions")));
    assert_eq!(without, [missing("positions")]);
    assert_eq!(edited(&|all| all["note"] = "x".into()), [Fault::Added { part: part("note") }]);
    assert_eq!(edited(&|all| all["manifest"]["made_at_ms"] = json!(1)), [Fault::Signature]);
    assert_eq!(edited(&|all| all["manifest"]["format"] = "other/1".into()), [Fault::NotCaseFile]);
    let spaced = [&file()[..], b"\n"].concat();
    assert_eq!(checked(&spaced).faults, [Fault::NotCanonical { at: file().len() }]);
    assert_eq!(checked(b"{\n \"a\": ").faults, [Fault::NotJson { line: 2, column: 6 }]);
}

#[test]
fn another_key_is_not_taken_for_this_one() {
    let checked = check(&file(), |key, _, _| (key == "key-2").then_some(true));
    assert_eq!(checked.faults, [Fault::OtherKey { key_id: "key-1".to_owned() }]);
}
