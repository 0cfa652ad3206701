//! Between officers and desks: assigning, offering, sharing, linking, and what is written down.

use axum::extract::{Path, State};
use sos_core::frames::{label, words};
use sos_core::lifecycle::{Command, Pairing};
use sos_protocol::http::{
    Assign, CaseAnswer, Claim, Link, Merge, PostAnswer, Prioritise, SetTags, Share, Surroundings, WithReason,
};
use sos_protocol::limits::TAGS_MAX;
use sos_protocol::{CaseId, ErrorCode};

use super::super::Shared;
use super::super::body::Json;
use super::super::problem::{Answer, Failed};
use super::super::session::SignedIn;
use super::{CaseJson, case_id, reason, run};

pub(in super::super) async fn assign(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Assign>,
) -> CaseJson {
    // The name is looked up with the account.
    let command = Command::Assign { to: body.to, name: String::new() };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(in super::super) async fn take(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Claim>,
) -> CaseJson {
    run(&parts, &signed_in, &id, Some(body.version), Command::Take).await
}

pub(in super::super) async fn decline(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<WithReason>,
) -> CaseJson {
    let command = Command::Decline { reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(in super::super) async fn withdraw(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Claim>,
) -> CaseJson {
    run(&parts, &signed_in, &id, Some(body.version), Command::Withdraw).await
}

pub(in super::super) async fn share(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Share>,
) -> CaseJson {
    let command = Command::Share { desk: body.desk, help: body.help, reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, None, command).await
}

pub(in super::super) async fn priority(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Prioritise>,
) -> CaseJson {
    let command = Command::Prioritise { to: body.to, reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, Some(body.version), command).await
}

pub(in super::super) async fn tags(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<SetTags>,
) -> CaseJson {
    if body.tags.len() > TAGS_MAX {
        return Err(Failed::because(ErrorCode::TooMany, "too many tags"));
    }
    let mut tags: Vec<String> = vec![];
    for tag in &body.tags {
        let tag = label(tag, "tags")?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    run(&parts, &signed_in, &id, None, Command::Tag { tags }).await
}

pub(in super::super) async fn answer(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<PostAnswer>,
) -> CaseJson {
    let (question, text) = (label(&body.question, "question")?, words(&body.text, "text")?);
    run(&parts, &signed_in, &id, None, Command::Answer { question, text }).await
}

async fn pair(
    parts: &Shared,
    signed_in: &SignedIn,
    (id, other): (&str, CaseId),
    version: Option<u32>,
    pairing: Pairing,
) -> CaseJson {
    let case = parts.cases.pair(&signed_in.officer(), (case_id(id)?, other), version, pairing).await?;
    Ok(axum::Json(CaseAnswer { case }))
}

pub(in super::super) async fn link(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Link>,
) -> CaseJson {
    pair(&parts, &signed_in, (&id, body.case_id), None, Pairing::Link).await
}

pub(in super::super) async fn unlink(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Link>,
) -> CaseJson {
    pair(&parts, &signed_in, (&id, body.case_id), None, Pairing::Unlink).await
}

pub(in super::super) async fn merge(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<Merge>,
) -> CaseJson {
    let pairing = Pairing::Merge { summary: words(&body.summary, "summary")? };
    pair(&parts, &signed_in, (&id, body.into), Some(body.version), pairing).await
}

pub(in super::super) async fn ask_fix(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> CaseJson {
    run(&parts, &signed_in, &id, None, Command::AskFix { at: parts.clock.now() }).await
}

/// The version is not looked at: that somebody else has just done something is no reason to tell nobody.
pub(in super::super) async fn raise(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<WithReason>,
) -> CaseJson {
    let command = Command::Raise { reason: reason(body.reason)? };
    run(&parts, &signed_in, &id, None, command).await
}

pub(in super::super) async fn surroundings(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<Surroundings>> {
    Ok(axum::Json(parts.cases.surroundings(&signed_in.officer(), case_id(&id)?).await?))
}
