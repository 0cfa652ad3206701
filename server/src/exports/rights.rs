//! Who may have which file: looked at when it is asked for, when it is made and when it is fetched.

use sos_core::access::{self, Access, Action, Officer, Scope};
use sos_protocol::export::{ExportFormat, ExportOf};
use sos_protocol::{CaseId, DeskId, ErrorCode, Problem};

use super::ExportError;
use crate::figures::Counting;
use crate::store::Store;

/// What it is decided by.
#[derive(Clone)]
pub(super) struct Rights {
    pub(super) store: Store,
    pub(super) counting: Counting,
}

impl Rights {
    /// The desk whose cases `officer` gets of `of`, none: of all; the number of the case, where it is about one.
    ///
    /// # Errors
    /// That it is not for this officer, or that the question makes no sense.
    pub(super) async fn check(
        &self,
        officer: &Officer,
        of: &ExportOf,
    ) -> Result<(Option<DeskId>, Option<String>), ExportError> {
        let case_no = match of {
            ExportOf::Cases { query } | ExportOf::Figures { query } => {
                if access::may(officer, Action::SeeFigures, None) != Access::Allowed {
                    return Err(ExportError::Forbidden);
                }
                self.counting.check(officer, query.clone()).await?;
                None
            }
            ExportOf::Report { case_id } => Some(self.case(officer, *case_id, Action::ReadReport).await?),
            ExportOf::CaseFile { case_id } => Some(self.case(officer, *case_id, Action::ExportCase).await?),
        };
        match access::scope(officer) {
            Scope::All => Ok((None, case_no)),
            Scope::Desk(desk) => Ok((Some(desk), case_no)),
            Scope::Nothing => Err(ExportError::Forbidden),
        }
    }

    async fn case(&self, officer: &Officer, id: CaseId, action: Action) -> Result<String, ExportError> {
        let view = self.store.case_view(&access::scope(officer), id).await?;
        let view = view.ok_or(ExportError::NotFound)?;
        match access::may(officer, action, Some(view.record.desks())) {
            Access::Allowed => Ok(view.summary().case_no),
            Access::Forbidden => Err(ExportError::Forbidden),
            Access::Hidden => Err(ExportError::NotFound),
        }
    }
}

/// Whether there are files of `of` in `format`.
///
/// # Errors
/// What there is instead.
pub(super) fn is_a_pair(of: &ExportOf, format: ExportFormat) -> Result<(), ExportError> {
    let instead = match (of, format) {
        (ExportOf::Cases { .. }, ExportFormat::Csv | ExportFormat::Xlsx)
        | (ExportOf::Figures { .. }, ExportFormat::Csv | ExportFormat::Xlsx) => return Ok(()),
        (ExportOf::Cases { .. }, ExportFormat::Pdf) => "a list of cases is made as csv or xlsx",
        (_, ExportFormat::Pdf) => return Ok(()),
        (ExportOf::Report { .. }, _) => "a report is made as pdf",
        (ExportOf::CaseFile { .. }, _) => "a case file is made as pdf",
    };
    Err(ExportError::Bad(Box::new(Problem::new(ErrorCode::InvalidField).field("format").detail(instead))))
}
