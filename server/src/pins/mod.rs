//! The worker's PINs: what a cancellation means, who may change them, and who may speak for a worker with a card.
//!
//! A worker has two. The first takes a press back; the second looks the same to whoever watches and says that the worker
//! is made to do it. So nothing here may tell one from the other: both hashes are computed for every try, in the same
//! order, and the answers are the same. An SOS needs no PIN and never comes here.

mod unknown_cards;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use sos_core::recording::{Item, Origin};
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::http::SetPins;
use sos_protocol::{AlertId, DeviceId, ErrorCode, Pin, WorkerId};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::unknown_cards::UnknownCards;
use crate::auth::password::Passwords;
use crate::auth::secret::{Secret, mac, token_hash};
use crate::store::cards::Borrowed;
use crate::store::pins::PinTry;
use crate::store::{Store, StoreError};

/// Wrong PINs in a row of a worker, at all nodes and with all phones together, …
const TRIES_MAX: i32 = 5;
/// … after which none is looked at for this long, in milliseconds: a PIN of four digits holds for three weeks of trying
/// without a pause, and whoever mistypes waits for a quarter of an hour. The desk answers the alert all the same.
const CLOSED_MS: i64 = 15 * 60 * 1000;
/// PINs of known phones that are looked at, or wait for it, at a time in this node: about two seconds of two cores.
const AT_ONCE_MAX: usize = 32;
/// The same for cards, which anybody may try: they never stand in front of the others.
const CARDS_AT_ONCE_MAX: usize = 8;
/// Whoever has an unknown card: no worker has this id.
const NOBODY: WorkerId = WorkerId(uuid::Uuid::nil());
/// How long somebody else's phone may speak for a worker, in milliseconds.
const BORROWED_MS: i64 = sos_protocol::limits::BORROWED_H as i64 * 3600 * 1000;

/// Why a PIN did nothing.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// The worker has PINs, and none was given.
    #[error("the worker has set a PIN")]
    Needed,
    /// It is none of the worker's; of a card, that may be what is wrong.
    #[error("not the PIN")]
    Wrong,
    /// Too many wrong ones, or too many at this moment.
    #[error("too many tries; later again")]
    TooMany,
    /// The two are the same.
    #[error("the two PINs are the same")]
    Same,
    /// No hash could be made.
    #[error("{0}")]
    Hash(anyhow::Error),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PinError {
    /// The word on the wire.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Needed => ErrorCode::PinNeeded,
            Self::Wrong => ErrorCode::PinWrong,
            Self::TooMany => ErrorCode::RateLimited,
            Self::Same => ErrorCode::InvalidField,
            Self::Store(error) if error.is_passing() => ErrorCode::Unavailable,
            Self::Store(_) | Self::Hash(_) => ErrorCode::Internal,
        }
    }
}

/// Which of a worker's PINs it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    First,
    Second,
}

/// Looks at PINs.
#[derive(Clone)]
pub struct Pins {
    store: Store,
    passwords: Passwords,
    /// What the digits are mixed with before they are hashed: there are only 10,000 of four digits, and whoever has the
    /// database alone shall not be able to try them.
    key: [u8; 32],
    clock: SharedClock,
    entropy: SharedEntropy,
    turns: Arc<Semaphore>,
    card_turns: Arc<Semaphore>,
    unknown_cards: Arc<UnknownCards>,
}

