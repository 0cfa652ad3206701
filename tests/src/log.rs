//! Everything the service logs in this test binary, kept for looking through.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: OnceLock<()> = OnceLock::new();

struct Keep;

impl Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Keep {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// Begins to keep the log, everything of the service down to `debug`.
pub fn keep() {
    STARTED.get_or_init(|| {
        let filter = EnvFilter::new("info,sos_server=debug");
        tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| Keep).init();
    });
}

/// What was logged so far.
#[must_use]
pub fn so_far() -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
