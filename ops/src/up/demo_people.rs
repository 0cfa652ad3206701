//! The demo desks, staff and workers. They exist only where `ops/up` made them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use sos_protocol::ambient::{Entropy, SystemEntropy};

use super::{go_on, private_file};
use crate::server_program::ServerProgram;
use crate::stop::StopFlag;

/// Files of the repository, from its top, where `ops/up` runs this program.
const MISSIONS: &str = "server/data/vn_missions.csv";
const COUNTRIES: &str = "server/data/desk_countries.csv";
const TIME_ZONES: &str = "server/data/desk_time_zones.csv";
const STAFF: &str = "ops/demo-data/staff.csv";
const WORKERS: &str = "ops/demo-data/workers.csv";

/// One account of [`STAFF`]; the columns of the file.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: String,
    /// Empty for those of the ministry.
    pub(super) desk: String,
}

/// The demo people of one data folder.
#[derive(Debug)]
pub(super) struct DemoPeople {
    pub(super) staff: Vec<Member>,
    pub(super) password: String,
    loaded: PathBuf,
}

impl DemoPeople {
    /// Reads the staff, and makes the password that all of them share when the folder has none yet.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let password = private_file::read_or_make(&folder.join("demo-password"), new_password)?;
        let staff = csv::Reader::from_path(STAFF).and_then(|reader| reader.into_deserialize().collect());
        let staff =
            staff.with_context(|| format!("reading {STAFF} (run this from the top of the repository)"))?;
        Ok(Self { staff, password, loaded: folder.join("demo-loaded") })
    }

    /// Whether an earlier run loaded them all into the private database. Then they are left as they are:
    /// somebody may have changed desks and accounts since.
    pub(super) fn are_loaded(&self) -> bool {
        self.loaded.exists()
    }

    /// Creates what is not there yet.
    pub(super) fn load(&self, program: &ServerProgram, stop: &StopFlag) -> Result<()> {
        let desks = ["--missions", MISSIONS, "--countries", COUNTRIES, "--time-zones", TIME_ZONES];
        program.run(&[["admin", "load-desks"].as_slice(), &desks].concat(), "")?;
        for member in &self.staff {
            go_on(stop)?;
            program.run(&arguments(member), &self.password)?;
        }
        program.run(&["admin", "import-workers", "--file", WORKERS], "")?;
        fs::write(&self.loaded, "").with_context(|| format!("writing {}", self.loaded.display()))
    }

    /// Whoever should sign in first: a dispatcher.
    pub(super) fn first(&self) -> Result<&Member> {
        self.staff.first().ok_or_else(|| anyhow!("{STAFF} has nobody in it"))
    }
}

fn arguments(member: &Member) -> Vec<&str> {
    let Member { login, name, role, desk } = member;
    let mut arguments = vec!["admin", "create-staff", "--login", login, "--name", name, "--role", role];
    if !desk.is_empty() {
        arguments.extend(["--desk", desk]);
    }
    arguments.extend(["--password-stdin", "--if-absent"]);
    arguments
}

/// 80 random bits in letters and digits that are not mistaken for each other, in groups of four.
fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = || char::from(LETTERS[usize::try_from(SystemEntropy.below(32)).unwrap_or(0)]);
    let group = || (0..4).map(|_| letter()).collect::<String>();
    (0..4).map(|_| group()).collect::<Vec<_>>().join("-")
}
