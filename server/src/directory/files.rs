//! The numbers of `server/data`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sos_core::routing::missions::{MissionKind, MissionRow, read_missions};
use sos_protocol::admin::{NumberEntry, NumberService, NumberStatus};
use sos_protocol::{CountryCode, DeskId};

use super::{Directory, NATIONAL, SERVICES};

const EMERGENCY: &str = include_str!("../../data/emergency_numbers.csv");
const MISSIONS: &str = include_str!("../../data/vn_missions.csv");
const LABOUR: &str = include_str!("../../data/labour_boards.csv");
const HOTLINES: &str = include_str!("../../data/national_hotlines.csv");

/// Words by which the lists say that a number may be wrong.
const DOUBTS: [&str; 9] = [
    "stale",
    "conflict",
    "one source",
    "one blog",
    "once",
    "cut off",
    "different",
    "elsewhere shows",
    "unverified",
];

/// How the lines of `national_hotlines.csv` begin that are numbers of a country; those at home begin with `MOFA`.
const OF_COUNTRIES: [(&str, &str, NumberService); 4] = [
    ("Taiwan", "TW", NumberService::Labour),
    ("Korea", "KR", NumberService::Labour),
    ("Japan", "JP", NumberService::Labour),
    ("Vietnam maritime", "VN", NumberService::Maritime),
];

#[derive(Deserialize)]
struct EmergencyRow {
    iso: CountryCode,
    police: Option<String>,
    ambulance: Option<String>,
    fire: Option<String>,
    unified: Option<String>,
    maritime: Option<String>,
    status: String,
    confidence: String,
    note: Option<String>,
}

#[derive(Deserialize)]
struct LabourRow {
    host_iso: CountryCode,
    number: Option<String>,
    status: String,
    source: String,
}

#[derive(Deserialize)]
struct HotlineRow {
    name: String,
    number: String,
    status: String,
    source: String,
}

/// Whose a number is.
#[derive(Clone)]
enum Of {
    Country(CountryCode),
    Desk(DeskId),
    Home,
}

#[derive(Default)]
struct Made(BTreeMap<String, NumberEntry>);

/// All of them. A file that cannot be read has none: the tests say so before anybody is served.
pub(super) fn read() -> Directory {
    let mut made = Made::default();
    rows::<EmergencyRow>(EMERGENCY, "emergency_numbers").iter().for_each(|row| made.emergency(row));
    let missions = read_missions(MISSIONS).unwrap_or_else(|error| {
        tracing::error!(%error, "vn_missions.csv");
        vec![]
    });
    missions.iter().for_each(|mission| made.mission(mission));
    rows::<LabourRow>(LABOUR, "labour_boards").iter().for_each(|row| made.labour(row, &missions));
    rows::<HotlineRow>(HOTLINES, "national_hotlines").iter().for_each(|row| made.hotline(row));
    Directory(made.0)
}

fn rows<T: DeserializeOwned>(text: &str, name: &str) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|error| {
        tracing::error!(%error, name, "numbers cannot be read");
        vec![]
    })
}

fn status(words: &str) -> NumberStatus {
    let words = words.to_lowercase();
    let is_doubtful = DOUBTS.iter().any(|doubt| words.contains(doubt));
    if is_doubtful { NumberStatus::Doubtful } else { NumberStatus::Unverified }
}

fn note(parts: &[&str]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !matches!(part.trim(), "" | "-")).collect();
    let text: String = parts.join("; ").chars().take(300).collect();
    (!text.is_empty()).then_some(text)
}

impl Made {
    /// One more number; of those that reach the same, the second and later ones have a key of their own.
    fn add(
        &mut self,
        of: &Of,
        service: NumberService,
        number: &str,
        status: NumberStatus,
        note: Option<String>,
    ) {
        let word = SERVICES.into_iter().find(|(_, other)| *other == service).map_or("", |(word, _)| word);
        let key = |n: usize| match of {
            Of::Home => format!("{NATIONAL}/{n}"),
            Of::Country(country) if n == 1 => format!("{country}/{word}"),
            Of::Country(country) => format!("{country}/{word}-{n}"),
            Of::Desk(desk) if n == 1 => format!("{desk}/{word}"),
            Of::Desk(desk) => format!("{desk}/{word}-{n}"),
        };
        let (country, desk_id) = match of {
            Of::Country(country) => (Some(*country), None),
            Of::Desk(desk) => (None, Some(desk.clone())),
            Of::Home => (None, None),
        };
        let Some(key) = (1..=9).map(key).find(|key| !self.0.contains_key(key)) else { return };
        let number = number.to_owned();
        let entry = NumberEntry {
            key: key.clone(),
            version: 0,
            country,
            desk_id,
            service,
            number,
            status,
            note,
            verified_at_ms: None,
            verified_by: None,
        };
        self.0.insert(key, entry);
    }

