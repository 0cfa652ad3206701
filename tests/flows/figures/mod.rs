//! Every figure is what the ledger says, by somebody else's count; and nobody gets another desk's.

pub(crate) mod by_sql;
mod leads;
pub(crate) mod year;

use serde_json::{Value, json};
use sos_protocol::figures::{
    FigureCases, FigureCasesQuery, FigureGroup, FigureOf, Figures, FiguresQuery, SpanLength,
};
use sos_protocol::limits::FIGURE_CASES_MAX;
use sos_protocol::{CaseState, Disposition, EmergencyKind, PhoneFrame, Problem, Stage};
use sos_tests::phone::alert;
use sos_tests::{Officer, Phone, Service, until};

use self::by_sql::BySql;
use self::leads::leads;

/// Cases of the year.
const CASES: i64 = 1_200;
const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));

fn query(from: &str, to: &str, zone: &str) -> FiguresQuery {
    let (from, to, zone) = (from.to_owned(), to.to_owned(), zone.to_owned());
    FiguresQuery { from, to, zone, desk: None, country: None, kind: None, disposition: None }
}

fn whole_year() -> FiguresQuery {
    query("2025-01-01", "2025-12-31", "Europe/Berlin")
}

/// The days in which everything happens that a test does now.
fn these_years() -> FiguresQuery {
    query("2022-06-01", "2027-05-31", "UTC")
}

fn questions() -> Vec<FiguresQuery> {
    let year = whole_year();
    vec![
        year.clone(),
        FiguresQuery { zone: "Asia/Ho_Chi_Minh".to_owned(), ..year.clone() },
        FiguresQuery { desk: Some("tw-taipei".into()), ..query("2025-02-01", "2025-03-31", "Asia/Taipei") },
        FiguresQuery { desk: Some("jp-tokyo".into()), ..year.clone() },
        FiguresQuery {
            country: sos_protocol::CountryCode::parse("DE"),
            ..query("2025-03-29", "2025-03-31", "Europe/Berlin")
        },
        query("2025-03-30", "2025-03-30", "Europe/Berlin"),
        query("2025-10-26", "2025-10-26", "Europe/Berlin"),
        query("2025-10-26", "2025-10-26", "Asia/Taipei"),
        FiguresQuery {
            kind: Some(EmergencyKind::Injured),
            ..query("2025-01-15", "2025-07-31", "Asia/Ho_Chi_Minh")
        },
        FiguresQuery { disposition: Some(Disposition::FalseAlarm), ..year.clone() },
        FiguresQuery { disposition: Some(Disposition::Test), ..year.clone() },
        FiguresQuery {
            desk: Some("de-berlin".into()),
            kind: Some(EmergencyKind::Held),
            disposition: Some(Disposition::Resolved),
            ..year
        },
        query("2022-01-15", "2025-12-31", "UTC"),
        query("2019-01-01", "2019-01-31", "UTC"),
    ]
}

