//! Commands that change two cases at once.

use sos_protocol::CaseEvent;

use super::{Case, Command, Refusal, Status, decide};
use crate::access::Officer;

/// What is to be with two cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairing {
    /// They belong together.
    Link,
    /// They do not, after all.
    Unlink,
    /// The first is the same matter as the second, and is closed.
    Merge {
        /// In words.
        summary: String,
    },
}

/// A case with its number, for people.
pub(super) type Numbered<'a> = (&'a Case, &'a str);

/// What `pairing` by `officer`, who saw `version` of the first case, brings about in each of the two. As with
/// [`decide`], nothing: it is so already.
///
/// # Errors
/// A [`Refusal`] of either, and then neither changes. Nothing is merged into a closed case: nobody looks there.
pub fn decide_pair(
    (case, case_no): Numbered<'_>,
    (other, other_no): Numbered<'_>,
    pairing: Pairing,
    officer: &Officer,
    version: Option<u32>,
) -> Result<(Vec<CaseEvent>, Vec<CaseEvent>), Refusal> {
    let (here, there) = ((case.id, case_no.to_owned()), (other.id, other_no.to_owned()));
    let is_merged = matches!(pairing, Pairing::Merge { .. });
    let (first, second) = match pairing {
        Pairing::Unlink => (
            Command::Unlink { case_id: there.0, case_no: there.1 },
            Command::Unlink { case_id: here.0, case_no: here.1 },
        ),
        Pairing::Link => (
            Command::Link { case_id: there.0, case_no: there.1 },
            Command::Link { case_id: here.0, case_no: here.1 },
        ),
        Pairing::Merge { summary } => (
            Command::Merge { into: there.0, into_no: there.1, summary },
            Command::Link { case_id: here.0, case_no: here.1 },
        ),
    };
    let first = decide(case, first, officer, version)?;
    let second = decide(other, second, officer, None)?;
    match other.status {
        Status::Closed { .. } if is_merged => Err(Refusal::Illegal(other.status.state())),
        Status::Open | Status::Claimed { .. } | Status::Closed { .. } => Ok((first, second)),
    }
}
