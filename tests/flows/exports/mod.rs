//! Files that officers take away: the same numbers, made once, whole after every broken line, and for nobody else.

mod numbers;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sos_protocol::ambient::{Clock as _, ManualClock, SystemClock};
use sos_protocol::case::Exported;
use sos_protocol::export::{
    ExportFault, ExportFormat, ExportLanguage, ExportList, ExportOf, ExportState, ExportView, NewExport,
};
use sos_protocol::figures::{Figures, FiguresQuery};
use sos_protocol::limits::EXPORTS_PER_OFFICER_MAX;
use sos_protocol::{CaseEvent, CaseId, ErrorCode, ExportId, Problem, Stage, UnixMs};
use sos_tests::phone::new_id;
use sos_tests::service::staff_id;
use sos_tests::{Officer, Phone, Service, until};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

use crate::figures::{counted, year};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));

pub(crate) fn query() -> FiguresQuery {
    FiguresQuery {
        from: "2025-01-01".to_owned(),
        to: "2025-12-31".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        desk: None,
        country: None,
        kind: None,
        disposition: None,
    }
}

pub(crate) fn wanted(of: ExportOf, format: ExportFormat) -> NewExport {
    NewExport { export_id: ExportId(new_id()), of, format, language: ExportLanguage::En }
}

