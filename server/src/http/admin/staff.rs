//! Officers' accounts.

use axum::extract::{Path, State};
use sos_protocol::ErrorCode;
use sos_protocol::admin::{PutStaff, StaffAccounts};

use super::administrator;
use crate::admin::{AdminError, people};
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::{Answer, Failed};
use crate::http::session::SignedIn;

pub(in crate::http) async fn list(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<StaffAccounts>> {
    administrator(&parts, &signed_in)?;
    Ok(axum::Json(StaffAccounts { staff: parts.store.accounts().await? }))
}

pub(in crate::http) async fn put(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(put): Json<PutStaff>,
) -> Answer<axum::Json<StaffAccounts>> {
    let by = administrator(&parts, &signed_in)?;
    if put.account.staff_id.to_string() != id {
        let (field, detail) = ("account.staff_id".into(), "the id of the address".into());
        return Err(Failed::from(AdminError::Invalid { field, detail }));
    }
    people::check_password(&put)?;
    let password_hash = match put.password {
        Some(password) => {
            let hashes = parts.passwords.hashes([password], parts.entropy.clone()).await;
            let [hash] = hashes.map_err(|_| Failed::code(ErrorCode::Internal))?;
            Some(hash)
        }
        None => None,
    };
    people::put_account(&parts.store, by, put.account, password_hash).await?;
    // Not by way of `list`: whoever has just given up the role, or the password, is not signed in any more.
    Ok(axum::Json(StaffAccounts { staff: parts.store.accounts().await? }))
}
