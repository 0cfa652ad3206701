//! Giving a file away, as fast as it is taken.

use std::io;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

/// Pieces that wait to be taken.
const WAITING_MAX: usize = 1;

/// `pieces`, until nobody takes one for `idle`: then they are let go of, with all they hold, and the line breaks. A reader that
/// stands still must not keep others from their files; with a range it goes on.
pub(super) fn given(
    pieces: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static,
    idle: Duration,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    let (give, take) = mpsc::channel(WAITING_MAX);
    tokio::spawn(async move {
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = pieces.next().await {
            if give.send_timeout(piece, idle).await.is_err() {
                return;
            }
        }
    });
    stream::unfold(take, |mut take| async move { Some((take.recv().await?, take)) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    const FOUR: [u8; 4] = [1, 2, 3, 4];

    /// Four pieces that hold `of` until they are let go of.
    fn pieces(of: &Arc<Semaphore>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + use<> {
        let held = of.clone().try_acquire_owned().expect("free");
        stream::iter(FOUR).map(move |piece| {
            let _held = &held;
            Ok(vec![piece])
        })
    }

    #[tokio::test]
    async fn who_takes_gets_all_of_it() {
        let places = Arc::new(Semaphore::new(1));
        let given: Vec<_> = given(pieces(&places), Duration::from_secs(60)).collect().await;
        assert_eq!(given.into_iter().flatten().flatten().collect::<Vec<u8>>(), FOUR);
        drop(places.acquire().await.expect("let go of"));
    }

    #[tokio::test]
    async fn who_stands_still_keeps_no_place_and_finds_the_line_broken() {
        let places = Arc::new(Semaphore::new(1));
        let given = given(pieces(&places), Duration::from_millis(1));
        drop(places.acquire().await.expect("let go of"));
        assert!(given.count().await < FOUR.len());
    }
}
