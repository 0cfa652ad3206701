//! The phone itself: where its data is, which service it calls, who it belongs to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use sos_mobile_bridge::{Bridge, Config};
use sos_protocol::ambient::{SystemClock, SystemEntropy};

use super::show;

/// Which phone, and which service.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// Address of the service; without it, the local one on SOS_PORT
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    #[arg(long, env = "SOS_PORT", default_value_t = 8080, hide = true)]
    port: u16,
    /// Folder of this phone's data, one for each phone; without it, one for each service in SOS_DATA
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[arg(long, env = "SOS_DATA", default_value = ".data", hide = true)]
    all_data: PathBuf,
}

impl Place {
    fn server_url(&self) -> String {
        self.server.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", self.port))
    }

    fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| self.all_data.join("phone").join(folder_name(&self.server_url())))
    }
}

/// `http://127.0.0.1:8080` as a folder's name.
fn folder_name(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect()
}

/// An open phone.
pub(super) struct Handset {
    bridge: Arc<Bridge>,
    folder: PathBuf,
}

impl Handset {
    pub(super) fn open(place: &Place) -> Result<Self> {
        let folder = place.folder();
        let bridge = open_bridge(&folder.join("outbox.db"), &place.server_url())
            .with_context(|| format!("opening the phone in {}", folder.display()))?;
        Ok(Self { bridge: Arc::new(bridge), folder })
    }

    pub(super) fn bridge(&self) -> &Bridge {
        &self.bridge
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Enrols, and tells whose phone it is.
    pub(super) async fn enrol(&self, code: &str) -> Result<String> {
        let enrolment = self.bridge.enrol(code.to_owned()).await.context("enrolling this phone")?;
        Ok(enrolment.worker.name)
    }

    /// On standard error, so that `--json` stays clean.
    pub(super) fn say_who(&self) -> Result<()> {
        match self.bridge.enrolment()? {
            Some(enrolment) => eprintln!("{}", enrolment.worker.name),
            None => eprintln!("{}", show::NOT_ENROLLED),
        }
        Ok(())
    }

    pub(super) async fn close(self) {
        close_bridge(self.bridge).await;
    }
}

/// Opens a phone's file, and the folder above it if it is not there.
pub(crate) fn open_bridge(path: &Path, server_url: &str) -> Result<Bridge> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut config = Config::new(server_url);
    config.app_version = Some(concat!("sos-ops ", env!("CARGO_PKG_VERSION")).to_owned());
    config.device_model = Some("simulated phone".to_owned());
    Ok(Bridge::open(path, config, Arc::new(SystemClock::new()), Arc::new(SystemEntropy))?)
}

/// Closing waits for the bridge's thread.
pub(crate) async fn close_bridge(bridge: Arc<Bridge>) {
    drop(tokio::task::spawn_blocking(move || bridge.close()).await);
}

#[cfg(test)]
mod tests {
    use super::folder_name;

    #[test]
    fn every_service_has_its_own_phone() {
        assert_eq!(folder_name("http://127.0.0.1:8080"), "127.0.0.1_8080");
        assert_eq!(folder_name("https://sos.example/vn/"), "sos.example_vn_");
    }
}
