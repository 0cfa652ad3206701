//! Other systems: a token with every request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts as RequestParts;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use sos_core::access::Officer;
use sos_protocol::api_v1::TokenPurpose;
use sos_protocol::http::Role;
use sos_protocol::{ErrorCode, StaffId, UnixMs};

use super::Shared;
use super::problem::{Answer, Failed};
use crate::admin::tokens::PREFIX;
use crate::auth::secret::token_hash;
use crate::store::tokens::UsedToken;

/// Requests with one token in a minute, of one node.
const USES_A_MINUTE: u32 = 60;
/// Requests in a minute with what is no token that was good here in this minute, of one node: each costs a look into the store.
const UNKNOWN_A_MINUTE: u32 = 600;

/// Requests of this minute.
#[derive(Default)]
pub struct BearerRate(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    number: i64,
    /// With tokens that were good; as many as there are at most.
    good: HashMap<[u8; 32], u32>,
    unknown: u32,
}

impl BearerRate {
    fn allows(&self, hash: &[u8; 32], now: UnixMs) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.0.div_euclid(60_000);
        if minute.number != number {
            *minute = Minute { number, ..Minute::default() };
        }
        let (count, most) = match minute.good.get_mut(hash) {
            Some(count) => (count, USES_A_MINUTE),
            None => (&mut minute.unknown, UNKNOWN_A_MINUTE),
        };
        *count = count.saturating_add(1);
        *count <= most
    }

    fn was_good(&self, hash: [u8; 32]) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.good.entry(hash).or_insert(1);
    }
}

/// The system behind a request.
pub(super) struct Bearer(UsedToken);

impl Bearer {
    /// Whom it reads as: the ministry's reviewer, or the supervisor of its desk. Refused without this purpose.
    pub(super) fn may(&self, purpose: TokenPurpose) -> Answer<Officer> {
        if !self.0.purposes.contains(&purpose) {
            return Err(Failed::because(ErrorCode::Forbidden, "the token is not for this purpose"));
        }
        let role = if self.0.desk.is_some() { Role::Supervisor } else { Role::Reviewer };
        Ok(Officer { id: StaffId(self.0.token_id.0), role, desk: self.0.desk.clone(), names: false })
    }
}

impl FromRequestParts<Shared> for Bearer {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut RequestParts, shared: &Shared) -> Result<Self, Failed> {
        let refused = |why| Failed::because(ErrorCode::NotSignedIn, why);
        let token = token(&parts.headers).ok_or_else(|| refused("Authorization: Bearer with a token"))?;
        let (hash, now) = (token_hash(token), shared.clock.now());
        if !shared.bearers.allows(&hash, now) {
            let text = format!("at most {USES_A_MINUTE} requests a minute");
            return Err(Failed::because(ErrorCode::RateLimited, &text));
        }
        let day = Timestamp::from_millisecond(now.0).unwrap_or_default().strftime("%Y-%m-%d").to_string();
        let used = shared.store.use_token(hash, now, &day).await?;
        let used = used.ok_or_else(|| refused("there is no such token"))?;
        if used.revoked {
            return Err(refused("the token was revoked"));
        }
        if used.expires <= now {
            return Err(refused("the token has expired"));
        }
        shared.bearers.was_good(hash);
        Ok(Self(used))
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token.trim())
}
