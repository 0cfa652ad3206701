//! The cases behind a figure.

use std::cmp::Reverse;

use sos_protocol::figures::FigureOf;
use sos_protocol::{Disposition, UnixMs};

use super::count::{Measures, fitting};
use super::{Counted, Question};

/// The places of the cases behind a figure of `question`, the latest first, at most `limit`; and how many there are.
#[must_use]
pub fn behind(
    question: &Question,
    of: FigureOf,
    measures: Measures<'_>,
    now: UnixMs,
    limit: usize,
) -> (Vec<usize>, usize) {
    let cases =
        fitting(question, measures).filter(|fit| !fit.case.is_drill() && is_behind(fit.case, of, now));
    let mut places: Vec<usize> = cases.map(|fit| fit.place).collect();
    let all = places.len();
    let latest = |place: &usize| Reverse((measures.cases.get(*place).map(Counted::opened_ms), *place));
    if all > limit {
        places.select_nth_unstable_by_key(limit, latest);
        places.truncate(limit);
    }
    places.sort_unstable_by_key(latest);
    (places, all)
}

/// The places of the cases that fit `question`, in order.
pub fn selected<'a>(question: &'a Question, measures: Measures<'a>) -> impl Iterator<Item = usize> + use<'a> {
    fitting(question, measures).filter(|fit| !fit.case.is_drill()).map(|fit| fit.place)
}

fn is_behind(case: &Counted, of: FigureOf, now: UnixMs) -> bool {
    match of {
        FigureOf::Cases => true,
        FigureOf::Open => !case.is_closed(),
        FigureOf::Late => case.is_late(now.0),
        FigureOf::Unseen => !case.is_seen(),
        FigureOf::Unverified => case.is_unverified(),
        FigureOf::FalseAlarms => case.disposition() == Some(Disposition::FalseAlarm),
        FigureOf::Escalated => case.is_escalated(),
        FigureOf::Transferred => case.is_transferred(),
        FigureOf::Reopened => case.is_reopened(),
    }
}
