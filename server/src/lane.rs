//! Threads that only the path of an SOS runs on: what twenty thousand sockets have to do at the same moment does not
//! stand in front of it, the operating system shares the processors out between the two.

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads of the lane: one may compute (encode, seal, hash) while the other one waits on the stores.
const THREADS: usize = 2;

/// The lane. It ends when it is dropped, and what is left on it with it.
pub struct Lane(Option<Runtime>);

impl Lane {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the machine gives none.
    pub fn start() -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(THREADS).thread_name("sos").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// Where to spawn.
    ///
    /// # Panics
    /// Never: it is there until it is dropped.
    #[must_use]
    #[allow(clippy::expect_used, reason = "taken in `drop` only")]
    pub fn handle(&self) -> &Handle {
        self.0.as_ref().expect("a running lane").handle()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // Waiting for it is not allowed where it is dropped, and everything on it was drained before.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
