//! What happens now, on standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// One line on a terminal; elsewhere a line a step. Copies draw the same line.
#[derive(Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// A new step.
    pub(super) fn say(&self, step: impl Into<String>) {
        let step = step.into();
        if self.0.is_hidden() {
            eprintln!("   {step}");
        }
        self.0.set_message(step);
    }

    /// How far the step is.
    pub(super) fn now(&self, how_far: impl Into<String>) {
        self.0.set_message(how_far.into());
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
