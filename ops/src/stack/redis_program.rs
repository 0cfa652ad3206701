//! The Redis program on this machine.

use std::path::PathBuf;
use std::process::Command;

use super::error::{Doing, Result, StackError};

/// The oldest version that has all commands the server uses (XAUTOCLAIM came with 6.2).
const OLDEST: (u32, u32) = (6, 2);

/// Finds `redis-server` and checks its version.
///
/// # Errors
/// When it is not installed or too old.
pub(crate) fn find() -> Result<PathBuf> {
    let missing = |what: String| StackError::Missing { what, package: "redis-server" };
    let output = match Command::new("redis-server").arg("--version").output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(missing("the Redis server (redis-server) is not installed".into()));
        }
        output => output.doing("running redis-server")?,
    };
    let text = String::from_utf8_lossy(&output.stdout);
    match version(&text) {
        Some(version) if version >= OLDEST => Ok(PathBuf::from("redis-server")),
        _ => Err(missing(format!(
            "Redis {}.{} or newer is needed, here is: {}",
            OLDEST.0,
            OLDEST.1,
            text.trim()
        ))),
    }
}

/// Major and minor out of `Redis server v=7.0.15 sha=…`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split("v=").nth(1)?.split(['.', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn reads_the_version() {
        assert_eq!(version("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0"), Some((7, 0)));
        assert_eq!(version("something else"), None);
    }
}
