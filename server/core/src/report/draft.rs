//! The part of a report that nobody writes: which entries of the ledger it tells of, and how long the answer took. The
//! words for them are found where they are shown.

use sos_protocol::case::TimelineEntry;
use sos_protocol::limits::REPORT_LINES_MAX;
use sos_protocol::report::{DraftedPart, ReportTimes};
use sos_protocol::{Actor, CaseEvent, UnixMs};

/// A line of the drafted part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// What it belongs to.
    pub part: DraftedPart,
    /// The entry that it tells of.
    pub entry: &'a TimelineEntry,
}

/// The lines of a case in the order of the ledger, and how many of the middle are left out because there are more than
/// [`REPORT_LINES_MAX`].
#[must_use]
pub fn draft(timeline: &[TimelineEntry]) -> (Vec<Line<'_>>, usize) {
    let first = |kind: &str| timeline.iter().position(|entry| entry.event.kind() == kind);
    let last = |kind: &str| timeline.iter().rposition(|entry| entry.event.kind() == kind);
    let (rang, seen, closed) = (first("rang"), first("seen"), last("closed"));
    let mut lines = vec![];
    for (n, entry) in timeline.iter().enumerate() {
        let is_of_note = match entry.event {
            CaseEvent::Rang { .. } => Some(n) == rang,
            CaseEvent::Seen { .. } => Some(n) == seen,
            _ => true,
        };
        if !is_of_note {
            continue;
        }
        let mut add = |part| lines.push(Line { part, entry });
        part_of(entry).into_iter().for_each(&mut add);
        if has_position(&entry.event) {
            add(DraftedPart::Position);
        }
        if Some(n) == closed {
            add(DraftedPart::Disposition);
        }
    }
    shortened(lines)
}

fn shortened(mut lines: Vec<Line<'_>>) -> (Vec<Line<'_>>, usize) {
    let left_out = lines.len().saturating_sub(REPORT_LINES_MAX);
    if left_out > 0 {
        let from = REPORT_LINES_MAX / 2;
        lines.drain(from..from + left_out);
    }
    (lines, left_out)
}

fn has_position(event: &CaseEvent) -> bool {
    match event {
        CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. } => alert.position.is_some(),
        _ => false,
    }
}

/// None: a report says nothing of it.
fn part_of(entry: &TimelineEntry) -> Option<DraftedPart> {
    match (&entry.event, &entry.actor) {
        (CaseEvent::Message { .. }, Actor::Staff { .. })
        | (
            CaseEvent::Note { .. }
            | CaseEvent::Answered { .. }
            | CaseEvent::FixAsked {}
            | CaseEvent::Linked { .. },
            _,
        ) => Some(DraftedPart::Done),
        (
            CaseEvent::Opened { .. }
            | CaseEvent::PressedAgain { .. }
            | CaseEvent::Cancelled { .. }
            | CaseEvent::Duress { .. }
            | CaseEvent::Attachment { .. }
            | CaseEvent::Rang { .. }
            | CaseEvent::Seen { .. }
            | CaseEvent::Claimed {}
            | CaseEvent::Released { .. }
            | CaseEvent::Assigned { .. }
            | CaseEvent::Offered { .. }
            | CaseEvent::Declined { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Shared { .. }
            | CaseEvent::Transferred { .. }
            | CaseEvent::Closed { .. }
            | CaseEvent::Reopened { .. }
            | CaseEvent::Message { .. }
            | CaseEvent::Prioritised { .. }
            | CaseEvent::Raised { .. }
            | CaseEvent::Escalated { .. },
            _,
        ) => Some(DraftedPart::Course),
        (
            CaseEvent::Delivered { .. }
            | CaseEvent::Tagged { .. }
            | CaseEvent::Unlinked { .. }
            | of_review!(),
            _,
        ) => None,
    }
}

/// How long the answer took, in a case that was to be claimed by `claim_due`. Nothing is shorter than nothing: another
/// node's clock may be behind.
#[must_use]
pub fn times(timeline: &[TimelineEntry], claim_due: UnixMs) -> ReportTimes {
    let opened = timeline.iter().find_map(|entry| match &entry.event {
        CaseEvent::Opened { alert, received_at_ms, .. } => Some((alert, *received_at_ms)),
        _ => None,
    });
    let Some((alert, received)) = opened else { return ReportTimes::default() };
    let first = |kind: &str| timeline.iter().find(|entry| entry.event.kind() == kind);
    let last = |kind: &str| timeline.iter().rfind(|entry| entry.event.kind() == kind);
    let since = |entry: Option<&TimelineEntry>| entry.map(|entry| entry.at_ms.since_ms(received).max(0));
    let claimed = first("claimed");
    ReportTimes {
        receive_ms: alert.waited_ms,
        ring_ms: since(first("rang")),
        claim_ms: since(claimed),
        close_ms: since(last("closed")),
        claim_target_ms: claim_due.since_ms(received).max(0),
        claimed_in_time: claimed.is_some_and(|entry| entry.at_ms <= claim_due),
    }
}
