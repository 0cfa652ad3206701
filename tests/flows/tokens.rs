//! Tokens of other systems: what they read, and what they never do.

use serde_json::json;
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::api_v1::{MakeToken, ReportOut, TokenMade, TokenPurpose, Tokens};
use sos_protocol::figures::{Figures, FiguresQuery};
use sos_protocol::report::{ReportList, ReportView};
use sos_protocol::{CaseId, ErrorCode, Problem, Stage, TokenId};
use sos_server::http::routes::{Guard, ROUTES};
use sos_tests::phone::new_id;
use sos_tests::{Officer, Phone, Service};

use crate::figures::{counted, year};

const TAIPEI: (f64, f64) = (25.0478, 121.517);
const TOKYO: (f64, f64) = (35.68, 139.76);
const WORKER: &str = "Cao Thị Quyền";
const DAY_MS: i64 = 86_400_000;
const BOTH: [TokenPurpose; 2] = [TokenPurpose::Figures, TokenPurpose::Reports];

async fn made(tri: &Officer, desk: Option<&str>, purposes: &[TokenPurpose]) -> TokenMade {
    let purposes = purposes.to_vec();
    let body =
        MakeToken { name: "Cổng dữ liệu".to_owned(), desk: desk.map(Into::into), purposes, days: 30 };
    let answer = tri.send("POST", "/api/admin/tokens", Some(&body)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("a token")
}

async fn read(service: &Service, token: &str, path: &str) -> reqwest::Response {
    service.http.get(service.url(path)).bearer_auth(token).send().await.expect("an answer")
}

async fn refused(service: &Service, token: &str, path: &str) -> (u16, ErrorCode, String) {
    let answer = read(service, token, path).await;
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.expect("a problem");
    (status, problem.code, problem.detail.unwrap_or_default())
}

/// A closed case at this desk, of a worker whom officers know by name.
async fn closed(service: &Service, login: &str, place: (f64, f64), country: &str) -> CaseId {
    let officer = service.officer(login).await;
    let (mut phone, _) = Phone::of_worker(service, WORKER, country).await;
    let alert_id = phone.press(Some(place)).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    let version = officer.detail(case).await.case.version;
    let claimed = officer.claim(case, version).await.expect("claimed");
    officer.close(case, claimed.version).await.expect("closed");
    let words = json!({ "version": 0, "cause": format!("Chị {} bị giữ", WORKER.to_uppercase()), "done": "đã đưa về",
        "lessons": "hỏi thăm sớm hơn", "measures": [], "answers": [] });
    let saved = officer.send("POST", &format!("/api/cases/{case}/report"), Some(&words)).await;
    assert_eq!(saved.status(), 200);
    case
}

#[tokio::test]
async fn a_token_reads_what_it_is_for_as_the_console_shows_it_but_without_names() {
    let service = Service::start().await;
    let (tri, tra) = (service.officer("tri").await, service.officer("tra").await);
    let case = closed(&service, "lan", TAIPEI, "TW").await;
    let token = made(&tri, None, &BOTH).await.token;

    let list: ReportList = read(&service, &token, "/api/v1/reports").await.json().await.expect("reports");
    let shown: ReportList = tra.get("/api/reports").await;
    assert_eq!(list.reports, shown.reports);
    assert!(list.reports.iter().any(|row| row.case_id == case));

    let answer = read(&service, &token, &format!("/api/v1/reports/{case}?language=en")).await;
    let text = answer.text().await.expect("a report");
    for name in [WORKER, &WORKER.to_uppercase(), "Lan", "+886 900 000 000"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    let out: ReportOut = serde_json::from_str(&text).expect("a report");
    let view: ReportView = tra.get(&format!("/api/cases/{case}/report?language=en")).await;
    assert_eq!((out.state, out.version, out.times), (view.state, view.version, view.drafted.times));
    assert_eq!((out.cause.as_str(), &out.done), ("Chị […] bị giữ", &view.done));
    let seqs: Vec<_> = view.drafted.lines.iter().map(|line| line.seq).collect();
    assert_eq!(out.course.iter().map(|line| line.seq).collect::<Vec<_>>(), seqs);

    counted(&service, &tra).await;
    let query = "from=2022-06-01&to=2027-05-31&zone=UTC";
    let figures: Figures =
        read(&service, &token, &format!("/api/v1/figures?{query}")).await.json().await.expect("figures");
    let asked: FiguresQuery =
        serde_json::from_value(json!({ "from": "2022-06-01", "to": "2027-05-31", "zone": "UTC" }))
            .expect("a query");
    let shown: Figures = tra.send("POST", "/api/figures", Some(&asked)).await.json().await.expect("figures");
    assert_eq!((figures.query, figures.cases, figures.times), (shown.query, shown.cases, shown.times));

    let bad = refused(&service, &token, "/api/v1/figures?from=2022&to=2023-01-01&zone=UTC").await;
    assert_eq!((bad.0, bad.1), (400, ErrorCode::InvalidField));
    let unknown = refused(&service, &token, &format!("/api/v1/reports/{}", new_id())).await;
    assert_eq!((unknown.0, unknown.1), (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn a_token_of_one_desk_gets_nothing_of_another() {
    let service = Service::start().await;
    year::write(&service, 120).await;
    let (tri, khanh) = (service.officer("tri").await, service.officer("khanh").await);
    let (taipei, tokyo) =
        (closed(&service, "lan", TAIPEI, "TW").await, closed(&service, "hoa", TOKYO, "JP").await);
    // Tokyo is shown the case of Taipei, and still it is not Tokyo's.
    let lan = service.officer("lan").await;
    let reopen = json!({ "version": lan.detail(taipei).await.case.version, "reason": "thử" });
    lan.command(taipei, "reopen", &reopen).await.expect("open again");
    lan.command(taipei, "share", &json!({ "desk": "jp-tokyo", "help": true })).await.expect("shared");

    let token = made(&tri, Some("jp-tokyo"), &BOTH).await.token;
    let list: ReportList = read(&service, &token, "/api/v1/reports").await.json().await.expect("reports");
    assert!(list.reports.iter().any(|row| row.case_id == tokyo));
    assert!(list.reports.iter().all(|row| row.desk_id.as_str() == "jp-tokyo"));
    assert_eq!(read(&service, &token, &format!("/api/v1/reports/{tokyo}")).await.status(), 200);
    assert_eq!(refused(&service, &token, &format!("/api/v1/reports/{taipei}")).await.0, 404);
    assert_eq!(refused(&service, &token, "/api/v1/reports?desk=tw-taipei").await.0, 403);

    counted(&service, &khanh).await;
    let asked = json!({ "from": "2025-01-01", "to": "2025-12-31", "zone": "UTC" });
    let figures: Figures = read(&service, &token, "/api/v1/figures?from=2025-01-01&to=2025-12-31&zone=UTC")
        .await
        .json()
        .await
        .expect("figures");
    let own: Figures = khanh.send("POST", "/api/figures", Some(&asked)).await.json().await.expect("figures");
    assert!(figures.cases > 0);
    assert_eq!((figures.cases, &figures.by_desk), (own.cases, &own.by_desk));
    let of = "/api/v1/figures?from=2025-01-01&to=2025-12-31&zone=UTC&desk=tw-taipei";
    assert_eq!(refused(&service, &token, of).await.0, 403);
}

#[tokio::test]
async fn every_route_of_tokens_takes_a_good_one_of_its_purpose_and_nothing_else() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let tri = service.officer("tri").await;
    let case = closed(&service, "lan", TAIPEI, "TW").await;
    let routes: Vec<(TokenPurpose, String)> = ROUTES
        .iter()
        .filter_map(|route| match route.guard {
            Guard::Token(purpose) => Some((purpose, route.path.replace("{case_id}", &case.to_string()))),
            _ => None,
        })
        .map(|(purpose, path)| match purpose {
            TokenPurpose::Figures => (purpose, format!("{path}?from=2026-01-01&to=2026-01-31&zone=UTC")),
            TokenPurpose::Reports => (purpose, path),
        })
        .collect();
    assert_eq!(routes.len(), 3);
    let tokens = [made(&tri, None, &BOTH[..1]).await, made(&tri, None, &BOTH[1..]).await];
    for (purpose, path) in &routes {
        for (of, made) in BOTH.iter().zip(&tokens) {
            let status = read(&service, &made.token, path).await.status().as_u16();
            assert_eq!(status, if of == purpose { 200 } else { 403 }, "{path} with {of:?}");
        }
        assert_eq!(service.get(path).await.expect("an answer").status(), 401);
        assert_eq!(tri.send("GET", path, None::<&()>).await.status(), 401, "a session is no token");
        assert_eq!(refused(&service, "sos_api_AAAA", path).await.2, "there is no such token");
        assert_eq!(refused(&service, "AAAA", path).await.0, 401);
    }
    // A token is good for nothing but its routes.
    for route in ROUTES.iter().filter(|route| matches!(route.guard, Guard::Role(_) | Guard::SignedIn)) {
        let answer = service.http.request(route.method.parse().expect("a method"), service.url(route.path));
        let answer = answer.bearer_auth(&tokens[0].token).body("{}").send().await.expect("an answer");
        assert_eq!(answer.status(), 401, "{} {}", route.method, route.path);
    }

    let revoked =
        tri.send("DELETE", &format!("/api/admin/tokens/{}", tokens[0].made.token_id), None::<&()>).await;
    let list: Tokens = revoked.json().await.expect("tokens");
    let kept =
        |n: usize| list.tokens.iter().find(|token| token.token_id == tokens[n].made.token_id).expect("kept");
    assert!(kept(0).revoked_ms.is_some() && kept(1).revoked_ms.is_none());
    assert_eq!(
        kept(1).days.iter().map(|day| day.uses).sum::<u32>(),
        3,
        "two good ones, and one for another purpose"
    );
    assert_eq!(kept(1).last_used_ms, Some(clock.now()));
    let of = |purpose| &routes.iter().find(|(of, _)| *of == purpose).expect("a route").1;
    let (status, code, why) = refused(&service, &tokens[0].token, of(TokenPurpose::Figures)).await;
    assert_eq!((status, code, why.as_str()), (401, ErrorCode::NotSignedIn, "the token was revoked"));
    clock.advance_ms(30 * DAY_MS);
    let (status, _, why) = refused(&service, &tokens[1].token, of(TokenPurpose::Reports)).await;
    assert_eq!((status, why.as_str()), (401, "the token has expired"));
    let unknown = TokenId(new_id());
    let tri = service.officer("tri").await;
    assert_eq!(tri.send("DELETE", &format!("/api/admin/tokens/{unknown}"), None::<&()>).await.status(), 404);
    assert_eq!(service.count("SELECT count(*) FROM admin_ledger WHERE kind = 'token'").await, 3);
    assert!(service.store.verify_admin_ledger().await.expect("read").is_ok());
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT api_tokens::text FROM api_tokens UNION ALL SELECT facts FROM admin_ledger",
    )
    .fetch_all(&service.db)
    .await
    .expect("rows");
    assert!(!rows.iter().any(|row| row.contains(&tokens[1].token)), "the token itself is kept nowhere");
}

#[tokio::test]
async fn requests_of_one_token_are_bounded_and_those_of_another_are_not_hindered() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let tri = service.officer("tri").await;
    let (busy, calm) = (made(&tri, None, &BOTH).await.token, made(&tri, None, &BOTH).await.token);
    let mut statuses = vec![];
    for _ in 0..62 {
        statuses.push(read(&service, &busy, "/api/v1/reports").await.status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 60);
    assert_eq!(statuses[60..], [429, 429]);
    assert_eq!(read(&service, &calm, "/api/v1/reports").await.status(), 200);
    clock.advance_ms(60_000);
    assert_eq!(read(&service, &busy, "/api/v1/reports").await.status(), 200);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_made_and_it_is_said_why() {
    let service = Service::start().await;
    let tri = service.officer("tri").await;
    for (field, body) in [
        ("name", json!({ "name": " ", "purposes": ["reports"], "days": 1 })),
        ("purposes", json!({ "name": "thử", "purposes": [], "days": 1 })),
        ("days", json!({ "name": "thử", "purposes": ["reports"], "days": 366 })),
        ("days", json!({ "name": "thử", "purposes": ["reports"], "days": 0 })),
        ("desk", json!({ "name": "thử", "desk": "tw-nowhere", "purposes": ["reports"], "days": 1 })),
    ] {
        let answer = tri.send("POST", "/api/admin/tokens", Some(&body)).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(
            answer.json::<Problem>().await.expect("a problem").field.as_deref(),
            Some(field),
            "{body}"
        );
    }
    assert_eq!(service.count("SELECT count(*) FROM api_tokens").await, 0);
    assert_eq!(service.count("SELECT count(*) FROM admin_ledger WHERE kind = 'token'").await, 0);
}
