//! The limit of open files: each connection is one, here and in the server.

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files beside the connections of phones: stores, consoles, files.
const OTHERS: u64 = 300;

/// Raises this process's limit as far as it goes; children inherit it.
///
/// # Errors
/// When the system refuses.
pub(super) fn raise() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).context("raising the limit of open files")
}

/// So many of `wanted` connections as the limit allows for one process.
pub(super) fn within_limit(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile).current.map_or(u64::MAX, |limit| limit.saturating_sub(OTHERS));
    wanted.min(usize::try_from(limit).unwrap_or(usize::MAX))
}
