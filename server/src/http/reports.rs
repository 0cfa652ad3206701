//! Incident reports, for officers.

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts as RequestParts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sos_core::access::{Action, Officer};
use sos_core::frames::{known, label, words};
use sos_core::report::{ReportCommand, day};
use sos_protocol::lenient;
use sos_protocol::limits::{
    REPORT_MEASURES_MAX, REPORT_QUESTIONS_ALL_MAX, REPORT_QUESTIONS_MAX, REPORT_TEXT_CHARS_MAX,
};
use sos_protocol::report::{
    ChangeMeasure, MeasurePlan, MeasureWords, PutMeasure, ReportAnswer, ReportLanguage, ReportList,
    ReportQuery, ReportVersion, ReportView, ReportsQuery, ReturnReport, SaveReport, Written,
};
use sos_protocol::{CaseId, ErrorCode};

use super::Shared;
use super::body::Json;
use super::cases::case_id;
use super::problem::{Answer, Failed};
use super::session::SignedIn;

/// Largest report, in bytes: three texts, 20 measures and 50 answers of full length have about 150,000 letters, most of two
/// bytes or fewer.
const REPORT_BYTES_MAX: usize = 512 * 1024;
/// Largest return, in bytes: ten questions of full length, every letter of three bytes.
const RETURN_BYTES_MAX: usize = 64 * 1024;

/// What stands behind the question mark of an address.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, Failed> {
        let unread = |_| Failed::because(ErrorCode::InvalidField, "the address: a value that cannot be");
        let Query(asked) = Query::try_from_uri(&parts.uri).map_err(unread)?;
        Ok(Self(asked))
    }
}

type ReportJson = Answer<axum::Json<ReportView>>;

/// The report that an address is about, and who wants what of it.
pub(super) struct OfReport {
    parts: Shared,
    officer: Officer,
    id: CaseId,
    language: ReportLanguage,
}

impl FromRequestParts<Shared> for OfReport {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut RequestParts, shared: &Shared) -> Result<Self, Failed> {
        #[derive(Deserialize)]
        struct Named {
            case_id: String,
        }
        let officer = SignedIn::from_request_parts(parts, shared).await?.officer();
        let unknown = |_| Failed::code(ErrorCode::NotFound);
        let Path(Named { case_id: id }) = Path::from_request_parts(parts, shared).await.map_err(unknown)?;
        let Asked(ReportQuery { language }) = Asked::from_request_parts(parts, shared).await?;
        Ok(Self { parts: shared.clone(), officer, id: case_id(&id)?, language })
    }
}

impl OfReport {
    async fn run(self, version: u32, command: ReportCommand) -> ReportJson {
        let Self { parts, officer, id, language } = self;
        Ok(axum::Json(parts.cases.report_command(&officer, (id, version), command, language).await?))
    }
}

pub(super) async fn list(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Asked(query): Asked<ReportsQuery>,
) -> Answer<axum::Json<ReportList>> {
    let officer = signed_in.may(Action::ListReports)?;
    Ok(axum::Json(parts.cases.reports(&officer, query).await?))
}

pub(super) async fn view(report: OfReport) -> ReportJson {
    let OfReport { parts, officer, id, language } = report;
    parts.cases.note_look(&officer, id).await?;
    Ok(axum::Json(parts.cases.report(&officer, id, language).await?))
}

pub(super) async fn save(report: OfReport, Json(body): Json<SaveReport, REPORT_BYTES_MAX>) -> ReportJson {
    let version = body.version;
    let (plan, written) = read(body)?;
    report.run(version, ReportCommand::Save { plan, written }).await
}

pub(super) async fn submit(report: OfReport, Json(body): Json<ReportVersion>) -> ReportJson {
    report.run(body.version, ReportCommand::Submit).await
}

pub(super) async fn give_back(
    report: OfReport,
    Json(body): Json<ReturnReport, RETURN_BYTES_MAX>,
) -> ReportJson {
    at_most(&body.questions, REPORT_QUESTIONS_MAX, "questions")?;
    let questions: Result<Vec<String>, _> =
        body.questions.iter().map(|question| words(question, "questions")).collect();
    report.run(body.version, ReportCommand::Return { questions: questions? }).await
}

pub(super) async fn accept(report: OfReport, Json(body): Json<ReportVersion>) -> ReportJson {
    report.run(body.version, ReportCommand::Accept).await
}

pub(super) async fn measure(
    report: OfReport,
    Path((_, measure_id)): Path<(String, String)>,
    Json(body): Json<ChangeMeasure>,
) -> ReportJson {
    let id = measure_id.parse().map_err(|_| Failed::code(ErrorCode::NotFound))?;
    let due = body.due.map(|due| date(&due)).transpose()?;
    report.run(body.version, ReportCommand::Measure { id, done: body.done, due }).await
}

/// What was written, as it is kept.
fn read(body: SaveReport) -> Answer<(Vec<MeasurePlan>, Written)> {
    at_most(&body.measures, REPORT_MEASURES_MAX, "measures")?;
    at_most(&body.answers, REPORT_QUESTIONS_ALL_MAX, "answers")?;
    let (mut plans, mut measures) = (vec![], vec![]);
    for PutMeasure { plan, text, owner } in body.measures {
        known(plan.measure_id.0, "measures")?;
        let (text, owner) = (words(&text, "measures")?, label(&owner, "measures")?);
        measures.push(MeasureWords { measure_id: plan.measure_id, text, owner });
        plans.push(MeasurePlan { due: date(&plan.due)?, ..plan });
    }
    let answer = |answer: ReportAnswer| {
        Ok::<_, Failed>(ReportAnswer { text: words(&answer.text, "answers")?, ..answer })
    };
    let written = Written {
        cause: passage(&body.cause, "cause")?,
        done: passage(&body.done, "done")?,
        lessons: passage(&body.lessons, "lessons")?,
        measures,
        answers: body.answers.into_iter().map(answer).collect::<Result<_, _>>()?,
    };
    Ok((plans, written))
}

/// As [`words`], longer, and it may still be empty.
fn passage(text: &str, field: &str) -> Answer<String> {
    let (kept, cut) = lenient::text(text, REPORT_TEXT_CHARS_MAX);
    if cut {
        let detail = format!("{field}: at most {REPORT_TEXT_CHARS_MAX} characters");
        return Err(Failed::because(ErrorCode::TooLarge, &detail));
    }
    Ok(kept)
}

fn date(text: &str) -> Answer<String> {
    let day = day(text).ok_or_else(|| Failed::because(ErrorCode::InvalidField, "due: no such day"))?;
    Ok(day.to_string())
}

fn at_most<T>(list: &[T], max: usize, field: &str) -> Answer<()> {
    if list.len() > max {
        return Err(Failed::because(ErrorCode::TooMany, &format!("{field}: at most {max}")));
    }
    Ok(())
}
