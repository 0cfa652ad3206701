//! Incident reports: from closing a case to acceptance, who may do what, and what is left without the worker's key.

use std::sync::Arc;

use reqwest::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::http::WithReason;
use sos_protocol::report::{
    ChangeMeasure, DraftedPart, MajorReason, MeasurePlan, PutMeasure, ReportAnswer, ReportList, ReportState,
    ReportVersion, ReportView, ReturnReport, SaveReport,
};
use sos_protocol::{
    CaseEvent, CaseId, EmergencyKind, ErrorCode, GatewayFrame, MeasureId, PhoneFrame, Problem, Stage,
};
use sos_server::cases::old_reports;
use sos_tests::phone::{alert, new_id};
use sos_tests::{Officer, Phone, Service, until};
use tokio_util::sync::CancellationToken;

const TAIPEI: (f64, f64) = (25.0478, 121.517);
const HOUR_MS: i64 = 3600 * 1000;

/// A case of an attacked worker that Lan has claimed and closed.
pub(crate) async fn closed(service: &Service, lan: &Officer) -> (Phone, CaseId) {
    let mut phone = Phone::connect(service).await;
    let mut pressed = alert(Some(TAIPEI));
    pressed.kind = Some(EmergencyKind::Attacked);
    let alert_id = pressed.alert_id;
    phone.say(&PhoneFrame::Alert { alert: pressed }).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    lan.claim(case, 1).await.expect("claimed");
    lan.close(case, 2).await.expect("closed");
    phone.receipt(alert_id, Stage::Closed).await;
    (phone, case)
}

pub(crate) async fn act(
    officer: &Officer,
    case: CaseId,
    step: &str,
    body: &impl Serialize,
) -> Result<ReportView, Box<Problem>> {
    let path = format!("/api/cases/{case}/report{step}");
    let answer = officer.send("POST", &path, Some(body)).await;
    if answer.status() == StatusCode::OK {
        return Ok(answer.json().await.expect("a report"));
    }
    Err(answer.json().await.expect("a problem"))
}

pub(crate) async fn view(officer: &Officer, case: CaseId, language: &str) -> ReportView {
    officer.get(&format!("/api/cases/{case}/report?language={language}")).await
}

pub(crate) async fn list(officer: &Officer, query: &str) -> ReportList {
    officer.get(&format!("/api/reports{query}")).await
}

pub(crate) fn save(version: u32, measures: &[MeasureId], answers: &[&str]) -> SaveReport {
    let measure = |id: &MeasureId| PutMeasure {
        plan: MeasurePlan { measure_id: *id, due: "2026-01-31".to_owned(), owner_id: None },
        text: "Nhắc chủ sử dụng lao động".to_owned(),
        owner: "Chị Lan".to_owned(),
    };
    let answer = |(question, text): (u32, &&str)| ReportAnswer { question, text: (*text).to_owned() };
    SaveReport {
        version,
        cause: "Chủ say rượu".to_owned(),
        done: "Báo cảnh sát, đưa về văn phòng".to_owned(),
        lessons: "Hỏi thăm sớm hơn".to_owned(),
        measures: measures.iter().map(measure).collect(),
        answers: (1..).zip(answers).map(answer).collect(),
    }
}

fn at(version: u32) -> ReportVersion {
    ReportVersion { version }
}

fn ask(version: u32, question: &str) -> ReturnReport {
    ReturnReport { version, questions: vec![question.to_owned()] }
}

pub(crate) fn kinds(view: &ReportView) -> Vec<&str> {
    view.steps.iter().map(|step| step.did.as_str()).collect()
}

