//! Changing cases: lock, decide, write, all in one transaction.

use std::sync::Arc;

use sos_core::access::{self, Officer};
use sos_core::lifecycle::{self, Command, Refusal};
use sos_core::recording::{By, CaseRecord, Changes, Draft};
use sos_protocol::CaseId;
use sos_protocol::ambient::SharedClock;
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

impl Changing {
    /// Connections that it uses: one for all that rang, the others for as many changes at a time; more wait for their turn.
    pub const CONNECTIONS: u32 = 4;

    /// In `store`, over connections that nothing else waits for.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock, turns: Arc::new(Semaphore::new(Self::CONNECTIONS as usize - 1)) }
    }

    /// Does `command`, for an officer who saw `version`.
    pub(super) async fn change(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        command: Command,
    ) -> Result<(), CaseError> {
        let _turn = self.turns.acquire().await;
        let refused = |refusal| CaseError::Refused(refusal, None);
        let (tx, mut rows) = self.store.lock_cases(&access::scope(officer), &[id]).await?;
        let mut row = rows.pop().ok_or(refused(Refusal::Hidden))?;
        let drafts = self.decide(&mut row, officer, version, command).map_err(refused)?;
        let changes = Changes { cases: vec![row], alerts: vec![], drafts };
        self.store.commit(tx, changes, self.clock.now()).await?;
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
        let (case_id, now) = (row.case_id, self.clock.now());
        let drafts = events.into_iter().map(|event| {
            row.apply(&event, Some(officer.id), now);
            let (desk, subject) = (row.desk_id.clone(), row.subject.clone());
            Draft { case_id, desk, subject, by: By::Staff(officer.id), event }
        });
        Ok(drafts.collect())
    }
}
