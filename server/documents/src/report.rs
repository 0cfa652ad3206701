//! An incident report as blocks.

use sos_protocol::report::{
    DraftedPart, MajorReason, MeasureView, ReportLanguage, ReportQuestion, ReportState, ReportStep,
    ReportView,
};

use crate::block::{Block, Column, Line, Part, Table, Tone, facts};
use crate::bounds::{LINE_CHARS_MAX, STEPS_MAX, TEXT_CHARS_MAX};
use crate::format::{Format, NONE};
use crate::text::{cut, ends};
use crate::words::{self, Lang};
use crate::{CaseHead, Made, RenderError, chart};

pub(crate) fn part(
    made: &Made,
    reports: &[ReportView],
    case: &CaseHead,
    lang: Lang,
) -> Result<Part, RenderError> {
    let wanted = match lang {
        Lang::Vi => ReportLanguage::Vi,
        Lang::En => ReportLanguage::En,
    };
    let report = reports.iter().find(|report| report.drafted.language == wanted);
    let report = report.ok_or(RenderError::NoSuchLanguage(lang.tag()))?;
    let format = Format::new(lang, &report.drafted.time_zone);
    let mut blocks = head(report, case, &format);
    blocks.extend(drafted(report, &format));
    blocks.extend(written(report, &format));
    Ok(Part {
        lang: lang.tag(),
        title: lang.with("report.title", &[("no", &report.case_no)]),
        subtitle: lang.say(state(report.state)).to_owned(),
        service: lang.say("service").to_owned(),
        made: made.said(lang),
        page: lang.say("page").to_owned(),
        blocks,
    })
}

const fn state(state: ReportState) -> &'static str {
    match state {
        ReportState::Draft => "report.state.draft",
        ReportState::Submitted => "report.state.submitted",
        ReportState::Returned => "report.state.returned",
        ReportState::Accepted => "report.state.accepted",
    }
}

const fn reason(reason: MajorReason) -> &'static str {
    match reason {
        MajorReason::Duress => "report.reason.duress",
        MajorReason::Kind => "report.reason.kind",
        MajorReason::NotReached => "report.reason.not_reached",
        MajorReason::Escalated => "report.reason.escalated",
        MajorReason::Late => "report.reason.late",
    }
}

fn head(report: &ReportView, case: &CaseHead, format: &Format) -> Vec<Block> {
    let lang = format.lang;
    let name = |key: &str| lang.say(key).to_owned();
    let line = |text: &String| cut(text, LINE_CHARS_MAX);
    let required: Vec<_> = report.required.iter().map(|why| lang.say(reason(*why))).collect();
    let required = if required.is_empty() { name("report.not_required") } else { required.join("; ") };
    let mut blocks = vec![facts([
        (name("case.no"), Some(report.case_no.clone())),
        (
            name("case.worker"),
            Some(case.worker_name.as_ref().map_or_else(|| name("case.unknown_worker"), line)),
        ),
        (name("case.employer"), case.employer.as_ref().map(line)),
        (name("case.desk"), Some(line(&case.desk_name))),
        (name("case.country"), case.country.map(|country| chart::country(country, lang))),
        (name("case.kind"), Some(lang.say(case.emergency.map_or("kind.unsaid", words::kind)).to_owned())),
        (name("case.opened"), Some(format.moment(case.opened_at_ms))),
        (name("case.closed"), case.closed_at_ms.map(|at| format.moment(at))),
        (name("case.disposition"), case.disposition.map(|why| name(words::disposition(why)))),
        (name("report.required"), Some(required)),
        (name("report.due"), report.due_ms.map(|due| format.moment(due))),
        (name("report.version"), Some(format.count(report.version))),
        (name("clock"), Some(format.zone())),
    ])];
    if let Some(why) = case.unverified {
        blocks
            .push(Block::notice(lang.with("case.unverified", &[("why", lang.say(words::unverified(why)))])));
    }
    if report.overdue {
        blocks.push(Block::notice(lang.say("report.overdue")));
    }
    blocks
}

/// Where a report stands, and how long the answer took.
pub(crate) fn standing(report: &ReportView, format: &Format) -> Vec<(String, Option<String>)> {
    let name = |key: &str| format.lang.say(key).to_owned();
    let times = &report.drafted.times;
    let took = |ms| Some(format.duration(ms));
    let kept = if times.claimed_in_time { "report.in_time" } else { "report.past" };
    let target = format.duration(Some(times.claim_target_ms));
    vec![
        (name("report.state"), Some(name(state(report.state)))),
        (name("report.version"), Some(format.count(report.version))),
        (name("figures.receive"), took(times.receive_ms)),
        (name("figures.ring"), took(times.ring_ms)),
        (name("figures.claim"), took(times.claim_ms)),
        (name("report.target"), Some(format!("{target}: {}", name(kept)))),
        (name("figures.close"), took(times.close_ms)),
    ]
}

