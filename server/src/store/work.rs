//! What the work on cases asks of accounts.

use sos_core::access::{Officer, Scope};
use sos_protocol::{CaseId, DeskId, StaffId, UnixMs};

use super::staff::role_of_row;
use super::{Store, StoreError, Tx, USE_WITHIN};

impl Store {
    /// Whether it is on record that the officer looked at the case after `since`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub(crate) async fn looked_at(
        &self,
        tx: &mut Tx,
        case: CaseId,
        staff: StaffId,
        since: UnixMs,
    ) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM ledger WHERE case_id = $1 AND kind = 'looked_at'
                   AND actor_id = $2 AND at_ms > $3) AS "found!""#,
            case.0,
            staff.0,
            since.0
        )
        .fetch_one(&mut **tx)
        .await?;
        Ok(found)
    }

    /// An officer with the name to show, unless disabled.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn officer(&self, id: StaffId) -> Result<Option<(Officer, String)>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "SELECT name, role, desk_id, names FROM staff WHERE staff_id = $1 AND NOT disabled",
                id.0
            )
            .fetch_optional(&self.pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let role = role_of_row(&row.role)?;
            Ok(Some((Officer { id, role, desk: row.desk_id.map(DeskId), names: row.names }, row.name)))
        })
        .await
    }

    /// The desks that see a case, its holder first, and the name of an officer; none if `scope` does not cover the case.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn audience(
        &self,
        scope: &Scope,
        id: CaseId,
        staff: StaffId,
    ) -> Result<Option<(Vec<DeskId>, String)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let row = sqlx::query!(
                "SELECT c.desk_id, c.watchers, s.name FROM cases c, staff s WHERE c.case_id = $1 AND s.staff_id = $2",
                id.0,
                staff.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            tx.commit().await?;
            let desks = |holder, watchers: Vec<String>| std::iter::once(holder).chain(watchers).map(DeskId).collect();
            Ok(row.map(|row| (desks(row.desk_id, row.watchers), row.name)))
        })
        .await
    }
}
