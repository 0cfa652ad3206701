//! Many phones and consoles in one process, each with its own log of what it was told.
//!
//! They speak the protocol over bare sockets and share no code with the server or the phone core, so that their
//! logs are evidence: what a phone was told is compared with what consoles were shown and what is in the ledger.
//! A phone is one task with small buffers; 20,000 of them fit into one process.

pub(crate) mod alerts;
mod book;
mod console;
mod console_log;
mod console_session;
mod http;
mod identity;
mod link;
mod phone;
mod phones;
pub(crate) mod places;
mod pressing;
mod reader;
mod shared;
mod silent;
pub(crate) mod socket;
mod unfinished;

use std::time::Instant;

pub use book::{AlertLog, Counts};
pub use console::{Consoles, ConsolesConfig};
pub use console_log::ConsoleLog;
pub use identity::{Identity, enrol};
pub use phones::{Swarm, SwarmConfig};
pub use pressing::Pressing;
pub(crate) use reader::Reader;
pub use silent::{silent_console, silent_phone};

/// The monotonic clock that all logs here are kept by.
#[allow(clippy::disallowed_methods, reason = "the one place where simulated phones read the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
