//! The one place where exports become PDFs.

use sos_core::access::Officer;
use sos_protocol::export::ExportFault;

use super::making::Making;
use crate::store::exports::Taken;

/// Whether this build makes them; where it does not, asking for one is refused.
pub(super) const IS_MADE: bool = false;

/// The bytes of what was taken, for an officer of that name whose right to it was looked at.
///
/// # Errors
/// Why it cannot be made.
pub(super) async fn make(
    _making: &Making,
    taken: &Taken,
    (_officer, _name): (&Officer, &str),
) -> Result<Vec<u8>, ExportFault> {
    tracing::error!(export = %taken.export_id, "a PDF was asked of a build that makes none");
    Err(ExportFault::Broken)
}
