//! Past Redis: what the stream does not take becomes a case in Postgres at once, with everything else that waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::recorder::Recorder;
use super::{Inbound, NotTaken};

/// Things that may wait for their transaction; past that phones are told that nobody takes it now, and try again.
const WAITING_MAX: usize = 4_000;
/// Things in one transaction.
const BATCH_MAX: usize = 500;
/// Longest wait for the transaction; after it the phone is told that nobody takes it now. What was recorded all the
/// same is known when it tries again.
const TAKEN_WITHIN: Duration = Duration::from_secs(3);

/// The way past Redis.
pub struct Direct {
    waiting: mpsc::Sender<Request>,
}

struct Request {
    inbound: Inbound,
    taken: oneshot::Sender<bool>,
}

/// What waits; to be given to [`run`].
pub struct Waiting(mpsc::Receiver<Request>);

impl Direct {
    /// A way, and what waits on it.
    #[must_use]
    pub fn new() -> (Self, Waiting) {
        let (waiting, requests) = mpsc::channel(WAITING_MAX);
        (Self { waiting }, Waiting(requests))
    }

    /// Records `inbound`: when this returns, it is committed.
    ///
    /// # Errors
    /// [`NotTaken`] when Postgres does not do it in time, or too much waits for it.
    pub async fn record(&self, inbound: Inbound) -> Result<(), NotTaken> {
        let (taken, answer) = oneshot::channel();
        self.waiting.try_send(Request { inbound, taken }).map_err(|_| NotTaken)?;
        match tokio::time::timeout(TAKEN_WITHIN, answer).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(NotTaken),
        }
    }
}

/// Records what waits, batch after batch.
pub(crate) async fn run(mut waiting: Waiting, recorder: Arc<Recorder>, stop: CancellationToken) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            count = waiting.0.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return },
        }
        // Nobody waits any more for those that were given up: the phone sends them again.
        batch.retain(|request| !request.taken.is_closed());
        let (inbound, taken): (Vec<_>, Vec<_>) =
            batch.drain(..).map(|request| (request.inbound, request.taken)).unzip();
        record(&recorder, &inbound, taken).await;
    }
}

async fn record(recorder: &Recorder, batch: &[Inbound], taken: Vec<oneshot::Sender<bool>>) {
    let tell = |taken: oneshot::Sender<bool>, was: bool| {
        let _ = taken.send(was);
    };
    match recorder.record(batch).await {
        Ok(()) => taken.into_iter().for_each(|taken| tell(taken, true)),
        Err(error) if error.is_away() || batch.len() == 1 => {
            tracing::error!(%error, "neither store takes what phones say");
            taken.into_iter().for_each(|taken| tell(taken, false));
        }
        // One of them is in the others' way: each by itself.
        Err(_) => {
            for (inbound, taken) in batch.iter().zip(taken) {
                tell(taken, recorder.record(std::slice::from_ref(inbound)).await.is_ok());
            }
        }
    }
}
