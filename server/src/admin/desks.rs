//! Desks.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;
use sha2::{Digest, Sha256};
use sos_core::cover::is_time_zone;
use sos_core::figures::ANSWER_WITHIN_S;
use sos_core::routing::missions::{first_desks, read_desk_countries, read_missions};
use sos_core::routing::{DeskTable, district_from_geojson};
use sos_protocol::admin::DeskSettings;
use sos_protocol::figures::AnswerTarget;
use sos_protocol::limits::ANSWER_TARGETS_MAX;
use sos_protocol::{CountryCode, DeskId};

use super::error::{AdminError, ensure, using, words};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::desks::{DeskRow, desks, write_desk};

/// Id of the desk that answers where no other does.
const MINISTRY: &str = "ministry";
/// Longest name of a desk: the whole name of an office, in two lines of a list.
const NAME_CHARS_MAX: usize = 160;
/// Most countries of a desk: an embassy is accredited to a few.
const COUNTRIES_MAX: usize = 50;
/// By when a case should be claimed, in seconds: what the schema takes.
const CLAIM_TARGET_S: std::ops::RangeInclusive<i32> = 5..=3_600;

pub(super) fn read_district(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))
}

/// Whether a text can be the id of a desk.
pub(super) fn is_desk_id(text: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(is_fine)
}

/// All desks as administrators see them, the ministry first, then by name.
///
/// # Errors
/// When the store does not say.
pub async fn settings(store: &Store) -> Result<Vec<DeskSettings>, AdminError> {
    let mut rows = store.desks_with_versions().await?;
    rows.sort_by(|(a, _), (b, _)| b.is_ministry.cmp(&a.is_ministry).then_with(|| a.name.cmp(&b.name)));
    Ok(rows.into_iter().map(|(row, version)| settings_of(row, version)).collect())
}

fn settings_of(row: DeskRow, version: u32) -> DeskSettings {
    DeskSettings {
        desk_id: row.desk_id,
        version,
        name: row.name,
        country: row.home,
        is_ministry: row.is_ministry,
        is_principal: row.is_principal,
        countries: row.countries,
        district: row.district,
        time_zone: row.time_zone,
        lat: row.lat,
        lon: row.lon,
        claim_target_s: u32::try_from(row.claim_target_s).unwrap_or(0),
        answer_targets: row.answer_targets,
    }
}

/// Writes a desk as `settings` say, if nobody changed it since they were seen.
///
/// # Errors
/// [`AdminError`].
pub async fn put(store: &Store, by: By, settings: DeskSettings) -> Result<(), AdminError> {
    let seen = settings.version;
    let row = checked(row_of(settings))?;
    using(store, async {
        let mut change = store.change(by).await?;
        let kept = desks(&mut change.tx).await?;
        let before = kept.iter().find(|(other, _)| other.desk_id == row.desk_id);
        if before.map_or(0, |(_, version)| *version) != seen {
            return Err(AdminError::Stale);
        }
        let was_ministry = before.is_some_and(|(other, _)| other.is_ministry);
        ensure(
            row.is_ministry == was_ministry,
            "is_ministry",
            "which desk is the ministry's stays as it is",
        )?;
        fits(&kept, std::slice::from_ref(&row))?;
        write_desk(&mut change.tx, &row).await?;
        change.note("desk", row.desk_id.as_str(), &facts(&row)).await?;
        Ok(change.commit().await?)
    })
    .await
}

fn row_of(settings: DeskSettings) -> DeskRow {
    DeskRow {
        desk_id: settings.desk_id,
        name: settings.name,
        home: settings.country,
        is_ministry: settings.is_ministry,
        is_principal: settings.is_principal,
        countries: settings.countries,
        district: settings.district.filter(|district| !district.trim().is_empty()),
        time_zone: settings.time_zone,
        lat: settings.lat,
        lon: settings.lon,
        claim_target_s: i32::try_from(settings.claim_target_s).unwrap_or(i32::MAX),
        answer_targets: settings.answer_targets,
    }
}

/// What is wrong with a desk by itself.
fn checked(mut row: DeskRow) -> Result<DeskRow, AdminError> {
    ensure(is_desk_id(row.desk_id.as_str()), "desk_id", "lower-case letters, digits and dashes, at most 40")?;
    row.name = words(&row.name, NAME_CHARS_MAX, "name")?;
    row.countries.sort_unstable();
    row.countries.dedup();
    if row.countries.len() > COUNTRIES_MAX {
        return Err(AdminError::TooMany { field: "countries", most: COUNTRIES_MAX });
    }
    if let Some(zone) = &row.time_zone {
        ensure(is_time_zone(zone), "time_zone", "no such time zone")?;
    }
    ensure(row.lat.is_none_or(|lat| lat.abs() <= 90.0), "lat", "degrees, -90 to 90")?;
    ensure(row.lon.is_none_or(|lon| lon.abs() <= 180.0), "lon", "degrees, -180 to 180")?;
    ensure(row.lat.is_some() == row.lon.is_some(), "lon", "with the latitude, or neither of them")?;
    ensure(CLAIM_TARGET_S.contains(&row.claim_target_s), "claim_target_s", "5 to 3,600 seconds")?;
    targets_rise(&row.answer_targets)?;
    if let Some(district) = &row.district {
        district_from_geojson(district).map_err(|error| AdminError::invalid("district", error))?;
    }
    Ok(row)
}

