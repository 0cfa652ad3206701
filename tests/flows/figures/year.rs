//! The year that figures are counted over in these tests.

use sos_ops::history;
use sos_tests::Service;
use sos_tests::service::staff_id;

/// Writes a year of `count` cases into the empty ledger of `service`.
pub(crate) async fn write(service: &Service, count: i64) {
    let mut db = service.db.acquire().await.expect("as it was set up");
    history::write(&mut db, (count, false), staff_id("bo"), |_| {}).await.expect("as it was set up");
}
