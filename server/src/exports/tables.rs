//! The figures as tables: what goes into a CSV and into the sheets of a workbook. Every number is one of the answer of `POST
//! /api/figures`; none is reckoned here but shares, from the two numbers that they are of.

use sos_protocol::figures::{Figures, Part, TargetFigure, Took};

use super::names;
use super::words::{Said, Words};

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// A day, `2026-01-31`.
    Day(String),
    /// So many.
    Count(u32),
    /// A time in milliseconds; none: there is none.
    Ms(Option<i64>),
    /// A share.
    Share(Part),
    /// Per cent.
    Percent(u8),
    /// Whole seconds.
    Seconds(u32),
}

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// It is not.
    Not,
    /// Lines of these columns over the first one.
    Lines(&'static [u16]),
    /// Columns of this column over the first one.
    Columns(u16),
    /// Bars of this column beside the first one.
    Bars(u16),
}

/// A table; those of the page's charts have the same columns and headings.
pub(super) struct Table {
    /// Place of its name among those of sheets.
    pub(super) sheet: usize,
    pub(super) title: String,
    pub(super) columns: Vec<String>,
    /// So many columns say which row it is.
    pub(super) labels: usize,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) drawn: Drawn,
}

type Word = fn(&'static Words) -> &'static str;

/// All of them, in the order of the page.
pub(super) fn tables(figures: &Figures, said: Said) -> Vec<Table> {
    let made = Making { figures, said };
    vec![
        made.overview(),
        made.targets(),
        made.times(),
        made.watch(),
        made.escalations(),
        made.readiness(),
        made.course(),
        made.hours(),
        made.weekdays(),
        made.kinds(),
        made.dispositions(),
        made.countries(),
        made.desks(),
    ]
}

struct Making<'a> {
    figures: &'a Figures,
    said: Said,
}

