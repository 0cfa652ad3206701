//! What officers do with cases, and what they see of them.

pub mod batch;
mod changing;
pub mod old_reports;
pub mod rang;
mod reading;
mod reports;
pub mod search;
mod surroundings;

use std::sync::Arc;

use sos_core::access::{self, Access, Action, Officer};
use sos_core::lifecycle::{Command, Pairing, Refusal};
use sos_core::recording::{AlertRecord, CaseView};
use sos_core::report::ReportRefusal;
use sos_protocol::ambient::SharedClock;
use sos_protocol::limits::DETAIL_FIXES_MAX;
use sos_protocol::problem::Conflict;
use sos_protocol::{AlertId, GatewayFrame};
use sos_protocol::{CaseDetail, CaseId, CaseSummary, ErrorCode, Problem, Receipt, Seq};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use self::changing::Change;
pub use self::changing::Changing;
use self::rang::Rang;
use self::search::Searches;

use crate::deadline::within;
use crate::dispatch::Dispatch;
use crate::gather::Gather;
use crate::pseudonyms::Pseudonyms;
use crate::store::{Store, StoreError, USE_WITHIN};

/// Most ledger entries that the receipts of one alert are read from.
const RECEIPT_ENTRIES_MAX: usize = 500;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// It may not or cannot be; with who did what before, where a race was lost.
    #[error("{0}")]
    Refused(Refusal, Option<Conflict>),
    /// The same of a report.
    #[error("{0}")]
    Report(ReportRefusal, Option<Conflict>),
    /// There is no such desk.
    #[error("no such desk")]
    NoSuchDesk,
    /// There is no such officer who works cases of the desk.
    #[error("no such officer at the desk")]
    NoSuchOfficer,
    /// There is no such other case.
    #[error("no such other case")]
    NoSuchCase,
    /// This officer has searched too often just now.
    #[error("too many searches; wait a moment")]
    TooOften,
    /// The worker has another open case, so this one cannot be opened again.
    #[error("the worker has another open case")]
    OtherCaseOpen,
    /// The id belongs to something in another case.
    #[error("this id was used before")]
    IdReused,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<crate::deadline::Elapsed> for CaseError {
    fn from(elapsed: crate::deadline::Elapsed) -> Self {
        Self::Store(elapsed.into())
    }
}

impl From<CaseError> for Problem {
    fn from(error: CaseError) -> Self {
        let text = error.to_string();
        let (code, conflict) = match error {
            CaseError::Refused(refusal, conflict) => (code(&refusal), conflict),
            CaseError::Report(refusal, conflict) => {
                let field = reports::field(&refusal).map(str::to_owned);
                return Self { conflict, field, ..Self::new(reports::code(&refusal)).detail(text) };
            }
            CaseError::NoSuchDesk | CaseError::NoSuchOfficer => {
                return Self::new(ErrorCode::InvalidField).field("to").detail(text);
            }
            CaseError::NoSuchCase => return Self::new(ErrorCode::InvalidField).field("case_id").detail(text),
            CaseError::TooOften => (ErrorCode::RateLimited, None),
            CaseError::OtherCaseOpen => (ErrorCode::IllegalTransition, None),
            CaseError::IdReused => (ErrorCode::IdReused, None),
            CaseError::Store(error) => return error.into(),
        };
        Self { conflict, ..Self::new(code).detail(text) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "store away");
            return Self::new(ErrorCode::Unavailable).detail("the store does not answer; try again");
        }
        tracing::error!(%error, "store failed");
        Self::new(ErrorCode::Internal)
    }
}

const fn code(refusal: &Refusal) -> ErrorCode {
    match refusal {
        Refusal::Hidden => ErrorCode::NotFound,
        Refusal::Forbidden => ErrorCode::Forbidden,
        Refusal::Stale => ErrorCode::StaleVersion,
        Refusal::Illegal(_) | Refusal::SameDesk | Refusal::SameCase => ErrorCode::IllegalTransition,
        Refusal::TooMany => ErrorCode::TooMany,
    }
}

/// The cases.
pub struct Cases {
    store: Store,
    changing: Changing,
    lane: Handle,
    rang: Gather<Rang>,
    dispatch: Arc<Dispatch>,
    committed: Arc<Notify>,
    searches: Searches,
    pseudonyms: Pseudonyms,
    clock: SharedClock,
}

