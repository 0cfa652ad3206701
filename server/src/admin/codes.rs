//! Enrolment codes.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, ensure};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sos_protocol::ambient::Entropy;
use sos_protocol::{CodeId, WorkerId, proof};

use crate::app::Ambient;
use crate::auth::secret::token_hash;
use crate::store::Store;

/// Days that an enrolment code is good for.
const CODE_DAYS: i64 = 30;
/// Characters of a code: 60 bits.
const CODE_CHARS: usize = 12;
/// Most workers of one run.
const WORKERS_MAX: i64 = 100_000;
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
    let workers = if which == "all-without-device" {
        ensure!(qr.is_none(), "--qr: for one worker at a time");
        store.workers(true, WORKERS_MAX).await?
    } else {
        let id: WorkerId = which.parse().context("--workers: a worker's id, or all-without-device")?;
        vec![store.worker(id).await?.context("no such worker")?]
    };
    let now = ambient.clock.now();
    for worker in workers {
        let code = new_code(&*ambient.entropy);
        let code_id = CodeId(ambient.entropy.uuid_v7(now));
        let ends = now.plus_ms(CODE_DAYS * 24 * 3600 * 1000);
        if let Some(qr) = &qr {
            write_private(qr.file, &qr_svg(&enrolment_link(qr.url, &code))?)?;
        }
        store.create_code(code_id, token_hash(&proof::normal_code(&code)), worker.worker_id, ends).await?;
        if json {
            let line = serde_json::json!({
                "code": code, "worker_id": worker.worker_id, "name": worker.name,
                "contract_country": worker.contract_country,
            });
            println!("{line}");
        } else {
            println!("{code}  {}", worker.name);
        }
    }
    Ok(())
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