impl Pins {
    /// Those in `store`, hashed as `passwords` are.
    #[must_use]
    pub fn new(
        store: Store,
        passwords: Passwords,
        secret: &Secret,
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Self {
        Self {
            store,
            passwords,
            key: secret.key("pins"),
            clock,
            entropy,
            turns: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            card_turns: Arc::new(Semaphore::new(CARDS_AT_ONCE_MAX)),
            unknown_cards: Arc::default(),
        }
    }

    /// What taking `alert` back comes to. Whoever asks, it needs a PIN of the worker whose case it is on record in; a drill ends
    /// without one. An alert that is not on record yet counts as an SOS of who asks: the phone asks again.
    ///
    /// # Errors
    /// [`PinError`]; nothing is taken back then, and the phone may ask again.
    pub async fn taken_back(
        &self,
        origin: &Origin,
        alert_id: AlertId,
        pin: Option<Pin>,
    ) -> Result<Item, PinError> {
        let asks = origin.worker_id.filter(|_| origin.is_proven());
        let found = self.store.taking_back(asks, alert_id).await?;
        let Some(worker) = found.pins_of.filter(|_| !found.is_drill) else {
            return Ok(Item::Cancel { alert_id });
        };
        let pin = pin.ok_or(PinError::Needed)?;
        let _turn = turn(&self.turns)?;
        let stored = self.counted(worker).await?;
        Ok(match self.which(worker, &pin, stored).await? {
            Which::First => Item::Cancel { alert_id },
            Which::Second => Item::Duress { alert_id },
        })
    }

    /// Sets the worker's PINs, for all of their phones.
    ///
    /// # Errors
    /// [`PinError`]; nothing was changed then, except that after a timeout of the store it is not known.
    pub async fn set(&self, worker: WorkerId, new: &SetPins) -> Result<(), PinError> {
        if new.pin == new.other_pin {
            return Err(PinError::Same);
        }
        if !self.store.has_pins(worker).await? {
            let _turn = turn(&self.turns)?;
            // Another phone of the worker may be faster: then this one needs its PIN.
            let first = self.set_first(worker, [&new.pin, &new.other_pin]).await?;
            return if first { Ok(()) } else { Err(PinError::Needed) };
        }
        let old = new.old_pin.as_ref().ok_or(PinError::Needed)?;
        let _turn = turn(&self.turns)?;
        let stored = self.counted(worker).await?;
        let which = self.which(worker, old, stored.clone()).await?;
        // All of this is done whichever the old one was, so that the answer takes as long.
        let [is_first, _] = self.passwords.which(self.mixed(worker, &new.pin), stored).await;
        let [pin, other] = self.hashes(worker, [&new.pin, &new.other_pin]).await?;
        let (first, second) = match which {
            Which::First => (Some(pin), Some(other)),
            // Somebody makes the worker change it. They are told that it was done and learn nothing; the PIN that they
            // chose raises the silent alarm, and the one that the worker alone knows stays. If they hit on just that one,
            // everything stays: it cannot mean both.
            Which::Second if is_first => (None, None),
            Which::Second => (None, Some(pin)),
        };
        Ok(self.store.change_pins(worker, first.as_deref(), second.as_deref(), self.clock.now()).await?)
    }

    /// Keeps the first PINs of a worker. False if there are some already.
    ///
    /// # Errors
    /// [`PinError`].
    pub async fn set_first(&self, worker: WorkerId, pins: [&Pin; 2]) -> Result<bool, PinError> {
        let hashes = self.hashes(worker, pins).await?;
        Ok(self.store.set_first_pins(worker, &hashes, self.clock.now()).await?)
    }

    /// Lends the phone with `public_key` to the worker with this card. An unknown card and a wrong PIN cost and answer the
    /// same, and so do too many tries of either. `card` is the code in normal form.
    ///
    /// # Errors
    /// [`PinError`].
    pub async fn sign_in(&self, card: &str, pin: &Pin, public_key: &[u8]) -> Result<Borrowed, PinError> {
        let _turn = turn(&self.card_turns)?;
        let card_hash = token_hash(card);
        let worker = self.store.card(card_hash).await?.unwrap_or(NOBODY);
        let stored = self.counted(worker).await?;
        if stored[0].is_none() && !self.unknown_cards.admit(card_hash, self.clock.now()) {
            return Err(PinError::TooMany);
        }
        let duress = self.which(worker, pin, stored).await? == Which::Second;
        let now = self.clock.now();
        let device = DeviceId(self.entropy.uuid_v7(now));
        let times = (now, now.plus_ms(BORROWED_MS));
        Ok(self.store.borrow_device(worker, device, public_key, duress, times).await?)
    }

    /// Counts a try, and gives what it is to be compared with; none for somebody without PINs.
    async fn counted(&self, worker: WorkerId) -> Result<[Option<String>; 2], PinError> {
        let now = self.clock.now();
        match self.store.count_pin_try(worker, TRIES_MAX, (now, now.plus_ms(CLOSED_MS))).await? {
            PinTry::NoPins => Ok([None, None]),
            PinTry::Closed => {
                metrics::counter!("sos_pins_refused_total", "why" => "closed").increment(1);
                Err(PinError::TooMany)
            }
            PinTry::Counted(hashes) => Ok(hashes.map(Some)),
        }
    }

    async fn which(
        &self,
        worker: WorkerId,
        pin: &Pin,
        stored: [Option<String>; 2],
    ) -> Result<Which, PinError> {
        let which = match self.passwords.which(self.mixed(worker, pin), stored).await {
            [true, _] => Which::First,
            [false, true] => Which::Second,
            [false, false] => {
                metrics::counter!("sos_pins_refused_total", "why" => "wrong").increment(1);
                return Err(PinError::Wrong);
            }
        };
        self.store.pin_was_right(worker).await?;
        Ok(which)
    }

    async fn hashes(&self, worker: WorkerId, pins: [&Pin; 2]) -> Result<[String; 2], PinError> {
        let mixed = pins.map(|pin| self.mixed(worker, pin));
        self.passwords.hashes(mixed, self.entropy.clone()).await.map_err(PinError::Hash)
    }

    fn mixed(&self, worker: WorkerId, pin: &Pin) -> String {
        let message = [worker.0.as_bytes().as_slice(), pin.digits().as_bytes()].concat();
        B64.encode(mac(&self.key, &message))
    }
}

fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, PinError> {
    turns.try_acquire().map_err(|_| PinError::TooMany)
}
