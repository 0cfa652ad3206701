//! The data folder that outlives a run: where it is, and who uses it now.

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Pid;

use super::account::Account;
use super::error::{Doing, Result, StackError};
use super::wait;

/// Where the data of a root-owned launcher goes when the `postgres` user cannot reach the wanted folder.
const FALLBACK: &str = "/var/lib/sos-local";

/// A store of a launcher that was killed gets this long to close its files.
const LEAVE_LIMIT: Duration = Duration::from_secs(20);

/// A data folder, held against a second launcher until it is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes sure of the folder `wanted`, or of its stand-in where `account` can reach it, and locks it.
    pub(crate) fn open(wanted: &Path, account: Option<Account>) -> Result<Self> {
        let path = place(wanted, account)?;
        fs::create_dir_all(&path).doing(format!("making {}", path.display()))?;
        let closed = Permissions::from_mode(if account.is_some() { 0o711 } else { 0o700 });
        fs::set_permissions(&path, closed).doing(format!("closing {}", path.display()))?;
        let lock = lock(&path)?;
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The absolute folder to use for `wanted`.
///
/// A checkout inside `/root` or a `mktemp -d` is closed to the `postgres` user; opening it to others would
/// not be ours to do, so the data then goes to a folder of the same name below [`FALLBACK`].
pub(crate) fn place(wanted: &Path, account: Option<Account>) -> Result<PathBuf> {
    let wanted = std::path::absolute(wanted).doing(format!("finding {}", wanted.display()))?;
    let Some(account) = account else { return Ok(wanted) };
    let Some(blocked) = account.blocked_at(&wanted)? else { return Ok(wanted) };
    if blocked == wanted {
        // An older run made it, with permissions that `open` now corrects.
        return Ok(wanted);
    }
    let name = wanted.to_string_lossy().trim_start_matches('/').replace('/', "-");
    let stand_in = Path::new(FALLBACK).join(name);
    fs::create_dir_all(&stand_in).doing(format!("making {}", stand_in.display()))?;
    match account.blocked_at(&stand_in)?.filter(|blocked| *blocked != stand_in) {
        None => Ok(stand_in),
        Some(_) => Err(StackError::Folder {
            folder: wanted,
            reason: format!(
                "started as root, PostgreSQL runs as the user postgres, which cannot pass {0}; \
                 choose a folder that it can reach, or open the way with: chmod o+x {0}",
                blocked.display()
            ),
        }),
    }
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("in-use");
    let doing = || format!("locking {}", path.display());
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path).doing(doing())?;
    match file.try_lock() {
        Ok(()) => note_holder(&mut file).doing(doing())?,
        Err(TryLockError::Error(error)) => return Err(error).doing(doing()),
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let holder = format!("another launcher (process {})", pid.trim());
            return Err(StackError::Busy { folder: folder.to_path_buf(), holder });
        }
    }
    Ok(file)
}

fn note_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Waits until no process works in `folder` (every store makes its data folder its working folder).
///
/// # Errors
/// [`StackError::Busy`] when one still does after [`LEAVE_LIMIT`].
pub(crate) fn wait_until_left(folder: &Path) -> Result<()> {
    let left = || worker_in(folder).is_none().then_some(());
    wait::until(LEAVE_LIMIT, Duration::from_millis(20), left).ok_or_else(|| StackError::Busy {
        folder: folder.to_path_buf(),
        holder: worker_in(folder).map_or("a process".into(), |pid| format!("process {pid}")),
    })
}

fn worker_in(folder: &Path) -> Option<Pid> {
    workers_in(folder).into_iter().next()
}

/// The processes that work in `folder`.
pub(crate) fn workers_in(folder: &Path) -> Vec<Pid> {
    let (Ok(folder), Ok(processes)) = (folder.canonicalize(), fs::read_dir("/proc")) else { return vec![] };
    let works_there =
        |process: &fs::DirEntry| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder);
    let workers = processes.flatten().filter(works_there);
    workers.filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?)).collect()
}
