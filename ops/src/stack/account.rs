//! The system user that the stores run as.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::{Doing, Result, StackError};

/// An unprivileged system user. Postgres refuses to run as root, so a launcher that is root lends its
/// stores this one (Redis too: it need not be root either).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// The user that stores must run as, or `None` when they run as whoever started the launcher.
    pub(crate) fn for_stores() -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let (Some(uid), Some(gid)) = (id_of_postgres("-u")?, id_of_postgres("-g")?) else {
            return Err(StackError::Missing {
                what: "started as root, and there is no system user `postgres` to run PostgreSQL as".into(),
                package: "postgresql",
            });
        };
        Ok(Some(Self { uid, gid }))
    }

    /// The nearest folder on the way to `path` that this user may not pass, if there is one.
    pub(crate) fn blocked_at(self, path: &Path) -> Result<Option<PathBuf>> {
        let mut folders: Vec<&Path> = path.ancestors().filter(|folder| folder.is_dir()).collect();
        folders.reverse();
        for folder in folders {
            let mut test = self.command("test");
            test.arg("-x").arg(folder);
            if !test.status().doing("running setpriv")?.success() {
                return Ok(Some(folder.to_path_buf()));
            }
        }
        Ok(None)
    }

    /// A command run as this user.
    fn command(self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(self.setpriv_arguments()).arg("--").arg(program);
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// The arguments of `setpriv` that change to this user.
    pub(crate) fn setpriv_arguments(self) -> [String; 5] {
        let Self { uid, gid } = self;
        ["--reuid".into(), uid.to_string(), "--regid".into(), gid.to_string(), "--clear-groups".into()]
    }

    /// Gives `path` to this user.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .doing(format!("giving {} to the user postgres", path.display()))
    }
}

fn id_of_postgres(which: &str) -> Result<Option<u32>> {
    let output = Command::new("id").args([which, "postgres"]).output().doing("running id")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}
