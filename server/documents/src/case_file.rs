//! An electronic case file as blocks: everything in it that a person reads.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sos_protocol::case::{
    Attachment, CaseState, CaseSummary, CheckInView, FixView, Media, TimelineEntry, WorkerProfile,
};
use sos_protocol::report::ReportView;
use sos_protocol::{CaseEvent, DeskId, FixSource, RoutingBasis, Seq, UnixMs};

use crate::block::{Block, Column, Line, Part, Table, facts};
use crate::bounds::{ATTACHMENTS_MAX, ENTRIES_MAX, FIXES_MAX, LINE_CHARS_MAX, MESSAGES_MAX};
use crate::entry::Teller;
use crate::format::{Format, NONE, place};
use crate::text::{cut, ends};
use crate::words::{self, Lang};
use crate::{Made, RenderError, chart, map, report};

/// What is printed of a file.
#[derive(Deserialize)]
struct File {
    manifest: Manifest,
    case: CaseSummary,
    #[serde(default)]
    worker: Option<WorkerProfile>,
    #[serde(default)]
    last_check_in: Option<CheckInView>,
    timeline: Vec<TimelineEntry>,
    positions: Vec<FixView>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    report: Option<Value>,
    #[serde(default)]
    ledger: Vec<LedgerRow>,
    /// A detached JWS: `header..signature`.
    signature: String,
}

#[derive(Deserialize)]
struct Manifest {
    format: String,
    case_no: String,
    last_seq: Seq,
    made_at_ms: UnixMs,
    made_by: MadeBy,
}

#[derive(Deserialize)]
struct MadeBy {
    name: String,
}

#[derive(Deserialize)]
struct LedgerRow {
    hash: String,
}

pub(crate) fn part(
    made: &Made,
    text: &str,
    desks: &BTreeMap<DeskId, String>,
    lang: Lang,
) -> Result<Part, RenderError> {
    let file: File = serde_json::from_str(text)
        .map_err(|_| RenderError::NoCaseFile("it lacks a part, or one is of another form"))?;
    let format = Format::new(lang, &made.zone);
    let page = Page { file: &file, format: &format, teller: Teller { format: &format, desks } };
    let mut blocks = page.proof(text);
    blocks.extend(page.head());
    blocks.extend(page.worker());
    blocks.extend(page.positions());
    blocks.extend(page.course());
    blocks.extend(page.chat());
    blocks.extend(page.attachments());
    blocks.extend(page.report()?);
    Ok(Part {
        lang: lang.tag(),
        title: lang.with("file.title", &[("no", &file.manifest.case_no)]),
        subtitle: page.state(),
        service: lang.say("service").to_owned(),
        made: made.said(lang),
        page: lang.say("page").to_owned(),
        blocks,
    })
}

/// Of the bytes of the file, hex in lower case.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Page<'a> {
    file: &'a File,
    format: &'a Format,
    teller: Teller<'a>,
}

