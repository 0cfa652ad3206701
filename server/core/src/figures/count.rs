//! From the measures to the answer, in two passes over them and next to no memory of its own: there may be a million, and an
//! SOS needs the processor too.

use sos_protocol::figures::{
    AnswerTarget, DispositionFigure, DrillFigures, Escalations, Figures, KindFigure, Part, Span, Times,
};
use sos_protocol::{DeskId, Disposition, Seq, UnixMs};

use super::groups::{Countries, OfDesk, Reached, desk_figures, most_first};
use super::spread::Spread;
use super::{Counted, DEFAULT_TARGETS, Kept, Question};

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
    pub cases: &'a Kept,
    /// All desks that one of them names.
    pub desks: &'a [DeskOf],
    /// They stand for the ledger up to here.
    pub up_to: Seq,
}

/// A case or drill that fits the question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit<'a> {
    /// Its place among the measures.
    pub(super) place: usize,
    pub(super) case: &'a Counted,
    pub(super) day: usize,
    pub(super) hour: usize,
}

/// What fits, in order, drills among it.
pub(super) fn fitting<'a>(
    question: &'a Question,
    measures: Measures<'a>,
) -> impl Iterator<Item = Fit<'a>> + use<'a> {
    let wanted = &question.query;
    let place_of = |desk: &DeskId| measures.desks.iter().position(|of| of.desk_id == *desk);
    // A desk that no case names has none.
    let desk = question.desk.as_ref().map(|desk| place_of(desk).unwrap_or(usize::MAX));
    measures.cases.iter().enumerate().filter_map(move |(place, case)| {
        let fits = desk.is_none_or(|desk| usize::from(case.desk()) == desk)
            && (wanted.country.is_none() || wanted.country == case.country())
            && (wanted.kind.is_none() || wanted.kind == case.kind())
            && (wanted.disposition.is_none() || wanted.disposition == case.disposition());
        let (day, hour) = question.period.day_and_hour(case.opened_ms()).filter(|_| fits)?;
        Some(Fit { place, case, day, hour })
    })
}

/// The answer to `question` as of `now`.
#[must_use]
pub fn count(question: &Question, measures: Measures<'_>, now: UnixMs) -> Figures {
    let targets = targets_of(question.desk.as_ref(), measures.desks);
    let (mut tally, mut drills) = (Tally::new(question, &targets, measures.desks), Drills::default());
    for fit in fitting(question, measures) {
        if fit.case.is_drill() { drills.add(fit.case) } else { tally.add(fit) }
    }
    tally.turn();
    drills.claim.turn();
    for Fit { case, .. } in fitting(question, measures) {
        if case.is_drill() { drills.claim.keep(case.claim()) } else { tally.keep(case) }
    }
    tally.figures(drills, (measures.up_to, now))
}

/// How long it took to receive it, to ring, to claim it and to close it.
fn times(case: &Counted) -> [Option<i64>; 4] {
    [case.receive(), case.ring(), case.claim(), case.close()]
}

fn targets_of(desk: Option<&DeskId>, desks: &[DeskOf]) -> Vec<AnswerTarget> {
    let of = desk.and_then(|desk| desks.iter().find(|of| of.desk_id == *desk));
    of.map_or_else(|| DEFAULT_TARGETS.to_vec(), |of| of.targets.clone())
}

#[derive(Default)]
struct Drills {
    all: u32,
    claimed: u32,
    rang: u32,
    claim: Spread,
}

impl Drills {
    fn add(&mut self, drill: &Counted) {
        self.all += 1;
        self.claimed += u32::from(drill.claim().is_some());
        self.rang += u32::from(drill.ring().is_some());
        self.claim.add(drill.claim());
    }

    fn figures(self) -> DrillFigures {
        let part = |cases| Part { cases, over: self.all };
        DrillFigures { claimed: part(self.claimed), rang: part(self.rang), claim: self.claim.took() }
    }
}

/// How many cases are so.
#[derive(Default)]
struct Counts {
    cases: u32,
    closed: u32,
    on_time: u32,
    unseen: u32,
    unverified: u32,
    false_alarms: u32,
    transferred: u32,
    reopened: u32,
    escalated: u32,
    claimed_after: u32,
    /// By reach: targets, ministry, nobody, later.
    steps: [u32; 4],
}

impl Counts {
    fn add(&mut self, case: &Counted) {
        self.cases += 1;
        self.closed += u32::from(case.is_closed());
        self.on_time += u32::from(case.is_on_time());
        self.unseen += u32::from(!case.is_seen());
        self.unverified += u32::from(case.is_unverified());
        self.false_alarms += u32::from(case.disposition() == Some(Disposition::FalseAlarm));
        self.transferred += u32::from(case.is_transferred());
        self.reopened += u32::from(case.is_reopened());
        self.escalated += u32::from(case.is_escalated());
        self.claimed_after += u32::from(case.is_claimed_after());
        for (sum, steps) in self.steps.iter_mut().zip(case.steps()) {
            *sum += u32::from(steps);
        }
    }