    fn emergency(&mut self, row: &EmergencyRow) {
        let agree = row.confidence == "high" && row.status == "agree";
        let status = if agree { NumberStatus::Unverified } else { NumberStatus::Doubtful };
        let services = [
            (NumberService::Unified, &row.unified),
            (NumberService::Police, &row.police),
            (NumberService::Ambulance, &row.ambulance),
            (NumberService::Fire, &row.fire),
            (NumberService::Maritime, &row.maritime),
        ];
        for (service, cell) in services {
            for number in cell.iter().flat_map(|cell| cell.split('|')).filter(|n| !n.is_empty()) {
                let note = note(&[&format!("AOSP: {}", row.status), row.note.as_deref().unwrap_or_default()]);
                self.add(&Of::Country(row.iso), service, number.trim(), status, note);
            }
        }
    }

    fn mission(&mut self, row: &MissionRow) {
        if row.kind == MissionKind::PermanentMission {
            return;
        }
        let of = Of::Desk(row.id.clone());
        let is_of_labour = |clause: &&str| clause.trim().starts_with("labour");
        let clauses = || row.phone_status.split(';');
        let of_hotline: Vec<&str> = clauses().filter(|clause| !is_of_labour(clause)).collect();
        let note = |more: &str| {
            let (as_of, source) = (row.phone_as_of.as_deref(), row.phone_source.as_deref());
            note(&[more, &row.phone_status, as_of.unwrap_or_default(), source.unwrap_or_default()])
        };
        let (number, more) = match (&row.hotline, &row.main_phone) {
            (Some(hotline), _) => (hotline.as_str(), ""),
            (None, Some(main)) => (main.as_str(), "switchboard"),
            (None, None) => ("", ""),
        };
        self.add(&of, NumberService::Desk, number, status(&of_hotline.join(";")), note(more));
        if let Some(labour) = &row.labour_line {
            let own: Vec<&str> = clauses().filter(is_of_labour).collect();
            let words = if own.is_empty() { row.phone_status.clone() } else { own.join(";") };
            self.add(&of, NumberService::Labour, labour, status(&words), note(""));
        }
    }

    /// A labour section stands at the first mission of its country. Where the mission's own row has the same number, the
    /// doubts of both count.
    fn labour(&mut self, row: &LabourRow, missions: &[MissionRow]) {
        let is_first = |mission: &&MissionRow| {
            let kind = matches!(mission.kind, MissionKind::Embassy | MissionKind::EconomicCulturalOffice);
            kind && mission.host_iso == row.host_iso
        };
        let number = row.number.as_deref().filter(|number| !number.is_empty());
        let (Some(number), Some(mission)) = (number, missions.iter().find(is_first)) else { return };
        let (said, key) = (status(&row.status), format!("{}/labour", mission.id));
        match self.0.get_mut(&key).filter(|entry| entry.number == number) {
            Some(entry) if said == NumberStatus::Doubtful => entry.status = said,
            Some(_) => {}
            None => {
                let note = note(&[&row.status, &row.source]);
                self.add(&Of::Desk(mission.id.clone()), NumberService::Labour, number, said, note);
            }
        }
    }

    /// Lines that are no telephone numbers, or old ones, begin otherwise or have other signs in them.
    fn hotline(&mut self, row: &HotlineRow) {
        if !row.number.chars().all(|c| c.is_ascii_digit() || "+- ".contains(c)) {
            return;
        }
        let note = note(&[&row.name, &row.status, &row.source]);
        if row.name.starts_with("MOFA") {
            self.add(&Of::Home, NumberService::National, &row.number, status(&row.status), note);
            return;
        }
        let known = OF_COUNTRIES.into_iter().find(|(begin, ..)| row.name.starts_with(begin));
        let Some((_, iso, service)) = known else { return };
        if let Some(country) = CountryCode::parse(iso) {
            self.add(&Of::Country(country), service, &row.number, status(&row.status), note);
        }
    }
}
