//! The program `sos-server`, run with the settings of a local installation.

use std::env;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::stack::{Process, supervised};

/// How long a command that ends by itself (migrate, admin) may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(120);

/// `sos-server` and what it needs to find its stores.
#[derive(Debug, Clone)]
pub struct ServerProgram {
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
}

impl ServerProgram {
    /// The program beside the running one, to be run with `settings` in its environment.
    ///
    /// # Errors
    /// When there is none.
    pub fn beside_this_one(settings: Vec<(&'static str, String)>) -> Result<Self> {
        let this = env::current_exe().context("finding this program")?;
        let program = this.with_file_name("sos-server");
        ensure!(program.is_file(), "{} is not built: cargo build --bin sos-server", program.display());
        Ok(Self { program, settings })
    }

    /// Runs a command that ends by itself, with `input` on its standard input, and returns what it prints.
    ///
    /// # Errors
    /// With what it says when it fails; when it takes longer than 120 s.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let what = format!("sos-server {}", arguments.join(" "));
        let (mut printed, mut said) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = self.command(arguments, "KILL")?;
        command.stdin(Stdio::piped()).stdout(printed.try_clone()?).stderr(said.try_clone()?);
        let process = Process::spawn(command, input.as_bytes().to_vec())?;
        let Some(status) = process.wait(COMMAND_LIMIT) else {
            process.kill();
            bail!("{what} did not end within {} s: {}", COMMAND_LIMIT.as_secs(), text(&mut said)?);
        };
        ensure!(status.success(), "{what}: {}", text(&mut said)?);
        text(&mut printed)
    }

    /// Starts a command that runs until it is stopped; it writes to this program's output.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, arguments: &[&str]) -> Result<Process> {
        let mut command = self.command(arguments, "TERM")?;
        command.stdin(Stdio::null());
        Ok(Process::spawn(command, Vec::new())?)
    }

    /// As [`start`](Self::start), and it writes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_into(&self, arguments: &[&str], log: File) -> Result<Process> {
        let mut command = self.command(arguments, "KILL")?;
        command.stdin(Stdio::null()).stdout(log.try_clone().context("opening a log")?).stderr(log);
        Ok(Process::spawn(command, Vec::new())?)
    }

    /// The same program with more settings, which win.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.settings.extend(more);
        self
    }

    fn command(&self, arguments: &[&str], at_death: &str) -> Result<std::process::Command> {
        let mut command = supervised(&self.program, None, at_death);
        command.args(arguments).current_dir(env::current_dir().context("finding the working folder")?);
        // Settings of `ops/up`, which the server does not know.
        command.env_remove("SOS_PORT").env_remove("SOS_DATA");
        // As the README says for every server: less of what a long history took for a while stays with it.
        command.env("MALLOC_ARENA_MAX", "2");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }
}

fn text(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
