//! `sos-server admin …`: what is needed before anybody can sign in.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Subcommand, ValueEnum};
use sos_core::routing::missions::{first_desks, read_desk_countries, read_missions};
use sos_core::routing::{DeskTable, district_from_geojson};
use sos_protocol::ambient::Entropy;
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::Role;
use sos_protocol::{CodeId, CountryCode, DeskId, DeviceId, StaffId, WorkerId, proof};

use crate::app::Ambient;
use crate::auth::password::{PASSWORD_CHARS_MIN, hash};
use crate::auth::secret::token_hash;
use crate::store::Store;
use crate::store::desks::DeskRow;
use crate::store::staff::StaffRow;

/// Days that an enrolment code is good for.
const CODE_DAYS: i64 = 30;
/// Characters of an enrolment code: 60 bits.
const CODE_CHARS: usize = 12;
/// Most workers of one run.
const WORKERS_MAX: i64 = 100_000;
/// Id of the desk that answers where no other does.
const MINISTRY: &str = "ministry";

/// The commands.
#[derive(Subcommand)]
pub enum Admin {
    /// Create the desks of a list of missions, and the ministry's; existing ones are brought up to date.
    LoadDesks {
        /// CSV as server/data/vn_missions.csv.
        #[arg(long)]
        missions: PathBuf,
        /// CSV as server/data/desk_countries.csv: further countries of a desk.
        #[arg(long)]
        countries: Option<PathBuf>,
        /// CSV as server/data/desk_time_zones.csv: the time zone of a desk.
        #[arg(long)]
        time_zones: Option<PathBuf>,
        /// Name of the ministry's desk.
        #[arg(long, default_value = "Bộ – trực ban bảo hộ công dân")]
        ministry_name: String,
    },
    /// Create one desk.
    CreateDesk {
        /// Short name, e.g. tw-kaohsiung.
        #[arg(long)]
        id: DeskIdArg,
        /// Name to show.
        #[arg(long)]
        name: String,
        /// Countries it answers for.
        #[arg(long, value_delimiter = ',')]
        countries: Vec<String>,
        /// It takes its countries' cases where no district fits.
        #[arg(long)]
        principal: bool,
        /// Consular district: a file with a GeoJSON Polygon or MultiPolygon.
        #[arg(long)]
        district: Option<PathBuf>,
        /// IANA time zone, e.g. Asia/Taipei.
        #[arg(long)]
        time_zone: Option<String>,
        /// By when a case should be claimed, in seconds.
        #[arg(long, default_value_t = 20)]
        claim_target_s: i32,
    },
    /// Create an officer's account.
    CreateStaff {
        /// For sign-in.
        #[arg(long)]
        login: String,
        /// Name to show.
        #[arg(long)]
        name: String,
        /// What the account may do.
        #[arg(long, value_enum)]
        role: RoleArg,
        /// The desk of a dispatcher or supervisor.
        #[arg(long)]
        desk: Option<DeskIdArg>,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// An account that is there already is fine.
        #[arg(long)]
        if_absent: bool,
    },
    /// Create workers from a CSV: name,phone,language,contract_country,employer,address. Known ones are left out.
    ImportWorkers {
        /// The file.
        #[arg(long)]
        file: PathBuf,
    },
    /// Create enrolment codes, one line each.
    CreateCodes {
        /// A worker's id, or `all-without-device`.
        #[arg(long)]
        workers: String,
        /// JSON lines: code, worker_id, name, contract_country.
        #[arg(long)]
        json: bool,
    },
    /// Take a phone's right to speak for its owner. An SOS from it is still taken, as unverified.
    RevokeDevice {
        /// The device's id.
        #[arg(long)]
        device: DeviceId,
    },
    /// Check the ledger's chain from its first row.
    VerifyLedger,
}

/// A desk's id on the command line.
#[derive(Clone)]
pub struct DeskIdArg(DeskId);

impl std::str::FromStr for DeskIdArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (1..=40).contains(&text.len()) && text.chars().all(good);
        if fits {
            Ok(Self(text.into()))
        } else {
            Err("lower-case letters, digits and dashes, at most 40".to_owned())
        }
    }
}

/// A role on the command line.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
#[allow(missing_docs, reason = "as `Role`")]
pub enum RoleArg {
    Dispatcher,
    Supervisor,
    DutyOfficer,
    Reviewer,
    Administrator,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Dispatcher => Self::Dispatcher,
            RoleArg::Supervisor => Self::Supervisor,
            RoleArg::DutyOfficer => Self::DutyOfficer,
            RoleArg::Reviewer => Self::Reviewer,
            RoleArg::Administrator => Self::Administrator,
        }
    }
}

