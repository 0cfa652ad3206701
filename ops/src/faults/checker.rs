//! Compares what phones and consoles were told with what is on record. It trusts neither.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use serde::Serialize;
use sos_protocol::{AlertId, CaseId};

use super::last_gasps::GONE;
use super::record::Record;
use super::timeline::Rings;
use crate::swarm::{AlertLog, ConsoleLog};

/// Alerts that are described where something is wrong, of each kind.
const EXAMPLES_MAX: usize = 3;

/// How many promises were broken, by kind. All of it must be zero, except `acked`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Verdict {
    /// Alerts whose phones were told that they are safe.
    pub(super) acked: u64,
    /// Acknowledged, and not on record as an alert and as an entry of the ledger.
    pub(super) lost: u64,
    /// In more than one case or entry; a phone that was told two cases; a worker with two open cases; a case that
    /// counts other presses than it has.
    pub(super) doubled: u64,
    /// Acknowledged, and no console rang for it or was shown its case.
    pub(super) unrung: u64,
    /// A phone heard that it is a case, and it is none, or another one.
    pub(super) told_too_much: u64,
    /// Pressed, and never acknowledged although everything works again.
    pub(super) unanswered: u64,
    /// On record, and its phone never heard of that.
    pub(super) untold: u64,
    /// On record, and no phone pressed it.
    pub(super) invented: u64,
    /// Things that the service put aside.
    pub(super) quarantined: u64,
    /// Numbers that are missing in the ledger.
    pub(super) gaps: u64,
    /// The hash chain does not hold.
    pub(super) broken_chain: u64,
    /// Steps of escalation that were taken more than once.
    pub(super) steps_twice: u64,
    /// Open cases that nobody was told of by escalation.
    pub(super) not_escalated: u64,
    /// Entries that a console heard in the wrong order or twice, and cases that went back to an older version.
    pub(super) out_of_order: u64,
    /// Entries that a console never heard and no snapshot covers; cases that it shows and are none, or the reverse.
    pub(super) consoles_differ: u64,
}

