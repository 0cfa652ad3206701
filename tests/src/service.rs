//! A running service.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use metrics_exporter_prometheus::PrometheusBuilder;
use sos_ops::stack::{Stack, StackConfig};
use sos_protocol::ambient::{Entropy, SharedClock, SystemClock, SystemEntropy};
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::Role;
use sos_protocol::{CodeId, CountryCode, StaffId, WorkerId, proof};
use sos_server::admin::{self, Admin, IssuedCard};
use sos_server::app::{self, Ambient};
use sos_server::auth::{password, secret};
use sos_server::config::Config;
use sos_server::store::Store;
use sos_server::store::staff::StaffRow;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Officer, log};

/// Password of all accounts of the tests.
pub const PASSWORD: &str = "mật khẩu của bài thử";
const SECRET: &str = "p4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI";
/// What the SMS gateway of the tests signs with.
pub const SMS_KEY: &str = "khoá của cổng tin nhắn";
const TEMPLATE: &str = "sos_template";

/// (login, name, role, desk) of the accounts that every database has.
pub const STAFF: [(&str, &str, Role, Option<&str>); 9] = [
    ("lan", "Lan", Role::Dispatcher, Some("tw-taipei")),
    ("minh", "Minh", Role::Dispatcher, Some("tw-taipei")),
    ("duc", "Đức", Role::Supervisor, Some("tw-taipei")),
    ("hoa", "Hoa", Role::Dispatcher, Some("jp-tokyo")),
    ("khanh", "Khánh", Role::Supervisor, Some("jp-tokyo")),
    ("bo", "Bộ", Role::DutyOfficer, None),
    ("tra", "Trà", Role::Reviewer, None),
    // Is not shown names.
    ("ngan", "Ngân", Role::Reviewer, None),
    ("tri", "Trị", Role::Administrator, None),
];

/// Id of the account `login` of [`STAFF`].
#[must_use]
pub fn staff_id(login: &str) -> StaffId {
    StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, login.as_bytes()))
}

/// The stores that all tests of a binary share; each has its own database and Redis number in them.
struct Shared {
    stack: Stack,
    next: AtomicU16,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

fn shared() -> &'static Shared {
    SHARED.get_or_init(|| Shared {
        stack: Stack::start(&StackConfig::default()).expect("the stores start"),
        next: AtomicU16::new(0),
    })
}

