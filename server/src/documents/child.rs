//! `sos-server document`, which nobody but the service itself calls: a document's JSON in, its PDF out.

use std::io::{Read, Write};

use rustix::process::{Resource, Rlimit, nice, setrlimit};
use sos_documents::{Document, RenderError};

use super::DOCUMENT_BYTES_MAX;

/// Its exit code where the content does not fit what was asked for.
pub const REFUSED: i32 = 2;
/// Its exit code where something else is wrong.
const FAILED: i32 = 1;
/// Memory that it may take, in bytes of address space.
const MEMORY_MAX: u64 = 3 * 1024 * 1024 * 1024;
/// Time on processors that it may take, in seconds; the service ends it sooner by the clock.
const CPU_MAX_S: u64 = 120;
/// Names how far everything else goes first.
pub const NICE: &str = "SOS_DOCUMENT_NICE";

/// Reads a [`Document`] from the standard input and writes its PDF to the standard output; gives the exit code.
#[must_use]
pub fn run() -> i32 {
    // What a panic says may hold words of people.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("a fault at {place}");
    }));
    match made() {
        Ok(()) => 0,
        Err((code, said)) => {
            eprintln!("{said}");
            code
        }
    }
}

fn made() -> Result<(), (i32, String)> {
    let failed = |error: &dyn std::fmt::Display| (FAILED, error.to_string());
    limited().map_err(|error| failed(&error))?;
    let mut json = vec![];
    let input = std::io::stdin().lock();
    input.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(&mut json).map_err(|error| failed(&error))?;
    // Where it is broken may be said, what is there may not.
    let document: Document = serde_json::from_slice(&json).map_err(|error| {
        (FAILED, format!("no document: column {} of line {}", error.column(), error.line()))
    })?;
    drop(json);
    let pdf = sos_documents::render(&document).map_err(|error| match &error {
        RenderError::NoSuchLanguage(_) | RenderError::NoCaseFile(_) => (REFUSED, error.to_string()),
        RenderError::Typeset(_) => (FAILED, error.to_string()),
    })?;
    let mut output = std::io::stdout().lock();
    output.write_all(&pdf).and_then(|()| output.flush()).map_err(|error| failed(&error))
}

fn limited() -> rustix::io::Result<()> {
    let at_most = |n| Rlimit { current: Some(n), maximum: Some(n) };
    setrlimit(Resource::As, at_most(MEMORY_MAX))?;
    setrlimit(Resource::Cpu, at_most(CPU_MAX_S))?;
    setrlimit(Resource::Core, at_most(0))?;
    let first = std::env::var(NICE).ok().and_then(|first| first.parse().ok());
    nice(first.unwrap_or(19)).map(|_| ())
}
