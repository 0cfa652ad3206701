//! Tokens of other systems.

use sos_protocol::api_v1::{TokenDay, TokenPurpose, TokenView};
use sos_protocol::limits::{TOKEN_DAYS_SHOWN, TOKENS_MAX};
use sos_protocol::{DeskId, TokenId, UnixMs};

use super::{Store, StoreError, Tx, USE_WITHIN};

/// A token that somebody uses.
#[derive(Debug, Clone)]
pub struct UsedToken {
    /// Which.
    pub token_id: TokenId,
    /// The desk whose cases it reads; none: those of all.
    pub desk: Option<DeskId>,
    /// What it may be used for.
    pub purposes: Vec<TokenPurpose>,
    /// When it ends by itself.
    pub expires: UnixMs,
    /// It was revoked.
    pub revoked: bool,
}

impl Store {
    /// All tokens, the newest first.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn tokens(&self) -> Result<Vec<TokenView>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT t.token_id, t.name, t.desk_id, t.purposes, t.made_ms, t.expires_ms, t.revoked_ms, t.last_used_ms,
                          coalesce((SELECT jsonb_agg(jsonb_build_object('day', d.day, 'uses', d.uses) ORDER BY d.day DESC)
                                    FROM (SELECT day, uses FROM api_token_days WHERE token_id = t.token_id
                                          ORDER BY day DESC LIMIT $2) d), '[]') AS "days!"
                   FROM api_tokens t ORDER BY t.made_ms DESC, t.token_id LIMIT $1"#,
                i64::try_from(TOKENS_MAX).unwrap_or(i64::MAX),
                i64::from(TOKEN_DAYS_SHOWN)
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    Ok(TokenView {
                        token_id: TokenId(row.token_id),
                        name: row.name,
                        desk: row.desk_id.map(DeskId),
                        purposes: purposes(&row.purposes)?,
                        made_ms: UnixMs(row.made_ms),
                        expires_ms: UnixMs(row.expires_ms),
                        revoked_ms: row.revoked_ms.map(UnixMs),
                        last_used_ms: row.last_used_ms.map(UnixMs),
                        days: serde_json::from_value::<Vec<TokenDay>>(row.days)?,
                    })
                })
                .collect()
        })
        .await
    }

    /// The token with this hash, and that it was used on `day` (UTC) if it is good at `now`. None: there is none.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn use_token(
        &self,
        hash: [u8; 32],
        now: UnixMs,
        day: &str,
    ) -> Result<Option<UsedToken>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                r#"WITH t AS (SELECT token_id, desk_id, purposes, expires_ms, revoked_ms FROM api_tokens WHERE token_hash = $1),
                   good AS (SELECT token_id FROM t WHERE revoked_ms IS NULL AND expires_ms > $2),
                   used AS (UPDATE api_tokens a SET last_used_ms = $2 FROM good WHERE a.token_id = good.token_id),
                   counted AS (INSERT INTO api_token_days AS d (token_id, day, uses) SELECT token_id, $3, 1 FROM good
                               ON CONFLICT (token_id, day) DO UPDATE SET uses = d.uses + 1)
                   SELECT token_id AS "token_id!", desk_id, purposes AS "purposes!", expires_ms AS "expires_ms!", revoked_ms FROM t"#,
                hash.as_slice(),
                now.0,
                day
            )
            .fetch_optional(&self.pool)
            .await?;
            row.map(|row| {
                Ok(UsedToken {
                    token_id: TokenId(row.token_id),
                    desk: row.desk_id.map(DeskId),
                    purposes: purposes(&row.purposes)?,
                    expires: UnixMs(row.expires_ms),
                    revoked: row.revoked_ms.is_some(),
                })
            })
            .transpose()
        })
        .await
    }
}

/// Keeps a new token. False: there are as many as there may be.
pub(crate) async fn keep_token(tx: &mut Tx, token: &TokenView, hash: [u8; 32]) -> Result<bool, StoreError> {
    let words: Vec<String> = token.purposes.iter().map(|purpose| word(*purpose).to_owned()).collect();
    let done = sqlx::query!(
        "INSERT INTO api_tokens (token_id, token_hash, name, desk_id, purposes, made_ms, expires_ms)
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM api_tokens) < $8",
        token.token_id.0,
        hash.as_slice(),
        token.name,
        token.desk.as_ref().map(DeskId::as_str),
        &words,
        token.made_ms.0,
        token.expires_ms.0,
        i64::try_from(TOKENS_MAX).unwrap_or(i64::MAX)
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a token. False: there is none that is not revoked.
pub(crate) async fn revoke_token(tx: &mut Tx, id: TokenId, now: UnixMs) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE api_tokens SET revoked_ms = $2 WHERE token_id = $1 AND revoked_ms IS NULL",
        id.0,
        now.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

const fn word(purpose: TokenPurpose) -> &'static str {
    match purpose {
        TokenPurpose::Figures => "figures",
        TokenPurpose::Reports => "reports",
    }
}

fn purposes(words: &[String]) -> Result<Vec<TokenPurpose>, StoreError> {
    let purpose = |word: &String| serde_json::from_value(serde_json::Value::String(word.clone()));
    Ok(words.iter().map(purpose).collect::<Result<_, _>>()?)
}
