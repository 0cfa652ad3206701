//! Documents to print.

use serde_json::{Value, json};
use sos_protocol::UnixMs;

use crate::{CaseHead, Content, Document, Language, Made};

pub(super) const MADE_AT: i64 = 1_790_000_000_000;

pub(super) fn document(language: Language, content: Content) -> Document {
    let made = Made {
        by: "Trần Quang Minh".to_owned(),
        at_ms: UnixMs(MADE_AT),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
    };
    Document { language, made, content }
}

fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

pub(super) fn report(language: &str, change: impl FnOnce(&mut Value)) -> Value {
    let times = if language == "vi" {
        json!([
            "Từ lúc nhấn đến hệ thống: 0,4 giây",
            "Đến khi nhận ca: 25,0 giây (quá hạn mục tiêu: 20,0 giây)"
        ])
    } else {
        json!(["From the press to the service: 0.4 s", "Until claimed: 25.0 s (past the target: 20.0 s)"])
    };
    let say = |vi: &str, en: &str| if language == "vi" { vi.to_owned() } else { en.to_owned() };
    let line = |part: &str, seq: u32, text: String| json!({ "part": part, "kind": "opened", "seq": seq, "at_ms": MADE_AT, "at": "14:05:09 22/11/2026", "text": text });
    let mut report = json!({
        "case_id": id(7), "case_no": "2026-000007", "desk_id": "tw-taipei", "state": "returned", "version": 4,
        "required": ["late", "kind"], "due_ms": MADE_AT, "overdue": true,
        "drafted": {
            "language": language, "time_zone": "Asia/Taipei", "left_out": 0, "up_to_seq": 412,
            "times": { "receive_ms": 400, "ring_ms": 900, "claim_ms": 25_000, "claim_target_ms": 20_000, "claimed_in_time": false },
            "times_said": times,
            "lines": [
                line("course", 401, say("Người lao động nhấn SOS, ca được mở: bị thương", "The worker pressed SOS; the case was opened: injured")),
                line("course", 402, say("Chuông đã reo ở bàn trực", "It rang at the desk")),
                line("position", 401, "25.04780, 121.53170 (± 12 m)".to_owned()),
                line("done", 403, say("Lan nhận ca", "Lan claimed the case")),
                line("disposition", 410, say("Đã giải quyết: đã đưa đến bệnh viện", "Resolved: taken to a hospital")),
            ],
        },
        "cause": "Máy dập không có tấm chắn.\nCa đêm chỉ có một người.",
        "done": "Gọi cấp cứu 119, đưa đến bệnh viện Mackay.",
        "lessons": "",
        "measures": [
            { "measure_id": id(1), "due": "2026-12-31", "text": "Yêu cầu chủ lắp tấm chắn", "owner": "Phòng Lao động Đài Bắc", "overdue": false },
            { "measure_id": id(2), "due": "2026-11-30", "text": "Thăm lại người lao động", "owner": "Lan", "overdue": true },
            { "measure_id": id(3), "due": "2026-11-25", "text": "Báo gia đình", "owner": "Lan", "done_at_ms": MADE_AT, "done_by": "Lan", "overdue": false },
        ],
        "questions": [
            { "question": 1, "round": 1, "at_ms": MADE_AT, "by": "Trà", "text": "Vì sao nhận ca trễ?", "answer": "Bàn trực chỉ có một người." },
            { "question": 2, "round": 1, "at_ms": MADE_AT, "by": "Trà", "text": "Chủ đã trả viện phí chưa?", "answer": "" },
        ],
        "steps": [
            { "seq": 411, "did": "report_saved", "by": "Lan", "at_ms": MADE_AT, "version": 1 },
            { "seq": 412, "did": "report_returned", "by": "Trà", "at_ms": MADE_AT, "version": 3 },
        ],
        "may": { "write": false, "submit": false, "judge": false, "follow_up": false },
    });
    change(&mut report);
    report
}

pub(super) fn head() -> CaseHead {
    serde_json::from_value(json!({
        "worker_name": "Lò Thị Xưởng", "employer": "Công ty cơ khí 台北", "desk_name": "Văn phòng Đài Bắc",
        "country": "TW", "emergency": "injured", "opened_at_ms": MADE_AT, "closed_at_ms": MADE_AT,
        "disposition": "resolved", "unverified": "credential_expired",
    }))
    .expect("a head")
}