#[tokio::test]
async fn a_report_lives_from_the_closing_to_acceptance_after_one_return() {
    let service = Service::start().await;
    let (lan, duc, tra) =
        (service.officer("lan").await, service.officer("duc").await, service.officer("tra").await);
    let (_phone, case) = closed(&service, &lan).await;
    let mut feed = tra.feed(None).await;
    let fresh = view(&lan, case, "vi").await;
    assert_eq!((fresh.state, fresh.version, fresh.overdue), (ReportState::Draft, 0, false));
    assert!(fresh.required.contains(&MajorReason::Kind));
    assert!(fresh.may.write && !fresh.may.submit && !fresh.may.judge);
    assert_eq!(list(&tra, "?of=missing").await.reports[0].case_id, case);

    let measure = MeasureId(new_id());
    let saved = act(&lan, case, "", &save(0, &[measure], &[])).await.unwrap();
    assert_eq!((saved.version, saved.measures[0].owner.as_str()), (1, "Chị Lan"));
    assert!(saved.measures[0].overdue, "its day is long over");
    act(&duc, case, "/submit", &at(1)).await.unwrap();
    let returned = act(&tra, case, "/return", &ask(2, "Vì sao không gọi 110 ngay?")).await.unwrap();
    assert_eq!((returned.state, returned.questions[0].by.as_str()), (ReportState::Returned, "Trà"));
    let early = act(&duc, case, "/submit", &at(3)).await.unwrap_err();
    assert_eq!((early.code, early.field.as_deref()), (ErrorCode::MissingField, Some("answers")));
    let answered = act(&lan, case, "", &save(3, &[measure], &["Đã gọi lúc 14 giờ"])).await.unwrap();
    assert_eq!(answered.questions[0].answer, "Đã gọi lúc 14 giờ");
    act(&duc, case, "/submit", &at(4)).await.unwrap();
    let accepted = act(&tra, case, "/accept", &at(5)).await.unwrap();
    assert_eq!((accepted.state, accepted.version, accepted.due_ms), (ReportState::Accepted, 6, None));
    let done = ChangeMeasure { version: 6, done: true, due: Some("2027-03-01".to_owned()) };
    let followed = act(&lan, case, &format!("/measures/{measure}"), &done).await.unwrap();
    assert_eq!(followed.measures[0].done_by.as_deref(), Some("Lan"));

    let steps = [
        "report_saved",
        "report_submitted",
        "report_returned",
        "report_saved",
        "report_submitted",
        "report_accepted",
        "measure_redated",
        "measure_done",
    ];
    assert_eq!(kinds(&view(&tra, case, "en").await), steps);
    let history = lan.history(case).await;
    let told: Vec<&str> = history.iter().map(|entry| entry.event.kind()).collect();
    assert!(told.ends_with(&steps), "all of it is in the ledger: {told:?}");
    // Consoles are told, in a case that stays as it was.
    let (_, summary) = feed.event("measure_done").await;
    assert_eq!((summary.version, summary.ringing, summary.unread), (3, false, 0));
    let listed = list(&tra, "?of=accepted").await;
    assert_eq!((listed.reports.len(), listed.reports[0].open_measures), (1, 0));
    assert_eq!((listed.counts.missing, listed.counts.submitted), (0, 0));
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
}

#[tokio::test]
async fn what_is_drafted_is_what_the_ledger_says_in_both_languages() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (_phone, case) = closed(&service, &lan).await;
    let zone = "UPDATE desks SET time_zone = 'Asia/Taipei' WHERE desk_id = 'tw-taipei'";
    sqlx::query(zone).execute(&service.db).await.unwrap();
    let before = lan.history(case).await;
    let (vi, en) = (view(&lan, case, "vi").await, view(&lan, case, "en").await);
    let text = |view: &ReportView, part, kind: &str| {
        let line = view.drafted.lines.iter().find(|line| line.part == part && line.kind == kind);
        line.map_or(String::new(), |line| line.text.clone())
    };
    assert_eq!(text(&vi, DraftedPart::Course, "claimed"), "Lan nhận ca");
    assert_eq!(text(&en, DraftedPart::Course, "claimed"), "Lan claimed the case");
    assert!(text(&en, DraftedPart::Course, "opened").ends_with("the case was opened: attacked"));
    assert_eq!(text(&vi, DraftedPart::Disposition, "closed"), "Đã giải quyết: Đã an toàn");
    assert!(text(&vi, DraftedPart::Position, "opened").starts_with("25.04780, 121.51700"));
    assert_eq!(vi.drafted.time_zone, "Asia/Taipei");
    assert_eq!((vi.drafted.times, vi.drafted.up_to_seq), (en.drafted.times, en.drafted.up_to_seq));
    let times = vi.drafted.times;
    let since = |kind: &str| {
        let opened = before.iter().find_map(|entry| match &entry.event {
            CaseEvent::Opened { received_at_ms, .. } => Some(*received_at_ms),
            _ => None,
        });
        let entry = before.iter().find(|entry| entry.event.kind() == kind);
        entry.map(|entry| entry.at_ms.since_ms(opened.expect("opened")).max(0))
    };
    assert_eq!((times.claim_ms, times.close_ms), (since("claimed"), since("closed")));
    assert_eq!(lan.history(case).await, before, "looking writes nothing");
    let wrong = lan.send("GET", &format!("/api/cases/{case}/report?language=fr"), None::<&()>).await;
    assert_eq!(wrong.json::<Problem>().await.unwrap().code, ErrorCode::InvalidField);
}

