//! The swarm: its phones, and what may be asked of all of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use sos_protocol::ambient::{Entropy, SeededEntropy, SystemClock};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::book::{AlertLog, Book, Counts};
use super::identity::Identity;
use super::phone::Phone;
use super::places::Places;
use super::pressing::Pressing;
use super::shared::{ASKING_MAX, Orders, Press, Shared};
use super::{http, now};

/// Presses that wait for one phone's task.
const PRESSES_WAITING_MAX: usize = 8;
/// Phones that are asked for one random press before it waits for the last of them.
const PHONES_ASKED_MAX: u32 = 8;
/// How long the last phone may take to be welcomed after it was its turn to connect.
const WELCOME_WITHIN: Duration = Duration::from_secs(60);
/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(20);
/// How long all phones have to end; a connection attempt under way takes at most 2 s.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// How many phones, and where they call.
#[derive(Debug, Clone)]
pub struct SwarmConfig {
    /// Phones begin with one each in turn, and go on to the next one when theirs fails or closes.
    pub gateways: Vec<SocketAddr>,
    /// How many.
    pub phones: usize,
    /// Of the first phones; the others are not enrolled.
    pub identities: Vec<Identity>,
    /// First connections a second.
    pub connects_per_s: f64,
    /// Of everything that is drawn by lot.
    pub seed: u64,
}

/// Phones that run until [`Swarm::stop`], or until it is dropped.
pub struct Swarm {
    shared: Arc<Shared>,
    presses: Arc<[mpsc::Sender<Press>]>,
    orders: watch::Sender<Orders>,
    tasks: JoinSet<()>,
}

impl Swarm {
    /// Starts all phones and returns when the service has welcomed each of them.
    ///
    /// # Errors
    /// When some are not welcomed a minute after the last one's turn; says how many.
    pub async fn start(config: SwarmConfig) -> Result<Self> {
        ensure!(!config.gateways.is_empty(), "phones need a gateway");
        ensure!(config.connects_per_s > 0.0, "phones that never connect");
        let phones = config.phones;
        let patience = Duration::from_secs_f64(as_f64(phones) / config.connects_per_s) + WELCOME_WITHIN;
        let swarm = Self::spawn(config)?;
        if !swarm.until(patience, |counts| counts.connected == as_u64(phones)).await {
            let welcomed = swarm.counts().connected;
            anyhow::bail!("{welcomed} of {phones} phones are connected after {} s", patience.as_secs());
        }
        Ok(swarm)
    }

    fn spawn(config: SwarmConfig) -> Result<Self> {
        let shared = Arc::new(Shared {
            gateways: config.gateways,
            places: Places::load()?,
            entropy: SeededEntropy::new(config.seed),
            clock: SystemClock::new(),
            clock_offset_ms: AtomicI64::new(0),
            book: Book::new(config.phones),
            http: http::client()?,
            asking: Semaphore::new(ASKING_MAX),
        });
        let (orders, _) = watch::channel(Orders::default());
        let mut identities = config.identities.into_iter();
        let (mut tasks, mut presses) = (JoinSet::new(), Vec::with_capacity(config.phones));
        for number in 0..config.phones {
            let (sender, receiver) = mpsc::channel(PRESSES_WAITING_MAX);
            presses.push(sender);
            let phone =
                Phone::new(number, identities.next(), Arc::clone(&shared), receiver, orders.subscribe());
            tasks.spawn(phone.live(Duration::from_secs_f64(as_f64(number) / config.connects_per_s)));
        }
        Ok(Self { shared, presses: presses.into(), orders, tasks })
    }

    /// Random phones press `rate_per_s` times a second, evenly spaced, until the returned value is stopped or
    /// dropped. Presses come on time also when the service is slow.
    #[must_use]
    pub fn press_at(&self, rate_per_s: f64) -> Pressing {
        Pressing::start(self.presser(), rate_per_s)
    }

    /// Presses `alerts` times as fast as the phones can, all phones in turn. Returns when every press is in the
    /// hands of its phone.
    pub async fn burst(&self, alerts: usize) {
        for number in 0..alerts {
            self.press(number % self.presses.len()).await;
        }
    }

    /// The phone of this number presses now.
    pub async fn press(&self, phone: usize) {
        self.shared.book.pressing();
        // A phone's task ends only after the swarm was told to stop.
        let _ = self.presses[phone].send(Press { at: now() }).await;
    }

    /// Every phone drops its connection at once, without a word, and connects again as phones do.
    pub fn reconnect_all(&self) {
        self.orders.send_modify(|orders| orders.drops += 1);
    }

    /// How far the clocks of all phones are off in presses from now on, in milliseconds.
    pub fn set_clock_offset_ms(&self, ms: i64) {
        self.shared.clock_offset_ms.store(ms, Relaxed);
    }

    /// A copy of all logs, in the order of the presses.
    #[must_use]
    pub fn alerts(&self) -> Vec<AlertLog> {
        self.shared.book.alerts()
    }

    /// The sums; cheap.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.book.counts()
    }

    /// Waits until every phone has heard that its presses are recorded; whether that was within the time.
    pub async fn settle(&self, within: Duration) -> bool {
        self.until(within, |counts| counts.recorded == counts.pressed).await
    }

    /// Waits until the sums are as wanted; whether that was within the time.
    pub async fn until(&self, within: Duration, mut wanted: impl FnMut(&Counts) -> bool) -> bool {
        let ends = now() + within;
        while !wanted(&self.counts()) {
            if now() >= ends {
                return false;
            }
            sleep(STEP).await;
        }
        true
    }

    /// Ends all phones and returns their logs.
    pub async fn stop(mut self) -> Vec<AlertLog> {
        self.orders.send_modify(|orders| orders.stop = true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(STOP_WITHIN, all).await.is_err() {
            self.tasks.shutdown().await;
        }
        self.shared.book.alerts()
    }

    fn presser(&self) -> Presser {
        Presser { shared: Arc::clone(&self.shared), presses: Arc::clone(&self.presses) }
    }
}

/// Lets random phones press.
pub(super) struct Presser {
    shared: Arc<Shared>,
    presses: Arc<[mpsc::Sender<Press>]>,
}

impl Presser {
    /// A worker pressed at `at`; false when the swarm has ended.
    pub(super) async fn press(&self, at: Instant) -> bool {
        self.shared.book.pressing();
        let draw = || usize::try_from(self.shared.entropy.below(as_u64(self.presses.len()))).unwrap_or(0);
        for _ in 0..PHONES_ASKED_MAX {
            if self.presses[draw()].try_send(Press { at }).is_ok() {
                return true;
            }
        }
        self.presses[draw()].send(Press { at }).await.is_ok()
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
