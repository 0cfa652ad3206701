//! What can go wrong with the local stores, in words for whoever started them.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a store, or a step around it, did not work.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// A program of the machine is missing or too old.
    #[error("{what}; install it, on Debian or Ubuntu with: apt-get install {package}")]
    Missing {
        /// What was looked for.
        what: String,
        /// The package that has it.
        package: &'static str,
    },
    /// The data folder cannot be used.
    #[error("the data folder {} cannot be used: {reason}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// Somebody else uses the data folder now.
    #[error("{holder} already runs on the data folder {}; stop it first or choose another folder", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
        /// Who uses it.
        holder: String,
    },
    /// A program ended although it should run, or ended with a failure.
    #[error("{name} ended early: {log}")]
    Ended {
        /// The program.
        name: &'static str,
        /// The last lines it wrote.
        log: String,
    },
    /// A program did not get ready in time.
    #[error("{name} was not ready after {limit_secs} s: {log}")]
    Slow {
        /// The program.
        name: &'static str,
        /// How long was waited, in seconds.
        limit_secs: u64,
        /// The last lines it wrote.
        log: String,
    },
    /// A name that cannot be the name of a database.
    #[error("{0:?} is no database name: 1 to 63 of a-z, 0-9 and _, starting with a letter")]
    Name(String),
    /// The operating system refused something.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// The answer.
        source: io::Error,
    },
}

/// A result whose error is a [`StackError`].
pub type Result<T> = std::result::Result<T, StackError>;

/// Says what was tried when an I/O call fails.
pub(crate) trait Doing<T> {
    /// Turns the error into [`StackError::Io`].
    fn doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: Into<io::Error>> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| StackError::Io { doing: what.to_string(), source: error.into() })
    }
}
