//! Changing cases: lock, decide, write, all in one transaction.

use std::sync::Arc;

use sos_core::access::{self, Access, Action, Officer};
use sos_core::lifecycle::{self, Command, Pairing, Refusal};
use sos_core::recording::{By, CaseRecord, Changes, Draft};
use sos_core::report::{self, Report, ReportCommand, ReportRefusal};
use sos_protocol::ambient::SharedClock;
use sos_protocol::limits::LOOKED_AT_AGAIN_S;
use sos_protocol::{CaseEvent, CaseId};
use tokio::sync::Semaphore;

use super::CaseError;
use crate::store::{Store, StoreError};

/// Changes cases in a store.
#[derive(Clone)]
pub struct Changing {
    store: Store,
    clock: SharedClock,
    turns: Arc<Semaphore>,
}

/// What is to change.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// One case.
    One(Command),
    /// This one and another.
    Two(CaseId, Pairing),
    /// The report of it; the version is the report's.
    Report(ReportCommand),
    /// Nothing: what an officer saw, or took away, of it is written down.
    Nothing(Box<CaseEvent>),
}

impl Changing {
    /// Connections that it uses: one for all that rang, the others for as many changes at a time; more wait for their turn.
    pub const CONNECTIONS: u32 = 4;

    /// In `store`, over connections that nothing else waits for.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock, turns: Arc::new(Semaphore::new(Self::CONNECTIONS as usize - 1)) }
    }

    /// Does `change`, for an officer who saw `version`.
    pub(super) async fn change(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        change: Change,
    ) -> Result<(), CaseError> {
        let _turn = self.turns.acquire().await;
        match change {
            Change::One(command) => self.one(officer, id, version, command).await,
            Change::Report(command) => self.report(officer, id, version.unwrap_or_default(), command).await,
            Change::Two(other, pairing) => self.two(officer, (id, other), version, pairing).await,
            Change::Nothing(event) => self.nothing(officer, id, *event).await,
        }
    }

    async fn one(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        command: Command,
    ) -> Result<(), CaseError> {
        let (tx, mut rows) = self.store.lock_cases(&access::scope(officer), &[id]).await?;
        let mut row = rows.pop().ok_or(refused(Refusal::Hidden))?;
        let drafts = self.decide(&mut row, officer, version, command).map_err(refused)?;
        let changes = Changes { cases: vec![row], alerts: vec![], drafts };
        self.store.commit(tx, changes, self.clock.now()).await?;
        Ok(())
    }

    /// Writes down that an officer saw something of a case, or took it away. That somebody looks is not said again soon.
    async fn nothing(&self, officer: &Officer, id: CaseId, event: CaseEvent) -> Result<(), CaseError> {
        let (mut tx, mut rows) = self.store.lock_cases(&access::scope(officer), &[id]).await?;
        let mut row = rows.pop().ok_or(refused(Refusal::Hidden))?;
        let again = self.clock.now().plus_ms(-1000 * i64::from(LOOKED_AT_AGAIN_S));
        let is_said = matches!(event, CaseEvent::LookedAt {})
            && self.store.looked_at(&mut tx, id, officer.id, again).await?;
        if is_said {
            return Ok(());
        }
        let drafts = self.write_down(&mut row, officer, vec![event]);
        let changes = Changes { cases: vec![row], alerts: vec![], drafts };
        self.store.commit(tx, changes, self.clock.now()).await?;
        Ok(())
    }

    /// Where the report stands is read from the ledger: while the case is locked, no other entry comes.
    async fn report(
        &self,
        officer: &Officer,
        id: CaseId,
        version: u32,
        command: ReportCommand,
    ) -> Result<(), CaseError> {
        let refused = |refusal| CaseError::Report(refusal, None);
        let (mut tx, mut rows) = self.store.lock_cases(&access::scope(officer), &[id]).await?;
        let mut row = rows.pop().ok_or(refused(ReportRefusal::Hidden))?;
        let entries = self.store.report_entries(&mut tx, id).await?;
        let report = Report::of(row.drill, entries.iter().map(|(event, by, at)| (event, *by, *at)));
        let events = report::decide(&report, row.desks(), command, officer, version).map_err(refused)?;
        let drafts = self.write_down(&mut row, officer, events);
        let changes = Changes { cases: vec![row], alerts: vec![], drafts };
        self.store.commit(tx, changes, self.clock.now()).await?;
        Ok(())
    }

    /// Both are locked in the order of their ids, as everywhere: two who link the same two wait for each other once.
    async fn two(
        &self,
        officer: &Officer,
        (id, other): (CaseId, CaseId),
        version: Option<u32>,
        pairing: Pairing,
    ) -> Result<(), CaseError> {
        let (tx, mut rows) = self.store.lock_cases(&access::scope(officer), &[id, other]).await?;
        let find = |id: CaseId| rows.iter().find(|row| row.case_id == id);
        let row = find(id).ok_or(refused(Refusal::Hidden))?;
        match access::may(officer, Action::WorkCase, Some(row.desks())) {
            Access::Allowed => {}
            Access::Forbidden => return Err(refused(Refusal::Forbidden)),
            Access::Hidden => return Err(refused(Refusal::Hidden)),
        }
        let with = find(other).ok_or(CaseError::NoSuchCase)?;
        let (case, other_case) = (row.case(), with.case());
        let (no, other_no) = (row.number(), with.number());
        let decided =
            lifecycle::decide_pair((&case, &no), (&other_case, &other_no), pairing, officer, version);
        let (here, there) = decided.map_err(refused)?;
        let mut drafts = vec![];
        for row in &mut rows {
            let events = if row.case_id == id { here.clone() } else { there.clone() };
            drafts.extend(self.write_down(row, officer, events));
        }
        self.store.commit(tx, Changes { cases: rows, alerts: vec![], drafts }, self.clock.now()).await?;
        Ok(())
    }

    /// Notes for an officer's console which cases rang there: which of them are on record so now. The others are refused
    /// to this officer.
    pub(super) async fn rang(&self, officer: &Officer, ids: &[CaseId]) -> Result<Vec<CaseId>, StoreError> {
        let (tx, rows) = self.store.lock_cases(&access::scope(officer), ids).await?;
        let (mut changes, mut done) = (Changes::default(), vec![]);
        for mut row in rows {
            let Ok(drafts) = self.decide(&mut row, officer, None, Command::Rang) else { continue };
            done.push(row.case_id);
            if !drafts.is_empty() {
                changes.drafts.extend(drafts);
                changes.cases.push(row);
            }
        }
        self.store.commit(tx, changes, self.clock.now()).await?;
        Ok(done)
    }

    fn decide(
        &self,
        row: &mut CaseRecord,
        officer: &Officer,
        version: Option<u32>,
        command: Command,
    ) -> Result<Vec<Draft>, Refusal> {
        let events = lifecycle::decide(&row.case(), command, officer, version)?;
        Ok(self.write_down(row, officer, events))
    }

    fn write_down(&self, row: &mut CaseRecord, officer: &Officer, events: Vec<CaseEvent>) -> Vec<Draft> {
        let (case_id, now) = (row.case_id, self.clock.now());
        let drafts = events.into_iter().map(|event| {
            row.apply(&event, Some(officer.id), now);
            let (desk, subject) = (row.desk_id.clone(), row.subject.clone());
            Draft { case_id, desk, subject, by: By::Staff(officer.id), event }
        });
        drafts.collect()
    }
}

const fn refused(refusal: Refusal) -> CaseError {
    CaseError::Refused(refusal, None)
}
