//! HTTP: decode, one call of a use-case, encode.

mod admin;
mod attachments;
mod bearer;
mod body;
mod case_files;
mod cases;
mod channels;
mod check_ins;
mod cover;
mod device;
mod enrol;
mod escalation;
mod exports;
mod figures;
mod front_ends;
mod health;
mod ledger;
mod open_data;
mod openapi;
mod phones;
mod pins;
mod problem;
mod range;
mod reports;
pub mod routes;
mod serve;
mod session;
mod sms;
mod sockets;
mod v1;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::routing::{delete, get, post, put};
use metrics_exporter_prometheus::PrometheusHandle;
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::limits::FRAME_BYTES_MAX;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::attachments::Attachments;
use crate::auth::credential::Credentials;
use crate::auth::password::Passwords;
use crate::auth::signing::Signer;
use crate::cap::Sender;
use crate::cases::Cases;
use crate::dispatch::Dispatch;
use crate::exports::Exports;
use crate::figures::Counting;
use crate::intake::Intake;
use crate::open_data::OpenData;
use crate::pins::Pins;
use crate::pseudonyms::Pseudonyms;
use crate::push::Push;
use crate::queue::Queue;
use crate::store::Store;
use crate::ws::{FeedSockets, PhoneSockets};

pub use self::bearer::BearerRate;
pub use self::front_ends::{app_is_built, console_is_built};
pub use self::open_data::OpenRate;
pub use self::serve::serve;
pub use self::session::SignInTries;

/// What handlers need.
pub struct Parts {
    /// Postgres.
    pub store: Store,
    /// Redis.
    pub queue: Arc<Queue>,
    /// Takes alerts.
    pub intake: Arc<Intake>,
    /// Cases.
    pub cases: Arc<Cases>,
    /// For those who are not shown names.
    pub pseudonyms: Pseudonyms,
    /// Figures for reviewers.
    pub figures: Counting,
    /// Files that officers take away.
    pub exports: Exports,
    /// Open statistics.
    pub open_data: OpenData,
    /// How much of it is sent.
    pub open_rate: OpenRate,
    /// Requests with tokens.
    pub bearers: BearerRate,
    /// Which desk an alert goes to.
    pub dispatch: Arc<Dispatch>,
    /// Phones' sockets.
    pub phones: Arc<PhoneSockets>,
    /// Consoles' sockets.
    pub feeds: Arc<FeedSockets>,
    /// Phones' credentials.
    pub credentials: Credentials,
    /// Photos and voice notes.
    pub attachments: Arc<Attachments>,
    /// Push services that are set up.
    pub push: Arc<Push>,
    /// E-mail to officers is set up.
    pub mail: bool,
    /// Who sends, in CAP messages.
    pub sender: Sender,
    /// Signs what leaves the service.
    pub signer: Signer,
    /// Officers' passwords.
    pub passwords: Passwords,
    /// Workers' PINs.
    pub pins: Pins,
    /// Failed tries to sign in.
    pub tries: SignInTries,
    /// What the SMS gateway signs with; none: there is none.
    pub sms_key: Option<String>,
    /// Number that takes the SOS text of a phone; none: there is none.
    pub sms_number: Option<String>,
    /// Time.
    pub clock: SharedClock,
    /// Randomness.
    pub entropy: SharedEntropy,
    /// Metrics.
    pub metrics: PrometheusHandle,
    /// The cookie goes only over TLS.
    pub cookie_secure: bool,
    /// Sockets under way.
    pub sockets: TaskTracker,
    /// Told when the node goes down.
    pub shutdown: CancellationToken,
}

type Shared = Arc<Parts>;

/// What pages of the console may load: themselves.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     worker-src 'self' blob:; connect-src 'self'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'";

/// What officers do with cases between themselves, and with many at once.
fn work() -> Router<Shared> {
    use cases::{many, work};
    Router::new()
        .route("/api/cases/batch", post(many::batch))
        .route("/api/search", post(many::search))
        .route("/api/cases/{case_id}/assign", post(work::assign))
        .route("/api/cases/{case_id}/transfer/take", post(work::take))
        .route("/api/cases/{case_id}/transfer/decline", post(work::decline))
        .route("/api/cases/{case_id}/transfer/withdraw", post(work::withdraw))
        .route("/api/cases/{case_id}/share", post(work::share))
        .route("/api/cases/{case_id}/priority", post(work::priority))
        .route("/api/cases/{case_id}/tags", post(work::tags))
        .route("/api/cases/{case_id}/answers", post(work::answer))
        .route("/api/cases/{case_id}/links", post(work::link))
        .route("/api/cases/{case_id}/unlink", post(work::unlink))
        .route("/api/cases/{case_id}/merge", post(work::merge))
        .route("/api/cases/{case_id}/ask-fix", post(work::ask_fix))
        .route("/api/cases/{case_id}/raise", post(work::raise))
        .route("/api/cases/{case_id}/surroundings", get(work::surroundings))
}

/// Addresses of incident reports.
fn report_routes() -> Router<Shared> {
    Router::new()
        .route("/api/reports", get(reports::list))
        .route("/api/cases/{case_id}/report", get(reports::view).post(reports::save))
        .route("/api/cases/{case_id}/report/submit", post(reports::submit))
        .route("/api/cases/{case_id}/report/return", post(reports::give_back))
        .route("/api/cases/{case_id}/report/accept", post(reports::accept))
        .route("/api/cases/{case_id}/report/measures/{measure_id}", post(reports::measure))
}