pub(super) fn a_report(language: Language) -> Document {
    let reports = ["vi", "en"].map(|tag| serde_json::from_value(report(tag, |_| {})).expect("a report"));
    document(language, Content::Report { reports: reports.to_vec(), case: head() })
}

fn took(over: u32) -> Value {
    match over {
        0 => json!({ "over": 0, "without": 0 }),
        _ => json!({ "over": over, "without": 3, "p50_ms": 8_400, "p90_ms": 21_300, "p95_ms": 95_000 }),
    }
}

/// Figures of `cases` cases over `spans` spans, `desks` desks and `countries` countries.
pub(super) fn figures(cases: u32, spans: u32, desks: u32, countries: &[&str]) -> Value {
    let part = |n: u32| json!({ "cases": n.min(cases), "over": cases });
    let targets = json!([
        { "within_s": 15, "wanted_pct": 90, "reached": part(cases * 9 / 10) },
        { "within_s": 20, "wanted_pct": 95, "reached": part(cases / 2) },
    ]);
    let month = |i: u32| format!("{:04}-{:02}-01", 2021 + i / 12, i % 12 + 1);
    let course: Vec<_> = (0..spans)
        .map(|i| json!({ "from": month(i), "opened": (i * 7) % 50 + 3, "closed": (i * 7) % 50, "on_time": (i * 7) % 40 }))
        .collect();
    let names: Vec<_> = (0..desks)
        .map(|i| json!({
            "desk_id": format!("desk-{i}"), "name": format!("Văn phòng {i}"), "cases": cases / (i + 2),
            "claim": took(cases), "close": took(cases), "on_time": part(cases / 2), "escalated": part(2), "targets": targets,
        }))
        .collect();
    let by_country: Vec<_> = countries
        .iter()
        .enumerate()
        .map(|(i, code)| json!({ "country": code, "cases": cases as usize / (i + 2), "claim": took(cases) }))
        .chain([json!({ "cases": cases / 9, "claim": took(0) })])
        .collect();
    json!({
        "query": { "from": "2026-01-01", "to": "2026-12-31", "zone": "Asia/Taipei" },
        "up_to_seq": 51_234, "at_ms": MADE_AT, "cases": cases, "drills_left_out": 12, "open": cases / 20,
        "spans": "month", "course": course,
        "times": { "receive": took(cases), "ring": took(cases), "claim": took(cases), "close": took(0) },
        "targets": targets, "on_time": part(cases * 7 / 8), "unseen": part(1), "unverified": part(cases / 10),
        "false_alarms": part(cases / 7), "transferred": part(4), "reopened": part(0),
        "escalations": { "escalated": part(9), "steps": 17, "reached_targets": 11, "reached_ministry": 4, "reached_nobody": 2, "claimed_after": 8 },
        "by_hour": (0..24).map(|h| (h * 5) % 17 * cases / 200).collect::<Vec<u32>>(),
        "by_weekday": (0..7).map(|d| (d + 2) * cases / 40).collect::<Vec<u32>>(),
        "by_country": by_country, "by_desk": names,
        "by_disposition": [{ "disposition": "resolved", "cases": cases / 2 }, { "cases": cases / 20 }],
        "by_kind": [{ "kind": "injured", "cases": cases / 3 }, { "cases": cases / 5 }],
        "readiness": { "claimed": { "cases": 10, "over": 12 }, "rang": { "cases": 12, "over": 12 }, "claim": took(10) },
    })
}

pub(super) fn of_figures(language: Language, figures: Value) -> Document {
    let figures = serde_json::from_value(figures).expect("figures");
    document(language, Content::Figures { figures, desk_name: None })
}

pub(super) fn fix(n: u32, lat: f64, lon: f64) -> Value {
    json!({
        "fix_id": id(10_000 + n), "lat": lat, "lon": lon, "accuracy_m": 18.0, "source": "gps",
        "fix_time_ms": MADE_AT + i64::from(n) * 10_000, "server_time_ms": MADE_AT + i64::from(n) * 10_000 + 700,
    })
}

pub(super) fn entry(seq: u32, actor: &Value, event: &Value) -> Value {
    json!({ "seq": seq, "at_ms": MADE_AT + i64::from(seq) * 1_000, "actor": actor, "event": event })
}

pub(super) fn worker() -> Value {
    json!({ "role": "worker" })
}

