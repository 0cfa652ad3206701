//! Doing at once what many want done: while one batch is under way the next one gathers, so that batches are as large
//! as the load makes them and nobody waits for a batch to fill.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

/// It was not done: too much was waiting, it took too long, or it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDone;

/// Where callers hand things in.
pub struct Gather<T> {
    waiting: mpsc::Sender<Request<T>>,
    limit: Duration,
}

struct Request<T> {
    item: T,
    done: oneshot::Sender<bool>,
}

/// Where batches are taken from.
pub struct Gathered<T>(mpsc::Receiver<Request<T>>);

/// Things to be done at once; each caller is told how it went.
pub struct Batch<T> {
    /// The things.
    pub items: Vec<T>,
    /// Who waits for them, in the same order.
    pub callers: Vec<Caller>,
}

/// Somebody who waits for one thing. Dropped without an answer, it was not done.
pub struct Caller(oneshot::Sender<bool>);

impl Caller {
    /// How it went. The caller may have given up.
    pub fn tell(self, done: bool) {
        let _ = self.0.send(done);
    }
}

impl<T> Gather<T> {
    /// For at most `waiting_max` things at a time, each waited for no longer than `limit`.
    #[must_use]
    pub fn new(waiting_max: usize, limit: Duration) -> (Self, Gathered<T>) {
        let (waiting, requests) = mpsc::channel(waiting_max);
        (Self { waiting, limit }, Gathered(requests))
    }

    /// Hands `item` in and waits until it is done.
    ///
    /// # Errors
    /// [`NotDone`]; after the limit it is not known, it may be done later.
    pub async fn ask(&self, item: T) -> Result<(), NotDone> {
        let (done, answer) = oneshot::channel();
        self.waiting.try_send(Request { item, done }).map_err(|_| NotDone)?;
        match tokio::time::timeout(self.limit, answer).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(NotDone),
        }
    }
}

impl<T> Gather<T> {
    /// Hands `item` in for somebody who waits already.
    pub fn pass_on(&self, item: T, caller: Caller) {
        // Full: the caller is dropped, and so told.
        let _ = self.waiting.try_send(Request { item, done: caller.0 });
    }
}

impl<T> Gathered<T> {
    /// Waits for something to do, then takes what there is, at most `max`. What was given up is left out, so a batch
    /// may be empty. None when nobody can hand anything in any more.
    pub async fn next(&mut self, max: usize) -> Option<Batch<T>> {
        let mut requests = Vec::new();
        if self.0.recv_many(&mut requests, max).await == 0 {
            return None;
        }
        let waited_for = requests.into_iter().filter(|request| !request.done.is_closed());
        let (items, callers) = waited_for.map(|request| (request.item, Caller(request.done))).unzip();
        Some(Batch { items, callers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn what_waits_is_done_at_once_and_each_caller_hears_of_it() {
        let (gather, mut gathered) = Gather::new(10, LIMIT);
        let work = async {
            let batch = gathered.next(10).await.expect("a batch");
            assert_eq!(batch.items, [1, 2, 3]);
            let told = [true, false, true];
            batch.callers.into_iter().zip(told).for_each(|(caller, done)| caller.tell(done));
        };
        let (one, two, three, ()) = tokio::join!(gather.ask(1), gather.ask(2), gather.ask(3), work);
        assert_eq!([one, two, three], [Ok(()), Err(NotDone), Ok(())]);
    }

    #[tokio::test]
    async fn past_the_bound_and_past_the_end_it_is_said_at_once() {
        let (gather, gathered) = Gather::new(1, LIMIT);
        let (first, second) = (gather.ask(1), gather.ask(2));
        tokio::pin!(first);
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        assert_eq!(second.await, Err(NotDone));
        drop(gathered);
        assert_eq!(first.await, Err(NotDone));
    }

    #[tokio::test]
    async fn what_was_given_up_is_not_done() {
        let (gather, mut gathered) = Gather::new(10, Duration::ZERO);
        assert_eq!(gather.ask(1).await, Err(NotDone));
        let batch = gathered.next(10).await.expect("a batch");
        assert!(batch.items.is_empty());
    }
}
