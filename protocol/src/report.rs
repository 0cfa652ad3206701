//! The incident report of a closed case: what the ledger says by itself, what people write to it, and its way from the
//! desk to the ministry and back.

use serde::{Deserialize, Serialize};

use crate::{CaseId, DeskId, Disposition, MeasureId, Seq, StaffId, UnixMs};

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// At the desk, which writes; version 0: nobody has saved anything yet.
    Draft,
    /// At the ministry.
    Submitted,
    /// At the desk again, with questions of the ministry.
    Returned,
    /// Done with; what is to follow up is followed up.
    Accepted,
}

/// Why a case must have a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MajorReason {
    /// The worker was made to take the press back.
    Duress,
    /// The worker was injured, attacked or held.
    Kind,
    /// The worker could not be reached.
    NotReached,
    /// It escalated until only the ministry desk could be told, or nobody.
    Escalated,
    /// It was claimed after its target, or never.
    Late,
}

/// The words of a report that people write. Erased with the key of the worker: then all of it is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Written {
    /// Why it came to this, at most [`crate::limits::REPORT_TEXT_CHARS_MAX`], as the next two.
    pub cause: String,
    /// What was done.
    pub done: String,
    /// What is to be learnt.
    pub lessons: String,
    /// What is to follow up, in the order of [`CaseEvent::ReportSaved`](crate::CaseEvent)'s plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", ts(as = "Option<Vec<MeasureWords>>", optional))]
    pub measures: Vec<MeasureWords>,
    /// Answers to questions of the ministry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", ts(as = "Option<Vec<ReportAnswer>>", optional))]
    pub answers: Vec<ReportAnswer>,
}

/// The words of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct MeasureWords {
    /// Which.
    pub measure_id: MeasureId,
    /// What is to be done, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
    /// Who is to do it: one line, at most [`crate::limits::LABEL_CHARS_MAX`].
    pub owner: String,
}

/// A measure without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct MeasurePlan {
    /// Identity, made by its author.
    pub measure_id: MeasureId,
    /// The day by whose end it is to be done, `2026-12-31`, by the calendar of the desk.
    pub due: String,
    /// The officer who is to do it, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<StaffId>,
}

/// The answer to a question of the ministry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportAnswer {
    /// Number of the question, from 1 through all rounds.
    pub question: u32,
    /// The answer, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
}

/// A measure, as a desk puts it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutMeasure {
    /// Its plan.
    #[serde(flatten)]
    pub plan: MeasurePlan,
    /// What is to be done, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
    /// Who is to do it, at most [`crate::limits::LABEL_CHARS_MAX`].
    pub owner: String,
}

/// `POST /api/cases/{case_id}/report`: the whole of what people write; it takes the place of what was there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct SaveReport {
    /// The version of the report that was looked at; 0: none was saved.
    pub version: u32,
    /// As in [`Written`]; may be empty until it is submitted.
    pub cause: String,
    /// As in [`Written`]; may be empty until it is submitted.
    pub done: String,
    /// As in [`Written`]; may be empty until it is submitted.
    pub lessons: String,
    /// At most [`crate::limits::REPORT_MEASURES_MAX`].
    pub measures: Vec<PutMeasure>,
    /// One a question at most; a question without one is not answered.
    pub answers: Vec<ReportAnswer>,
}

/// `POST /api/cases/{case_id}/report/submit` and `…/accept`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportVersion {
    /// The version of the report that was looked at.
    pub version: u32,
}

/// `POST /api/cases/{case_id}/report/return`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReturnReport {
    /// The version of the report that was looked at.
    pub version: u32,
    /// What the ministry wants to know: one at least, at most [`crate::limits::REPORT_QUESTIONS_MAX`], each at most
    /// [`crate::limits::TEXT_CHARS_MAX`].
    pub questions: Vec<String>,
}

/// `POST /api/cases/{case_id}/report/measures/{measure_id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ChangeMeasure {
    /// The version of the report that was looked at.
    pub version: u32,
    /// It is done.
    #[serde(default)]
    pub done: bool,
    /// Another day to do it by, `2026-12-31`; not of one that is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// The language of what is drafted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportLanguage {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// `GET /api/cases/{case_id}/report?language=vi`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportQuery {
    /// Of the drafted part; absent: Vietnamese.
    #[serde(default)]
    pub language: ReportLanguage,
}

/// What a line of the drafted part belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DraftedPart {
    /// The course of events.
    Course,
    /// Where the worker was, by the presses.
    Position,
    /// What officers did for the worker.
    Done,
    /// How it ended.
    Disposition,
}

/// A line of the drafted part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DraftedLine {
    /// What it belongs to.
    pub part: DraftedPart,
    /// Kind of the entry that it comes from.
    pub kind: String,
    /// Place of that entry in the ledger.
    pub seq: Seq,
    /// When that was recorded.
    pub at_ms: UnixMs,
    /// The moment in words, by the clocks of the desk: `14:05:09 22/11/2026`.
    pub at: String,
    /// What was, in words; without the moment.
    pub text: String,
}

/// How long the answer took, in milliseconds. What did not happen is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportTimes {
    /// From the first press, by the phone's own count, to the gateway; absent too where the phone did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub receive_ms: Option<i64>,
    /// From the gateway until it first rang, as the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub ring_ms: Option<i64>,
    /// Until an officer first claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub claim_ms: Option<i64>,
    /// Until it was closed, the last time where it was reopened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub close_ms: Option<i64>,
    /// What the desk was to reach for the claim when the case was opened.
    #[cfg_attr(feature = "schema", ts(type = "number"))]
    pub claim_target_ms: i64,
    /// Whether it was claimed by then.
    pub claimed_in_time: bool,
}