pub(crate) async fn ask(officer: &Officer, wanted: &NewExport) -> ExportView {
    let answer = officer.send("POST", "/api/exports", Some(wanted)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("an export")
}

async fn problem(officer: &Officer, wanted: &NewExport) -> (u16, Problem) {
    let answer = officer.send("POST", "/api/exports", Some(wanted)).await;
    (answer.status().as_u16(), answer.json().await.expect("a problem"))
}

async fn view(officer: &Officer, id: ExportId) -> ExportView {
    officer.get(&format!("/api/exports/{id}")).await
}

pub(crate) async fn settled(officer: &Officer, id: ExportId) -> ExportView {
    until("the export is settled", async || {
        let view = view(officer, id).await;
        matches!(view.state, ExportState::Done | ExportState::Failed).then_some(view)
    })
    .await
}

async fn get(officer: &Officer, id: ExportId, headers: &[(&str, &str)]) -> reqwest::Response {
    let path = format!("/api/exports/{id}/file");
    let mut request = officer.http().get(officer.url(&path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

/// Asks for a file and fetches it.
pub(crate) async fn made(officer: &Officer, wanted: &NewExport) -> (ExportView, Vec<u8>) {
    ask(officer, wanted).await;
    let view = settled(officer, wanted.export_id).await;
    assert_eq!((view.state, view.fault), (ExportState::Done, None));
    let answer = get(officer, wanted.export_id, &[]).await;
    assert_eq!(answer.status(), 200);
    let name = answer.headers()["content-disposition"].to_str().expect("a name").to_owned();
    assert_eq!(name, format!("attachment; filename=\"{}\"", view.file_name));
    let bytes = answer.bytes().await.expect("a file").to_vec();
    assert_eq!(view.bytes, bytes.len() as u64);
    assert_eq!(view.sha256.as_deref(), Some(hex(&Sha256::digest(&bytes)).as_str()));
    (view, bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the administration's ledger says of an export, in order, by whom.
async fn noted(service: &Service, id: ExportId) -> Vec<(Option<uuid::Uuid>, Value)> {
    let rows: Vec<(Option<uuid::Uuid>, String)> = sqlx::query_as(
        "SELECT staff_id, facts FROM admin_ledger WHERE kind = 'export' AND subject = $1 ORDER BY seq",
    )
    .bind(id.to_string())
    .fetch_all(&service.db)
    .await
    .expect("as it was set up");
    rows.into_iter().map(|(by, facts)| (by, serde_json::from_str(&facts).expect("JSON"))).collect()
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on_and_is_the_same_file() {
    let service = Service::start().await;
    let tra = service.officer("tra").await;
    let wanted = wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv);
    made(&tra, &wanted).await;
    // A larger one in its place: two parts, and a bit.
    let whole: Vec<u8> = (0_u32..2_500_000).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for (part, bytes) in (0_i32..).zip(whole.chunks(1024 * 1024)) {
        let insert = "INSERT INTO export_parts VALUES ($1, $2, $3)
             ON CONFLICT (export_id, part) DO UPDATE SET bytes = excluded.bytes";
        let insert = sqlx::query(insert).bind(wanted.export_id.0).bind(part).bind(bytes);
        insert.execute(&service.db).await.unwrap();
    }
    let sha256 = Sha256::digest(&whole);
    sqlx::query("UPDATE exports SET bytes = $2, sha256 = $3 WHERE export_id = $1")
        .bind(wanted.export_id.0)
        .bind(i64::try_from(whole.len()).unwrap())
        .bind(sha256.as_slice())
        .execute(&service.db)
        .await
        .unwrap();

    let etag = format!("\"{}\"", hex(&sha256));
    let mut first = get(&tra, wanted.export_id, &[]).await;
    assert_eq!(first.headers()["etag"].to_str().unwrap(), etag);
    assert_eq!(first.headers()["accept-ranges"], "bytes");
    assert!(!first.headers().contains_key("content-encoding"));
    let mut had = first.chunk().await.unwrap().unwrap().to_vec();
    drop(first);
    assert!(!had.is_empty() && had.len() < whole.len());
    while had.len() < whole.len() {
        let range = format!("bytes={}-", had.len());
        let mut rest = get(&tra, wanted.export_id, &[("range", &range), ("if-range", &etag)]).await;
        assert_eq!(rest.status(), 206);
        let place = format!("bytes {}-{}/{}", had.len(), whole.len() - 1, whole.len());
        assert_eq!(rest.headers()["content-range"].to_str().unwrap(), place);
        // It breaks off again and again, somewhere.
        for _ in 0..3 {
            let Some(chunk) = rest.chunk().await.unwrap() else { break };
            had.extend_from_slice(&chunk);
        }
    }
    assert_eq!(Sha256::digest(&had), sha256);

    let across = get(&tra, wanted.export_id, &[("range", "bytes=1048570-1048585")]).await;
    assert_eq!(across.bytes().await.unwrap(), whole[1_048_570..=1_048_585]);
    let other = get(&tra, wanted.export_id, &[("range", "bytes=9-"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status().as_u16(), other.content_length()), (200, Some(whole.len() as u64)));
    let none = get(&tra, wanted.export_id, &[("range", "bytes=2500000-")]).await;
    assert_eq!(none.status(), 416);
    assert_eq!(none.headers()["content-range"], "bytes */2500000");

    let steps: Vec<Value> =
        noted(&service, wanted.export_id).await.into_iter().map(|(_, facts)| facts["step"].clone()).collect();
    assert_eq!(steps, ["asked", "made", "fetched"], "one fetch, however often it went on");
}

/// Asks for `wanted`, and has whoever says that some of its cases are done wait until the connection lets go.
pub(crate) async fn in_the_middle(
    service: &Service,
    officer: &Officer,
    wanted: &NewExport,
) -> PoolConnection<Postgres> {
    for sql in [
        "CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN PERFORM pg_advisory_xact_lock(17); RETURN NEW; END'",
        "CREATE TRIGGER wait_here BEFORE UPDATE ON exports FOR EACH ROW WHEN (NEW.done > 0)
         EXECUTE FUNCTION wait_here()",
    ] {
        sqlx::query(sql).execute(&service.db).await.expect("as it was set up");
    }
    let mut gate = service.db.acquire().await.expect("a connection");
    sqlx::query("SELECT pg_advisory_lock(17)").execute(&mut *gate).await.expect("locked");
    ask(officer, wanted).await;
    until("the node is in the middle of it", async || {
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 17 AND NOT granted";
        (service.count(waiting).await > 0).then_some(())
    })
    .await;
    gate
}

pub(crate) async fn is_whole_and_made_once(service: &Service, officer: &Officer, done: &ExportView) {
    let bytes = get(officer, done.export_id, &[]).await.bytes().await.expect("a file");
    assert_eq!(done.sha256, Some(hex(&Sha256::digest(&bytes))));
    assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), done.all as usize + 1);
    let made = noted(service, done.export_id).await;
    assert_eq!(made.iter().filter(|(_, facts)| facts["step"] == "made").count(), 1);
}

#[tokio::test]
async fn a_node_that_dies_over_a_file_leaves_it_to_another_which_makes_it_once() {
    let clock = ManualClock::at(SystemClock::new().now());
    let dying = tokio::runtime::Runtime::new().unwrap();
    let (handle, of_service) = (dying.handle().clone(), clock.clone());
    let start = move || handle.block_on(Service::start_with(of_service));
    let service = tokio::task::spawn_blocking(start).await.unwrap();
    year::write(&service, 150).await;
    let tra = service.officer("tra").await;
    counted(&service, &tra).await;

    let wanted = wanted(ExportOf::Cases { query: query() }, ExportFormat::Csv);
    let mut gate = in_the_middle(&service, &tra, &wanted).await;
    dying.shutdown_background();
    sqlx::query("SELECT pg_advisory_unlock(17)").execute(&mut *gate).await.unwrap();
    assert_eq!(service.count("SELECT count(*) FROM exports WHERE state = 'running'").await, 1);

    let other = service.another_node().await;
    let there = other.officer("tra").await;
    clock.advance_ms(59_000);
    assert_eq!(view(&there, wanted.export_id).await.state, ExportState::Running, "it may still live");
    clock.advance_ms(2_000);
    let done = settled(&there, wanted.export_id).await;
    assert_eq!((done.state, done.done), (ExportState::Done, done.all));
    assert_eq!(service.count("SELECT tries::bigint FROM exports WHERE staff_id IS NOT NULL").await, 2);
    is_whole_and_made_once(&service, &there, &done).await;
    other.stop().await;
}

#[tokio::test]
async fn nobody_gets_the_cases_of_another_desk_or_the_files_of_another_officer() {
    let service = Service::start().await;
    year::write(&service, 150).await;
    let (tra, khanh, bo) =
        (service.officer("tra").await, service.officer("khanh").await, service.officer("bo").await);
    counted(&service, &tra).await;
    let cases = wanted(ExportOf::Cases { query: query() }, ExportFormat::Csv);
    let (_, file) = made(&khanh, &cases).await;
    let name: String = sqlx::query_scalar("SELECT name FROM desks WHERE desk_id = 'jp-tokyo'")
        .fetch_one(&service.db)
        .await
        .unwrap();
    let rows = numbers::csv_rows(&file);
    assert!(rows.len() > 5 && rows.iter().skip(1).all(|row| row[3] == name), "{rows:?}");

    let taipei = FiguresQuery { desk: Some("tw-taipei".into()), ..query() };
    for of in [ExportOf::Cases { query: taipei.clone() }, ExportOf::Figures { query: taipei }] {
        assert_eq!(problem(&khanh, &wanted(of, ExportFormat::Csv)).await.0, 403);
    }
    for (login, status) in [("lan", 403), ("tri", 403), ("duc", 200)] {
        let officer = service.officer(login).await;
        let wanted = wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv);
        assert_eq!(officer.send("POST", "/api/exports", Some(&wanted)).await.status(), status, "{login}");
    }
    for officer in [&tra, &bo, &service.officer("duc").await, &service.officer("tri").await] {
        let path = format!("/api/exports/{}", cases.export_id);
        for (method, path) in [("GET", path.clone()), ("GET", format!("{path}/file")), ("DELETE", path)] {
            assert_eq!(officer.send(method, &path, None::<&()>).await.status(), 404, "{method} {path}");
        }
        let list: ExportList = officer.get("/api/exports").await;
        assert!(list.exports.iter().all(|export| export.export_id != cases.export_id));
    }

    // When it is made: the account may not any more.
    let late = wanted(ExportOf::Cases { query: query() }, ExportFormat::Csv);
    sqlx::query(
        "INSERT INTO exports (export_id, staff_id, wanted, state, file_name, asked_ms)
         VALUES ($1, $2, $3, 'waiting', 'x.csv', 1)",
    )
    .bind(late.export_id.0)
    .bind(staff_id("lan").0)
    .bind(json!(late))
    .execute(&service.db)
    .await
    .unwrap();
    let failed = settled(&service.officer("lan").await, late.export_id).await;
    assert_eq!(failed.fault, Some(ExportFault::Forbidden));
    // When it is fetched: the supervisor has come to another desk.
    sqlx::query("UPDATE staff SET desk_id = 'tw-taipei' WHERE login = 'khanh'")
        .execute(&service.db)
        .await
        .unwrap();
    assert_eq!(get(&khanh, cases.export_id, &[]).await.status(), 403);
}

#[tokio::test]
async fn asking_again_is_the_same_and_what_makes_no_sense_says_what() {
    let service = Service::start().await;
    let bo = service.officer("bo").await;
    let first = wanted(ExportOf::Figures { query: query() }, ExportFormat::Xlsx);
    for _ in 0..2 {
        assert_eq!(ask(&bo, &first).await.export_id, first.export_id);
    }
    let other = NewExport { format: ExportFormat::Csv, ..first.clone() };
    assert_eq!(problem(&bo, &other).await.1.code, ErrorCode::IdReused);
    let list: ExportList = bo.get("/api/exports").await;
    assert_eq!(list.exports.len(), 1);

    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(TAIPEI).await;
    let case_id = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    for (of, format, field) in [
        (ExportOf::Cases { query: query() }, ExportFormat::Pdf, "format"),
        (ExportOf::Report { case_id }, ExportFormat::Csv, "format"),
        (ExportOf::CaseFile { case_id }, ExportFormat::Xlsx, "format"),
        (ExportOf::Cases { query: FiguresQuery { zone: "x".into(), ..query() } }, ExportFormat::Csv, "zone"),
        (ExportOf::Figures { query: FiguresQuery { to: "1".into(), ..query() } }, ExportFormat::Csv, "to"),
    ] {
        let (status, problem) = problem(&bo, &wanted(of.clone(), format)).await;
        assert_eq!((status, problem.field.as_deref()), (400, Some(field)), "{of:?} {format:?}");
        assert!(problem.detail.is_some());
    }
    let unknown = wanted(ExportOf::CaseFile { case_id: CaseId(new_id()) }, ExportFormat::Pdf);
    assert_eq!(problem(&bo, &unknown).await.0, 404);

    for _ in 1..EXPORTS_PER_OFFICER_MAX {
        ask(&bo, &wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv)).await;
    }
    let (status, full) = problem(&bo, &wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv)).await;
    assert_eq!((status, full.code), (413, ErrorCode::TooMany));
    settled(&bo, first.export_id).await;
    let path = format!("/api/exports/{}", first.export_id);
    assert_eq!(bo.send("DELETE", &path, None::<&()>).await.status(), 204);
    assert_eq!(bo.send("GET", &path, None::<&()>).await.status(), 404);
    ask(&bo, &wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv)).await;
}

#[tokio::test]
async fn who_took_what_is_on_record_and_a_file_goes_when_its_time_is_over() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let tra = service.officer("tra").await;
    let wanted = wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv);
    let (view, bytes) = made(&tra, &wanted).await;
    let by = Some(staff_id("tra").0);
    let of = json!(wanted.of);
    let (sha256, length) = (view.sha256.clone().unwrap(), bytes.len());
    assert_eq!(
        noted(&service, wanted.export_id).await,
        [
            (by, json!({ "step": "asked", "of": of, "format": "csv", "language": "en" })),
            (by, json!({ "step": "made", "sha256": sha256, "bytes": length, "rows": 1, "format": "csv" })),
            (by, json!({ "step": "fetched", "sha256": sha256, "bytes": length, "format": "csv" })),
        ]
    );
    assert!(service.store.verify_admin_ledger().await.unwrap().is_ok());
    assert!(view.file_name.starts_with("figures_2025-01-01_2025-12-31_Europe-Berlin_tra_"), "{view:?}");
    let rows = numbers::csv_rows(&bytes);
    assert!(rows.iter().skip(1).all(|row| row.last().is_some_and(|by| by.starts_with("Trà, 20"))));

    clock.advance_ms(7 * 24 * 3_600_000 + 1);
    let tra = service.officer("tra").await;
    until("the file is gone", async || {
        (self::view(&tra, wanted.export_id).await.state == ExportState::Gone).then_some(())
    })
    .await;
    assert_eq!(get(&tra, wanted.export_id, &[]).await.status(), 404);
    assert_eq!(service.count("SELECT count(*) FROM export_parts").await, 0);
}

