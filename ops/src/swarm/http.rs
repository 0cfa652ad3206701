//! The HTTP client of consoles and enrolment.

use std::sync::Once;
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Longest wait for an answer; signing in hashes a password, and many enrol at once.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// A client without cookies of its own and without redirects.
///
/// # Errors
/// When it cannot be set up.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    static CRYPTO: Once = Once::new();
    // The library wants a provider even where nothing is encrypted; one that was chosen before stays.
    CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}