/// What is wrong with targets: one that asks for no more than a shorter one before it says nothing.
fn targets_rise(targets: &[AnswerTarget]) -> Result<(), AdminError> {
    const FIELD: &str = "answer_targets";
    if targets.len() > ANSWER_TARGETS_MAX {
        return Err(AdminError::TooMany { field: FIELD, most: ANSWER_TARGETS_MAX });
    }
    let within = |target: &AnswerTarget| ANSWER_WITHIN_S.contains(&target.within_s);
    ensure(targets.iter().all(within), FIELD, "1 to 3,600 seconds")?;
    let of_hundred = |target: &AnswerTarget| (1..=100).contains(&target.wanted_pct);
    ensure(targets.iter().all(of_hundred), FIELD, "1 to 100 per cent")?;
    let rises = |pair: &[AnswerTarget]| match pair {
        [one, next] => one.within_s < next.within_s && one.wanted_pct < next.wanted_pct,
        _ => true,
    };
    ensure(targets.windows(2).all(rises), FIELD, "a longer time, and a larger share, each after the other")
}

/// Refuses desks that would contradict the others once they are in use.
fn fits(kept: &[(DeskRow, u32)], new: &[DeskRow]) -> Result<(), AdminError> {
    let is_new = |row: &&DeskRow| new.iter().any(|desk| desk.desk_id == row.desk_id);
    let others = kept.iter().map(|(row, _)| row).filter(|row| !is_new(row));
    let all: Vec<&DeskRow> = others.chain(new).collect();
    // The first desks of an installation come before its ministry's.
    let home = CountryCode::parse("ZZ").filter(|_| all.iter().any(|row| row.is_ministry));
    let Some(home) = home else { return Ok(()) };
    match DeskTable::new(all.into_iter().map(crate::dispatch::desk).collect(), home) {
        Ok(_) => Ok(()),
        Err(error) => Err(AdminError::invalid("is_principal", error)),
    }
}

/// A district is named by its hash: it can be large, and the desk has it.
fn facts(row: &DeskRow) -> serde_json::Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let district = row.district.as_ref().map(|text| hex(&Sha256::digest(text)));
    serde_json::json!({
        "name": row.name, "country": row.home, "is_principal": row.is_principal, "countries": row.countries,
        "district_sha256": district, "time_zone": row.time_zone, "lat": row.lat, "lon": row.lon,
        "claim_target_s": row.claim_target_s, "answer_targets": row.answer_targets,
    })
}

/// Writes desks, each with its entry. What a desk has and the new ones do not say of it stays: its district, its time
/// zone and its own targets.
pub(super) async fn save_all(store: &Store, by: By, rows: Vec<DeskRow>) -> Result<(), AdminError> {
    let mut rows = rows.into_iter().map(checked).collect::<Result<Vec<_>, _>>()?;
    using(store, async {
        let mut change = store.change(by).await?;
        let kept = desks(&mut change.tx).await?;
        for row in &mut rows {
            let Some((before, _)) = kept.iter().find(|(other, _)| other.desk_id == row.desk_id) else {
                continue;
            };
            row.district = row.district.take().or_else(|| before.district.clone());
            row.time_zone = row.time_zone.take().or_else(|| before.time_zone.clone());
            if row.answer_targets.is_empty() {
                row.answer_targets.clone_from(&before.answer_targets);
            }
        }
        fits(&kept, &rows)?;
        for row in rows.iter().filter(|row| kept.iter().all(|(other, _)| other != *row)) {
            write_desk(&mut change.tx, row).await?;
            change.note("desk", row.desk_id.as_str(), &facts(row)).await?;
        }
        Ok(change.commit().await?)
    })
    .await
}

#[derive(serde::Deserialize)]
struct TimeZoneLine {
    desk: DeskId,
    time_zone: String,
}

pub(super) fn read_time_zones(file: &PathBuf) -> anyhow::Result<HashMap<DeskId, String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(file)?;
    let lines = reader.deserialize::<TimeZoneLine>();
    Ok(lines.map(|line| line.map(|line| (line.desk, line.time_zone))).collect::<Result<_, _>>()?)
}

pub(super) async fn load_desks(
    store: &Store,
    by: By,
    missions: &PathBuf,
    countries: Option<&PathBuf>,
    time_zones: &HashMap<DeskId, String>,
    ministry_name: String,
) -> anyhow::Result<()> {
    let read = |file: &PathBuf| std::fs::read_to_string(file).with_context(|| format!("{}", file.display()));
    let missions = read_missions(&read(missions)?)?;
    let more = match countries {
        Some(file) => read_desk_countries(&read(file)?)?,
        None => vec![],
    };
    let rows: Vec<DeskRow> = first_desks(&missions, &more, MINISTRY.into())
        .into_iter()
        .map(|desk| {
            let mission = missions.iter().find(|mission| mission.id == desk.id);
            DeskRow {
                name: mission.map_or_else(|| ministry_name.clone(), |m| m.name_vi.clone()),
                home: mission.map(|m| m.host_iso),
                time_zone: time_zones.get(&desk.id).cloned(),
                lat: mission.map(|m| m.lat),
                lon: mission.map(|m| m.lon),
                desk_id: desk.id,
                is_ministry: desk.is_ministry,
                is_principal: desk.principal,
                countries: desk.countries,
                district: None,
                claim_target_s: 20,
                answer_targets: vec![],
            }
        })
        .collect();
    let count = rows.len();
    save_all(store, by, rows).await?;
    println!("{count} desks");
    Ok(())
}