#[tokio::test]
async fn the_report_of_a_month_is_made_once_for_all_reviewers() {
    let at = |text: &str| UnixMs(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond());
    let clock = ManualClock::at(at("2026-10-15T03:00:00Z"));
    let service = Service::start_with(clock.clone()).await;
    let second = service.another_node().await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    // An open one would escalate on and on, also between one figure and the next.
    let lan = service.officer("lan").await;
    lan.claim(case, 1).await.expect("claimed");
    lan.close(case, 2).await.expect("closed");
    // By the clock of the ministry it is 05:59 on the first of November: nothing.
    clock.advance_ms(at("2026-10-31T22:59:00Z").0 - clock.now().0);
    let tra = service.officer("tra").await;
    // A node has looked once this is made.
    let bo = service.officer("bo").await;
    made(&bo, &wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv)).await;
    let list: ExportList = tra.get("/api/exports").await;
    assert_eq!(list.exports, []);

    clock.advance_ms(60_000);
    let both = until("the report is made", async || {
        let list: ExportList = tra.get("/api/exports").await;
        let done: Vec<_> =
            list.exports.into_iter().filter(|export| export.state == ExportState::Done).collect();
        (done.len() == 2).then_some(done)
    })
    .await;
    let of = |format| both.iter().find(|export| export.format == format).expect("one of each");
    let (scheduled, paper) = (of(ExportFormat::Xlsx), of(ExportFormat::Pdf));
    let of_october = FiguresQuery {
        from: "2026-10-01".into(),
        to: "2026-10-31".into(),
        zone: "Asia/Ho_Chi_Minh".into(),
        ..query()
    };
    assert_eq!(scheduled.of, ExportOf::Figures { query: of_october.clone() });
    assert_eq!((&paper.of, &paper.by, &scheduled.by), (&scheduled.of, &None, &None));
    assert!(get(&tra, paper.export_id, &[]).await.bytes().await.unwrap().starts_with(b"%PDF-"));
    let figures: Figures =
        tra.send("POST", "/api/figures", Some(&of_october)).await.json().await.expect("figures");
    assert_eq!(figures.cases, 1);
    let file = get(&tra, scheduled.export_id, &[]).await.bytes().await.unwrap().to_vec();
    numbers::workbook_says(&file, &figures, ExportLanguage::Both);

    for login in ["bo", "khanh", "tri"] {
        let officer = service.officer(login).await;
        let list: ExportList = officer.get("/api/exports").await;
        assert!(list.exports.iter().all(|export| export.by.is_some()), "{login}");
        assert_eq!(get(&officer, scheduled.export_id, &[]).await.status(), 404, "{login}");
    }
    let path = format!("/api/exports/{}", scheduled.export_id);
    assert_eq!(tra.send("DELETE", &path, None::<&()>).await.status(), 403);

    second.stop().await;
    let third = service.another_node().await;
    made(&third.officer("tra").await, &wanted(ExportOf::Figures { query: query() }, ExportFormat::Csv)).await;
    assert_eq!(service.count("SELECT count(*) FROM exports WHERE schedule IS NOT NULL").await, 2);
    third.stop().await;
}