/// What the ledger says of a case. Made anew each time it is asked for: it is kept nowhere and cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Drafted {
    /// Language of the words.
    pub language: ReportLanguage,
    /// By whose clocks moments are: the desk's zone, IANA name, else `UTC`.
    pub time_zone: String,
    /// In the order of the ledger; at most [`crate::limits::REPORT_LINES_MAX`].
    pub lines: Vec<DraftedLine>,
    /// Lines of the middle that are left out because there are more.
    pub left_out: u32,
    /// Times against the targets.
    pub times: ReportTimes,
    /// The same in words, a line each.
    pub times_said: Vec<String>,
    /// The ledger of the case was read up to here.
    pub up_to_seq: Seq,
}

/// A measure that is followed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct MeasureView {
    /// Its plan, as it is now.
    #[serde(flatten)]
    pub plan: MeasurePlan,
    /// What is to be done.
    pub text: String,
    /// Who is to do it.
    pub owner: String,
    /// When somebody said that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at_ms: Option<UnixMs>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_by: Option<String>,
    /// Its day is over and it is not done.
    pub overdue: bool,
}

/// A question of the ministry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportQuestion {
    /// Its number, from 1 through all rounds.
    pub question: u32,
    /// Which return it came with, from 1.
    pub round: u32,
    /// When.
    pub at_ms: UnixMs,
    /// Who asked.
    pub by: String,
    /// The question; empty where it was erased.
    pub text: String,
    /// The answer; empty: none yet, or erased.
    pub answer: String,
}

/// A step in the life of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportStep {
    /// Place in the ledger.
    pub seq: Seq,
    /// Kind of the entry, e.g. `report_submitted`; `reopened` and `duress`, which make it a draft again, among them.
    pub did: String,
    /// Name of the officer, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub at_ms: UnixMs,
    /// The version of the report after it.
    pub version: u32,
}

/// What the officer who asks may do with a report now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[allow(clippy::struct_excessive_bools, reason = "four buttons")]
pub struct ReportMay {
    /// Save what people write.
    pub write: bool,
    /// Submit it, once it is complete.
    pub submit: bool,
    /// Accept it or return it.
    pub judge: bool,
    /// Say that a measure is done, or give it another day.
    pub follow_up: bool,
}

/// A report: the answer to each of its addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportView {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub case_no: String,
    /// The desk that holds it.
    pub desk_id: DeskId,
    /// Where the report stands.
    pub state: ReportState,
    /// Changes with every step; a command names the one it saw. 0: nobody has saved anything yet.
    pub version: u32,
    /// Why there must be one; empty: there need not be.
    pub required: Vec<MajorReason>,
    /// By when the desk owes it; absent: it does not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<UnixMs>,
    /// That time is over.
    pub overdue: bool,
    /// What the ledger says.
    pub drafted: Drafted,
    /// Why it came to this.
    pub cause: String,
    /// What was done.
    pub done: String,
    /// What is to be learnt.
    pub lessons: String,
    /// What is followed up.
    pub measures: Vec<MeasureView>,
    /// Questions of the ministry with their answers, the oldest first.
    pub questions: Vec<ReportQuestion>,
    /// Its life, the oldest first.
    pub steps: Vec<ReportStep>,
    /// What this officer may do now.
    pub may: ReportMay,
}

/// Which reports of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportsOf {
    /// There must be one, and nobody has saved anything.
    Missing,
    /// There must be one, or the ministry waits for answers, and the time for it is over.
    Overdue,
    /// Saved, not submitted.
    Draft,
    /// At the ministry.
    Submitted,
    /// At the desk again.
    Returned,
    /// Done with.
    Accepted,
    /// With a measure that is not done.
    OpenMeasures,
    /// With a measure that is not done and whose day is over.
    OverdueMeasures,
}

/// `GET /api/reports?of=missing&desk=tw-taipei&after=123`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportsQuery {
    /// Which; absent: all.
    #[serde(default)]
    pub of: Option<ReportsOf>,
    /// Of cases that this desk holds; absent: of all that the officer sees.
    #[serde(default)]
    pub desk: Option<DeskId>,
    /// `next` of the page before; absent: the first page.
    #[serde(default)]
    pub after: Option<i64>,
}

/// A report in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportRow {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub case_no: String,
    /// The desk that holds it.
    pub desk_id: DeskId,
    /// When it was closed; absent: it is open again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at_ms: Option<UnixMs>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// Where the report stands.
    pub state: ReportState,
    /// 0: missing.
    pub version: u32,
    /// Why there must be one; empty: there need not be.
    pub required: Vec<MajorReason>,
    /// By when the desk owes it; absent: it does not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<UnixMs>,
    /// That time is over.
    pub overdue: bool,
    /// Measures that are not done.
    pub open_measures: u32,
    /// Of these, those whose day is over.
    pub overdue_measures: u32,
}

/// How many reports there are of each, of all that the question's desk has and the officer sees; those that are done
/// with are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportCounts {
    /// Missing.
    pub missing: u32,
    /// Overdue: missing, drafts and returned ones.
    pub overdue: u32,
    /// Saved, not submitted.
    pub draft: u32,
    /// At the ministry.
    pub submitted: u32,
    /// At the desk again.
    pub returned: u32,
    /// Measures that are not done.
    pub open_measures: u32,
    /// Of these, those whose day is over.
    pub overdue_measures: u32,
}

/// A page of reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ReportList {
    /// The latest case first, at most [`crate::limits::REPORTS_PAGE_MAX`].
    pub reports: Vec<ReportRow>,
    /// Where the next page begins; absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub next: Option<i64>,
    /// How many there are.
    pub counts: ReportCounts,
    /// By this moment.
    pub at_ms: UnixMs,
}
