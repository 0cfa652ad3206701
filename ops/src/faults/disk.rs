//! A small disk in memory that can be full.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// Its size while it is not full. It takes memory only for what is on it.
const SIZE_MIB: u64 = 2048;
/// What a block of a tmpfs takes.
const BLOCK_BYTES: u64 = 4096;

/// A tmpfs in the mounts of this run; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Disk {
    place: TempDir,
}

impl Disk {
    /// Mounts one. Needs root.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub(super) fn mount() -> Result<Self> {
        let place = tempfile::Builder::new()
            .prefix("sos-disk-")
            // Postgres and Redis pass to what they own inside.
            .permissions(std::fs::Permissions::from_mode(0o711))
            .tempdir_in("/tmp")
            .context("making a folder in /tmp")?;
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={SIZE_MIB}m,mode=0711"))
            .args(["tmpfs".as_ref(), place.path().as_os_str()]))?;
        Ok(Self { place })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    /// From now on nothing more fits on it.
    ///
    /// # Errors
    /// When it cannot be made smaller.
    pub(super) fn fill(&self) -> Result<()> {
        // Whoever writes may take a block between the two steps: then it is asked again.
        const ATTEMPTS: usize = 20;
        let mut outcome = Ok(());
        for _ in 0..ATTEMPTS {
            outcome = self.resize(&format!("{}", self.used_bytes()?));
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// There is room again.
    ///
    /// # Errors
    /// When it cannot be made larger.
    pub(super) fn empty(&self) -> Result<()> {
        self.resize(&format!("{SIZE_MIB}m"))
    }

    fn used_bytes(&self) -> Result<u64> {
        let output =
            Command::new("stat").args(["-f", "-c", "%b %f"]).arg(self.path()).output().context("stat")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(blocks)), Some(Ok(free))) = (numbers.next(), numbers.next()) else {
            anyhow::bail!("stat -f says {text:?}");
        };
        Ok((blocks - free) * BLOCK_BYTES)
    }

    fn resize(&self, size: &str) -> Result<()> {
        run(Command::new("mount").arg("-o").arg(format!("remount,size={size}")).arg(self.path()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What still holds a file on it ends with the run.
        let _ = run(Command::new("umount").arg("--lazy").arg(self.path()));
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("running {:?}", command.get_program()))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}
