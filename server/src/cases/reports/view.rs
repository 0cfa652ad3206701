//! A report as it is shown, made from the ledger of its case.

use sos_core::access::Officer;
use sos_core::recording::CaseRecord;
use sos_core::report::{self, KINDS, Report, ReportRecord};
use sos_protocol::case::TimelineEntry;
use sos_protocol::report::{
    Drafted, DraftedLine, MeasureView, ReportLanguage, ReportQuestion, ReportStep, ReportView,
};
use sos_protocol::{Actor, StaffId, UnixMs};

use super::words::Words;
use super::{Desks, Names, today};

/// What a report is shown from, and to whom.
pub(super) struct Seen<'a> {
    pub(super) case: &'a CaseRecord,
    pub(super) timeline: &'a [TimelineEntry],
    pub(super) officer: &'a Officer,
    pub(super) now: UnixMs,
}

pub(super) fn report(seen: &Seen<'_>, desks: &Desks, language: ReportLanguage) -> ReportView {
    let case = seen.case;
    let entries: Vec<_> =
        seen.timeline.iter().map(|entry| (entry.event.clone(), staff(&entry.actor), entry.at_ms)).collect();
    let report = Report::of(case.drill, entries.iter().map(|(event, by, at)| (event, *by, *at)));
    let required = ReportRecord::required(case, &entries);
    let due_ms = report.due(!required.is_empty());
    let names = names(seen.timeline);
    ReportView {
        case_id: case.case_id,
        case_no: case.number(),
        desk_id: case.desk_id.clone(),
        state: report.state,
        version: report.version,
        due_ms,
        overdue: due_ms.is_some_and(|due| due < seen.now),
        required,
        drafted: drafted(seen, desks, language),
        cause: report.written.cause.clone(),
        done: report.written.done.clone(),
        lessons: report.written.lessons.clone(),
        measures: measures(&report, &names, today(&desks.zone(&case.desk_id), seen.now)),
        questions: questions(&report, &names),
        steps: steps(case.drill, seen.timeline),
        may: report.may(seen.officer, case.desks()),
    }
}

fn drafted(seen: &Seen<'_>, desks: &Desks, language: ReportLanguage) -> Drafted {
    let zone = desks.zone(&seen.case.desk_id);
    let words = Words { language, zone: &zone, desks };
    let (lines, left_out) = report::draft(seen.timeline);
    let line = |line: &report::Line<'_>| DraftedLine {
        part: line.part,
        kind: line.entry.event.kind().to_owned(),
        seq: line.entry.seq,
        at_ms: line.entry.at_ms,
        at: words.moment(line.entry.at_ms),
        text: words.line(line),
    };
    let times = report::times(seen.timeline, seen.case.claim_due_ms);
    Drafted {
        language,
        time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        lines: lines.iter().map(line).collect(),
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        times_said: words.times(&times),
        times,
        up_to_seq: seen.timeline.last().map_or(sos_protocol::Seq(0), |entry| entry.seq),
    }
}

fn measures(report: &Report, names: &Names, today: jiff::civil::Date) -> Vec<MeasureView> {
    let words = |id| report.written.measures.iter().find(|words| words.measure_id == id);
    let view = |measure: &report::Measure| {
        let said = words(measure.plan.measure_id);
        let is_over = report::day(&measure.plan.due).is_some_and(|due| due < today);
        MeasureView {
            text: said.map_or(String::new(), |words| words.text.clone()),
            owner: said.map_or(String::new(), |words| words.owner.clone()),
            done_at_ms: measure.done.map(|(at, _)| at),
            done_by: measure.done.and_then(|(_, by)| names.get(&by?).cloned()),
            overdue: is_over && measure.done.is_none(),
            plan: measure.plan.clone(),
        }
    };
    report.measures.iter().map(view).collect()
}

fn questions(report: &Report, names: &Names) -> Vec<ReportQuestion> {
    let numbered = (1..).zip(&report.questions);
    let view = |(question, asked): (u32, &report::Asked)| ReportQuestion {
        question,
        round: asked.round,
        at_ms: asked.at,
        by: asked.by.and_then(|by| names.get(&by).cloned()).unwrap_or_default(),
        text: asked.text.clone(),
        answer: report.answer(question).to_owned(),
    };
    numbered.map(view).collect()
}

/// The life of the report, the oldest step first.
pub(super) fn steps(drill: bool, timeline: &[TimelineEntry]) -> Vec<ReportStep> {
    let (mut report, mut steps) = (Report::new(drill), vec![]);
    for entry in timeline.iter().filter(|entry| KINDS.contains(&entry.event.kind())) {
        let before = report.version;
        report.apply(&entry.event, staff(&entry.actor), entry.at_ms);
        if report.version == before {
            continue;
        }
        let by = match &entry.actor {
            Actor::Staff { name, .. } => Some(name.clone()),
            Actor::Worker {} | Actor::Service {} => None,
        };
        steps.push(ReportStep {
            seq: entry.seq,
            did: entry.event.kind().to_owned(),
            by,
            at_ms: entry.at_ms,
            version: report.version,
        });
    }
    steps
}

fn names(timeline: &[TimelineEntry]) -> Names {
    let of_staff = |entry: &TimelineEntry| match &entry.actor {
        Actor::Staff { staff_id, name } => Some((*staff_id, name.clone())),
        Actor::Worker {} | Actor::Service {} => None,
    };
    timeline.iter().filter_map(of_staff).collect()
}

const fn staff(actor: &Actor) -> Option<StaffId> {
    match actor {
        Actor::Staff { staff_id, .. } => Some(*staff_id),
        Actor::Worker {} | Actor::Service {} => None,
    }
}
