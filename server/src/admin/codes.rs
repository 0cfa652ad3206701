//! Enrolment codes.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sos_protocol::admin::{CodeMade, CodesMade, CreateCodes};
use sos_protocol::ambient::Entropy;
use sos_protocol::case::WorkerProfile;
use sos_protocol::limits::CODES_MAX;
use sos_protocol::{CodeId, UnixMs, proof};

use super::error::{AdminError, using};
use super::worker_list::{self, BadList};
use crate::app::Ambient;
use crate::auth::secret::token_hash;
use crate::store::Store;
use crate::store::administration::By;
use crate::store::workers::{KeptCode, insert_codes, worker_by_id, workers};

/// Days that an enrolment code is good for.
const CODE_DAYS: i64 = 30;
/// Characters of a code: 60 bits.
const CODE_CHARS: usize = 12;
/// Most workers of one run at the command line: one use of the store.
const WORKERS_MAX: usize = 20_000;
/// Least width and height of a QR code, in pixels of a screen; printed, it is as large as the page wants.
const QR_PIXELS_MIN: u32 = 320;

/// Where the link to enrol goes to.
pub(super) struct QrFile<'a> {
    /// An SVG file, made anew for its owner alone.
    pub(super) file: &'a Path,
    /// Address of the service.
    pub(super) url: &'a str,
}

pub(super) async fn create_codes(
    store: &Store,
    ambient: &Ambient,
    which: &str,
    json: bool,
    qr: Option<QrFile<'_>>,
) -> anyhow::Result<()> {
    let which = if which == "all-without-device" {
        ensure!(qr.is_none(), "--qr: for one worker at a time");
        CreateCodes::WithoutDevice {}
    } else {
        let worker_id = which.parse().context("--workers: a worker's id, or all-without-device")?;
        CreateCodes::Worker { worker_id }
    };
    let by = By { staff: None, at: ambient.clock.now() };
    let made = match make(store, ambient, by, which, WORKERS_MAX).await {
        Err(AdminError::NotFound) => bail!("no such worker"),
        made => made?,
    };
    for made in made.codes {
        if let Some(qr) = &qr {
            write_private(qr.file, &qr_svg(&enrolment_link(qr.url, &made.code))?)?;
        }
        if json {
            let line = serde_json::json!({
                "code": made.code, "worker_id": made.worker_id, "name": made.name,
                "contract_country": made.contract_country,
            });
            println!("{line}");
        } else {
            println!("{}  {}", made.code, made.name);
        }
    }
    Ok(())
}

/// Makes enrolment codes, all of them or none.
///
/// # Errors
/// [`AdminError`]. Bad rows of a list are no error but in the answer.
pub async fn create(
    store: &Store,
    ambient: &Ambient,
    by: By,
    which: CreateCodes,
) -> Result<CodesMade, AdminError> {
    make(store, ambient, by, which, CODES_MAX).await
}

async fn make(
    store: &Store,
    ambient: &Ambient,
    by: By,
    which: CreateCodes,
    workers_max: usize,
) -> Result<CodesMade, AdminError> {
    let listed = match &which {
        CreateCodes::List { csv } => match worker_list::read(csv, CODES_MAX) {
            Ok(rows) => rows,
            Err(BadList::TooLong) => return Err(AdminError::TooMany { field: "csv", most: CODES_MAX }),
            Err(BadList::Rows(bad_rows)) => return Ok(CodesMade { codes: vec![], bad_rows }),
        },
        CreateCodes::Worker { .. } | CreateCodes::WithoutDevice {} => vec![],
    };
    using(store, async {
        let mut change = store.change(by).await?;
        let (subject, workers, new) = match which {
            CreateCodes::Worker { worker_id } => {
                let worker = worker_by_id(&mut change.tx, worker_id).await?.ok_or(AdminError::NotFound)?;
                (worker_id.to_string(), vec![worker], 0)
            }
            CreateCodes::WithoutDevice {} => {
                let most = i64::try_from(workers_max).unwrap_or(i64::MAX);
                ("without_device".to_owned(), workers(&mut change.tx, true, most).await?, 0)
            }
            CreateCodes::List { .. } => {
                let (workers, new) = worker_list::take(&mut change, ambient, &listed).await?;
                ("list".to_owned(), workers, new)
            }
        };
        let ends = by.at.plus_ms(CODE_DAYS * 24 * 3600 * 1000);
        let codes: Vec<CodeMade> =
            workers.into_iter().map(|worker| code_for(worker, ends, ambient)).collect();
        let kept: Vec<KeptCode> = codes.iter().map(|made| kept(made, by, ambient)).collect();
        insert_codes(&mut change.tx, &kept).await?;
        if !codes.is_empty() {
            let facts = serde_json::json!({ "codes": codes.len(), "new_workers": new, "ends_ms": ends });
            change.note("codes", &subject, &facts).await?;
        }
        change.commit().await?;
        Ok(CodesMade { codes, bad_rows: vec![] })
    })
    .await
}

fn code_for(worker: WorkerProfile, ends_ms: UnixMs, ambient: &Ambient) -> CodeMade {
    let code = new_code(&*ambient.entropy);
    CodeMade {
        worker_id: worker.worker_id,
        name: worker.name,
        contract_country: worker.contract_country,
        path: enrolment_link("", &code),
        code,
        ends_ms,
    }
}

fn kept(made: &CodeMade, by: By, ambient: &Ambient) -> KeptCode {
    KeptCode {
        code_id: CodeId(ambient.entropy.uuid_v7(by.at)),
        hash: token_hash(&proof::normal_code(&made.code)),
        worker_id: made.worker_id,
        ends: made.ends_ms,
    }
}

/// Twelve letters and digits that are not mistaken for each other, in groups of four.
pub(super) fn new_code(entropy: &dyn Entropy) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0; CODE_CHARS];
    entropy.fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// The app with the code behind the `#`, where no server sees it.
fn enrolment_link(url: &str, code: &str) -> String {
    format!("{}/app/#code={}", url.trim_end_matches('/'), proof::normal_code(code))
}

fn qr_svg(text: &str) -> anyhow::Result<String> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).context("--url: too long for a QR code")?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS_MIN, QR_PIXELS_MIN).build())
}

/// Whoever reads the file can enrol as the worker.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = open.and_then(|mut opened| opened.write_all(text.as_bytes()));
    written.with_context(|| format!("{}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_leads_to_the_app_and_fits_a_qr_code() {
        let link = enrolment_link("https://sos.example/", "ABCD-EFGH-2345");
        assert_eq!(link, "https://sos.example/app/#code=ABCDEFGH2345");
        let svg = qr_svg(&link).unwrap();
        assert!(svg.starts_with("<?xml") && svg.contains("<svg") && svg.contains("<path"), "{svg}");
        assert!(!svg.contains("ABCDEFGH2345"), "it is drawn, not written");
        assert!(qr_svg(&"x".repeat(5_000)).is_err());
    }

    #[test]
    fn a_file_that_is_there_is_not_written_over_and_a_new_one_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("code.svg");
        write_private(&file, "<svg/>").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write_private(&file, "other").is_err());
    }
}