/// Addresses of cover.
fn cover_routes() -> Router<Shared> {
    Router::new()
        .route("/api/cover", get(cover::view))
        .route("/api/cover/rotas/{rota_id}", put(cover::put_rota).delete(cover::remove_rota))
        .route("/api/cover/policies/{desk_id}", put(cover::put_policy))
        .route("/api/cover/webhooks/{webhook_id}", put(cover::put_webhook).delete(cover::remove_webhook))
        .route("/api/cover/holidays", put(cover::put_holidays))
}

/// Addresses of administrators.
fn admin_routes() -> Router<Shared> {
    Router::new()
        .route("/api/admin/desks", get(admin::desks::list))
        .route("/api/admin/desks/{desk_id}", put(admin::desks::put))
        .route("/api/admin/numbers", get(admin::numbers::list).put(admin::numbers::put))
        .route("/api/admin/staff", get(admin::staff::list))
        .route("/api/admin/staff/{staff_id}", put(admin::staff::put))
        .route("/api/admin/codes", post(admin::codes::create))
        .route("/api/admin/workers/search", post(admin::codes::search))
        .route("/api/admin/texts", put(admin::texts::put))
        .route("/api/admin/tokens", get(admin::tokens::list).post(admin::tokens::make))
        .route("/api/admin/tokens/{token_id}", delete(admin::tokens::revoke))
        .route("/api/admin/ledger", get(admin::ledger::latest))
}

/// Every address of the service.
pub fn router(parts: Shared) -> Router {
    let officers = Router::new()
        .route("/api/session", post(session::sign_in).get(session::me).delete(session::sign_out))
        .route("/api/shift", post(session::start_shift).delete(session::end_shift))
        .route("/api/feed-ticket", post(session::feed_ticket))
        .route("/api/desks", get(cases::desks))
        .route("/api/me/channels", get(channels::own))
        .route("/api/me/channels/{channel_id}", put(channels::put).delete(channels::remove))
        .route("/api/me/channels/{channel_id}/test", post(channels::test))
        .route("/api/cover/channels", get(channels::of_cover))
        .route("/api/cover/channels/test", post(channels::test_cover))
        .route("/api/cases", get(cases::list))
        .route("/api/cases/{case_id}", get(cases::detail))
        .route("/api/cases/{case_id}/claim", post(cases::claim))
        .route("/api/cases/{case_id}/release", post(cases::release))
        .route("/api/cases/{case_id}/transfer", post(cases::transfer))
        .route("/api/cases/{case_id}/close", post(cases::close))
        .route("/api/cases/{case_id}/reopen", post(cases::reopen))
        .route("/api/cases/{case_id}/messages", post(cases::message))
        .route("/api/cases/{case_id}/notes", post(cases::note))
        .route("/api/cases/{case_id}/rang", post(cases::rang))
        .route("/api/cases/{case_id}/seen", post(cases::seen))
        .route("/api/cases/{case_id}/escalation", get(escalation::view))
        .route("/api/cases/{case_id}/told", post(escalation::told))
        .merge(work())
        .route("/api/cases/{case_id}/file", get(case_files::file))
        .route("/api/cases/{case_id}/cap.xml", get(case_files::cap))
        .route("/api/case-files/check", post(case_files::check))
        .route("/api/figures", post(figures::figures))
        .route("/api/figures/cases", post(figures::cases))
        .route("/api/exports", post(exports::ask).get(exports::list))
        .route("/api/exports/{export_id}", get(exports::view).delete(exports::remove))
        .merge(report_routes())
        .route("/api/texts", get(admin::texts::get))
        .merge(cover_routes())
        .merge(admin_routes())
        .layer(middleware::from_fn(session::same_origin));
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // Not through the compression: pictures and sound are small already, and all of these are asked for in ranges.
    let files = Router::new()
        .route("/api/exports/{export_id}/file", get(exports::file))
        .route("/api/cases/{case_id}/attachments/{attachment_id}", get(attachments::passed_on))
        .method_not_allowed_fallback(problem::method_not_allowed);
    Router::new()
        .route("/api/enrol", post(enrol::enrol))
        .route("/api/alerts", post(phones::post_alert))
        .route("/api/alerts/{alert_id}", get(phones::alert_status))
        .route("/api/sms", post(sms::inbound))
        .route("/api/device/push", put(device::set_push).delete(device::forget_push))
        .route("/api/device/attachments", post(attachments::begin))
        .route("/api/device/attachments/{attachment_id}", get(attachments::state))
        .route("/api/device/attachments/{attachment_id}/{offset}", put(attachments::append))
        .route("/api/device/pins", put(pins::set))
        .route("/api/device/check-ins", post(check_ins::check_in))
        .route("/api/card", post(pins::sign_in_by_card))
        .route("/api/settings", get(device::settings))
        .route("/api/ledger/key", get(ledger::key))
        .route("/api/ledger/checkpoint", get(ledger::checkpoint))
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/v1/figures", get(v1::figures))
        .route("/api/v1/reports", get(v1::reports))
        .route("/api/v1/reports/{case_id}", get(v1::report))
        .route("/open-data", get(open_data::page))
        .route("/open-data/cases.csv", get(open_data::csv))
        .route("/open-data/cases.json", get(open_data::json))
        .route("/open-data/fields.json", get(open_data::fields))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(officers)
        .route("/app", get(front_ends::app_root))
        .route("/app/", get(front_ends::app_file))
        .route("/app/{*path}", get(front_ends::app_file))
        .fallback(front_ends::console_file)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(FRAME_BYTES_MAX))
        // Outside the compression, which a socket must not go through.
        .route("/phone", get(sockets::phone))
        .route("/feed", get(sockets::feed))
        .merge(files)
        .layer(middleware::from_fn_with_state(parts.clone(), health::count))
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .with_state(parts)
}
