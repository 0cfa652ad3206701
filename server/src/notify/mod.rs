//! Telling officers: notifications that wait are sent over push, mail and webhooks. Each channel has a loop and calls of its
//! own, and a connection to Postgres that nothing else waits for: one that hangs delays neither another nor an SOS.

pub mod config;
mod mail;
mod send;
pub(crate) mod webhook;
mod words;

use std::sync::Arc;
use std::time::Duration;

use sos_protocol::UnixMs;
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::cover::{ChannelKind, ChannelTarget};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::mail::is_address;

use self::config::NotifyConfig;
use self::mail::Mail;
use self::webhook::{Content, Webhooks};
use self::words::{Console, Words};
use crate::app::Ambient;
use crate::push::call::Outcome;
use crate::push::{Push, Service};
use crate::store::Store;
use crate::store::notify::{InHand, SendTo};
use crate::store::push::PushKind;

/// Connections to Postgres: one for each channel.
pub const CONNECTIONS: u32 = 4;
/// How long a push service keeps a message for a phone that is out of reach, in milliseconds: later another step has told
/// others.
const PUSH_TTL_MS: i64 = 600_000;
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// How a channel is sent over.
enum Way {
    Push(Arc<Service>),
    Mail(Box<Mail>),
    Webhook(Webhooks),
    /// The settings for it are missing.
    NotSetUp,
}

/// A channel with what its loop needs.
struct Channel {
    kind: ChannelKind,
    way: Way,
    console: Console,
    store: Store,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Channel {
    /// One try to tell somebody.
    async fn call(&self, job: &InHand) -> Outcome {
        let words = Words::of(job, &self.console);
        match (&self.way, &job.to) {
            (
                Way::Push(service),
                Some(SendTo::Officer { target: Some(ChannelTarget::Push { target }), .. }),
            ) => service.send(target, &words.push(job), self.push_ends(job)).await,
            (
                Way::Mail(mail),
                Some(SendTo::Officer { target: Some(ChannelTarget::Mail { address }), .. }),
            ) => mail.send(address, job.id, &words).await,
            (Way::Webhook(webhooks), Some(SendTo::Webhook(to))) => {
                let now = self.clock.now();
                let content = Content::json(&words.json(job, now));
                webhooks.call(to, &job.id.to_string(), &content, now).await
            }
            // The target was changed while it was taken in hand: the next try goes the right way.
            _ => Outcome::Later("changed", None),
        }
    }

    fn push_ends(&self, job: &InHand) -> UnixMs {
        job.ends.min(self.clock.now().plus_ms(PUSH_TTL_MS))
    }
}

/// What of the channels is set up.
pub struct Notifier {
    mail: Option<Mail>,
    webhooks: Webhooks,
    console: Console,
    push: Arc<Push>,
}

impl Notifier {
    /// As the settings say; push is that of the phones.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn new(config: &NotifyConfig, push: Arc<Push>) -> anyhow::Result<Self> {
        Ok(Self {
            mail: config.mail.as_ref().map(Mail::new).transpose()?,
            webhooks: Webhooks::new()?,
            console: Console(config.public_url.clone()),
            push,
        })
    }

    /// Starts a loop for each channel, over the connections of `store`.
    pub fn spawn(&self, store: &Store, ambient: &Ambient, tracker: &TaskTracker, stop: &CancellationToken) {
        let push = |kind| self.push.service(kind).map_or(Way::NotSetUp, Way::Push);
        let mail = self.mail.clone().map_or(Way::NotSetUp, |mail| Way::Mail(Box::new(mail)));
        for (kind, way) in [
            (ChannelKind::Web, push(PushKind::Web)),
            (ChannelKind::Fcm, push(PushKind::Fcm)),
            (ChannelKind::Mail, mail),
            (ChannelKind::Webhook, Way::Webhook(self.webhooks.clone())),
        ] {
            let channel = Channel {
                kind,
                way,
                console: self.console.clone(),
                store: store.clone(),
                clock: ambient.clock.clone(),
                entropy: ambient.entropy.clone(),
            };
            tracker.spawn(send::run(Arc::new(channel), stop.clone()));
        }
    }
}