pub(super) fn staff(name: &str) -> Value {
    json!({ "role": "staff", "staff_id": id(9), "name": name })
}

pub(super) fn message(n: u32, text: &str) -> Value {
    json!({ "kind": "message", "message_id": id(20_000 + n), "text": text })
}

/// A case file with this timeline and these positions.
pub(super) fn file(timeline: Vec<Value>, positions: &[Value], change: impl FnOnce(&mut Value)) -> Value {
    let attachment = json!({
        "attachment_id": id(50), "media": "photo", "content_type": "image/jpeg", "bytes": 212_345,
        "sha256": "0f0e0d0c0b0a09080706050403020100f0e1d2c3b4a5968778695a4b3c2d1e0f",
    });
    let mut file = json!({
        "manifest": {
            "format": "sos-case-file/1", "case_id": id(7), "case_no": "2026-000007", "last_seq": 412,
            "made_at_ms": MADE_AT, "made_by": { "staff_id": id(9), "name": "Trần Quang Minh" }, "parts": [],
        },
        "signature": "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS0xIn0..c2ln",
        "case": {
            "case_id": id(7), "case_no": "2026-000007", "version": 9, "last_seq": 412, "state": "closed", "priority": "p1",
            "ringing": false, "desk_id": "tw-taipei", "watchers": ["ministry"], "routing": { "basis": "polygon", "country": "TW" },
            "worker_name": "Lò Thị Xưởng", "kind": "injured", "opened_at_ms": MADE_AT, "pressed_at_ms": MADE_AT, "presses": 2,
            "claim_due_ms": MADE_AT + 20_000, "rang_at_ms": MADE_AT + 900, "unread": 0, "tags": ["bệnh viện"],
            "closing": { "at_ms": MADE_AT + 9_000_000, "by": "Lan", "disposition": "resolved", "summary": "Đã đưa đến bệnh viện." },
        },
        "worker": {
            "worker_id": id(3), "name": "Lò Thị Xưởng", "phone": "+886 900 000 000", "language": "vi", "contract_country": "TW",
            "employer": "Công ty cơ khí 台北", "address": "新北市三重區",
        },
        "last_check_in": null,
        "timeline": timeline, "positions": positions, "attachments": [attachment],
        "ledger": [{ "hash": "aa".repeat(32) }],
        "report": report("vi", |report| { report.as_object_mut().expect("an object").remove("may"); }),
    });
    change(&mut file);
    file
}

pub(super) fn a_timeline() -> Vec<Value> {
    let opened = json!({
        "kind": "opened", "alert": { "alert_id": id(1), "text": "cứu tôi", "kind": "injured", "waited_ms": 65_000 },
        "received_at_ms": MADE_AT, "routing": { "basis": "polygon", "country": "TW" },
    });
    let attachment = json!({
        "kind": "attachment", "attachment": {
            "attachment_id": id(50), "media": "photo", "content_type": "image/jpeg", "bytes": 212_345, "sha256": "0f".repeat(32),
        },
    });
    vec![
        entry(1, &worker(), &opened),
        entry(2, &json!({ "role": "service" }), &json!({ "kind": "rang", "alert_ids": [id(1)] })),
        entry(3, &staff("Lan"), &json!({ "kind": "claimed" })),
        entry(4, &staff("Lan"), &message(1, "Bạn đang ở đâu?")),
        entry(5, &worker(), &message(2, "Tôi ở xưởng, tay tôi bị kẹt.")),
        entry(6, &worker(), &attachment),
        entry(7, &staff("Lan"), &json!({ "kind": "note", "note_id": id(60), "text": "Đã gọi 119." })),
        entry(
            8,
            &staff("Lan"),
            &json!({ "kind": "closed", "disposition": "resolved", "summary": "Đã đưa đến bệnh viện." }),
        ),
    ]
}

pub(super) fn a_way() -> Vec<Value> {
    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
    let at = |n: u32| (f64::from(n) / 7.0).sin();
    (0..60).map(|n| fix(n, round(25.0478 + f64::from(n) * 2e-4), round(121.5317 + at(n) * 4e-3))).collect()
}

pub(super) fn of_file(language: Language, file: Value) -> Document {
    let desks = [("tw-taipei".into(), "Văn phòng Đài Bắc".to_owned())].into();
    document(language, Content::CaseFile { text: file.to_string(), desks })
}