impl Cases {
    /// Read from `store`, changed by `changing` on `lane`, where `rang` is gathered; `committed` is told after each commit.
    /// `dispatch` knows desks and countries; `pseudonyms` are for those who are not shown names.
    #[must_use]
    pub fn new(
        store: Store,
        (changing, lane, rang): (Changing, Handle, Gather<Rang>),
        dispatch: Arc<Dispatch>,
        committed: Arc<Notify>,
        (pseudonyms, clock): (Pseudonyms, SharedClock),
    ) -> Self {
        let searches = Searches::new(clock.clone());
        Self { store, changing, lane, rang, dispatch, committed, searches, pseudonyms, clock }
    }

    /// Does `command` for `officer`, who saw `version` (none: it races with nobody), and gives the case as it is
    /// then.
    ///
    /// # Errors
    /// [`CaseError`]; nothing was changed, except that after a timeout of the store it is not known.
    pub async fn command(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        command: Command,
    ) -> Result<CaseSummary, CaseError> {
        let command = self.known(officer, id, command).await?;
        let reopens = matches!(command, Command::Reopen { .. });
        let reference = match &command {
            Command::Message { message_id, .. } => Some(message_id.0),
            Command::Note { note_id, .. } => Some(note_id.0),
            _ => None,
        };
        let changed = match command {
            Command::Rang => self.note_rang(officer, id).await,
            command => self.change(officer, id, version, Change::One(command)).await,
        };
        match changed {
            Ok(()) => self.committed.notify_one(),
            Err(CaseError::Store(error)) if error.is_taken() && reopens => {
                return Err(CaseError::OtherCaseOpen);
            }
            Err(CaseError::Store(error)) if error.is_taken() && reference.is_some() => {
                // A repeat, if it is this case that has it.
                if !self.store.has_entry(id, reference.unwrap_or_default()).await? {
                    return Err(CaseError::IdReused);
                }
            }
            Err(error) => return Err(error),
        }
        self.after(id).await
    }

    /// Links, unlinks or merges two cases, for `officer` who may work both, and gives the first as it is then.
    ///
    /// # Errors
    /// [`CaseError`]; neither was changed, except that after a timeout of the store it is not known.
    pub async fn pair(
        &self,
        officer: &Officer,
        (id, other): (CaseId, CaseId),
        version: Option<u32>,
        pairing: Pairing,
    ) -> Result<CaseSummary, CaseError> {
        self.change(officer, id, version, Change::Two(other, pairing)).await?;
        self.committed.notify_one();
        self.after(id).await
    }

    /// The officer may have sent it out of sight; the answer is still theirs.
    async fn after(&self, id: CaseId) -> Result<CaseSummary, CaseError> {
        let view = self.store.case_view(&access::Scope::All, id).await?;
        view.map(CaseView::summary).ok_or(CaseError::Refused(Refusal::Hidden, None))
    }

    /// The command with what it names looked up. What there is and is not is told only to those who may give it.
    async fn known(&self, officer: &Officer, id: CaseId, command: Command) -> Result<Command, CaseError> {
        match command {
            Command::Transfer { to: ref desk, .. } | Command::Share { ref desk, .. }
                if !self.dispatch.knows(desk) =>
            {
                self.workable(officer, id).await?;
                Err(CaseError::NoSuchDesk)
            }
            Command::Assign { to, .. } => {
                let view = self.workable(officer, id).await?;
                let found = self.store.officer(to).await?;
                // Of the desk that holds it, or of the ministry: whoever may work it.
                let desks = view.record.desks();
                let works = |to: &Officer| access::may(to, Action::WorkCase, Some(desks)) == Access::Allowed;
                let (_, name) = found.filter(|(to, _)| works(to)).ok_or(CaseError::NoSuchOfficer)?;
                Ok(Command::Assign { to, name })
            }
            command => Ok(command),
        }
    }

    /// A case that `officer` may work.
    async fn workable(&self, officer: &Officer, id: CaseId) -> Result<CaseView, CaseError> {
        let view = self.visible(officer, id).await?;
        match access::may(officer, Action::WorkCase, Some(view.record.desks())) {
            Access::Allowed => Ok(view),
            Access::Forbidden | Access::Hidden => Err(CaseError::Refused(Refusal::Forbidden, None)),
        }
    }

