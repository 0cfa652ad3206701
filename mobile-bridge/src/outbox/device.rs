//! Who this phone is.

use rusqlite::{OptionalExtension, Transaction};
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::Enrolled;
use sos_protocol::{DeviceId, Seq, UnixMs};

use super::{Outbox, OutboxError};

/// What enrolment gave the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The phone's name.
    pub device_id: DeviceId,
    /// To be shown in `hello`.
    pub credential: String,
    /// Until when the first credential was good; the service sends newer ones by itself.
    pub credential_expires_ms: UnixMs,
    /// Who the service takes the owner for.
    pub worker: WorkerProfile,
}

impl From<Enrolled> for Identity {
    fn from(enrolled: Enrolled) -> Self {
        Self {
            device_id: enrolled.device_id,
            credential: enrolled.credential,
            credential_expires_ms: enrolled.credential_expires_ms,
            worker: enrolled.worker,
        }
    }
}

impl Outbox {
    /// The secret of the device key, where it is kept here.
    ///
    /// # Errors
    /// What the disk says.
    pub fn secret_key(&self) -> Result<Option<Vec<u8>>, OutboxError> {
        Ok(self.db.query_row("SELECT secret_key FROM device", [], |row| row.get(0))?)
    }

    /// Keeps the secret of the device key.
    ///
    /// # Errors
    /// What the disk says.
    pub fn set_secret_key(&mut self, secret: &[u8]) -> Result<(), OutboxError> {
        self.db.execute("UPDATE device SET secret_key = ?1", [secret])?;
        Ok(())
    }

    /// Who this phone is; none before enrolment.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn identity(&self) -> Result<Option<Identity>, OutboxError> {
        let row: Option<(String, String, i64, String)> = self
            .db
            .query_row(
                "SELECT device_id, credential, credential_expires_ms, worker FROM device
                 WHERE device_id IS NOT NULL AND credential IS NOT NULL",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()?;
        let Some((device_id, credential, expires_ms, worker)) = row else { return Ok(None) };
        Ok(Some(Identity {
            device_id: device_id.parse()?,
            credential,
            credential_expires_ms: UnixMs(expires_ms),
            worker: serde_json::from_str(&worker)?,
        }))
    }

    /// Keeps who this phone is from now on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn set_identity(&mut self, identity: &Identity) -> Result<(), OutboxError> {
        self.db.execute(
            "UPDATE device SET device_id = ?1, credential = ?2, credential_expires_ms = ?3, worker = ?4",
            (
                identity.device_id.to_string(),
                &identity.credential,
                identity.credential_expires_ms.0,
                serde_json::to_string(&identity.worker)?,
            ),
        )?;
        Ok(())
    }

    /// The largest place in the ledger that this phone has dealt with.
    ///
    /// # Errors
    /// What the disk says.
    pub fn last_seq(&self) -> Result<Seq, OutboxError> {
        Ok(Seq(self.db.query_row("SELECT last_seq FROM device", [], |row| row.get(0))?))
    }
}

pub(super) fn set_credential(tx: &Transaction<'_>, credential: &str) -> Result<bool, OutboxError> {
    let changed = tx.execute(
        "UPDATE device SET credential = ?1 WHERE device_id IS NOT NULL AND credential IS NOT ?1",
        [credential],
    )?;
    Ok(changed > 0)
}

pub(super) fn advance_seq(tx: &Transaction<'_>, seq: Seq) -> Result<(), OutboxError> {
    tx.execute("UPDATE device SET last_seq = max(last_seq, ?1)", [seq.0])?;
    Ok(())
}
