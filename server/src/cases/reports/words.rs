//! The words of the drafted part of a report, in Vietnamese and English.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sos_core::report::Line;
use sos_protocol::alert::Fix;
use sos_protocol::case::{Media, TimelineEntry};
use sos_protocol::cover::{Reach, Recipient, StepTaken};
use sos_protocol::report::{DraftedPart, ReportLanguage, ReportTimes};
use sos_protocol::{Actor, Alert, CaseEvent, Disposition, EmergencyKind, Priority, UnixMs};

use super::Desks;

/// In which language, by whose clocks, and how desks are called.
pub(super) struct Words<'a> {
    pub(super) language: ReportLanguage,
    pub(super) zone: &'a TimeZone,
    pub(super) desks: &'a Desks,
}

impl Words<'_> {
    fn pick<'t>(&self, vi: &'t str, en: &'t str) -> &'t str {
        match self.language {
            ReportLanguage::Vi => vi,
            ReportLanguage::En => en,
        }
    }

    /// `14:05:09 22/11/2026`, by the clocks of the desk.
    pub(super) fn moment(&self, at: UnixMs) -> String {
        let local = self.zone.to_datetime(Timestamp::from_millisecond(at.0).unwrap_or_default());
        local.strftime("%H:%M:%S %d/%m/%Y").to_string()
    }

    /// What a line tells of.
    pub(super) fn line(&self, line: &Line<'_>) -> String {
        match (line.part, &line.entry.event) {
            (
                DraftedPart::Position,
                CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. },
            ) => alert.position.as_ref().map_or(String::new(), |fix| self.position(fix)),
            (DraftedPart::Disposition, CaseEvent::Closed { disposition, summary }) => {
                with(self.disposition(*disposition), summary)
            }
            _ => self.entry(line.entry),
        }
    }

    /// Who, and what they did. The two halves keep each within a screen.
    fn entry(&self, entry: &TimelineEntry) -> String {
        let what =
            self.of_worker(&entry.event).or_else(|| self.of_case(entry)).or_else(|| self.of_work(entry));
        let what = what.unwrap_or_default();
        match (&entry.actor, &entry.event) {
            (_, CaseEvent::Rang { .. } | CaseEvent::Escalated { .. }) | (Actor::Service {}, _) => what,
            (Actor::Worker {}, _) => format!("{} {what}", self.pick("Người lao động", "The worker")),
            (Actor::Staff { name, .. }, _) => format!("{name} {what}"),
        }
    }

    fn of_worker(&self, event: &CaseEvent) -> Option<String> {
        Some(match event {
            CaseEvent::Opened { alert, .. } => {
                let opened = self.pick("nhấn SOS, ca được mở", "pressed SOS; the case was opened");
                self.pressed(opened, alert)
            }
            CaseEvent::PressedAgain { alert, .. } => {
                self.pressed(self.pick("nhấn SOS lần nữa", "pressed SOS again"), alert)
            }
            CaseEvent::Cancelled { .. } => {
                self.pick("báo bấm nhầm", "said that it was pressed by mistake").to_owned()
            }
            CaseEvent::Duress { .. } => self.pick("gõ mã báo bị ép", "gave the PIN for duress").to_owned(),
            CaseEvent::Attachment { attachment, .. } => match attachment.media {
                Media::Photo => self.pick("gửi ảnh", "sent a photo").to_owned(),
                Media::Voice => self.pick("gửi tin thoại", "sent a voice note").to_owned(),
            },
            _ => return None,
        })
    }

    fn of_case(&self, entry: &TimelineEntry) -> Option<String> {
        let desk = |desk| self.desks.name(desk);
        let of = |vi: &str, en: &str, name: &str| format!("{} {name}", self.pick(vi, en));
        let because = |what: String, reason: &Option<String>| with(&what, reason.as_deref().unwrap_or(""));
        Some(match &entry.event {
            CaseEvent::Rang { .. } => self.pick("Chuông đã reo ở bàn trực", "It rang at the desk").to_owned(),
            CaseEvent::Seen { .. } => self.pick("đã xem", "looked at it").to_owned(),
            CaseEvent::Claimed {} => self.pick("nhận ca", "claimed the case").to_owned(),
            CaseEvent::Released { reason } => {
                because(self.pick("trả lại ca", "gave the case back").to_owned(), reason)
            }
            CaseEvent::Assigned { name, .. } => of("giao ca cho", "assigned the case to", name),
            CaseEvent::Offered { to, reason } => {
                because(of("đề nghị chuyển ca cho", "offered the case to", desk(to)), reason)
            }
            CaseEvent::Declined { desk: by, reason } => {
                because(of("từ chối nhận ca cho", "declined the case for", desk(by)), reason)
            }
            CaseEvent::Withdrawn { desk: from } => {
                of("rút lại đề nghị chuyển ca cho", "withdrew the offer to", desk(from))
            }
            CaseEvent::Shared { desk: with, reason, .. } => {
                because(of("chia sẻ ca cho", "shared the case with", desk(with)), reason)
            }
            CaseEvent::Transferred { from, to, .. } => {
                let to = of("đến", "to", desk(to));
                format!("{} {to}", of("chuyển ca từ", "transferred the case from", desk(from)))
            }
            CaseEvent::Closed { disposition, .. } => {
                of("đóng ca:", "closed the case:", self.disposition(*disposition))
            }
            CaseEvent::Reopened { reason } => {
                because(self.pick("mở lại ca", "reopened the case").to_owned(), reason)
            }
            _ => return None,
        })
    }

    fn of_work(&self, entry: &TimelineEntry) -> Option<String> {
        Some(match &entry.event {
            CaseEvent::Message { text, .. } => match entry.actor {
                Actor::Staff { .. } => {
                    with(self.pick("nhắn cho người lao động", "wrote to the worker"), text)
                }
                Actor::Worker {} | Actor::Service {} => with(self.pick("nhắn", "wrote"), text),
            },
            CaseEvent::Note { text, .. } => with(self.pick("ghi chú", "noted"), text),
            CaseEvent::Answered { question, text } => {
                let what = self.pick("ghi câu trả lời cho", "wrote down the answer to");
                with(&format!("{what} “{question}”"), text)
            }
            CaseEvent::FixAsked {} => {
                self.pick("hỏi máy vị trí mới", "asked the phone for a new position").to_owned()
            }
            CaseEvent::Linked { case_no, .. } => {
                format!("{} {case_no}", self.pick("liên kết với ca", "linked it with case"))
            }
            CaseEvent::Prioritised { to, reason } => {
                let level = match to {
                    Priority::P1 => "P1",
                    Priority::P2 => "P2",
                    Priority::P3 => "P3",
                };
                let what = format!("{} {level}", self.pick("đặt mức ưu tiên", "set the priority to"));
                with(&what, reason.as_deref().unwrap_or(""))
            }
            CaseEvent::Raised { reason } => {
                let what =
                    self.pick("yêu cầu báo ngay cho người tiếp theo", "had the next ones told at once");
                with(what, reason.as_deref().unwrap_or(""))
            }
            CaseEvent::Escalated { step } => self.step(step),
            _ => return None,
        })
    }

    fn pressed(&self, what: &str, alert: &Alert) -> String {
        let kind = alert.kind.map(|kind| match kind {
            EmergencyKind::Injured => self.pick("bị thương", "injured"),
            EmergencyKind::Attacked => self.pick("bị đánh", "attacked"),
            EmergencyKind::Held => self.pick("bị giữ", "held"),
            EmergencyKind::Other => self.pick("việc khác", "something else"),
        });
        let waited = alert.waited_ms.filter(|waited| *waited > 0);
        let waited = waited.map(|waited| {
            let span = self.span(waited);
            format!("{} {span}", self.pick("nằm trên máy", "had waited on the phone for"))
        });
        let text = alert.text.as_ref().map(|text| format!("“{text}”"));
        let more = [kind.map(str::to_owned), waited, text];
        let more: Vec<String> = more.into_iter().flatten().collect();
        with(what, &more.join("; "))
    }

    /// Whom a step tells: that they are told does not mean that they know of it.
    fn step(&self, step: &StepTaken) -> String {
        let name = |recipient: &Recipient| match recipient {
            Recipient::Staff { name, .. } | Recipient::Webhook { name, .. } => name.clone(),
            Recipient::Desk { desk_id } => self.desks.name(desk_id).to_owned(),
        };
        let names: Vec<String> = step.told.iter().map(name).collect();
        let names = names.join(", ");
        match step.reach {
            Reach::Targets => with(self.pick("Leo thang, báo cho", "Escalated, telling"), &names),
            Reach::Ministry => with(
                self.pick(
                    "Leo thang: không có ai trong các bước để báo, báo cho",
                    "Escalated: nobody in the steps could be told, telling",
                ),
                &names,
            ),
            Reach::Nobody => {
                self.pick("Leo thang: không có ai để báo", "Escalated: nobody could be told").to_owned()
            }
            Reach::Later => self
                .pick("Leo thang: lượt này không còn ai khác để báo", "Escalated: nobody else could be told")
                .to_owned(),
        }
    }

    fn position(&self, fix: &Fix) -> String {
        let place = format!("{:.5}, {:.5}", fix.lat, fix.lon);
        let accuracy = fix.accuracy_m.map_or(String::new(), |metres| format!(" (± {metres:.0} m)"));
        let measured = fix.fix_time_ms.map_or(String::new(), |at| {
            format!("; {} {}", self.pick("đo lúc", "measured at"), self.moment(at))
        });
        format!("{place}{accuracy}{measured}")
    }

    fn disposition(&self, disposition: Disposition) -> &'static str {
        let (vi, en) = match disposition {
            Disposition::Resolved => ("Đã giải quyết", "Resolved"),
            Disposition::Referred => ("Giao cơ quan khác", "Referred to another authority"),
            Disposition::FalseAlarm => ("Báo nhầm", "False alarm"),
            Disposition::CancelledByWorker => {
                ("Người lao động huỷ, đã xác minh", "Cancelled by the worker, verified")
            }
            Disposition::Duplicate => ("Trùng với ca khác", "Duplicate of another case"),
            Disposition::UnableToContact => ("Không liên lạc được", "Unable to contact"),
            Disposition::Test => ("Thử nghiệm", "Test"),
        };
        self.pick(vi, en)
    }

    /// The times against the target, a line each.
    pub(super) fn times(&self, times: &ReportTimes) -> Vec<String> {
        let never = self.pick("không có", "none");
        let line = |vi, en, took: Option<i64>| {
            let took = took.map_or(never.to_owned(), |ms| self.span(ms));
            format!("{}: {took}", self.pick(vi, en))
        };
        let target = self.span(times.claim_target_ms);
        let kept = match times.claimed_in_time {
            true => self.pick("trong hạn", "within"),
            false => self.pick("quá hạn", "past"),
        };
        let claim = line("Đến khi nhận ca", "Until claimed", times.claim_ms);
        vec![
            line("Từ lúc nhấn đến hệ thống", "From the press to the service", times.receive_ms),
            line("Đến khi reo chuông", "Until it rang", times.ring_ms),
            format!("{claim} ({kept} {}: {target})", self.pick("mục tiêu", "the target")),
            line("Đến khi đóng ca", "Until closed", times.close_ms),
        ]
    }

    /// `1 giờ 02 phút`, `2 min 05 s`, `12.3 s`: no more exact than it is of use.
    fn span(&self, ms: i64) -> String {
        let (seconds, minute, hour) =
            (self.pick("giây", "s"), self.pick("phút", "min"), self.pick("giờ", "h"));
        let whole = ms / 1000;
        match whole {
            0..60 => {
                let point = self.pick(",", ".");
                format!("{whole}{point}{} {seconds}", ms % 1000 / 100)
            }
            60..3600 => format!("{} {minute} {:02} {seconds}", whole / 60, whole % 60),
            _ => format!("{} {hour} {:02} {minute}", whole / 3600, whole % 3600 / 60),
        }
    }
}

