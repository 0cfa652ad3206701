//! A short-lived folder that is gone after the launcher, however the launcher ends.

use std::fs::{self, Permissions};
use std::io::PipeWriter;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::account::Account;
use super::error::{Doing, Result};

/// Waits until the launcher's end of the pipe closes, then removes the folder; the stores may still be
/// closing files in it, hence the 100 attempts, 0.1 s apart.
const REMOVER: &str = r#"read -r _; n=0
until rm -rf -- "$1" 2>/dev/null || [ "$n" -ge 100 ]; do n=$((n + 1)); sleep 0.1; done"#;

/// A folder with a short name in `/tmp` for sockets, logs of this run and data that need not stay.
///
/// Nothing in the launcher removes it, because a launcher that is killed (or a test whose stack is a
/// static) runs no destructors: a small shell waits for the launcher's end and removes it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    account: Option<Account>,
    numbered: AtomicU32,
    remover: Mutex<Option<(Child, PipeWriter)>>,
}

impl Scratch {
    /// Makes the folder.
    ///
    /// # Errors
    /// When `/tmp` cannot be written, or on a machine without `sh`.
    pub fn new() -> Result<Self> {
        let account = Account::for_stores()?;
        // Not $TMPDIR: a socket's whole path may have 107 bytes only, and the account must reach it.
        // 0711: others may pass to what they own inside, not look around.
        let mode = Permissions::from_mode(0o711);
        let folder = tempfile::Builder::new().prefix("sos-").permissions(mode).tempdir_in("/tmp");
        let folder = folder.doing("making a folder in /tmp")?;
        let remover = start_remover(folder.path())?;
        let remover = Mutex::new(Some(remover));
        Ok(Self { path: folder.keep(), account, numbered: AtomicU32::new(0), remover })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The user that stores run as.
    pub(crate) fn account(&self) -> Option<Account> {
        self.account
    }

    /// A new folder inside, named after `what`, that only the account of the stores can enter.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, what: &str) -> Result<PathBuf> {
        let path = self.path.join(format!("{what}{}", self.numbered.fetch_add(1, Ordering::Relaxed)));
        private_folder(&path, self.account)?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let remover = self.remover.get_mut().ok().and_then(Option::take);
        if let Some((mut child, pipe)) = remover {
            drop(pipe);
            let _ = child.wait();
        }
    }
}

fn start_remover(folder: &Path) -> Result<(Child, PipeWriter)> {
    let (closing, pipe) = std::io::pipe().doing("making a pipe")?;
    let mut shell = Command::new("sh");
    shell.args(["-c", REMOVER, "sh"]).arg(folder).current_dir("/");
    // A group of its own: Ctrl-C in the terminal must not take it before the launcher.
    shell.process_group(0).stdin(closing).stdout(Stdio::null()).stderr(Stdio::null());
    Ok((shell.spawn().doing("running sh")?, pipe))
}

/// Makes sure of a folder that only `account` (or the launcher's own user) can enter.
pub(crate) fn private_folder(path: &Path, account: Option<Account>) -> Result<()> {
    fs::create_dir_all(path).doing(format!("making {}", path.display()))?;
    if let Some(account) = account {
        account.own(path)?;
    }
    fs::set_permissions(path, Permissions::from_mode(0o700)).doing(format!("closing {}", path.display()))
}
