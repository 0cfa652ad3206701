//! What administrators keep: the rules of changing it, for the console and for `sos-server admin …`.

mod cards;
pub mod codes;
pub mod cover;
mod cover_fields;
pub mod desks;
mod error;
pub mod numbers;
pub mod people;
pub mod proofs;
pub mod texts;
pub mod tokens;
pub mod webhooks;
mod worker_list;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::{Subcommand, ValueEnum};
use sos_protocol::api_v1::{MakeToken, TokenPurpose};
use sos_protocol::http::Role;
use sos_protocol::{CountryCode, DeskId, DeviceId, TokenId, WorkerId};

pub use self::cards::{IssuedCard, issue_card};
use self::codes::QrFile;
pub use self::error::AdminError;
use self::proofs::Proofs;
use crate::app::{self, Ambient};
use crate::config::Config;
use crate::figures::Counting;
use crate::pseudonyms::Pseudonyms;
use crate::store::Store;
use crate::store::administration::By;
use crate::store::desks::DeskRow;

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
        /// Show a reviewer the names of workers; else they read pseudonyms.
        #[arg(long)]
        names: bool,
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
        /// Write the link to enrol as a QR code into a new SVG file; for one worker.
        #[arg(long, requires = "url")]
        qr: Option<PathBuf>,
        /// Address of the service in that link, e.g. https://sos.example.
        #[arg(long)]
        url: Option<String>,
    },
    /// Make a card with which somebody else's phone speaks for a worker for a day; and two PINs, if the worker has none.
    /// All of it is printed once.
    IssueCard {
        /// The worker's id.
        #[arg(long)]
        worker: WorkerId,
    },
    /// Revoke a worker's cards, and the phones that were signed in with them.
    RevokeCard {
        /// The worker's id.
        #[arg(long)]
        worker: WorkerId,
    },
    /// Forget the PINs of a worker who forgot them. The worker's phone sets new ones, or the next card brings some.
    ResetPins {
        /// The worker's id.
        #[arg(long)]
        worker: WorkerId,
    },
    /// Take a phone's right to speak for its owner. An SOS from it is still taken, as unverified.
    RevokeDevice {
        /// The device's id.
        #[arg(long)]
        device: DeviceId,
    },
    /// Measure all cases anew, from the first entry of the ledger on, for figures. The service does it while it runs; until
    /// then figures stand for a part of the ledger, and say so.
    RecountFigures,
    /// Count a published month of the open statistics anew, and publish it as a further version. What would tell of a small
    /// group by its difference is refused.
    CorrectOpenData {
        /// The month, e.g. 2026-01.
        #[arg(long)]
        month: String,
        /// Take it back instead: it is said that it was, without figures.
        #[arg(long)]
        withdraw: bool,
    },
    /// Make a token with which another system reads figures or reports. It is printed once.
    CreateToken {
        /// Which system is to have it.
        #[arg(long)]
        name: String,
        /// The desk whose cases it reads; left out: those of all.
        #[arg(long)]
        desk: Option<DeskIdArg>,
        /// What it may be used for.
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        purposes: Vec<PurposeArg>,
        /// For how many days, at most 365.
        #[arg(long)]
        days: u32,
    },
    /// All tokens: id, name, desk, purposes, whether they are good.
    ListTokens,
    /// End a token at once.
    RevokeToken {
        /// The token's id.
        #[arg(long)]
        token: TokenId,
    },
    /// Check the chains of both ledgers, of cases and of administration, from their first rows.
    VerifyLedger,
    /// Checkpoints of the ledger of cases, and proofs against them.
    #[command(flatten)]
    Proofs(Proofs),
}

/// A desk's id on the command line.
#[derive(Clone)]
pub struct DeskIdArg(DeskId);

