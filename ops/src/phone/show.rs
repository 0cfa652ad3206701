//! What a worker reads, in the words of the app, and the same for programs.

use serde::Serialize;
use sos_protocol::{AlertId, CaseId, Receipt, Stage};

pub(crate) use super::moment::clock;
use super::moment::rfc3339;

pub(crate) const NOT_ENROLLED: &str = "Máy này chưa đăng ký: SOS vẫn được nhận, ghi là CHƯA XÁC MINH. (This phone is not enrolled: unverified.)";
pub(crate) const SENDING: &str = "↻ ĐANG GỬI…";
pub(crate) const LOCATE: &str = "📍 Cán bộ hỏi vị trí của bạn.";
pub(crate) const MESSAGE_ACCEPTED: &str = "✓ Hệ thống đã nhận tin nhắn.";
pub(crate) const CANCEL_ACCEPTED: &str = "✓ Hệ thống đã nhận: bấm nhầm.";

/// The line of the state card for a receipt.
pub(crate) fn receipt(receipt: &Receipt) -> String {
    let at = clock(receipt.at_ms);
    let desk = receipt.desk_name.as_deref();
    let by = receipt.by.as_deref();
    match receipt.stage {
        Stage::Received => format!("✓ HỆ THỐNG ĐÃ NHẬN lúc {at}. Chưa có cán bộ xem."),
        Stage::Recorded => {
            format!("✓ HỆ THỐNG ĐÃ NHẬN lúc {at}{}. Chưa có cán bộ xem.", prefixed(" – ", desk))
        }
        Stage::Rang => format!("🔔 ĐÃ REO CHUÔNG{} lúc {at}. Chưa có cán bộ xem.", prefixed(" TẠI ", desk)),
        Stage::Seen => format!("✓✓ CÁN BỘ{} ĐÃ XEM lúc {at}.", prefixed(" ", by)),
        Stage::Claimed => {
            let by = by.map(str::to_uppercase);
            format!("👤 CÁN BỘ{} ĐANG XỬ LÝ. Giữ máy mở.", prefixed(" ", by.as_deref()))
        }
        Stage::Closed => "■ CA ĐÃ ĐÓNG. Vẫn cần giúp? Nhấn giữ SOS.".to_owned(),
    }
}

/// The SOS did not get out.
pub(crate) fn not_sent_yet(retry_in_ms: u64) -> String {
    let seconds = retry_in_ms.div_ceil(1_000).max(1);
    format!("⚠ CHƯA GỬI ĐƯỢC – vẫn lưu trong máy. Thử lại sau {seconds} giây.")
}

fn prefixed(before: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("{before}{text}"))
}

/// A receipt as one line of JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Line<'a> {
    stage: Stage,
    /// RFC 3339, UTC, with milliseconds.
    at: String,
    case_id: Option<CaseId>,
    alert_id: AlertId,
    desk: Option<&'a str>,
    by: Option<&'a str>,
    seq: Option<i64>,
    current: bool,
}

impl<'a> Line<'a> {
    pub(crate) fn of(receipt: &'a Receipt, current: bool) -> Self {
        Self {
            stage: receipt.stage,
            at: rfc3339(receipt.at_ms),
            case_id: receipt.case_id,
            alert_id: receipt.alert_id,
            desk: receipt.desk_name.as_deref(),
            by: receipt.by.as_deref(),
            seq: receipt.seq.map(|seq| seq.0),
            current,
        }
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::{Seq, UnixMs};

    fn reached(stage: Stage) -> Receipt {
        Receipt {
            alert_id: "0190a0a0-0000-7000-8000-000000000001".parse().unwrap(),
            stage,
            at_ms: UnixMs(1_795_330_920_123),
            case_id: None,
            desk_name: Some("Đài Bắc".into()),
            by: Some("Lan".into()),
            disposition: None,
            seq: Some(Seq(7)),
            case_no: None,
        }
    }

    #[test]
    fn the_worker_reads_how_far_it_got_and_nothing_more() {
        assert_eq!(
            receipt(&reached(Stage::Rang)),
            "🔔 ĐÃ REO CHUÔNG TẠI Đài Bắc lúc 14:02:00. Chưa có cán bộ xem."
        );
        assert_eq!(receipt(&reached(Stage::Claimed)), "👤 CÁN BỘ LAN ĐANG XỬ LÝ. Giữ máy mở.");
        assert_eq!(not_sent_yet(4_200), "⚠ CHƯA GỬI ĐƯỢC – vẫn lưu trong máy. Thử lại sau 5 giây.");
    }

    #[test]
    fn programs_read_one_line() {
        let line: serde_json::Value =
            serde_json::from_str(&Line::of(&reached(Stage::Rang), true).json()).unwrap();
        assert_eq!(line["stage"], "rang");
        assert_eq!(line["at"], "2026-11-22T07:02:00.123Z");
        assert_eq!((&line["seq"], &line["desk"]), (&serde_json::json!(7), &serde_json::json!("Đài Bắc")));
    }
}
