//! One `sos-server serve` of the cluster, which faults kill, freeze and drain.

use std::fs::File;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::server_program::ServerProgram;
use crate::stack::Process;
use crate::stop::StopFlag;
use crate::up::ready;

/// How long a node may take to go down in an orderly way; its own limit is `SOS_DRAIN_S`.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// A node on a port that stays the same over its restarts.
#[derive(Debug)]
pub(super) struct Node {
    program: ServerProgram,
    port: u16,
    log: PathBuf,
    process: Mutex<Option<Process>>,
}

impl Node {
    /// Starts one that listens on `ip` and `port` and writes what it says to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(program: &ServerProgram, ip: Ipv4Addr, port: u16, log: PathBuf) -> Result<Self> {
        let program = program.clone().with([("SOS_LISTEN", format!("{ip}:{port}"))]);
        let node = Self { program, port, log, process: Mutex::default() };
        node.start_again()?;
        Ok(node)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn log(&self) -> &PathBuf {
        &self.log
    }

    /// Starts it where it does not run.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start_again(&self) -> Result<()> {
        let log =
            File::options().create(true).append(true).open(&self.log).context("opening a node's log")?;
        let mut slot = self.slot();
        if slot.as_ref().is_none_or(|process| process.ended().is_some()) {
            *slot = Some(self.program.start_into(&["serve"], log)?);
        }
        Ok(())
    }

    /// Waits until both stores answer it.
    ///
    /// # Errors
    /// When it ends or is not ready within a minute.
    pub(super) fn wait_until_ready(&self, stop: &StopFlag) -> Result<()> {
        let slot = self.slot();
        let process = slot.as_ref().context("the node does not run")?;
        ready::wait(self.port, process, stop)
    }

    /// Kills it as a power cut of its machine would.
    pub(super) fn kill(&self) {
        if let Some(process) = self.slot().take() {
            process.kill();
        }
    }

    /// Freezes it: its connections stand, nothing answers.
    pub(super) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub(super) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Stops it in an orderly way.
    pub(super) fn drain(&self) {
        if let Some(process) = self.slot().take() {
            process.stop(Signal::TERM, DRAIN_LIMIT);
        }
    }

    /// How it ended, if it did by itself.
    pub(super) fn ended(&self) -> Option<String> {
        self.slot().as_ref().and_then(Process::ended).map(|status| status.to_string())
    }

    fn signal(&self, signal: Signal) {
        if let Some(process) = self.slot().as_ref() {
            process.signal(signal);
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