async fn ask(officer: &Officer, query: &FiguresQuery) -> Figures {
    let answer = officer.send("POST", "/api/figures", Some(query)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("figures")
}

async fn ask_cases(officer: &Officer, wanted: &FigureCasesQuery) -> FigureCases {
    let answer = officer.send("POST", "/api/figures/cases", Some(wanted)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("cases")
}

/// Waits until everything that is in the ledger by now is counted.
pub(crate) async fn counted(service: &Service, officer: &Officer) -> i64 {
    let head = service.store.head().await.expect("a head");
    let up_to = async || Some(ask(officer, &whole_year()).await.up_to_seq).filter(|seq| *seq >= head);
    until("all of it is counted", up_to).await.0
}

fn unit(length: SpanLength) -> &'static str {
    match length {
        SpanLength::Day => "day",
        SpanLength::Week => "week",
        SpanLength::Month => "month",
    }
}

/// Asks both ways.
async fn compare(service: &Service, officer: &Officer, questions: &[FiguresQuery]) {
    let up_to = counted(service, officer).await;
    let mut by_sql = BySql::up_to(service, up_to).await;
    for query in questions {
        let figures = ask(officer, query).await;
        assert_eq!(figures.up_to_seq.0, up_to, "nothing happened meanwhile");
        let wanted = by_sql.figures(query, unit(figures.spans)).await;
        let Value::Object(mut all) = serde_json::to_value(&figures).expect("as it was set up") else {
            unreachable!()
        };
        for name in ["query", "up_to_seq", "at_ms", "spans"] {
            all.remove(name).expect("said");
        }
        for (name, value) in &wanted {
            assert_eq!(all.remove(name).as_ref(), Some(value), "{name} of {query:?}");
        }
        assert!(all.is_empty(), "not compared: {all:?}");
    }
}

#[tokio::test]
async fn every_figure_of_a_year_is_what_the_ledger_says() {
    let service = Service::start().await;
    year::write(&service, CASES).await;
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
    sqlx::query(
        r#"UPDATE desks SET answer_targets = '[{"within_s": 8, "wanted_pct": 80}]' WHERE desk_id = 'jp-tokyo'"#,
    )
    .execute(&service.db)
    .await
    .unwrap();
    let tra = service.officer("tra").await;
    compare(&service, &tra, &questions()).await;

    let figures = ask(&tra, &whole_year()).await;
    let parts = [
        figures.on_time,
        figures.unseen,
        figures.unverified,
        figures.false_alarms,
        figures.transferred,
        figures.reopened,
        figures.escalations.escalated,
    ];
    assert!(
        parts.iter().all(|part| part.cases > 0 && part.cases < part.over),
        "a year with everything in it"
    );
    assert!(figures.drills_left_out > 0 && figures.escalations.claimed_after > 0);
    cases_behind(&service, &tra, &figures).await;
    another_node_says_the_same(&service, &figures).await;
    counted_anew(&service, &tra, &figures).await;
}

/// Each number leads to just its cases.
async fn cases_behind(service: &Service, officer: &Officer, figures: &Figures) {
    let mut by_sql = BySql::up_to(service, figures.up_to_seq.0).await;
    let unit = unit(figures.spans);
    by_sql.figures(&figures.query, unit).await;
    let steps = [FigureOf::ReachedTargets, FigureOf::ReachedMinistry, FigureOf::ReachedNobody];
    let of_steps = steps.map(|of| {
        (
            FigureCasesQuery { query: figures.query.clone(), of, group: None, within_s: None, drills: false },
            None,
        )
    });
    let numbers = leads(figures).into_iter().map(|(wanted, n)| (wanted, Some(n)));
    for (wanted, n) in numbers.chain(of_steps) {
        let found = ask_cases(officer, &wanted).await;
        let mut ids = by_sql.behind(&wanted, unit).await;
        assert_eq!(found.all as usize, ids.len(), "{wanted:?}");
        assert!(n.is_none_or(|n| n == found.all), "{n:?}, but {} {wanted:?}", found.all);
        ids.truncate(FIGURE_CASES_MAX);
        let listed: Vec<String> = found.cases.iter().map(|case| case.case_id.to_string()).collect();
        assert_eq!(listed, ids, "{wanted:?}");
    }
}

/// All but the moment of the answer.
fn timeless(figures: &Figures) -> Figures {
    Figures { at_ms: sos_protocol::UnixMs(0), ..figures.clone() }
}

async fn another_node_says_the_same(service: &Service, figures: &Figures) {
    let node = service.another_node().await;
    let there = node.officer("tra").await;
    assert_eq!(timeless(&ask(&there, &figures.query).await), timeless(figures));
    node.stop().await;
}

async fn counted_anew(service: &Service, officer: &Officer, figures: &Figures) {
    service.store.recount_figures().await.expect("as it was set up");
    let again = until("all of it is counted again", async || {
        let again = ask(officer, &figures.query).await;
        (again.up_to_seq == figures.up_to_seq).then_some(again)
    })
    .await;
    assert_eq!(timeless(&again), timeless(figures));
}

#[tokio::test]
async fn a_case_that_goes_on_after_it_was_counted_changes_the_figures_and_a_drill_never_does() {
    let service = Service::start().await;
    year::write(&service, 100).await;
    let (tra, lan) = (service.officer("tra").await, service.officer("lan").await);
    compare(&service, &tra, &[these_years()]).await;
    let before = ask(&tra, &these_years()).await;

    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(TAIPEI).await;
    let case_id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    counted(&service, &tra).await;
    let opened = ask(&tra, &these_years()).await;
    assert_eq!((opened.cases, opened.open), (before.cases + 1, before.open + 1));
    assert_eq!(opened.unseen.cases, before.unseen.cases + 1);

    let version = lan.detail(case_id).await.case.version;
    let claimed = lan.claim(case_id, version).await.unwrap();
    let close = json!({ "version": claimed.version, "disposition": "false_alarm", "summary": "thử" });
    let closed = lan.command(case_id, "close", &close).await.unwrap();
    assert_eq!(closed.state, CaseState::Closed);
    counted(&service, &tra).await;
    let after = ask(&tra, &these_years()).await;
    assert_eq!((after.cases, after.open), (opened.cases, before.open));
    assert_eq!(after.unseen.cases, before.unseen.cases);
    assert_eq!(after.false_alarms.cases, before.false_alarms.cases + 1);
    assert_eq!(after.times.claim.over, before.times.claim.over + 1);

    let mut drill = alert(TAIPEI);
    drill.drill = true;
    let tried = drill.alert_id;
    phone.say(&PhoneFrame::Alert { alert: drill }).await;
    phone.receipt(tried, Stage::Recorded).await;
    counted(&service, &tra).await;
    let with_drill = ask(&tra, &these_years()).await;
    assert_eq!((with_drill.cases, with_drill.drills_left_out), (after.cases, after.drills_left_out + 1));
    assert_eq!(with_drill.readiness.rang.over, after.readiness.rang.over + 1);
    compare(&service, &tra, &[these_years()]).await;
}

#[tokio::test]
async fn a_supervisor_gets_nothing_of_another_desk() {
    let service = Service::start().await;
    year::write(&service, 200).await;
    let (tra, khanh) = (service.officer("tra").await, service.officer("khanh").await);
    counted(&service, &tra).await;
    let tokyo = FiguresQuery { desk: Some("jp-tokyo".into()), ..whole_year() };
    let own = ask(&khanh, &whole_year()).await;
    assert!(own.cases > 0 && own.by_desk.len() == 1);
    let of_tokyo = ask(&tra, &tokyo).await;
    assert_eq!(timeless(&ask(&khanh, &tokyo).await), timeless(&of_tokyo));
    assert_eq!(timeless(&own), Figures { query: whole_year(), ..timeless(&of_tokyo) });
    let of = FigureOf::Cases;
    let all = FigureCasesQuery { query: whole_year(), of, group: None, within_s: None, drills: false };
    let cases = ask_cases(&khanh, &all).await;
    assert_eq!(cases.all, own.cases);
    assert!(cases.cases.iter().all(|case| case.desk_id.as_str() == "jp-tokyo"));
    let of_taipei = Some(FigureGroup::Desk { desk_id: "tw-taipei".into() });
    let none = ask_cases(&khanh, &FigureCasesQuery { group: of_taipei, ..all }).await;
    assert_eq!((none.all, none.cases.len()), (0, 0));

    let taipei = FiguresQuery { desk: Some("tw-taipei".into()), ..whole_year() };
    let of = json!({ "query": taipei, "of": "cases" });
    for (path, body) in [("/api/figures", json!(taipei)), ("/api/figures/cases", of)] {
        assert_eq!(khanh.send("POST", path, Some(&body)).await.status(), 403, "{path}");
    }
    let mut tx = service.db.begin().await.unwrap();
    sqlx::query("SELECT set_config('sos.scope', 'jp-tokyo', true)").execute(&mut *tx).await.unwrap();
    let desks: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT desk_id FROM measures").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(desks, ["jp-tokyo"], "Postgres itself hides the others");
}

#[tokio::test]
async fn a_question_that_makes_no_sense_says_which_field() {
    let service = Service::start().await;
    let tra = service.officer("tra").await;
    for (field, query) in [
        ("from", query("2025-1-1", "2025-12-31", "UTC")),
        ("to", query("2025-01-01", "2025-02-30", "UTC")),
        ("to", query("2025-01-02", "2025-01-01", "UTC")),
        ("to", query("2015-01-01", "2025-01-01", "UTC")),
        ("zone", query("2025-01-01", "2025-01-02", "Asia/Saigon City")),
        ("desk", FiguresQuery { desk: Some("tw-nowhere".into()), ..whole_year() }),
    ] {
        let answer = tra.send("POST", "/api/figures", Some(&query)).await;
        assert_eq!(answer.status(), 400, "{query:?}");
        let problem: Problem = answer.json().await.expect("a problem");
        assert_eq!(problem.field.as_deref(), Some(field), "{query:?}");
    }
}
