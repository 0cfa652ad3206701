//! What happened in a case, in words: one line of the course of events.

use std::collections::BTreeMap;

use sos_protocol::case::{Exported, Media, TimelineEntry};
use sos_protocol::cover::{Reach, Recipient, StepTaken};
use sos_protocol::{Actor, Alert, CaseEvent, DeskId};

use crate::block::{Line, Tone};
use crate::bounds::{LINE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::format::{Format, place};
use crate::text::cut;
use crate::words::Lang;

/// In which words, and how desks are called.
pub(crate) struct Teller<'a> {
    pub(crate) format: &'a Format,
    pub(crate) desks: &'a BTreeMap<DeskId, String>,
}

impl Teller<'_> {
    const fn lang(&self) -> Lang {
        self.format.lang
    }

    pub(crate) fn desk<'b>(&'b self, desk: &'b DeskId) -> &'b str {
        self.desks.get(desk).map_or(desk.as_str(), String::as_str)
    }

    pub(crate) fn who(&self, actor: &Actor) -> String {
        match actor {
            Actor::Worker {} => self.lang().say("who.worker").to_owned(),
            Actor::Service {} => self.lang().say("who.service").to_owned(),
            Actor::Staff { name, .. } => cut(name, LINE_CHARS_MAX),
        }
    }

    /// A line of the chat; none where the entry is no message.
    pub(crate) fn message(&self, entry: &TimelineEntry) -> Option<Line> {
        let CaseEvent::Message { text, .. } = &entry.event else { return None };
        Some(Line {
            at: self.format.moment(entry.at_ms),
            who: self.who(&entry.actor),
            what: String::new(),
            words: cut(text, TEXT_CHARS_MAX),
            tone: Tone::Plain,
        })
    }

    /// A line of the course of events.
    pub(crate) fn line(&self, entry: &TimelineEntry) -> Line {
        let (what, words) = self.what(entry);
        let tone = match &entry.event {
            CaseEvent::Duress { .. } | CaseEvent::Opened { .. } | CaseEvent::PressedAgain { .. } => {
                Tone::Notice
            }
            CaseEvent::Rang { .. } | CaseEvent::Seen { .. } | CaseEvent::Delivered { .. } => Tone::Quiet,
            _ => Tone::Plain,
        };
        Line {
            at: self.format.moment(entry.at_ms),
            who: self.who(&entry.actor),
            what,
            words: cut(words.trim(), TEXT_CHARS_MAX),
            tone,
        }
    }

    /// What was done, and what was said by whoever did it. An event without words here is called by its kind.
    fn what(&self, entry: &TimelineEntry) -> (String, String) {
        self.by_worker(&entry.event)
            .or_else(|| self.of_desks(&entry.event))
            .or_else(|| self.of_work(&entry.event))
            .or_else(|| self.of_report(&entry.event))
            .unwrap_or_else(|| (self.of_reading(&entry.event), String::new()))
    }

    fn by_worker(&self, event: &CaseEvent) -> Option<(String, String)> {
        let lang = self.lang();
        let plain = |key| (lang.say(key).to_owned(), String::new());
        Some(match event {
            CaseEvent::Opened { alert, .. } => self.pressed("opened", alert),
            CaseEvent::PressedAgain { alert, .. } => self.pressed("pressed_again", alert),
            CaseEvent::Cancelled { .. } => plain("event.cancelled"),
            CaseEvent::Duress { .. } => plain("event.duress"),
            CaseEvent::Attachment { attachment, .. } => {
                let media = match attachment.media {
                    Media::Photo => lang.say("media.photo"),
                    Media::Voice => lang.say("media.voice"),
                };
                let size = self.format.size(attachment.bytes);
                (lang.with("event.attachment", &[("what", media), ("size", &size)]), String::new())
            }
            CaseEvent::Rang { .. } => plain("event.rang"),
            CaseEvent::Seen { .. } => plain("event.seen"),
            CaseEvent::Delivered { message_ids } => {
                let n = message_ids.len() as u64;
                (lang.counted("event.delivered", n, &self.format.count(n)), String::new())
            }
            _ => return None,
        })
    }

    fn pressed(&self, key: &str, alert: &Alert) -> (String, String) {
        let lang = self.lang();
        let what = lang.say(&format!("event.{key}{}", if alert.drill { "_drill" } else { "" })).to_owned();
        let kind = alert.kind.map(|kind| lang.say(crate::words::kind(kind)).to_owned());
        let waited = alert.waited_ms.filter(|waited| *waited > 0);
        let waited =
            waited.map(|waited| lang.with("event.waited", &[("span", &self.format.duration(Some(waited)))]));
        let at = match &alert.position {
            Some(fix) => lang.with("event.at", &[("place", &place(fix.lat, fix.lon))]),
            None => lang.say("event.nowhere").to_owned(),
        };
        let more: Vec<String> = [kind, waited, Some(at)].into_iter().flatten().collect();
        (format!("{what} ({})", more.join("; ")), alert.text.clone().unwrap_or_default())
    }

    fn of_desks(&self, event: &CaseEvent) -> Option<(String, String)> {
        let lang = self.lang();
        let said = |words: &Option<String>| words.clone().unwrap_or_default();
        let of = |key: &str, name: &str| lang.with(key, &[("name", name)]);
        Some(match event {
            CaseEvent::Claimed {} => (lang.say("event.claimed").to_owned(), String::new()),
            CaseEvent::Released { reason } => (lang.say("event.released").to_owned(), said(reason)),
            CaseEvent::Reopened { reason } => (lang.say("event.reopened").to_owned(), said(reason)),
            CaseEvent::Assigned { name, .. } => (of("event.assigned", name), String::new()),
            CaseEvent::Offered { to, reason } => (of("event.offered", self.desk(to)), said(reason)),
            CaseEvent::Declined { desk, reason } => (of("event.declined", self.desk(desk)), said(reason)),
            CaseEvent::Withdrawn { desk } => (of("event.withdrawn", self.desk(desk)), String::new()),
            CaseEvent::Shared { desk, help, reason } => {
                let key = if *help { "event.shared_help" } else { "event.shared" };
                (of(key, self.desk(desk)), said(reason))
            }
            CaseEvent::Transferred { from, to, reason } => {
                let desks = [("from", self.desk(from)), ("to", self.desk(to))];
                (lang.with("event.transferred", &desks), said(reason))
            }
            CaseEvent::Closed { disposition, summary } => {
                let disposition = lang.say(crate::words::disposition(*disposition));
                (of("event.closed", disposition), summary.clone())
            }
            _ => return None,
        })
    }

    fn of_work(&self, event: &CaseEvent) -> Option<(String, String)> {
        let lang = self.lang();
        let of = |key: &str, name: &str| lang.with(key, &[("name", name)]);
        let said = |words: &Option<String>| words.clone().unwrap_or_default();
        Some(match event {
            CaseEvent::Message { text, .. } => (lang.say("event.message").to_owned(), text.clone()),
            CaseEvent::Note { text, .. } => (lang.say("event.note").to_owned(), text.clone()),
            CaseEvent::Prioritised { to, reason } => {
                (of("event.prioritised", crate::words::priority(*to)), said(reason))
            }
            CaseEvent::Tagged { tags } if tags.is_empty() => {
                (lang.say("event.untagged").to_owned(), String::new())
            }
            CaseEvent::Tagged { tags } => (of("event.tagged", &tags.join(", ")), String::new()),
            CaseEvent::Answered { question, text } => (of("event.answered", question), text.clone()),
            CaseEvent::Linked { case_no, .. } => (of("event.linked", case_no), String::new()),
            CaseEvent::Unlinked { case_no, .. } => (of("event.unlinked", case_no), String::new()),
            CaseEvent::FixAsked {} => (lang.say("event.fix_asked").to_owned(), String::new()),
            CaseEvent::Raised { reason } => (lang.say("event.raised").to_owned(), said(reason)),
            CaseEvent::Escalated { step } => (self.step(step), String::new()),
            _ => return None,
        })
    }

    fn of_report(&self, event: &CaseEvent) -> Option<(String, String)> {
        let lang = self.lang();
        let plain = |key| (lang.say(key).to_owned(), String::new());
        Some(match event {
            CaseEvent::ReportSaved { .. } => plain("event.report_saved"),
            CaseEvent::ReportSubmitted {} => plain("event.report_submitted"),
            CaseEvent::ReportReturned { asked, questions } => {
                let what = lang.counted("event.report_returned", (*asked).into(), &self.format.count(*asked));
                (what, questions.join("\n"))
            }
            CaseEvent::ReportAccepted {} => plain("event.report_accepted"),
            CaseEvent::MeasureDone { .. } => plain("event.measure_done"),
            CaseEvent::MeasureRedated { due, .. } => {
                (lang.with("event.measure_redated", &[("name", &Format::day(due))]), String::new())
            }
            _ => return None,
        })
    }

    fn of_reading(&self, event: &CaseEvent) -> String {
        let key = match event {
            CaseEvent::LookedAt {} => "event.looked_at",
            CaseEvent::Exported { what: Exported::CaseFile, .. } => "event.exported_file",
            CaseEvent::Exported { what: Exported::CaseFilePdf, .. } => "event.exported_file_pdf",
            CaseEvent::Exported { what: Exported::ReportPdf, .. } => "event.exported_report_pdf",
            CaseEvent::Exported { what: Exported::Cap, .. } => "event.exported_cap",
            event => return event.kind().to_owned(),
        };
        self.lang().say(key).to_owned()
    }

    /// Whom a step tells: that they are told does not mean that they know of it.
    fn step(&self, step: &StepTaken) -> String {
        let name = |recipient: &Recipient| match recipient {
            Recipient::Staff { name, .. } | Recipient::Webhook { name, .. } => name.clone(),
            Recipient::Desk { desk_id } => self.desk(desk_id).to_owned(),
        };
        let names: Vec<String> = step.told.iter().map(name).collect();
        let key = match step.reach {
            Reach::Targets => "event.escalated",
            Reach::Ministry => "event.escalated_ministry",
            Reach::Nobody => "event.escalated_nobody",
            Reach::Later => "event.escalated_later",
        };
        self.lang().with(key, &[("name", &names.join(", "))])
    }
}