/// `what: words`, or just what.
fn with(what: &str, words: &str) -> String {
    if words.trim().is_empty() { what.to_owned() } else { format!("{what}: {words}") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn said<T>(language: ReportLanguage, say: impl FnOnce(&Words<'_>) -> T) -> T {
        let zone = TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::UTC);
        say(&Words { language, zone: &zone, desks: &Desks(HashMap::new()) })
    }

    #[test]
    fn spans_are_as_exact_as_they_are_of_use() {
        for (ms, vi, en) in [
            (0, "0,0 giây", "0.0 s"),
            (12_345, "12,3 giây", "12.3 s"),
            (125_000, "2 phút 05 giây", "2 min 05 s"),
            (3_720_000, "1 giờ 02 phút", "1 h 02 min"),
        ] {
            assert_eq!(said(ReportLanguage::Vi, |words| words.span(ms)), vi);
            assert_eq!(said(ReportLanguage::En, |words| words.span(ms)), en);
        }
    }

    #[test]
    fn moments_are_by_the_clocks_of_the_desk() {
        let at = UnixMs(1_792_850_700_000);
        assert_eq!(said(ReportLanguage::Vi, |words| words.moment(at)), "22:05:00 24/10/2026");
    }

    #[test]
    fn what_did_not_happen_has_no_time_and_a_missed_target_is_said() {
        let times = ReportTimes {
            claim_ms: Some(25_000),
            claim_target_ms: 20_000,
            claimed_in_time: false,
            ..ReportTimes::default()
        };
        let lines = said(ReportLanguage::En, |words| words.times(&times));
        assert_eq!(lines[1], "Until it rang: none");
        assert_eq!(lines[2], "Until claimed: 25.0 s (past the target: 20.0 s)");
        let lines = said(ReportLanguage::Vi, |words| words.times(&times));
        assert_eq!(lines[2], "Đến khi nhận ca: 25,0 giây (quá hạn mục tiêu: 20,0 giây)");
    }

    #[test]
    fn a_step_is_told_to_no_more_than_it_says() {
        let step = |reach| StepTaken {
            run: 1,
            round: 0,
            step: 1,
            claimed: false,
            reach,
            told: vec![Recipient::Desk { desk_id: "ministry".into() }],
            is_past_repeats: false,
        };
        let say = |reach| said(ReportLanguage::En, |words| words.step(&step(reach)));
        assert_eq!(say(Reach::Targets), "Escalated, telling: ministry");
        assert!(say(Reach::Ministry).contains("nobody in the steps could be told, telling: ministry"));
        assert_eq!(say(Reach::Nobody), "Escalated: nobody could be told");
    }
}