impl Making<'_> {
    fn text(&self, word: Word) -> Cell {
        Cell::Text(self.said.word(word))
    }

    fn table(
        &self,
        (sheet, title): (usize, Word),
        columns: Vec<String>,
        rows: Vec<Vec<Cell>>,
        drawn: Drawn,
    ) -> Table {
        Table { sheet, title: self.said.word(title), columns, labels: 1, rows, drawn }
    }

    fn columns(&self, words: &[Word]) -> Vec<String> {
        words.iter().map(|word| self.said.word(word)).collect()
    }

    fn of_all(&self, cases: u32) -> Cell {
        Cell::Share(Part { cases, over: self.figures.cases })
    }

    fn overview(&self) -> Table {
        let count = |word: Word, cases| vec![self.text(word), Cell::Count(cases)];
        let rows = vec![
            count(|w| w.cases, self.figures.cases),
            count(|w| w.open, self.figures.open),
            count(|w| w.drills, self.figures.drills_left_out),
        ];
        self.table((0, |w| w.about), self.columns(&[|w| w.figure, |w| w.value]), rows, Drawn::Not)
    }

    fn course(&self) -> Table {
        let columns = self.columns(&[|w| w.from, |w| w.opened, |w| w.closed, |w| w.on_time]);
        let row = |span: &sos_protocol::figures::Span| {
            let counts = [span.opened, span.closed, span.on_time].map(Cell::Count);
            std::iter::once(Cell::Day(span.from.clone())).chain(counts).collect()
        };
        let rows = self.figures.course.iter().map(row).collect();
        self.table((1, |w| w.course), columns, rows, Drawn::Lines(&[1, 2, 3]))
    }

    /// A heading that says by whose clocks.
    fn by_clock(&self, word: Word) -> Vec<String> {
        let first = format!("{} ({})", self.said.word(word), self.figures.query.zone);
        std::iter::once(first).chain(self.columns(&[|w| w.cases, |w| w.share])).collect()
    }

    fn counted(&self, label: Cell, cases: u32) -> Vec<Cell> {
        vec![label, Cell::Count(cases), self.of_all(cases)]
    }

    fn hours(&self) -> Table {
        let row = |(hour, cases): (usize, &u32)| {
            self.counted(Cell::Text(format!("{hour:02}:00–{hour:02}:59")), *cases)
        };
        let rows = self.figures.by_hour.iter().enumerate().map(row).collect();
        self.table((2, |w| w.hours), self.by_clock(|w| w.hour), rows, Drawn::Columns(1))
    }

    fn weekdays(&self) -> Table {
        let row = |(day, cases): (usize, &u32)| {
            let name = self.said.word(|w| w.weekday_names.get(day).copied().unwrap_or_default());
            self.counted(Cell::Text(name), *cases)
        };
        let rows = self.figures.by_weekday.iter().enumerate().map(row).collect();
        self.table((3, |w| w.weekdays), self.by_clock(|w| w.weekday), rows, Drawn::Columns(1))
    }

    fn kinds(&self) -> Table {
        let rows = self.figures.by_kind.iter().map(|figure| {
            let name = self.said.word(|w| figure.kind.map_or(w.kind_unsaid, |kind| w.kind_of(kind)));
            self.counted(Cell::Text(name), figure.cases)
        });
        let columns = self.columns(&[|w| w.kind, |w| w.cases, |w| w.share]);
        self.table((4, |w| w.kinds), columns, rows.collect(), Drawn::Bars(1))
    }

    fn dispositions(&self) -> Table {
        let rows = self.figures.by_disposition.iter().map(|figure| {
            let name =
                self.said.word(|w| figure.disposition.map_or(w.not_closed, |why| w.disposition_of(why)));
            self.counted(Cell::Text(name), figure.cases)
        });
        let columns = self.columns(&[|w| w.disposition, |w| w.cases, |w| w.share]);
        self.table((5, |w| w.dispositions), columns, rows.collect(), Drawn::Bars(1))
    }

    fn times(&self) -> Table {
        let columns =
            self.columns(&[|w| w.measure, |w| w.p50, |w| w.p90, |w| w.p95, |w| w.over, |w| w.without]);
        let times = &self.figures.times;
        let row = |word: Word, took: &Took| {
            let mut row = vec![self.text(word)];
            row.extend([took.p50_ms, took.p90_ms, took.p95_ms].map(Cell::Ms));
            row.extend([took.over, took.without].map(Cell::Count));
            row
        };
        let rows = vec![
            row(|w| w.receive, &times.receive),
            row(|w| w.ring, &times.ring),
            row(|w| w.claim, &times.claim),
            row(|w| w.close, &times.close),
        ];
        self.table((6, |w| w.times), columns, rows, Drawn::Not)
    }

    fn countries(&self) -> Table {
        let columns = self.columns(&[
            |w| w.country,
            |w| w.code,
            |w| w.cases,
            |w| w.share,
            |w| w.until_claimed_p50,
            |w| w.until_claimed_p90,
            |w| w.cases_claimed,
        ]);
        let rows = self.figures.by_country.iter().map(|figure| {
            let name = figure.country.map_or_else(
                || self.said.word(|w| w.unknown_country),
                |code| names::country(code, self.said),
            );
            let code = figure.country.map_or_else(String::new, |code| code.to_string());
            vec![
                Cell::Text(name),
                Cell::Text(code),
                Cell::Count(figure.cases),
                self.of_all(figure.cases),
                Cell::Ms(figure.claim.p50_ms),
                Cell::Ms(figure.claim.p90_ms),
                Cell::Count(figure.claim.over),
            ]
        });
        let table = self.table((7, |w| w.countries), columns, rows.collect(), Drawn::Bars(2));
        Table { labels: 2, ..table }
    }

    fn desks(&self) -> Table {
        let columns = self.columns(&[
            |w| w.desk,
            |w| w.cases,
            |w| w.until_claimed_p50,
            |w| w.until_claimed_p90,
            |w| w.cases_claimed,
            |w| w.on_time,
            |w| w.over,
            |w| w.on_time_share,
            |w| w.until_closed_p90,
            |w| w.cases_closed,
            |w| w.escalated_cases,
        ]);
        let rows = self.figures.by_desk.iter().map(|desk| {
            vec![
                Cell::Text(desk.name.clone()),
                Cell::Count(desk.cases),
                Cell::Ms(desk.claim.p50_ms),
                Cell::Ms(desk.claim.p90_ms),
                Cell::Count(desk.claim.over),
                Cell::Count(desk.on_time.cases),
                Cell::Count(desk.on_time.over),
                Cell::Share(desk.on_time),
                Cell::Ms(desk.close.p90_ms),
                Cell::Count(desk.close.over),
                Cell::Count(desk.escalated.cases),
            ]
        });
        self.table((8, |w| w.desks), columns, rows.collect(), Drawn::Bars(1))
    }

    fn parts(&self) -> [String; 3] {
        [self.said.word(|w| w.cases), self.said.word(|w| w.over), self.said.word(|w| w.share)]
    }

    fn part(&self, word: Word, part: Part) -> Vec<Cell> {
        vec![self.text(word), Cell::Count(part.cases), Cell::Count(part.over), Cell::Share(part)]
    }

    fn watch(&self) -> Table {
        let figures = self.figures;
        let columns = std::iter::once(self.said.word(|w| w.figure)).chain(self.parts()).collect();
        let rows = vec![
            self.part(|w| w.claimed_on_time, figures.on_time),
            self.part(|w| w.unseen, figures.unseen),
            self.part(|w| w.unverified, figures.unverified),
            self.part(|w| w.false_alarms, figures.false_alarms),
            self.part(|w| w.escalated, figures.escalations.escalated),
            self.part(|w| w.transferred, figures.transferred),
            self.part(|w| w.reopened, figures.reopened),
        ];
        self.table((9, |w| w.watch), columns, rows, Drawn::Not)
    }

    fn targets(&self) -> Table {
        let mut columns = self.columns(&[|w| w.desk, |w| w.within, |w| w.wanted, |w| w.reached]);
        columns.extend(self.parts().into_iter().skip(1));
        let row = |desk: String, target: &TargetFigure| {
            vec![
                Cell::Text(desk),
                Cell::Seconds(target.within_s),
                Cell::Percent(target.wanted_pct),
                Cell::Count(target.reached.cases),
                Cell::Count(target.reached.over),
                Cell::Share(target.reached),
            ]
        };
        // First that of the question, which may be of one desk, then of each desk by its own targets.
        let of_all = self.said.word(|w| w.targets);
        let mut rows: Vec<_> =
            self.figures.targets.iter().map(|target| row(of_all.clone(), target)).collect();
        for desk in &self.figures.by_desk {
            rows.extend(desk.targets.iter().map(|target| row(desk.name.clone(), target)));
        }
        let table = self.table((10, |w| w.targets), columns, rows, Drawn::Not);
        Table { labels: 2, ..table }
    }

    fn escalations(&self) -> Table {
        let of = &self.figures.escalations;
        let count = |word: Word, count| vec![self.text(word), Cell::Count(count)];
        let rows = vec![
            count(|w| w.steps, of.steps),
            count(|w| w.reached_targets, of.reached_targets),
            count(|w| w.reached_ministry, of.reached_ministry),
            count(|w| w.reached_nobody, of.reached_nobody),
            count(|w| w.claimed_after, of.claimed_after),
        ];
        self.table((11, |w| w.escalations), self.columns(&[|w| w.figure, |w| w.value]), rows, Drawn::Not)
    }

    fn readiness(&self) -> Table {
        let drills = &self.figures.readiness;
        let mut columns: Vec<String> =
            std::iter::once(self.said.word(|w| w.figure)).chain(self.parts()).collect();
        columns.extend(self.columns(&[|w| w.p50, |w| w.p90, |w| w.p95]));
        let none = [Cell::Ms(None), Cell::Ms(None), Cell::Ms(None)];
        let claim = Part { cases: drills.claim.over, over: drills.claim.over + drills.claim.without };
        let times = [drills.claim.p50_ms, drills.claim.p90_ms, drills.claim.p95_ms].map(Cell::Ms);
        let rows = vec![
            [self.part(|w| w.drills_rang, drills.rang), none.to_vec()].concat(),
            [self.part(|w| w.drills_claimed, drills.claimed), none.to_vec()].concat(),
            [self.part(|w| w.drills_claim, claim), times.to_vec()].concat(),
        ];
        self.table((12, |w| w.readiness), columns, rows, Drawn::Not)
    }
}