    const fn part(&self, cases: u32) -> Part {
        Part { cases, over: self.cases }
    }

    fn escalations(&self) -> Escalations {
        let [reached_targets, reached_ministry, reached_nobody, _] = self.steps;
        Escalations {
            escalated: self.part(self.escalated),
            steps: self.steps.iter().sum(),
            reached_targets,
            reached_ministry,
            reached_nobody,
            claimed_after: self.claimed_after,
        }
    }
}

struct Tally<'a> {
    question: &'a Question,
    counts: Counts,
    targets: Reached<'a>,
    /// Also the parts of the period without cases.
    course: Vec<Span>,
    by_hour: Vec<u32>,
    by_weekday: Vec<u32>,
    by_kind: Vec<KindFigure>,
    by_disposition: Vec<DispositionFigure>,
    /// As [`times`] has them.
    times: [Spread; 4],
    /// At their places.
    desks: Vec<OfDesk<'a>>,
    countries: Countries,
}

impl<'a> Tally<'a> {
    fn new(question: &'a Question, targets: &'a [AnswerTarget], desks: &'a [DeskOf]) -> Self {
        let empty =
            |date: &jiff::civil::Date| Span { from: date.to_string(), opened: 0, closed: 0, on_time: 0 };
        Self {
            question,
            counts: Counts::default(),
            targets: Reached::new(targets),
            course: question.period.spans().iter().map(empty).collect(),
            by_hour: vec![0; 24],
            by_weekday: vec![0; 7],
            by_kind: vec![],
            by_disposition: vec![],
            times: Default::default(),
            desks: desks.iter().map(OfDesk::new).collect(),
            countries: Countries::default(),
        }
    }

    fn add(&mut self, Fit { case, day, hour, .. }: Fit<'_>) {
        let period = &self.question.period;
        self.counts.add(case);
        self.targets.add(case);
        if let Some(span) = self.course.get_mut(period.span_of(day)) {
            span.opened += 1;
            span.closed += u32::from(case.is_closed());
            span.on_time += u32::from(case.is_on_time());
        }
        if let Some(hour) = self.by_hour.get_mut(hour) {
            *hour += 1;
        }
        if let Some(weekday) = self.by_weekday.get_mut(period.weekday(day)) {
            *weekday += 1;
        }
        match self.by_kind.iter_mut().find(|figure| figure.kind == case.kind()) {
            Some(figure) => figure.cases += 1,
            None => self.by_kind.push(KindFigure { kind: case.kind(), cases: 1 }),
        }
        let disposition = case.disposition();
        match self.by_disposition.iter_mut().find(|figure| figure.disposition == disposition) {
            Some(figure) => figure.cases += 1,
            None => self.by_disposition.push(DispositionFigure { disposition, cases: 1 }),
        }
        self.times.iter_mut().zip(times(case)).for_each(|(spread, ms)| spread.add(ms));
        if let Some(desk) = self.desks.get_mut(usize::from(case.desk())) {
            desk.add(case);
        }
        self.countries.add(case);
    }

    fn turn(&mut self) {
        self.times.iter_mut().for_each(Spread::turn);
        self.desks.iter_mut().for_each(OfDesk::turn);
        self.countries.turn();
    }

    fn keep(&mut self, case: &Counted) {
        self.times.iter_mut().zip(times(case)).for_each(|(spread, ms)| spread.keep(ms));
        if let Some(desk) = self.desks.get_mut(usize::from(case.desk())) {
            desk.keep(case);
        }
        self.countries.keep(case);
    }

    /// Beside the `drills`, as of some place in the ledger and some time.
    fn figures(mut self, drills: Drills, (up_to_seq, at_ms): (Seq, UnixMs)) -> Figures {
        let (question, counts) = (self.question, &self.counts);
        let [receive, ring, claim, close] = self.times.map(Spread::took);
        most_first(&mut self.by_kind, |figure| (figure.cases, figure.kind.map(|it| format!("{it:?}"))));
        most_first(&mut self.by_disposition, |figure| {
            (figure.cases, figure.disposition.map(|it| format!("{it:?}")))
        });
        Figures {
            query: question.query.clone(),
            up_to_seq,
            at_ms,
            cases: counts.cases,
            drills_left_out: drills.all,
            open: counts.cases - counts.closed,
            spans: question.period.length(),
            on_time: counts.part(counts.on_time),
            unseen: counts.part(counts.unseen),
            unverified: counts.part(counts.unverified),
            false_alarms: Part { cases: counts.false_alarms, over: counts.closed },
            transferred: counts.part(counts.transferred),
            reopened: counts.part(counts.reopened),
            escalations: counts.escalations(),
            targets: self.targets.over(counts.cases),
            course: self.course,
            by_hour: self.by_hour,
            by_weekday: self.by_weekday,
            by_disposition: self.by_disposition,
            by_kind: self.by_kind,
            times: Times { receive, ring, claim, close },
            by_country: self.countries.figures(),
            by_desk: desk_figures(self.desks),
            readiness: drills.figures(),
        }
    }
}
