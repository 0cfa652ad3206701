//! What the phones of a swarm share, and what they are told to do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use sos_protocol::ambient::{Entropy, SeededEntropy, SystemClock};
use tokio::sync::Semaphore;

use super::book::Book;
use super::places::Places;

/// Phones that ask over HTTP at the same time.
pub(super) const ASKING_MAX: usize = 32;

/// What all phones of a swarm share.
pub(super) struct Shared {
    pub(super) gateways: Vec<SocketAddr>,
    pub(super) places: Places,
    pub(super) entropy: Arc<SeededEntropy>,
    pub(super) clock: SystemClock,
    pub(super) clock_offset_ms: AtomicI64,
    pub(super) book: Book,
    pub(super) http: reqwest::Client,
    /// For those who ask over HTTP.
    pub(super) asking: Semaphore,
}

impl Shared {
    /// From nothing to `upper`.
    pub(super) fn jitter(&self, upper: Duration) -> Duration {
        let upper_us = u64::try_from(upper.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.entropy.below(upper_us.saturating_add(1)))
    }
}

/// What all phones are to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Orders {
    /// Grows with each order to drop the connection.
    pub(super) drops: u64,
    pub(super) stop: bool,
}

/// A worker presses.
pub(super) struct Press {
    pub(super) at: Instant,
}
