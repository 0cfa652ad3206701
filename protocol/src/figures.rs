//! Figures for reviewers, over cases of a period. Drills are in none of them.

use serde::{Deserialize, Serialize};

use crate::case::{CaseSummary, Disposition};
use crate::time::UnixMs;
use crate::{CountryCode, DeskId, EmergencyKind};

/// Which cases are counted: those opened on these days, in that time zone, and fitting everything that is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FiguresQuery {
    /// First day, e.g. `2026-01-01`.
    pub from: String,
    /// Last day, at most [`crate::limits::FIGURES_DAYS_MAX`] after the first.
    pub to: String,
    /// IANA name of the time zone in which days, weekdays and hours are meant, e.g. `Asia/Ho_Chi_Minh`.
    pub zone: String,
    /// The desk that held the case last; absent: all that the officer sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
    /// Country that the case was routed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// What the worker said has happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EmergencyKind>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
}

/// A number of cases of those that it is a part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Part {
    /// So many …
    pub cases: u32,
    /// … of so many.
    pub over: u32,
}

/// A time that cases took. The value at p% is the smallest one that at least p% of them do not exceed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Took {
    /// Over how many cases.
    pub over: u32,
    /// Cases for which it is not known, or that have not come so far.
    pub without: u32,
    /// Milliseconds; absent over no cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number", optional))]
    pub p50_ms: Option<i64>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number", optional))]
    pub p90_ms: Option<i64>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number", optional))]
    pub p95_ms: Option<i64>,
}

/// The four measures of an answer. Each but the first counts from when the gateway had the press on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Times {
    /// From the press, by the phone's own count, to the gateway.
    pub receive: Took,
    /// Until it first rang.
    pub ring: Took,
    /// Until an officer first claimed it.
    pub claim: Took,
    /// Until it was closed, the last time where it was reopened.
    pub close: Took,
}

/// A target of answering: so many per cent claimed within so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AnswerTarget {
    /// Seconds until claimed, 1 to 3,600.
    pub within_s: u32,
    /// Per cent that should be, 1 to 100.
    pub wanted_pct: u8,
}

/// What was reached of an [`AnswerTarget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TargetFigure {
    /// Seconds until claimed.
    pub within_s: u32,
    /// Per cent that should be.
    pub wanted_pct: u8,
    /// What was reached: claimed within it, of all cases counted.
    pub reached: Part,
}

/// A part of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Span {
    /// Its first day; the next span begins where it ends.
    pub from: String,
    /// Cases opened in it.
    pub opened: u32,
    /// Of these, those that are closed by now.
    pub closed: u32,
    /// Of these, those claimed by when they should have been.
    pub on_time: u32,
}

/// How long a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpanLength {
    /// A day.
    Day,
    /// From Monday to Sunday; the first one may begin later.
    Week,
    /// A calendar month; the first one may begin later.
    Month,
}

/// What escalation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Escalations {
    /// Cases with at least one step, of all.
    pub escalated: Part,
    /// Steps taken in them.
    pub steps: u32,
    /// Steps that reached those whom the policy means.
    pub reached_targets: u32,
    /// Steps that reached the ministry desk in their place.
    pub reached_ministry: u32,
    /// Steps that reached nobody.
    pub reached_nobody: u32,
    /// Escalated cases that an officer claimed after that.
    pub claimed_after: u32,
}

/// Cases of a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CountryFigure {
    /// Absent: routed by no country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// How many.
    pub cases: u32,
    /// Until claimed.
    pub claim: Took,
}

/// A desk beside the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DeskFigure {
    /// Which.
    pub desk_id: DeskId,
    /// Name to show.
    pub name: String,
    /// Cases that it held last.
    pub cases: u32,
    /// Until claimed.
    pub claim: Took,
    /// Until closed.
    pub close: Took,
    /// Claimed by when they should have been.
    pub on_time: Part,
    /// With at least one step of escalation.
    pub escalated: Part,
    /// What the desk is to reach.
    pub targets: Vec<TargetFigure>,
}

/// Cases of one disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DispositionFigure {
    /// Absent: not closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// How many.
    pub cases: u32,
}

/// Cases of one kind of emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct KindFigure {
    /// Absent: the worker did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EmergencyKind>,
    /// How many.
    pub cases: u32,
}

/// How ready desks are, by their drills in the period: the only place where drills are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DrillFigures {
    /// Drills that were claimed, of all.
    pub claimed: Part,
    /// Drills that rang, of all.
    pub rang: Part,
    /// Until claimed.
    pub claim: Took,
}

