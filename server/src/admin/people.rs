//! Officers and workers.

use std::io::Read;
use std::path::PathBuf;

use anyhow::ensure;
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::Role;
use sos_protocol::{DeskId, StaffId, WorkerId};

use super::country;
use crate::app::Ambient;
use crate::auth::password::{PASSWORD_CHARS_MIN, hash};
use crate::store::Store;
use crate::store::staff::StaffRow;

pub(super) async fn create_staff(
    store: &Store,
    ambient: &Ambient,
    login: String,
    name: String,
    role: Role,
    desk: Option<DeskId>,
    if_absent: bool,
) -> anyhow::Result<()> {
    let mut password = String::new();
    std::io::stdin().take(1_024).read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    ensure!(
        password.chars().count() >= PASSWORD_CHARS_MIN,
        "the password needs {PASSWORD_CHARS_MIN} characters or more"
    );
    let at_a_desk = matches!(role, Role::Dispatcher | Role::Supervisor);
    ensure!(!at_a_desk || desk.is_some(), "a dispatcher or supervisor needs --desk");
    let staff = StaffRow {
        staff_id: StaffId(ambient.entropy.uuid_v7(ambient.clock.now())),
        login: login.trim().to_lowercase(),
        name,
        role,
        desk_id: desk,
        password_hash: hash(password, &*ambient.entropy)?,
    };
    let created = store.create_staff(&staff).await?;
    ensure!(created || if_absent, "the login {:?} is taken", staff.login);
    Ok(())
}

#[derive(serde::Deserialize)]
struct WorkerLine {
    name: String,
    phone: Option<String>,
    language: Option<String>,
    contract_country: Option<String>,
    employer: Option<String>,
    address: Option<String>,
}

pub(super) async fn import_workers(store: &Store, ambient: &Ambient, file: &PathBuf) -> anyhow::Result<()> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(file)?;
    let (mut new, mut known) = (0, 0);
    for line in reader.deserialize::<WorkerLine>() {
        let line = line?;
        ensure!(!line.name.trim().is_empty(), "a worker without a name");
        if store.find_worker(&line.name, line.phone.as_deref()).await?.is_some() {
            known += 1;
            continue;
        }
        let worker = WorkerProfile {
            worker_id: WorkerId(ambient.entropy.uuid_v7(ambient.clock.now())),
            name: line.name,
            phone: line.phone,
            language: line.language.unwrap_or_else(|| "vi".to_owned()),
            contract_country: line.contract_country.map(|iso| country(&iso)).transpose()?,
            employer: line.employer,
            address: line.address,
        };
        store.create_worker(&worker).await?;
        new += 1;
    }
    println!("{new} workers created, {known} known already");
    Ok(())
}
