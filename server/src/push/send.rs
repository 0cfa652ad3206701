//! From jobs to push services: taken in hand a few at a time, sent at the same time, and settled as they come back.

use std::sync::Arc;
use std::time::Duration;

use sos_core::entry::LedgerEntry;
use sos_core::push;
use sos_protocol::{DeviceId, Seq};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::call::{CALL_WITHIN, Outcome, TRIES_MAX, pause_ms};
use super::{AT_ONCE, Message, PAUSES, Sending, Service};
use crate::deadline::Backoff;
use crate::store::StoreError;
use crate::store::push::{Fate, Job};

/// How often jobs are looked for while none come back.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A job in the hands of a node that died is taken by another after this, in milliseconds. Longer than a call and the
/// settling of it can take, or it would be sent twice.
const IN_HAND_MS: i64 = 60_000;
/// Tries to note what came of calls; then the jobs come back by themselves, and are sent twice.
const SETTLE_TRIES_MAX: u32 = 5;

type Settled = (DeviceId, Seq, Fate);

/// Sends what is for `service` until `stop`, then waits for the calls under way.
pub(super) async fn run(sending: Arc<Sending>, service: Arc<Service>, stop: CancellationToken) {
    let mut calls: JoinSet<Settled> = JoinSet::new();
    let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
    while !stop.is_cancelled() {
        if calls.len() < AT_ONCE {
            match claim(&sending, &service, AT_ONCE - calls.len()).await {
                Ok(ready) => {
                    pause.reset();
                    for (job, message) in ready {
                        calls.spawn(deliver(sending.clone(), service.clone(), job, message));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "push jobs cannot be read");
                    pause.pause(&stop).await;
                }
            }
        }
        tokio::select! {
            Some(first) = calls.join_next() => settle_ready(&sending, &service, first.ok(), &mut calls).await,
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
    while let Some(first) = calls.join_next().await {
        settle_ready(&sending, &service, first.ok(), &mut calls).await;
    }
}

/// Jobs that are due, with their words; those that have none any more are over.
async fn claim(sending: &Sending, service: &Service, room: usize) -> Result<Vec<(Job, Message)>, StoreError> {
    let now = sending.clock.now();
    let jobs = sending.store.claim_push_jobs(service.kind(), room, now, now.plus_ms(IN_HAND_MS)).await?;
    if jobs.is_empty() {
        return Ok(vec![]);
    }
    let mut places: Vec<i64> = jobs.iter().map(|job| job.seq.0).collect();
    places.sort_unstable();
    places.dedup();
    let entries = match sending.store.entries_at(&places).await {
        Ok(entries) => entries,
        Err(error) => {
            let again = |job: &Job| (job.device_id, job.seq, again(sending, service, job, "no_words", None));
            settle(sending, service, jobs.iter().map(again).collect()).await;
            return Err(error);
        }
    };
    let (mut ready, mut over) = (vec![], vec![]);
    for job in jobs {
        let entry: Option<&LedgerEntry> = entries.iter().find(|entry| entry.seq() == job.seq);
        match entry.and_then(|entry| push::notice(entry, job.device_id, &job.language)) {
            Some(notice) => ready.push((job, Message::from(&notice))),
            None => over.push((job.device_id, job.seq, give_up(service, "no_words"))),
        }
    }
    settle(sending, service, over).await;
    Ok(ready)
}

/// One call, and what becomes of its job.
async fn deliver(sending: Arc<Sending>, service: Arc<Service>, job: Job, message: Message) -> Settled {
    let fate = match &job.target {
        None => Fate::Gone(job.target_id),
        Some(_) if job.ends <= sending.clock.now() => give_up(&service, "too_late"),
        Some(target) => {
            let started_us = sending.clock.monotonic_us();
            let call = service.send(target, &message, job.ends);
            let outcome = tokio::time::timeout(CALL_WITHIN, call).await;
            #[allow(clippy::cast_precision_loss, reason = "microseconds of one call")]
            let took_s = (sending.clock.monotonic_us() - started_us) as f64 / 1e6;
            metrics::histogram!("sos_push_seconds", "service" => service.name()).record(took_s);
            match outcome.unwrap_or(Outcome::Later("no_answer", None)) {
                Outcome::Taken => {
                    metrics::counter!("sos_push_sent_total", "service" => service.name()).increment(1);
                    Fate::Over
                }
                Outcome::Unregistered => Fate::Gone(job.target_id),
                Outcome::Refused => give_up(&service, "refused"),
                Outcome::Later(why, asked) => again(&sending, &service, &job, why, asked),
            }
        }
    };
    (job.device_id, job.seq, fate)
}

fn again(
    sending: &Sending,
    service: &Service,
    job: &Job,
    why: &'static str,
    asked: Option<Duration>,
) -> Fate {
    let due = sending.clock.now().plus_ms(pause_ms(job.tries, asked, &*sending.entropy));
    if job.tries >= TRIES_MAX || due >= job.ends {
        return give_up(service, why);
    }
    metrics::counter!("sos_push_again_total", "service" => service.name(), "why" => why).increment(1);
    Fate::Again(due)
}

fn give_up(service: &Service, why: &'static str) -> Fate {
    metrics::counter!("sos_push_given_up_total", "service" => service.name(), "why" => why).increment(1);
    Fate::Over
}

/// Settles what came back, all that is there in one transaction. A call that panicked comes back by itself.
async fn settle_ready(
    sending: &Sending,
    service: &Service,
    first: Option<Settled>,
    calls: &mut JoinSet<Settled>,
) {
    let mut settled: Vec<Settled> = first.into_iter().collect();
    while let Some(next) = calls.try_join_next() {
        settled.extend(next.ok());
    }
    settle(sending, service, settled).await;
}

async fn settle(sending: &Sending, service: &Service, settled: Vec<Settled>) {
    if settled.is_empty() {
        return;
    }
    let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
    for _ in 0..SETTLE_TRIES_MAX {
        match sending.store.settle_push_jobs(&settled, sending.clock.now()).await {
            Ok(forgotten) => {
                metrics::counter!("sos_push_unregistered_total", "service" => service.name())
                    .increment(forgotten);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "what came of push calls is not noted");
                pause.pause(&CancellationToken::new()).await;
            }
        }
    }
}
