//! Looking for cases by words.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::TryStreamExt;
use sos_core::access::Scope;
use sos_core::folding::Wanted;
use sos_core::recording::CaseView;
use sos_protocol::{CaseEvent, CaseId, Seq, UnixMs};
use uuid::Uuid;

use super::ledger::EntryRow;
use super::{Store, StoreError, Tx, USE_WITHIN};

/// Cases that are looked through, the latest first: some years of one desk. More would keep a connection for longer
/// than a search is worth.
const CASES_MAX: i64 = 20_000;
/// Longest time for one question, less than the limit of the store: a slow search is not a store that is away.
const QUESTION_WITHIN: Duration = Duration::from_secs(2);

/// What [`Store::cases_like`] found.
pub struct Like {
    /// The latest first.
    pub cases: Vec<CaseView>,
    /// There are more, or older ones that were not looked at.
    pub more: bool,
}

/// A stretch of the ledger, looked through.
pub struct Stretch {
    /// Cases in which the words were said.
    pub cases: BTreeSet<CaseId>,
    /// Entries that were decrypted.
    pub read: usize,
    /// When the first entry of the stretch was recorded; none: the ledger begins with it.
    pub since: Option<UnixMs>,
}

impl Store {
    /// Cases inside `scope` with all of the words in what is known of them and, with `names`, their workers; at most `limit`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn cases_like(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        names: bool,
        limit: usize,
    ) -> Result<Like, StoreError> {
        let ask = async {
            let mut tx = self.begin_in(scope).await?;
            let (ids, older) = ids_like(&mut tx, wanted, names, limit.saturating_add(1)).await?;
            let views = views(&mut tx, &ids, limit).await?;
            tx.commit().await?;
            Ok(Like { cases: views, more: older || ids.len() > limit })
        };
        self.question(ask).await
    }

    /// Cases inside `scope` in which somebody said or wrote down all of the words, by the `count` entries of the ledger
    /// up to `until`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn cases_saying(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        until: Seq,
        count: i64,
    ) -> Result<Stretch, StoreError> {
        let after = until.0.saturating_sub(count).max(0);
        let ask = async {
            let first = sqlx::query_scalar!("SELECT at_ms FROM ledger WHERE seq = $1", after + 1)
                .fetch_optional(&self.pool)
                .await?;
            let mut tx = self.begin_in(scope).await?;
            let rows = sqlx::query_as!(
                EntryRow,
                r#"SELECT seq AS "seq!", at_ms AS "at_ms!", case_id AS "case_id!", actor AS "actor!", actor_id,
                          NULL::text AS actor_name, ref_id, facts AS "facts!", sealed AS "sealed!",
                          subject AS "subject!", wrapped_key AS "wrapped_key?",
                          NULL::jsonb AS view, NULL::jsonb AS alerts
                   FROM (SELECT l.seq AS at FROM ledger l WHERE l.seq > $1 AND l.seq <= $2
                           AND l.kind IN ('opened', 'pressed_again', 'message', 'note', 'answered')) page
                   CROSS JOIN LATERAL (SELECT * FROM ledger_views e WHERE e.seq = page.at OFFSET 0) e"#,
                after,
                until.0
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok((rows, first))
        };
        let (rows, first) = self.question(ask).await?;
        let mut stretch = Stretch {
            cases: BTreeSet::new(),
            read: rows.len(),
            since: first.filter(|_| after > 0).map(UnixMs),
        };
        for row in rows {
            let case_id = CaseId(row.case_id);
            let entry = self.timeline_entry(row)?;
            if words_of(&entry.event).is_some_and(|text| wanted.is_in(text)) {
                stretch.cases.insert(case_id);
            }
        }
        Ok(stretch)
    }

    /// These cases, as far as `scope` covers them, the latest first; at most `limit`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn cases_at(
        &self,
        scope: &Scope,
        ids: &BTreeSet<CaseId>,
        limit: usize,
    ) -> Result<Vec<CaseView>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let ask = async {
            let mut tx = self.begin_in(scope).await?;
            let views = views(&mut tx, &ids, limit).await?;
            tx.commit().await?;
            Ok(views)
        };
        self.question(ask).await
    }

    /// A use of the store that, when it takes too long, says nothing about the store.
    async fn question<T>(&self, ask: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let ask = self.within(USE_WITHIN, ask);
        tokio::time::timeout(QUESTION_WITHIN, ask).await.unwrap_or(Err(StoreError::Resting))
    }
}

/// The latest cases with all of the words in what is known of them, at most `limit`; and whether there are older ones that were
/// not looked at. Folded here: `translate` of Postgres looks at all marked letters for each letter of each text.
async fn ids_like(
    tx: &mut Tx,
    wanted: &Wanted,
    names: bool,
    limit: usize,
) -> Result<(Vec<Uuid>, bool), StoreError> {
    let mut known = sqlx::query!(
        r#"SELECT c.case_id, CASE WHEN $2 THEN w.phone END AS "phone?",
                  concat_ws(' ', CASE WHEN $2 THEN concat_ws(' ', w.name, w.employer, w.address, c.summary) END,
                      w.contract_country, to_char(to_timestamp(c.opened_ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY') || '-'
                      || lpad(c.case_no::text, greatest(6, length(c.case_no::text)), '0'),
                      c.routing->>'country', d.name, array_to_string(c.tags, ' ')) AS "text!"
           FROM (SELECT * FROM cases ORDER BY opened_ms DESC LIMIT $1) c
           JOIN desks d ON d.desk_id = c.desk_id
           LEFT JOIN workers w ON w.worker_id = c.worker_id
           ORDER BY c.opened_ms DESC"#,
        CASES_MAX + 1,
        names
    )
    .fetch(&mut **tx);
    let (mut ids, mut looked_at) = (vec![], 0);
    while let Some(row) = known.try_next().await? {
        looked_at += 1;
        if looked_at > CASES_MAX || ids.len() >= limit {
            break;
        }
        if wanted.is_in_either(&row.text, row.phone.as_deref().unwrap_or_default()) {
            ids.push(row.case_id);
        }
    }
    Ok((ids, looked_at > CASES_MAX))
}

async fn views(tx: &mut Tx, ids: &[Uuid], limit: usize) -> Result<Vec<CaseView>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(v) AS "view!" FROM case_views v WHERE case_id = ANY($1)
           ORDER BY opened_ms DESC LIMIT $2"#,
        ids,
        i64::try_from(limit).unwrap_or(i64::MAX)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?)
}

fn words_of(event: &CaseEvent) -> Option<&str> {
    match event {
        CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. } => alert.text.as_deref(),
        CaseEvent::Message { text, .. } | CaseEvent::Note { text, .. } | CaseEvent::Answered { text, .. } => {
            Some(text)
        }
        _ => None,
    }
}
