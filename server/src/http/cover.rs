//! Cover: who answers for a desk, and who is told in which order while nobody does.

use std::str::FromStr;

use axum::extract::{Path, State};
use sos_core::access::{Action, Officer};
use sos_protocol::cover::{CoverView, Holidays, PutPolicy, PutRota, PutWebhook, Remove};
use sos_protocol::{DeskId, ErrorCode};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use super::session::SignedIn;
use crate::admin::{cover, webhooks};
use crate::store::administration::By;

/// Largest rota, policy or list of holidays, in bytes of JSON: a rota at all of its limits has about 100 KiB.
const COVER_BYTES_MAX: usize = 160 * 1024;

type View = Answer<axum::Json<CoverView>>;

/// A path without an id is a path to nothing.
fn id<T: FromStr>(text: &str) -> Answer<T> {
    text.parse().map_err(|_| Failed::code(ErrorCode::NotFound))
}

fn arranging(parts: &Shared, signed_in: &SignedIn) -> Answer<(Officer, By)> {
    let officer = signed_in.may(Action::ArrangeCover)?;
    let by = By { staff: Some(officer.id), at: parts.clock.now() };
    Ok((officer, by))
}

pub(super) async fn view(State(parts): State<Shared>, signed_in: SignedIn) -> View {
    let officer = signed_in.may(Action::SeeCover)?;
    let ministry = parts.dispatch.ministry().ok_or_else(|| Failed::code(ErrorCode::Unavailable))?;
    Ok(axum::Json(cover::view(&parts.store, &officer, ministry, parts.clock.now()).await?))
}

pub(super) async fn put_rota(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(rota): Path<String>,
    Json(put): Json<PutRota, COVER_BYTES_MAX>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    cover::put_rota(&parts.store, &officer, by, id(&rota)?, put).await?;
    view(State(parts), signed_in).await
}

pub(super) async fn remove_rota(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(rota): Path<String>,
    Json(Remove { version }): Json<Remove>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    cover::remove_a_rota(&parts.store, &officer, by, id(&rota)?, version).await?;
    view(State(parts), signed_in).await
}

pub(super) async fn put_policy(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(desk): Path<String>,
    Json(put): Json<PutPolicy, COVER_BYTES_MAX>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    cover::put_policy(&parts.store, &officer, by, &*parts.entropy, DeskId(desk), put).await?;
    view(State(parts), signed_in).await
}

pub(super) async fn put_webhook(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(webhook): Path<String>,
    Json(put): Json<PutWebhook>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    webhooks::put(&parts.store, &officer, by, id(&webhook)?, put).await?;
    view(State(parts), signed_in).await
}

pub(super) async fn remove_webhook(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(webhook): Path<String>,
    Json(Remove { version }): Json<Remove>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    webhooks::remove(&parts.store, &officer, by, id(&webhook)?, version).await?;
    view(State(parts), signed_in).await
}

pub(super) async fn put_holidays(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(holidays): Json<Holidays, COVER_BYTES_MAX>,
) -> View {
    let (officer, by) = arranging(&parts, &signed_in)?;
    cover::put_holidays(&parts.store, &officer, by, holidays).await?;
    view(State(parts), signed_in).await
}
