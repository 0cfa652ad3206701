//! Why a call could not be met, for apps.

use sos_protocol::ErrorCode;

use crate::bridge::BridgeError;
use crate::outbox::OutboxError;
use crate::signer::SignerError;
use crate::transport::TransportError;

/// A call could not be met. The text is English, for developers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
pub enum SosError {
    /// Another process, or another bridge of this one, has the data open.
    #[error("this phone's data is open already")]
    InUse,
    /// The data was written by a later version of the app.
    #[error("this phone's data was written by a later version of the app")]
    NewerData,
    /// The disk is full or broken, or the data is damaged.
    #[error("the phone's storage failed: {detail}")]
    Storage {
        /// In English words.
        detail: String,
    },
    /// Too many messages wait to be sent.
    #[error("too many messages are waiting to be sent")]
    TooManyMessages,
    /// The address of the service is none.
    #[error("this is not an address of a service")]
    Address,
    /// The certificates to trust cannot be read.
    #[error("the trusted certificates cannot be used: {detail}")]
    Trust {
        /// In English words.
        detail: String,
    },
    /// No connection to the service, or no answer in time: later again.
    #[error("the service cannot be reached: {detail}")]
    Unreachable {
        /// In English words.
        detail: String,
    },
    /// The enrolment code does not exist.
    #[error("this enrolment code does not exist")]
    CodeUnknown,
    /// The enrolment code was used by another phone.
    #[error("this enrolment code was used before")]
    CodeUsed,
    /// The enrolment code is past its time.
    #[error("this enrolment code is past its time")]
    CodeExpired,
    /// A PIN has 4 to 8 digits.
    #[error("a PIN has 4 to 8 digits")]
    Pin,
    /// The PIN that was set so far is needed.
    #[error("the PIN that was set so far is needed")]
    PinNeeded,
    /// It is not the PIN that was set.
    #[error("this is not the PIN")]
    PinWrong,
    /// The service refused for another reason, or said something that this version does not know.
    #[error("the service refused: {detail}")]
    Refused {
        /// The code of the problem (`protocol/README.md`, "Errors"), or English words.
        detail: String,
    },
    /// The key store does not sign.
    #[error("the device key cannot be used: {detail}")]
    Key {
        /// In English words.
        detail: String,
    },
    /// There is no alert that this could belong to.
    #[error("there is no open alert")]
    NoAlert,
    /// This phone is not known to the service yet: enrol it.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// The text is empty or too long.
    #[error("the text is empty or longer than 2,000 characters")]
    Text,
    /// This is no id.
    #[error("this is no id")]
    Id,
    /// The threads of the bridge could not be started.
    #[error("the bridge could not be started: {detail}")]
    Start {
        /// In English words.
        detail: String,
    },
    /// The bridge was shut down.
    #[error("the bridge was shut down")]
    Closed,
}

impl From<BridgeError> for SosError {
    fn from(error: BridgeError) -> Self {
        match error {
            BridgeError::Outbox(error) => error.into(),
            BridgeError::Transport(error) => error.into(),
            BridgeError::Signer(error) => error.into(),
            BridgeError::NoAlert => Self::NoAlert,
            BridgeError::NotEnrolled => Self::NotEnrolled,
            BridgeError::Text => Self::Text,
            BridgeError::Start(detail) => Self::Start { detail },
            BridgeError::Closed => Self::Closed,
        }
    }
}

impl From<OutboxError> for SosError {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::InUse => Self::InUse,
            OutboxError::Newer { .. } => Self::NewerData,
            OutboxError::Full => Self::TooManyMessages,
            OutboxError::Storage(_) | OutboxError::Damaged(_) => Self::Storage { detail: error.to_string() },
        }
    }
}

impl From<TransportError> for SosError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Address(_) => Self::Address,
            TransportError::Trust(detail) => Self::Trust { detail },
            TransportError::Unreachable(detail) => Self::Unreachable { detail },
            TransportError::Answer(detail) => Self::Refused { detail },
            TransportError::Refused(problem) => match problem.code {
                ErrorCode::CodeUnknown => Self::CodeUnknown,
                ErrorCode::CodeUsed => Self::CodeUsed,
                ErrorCode::CodeExpired => Self::CodeExpired,
                ErrorCode::PinNeeded => Self::PinNeeded,
                ErrorCode::PinWrong => Self::PinWrong,
                // Later again, as without a connection.
                ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::RateLimited => {
                    Self::Unreachable { detail: problem.code.as_str().to_owned() }
                }
                code => Self::Refused { detail: code.as_str().to_owned() },
            },
        }
    }
}

impl From<SignerError> for SosError {
    fn from(error: SignerError) -> Self {
        Self::Key { detail: error.reason }
    }
}