#[tokio::test]
async fn figures_a_report_and_a_case_file_are_made_as_pdf_and_the_case_says_that_they_were() {
    let service = Service::start().await;
    let (mut phone, _) = Phone::of_worker(&service, "Lò Thị Xưởng", "TW").await;
    let alert_id = phone.press(TAIPEI).await;
    let case_id = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    let (lan, tra) = (service.officer("lan").await, service.officer("tra").await);
    let version = lan.detail(case_id).await.case.version;
    let version = lan.claim(case_id, version).await.unwrap().version;
    lan.close(case_id, version).await.unwrap();
    let mut taken = vec![];
    for of in
        [ExportOf::Figures { query: query() }, ExportOf::Report { case_id }, ExportOf::CaseFile { case_id }]
    {
        let (view, bytes) = made(&tra, &wanted(of, ExportFormat::Pdf)).await;
        assert!(bytes.starts_with(b"%PDF-") && view.file_name.ends_with(".pdf"), "{view:?}");
        taken.push(view.sha256.unwrap());
    }
    let timeline = lan.detail(case_id).await.timeline;
    let exported = timeline.into_iter().filter_map(|entry| match entry.event {
        CaseEvent::Exported { what, sha256 } => Some((what, sha256)),
        _ => None,
    });
    assert_eq!(
        exported.collect::<Vec<_>>(),
        [(Exported::ReportPdf, taken[1].clone()), (Exported::CaseFilePdf, taken[2].clone())]
    );
}
