//! Texts that officers work with.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sos_protocol::admin::{Bilingual, Question, Texts};
use sos_protocol::limits::TEXTS_MAX;

use super::error::{AdminError, ensure, label, using, words};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::cover::{Document, document, write_document};

/// As the service brings them.
const BROUGHT: &str = include_str!("../../data/texts.json");
/// Longest phrase or question, in Unicode scalar values: what a frightened person reads.
const WORDS_CHARS_MAX: usize = 300;
/// Most answers to choose from.
const CHOICES_MAX: usize = 12;
/// Longest id of a question.
const ID_CHARS_MAX: usize = 40;

static DEFAULTS: LazyLock<Texts> = LazyLock::new(|| {
    serde_json::from_str(BROUGHT).unwrap_or_else(|error| {
        tracing::error!(%error, "the texts that the service brings cannot be read");
        Texts { version: 0, phrases: vec![], questions: vec![], tags: vec![] }
    })
});

/// The texts as they are now.
///
/// # Errors
/// When the store does not say.
pub async fn texts(store: &Store) -> Result<Texts, AdminError> {
    let kept = store.document::<Texts>(Document::Texts).await?;
    Ok(kept.map_or_else(|| DEFAULTS.clone(), |(texts, version)| Texts { version, ..texts }))
}

/// Writes the texts.
///
/// # Errors
/// [`AdminError`].
pub async fn put(store: &Store, by: By, texts: Texts) -> Result<(), AdminError> {
    let texts = checked(texts)?;
    using(store, async {
        let mut change = store.change(by).await?;
        let kept = document::<Texts>(&mut change.tx, Document::Texts).await?;
        if kept.map_or(0, |(_, version)| version) != texts.version {
            return Err(AdminError::Stale);
        }
        write_document(&mut change.tx, Document::Texts, &texts, texts.version).await?;
        let facts = serde_json::json!({
            "phrases": texts.phrases, "questions": texts.questions, "tags": texts.tags,
        });
        let word = Document::Texts.word();
        change.note(word, word, &facts).await?;
        Ok(change.commit().await?)
    })
    .await
}

fn checked(mut texts: Texts) -> Result<Texts, AdminError> {
    let lengths =
        [("phrases", texts.phrases.len()), ("questions", texts.questions.len()), ("tags", texts.tags.len())];
    if let Some((field, _)) = lengths.into_iter().find(|(_, length)| *length > TEXTS_MAX) {
        return Err(AdminError::TooMany { field, most: TEXTS_MAX });
    }
    for (phrase, at) in texts.phrases.iter_mut().zip(0_usize..) {
        check_words(phrase, &format!("phrases[{at}]"))?;
    }
    let mut ids = BTreeSet::new();
    for (question, at) in texts.questions.iter_mut().zip(0_usize..) {
        check_question(question, at)?;
        ensure(ids.insert(question.id.clone()), format!("questions[{at}].id"), "an id stands once")?;
    }
    let mut tags = BTreeSet::new();
    for (tag, at) in texts.tags.iter_mut().zip(0_usize..) {
        *tag = label(tag, format!("tags[{at}]"))?;
        ensure(tags.insert(tag.clone()), format!("tags[{at}]"), "a tag stands once")?;
    }
    Ok(texts)
}

fn check_question(question: &mut Question, at: usize) -> Result<(), AdminError> {
    let place = format!("questions[{at}]");
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_id = (1..=ID_CHARS_MAX).contains(&question.id.len()) && question.id.chars().all(fine);
    ensure(is_id, format!("{place}.id"), "lower-case letters, digits and dashes, at most 40")?;
    check_words(&mut question.words, &format!("{place}.words"))?;
    let fits = question.choices.len() <= CHOICES_MAX;
    ensure(fits, format!("{place}.choices"), format!("at most {CHOICES_MAX} answers"))?;
    for (choice, n) in question.choices.iter_mut().zip(0_usize..) {
        check_words(choice, &format!("{place}.choices[{n}]"))?;
    }
    let mut seen = vec![];
    question.kinds.retain(|kind| {
        !seen.contains(kind) && {
            seen.push(*kind);
            true
        }
    });
    Ok(())
}

fn check_words(text: &mut Bilingual, place: &str) -> Result<(), AdminError> {
    text.vi = words(&text.vi, WORDS_CHARS_MAX, format!("{place}.vi"))?;
    text.en = words(&text.en, WORDS_CHARS_MAX, format!("{place}.en"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sos_protocol::EmergencyKind;

    use super::*;

    #[test]
    fn what_the_service_brings_is_as_it_asks_of_others_and_asks_in_every_emergency() {
        let brought: Texts = serde_json::from_str(BROUGHT).unwrap();
        let checked = checked(brought.clone()).unwrap();
        assert_eq!(checked, brought, "nothing has to be cut or dropped");
        assert_eq!(brought.version, 0);
        assert!(brought.phrases.len() >= 10 && !brought.tags.is_empty());
        use EmergencyKind::{Attacked, Held, Injured, Other};
        for kind in [Injured, Attacked, Held, Other] {
            let own = brought.questions.iter().filter(|question| question.kinds.contains(&kind)).count();
            assert!(own > 0, "{kind:?}");
        }
    }
}
