//! What can go wrong with Postgres.

use crate::deadline::Elapsed;

/// What can go wrong with Postgres.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It did not answer in time; what was asked may have been done.
    #[error("postgres: {0}")]
    Slow(#[from] Elapsed),
    /// It failed several times in a row just now and is not asked.
    #[error("postgres: not asked, it failed just now")]
    Resting,
    /// It answered with an error, or is not there.
    #[error("postgres: {0}")]
    Sql(#[from] sqlx::Error),
    /// It holds something that cannot be read.
    #[error("postgres: unreadable row: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The desks were not read yet, or contradict each other: nobody knows yet where an alert goes.
    #[error("no desks that can be used")]
    NoDesks,
    /// The personal part of a row does not open with the subject's key.
    #[error("postgres: sealed part of a row does not open")]
    Sealed,
    /// A checkpoint, or a subtree of the ledger's tree, has a key or a hash that is none.
    #[error("postgres: unreadable checkpoint or subtree")]
    Tree,
}

impl StoreError {
    /// The same again later may work: the store is away, slow, or two were in each other's way.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        // Classes: rollback (deadlock, serialization), a lock that was not to be had in time, a transaction that this
        // node left lying too long.
        self.is_away()
            || self.is_taken()
            || matches!(self, Self::NoDesks)
            || self.is_of_class(&["40", "55P03", "25P03"])
    }

    /// The store is not there, or does not answer: nothing that was asked is at fault.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Slow(_) | Self::Resting => true,
            // Classes: connection, out of resources, operator intervention, system error.
            Self::Sql(sqlx::Error::Database(_)) => self.is_of_class(&["08", "53", "57", "58"]),
            Self::Sql(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed,
            ) => true,
            Self::Sql(_) | Self::Unreadable(_) | Self::NoDesks | Self::Sealed | Self::Tree => false,
        }
    }

    fn is_of_class(&self, classes: &[&str]) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        let code = error.code().unwrap_or_default();
        classes.iter().any(|class| code.starts_with(class))
    }

    /// A unique key was taken already.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(e)) if e.code().as_deref() == Some("23505"))
    }
}
