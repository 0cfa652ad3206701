//! What other systems read with a token, and the tokens. Nothing of it names a worker or an officer.

use serde::{Deserialize, Serialize};

use crate::report::{DraftedPart, MajorReason, ReportLanguage, ReportState, ReportTimes};
use crate::{CaseId, DeskId, MeasureId, Seq, TokenId, UnixMs};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenPurpose {
    /// To read figures.
    Figures,
    /// To read incident reports.
    Reports,
}

/// A token as administrators see it; the token itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TokenView {
    /// Identity.
    pub token_id: TokenId,
    /// Which system has it.
    pub name: String,
    /// The desk whose cases it reads; absent: those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
    /// What it may be used for, in the order of the alphabet.
    pub purposes: Vec<TokenPurpose>,
    /// When it was made.
    pub made_ms: UnixMs,
    /// When it ends by itself.
    pub expires_ms: UnixMs,
    /// When it was revoked; absent: it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_ms: Option<UnixMs>,
    /// When it was last used; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_ms: Option<UnixMs>,
    /// How often it was used on the latest days (UTC) on which it was, the latest first, at most
    /// [`crate::limits::TOKEN_DAYS_SHOWN`]: day, uses.
    pub days: Vec<TokenDay>,
}

/// Uses of a token on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TokenDay {
    /// The day, UTC: `2026-01-31`.
    pub day: String,
    /// How often.
    pub uses: u32,
}

/// `GET /api/admin/tokens`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Tokens {
    /// The newest first, at most [`crate::limits::TOKENS_MAX`].
    pub tokens: Vec<TokenView>,
}

/// `POST /api/admin/tokens`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeToken {
    /// Which system is to have it, 1 to [`crate::limits::LABEL_CHARS_MAX`] characters.
    pub name: String,
    /// The desk whose cases it reads; absent: those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
    /// What it may be used for: one at least.
    pub purposes: Vec<TokenPurpose>,
    /// For how many days, 1 to [`crate::limits::TOKEN_DAYS_MAX`].
    pub days: u32,
}

/// The answer: the only time that the token is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TokenMade {
    /// What goes behind `Authorization: Bearer `.
    pub token: String,
    /// What is kept of it.
    pub made: TokenView,
}

/// A moment in the course of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CourseLine {
    /// What it belongs to.
    pub part: DraftedPart,
    /// Kind of the ledger's entry, e.g. `claimed`.
    pub kind: String,
    /// Its place in the ledger.
    pub seq: Seq,
    /// When.
    pub at_ms: UnixMs,
}

/// A measure that follows from a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct MeasureState {
    /// Which.
    pub measure_id: MeasureId,
    /// What is to be done.
    pub text: String,
    /// By the end of which day.
    pub due: String,
    /// When somebody said that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at_ms: Option<UnixMs>,
    /// Its day is over and it is not done.
    pub overdue: bool,
}

/// A question of the ministry with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AskedQuestion {
    /// Its number, from 1.
    pub question: u32,
    /// When.
    pub at_ms: UnixMs,
    /// The question.
    pub text: String,
    /// The answer; empty: none yet.
    pub answer: String,
}

/// A step in the life of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct StepDone {
    /// Kind of the entry, e.g. `report_submitted`.
    pub did: String,
    /// When.
    pub at_ms: UnixMs,
    /// The version of the report after it.
    pub version: u32,
}

/// `GET /api/v1/reports/{case_id}`: a report without names. What officers wrote is as they wrote it, but for the name and the
/// telephone number that the worker is enrolled with: in their place stands `[…]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportOut {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub case_no: String,
    /// The desk that holds it.
    pub desk_id: DeskId,
    /// Where the report stands.
    pub state: ReportState,
    /// Changes with every step; 0: nobody has saved anything yet.
    pub version: u32,
    /// Why there must be one; empty: there need not be.
    pub required: Vec<MajorReason>,
    /// By when the desk owes it; absent: it does not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<UnixMs>,
    /// That time is over.
    pub overdue: bool,
    /// Times against the targets.
    pub times: ReportTimes,
    /// The same in words, a line each.
    pub times_said: Vec<String>,
    /// Language of these words.
    pub language: ReportLanguage,
    /// The course of events.
    pub course: Vec<CourseLine>,
    /// Lines of the middle that are left out because there are more.
    pub left_out: u32,
    /// Why it came to this.
    pub cause: String,
    /// What was done.
    pub done: String,
    /// What is to be learnt.
    pub lessons: String,
    /// What is followed up.
    pub measures: Vec<MeasureState>,
    /// Questions of the ministry, the oldest first.
    pub questions: Vec<AskedQuestion>,
    /// Its life, the oldest first.
    pub steps: Vec<StepDone>,
}
