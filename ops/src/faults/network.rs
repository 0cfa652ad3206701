//! What happens to packets, as rules of nftables in the run's own network.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The table that holds the rules of a fault, and nothing else.
const TABLE: &str = "inet sos_faults";

/// Where packets go to, or come back from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) ip: Ipv4Addr,
    pub(super) port: u16,
}

/// What happens to a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is gone, and nobody is told.
    Dropped,
    /// One in five is gone, in both directions.
    DroppedOneInFive,
    /// Whoever sends over a connection that stands is told that it does not; new ones are let through.
    Reset,
}

/// Lets `fate` befall all packets of `places`, in place of what befell any before.
///
/// # Errors
/// When nft does not take the rules.
pub(super) fn inflict(places: &[Place], fate: Fate) -> Result<()> {
    nft(&rules(places, fate))
}

/// Lets all packets through again.
///
/// # Errors
/// When nft does not do it.
pub(super) fn heal() -> Result<()> {
    nft(&format!("table {TABLE}\ndelete table {TABLE}\n"))
}

fn rules(places: &[Place], fate: Fate) -> String {
    let mut rules = format!("table {TABLE}\ndelete table {TABLE}\ntable {TABLE} {{\n  chain input {{\n");
    rules.push_str("    type filter hook input priority 0\n");
    for Place { ip, port } in places {
        let (there, back) =
            (format!("ip daddr {ip} tcp dport {port}"), format!("ip saddr {ip} tcp sport {port}"));
        let _ = match fate {
            Fate::Dropped => writeln!(rules, "    {there} drop\n    {back} drop"),
            Fate::DroppedOneInFive => writeln!(
                rules,
                "    {there} numgen random mod 100 < 20 drop\n    {back} numgen random mod 100 < 20 drop"
            ),
            Fate::Reset => writeln!(rules, "    {there} tcp flags & syn == 0 reject with tcp reset"),
        };
    }
    rules.push_str("  }\n}\n");
    rules
}

fn nft(rules: &str) -> Result<()> {
    let mut command = Command::new("nft");
    command.args(["-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().context("running nft (package nftables)")?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(rules.as_bytes()).context("writing to nft")?;
    }
    let output = child.wait_with_output().context("running nft")?;
    ensure!(output.status.success(), "nft: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_name_both_directions_of_every_place_and_nothing_else() {
        let places = [7001, 7002].map(|port| Place { ip: Ipv4Addr::LOCALHOST, port });
        let dropped = rules(&places, Fate::Dropped);
        for rule in [
            "ip daddr 127.0.0.1 tcp dport 7001 drop",
            "ip saddr 127.0.0.1 tcp sport 7001 drop",
            "ip daddr 127.0.0.1 tcp dport 7002 drop",
            "ip saddr 127.0.0.1 tcp sport 7002 drop",
        ] {
            assert!(dropped.contains(rule), "{dropped}");
        }
        assert_eq!(dropped.matches(" drop\n").count(), 4);
        assert_eq!(rules(&places, Fate::Reset).matches("reject with tcp reset").count(), 2);
    }
}