impl std::str::FromStr for DeskIdArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if desks::is_desk_id(text) {
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

/// A purpose of a token on the command line.
#[derive(Clone, Copy, ValueEnum)]
#[allow(missing_docs, reason = "as `TokenPurpose`")]
pub enum PurposeArg {
    Figures,
    Reports,
}

impl From<PurposeArg> for TokenPurpose {
    fn from(purpose: PurposeArg) -> Self {
        match purpose {
            PurposeArg::Figures => Self::Figures,
            PurposeArg::Reports => Self::Reports,
        }
    }
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
    pub async fn run(self, config: &Config, store: &Store, ambient: &Ambient) -> anyhow::Result<()> {
        let by = By { staff: None, at: ambient.clock.now() };
        match self {
            Self::LoadDesks { missions, countries, time_zones, ministry_name } => {
                let time_zones =
                    time_zones.as_ref().map(desks::read_time_zones).transpose()?.unwrap_or_default();
                desks::load_desks(store, by, &missions, countries.as_ref(), &time_zones, ministry_name).await
            }
            Self::CreateDesk { id, name, countries, principal, district, time_zone, claim_target_s } => {
                let desk = DeskRow {
                    desk_id: id.0,
                    name,
                    home: countries.first().and_then(|iso| CountryCode::parse(iso)),
                    is_ministry: false,
                    is_principal: principal,
                    countries: countries.iter().map(|iso| country(iso)).collect::<Result<_, _>>()?,
                    district: district.map(|file| desks::read_district(&file)).transpose()?,
                    time_zone,
                    lat: None,
                    lon: None,
                    claim_target_s,
                    answer_targets: vec![],
                };
                Ok(desks::save_all(store, by, vec![desk]).await?)
            }
            Self::CreateStaff { login, name, role, desk, names, password_stdin: _, if_absent } => {
                let desk = desk.map(|desk| desk.0);
                people::create_staff(store, ambient, login, name, role.into(), (desk, names), if_absent).await
            }
            Self::ImportWorkers { file } => people::import_workers(store, ambient, &file).await,
            Self::CreateCodes { workers, json, qr, url } => {
                let qr = qr.as_deref().zip(url.as_deref()).map(|(file, url)| QrFile { file, url });
                codes::create_codes(store, ambient, &workers, json, qr).await
            }
            Self::IssueCard { worker } => {
                println!("{}", issue_card(config, store, ambient, worker).await?);
                Ok(())
            }
            Self::RevokeCard { worker } => cards::revoke_cards(store, ambient, worker).await,
            Self::ResetPins { worker } => cards::reset_pins(store, worker).await,
            Self::RevokeDevice { device } => {
                ensure!(store.revoke_device(device, ambient.clock.now()).await?, "no such device");
                Ok(())
            }
            Self::RecountFigures => {
                println!("to be gone through again: {} entries", store.recount_figures().await?.0);
                Ok(())
            }
            Self::CorrectOpenData { month, withdraw } => {
                let figures =
                    Counting::new(store.clone(), Pseudonyms::new(&config.secret), ambient.clock.clone());
                let open_data = app::open_data(config, ambient, store.clone(), figures);
                println!("published: {month}, version {}", open_data.correct(&month, withdraw).await?);
                Ok(())
            }
            Self::CreateToken { name, desk, purposes, days } => {
                let purposes = purposes.into_iter().map(Into::into).collect();
                let make = MakeToken { name, desk: desk.map(|desk| desk.0), purposes, days };
                println!("{}", tokens::make(store, &*ambient.entropy, by, make).await?.token);
                Ok(())
            }
            Self::ListTokens => {
                for token in store.tokens().await? {
                    println!("{}", tokens::line(&token, by.at));
                }
                Ok(())
            }
            Self::RevokeToken { token } => Ok(tokens::revoke(store, by, token).await?),
            Self::VerifyLedger => verify_ledgers(store).await,
            Self::Proofs(proofs) => proofs.run(config, store, ambient).await,
        }
    }
}

async fn verify_ledgers(store: &Store) -> anyhow::Result<()> {
    let (cases, administration) = (store.verify_ledger().await?, store.verify_admin_ledger().await?);
    let (mut broken, ledgers) = (
        vec![],
        [("whole", "entry", cases), ("administration whole", "administration entry", administration)],
    );
    for (whole, entry, verified) in ledgers {
        match verified {
            Ok(seq) => println!("{whole}: {} entries", seq.0),
            Err(seq) => broken.push(format!("broken at {entry} {}", seq.0)),
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join(", "));
    Ok(())
}

fn country(iso: &str) -> anyhow::Result<CountryCode> {
    CountryCode::parse(iso).with_context(|| format!("{iso:?} is no two-letter country code"))
}
