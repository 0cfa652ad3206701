//! The officers and workers of a run. They exist only in it and have numbers for names.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sos_protocol::ambient::{Entropy, SystemEntropy};

use crate::server_program::ServerProgram;
use crate::stop::StopFlag;

/// Files of the repository, from its top.
const MISSIONS: &str = "server/data/vn_missions.csv";
const COUNTRIES: &str = "server/data/desk_countries.csv";
/// Where the workers have their contracts, in turn.
const CONTRACTS: [&str; 3] = ["JP", "TW", "KR"];
/// Login, role and desk of the consoles. The first sees everything.
const STAFF: [[&str; 3]; 4] = [
    ["ministry", "duty_officer", ""],
    ["tokyo", "dispatcher", "jp-tokyo"],
    ["taipei", "dispatcher", "tw-taipei"],
    ["seoul", "dispatcher", "kr-seoul"],
];
/// Workers of one import, which has a limit of time.
const WORKERS_AT_ONCE: usize = 2_500;

/// Whoever signs in, and the codes that phones enrol with.
pub(super) struct People {
    /// Logins and passwords; the first sees everything.
    pub(super) logins: Vec<(String, String)>,
    /// One for each worker.
    pub(super) codes: Vec<String>,
}

/// One line of `sos-server admin create-codes --json`.
#[derive(Deserialize)]
struct Code {
    code: String,
}

impl People {
    /// Makes the desks, an officer each for the ministry and three large desks, and `workers` workers.
    ///
    /// # Errors
    /// When the server refuses, or somebody asked to stop.
    pub(super) fn load(program: &ServerProgram, workers: usize, stop: &StopFlag) -> Result<Self> {
        program.run(&["admin", "load-desks", "--missions", MISSIONS, "--countries", COUNTRIES], "")?;
        let password = random_text();
        for [login, role, desk] in STAFF {
            let mut arguments =
                vec!["admin", "create-staff", "--login", login, "--name", login, "--role", role];
            if !desk.is_empty() {
                arguments.extend(["--desk", desk]);
            }
            arguments.push("--password-stdin");
            program.run(&arguments, &password)?;
        }
        let logins = STAFF.map(|[login, ..]| (login.to_owned(), password.clone())).to_vec();
        let mut codes = vec![];
        for first in (0..workers).step_by(WORKERS_AT_ONCE) {
            ensure!(!stop.is_set(), "stopped");
            import(program, first..workers.min(first + WORKERS_AT_ONCE))?;
        }
        if workers > 0 {
            codes = self::codes(program)?;
        }
        Ok(Self { logins, codes })
    }
}

fn import(program: &ServerProgram, numbers: std::ops::Range<usize>) -> Result<()> {
    let mut list = String::from("name,phone,language,contract_country,employer,address\n");
    for number in numbers {
        let _ = writeln!(list, "worker {number},,vi,{},,", CONTRACTS[number % CONTRACTS.len()]);
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().context("making a list of workers")?;
    std::fs::write(file.path(), list).context("writing a list of workers")?;
    program.run(&["admin", "import-workers", "--file", &file.path().to_string_lossy()], "").map(drop)
}

fn codes(program: &ServerProgram) -> Result<Vec<String>> {
    let lines = program.run(&["admin", "create-codes", "--workers", "all-without-device", "--json"], "")?;
    let codes = lines.lines().map(|line| Ok(serde_json::from_str::<Code>(line)?.code));
    codes.collect::<Result<_>>().context("reading the codes")
}

/// 256 random bits, as the server wants its secret.
pub(super) fn random_text() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
