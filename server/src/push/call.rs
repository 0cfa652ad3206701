//! Calls of push services: one client, what can come of a call, and how long to wait before the next.

use std::time::Duration;

use anyhow::Context;
use reqwest::{Client, Response, StatusCode, header};
use sos_protocol::ambient::Entropy;

use super::AT_ONCE;

/// Name look-up, TCP and TLS.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A whole call, with the token that it needs. Services answer within a second; a hint that takes longer comes too late to
/// be one, and while it waits it keeps one of [`AT_ONCE`] places.
pub(crate) const CALL_WITHIN: Duration = Duration::from_secs(10);
/// Of an answer, the most that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// First pause before a message is sent again, twice as long each time, …
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// … up to this one.
const LAST_PAUSE: Duration = Duration::from_secs(120);
/// A service that asks for a longer pause is asked again after this one.
const ASKED_PAUSE_MAX: Duration = Duration::from_secs(600);
/// A message is given up when it was sent this often, if its time has not ended before.
pub(crate) const TRIES_MAX: u32 = 30;

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The service took it.
    Taken,
    /// The service does not know the target any more.
    Unregistered,
    /// It will not be taken later either.
    Refused,
    /// Later perhaps, not before the pause that the service asks for.
    Later(&'static str, Option<Duration>),
}

/// A client that follows no redirect: where a message goes is checked before.
pub(crate) fn client() -> anyhow::Result<Client> {
    // Another part of the process may have done so; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(CALL_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(AT_ONCE)
        .build()
        .context("TLS for push")
}

/// What an error status means, whichever service says it.
pub(crate) fn failed(answer: &Response) -> Outcome {
    match answer.status() {
        StatusCode::TOO_MANY_REQUESTS => Outcome::Later("throttled", retry_after(answer)),
        status if status.is_server_error() => Outcome::Later("unavailable", retry_after(answer)),
        StatusCode::REQUEST_TIMEOUT => Outcome::Later("unavailable", None),
        _ => Outcome::Refused,
    }
}

/// The pause that the service asks for. A date instead of seconds counts as none: the own pauses grow anyhow.
fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(ASKED_PAUSE_MAX))
}

/// The first bytes of an answer.
pub(crate) async fn body(mut answer: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = vec![];
    while let Some(chunk) = answer.chunk().await? {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    Ok(body)
}

/// When to send again after `tries`, in milliseconds from now: what the service asks for and, on top, a pause that grows
/// and is half chance, so that what failed together does not come back together.
pub(crate) fn pause_ms(tries: u32, asked: Option<Duration>, entropy: &dyn Entropy) -> i64 {
    let full = FIRST_PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LAST_PAUSE);
    let half = u64::try_from(full.as_millis() / 2).unwrap_or(u64::MAX);
    let asked = u64::try_from(asked.unwrap_or_default().min(ASKED_PAUSE_MAX).as_millis()).unwrap_or(u64::MAX);
    i64::try_from(asked + half + entropy.below(half + 1)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use sos_protocol::ambient::SeededEntropy;

    use super::*;

    #[test]
    fn pauses_grow_differ_and_are_no_shorter_than_asked() {
        let entropy = SeededEntropy::new(1);
        let pause = |tries, asked| pause_ms(tries, asked, &*entropy);
        for (tries, least, most) in
            [(1, 500, 1_000), (2, 1_000, 2_000), (5, 8_000, 16_000), (40, 60_000, 120_000)]
        {
            let pauses: Vec<i64> = (0..50).map(|_| pause(tries, None)).collect();
            assert!(pauses.iter().all(|ms| (least..=most).contains(ms)), "{tries}: {pauses:?}");
            assert!(pauses.iter().any(|ms| *ms != pauses[0]));
        }
        assert!(pause(1, Some(Duration::from_secs(30))) >= 30_500);
        assert!(pause(1, Some(Duration::from_secs(1_000_000))) <= 601_000);
    }
}