impl Page<'_> {
    fn say(&self, key: &str) -> String {
        self.format.lang.say(key).to_owned()
    }

    fn state(&self) -> String {
        let state = self.say(match self.file.case.state {
            CaseState::Open => "case.state.open",
            CaseState::Claimed => "case.state.claimed",
            CaseState::Closed => "case.state.closed",
        });
        if self.file.case.drill { format!("{} · {state}", self.say("case.drill")) } else { state }
    }

    /// What this paper is of, and how one finds out whether that is whole.
    fn proof(&self, text: &str) -> Vec<Block> {
        let Manifest { format, last_seq, made_at_ms, made_by, .. } = &self.file.manifest;
        let key = self.key_id().unwrap_or_else(|| NONE.to_owned());
        let last = self.file.ledger.last().map(|row| row.hash.clone());
        let mut blocks = vec![
            Block::Hash { label: self.say("file.sha256"), value: sha256(text) },
            Block::quiet(self.say("file.how")),
            facts([
                (self.say("file.format"), Some(format.clone())),
                (self.say("file.made_by"), Some(cut(&made_by.name, LINE_CHARS_MAX))),
                (self.say("file.made_at"), Some(self.format.moment(*made_at_ms))),
                (self.say("file.last_seq"), Some(self.format.count(last_seq.0.unsigned_abs()))),
                (self.say("file.rows"), Some(self.format.count(self.file.ledger.len() as u64))),
                (self.say("file.key"), Some(cut(&key, LINE_CHARS_MAX))),
            ]),
        ];
        if let Some(hash) =
            last.filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            blocks.push(Block::Hash { label: self.say("file.last_hash"), value: hash });
        }
        blocks
    }

    /// The key that the file says it was signed with.
    fn key_id(&self) -> Option<String> {
        use base64::Engine;
        let header = self.file.signature.split('.').next()?;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).ok()?;
        let header: Value = serde_json::from_slice(&header).ok()?;
        header.get("kid")?.as_str().map(str::to_owned)
    }

    fn head(&self) -> Vec<Block> {
        let case = &self.file.case;
        let lang = self.format.lang;
        let moment = |at: Option<UnixMs>| at.map(|at| self.format.moment(at));
        let names = |desks: &[DeskId]| {
            let names: Vec<_> = desks.iter().map(|desk| self.teller.desk(desk).to_owned()).collect();
            (!names.is_empty()).then(|| names.join("; "))
        };
        let owner = case.owner.as_ref().map(|owner| cut(&owner.name, LINE_CHARS_MAX));
        let kind = lang.say(case.kind.map_or("kind.unsaid", words::kind)).to_owned();
        let mut blocks = vec![Block::section(self.say("file.case"))];
        blocks.push(facts([
            (self.say("case.no"), Some(case.case_no.clone())),
            (self.say("case.desk"), Some(cut(self.teller.desk(&case.desk_id), LINE_CHARS_MAX))),
            (self.say("case.watchers"), names(&case.watchers)),
            (self.say("case.helpers"), names(&case.helpers)),
            (self.say("case.country"), case.routing.country.map(|country| chart::country(country, lang))),
            (self.say("case.routing"), Some(self.routing())),
            (self.say("case.priority"), Some(words::priority(case.priority).to_owned())),
            (self.say("case.kind"), Some(kind)),
            (self.say("case.opened"), Some(self.format.moment(case.opened_at_ms))),
            (self.say("case.pressed"), Some(self.format.moment(case.pressed_at_ms))),
            (self.say("case.presses"), Some(self.format.count(case.presses))),
            (self.say("case.claim_due"), Some(self.format.moment(case.claim_due_ms))),
            (self.say("case.rang"), moment(case.rang_at_ms)),
            (self.say("case.seen"), moment(case.seen_at_ms)),
            (self.say("case.cancelled"), moment(case.cancelled_at_ms)),
            (self.say("case.duress"), moment(case.duress_at_ms)),
            (self.say("case.escalated"), moment(case.escalated_at_ms)),
            (self.say("case.owner"), owner),
            (self.say("case.battery"), case.battery_pct.map(|pct| format!("{pct}%"))),
            (
                self.say("case.tags"),
                (!case.tags.is_empty()).then(|| cut(&case.tags.join(", "), LINE_CHARS_MAX)),
            ),
            (
                self.say("case.links"),
                (!case.links.is_empty()).then(|| self.format.count(case.links.len() as u64)),
            ),
            (self.say("clock"), Some(self.format.zone())),
        ]));
        if let Some(why) = case.unverified {
            let why = lang.say(words::unverified(why));
            blocks.push(Block::notice(lang.with("case.unverified", &[("why", why)])));
        }
        if let Some(closing) = &case.closing {
            blocks.push(Block::sub(self.say("file.closing")));
            blocks.push(facts([
                (self.say("case.closed"), Some(self.format.moment(closing.at_ms))),
                (self.say("case.closed_by"), Some(cut(&closing.by, LINE_CHARS_MAX))),
                (self.say("case.disposition"), Some(self.say(words::disposition(closing.disposition)))),
                (self.say("case.summary"), Some(cut(&closing.summary, crate::bounds::TEXT_CHARS_MAX))),
            ]));
        }
        blocks
    }

    fn routing(&self) -> String {
        let routing = &self.file.case.routing;
        let mut said = vec![self.say(match routing.basis {
            RoutingBasis::Polygon => "routing.polygon",
            RoutingBasis::Border => "routing.border",
            RoutingBasis::Offshore => "routing.offshore",
            RoutingBasis::SpecialArea => "routing.special_area",
            RoutingBasis::ContractCountry => "routing.contract_country",
            RoutingBasis::Nothing => "routing.nothing",
        })];
        if let Some(area) = &routing.special_area {
            said.push(cut(area, LINE_CHARS_MAX));
        }
        if let Some(km) = routing.offshore_km {
            said.push(self.format.lang.with("routing.km", &[("km", &self.format.decimal(km, 0))]));
        }
        let others: Vec<_> =
            routing.others.iter().map(|country| chart::country(*country, self.format.lang)).collect();
        if !others.is_empty() {
            said.push(others.join(", "));
        }
        if routing.no_desk_for_country {
            said.push(self.say("routing.no_desk"));
        }
        said.join("; ")
    }

    fn worker(&self) -> Vec<Block> {
        let lang = self.format.lang;
        let mut blocks = vec![Block::section(self.say("file.worker"))];
        let Some(worker) = &self.file.worker else {
            blocks.push(Block::quiet(self.say("file.no_worker")));
            return blocks;
        };
        let line = |text: &String| cut(text, LINE_CHARS_MAX);
        let none = || Some(self.say("file.not_known"));
        blocks.push(facts([
            (self.say("worker.name"), Some(line(&worker.name))),
            (self.say("worker.phone"), worker.phone.as_ref().map(line).or_else(none)),
            (self.say("worker.language"), Some(line(&worker.language))),
            (
                self.say("worker.contract"),
                worker.contract_country.map(|country| chart::country(country, lang)).or_else(none),
            ),
            (self.say("case.employer"), worker.employer.as_ref().map(line).or_else(none)),
            (self.say("worker.address"), worker.address.as_ref().map(line).or_else(none)),
            (self.say("worker.check_in"), Some(self.check_in())),
        ]));
        blocks
    }

    fn check_in(&self) -> String {
        let Some(check_in) = &self.file.last_check_in else { return self.say("worker.no_check_in") };
        let at = self.format.moment(check_in.at_ms);
        match &check_in.position {
            Some(fix) => format!("{at}; {}", place(fix.lat, fix.lon)),
            None => at,
        }
    }

    fn positions(&self) -> Vec<Block> {
        let fixes = &self.file.positions;
        let mut blocks = vec![Block::section(self.say("file.positions"))];
        if fixes.is_empty() {
            blocks.push(Block::quiet(self.say("file.no_positions")));
            return blocks;
        }
        blocks.extend(map::case::maps(fixes, self.format).into_iter().map(Block::Map));
        blocks.push(Block::quiet(self.say("map.hint")));
        let mut latest: Vec<&FixView> = fixes.iter().collect();
        latest.sort_by_key(|fix| std::cmp::Reverse(fix.server_time_ms));
        latest.truncate(FIXES_MAX);
        let (shown, all) = (self.format.count(latest.len() as u64), self.format.count(fixes.len() as u64));
        let key = if latest.len() < fixes.len() { "file.fixes_cut" } else { "file.fixes_all" };
        let said = self.format.lang.with(key, &[("shown", &shown), ("all", &all)]);
        blocks.push(if latest.len() < fixes.len() { Block::notice(said) } else { Block::quiet(said) });
        let column = |key: &str, number, wide| Column { title: self.say(key), number, wide };
        blocks.push(Block::Table(Table {
            columns: vec![
                column("fix.received", false, 0),
                column("fix.measured", false, 0),
                column("fix.place", false, 0),
                column("fix.accuracy", true, 0),
                column("fix.source", false, 1),
            ],
            rows: latest.into_iter().map(|fix| self.fix(fix)).collect(),
            below: vec![],
        }));
        blocks
    }

    fn fix(&self, view: &FixView) -> Vec<String> {
        let fix = &view.fix;
        let source = fix.source.map_or(NONE.to_owned(), |source| {
            self.say(match source {
                FixSource::Gps => "fix.gps",
                FixSource::Network => "fix.network",
                FixSource::Manual => "fix.manual",
            })
        });
        vec![
            self.format.moment(view.server_time_ms),
            fix.fix_time_ms.map_or(NONE.to_owned(), |at| self.format.moment(at)),
            place(fix.lat, fix.lon),
            fix.accuracy_m.map_or(NONE.to_owned(), |metres| format!("± {}", self.format.distance(metres))),
            source,
        ]
    }

    /// Lines, and a word of those that are left out.
    fn lines(&self, title: &str, lines: Vec<Line>, max: usize, cut_key: &str) -> Vec<Block> {
        let mut blocks = vec![Block::section(self.say(title))];
        let all = lines.len();
        if all == 0 {
            blocks.push(Block::quiet(self.say("nothing")));
            return blocks;
        }
        let (mut head, left_out) = ends(lines, max);
        let Some((at, n)) = left_out else {
            blocks.push(Block::Lines { rows: head });
            return blocks;
        };
        let values = [("n", n), ("all", all), ("shown", head.len())]
            .map(|(name, n)| (name, self.format.count(n as u64)));
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        blocks.push(Block::notice(self.format.lang.with(cut_key, &values)));
        let tail = head.split_off(at);
        blocks.push(Block::Lines { rows: head });
        blocks.push(Block::notice(self.format.lang.with("file.here", &values)));
        blocks.push(Block::Lines { rows: tail });
        blocks
    }

    fn course(&self) -> Vec<Block> {
        let course = self.file.timeline.iter();
        let course = course.filter(|entry| !matches!(entry.event, CaseEvent::Message { .. }));
        let lines = course.map(|entry| self.teller.line(entry)).collect();
        self.lines("file.course", lines, ENTRIES_MAX, "file.course_cut")
    }

    fn chat(&self) -> Vec<Block> {
        let lines = self.file.timeline.iter().filter_map(|entry| self.teller.message(entry)).collect();
        self.lines("file.chat", lines, MESSAGES_MAX, "file.chat_cut")
    }

    fn attachments(&self) -> Vec<Block> {
        let all = &self.file.attachments;
        let mut blocks = vec![Block::section(self.say("file.attachments"))];
        if all.is_empty() {
            blocks.push(Block::quiet(self.say("nothing")));
            return blocks;
        }
        if all.len() > ATTACHMENTS_MAX {
            let (shown, all) =
                (self.format.count(ATTACHMENTS_MAX as u64), self.format.count(all.len() as u64));
            blocks
                .push(Block::notice(self.format.lang.with("table.cut", &[("shown", &shown), ("all", &all)])));
        }
        let arrived = |one: &Attachment| {
            let mut entries = self.file.timeline.iter();
            let entry = entries.find(|entry| {
                matches!(&entry.event, CaseEvent::Attachment { attachment, .. } if attachment.attachment_id == one.attachment_id)
            });
            entry.map_or(NONE.to_owned(), |entry| self.format.moment(entry.at_ms))
        };
        let shown = || all.iter().take(ATTACHMENTS_MAX);
        let rows = shown().map(|one| {
            let media = match one.media {
                Media::Photo => "media.photo",
                Media::Voice => "media.voice",
            };
            vec![
                arrived(one),
                self.say(media),
                cut(&one.content_type, LINE_CHARS_MAX),
                self.format.size(one.bytes),
            ]
        });
        let column = |key: &str, number| Column { title: self.say(key), number, wide: 1 };
        blocks.push(Block::Table(Table {
            columns: vec![
                column("attachment.arrived", false),
                column("attachment.what", false),
                column("attachment.type", false),
                column("attachment.size", true),
            ],
            rows: rows.collect(),
            below: shown().map(|one| format!("SHA-256 {}", cut(&one.sha256, 64))).collect(),
        }));
        blocks.push(Block::quiet(self.say("attachment.hint")));
        blocks
    }

    /// What people wrote in the report; what is drafted in it stands above, in the course of events.
    fn report(&self) -> Result<Vec<Block>, RenderError> {
        let title = Block::section(self.say("file.report"));
        let Some(Value::Object(report)) = &self.file.report else {
            return Ok(vec![title, Block::quiet(self.say("file.no_report"))]);
        };
        let mut report = report.clone();
        // The file does not say what the officer may do with it.
        report.insert(
            "may".to_owned(),
            json!({ "write": false, "submit": false, "judge": false, "follow_up": false }),
        );
        let view = ReportView::deserialize(Value::Object(report));
        let view = view.map_err(|_| RenderError::NoCaseFile("its report is of another form"))?;
        let mut blocks = vec![title, facts(report::standing(&view, self.format))];
        blocks.extend(report::written(&view, self.format).into_iter().map(|block| match block {
            Block::Heading { text, .. } => Block::sub(text),
            other => other,
        }));
        Ok(blocks)
    }
}
