use super::*;

const NOW: UnixMs = UnixMs(1_790_000_000_000);
const ID: &str = "0190b4c4-1111-7abc-8def-0123456789ab";

fn code(text: &str) -> ErrorCode {
    from_phone(text, NOW).expect_err("an error").code
}

#[test]
fn nonsense_gets_a_code() {
    assert_eq!(code("hello"), ErrorCode::MalformedJson);
    assert_eq!(code("[1]"), ErrorCode::MalformedJson);
    assert_eq!(code("{}"), ErrorCode::MissingField);
    assert_eq!(code(r#"{"type":"dance"}"#), ErrorCode::UnknownType);
    assert_eq!(code(r#"{"type":"message","text":"a"}"#), ErrorCode::MissingField);
    assert_eq!(code(&format!(r#"{{"type":"cancel","alert_id":"{ID}x"}}"#)), ErrorCode::InvalidField);
    let message =
        |text: &str| format!(r#"{{"type":"message","message_id":"{ID}","alert_id":"{ID}","text":"{text}"}}"#);
    assert_eq!(code(&message(&"a".repeat(2_001))), ErrorCode::TooLarge);
    assert_eq!(code(&message(" ")), ErrorCode::InvalidField);
    let nil = message("a").replacen(ID, "00000000-0000-0000-0000-000000000000", 1);
    assert_eq!(code(&nil), ErrorCode::InvalidField, "the next phone's message would count as its repeat");
    let many = vec!["{}"; 51].join(",");
    assert_eq!(
        code(&format!(r#"{{"type":"fixes","alert_id":"{ID}","fixes":[{many}]}}"#)),
        ErrorCode::TooMany
    );
}

#[test]
fn errors_repeat_nothing_of_the_frame() {
    let secret = "hộ chiếu B1234567";
    let frame = format!(r#"{{"type":"cancel","alert_id":"{secret}"}}"#);
    let error = from_phone(&frame, NOW).expect_err("an error");
    assert!(!error.detail.contains("B1234567"), "{error:?}");
}

#[test]
fn absurd_fixes_are_left_out_and_the_good_ones_kept() {
    let frame = format!(
        r#"{{"type":"fixes","alert_id":"{ID}","fixes":[
            {{"fix_id":"{ID}","lat":25.0,"lon":121.5,"accuracy_m":-1,"fix_time_ms":3786912000000}},
            {{"fix_id":"{ID}","lat":91,"lon":0}}]}}"#
    );
    let Ok(FromPhone::Fixes { fixes, fix_ids, dropped, .. }) = from_phone(&frame, NOW) else {
        panic!("fixes")
    };
    assert_eq!((fixes.len(), fix_ids.len()), (1, 2));
    assert_eq!((fixes[0].accuracy_m, fixes[0].fix_time_ms), (None, None));
    let fields: Vec<_> = dropped.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["fixes[0].accuracy_m", "fixes[0].fix_time_ms", "fixes[1].lat"]);
}

#[test]
fn an_alert_goes_through_whatever_is_wrong_with_it() {
    let ids = [
        r#"{"type":"alert"}"#,
        r#"{"type":"alert","alert":7}"#,
        r#"{"type":"alert","alert":{"alert_id":"x"}}"#,
    ]
    .map(|text| match from_phone(text, NOW) {
        Ok(FromPhone::Alert(alert)) => {
            assert!(!alert.dropped.is_empty());
            alert.value.alert_id
        }
        other => panic!("{other:?}"),
    });
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn an_alert_that_was_cut_off_keeps_what_arrived() {
    let long = "a".repeat(1_000_000);
    let whole = format!(
        r#"{{"type":"alert","alert":{{"alert_id":"{ID}","position":{{"fix_id":"{ID}","lat":1.5,"lon":2.5}},"text":"{long}"}}}}"#
    );
    for head in [&whole[..8_192], &whole[..200], &whole[..120], &whole[..75]] {
        let alert = salvage(head, ErrorCode::TooLarge, NOW).unwrap_or_else(|| panic!("{head}"));
        assert_eq!(alert.value.alert_id.to_string(), ID);
    }
    assert_eq!(salvage(&whole, ErrorCode::TooLarge, NOW).unwrap().value.position.unwrap().lat, 1.5);
    assert_eq!(salvage(r#"{"type":"message","text":"{"type":"alert"}"#, ErrorCode::TooLarge, NOW), None);
}

/// The vectors that every reader of the protocol must agree on (protocol/vectors/README.md).
fn vectors(file: &str) -> Vec<serde_json::Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocol/vectors").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text_of(vector: &serde_json::Value) -> String {
    let times = usize::try_from(vector["times"].as_u64().unwrap_or(0)).unwrap();
    vector["text"].as_str().unwrap().replace("PAD", &vector["pad"].as_str().unwrap_or("").repeat(times))
}

#[test]
fn broken_vectors_get_their_codes() {
    for vector in vectors("broken.json") {
        let text = text_of(&vector);
        let code = match text.len() {
            // The socket reads past it, see `salvage`.
            n if n > sos_protocol::limits::FRAME_BYTES_MAX => {
                assert_eq!(salvage(&text, ErrorCode::TooLarge, NOW), None, "{}", vector["name"]);
                ErrorCode::TooLarge
            }
            _ => from_phone(&text, NOW).expect_err("an error").code,
        };
        assert_eq!(vector["error"], code.as_str(), "{}", vector["name"]);
    }
}

#[test]
fn alert_vectors_are_read_as_they_should() {
    for vector in vectors("alerts.json") {
        let (text, now) = (text_of(&vector), UnixMs(vector["now_ms"].as_i64().unwrap()));
        let Ok(FromPhone::Alert(read)) = from_phone(&text, now) else { panic!("{}", vector["name"]) };
        assert_eq!(serde_json::to_value(&read.value).unwrap(), vector["alert"], "{}", vector["name"]);
    }
}

#[test]
fn of_a_check_in_what_cannot_be_is_left_out_and_it_is_taken() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let read = |waited: &str, position: &str| {
        let body = format!(r#"{{"check_in_id":"{ID}","waited_ms":{waited},"position":{position}}}"#);
        let read = check_in(&json(&body), NOW).unwrap();
        (read.waited_ms, read.position.map(|fix| (fix.lat, fix.accuracy_m)))
    };
    assert_eq!(read("5000", r#"{"lat":25,"lon":121}"#), (Some(5_000), Some((25.0, None))));
    assert_eq!(read("-1", r#"{"lat":91,"lon":121}"#), (None, None));
    assert_eq!(read(&(WAITED_MS_MAX + 1).to_string(), r#""home""#), (None, None));
    assert_eq!(
        read(r#""long""#, r#"{"lat":25,"lon":121,"accuracy_m":-1}"#),
        (None, Some((25.0, None))),
        "a broken field takes nothing else along"
    );
    let code = |text: &str| check_in(&json(text), NOW).unwrap_err().code;
    assert_eq!(code("{}"), ErrorCode::MissingField);
    assert_eq!(code("[]"), ErrorCode::MissingField);
    assert_eq!(code(r#"{"check_in_id":1}"#), ErrorCode::InvalidField);
    let nil = format!(r#"{{"check_in_id":"{}"}}"#, Uuid::nil());
    assert_eq!(code(&nil), ErrorCode::InvalidField);
}
