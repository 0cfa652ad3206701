//! What consoles and enrolling phones send.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sos_core::folding::{Wanted, fold};
use sos_core::frames::{check_in, from_slice, label, words};
use sos_protocol::feed::ConsoleFrame;
use sos_protocol::http::{
    AlertPost, Assign, Batch, BatchCommand, CardRequest, CheckIn, Claim, Close, EnrolRequest, Link, Merge,
    PostAnswer, PostMessage, PostNote, Prioritise, Search, SetPins, SetTags, Share, SignIn, Transfer,
    WithReason,
};
use sos_protocol::limits::{LABEL_CHARS_MAX, TEXT_CHARS_MAX, WAITED_MS_MAX};
use sos_protocol::{UnixMs, proof};
use sos_server::auth::credential::{public_key, signed_by};

use crate::promises::{alike, fix_is_sound, json, repeats_nothing, words_are_sound};

/// A console's frame and every body that is read strictly: all of them on the same bytes.
///
/// # Panics
/// Where what was read does not read the same again, or an error repeats the input.
pub fn console_bodies(data: &[u8]) {
    strict::<ConsoleFrame>(data);
    strict::<SignIn>(data);
    strict::<Claim>(data);
    strict::<AlertPost>(data);
    strict::<SetPins>(data);
    strict::<CardRequest>(data);
    strict::<CheckIn>(data);
    checked_in(data);
    let with_reason = strict::<WithReason>(data).and_then(|body| body.reason);
    let transfer = strict::<Transfer>(data).and_then(|body| body.reason);
    let close = strict::<Close>(data).map(|body| body.summary);
    let message = strict::<PostMessage>(data).map(|body| body.text);
    let note = strict::<PostNote>(data).map(|body| body.text);
    for text in [with_reason, transfer, close, message, note].into_iter().flatten() {
        said(&text);
    }
    work_bodies(data);
    if let Some(request) = strict::<EnrolRequest>(data) {
        enrolment(&request);
    }
}

fn work_bodies(data: &[u8]) {
    strict::<Assign>(data);
    strict::<Link>(data);
    let share = strict::<Share>(data).and_then(|body| body.reason);
    let urgent = strict::<Prioritise>(data).and_then(|body| body.reason);
    let answer = strict::<PostAnswer>(data).map(|body| body.text);
    let merge = strict::<Merge>(data).map(|body| body.summary);
    let batch = strict::<Batch>(data).and_then(|body| match body.command {
        BatchCommand::Message { text } => Some(text),
        _ => None,
    });
    for text in [share, urgent, answer, merge, batch].into_iter().flatten() {
        said(&text);
    }
    let tags = strict::<SetTags>(data).map_or(vec![], |body| body.tags);
    for text in tags.into_iter().chain(strict::<Search>(data).map(|body| body.text)) {
        labelled(&text);
    }
}

fn labelled(text: &str) {
    match label(text, "text") {
        Ok(kept) => {
            words_are_sound(&kept, LABEL_CHARS_MAX);
            assert_eq!(label(&kept, "text").as_ref(), Ok(&kept), "what was kept is good");
            assert!(Wanted::of(&kept).is_none_or(|wanted| wanted.is_in(&kept)), "it finds itself");
            assert_eq!(fold(&fold(&kept)), fold(&kept));
        }
        Err(error) => repeats_nothing(&error),
    }
}

fn strict<T: DeserializeOwned + Serialize + Debug>(data: &[u8]) -> Option<T> {
    match from_slice::<T>(data) {
        Ok(read) => {
            let written = serde_json::to_vec(&read).expect("wire types are JSON");
            let again =
                from_slice::<T>(&written).unwrap_or_else(|error| panic!("{read:?} reads as {error:?}"));
            assert!(alike(&json(&read), &json(&again)), "{read:?} reads as {again:?}");
            Some(read)
        }
        Err(error) => {
            repeats_nothing(&error);
            None
        }
    }
}

fn checked_in(data: &[u8]) {
    let Ok(value) = serde_json::from_slice(data) else { return };
    match check_in(&value, UnixMs(1_790_000_000_000)) {
        Ok(read) => {
            assert!(read.waited_ms.is_none_or(|ms| (0..=WAITED_MS_MAX).contains(&ms)));
            read.position.iter().for_each(fix_is_sound);
        }
        Err(error) => repeats_nothing(&error),
    }
}

fn said(text: &str) {
    match words(text, "text") {
        Ok(kept) => {
            words_are_sound(&kept, TEXT_CHARS_MAX);
            assert_eq!(words(&kept, "text").as_ref(), Ok(&kept), "what was kept is good");
        }
        Err(error) => repeats_nothing(&error),
    }
}

fn enrolment(request: &EnrolRequest) {
    let code = proof::normal_code(&request.code);
    assert!(code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{code:?}");
    assert_eq!(proof::normal_code(&code), code);
    let message = proof::enrol(&code, &request.public_key);
    let signed = signed_by(&request.public_key, &request.signature, &message);
    let key = public_key(&request.public_key);
    assert!(key.as_ref().is_none_or(|key| key.len() == 65 && key[0] == 4), "not an uncompressed point");
    assert!(!signed || !signed_by(&request.public_key, &request.signature, "another text"));
}