impl Admin {
    /// Does it.
    ///
    /// # Errors
    /// With words for the person at the terminal.
    pub async fn run(self, store: &Store, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::LoadDesks { missions, countries, time_zones, ministry_name } => {
                let time_zones = time_zones.as_ref().map(read_time_zones).transpose()?.unwrap_or_default();
                load_desks(store, &missions, countries.as_ref(), &time_zones, ministry_name).await
            }
            Self::CreateDesk { id, name, countries, principal, district, time_zone, claim_target_s } => {
                let desk = DeskRow {
                    desk_id: id.0,
                    name,
                    home: countries.first().and_then(|iso| CountryCode::parse(iso)),
                    is_ministry: false,
                    is_principal: principal,
                    countries: countries.iter().map(|iso| country(iso)).collect::<Result<_, _>>()?,
                    district: district.map(|file| read_district(&file)).transpose()?,
                    time_zone,
                    lat: None,
                    lon: None,
                    claim_target_s,
                };
                check_table(store, std::slice::from_ref(&desk)).await?;
                Ok(store.save_desk(&desk).await?)
            }
            Self::CreateStaff { login, name, role, desk, password_stdin: _, if_absent } => {
                create_staff(store, ambient, login, name, role.into(), desk.map(|d| d.0), if_absent).await
            }
            Self::ImportWorkers { file } => import_workers(store, ambient, &file).await,
            Self::CreateCodes { workers, json } => create_codes(store, ambient, &workers, json).await,
            Self::RevokeDevice { device } => {
                ensure!(store.revoke_device(device, ambient.clock.now()).await?, "no such device");
                Ok(())
            }
            Self::VerifyLedger => match store.verify_ledger().await? {
                Ok(seq) => {
                    println!("whole: {} entries", seq.0);
                    Ok(())
                }
                Err(seq) => bail!("broken at entry {}", seq.0),
            },
        }
    }
}

fn country(iso: &str) -> anyhow::Result<CountryCode> {
    CountryCode::parse(iso).with_context(|| format!("{iso:?} is no two-letter country code"))
}

fn read_district(file: &PathBuf) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    district_from_geojson(&text).with_context(|| format!("{}", file.display()))?;
    Ok(text)
}

/// Refuses desks that would contradict each other once they are in use.
async fn check_table(store: &Store, new: &[DeskRow]) -> anyhow::Result<()> {
    let mut rows = store.desks().await?;
    rows.retain(|row| new.iter().all(|desk| desk.desk_id != row.desk_id));
    rows.extend_from_slice(new);
    if rows.iter().any(|row| row.is_ministry) {
        let home = CountryCode::parse("ZZ").context("a country code")?;
        DeskTable::new(rows.iter().map(crate::dispatch::desk).collect(), home)?;
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct TimeZoneLine {
    desk: DeskId,
    time_zone: String,
}

fn read_time_zones(file: &PathBuf) -> anyhow::Result<HashMap<DeskId, String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(file)?;
    let lines = reader.deserialize::<TimeZoneLine>();
    Ok(lines.map(|line| line.map(|line| (line.desk, line.time_zone))).collect::<Result<_, _>>()?)
}

async fn load_desks(
    store: &Store,
    missions: &PathBuf,
    countries: Option<&PathBuf>,
    time_zones: &HashMap<DeskId, String>,
    ministry_name: String,
) -> anyhow::Result<()> {
    let read = |file: &PathBuf| std::fs::read_to_string(file).with_context(|| format!("{}", file.display()));
    let missions = read_missions(&read(missions)?)?;
    let more = match countries {
        Some(file) => read_desk_countries(&read(file)?)?,
        None => vec![],
    };
    let rows: Vec<DeskRow> = first_desks(&missions, &more, MINISTRY.into())
        .into_iter()
        .map(|desk| {
            let mission = missions.iter().find(|mission| mission.id == desk.id);
            DeskRow {
                name: mission.map_or_else(|| ministry_name.clone(), |m| m.name_vi.clone()),
                home: mission.map(|m| m.host_iso),
                time_zone: time_zones.get(&desk.id).cloned(),
                lat: mission.map(|m| m.lat),
                lon: mission.map(|m| m.lon),
                desk_id: desk.id,
                is_ministry: desk.is_ministry,
                is_principal: desk.principal,
                countries: desk.countries,
                district: None,
                claim_target_s: 20,
            }
        })
        .collect();
    check_table(store, &rows).await?;
    for row in &rows {
        store.save_desk(row).await?;
    }
    println!("{} desks", rows.len());
    Ok(())
}

async fn create_staff(
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

async fn import_workers(store: &Store, ambient: &Ambient, file: &PathBuf) -> anyhow::Result<()> {
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

async fn create_codes(store: &Store, ambient: &Ambient, which: &str, json: bool) -> anyhow::Result<()> {
    let workers = if which == "all-without-device" {
        store.workers(true, WORKERS_MAX).await?
    } else {
        let id: WorkerId = which.parse().context("--workers: a worker's id, or all-without-device")?;
        vec![store.worker(id).await?.context("no such worker")?]
    };
    let now = ambient.clock.now();
    for worker in workers {
        let code = new_code(&*ambient.entropy);
        let code_id = CodeId(ambient.entropy.uuid_v7(now));
        let ends = now.plus_ms(CODE_DAYS * 24 * 3600 * 1000);
        store.create_code(code_id, token_hash(&proof::normal_code(&code)), worker.worker_id, ends).await?;
        if json {
            let line = serde_json::json!({
                "code": code, "worker_id": worker.worker_id, "name": worker.name,
                "contract_country": worker.contract_country,
            });
            println!("{line}");
        } else {
            println!("{code}  {}", worker.name);
        }
    }
    Ok(())
}

/// Twelve letters and digits that are not mistaken for each other, in groups of four.
fn new_code(entropy: &dyn Entropy) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0; CODE_CHARS];
    entropy.fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}
