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
