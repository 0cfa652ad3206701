//! From notifications that wait to a channel: taken in hand a few at a time, sent at the same time, and settled as they come
//! back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sos_protocol::cover::ChannelKind;
use sos_protocol::{NotificationId, UnixMs, WebhookId};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Channel, PAUSES, Way};
use crate::deadline::Backoff;
use crate::push::call::{CALL_WITHIN, Outcome, pause_ms};
use crate::store::StoreError;
use crate::store::notify::{Fate, InHand, SendTo, channel_word};

/// Calls of a channel under way in this node: a flood of alerts tells tens of officers, and a mail server takes about
/// this many connections from one sender.
const AT_ONCE: usize = 32;
/// Webhooks lead to as many services, of which some may hang: enough for all desks of a country's missions.
const WEBHOOK_CALLS_AT_ONCE: usize = 512;
/// Notifications taken at a time for webhooks. Past as many calls under way a webhook is given no more until some come
/// back, so that one that hangs takes less than twice this of [`WEBHOOK_CALLS_AT_ONCE`].
const OF_ONE_WEBHOOK: usize = 8;
/// How often notifications are looked for while none come back.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A notification in the hands of a node that died is taken by another after this, in milliseconds. Longer than a call and
/// the settling of it can take, or it would be sent twice.
const IN_HAND_MS: i64 = 60_000;
/// The last try begins this long before a notification's time is over, in milliseconds, however long the pause before it
/// should have been: a call takes 10 s at most.
const LAST_TRY_MS: i64 = 15_000;
/// Tries to note what came of calls; then the notifications come back by themselves, and are sent twice.
const SETTLE_TRIES_MAX: u32 = 5;

type Settled = (NotificationId, Fate);

/// The calls under way.
#[derive(Default)]
struct Calls {
    set: JoinSet<Settled>,
    held: HashMap<Id, (NotificationId, Option<WebhookId>)>,
}

impl Calls {
    fn begin(&mut self, channel: &Arc<Channel>, job: InHand) {
        let held = (job.id, job.webhook);
        let call = self.set.spawn(deliver(channel.clone(), job));
        self.held.insert(call.id(), held);
    }

    /// How many more may be taken now.
    fn room(&self, kind: ChannelKind) -> usize {
        match kind {
            ChannelKind::Webhook => (WEBHOOK_CALLS_AT_ONCE - self.set.len()).min(OF_ONE_WEBHOOK),
            _ => AT_ONCE - self.set.len(),
        }
    }

    /// Webhooks with as many calls under way as one may have.
    fn busy(&self) -> Vec<Uuid> {
        let mut calls: HashMap<Uuid, usize> = HashMap::new();
        for webhook in self.held.values().filter_map(|(_, webhook)| *webhook) {
            *calls.entry(webhook.0).or_default() += 1;
        }
        calls.into_iter().filter(|(_, count)| *count >= OF_ONE_WEBHOOK).map(|(id, _)| id).collect()
    }

    /// What came back; none of a call that panicked: its notification comes back by itself.
    fn over(&mut self, result: Result<(Id, Settled), JoinError>) -> Option<Settled> {
        let (id, settled) = match result {
            Ok((id, settled)) => (id, Some(settled)),
            Err(error) => (error.id(), None),
        };
        self.held.remove(&id);
        settled
    }

    /// All that has come back by now, after `first`.
    fn all_over(&mut self, first: Result<(Id, Settled), JoinError>) -> Vec<Settled> {
        let mut all: Vec<Settled> = self.over(first).into_iter().collect();
        while let Some(next) = self.set.try_join_next_with_id() {
            all.extend(self.over(next));
        }
        all
    }
}

