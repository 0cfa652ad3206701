//! The officers and workers of a cluster. They exist only in it and have numbers for names.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sos_protocol::ambient::{Entropy, SystemEntropy};

use crate::server_program::ServerProgram;

/// Files of the repository, from its top.
const MISSIONS: &str = "server/data/vn_missions.csv";
const COUNTRIES: &str = "server/data/desk_countries.csv";
/// Where the workers have their contracts, in turn.
const CONTRACTS: [&str; 4] = ["JP", "TW", "KR", "MY"];

/// Whoever signs in, and the codes that phones enrol with.
#[derive(Debug, Clone)]
pub(super) struct People {
    /// Duty officers of the ministry, who see everything.
    pub(super) logins: Vec<String>,
    /// Of all of them.
    pub(super) password: String,
    /// One for each worker.
    pub(super) codes: Vec<String>,
}

/// One line of `sos-server admin create-codes --json`.
#[derive(Deserialize)]
struct Code {
    code: String,
}

impl People {
    /// Makes the desks, `officers` duty officers and `workers` workers.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn load(program: &ServerProgram, officers: usize, workers: usize) -> Result<Self> {
        program.run(&["admin", "load-desks", "--missions", MISSIONS, "--countries", COUNTRIES], "")?;
        let password = random_text();
        let logins: Vec<String> = (1..=officers).map(|number| format!("duty-{number}")).collect();
        for login in &logins {
            let arguments = ["admin", "create-staff", "--login", login, "--name", login];
            let rest = ["--role", "duty_officer", "--password-stdin"];
            program.run(&[arguments.as_slice(), &rest].concat(), &password)?;
        }
        let codes = if workers == 0 { vec![] } else { codes(program, workers)? };
        Ok(Self { logins, password, codes })
    }
}

fn codes(program: &ServerProgram, workers: usize) -> Result<Vec<String>> {
    let mut list = String::from("name,phone,language,contract_country,employer,address\n");
    for number in 0..workers {
        let _ = writeln!(list, "worker {number},,vi,{},,", CONTRACTS[number % CONTRACTS.len()]);
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().context("making a list of workers")?;
    std::fs::write(file.path(), list).context("writing a list of workers")?;
    program.run(&["admin", "import-workers", "--file", &file.path().to_string_lossy()], "")?;
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