#[tokio::test]
async fn nobody_does_what_is_not_theirs() {
    let service = Service::start().await;
    let (lan, duc, hoa, tra, tri) = (
        service.officer("lan").await,
        service.officer("duc").await,
        service.officer("hoa").await,
        service.officer("tra").await,
        service.officer("tri").await,
    );
    let (_phone, case) = closed(&service, &lan).await;
    act(&lan, case, "", &save(0, &[], &[])).await.unwrap();
    let refused = async |officer: &Officer, step: &str, body: Value| {
        act(officer, case, step, &body).await.unwrap_err().code
    };
    let (version, written) = (json!({ "version": 1 }), json!(save(1, &[], &[])));
    let questions = json!(ask(1, "Vì sao?"));
    assert_eq!(refused(&lan, "/submit", version.clone()).await, ErrorCode::Forbidden);
    assert_eq!(refused(&tra, "", written.clone()).await, ErrorCode::Forbidden);
    assert_eq!(refused(&tra, "/submit", version.clone()).await, ErrorCode::Forbidden);
    assert_eq!(refused(&duc, "/accept", version.clone()).await, ErrorCode::Forbidden);
    assert_eq!(refused(&duc, "/return", questions.clone()).await, ErrorCode::Forbidden);
    assert_eq!(refused(&hoa, "", written.clone()).await, ErrorCode::NotFound);
    assert_eq!(refused(&tri, "", written).await, ErrorCode::NotFound);
    // What is not submitted is neither accepted nor returned.
    assert_eq!(refused(&tra, "/accept", version).await, ErrorCode::IllegalTransition);
    assert_eq!(refused(&tra, "/return", questions).await, ErrorCode::IllegalTransition);
    assert!(list(&hoa, "").await.reports.is_empty());
    assert!(list(&hoa, "?desk=tw-taipei").await.reports.is_empty());
    assert_eq!(list(&hoa, "?desk=tw-taipei").await.counts.draft, 0);
    assert_eq!(list(&tra, "?desk=tw-taipei").await.counts.draft, 1);
    assert_eq!(view(&tra, case, "vi").await.version, 1, "nothing of it was done");
    // And Postgres itself hides what is another desk's.
    for (scope, rows) in [("*", 1_i64), ("tw-taipei", 1), ("jp-tokyo", 0), ("", 0)] {
        let mut tx = service.db.begin().await.unwrap();
        sqlx::query("SELECT set_config('sos.scope', $1, true)").bind(scope).execute(&mut *tx).await.unwrap();
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM reports").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, rows, "{scope}");
    }
}

