//! The cases behind a figure.

use std::cmp::Reverse;

use sos_protocol::figures::{FigureCasesQuery, FigureGroup, FigureOf};
use sos_protocol::{CountryCode, Disposition, EmergencyKind};

use super::count::{DeskOf, Fit, Measures, fitting};
use super::{ANSWER_WITHIN_S, BadQuery, Counted, Question};

/// Which of the cases that fit a question are behind a figure of its answer.
#[derive(Debug, Clone)]
pub struct Behind {
    of: FigureOf,
    group: Option<FigureGroup>,
    within_ms: i64,
    drills: bool,
}

impl Behind {
    /// What `wanted` asks for of `question`, which is made of its query.
    ///
    /// # Errors
    /// Which field of it makes no sense.
    pub fn of(wanted: &FigureCasesQuery, question: &Question) -> Result<Self, BadQuery> {
        let &FigureCasesQuery { of, within_s, drills, ref group, .. } = wanted;
        let needs_s = matches!(of, FigureOf::Within | FigureOf::NotWithin);
        if needs_s != within_s.is_some() || within_s.is_some_and(|s| !ANSWER_WITHIN_S.contains(&s)) {
            return Err(BadQuery { field: "within_s", why: "1 to 3600, and just with a target" });
        }
        let is_known = match group {
            Some(FigureGroup::Span { from }) => span_at(question, from).is_some(),
            Some(FigureGroup::Hour { hour }) => *hour < 24,
            Some(FigureGroup::Weekday { weekday }) => *weekday < 7,
            _ => true,
        };
        if !is_known {
            return Err(BadQuery { field: "group", why: "no line of these figures" });
        }
        let within_ms = i64::from(within_s.unwrap_or(0)) * 1_000;
        Ok(Self { of, group: group.clone(), within_ms, drills })
    }

    /// The places of the cases, the latest first, at most `limit`; and how many there are.
    #[must_use]
    pub fn places(&self, question: &Question, measures: Measures<'_>, limit: usize) -> (Vec<usize>, usize) {
        let line = self.group.as_ref().map(|group| Line::of(group, question, measures.desks));
        let fits = |fit: &Fit<'_>| {
            fit.case.is_drill() == self.drills
                && line.as_ref().is_none_or(|line| line.has(fit, question))
                && self.has(fit.case)
        };
        let mut places: Vec<usize> = fitting(question, measures).filter(fits).map(|fit| fit.place).collect();
        let all = places.len();
        let latest = |place: &usize| Reverse((measures.cases.get(*place).map(Counted::opened_ms), *place));
        if all > limit {
            places.select_nth_unstable_by_key(limit, latest);
            places.truncate(limit);
        }
        places.sort_unstable_by_key(latest);
        (places, all)
    }

    fn has(&self, case: &Counted) -> bool {
        let is_within = || case.claim().is_some_and(|ms| ms <= self.within_ms);
        let [targets, ministry, nobody, _] = case.steps();
        match self.of {
            FigureOf::Cases => true,
            FigureOf::Open => !case.is_closed(),
            FigureOf::Closed => case.is_closed(),
            FigureOf::OnTime => case.is_on_time(),
            FigureOf::NotOnTime => !case.is_on_time(),
            FigureOf::Within => is_within(),
            FigureOf::NotWithin => !is_within(),
            FigureOf::Received => case.receive().is_some(),
            FigureOf::NotReceived => case.receive().is_none(),
            FigureOf::Rang => case.ring().is_some(),
            FigureOf::NotRung => case.ring().is_none(),
            FigureOf::Claimed => case.claim().is_some(),
            FigureOf::NotClaimed => case.claim().is_none(),
            FigureOf::Unseen => !case.is_seen(),
            FigureOf::Unverified => case.is_unverified(),
            FigureOf::FalseAlarms => case.disposition() == Some(Disposition::FalseAlarm),
            FigureOf::Escalated => case.is_escalated(),
            FigureOf::ReachedTargets => targets > 0,
            FigureOf::ReachedMinistry => ministry > 0,
            FigureOf::ReachedNobody => nobody > 0,
            FigureOf::ClaimedAfter => case.is_claimed_after(),
            FigureOf::Transferred => case.is_transferred(),
            FigureOf::Reopened => case.is_reopened(),
        }
    }
}

/// A [`FigureGroup`] as the measures name it.
enum Line {
    Span(usize),
    Hour(usize),
    Weekday(usize),
    Country(Option<CountryCode>),
    Desk(usize),
    Kind(Option<EmergencyKind>),
    Disposition(Option<Disposition>),
}

impl Line {
    fn of(group: &FigureGroup, question: &Question, desks: &[DeskOf]) -> Self {
        // What is nowhere has no case.
        let place = |place: Option<usize>| place.unwrap_or(usize::MAX);
        match group {
            FigureGroup::Span { from } => Self::Span(place(span_at(question, from))),
            FigureGroup::Hour { hour } => Self::Hour(usize::from(*hour)),
            FigureGroup::Weekday { weekday } => Self::Weekday(usize::from(*weekday)),
            FigureGroup::Country { country } => Self::Country(*country),
            FigureGroup::Desk { desk_id } => {
                Self::Desk(place(desks.iter().position(|of| of.desk_id == *desk_id)))
            }
            FigureGroup::Kind { kind } => Self::Kind(*kind),
            FigureGroup::Disposition { disposition } => Self::Disposition(*disposition),
        }
    }

    fn has(&self, fit: &Fit<'_>, question: &Question) -> bool {
        let Fit { case, day, hour, .. } = *fit;
        match *self {
            Self::Span(span) => question.period.span_of(day) == span,
            Self::Hour(of) => hour == of,
            Self::Weekday(weekday) => question.period.weekday(day) == weekday,
            Self::Country(country) => case.country() == country,
            Self::Desk(desk) => usize::from(case.desk()) == desk,
            Self::Kind(kind) => case.kind() == kind,
            Self::Disposition(disposition) => case.disposition() == disposition,
        }
    }
}

fn span_at(question: &Question, from: &str) -> Option<usize> {
    question.period.spans().iter().position(|day| day.to_string() == from)
}

/// The places of the cases that fit `question`, in order.
pub fn selected<'a>(question: &'a Question, measures: Measures<'a>) -> impl Iterator<Item = usize> + use<'a> {
    fitting(question, measures).filter(|fit| !fit.case.is_drill()).map(|fit| fit.place)
}
