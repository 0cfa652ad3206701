//! A network of its own for the run: only addresses of this machine can be reached from it, and what is dropped in it
//! is dropped nowhere else. Mounts are its own as well, and end with it.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// Makes the new network's loopback work, then becomes the program that follows.
const ENTER: &str = r#"ip link set lo up && exec "$0" "$@""#;

/// What a network of its own needs and is not there; `None` when nothing is missing.
pub(super) fn missing() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("needs root");
    }
    if !succeeds(Command::new("nft").arg("--version")) {
        return Some("needs nft (package nftables)");
    }
    if !succeeds(Command::new("ip").arg("-Version")) {
        return Some("needs ip (package iproute2)");
    }
    if !succeeds(unshare().arg("true")) {
        return Some("needs the right to make network namespaces (unshare --net --mount)");
    }
    None
}

/// Starts this program again, with `--apart` behind its arguments, in a network and with mounts of its own. Returns
/// only when that fails.
///
/// # Errors
/// When the programs for it cannot be run.
pub(super) fn begin_again() -> Result<()> {
    let this = std::env::current_exe().context("finding this program")?;
    let mut command = unshare();
    command.args(["sh", "-c", ENTER]).arg(this).args(std::env::args_os().skip(1)).arg("--apart");
    Err(command.exec()).context("running unshare (package util-linux)")
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--propagation", "private", "--"]);
    command
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}