impl Verdict {
    /// Each kind with its number, without `acked`.
    pub(super) fn kinds(&self) -> [(&'static str, u64); 14] {
        [
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("unrung", self.unrung),
            ("told too much", self.told_too_much),
            ("unanswered", self.unanswered),
            ("untold", self.untold),
            ("invented", self.invented),
            ("quarantined", self.quarantined),
            ("gaps", self.gaps),
            ("broken chain", self.broken_chain),
            ("steps twice", self.steps_twice),
            ("not escalated", self.not_escalated),
            ("out of order", self.out_of_order),
            ("consoles differ", self.consoles_differ),
        ]
    }

    /// The promises that were broken, in words.
    pub(super) fn broken(&self) -> Vec<String> {
        let broken = self.kinds().into_iter().filter(|(_, count)| *count > 0);
        broken.map(|(kind, count)| format!("{kind}: {count}")).collect()
    }
}

/// Judges a run. Consoles had the time to hear everything up to the entry `head`.
pub(super) fn judge(phones: &[AlertLog], consoles: &[ConsoleLog], record: &Record, head: i64) -> Verdict {
    let acked: Vec<&AlertLog> = phones.iter().filter(|alert| alert.received_at.is_some()).collect();
    let count = |is: &dyn Fn(&AlertLog) -> bool| acked.iter().filter(|alert| is(alert)).count() as u64;
    let pressed: HashSet<AlertId> = phones.iter().map(|alert| alert.alert_id).collect();
    Verdict {
        acked: acked.len() as u64,
        lost: count(&|alert| is_lost(alert.alert_id, record)),
        doubled: doubled(phones, record),
        unrung: count(&|alert| !consoles.iter().any(|console| is_shown(alert.alert_id, console, record))),
        told_too_much: count(&|alert| was_told_too_much(alert, record)),
        unanswered: (phones.len() - acked.len()) as u64,
        untold: count(&|alert| alert.recorded_at.is_none()),
        invented: record.case_of_alert.keys().filter(|alert| !pressed.contains(alert)).count() as u64,
        quarantined: record.quarantined,
        gaps: record.gaps,
        broken_chain: u64::from(record.chain.is_some()),
        steps_twice: record.steps_twice,
        not_escalated: record.not_escalated,
        out_of_order: consoles.iter().map(disorder).sum(),
        consoles_differ: consoles.iter().map(|console| differences(console, record, head)).sum(),
    }
}

/// What some phones heard of alerts with which something is wrong, and of those that they had to ask for, for whoever
/// looks for the reason.
pub(super) fn examples(
    phones: &[AlertLog],
    consoles: &[ConsoleLog],
    record: &Record,
    asked: &[AlertId],
) -> Vec<String> {
    type Wrong<'a> = &'a dyn Fn(&AlertLog) -> bool;
    let acked = |alert: &AlertLog| alert.received_at.is_some();
    let unrung = |alert: &AlertLog| !consoles.iter().any(|console| is_shown(alert.alert_id, console, record));
    let kinds: [(&str, Wrong<'_>); 7] = [
        ("lost", &|alert| acked(alert) && is_lost(alert.alert_id, record)),
        ("doubled", &|alert| alert.case_ids.len() > 1),
        ("unrung", &|alert| acked(alert) && unrung(alert)),
        ("told too much", &|alert| was_told_too_much(alert, record)),
        ("unanswered", &|alert| !acked(alert)),
        ("untold", &|alert| acked(alert) && alert.recorded_at.is_none()),
        ("asked", &|alert| asked.contains(&alert.alert_id)),
    ];
    let of_kind = |(kind, is_wrong): (&'static str, Wrong<'_>)| -> Vec<String> {
        let some = phones.iter().filter(|alert| is_wrong(alert)).take(EXAMPLES_MAX);
        some.map(|alert| format!("{kind}: {}", story(alert, record))).collect()
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

fn story(alert: &AlertLog, record: &Record) -> String {
    let AlertLog { alert_id, phone, sends, refused, .. } = alert;
    let since = |at: Instant| format!("{:.1}", at.saturating_duration_since(alert.pressed_at).as_secs_f64());
    let stages = alert.stages.iter().map(|(stage, at)| format!("{stage:?} after {} s", since(*at)));
    let entries = record.entries_of_alert.get(alert_id).into_iter().flatten().map(|entry| entry.seq);
    let phone =
        if *phone == GONE { "a phone that was gone then".to_owned() } else { format!("phone {phone}") };
    format!(
        "alert {alert_id} of {phone}: sent {sends} times, refused {refused} times, heard {:?}; entries {:?}",
        stages.collect::<Vec<_>>(),
        entries.collect::<Vec<_>>()
    )
}

/// When each alert first rang anywhere.
pub(super) fn rings(consoles: &[ConsoleLog]) -> Rings {
    let mut rings = Rings::new();
    for (alert, at) in consoles.iter().flat_map(|console| &console.rung) {
        rings.entry(*alert).and_modify(|first| *first = (*first).min(*at)).or_insert(*at);
    }
    rings
}

fn is_lost(alert: AlertId, record: &Record) -> bool {
    !record.case_of_alert.contains_key(&alert) || !record.entries_of_alert.contains_key(&alert)
}

fn doubled(phones: &[AlertLog], record: &Record) -> u64 {
    let entries = record.entries_of_alert.iter();
    let twice = entries.filter(|(alert, entries)| {
        entries.len() > 1 || record.case_of_alert.get(alert).is_some_and(|case| *case != entries[0].case_id)
    });
    let told_two = phones.iter().filter(|alert| alert.case_ids.len() > 1).count() as u64;
    twice.count() as u64 + told_two + record.subjects_with_two_open_cases() + miscounted(record)
}

/// Cases whose number of presses is not that of their alerts.
fn miscounted(record: &Record) -> u64 {
    let mut presses: HashMap<CaseId, i64> = HashMap::new();
    for case in record.case_of_alert.values() {
        *presses.entry(*case).or_default() += 1;
    }
    record.cases.iter().filter(|(id, case)| presses.get(id) != Some(&case.presses)).count() as u64
}

fn was_told_too_much(alert: &AlertLog, record: &Record) -> bool {
    let on_record = record.case_of_alert.get(&alert.alert_id);
    let of_another_case = alert.case_ids.iter().any(|told| on_record != Some(told));
    alert.recorded_at.is_some() && on_record.is_none() || of_another_case
}

/// It rang, or a snapshot that holds its entry brought its case.
fn is_shown(alert: AlertId, console: &ConsoleLog, record: &Record) -> bool {
    let in_snapshot = || {
        let entries = record.entries_of_alert.get(&alert).into_iter().flatten();
        let last = console.snapshot_seqs.last().copied().unwrap_or_default();
        entries.into_iter().any(|entry| entry.seq <= last && console.cases.contains(&entry.case_id))
    };
    console.rung.contains_key(&alert) || in_snapshot()
}

/// A console that asked for what it missed may hear again what was on its way already.
fn disorder(console: &ConsoleLog) -> u64 {
    let repeated = if console.resumes == 0 { console.repeated } else { 0 };
    (console.out_of_order + repeated + console.versions_back) as u64
}

/// Duty officers see everything, so a console must have it all.
fn differences(console: &ConsoleLog, record: &Record, head: i64) -> u64 {
    let heard: HashSet<i64> = console.seqs.iter().copied().collect();
    let snapshot = console.snapshot_seqs.iter().copied().max().unwrap_or_default();
    let unheard = (snapshot + 1..=head).filter(|seq| !heard.contains(seq)).count();
    let invented = console.cases.iter().filter(|case| !record.cases.contains_key(case)).count();
    let open = record.cases.iter().filter(|(_, case)| case.open);
    let missing = open.filter(|(id, _)| !console.cases.contains(id)).count();
    (unheard + invented + missing) as u64
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Story, ms};
    use super::*;

    fn verdict(change: impl FnOnce(&mut Story)) -> Verdict {
        let mut story = Story::of_two_presses();
        change(&mut story);
        judge(&story.phones, &story.consoles, &story.record, story.head)
    }

    #[test]
    fn a_run_in_which_all_went_well_breaks_nothing() {
        let verdict = verdict(|_| {});
        assert_eq!(verdict, Verdict { acked: 2, ..Verdict::default() });
        assert!(verdict.broken().is_empty());
    }

    #[test]
    fn an_acknowledged_alert_without_a_row_or_an_entry_is_lost() {
        let row = verdict(|story| {
            story.record.case_of_alert.remove(&story.second);
        });
        assert_eq!(row.lost, 1);
        let entry = verdict(|story| {
            story.record.entries_of_alert.remove(&story.second);
        });
        assert_eq!(entry.lost, 1);
    }

    #[test]
    fn one_that_was_never_acknowledged_is_unanswered_and_not_lost() {
        let verdict = verdict(|story| {
            story.record.case_of_alert.remove(&story.second);
            story.record.entries_of_alert.remove(&story.second);
            story.phones[1].received_at = None;
        });
        assert_eq!((verdict.lost, verdict.unanswered, verdict.acked), (0, 1, 1));
    }

    #[test]
    fn two_entries_two_cases_and_two_open_cases_are_doubled() {
        let entries = verdict(|story| {
            let entry = story.record.entries_of_alert[&story.first][0];
            story.record.entries_of_alert.get_mut(&story.first).unwrap().push(entry);
        });
        assert_eq!(entries.doubled, 1);
        let told = verdict(|story| story.phones[0].case_ids.push(story.other_case));
        assert_eq!(told.doubled, 1);
        let open = verdict(|story| {
            let case = story.record.cases[&story.case].clone();
            story.record.cases.insert(story.other_case, case);
        });
        assert!(open.doubled >= 1);
        let elsewhere = verdict(|story| {
            story.record.case_of_alert.insert(story.first, story.other_case);
        });
        assert!(elsewhere.doubled >= 1);
        let counted = verdict(|story| story.record.cases.get_mut(&story.case).unwrap().presses = 3);
        assert_eq!(counted.doubled, 1);
    }

    #[test]
    fn an_alert_that_no_console_was_shown_is_unrung() {
        let nowhere = verdict(|story| {
            story.consoles[0].rung.remove(&story.first);
        });
        assert_eq!(nowhere.unrung, 1);
        let in_a_snapshot = verdict(|story| {
            story.consoles[0].rung.remove(&story.first);
            story.consoles[0].snapshot_seqs.push(1);
        });
        assert_eq!(in_a_snapshot.unrung, 0);
        let after_the_snapshot = verdict(|story| {
            story.consoles[0].rung.remove(&story.second);
            story.consoles[0].snapshot_seqs.push(1);
        });
        assert_eq!(after_the_snapshot.unrung, 1);
    }

    #[test]
    fn a_phone_that_hears_of_a_case_that_is_not_there_was_told_too_much() {
        let none = verdict(|story| {
            story.record.case_of_alert.remove(&story.first);
        });
        assert_eq!(none.told_too_much, 1);
        let another = verdict(|story| story.phones[0].case_ids = vec![story.other_case]);
        assert_eq!(another.told_too_much, 1);
    }

    #[test]
    fn a_phone_that_never_hears_of_its_case_is_untold() {
        assert_eq!(verdict(|story| story.phones[0].recorded_at = None).untold, 1);
    }

    #[test]
    fn an_alert_that_nobody_pressed_is_invented() {
        assert_eq!(verdict(|story| drop(story.phones.pop())).invented, 1);
    }

    #[test]
    fn what_the_database_says_of_itself_counts() {
        let verdict = verdict(|story| {
            story.record.gaps = 2;
            story.record.quarantined = 3;
            (story.record.steps_twice, story.record.not_escalated) = (4, 5);
            story.record.chain = Some("broken at entry 7".into());
        });
        assert_eq!((verdict.gaps, verdict.quarantined, verdict.broken_chain), (2, 3, 1));
        assert_eq!((verdict.steps_twice, verdict.not_escalated), (4, 5));
        assert_eq!(verdict.broken().len(), 5);
    }

    #[test]
    fn consoles_must_hear_everything_once_and_in_order() {
        let disorder = verdict(|story| {
            let console = &mut story.consoles[0];
            (console.out_of_order, console.repeated, console.versions_back) = (1, 2, 4);
        });
        assert_eq!(disorder.out_of_order, 7);
        let asked_again = verdict(|story| {
            let console = &mut story.consoles[0];
            (console.repeated, console.resumes) = (2, 1);
        });
        assert_eq!(asked_again.out_of_order, 0);
        let unheard = verdict(|story| {
            story.consoles[0].seqs.pop();
        });
        assert_eq!(unheard.consoles_differ, 1);
        let missing = verdict(|story| story.consoles[0].cases.clear());
        assert_eq!(missing.consoles_differ, 1);
        let invented = verdict(|story| {
            story.consoles[0].cases.insert(story.other_case);
        });
        assert_eq!(invented.consoles_differ, 1);
    }

    #[test]
    fn the_first_console_that_rings_counts() {
        let mut story = Story::of_two_presses();
        let at = story.consoles[0].rung[&story.first];
        let mut earlier = story.consoles[0].clone();
        earlier.rung.insert(story.first, at - ms(5));
        story.consoles.push(earlier);
        assert_eq!(rings(&story.consoles)[&story.first], at - ms(5));
    }
}
