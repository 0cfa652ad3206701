//! Errors, on the sockets and over HTTP alike.

use serde::{Deserialize, Serialize};

use crate::UnixMs;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)+) => {
        /// What went wrong, in a word that programs can match on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }
        }
    };
}

error_codes! {
    /// Not JSON, or not a JSON object.
    MalformedJson = "malformed_json", 400;
    /// The `type` is not one of this version.
    UnknownType = "unknown_type", 400;
    /// A field is missing.
    MissingField = "missing_field", 400;
    /// A field has a value that cannot be.
    InvalidField = "invalid_field", 400;
    /// The frame, body or text is too large.
    TooLarge = "too_large", 413;
    /// The list is too long.
    TooMany = "too_many", 413;
    /// Binary frames are not part of this version.
    BinaryFrame = "binary_frame", 400;
    /// Too many of these in a short time; never the answer to an SOS.
    RateLimited = "rate_limited", 429;
    /// Nobody is signed in, or the session has ended.
    NotSignedIn = "not_signed_in", 401;
    /// Login or password are wrong.
    WrongPassword = "wrong_password", 401;
    /// The role does not allow it.
    Forbidden = "forbidden", 403;
    /// The request came from a page of another origin.
    ForeignOrigin = "foreign_origin", 403;
    /// There is no such thing, or none that the caller may know of.
    NotFound = "not_found", 404;
    /// This resource does not take that method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// Somebody changed the case since; `conflict` says who and when.
    StaleVersion = "stale_version", 409;
    /// The case is in a state in which this cannot be done; `conflict` says who brought it there and when.
    IllegalTransition = "illegal_transition", 409;
    /// The same id was used before for something else.
    IdReused = "id_reused", 409;
    /// The enrolment code does not exist.
    CodeUnknown = "code_unknown", 404;
    /// The enrolment code was used before.
    CodeUsed = "code_used", 409;
    /// The enrolment code is past its time.
    CodeExpired = "code_expired", 410;
    /// The signature does not fit the key.
    ProofInvalid = "proof_invalid", 401;
    /// There is no credential, or it was not made by this service.
    CredentialInvalid = "credential_invalid", 401;
    /// The credential is past its time; `welcome` brings a new one.
    CredentialExpired = "credential_expired", 401;
    /// The device is not known any more, or was revoked.
    DeviceRevoked = "device_revoked", 403;
    /// The worker has set a PIN, and this needs it.
    PinNeeded = "pin_needed", 403;
    /// It is not the PIN (or, of a card, not its code).
    PinWrong = "pin_wrong", 403;
    /// The content is not what it was said to be, or of a kind that is not taken.
    ContentRefused = "content_refused", 415;
    /// Only a verified phone may do this; an SOS is always taken.
    NotVerified = "not_verified", 403;
    /// The ticket for the feed is unknown, used or past its time.
    TicketInvalid = "ticket_invalid", 401;
    /// Another connection of the same device took over.
    SessionReplaced = "session_replaced", 409;
    /// The alert that this refers to is not recorded yet; send it again a little later.
    NotYetRecorded = "not_yet_recorded", 425;
    /// The service cannot keep it safe at the moment: nothing was taken, keep it and send it again.
    Unavailable = "unavailable", 503;
    /// A fault of the service.
    Internal = "internal", 500;
}

/// An RFC 9457 problem document (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Problem {
    /// `urn:sos:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in English words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// The code.
    pub code: ErrorCode,
    /// What exactly, without personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For a lost race: who did what, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
}

impl Problem {
    /// The document for `code`.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: format!("urn:sos:problem:{}", code.as_str()),
            title: code.as_str().replace('_', " "),
            status: code.status(),
            code,
            detail: None,
            field: None,
            conflict: None,
        }
    }

    /// The same with `detail`.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same with `field`.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// Who won the race.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Conflict {
    /// What the other did: the kind of the case event, e.g. `claimed`.
    pub did: String,
    /// Their name, where a person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub at_ms: UnixMs,
    /// The version that the case has now.
    pub version: u32,
}
