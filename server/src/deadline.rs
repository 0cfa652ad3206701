//! The one way to wait for something that may never answer.

use std::future::Future;
use std::time::Duration;

/// It did not answer in time. For a store that means *unknown*: it may have been done.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
pub struct Elapsed(pub Duration);

/// Waits for `future`, but no longer than `limit`.
///
/// # Errors
/// [`Elapsed`] after `limit`, or what the future itself says.
pub async fn within<T, E>(limit: Duration, future: impl Future<Output = Result<T, E>>) -> Result<T, E>
where
    E: From<Elapsed>,
{
    match tokio::time::timeout(limit, future).await {
        Ok(result) => result,
        Err(_) => Err(E::from(Elapsed(limit))),
    }
}

/// Growing pauses between tries: the first, then twice as long each time, up to the last.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    first: Duration,
    last: Duration,
    next: Duration,
}

impl Backoff {
    /// Pauses from `first` to `last`.
    #[must_use]
    pub const fn new(first: Duration, last: Duration) -> Self {
        Self { first, last, next: first }
    }

    /// It worked: begin with the first again.
    pub const fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits for the next pause, or until `stop`.
    pub async fn pause(&mut self, stop: &tokio_util::sync::CancellationToken) {
        let pause = self.next;
        self.next = (pause * 2).min(self.last);
        let _ = tokio::time::timeout(pause, stop.cancelled()).await;
    }
}
