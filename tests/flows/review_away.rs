//! Postgres goes away in the middle of a review; nothing of it is lost or there twice, and no SOS waits for it.

use reqwest::StatusCode;
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::export::{ExportFormat, ExportOf, ExportState};
use sos_protocol::report::SaveReport;
use sos_protocol::{ErrorCode, Stage};
use sos_tests::{Service, until};

use crate::exports::{in_the_middle, is_whole_and_made_once, query, settled, wanted};
use crate::figures::{counted, year};
use crate::reports::{act, closed, kinds, save, view};
use crate::stores_away::{blocking, stack};

#[tokio::test]
async fn a_postgres_that_dies_over_an_export_a_report_and_a_look_leaves_each_once() {
    let (stack, clock) = (stack().await, ManualClock::at(SystemClock::new().now()));
    let service = Service::start_on_stack_with(stack, clock.clone()).await;
    year::write(&service, 150).await;
    let (tra, lan) = (service.officer("tra").await, service.officer("lan").await);
    let (mut phone, case) = closed(&service, &lan).await;
    act(&lan, case, "", &save(0, &[], &[])).await.expect("saved");
    counted(&service, &tra).await;
    let wanted = wanted(ExportOf::Cases { query: query() }, ExportFormat::Csv);
    let gate = in_the_middle(&service, &tra, &wanted).await;

    let more = SaveReport { cause: "Cãi nhau".to_owned(), ..save(1, &[], &[]) };
    blocking(|| stack.kill_postgres()).await.expect("postgres ends");
    drop(gate);
    let alert_id = phone.press(Some((25.05, 121.52))).await;
    let refused = act(&lan, case, "", &more).await.expect_err("nobody can keep it");
    assert_eq!(refused.code, ErrorCode::Unavailable);
    let path = format!("/api/cases/{case}");
    let look = tra.send("GET", &path, None::<&()>).await;
    assert_eq!(
        look.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing is shown whose look is not on record"
    );

    blocking(|| stack.restart_postgres()).await.expect("postgres again");
    until("postgres is used again", async || {
        clock.advance_ms(1_000);
        service.get("/readyz").await.ok().filter(|answer| answer.status() == StatusCode::OK)
    })
    .await;
    phone.receipt(alert_id, Stage::Recorded).await;
    for _ in 0..2 {
        assert_eq!(act(&lan, case, "", &more).await.expect("saved").version, 2);
    }
    for _ in 0..2 {
        assert_eq!(tra.send("GET", &path, None::<&()>).await.status(), StatusCode::OK);
    }
    assert_eq!(kinds(&view(&lan, case, "vi").await), ["report_saved", "report_saved"]);
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'looked_at'").await, 1);

    // The lease of whoever had it in hand may have to end first.
    clock.advance_ms(61_000);
    let done = until("the file is there", async || {
        let done = settled(&tra, wanted.export_id).await;
        (done.state == ExportState::Done).then_some(done)
    })
    .await;
    is_whole_and_made_once(&service, &tra, &done).await;
    assert!(service.store.verify_ledger().await.expect("it answers").is_ok());
}
