//! Whose phones press: the demo workers that `ops/up` loaded, each enrolled once and kept for the next demo.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sos_mobile_bridge::Bridge;
use sos_protocol::{CountryCode, WorkerId};

use crate::phone::{close_bridge, open_bridge};
use crate::server_program::ServerProgram;
use crate::up::Running;

/// One line of `sos-server admin create-codes --json`.
#[derive(Debug, Deserialize)]
struct Code {
    code: String,
    worker_id: WorkerId,
}

/// A worker with a phone that the service knows.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) country: Option<CountryCode>,
    pub(super) bridge: Arc<Bridge>,
}

/// Where phones are kept and codes come from.
pub(super) struct Source {
    pub(super) server_url: String,
    phones: PathBuf,
    codes: Codes,
}

enum Codes {
    /// The installation that runs here makes them.
    Made(ServerProgram),
    /// Somebody made them.
    Listed(PathBuf),
}

impl Source {
    /// The installation that runs on `data`; or the service at `server`, with codes from a file.
    pub(super) fn find(server: Option<&str>, codes: Option<&Path>, data: &Path) -> Result<Self> {
        if let Some(file) = codes {
            let server_url = server.context("--codes needs --server")?.to_owned();
            let phones = data.join("demo-phones");
            return Ok(Self { server_url, phones, codes: Codes::Listed(file.to_owned()) });
        }
        let found = Running::find(data)?;
        let Some((running, folder)) = found else {
            bail!("nothing runs on {}; start ops/up first (or give --server and --codes)", data.display());
        };
        ensure!(
            server.is_none_or(|url| url.trim_end_matches('/') == running.server_url),
            "what runs on {} answers at {}; for another service give --codes as well",
            data.display(),
            running.server_url
        );
        let program = running.server_program(&folder)?;
        let phones = folder.join("demo-phones");
        Ok(Self { server_url: running.server_url, phones, codes: Codes::Made(program) })
    }

    /// Up to `count` people; phones of an earlier demo first.
    pub(super) async fn people(&self, count: usize) -> Result<Vec<Person>> {
        let mut people = self.kept(count).await?;
        if people.len() < count {
            for code in self.codes()?.into_iter().take(count - people.len()) {
                people.push(self.enrolled(&code).await?);
            }
        }
        ensure!(!people.is_empty(), "there is no worker without a phone to enrol");
        Ok(people)
    }

    async fn kept(&self, count: usize) -> Result<Vec<Person>> {
        let Ok(files) = std::fs::read_dir(&self.phones) else { return Ok(Vec::new()) };
        let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|ext| ext == "db"));
        paths.sort();
        let mut people = Vec::new();
        for path in paths.into_iter().take(count) {
            let bridge = self.open(&path)?;
            match bridge.enrolment()? {
                Some(enrolment) => people.push(Person {
                    name: enrolment.worker.name,
                    country: enrolment.worker.contract_country,
                    bridge,
                }),
                None => close_bridge(bridge).await,
            }
        }
        Ok(people)
    }

    fn codes(&self) -> Result<Vec<Code>> {
        let lines = match &self.codes {
            Codes::Made(program) => {
                program.run(&["admin", "create-codes", "--workers", "all-without-device", "--json"], "")?
            }
            Codes::Listed(file) => {
                std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?
            }
        };
        lines.lines().filter(|line| !line.is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    async fn enrolled(&self, code: &Code) -> Result<Person> {
        let bridge = self.open(&self.phones.join(format!("{}.db", code.worker_id)))?;
        let enrolment = bridge.enrol(code.code.clone()).await.context("enrolling a demo worker")?;
        Ok(Person { name: enrolment.worker.name, country: enrolment.worker.contract_country, bridge })
    }

    fn open(&self, path: &Path) -> Result<Arc<Bridge>> {
        Ok(Arc::new(
            open_bridge(path, &self.server_url).with_context(|| format!("opening {}", path.display()))?,
        ))
    }
}
