//! One command on many cases: each for itself, as if the officer had given it one by one.

use futures_util::{StreamExt, stream};
use sos_core::access::Officer;
use sos_core::lifecycle::{Command, Pairing};
use sos_protocol::http::{Batch, BatchAnswer, BatchCase, BatchCommand, BatchResult};
use sos_protocol::{CaseId, CaseSummary, ErrorCode, Problem};

use super::{CaseError, Cases};

/// Cases that are changed at a time: fewer than can be, so that a colleague's claim does not wait behind a batch.
const AT_ONCE: usize = 2;
/// After this time nothing more is begun, in milliseconds: whoever waits for an answer must get one.
const BEGUN_WITHIN_MS: i64 = 20_000;

impl Cases {
    /// Does what `batch` says, case by case; what fails in one changes nothing in another.
    pub async fn batch(&self, officer: &Officer, batch: Batch) -> BatchAnswer {
        let until = self.clock.now().plus_ms(BEGUN_WITHIN_MS);
        let first = batch.cases.first().map(|case| case.case_id);
        let (cases, command) = (batch.cases, &batch.command);
        let results = stream::iter(cases).map(|case| async move {
            let done = if self.clock.now() > until {
                Err(Problem::new(ErrorCode::Unavailable).detail("not begun in time; try again"))
            } else {
                self.one_of(officer, &case, first, command).await
            };
            match done {
                Ok(done) => BatchResult { case_id: case.case_id, case: Some(done), problem: None },
                Err(problem) => BatchResult { case_id: case.case_id, case: None, problem: Some(problem) },
            }
        });
        BatchAnswer { results: results.buffered(AT_ONCE).collect().await }
    }

    async fn one_of(
        &self,
        officer: &Officer,
        case: &BatchCase,
        first: Option<CaseId>,
        command: &BatchCommand,
    ) -> Result<CaseSummary, Problem> {
        let (id, version) = (case.case_id, Some(case.version));
        let done = match command {
            BatchCommand::Claim {} => self.command(officer, id, version, Command::Claim).await,
            BatchCommand::Assign { to } => {
                let assign = Command::Assign { to: *to, name: String::new() };
                self.command(officer, id, version, assign).await
            }
            BatchCommand::Message { text } => {
                let message_id = case.message_id.filter(|id| !id.0.is_nil());
                let missing = || Problem::new(ErrorCode::MissingField).field("message_id");
                let message =
                    Command::Message { message_id: message_id.ok_or_else(missing)?, text: text.clone() };
                self.command(officer, id, None, message).await
            }
            BatchCommand::Link {} => self.link_with(officer, id, first).await,
        };
        done.map_err(Problem::from)
    }

    /// The first one is only looked at; the others are linked with it.
    async fn link_with(
        &self,
        officer: &Officer,
        id: CaseId,
        first: Option<CaseId>,
    ) -> Result<CaseSummary, CaseError> {
        match first {
            Some(first) if first != id => self.pair(officer, (id, first), None, Pairing::Link).await,
            _ => Ok(self.workable(officer, id).await?.summary()),
        }
    }
}
