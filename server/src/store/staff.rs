//! Accounts of officers, their sessions and feed tickets.

use sos_core::access::Officer;
use sos_protocol::admin::StaffAccount;
use sos_protocol::http::{DeskView, Me, Role};
use sos_protocol::{CountryCode, DeskId, StaffId, UnixMs};

use sqlx::PgConnection;

use super::administration::By;
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
    /// A reviewer who is shown the names of workers.
    pub names: bool,
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

pub(super) fn role_of_row(word: &str) -> Result<Role, StoreError> {
    role(word).ok_or(StoreError::Sql(sqlx::Error::ColumnNotFound("role".to_owned())))
}

/// What the ledger says of an account.
pub(crate) fn account_facts(account: &StaffAccount, has_new_password: bool) -> serde_json::Value {
    serde_json::json!({
        "login": account.login, "name": account.name, "role": account.role, "desk_id": account.desk_id,
        "names": account.names, "disabled": account.disabled, "new_password": has_new_password,
    })
}

/// All accounts, by desk and name.
pub(crate) async fn accounts(db: &mut PgConnection) -> Result<Vec<StaffAccount>, StoreError> {
    let rows = sqlx::query!(
        "SELECT staff_id, login, name, role, desk_id, names, disabled FROM staff
         ORDER BY desk_id NULLS FIRST, name, staff_id"
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StaffAccount {
                staff_id: StaffId(row.staff_id),
                login: row.login,
                name: row.name,
                role: role_of_row(&row.role)?,
                desk_id: row.desk_id.map(DeskId),
                names: row.names,
                disabled: row.disabled,
            })
        })
        .collect()
}

/// Writes a new account.
pub(crate) async fn insert_account(
    db: &mut PgConnection,
    account: &StaffAccount,
    password_hash: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO staff (staff_id, login, name, role, desk_id, password_hash, disabled, names)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        account.staff_id.0,
        account.login,
        account.name,
        role_word(account.role),
        account.desk_id.as_ref().map(DeskId::as_str),
        password_hash,
        account.disabled,
        account.names
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes a changed account; without a `password_hash` the one from before stays.
pub(crate) async fn update_account(
    db: &mut PgConnection,
    account: &StaffAccount,
    password_hash: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE staff SET name = $2, role = $3, desk_id = $4, disabled = $5,
             password_hash = coalesce($6, password_hash), names = $7
         WHERE staff_id = $1",
        account.staff_id.0,
        account.name,
        role_word(account.role),
        account.desk_id.as_ref().map(DeskId::as_str),
        account.disabled,
        password_hash,
        account.names
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the sessions, tickets and shift of an account, and with the next heartbeat its feeds on every node.
pub(crate) async fn sign_out_everywhere(
    db: &mut PgConnection,
    staff: StaffId,
    now: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH sessions AS (DELETE FROM staff_sessions WHERE staff_id = $1),
              tickets AS (DELETE FROM feed_tickets WHERE staff_id = $1),
              shift AS (UPDATE shifts SET ended_ms = $2 WHERE staff_id = $1 AND ended_ms IS NULL)
         UPDATE staff SET sign_outs = sign_outs + 1 WHERE staff_id = $1",
        staff.0,
        now.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An officer who was let in with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who.
    pub officer: Officer,
    /// How often the account had been signed out everywhere by then.
    pub sign_outs: i32,
}

impl Store {
    /// Writes a new account, with an entry in the administration's ledger by nobody. False if the login is taken.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_staff(&self, staff: &StaffRow, now: UnixMs) -> Result<bool, StoreError> {
        let account = StaffAccount {
            staff_id: staff.staff_id,
            login: staff.login.clone(),
            name: staff.name.clone(),
            role: staff.role,
            desk_id: staff.desk_id.clone(),
            names: staff.names,
            disabled: false,
        };
        self.within(USE_WITHIN, async {
            let mut change = self.change(By { staff: None, at: now }).await?;
            if accounts(&mut change.tx).await?.iter().any(|other| other.login == account.login) {
                return Ok(false);
            }
            insert_account(&mut change.tx, &account, &staff.password_hash).await?;
            change.note("staff", &account.staff_id.to_string(), &account_facts(&account, true)).await?;
            change.commit().await?;
            Ok(true)
        })
        .await
    }

    /// All accounts, by desk and name.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn accounts(&self) -> Result<Vec<StaffAccount>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut db = self.pool.acquire().await?;
            accounts(&mut db).await
        })
        .await
    }

    /// How often an account was signed out everywhere.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn sign_outs(&self, staff: StaffId) -> Result<i32, StoreError> {
        self.within(USE_WITHIN, async {
            Ok(sqlx::query_scalar!("SELECT sign_outs FROM staff WHERE staff_id = $1", staff.0)
                .fetch_one(&self.pool)
                .await?)
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
                    names: row.names,
                    password_hash: row.password_hash,
                })
            })
            .transpose()
        })
        .await
    }

    /// Keeps a session of `account`, unless it was disabled or given another password since it was read, and forgets
    /// those that have ended.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn create_session(
        &self,
        token_hash: [u8; 32],
        account: &StaffRow,
        ends: UnixMs,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM staff_sessions WHERE ends_ms < $1", now.0).execute(&self.pool).await?;
            // Locked: a change of the account comes before or after, and then ends it.
            sqlx::query!(
                "INSERT INTO staff_sessions (token_hash, staff_id, ends_ms)
                 SELECT $1, staff_id, $3 FROM staff
                 WHERE staff_id = $2 AND NOT disabled AND password_hash = $4 FOR SHARE",
                &token_hash,
                account.staff_id.0,
                ends.0,
                account.password_hash
            )
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
                r#"SELECT s.staff_id, s.name, s.role, s.names, t.ends_ms, d.desk_id AS "desk_id?", d.name AS "desk_name?",
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
            let role = role_of_row(&row.role)?;
            Ok(Some(Me {
                staff_id: StaffId(row.staff_id),
                name: row.name,
                role,
                desk,
                // Only reviewers can be without.
                names: row.names || role != Role::Reviewer,
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
    ) -> Result<Option<Admitted>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "WITH taken AS (DELETE FROM feed_tickets WHERE ticket_hash = $1 RETURNING staff_id, ends_ms)
                 SELECT s.staff_id, s.role, s.desk_id, s.names, s.sign_outs FROM taken t JOIN staff s USING (staff_id)
                 WHERE t.ends_ms > $2 AND NOT s.disabled",
                &ticket_hash,
                now.0
            )
            .fetch_optional(&self.pool)
            .await?;
            row.map(|row| {
                let officer = Officer {
                    id: StaffId(row.staff_id),
                    role: role_of_row(&row.role)?,
                    desk: row.desk_id.map(DeskId),
                    names: row.names,
                };
                Ok(Admitted { officer, sign_outs: row.sign_outs })
            })
            .transpose()
        })
        .await
    }
}
