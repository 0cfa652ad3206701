//! What is shown while a fault runs, on standard error and only to a terminal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::report::Report;
use crate::swarm::Counts;

/// How often the line moves by itself.
const TICK: Duration = Duration::from_millis(200);
/// Where the nodes' logs of a run that broke a promise are kept, below the folder for temporary files.
const KEPT: &str = "sos-faults";

/// One line for one fault.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn of(name: &str, number: usize, all: usize) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed:>4} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{number}/{all} {name}"));
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Begins a step.
    pub(super) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// Shows the sums behind the step.
    pub(super) fn show(&self, counts: Counts) {
        let step = self.0.message();
        let step = step.split(" – ").next().unwrap_or_default();
        let Counts { pressed, received, recorded, refused, .. } = counts;
        self.0.set_message(format!(
            "{step} – {pressed} pressed, {received} acknowledged, {recorded} recorded, {refused} refused"
        ));
    }

    /// Copies what the nodes said where a promise was broken, and says where to.
    pub(super) fn keep_logs<'a>(
        &self,
        fault: &str,
        report: &Report,
        logs: impl Iterator<Item = &'a PathBuf>,
    ) {
        if report.broken.is_empty() {
            return;
        }
        let folder = std::env::temp_dir().join(KEPT).join(fault);
        let copied: std::io::Result<()> = std::fs::create_dir_all(&folder).and_then(|()| {
            logs.filter_map(|log| Some((log, log.file_name()?)))
                .try_for_each(|(log, name)| std::fs::copy(log, folder.join(name)).map(drop))
        });
        self.0.suspend(|| say_where(&folder, &copied));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn say_where(folder: &Path, copied: &std::io::Result<()>) {
    match copied {
        Ok(()) => eprintln!("the nodes' logs are kept in {}", folder.display()),
        Err(error) => eprintln!("the nodes' logs cannot be kept in {}: {error}", folder.display()),
    }
}
