//! The composition root: everything is made and put together here, and ends here.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::attachments::files::Files;
use crate::attachments::{self, Attachments};
use crate::auth::credential::Credentials;
use crate::auth::password::Passwords;
use crate::auth::seal::Sealer;
use crate::auth::signing::Signer;
use crate::cap::Sender;
use crate::cases::rang;
use crate::cases::{Cases, Changing, old_reports};
use crate::checkpoints::Checkpoints;
use crate::config::Config;
use crate::dispatch::Dispatch;
use crate::documents::Documents;
use crate::durability;
use crate::escalation::{self, Escalating};
use crate::events::{self, Telling};
use crate::exports::{self, Exports, Papers};
use crate::figures::{self, Counting};
use crate::http::{self, BearerRate, OpenRate, Parts, SignInTries};
use crate::hub::Hub;
use crate::intake::recorder::Recorder;
use crate::intake::unrecorded::Unrecorded;
use crate::intake::{Intake, alerts, direct, fixes};
use crate::lane::Lane;
use crate::notify::{self, Notifier};
use crate::open_data::OpenData;
use crate::pins::Pins;
use crate::presence::Presence;
use crate::pseudonyms::Pseudonyms;
use crate::push::{self, Push};
use crate::queue::Queue;
use crate::store::Store;
use crate::workers::Workers;
use crate::ws::registry::Registry;
use crate::ws::{FeedSockets, MissedEntries, PhoneSockets};

/// Connections to Postgres that only the path of an SOS uses, so that nothing stands in front of it: two that record
/// (from the stream, and past it), one that follows the ledger, one to spare.
const SOS_CONNECTIONS: u32 = 4;
/// How often samples of the metrics are added up.
const METRICS_TIDY_EVERY: Duration = Duration::from_secs(5);

/// Time and randomness, handed in.
#[derive(Clone)]
pub struct Ambient {
    /// Time.
    pub clock: SharedClock,
    /// Randomness.
    pub entropy: SharedEntropy,
}

/// The store of `config`.
///
/// # Errors
/// When its address cannot be read.
pub fn store(config: &Config, ambient: &Ambient) -> anyhow::Result<Store> {
    store_of(config, ambient, config.database_connections)
}

/// The workers' PINs in `store`.
#[must_use]
pub fn pins(config: &Config, ambient: &Ambient, store: Store, passwords: Passwords) -> Pins {
    Pins::new(store, passwords, &config.secret, (ambient.clock.clone(), ambient.entropy.clone()))
}

/// Open statistics out of `store`, counted with `figures`.
#[must_use]
pub fn open_data(config: &Config, ambient: &Ambient, store: Store, figures: Counting) -> OpenData {
    OpenData::new(store, figures, ambient.clock.clone(), config.open_data_licence.clone())
}

fn store_of(config: &Config, ambient: &Ambient, connections: u32) -> anyhow::Result<Store> {
    Store::new(&config.database_url, connections, sealer(config, ambient), ambient.clock.clone())
        .context("database_url")
}

fn sealer(config: &Config, ambient: &Ambient) -> Sealer {
    Sealer::new(config.secret.key("subject-keys"), ambient.entropy.clone())
}

