//! Tokens of other systems.

use serde_json::json;
use sos_protocol::ambient::Entropy;
use sos_protocol::api_v1::{MakeToken, TokenMade, TokenView};
use sos_protocol::limits::{TOKEN_DAYS_MAX, TOKENS_MAX};
use sos_protocol::{TokenId, UnixMs};

use super::error::{AdminError, ensure, label, using};
use crate::auth::secret::{token, token_hash};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::desks::known_desks;
use crate::store::tokens::{keep_token, revoke_token};

/// How a token begins: so that it is known for what it is where it was left lying.
pub const PREFIX: &str = "sos_api_";
const DAY_MS: i64 = 86_400_000;

/// Makes a token.
///
/// # Errors
/// [`AdminError`].
pub async fn make(
    store: &Store,
    entropy: &dyn Entropy,
    by: By,
    make: MakeToken,
) -> Result<TokenMade, AdminError> {
    let MakeToken { name, desk, mut purposes, days } = make;
    purposes.sort_unstable();
    purposes.dedup();
    ensure(!purposes.is_empty(), "purposes", "one at least")?;
    ensure((1..=TOKEN_DAYS_MAX).contains(&days), "days", format!("1 to {TOKEN_DAYS_MAX}"))?;
    let made = TokenView {
        token_id: TokenId(entropy.uuid_v7(by.at)),
        name: label(&name, "name")?,
        desk,
        purposes,
        made_ms: by.at,
        expires_ms: by.at.plus_ms(i64::from(days) * DAY_MS),
        revoked_ms: None,
        last_used_ms: None,
        days: vec![],
    };
    let (random, _) = token(entropy);
    let token = format!("{PREFIX}{random}");
    let facts = json!({
        "name": made.name, "desk": made.desk, "purposes": made.purposes, "expires_ms": made.expires_ms,
    });
    using(store, async {
        let mut change = store.change(by).await?;
        if let Some(desk) = &made.desk {
            let known = known_desks(&mut change.tx, std::slice::from_ref(desk)).await?;
            ensure(!known.is_empty(), "desk", "no such desk")?;
        }
        change.note("token", &made.token_id.to_string(), &facts).await?;
        if !keep_token(&mut change.tx, &made, token_hash(&token)).await? {
            return Err(AdminError::TooMany { field: "tokens", most: TOKENS_MAX });
        }
        Ok(change.commit().await?)
    })
    .await?;
    Ok(TokenMade { token, made })
}

/// Ends a token at once. One that was revoked already stays so.
///
/// # Errors
/// [`AdminError`].
pub async fn revoke(store: &Store, by: By, id: TokenId) -> Result<(), AdminError> {
    let known = store.tokens().await?.into_iter().find(|token| token.token_id == id);
    let known = known.ok_or(AdminError::NotFound)?;
    if known.revoked_ms.is_some() {
        return Ok(());
    }
    using(store, async {
        let mut change = store.change(by).await?;
        change.note("token", &id.to_string(), &json!({ "name": known.name, "revoked": true })).await?;
        if !revoke_token(&mut change.tx, id, by.at).await? {
            // Somebody else did it in this moment, and noted it.
            return Ok(());
        }
        Ok(change.commit().await?)
    })
    .await
}

/// A token for the person at the terminal.
#[must_use]
pub fn line(token: &TokenView, now: UnixMs) -> String {
    let state = match () {
        () if token.revoked_ms.is_some() => "revoked",
        () if token.expires_ms <= now => "expired",
        () => "good",
    };
    let desk = token.desk.as_ref().map_or("all desks", |desk| desk.as_str());
    let purposes: Vec<String> =
        token.purposes.iter().map(|purpose| format!("{purpose:?}").to_lowercase()).collect();
    let uses: u32 = token.days.iter().map(|day| day.uses).sum();
    format!("{}  {state}  {desk}  {}  {uses} uses  {}", token.token_id, purposes.join(","), token.name)
}
