//! From the measures to the answer.

use std::cmp::Reverse;

use sos_protocol::figures::{
    AnswerTarget, CountryFigure, DeskFigure, DispositionFigure, DrillFigures, Escalations, Figures,
    KindFigure, Part, Span, TargetFigure, Times, Took,
};
use sos_protocol::{DeskId, Disposition, Seq, UnixMs};

use super::took::{number, took};
use super::{Counted, DEFAULT_TARGETS, Period, Question};

/// A desk beside the measures, which name it by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskOf {
    /// Which.
    pub desk_id: DeskId,
    /// Name to show.
    pub name: String,
    /// What it is to reach.
    pub targets: Vec<AnswerTarget>,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Measures<'a> {
    /// All cases.
    pub cases: &'a [Counted],
    /// All desks that one of them names.
    pub desks: &'a [DeskOf],
    /// They stand for the ledger up to here.
    pub up_to: Seq,
}

/// A case that fits the question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Its place among the measures.
    pub(super) place: usize,
    day: u16,
    hour: u8,
}

/// The cases and the drills that fit.
pub(super) fn fitting(question: &Question, measures: Measures<'_>) -> (Vec<Fit>, Vec<Fit>) {
    let wanted = &question.query;
    let place_of = |desk: &DeskId| measures.desks.iter().position(|of| of.desk_id == *desk);
    // A desk that no case names has none.
    let desk = question.desk.as_ref().map(|desk| place_of(desk).unwrap_or(usize::MAX));
    let (mut cases, mut drills) = (vec![], vec![]);
    for (place, case) in measures.cases.iter().enumerate() {
        let fits = desk.is_none_or(|desk| usize::from(case.desk()) == desk)
            && (wanted.country.is_none() || wanted.country == case.country())
            && (wanted.kind.is_none() || wanted.kind == case.kind())
            && (wanted.disposition.is_none() || wanted.disposition == case.disposition());
        let Some((day, hour)) = question.period.day_and_hour(case.opened_ms()).filter(|_| fits) else {
            continue;
        };
        let fit = Fit {
            place,
            day: u16::try_from(day).unwrap_or(u16::MAX),
            hour: u8::try_from(hour).unwrap_or(u8::MAX),
        };
        if case.is_drill() { drills.push(fit) } else { cases.push(fit) }
    }
    (cases, drills)
}

/// The answer to `question` as of `now`.
#[must_use]
pub fn count(question: &Question, measures: Measures<'_>, now: UnixMs) -> Figures {
    let (fits, drills) = fitting(question, measures);
    let mut counting = Counting { measures, room: Vec::with_capacity(fits.len()) };
    let all: Vec<&Counted> = fits.iter().map(|fit| &measures.cases[fit.place]).collect();
    let part = |is_so: fn(&Counted) -> bool| counting_part(&all, is_so);
    let closed = number(all.iter().filter(|case| case.is_closed()).count());
    let (by_hour, by_weekday) = on_the_clock(&question.period, &fits);
    Figures {
        query: question.query.clone(),
        up_to_seq: measures.up_to,
        at_ms: now,
        cases: number(fits.len()),
        drills_left_out: number(drills.len()),
        open: number(all.len()) - closed,
        spans: question.period.length(),
        course: course(&question.period, measures.cases, &fits),
        targets: reached(&targets_of(question.desk.as_ref(), measures.desks), &all),
        on_time: part(Counted::is_on_time),
        unseen: part(|case| !case.is_seen()),
        unverified: part(Counted::is_unverified),
        false_alarms: Part { over: closed, ..part(is_false_alarm) },
        transferred: part(Counted::is_transferred),
        reopened: part(Counted::is_reopened),
        escalations: escalations(&all),
        by_hour,
        by_weekday,
        by_disposition: by_disposition(&all),
        by_kind: by_kind(&all),
        times: counting.times(&all),
        by_country: counting.by_country(&all),
        by_desk: counting.by_desk(all),
        readiness: counting.readiness(&drills),
    }
}

fn is_false_alarm(case: &Counted) -> bool {
    case.disposition() == Some(Disposition::FalseAlarm)
}

fn counting_part(cases: &[&Counted], is_so: impl Fn(&Counted) -> bool) -> Part {
    Part { cases: number(cases.iter().filter(|case| is_so(case)).count()), over: number(cases.len()) }
}

fn targets_of(desk: Option<&DeskId>, desks: &[DeskOf]) -> Vec<AnswerTarget> {
    let of = desk.and_then(|desk| desks.iter().find(|of| of.desk_id == *desk));
    of.map_or_else(|| DEFAULT_TARGETS.to_vec(), |of| of.targets.clone())
}

fn reached(targets: &[AnswerTarget], cases: &[&Counted]) -> Vec<TargetFigure> {
    let figure = |target: &AnswerTarget| {
        let within = i64::from(target.within_s) * 1000;
        let in_time = |case: &Counted| case.claim().is_some_and(|ms| ms <= within);
        TargetFigure {
            within_s: target.within_s,
            wanted_pct: target.wanted_pct,
            reached: counting_part(cases, in_time),
        }
    };
    targets.iter().map(figure).collect()
}

/// Also the parts without cases.
fn course(period: &Period, cases: &[Counted], fits: &[Fit]) -> Vec<Span> {
    let empty = |date: &jiff::civil::Date| Span { from: date.to_string(), opened: 0, closed: 0, on_time: 0 };
    let mut spans: Vec<Span> = period.spans().iter().map(empty).collect();
    for fit in fits {
        let Some(span) = spans.get_mut(period.span_of(usize::from(fit.day))) else { continue };
        let case = &cases[fit.place];
        span.opened += 1;
        span.closed += u32::from(case.is_closed());
        span.on_time += u32::from(case.is_on_time());
    }
    spans
}

