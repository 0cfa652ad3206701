//! The words of documents: `words/vi.json` and `words/en.json`, which have the same keys.

use std::collections::HashMap;
use std::sync::LazyLock;

use sos_protocol::EmergencyKind;
use sos_protocol::case::{Disposition, Priority, Unverified};

/// A language that words are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lang {
    Vi,
    En,
}

type Known = HashMap<&'static str, String>;

static VI: LazyLock<Known> = LazyLock::new(|| read(include_str!("../words/vi.json")));
static EN: LazyLock<Known> = LazyLock::new(|| read(include_str!("../words/en.json")));

/// A file that cannot be read is empty; a test reads both.
fn read(json: &'static str) -> Known {
    serde_json::from_str(json).unwrap_or_default()
}

impl Lang {
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub(crate) fn all(self) -> &'static Known {
        match self {
            Self::Vi => &VI,
            Self::En => &EN,
        }
    }

    /// The words for `key`; the key itself where there are none.
    pub(crate) fn say(self, key: &str) -> &str {
        debug_assert!(self.all().contains_key(key), "no words for {key}");
        self.all().get(key).map_or(key, String::as_str)
    }

    /// The words for `key` with values in place of `{name}`. A value is not looked at again.
    pub(crate) fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        let words = self.say(key);
        let mut said = String::with_capacity(words.len());
        let mut rest = words;
        while let Some((before, behind)) = rest.split_once('{') {
            said.push_str(before);
            let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
            said.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
            rest = behind;
        }
        said + rest
    }

    /// `{"one": …}` where a number is one.
    pub(crate) fn counted(self, key: &str, n: u64, said: &str) -> String {
        let one = format!("{key}.one");
        let key = if n == 1 && self.all().contains_key(one.as_str()) { &one } else { key };
        self.with(key, &[("n", said)])
    }
}

/// Key of the words for what has happened.
pub(crate) const fn kind(kind: EmergencyKind) -> &'static str {
    match kind {
        EmergencyKind::Injured => "kind.injured",
        EmergencyKind::Attacked => "kind.attacked",
        EmergencyKind::Held => "kind.held",
        EmergencyKind::Other => "kind.other",
    }
}

/// Key of the words for why a case was closed.
pub(crate) const fn disposition(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Resolved => "disposition.resolved",
        Disposition::Referred => "disposition.referred",
        Disposition::FalseAlarm => "disposition.false_alarm",
        Disposition::CancelledByWorker => "disposition.cancelled_by_worker",
        Disposition::Duplicate => "disposition.duplicate",
        Disposition::UnableToContact => "disposition.unable_to_contact",
        Disposition::Test => "disposition.test",
    }
}

/// Key of the words for why an alert is unverified.
pub(crate) const fn unverified(unverified: Unverified) -> &'static str {
    match unverified {
        Unverified::NoCredential => "unverified.no_credential",
        Unverified::CredentialInvalid => "unverified.credential_invalid",
        Unverified::CredentialExpired => "unverified.credential_expired",
        Unverified::ProofInvalid => "unverified.proof_invalid",
        Unverified::DeviceUnknown => "unverified.device_unknown",
        Unverified::DeviceRevoked => "unverified.device_revoked",
        Unverified::Sms => "unverified.sms",
    }
}

/// A priority, the same in all languages.
pub(crate) const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => "P1",
        Priority::P2 => "P2",
        Priority::P3 => "P3",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn holes(words: &str) -> BTreeSet<&str> {
        words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (vi, en) = (Lang::Vi.all(), Lang::En.all());
        assert!(vi.len() > 100, "the words can be read");
        for (key, words) in vi {
            let other = en.get(key).unwrap_or_else(|| panic!("{key} is not there in English"));
            assert!(!words.trim().is_empty() && !other.trim().is_empty(), "{key} is empty");
            assert_eq!(holes(words), holes(other), "{key}");
        }
        // English alone knows of one and many.
        let more: Vec<_> = en.keys().filter(|key| !vi.contains_key(*key) && !key.ends_with(".one")).collect();
        assert!(more.is_empty(), "{more:?} are not there in Vietnamese");
    }

    #[test]
    fn a_value_is_not_looked_at_again() {
        let said = Lang::En.with("event.tagged", &[("name", "{name} {other")]);
        assert_eq!(said, "set the tags: {name} {other");
    }
}
