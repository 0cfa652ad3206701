//! Changing a case: lock, decide, write, all in one transaction.

use std::sync::Arc;

use sos_core::access::{self, Officer};
use sos_core::lifecycle::{self, Command, Refusal};
use sos_core::recording::{By, Changes, Draft};
use sos_protocol::CaseId;
use sos_protocol::ambient::SharedClock;
use tokio::sync::Semaphore;

use super::CaseError;
use crate::store::Store;

/// Changes cases in a store.
#[derive(Clone)]
pub struct Changing {
    store: Store,
    clock: SharedClock,
    turns: Arc<Semaphore>,
}

impl Changing {
    /// Connections that it uses, so many changes at a time; the others wait for their turn.
    pub const CONNECTIONS: u32 = 4;

    /// In `store`, over connections that nothing else waits for.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock, turns: Arc::new(Semaphore::new(Self::CONNECTIONS as usize)) }
    }

    pub(super) async fn change(
        &self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        command: Command,
    ) -> Result<(), CaseError> {
        let _turn = self.turns.acquire().await;
        let refused = |refusal| CaseError::Refused(refusal, None);
        let scope = access::scope(officer);
        let Some((tx, mut row)) = self.store.lock_case(&scope, id).await? else {
            return Err(refused(Refusal::Hidden));
        };
        let events = lifecycle::decide(&row.case(), command, officer, version).map_err(refused)?;
        if events.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut drafts = vec![];
        for event in events {
            row.apply(&event, Some(officer.id), now);
            let (desk, subject) = (row.desk_id.clone(), row.subject.clone());
            drafts.push(Draft { case_id: id, desk, subject, by: By::Staff(officer.id), event });
        }
        let changes = Changes { cases: vec![row], alerts: vec![], drafts };
        self.store.commit(tx, changes, now).await?;
        Ok(())
    }
}
