//! What administrators keep.

pub(super) mod codes;
pub(super) mod desks;
pub(super) mod ledger;
pub(super) mod numbers;
pub(super) mod staff;
pub(super) mod texts;
pub(super) mod tokens;

use sos_core::access::Action;

use super::Shared;
use super::problem::Answer;
use super::session::SignedIn;
use crate::store::administration::By;

/// The officer as the author of a change; refused who is no administrator.
fn administrator(parts: &Shared, signed_in: &SignedIn) -> Answer<By> {
    let officer = signed_in.may(Action::Administer)?;
    Ok(By { staff: Some(officer.id), at: parts.clock.now() })
}
