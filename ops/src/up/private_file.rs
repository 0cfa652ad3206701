//! Small files that only their owner may read.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Returns what is in `path`, or writes there what `make` gives.
pub(super) fn read_or_make(path: &Path, make: impl FnOnce() -> String) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = make();
            write(path, &text)?;
            Ok(text)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Writes `text` and a line end to `path` with mode 0600, whole or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let unfinished = path.with_extension("new");
    let written = || -> std::io::Result<()> {
        let mut file: File =
            File::options().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    written().with_context(|| format!("writing {}", path.display()))
}
