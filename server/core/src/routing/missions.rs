//! Reads the list of missions that a new installation begins with (`server/data/vn_missions.csv` and
//! `desk_countries.csv`). From then on the desks are configuration.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sos_protocol::{CountryCode, DeskId};

use super::desks::Desk;

/// What kind of office a mission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissionKind {
    /// Answers for its country.
    Embassy,
    /// The same, where there is no embassy.
    EconomicCulturalOffice,
    /// Answers for a district.
    ConsulateGeneral,
    /// At an international organisation: no desk.
    PermanentMission,
}

/// One mission, as it is in the list. Numbers are as printed by their source and unverified unless
/// `phone_status` says otherwise.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MissionRow {
    /// Id, also of its desk.
    pub id: DeskId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: MissionKind,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Country it stands in.
    pub host_iso: CountryCode,
    /// City it stands in.
    pub city: String,
    /// Latitude of the city, WGS 84 degrees; not of the building.
    pub lat: f64,
    /// Longitude of the city, WGS 84 degrees.
    pub lon: f64,
    /// Citizen protection hotline.
    #[serde(rename = "citizen_protection_hotline")]
    pub hotline: Option<String>,
    /// Switchboard.
    pub main_phone: Option<String>,
    /// Line of the labour section.
    pub labour_line: Option<String>,
    /// How far the numbers can be trusted, in words.
    pub phone_status: String,
    /// When the source had them.
    pub phone_as_of: Option<String>,
    /// Where they are from.
    pub phone_source: Option<String>,
}

/// A country that a mission answers for besides the one it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeskCountry {
    /// Which mission.
    pub desk: DeskId,
    /// Which country.
    #[serde(rename = "iso")]
    pub country: CountryCode,
    /// Who says so.
    pub source: String,
    /// When.
    pub as_of: String,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MissionsError {
    /// A row that cannot be read; the source has its line.
    #[error("cannot read the list of missions")]
    Row(#[from] csv::Error),
    /// Latitude beyond 90 or longitude beyond 180 degrees, or no number.
    #[error("mission {row} of the list is not on the globe")]
    OffGlobe {
        /// Counted from 1, without the head.
        row: usize,
    },
}

/// Reads `vn_missions.csv`.
///
/// # Errors
/// [`MissionsError`] at the first row that is not one.
pub fn read_missions(csv: &str) -> Result<Vec<MissionRow>, MissionsError> {
    let missions: Vec<MissionRow> = rows(csv)?;
    match missions.iter().position(|m| !(m.lat.abs() <= 90.0 && m.lon.abs() <= 180.0)) {
        Some(at) => Err(MissionsError::OffGlobe { row: at + 1 }),
        None => Ok(missions),
    }
}

/// Reads `desk_countries.csv`.
///
/// # Errors
/// [`MissionsError`] at the first row that is not one.
pub fn read_desk_countries(csv: &str) -> Result<Vec<DeskCountry>, MissionsError> {
    rows(csv)
}

fn rows<T: DeserializeOwned>(csv: &str) -> Result<Vec<T>, MissionsError> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(csv.as_bytes());
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// The desks of a new installation: one a mission (permanent missions apart), without districts, and the
/// ministry's. Principal is the embassy or office of a country, or where it has none, its first consulate.
#[must_use]
pub fn first_desks(missions: &[MissionRow], more: &[DeskCountry], ministry: DeskId) -> Vec<Desk> {
    let mut desks: Vec<Desk> = missions
        .iter()
        .filter(|mission| mission.kind != MissionKind::PermanentMission)
        .map(|mission| Desk {
            id: mission.id.clone(),
            countries: countries_of(mission, more),
            district: None,
            principal: is_principal(mission, missions),
            is_ministry: false,
        })
        .collect();
    desks.push(Desk {
        id: ministry,
        countries: Vec::new(),
        district: None,
        principal: false,
        is_ministry: true,
    });
    desks
}

fn countries_of(mission: &MissionRow, more: &[DeskCountry]) -> Vec<CountryCode> {
    let more = more.iter().filter(|row| row.desk == mission.id).map(|row| row.country);
    std::iter::once(mission.host_iso).chain(more).collect()
}

fn is_principal(mission: &MissionRow, missions: &[MissionRow]) -> bool {
    let rank = |m: &MissionRow| match m.kind {
        MissionKind::Embassy => 0,
        MissionKind::EconomicCulturalOffice => 1,
        MissionKind::ConsulateGeneral => 2,
        MissionKind::PermanentMission => 3,
    };
    let first = missions.iter().filter(|m| m.host_iso == mission.host_iso).min_by_key(|m| rank(m));
    first.is_some_and(|first| first.id == mission.id)
}
