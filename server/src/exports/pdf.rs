//! The one place where exports become PDFs.

use std::sync::Arc;

use sos_core::access::Officer;
use sos_core::case_file::sha256_hex;
use sos_documents::{CaseHead, Content, Document, Language, Made};
use sos_protocol::case::Exported;
use sos_protocol::export::{ExportFault, ExportLanguage, ExportOf};
use sos_protocol::report::ReportLanguage;
use sos_protocol::{CaseId, DeskId};

use super::ExportError;
use super::making::{Making, Unmade};
use crate::auth::signing::Signer;
use crate::case_file;
use crate::cases::{CaseError, Cases};
use crate::documents::{Documents, DocumentsError};
use crate::pseudonyms::Pseudonyms;
use crate::store::exports::Taken;

/// What PDFs are made of, and by.
pub struct Papers {
    /// Sets them, where that can be done.
    pub documents: Option<Documents>,
    /// What is known of cases.
    pub cases: Arc<Cases>,
    /// Signs the case file whose hash is printed.
    pub signer: Signer,
    /// For those who are not shown names.
    pub pseudonyms: Pseudonyms,
}

/// The bytes of what was taken, for an officer of that name whose right to it was looked at; seen through the eyes of `seen_by`.
/// That something of a case was taken away is on record before anybody has it.
///
/// # Errors
/// Why it cannot be made.
pub(super) async fn make(
    making: &Making,
    taken: &Taken,
    (officer, name): (&Officer, &str),
    seen_by: Option<DeskId>,
) -> Result<Vec<u8>, Unmade> {
    let wanted = &taken.record.wanted;
    let languages = languages(wanted.language);
    let zone = match &wanted.of {
        ExportOf::Figures { query } | ExportOf::Cases { query } => query.zone.clone(),
        ExportOf::Report { .. } | ExportOf::CaseFile { .. } => making.zone.1.clone(),
    };
    let content = match &wanted.of {
        ExportOf::Figures { query } => {
            let figures = making.rights.counting.figures(officer, query.clone()).await;
            let figures = Box::new(figures.map_err(ExportError::from)?);
            let desk = query.desk.clone().or(seen_by);
            let desks = making.desks().await?;
            Content::Figures { figures, desk_name: desk.and_then(|desk| desks.get(&desk).cloned()) }
        }
        ExportOf::Report { case_id } => report(making, taken, officer, *case_id, &languages).await?,
        ExportOf::CaseFile { case_id } => file(making, taken, (officer, name), *case_id).await?,
        ExportOf::Cases { .. } => return Err(Unmade::Fault(ExportFault::NotThere)),
    };
    let language = match wanted.language {
        ExportLanguage::Vi => Language::Vi,
        ExportLanguage::En => Language::En,
        ExportLanguage::Both => Language::Both,
    };
    let made = Made { by: name.to_owned(), at_ms: taken.record.view.asked_at_ms, zone };
    let Some(documents) = &making.papers.documents else { return Err(Unmade::Fault(ExportFault::Broken)) };
    let bytes = documents.render(&Document { language, made, content }).await?;
    let (case_id, what) = match &wanted.of {
        ExportOf::Report { case_id } => (*case_id, Exported::ReportPdf),
        ExportOf::CaseFile { case_id } => (*case_id, Exported::CaseFilePdf),
        ExportOf::Figures { .. } | ExportOf::Cases { .. } => return Ok(bytes),
    };
    making.papers.cases.note_export(officer, case_id, what, sha256_hex(&bytes)).await?;
    Ok(bytes)
}

fn languages(language: ExportLanguage) -> Vec<ReportLanguage> {
    match language {
        ExportLanguage::Vi => vec![ReportLanguage::Vi],
        ExportLanguage::En => vec![ReportLanguage::En],
        ExportLanguage::Both => vec![ReportLanguage::Vi, ReportLanguage::En],
    }
}

async fn report(
    making: &Making,
    taken: &Taken,
    officer: &Officer,
    id: CaseId,
    languages: &[ReportLanguage],
) -> Result<Content, Unmade> {
    let cases = &making.papers.cases;
    let mut reports = vec![];
    for language in languages {
        reports.push(cases.report(officer, id, *language).await?);
    }
    let mut detail = cases.whole(officer, id).await?;
    // Not the reader's own: nothing in two files can be joined.
    if let Some(mask) = making.papers.pseudonyms.for_export(officer, taken.export_id.0) {
        mask.detail(&mut detail);
    }
    let case = detail.case;
    let desk_name = making.desks().await?.remove(&case.desk_id).unwrap_or_else(|| case.desk_id.to_string());
    let head = CaseHead {
        worker_name: case.worker_name,
        employer: case.employer,
        desk_name,
        country: case.routing.country,
        emergency: case.kind,
        opened_at_ms: case.opened_at_ms,
        closed_at_ms: case.closing.as_ref().map(|closing| closing.at_ms),
        disposition: case.closing.map(|closing| closing.disposition),
        unverified: case.unverified,
    };
    Ok(Content::Report { reports, case: head })
}

async fn file(
    making: &Making,
    taken: &Taken,
    (officer, name): (&Officer, &str),
    id: CaseId,
) -> Result<Content, Unmade> {
    let papers = &making.papers;
    let mask = papers.pseudonyms.for_export(officer, taken.export_id.0);
    let made = case_file::make(
        &papers.cases,
        &making.store,
        &papers.signer,
        (officer, name, mask),
        id,
        taken.record.view.asked_at_ms,
    );
    let bytes = made.await?.bytes;
    let text = String::from_utf8(bytes).map_err(|_| Unmade::Fault(ExportFault::Broken))?;
    Ok(Content::CaseFile { text, desks: making.desks().await?.into_iter().collect() })
}

impl From<DocumentsError> for Unmade {
    fn from(error: DocumentsError) -> Self {
        tracing::warn!(%error, "a PDF was not made");
        Self::Fault(match error {
            DocumentsError::TooLarge | DocumentsError::TooLong => ExportFault::TooLarge,
            DocumentsError::Busy
            | DocumentsError::Refused(_)
            | DocumentsError::Ended(_)
            | DocumentsError::Process(_) => ExportFault::Broken,
        })
    }
}

impl From<CaseError> for Unmade {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => Self::Store(error),
            _ => Self::Fault(ExportFault::Forbidden),
        }
    }
}
