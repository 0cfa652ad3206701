//! Cases as messages of the Common Alerting Protocol 1.2 (OASIS), for authorities that work with it: in Vietnamese and English,
//! `Restricted`, a drill as `Exercise`.
//!
//! A case is one Alert, `SOS-<number>-opened`, and what becomes of it are Updates and Cancels that refer to it. Webhooks get them
//! without a position; whoever may take a case's file gets the latest one with it ([`of_case`]).

use std::io;

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sos_core::recording::{CaseRecord, CaseView};
use sos_protocol::case::FixView;
use sos_protocol::{CaseEvent, CaseState, Disposition, EmergencyKind, Priority, UnixMs};

use crate::store::event_feeds::Told;

/// Media type of a message.
pub const TYPE: &str = "application/cap+xml";
const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
const RESTRICTION: &str =
    "For authorities that assist the person concerned / Chỉ dành cho cơ quan hỗ trợ người liên quan";

/// Who sends, in messages: the host of the console's address, else the service's name. Without blanks, commas, `<` or `&`.
#[derive(Debug, Clone)]
pub struct Sender(String);

impl Sender {
    /// Of a service whose console is at `public_url`.
    #[must_use]
    pub fn of(public_url: Option<&str>) -> Self {
        let url = public_url.and_then(|url| reqwest::Url::parse(url).ok());
        let host = url.as_ref().and_then(reqwest::Url::host_str).unwrap_or("sos-service");
        Self(host.replace([' ', ',', '<', '&'], ""))
    }
}

/// Two languages.
#[derive(Debug, Clone)]
struct Both {
    vi: String,
    en: String,
}

fn both(vi: &str, en: &str) -> Both {
    Both { vi: vi.to_owned(), en: en.to_owned() }
}

/// What is said of a case.
struct Message<'a> {
    sender: &'a Sender,
    case: &'a CaseRecord,
    desk_name: &'a str,
    identifier: String,
    sent: UnixMs,
    kind: MessageKind,
    position: Option<&'a FixView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MessageKind {
    Alert,
    Update,
    /// Closed, and helped.
    Over,
    /// Closed as one that was none.
    Cancel,
}

/// The message of an entry of the ledger, without a position. None: it has none.
pub(crate) fn of_entry(sender: &Sender, view: &CaseView, told: &Told) -> Option<String> {
    let case = &view.record;
    let (identifier, sent, kind) = match &told.event {
        CaseEvent::Opened { .. } => (first(case), case.opened_ms, MessageKind::Alert),
        CaseEvent::Closed { disposition, .. } => {
            (format!("SOS-{}-{}", case.number(), told.seq.0), told.at, closed(*disposition))
        }
        _ => return None,
    };
    let message =
        Message { sender, case, desk_name: &view.desk_name, identifier, sent, kind, position: None };
    message.write().ok()
}

/// The message of a case as it is now, with its position.
///
/// # Errors
/// When it cannot be written.
pub fn of_case(sender: &Sender, view: &CaseView) -> io::Result<String> {
    let case = &view.record;
    let kind = match (case.state, case.disposition) {
        (CaseState::Closed, Some(disposition)) => closed(disposition),
        _ if case.version <= 1 => MessageKind::Alert,
        _ => MessageKind::Update,
    };
    let position = case.position.as_ref();
    let fix = position.map_or(0, |fix| fix.server_time_ms.0.div_euclid(1_000));
    // Another one with each entry and each fix; never that of a message without the position.
    let identifier = format!("SOS-{}-{}-{fix}", case.number(), case.last_seq.0);
    let sent = position.map_or(case.last_at_ms, |fix| fix.server_time_ms.max(case.last_at_ms));
    Message { sender, case, desk_name: &view.desk_name, identifier, sent, kind, position }.write()
}

/// Of the Alert of a case.
fn first(case: &CaseRecord) -> String {
    format!("SOS-{}-opened", case.number())
}

const fn closed(disposition: Disposition) -> MessageKind {
    match disposition {
        Disposition::Resolved | Disposition::Referred | Disposition::UnableToContact => MessageKind::Over,
        Disposition::FalseAlarm
        | Disposition::CancelledByWorker
        | Disposition::Duplicate
        | Disposition::Test => MessageKind::Cancel,
    }
}

/// As CAP writes moments: with an offset, which is -00:00 for UTC.
fn moment(at: UnixMs) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S-00:00").to_string()
}

type Xml = Writer<Vec<u8>>;

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}

