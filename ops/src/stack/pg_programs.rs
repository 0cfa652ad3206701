//! The programs of PostgreSQL on this machine.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::{Doing, Result, StackError};

/// Where Debian and Ubuntu keep each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder with `postgres`, `initdb` and `psql` of one version.
#[derive(Debug)]
pub(crate) struct Programs(PathBuf);

impl Programs {
    /// The programs for the data folder `data`: of the version that made it, else the newest.
    pub(crate) fn for_data(data: &Path) -> Result<Self> {
        let made_by = fs::read_to_string(data.join("PG_VERSION")).ok();
        let Some(made_by) = made_by else { return Self::newest() };
        let made_by = made_by.trim();
        let found = installed().into_iter().find(|bin| version_of(bin).as_deref() == Some(made_by));
        found.map(Self).ok_or_else(|| StackError::Folder {
            folder: data.to_path_buf(),
            reason: format!(
                "PostgreSQL {made_by} made it and is not installed; install that version, or move the \
                 folder away to begin with no data"
            ),
        })
    }

    fn newest() -> Result<Self> {
        let newest = installed().into_iter().next();
        newest.map(Self).ok_or(StackError::Missing {
            what: "the PostgreSQL server (initdb, postgres, psql) is not installed".into(),
            package: "postgresql",
        })
    }

    /// The path of `program`.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }

    /// Runs `sql` in the database of `url` and returns the values it prints.
    pub(crate) fn psql(&self, url: &str, sql: &str) -> Result<String> {
        let mut command = Command::new(self.path("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]).current_dir("/");
        command.env("PGCONNECT_TIMEOUT", "5").env("PGOPTIONS", "-c statement_timeout=30s");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().doing("running psql")?;
        if let Some(mut pipe) = child.stdin.take() {
            // A psql that could not connect has closed its input; its exit status says so.
            let _ = pipe.write_all(sql.as_bytes());
        }
        let output = child.wait_with_output().doing("running psql")?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let log = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(StackError::Ended { name: "psql", log })
    }
}

/// The folders of all versions, newest first; those on `PATH` last.
fn installed() -> Vec<PathBuf> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by(|one, other| other.cmp(one));
    let on_path = env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = env::split_paths(&on_path).collect();
    let folders = versions.into_iter().map(|(_, bin)| bin).chain(on_path);
    folders.filter(|bin| ["postgres", "initdb", "psql"].iter().all(|name| bin.join(name).is_file())).collect()
}

/// The major version of the programs in `bin`, as `PG_VERSION` writes it.
fn version_of(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_whitespace().nth(2)?;
    Some(version.split('.').next()?.to_owned())
}
