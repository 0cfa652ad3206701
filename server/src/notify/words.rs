//! What officers are told. It lies on lock screens and mail servers: no name, no place but the country, no words of people.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sos_protocol::{Priority, UnixMs};

use crate::push::Message;
use crate::store::notify::{CaseFacts, InHand};

/// Where officers open the console; none: nobody has said.
#[derive(Clone)]
pub(super) struct Console(pub(super) Option<String>);

/// What a notification is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nobody has taken the case.
    Unanswered,
    /// Somebody has, and nothing happens.
    Silent,
    /// The officer is to look at it.
    Look,
    /// Somebody tries the channel.
    Test,
}

impl Kind {
    fn of(job: &InHand) -> Self {
        match &job.case {
            None => Self::Test,
            Some(_) if job.run == 0 => Self::Look,
            Some(case) if case.is_claimed => Self::Silent,
            Some(_) => Self::Unanswered,
        }
    }

    /// The `type` of a webhook's body.
    const fn word(self) -> &'static str {
        match self {
            Self::Unanswered => "case.unanswered",
            Self::Silent => "case.silent",
            Self::Look => "case.look",
            Self::Test => "channel.test",
        }
    }
}

/// The words of a notification: Vietnamese first, then English.
pub(super) struct Words {
    kind: Kind,
    /// One line.
    pub(super) title: String,
    /// Two lines.
    pub(super) body: String,
    /// Where the console is.
    pub(super) link: Option<String>,
}

impl Words {
    pub(super) fn of(job: &InHand, console: &Console) -> Self {
        let kind = Kind::of(job);
        let (title, body) = match &job.case {
            Some(case) => (case_title(case), case_body(kind, case)),
            None => (
                "SOS: thử kênh báo / test".to_owned(),
                "Đây là tin thử. Không có ca nào.\nThis is a test. There is no case.".to_owned(),
            ),
        };
        Self { kind, title, body, link: console.0.clone() }
    }

    /// As plain text: what a mail says.
    pub(super) fn text(&self) -> String {
        let link = self.link.as_ref();
        let link =
            link.map_or(String::new(), |url| format!("\n\nMở bảng điều phối / Open the console:\n{url}"));
        format!("{}{link}\n", self.body)
    }

    /// For a push service. A later one about a case takes the place of an earlier one.
    pub(super) fn push(&self, job: &InHand) -> Message {
        let mut content = json!({
            "kind": "officer", "notification_id": job.id, "title": self.title, "body": self.body,
        });
        if let Some(case) = &job.case {
            content["case_id"] = json!(case.case_id);
        }
        let topic = Message::topic(job.case.as_ref().map_or(job.id.0, |case| case.case_id.0));
        Message { content, topic, is_urgent: true }
    }

    /// For a webhook: `type`, `timestamp` and `data`, as Standard Webhooks have it.
    pub(super) fn json(&self, job: &InHand, now: UnixMs) -> Value {
        let mut data = json!({ "notification_id": job.id });
        if let Some(case) = &job.case {
            data["case_id"] = json!(case.case_id);
            data["case_no"] = json!(case.case_no);
            data["priority"] = json!(case.priority);
            data["country"] = json!(case.country);
            data["desk_id"] = json!(case.desk_id);
            data["desk"] = json!(case.desk);
            data["pressed_at_ms"] = json!(case.pressed);
            data["run"] = json!(job.run);
            data["round"] = json!(job.round);
            data["step"] = json!(job.step);
        }
        if let Some(link) = &self.link {
            data["link"] = json!(link);
        }
        let at = Timestamp::from_millisecond(now.0).unwrap_or_default();
        json!({ "type": self.kind.word(), "timestamp": at.to_string(), "data": data })
    }
}

fn case_title(case: &CaseFacts) -> String {
    let priority = match case.priority {
        Priority::P1 => "P1",
        Priority::P2 => "P2",
        Priority::P3 => "P3",
    };
    format!("SOS {priority}: ca {} · {}", case.case_no, case.desk)
}

fn case_body(kind: Kind, case: &CaseFacts) -> String {
    let at = clock(case.pressed, case.time_zone.as_deref());
    match kind {
        Kind::Unanswered => format!(
            "Bấm SOS lúc {at}. Chưa ai nhận ca này.\nSOS pressed at {at}. Nobody has taken this case."
        ),
        Kind::Silent => format!(
            "Bấm SOS lúc {at}. Đã có người nhận nhưng ca đang chờ.\nSOS pressed at {at}. Taken, but the case is waiting."
        ),
        Kind::Look | Kind::Test => {
            format!("Bấm SOS lúc {at}. Ca này cần bạn xem.\nSOS pressed at {at}. This case needs you.")
        }
    }
}

/// `14:05 22/11 (Asia/Taipei)`: by the clocks of the desk, else UTC.
fn clock(at: UnixMs, zone: Option<&str>) -> String {
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).filter(|zone| !zone.is_unknown());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    let local = zone.to_datetime(Timestamp::from_millisecond(at.0).unwrap_or_default());
    format!("{:02}:{:02} {:02}/{:02} ({name})", local.hour(), local.minute(), local.day(), local.month())
}

#[cfg(test)]
mod tests {
    use sos_protocol::{CaseId, CountryCode, DeskId, NotificationId};
    use uuid::Uuid;

    use super::*;

    fn job(run: u32, is_claimed: bool) -> InHand {
        InHand {
            id: NotificationId(Uuid::from_u128(1)),
            cause: format!("step/x/{run}/0/1"),
            run,
            round: 0,
            step: 1,
            case: Some(CaseFacts {
                case_id: CaseId(Uuid::from_u128(2)),
                case_no: "2026-000007".to_owned(),
                priority: Priority::P1,
                country: CountryCode::parse("TW"),
                desk_id: DeskId::from("tw-taipei"),
                desk: "Văn phòng Đài Bắc".to_owned(),
                time_zone: Some("Asia/Taipei".to_owned()),
                pressed: UnixMs(1_792_850_700_000),
                is_claimed,
            }),
            to: None,
            webhook: None,
            ends: UnixMs(0),
            tries: 1,
            is_answered: false,
        }
    }

    #[test]
    fn words_are_short_in_both_languages_and_say_no_more_than_is_true() {
        let console = Console(Some("https://sos.example.org".to_owned()));
        let words = |run, claimed| Words::of(&job(run, claimed), &console);
        assert_eq!(words(1, false).title, "SOS P1: ca 2026-000007 · Văn phòng Đài Bắc");
        let body = words(1, false).body;
        assert!(body.starts_with("Bấm SOS lúc 22:05 24/10 (Asia/Taipei). Chưa ai nhận ca này.\n"), "{body}");
        assert!(body.ends_with("Nobody has taken this case."));
        assert!(!words(1, true).body.contains("Nobody"), "somebody has taken it");
        assert!(!words(0, false).body.contains("Nobody"));
        assert!(words(1, false).text().ends_with("\nhttps://sos.example.org\n"));
        let test = Words::of(&InHand { case: None, ..job(0, false) }, &Console(None));
        assert!(test.body.contains("There is no case."));
        assert!(!test.text().contains("http"));
    }

    #[test]
    fn clocks_are_those_of_the_desk_or_utc() {
        assert_eq!(clock(UnixMs(0), Some("Asia/Ho_Chi_Minh")), "08:00 01/01 (Asia/Ho_Chi_Minh)");
        assert_eq!(clock(UnixMs(0), Some("Nowhere/At_All")), "00:00 01/01 (UTC)");
        assert_eq!(clock(UnixMs(0), None), "00:00 01/01 (UTC)");
    }
}
