//! Accounts of officers, their sessions and feed tickets.

use sos_core::access::Officer;
use sos_protocol::http::{DeskView, Me, Role};
use sos_protocol::{CountryCode, DeskId, StaffId, UnixMs};

use super::{Store, StoreError, USE_WITHIN};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// Identity.
    pub staff_id: StaffId,
    /// For sign-in.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its desk.
    pub desk_id: Option<DeskId>,
    /// argon2id.
    pub password_hash: String,
}

/// The word for a role in the store.
#[must_use]
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Dispatcher => "dispatcher",
        Role::Supervisor => "supervisor",
        Role::DutyOfficer => "duty_officer",
        Role::Reviewer => "reviewer",
        Role::Administrator => "administrator",
    }
}

/// The role for a word.
#[must_use]
pub fn role(word: &str) -> Option<Role> {
    [Role::Dispatcher, Role::Supervisor, Role::DutyOfficer, Role::Reviewer, Role::Administrator]
        .into_iter()
        .find(|role| role_word(*role) == word)
}

fn role_of_row(word: &str) -> Result<Role, StoreError> {
    role(word).ok_or(StoreError::Sql(sqlx::Error::ColumnNotFound("role".to_owned())))
}

impl Store {
    /// Writes a new account. False if the login is taken.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_staff(&self, staff: &StaffRow) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!(
                "INSERT INTO staff (staff_id, login, name, role, desk_id, password_hash)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login) DO NOTHING",
                staff.staff_id.0,
                staff.login,
                staff.name,
                role_word(staff.role),
                staff.desk_id.as_ref().map(DeskId::as_str),
                staff.password_hash
            )
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// The account of `login`, unless disabled.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn staff_by_login(&self, login: &str) -> Result<Option<StaffRow>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!("SELECT * FROM staff WHERE login = $1 AND NOT disabled", login)
                .fetch_optional(&self.pool)
                .await?;
            row.map(|row| {
                Ok(StaffRow {
                    staff_id: StaffId(row.staff_id),
                    login: row.login,
                    name: row.name,
                    role: role_of_row(&row.role)?,
                    desk_id: row.desk_id.map(DeskId),
                    password_hash: row.password_hash,
                })
            })
            .transpose()
        })
        .await
    }

    /// Keeps a session, and forgets those that have ended.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_session(
        &self,
        token_hash: [u8; 32],
        staff: StaffId,
        ends: UnixMs,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM staff_sessions WHERE ends_ms < $1", now.0).execute(&self.pool).await?;
            sqlx::query!("INSERT INTO staff_sessions VALUES ($1, $2, $3)", &token_hash, staff.0, ends.0)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM staff_sessions WHERE token_hash = $1", &token_hash)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// Who has this session.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn session(&self, token_hash: [u8; 32], now: UnixMs) -> Result<Option<Me>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                r#"SELECT s.staff_id, s.name, s.role, t.ends_ms, d.desk_id AS "desk_id?", d.name AS "desk_name?",
                          d.home_iso, d.time_zone, d.lat, d.lon,
                          (SELECT started_ms FROM shifts h WHERE h.staff_id = s.staff_id AND h.ended_ms IS NULL)
                              AS shift_ms
                   FROM staff_sessions t JOIN staff s USING (staff_id) LEFT JOIN desks d USING (desk_id)
                   WHERE t.token_hash = $1 AND t.ends_ms > $2 AND NOT s.disabled"#,
                &token_hash,
                now.0
            )
            .fetch_optional(&self.pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let desk = row.desk_id.map(|desk_id| DeskView {
                desk_id: DeskId(desk_id),
                name: row.desk_name.unwrap_or_default(),
                country: row.home_iso.as_deref().and_then(CountryCode::parse),
                time_zone: row.time_zone,
                lat: row.lat,
                lon: row.lon,
                on_duty: 0,
            });
            Ok(Some(Me {
                staff_id: StaffId(row.staff_id),
                name: row.name,
                role: role_of_row(&row.role)?,
                desk,
                session_ends_ms: UnixMs(row.ends_ms),
                on_shift_since_ms: row.shift_ms.map(UnixMs),
            }))
        })
        .await
    }

    /// Keeps a feed ticket, and forgets those that have ended.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_ticket(
        &self,
        ticket_hash: [u8; 32],
        staff: StaffId,
        ends: UnixMs,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM feed_tickets WHERE ends_ms < $1", now.0).execute(&self.pool).await?;
            sqlx::query!("INSERT INTO feed_tickets VALUES ($1, $2, $3)", &ticket_hash, staff.0, ends.0)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// Takes a ticket: good once, in its time.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn take_ticket(
        &self,
        ticket_hash: [u8; 32],
        now: UnixMs,
    ) -> Result<Option<Officer>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "WITH taken AS (DELETE FROM feed_tickets WHERE ticket_hash = $1 RETURNING staff_id, ends_ms)
                 SELECT s.staff_id, s.role, s.desk_id FROM taken t JOIN staff s USING (staff_id)
                 WHERE t.ends_ms > $2 AND NOT s.disabled",
                &ticket_hash,
                now.0
            )
            .fetch_optional(&self.pool)
            .await?;
            row.map(|row| {
                Ok(Officer {
                    id: StaffId(row.staff_id),
                    role: role_of_row(&row.role)?,
                    desk: row.desk_id.map(DeskId),
                })
            })
            .transpose()
        })
        .await
    }
}
