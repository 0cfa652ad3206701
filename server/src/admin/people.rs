//! Officers' accounts, and workers by the list.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use sos_protocol::admin::{PutStaff, StaffAccount};
use sos_protocol::http::Role;
use sos_protocol::limits::CODES_MAX;
use sos_protocol::{DeskId, StaffId};

use super::error::{self, AdminError, label, using};
use super::worker_list;
use crate::app::Ambient;
use crate::auth::password::{PASSWORD_CHARS_MIN, hash};
use crate::store::Store;
use crate::store::administration::{By, Change};
use crate::store::desks::known_desks;
use crate::store::staff::{
    StaffRow, account_facts, accounts, insert_account, sign_out_everywhere, update_account,
};

/// Longest password, in Unicode scalar values: a sentence.
const PASSWORD_CHARS_MAX: usize = 200;

/// Why a text cannot be a password; none: it can.
fn password_fault(password: &str) -> Option<String> {
    let fits = (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&password.chars().count());
    (!fits).then(|| format!("a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters"))
}

fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

const fn is_at_a_desk(role: Role) -> bool {
    matches!(role, Role::Dispatcher | Role::Supervisor)
}

/// Refuses a password that cannot be one, before it is hashed.
///
/// # Errors
/// [`AdminError::Invalid`].
pub fn check_password(put: &PutStaff) -> Result<(), AdminError> {
    match put.password.as_deref().and_then(password_fault) {
        Some(fault) => Err(AdminError::invalid("password", fault)),
        None => Ok(()),
    }
}

/// Writes a new account or a changed one; `password_hash` is that of the new password, where there is one. Who may not do
/// any more what they did, or has another password, is signed out everywhere.
///
/// # Errors
/// [`AdminError`].
pub async fn put_account(
    store: &Store,
    by: By,
    mut account: StaffAccount,
    password_hash: Option<String>,
) -> Result<(), AdminError> {
    account.login = normal_login(&label(&account.login, "account.login")?);
    account.name = label(&account.name, "account.name")?;
    error::ensure(!account.staff_id.0.is_nil(), "account.staff_id", "an id")?;
    let has_desk = account.desk_id.is_some() || !is_at_a_desk(account.role);
    error::ensure(has_desk, "account.desk_id", "a dispatcher or supervisor has a desk")?;
    using(store, async {
        let mut change = store.change(by).await?;
        let all = accounts(&mut change.tx).await?;
        if let Some(desk) = &account.desk_id {
            let known = known_desks(&mut change.tx, std::slice::from_ref(desk)).await?;
            error::ensure(!known.is_empty(), "account.desk_id", "no such desk")?;
        }
        match all.iter().find(|other| other.staff_id == account.staff_id) {
            Some(before) => {
                may_change(&all, before, &account)?;
                change_account(&mut change, before, &account, password_hash.as_deref()).await?;
            }
            None => {
                let is_taken = all.iter().any(|other| other.login == account.login);
                error::ensure(!is_taken, "account.login", "the login is taken")?;
                let hash = password_hash.as_deref();
                let hash = hash.ok_or_else(|| AdminError::invalid("password", "a new account needs one"))?;
                insert_account(&mut change.tx, &account, hash).await?;
            }
        }
        let facts = account_facts(&account, password_hash.is_some());
        change.note("staff", &account.staff_id.to_string(), &facts).await?;
        Ok(change.commit().await?)
    })
    .await
}

fn may_change(all: &[StaffAccount], before: &StaffAccount, account: &StaffAccount) -> Result<(), AdminError> {
    error::ensure(account.login == before.login, "account.login", "a login stays as it is")?;
    let administers = |account: &StaffAccount| account.role == Role::Administrator && !account.disabled;
    let others = || all.iter().any(|other| other.staff_id != account.staff_id && administers(other));
    let is_last = administers(before) && !administers(account) && !others();
    let field = if account.disabled { "account.disabled" } else { "account.role" };
    error::ensure(!is_last, field, "the last administrator stays one")
}

async fn change_account(
    change: &mut Change,
    before: &StaffAccount,
    account: &StaffAccount,
    password_hash: Option<&str>,
) -> Result<(), AdminError> {
    update_account(&mut change.tx, account, password_hash).await?;
    let rights =
        |account: &StaffAccount| (account.role, account.desk_id.clone(), account.names, account.disabled);
    if password_hash.is_some() || rights(before) != rights(account) {
        sign_out_everywhere(&mut change.tx, account.staff_id, change.by.at).await?;
    }
    Ok(())
}

pub(super) async fn create_staff(
    store: &Store,
    ambient: &Ambient,
    login: String,
    name: String,
    role: Role,
    (desk, names): (Option<DeskId>, bool),
    if_absent: bool,
) -> anyhow::Result<()> {
    let mut password = String::new();
    std::io::stdin().take(1_024).read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    if let Some(fault) = password_fault(password) {
        bail!("{fault}");
    }
    ensure!(!is_at_a_desk(role) || desk.is_some(), "a dispatcher or supervisor needs --desk");
    let now = ambient.clock.now();
    let staff = StaffRow {
        staff_id: StaffId(ambient.entropy.uuid_v7(now)),
        login: normal_login(&login),
        name,
        role,
        desk_id: desk,
        names,
        password_hash: hash(password, &*ambient.entropy)?,
    };
    let created = store.create_staff(&staff, now).await?;
    ensure!(created || if_absent, "the login {:?} is taken", staff.login);
    Ok(())
}

pub(super) async fn import_workers(store: &Store, ambient: &Ambient, file: &PathBuf) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let rows = match worker_list::read(&text, usize::MAX) {
        Ok(rows) => rows,
        Err(error) => bail!("{}: {error}", file.display()),
    };
    let (mut new, mut known) = (0, 0);
    // As many at a time as a console sends: each time is one use of the store.
    for rows in rows.chunks(CODES_MAX) {
        let (made, were) = worker_list::import(store, ambient, rows).await?;
        new += made;
        known += were;
    }
    println!("{new} workers created, {known} known already");
    Ok(())
}
