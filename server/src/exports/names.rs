//! How files, countries and moments are called.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use sos_core::folding::fold;
use sos_protocol::export::ExportFormat;
use sos_protocol::{CountryCode, UnixMs};

use super::words::Said;

/// The labels of the console's map, whose wording is the ministry's.
const LABELS: &str = include_str!("../../console/public/basemap/country_labels_vi.geojson");
/// Longest part of a file's name that is a person's name.
const WHO_CHARS_MAX: usize = 40;

/// Names in Vietnamese and English.
static COUNTRIES: LazyLock<HashMap<String, (String, String)>> = LazyLock::new(|| countries(LABELS));

#[derive(serde::Deserialize)]
struct Labels {
    features: Vec<Label>,
}

#[derive(serde::Deserialize)]
struct Label {
    properties: Names,
}

#[derive(serde::Deserialize)]
struct Names {
    iso: Option<String>,
    vi: Option<String>,
    name: Option<String>,
    /// The less, the more prominent.
    lr: Option<f64>,
}

/// Some countries have several labels (islands far away); the most prominent one carries the name.
fn countries(labels: &str) -> HashMap<String, (String, String)> {
    let labels: Labels = serde_json::from_str(labels).unwrap_or(Labels { features: vec![] });
    let mut names: Vec<Names> = labels.features.into_iter().map(|label| label.properties).collect();
    names.sort_by(|a, b| b.lr.unwrap_or(f64::MAX).total_cmp(&a.lr.unwrap_or(f64::MAX)));
    let named = names.into_iter().filter_map(|label| {
        let (iso, vi) = (label.iso?, label.vi?);
        let en = label.name.unwrap_or_else(|| vi.clone());
        Some((iso, (vi, en)))
    });
    named.collect()
}

/// Name of a country; its code where it has none.
pub(super) fn country(code: CountryCode, said: Said) -> String {
    let code = code.as_str();
    COUNTRIES.get(code).map_or_else(|| code.to_owned(), |(vi, en)| said.both(vi, en))
}

/// The time zone of a question that was checked before.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// A moment by the clocks of a zone.
pub(super) fn local(at: UnixMs, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone.clone())
}

/// `2026-11-23T10:03:00+07:00`; with thousandths where `is_exact`.
pub(super) fn iso(at: UnixMs, zone: &TimeZone, is_exact: bool) -> String {
    let format = if is_exact { "%Y-%m-%dT%H:%M:%S%.3f%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    local(at, zone).strftime(format).to_string()
}

/// `figures_2026-01-01_2026-01-31_Asia-Ho_Chi_Minh_tra_2026-02-01-0600.xlsx`: what is in it, for whom, and when.
pub(super) fn file(
    title: &[&str],
    who: &str,
    (at, zone): (UnixMs, &TimeZone),
    format: ExportFormat,
) -> String {
    let mut parts: Vec<String> = title.iter().map(|part| part.replace('/', "-")).collect();
    let who: String = fold(who).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    parts.push(who.trim_matches('-').chars().take(WHO_CHARS_MAX).collect());
    parts.push(local(at, zone).strftime("%Y-%m-%d-%H%M").to_string());
    parts.retain(|part| !part.is_empty());
    format!("{}.{}", parts.join("_"), format.ending())
}

#[cfg(test)]
mod tests {
    use sos_protocol::export::ExportLanguage;

    use super::*;

    #[test]
    fn countries_have_the_names_of_the_map() {
        let code = CountryCode::parse("DE").unwrap();
        assert_eq!(country(code, Said(ExportLanguage::Vi)), "Đức");
        assert_eq!(country(code, Said(ExportLanguage::Both)), "Đức / Germany");
        assert!(COUNTRIES.len() > 180);
        let none = CountryCode::parse("ZZ").map(|code| country(code, Said(ExportLanguage::En)));
        assert!(none.is_none_or(|name| name == "ZZ"));
    }

    #[test]
    fn a_file_is_called_by_what_is_in_it_for_whom_and_when() {
        let zone = zone("Asia/Ho_Chi_Minh");
        let title = ["figures", "2026-01-01", "2026-01-31", "Asia/Ho_Chi_Minh"];
        let at = UnixMs(1_769_900_400_000);
        assert_eq!(
            file(&title, "Nguyễn Thị \"Trà\"", (at, &zone), ExportFormat::Xlsx),
            "figures_2026-01-01_2026-01-31_Asia-Ho_Chi_Minh_nguyen-thi--tra_2026-02-01-0600.xlsx"
        );
        assert_eq!(iso(at, &zone, false), "2026-02-01T06:00:00+07:00");
        assert_eq!(iso(UnixMs(at.0 + 7), &zone, true), "2026-02-01T06:00:00.007+07:00");
    }
}