#[tokio::test]
async fn a_repeat_is_done_once_and_of_two_who_save_at_once_one_hears_of_the_other() {
    let service = Service::start().await;
    let (lan, minh, duc) =
        (service.officer("lan").await, service.officer("minh").await, service.officer("duc").await);
    let (_phone, case) = closed(&service, &lan).await;
    let first = save(0, &[], &[]);
    let other = SaveReport { cause: "Ngã".to_owned(), ..first.clone() };
    let (one, two) = tokio::join!(act(&lan, case, "", &first), act(&minh, case, "", &other));
    let lost = match (one, two) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("one of two: {both:?}"),
    };
    assert_eq!((lost.code, lost.status), (ErrorCode::StaleVersion, 409));
    let conflict = lost.conflict.expect("who it was");
    assert_eq!((conflict.did.as_str(), conflict.version), ("report_saved", 1));
    assert!(matches!(conflict.by.as_deref(), Some("Lan" | "Minh")));

    let third = SaveReport { version: 1, cause: "Cãi nhau".to_owned(), ..first };
    for _ in 0..2 {
        assert_eq!(act(&lan, case, "", &third).await.unwrap().version, 2, "also the second time");
    }
    act(&duc, case, "/submit", &at(2)).await.unwrap();
    // The answers were lost.
    let again = act(&duc, case, "/submit", &at(2)).await.unwrap();
    assert_eq!((again.state, again.version), (ReportState::Submitted, 3));
    assert_eq!(kinds(&again), ["report_saved", "report_saved", "report_submitted"]);
}

#[tokio::test]
async fn what_must_be_and_is_not_there_in_time_is_overdue() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(Arc::clone(&clock) as _).await;
    let (_phone, case) = closed(&service, &service.officer("lan").await).await;
    let duc = service.officer("duc").await;
    let listed = list(&duc, "?of=missing").await;
    assert_eq!((listed.reports[0].overdue, listed.counts.overdue), (false, 0));
    assert!(listed.reports[0].required.contains(&MajorReason::Kind));
    clock.advance_ms(72 * HOUR_MS + 1);
    // Sessions have ended meanwhile.
    let duc = service.officer("duc").await;
    let listed = list(&duc, "?of=overdue").await;
    assert_eq!((listed.reports[0].case_id, listed.reports[0].overdue), (case, true));
    assert_eq!((listed.counts.missing, listed.counts.overdue), (1, 1));
    assert!(view(&duc, case, "vi").await.overdue);
    act(&duc, case, "", &save(0, &[], &[])).await.unwrap();
    assert_eq!(list(&duc, "?of=overdue").await.counts.overdue, 1, "a draft is none");
    act(&duc, case, "/submit", &at(1)).await.unwrap();
    let listed = list(&duc, "").await;
    assert_eq!((listed.counts.overdue, listed.counts.submitted), (0, 1));
    assert_eq!(listed.next, None);
}

#[tokio::test]
async fn without_the_workers_key_the_words_are_gone_and_the_steps_remain() {
    let service = Service::start().await;
    let (lan, duc, tra) =
        (service.officer("lan").await, service.officer("duc").await, service.officer("tra").await);
    let (_phone, case) = closed(&service, &lan).await;
    let measure = MeasureId(new_id());
    act(&lan, case, "", &save(0, &[measure], &[])).await.unwrap();
    act(&duc, case, "/submit", &at(1)).await.unwrap();
    act(&tra, case, "/return", &ask(2, "Vì sao?")).await.unwrap();
    let clear = "SELECT count(*) FROM ledger WHERE facts LIKE '%say r%' OR facts LIKE '%Vì sao%' OR facts LIKE '%Chị%'";
    assert_eq!(service.count(clear).await, 0, "no word of it lies open");
    sqlx::query("DELETE FROM subject_keys").execute(&service.db).await.expect("erased");
    let left = view(&tra, case, "vi").await;
    assert_eq!((left.state, left.version), (ReportState::Returned, 3));
    assert_eq!((left.cause.as_str(), left.done.as_str(), left.lessons.as_str()), ("", "", ""));
    assert_eq!((left.measures[0].text.as_str(), left.measures[0].plan.due.as_str()), ("", "2026-01-31"));
    assert_eq!((left.questions.len(), left.questions[0].text.as_str()), (1, ""));
    assert_eq!(kinds(&left), ["report_saved", "report_submitted", "report_returned"]);
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
    // It can be written again.
    act(&lan, case, "", &save(3, &[measure], &["Vì mưa"])).await.unwrap();
    act(&duc, case, "/submit", &at(4)).await.unwrap();
}

