//! What phones, consoles and the service say to each other.
//!
//! One version, [`SUBPROTOCOL`], covers the phone socket, the console feed and the HTTP bodies. Frames are
//! JSON text; times are [`UnixMs`]; limits are in [`limits`]. `protocol/README.md` tells the same story to
//! somebody who writes a phone client in another language.

pub mod admin;
pub mod alert;
pub mod ambient;
pub mod api_v1;
pub mod case;
pub mod case_file;
pub mod cover;
pub mod export;
pub mod feed;
pub mod figures;
pub mod http;
mod ids;
pub mod ledger;
pub mod lenient;
pub mod limits;
pub mod open_data;
pub mod phone;
mod pin;
pub mod problem;
pub mod proof;
pub mod report;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sms;
mod time;

pub use alert::{Alert, EmergencyKind, Fix, FixSource, Trigger};
pub use case::{
    Actor, CaseDetail, CaseEvent, CaseState, CaseSummary, Disposition, Priority, RoutingBasis, RoutingView,
    Unverified,
};
pub use ids::{
    AlertId, AttachmentId, CaseId, ChannelId, CheckInId, CodeId, CountryCode, DeskId, DeviceId, ExportId,
    FixId, MeasureId, MessageId, NoteId, NotificationId, PolicyId, RotaId, Seq, SessionId, StaffId, TokenId,
    WebhookId, WorkerId,
};
pub use phone::{GatewayFrame, PhoneFrame, Receipt, Stage};
pub use pin::Pin;
pub use problem::{ErrorCode, Problem};
pub use time::UnixMs;

/// WebSocket subprotocol, and the version of everything in this crate.
pub const SUBPROTOCOL: &str = "sos.v1";
