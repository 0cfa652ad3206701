//! Telephone numbers: those of the data files, and in their place those that administrators changed.
//!
//! Nobody has called any number of the files: none of them is verified. Where the sources agree it is unverified,
//! everywhere else doubtful, with what they say in the note.

mod files;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sos_protocol::admin::{NumberEntry, NumberService};
use sos_protocol::{CountryCode, DeskId};

use crate::store::{Store, StoreError};

/// In the keys of national lines.
pub const NATIONAL: &str = "national";

static FILES: LazyLock<Directory> = LazyLock::new(files::read);

/// The numbers of the data files alone.
#[must_use]
pub fn of_files() -> &'static Directory {
    &FILES
}

/// All numbers, by key.
#[derive(Debug, Clone, Default)]
pub struct Directory(BTreeMap<String, NumberEntry>);

impl Directory {
    /// The numbers as they are now.
    ///
    /// # Errors
    /// When the store does not say which were changed.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(of_files().with(store.changed_numbers().await?))
    }

    /// The same, with `changed` in the place of what has their keys.
    #[must_use]
    pub fn with(&self, changed: Vec<NumberEntry>) -> Self {
        let mut all = self.0.clone();
        all.extend(changed.into_iter().map(|entry| (entry.key.clone(), entry)));
        Self(all)
    }

    /// All of them by key, also those without a number.
    pub fn all(&self) -> impl Iterator<Item = &NumberEntry> {
        self.0.values()
    }

    /// What can be dialled in a country: its emergency numbers, all services first, then its lines for workers.
    #[must_use]
    pub fn numbers_of(&self, country: CountryCode) -> Vec<NumberEntry> {
        self.dialled(|entry| entry.country == Some(country))
    }

    /// What can be dialled to reach a desk: its protection line, then its labour section.
    #[must_use]
    pub fn numbers_of_desk(&self, desk: &DeskId) -> Vec<NumberEntry> {
        self.dialled(|entry| entry.desk_id.as_ref() == Some(desk))
    }

    /// The national lines at home.
    #[must_use]
    pub fn national(&self) -> Vec<NumberEntry> {
        self.dialled(|entry| entry.service == NumberService::National)
    }

    fn dialled(&self, is_wanted: impl Fn(&NumberEntry) -> bool) -> Vec<NumberEntry> {
        let wanted = self.all().filter(|entry| !entry.number.is_empty() && is_wanted(entry));
        let mut wanted: Vec<NumberEntry> = wanted.cloned().collect();
        wanted.sort_by_key(|entry| entry.service);
        wanted
    }
}

const SERVICES: [(&str, NumberService); 7] = [
    ("unified", NumberService::Unified),
    ("police", NumberService::Police),
    ("ambulance", NumberService::Ambulance),
    ("fire", NumberService::Fire),
    ("maritime", NumberService::Maritime),
    ("desk", NumberService::Desk),
    ("labour", NumberService::Labour),
];

/// What a key means by this word.
#[must_use]
pub fn service_of_word(word: &str) -> Option<NumberService> {
    SERVICES.into_iter().find(|(name, _)| *name == word).map(|(_, service)| service)
}

#[cfg(test)]
mod tests {
    use sos_protocol::admin::NumberStatus;

    use super::*;

    fn country(iso: &str) -> CountryCode {
        CountryCode::parse(iso).unwrap()
    }

    fn of<'a>(entries: &'a [NumberEntry], key: &str) -> &'a NumberEntry {
        entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("{key}"))
    }

    #[test]
    fn no_number_of_the_files_is_verified_and_what_sources_disagree_on_is_doubtful() {
        let all: Vec<NumberEntry> = of_files().all().cloned().collect();
        assert!(all.len() > 700, "{}", all.len());
        assert!(all.iter().all(|entry| entry.status != NumberStatus::Verified && entry.version == 0));
        assert!(all.iter().all(|entry| entry.verified_at_ms.is_none() && entry.verified_by.is_none()));
        assert_eq!(of(&all, "TW/police").status, NumberStatus::Unverified);
        assert_eq!(of(&all, "TW/maritime").number, "118");
        assert_eq!(of(&all, "AD/police").status, NumberStatus::Doubtful, "one source only");
        assert_eq!(of(&all, "KR/police").status, NumberStatus::Doubtful, "in part");
        assert_eq!(of(&all, "kr-seoul/desk").status, NumberStatus::Doubtful, "sources contradict each other");
        assert_eq!(of(&all, "jp-tokyo/desk").status, NumberStatus::Unverified);
        assert_eq!(of(&all, "jp-tokyo/labour").status, NumberStatus::Doubtful, "one source only");
        assert_eq!(of(&all, "ie-dublin/desk").number, "", "none was found");
    }

    #[test]
    fn numbers_of_a_country_of_a_desk_and_at_home() {
        let files = of_files();
        let taiwan: Vec<String> = files.numbers_of(country("TW")).into_iter().map(|n| n.key).collect();
        let wanted = ["TW/police", "TW/ambulance", "TW/fire", "TW/maritime", "TW/labour"];
        assert!(taiwan.iter().filter(|key| *key != "TW/unified").eq(wanted.iter()), "{taiwan:?}");
        let argentina = files.numbers_of(country("AR"));
        assert_eq!(of(&argentina, "AR/police").number, "911");
        assert_eq!(of(&argentina, "AR/police-2").number, "101");
        assert_eq!(files.numbers_of_desk(&"tw-taipei".into())[0].number, "+886 933 262 836");
        assert!(files.numbers_of_desk(&"ie-dublin".into()).is_empty());
        let national: Vec<String> = files.national().into_iter().map(|n| n.number).collect();
        assert_eq!(national, ["+84 981 84 84 84", "+84 965 41 11 18"]);
        assert_eq!(of(&files.numbers_of(country("VN")), "VN/maritime").number, "+84 24 3768 3050");
    }

    #[test]
    fn what_was_changed_takes_the_place_of_the_files_and_an_empty_number_is_shown_to_nobody() {
        let mut changed = of(&of_files().numbers_of(country("TW")), "TW/police").clone();
        changed.number.clear();
        let directory = of_files().with(vec![changed]);
        assert!(directory.numbers_of(country("TW")).iter().all(|entry| entry.key != "TW/police"));
        assert_eq!(directory.all().count(), of_files().all().count());
    }
}
