//! What consoles were to show and did not say that they have.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Loops, backoff};

/// How long a console has, in milliseconds: one that is open shows it at once, one that was cut off is back by then.
const SHOWN_WITHIN_MS: i64 = 60_000;
/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) async fn run(loops: Arc<Loops>, stop: CancellationToken) {
    let mut pause = backoff();
    while !stop.is_cancelled() {
        let now = loops.with.clock.now();
        match loops.with.store.give_up_consoles(now.plus_ms(-SHOWN_WITHIN_MS), now).await {
            Ok(given_up) => {
                pause.reset();
                metrics::counter!("sos_console_not_shown_total").increment(given_up);
                let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "what consoles did not show cannot be noted");
                pause.pause(&stop).await;
            }
        }
    }
}
