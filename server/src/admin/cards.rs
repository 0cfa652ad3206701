//! Cards with which somebody else's phone speaks for a worker, and the PINs that go with them.

use std::fmt;

use anyhow::Context;
use sos_protocol::ambient::Entropy;
use sos_protocol::{Pin, WorkerId, proof};

use super::codes::new_code;
use crate::app::{self, Ambient};
use crate::auth::password::Passwords;
use crate::auth::secret::token_hash;
use crate::config::Config;
use crate::pins::Pins;
use crate::store::Store;

/// A new card, as it is printed once.
pub struct IssuedCard {
    /// Its code.
    pub code: String,
    /// The first and the second PIN, if the worker had none.
    pub pins: Option<[Pin; 2]>,
}

impl fmt::Display for IssuedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "card        {}", self.code)?;
        match &self.pins {
            Some([pin, other]) => write!(
                f,
                "\nPIN         {}  (takes an SOS back)\nsecond PIN  {}  (looks the same, and raises the alarm in silence)",
                pin.digits(),
                other.digits()
            ),
            None => write!(f, "\nPINs        as the worker has set them"),
        }
    }
}

/// Makes a card for a worker, and PINs if the worker has none.
///
/// # Errors
/// When there is no such worker, or the store does not do it.
pub async fn issue_card(
    config: &Config,
    store: &Store,
    ambient: &Ambient,
    worker: WorkerId,
) -> anyhow::Result<IssuedCard> {
    store.worker(worker).await?.context("no such worker")?;
    let pins = app::pins(config, ambient, store.clone(), Passwords::new(&*ambient.entropy));
    let code = new_code(&*ambient.entropy);
    store.create_card(token_hash(&proof::normal_code(&code)), worker, ambient.clock.now()).await?;
    // Last, so that nothing is left that can fail before they are printed.
    let made = first_pins(&pins, ambient, worker).await?;
    tracing::info!(%worker, pins_made = made.is_some(), "card issued");
    Ok(IssuedCard { code, pins: made })
}

async fn first_pins(pins: &Pins, ambient: &Ambient, worker: WorkerId) -> anyhow::Result<Option<[Pin; 2]>> {
    let pin = random_pin(&*ambient.entropy)?;
    let other = loop {
        let other = random_pin(&*ambient.entropy)?;
        if other != pin {
            break other;
        }
    };
    Ok(pins.set_first(worker, [&pin, &other]).await?.then_some([pin, other]))
}

/// Six digits.
fn random_pin(entropy: &dyn Entropy) -> anyhow::Result<Pin> {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    Pin::parse(&format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000)).context("six digits")
}

pub(super) async fn revoke_cards(store: &Store, ambient: &Ambient, worker: WorkerId) -> anyhow::Result<()> {
    let cards = store.revoke_cards(worker, ambient.clock.now()).await?;
    anyhow::ensure!(cards > 0, "the worker has no card");
    tracing::info!(%worker, cards, "cards revoked");
    Ok(())
}

pub(super) async fn reset_pins(store: &Store, worker: WorkerId) -> anyhow::Result<()> {
    anyhow::ensure!(store.forget_pins(worker).await?, "the worker has no PINs");
    tracing::info!(%worker, "PINs reset");
    Ok(())
}
