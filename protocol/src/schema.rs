//! The TypeScript side of this crate, as text.

use std::fmt::Write;

use ts_rs::TS;

use crate::{alert, case, feed, http, ids, limits, phone, pin, problem, time};

macro_rules! declare {
    ($out:ident, $($ty:ty),+ $(,)?) => {{
        let config = ts_rs::Config::default();
        $(
            if let Some(docs) = <$ty as TS>::docs() {
                let _ = writeln!($out, "{}", docs.trim_end());
            }
            let _ = writeln!($out, "export {}\n", <$ty as TS>::decl(&config));
        )+
    }};
}

macro_rules! constants {
    ($out:ident, $($name:ident),+ $(,)?) => {
        $(let _ = writeln!($out, "export const {} = {};", stringify!($name), limits::$name);)+
    };
}

/// The whole of `protocol/ts/protocol.ts`.
#[must_use]
pub fn typescript() -> String {
    let mut out = String::from(
        "// Generated from protocol/src; do not edit. Anew: cargo run -p sos-protocol --features schema --bin protocol-ts\n\n",
    );
    let _ = writeln!(out, "export const SUBPROTOCOL = \"{}\";", crate::SUBPROTOCOL);
    constants!(
        out,
        FRAME_BYTES_MAX,
        SALVAGE_BYTES,
        TEXT_CHARS_MAX,
        ALERT_TEXT_CHARS_MAX,
        FIXES_PER_FRAME_MAX,
        DELIVERED_PER_FRAME_MAX,
        FOLLOW_MAX,
        PUSH_TARGET_CHARS_MAX,
        PIN_DIGITS_MIN,
        PIN_DIGITS_MAX,
        BORROWED_H,
        PHOTO_BYTES_MAX,
        VOICE_BYTES_MAX,
        ATTACHMENT_PART_BYTES_MAX,
        ATTACHMENTS_PER_CASE_MAX,
        ACCURACY_M_MAX,
        CLOCK_AHEAD_MS_MAX,
        WAITED_MS_MAX,
        PING_INTERVAL_S,
        PING_INTERVAL_SOS_S,
        PINGS_MISSED_MAX,
        HELLO_TIMEOUT_S,
        CANCEL_WINDOW_S,
        RECONNECT_MAX_S,
        RESEND_AFTER_S,
        HEARTBEAT_INTERVAL_S,
        LINK_AMBER_S,
        LINK_RED_S,
        REPLAY_ENTRIES_MAX,
        SNAPSHOT_CLOSED_MAX,
        SNAPSHOT_PART_BYTES,
        DETAIL_FIXES_MAX,
        TICKET_TTL_S,
        POSITION_FRESH_S,
        POSITION_OLD_S,
        LATE_AFTER_S,
    );
    out.push('\n');
    declare!(
        out,
        time::UnixMs,
        ids::AlertId,
        ids::CaseId,
        ids::DeviceId,
        ids::WorkerId,
        ids::StaffId,
        ids::MessageId,
        ids::NoteId,
        ids::FixId,
        ids::AttachmentId,
        ids::CheckInId,
        pin::Pin,
        ids::SessionId,
        ids::DeskId,
        ids::Seq,
        ids::CountryCode,
        problem::ErrorCode,
        problem::Conflict,
        problem::Problem,
        alert::FixSource,
        alert::Trigger,
        alert::EmergencyKind,
        alert::Fix,
        alert::Alert,
        case::CaseState,
        case::Disposition,
        case::Priority,
        case::Unverified,
        case::RoutingBasis,
        case::RoutingView,
        case::Owner,
        case::Closing,
        case::FixView,
        case::CaseSummary,
        case::Actor,
        phone::DroppedField,
        case::Media,
        case::Attachment,
        case::Taken,
        case::CheckInView,
        case::CaseEvent,
        case::TimelineEntry,
        case::WorkerProfile,
        case::CaseDetail,
        phone::Stage,
        phone::Receipt,
        phone::PhoneFrame,
        phone::GatewayFrame,
        feed::DutyOfficer,
        feed::ProvisionalAlert,
        feed::ConsoleFrame,
        feed::FeedFrame,
        http::EnrolRequest,
        http::Enrolled,
        http::AlertPost,
        http::AlertStatus,
        http::PushTarget,
        http::PhoneSettings,
        http::SetPins,
        http::CardRequest,
        http::CheckIn,
        http::NewAttachment,
        http::AttachmentState,
        http::SignIn,
        http::Role,
        http::DeskView,
        http::Me,
        http::Desks,
        http::FeedTicket,
        http::Claim,
        http::WithReason,
        http::Transfer,
        http::Close,
        http::PostMessage,
        http::PostNote,
        http::CaseAnswer,
        http::CaseList,
        http::Readiness,
    );
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_typescript_in_the_tree_is_what_the_types_say() {
        let kept = include_str!("../ts/protocol.ts");
        assert!(kept == super::typescript(), "cargo run -p sos-protocol --features schema --bin protocol-ts");
    }
}