/// Serves until `shutdown`, then drains.
///
/// # Errors
/// When something is missing that no waiting will bring.
pub async fn serve(
    config: &Config,
    ambient: Ambient,
    metrics: PrometheusHandle,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let store = store(config, &ambient)?;
    let sos_store = store_of(config, &ambient, SOS_CONNECTIONS)?;
    let officers_store = store_of(config, &ambient, Changing::CONNECTIONS)?;
    let queue = Arc::new(Queue::new(&config.redis_url, &ambient.clock).context("redis_url")?);
    durability::refuse_forgetful(&queue, &store).await?;
    let dispatch = Arc::new(Dispatch::new(config.home_country)?);
    if let Err(error) = dispatch.refresh(&store).await {
        tracing::warn!(%error, "desks not read yet");
    }
    let (committed, relayed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let recorder = Arc::new(Recorder::new(
        sos_store.clone(),
        dispatch.clone(),
        ambient.clock.clone(),
        committed.clone(),
    ));
    let unrecorded = Arc::new(Unrecorded::default());
    let registry = Arc::new(Registry::default());
    let hub = Arc::new(Hub::new(registry.clone()));
    // Before the first phone comes: none has to come back then because this was not known.
    let head = store.head().await;
    if let Ok(head) = head {
        hub.start_at(head);
    }

    let lane = Lane::start().context("threads")?;
    let workers = TaskTracker::new();
    let stop_workers = CancellationToken::new();
    Workers {
        store: store.clone(),
        sos_store: sos_store.clone(),
        queue: queue.clone(),
        recorder: recorder.clone(),
        unrecorded: unrecorded.clone(),
        dispatch: dispatch.clone(),
        hub: hub.clone(),
        knows_head: head.is_ok(),
        registry: registry.clone(),
        committed: committed.clone(),
        relayed: relayed.clone(),
        clock: ambient.clock.clone(),
        node: ambient.entropy.uuid_v7(ambient.clock.now()).to_string(),
    }
    .spawn(&workers, &lane, &stop_workers);

    let intake = start_intake(
        (&queue, &store),
        recorder,
        unrecorded,
        ambient.clock.clone(),
        (&workers, &lane),
        &stop_workers,
    );
    workers.spawn(durability::watch(queue.clone(), store.clone(), stop_workers.clone()));
    workers.spawn(keep_metrics_small(metrics.clone(), stop_workers.clone()));

    let changing = Changing::new(officers_store.clone(), ambient.clock.clone());
    let (rang, reports) = rang::way();
    let noting = rang::run(reports, changing.clone(), committed.clone(), stop_workers.clone());
    workers.spawn_on(noting, lane.handle());

    let push = Arc::new(Push::new(&config.push, &config.secret, &ambient)?);
    let push_store = store_of(config, &ambient, push::CONNECTIONS)?;
    push.spawn(&push_store, &ambient, &workers, &stop_workers);

    let escalation_store = store_of(config, &ambient, escalation::CONNECTIONS)?;
    let escalating = Escalating {
        store: escalation_store.clone(),
        dispatch: dispatch.clone(),
        clock: ambient.clock.clone(),
        committed: committed.clone(),
        relayed,
    };
    escalating.spawn(&workers, &stop_workers);
    let notify_store = start_notify(config, &ambient, &push, &workers, &stop_workers)?;

    let sender = Sender::of(config.notify.public_url.as_deref());
    let events_store = store_of(config, &ambient, events::CONNECTIONS)?;
    Telling::new(events_store.clone(), sender.clone(), &ambient)?.spawn(&workers, &stop_workers);

    let figures_store = store_of(config, &ambient, figures::CONNECTIONS)?;
    let figures =
        Counting::new(figures_store.clone(), Pseudonyms::new(&config.secret), ambient.clock.clone());
    figures.spawn(&workers, &stop_workers);
    let signer = Signer::new(&config.secret)?;
    let pseudonyms = Pseudonyms::new(&config.secret);
    let cases = Arc::new(Cases::new(
        store.clone(),
        (changing, lane.handle().clone(), rang),
        dispatch.clone(),
        committed,
        (pseudonyms.clone(), ambient.clock.clone()),
    ));
    let exports_store = store_of(config, &ambient, exports::CONNECTIONS)?;
    let exports = Exports::new(
        exports_store.clone(),
        figures.clone(),
        Papers { documents: documents(), cases: cases.clone(), signer: signer.clone(), pseudonyms },
        &config.time_zone,
        (ambient.clock.clone(), ambient.entropy.clone()),
    );
    exports.spawn(&workers, &stop_workers);
    let open_data = open_data(config, &ambient, store.clone(), figures.clone());
    open_data.spawn(&workers, &stop_workers);
    Checkpoints::new(store.clone(), signer.clone(), ambient.clock.clone()).spawn(&workers, &stop_workers);

    workers.spawn(old_reports::run(store.clone(), stop_workers.clone()));

    let attachments_store = store_of(config, &ambient, attachments::CONNECTIONS)?;
    let attachments =
        start_attachments(config, &ambient, &attachments_store, &intake, &workers, &stop_workers);

    let (presence, keeping) = Presence::new(
        (store.clone(), queue.clone(), hub.clone()),
        ambient.clock.clone(),
        ambient.entropy.clone(),
    );
    workers.spawn(keeping.run(stop_workers.clone()));

    let sockets = TaskTracker::new();
    let parts = parts(
        config,
        &ambient,
        metrics,
        store.clone(),
        queue,
        intake,
        dispatch,
        (hub, presence),
        registry,
        cases,
        push,
        (attachments, figures, exports, open_data),
        (signer, sender),
        sockets.clone(),
        shutdown.clone(),
    );
    let (console, app) = (http::console_is_built(), http::app_is_built());
    tracing::info!(listen = %listener.local_addr()?, console, app, "serving");
    let serving = tokio::spawn(http::serve(listener, http::router(parts), shutdown.clone()));

    shutdown.cancelled().await;
    tracing::info!("going down");
    let drain = Duration::from_secs(config.drain_s);
    sockets.close();
    let drained = tokio::time::timeout(drain, async {
        sockets.wait().await;
        let _ = serving.await;
        stop_workers.cancel();
        workers.close();
        workers.wait().await;
    });
    if drained.await.is_err() {
        tracing::warn!("cut off what did not finish in time");
    }
    stop_workers.cancel();
    store.close().await;
    sos_store.close().await;
    officers_store.close().await;
    push_store.close().await;
    escalation_store.close().await;
    notify_store.close().await;
    figures_store.close().await;
    exports_store.close().await;
    events_store.close().await;
    attachments_store.close().await;
    Ok(())
}

/// What takes things in, with the loops behind it.
fn start_intake(
    (queue, store): (&Arc<Queue>, &Store),
    recorder: Arc<Recorder>,
    unrecorded: Arc<Unrecorded>,
    clock: SharedClock,
    (workers, lane): (&TaskTracker, &Lane),
    stop: &CancellationToken,
) -> Arc<Intake> {
    let ((alerts, waiting), (direct, past_redis)) = (alerts::way(), direct::way());
    let (fixes, waiting_fixes) = fixes::way();
    workers.spawn_on(alerts::run(waiting, queue.clone(), direct, unrecorded, stop.clone()), lane.handle());
    workers.spawn_on(direct::run(past_redis, recorder, stop.clone()), lane.handle());
    workers.spawn(fixes::run(waiting_fixes, queue.clone(), store.clone(), stop.clone()));
    Arc::new(Intake::new(alerts, fixes, clock))
}

/// What tells officers away from their consoles; the connections that it uses.
fn start_notify(
    config: &Config,
    ambient: &Ambient,
    push: &Arc<Push>,
    workers: &TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<Store> {
    let store = store_of(config, ambient, notify::CONNECTIONS)?;
    Notifier::new(&config.notify, push.clone())?.spawn(&store, ambient, workers, stop);
    Ok(store)
}

/// What takes photos and voice notes, with the sweep behind it. Where their folder is not to be had, they wait on the
/// phones: an SOS does not need it.
fn start_attachments(
    config: &Config,
    ambient: &Ambient,
    store: &Store,
    intake: &Arc<Intake>,
    workers: &TaskTracker,
    stop: &CancellationToken,
) -> Arc<Attachments> {
    let files = Files::new(config.attachments.clone(), sealer(config, ambient));
    if let Err(error) = files.make_folder() {
        tracing::error!(%error, folder = %config.attachments.display(), "no folder for attachments");
    }
    let attachments =
        Attachments::new(store.clone(), files, intake.clone(), ambient.clock.clone(), workers.clone());
    workers.spawn(attachments::sweep::run(attachments.clone(), stop.clone()));
    attachments
}

/// The recorder keeps every sample until somebody asks or this is done.
async fn keep_metrics_small(metrics: PrometheusHandle, stop: CancellationToken) {
    while tokio::time::timeout(METRICS_TIDY_EVERY, stop.cancelled()).await.is_err() {
        metrics.run_upkeep();
    }
}

/// None where this program is not `sos-server`, as in tests that were built without it: then no PDF is made.
fn documents() -> Option<Documents> {
    let found = Documents::of_this_program();
    found.inspect_err(|error| tracing::warn!(%error, "no PDF can be made")).ok()
}

#[allow(clippy::too_many_arguments, reason = "the composition root")]
fn parts(
    config: &Config,
    ambient: &Ambient,
    metrics: PrometheusHandle,
    store: Store,
    queue: Arc<Queue>,
    intake: Arc<Intake>,
    dispatch: Arc<Dispatch>,
    (hub, presence): (Arc<Hub>, Presence),
    registry: Arc<Registry>,
    cases: Arc<Cases>,
    push: Arc<Push>,
    (attachments, figures, exports, open_data): (Arc<Attachments>, Counting, Exports, OpenData),
    (signer, sender): (Signer, Sender),
    sockets: TaskTracker,
    shutdown: CancellationToken,
) -> Arc<Parts> {
    let Ambient { clock, entropy } = ambient.clone();
    let credentials = Credentials::new(config.secret.key("credentials"));
    let passwords = Passwords::new(&*entropy);
    let pins = pins(config, ambient, store.clone(), passwords.clone());
    let phones = Arc::new(PhoneSockets {
        intake: intake.clone(),
        missed: MissedEntries::new(store.clone()),
        credentials: credentials.clone(),
        pins: pins.clone(),
        registry,
        clock: clock.clone(),
        entropy: entropy.clone(),
    });
    let pseudonyms = Pseudonyms::new(&config.secret);
    let feeds = Arc::new(FeedSockets {
        store: store.clone(),
        queue: queue.clone(),
        hub,
        presence,
        pseudonyms: pseudonyms.clone(),
        clock: clock.clone(),
    });
    Arc::new(Parts {
        cases,
        pseudonyms,
        figures,
        exports,
        open_data,
        open_rate: OpenRate::default(),
        bearers: BearerRate::default(),
        dispatch,
        passwords,
        pins,
        tries: SignInTries::default(),
        cookie_secure: config.cookie_secure,
        mail: config.notify.mail.is_some(),
        sms_key: config.sms_key.clone(),
        sms_number: config.sms_number.clone(),
        store,
        queue,
        intake,
        phones,
        feeds,
        credentials,
        push,
        attachments,
        signer,
        sender,
        clock,
        entropy,
        metrics,
        sockets,
        shutdown,
    })
}
