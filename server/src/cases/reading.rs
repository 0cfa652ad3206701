//! What is read of cases by those who do not work on them: it is on record who looked and what was taken away, and
//! who is not shown names reads pseudonyms.

use sos_core::access::Officer;
use sos_protocol::case::Exported;
use sos_protocol::http::Role;
use sos_protocol::{CaseDetail, CaseEvent, CaseId, CaseSummary};

use super::changing::Change;
use super::{CaseError, Cases};

impl Cases {
    /// Everything about a case, as `officer` is shown it.
    ///
    /// # Errors
    /// As [`Self::visible`].
    pub async fn detail(&self, officer: &Officer, id: CaseId) -> Result<CaseDetail, CaseError> {
        let mut detail = self.whole(officer, id).await?;
        if let Some(mask) = self.pseudonyms.for_reader(officer) {
            mask.detail(&mut detail);
        }
        Ok(detail)
    }

    /// Cases as `officer` is shown them in a list.
    pub(super) fn mask(&self, officer: &Officer, cases: &mut [CaseSummary]) {
        if let Some(mask) = self.pseudonyms.for_reader(officer) {
            cases.iter_mut().for_each(|case| mask.summary(case));
        }
    }

    /// Writes down that `officer` is about to look at what is kept of a case: of reviewers, who leave no other trace.
    ///
    /// # Errors
    /// As [`Self::visible`], or what the store says; then they are not to be shown it.
    pub async fn note_look(&self, officer: &Officer, id: CaseId) -> Result<(), CaseError> {
        if officer.role != Role::Reviewer {
            return Ok(());
        }
        self.visible(officer, id).await?;
        self.note(officer, id, CaseEvent::LookedAt {}).await
    }

    /// Writes down that `officer` takes something of a case away as a file; `sha256` is the file's, hex in lower case.
    ///
    /// # Errors
    /// As [`Self::note_look`].
    pub async fn note_export(
        &self,
        officer: &Officer,
        id: CaseId,
        what: Exported,
        sha256: String,
    ) -> Result<(), CaseError> {
        self.note(officer, id, CaseEvent::Exported { what, sha256 }).await
    }

    async fn note(&self, officer: &Officer, id: CaseId, event: CaseEvent) -> Result<(), CaseError> {
        self.change(officer, id, None, Change::Nothing(Box::new(event))).await?;
        self.committed.notify_one();
        Ok(())
    }
}
