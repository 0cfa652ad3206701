//! Desks and countries beside each other.

use std::cmp::Reverse;

use sos_protocol::CountryCode;
use sos_protocol::figures::{AnswerTarget, CountryFigure, DeskFigure, Part, TargetFigure};

use super::spread::Spread;
use super::{Counted, DeskOf};

/// Of how many cases was each target reached.
#[derive(Debug)]
pub(super) struct Reached<'a>(Vec<(&'a AnswerTarget, u32)>);

impl<'a> Reached<'a> {
    pub(super) fn new(targets: &'a [AnswerTarget]) -> Self {
        Self(targets.iter().map(|target| (target, 0)).collect())
    }

    pub(super) fn add(&mut self, case: &Counted) {
        let Some(ms) = case.claim() else { return };
        for (target, cases) in &mut self.0 {
            *cases += u32::from(ms <= i64::from(target.within_s) * 1_000);
        }
    }

    pub(super) fn over(self, over: u32) -> Vec<TargetFigure> {
        let figure = |(target, cases): (&AnswerTarget, u32)| TargetFigure {
            within_s: target.within_s,
            wanted_pct: target.wanted_pct,
            reached: Part { cases, over },
        };
        self.0.into_iter().map(figure).collect()
    }
}

/// The cases of one desk.
#[derive(Debug)]
pub(super) struct OfDesk<'a> {
    desk: &'a DeskOf,
    cases: u32,
    on_time: u32,
    escalated: u32,
    claim: Spread,
    close: Spread,
    targets: Reached<'a>,
}

impl<'a> OfDesk<'a> {
    pub(super) fn new(desk: &'a DeskOf) -> Self {
        let targets = Reached::new(&desk.targets);
        let (claim, close) = (Spread::default(), Spread::default());
        Self { desk, cases: 0, on_time: 0, escalated: 0, claim, close, targets }
    }

    pub(super) fn add(&mut self, case: &Counted) {
        self.cases += 1;
        self.on_time += u32::from(case.is_on_time());
        self.escalated += u32::from(case.is_escalated());
        self.claim.add(case.claim());
        self.close.add(case.close());
        self.targets.add(case);
    }

    pub(super) fn turn(&mut self) {
        self.claim.turn();
        self.close.turn();
    }

    pub(super) fn keep(&mut self, case: &Counted) {
        self.claim.keep(case.claim());
        self.close.keep(case.close());
    }

    /// None: no case is this desk's.
    fn figure(self) -> Option<DeskFigure> {
        let part = |cases| Part { cases, over: self.cases };
        (self.cases > 0).then(|| DeskFigure {
            desk_id: self.desk.desk_id.clone(),
            name: self.desk.name.clone(),
            cases: self.cases,
            on_time: part(self.on_time),
            escalated: part(self.escalated),
            claim: self.claim.took(),
            close: self.close.took(),
            targets: self.targets.over(self.cases),
        })
    }
}

pub(super) fn desk_figures(desks: Vec<OfDesk<'_>>) -> Vec<DeskFigure> {
    let mut figures: Vec<DeskFigure> = desks.into_iter().filter_map(OfDesk::figure).collect();
    most_first(&mut figures, |figure| (figure.cases, Some(figure.desk_id.to_string())));
    figures
}

/// The cases of one country, or of none.
#[derive(Debug)]
struct OfCountry {
    country: Option<CountryCode>,
    cases: u32,
    claim: Spread,
}

/// The cases of each country, in the order in which the first one of each came.
#[derive(Debug, Default)]
pub(super) struct Countries(Vec<OfCountry>);

impl Countries {
    pub(super) fn add(&mut self, case: &Counted) {
        let country = case.country();
        let place = self.0.iter().position(|of| of.country == country).unwrap_or_else(|| {
            self.0.push(OfCountry { country, cases: 0, claim: Spread::default() });
            self.0.len() - 1
        });
        if let Some(of) = self.0.get_mut(place) {
            of.cases += 1;
            of.claim.add(case.claim());
        }
    }

    pub(super) fn turn(&mut self) {
        self.0.iter_mut().for_each(|of| of.claim.turn());
    }

    pub(super) fn keep(&mut self, case: &Counted) {
        if let Some(of) = self.0.iter_mut().find(|of| of.country == case.country()) {
            of.claim.keep(case.claim());
        }
    }

    pub(super) fn figures(self) -> Vec<CountryFigure> {
        let figure = |OfCountry { country, cases, claim }: OfCountry| CountryFigure {
            country,
            cases,
            claim: claim.took(),
        };
        let mut figures: Vec<CountryFigure> = self.0.into_iter().map(figure).collect();
        most_first(&mut figures, |figure| (figure.cases, figure.country.map(|iso| iso.to_string())));
        figures
    }
}

/// The most cases first, of as many the one whose name comes first; what has no name last.
pub(super) fn most_first<T>(figures: &mut [T], key: impl Fn(&T) -> (u32, Option<String>)) {
    figures.sort_by_cached_key(|figure| {
        let (cases, name) = key(figure);
        (Reverse(cases), name.is_none(), name)
    });
}
