//! The demo on the screen: a table that lives, or lines.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sos_protocol::{Receipt, Stage};

use super::worker::{News, What};
use crate::phone::show;

/// Columns of the table, in characters.
const NAME_CHARS: usize = 20;
const PLACE_CHARS: usize = 26;

/// Who a line is about.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub(super) name: String,
    pub(super) place: String,
}

/// Where news are shown.
pub(super) enum Board {
    /// One line of the terminal for each worker.
    Table { rows: Vec<Row>, _all: MultiProgress },
    /// One line for each news.
    Lines { people: Vec<Who> },
    /// One line of JSON for each receipt.
    Json { people: Vec<Who> },
}

pub(super) struct Row {
    bar: ProgressBar,
    head: String,
    state: String,
    written: u32,
    heard: u32,
}

impl Board {
    pub(super) fn new(people: Vec<Who>, json: bool) -> Self {
        if json {
            return Self::Json { people };
        }
        if !std::io::stdout().is_terminal() {
            return Self::Lines { people };
        }
        let all = MultiProgress::with_draw_target(indicatif::ProgressDrawTarget::stdout());
        let rows = people.into_iter().map(|who| Row::new(&who, &all)).collect();
        Self::Table { rows, _all: all }
    }

    pub(super) fn show(&mut self, news: &News) {
        match self {
            Self::Table { rows, .. } => {
                if let Some(row) = rows.get_mut(news.worker) {
                    row.show(&news.what);
                }
            }
            Self::Lines { people } => {
                if let (Some(who), Some(text)) = (people.get(news.worker), line(&news.what)) {
                    println!("{} ({}): {text}", who.name, who.place);
                }
            }
            Self::Json { people } => {
                if let (Some(who), What::Got { receipt, current, after }) =
                    (people.get(news.worker), &news.what)
                {
                    println!("{}", json(who, receipt, *current, *after));
                }
            }
        }
    }

    /// Leaves the table as it is.
    pub(super) fn end(&self) {
        if let Self::Table { rows, .. } = self {
            rows.iter().for_each(|row| row.bar.abandon());
        }
    }
}

impl Row {
    fn new(who: &Who, all: &MultiProgress) -> Self {
        let style =
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = all.add(ProgressBar::new_spinner().with_style(style));
        let head = format!("{} {}", column(&who.name, NAME_CHARS), column(&who.place, PLACE_CHARS));
        let row = Self { bar, head, state: "·".into(), written: 0, heard: 0 };
        row.draw();
        row
    }

    fn show(&mut self, what: &What) {
        match what {
            What::Wrote => self.written += 1,
            What::Heard { .. } => self.heard += 1,
            other => {
                if let Some(text) = line(other) {
                    self.state = text;
                }
            }
        }
        self.draw();
    }

    fn draw(&self) {
        let chat = match (self.written, self.heard) {
            (0, 0) => String::new(),
            (written, heard) => format!("  💬 {written}↑ {heard}↓"),
        };
        self.bar.set_message(format!("{} {}{chat}", self.head, self.state));
        self.bar.tick();
    }
}

fn line(what: &What) -> Option<String> {
    Some(match what {
        What::Pressed => show::SENDING.to_owned(),
        What::NotSent { retry_in_ms } => show::not_sent_yet(*retry_in_ms),
        What::Got { receipt, current: true, .. } => short(receipt),
        What::Got { .. } => return None,
        What::Wrote => "💬 ↑".to_owned(),
        What::Heard { from } => format!("💬 ↓ {from}"),
        What::Cancelled => "↩ BẤM NHẦM – HUỶ".to_owned(),
        What::Failed { why } => format!("⚠ {why}"),
    })
}

fn short(receipt: &Receipt) -> String {
    let at = show::clock(receipt.at_ms);
    let desk = receipt.desk_name.as_deref().unwrap_or_default();
    let by = receipt.by.as_deref().unwrap_or_default();
    match receipt.stage {
        Stage::Received => format!("✓ đã nhận {at}"),
        Stage::Recorded => format!("✓ đã nhận {at} – {desk}"),
        Stage::Rang => format!("🔔 đã reo {at} – {desk}"),
        Stage::Seen => format!("✓✓ {by} đã xem {at}"),
        Stage::Claimed => format!("👤 {by} đang xử lý"),
        Stage::Closed => "■ ca đã đóng".to_owned(),
    }
}

fn json(who: &Who, receipt: &Receipt, current: bool, after: Duration) -> String {
    let line = show::Line::of(receipt, current).json();
    let mut line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
    line["worker"] = who.name.as_str().into();
    line["place"] = who.place.as_str().into();
    line["after_ms"] = u64::try_from(after.as_millis()).unwrap_or(u64::MAX).into();
    line.to_string()
}

/// Cut or filled up to `width` characters.
fn column(text: &str, width: usize) -> String {
    let cut: String = text.chars().take(width).collect();
    let missing = width - cut.chars().count();
    cut + &" ".repeat(missing)
}
