//! Passwords of officers and PINs of workers: argon2id.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sos_protocol::ambient::{Entropy, SharedEntropy};
use tokio::sync::{Semaphore, SemaphorePermit};

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
        let [fits] = self.which(password, [stored]).await;
        fits
    }

    /// Which of `stored` it is (none: never). All are looked at, in order and in one turn, whatever the first ones say:
    /// neither the time nor the load tells which one it was.
    pub async fn which<const N: usize>(&self, password: String, stored: [Option<String>; N]) -> [bool; N] {
        let known = stored.each_ref().map(Option::is_some);
        let stored = stored.map(|hash| hash.unwrap_or_else(|| self.nobody.to_string()));
        let Some(turn) = self.turn().await else { return [false; N] };
        let check = move || {
            stored.map(|stored| {
                PasswordHash::new(&stored)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
        };
        let fits = tokio::task::spawn_blocking(check).await.unwrap_or([false; N]);
        drop(turn);
        std::array::from_fn(|i| fits[i] && known[i])
    }

    /// The stored forms of `passwords`, made in one turn.
    ///
    /// # Errors
    /// As [`hash`].
    pub async fn hashes<const N: usize>(
        &self,
        passwords: [String; N],
        entropy: SharedEntropy,
    ) -> anyhow::Result<[String; N]> {
        let turn = self.turn().await;
        let make = move || -> anyhow::Result<Vec<String>> {
            passwords.iter().map(|password| hash(password, &*entropy)).collect()
        };
        let made = tokio::task::spawn_blocking(make).await??;
        drop(turn);
        made.try_into().map_err(|_| anyhow::anyhow!("as many hashes as passwords"))
    }

    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sos_protocol::ambient::SystemEntropy;

    use super::*;

    #[tokio::test]
    async fn every_hash_is_looked_at_and_one_that_is_not_there_never_fits() {
        let passwords = Passwords::new(&SystemEntropy);
        let texts = ["one", "two", "one"].map(str::to_owned);
        let [one, two, again] = passwords.hashes(texts, Arc::new(SystemEntropy)).await.unwrap();
        assert_ne!(one, again, "each has a salt of its own");
        let stored = [Some(one), Some(two), None, Some(again), Some("no hash".to_owned())];
        let fits = passwords.which("one".to_owned(), stored.clone()).await;
        assert_eq!(fits, [true, false, false, true, false]);
        assert_eq!(passwords.which("nobody has this password".to_owned(), [None]).await, [false]);
        assert!(passwords.fits("two".to_owned(), stored[1].clone()).await);
    }
}
