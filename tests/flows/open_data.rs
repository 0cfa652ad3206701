//! Open statistics: what is published is what the ledger says, never of a small group, and stays as it is.

use std::collections::BTreeMap;

use serde_json::Value;
use sos_protocol::ambient::ManualClock;
use sos_protocol::open_data::{OpenBy, OpenCases, OpenFields, OpenMonth, OpenRow};
use sos_protocol::{ErrorCode, Problem, UnixMs};
use sos_server::admin::Admin;
use sos_server::app::Ambient;
use sos_tests::{Service, until};
use sqlx::Row as _;

use crate::figures::year;

/// 2026-01-07 at noon, UTC: December is not due yet.
const WEEK_BEFORE: UnixMs = UnixMs(1_767_787_200_000);
const DAY_MS: i64 = 86_400_000;

/// What the ledger says of each case, drills not among them, in clear words of SQL.
const SAID: &str = r"
SELECT to_char(to_timestamp((o.facts::jsonb->>'received_at_ms')::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
       coalesce(o.facts::jsonb->'routing'->>'country', 'unknown') AS country,
       coalesce((SELECT l.facts::jsonb->>'emergency' FROM ledger l WHERE l.case_id = o.case_id AND l.facts::jsonb ? 'emergency'
                 ORDER BY seq DESC LIMIT 1), 'unknown') AS kind,
       (SELECT min(at_ms) FROM ledger l WHERE l.case_id = o.case_id AND l.kind = 'claimed')
           - (o.facts::jsonb->>'received_at_ms')::bigint AS claim
FROM ledger o WHERE o.kind = 'opened' AND NOT coalesce((o.facts::jsonb->>'drill')::boolean, false)";

/// A case: month, country, kind, milliseconds until claimed.
type Said = (String, String, String, Option<i64>);

async fn said(service: &Service) -> Vec<Said> {
    let mut db = service.db.acquire().await.expect("a connection");
    sqlx::query("SET sos.scope = '*'").execute(&mut *db).await.expect("a scope");
    let rows = sqlx::query(SAID).fetch_all(&mut *db).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

/// Each answer of a second counts, so time goes on. Nothing before the node has read it.
async fn look(service: &Service, clock: &ManualClock) -> Option<OpenCases> {
    clock.advance_ms(1_000);
    let answer = service.get("/open-data/cases.json").await.expect("an answer");
    if answer.status() != 200 {
        return None;
    }
    Some(answer.json().await.expect("open data"))
}

async fn published(service: &Service, clock: &ManualClock) -> OpenCases {
    until("it is read", async || look(service, clock).await).await
}

async fn up_to(service: &Service, clock: &ManualClock, month: &str) -> OpenCases {
    let is_last = |open: &OpenCases| open.months.last().is_some_and(|last| last.month == month);
    until(&format!("{month} is published"), async || look(service, clock).await.filter(is_last)).await
}

/// A service with a year of cases, some months of which are thin, and all of it published up to November.
async fn year_of_cases() -> (Service, std::sync::Arc<ManualClock>) {
    let clock = ManualClock::at(WEEK_BEFORE);
    let service = Service::start_with(clock.clone()).await;
    year::write(&service, 600).await;
    up_to(&service, &clock, "2025-11").await;
    (service, clock)
}

fn counts<'a>(said: &'a [Said], month: &str, key: impl Fn(&'a Said) -> &'a str) -> BTreeMap<&'a str, u32> {
    let mut counts = BTreeMap::new();
    for case in said.iter().filter(|case| case.0 == month) {
        *counts.entry(key(case)).or_default() += 1;
    }
    counts
}

/// The smallest value that at least half of them do not exceed, in whole seconds.
fn median_s(mut times: Vec<i64>) -> Option<u32> {
    times.sort_unstable();
    let at = times.len().div_ceil(2).checked_sub(1)?;
    (times.len() >= 5).then(|| u32::try_from((times[at] + 500) / 1000).expect("as it was set up"))
}

fn compare_groups(month: &OpenMonth, by: OpenBy, counts: &BTreeMap<&str, u32>) -> u32 {
    let rows: Vec<&OpenRow> = month.rows.iter().filter(|row| row.by == by).collect();
    let mut shown = 0;
    for row in &rows {
        let cases = row.cases.expect("a number");
        assert!(cases >= 5, "{row:?} of {}", month.month);
        shown += cases;
        if row.group != "rest" {
            assert_eq!(counts.get(row.group.as_str()), Some(&cases), "{} of {}", row.group, month.month);
        }
    }
    if rows.is_empty() && by == OpenBy::Kind {
        assert!(counts.values().any(|cases| *cases < 5), "{} has its kinds", month.month);
        return 0;
    }
    assert_eq!(shown, counts.values().sum::<u32>(), "all cases of {}, each once", month.month);
    let own = |group: &&str| rows.iter().any(|row| row.group == **group);
    let small = counts.iter().filter(|(_, cases)| **cases < 5).map(|(group, _)| group);
    assert!(!small.clone().any(own), "no small group has a row");
    u32::try_from(small.count()).expect("few")
}

#[tokio::test]
async fn what_is_published_is_what_the_ledger_says_and_no_group_is_small() {
    let (service, clock) = year_of_cases().await;
    let open = published(&service, &clock).await;
    let said = said(&service).await;
    let (mut small, mut medians, mut thin) = (0, 0, 0);
    for month in &open.months {
        let name = month.month.as_str();
        assert_eq!((month.version, month.time_zone.as_str(), month.withdrawn), (1, "UTC", false));
        let all = month.rows.iter().find(|row| row.by == OpenBy::All).expect("a row of all");
        let of_month: Vec<&Said> = said.iter().filter(|case| case.0 == name).collect();
        if of_month.len() < 5 {
            assert_eq!((month.rows.len(), all.cases, all.claim_median_s), (1, None, None), "{name}");
            thin += 1;
            continue;
        }
        assert_eq!(all.cases.map(|cases| cases as usize), Some(of_month.len()), "{name}");
        small += compare_groups(month, OpenBy::Country, &counts(&said, name, |case| &case.1));
        small += compare_groups(month, OpenBy::Kind, &counts(&said, name, |case| &case.2));
        assert_eq!(
            all.claim_median_s,
            median_s(of_month.iter().filter_map(|case| case.3).collect()),
            "{name}"
        );
        let timed = month.rows.iter().filter(|row| row.claim_median_s.is_some()).count();
        assert!(timed <= 1, "a part without a median would tell of itself");
        medians += timed;
    }
    assert!(small > 0 && medians > 0 && thin > 0, "months with small groups and large ones, and thin ones");
    assert_eq!(open.months.last().map(|month| month.month.as_str()), Some("2025-11"), "none before its time");

    clock.advance_ms(DAY_MS);
    let open = up_to(&service, &clock, "2025-12").await;
    let december = open.months.last().expect("December");
    assert_eq!(december.published_on, "2026-01-08", "a week after its end, no earlier");
    let running = open.months.iter().any(|month| month.month.as_str() > "2025-12");
    assert!(!running && open.months.is_sorted_by_key(|month| &month.month));
    clock.advance_ms(3 * DAY_MS);
    assert_eq!(published(&service, &clock).await, open, "the running month is in nothing");
}

#[tokio::test]
async fn a_published_month_stays_as_it_was_and_is_only_replaced_as_a_whole() {
    let (service, clock) = year_of_cases().await;
    let before = published(&service, &clock).await;
    let june =
        |open: &OpenCases| open.months.iter().find(|month| month.month == "2025-06").cloned().expect("June");
    let rows = june(&before).rows;
    let country =
        rows.iter().find(|row| row.by == OpenBy::Country && row.group.len() == 2).expect("a country");
    // A further case of that country comes to light, nobody knows of what kind.
    let late = "INSERT INTO measures SELECT gen_random_uuid(), (SELECT max(place) + 1 FROM measures),
        (SELECT max(changed) + 1 FROM measures), desk_id, country, NULL, NULL, false, unverified, opened_ms, waited_ms, claim_due_ms,
        rang_ms, seen_ms, claimed_ms, NULL, 0, 0, 0, 0, false, 0, 0, false FROM measures
        WHERE NOT drill AND country = $1
          AND to_timestamp(opened_ms / 1000.0) AT TIME ZONE 'UTC' BETWEEN '2025-06-02' AND '2025-06-28' LIMIT 1";
    let add = async || {
        let mut db = service.db.acquire().await.expect("a connection");
        sqlx::query("SET sos.scope = '*'").execute(&mut *db).await.expect("a scope");
        let added = sqlx::query(late).bind(&country.group).execute(&mut *db).await.expect("a case");
        assert_eq!(added.rows_affected(), 1);
        sqlx::query("UPDATE measures_cursor SET cases = cases + 1").execute(&mut *db).await.expect("counted");
    };
    let ambient = Ambient {
        clock: service.clock.clone(),
        entropy: std::sync::Arc::new(sos_protocol::ambient::SystemEntropy),
    };
    let correct = async |withdraw| {
        let command = Admin::CorrectOpenData { month: "2025-06".to_owned(), withdraw };
        command.run(&service.config, &service.store, &ambient).await.map_err(|error| error.to_string())
    };
    assert!(correct(false).await.unwrap_err().contains("nothing in it has changed"));
    add().await;
    assert!(
        correct(false).await.unwrap_err().contains("fewer than five"),
        "one more would be known by its difference"
    );
    assert_eq!(published(&service, &clock).await, before);
    for _ in 1..5 {
        add().await;
    }
    correct(false).await.expect("five more");
    let after = until("it is corrected", async || {
        Some(published(&service, &clock).await).filter(|now| *now != before)
    })
    .await;
    let (old, new) = (june(&before), june(&after));
    assert_eq!((new.version, new.rows[0].cases), (2, old.rows[0].cases.map(|cases| cases + 5)));
    let others = |open: &OpenCases| {
        open.months.iter().filter(|month| month.month != "2025-06").cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&before), others(&after));

    correct(true).await.expect("withdrawn");
    let gone = until("it is taken back", async || {
        Some(june(&published(&service, &clock).await)).filter(|now| now.version == 3)
    })
    .await;
    assert!(gone.withdrawn && gone.rows.is_empty());
    assert!(correct(false).await.unwrap_err().contains("withdrawn"));
    let noted = service
        .count("SELECT count(*) FROM admin_ledger WHERE kind = 'open_data' AND subject = '2025-06'")
        .await;
    assert_eq!(noted, 2);
    assert!(service.store.verify_admin_ledger().await.expect("read").is_ok());
}

#[tokio::test]
async fn two_nodes_publish_each_month_once_and_say_the_same() {
    let (service, clock) = year_of_cases().await;
    let node = service.another_node().await;
    up_to(&node, &clock, "2025-11").await;
    clock.advance_ms(DAY_MS);
    let (here, there) = (up_to(&service, &clock, "2025-12").await, up_to(&node, &clock, "2025-12").await);
    assert_eq!(here, there);
    let twice = "SELECT count(*) - count(DISTINCT month) FROM open_months";
    assert_eq!(service.count(twice).await, 0);
    node.stop().await;
}

#[tokio::test]
async fn anybody_gets_it_as_page_csv_and_json_and_caches_are_told() {
    let (service, clock) = year_of_cases().await;
    let open = published(&service, &clock).await;
    let csv = service.get("/open-data/cases.csv").await.expect("an answer").text().await.expect("a text");
    let fields: OpenFields =
        service.get("/open-data/fields.json").await.expect("an answer").json().await.expect("fields");
    let mut lines = csv.split("\r\n");
    let heads: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let described: Vec<&str> = fields.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(heads, described, "each column is described");
    assert!(fields.fields.iter().all(|field| !field.words.vi.is_empty() && !field.words.en.is_empty()));
    // Line by line what the JSON says.
    for month in &open.months {
        for row in &month.rows {
            let Value::Object(mut said) = serde_json::to_value(row).expect("JSON") else {
                panic!("an object")
            };
            let Value::Object(about) = serde_json::to_value(month).expect("JSON") else {
                panic!("an object")
            };
            said.extend(about);
            let cells: Vec<&str> = lines.next().expect("a line").split(',').collect();
            for (head, cell) in heads.iter().zip(cells) {
                let wanted = match &said[*head] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(cell, wanted, "{head} of {} {row:?}", month.month);
            }
        }
    }
    assert_eq!(lines.collect::<Vec<_>>(), [""]);

    for (path, words) in [("/open-data", "Thống kê mở"), ("/open-data?language=en", "Open statistics")] {
        let answer = service.get(path).await.expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("access-control-allow-origin"), "*");
        assert_eq!(header("cache-control"), "public, max-age=3600");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        let etag = header("etag");
        let page = answer.text().await.expect("a page");
        assert!(page.contains(words) && page.contains("2025-11") && !page.contains("<script"), "{path}");
        let again = service
            .http
            .get(service.url(path))
            .header("if-none-match", &etag)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            (again.status().as_u16(), again.headers()["etag"].to_str().ok()),
            (304, Some(etag.as_str()))
        );
    }
    let other = service.get("/api/settings").await.expect("an answer");
    assert!(!other.headers().contains_key("access-control-allow-origin"), "for these alone");

    // The clock stands still: this second has its fill.
    let mut refused = None;
    for _ in 0..60 {
        let answer = service.get("/open-data/fields.json").await.expect("an answer");
        if answer.status() == 429 {
            refused = Some(answer.json::<Problem>().await.expect("a problem").code);
        }
    }
    assert_eq!(refused, Some(ErrorCode::RateLimited));
    assert_eq!(service.get("/healthz").await.expect("an answer").status(), 200);
}
