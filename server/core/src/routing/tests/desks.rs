//! Desks, their districts and the list they begin with.

use super::*;
use crate::routing::{DeskTableError, district_from_geojson};

/// Kyushu, roughly.
const KYUSHU: &str =
    r#"{"type":"Polygon","coordinates":[[[129,30],[132.2,30],[132.2,34.2],[129,34.2],[129,30]]]}"#;

fn with_district(id: &str, geojson: &str) -> DeskTable {
    let mut desks = mission_desks();
    let desk = desks.iter_mut().find(|desk| desk.id.as_str() == id).unwrap();
    desk.district = Some(district_from_geojson(geojson).unwrap());
    DeskTable::new(desks, iso("VN")).unwrap()
}

#[test]
fn a_consulate_answers_in_its_district_and_the_embassy_elsewhere() {
    let desks = with_district("jp-fukuoka", KYUSHU);
    let to = |lat, lon| route(&ATLAS, &desks, Some(at(lat, lon)), None).desk;
    assert_eq!(to(33.59, 130.40).as_str(), "jp-fukuoka");
    assert_eq!(to(32.0, 132.2).as_str(), "jp-fukuoka", "the edge belongs to it");
    assert_eq!(to(34.69, 135.50).as_str(), "jp-tokyo", "Osaka has no district here");
    // Busan lies within the rectangle's reach, but in another country.
    assert_eq!(to(34.15, 129.2).as_str(), "jp-fukuoka", "Tsushima");
    assert_eq!(to(35.08, 129.00).as_str(), "kr-seoul");
    assert_eq!(route(&ATLAS, &desks, None, Some(iso("JP"))).desk.as_str(), "jp-tokyo");
}

#[test]
fn a_consulate_without_a_district_gets_nothing_by_position() {
    let held: Vec<_> = [(33.59, 130.40), (35.18, 129.08), (10.63, 103.52), (23.13, 113.26)]
        .map(|(lat, lon)| route_from(at(lat, lon)).desk)
        .into();
    assert_eq!(
        held.iter().map(DeskId::as_str).collect::<Vec<_>>(),
        ["jp-tokyo", "kr-seoul", "kh-phnom-penh", "cn-beijing"]
    );
}

#[test]
fn a_watcher_is_named_once_and_is_not_the_holder() {
    // One desk for both sides of the border.
    let desk = |id: &str, countries: &[&str], is_ministry| Desk {
        id: DeskId::from(id),
        countries: countries.iter().map(|code| iso(code)).collect(),
        district: None,
        principal: true,
        is_ministry,
    };
    let desks = vec![desk("south", &["TH", "MM", "LA"], false), desk("hq", &[], true)];
    let desks = DeskTable::new(desks, iso("VN")).unwrap();
    let routing = route(&ATLAS, &desks, Some(within(2_000.0, 20.352, 100.083)), None);
    assert_eq!((routing.desk.as_str(), routing.watchers.len()), ("south", 0));
    assert_eq!(routing.view.others.len(), 2);
}

#[test]
fn a_table_in_which_it_is_not_clear_who_answers_is_refused() {
    let missions = mission_desks();
    let refused = |change: &dyn Fn(&mut Vec<Desk>)| {
        let mut desks = missions.clone();
        change(&mut desks);
        DeskTable::new(desks, iso("VN")).unwrap_err()
    };
    assert_eq!(refused(&|d| d.retain(|desk| !desk.is_ministry)), DeskTableError::NoMinistry);
    assert_eq!(
        refused(&|d| d[0].is_ministry = true),
        DeskTableError::TwoMinistries(missions[0].id.clone(), MINISTRY.into())
    );
    assert_eq!(refused(&|d| d.push(d[3].clone())), DeskTableError::Twice(missions[3].id.clone()));
    let osaka = refused(&|desks| {
        desks.iter_mut().filter(|desk| desk.id.as_str() == "jp-osaka").for_each(|desk| desk.principal = true);
    });
    assert_eq!(osaka, DeskTableError::TwoPrincipals("jp-tokyo".into(), "jp-osaka".into(), iso("JP")));
}

#[test]
fn the_missions_are_read_and_the_permanent_ones_left_out() {
    let missions = read_missions(MISSIONS).unwrap();
    assert_eq!(missions.len(), 97);
    let taipei = missions.iter().find(|mission| mission.id.as_str() == "tw-taipei").unwrap();
    assert_eq!(taipei.hotline.as_deref(), Some("+886 933 262 836"));
    assert_eq!(missions.iter().filter(|mission| mission.hotline.is_some()).count(), 23);
    let desks = mission_desks();
    assert_eq!(desks.len(), 96, "97 missions, 2 permanent ones not, the ministry");
    assert!(!desks.iter().any(|desk| desk.id.as_str() == "ch-geneva"));
    assert_eq!(DESKS.desk_for(iso("CH"), None).unwrap().id.as_str(), "ch-bern");
}

#[test]
fn every_country_that_a_mission_answers_for_is_on_the_map() {
    let more = read_desk_countries(DESK_COUNTRIES).unwrap();
    assert!(more.iter().all(|row| mission_desks().iter().any(|desk| desk.id == row.desk)));
    // Its own city shows that a mission's country is drawn where it stands.
    for mission in read_missions(MISSIONS).unwrap() {
        let located = ATLAS.locate(at(mission.lat, mission.lon));
        assert!(located.countries.contains(&mission.host_iso), "{}: {located:?}", mission.id);
    }
}

#[test]
fn a_broken_row_is_refused() {
    assert!(read_missions("id,type\nx,embassy\n").is_err());
    assert!(read_desk_countries("desk,iso,source,as_of\nx,Wales,none,never\n").is_err());
}