#[tokio::test]
async fn a_case_that_is_opened_again_has_a_draft_again_and_its_phone_hears_nothing_of_reports() {
    let service = Service::start().await;
    let (lan, duc, tra) =
        (service.officer("lan").await, service.officer("duc").await, service.officer("tra").await);
    let (mut phone, case) = closed(&service, &lan).await;
    act(&lan, case, "", &save(0, &[], &[])).await.unwrap();
    act(&duc, case, "/submit", &at(1)).await.unwrap();
    act(&tra, case, "/accept", &at(2)).await.unwrap();
    let reopened = lan.command(case, "reopen", &WithReason { version: 3, reason: None }).await.unwrap();
    let draft = view(&lan, case, "vi").await;
    assert_eq!((draft.state, draft.version, draft.due_ms), (ReportState::Draft, 4, None));
    assert_eq!(draft.steps.last().unwrap().did, "reopened");
    assert!(!draft.may.write, "not while it is open");
    let early = act(&lan, case, "", &save(4, &[], &[])).await.unwrap_err();
    assert_eq!(early.code, ErrorCode::IllegalTransition);
    assert_eq!(list(&tra, "?of=accepted").await.reports, []);
    assert_eq!(list(&tra, "?of=draft").await.reports[0].closed_at_ms, None);
    // The next thing that the phone hears after the closing is that the case is open.
    let next = phone.hear_until("the next receipt", |frame| match frame {
        GatewayFrame::Receipt { receipt } => Some(receipt.stage),
        GatewayFrame::Message { .. } | GatewayFrame::Locate { .. } => panic!("{frame:?}"),
        _ => None,
    });
    assert_eq!(next.await, Stage::Recorded);
    lan.claim(case, reopened.version).await.unwrap();
    lan.close(case, reopened.version + 1).await.unwrap();
    let owed = view(&lan, case, "vi").await;
    assert!(owed.due_ms.is_some() && owed.may.write);
    assert_eq!(owed.cause, "Chủ say rượu", "what was written is kept");
    act(&duc, case, "/submit", &at(4)).await.unwrap();
}

async fn unlist(service: &Service, case: CaseId) {
    let mut tx = service.db.begin().await.expect("a transaction");
    sqlx::query("SELECT set_config('sos.scope', '*', true)").execute(&mut *tx).await.expect("all of it");
    let gone = sqlx::query("DELETE FROM reports WHERE case_id = $1").bind(case.0);
    assert_eq!(gone.execute(&mut *tx).await.expect("deleted").rows_affected(), 1);
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn cases_that_were_closed_before_there_was_a_list_are_put_into_it_once() {
    let service = Service::start().await;
    let (lan, tra) = (service.officer("lan").await, service.officer("tra").await);
    let (_one, attacked) = closed(&service, &lan).await;
    let (_two, written) = closed(&service, &lan).await;
    act(&lan, written, "", &save(0, &[], &[])).await.expect("saved");
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let plain = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    lan.claim(plain, 1).await.expect("claimed");
    lan.close(plain, 2).await.expect("closed");
    let before = list(&tra, "").await.reports;
    assert_eq!(before.iter().map(|row| row.case_id).collect::<Vec<_>>(), [written, attacked]);
    // As if it had been closed before.
    unlist(&service, attacked).await;
    assert_eq!(list(&tra, "").await.reports.len(), 1);

    let _other = service.another_node().await;
    let listed = async || (list(&tra, "").await.reports.len() == 2).then_some(());
    until("the case is listed", listed).await;
    // With everything that it had, and nothing else with it.
    assert_eq!(list(&tra, "").await.reports, before);
    old_reports::run(service.store.clone(), CancellationToken::new()).await;
    assert_eq!(list(&tra, "").await.reports, before);
    // What is closed since is listed by whoever closes it.
    let long_ago =
        "UPDATE _sqlx_migrations SET installed_on = installed_on - interval '2 days' WHERE version = 9";
    sqlx::query(long_ago).execute(&service.db).await.expect("a list for two days");
    unlist(&service, attacked).await;
    old_reports::run(service.store.clone(), CancellationToken::new()).await;
    assert_eq!(list(&tra, "").await.reports.len(), 1);
}
