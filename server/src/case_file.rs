//! The electronic case file: everything about a case, signed.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};
use sos_core::access::Officer;
use sos_core::case_file::{self, Checked, Fault, Head, MadeBy, Section};
use sos_core::ledger::Row;
use sos_core::pseudonym::Mask;
use sos_protocol::case_file::{CaseFileCheck, CaseFileFault, CaseFileHead};
use sos_protocol::ledger::LedgerKey;
use sos_protocol::limits::{CASE_FILE_BYTES_MAX, CASE_FILE_FAULTS_MAX};
use sos_protocol::report::ReportLanguage;
use sos_protocol::{CaseDetail, CaseEvent, CaseId, CaseState, Seq, UnixMs};

use crate::auth::secret::hex;
use crate::auth::signing::{self, Signer};
use crate::cases::{CaseError, Cases};
use crate::checkpoints;
use crate::store::{Store, StoreError};

/// Most fixes in a file, the latest of them: four weeks at one in a minute.
const FIXES_MAX: usize = 40_320;

/// A file that was made.
pub struct Made {
    /// Number of the case, as shown.
    pub case_no: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The file of a case as `officer`, called `name`, may have it: through `mask`, if not with names. Whoever gives it away has
/// that on record first, see [`Cases::note_export`].
///
/// # Errors
/// As [`Cases::whole`] and [`Cases::report`].
pub async fn make(
    cases: &Cases,
    store: &Store,
    signer: &Signer,
    (officer, name, mask): (&Officer, &str, Option<Mask>),
    id: CaseId,
    now: UnixMs,
) -> Result<Made, CaseError> {
    let mut detail = cases.whole(officer, id).await?;
    if let Some(mask) = &mask {
        mask.detail(&mut detail);
    }
    let last_seq = detail.case.last_seq;
    // What was recorded in between is not in the file.
    detail.timeline.retain(|entry| entry.seq <= last_seq);
    detail.fixes = store.fixes_of(id, FIXES_MAX).await?;
    let rows = store.rows_of(id, last_seq).await?;
    let head = Head {
        case_id: id,
        case_no: detail.case.case_no.clone(),
        last_seq,
        made_at_ms: now,
        made_by: MadeBy { staff_id: officer.id, name: name.to_owned() },
        pseudonym: mask.is_some(),
    };
    let case_no = head.case_no.clone();
    let report = report(cases, officer, id, &detail).await?;
    let sections = sections(detail, report, &rows).map_err(StoreError::from)?;
    let written = case_file::write(head, sections, &signer.public().kid, |bytes| signer.sign(bytes));
    let bytes = written.map_err(|_| StoreError::Sealed)?;
    Ok(Made { case_no, bytes })
}

/// The report as the ministry reads it, once the case is closed.
async fn report(
    cases: &Cases,
    officer: &Officer,
    id: CaseId,
    detail: &CaseDetail,
) -> Result<Value, CaseError> {
    if detail.case.state != CaseState::Closed || detail.case.drill {
        return Ok(Value::Null);
    }
    let report = cases.report(officer, id, ReportLanguage::Vi).await?;
    let mut report = serde_json::to_value(report).map_err(StoreError::from)?;
    // That is about the officer, not about the case.
    if let Some(report) = report.as_object_mut() {
        report.remove("may");
    }
    Ok(report)
}

fn sections(
    detail: CaseDetail,
    report: Value,
    rows: &[(Row, Vec<u8>)],
) -> Result<Vec<Section>, serde_json::Error> {
    let attachments: Vec<_> = detail
        .timeline
        .iter()
        .filter_map(|entry| match &entry.event {
            CaseEvent::Attachment { attachment, .. } => Some(attachment),
            _ => None,
        })
        .collect();
    Ok(vec![
        ("attachments", serde_json::to_value(attachments)?),
        ("case", serde_json::to_value(detail.case)?),
        ("last_check_in", serde_json::to_value(detail.last_check_in)?),
        ("ledger", rows.iter().map(|(row, hash)| ledger_row(row, hash)).collect()),
        ("positions", serde_json::to_value(detail.fixes)?),
        ("report", report),
        ("timeline", serde_json::to_value(detail.timeline)?),
        ("worker", serde_json::to_value(detail.worker)?),
    ])
}

/// A row as it is hashed in the ledger.
fn ledger_row(row: &Row, hash: &[u8]) -> Value {
    json!({
        "seq": row.seq,
        "at_ms": row.at,
        "desk": row.desk,
        "actor": row.actor,
        "actor_id": row.actor_id,
        "kind": row.kind,
        "ref_id": row.ref_id,
        "facts": row.facts,
        "sealed": B64.encode(&row.sealed),
        "hash": hex(hash),
    })
}

/// Whether a file is one that was signed with `key`.
#[must_use]
pub fn check(file: &[u8], key: &LedgerKey) -> CaseFileCheck {
    let Checked { manifest, key_id, faults } = checked(file, key);
    CaseFileCheck {
        whole: faults.is_empty(),
        sha256: case_file::sha256_hex(file),
        says: manifest.map(|manifest| said(manifest.head, key_id)),
        faults: faults.into_iter().take(CASE_FILE_FAULTS_MAX).map(fault).collect(),
    }
}

fn checked(file: &[u8], key: &LedgerKey) -> Checked {
    case_file::check(file, |key_id, bytes, signature| {
        (key_id == key.kid).then(|| signing::fits(key, bytes, signature))
    })
}

fn said(head: Head, key_id: Option<String>) -> CaseFileHead {
    let Head { case_id, case_no, last_seq, made_at_ms, made_by, pseudonym: _ } = head;
    CaseFileHead { case_id, case_no, last_seq, made_at_ms, made_by: made_by.name, key_id }
}

fn fault(fault: Fault) -> CaseFileFault {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match fault {
        Fault::NotJson { line, column } => {
            CaseFileFault::NotJson { line: small(line), column: small(column) }
        }
        Fault::NotCaseFile => CaseFileFault::NotCaseFile {},
        Fault::NotCanonical { at } => CaseFileFault::NotCanonical { at: small(at) },
        Fault::OtherKey { key_id } => CaseFileFault::OtherKey { key_id },
        Fault::Signature => CaseFileFault::Signature {},
        Fault::Changed { part } => CaseFileFault::Changed { part },
        Fault::Missing { part } => CaseFileFault::Missing { part },
        Fault::Added { part } => CaseFileFault::Added { part },
    }
}

/// `sos-server admin verify-file`: needs the file and the public key, and nothing else.
///
/// # Errors
/// With what is wrong, for the person at the terminal: a [`checkpoints::Fault`] where it is the file.
pub fn verify(file: &Path, key: &Path) -> anyhow::Result<String> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let key =
        serde_json::from_slice::<LedgerKey>(&read(key)?).ok().filter(|key| signing::point(key).is_some());
    let key = key.context("the key is none: get it from /api/ledger/key")?;
    let length = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    ensure!(length <= CASE_FILE_BYTES_MAX as u64, "larger than any case file");
    let bytes = read(file)?;
    let Checked { manifest, faults, .. } = checked(&bytes, &key);
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let Some(manifest) = manifest else { bail!(checkpoints::Fault::Unreadable(words.join("; "))) };
    if !faults.is_empty() {
        bail!(checkpoints::Fault::Broken { part: checkpoints::Part::File, what: words.join("; ") });
    }
    let Head { case_no, last_seq: Seq(seq), made_at_ms, made_by, .. } = manifest.head;
    let at = jiff::Timestamp::from_millisecond(made_at_ms.0)?;
    let sha256 = case_file::sha256_hex(&bytes);
    Ok(format!(
        "whole: case {case_no} up to entry {seq}, made for {} at {at}\nSHA-256 {sha256}",
        made_by.name
    ))
}
