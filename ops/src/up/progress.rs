//! What `ops/up` says while it works and when it is up.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use sos_protocol::ambient::{Clock, SystemClock};

use super::Settings;
use super::demo_people::DemoPeople;

/// Prints each step with the time it took.
pub(super) struct Progress {
    clock: SystemClock,
    spent_secs: u64,
    step_since_us: Option<u64>,
}

impl Progress {
    pub(super) fn new(spent_secs: u64) -> Self {
        Self { clock: SystemClock::new(), spent_secs, step_since_us: None }
    }

    /// Ends the step before and begins one.
    pub(super) fn step(&mut self, what: &str) {
        self.done();
        print!("   {what} … ");
        let _ = std::io::stdout().flush();
        self.step_since_us = Some(self.clock.monotonic_us());
    }

    /// Ends the step.
    pub(super) fn done(&mut self) {
        if let Some(since) = self.step_since_us.take() {
            let tenths = (self.clock.monotonic_us() - since) / 100_000;
            println!("{}.{} s", tenths / 10, tenths % 10);
        }
    }

    /// Says where it is and what can be done now.
    pub(super) fn welcome(&self, settings: &Settings, people: &DemoPeople, folder: &Path) -> Result<()> {
        let first = people.first()?;
        let secs = self.spent_secs + self.clock.monotonic_us() / 1_000_000;
        let url = format!("http://127.0.0.1:{}", settings.port);
        let elsewhere = if settings.port == 8080 { String::new() } else { format!(" --server {url}") };
        println!("\n   The console is at   {url}");
        println!("   sign in as          {}  ({}, {}, {})", first.login, first.name, first.role, first.desk);
        println!("   with the password   {}", people.password);
        println!("   or, same password:");
        for member in &people.staff[1..] {
            println!("     {:<18}{}, {} {}", member.login, member.name, member.role, member.desk);
        }
        println!("   data                {}  (kept; remove it to begin again)", folder.display());
        println!("\n   Try next, in a second terminal:");
        println!("     ops/phone press --lat 25.05 --lon 121.52{elsewhere}");
        println!("     ops/demo{elsewhere}");
        println!("     ops/test");
        println!("\n   Ready after {secs} s. Ctrl-C stops everything.");
        Ok(())
    }
}
