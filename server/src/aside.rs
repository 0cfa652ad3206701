//! Work that keeps a processor busy for a while and that no worker waits for: counting, writing files.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// How much such a thread gives way to others: beside one busy thread of the path of an SOS it has one part in thirty.
const NICE: i32 = 15;

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    /// The system has no thread left.
    #[error("no thread: {0}")]
    NoThread(io::Error),
    /// The work broke off.
    #[error("the work broke off")]
    Broken,
}

/// Does `work` on a thread of its own, which gives way to all others. Whoever calls bounds how many there are at once. The
/// work goes on where nobody waits for it any more.
///
/// # Errors
/// When there is no thread, or `work` panics.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AsideError> {
    let (tell, told) = oneshot::channel();
    let run = move || {
        // Of this thread alone, which is never used for anything else. Where it is refused the work is done all the same.
        let _ = rustix::process::nice(NICE);
        let _ = tell.send(work());
    };
    thread::Builder::new().name("aside".to_owned()).spawn(run).map_err(AsideError::NoThread)?;
    told.await.map_err(|_| AsideError::Broken)
}

#[cfg(test)]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[tokio::test]
    async fn only_the_thread_of_the_work_gives_way() {
        let before = getpriority_process(None).unwrap();
        let meanwhile = aside(|| getpriority_process(None).unwrap()).await.unwrap();
        assert_eq!(meanwhile, (before + NICE).min(19));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }

    #[tokio::test]
    async fn work_that_breaks_off_is_an_error_and_work_that_nobody_waits_for_goes_on() {
        let broken = aside(|| panic!("on purpose")).await;
        assert!(matches!(broken, Err::<(), _>(AsideError::Broken)));
        let (tell, told) = oneshot::channel();
        let (go, goes) = std::sync::mpsc::channel::<()>();
        let work = aside(move || {
            let _ = goes.recv();
            let _ = tell.send(());
        });
        let left = tokio::time::timeout(std::time::Duration::from_millis(1), work).await;
        assert!(left.is_err());
        go.send(()).unwrap();
        told.await.unwrap();
    }
}
