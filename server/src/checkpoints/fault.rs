//! What is wrong with a file, or with the ledger.

use std::fmt;

use sos_protocol::Seq;

/// What something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The one checkpoint.
    Checkpoint,
    /// Of two, the older one.
    OldCheckpoint,
    /// Of two, the newer one.
    NewCheckpoint,
    /// The proof that the ledger only grew.
    Growth,
    /// An entry of a case, or its proof.
    Entry(Seq),
    /// The ledger in the database.
    Ledger,
    /// The file as a whole.
    File,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::OldCheckpoint => f.write_str("old checkpoint"),
            Self::NewCheckpoint => f.write_str("new checkpoint"),
            Self::Growth => f.write_str("proof of growth"),
            Self::Entry(seq) => write!(f, "entry {}", seq.0),
            Self::Ledger => f.write_str("ledger"),
            Self::File => f.write_str("file"),
        }
    }
}

/// Why something is not shown to be whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was read, and is not what was signed.
    #[error("broken: {part}: {what}")]
    Broken {
        /// Where.
        part: Part,
        /// What is wrong, in English words.
        what: String,
    },
    /// It cannot be read, so that nothing is known of it.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

impl Fault {
    pub(super) fn broken(part: Part, what: impl Into<String>) -> Self {
        Self::Broken { part, what: what.into() }
    }

    pub(super) fn unreadable(why: impl ToString) -> Self {
        Self::Unreadable(why.to_string())
    }
}
