//! A case as a row, the same in CSV and XLSX. The only place that decides what of a case leaves the service in a list.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use sos_core::figures::CaseMeasure;
use sos_protocol::{CountryCode, DeskId, Disposition, EmergencyKind, UnixMs};

use super::names;
use super::words::{Said, Words};
use crate::store::exports::NumberedCase;

const DAY_MS: f64 = 86_400_000.0;
/// 1970-01-01 in the days of spreadsheets.
const EPOCH_DAY: f64 = 25_569.0;

/// A case, without personal data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) case_no: String,
    pub(super) opened: UnixMs,
    pub(super) desk: String,
    pub(super) country: Option<CountryCode>,
    pub(super) kind: Option<EmergencyKind>,
    pub(super) disposition: Option<Disposition>,
    pub(super) is_closed: bool,
    /// Milliseconds, as all that follow: from the press to the gateway; from then on the others.
    pub(super) receive: Option<i64>,
    pub(super) ring: Option<i64>,
    pub(super) claim: Option<i64>,
    pub(super) close: Option<i64>,
    pub(super) due: Option<i64>,
    pub(super) is_on_time: bool,
    /// Steps of escalation, by whom they reached: those meant, the ministry, nobody, left for later.
    pub(super) steps: [u32; 4],
    pub(super) presses: u32,
}

impl Row {
    /// Of a case, at a desk that is called as `desks` say.
    pub(super) fn of(case: NumberedCase, desks: &HashMap<DeskId, String>) -> Self {
        let NumberedCase { case_no, presses, placed } = case;
        let measure: CaseMeasure = placed.measure;
        let [receive, ring, claim, close, due] = measure.times();
        Self {
            case_no,
            opened: measure.opened_ms,
            desk: desks.get(&measure.desk_id).cloned().unwrap_or_else(|| measure.desk_id.to_string()),
            country: measure.country,
            kind: measure.kind,
            disposition: measure.disposition,
            is_closed: measure.closed_ms.is_some(),
            receive,
            ring,
            claim,
            close,
            due,
            is_on_time: measure.is_on_time(),
            steps: [measure.steps_targets, measure.steps_ministry, measure.steps_nobody, measure.steps_later],
            presses: u32::try_from(presses).unwrap_or(0),
        }
    }

    /// In the order of [`HEADINGS`].
    pub(super) fn values(&self, said: Said, zone: &TimeZone) -> [Value; HEADINGS.len()] {
        let local = names::local(self.opened, zone);
        let offset_ms = f64::from(local.offset().seconds()) * 1000.0;
        let moment = Value::Moment {
            iso: names::iso(self.opened, zone, true),
            day: (to_float(self.opened.0) + offset_ms) / DAY_MS + EPOCH_DAY,
        };
        let [targets, ministry, nobody, later] = self.steps;
        let text = |word: String| Value::Text(word);
        [
            text(self.case_no.clone()),
            moment,
            text(local.strftime("UTC%:z").to_string()),
            text(self.desk.clone()),
            text(self.country.map_or_else(String::new, |code| code.to_string())),
            text(self.kind.map_or_else(String::new, |kind| said.word(|w| w.kind_of(kind)))),
            text(said.word(|w| if self.is_closed { w.is_closed } else { w.not_closed })),
            text(self.disposition.map_or_else(String::new, |why| said.word(|w| w.disposition_of(why)))),
            Value::Ms(self.receive),
            Value::Ms(self.ring),
            Value::Ms(self.claim),
            Value::Ms(self.close),
            Value::Ms(self.due),
            Value::Flag(self.is_on_time),
            Value::Count(targets + ministry + nobody + later),
            Value::Count(targets),
            Value::Count(ministry),
            Value::Count(nobody),
            Value::Count(later),
            Value::Count(self.presses),
        ]
    }
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Words; empty where there is nothing to say.
    Text(String),
    /// A moment: as text with its offset, and by local clocks in the days of spreadsheets.
    Moment { iso: String, day: f64 },
    /// A time in milliseconds; none: it has not come, or is not known.
    Ms(Option<i64>),
    /// So many.
    Count(u32),
    /// Whether it is so.
    Flag(bool),
}

type Word = fn(&'static Words) -> &'static str;

/// The columns, and whether they are times.
pub(super) const HEADINGS: [(Word, bool); 20] = [
    (|w| w.case_no, false),
    (|w| w.opened_at, false),
    (|w| w.offset, false),
    (|w| w.desk, false),
    (|w| w.code, false),
    (|w| w.kind, false),
    (|w| w.state, false),
    (|w| w.disposition, false),
    (|w| w.receive, true),
    (|w| w.ring, true),
    (|w| w.claim, true),
    (|w| w.close, true),
    (|w| w.due, true),
    (|w| w.is_on_time, false),
    (|w| w.steps, false),
    (|w| w.reached_targets, false),
    (|w| w.reached_ministry, false),
    (|w| w.reached_nobody, false),
    (|w| w.later, false),
    (|w| w.presses, false),
];

/// Exact up to 285,000 years.
#[allow(clippy::cast_precision_loss, reason = "milliseconds of some centuries have 46 bits")]
pub(super) const fn to_float(ms: i64) -> f64 {
    ms as f64
}