/// Sends what is for `channel` until `stop`, then waits for the calls under way.
pub(super) async fn run(channel: Arc<Channel>, stop: CancellationToken) {
    let mut calls = Calls::default();
    let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
    while !stop.is_cancelled() {
        let mut is_full = false;
        if calls.room(channel.kind) > 0 {
            match claim(&channel, &calls).await {
                Ok(taken) => {
                    pause.reset();
                    is_full = taken.is_all_room;
                    taken.ready.into_iter().for_each(|job| calls.begin(&channel, job));
                }
                Err(error) => {
                    tracing::warn!(%error, channel = channel_word(channel.kind), "notifications cannot be read");
                    pause.pause(&stop).await;
                }
            }
        }
        if is_full && calls.room(channel.kind) > 0 {
            continue;
        }
        tokio::select! {
            Some(first) = calls.set.join_next_with_id() => settle(&channel, calls.all_over(first)).await,
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
    while let Some(first) = calls.set.join_next_with_id().await {
        settle(&channel, calls.all_over(first)).await;
    }
}

/// What is sent now.
struct Ready {
    ready: Vec<InHand>,
    /// There may be more that is due.
    is_all_room: bool,
}

/// Notifications that are due and can be sent; the others are settled.
async fn claim(channel: &Channel, calls: &Calls) -> Result<Ready, StoreError> {
    let (now, room) = (channel.clock.now(), calls.room(channel.kind));
    let held: Vec<Uuid> = calls.held.values().map(|(id, _)| id.0).collect();
    let (busy, until) = (calls.busy(), now.plus_ms(IN_HAND_MS));
    let jobs = channel.store.claim_notifications(channel.kind, room, &held, &busy, now, until).await?;
    let is_all_room = jobs.len() == room;
    let (mut ready, mut over) = (vec![], vec![]);
    for job in jobs {
        match not_sent(channel, &job) {
            Some(fault) => over.push((job.id, give_up(channel, fault, false))),
            None => ready.push(job),
        }
    }
    settle(channel, over).await;
    Ok(Ready { ready, is_all_room })
}

/// Why a notification is not even tried; none: it is.
fn not_sent(channel: &Channel, job: &InHand) -> Option<&'static str> {
    let is_erased = matches!(&job.to, Some(SendTo::Officer { target: None, .. }));
    match () {
        () if job.is_answered => Some("answered"),
        () if job.ends <= channel.clock.now() => Some("too_late"),
        () if matches!(channel.way, Way::NotSetUp) => Some("not_set_up"),
        () if job.to.is_none() || is_erased => Some("unregistered"),
        () => None,
    }
}

/// One call, and what becomes of its notification.
async fn deliver(channel: Arc<Channel>, job: InHand) -> Settled {
    let word = channel_word(channel.kind);
    let started_us = channel.clock.monotonic_us();
    let outcome = tokio::time::timeout(CALL_WITHIN, channel.call(&job)).await;
    #[allow(clippy::cast_precision_loss, reason = "microseconds of one call")]
    let took_s = (channel.clock.monotonic_us() - started_us) as f64 / 1e6;
    metrics::histogram!("sos_notify_seconds", "channel" => word).record(took_s);
    let fate = match outcome.unwrap_or(Outcome::Later("no_answer", None)) {
        Outcome::Taken => {
            metrics::counter!("sos_notify_sent_total", "channel" => word).increment(1);
            Fate::Sent
        }
        Outcome::Unregistered => match &job.to {
            Some(SendTo::Officer { channel_id, target_id, .. }) => {
                metrics::counter!("sos_notify_given_up_total", "channel" => word, "why" => "unregistered")
                    .increment(1);
                Fate::Gone { channel_id: *channel_id, target_id: *target_id }
            }
            Some(SendTo::Webhook(_)) | None => give_up(&channel, "unregistered", true),
        },
        Outcome::Refused => give_up(&channel, "refused", true),
        Outcome::Later(why, asked) => again(&channel, &job, why, asked),
    };
    (job.id, fate)
}

/// The next try: after a pause, and once more just before its time is over.
fn again(channel: &Channel, job: &InHand, why: &'static str, asked: Option<Duration>) -> Fate {
    let (now, last) = (channel.clock.now(), job.ends.plus_ms(-LAST_TRY_MS));
    let is_asked_past = asked.is_some_and(|asked| ms_after(now, asked) > last);
    if now >= last || is_asked_past {
        return give_up(channel, fault(why), true);
    }
    let word = channel_word(channel.kind);
    metrics::counter!("sos_notify_again_total", "channel" => word, "why" => why).increment(1);
    let due = now.plus_ms(pause_ms(job.tries, asked, &*channel.entropy)).min(last);
    Fate::Again { due, fault: fault(why) }
}

fn ms_after(now: UnixMs, pause: Duration) -> UnixMs {
    now.plus_ms(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}

/// The word that officers are shown for what went wrong in a call.
fn fault(why: &'static str) -> &'static str {
    match why {
        "no_answer" | "refused" => why,
        _ => "unavailable",
    }
}

fn give_up(channel: &Channel, fault: &'static str, tried: bool) -> Fate {
    let word = channel_word(channel.kind);
    metrics::counter!("sos_notify_given_up_total", "channel" => word, "why" => fault).increment(1);
    Fate::Failed { fault, tried }
}

async fn settle(channel: &Channel, settled: Vec<Settled>) {
    if settled.is_empty() {
        return;
    }
    let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
    for _ in 0..SETTLE_TRIES_MAX {
        match channel.store.settle_notifications(&settled, channel.clock.now()).await {
            Ok(forgotten) => {
                let word = channel_word(channel.kind);
                metrics::counter!("sos_notify_unregistered_total", "channel" => word).increment(forgotten);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "what came of notifications is not noted");
                pause.pause(&CancellationToken::new()).await;
            }
        }
    }
}