/// What the ledger says.
fn drafted(report: &ReportView, format: &Format) -> Vec<Block> {
    let lang = format.lang;
    let mut blocks = vec![Block::section(lang.say("report.times"))];
    let times = report.drafted.times_said.iter().filter_map(|said| said.split_once(": "));
    blocks
        .push(Block::Facts { rows: times.map(|(name, took)| (name.to_owned(), took.to_owned())).collect() });
    for (part, title) in [
        (DraftedPart::Course, "report.course"),
        (DraftedPart::Position, "report.position"),
        (DraftedPart::Done, "report.done_by_ledger"),
        (DraftedPart::Disposition, "report.ended"),
    ] {
        let lines = report.drafted.lines.iter().filter(|line| line.part == part);
        let rows: Vec<Line> = lines
            .map(|line| Line {
                at: line.at.clone(),
                who: String::new(),
                what: cut(&line.text, TEXT_CHARS_MAX),
                words: String::new(),
                tone: Tone::Plain,
            })
            .collect();
        blocks.push(Block::section(lang.say(title)));
        if part == DraftedPart::Course && report.drafted.left_out > 0 {
            let n = format.count(report.drafted.left_out);
            blocks.push(Block::notice(lang.with("report.left_out", &[("n", &n)])));
        }
        blocks.push(if rows.is_empty() { Block::quiet(lang.say("nothing")) } else { Block::Lines { rows } });
    }
    let seq = report.drafted.up_to_seq.0.to_string();
    blocks.push(Block::quiet(lang.with("report.up_to", &[("seq", &seq)])));
    blocks
}

/// What people wrote, the questions and answers, and its life; also for the report in a case file.
pub(crate) fn written(report: &ReportView, format: &Format) -> Vec<Block> {
    let lang = format.lang;
    let mut blocks = vec![];
    for (title, text) in
        [("report.cause", &report.cause), ("report.done", &report.done), ("report.lessons", &report.lessons)]
    {
        blocks.push(Block::section(lang.say(title)));
        blocks.push(match text.trim() {
            "" => Block::quiet(lang.say("report.not_written")),
            text => Block::text(cut(text, TEXT_CHARS_MAX)),
        });
    }
    blocks.push(Block::section(lang.say("report.measures")));
    blocks.push(match report.measures.as_slice() {
        [] => Block::quiet(lang.say("report.no_measures")),
        all => measures(all, format),
    });
    blocks.push(Block::section(lang.say("report.questions")));
    match report.questions.as_slice() {
        [] => blocks.push(Block::quiet(lang.say("report.no_questions"))),
        all => blocks.extend(all.iter().map(|one| question(one, format))),
    }
    blocks.push(Block::section(lang.say("report.steps")));
    blocks.extend(steps(&report.steps, format));
    blocks
}

fn measures(measures: &[MeasureView], format: &Format) -> Block {
    let lang = format.lang;
    let column = |key, number, wide| Column { title: lang.say(key).to_owned(), number, wide };
    let rows = measures.iter().enumerate().map(|(i, measure)| {
        let state = match (measure.done_at_ms, measure.overdue) {
            (Some(at), _) => {
                let by = cut(measure.done_by.as_deref().unwrap_or(NONE), LINE_CHARS_MAX);
                lang.with("report.measure_done", &[("at", &format.minute(at)), ("by", &by)])
            }
            (None, true) => lang.say("report.measure_overdue").to_owned(),
            (None, false) => lang.say("report.measure_open").to_owned(),
        };
        vec![
            (i + 1).to_string(),
            cut(&measure.text, TEXT_CHARS_MAX),
            cut(&measure.owner, LINE_CHARS_MAX),
            Format::day(&measure.plan.due),
            state,
        ]
    });
    let rows = rows.collect();
    let columns = vec![
        column("report.measure_no", true, 0),
        column("report.measure", false, 4),
        column("report.owner", false, 2),
        column("report.measure_due", true, 0),
        column("report.measure_state", false, 2),
    ];
    Block::Table(Table { columns, rows, below: vec![] })
}

fn question(one: &ReportQuestion, format: &Format) -> Block {
    let lang = format.lang;
    let said = |text: &str, none: &str| match text.trim() {
        "" => lang.say(none).to_owned(),
        text => cut(text, TEXT_CHARS_MAX),
    };
    let asked = Line {
        at: format.moment(one.at_ms),
        who: cut(&one.by, LINE_CHARS_MAX),
        what: lang
            .with("report.question", &[("n", &one.question.to_string()), ("round", &one.round.to_string())]),
        words: said(&one.text, "report.erased"),
        tone: Tone::Plain,
    };
    let answer = Line {
        at: String::new(),
        who: String::new(),
        what: lang.say("report.answer").to_owned(),
        words: said(&one.answer, "report.no_answer"),
        tone: Tone::Plain,
    };
    Block::Lines { rows: vec![asked, answer] }
}

fn steps(steps: &[ReportStep], format: &Format) -> Vec<Block> {
    let lang = format.lang;
    let (shown, left_out) = ends(steps.iter().collect(), STEPS_MAX);
    let rows: Vec<Line> = shown
        .into_iter()
        .map(|step| {
            let key = format!("event.{}", step.did);
            let known = lang.all().contains_key(key.as_str());
            // One that asked is not told here how many questions there were.
            let key = if step.did == "report_returned" { "event.report_returned_plain" } else { &key };
            Line {
                at: format.moment(step.at_ms),
                who: cut(step.by.as_deref().unwrap_or(NONE), LINE_CHARS_MAX),
                what: if known { lang.say(key).to_owned() } else { step.did.clone() },
                words: String::new(),
                tone: Tone::Plain,
            }
        })
        .collect();
    if rows.is_empty() {
        return vec![Block::quiet(lang.say("nothing"))];
    }
    let mut blocks = vec![];
    if let Some((_, n)) = left_out {
        blocks.push(Block::notice(lang.with("report.left_out", &[("n", &format.count(n as u64))])));
    }
    blocks.push(Block::Lines { rows });
    blocks
}

impl Made {
    /// Who and when, in words.
    pub(crate) fn said(&self, lang: Lang) -> String {
        let format = Format::new(lang, &self.zone);
        let at = format.minute(self.at_ms);
        lang.with("made", &[("by", &cut(&self.by, LINE_CHARS_MAX)), ("at", &at), ("zone", &format.zone())])
    }
}
