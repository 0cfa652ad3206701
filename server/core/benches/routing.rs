//! How long it takes to say which countries a position is in: `cargo bench -p sos-core`.
//!
//! Machines are shared, so the figure that holds is the ratio within one run: the index against a scan over
//! all polygons with `geo`'s `Contains`, which answers less (no borders near, no coasts).

use std::hint::black_box;
use std::io::Read;

use geo::{Contains, MultiPolygon, Point};
use serde_json::Value;
use sos_core::routing::{Atlas, Place, district_from_geojson};
use sos_protocol::ambient::{Clock, Entropy, SeededEntropy, SystemClock};

const COUNTRIES: &[u8] = include_bytes!("../../data/countries/countries_osm_12nm_100m.geojson.gz");
const SPECIAL_AREAS: &[u8] = include_bytes!("../../data/vn_special_sea_areas.geojson");

const POINTS: usize = 2_000;
/// Lookups of one point that are timed together: the clock counts microseconds.
const REPEATS: u32 = 200;
/// The scan is slow enough for fewer.
const SCANNED_POINTS: usize = 100;

/// Places that people are at, as (latitude, longitude).
const CITIES: [(f64, f64); 8] = [
    (25.05, 121.52),
    (34.69, 135.50),
    (37.57, 126.98),
    (3.15, 101.69),
    (24.71, 46.68),
    (52.52, 13.40),
    (44.43, 26.10),
    (10.63, 103.52),
];
const BORDERS: [(f64, f64); 6] =
    [(16.70, 98.53), (1.463, 103.764), (22.22, 113.548), (21.524, 107.966), (51.15, 15.0), (24.24, 55.76)];
const SEAS: [(f64, f64); 6] =
    [(23.4, 119.15), (34.65, 125.0), (22.5, 124.0), (36.5, 132.2), (-21.5, 179.9), (6.5, 108.5)];

fn main() {
    let clock = SystemClock::new();
    let loads: Vec<f64> = (0..5).map(|_| load_ms(&clock)).collect();
    println!("load: median {:.0} ms of {} (gzip, JSON, index)", median(&loads), loads.len());

    let atlas = load();
    let sets = [
        ("land, 20 m", near(1, &CITIES, 0.5, Some(20.0))),
        ("border, 20 m", near(2, &BORDERS, 0.03, Some(20.0))),
        ("border, 3 km", near(3, &BORDERS, 0.03, Some(3_000.0))),
        ("land, 50 km", near(4, &CITIES, 0.5, Some(50_000.0))),
        ("offshore, 50 m", near(5, &SEAS, 0.3, Some(50.0))),
        ("anywhere", anywhere(6)),
    ];
    for (name, places) in &sets {
        let ns: Vec<f64> = places.iter().map(|&place| lookup_ns(&clock, &atlas, place)).collect();
        println!("{name:15} median {:7.0} ns, p99 {:7.0} ns a lookup", median(&ns), percentile(&ns, 0.99));
    }

    let polygons = polygons();
    let places = &anywhere(7)[..SCANNED_POINTS];
    let scans: Vec<f64> = places.iter().map(|&place| scan_ns(&clock, &polygons, place)).collect();
    let lookups: Vec<f64> = places.iter().map(|&place| lookup_ns(&clock, &atlas, place)).collect();
    println!(
        "scan of all polygons: median {:.0} ns; {:.0} times the index over the same {SCANNED_POINTS} points",
        median(&scans),
        scans.iter().sum::<f64>() / lookups.iter().sum::<f64>()
    );
}

fn load() -> Atlas {
    Atlas::load(COUNTRIES, SPECIAL_AREAS).expect("the data of the service")
}

fn load_ms(clock: &SystemClock) -> f64 {
    let start = clock.monotonic_us();
    black_box(load());
    (clock.monotonic_us() - start) as f64 / 1_000.0
}

fn lookup_ns(clock: &SystemClock, atlas: &Atlas, place: Place) -> f64 {
    let start = clock.monotonic_us();
    for _ in 0..REPEATS {
        black_box(atlas.locate(black_box(place)));
    }
    (clock.monotonic_us() - start) as f64 * 1_000.0 / f64::from(REPEATS)
}

fn scan_ns(clock: &SystemClock, polygons: &[MultiPolygon], place: Place) -> f64 {
    let point = Point::new(place.lon, place.lat);
    let start = clock.monotonic_us();
    black_box(polygons.iter().filter(|polygon| polygon.contains(black_box(&point))).count());
    (clock.monotonic_us() - start) as f64 * 1_000.0
}

/// The polygons of the countries, as `geo` has them.
fn polygons() -> Vec<MultiPolygon> {
    let mut json = String::new();
    flate2::read::GzDecoder::new(COUNTRIES).read_to_string(&mut json).expect("gzip");
    let file: Value = serde_json::from_str(&json).expect("JSON");
    let features = file["features"].as_array().expect("features");
    features.iter().map(|f| district_from_geojson(&f["geometry"].to_string()).expect("polygons")).collect()
}

/// Points scattered around `centres`, up to `spread` degrees away.
fn near(seed: u64, centres: &[(f64, f64)], spread: f64, accuracy_m: Option<f64>) -> Vec<Place> {
    let entropy = SeededEntropy::new(seed);
    let off = || uniform(&*entropy, -spread, spread);
    (0..POINTS)
        .map(|i| centres[i % centres.len()])
        .map(|(lat, lon)| Place { lat: lat + off(), lon: lon + off(), accuracy_m })
        .collect()
}

fn anywhere(seed: u64) -> Vec<Place> {
    let entropy = SeededEntropy::new(seed);
    (0..POINTS)
        .map(|_| Place {
            lat: uniform(&*entropy, -90.0, 90.0),
            lon: uniform(&*entropy, -180.0, 180.0),
            accuracy_m: Some(20.0),
        })
        .collect()
}

fn uniform(entropy: &impl Entropy, from: f64, to: f64) -> f64 {
    from + (to - from) * entropy.below(1 << 52) as f64 / (1_u64 << 52) as f64
}

fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index below the length")]
fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part) as usize]
}