/// A service of one test.
pub struct Service {
    /// Where it listens.
    pub address: SocketAddr,
    /// HTTP.
    pub http: reqwest::Client,
    /// Its database, for looking things up.
    pub db: PgPool,
    /// Its store, for setting things up.
    pub store: Store,
    /// Its clock.
    pub clock: SharedClock,
    /// Its settings.
    pub config: Config,
    more: Vec<(&'static str, String)>,
    shutdown: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts one with the time of the machine.
    pub async fn start() -> Self {
        Self::start_with(Arc::new(SystemClock::new())).await
    }

    /// Starts one that is told the time by `clock`.
    pub async fn start_with(clock: SharedClock) -> Self {
        let (database, redis, folder) = tokio::task::spawn_blocking(fresh).await.expect("fresh stores");
        Self::start_set(&database, &redis, clock, vec![folder]).await
    }

    /// Starts one with further settings.
    pub async fn start_with_settings(more: Vec<(&'static str, String)>) -> Self {
        Self::start_with_all(Arc::new(SystemClock::new()), more).await
    }

    /// Starts one that is told the time by `clock`, with further settings.
    pub async fn start_with_all(clock: SharedClock, mut more: Vec<(&'static str, String)>) -> Self {
        let (database, redis, folder) = tokio::task::spawn_blocking(fresh).await.expect("fresh stores");
        more.insert(0, folder);
        Self::start_set(&database, &redis, clock, more).await
    }

    /// Starts one on its own stores, which the test may kill.
    pub async fn start_on_stack(stack: &Stack) -> Self {
        Self::start_on_stack_with(stack, Arc::new(SystemClock::new())).await
    }

    /// Starts one on its own stores that is told the time by `clock`.
    pub async fn start_on_stack_with(stack: &Stack, clock: SharedClock) -> Self {
        let (database, redis) = (stack.database_url(), stack.redis_url());
        set_up(&config(&database, &redis), &clock).await;
        Self::start_set(&database, &redis, clock, vec![attachments(stack, "sos")]).await
    }

    /// Another node on the same stores.
    pub async fn another_node(&self) -> Self {
        let (database, redis) = (&self.config.database_url, &self.config.redis_url);
        Self::start_set(database, redis, self.clock.clone(), self.more.clone()).await
    }

    async fn start_set(
        database: &str,
        redis: &str,
        clock: SharedClock,
        more: Vec<(&'static str, String)>,
    ) -> Self {
        log::keep();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = config_with(database, redis, &more);
        let ambient = Ambient { clock: clock.clone(), entropy: Arc::new(SystemEntropy) };
        let store = app::store(&config, &ambient).expect("a store");
        let listener = TcpListener::bind(config.listen).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let (settings, stop) = (config.clone(), shutdown.clone());
        let serving = tokio::spawn(async move {
            app::serve(&settings, ambient, metrics, listener, stop).await.expect("it serves");
        });
        let service = Self {
            address,
            http: reqwest::Client::new(),
            db: PgPool::connect_lazy(database).expect("a database"),
            store,
            clock,
            config,
            more,
            shutdown,
            serving: Some(serving),
        };
        crate::until("the service is ready", async || {
            service.get("/readyz").await.ok().filter(|answer| answer.status() == 200)
        })
        .await;
        service
    }

    /// The address of `path`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// GET without a session.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.http.get(self.url(path)).send().await
    }

    /// POST without a session.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
        self.http.post(self.url(path)).body(body).send().await.expect("an answer")
    }

    /// Signs one of [`STAFF`] in.
    pub async fn officer(&self, login: &str) -> Officer {
        Officer::sign_in(self, login).await
    }

    /// A new worker with a contract in `country`, and a code to enrol with.
    ///
    /// # Panics
    /// When the store does not take them.
    pub async fn worker(&self, name: &str, country: &str) -> (WorkerId, String) {
        let now = self.clock.now();
        let worker = WorkerProfile {
            worker_id: WorkerId(SystemEntropy.uuid_v7(now)),
            name: name.to_owned(),
            phone: Some("+886 900 000 000".to_owned()),
            language: "vi".to_owned(),
            contract_country: CountryCode::parse(country),
            employer: None,
            address: None,
        };
        self.store.create_worker(&worker).await.expect("a worker");
        (worker.worker_id, self.code(worker.worker_id, 60_000).await)
    }

    /// A card for `worker`, and two PINs if there were none.
    ///
    /// # Panics
    /// When the store does not take it.
    pub async fn card(&self, worker: WorkerId) -> IssuedCard {
        let ambient = Ambient { clock: self.clock.clone(), entropy: Arc::new(SystemEntropy) };
        admin::issue_card(&self.config, &self.store, &ambient, worker).await.expect("a card")
    }

    /// A code for `worker` that is good for `ms` milliseconds.
    ///
    /// # Panics
    /// When the store does not take it.
    pub async fn code(&self, worker: WorkerId, ms: i64) -> String {
        let now = self.clock.now();
        let id = SystemEntropy.uuid_v7(now);
        let code = id.simple().to_string();
        let hash = secret::token_hash(&proof::normal_code(&code));
        self.store.create_code(CodeId(id), hash, worker, now.plus_ms(ms)).await.expect("a code");
        code
    }

    /// A number out of the database.
    ///
    /// # Panics
    /// When the query fails.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.db.acquire().await.expect("a connection");
        sqlx::query("SET sos.scope = '*'").execute(&mut *conn).await.expect("a scope");
        sqlx::query_scalar(sql).fetch_one(&mut *conn).await.expect("a number")
    }

    /// Stops it in an orderly way.
    ///
    /// # Panics
    /// When it does not stop well.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("an orderly end");
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn config(database: &str, redis: &str) -> Config {
    config_with(database, redis, &[])
}

fn config_with(database: &str, redis: &str, more: &[(&'static str, String)]) -> Config {
    let env = [
        ("DATABASE_URL", database),
        ("REDIS_URL", redis),
        ("SOS_SECRET", SECRET),
        ("SOS_LISTEN", "127.0.0.1:0"),
        ("SOS_COOKIE_SECURE", "false"),
        ("SOS_SMS_KEY", SMS_KEY),
        ("SOS_DATABASE_CONNECTIONS", "8"),
        ("SOS_DRAIN_S", "5"),
    ];
    let more = more.iter().map(|(k, v)| (*k, v.as_str()));
    let all = env.into_iter().chain(more).map(|(k, v)| (k.to_owned(), v.to_owned()));
    Config::read(all).expect("settings")
}

/// A folder of attachments that goes when the stores go.
fn attachments(stack: &Stack, name: &str) -> (&'static str, String) {
    ("SOS_ATTACHMENTS", stack.data_dir().join("attachments").join(name).display().to_string())
}

/// A database made from the template, a Redis number and a folder.
fn fresh() -> (String, String, (&'static str, String)) {
    static TEMPLATE_MADE: OnceLock<()> = OnceLock::new();
    let shared = shared();
    TEMPLATE_MADE.get_or_init(|| {
        let url = shared.stack.fresh_database(TEMPLATE, None).expect("a database");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(set_up(
            &config(&url, "redis://127.0.0.1:1"),
            &(Arc::new(SystemClock::new()) as SharedClock),
        ));
    });
    let n = shared.next.fetch_add(1, Ordering::SeqCst);
    let name = format!("sos_{n}");
    let database = shared.stack.fresh_database(&name, Some(TEMPLATE)).expect("a database");
    (database, shared.stack.redis().url_of_database(n), attachments(&shared.stack, &name))
}

/// Schema, desks and accounts.
async fn set_up(config: &Config, clock: &SharedClock) {
    let ambient = Ambient { clock: clock.clone(), entropy: Arc::new(SystemEntropy) };
    let store = app::store(config, &ambient).expect("a store");
    store.migrate().await.expect("a schema");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/data");
    let desks = Admin::LoadDesks {
        missions: data.join("vn_missions.csv"),
        countries: Some(data.join("desk_countries.csv")),
        time_zones: None,
        ministry_name: "Bộ".to_owned(),
    };
    desks.run(config, &store, &ambient).await.expect("desks");
    let password_hash = password::hash(PASSWORD, &SystemEntropy).expect("a hash");
    for (login, name, role, desk) in STAFF {
        let staff = StaffRow {
            staff_id: staff_id(login),
            login: login.to_owned(),
            name: name.to_owned(),
            role,
            desk_id: desk.map(Into::into),
            names: login == "tra",
            password_hash: password_hash.clone(),
        };
        assert!(store.create_staff(&staff, clock.now()).await.expect("an account"));
    }
    store.close().await;
}