impl Message<'_> {
    fn write(&self) -> io::Result<String> {
        let mut xml = Writer::new_with_indent(vec![], b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.create_element("alert").with_attribute(("xmlns", NAMESPACE)).write_inner_content(|xml| {
            self.head(xml)?;
            self.info(xml, "vi-VN", |both| &both.vi)?;
            self.info(xml, "en-US", |both| &both.en)
        })?;
        String::from_utf8(xml.into_inner()).map_err(io::Error::other)
    }

    fn head(&self, xml: &mut Xml) -> io::Result<()> {
        text(xml, "identifier", &self.identifier)?;
        text(xml, "sender", &self.sender.0)?;
        text(xml, "sent", &moment(self.sent))?;
        text(xml, "status", if self.case.drill { "Exercise" } else { "Actual" })?;
        let kind = match self.kind {
            MessageKind::Alert => "Alert",
            MessageKind::Update | MessageKind::Over => "Update",
            MessageKind::Cancel => "Cancel",
        };
        text(xml, "msgType", kind)?;
        text(xml, "scope", "Restricted")?;
        text(xml, "restriction", RESTRICTION)?;
        if self.case.drill {
            text(xml, "note", "Diễn tập / Drill")?;
        }
        if self.kind != MessageKind::Alert {
            let alert = format!("{},{},{}", self.sender.0, first(self.case), moment(self.case.opened_ms));
            text(xml, "references", &alert)?;
        }
        text(xml, "incidents", &self.case.number())
    }

    fn info(&self, xml: &mut Xml, language: &str, pick: fn(&Both) -> &String) -> io::Result<()> {
        let case = self.case;
        xml.create_element("info").write_inner_content(|xml| {
            text(xml, "language", language)?;
            text(xml, "category", category(case.kind))?;
            text(xml, "event", pick(&event(case.kind)))?;
            let over = matches!(self.kind, MessageKind::Over | MessageKind::Cancel);
            text(xml, "responseType", if over { "AllClear" } else { "Assess" })?;
            text(xml, "urgency", if over { "Past" } else { "Immediate" })?;
            text(xml, "severity", severity(case))?;
            text(xml, "certainty", certainty(case, self.kind))?;
            text(xml, "onset", &moment(case.opened_ms))?;
            text(xml, "senderName", self.desk_name)?;
            text(xml, "headline", pick(&self.headline()))?;
            text(xml, "description", pick(&self.description()))?;
            xml.create_element("parameter").write_inner_content(|xml| {
                text(xml, "valueName", "CaseNumber")?;
                text(xml, "value", &case.number())
            })?;
            self.area(xml, pick)
        })?;
        Ok(())
    }

    /// Where: the position with its uncertainty, where it is said; and the country.
    fn area(&self, xml: &mut Xml, pick: fn(&Both) -> &String) -> io::Result<()> {
        let country = self.case.routing.country;
        if country.is_none() && self.position.is_none() {
            return Ok(());
        }
        let code = country.map_or_else(|| "–".to_owned(), |iso| iso.to_string());
        let mut name = both(&format!("Nước: {code}"), &format!("Country: {code}"));
        if let Some(position) = self.position {
            let said = match position.fix.accuracy_m {
                Some(metres) => {
                    both(&format!("vị trí ± {metres:.0} m"), &format!("position ± {metres:.0} m"))
                }
                None => both("vị trí, không rõ sai số", "position, uncertainty not known"),
            };
            let at = moment(position.server_time_ms);
            name.vi = format!("{}; {}, nhận lúc {at}", name.vi, said.vi);
            name.en = format!("{}; {}, received at {at}", name.en, said.en);
        }
        xml.create_element("area").write_inner_content(|xml| {
            text(xml, "areaDesc", pick(&name))?;
            if let Some(fix) = self.position.map(|position| &position.fix) {
                let km = fix.accuracy_m.unwrap_or(0.0) / 1_000.0;
                text(xml, "circle", &format!("{:.5},{:.5} {km:.3}", fix.lat, fix.lon))?;
            }
            if let Some(iso) = country {
                xml.create_element("geocode").write_inner_content(|xml| {
                    text(xml, "valueName", "ISO3166-1")?;
                    text(xml, "value", iso.as_str())
                })?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn headline(&self) -> Both {
        let number = self.case.number();
        let said = match self.kind {
            MessageKind::Alert => both("SOS, ca mới", "SOS, a new case"),
            MessageKind::Update => both("SOS, ca đang được xử lý", "SOS, the case goes on"),
            MessageKind::Over => both("SOS, ca đã đóng", "SOS, the case is closed"),
            MessageKind::Cancel => both("SOS, ca đã đóng, không cần hỗ trợ", "SOS, closed, no help needed"),
        };
        let drill = if self.case.drill { both("DIỄN TẬP – ", "DRILL – ") } else { both("", "") };
        both(&format!("{}{}: {number}", drill.vi, said.vi), &format!("{}{}: {number}", drill.en, said.en))
    }

    fn description(&self) -> Both {
        let event = event(self.case.kind);
        let known = match self.case.unverified {
            Some(_) => both("Chưa xác minh người gửi.", "The sender is not verified."),
            None => both("Người gửi đã được xác minh.", "The sender is verified."),
        };
        both(&format!("{}. {}", event.vi, known.vi), &format!("{}. {}", event.en, known.en))
    }
}

const fn category(kind: Option<EmergencyKind>) -> &'static str {
    match kind {
        Some(EmergencyKind::Injured) => "Health",
        Some(EmergencyKind::Attacked | EmergencyKind::Held) => "Security",
        Some(EmergencyKind::Other) | None => "Rescue",
    }
}

fn event(kind: Option<EmergencyKind>) -> Both {
    match kind {
        Some(EmergencyKind::Injured) => both("Người lao động bấm SOS: bị thương", "SOS of a worker: injured"),
        Some(EmergencyKind::Attacked) => both("Người lao động bấm SOS: bị đánh", "SOS of a worker: attacked"),
        Some(EmergencyKind::Held) => both("Người lao động bấm SOS: bị giữ", "SOS of a worker: held"),
        Some(EmergencyKind::Other) => {
            both("Người lao động bấm SOS: việc khác", "SOS of a worker: something else")
        }
        None => both("Người lao động bấm SOS", "SOS of a worker"),
    }
}

const fn severity(case: &CaseRecord) -> &'static str {
    match case.priority {
        Priority::P1 => "Severe",
        Priority::P2 => "Moderate",
        Priority::P3 => "Minor",
    }
}

const fn certainty(case: &CaseRecord, kind: MessageKind) -> &'static str {
    match (kind, case.unverified) {
        (MessageKind::Cancel, _) => "Unlikely",
        (_, Some(_)) => "Unknown",
        (_, None) => "Likely",
    }
}
