use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(
            #[cfg_attr(feature = "schema", ts(type = "string"))]
            pub Uuid,
        );

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

uuid_ids! {
    /// One press of SOS; made on the phone (UUIDv7) and the key by which a repeat is known.
    AlertId,
    /// One person's matter; derived from the alert that opened it, see [`CaseId::of_alert`].
    CaseId,
    /// A phone that was enrolled.
    DeviceId,
    /// A worker abroad.
    WorkerId,
    /// An officer with an account.
    StaffId,
    /// A token with which another system reads.
    TokenId,
    /// A chat message, made by its author.
    MessageId,
    /// A note on a case, made by its author.
    NoteId,
    /// A measure that follows from a case, made by its author.
    MeasureId,
    /// A measured location, made on the phone.
    FixId,
    /// A photo or a voice note, made on the phone.
    AttachmentId,
    /// A safe check-in, made on the phone.
    CheckInId,
    /// One connection of a phone.
    SessionId,
    /// An enrolment code (its identity, not the code itself).
    CodeId,
    /// An on-call rota.
    RotaId,
    /// The escalation policy of a desk, through all its versions.
    PolicyId,
    /// A webhook that an administrator has set up.
    WebhookId,
    /// Where an officer can be told away from the console.
    ChannelId,
    /// That somebody is to be told of something, once, by one channel.
    NotificationId,
    /// A file that somebody takes away, made by whoever asks for it.
    ExportId,
}

impl CaseId {
    /// The case that `alert` opens when its worker has no open one: UUIDv5 of the alert's id in the namespace
    /// of the device (nil where it is not known). Every path through the service arrives at the same id.
    #[must_use]
    pub fn of_alert(device: Option<DeviceId>, alert: AlertId) -> Self {
        let namespace = device.map_or(Uuid::nil(), |d| d.0);
        Self(Uuid::new_v5(&namespace, alert.0.as_bytes()))
    }
}

/// The office that answers: a short name such as `tw-taipei`; lower-case letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(transparent)]
pub struct DeskId(pub String);

impl DeskId {
    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for DeskId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// ISO 3166-1 alpha-2 code of a country or territory, upper case, e.g. `TW`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads two ASCII letters, in either case.
    #[must_use]
    pub fn parse(s: &str) -> Option<Self> {
        match s.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CountryCode {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a two-letter country code"))
    }
}

/// Place in the ledger: 1 is the first entry, no gaps; also the cursor that consoles and phones resume from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(transparent)]
pub struct Seq(#[cfg_attr(feature = "schema", ts(type = "number"))] pub i64);
