//! Passwords of officers: argon2id.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sos_protocol::ambient::Entropy;
use tokio::sync::Semaphore;

/// Shortest password that an account can be given.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Hashes computed at once; each takes about 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;

/// Checks passwords, a few at a time and off the async threads.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked against when there is no such account, so that both answers take as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// With `entropy` for the salt of the stand-in hash.
    ///
    /// # Panics
    /// Never with the argon2 parameters used here.
    #[must_use]
    pub fn new(entropy: &dyn Entropy) -> Self {
        let nobody = hash("nobody has this password", entropy).expect("argon2 hashes a short text");
        Self { turns: Arc::new(Semaphore::new(HASHES_AT_ONCE)), nobody: nobody.into() }
    }

    /// Whether `password` is the one of `stored` (none: no such account, never true).
    pub async fn fits(&self, password: String, stored: Option<String>) -> bool {
        let Ok(_turn) = self.turns.acquire().await else { return false };
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let check = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        check.await.unwrap_or(false) && known
    }
}

/// The stored form of a password.
///
/// # Errors
/// When argon2 refuses it (over 4 GiB long).
pub fn hash(password: &str, entropy: &dyn Entropy) -> anyhow::Result<String> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(hash.to_string())
}
