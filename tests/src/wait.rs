//! The one way in which tests wait.

use std::time::Duration;

/// Longest wait for anything; a test that reaches it has failed.
pub const LIMIT: Duration = Duration::from_secs(60);
/// Pause between two looks.
const STEP: Duration = Duration::from_millis(10);

/// Looks again and again until `condition` gives something.
///
/// # Panics
/// After [`LIMIT`], with `what`.
pub async fn until<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let look = async {
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            tokio::time::sleep(STEP).await;
        }
    };
    tokio::time::timeout(LIMIT, look).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
}
