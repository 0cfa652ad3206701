//! Figures as blocks: every number of the page of figures, over how many cases, by which clocks.

use sos_protocol::figures::{
    DeskFigure, Figures, FiguresQuery, Part as Share, SpanLength, TargetFigure, Took,
};

use crate::block::{Block, Column, ColumnBar, Meter, Part, SpanRow, Tick, Tile};
use crate::bounds::NAME_CHARS_MAX;
use crate::chart::{self, Row, number, table, words as text};
use crate::format::{Format, NONE};
use crate::text::cut;
use crate::words::{self, Lang};
use crate::{Made, map};

pub(crate) fn part(made: &Made, figures: &Figures, desk: Option<&str>, lang: Lang) -> Part {
    let format = Format::new(lang, &figures.query.zone);
    let page = Page { figures, format: &format };
    let mut blocks = vec![page.asked(made, desk)];
    if figures.cases == 0 {
        blocks.push(Block::notice(lang.say("figures.none")));
        if figures.drills_left_out > 0 {
            blocks.push(Block::text(page.drills()));
        }
    } else {
        blocks.extend(page.headline());
        blocks.extend(page.times());
        blocks.extend(page.watch());
    }
    blocks.extend(page.readiness());
    if figures.cases > 0 {
        blocks.extend(page.charts());
    }
    Part {
        lang: lang.tag(),
        title: lang.say("figures.title").to_owned(),
        subtitle: days(&figures.query, lang),
        service: lang.say("service").to_owned(),
        made: made.said(lang),
        page: lang.say("page").to_owned(),
        blocks,
    }
}

/// `từ 01/01/2026 đến 31/12/2026`
fn days(query: &FiguresQuery, lang: Lang) -> String {
    let (from, to) = (Format::day(&query.from), Format::day(&query.to));
    let key = if from == to { "figures.day" } else { "figures.days" };
    lang.with(key, &[("from", &from), ("to", &to)])
}

struct Page<'a> {
    figures: &'a Figures,
    format: &'a Format,
}

