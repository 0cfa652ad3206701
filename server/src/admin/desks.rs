//! Desks.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;
use sos_core::routing::missions::{first_desks, read_desk_countries, read_missions};
use sos_core::routing::{DeskTable, district_from_geojson};
use sos_protocol::{CountryCode, DeskId};

use crate::store::Store;
use crate::store::desks::DeskRow;

/// Id of the desk that answers where no other does.
const MINISTRY: &str = "ministry";

pub(super) fn read_district(file: &PathBuf) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    district_from_geojson(&text).with_context(|| format!("{}", file.display()))?;
    Ok(text)
}

/// Refuses desks that would contradict each other once they are in use.
pub(super) async fn check_table(store: &Store, new: &[DeskRow]) -> anyhow::Result<()> {
    let mut rows = store.desks().await?;
    rows.retain(|row| new.iter().all(|desk| desk.desk_id != row.desk_id));
    rows.extend_from_slice(new);
    if rows.iter().any(|row| row.is_ministry) {
        let home = CountryCode::parse("ZZ").context("a country code")?;
        DeskTable::new(rows.iter().map(crate::dispatch::desk).collect(), home)?;
    }
    Ok(())
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
            }
        })
        .collect();
    check_table(store, &rows).await?;
    for row in &rows {
        store.save_desk(row).await?;
    }
    println!("{} desks", rows.len());
    Ok(())
}
