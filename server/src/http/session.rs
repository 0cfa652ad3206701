//! Officers: sign-in, session, shift, feed ticket.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts as RequestParts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sos_core::access::{self, Access, Action, Officer};
use sos_protocol::http::{FeedTicket, Me, SignIn};
use sos_protocol::limits::TICKET_TTL_S;
use sos_protocol::{DeskId, ErrorCode, UnixMs};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use crate::auth::secret::{token, token_hash};

/// How long a session lasts: a long shift and its hand-over.
const SESSION_MS: i64 = 14 * 3600 * 1000;
/// Name of the cookie.
const COOKIE: &str = "sos_session";
/// Failed tries of one login that are allowed within [`TRIES_WINDOW_MS`].
const TRIES_MAX: u32 = 10;
/// See [`TRIES_MAX`].
const TRIES_WINDOW_MS: i64 = 60 * 1000;
/// Logins whose tries are remembered; past it the memory starts anew.
const LOGINS_REMEMBERED_MAX: usize = 10_000;
/// The ministry's officers are on shift at its desk.
const MINISTRY: &str = "ministry";

/// Failed tries to sign in, by login.
#[derive(Default)]
pub struct SignInTries(Mutex<HashMap<String, (u32, UnixMs)>>);

impl SignInTries {
    fn allows(&self, login: &str, now: UnixMs) -> bool {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.get(login).is_none_or(|(n, since)| *n < TRIES_MAX || now.since_ms(*since) > TRIES_WINDOW_MS)
    }

    fn failed(&self, login: &str, now: UnixMs) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= LOGINS_REMEMBERED_MAX {
            tries.clear();
        }
        let (n, since) = tries.entry(login.to_owned()).or_insert((0, now));
        if now.since_ms(*since) > TRIES_WINDOW_MS {
            (*n, *since) = (0, now);
        }
        *n += 1;
    }
}

/// The officer behind a request.
pub(super) struct SignedIn {
    pub(super) me: Me,
    token_hash: [u8; 32],
}

impl SignedIn {
    pub(super) fn officer(&self) -> Officer {
        Officer {
            id: self.me.staff_id,
            role: self.me.role,
            desk: self.me.desk.as_ref().map(|desk| desk.desk_id.clone()),
            names: self.me.names,
        }
    }

    /// Refuses what the role never allows.
    pub(super) fn may(&self, action: Action) -> Answer<Officer> {
        let officer = self.officer();
        match access::may(&officer, action, None) {
            Access::Allowed => Ok(officer),
            Access::Forbidden | Access::Hidden => Err(Failed::code(ErrorCode::Forbidden)),
        }
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut RequestParts, shared: &Shared) -> Result<Self, Failed> {
        let nobody = || Failed::code(ErrorCode::NotSignedIn);
        let token_hash = token_hash(cookie(&parts.headers).ok_or_else(nobody)?);
        let me = shared.store.session(token_hash, shared.clock.now()).await?.ok_or_else(nobody)?;
        Ok(Self { me, token_hash })
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

fn cookie_header(value: &str, age_s: i64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={age_s}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// Whether a request comes from a page of this service. Browsers name the page's origin with every request that
/// changes something; programs that are no browsers carry no cookie of another's session.
pub(super) fn is_same_origin(headers: &HeaderMap) -> Option<bool> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let of_origin = origin.split_once("://").map(|(_, rest)| rest);
    Some(of_origin.is_some() && of_origin == host)
}

pub(super) async fn same_origin(request: Request<Body>, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && is_same_origin(request.headers()) == Some(false) {
        return Failed::code(ErrorCode::ForeignOrigin).into_response();
    }
    next.run(request).await
}

pub(super) async fn sign_in(State(parts): State<Shared>, Json(sign_in): Json<SignIn>) -> Answer<Response> {
    let now = parts.clock.now();
    let login = sign_in.login.trim().to_lowercase();
    if !parts.tries.allows(&login, now) {
        return Err(Failed::because(ErrorCode::RateLimited, "too many failed tries; wait a minute"));
    }
    let account = parts.store.staff_by_login(&login).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits = parts.passwords.fits(sign_in.password, stored).await;
    let Some(account) = account.filter(|_| fits) else {
        parts.tries.failed(&login, now);
        return Err(Failed::code(ErrorCode::WrongPassword));
    };
    let (cookie, token_hash) = token(&*parts.entropy);
    parts.store.create_session(token_hash, &account, now.plus_ms(SESSION_MS), now).await?;
    // None: the account was changed in this moment.
    let me =
        parts.store.session(token_hash, now).await?.ok_or_else(|| Failed::code(ErrorCode::WrongPassword))?;
    tracing::info!(staff = %me.staff_id, "signed in");
    let cookie = cookie_header(&cookie, SESSION_MS / 1000, parts.cookie_secure);
    let cookie = cookie.ok_or_else(|| Failed::code(ErrorCode::Internal))?;
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(me)).into_response())
}

pub(super) async fn me(signed_in: SignedIn) -> axum::Json<Me> {
    axum::Json(signed_in.me)
}

pub(super) async fn sign_out(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<Response> {
    parts.store.end_shift(signed_in.me.staff_id, parts.clock.now()).await?;
    parts.store.end_session(signed_in.token_hash).await?;
    let cookie =
        cookie_header("", 0, parts.cookie_secure).ok_or_else(|| Failed::code(ErrorCode::Internal))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

pub(super) async fn start_shift(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<axum::Json<Me>> {
    let officer = signed_in.may(Action::Shift)?;
    let desk = officer.desk.unwrap_or_else(|| DeskId::from(MINISTRY));
    parts.store.start_shift(officer.id, &desk, parts.clock.now()).await?;
    again(&parts, &signed_in).await
}

pub(super) async fn end_shift(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<axum::Json<Me>> {
    let officer = signed_in.may(Action::Shift)?;
    parts.store.end_shift(officer.id, parts.clock.now()).await?;
    again(&parts, &signed_in).await
}

async fn again(parts: &Shared, signed_in: &SignedIn) -> Answer<axum::Json<Me>> {
    let me = parts.store.session(signed_in.token_hash, parts.clock.now()).await?;
    me.map(axum::Json).ok_or_else(|| Failed::code(ErrorCode::NotSignedIn))
}

pub(super) async fn feed_ticket(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<FeedTicket>> {
    let officer = signed_in.may(Action::ListCases)?;
    let now = parts.clock.now();
    let (ticket, ticket_hash) = token(&*parts.entropy);
    let ends = now.plus_ms(i64::from(TICKET_TTL_S) * 1000);
    parts.store.create_ticket(ticket_hash, officer.id, ends, now).await?;
    Ok(axum::Json(FeedTicket { ticket }))
}
