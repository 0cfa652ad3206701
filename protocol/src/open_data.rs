//! Open statistics: whole past months, aggregates only. What may be in them, and why nobody can compute a small group from
//! them, is said in `ops/docs/open-data.md`.

use serde::{Deserialize, Serialize};

/// What a row of a month groups cases by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OpenBy {
    /// All cases of the month, in one row.
    All,
    /// The country that a case was routed by.
    Country,
    /// What the worker said has happened.
    Kind,
}

impl OpenBy {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Country => "country",
            Self::Kind => "kind",
        }
    }
}

/// A group of a month. The rows of a month by country are all of its cases, each once; so are those by
/// kind, where it has any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenRow {
    /// What it groups by.
    pub by: OpenBy,
    /// `all`; a country (ISO 3166-1) or a kind; `unknown`: not known or not said; `rest`: all that have no row of their own.
    pub group: String,
    /// Cases opened in the month, drills not among them; null: fewer than five, or none.
    pub cases: Option<u32>,
    /// Of the row `all`: median time until an officer first claimed a case, in seconds; null: not over five cases.
    pub claim_median_s: Option<u32>,
    /// Of the row `all`: median time until a case was closed, in minutes; null as before.
    pub close_median_min: Option<u32>,
    /// Of the row `all`: at least so many per cent were claimed within the target of their desk; null: too few cases.
    pub on_time_from_pct: Option<u8>,
    /// … and at most so many.
    pub on_time_to_pct: Option<u8>,
}

/// A month as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenMonth {
    /// `2026-01`
    pub month: String,
    /// 1, and one more with each correction, which replaces the month as a whole.
    pub version: u32,
    /// Time zone of the month, IANA name.
    pub time_zone: String,
    /// The day on which this version was published, in that time zone: `2026-02-08`.
    pub published_on: String,
    /// It was taken back: there are no rows.
    pub withdrawn: bool,
    /// Its groups.
    pub rows: Vec<OpenRow>,
}

/// `GET /open-data/cases.json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenCases {
    /// Where the fields are described.
    pub fields: String,
    /// SPDX identifier of the licence.
    pub licence: String,
    /// The oldest first.
    pub months: Vec<OpenMonth>,
}

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenWords {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A field of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenField {
    /// Its name in both files.
    pub name: String,
    /// `month`, `integer`, `text`, `day` or `boolean`.
    pub kind: String,
    /// Its unit, where it has one: `cases`, `s`, `min`, `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it means.
    pub words: OpenWords,
}

/// `GET /open-data/fields.json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct OpenFields {
    /// SPDX identifier of the licence.
    pub licence: String,
    /// Time zone of the latest month, IANA name; null: none was published yet.
    pub time_zone: Option<String>,
    /// Fewest cases that a group is shown with.
    pub fewest: u32,
    /// What is counted.
    pub counted: OpenWords,
    /// How small groups are kept from being known.
    pub suppression: OpenWords,
    /// When a month is published, and when it changes.
    pub published: OpenWords,
    /// In the order of the CSV.
    pub fields: Vec<OpenField>,
}
