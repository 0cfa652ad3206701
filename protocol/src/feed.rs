//! The console's socket (`/feed`): it only reads; officers act over HTTP.

use serde::{Deserialize, Serialize};

use crate::case::{CaseSummary, FixView, TimelineEntry};
use crate::problem::ErrorCode;
use crate::{Alert, CaseId, DeskId, RoutingView, Seq, StaffId, UnixMs, Unverified};

/// What a console sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConsoleFrame {
    /// First frame of a connection.
    Hello {
        /// From `POST /api/feed-ticket`; good once.
        ticket: String,
        /// The largest `seq` that this console has dealt with; left out for a fresh snapshot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_seq: Option<Seq>,
    },
    /// "Send again what comes after": the console found itself behind a heartbeat's `head_seq`.
    Resume {
        /// The largest `seq` dealt with.
        after_seq: Seq,
    },
    /// What this console's officer looks at, for the others who may see it. Said on every change, and again every
    /// [`crate::limits::PRESENCE_SAY_S`] seconds.
    Looking {
        /// The case that is open; left out: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case_id: Option<CaseId>,
        /// The officer is writing to the worker.
        #[serde(default)]
        typing: bool,
    },
}

/// What the service sends to a console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "events are the common case")]
pub enum FeedFrame {
    /// The whole queue, in one or more parts; once the last part is there, it replaces everything the console knew.
    Snapshot {
        /// Open and claimed cases, and the latest closed ones
        /// (at most [`crate::limits::SNAPSHOT_CLOSED_MAX`]).
        cases: Vec<CaseSummary>,
        /// Further parts follow.
        more: bool,
        /// The snapshot holds everything up to here.
        head_seq: Seq,
        /// The server's clock.
        server_time_ms: UnixMs,
    },
    /// One ledger entry that this console may see. In order of `seq`, each once.
    Event {
        /// The entry.
        entry: TimelineEntry,
        /// The case after it (or later).
        case: CaseSummary,
    },
    /// New fixes of a case, newest first. Not in the ledger; after a gap the case detail has them all.
    Positions {
        /// Which.
        case_id: CaseId,
        /// The fixes.
        fixes: Vec<FixView>,
    },
    /// An SOS that is safe, but cannot be recorded at the moment: it rings all the same. Told again until it is
    /// recorded; then the entry with its `alert_id` (`opened` or `pressed_again`) takes its place.
    Provisional {
        /// What is known of it.
        alert: ProvisionalAlert,
    },
    /// Who looks at a case now, the officer of this console left out. Replaces what was said of it before; gone after
    /// [`crate::limits::PRESENCE_GONE_S`] seconds without another one.
    Presence {
        /// Which.
        case_id: CaseId,
        /// By name.
        officers: Vec<PresentOfficer>,
    },
    /// Every [`crate::limits::HEARTBEAT_INTERVAL_S`] seconds, and at the end of a replay.
    Heartbeat {
        /// The ledger's head. All entries up to here that this console may see were sent before this frame.
        head_seq: Seq,
        /// The server's clock.
        server_time_ms: UnixMs,
        /// Officers on shift at the console's desk.
        on_duty: Vec<DutyOfficer>,
    },
    /// Something is wrong; what follows depends on the code (`ticket_invalid`: the connection ends).
    Error {
        /// What.
        code: ErrorCode,
        /// In English words, for developers.
        detail: String,
    },
}

/// An SOS that waits to be recorded. There is no case yet that could be claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ProvisionalAlert {
    /// The press; also says which entry takes this one's place.
    pub alert: Alert,
    /// The case that it will open, unless its worker has an open one.
    pub case_id: CaseId,
    /// When the gateway had it on disk.
    pub received_at_ms: UnixMs,
    /// The desk that will hold it.
    pub desk_id: DeskId,
    /// Desks that will be shown it; and the ministry's.
    pub watchers: Vec<DeskId>,
    /// Why this desk.
    pub routing: RoutingView,
    /// Why it is unverified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<Unverified>,
}

/// An officer who looks at a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PresentOfficer {
    /// Who.
    pub staff_id: StaffId,
    /// Name to show.
    pub name: String,
    /// Writes to the worker.
    pub typing: bool,
}

/// An officer on shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DutyOfficer {
    /// Who.
    pub staff_id: StaffId,
    /// Name to show.
    pub name: String,
    /// At which desk.
    pub desk_id: DeskId,
    /// Since when.
    pub since_ms: UnixMs,
}
