//! The two ways to the service.

mod http;
mod socket;
mod trust;

use std::sync::Once;

use sos_protocol::Problem;

pub use http::{DeviceCall, HttpClient};
pub use socket::{Incoming, Socket};
pub use trust::Trust;

/// The service could not be reached, or did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// The address of the service is none.
    #[error("{0} is not an address of a service")]
    Address(String),
    /// No connection, or no answer in time.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The service refused, and said why.
    #[error("the service refused: {}", .0.detail.as_ref().unwrap_or(&.0.title))]
    Refused(Box<Problem>),
    /// The certificates to trust cannot be read.
    #[error("the trusted certificates cannot be used: {0}")]
    Trust(String),
    /// The answer is not of this protocol.
    #[error("the answer is not of this protocol: {0}")]
    Answer(String),
}

/// Where the service is, and how it is known to be the service.
#[derive(Debug, Clone)]
pub struct Endpoints {
    base: reqwest::Url,
    trust: Option<Trust>,
}

impl Endpoints {
    /// Reads an `http://` or `https://` address; a path in it is kept in front of the service's own.
    ///
    /// # Errors
    /// [`TransportError::Address`].
    pub fn parse(server_url: &str) -> Result<Self, TransportError> {
        let refuse = || TransportError::Address(server_url.to_owned());
        let mut base = reqwest::Url::parse(server_url).map_err(|_| refuse())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(refuse());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        base.set_query(None);
        base.set_fragment(None);
        Ok(Self { base, trust: None })
    }

    /// The same, known by `trust`; none: by the roots that the system keeps.
    #[must_use]
    pub fn trusting(self, trust: Option<Trust>) -> Self {
        Self { trust, ..self }
    }

    fn http(&self, path: &str) -> Result<reqwest::Url, TransportError> {
        self.base.join(path).map_err(|_| TransportError::Address(path.to_owned()))
    }

    fn socket(&self) -> Result<reqwest::Url, TransportError> {
        let mut url = self.http("phone")?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| TransportError::Address(self.base.to_string()))?;
        Ok(url)
    }
}

/// Both ways use ring; a process that already chose another provider keeps it.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_the_two_ways() {
        let plain = Endpoints::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!(plain.socket().unwrap().as_str(), "ws://127.0.0.1:8080/phone");
        let secure = Endpoints::parse("https://sos.example/vn?x=1").unwrap();
        assert_eq!(secure.socket().unwrap().as_str(), "wss://sos.example/vn/phone");
        assert_eq!(secure.http("api/alerts").unwrap().as_str(), "https://sos.example/vn/api/alerts");
        for wrong in ["", "sos.example", "ftp://sos.example", "ws://sos.example"] {
            assert!(matches!(Endpoints::parse(wrong), Err(TransportError::Address(_))), "{wrong}");
        }
    }
}
