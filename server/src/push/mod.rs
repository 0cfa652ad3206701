//! Push: telling phones while their apps sleep. A hint beside the socket, never the only way, and never in the way: jobs are
//! made from the ledger after the fact, over connections to Postgres that nothing else waits for.

pub(crate) mod call;
pub mod config;
mod encrypt;
mod fcm;
mod follow;
mod google;
mod message;
mod send;
mod web;

use std::sync::Arc;
use std::time::Duration;

use sos_protocol::UnixMs;
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::http::PushTarget;
use sos_protocol::limits::PUSH_TARGET_CHARS_MAX;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::call::Outcome;
use self::config::PushConfig;
use self::fcm::Fcm;
pub(crate) use self::message::Message;
use self::web::{Subscription, Web};
use crate::app::Ambient;
use crate::auth::secret::Secret;
use crate::store::Store;
use crate::store::push::PushKind;

/// Connections to Postgres: two for whoever follows the ledger, one for each service.
pub const CONNECTIONS: u32 = 4;
/// How long a notice is good, in milliseconds: an hour later the phone has asked by itself, or is not in reach.
const TTL_MS: i64 = 3_600_000;
/// Calls of one service under way in this node.
const AT_ONCE: usize = 64;
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// A push service.
pub(crate) enum Service {
    Fcm(Box<Fcm>),
    Web(Web),
}

impl Service {
    const fn kind(&self) -> PushKind {
        match self {
            Self::Fcm(_) => PushKind::Fcm,
            Self::Web(_) => PushKind::Web,
        }
    }

    const fn name(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Sends `message`, which is good until `ends`.
    pub(crate) async fn send(&self, target: &PushTarget, message: &Message, ends: UnixMs) -> Outcome {
        match (self, target) {
            (Self::Fcm(fcm), PushTarget::Fcm { token }) => fcm.send(token, message, ends).await,
            (Self::Web(web), PushTarget::Web { endpoint, p256dh, auth }) => {
                web.send(Subscription { endpoint, p256dh, auth }, message, ends).await
            }
            // The target was changed while the job was taken in hand: the next try goes the right way.
            (Self::Fcm(_), PushTarget::Web { .. }) | (Self::Web(_), PushTarget::Fcm { .. }) => {
                Outcome::Later("changed", None)
            }
        }
    }
}

/// What the loops need.
struct Sending {
    store: Store,
    clock: SharedClock,
    entropy: SharedEntropy,
}

/// The push services that are set up.
pub struct Push(Vec<Arc<Service>>);

impl Push {
    /// As the settings say; none of them: push is off.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn new(config: &PushConfig, secret: &Secret, ambient: &Ambient) -> anyhow::Result<Self> {
        if config.fcm_account.is_none() && config.contact.is_none() {
            return Ok(Self(vec![]));
        }
        let client = call::client()?;
        let Ambient { clock, entropy } = ambient;
        let mut services = vec![];
        if let Some(file) = &config.fcm_account {
            services.push(Service::Fcm(Box::new(Fcm::new(file, config, &client, clock)?)));
        }
        if let Some(contact) = &config.contact {
            let known = config.web_push_services.clone();
            services.push(Service::Web(Web::new(secret, contact.clone(), known, &client, (clock, entropy))?));
        }
        Ok(Self(services.into_iter().map(Arc::new).collect()))
    }

    /// Starts following the ledger and sending, over the connections of `store`.
    pub fn spawn(&self, store: &Store, ambient: &Ambient, tracker: &TaskTracker, stop: &CancellationToken) {
        if self.0.is_empty() {
            return;
        }
        let Ambient { clock, entropy } = ambient.clone();
        let sending = Arc::new(Sending { store: store.clone(), clock, entropy });
        for service in &self.0 {
            tracker.spawn(send::run(sending.clone(), service.clone(), stop.clone()));
        }
        let stop = stop.clone();
        tracker.spawn(async move { follow::run(&sending, stop).await });
    }

    /// The key that pages subscribe with; none: no Web Push.
    #[must_use]
    pub fn public_key(&self) -> Option<String> {
        self.web().map(Web::public_key)
    }

    /// Whether something of this kind is sent at all.
    #[must_use]
    pub fn offers(&self, kind: PushKind) -> bool {
        self.0.iter().any(|service| service.kind() == kind)
    }

    /// The service for targets of this kind; none: it is not set up.
    pub(crate) fn service(&self, kind: PushKind) -> Option<Arc<Service>> {
        self.0.iter().find(|service| service.kind() == kind).cloned()
    }

    /// Whether `target` is one that can be sent to; else the field that is wrong.
    ///
    /// # Errors
    /// Name of the field.
    pub fn check(&self, target: &PushTarget) -> Result<(), &'static str> {
        match target {
            PushTarget::Fcm { token } => {
                let fits = (1..=PUSH_TARGET_CHARS_MAX).contains(&token.len())
                    && token.bytes().all(|byte| byte.is_ascii_graphic());
                if fits { Ok(()) } else { Err("token") }
            }
            PushTarget::Web { endpoint, p256dh, auth } => {
                if endpoint.len() > PUSH_TARGET_CHARS_MAX {
                    return Err("endpoint");
                }
                let to = Subscription { endpoint, p256dh, auth };
                match to.keys() {
                    None => Err("p256dh, auth"),
                    Some(_) if self.web().is_some_and(|web| web.takes(to)) => Ok(()),
                    Some(_) => Err("endpoint"),
                }
            }
        }
    }

    fn web(&self) -> Option<&Web> {
        self.0.iter().find_map(|service| match &**service {
            Service::Web(web) => Some(web),
            Service::Fcm(_) => None,
        })
    }
}
