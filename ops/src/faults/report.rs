//! The outcome of a fault, for people and for programs.

use serde::Serialize;

use super::catalogue::Fault;
use super::checker::Verdict;
use super::timeline::Parts;

/// Aims: the slowest of 100 alerts rings so soon while one store is away …
const RING_MS_MAX: u64 = 3_000;
/// … and is acknowledged so soon.
const ACK_MS_MAX: u64 = 800;
/// Everything is as before so soon after the end of any fault.
const HEAL_S_MAX: f64 = 60.0;

/// What a run with one fault came to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    pub(super) fault: String,
    #[serde(flatten)]
    pub(super) verdict: Verdict,
    pub(super) ack_p99_ms: Parts,
    pub(super) ring_p99_ms: Parts,
    /// From the end of the fault until the last alert that it held up was through.
    pub(super) heal_s: f64,
    /// Alerts pressed before, during and after.
    pub(super) pressed: [usize; 3],
    /// Answers that neither store takes it; the phone sends again.
    pub(super) refused: u64,
    pub(super) seed: u64,
    /// Promises that were broken, in words; empty when all held.
    pub(super) broken: Vec<String>,
    /// Times that were not kept.
    pub(super) missed: Vec<String>,
    /// What else is worth knowing.
    pub(super) notes: Vec<String>,
}

impl Report {
    /// Adds what the checker found.
    pub(super) fn judged(&mut self, verdict: Verdict) {
        self.broken.extend(verdict.broken());
        self.verdict = verdict;
    }

    /// Compares the times with what is aimed at under `fault`.
    pub(super) fn miss(&mut self, fault: &Fault) {
        if self.heal_s > HEAL_S_MAX {
            self.missed.push(format!("healed after {:.1} s", self.heal_s));
        }
        if !fault.one_store {
            return;
        }
        if let Some(ms) = self.ring_p99_ms.during.filter(|ms| *ms > RING_MS_MAX) {
            self.missed.push(format!("ring p99 {ms} ms with one store away"));
        }
        if let Some(ms) = self.ack_p99_ms.during.filter(|ms| *ms > ACK_MS_MAX) {
            self.missed.push(format!("ack p99 {ms} ms with one store away"));
        }
    }
}

/// How a fault ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Ran(Box<Report>),
    /// With the reason.
    NotRun(String),
    /// The run itself failed.
    Failed(String),
}

/// Outcomes as they come, and their sum.
#[derive(Debug)]
pub(super) struct Table {
    json: bool,
    begun: bool,
    broken: usize,
    missed: usize,
}

impl Table {
    pub(super) fn new(json: bool) -> Self {
        Self { json, begun: false, broken: 0, missed: 0 }
    }

    /// Prints one outcome.
    pub(super) fn add(&mut self, name: &str, outcome: &Outcome) {
        match outcome {
            Outcome::Ran(report) => {
                self.broken += usize::from(!report.broken.is_empty());
                self.missed += usize::from(!report.missed.is_empty());
            }
            Outcome::Failed(_) => self.broken += 1,
            Outcome::NotRun(_) => {}
        }
        if self.json { print_json(name, outcome) } else { self.print(name, outcome) }
    }

    /// How many faults broke promises or failed.
    pub(super) fn broken(&self) -> usize {
        self.broken
    }

    /// How many did not keep the aimed times.
    pub(super) fn missed(&self) -> usize {
        self.missed
    }

    fn print(&mut self, name: &str, outcome: &Outcome) {
        if !std::mem::replace(&mut self.begun, true) {
            println!(
                "{:25} {:>6} {:>5} {:>7} {:>6}   {:^21}   {:^21} {:>6}",
                "", "", "", "", "", "ack p99 ms", "ring p99 ms", "heal"
            );
            println!(
                "{:25} {:>6} {:>5} {:>7} {:>6}   {:>6} {:>7} {:>6}   {:>6} {:>7} {:>6} {:>6}",
                "fault",
                "acked",
                "lost",
                "doubled",
                "unrung",
                "before",
                "during",
                "after",
                "before",
                "during",
                "after",
                "s"
            );
        }
        match outcome {
            Outcome::Ran(report) => print_row(report),
            Outcome::NotRun(why) => println!("{name:25} not run: {why}"),
            Outcome::Failed(why) => println!("{name:25} FAILED: {why}"),
        }
    }
}

fn print_row(report: &Report) {
    let verdict = &report.verdict;
    let ms = |ms: Option<u64>| ms.map_or("-".to_owned(), |ms| ms.to_string());
    let parts =
        |parts: Parts| format!("{:>6} {:>7} {:>6}", ms(parts.before), ms(parts.during), ms(parts.after));
    println!(
        "{:25} {:>6} {:>5} {:>7} {:>6}   {}   {} {:>6.1}",
        report.fault,
        verdict.acked,
        verdict.lost,
        verdict.doubled,
        verdict.unrung,
        parts(report.ack_p99_ms),
        parts(report.ring_p99_ms),
        report.heal_s
    );
    let lines = [("BROKEN", &report.broken), ("missed aim", &report.missed), ("note", &report.notes)];
    for (label, lines) in lines {
        lines.iter().for_each(|line| println!("  {label}: {line}"));
    }
    if !report.broken.is_empty() {
        println!("  seed: {}", report.seed);
    }
}

fn print_json(name: &str, outcome: &Outcome) {
    let line = match outcome {
        Outcome::Ran(report) => serde_json::to_string(report).unwrap_or_default(),
        Outcome::NotRun(why) => serde_json::json!({ "fault": name, "not_run": why }).to_string(),
        Outcome::Failed(why) => serde_json::json!({ "fault": name, "failed": why }).to_string(),
    };
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::FAULTS;
    use super::*;

    fn missed(fault: &str, during_ms: u64, heal_s: f64) -> usize {
        let during = Parts { during: Some(during_ms), ..Parts::default() };
        let mut report = Report {
            fault: fault.into(),
            verdict: Verdict::default(),
            ack_p99_ms: during,
            ring_p99_ms: during,
            heal_s,
            pressed: [0; 3],
            refused: 0,
            seed: 0,
            broken: vec![],
            missed: vec![],
            notes: vec![],
        };
        report.miss(FAULTS.iter().find(|known| known.name == fault).unwrap());
        report.missed.len()
    }

    #[test]
    fn times_are_aimed_at_where_one_store_is_away_and_healing_always() {
        assert_eq!(missed("redis-killed", 800, 60.0), 0);
        assert_eq!(missed("redis-killed", 801, 60.0), 1);
        assert_eq!(missed("redis-killed", 3_001, 60.1), 3);
        assert_eq!(missed("both-stores-killed", 9_000, 60.0), 0);
        assert_eq!(missed("both-stores-killed", 9_000, 60.1), 1);
    }
}
