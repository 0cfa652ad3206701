//! The one place that reads the clock of the machine and its randomness; everything else is handed a
//! [`Clock`] and an [`Entropy`], so that tests move time by hand and runs can be replayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use uuid::Uuid;

use crate::UnixMs;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Wall-clock time.
    fn now(&self) -> UnixMs;
    /// Microseconds on a clock that never goes back; only differences mean something.
    fn monotonic_us(&self) -> u64;
}

/// Gives random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `buf`.
    fn fill(&self, buf: &mut [u8]);

    /// A random id in time order (UUIDv7) for `now`.
    fn uuid_v7(&self, now: UnixMs) -> Uuid {
        let mut tail = [0; 10];
        self.fill(&mut tail);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.0).unwrap_or(0), &tail).into_uuid()
    }

    /// A number from 0 (included) to `bound` (excluded); 0 for a bound of 0.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        if bound == 0 { 0 } else { u64::from_le_bytes(bytes) % bound }
    }
}

/// A clock that many share.
pub type SharedClock = Arc<dyn Clock>;
/// A source of randomness that many share.
pub type SharedEntropy = Arc<dyn Entropy>;

/// The clock of the machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic side starts at 0 now.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place that provides time")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that provides time")]
    fn now(&self) -> UnixMs {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// The randomness of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::disallowed_methods, reason = "the one place that provides randomness")]
    fn fill(&self, buf: &mut [u8]) {
        getrandom::fill(buf).expect("the operating system gives randomness");
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    wall_ms: AtomicI64,
    monotonic_ms: AtomicI64,
}

impl ManualClock {
    /// Stands at `now`.
    #[must_use]
    pub fn at(now: UnixMs) -> Arc<Self> {
        Arc::new(Self { wall_ms: AtomicI64::new(now.0), monotonic_ms: AtomicI64::new(now.0) })
    }

    /// Moves on by `ms` milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
        self.monotonic_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Moves the wall clock alone, as somebody does who sets it.
    pub fn set_ahead_ms(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.wall_ms.load(Ordering::SeqCst))
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.monotonic_ms.load(Ordering::SeqCst)).unwrap_or(0).saturating_mul(1000)
    }
}

/// Randomness that repeats for a seed (SplitMix64); for tests and simulations, never for secrets.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buf: &mut [u8]) {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        for chunk in buf.chunks_mut(8) {
            let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}
