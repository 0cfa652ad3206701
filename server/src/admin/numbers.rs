//! Telephone numbers.

use serde_json::json;
use sos_protocol::CountryCode;
use sos_protocol::admin::{NumberEntry, NumberService, NumberStatus};

use super::desks::is_desk_id;
use super::error::{AdminError, ensure, using, words};
use crate::directory::{self, service_of_word};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::desks::known_desks;
use crate::store::numbers::{number, write_number};

/// Longest number, in characters.
const NUMBER_CHARS_MAX: usize = 30;
/// Longest note, in Unicode scalar values.
const NOTE_CHARS_MAX: usize = 300;

/// Writes a number; `name` is that of the officer, who has called it if the status is verified and was not, or the
/// number was another.
///
/// # Errors
/// [`AdminError`].
pub async fn put(store: &Store, by: By, name: &str, entry: NumberEntry) -> Result<(), AdminError> {
    let mut entry = checked(entry)?;
    using(store, async {
        let mut change = store.change(by).await?;
        let before = number(&mut change.tx, &entry.key).await?;
        if before.as_ref().map_or(0, |before| before.version) != entry.version {
            return Err(AdminError::Stale);
        }
        if let Some(desk) = &entry.desk_id {
            let known = known_desks(&mut change.tx, std::slice::from_ref(desk)).await?;
            ensure(!known.is_empty(), "desk_id", "no such desk")?;
        }
        verify(&mut entry, before.as_ref(), by, name);
        entry.version += 1;
        write_number(&mut change.tx, &entry).await?;
        let facts = json!({
            "service": entry.service, "number": entry.number, "status": entry.status, "note": entry.note,
            "verified_at_ms": entry.verified_at_ms,
        });
        change.note("number", &entry.key, &facts).await?;
        Ok(change.commit().await?)
    })
    .await
}

fn verify(entry: &mut NumberEntry, before: Option<&NumberEntry>, by: By, name: &str) {
    let said = entry.verified_at_ms.take();
    entry.verified_by = None;
    if entry.status != NumberStatus::Verified {
        return;
    }
    let as_before = before.filter(|before| {
        before.status == NumberStatus::Verified
            && before.number == entry.number
            && said.is_some()
            && before.verified_at_ms == said
    });
    match as_before {
        Some(before) => {
            entry.verified_at_ms = before.verified_at_ms;
            entry.verified_by.clone_from(&before.verified_by);
        }
        None => {
            entry.verified_at_ms = Some(by.at);
            entry.verified_by = Some(name.to_owned());
        }
    }
}

fn checked(mut entry: NumberEntry) -> Result<NumberEntry, AdminError> {
    entry.number = entry.number.trim().to_owned();
    let dialled = |c: char| c.is_ascii_digit() || "+-() *#".contains(c);
    let fits = entry.number.len() <= NUMBER_CHARS_MAX && entry.number.chars().all(dialled);
    ensure(fits, "number", "digits, and + - ( ) * # between them, at most 30 characters")?;
    let is_empty = !entry.number.chars().any(|c| c.is_ascii_digit());
    ensure(!is_empty || entry.number.is_empty(), "number", "digits, or nothing at all")?;
    let is_verified = entry.status == NumberStatus::Verified;
    ensure(!(is_empty && is_verified), "status", "nobody can have called what is not there")?;
    entry.note = entry.note.filter(|note| !note.trim().is_empty());
    entry.note = entry.note.map(|note| words(&note, NOTE_CHARS_MAX, "note")).transpose()?;
    let (country, desk, service) = place(&entry.key)
        .ok_or_else(|| AdminError::invalid("key", "TW/police, tw-taipei/desk, national/1"))?;
    ensure(entry.country == country, "country", "the one of the key")?;
    ensure(entry.desk_id.as_ref().map(|desk| desk.as_str()) == desk, "desk_id", "the one of the key")?;
    ensure(entry.service == service, "service", "the one of the key")?;
    Ok(entry)
}

/// What a key says: country or desk, and what the number reaches. A further one of the same ends in `-2` and so on.
fn place(key: &str) -> Option<(Option<CountryCode>, Option<&str>, NumberService)> {
    let (of, what) = key.split_once('/')?;
    let is_count = |n: &str| n.parse::<u8>().is_ok_and(|count| count > 0 && n == count.to_string());
    if of == directory::NATIONAL {
        return is_count(what).then_some((None, None, NumberService::National));
    }
    let word = match what.split_once('-') {
        Some((word, count)) if is_count(count) && count != "1" => word,
        Some(_) => return None,
        None => what,
    };
    let service = service_of_word(word)?;
    let is_of_desk = matches!(service, NumberService::Desk | NumberService::Labour);
    match CountryCode::parse(of).filter(|country| country.as_str() == of) {
        Some(country) if service != NumberService::Desk => Some((Some(country), None, service)),
        None if is_of_desk && is_desk_id(of) => Some((None, Some(of), service)),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_files_says_what_its_entry_says() {
        for entry in directory::of_files().all() {
            let (country, desk, service) = place(&entry.key).expect(&entry.key);
            assert_eq!((country, service), (entry.country, entry.service), "{}", entry.key);
            assert_eq!(desk, entry.desk_id.as_ref().map(|desk| desk.as_str()));
            assert!(checked(entry.clone()).is_ok(), "{entry:?}");
        }
        for key in [
            "",
            "TW",
            "TW/",
            "TW/desk",
            "tw/police",
            "TW/police-1",
            "TW/police-x",
            "national/0",
            "x/1",
            "/desk",
        ] {
            assert!(place(key).is_none(), "{key}");
        }
    }
}