/// Everything about the cases of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Figures {
    /// What was asked.
    pub query: FiguresQuery,
    /// The ledger was counted up to here.
    pub up_to_seq: crate::Seq,
    /// When.
    pub at_ms: UnixMs,
    /// Cases counted: every figure below is over these unless it says otherwise.
    pub cases: u32,
    /// Drills that fit the question too and are left out.
    pub drills_left_out: u32,
    /// Of the cases, those not closed yet.
    pub open: u32,
    /// Length of each of `course`.
    pub spans: SpanLength,
    /// The period in parts, also the ones without cases.
    pub course: Vec<Span>,
    /// Times.
    pub times: Times,
    /// The targets: of the desk that was asked for, else the default ones.
    pub targets: Vec<TargetFigure>,
    /// Claimed by when they should have been, by the target of their desk at that time.
    pub on_time: Part,
    /// Cases that no officer has ever seen or claimed.
    pub unseen: Part,
    /// Cases whose first alert was unverified.
    pub unverified: Part,
    /// Cases closed as false alarms, of those that are closed.
    pub false_alarms: Part,
    /// Cases that went from one desk to another at least once.
    pub transferred: Part,
    /// Cases that were opened again at least once.
    pub reopened: Part,
    /// What escalation did.
    pub escalations: Escalations,
    /// Cases opened in each hour of the day, from midnight; 24 of them.
    pub by_hour: Vec<u32>,
    /// Cases opened on each weekday, from Monday; 7 of them.
    pub by_weekday: Vec<u32>,
    /// The most cases first.
    pub by_country: Vec<CountryFigure>,
    /// The most cases first.
    pub by_desk: Vec<DeskFigure>,
    /// The most cases first.
    pub by_disposition: Vec<DispositionFigure>,
    /// The most cases first.
    pub by_kind: Vec<KindFigure>,
    /// Of drills that fit the question.
    pub readiness: DrillFigures,
}

/// A figure whose cases one wants to see: each number of cases in [`Figures`] is one of these, of all or of a
/// [`FigureGroup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FigureOf {
    /// All that are counted.
    Cases,
    /// Not closed.
    Open,
    /// Closed by now.
    Closed,
    /// Claimed by when they should have been.
    OnTime,
    /// Not claimed by when they should have been, or not yet.
    NotOnTime,
    /// Claimed within [`FigureCasesQuery::within_s`].
    Within,
    /// Not claimed within [`FigureCasesQuery::within_s`], or not yet.
    NotWithin,
    /// Of which it is known how long the press took to the gateway.
    Received,
    /// Of which that is not known.
    NotReceived,
    /// That rang.
    Rang,
    /// That have not rung.
    NotRung,
    /// That an officer claimed.
    Claimed,
    /// That no officer has claimed.
    NotClaimed,
    /// That no officer has ever seen.
    Unseen,
    /// Unverified.
    Unverified,
    /// Closed as false alarms.
    FalseAlarms,
    /// With a step of escalation.
    Escalated,
    /// With a step that reached those whom the policy means.
    ReachedTargets,
    /// With a step that reached the ministry desk in their place.
    ReachedMinistry,
    /// With a step that reached nobody.
    ReachedNobody,
    /// Escalated, and claimed after that.
    ClaimedAfter,
    /// Transferred.
    Transferred,
    /// Reopened.
    Reopened,
}

/// Those of one line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum FigureGroup {
    /// Opened in a part of the period.
    Span {
        /// Its first day, as in [`Figures::course`].
        from: String,
    },
    /// Opened in an hour of the day.
    Hour {
        /// 0 to 23.
        hour: u8,
    },
    /// Opened on a weekday.
    Weekday {
        /// 0, Monday, to 6.
        weekday: u8,
    },
    /// Of a country.
    Country {
        /// Absent: routed by no country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<CountryCode>,
    },
    /// Held last by a desk.
    Desk {
        /// Which.
        desk_id: DeskId,
    },
    /// Of a kind of emergency.
    Kind {
        /// Absent: the worker did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<EmergencyKind>,
    },
    /// Of a disposition.
    Disposition {
        /// Absent: not closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disposition: Option<Disposition>,
    },
}

/// Which cases one wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FigureCasesQuery {
    /// What the figure was asked with.
    pub query: FiguresQuery,
    /// Which figure.
    pub of: FigureOf,
    /// Just those of one line; absent: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<FigureGroup>,
    /// Seconds of the target, 1 to 3,600; just with [`FigureOf::Within`] and [`FigureOf::NotWithin`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u32>,
    /// The drills in place of the cases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
    pub drills: bool,
}

/// The cases behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct FigureCases {
    /// The latest first, at most [`crate::limits::FIGURE_CASES_MAX`].
    pub cases: Vec<CaseSummary>,
    /// How many there are.
    pub all: u32,
}
