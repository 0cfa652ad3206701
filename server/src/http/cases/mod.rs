//! Cases and desks, for officers.

pub(super) mod many;
pub(super) mod work;

use axum::extract::{Path, State};
use sos_core::access::Action;
use sos_core::frames::{known, words};
use sos_core::lifecycle::Command;
use sos_protocol::http::{
    CaseAnswer, CaseList, Claim, Close, Desks, PostMessage, PostNote, Transfer, WithReason,
};
use sos_protocol::{CaseDetail, CaseId, ErrorCode};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use super::session::SignedIn;

type CaseJson = Answer<axum::Json<CaseAnswer>>;

/// A path without a case is a path to nothing.
pub(super) fn case_id(text: &str) -> Answer<CaseId> {
    text.parse().map_err(|_| Failed::code(ErrorCode::NotFound))
}

fn reason(reason: Option<String>) -> Answer<Option<String>> {
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    Ok(reason.map(|reason| words(&reason, "reason")).transpose()?)
}

async fn run(
    parts: &Shared,
    signed_in: &SignedIn,
    id: &str,
    version: Option<u32>,
    command: Command,
) -> CaseJson {
    let case = parts.cases.command(&signed_in.officer(), case_id(id)?, version, command).await?;
    Ok(axum::Json(CaseAnswer { case }))
}

pub(super) async fn desks(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<axum::Json<Desks>> {
    signed_in.may(Action::ListDesks)?;
    Ok(axum::Json(Desks { desks: parts.store.desk_views(parts.clock.now()).await? }))
}

pub(super) async fn list(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<axum::Json<CaseList>> {
    let officer = signed_in.may(Action::ListCases)?;
    let (cases, _) = parts.cases.queue(&officer).await?;
    Ok(axum::Json(CaseList { cases }))
}

pub(super) async fn detail(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<CaseDetail>> {
    let (officer, id) = (signed_in.officer(), case_id(&id)?);
    parts.cases.note_look(&officer, id).await?;
    Ok(axum::Json(parts.cases.detail(&officer, id).await?))
}

pub(super) async fn claim(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Claim>,
) -> CaseJson {
    run(&parts, &signed_in, &id, Some(body.version), Command::Claim).await
}

pub(super) async fn release(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<WithReason>,
) -> CaseJson {
    let command = Command::Release { reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(super) async fn transfer(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Transfer>,
) -> CaseJson {
    let command = Command::Transfer { to: body.to, reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(super) async fn close(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Close>,
) -> CaseJson {
    let summary = words(&body.summary, "summary")?;
    let command = Command::Close { disposition: body.disposition, summary };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(super) async fn reopen(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<WithReason>,
) -> CaseJson {
    let command = Command::Reopen { reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(super) async fn message(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<PostMessage>,
) -> CaseJson {
    known(body.message_id.0, "message_id")?;
    let command = Command::Message { message_id: body.message_id, text: words(&body.text, "text")? };
    run(&parts, &signed_in, &id, None, command).await
}

pub(super) async fn note(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<PostNote>,
) -> CaseJson {
    known(body.note_id.0, "note_id")?;
    let command = Command::Note { note_id: body.note_id, text: words(&body.text, "text")? };
    run(&parts, &signed_in, &id, None, command).await
}

pub(super) async fn rang(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> CaseJson {
    run(&parts, &signed_in, &id, None, Command::Rang).await
}

pub(super) async fn seen(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> CaseJson {
    run(&parts, &signed_in, &id, None, Command::Seen).await
}
