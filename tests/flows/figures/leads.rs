//! Where each number of cases on the page leads.

use sos_protocol::figures::{FigureCasesQuery, FigureGroup, FigureOf, Figures, Part, Took};

/// Every number of cases that `figures` says, and the question for the cases behind it.
pub(crate) fn leads(figures: &Figures) -> Vec<(FigureCasesQuery, u32)> {
    let mut leads = Leads { figures, all: vec![] };
    leads.whole();
    leads.targets();
    leads.lines();
    leads.drills();
    leads.all
}

struct Leads<'a> {
    figures: &'a Figures,
    all: Vec<(FigureCasesQuery, u32)>,
}

impl Leads<'_> {
    fn to(&mut self, of: FigureOf, n: u32) {
        self.of_line(None, of, n);
    }

    fn of_line(&mut self, group: Option<FigureGroup>, of: FigureOf, n: u32) {
        let query = self.figures.query.clone();
        self.all.push((FigureCasesQuery { query, of, group, within_s: None, drills: false }, n));
    }

    fn whole(&mut self) {
        let figures = self.figures;
        let not = |part: Part| part.over - part.cases;
        self.to(FigureOf::Cases, figures.cases);
        self.to(FigureOf::Open, figures.open);
        self.to(FigureOf::OnTime, figures.on_time.cases);
        self.to(FigureOf::NotOnTime, not(figures.on_time));
        self.to(FigureOf::Unseen, figures.unseen.cases);
        self.to(FigureOf::Unverified, figures.unverified.cases);
        self.to(FigureOf::FalseAlarms, figures.false_alarms.cases);
        self.to(FigureOf::Closed, figures.false_alarms.over);
        self.to(FigureOf::Transferred, figures.transferred.cases);
        self.to(FigureOf::Reopened, figures.reopened.cases);
        self.to(FigureOf::Escalated, figures.escalations.escalated.cases);
        self.to(FigureOf::ClaimedAfter, figures.escalations.claimed_after);
        let times = figures.times;
        let took = [
            (FigureOf::Received, FigureOf::NotReceived, times.receive),
            (FigureOf::Rang, FigureOf::NotRung, times.ring),
            (FigureOf::Claimed, FigureOf::NotClaimed, times.claim),
            (FigureOf::Closed, FigureOf::Open, times.close),
        ];
        for (of, not, Took { over, without, .. }) in took {
            self.to(of, over);
            self.to(not, without);
        }
    }

    fn targets(&mut self) {
        let query = &self.figures.query;
        for target in &self.figures.targets {
            let Part { cases, over } = target.reached;
            for (of, n) in [(FigureOf::Within, cases), (FigureOf::NotWithin, over - cases)] {
                let (query, within_s) = (query.clone(), Some(target.within_s));
                self.all.push((FigureCasesQuery { query, of, group: None, within_s, drills: false }, n));
            }
        }
    }

    fn lines(&mut self) {
        let figures = self.figures;
        for span in &figures.course {
            let group = Some(FigureGroup::Span { from: span.from.clone() });
            self.of_line(group.clone(), FigureOf::Cases, span.opened);
            self.of_line(group.clone(), FigureOf::Closed, span.closed);
            self.of_line(group, FigureOf::OnTime, span.on_time);
        }
        for (hour, n) in (0..).zip(&figures.by_hour) {
            self.of_line(Some(FigureGroup::Hour { hour }), FigureOf::Cases, *n);
        }
        for (weekday, n) in (0..).zip(&figures.by_weekday) {
            self.of_line(Some(FigureGroup::Weekday { weekday }), FigureOf::Cases, *n);
        }
        for line in &figures.by_kind {
            self.of_line(Some(FigureGroup::Kind { kind: line.kind }), FigureOf::Cases, line.cases);
        }
        for line in &figures.by_disposition {
            let group = FigureGroup::Disposition { disposition: line.disposition };
            self.of_line(Some(group), FigureOf::Cases, line.cases);
        }
        for line in &figures.by_country {
            let group = Some(FigureGroup::Country { country: line.country });
            self.of_line(group.clone(), FigureOf::Cases, line.cases);
            self.of_line(group, FigureOf::Claimed, line.claim.over);
        }
        for line in &figures.by_desk {
            let group = Some(FigureGroup::Desk { desk_id: line.desk_id.clone() });
            self.of_line(group.clone(), FigureOf::Cases, line.cases);
            self.of_line(group.clone(), FigureOf::Claimed, line.claim.over);
            self.of_line(group.clone(), FigureOf::Closed, line.close.over);
            self.of_line(group.clone(), FigureOf::OnTime, line.on_time.cases);
            self.of_line(group, FigureOf::Escalated, line.escalated.cases);
        }
    }

    fn drills(&mut self) {
        let readiness = self.figures.readiness;
        let not = |part: Part| part.over - part.cases;
        for (of, n) in [
            (FigureOf::Cases, self.figures.drills_left_out),
            (FigureOf::Claimed, readiness.claimed.cases),
            (FigureOf::NotClaimed, not(readiness.claimed)),
            (FigureOf::Rang, readiness.rang.cases),
            (FigureOf::NotRung, not(readiness.rang)),
            (FigureOf::Claimed, readiness.claim.over),
        ] {
            let query = self.figures.query.clone();
            self.all.push((FigureCasesQuery { query, of, group: None, within_s: None, drills: true }, n));
        }
    }
}
