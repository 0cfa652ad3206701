//! A child process that never outlives the launcher.

use std::ffi::OsStr;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::account::Account;
use super::error::{Doing, Result};

/// How long a child gets to end after SIGKILL; only a hung disk makes the kernel need longer.
const KILL_LIMIT: Duration = Duration::from_secs(5);

/// A running child. Dropping it does not stop it: its owner decides how it ends.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    /// A handle instead of the number, so that no signal ever reaches a later process of the same number.
    handle: OwnedFd,
    exit: Arc<Exit>,
}

#[derive(Debug, Default)]
struct Exit {
    status: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

/// A command that runs `program` (as `account`, when given) in a process group of its own, so that Ctrl-C
/// in the terminal reaches the launcher only, and gets `at_death` (`INT`, `TERM`) when the launcher dies.
///
/// The working folder is `/`, because the account may not be able to enter the launcher's.
#[must_use]
pub(crate) fn supervised(program: impl AsRef<OsStr>, account: Option<Account>, at_death: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", at_death]);
    if let Some(account) = account {
        command.args(account.setpriv_arguments());
    }
    command.arg("--").arg(program).current_dir("/").process_group(0);
    command
}

impl Process {
    /// Starts `command` and writes `input` to it when its standard input is a pipe.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) fn spawn(mut command: Command, input: Vec<u8>) -> Result<Self> {
        let exit = Arc::new(Exit::default());
        let (started, start) = mpsc::sync_channel(1);
        let told = Arc::clone(&exit);
        // The kernel sends the death signal when the *thread* that started the child ends. Test threads and
        // tokio's blocking threads end early; this one lives exactly as long as the child.
        thread::Builder::new()
            .name("keeper".into())
            .spawn(move || keep(command.spawn(), &input, &started, &told))
            .doing("starting a thread")?;
        let (pid, handle) = start.recv().map_err(std::io::Error::other).doing("starting a child")??;
        Ok(Self { pid, handle, exit })
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<ExitStatus> {
        *self.exit.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its end, at most `limit`.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<ExitStatus> {
        let status = self.exit.status.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.exit.changed.wait_timeout_while(status, limit, |status| status.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Sends `signal`; a process that has ended is left alone.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.ended().is_none() {
            // It may have ended since: then there is nobody to tell.
            let _ = pidfd_send_signal(self.handle.as_fd(), signal);
        }
    }

    /// Asks it to end by `signal` and kills it when it has not within `limit`.
    pub(crate) fn stop(&self, signal: Signal, limit: Duration) -> Option<ExitStatus> {
        self.signal(signal);
        self.wait(limit).or_else(|| self.kill())
    }

    /// Kills it and waits until it is gone.
    pub(crate) fn kill(&self) -> Option<ExitStatus> {
        self.signal(Signal::KILL);
        self.wait(KILL_LIMIT)
    }
}

/// Owns the child: reports its start, feeds it, waits for it.
fn keep(
    spawned: std::io::Result<Child>,
    input: &[u8],
    started: &mpsc::SyncSender<Result<(u32, OwnedFd)>>,
    exit: &Exit,
) {
    let mut child = match spawned.doing("starting setpriv (package util-linux)") {
        Ok(child) => child,
        Err(error) => return drop(started.send(Err(error))),
    };
    let handle = Pid::from_child(&child);
    let handle = pidfd_open(handle, PidfdFlags::empty()).doing("watching a child");
    drop(started.send(handle.map(|handle| (child.id(), handle))));
    if let Some(mut pipe) = child.stdin.take() {
        // A child that ended before reading shows in its exit status.
        let _ = pipe.write_all(input);
    }
    let status = child.wait().ok();
    *exit.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    exit.changed.notify_all();
}
