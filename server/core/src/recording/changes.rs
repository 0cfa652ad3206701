//! What one transaction writes.

use std::collections::HashMap;

use sos_protocol::{CaseEvent, CaseId, DeskId, Seq, StaffId, UnixMs};

use super::case_record::{AlertRecord, CaseRecord};
use crate::ledger::{self, Row};

/// Who makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The worker.
    Worker,
    /// An officer.
    Staff(StaffId),
    /// The service.
    Service,
}

impl By {
    /// The officer, if it is one.
    #[must_use]
    pub const fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Worker | Self::Service => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Staff(_) => "staff",
            Self::Service => "service",
        }
    }
}

/// An entry that is to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The case; among the saved ones or in the store.
    pub case_id: CaseId,
    /// The desk that holds it after the event.
    pub desk: DeskId,
    /// Whose key seals the personal part.
    pub subject: String,
    /// Who did it.
    pub by: By,
    /// What.
    pub event: CaseEvent,
}

/// Everything that one transaction changes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Cases, new or changed, in the order of their ids.
    pub cases: Vec<CaseRecord>,
    /// New alerts.
    pub alerts: Vec<AlertRecord>,
    /// The entries, in order.
    pub drafts: Vec<Draft>,
}

impl Changes {
    /// The entries as rows of the ledger from `first` on; tells the cases their last place. `seal` encrypts the
    /// personal part (JSON) of a draft for its place.
    ///
    /// # Errors
    /// What `seal` says.
    pub fn place<E>(
        &mut self,
        first: Seq,
        now: UnixMs,
        mut seal: impl FnMut(&Draft, Seq, &str) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<Row>, E> {
        let mut rows = Vec::with_capacity(self.drafts.len());
        let mut last: HashMap<CaseId, Seq> = HashMap::new();
        for (draft, place) in self.drafts.iter().zip(first.0..) {
            let seq = Seq(place);
            let (facts, personal) = ledger::split(&draft.event);
            let sealed = personal.map(|text| seal(draft, seq, &text)).transpose()?.unwrap_or_default();
            rows.push(Row {
                seq,
                at: now,
                case_id: draft.case_id,
                desk: draft.desk.clone(),
                actor: draft.by.word().to_owned(),
                actor_id: draft.by.staff().map(|id| id.0),
                kind: draft.event.kind().to_owned(),
                ref_id: ledger::ref_id(&draft.event),
                facts,
                sealed,
            });
            last.insert(draft.case_id, seq);
        }
        for case in &mut self.cases {
            case.last_seq = last.get(&case.case_id).copied().unwrap_or(case.last_seq);
        }
        Ok(rows)
    }
}
