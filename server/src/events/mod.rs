//! Telling other systems that a case was opened or closed, or its report accepted: each webhook follows the ledger by a cursor of
//! its own, one entry after the other. One that hangs or fails keeps only itself waiting; an SOS and those who are told of it
//! have nothing to do with it.
//!
//! At least once: an entry is told again until it is taken, under the same id. Given up after [`GIVEN_UP_MS`], counted, and seen by
//! administrators; then the next one is told.

mod body;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::{Seq, WebhookId};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::app::Ambient;
use crate::cap::Sender;
use crate::deadline::Backoff;
use crate::notify::webhook::{Content, Webhooks};
use crate::push::call::{CALL_WITHIN, Outcome, pause_ms};
use crate::store::event_feeds::{Came, Following, Told};
use crate::store::{Store, StoreError};

/// Connections to Postgres: one that looks for what is due, one for what came of calls.
pub const CONNECTIONS: u32 = 2;
/// Webhooks that are told at the same time by one node: some may hang, each for 10 s.
const AT_ONCE: usize = 64;
/// How often it is looked whether there is something to tell.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Entries of the ledger that are looked through at a time for one webhook.
const ENTRIES_MAX: i64 = 2_000;
/// A webhook in the hands of a node that died is taken by another after this, in milliseconds. Longer than a call takes.
const IN_HAND_MS: i64 = 60_000;
/// An entry of this age is not tried again, in milliseconds: three days, so that a weekend is no loss.
const GIVEN_UP_MS: i64 = 3 * 86_400_000;
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Tells webhooks of the ledger.
pub struct Telling {
    store: Store,
    webhooks: Webhooks,
    sender: Sender,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Telling {
    /// Over the connections of `store`, which nothing else uses.
    ///
    /// # Errors
    /// When there is no TLS.
    pub fn new(store: Store, sender: Sender, ambient: &Ambient) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            webhooks: Webhooks::new()?,
            sender,
            clock: ambient.clock.clone(),
            entropy: ambient.entropy.clone(),
        })
    }

    /// Starts telling.
    pub fn spawn(self, tracker: &TaskTracker, stop: &CancellationToken) {
        tracker.spawn(Arc::new(self).run(stop.clone()));
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
        let (mut calls, mut held) = (JoinSet::new(), HashMap::<Id, Uuid>::new());
        while !stop.is_cancelled() {
            let (room, busy) = (AT_ONCE - calls.len(), held.values().copied().collect::<Vec<_>>());
            let now = self.clock.now();
            match self.store.claim_feeds(room, &busy, now, now.plus_ms(IN_HAND_MS)).await {
                Ok(claimed) => {
                    pause.reset();
                    for following in claimed {
                        let webhook = following.webhook.0;
                        let call = calls.spawn(self.clone().go_on(following));
                        held.insert(call.id(), webhook);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the ledger cannot be followed for webhooks");
                    pause.pause(&stop).await;
                }
            }
            tokio::select! {
                Some(over) = calls.join_next_with_id() => {
                    // One that panicked comes back by itself.
                    held.remove(&over.map_or_else(|error| error.id(), |(id, ())| id));
                }
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
        while calls.join_next().await.is_some() {}
    }

    /// One step of one webhook: to the next entry that it is told of, or past those that it is not.
    async fn go_on(self: Arc<Self>, following: Following) {
        let came = match self.step(&following).await {
            Ok(came) => came,
            Err(error) => {
                tracing::warn!(%error, webhook = %following.webhook, "not told for now");
                Came::Again { due: self.clock.now().plus_ms(1_000), fault: "unavailable" }
            }
        };
        self.note(&following, came);
        let settled = self.store.settle_feed(following.webhook, following.seq, came, self.clock.now()).await;
        if let Err(error) = settled {
            tracing::warn!(%error, "what came of a webhook is not noted; it is told again");
        }
    }

    async fn step(&self, following: &Following) -> Result<Came, StoreError> {
        let until = Seq(following.head.0.min(following.seq.0 + ENTRIES_MAX));
        let kinds = body::kinds(following);
        let next = self.store.next_told(following.seq, until, &kinds, following.desk.as_ref()).await?;
        let Some(told) = next else { return Ok(Came::UpTo(until, false)) };
        let content = body::content(&self.store, &self.sender, following.format, &told).await?;
        let Some(content) = content else { return Ok(Came::UpTo(told.seq, false)) };
        let outcome =
            tokio::time::timeout(CALL_WITHIN, self.call(following.webhook, told.seq, &content)).await;
        Ok(match outcome.unwrap_or(Ok(Outcome::Later("no_answer", None)))? {
            Outcome::Taken => Came::UpTo(told.seq, true),
            // A receiver that says that it is gone, or refuses, may be set right: what waits must not be lost by it.
            Outcome::Unregistered | Outcome::Refused => self.again(following, &told, "refused", None),
            Outcome::Later(why, asked) => self.again(following, &told, why, asked),
        })
    }

    async fn call(&self, webhook: WebhookId, seq: Seq, content: &Content) -> Result<Outcome, StoreError> {
        // Disabled or removed in this moment: then nobody asks again.
        let Some(to) = self.store.webhook_for_sending(webhook).await? else { return Ok(Outcome::Refused) };
        let id = event_id(webhook, seq).to_string();
        Ok(self.webhooks.call(&to, &id, content, self.clock.now()).await)
    }

    fn again(&self, following: &Following, told: &Told, why: &'static str, asked: Option<Duration>) -> Came {
        let now = self.clock.now();
        let fault = if matches!(why, "no_answer" | "refused") { why } else { "unavailable" };
        if now.since_ms(told.at) >= GIVEN_UP_MS {
            return Came::GivenUp(told.seq, fault);
        }
        let tries = following.tries.saturating_add(1);
        Came::Again { due: now.plus_ms(pause_ms(tries, asked, &*self.entropy)), fault }
    }

    fn note(&self, following: &Following, came: Came) {
        match came {
            Came::UpTo(_, true) => metrics::counter!("sos_events_told_total").increment(1),
            Came::UpTo(_, false) => {}
            Came::Again { .. } => metrics::counter!("sos_events_again_total").increment(1),
            Came::GivenUp(seq, fault) => {
                metrics::counter!("sos_events_given_up_total").increment(1);
                tracing::error!(webhook = %following.webhook, seq = seq.0, fault, "an event was given up");
            }
        }
    }
}

/// By which the receiver knows a repetition: the same for an entry and a webhook, whoever sends it and how often.
fn event_id(webhook: WebhookId, seq: Seq) -> Uuid {
    Uuid::new_v5(&webhook.0, &seq.0.to_be_bytes())
}
