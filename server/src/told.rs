//! Something to tell those who are connected: made once, shared by all of them.

use sos_core::access::{CaseDesks, Scope};
use sos_core::entry::LedgerEntry;
use sos_core::pseudonym::Mask;
use sos_protocol::case::TimelineEntry;
use sos_protocol::feed::{FeedFrame, PresentOfficer, ProvisionalAlert};
use sos_protocol::{CaseId, DeskId, Seq, StaffId};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::store::fixes::CaseFixes;

/// Something to tell. The console's frame is written once, and shared by all consoles.
pub enum Told {
    /// A ledger entry.
    Entry {
        /// The entry.
        entry: Box<LedgerEntry>,
        /// As consoles get it.
        frame: Utf8Bytes,
    },
    /// New positions of a case, or an alert that waits to be recorded.
    Passing {
        /// Desks that see the case.
        audience: Vec<DeskId>,
        /// As consoles get it.
        frame: Utf8Bytes,
    },
    /// Who looks at a case.
    Presence {
        /// Desks that see the case.
        audience: Vec<DeskId>,
        /// Which.
        case_id: CaseId,
        /// All of them.
        officers: Vec<PresentOfficer>,
    },
}

impl Told {
    /// An entry.
    #[must_use]
    pub fn entry(entry: LedgerEntry) -> Self {
        let frame = FeedFrame::Event { entry: entry.entry.clone(), case: entry.case.clone() };
        Self::Entry { frame: encode(&frame).into(), entry: Box::new(entry) }
    }

    /// Positions.
    #[must_use]
    pub fn positions(fixes: CaseFixes) -> Self {
        let frame = FeedFrame::Positions { case_id: fixes.case_id, fixes: fixes.fixes };
        Self::Passing { audience: fixes.audience, frame: encode(&frame).into() }
    }

    /// An alert that waits to be recorded.
    #[must_use]
    pub fn provisional(alert: ProvisionalAlert) -> Self {
        let audience = std::iter::once(&alert.desk_id).chain(&alert.watchers).cloned().collect();
        Self::Passing { audience, frame: encode(&FeedFrame::Provisional { alert }).into() }
    }

    /// Who looks at a case.
    #[must_use]
    pub const fn presence(case_id: CaseId, audience: Vec<DeskId>, officers: Vec<PresentOfficer>) -> Self {
        Self::Presence { audience, case_id, officers }
    }

    /// The frame for the console of `officer`, who sees `scope`, through `mask` where names are not shown. Nobody is told
    /// that they look themselves.
    #[must_use]
    pub fn for_console(&self, scope: &Scope, officer: StaffId, mask: Option<&Mask>) -> Option<Utf8Bytes> {
        let covered =
            |holder: &DeskId, watchers: &[DeskId]| scope.covers(CaseDesks::seen_by(holder, watchers));
        match self {
            Self::Entry { entry, .. } if !covered(&entry.case.desk_id, &entry.case.watchers) => None,
            Self::Entry { entry, frame } => match mask {
                None => Some(frame.clone()),
                Some(mask) => masked(entry, mask),
            },
            Self::Passing { audience, frame } => {
                let (holder, watchers) = audience.split_first()?;
                covered(holder, watchers).then(|| frame.clone())
            }
            Self::Presence { audience, case_id, officers } => {
                let (holder, watchers) = audience.split_first()?;
                let others = || officers.iter().filter(|other| other.staff_id != officer).cloned().collect();
                let frame = || FeedFrame::Presence { case_id: *case_id, officers: others() };
                covered(holder, watchers).then(|| encode(&frame()).into())
            }
        }
    }

    /// Place in the ledger, for entries.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Self::Entry { entry, .. } => Some(entry.seq()),
            Self::Passing { .. } | Self::Presence { .. } => None,
        }
    }
}

fn masked(entry: &LedgerEntry, mask: &Mask) -> Option<Utf8Bytes> {
    let (mut case, entry) = (entry.case.clone(), entry.entry.clone());
    let event = Mask::event(entry.event, case.worker_name.as_deref())?;
    mask.summary(&mut case);
    Some(encode(&FeedFrame::Event { entry: TimelineEntry { event, ..entry }, case }).into())
}

/// A frame as text.
#[must_use]
pub fn encode<T: serde::Serialize>(frame: &T) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}
