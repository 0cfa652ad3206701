//! Why something that administrators keep was not changed.

use sos_protocol::limits::LABEL_CHARS_MAX;
use sos_protocol::{ErrorCode, Problem, lenient};

use crate::store::{Store, StoreError, USE_WITHIN};

/// Why something was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else changed it since it was seen.
    #[error("it was changed since")]
    Stale,
    /// There is none, or none that whoever asks may know of.
    #[error("there is none")]
    NotFound,
    /// A list is too long.
    #[error("{field}: at most {most}")]
    TooMany {
        /// Which.
        field: &'static str,
        /// Most elements.
        most: usize,
    },
    /// Something in it cannot be.
    #[error("{field}: {detail}")]
    Invalid {
        /// Where; places in lists count from 0.
        field: String,
        /// What, in English words.
        detail: String,
    },
}

impl AdminError {
    /// `field` cannot be so, and why.
    pub(super) fn invalid(field: impl Into<String>, detail: impl ToString) -> Self {
        Self::Invalid { field: field.into(), detail: detail.to_string() }
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        let detail = error.to_string();
        match error {
            AdminError::Store(error) => error.into(),
            AdminError::Stale => Self::new(ErrorCode::StaleVersion),
            AdminError::NotFound => Self::new(ErrorCode::NotFound),
            AdminError::TooMany { field, .. } => Self::new(ErrorCode::TooMany).detail(detail).field(field),
            AdminError::Invalid { field, detail } => {
                Self::new(ErrorCode::InvalidField).detail(detail).field(field)
            }
        }
    }
}

/// One use of the store, whose refusals are no faults of it.
pub(super) async fn using<T>(
    store: &Store,
    work: impl Future<Output = Result<T, AdminError>>,
) -> Result<T, AdminError> {
    let outcome = store.within(USE_WITHIN, async {
        match work.await {
            Err(AdminError::Store(error)) => Err(error),
            outcome => Ok(outcome),
        }
    });
    outcome.await?
}

/// Refuses what is not so.
pub(super) fn ensure(is_so: bool, field: impl Into<String>, detail: impl ToString) -> Result<(), AdminError> {
    if is_so { Ok(()) } else { Err(AdminError::invalid(field, detail)) }
}

/// A line of words: cleaned of control characters and of blanks around it, neither empty nor over [`LABEL_CHARS_MAX`].
pub(super) fn label(text: &str, field: impl Into<String>) -> Result<String, AdminError> {
    words(text, LABEL_CHARS_MAX, field)
}

/// The same with another limit.
pub(super) fn words(text: &str, chars_max: usize, field: impl Into<String>) -> Result<String, AdminError> {
    let (kept, is_cut) = lenient::text(text, chars_max);
    let kept = kept.trim().to_owned();
    ensure(!is_cut && !kept.is_empty(), field, format!("1 to {chars_max} characters"))?;
    Ok(kept)
}
