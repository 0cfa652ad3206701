//! What a store says, kept in the scratch folder only.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::{Doing, Result};

/// How many lines of a log go into an error.
const LINES: usize = 8;

/// The log of one store. It is gone with the scratch folder, so nothing personal in it stays.
#[derive(Debug)]
pub(crate) struct Log(PathBuf);

impl Log {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("log"))
    }

    /// The open file, for a child to append to.
    pub(crate) fn open(&self) -> Result<File> {
        File::options().create(true).append(true).open(&self.0).doing("opening a log")
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let text = fs::read(&self.0).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}
