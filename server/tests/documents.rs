//! PDFs by the program itself, and what becomes of a process that does not do as it should.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use sos_documents::{Content, Document, Language, Made};
use sos_protocol::UnixMs;
use sos_server::documents::{Documents, DocumentsError, Limits};

fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_sos-server").into()
}

fn document(content: Content) -> Document {
    let made =
        Made { by: "Trà".to_owned(), at_ms: UnixMs(1_790_000_000_000), zone: "Asia/Taipei".to_owned() };
    Document { language: Language::En, made, content }
}

fn no_figures() -> Document {
    let (none, part) = (json!({ "over": 0, "without": 0 }), json!({ "cases": 0, "over": 0 }));
    let times = json!({ "receive": none, "ring": none, "claim": none, "close": none });
    let figures = serde_json::from_value(json!({
        "query": { "from": "2026-01-01", "to": "2026-01-31", "zone": "Asia/Taipei" }, "up_to_seq": 1, "at_ms": 1_790_000_000_000_i64,
        "cases": 0, "drills_left_out": 0, "open": 0, "spans": "day", "course": [], "times": times, "targets": [],
        "on_time": part, "unseen": part, "unverified": part, "false_alarms": part, "transferred": part, "reopened": part,
        "escalations": { "escalated": part, "steps": 0, "reached_targets": 0, "reached_ministry": 0, "reached_nobody": 0, "claimed_after": 0 },
        "by_hour": vec![0; 24], "by_weekday": vec![0; 7], "by_country": [], "by_desk": [], "by_disposition": [], "by_kind": [],
        "readiness": { "claimed": part, "rang": part, "claim": none },
    }));
    document(Content::Figures { figures: Box::new(figures.expect("figures")), desk_name: None })
}

/// A program that is a script.
fn script(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("program");
    std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("may be run");
    path
}

fn quick() -> Limits {
    Limits {
        turn_within: Duration::from_millis(50),
        made_within: Duration::from_millis(300),
        pdf_bytes_max: 1000,
        nice: 0,
    }
}

#[tokio::test]
async fn a_document_is_made_by_a_process_without_settings() {
    let documents = Documents::new(program(), Limits::default());
    let pdf = documents.render(&no_figures()).await.expect("a PDF");
    assert!(pdf.starts_with(b"%PDF-") && pdf.trim_ascii_end().ends_with(b"%%EOF"), "{} bytes", pdf.len());
}

#[tokio::test]
async fn content_that_does_not_fit_is_refused_with_the_reason_and_without_words_of_people() {
    let file = json!({ "case": "một tên riêng" });
    let content = Content::CaseFile { text: file.to_string(), desks: [].into() };
    let refused = Documents::new(program(), Limits::default()).render(&document(content)).await;
    let Err(DocumentsError::Refused(why)) = refused else { panic!("{refused:?}") };
    assert_eq!(why, "this is no case file: it lacks a part, or one is of another form");
}

#[tokio::test]
async fn a_process_that_does_not_do_as_it_should_is_ended_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = |lines: &str| Documents::new(script(folder.path(), lines), quick());
    let ended = made("kill -9 $$").render(&no_figures()).await;
    assert!(matches!(&ended, Err(DocumentsError::Ended(how)) if how.contains("signal: 9")), "{ended:?}");
    let other = made("cat >/dev/null; echo something else").render(&no_figures()).await;
    assert!(matches!(&other, Err(DocumentsError::Ended(how)) if how.contains("status: 0")), "{other:?}");
    let large = made("cat >/dev/null; head -c 5000 /dev/zero").render(&no_figures()).await;
    assert!(matches!(large, Err(DocumentsError::TooLarge)), "{large:?}");
    let nothing = Documents::new("/nowhere/sos-server".into(), quick()).render(&no_figures()).await;
    assert!(matches!(nothing, Err(DocumentsError::Process(_))), "{nothing:?}");
}

#[tokio::test]
async fn a_process_that_hangs_is_killed_and_the_next_one_has_its_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let hangs = format!("echo $$ > {}\nexec sleep 600", pid.display());
    let documents = Documents::new(script(folder.path(), &hangs), quick());
    let document = no_figures();
    let (first, second) = tokio::join!(documents.render(&document), documents.render(&document));
    assert!(matches!(first, Err(DocumentsError::TooLong)), "{first:?}");
    assert!(matches!(second, Err(DocumentsError::Busy)), "{second:?}");
    let pid = std::fs::read_to_string(pid).expect("it ran");
    let process = PathBuf::from(format!("/proc/{}", pid.trim()));
    // Killed when it was dropped; taken off the list by whoever waits for it.
    while std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::task::yield_now().await;
    }
    script(folder.path(), "cat >/dev/null; echo %PDF-");
    assert_eq!(documents.render(&document).await.expect("its turn"), b"%PDF-\n");
}
