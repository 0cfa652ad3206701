//! The installation that runs now, as other tools (`ops/phone`, `ops/demo`) find it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sos_protocol::ambient::{Entropy, SystemEntropy};

use super::private_file;
use super::stores::Stores;
use crate::server_program::ServerProgram;
use crate::stack;

const FILE: &str = "running.json";

/// Where a running installation answers and keeps its data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Running {
    /// The address of the server, `http://127.0.0.1:PORT`.
    pub server_url: String,
    /// The address to listen on, `127.0.0.1:PORT`.
    listen: String,
    database_url: String,
    redis_url: String,
}

/// Removes the note of a running installation when dropped.
#[derive(Debug)]
pub(super) struct Note(PathBuf);

impl Drop for Note {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Running {
    pub(super) fn new(port: u16, stores: &Stores) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let server_url = format!("http://{listen}");
        Self { server_url, listen, database_url: stores.database_url(), redis_url: stores.redis_url() }
    }

    /// The installation that runs on the data folder `data` (as `SOS_DATA` names it), with that folder's
    /// real place; `None` when none runs. After a kill the note may be of one that runs no more.
    ///
    /// # Errors
    /// When the note cannot be read.
    pub fn find(data: &Path) -> Result<Option<(Self, PathBuf)>> {
        let folder = stack::place_of_data(data)?;
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let running = serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
        Ok(Some((running, folder)))
    }

    /// `sos-server` for this installation, for its `admin` commands.
    ///
    /// # Errors
    /// When the program is not built, or the secret in `folder` can be neither read nor made.
    pub fn server_program(&self, folder: &Path) -> Result<ServerProgram> {
        let secret = private_file::read_or_make(&folder.join("secret"), || {
            let mut bytes = [0; 32];
            SystemEntropy.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        })?;
        let log = std::env::var("SOS_LOG").unwrap_or_else(|_| "warn".into());
        ServerProgram::beside_this_one(vec![
            ("SOS_LISTEN", self.listen.clone()),
            ("DATABASE_URL", self.database_url.clone()),
            ("REDIS_URL", self.redis_url.clone()),
            ("SOS_SECRET", secret),
            ("SOS_ATTACHMENTS", folder.join("attachments").display().to_string()),
            ("SOS_LOG", log),
        ])
    }

    /// Leaves a note for other tools in `folder`, until the returned value is dropped.
    pub(super) fn announce(&self, folder: &Path) -> Result<Note> {
        let path = folder.join(FILE);
        private_file::write(&path, &serde_json::to_string(self)?)?;
        Ok(Note(path))
    }
}