    /// Beside the sockets: what a change locks, the recording of an SOS waits for.
    async fn change(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        change: Change,
    ) -> Result<(), CaseError> {
        let (changing, officer) = (self.changing.clone(), officer.clone());
        let change = async move { changing.change(&officer, id, version, change).await };
        let changed = self.lane.spawn(within(USE_WITHIN, change)).await;
        // It ends with the process only.
        match changed.map_err(|_| StoreError::Resting)? {
            Err(CaseError::Refused(refusal @ (Refusal::Stale | Refusal::Illegal(_)), _)) => {
                Err(CaseError::Refused(refusal, self.conflict(id).await?))
            }
            result => result,
        }
    }

    /// With everything else that rang. A report that is not noted never waits in front of a claim: it is only looked up
    /// why.
    async fn note_rang(&self, officer: &Officer, id: CaseId) -> Result<(), CaseError> {
        if self.rang.ask(Rang { officer: officer.clone(), case_id: id }).await.is_ok() {
            return Ok(());
        }
        let view = self.visible(officer, id).await?;
        let desks = view.record.desks();
        Err(match access::may(officer, Action::WorkCase, Some(desks)) {
            Access::Allowed => StoreError::Resting.into(),
            Access::Forbidden => CaseError::Refused(Refusal::Forbidden, None),
            Access::Hidden => CaseError::Refused(Refusal::Hidden, None),
        })
    }

    async fn conflict(&self, id: CaseId) -> Result<Option<Conflict>, CaseError> {
        let view = self.store.case_view(&access::Scope::All, id).await?;
        Ok(view.map(|view| Conflict {
            did: view.record.last_did,
            by: view.last_by_name,
            at_ms: view.record.last_at_ms,
            version: view.record.version,
        }))
    }

    /// A case as `officer` may see it.
    ///
    /// # Errors
    /// [`Refusal::Hidden`], or what the store says.
    pub async fn visible(&self, officer: &Officer, id: CaseId) -> Result<CaseView, CaseError> {
        let hidden = CaseError::Refused(Refusal::Hidden, None);
        let Some(view) = self.store.case_view(&access::scope(officer), id).await? else { return Err(hidden) };
        let desks = view.record.desks();
        match access::may(officer, Action::ReadCase, Some(desks)) {
            Access::Allowed => Ok(view),
            Access::Forbidden | Access::Hidden => Err(hidden),
        }
    }

    /// Everything about a case, with the names of people.
    ///
    /// # Errors
    /// As [`Self::visible`].
    pub(crate) async fn whole(&self, officer: &Officer, id: CaseId) -> Result<CaseDetail, CaseError> {
        let view = self.visible(officer, id).await?;
        let (worker, last_check_in) = match view.record.worker_id {
            Some(worker) => (self.store.worker(worker).await?, self.store.last_check_in(worker).await?),
            None => (None, None),
        };
        let timeline = self.store.timeline(id).await?;
        let fixes = self.store.fixes_of(id, DETAIL_FIXES_MAX).await?;
        Ok(CaseDetail { case: view.summary(), worker, last_check_in, timeline, fixes })
    }

    /// The queue of `officer`, and the place in the ledger that it stands for.
    ///
    /// # Errors
    /// When the store does not tell.
    pub async fn queue(&self, officer: &Officer) -> Result<(Vec<CaseSummary>, Seq), CaseError> {
        let (mut cases, seq) = self.store.queue(&access::scope(officer)).await?;
        self.mask(officer, &mut cases);
        Ok((cases, seq))
    }

    /// The receipts of an alert so far, oldest first; none if it is not recorded. Whoever knows the random id of
    /// the alert is its sender.
    ///
    /// # Errors
    /// When the store does not tell.
    pub async fn receipts(&self, id: AlertId) -> Result<Option<(AlertRecord, Vec<Receipt>)>, CaseError> {
        let Some(alert) = self.store.alert(id).await? else { return Ok(None) };
        let received = Receipt::received(id, alert.received_ms);
        let entries = self.store.entries_of_phone(None, &[id], Seq(0), RECEIPT_ENTRIES_MAX).await?;
        let told = entries.iter().flat_map(|entry| {
            let to = entry.alerts.iter().find(|to| to.alert_id == id);
            to.map_or(vec![], |to| entry.for_phone(*to))
        });
        let receipts = told.filter_map(|frame| match frame {
            GatewayFrame::Receipt { receipt } => Some(receipt),
            _ => None,
        });
        Ok(Some((alert, std::iter::once(received).chain(receipts).collect())))
    }
}
