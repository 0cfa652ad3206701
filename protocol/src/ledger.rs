//! Checkpoints of the ledger, for whoever keeps them elsewhere.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::UnixMs;

/// `GET /api/ledger/key`: a public key that checkpoints are signed with (ES256), as a JSON Web Key (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LedgerKey {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// Coordinate, base64url without padding.
    pub x: String,
    /// Coordinate, base64url without padding.
    pub y: String,
    /// Its thumbprint (RFC 7638): SHA-256, base64url without padding.
    pub kid: String,
}

/// `GET /api/ledger/checkpoint`: what the ledger was at a time, signed. Who has kept one can tell later whether the ledger is
/// still the one that was signed, or that one with more entries behind it.
///
/// Signed (ECDSA on P-256 with SHA-256) are six lines in UTF-8, each with a line feed at its end: `format`, `log`, `tree_size`,
/// `root`, `at_ms` and the `kid` of `key`, as they stand here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// `sos-checkpoint/1`.
    pub format: String,
    /// Which ledger it is, whatever key signs.
    #[cfg_attr(feature = "schema", ts(type = "string"))]
    pub log: Uuid,
    /// How many entries it had: those with `seq` from 1 to this.
    #[cfg_attr(feature = "schema", ts(type = "number"))]
    pub tree_size: u64,
    /// Root of the Merkle tree (RFC 9162, SHA-256) over them, 64 hexadecimal digits in lower case.
    pub root: String,
    /// When it was signed.
    pub at_ms: UnixMs,
    /// The key that it was signed with. Whether that is the service's is for the reader to know.
    pub key: LedgerKey,
    /// r and s, 64 bytes, base64url without padding.
    pub signature: String,
}
