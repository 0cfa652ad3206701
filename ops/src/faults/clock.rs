//! A node's clock that can be moved while it runs, by libfaketime.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// Where Debian puts libraries of an architecture.
const LIBRARIES: &str = "/usr/lib";
/// The library for programs with threads.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The library, where it is installed.
pub(super) fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir(LIBRARIES).ok()?;
    folders.flatten().map(|folder| folder.path().join(LIBRARY)).find(|path| path.is_file())
}

/// How far a node's clock is off, in a file that the library in the node reads.
#[derive(Debug)]
pub(super) struct NodeClock {
    library: PathBuf,
    offset: NamedTempFile,
}

impl NodeClock {
    /// A clock that is right.
    ///
    /// # Errors
    /// When the library is not installed, or there is no place for the file.
    pub(super) fn new() -> Result<Self> {
        let library = library().context("libfaketime is not installed (package libfaketime)")?;
        let clock = Self { library, offset: NamedTempFile::new().context("making a file for a clock")? };
        clock.set_offset_ms(0)?;
        Ok(clock)
    }

    /// What a node needs in its environment to go by this clock. Durations are measured as before.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(self.offset.path())),
            ("FAKETIME_CACHE_DURATION", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }

    /// Moves it by `ms` from the right time. The node knows within a second.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn set_offset_ms(&self, ms: i64) -> Result<()> {
        std::fs::write(self.offset.path(), format!("{:+}\n", ms / 1000)).context("moving a node's clock")
    }
}
