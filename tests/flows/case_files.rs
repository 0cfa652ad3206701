//! Electronic case files: complete, signed, and checked with the public key alone.

use serde_json::Value;
use sos_protocol::case_file::{CaseFileCheck, CaseFileFault};
use sos_protocol::http::PostMessage;
use sos_protocol::{CaseId, CaseSummary, MessageId, Stage};
use sos_server::auth::signing::Signer;
use sos_server::case_file;
use sos_tests::phone::new_id;
use sos_tests::{Officer, Phone, Service, until};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
const SAID: &str = "Đã gọi cảnh sát, chờ ở cổng số 3.";

async fn file(officer: &Officer, case: CaseId) -> Vec<u8> {
    let answer = officer.send("GET", &format!("/api/cases/{case}/file"), None::<&()>).await;
    assert_eq!(answer.status(), 200);
    let name = answer.headers()["content-disposition"].to_str().expect("as it was set up").to_owned();
    assert!(name.starts_with("attachment; filename=\"sos-") && name.ends_with(".json\""), "{name}");
    answer.bytes().await.expect("as it was set up").to_vec()
}

async fn checked(service: &Service, officer: &Officer, file: Vec<u8>) -> CaseFileCheck {
    let request = officer.http().post(service.url("/api/case-files/check"));
    let answer = request.body(file).send().await.expect("as it was set up");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("as it was set up")
}

/// A case of a worker who is known, with words of both sides, closed.
async fn closed(service: &Service) -> CaseId {
    let (mut phone, _) = Phone::of_worker(service, "Lò Thị Xưởng", "TW").await;
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("as it was set up");
    let lan = service.officer("lan").await;
    let version = lan.detail(case).await.case.version;
    lan.claim(case, version).await.expect("as it was set up");
    let message = PostMessage { message_id: MessageId(new_id()), text: SAID.to_owned() };
    lan.command(case, "messages", &message).await.expect("as it was set up");
    phone.write(alert_id, "Vâng ạ").await;
    let version = until("the worker's words", async || {
        let detail = lan.detail(case).await;
        let words = detail.timeline.iter().filter(|entry| entry.event.kind() == "message").count();
        (words == 2).then_some(detail.case.version)
    });
    lan.close(case, version.await).await.expect("as it was set up");
    case
}

#[tokio::test]
async fn a_file_holds_everything_and_proves_itself() {
    let service = Service::start().await;
    let case = closed(&service).await;
    let reviewer = service.officer("tra").await;
    // What is on record of the taking away comes after what is taken away.
    let detail = reviewer.detail(case).await;
    let bytes = file(&reviewer, case).await;
    let read: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(serde_json::from_value::<CaseSummary>(read["case"].clone()).unwrap(), detail.case);
    assert_eq!(read["worker"]["name"], "Lò Thị Xưởng");
    assert_eq!(read["timeline"].as_array().unwrap().len(), detail.timeline.len());
    assert_eq!(read["ledger"].as_array().unwrap().len(), detail.timeline.len());
    assert_eq!(read["positions"].as_array().unwrap().len(), detail.fixes.len());
    assert_eq!(read["report"]["state"], "draft");
    assert!(bytes.windows(SAID.len()).any(|part| part == SAID.as_bytes()));

    let check = checked(&service, &reviewer, bytes.clone()).await;
    assert!(check.whole, "{check:?}");
    let says = check.says.unwrap();
    assert_eq!((says.case_id, says.case_no), (case, detail.case.case_no));
    assert_eq!(says.last_seq, detail.timeline.last().unwrap().seq);

    let text = String::from_utf8(bytes).unwrap();
    let forged = text.replace("cổng số 3", "cổng số 4").into_bytes();
    let check = checked(&service, &reviewer, forged.clone()).await;
    let message = detail.timeline.iter().position(|entry| entry.event.kind() == "message").unwrap();
    // The report quotes what was said.
    let changed = ["report".to_owned(), format!("timeline/{message}")];
    let changed = changed.map(|part| CaseFileFault::Changed { part });
    assert_eq!((check.whole, check.faults), (false, changed.to_vec()));
}

#[tokio::test]
async fn a_file_is_checked_without_the_service_and_stays_whole_when_the_key_of_its_worker_is_erased() {
    let service = Service::start().await;
    let case = closed(&service).await;
    let bytes = file(&service.officer("tra").await, case).await;
    service.count("WITH gone AS (DELETE FROM subject_keys RETURNING 1) SELECT count(*) FROM gone").await;
    let key = Signer::new(&service.config.secret).unwrap().public().clone();
    let folder = tempfile::tempdir().unwrap();
    let (kept, key_file) = (folder.path().join("case.json"), folder.path().join("key.json"));
    std::fs::write(&kept, &bytes).unwrap();
    std::fs::write(&key_file, serde_json::to_vec(&key).unwrap()).unwrap();
    let said = case_file::verify(&kept, &key_file).unwrap();
    assert!(said.starts_with("whole: case "), "{said}");

    // The ledger's rows in the file are those of the ledger, also now that nobody can read the words in them.
    let later: Value = serde_json::from_slice(&file(&service.officer("tra").await, case).await).unwrap();
    let before: Value = serde_json::from_slice(&bytes).unwrap();
    let rows = |file: &Value| file["ledger"].as_array().unwrap().clone();
    assert_eq!(rows(&later)[..rows(&before).len()], rows(&before));
    assert_ne!(later["timeline"], before["timeline"]);

    let broken = String::from_utf8(bytes).unwrap().replace("\"closed\"", "\"opened\"");
    std::fs::write(&kept, broken).unwrap();
    let error = case_file::verify(&kept, &key_file).unwrap_err().to_string();
    assert!(error.starts_with("broken: file: changed: case"), "{error}");
}

#[tokio::test]
async fn only_those_who_may_take_a_file_away_get_one() {
    let service = Service::start().await;
    let case = closed(&service).await;
    for (login, status) in
        [("lan", 403), ("duc", 200), ("khanh", 404), ("tra", 200), ("bo", 200), ("tri", 404)]
    {
        let officer = service.officer(login).await;
        let answer = officer.send("GET", &format!("/api/cases/{case}/file"), None::<&()>).await;
        assert_eq!(answer.status(), status, "{login}");
    }
}