impl Page<'_> {
    fn say(&self, key: &str) -> String {
        self.format.lang.say(key).to_owned()
    }

    fn count(&self, key: &str, n: impl Into<u64>) -> String {
        let n = n.into();
        self.format.lang.counted(key, n, &self.format.count(n))
    }

    /// `trên 1.234 ca`
    fn over(&self, n: u32) -> String {
        self.count("figures.over", n)
    }

    fn over_of(&self, key: &str, part: Share) -> String {
        let (n, of) = (self.format.count(part.cases), self.format.count(part.over));
        self.format.lang.with(key, &[("n", &n), ("of", &of)])
    }

    fn drills(&self) -> String {
        self.count("figures.drills", self.figures.drills_left_out)
    }

    fn asked(&self, made: &Made, desk: Option<&str>) -> Block {
        let Figures { query, .. } = self.figures;
        let lang = self.format.lang;
        let any = |key| Some(self.say(key));
        let clock = Format::new(lang, &made.zone);
        let counted = [("at", clock.moment(self.figures.at_ms)), ("zone", clock.zone())];
        let counted: Vec<_> = counted.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let desk = match (&query.desk, desk) {
            (None, _) => any("figures.all_desks"),
            (Some(id), name) => Some(cut(name.unwrap_or(id.as_str()), NAME_CHARS_MAX)),
        };
        let country = query.country.map(|country| chart::country(country, lang));
        let kind = query.kind.map(|kind| self.say(words::kind(kind)));
        let disposition = query.disposition.map(|why| self.say(words::disposition(why)));
        crate::block::facts([
            (self.say("figures.opened"), Some(days(query, lang))),
            (self.say("clock"), Some(self.format.zone())),
            (self.say("case.desk"), desk),
            (self.say("case.country"), country.or_else(|| any("figures.all_countries"))),
            (self.say("case.kind"), kind.or_else(|| any("figures.all_kinds"))),
            (self.say("case.disposition"), disposition.or_else(|| any("figures.all_dispositions"))),
            (self.say("figures.counted"), Some(lang.with("figures.counted_at", &counted))),
            (
                self.say("figures.ledger"),
                Some(self.count("figures.up_to", self.figures.up_to_seq.0.unsigned_abs())),
            ),
        ])
    }

    fn headline(&self) -> Vec<Block> {
        let figures = self.figures;
        let mut notes = vec![match figures.open {
            0 => self.say("figures.all_closed"),
            n => self.count("figures.open", n),
        }];
        if figures.drills_left_out > 0 {
            notes.push(self.drills());
        }
        let mut tiles = vec![Tile {
            label: self.say("figures.cases"),
            value: self.format.count(figures.cases),
            note: notes.join("\n"),
            meter: None,
        }];
        tiles.extend(figures.targets.iter().map(|target| self.target(*target)));
        let late = figures.on_time.over.saturating_sub(figures.on_time.cases);
        let said = [self.over_of("figures.over_of", figures.on_time), self.count("figures.late", late)];
        tiles.push(Tile {
            label: self.say("figures.on_time"),
            value: self.format.share(figures.on_time),
            note: said.join("\n"),
            meter: Some(meter(figures.on_time, None)),
        });
        vec![
            Block::section(self.say("figures.headline")),
            Block::Tiles { tiles },
            Block::quiet(self.say("figures.on_time_hint")),
        ]
    }

    fn target(&self, target: TargetFigure) -> Tile {
        let Share { cases, over } = target.reached;
        // By the numbers themselves, not by the share as it is rounded.
        let is_met = over > 0 && u64::from(cases) * 100 >= u64::from(target.wanted_pct) * u64::from(over);
        let met = self.say(if is_met { "figures.met" } else { "figures.missed" });
        let within = self.format.duration(Some(i64::from(target.within_s) * 1000));
        let wanted = self.format.share(Share { cases: target.wanted_pct.into(), over: 100 });
        let wanted = self.format.lang.with("figures.wanted", &[("pct", &wanted)]);
        Tile {
            label: self.format.lang.with("figures.within", &[("span", &within)]),
            value: self.format.reached(target.reached, target.wanted_pct),
            note: format!("{met} · {wanted}\n{}", self.over_of("figures.over_of", target.reached)),
            meter: Some(meter(target.reached, Some(f64::from(target.wanted_pct) / 100.0))),
        }
    }

    fn measures(&self) -> [(&'static str, Took); 4] {
        let times = &self.figures.times;
        [
            ("figures.receive", times.receive),
            ("figures.ring", times.ring),
            ("figures.claim", times.claim),
            ("figures.close", times.close),
        ]
    }

    fn times(&self) -> Vec<Block> {
        let columns = vec![
            text(self.say("figures.measure")),
            number("p50"),
            number("p90"),
            number("p95"),
            number(self.say("column.over")),
            number(self.say("column.without")),
        ];
        let rows = self.measures().map(|(name, took)| {
            let [p50, p90, p95] = self.points(took);
            vec![self.say(name), p50, p90, p95, self.format.count(took.over), self.format.count(took.without)]
        });
        let mut blocks = vec![Block::section(self.say("figures.times"))];
        blocks.extend(self.axis());
        blocks.extend(table(columns, rows.to_vec(), self.format));
        blocks.push(Block::quiet(self.say("figures.times_hint")));
        blocks
    }

    fn points(&self, took: Took) -> [String; 3] {
        [took.p50_ms, took.p90_ms, took.p95_ms].map(|ms| self.format.duration(ms))
    }

    /// The times on one axis, on which each step is ten times the one before.
    fn axis(&self) -> Option<Block> {
        const FLOOR_MS: f64 = 100.0;
        let lang = self.format.lang;
        let of = |took: Took| {
            let marks = [took.p50_ms, took.p90_ms, took.p95_ms].into_iter().flatten();
            marks.map(|ms| (ms as f64).max(FLOOR_MS)).collect::<Vec<_>>()
        };
        let most = self.measures().into_iter().flat_map(|(_, took)| of(took)).fold(0.0, f64::max);
        if most <= 0.0 {
            return None;
        }
        let decades = (most / FLOOR_MS).log10().ceil().max(1.0);
        let at = |ms: f64| (ms / FLOOR_MS).log10() / decades;
        let rows = self.measures().map(|(name, took)| SpanRow {
            label: self.say(name),
            marks: of(took).into_iter().map(at).collect(),
        });
        let ticks = [100_i64, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 86_400_000, 864_000_000];
        let ticks =
            ticks.into_iter().map(|ms| Tick { at: at(ms as f64), text: self.format.duration(Some(ms)) });
        let title = self.say("figures.axis");
        let said = self.measures().map(|(name, took)| {
            let [p50, p90, p95] = self.points(took);
            format!("{}: p50 {p50}, p90 {p90}, p95 {p95}", self.say(name))
        });
        Some(Block::Spans {
            alt: lang.with("chart.alt_all", &[("title", &title), ("all", &said.join(". "))]),
            rows: rows.into_iter().collect(),
            ticks: ticks.filter(|tick| tick.at <= 1.0).collect(),
            legend: ["p50", "p90", "p95"].map(str::to_owned).to_vec(),
        })
    }

    fn watch(&self) -> Vec<Block> {
        let figures = self.figures;
        let steps = figures.escalations;
        let rows = [
            ("watch.unseen", figures.unseen),
            ("watch.escalated", steps.escalated),
            ("watch.unverified", figures.unverified),
            ("watch.false_alarms", figures.false_alarms),
            ("watch.transferred", figures.transferred),
            ("watch.reopened", figures.reopened),
        ];
        let rows = rows.map(|(name, part)| {
            vec![
                self.say(name),
                self.format.count(part.cases),
                self.format.count(part.over),
                self.format.share(part),
            ]
        });
        let columns = vec![
            text(self.say("watch.column")),
            number(self.say("column.cases")),
            number(self.say("column.over")),
            number(self.say("column.share")),
        ];
        let mut blocks = vec![Block::section(self.say("watch.title"))];
        blocks.extend(table(columns, rows.to_vec(), self.format));
        blocks.push(Block::quiet(self.say("watch.false_over")));
        let rows = [
            ("watch.steps", steps.steps),
            ("watch.reached_targets", steps.reached_targets),
            ("watch.reached_ministry", steps.reached_ministry),
            ("watch.reached_nobody", steps.reached_nobody),
            ("watch.claimed_after", steps.claimed_after),
        ];
        let rows = rows.map(|(name, n)| vec![self.say(name), self.format.count(n)]);
        blocks.push(Block::sub(self.say("watch.escalation")));
        let columns = vec![text(self.say("watch.column")), number(self.say("column.number"))];
        blocks.extend(table(columns, rows.to_vec(), self.format));
        blocks
    }

    fn readiness(&self) -> Vec<Block> {
        let drills = &self.figures.readiness;
        let mut blocks = vec![Block::section(self.say("readiness.title"))];
        if drills.rang.over == 0 && drills.claimed.over == 0 {
            blocks.push(Block::quiet(self.say("readiness.none")));
            return blocks;
        }
        let part = |key, part: Share| Tile {
            label: self.say(key),
            value: self.format.share(part),
            note: self.over_of("readiness.over_of", part),
            meter: Some(meter(part, None)),
        };
        let [p50, p90, p95] = self.points(drills.claim);
        blocks.push(Block::Tiles {
            tiles: vec![
                part("readiness.rang", drills.rang),
                part("readiness.claimed", drills.claimed),
                Tile {
                    label: self.say("readiness.claim"),
                    value: p90,
                    note: format!(
                        "p50 {p50} · p95 {p95}\n{}",
                        self.count("readiness.over", drills.claim.over)
                    ),
                    meter: None,
                },
            ],
        });
        blocks.push(Block::quiet(self.say("readiness.hint")));
        blocks
    }

    fn charts(&self) -> Vec<Block> {
        let mut blocks = self.course();
        blocks.extend(self.hours());
        blocks.extend(self.weekdays());
        let kinds = self
            .figures
            .by_kind
            .iter()
            .map(|one| (self.say(one.kind.map_or("kind.unsaid", words::kind)), one.cases));
        blocks.extend(self.ranked("figures.kinds", "case.kind", kinds.collect()));
        let dispositions =
            self.figures.by_disposition.iter().map(|one| {
                (self.say(one.disposition.map_or("disposition.none", words::disposition)), one.cases)
            });
        blocks.extend(self.ranked("figures.dispositions", "case.disposition", dispositions.collect()));
        blocks.extend(self.countries());
        blocks.extend(self.desks());
        blocks
    }

    /// Title, and over how many cases by which clocks.
    fn headed(&self, title: &str, clocks: bool) -> Vec<Block> {
        let over = self.over(self.figures.cases);
        let note = if clocks { format!("{over}, {}", self.format.zone()) } else { over };
        vec![Block::section(title), Block::lead(note)]
    }

    fn most(&self, title: &str, rows: &[(String, u32)]) -> String {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let said: Vec<_> = rows
            .iter()
            .take(3)
            .map(|(name, n)| format!("{name}: {}", self.count("figures.n_cases", *n)))
            .collect();
        self.format.lang.with("chart.alt", &[("title", title), ("most", &said.join("; "))])
    }

    fn course(&self) -> Vec<Block> {
        let Figures { course, spans, .. } = self.figures;
        let key = match spans {
            SpanLength::Day => "figures.by_day",
            SpanLength::Week => "figures.by_week",
            SpanLength::Month => "figures.by_month",
        };
        let title = format!("{}, {}", self.say("figures.course"), self.say(key));
        let name = |from: &str| match spans {
            SpanLength::Month if from.ends_with("-01") => Format::day(from).split_off(3),
            _ => Format::day(from),
        };
        let every = course.len().div_ceil(8).max(1);
        let most = course.iter().map(|span| span.opened).max().unwrap_or(0);
        let columns = course.iter().enumerate().map(|(i, span)| ColumnBar {
            label: if i % every == 0 { name(&span.from) } else { String::new() },
            values: [span.opened, span.closed, span.on_time].map(f64::from).to_vec(),
            text: String::new(),
        });
        let rows: Vec<_> = course.iter().map(|span| (name(&span.from), span.opened)).collect();
        let legend = ["column.opened", "column.closed", "column.on_time"].map(|key| self.say(key)).to_vec();
        let chart = Block::Columns {
            alt: self.most(&title, &rows),
            columns: columns.collect(),
            legend: legend.clone(),
            most: f64::from(most.max(1)),
            most_text: self.format.count(most),
        };
        let rows = course.iter().map(|span| {
            let counts = [span.opened, span.closed, span.on_time].map(|n| self.format.count(n));
            [vec![name(&span.from)], counts.to_vec()].concat()
        });
        let head =
            std::iter::once(text(self.say("column.from"))).chain(legend.into_iter().map(number)).collect();
        let mut blocks = self.headed(&title, true);
        blocks.push(chart);
        blocks.extend(table(head, rows.collect(), self.format));
        blocks
    }

    fn counted(&self, title: &str, named: &[(String, String, u32)], column: String) -> Vec<Block> {
        let most = named.iter().map(|(.., n)| *n).max().unwrap_or(0);
        let columns = named.iter().map(|(short, _, n)| ColumnBar {
            label: short.clone(),
            values: vec![f64::from(*n)],
            text: self.format.count(*n),
        });
        let rows: Vec<_> = named.iter().map(|(_, long, n)| (long.clone(), *n)).collect();
        let chart = Block::Columns {
            alt: self.most(title, &rows),
            columns: columns.collect(),
            legend: vec![],
            most: f64::from(most.max(1)),
            most_text: self.format.count(most),
        };
        let mut blocks = self.headed(title, true);
        blocks.push(chart);
        blocks.extend(table(self.count_columns(column), self.count_rows(&rows), self.format));
        blocks
    }

    fn count_columns(&self, name: String) -> Vec<Column> {
        vec![text(name), number(self.say("column.cases")), number(self.say("column.share"))]
    }

    fn count_rows(&self, rows: &[(String, u32)]) -> Vec<Vec<String>> {
        let row = |(name, n): &(String, u32)| vec![name.clone(), self.format.count(*n), self.of_all(*n)];
        rows.iter().map(row).collect()
    }

    fn of_all(&self, cases: u32) -> String {
        self.format.share(Share { cases, over: self.figures.cases })
    }

    fn hours(&self) -> Vec<Block> {
        let hours = self.figures.by_hour.iter().enumerate();
        let named: Vec<_> = hours.map(|(h, n)| (h.to_string(), format!("{h:02}:00–{h:02}:59"), *n)).collect();
        self.counted(&self.say("figures.hours"), &named, self.say("column.hour"))
    }

    fn weekdays(&self) -> Vec<Block> {
        let days = self.figures.by_weekday.iter().enumerate().take(7);
        let named: Vec<_> = days
            .map(|(i, n)| (self.say(&format!("weekday.short.{i}")), self.say(&format!("weekday.{i}")), *n))
            .collect();
        self.counted(&self.say("figures.weekdays"), &named, self.say("column.weekday"))
    }

    fn ranked(&self, title: &str, column: &str, rows: Vec<(String, u32)>) -> Vec<Block> {
        let title = self.say(title);
        let drawn: Vec<Row> = rows
            .iter()
            .map(|(name, n)| Row {
                name: name.clone(),
                cases: *n,
                text: format!("{} · {}", self.count("figures.n_cases", *n), self.of_all(*n)),
            })
            .collect();
        let mut blocks = self.headed(&title, false);
        blocks.extend(chart::bars(&title, &drawn, self.format));
        blocks.extend(table(self.count_columns(self.say(column)), self.count_rows(&rows), self.format));
        blocks
    }

    fn countries(&self) -> Vec<Block> {
        let figures = self.figures;
        let lang = self.format.lang;
        let title = self.say("figures.countries");
        let name = |code| match code {
            Some(code) => chart::country(code, lang),
            None => self.say("case.unknown_country"),
        };
        let named: Vec<_> = figures.by_country.iter().map(|one| (name(one.country), one.cases)).collect();
        let mut blocks = self.headed(&title, false);
        let alt = self.most(&title, &named);
        blocks.extend(
            map::world::map(&figures.by_country, self.format, alt, self.say("figures.circles"))
                .map(Block::Map),
        );
        let nowhere: u32 =
            figures.by_country.iter().filter(|one| one.country.is_none()).map(|one| one.cases).sum();
        if nowhere > 0 {
            blocks.push(Block::quiet(self.count("figures.nowhere", nowhere)));
        }
        let mut columns = self.count_columns(self.say("case.country"));
        columns.extend([
            number(self.claim("p50")),
            number(self.claim("p90")),
            number(self.say("column.claim_over")),
            text(self.say("column.code")),
        ]);
        let rows = figures.by_country.iter().map(|one| {
            let [p50, p90, _] = self.points(one.claim);
            let code = one.country.map_or(NONE.to_owned(), |code| code.to_string());
            vec![
                name(one.country),
                self.format.count(one.cases),
                self.of_all(one.cases),
                p50,
                p90,
                self.format.count(one.claim.over),
                code,
            ]
        });
        blocks.extend(table(columns, rows.collect(), self.format));
        blocks
    }

    fn claim(&self, p: &str) -> String {
        self.format.lang.with("column.claim", &[("p", p)])
    }

    fn desks(&self) -> Vec<Block> {
        let title = self.say("figures.desks");
        let desks = &self.figures.by_desk;
        let mut blocks = self.headed(&title, false);
        let drawn: Vec<Row> = desks
            .iter()
            .map(|desk| Row {
                name: desk.name.clone(),
                cases: desk.cases,
                text: self.format.lang.with(
                    "figures.desk_line",
                    &[
                        ("cases", &self.count("figures.n_cases", desk.cases)),
                        ("claim", &self.format.duration(desk.claim.p90_ms)),
                        ("on_time", &self.format.share(desk.on_time)),
                    ],
                ),
            })
            .collect();
        blocks.extend(chart::bars(&title, &drawn, self.format));
        let columns = vec![
            text(self.say("case.desk")),
            number(self.say("column.cases")),
            number(self.claim("p50")),
            number(self.claim("p90")),
            number(self.say("column.claim_over")),
            number(self.say("figures.on_time")),
            number(self.format.lang.with("column.close", &[("p", "p90")])),
            number(self.say("column.close_over")),
            number(self.say("column.escalated")),
        ];
        let rows = desks.iter().map(|desk| self.desk(desk)).collect();
        blocks.extend(table(columns, rows, self.format));
        blocks.push(Block::sub(self.say("figures.desk_targets")));
        let columns = vec![text(self.say("case.desk")), text(self.say("column.targets"))];
        let targets = desks.iter().map(|desk| {
            let said: Vec<_> = desk.targets.iter().map(|target| self.target_line(*target)).collect();
            let said = if said.is_empty() { NONE.to_owned() } else { said.join("\n") };
            vec![cut(&desk.name, NAME_CHARS_MAX), said]
        });
        blocks.extend(table(columns, targets.collect(), self.format));
        blocks
    }

    fn desk(&self, desk: &DeskFigure) -> Vec<String> {
        let [p50, p90, _] = self.points(desk.claim);
        let Share { cases, over } = desk.on_time;
        let on_time = format!(
            "{}\n{}/\u{200b}{}",
            self.format.share(desk.on_time),
            self.format.count(cases),
            self.format.count(over)
        );
        vec![
            cut(&desk.name, NAME_CHARS_MAX),
            self.format.count(desk.cases),
            p50,
            p90,
            self.format.count(desk.claim.over),
            on_time,
            self.format.duration(desk.close.p90_ms),
            self.format.count(desk.close.over),
            self.format.count(desk.escalated.cases),
        ]
    }

    fn target_line(&self, target: TargetFigure) -> String {
        let within = self.format.duration(Some(i64::from(target.within_s) * 1000));
        let wanted = self.format.share(Share { cases: target.wanted_pct.into(), over: 100 });
        let reached = self.format.reached(target.reached, target.wanted_pct);
        let over = self.over_of("figures.over_of", target.reached);
        let values = [("within", within), ("reached", reached), ("wanted", wanted), ("over", over)];
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.format.lang.with("figures.target_line", &values)
    }
}

fn meter(part: Share, wanted: Option<f64>) -> Meter {
    let value = if part.over == 0 { 0.0 } else { f64::from(part.cases) / f64::from(part.over) };
    Meter { value: value.min(1.0), wanted }
}