fn on_the_clock(period: &Period, fits: &[Fit]) -> (Vec<u32>, Vec<u32>) {
    let (mut hours, mut weekdays) = (vec![0; 24], vec![0; 7]);
    for fit in fits {
        if let Some(hour) = hours.get_mut(usize::from(fit.hour)) {
            *hour += 1;
        }
        if let Some(weekday) = weekdays.get_mut(period.weekday(usize::from(fit.day))) {
            *weekday += 1;
        }
    }
    (hours, weekdays)
}

fn escalations(cases: &[&Counted]) -> Escalations {
    let mut sum = Escalations {
        escalated: counting_part(cases, Counted::is_escalated),
        claimed_after: counting_part(cases, Counted::is_claimed_after).cases,
        ..Escalations::default()
    };
    for case in cases {
        let [targets, ministry, nobody, later] = case.steps().map(u32::from);
        sum.steps += targets + ministry + nobody + later;
        sum.reached_targets += targets;
        sum.reached_ministry += ministry;
        sum.reached_nobody += nobody;
    }
    sum
}

/// The most cases first, of as many the one whose name comes first; what has no name last.
fn most_first<T>(figures: &mut [T], key: impl Fn(&T) -> (u32, Option<String>)) {
    figures.sort_by_cached_key(|figure| {
        let (cases, name) = key(figure);
        (Reverse(cases), name.is_none(), name)
    });
}

fn by_disposition(cases: &[&Counted]) -> Vec<DispositionFigure> {
    let mut counts: Vec<DispositionFigure> = vec![];
    for case in cases {
        let disposition = case.disposition();
        match counts.iter_mut().find(|figure| figure.disposition == disposition) {
            Some(figure) => figure.cases += 1,
            None => counts.push(DispositionFigure { disposition, cases: 1 }),
        }
    }
    most_first(&mut counts, |figure| (figure.cases, figure.disposition.map(|it| format!("{it:?}"))));
    counts
}

fn by_kind(cases: &[&Counted]) -> Vec<KindFigure> {
    let mut counts: Vec<KindFigure> = vec![];
    for case in cases {
        let kind = case.kind();
        match counts.iter_mut().find(|figure| figure.kind == kind) {
            Some(figure) => figure.cases += 1,
            None => counts.push(KindFigure { kind, cases: 1 }),
        }
    }
    most_first(&mut counts, |figure| (figure.cases, figure.kind.map(|it| format!("{it:?}"))));
    counts
}

fn letters(case: &Counted) -> Option<[u8; 2]> {
    case.country().and_then(|iso| iso.as_str().as_bytes().try_into().ok())
}

/// What times are gathered with, one figure after the other in the same room.
struct Counting<'a> {
    measures: Measures<'a>,
    room: Vec<i64>,
}

impl Counting<'_> {
    fn took(&mut self, cases: &[&Counted], time: fn(&Counted) -> Option<i64>) -> Took {
        took(cases.iter().map(|case| time(case)), &mut self.room)
    }

    fn times(&mut self, cases: &[&Counted]) -> Times {
        Times {
            receive: self.took(cases, Counted::receive),
            ring: self.took(cases, Counted::ring),
            claim: self.took(cases, Counted::claim),
            close: self.took(cases, Counted::close),
        }
    }

    fn by_country(&mut self, cases: &[&Counted]) -> Vec<CountryFigure> {
        let mut sorted: Vec<&Counted> = cases.to_vec();
        sorted.sort_unstable_by_key(|case| letters(case));
        let groups = sorted.chunk_by(|a, b| a.country() == b.country());
        let mut figures: Vec<CountryFigure> = groups
            .map(|group| CountryFigure {
                country: group.first().and_then(|case| case.country()),
                cases: number(group.len()),
                claim: self.took(group, Counted::claim),
            })
            .collect();
        most_first(&mut figures, |figure| (figure.cases, figure.country.map(|iso| iso.to_string())));
        figures
    }

    fn by_desk(&mut self, mut cases: Vec<&Counted>) -> Vec<DeskFigure> {
        cases.sort_unstable_by_key(|case| case.desk());
        let groups = cases.chunk_by(|a, b| a.desk() == b.desk());
        let mut figures: Vec<DeskFigure> =
            groups.filter_map(|group| self.of_desk(usize::from(group.first()?.desk()), group)).collect();
        most_first(&mut figures, |figure| (figure.cases, Some(figure.desk_id.to_string())));
        figures
    }

    fn of_desk(&mut self, place: usize, cases: &[&Counted]) -> Option<DeskFigure> {
        let desk = self.measures.desks.get(place)?;
        Some(DeskFigure {
            desk_id: desk.desk_id.clone(),
            name: desk.name.clone(),
            cases: number(cases.len()),
            claim: self.took(cases, Counted::claim),
            close: self.took(cases, Counted::close),
            on_time: counting_part(cases, Counted::is_on_time),
            escalated: counting_part(cases, Counted::is_escalated),
            targets: reached(&desk.targets, cases),
        })
    }

    fn readiness(&mut self, drills: &[Fit]) -> DrillFigures {
        let drills: Vec<&Counted> = drills.iter().map(|fit| &self.measures.cases[fit.place]).collect();
        DrillFigures {
            claimed: counting_part(&drills, |drill| drill.claim().is_some()),
            rang: counting_part(&drills, |drill| drill.ring().is_some()),
            claim: self.took(&drills, Counted::claim),
        }
    }
}
