//! How the service is known to be the service, where the system's own roots are not to be had: a phone's are out of
//! reach of a library that is no part of the app's platform code.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::{TransportError, install_crypto};

/// Whose certificates are believed.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Nobody but these roots, in PEM: the ministry's own, or those that the service's certificate comes from.
    ///
    /// # Errors
    /// [`TransportError::Trust`] when there is no certificate in `pem`, or one that is none.
    pub fn only(pem: &str) -> Result<Self, TransportError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|e| TransportError::Trust(e.to_string()))?;
            roots.add(certificate).map_err(|e| TransportError::Trust(e.to_string()))?;
        }
        if roots.is_empty() {
            return Err(TransportError::Trust("there is no certificate in the text".into()));
        }
        Ok(Self::of(roots))
    }

    /// The roots that Mozilla trusts, as of this build.
    #[cfg(feature = "ffi")]
    #[must_use]
    pub fn public() -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        Self::of(roots)
    }

    fn of(roots: RootCertStore) -> Self {
        install_crypto();
        Self(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
    }

    pub(super) fn client_config(&self) -> ClientConfig {
        ClientConfig::clone(&self.0)
    }

    pub(super) fn shared(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_readable_is_no_trust() {
        for pem in ["", "words", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(matches!(Trust::only(pem), Err(TransportError::Trust(_))), "{pem:?}");
        }
    }

    #[cfg(feature = "ffi")]
    #[test]
    fn the_public_roots_are_read() {
        let mut roots = RootCertStore::empty();
        let all = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        let (read, unreadable) = roots.add_parsable_certificates(all.iter().cloned());
        assert!(read > 50 && unreadable == 0, "{read} read, {unreadable} not");
    }
}
