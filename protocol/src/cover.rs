//! Who is on call, and who is told in which order while nobody answers: what supervisors and administrators keep.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::{ChannelId, DeskId, NotificationId, PolicyId, Priority, RotaId, StaffId, UnixMs, WebhookId};

/// Who is on call for a desk, and when. `sos_core::cover::check` says what is wrong with one; one that is wrong is followed as
/// far as it can be, with nobody on call for the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Rota {
    /// Identity.
    pub id: RotaId,
    /// The desk.
    pub desk: DeskId,
    /// What people call it.
    pub name: String,
    /// IANA name of the zone whose clocks it goes by, e.g. `Asia/Taipei`. A local time that comes twice, when clocks go
    /// back, is taken the first time; one that is left out is the moment at which clocks go forward.
    pub time_zone: String,
    /// On call together: with a layer for the first and one for the second, both are; the first layer's come first.
    pub layers: Vec<Layer>,
    /// Exceptions. Where several hold at a time, each is applied to what those before it leave.
    #[serde(default)]
    pub overrides: Vec<Override>,
}

/// One arrangement of a rota, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Layer {
    /// The first local day: of the first turn, or of the first weekly shift that may begin.
    #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
    pub valid_from: Date,
    /// The local day on which another arrangement takes over: turns end at their handover on it, and no weekly shift
    /// begins on it or later. None: it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "string | null", optional), schema(value_type = Option<String>))]
    pub valid_until: Option<Date>,
    /// How it goes.
    pub turns: Turns,
}

/// How a layer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Turns {
    /// Officers in turn, one at a time. The first one begins at the handover on `valid_from`.
    InTurn {
        /// In this order, and then again.
        staff: Vec<StaffId>,
        /// How long a turn is.
        every: Every,
        /// Local time of the handover.
        #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
        handover: Time,
    },
    /// The same shifts every week.
    Weekly {
        /// In any order; they may overlap.
        shifts: Vec<WeeklyShift>,
    },
}

/// How long a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// So many days.
    Days(u16),
    /// So many weeks.
    Weeks(u16),
}

impl Every {
    /// In days, at least one.
    #[must_use]
    pub fn days(self) -> i64 {
        match self {
            Self::Days(days) => i64::from(days.max(1)),
            Self::Weeks(weeks) => 7 * i64::from(weeks.max(1)),
        }
    }
}

/// A shift of every week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WeeklyShift {
    /// The local day on which it begins.
    pub day: Weekday,
    /// Local time.
    #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
    pub from: Time,
    /// Local time; on the next day, unless it is later than `from`.
    #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
    pub to: Time,
    /// Who is on call, first to last.
    pub staff: Vec<StaffId>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// An exception for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Override {
    /// From …
    pub from: UnixMs,
    /// … until just before.
    pub to: UnixMs,
    /// What is different.
    pub change: Change,
}

/// What an override changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// One officer stands in for another, whenever that one would be on call.
    Instead {
        /// Who is away.
        of: StaffId,
        /// Who stands in.
        by: StaffId,
    },
    /// One more officer is on call.
    Also {
        /// Who.
        staff: StaffId,
    },
    /// Nobody is on call.
    Nobody,
}

/// The escalation policy of a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Policy {
    /// Identity, through all versions.
    pub id: PolicyId,
    /// The desk whose cases it is for.
    pub desk: DeskId,
    /// Grows with every change.
    pub version: u32,
    /// For the priorities that have no plan of their own.
    pub common: Plan,
    /// For P1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p1: Option<Plan>,
    /// For P2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p2: Option<Plan>,
    /// For P3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p3: Option<Plan>,
    /// For how long nothing may happen in a claimed case before it rings again, in seconds.
    pub silent_s: u32,
}

/// Steps in order, and how often they are gone through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Plan {
    /// 1 to `sos_core::cover::STEPS_MAX`.
    pub steps: Vec<PolicyStep>,
    /// How often all of it is repeated, up to `REPEATS_MAX`. After that the last step goes on alone, see
    /// `sos_core::cover::due`.
    pub repeats: u8,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PolicyStep {
    /// Seconds after the step before it (of the first one: after the press, or after the last one of the round before), up
    /// to `DELAY_S_MAX`.
    pub delay_s: u32,
    /// Who is told, all at once; 1 to `TARGETS_MAX`.
    pub targets: Vec<Target>,
}

/// Whom a step means. Who that is, is looked up at the moment of the step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// The consoles of the desk that holds the case: whoever is signed in there.
    Consoles,
    /// Whoever is on call.
    OnCall {
        /// By this rota.
        rota: RotaId,
    },
    /// An officer.
    Staff {
        /// Who.
        staff: StaffId,
    },
    /// Those who answer for the desk that holds the case.
    Supervisors,
    /// Another desk: it is shown the case, and whoever is signed in there is told; where nobody is, those who answer for it.
    Desk {
        /// Which.
        desk: DeskId,
    },
    /// A webhook, for instance of an SMS or voice gateway.
    Webhook {
        /// Which.
        webhook: WebhookId,
    },
}

impl Policy {
    /// The plan for a priority.
    #[must_use]
    pub const fn plan(&self, priority: Priority) -> &Plan {
        let own = match priority {
            Priority::P1 => &self.p1,
            Priority::P2 => &self.p2,
            Priority::P3 => &self.p3,
        };
        match own {
            Some(plan) => plan,
            None => &self.common,
        }
    }
}

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Somebody whom the policy means is told.
    Targets,
    /// Every step of the policy comes to nobody: the ministry desk is told.
    Ministry,
    /// And there is nobody at the ministry desk either: it is shown the case, and that is all that can be done now.
    Nobody,
    /// The rest of this round comes to nobody, and the next one would come upon those who have only just been told.
    Later,
}

/// Somebody who is told by a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recipient {
    /// An officer.
    Staff {
        /// Who.
        staff_id: StaffId,
        /// Name to show.
        name: String,
        /// By all that the officer has set up; else at the console only.
        personal: bool,
    },
    /// Another desk is shown the case, so that its consoles ring.
    Desk {
        /// Which.
        desk_id: DeskId,
    },
    /// A webhook is called.
    Webhook {
        /// Which.
        webhook_id: WebhookId,
        /// Name to show.
        name: String,
    },
}

/// A step of the escalation of a case, as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct StepTaken {
    /// Which time that the escalation of this case began.
    pub run: u32,
    /// 0 is the first time through, then the repeats.
    pub round: u32,
    /// Counted from 1; 0 is the owner, who is told before the first step.
    pub step: u8,
    /// Nobody did anything in a claimed case, or its worker pressed again and its owner does not answer.
    pub claimed: bool,
    /// How far it came.
    pub reach: Reach,
    /// Who is told.
    pub told: Vec<Recipient>,
    /// The last repeat is over: the last step goes on alone until a person answers.
    pub is_past_repeats: bool,
}

/// By what somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// The console where the officer is signed in.
    Console,
    /// Web Push to a browser of the officer.
    Web,
    /// Firebase Cloud Messaging to a phone of the officer.
    Fcm,
    /// E-mail.
    Mail,
    /// A webhook.
    Webhook,
}

/// How far a notification has got. "Sent" means that the service behind the channel has taken it, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationState {
    /// Not sent yet; tried again.
    Waiting,
    /// Taken by the service behind the channel; of a console: shown there.
    Sent,
    /// Given up.
    Failed,
}

/// That somebody is told by one channel, and how far that has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct NotificationView {
    /// Identity.
    pub notification_id: NotificationId,
    /// Of which run of the escalation; 0: a test of the channel.
    pub run: u32,
    /// Of which round.
    pub round: u32,
    /// Of which step.
    pub step: u8,
    /// Name of the officer or webhook.
    pub to: String,
    /// By what.
    pub channel: ChannelKind,
    /// How far it has got.
    pub state: NotificationState,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong the last time: `no_answer`, `refused`, `unregistered`, `unavailable`, `too_late`, `not_set_up`,
    /// `answered` (somebody has taken or closed the case before it could be sent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When the step was taken.
    pub made_at_ms: UnixMs,
    /// When it was sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at_ms: Option<UnixMs>,
}

/// `GET /api/cases/{case_id}/escalation`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct EscalationView {
    /// When the next step is due; none: nothing runs, as for a drill or a closed case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due_ms: Option<UnixMs>,
    /// It waits beside a claimed case in which nothing happens, and has told nobody yet.
    pub is_watch: bool,
    /// Newest first, at most [`crate::limits::NOTIFICATIONS_MAX`].
    pub notifications: Vec<NotificationView>,
}

/// A stretch of a rota in which the same officers are on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ShiftView {
    /// From …
    pub from_ms: UnixMs,
    /// … until just before.
    pub to_ms: UnixMs,
    /// Who, first to last.
    pub staff: Vec<StaffId>,
}

/// A rota with what it comes to, from today on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct RotaView {
    /// As it is kept.
    pub rota: Rota,
    /// For the next change: the version that was seen.
    pub version: u32,
    /// The shifts of the next [`crate::limits::ROTA_DAYS_SHOWN`] days.
    pub shifts: Vec<ShiftView>,
    /// Times of these days in which nobody is on call: from and to.
    pub gaps: Vec<(UnixMs, UnixMs)>,
}

/// A webhook, without its key. It is called with a JSON body and signed as [Standard Webhooks](https://www.standardwebhooks.com) say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WebhookView {
    /// Identity.
    pub webhook_id: WebhookId,
    /// The desk that it is for; none: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
    /// What people call it.
    pub name: String,
    /// `https:` address that is called. Empty for those who may not change it: an address can hold a secret.
    pub url: String,
    /// In force.
    pub enabled: bool,
    /// For the next change.
    pub version: u32,
    /// What it is told of, beside what a policy has it told: of the cases of its desk, or of all. In the order of the ledger,
    /// each at least once, under the same `webhook-id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", ts(as = "Option<Vec<WebhookEvent>>", optional))]
    pub events: Vec<WebhookEvent>,
    /// In which form it is told of these.
    #[serde(default)]
    #[cfg_attr(feature = "schema", ts(as = "Option<WebhookFormat>", optional))]
    pub format: WebhookFormat,
    /// How telling goes; absent: it is told of none. Not looked at in a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedState>,
}

/// What a webhook can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookEvent {
    /// A case was opened. A drill says that it is one.
    CaseOpened,
    /// An officer closed one.
    CaseClosed,
    /// The ministry accepted a report.
    ReportAccepted,
}

/// In which form a webhook is told of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookFormat {
    /// A JSON object: `type`, `at_ms`, `data`.
    #[default]
    Json,
    /// Common Alerting Protocol 1.2; reports are told in no such form.
    Cap,
}

/// How telling a webhook of events goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct FeedState {
    /// When it last took one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_ms: Option<UnixMs>,
    /// Since when it takes none; absent: it took the latest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since_ms: Option<UnixMs>,
    /// What went wrong: `no_answer`, `refused`, `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Events that it never took and that are not told again.
    pub given_up: u32,
}

/// An officer whom a rota or a policy can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Colleague {
    /// Who.
    pub staff_id: StaffId,
    /// Name to show.
    pub name: String,
    /// What they may do.
    pub role: crate::http::Role,
    /// Their desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_id: Option<DeskId>,
    /// On shift, with a console connected.
    pub on_shift: bool,
    /// Can be told away from a console.
    pub has_channel: bool,
}

/// `GET /api/cover`: who answers for the desk of whoever asks; for the ministry's officers and administrators, for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CoverView {
    /// Rotas.
    pub rotas: Vec<RotaView>,
    /// Policies; a desk without one goes by the one that holds where none is set.
    pub policies: Vec<Policy>,
    /// That one, for the first desk.
    pub unset: Policy,
    /// Webhooks.
    pub webhooks: Vec<WebhookView>,
    /// Officers.
    pub colleagues: Vec<Colleague>,
    /// Holidays, the next ones first.
    pub holidays: Vec<Holiday>,
    /// For the next change of the holidays: the version that was seen; 0: there were none.
    #[serde(default)]
    pub holidays_version: u32,
}

/// A day on which offices and people may be closed; shown with the rota, it changes nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Holiday {
    /// The local day.
    #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
    pub day: Date,
    /// What people call it.
    pub name: String,
    /// Of which desk; none: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
}

/// `PUT /api/cover/rotas/{rota_id}`. A fault is answered with its place, counted from 0: `layers[2].shifts[3].from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutRota {
    /// The version that was seen; 0: it is new.
    pub version: u32,
    /// All of it.
    pub rota: Rota,
}

/// `PUT /api/cover/policies/{desk_id}`; the policy names the version that was seen, 0 where none was set. A fault is
/// answered with its place, counted from 0: `p1.steps[2].delay_s`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutPolicy {
    /// All of it.
    pub policy: Policy,
}

/// `PUT /api/cover/webhooks/{webhook_id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutWebhook {
    /// All of it; its version is the one that was seen, 0: it is new.
    pub webhook: WebhookView,
    /// Key to sign with: `whsec_` and 24 to 64 bytes, base64. Left out: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// `DELETE` of a rota or a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Remove {
    /// The version that was seen.
    pub version: u32,
}

/// `PUT /api/cover/holidays`: all of them. Of a supervisor's only the days of the own desk are taken, and the others stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Holidays {
    /// The version that was seen; 0: there were none.
    pub version: u32,
    /// At most [`crate::limits::HOLIDAYS_MAX`].
    pub days: Vec<Holiday>,
}

/// Where an officer can be told away from the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChannelTarget {
    /// Push to a browser or a phone.
    Push {
        /// As phones give it.
        target: crate::http::PushTarget,
    },
    /// E-mail.
    Mail {
        /// Address.
        address: String,
    },
}

/// `PUT /api/me/channels/{channel_id}`: the same id again is the same channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutChannel {
    /// What the officer calls it, e.g. the name of the phone.
    pub label: String,
    /// Where.
    pub target: ChannelTarget,
}

/// A channel, as its officer and those who answer for the desk see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ChannelView {
    /// Identity.
    pub channel_id: ChannelId,
    /// Whose.
    pub staff_id: StaffId,
    /// Name of the officer.
    pub name: String,
    /// By what.
    pub channel: ChannelKind,
    /// What the officer calls it.
    pub label: String,
    /// When it was set up.
    pub set_at_ms: UnixMs,
    /// The latest notification by it, a test or a real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<NotificationView>,
}

/// `GET /api/me/channels`, `GET /api/cover/channels` (of the desk, or of all), and the answer to a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Channels {
    /// By officer and label.
    pub channels: Vec<ChannelView>,
    /// Public VAPID key for `applicationServerKey`; none: Web Push is not set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_push_key: Option<String>,
    /// E-mail is set up.
    pub mail: bool,
    /// Webhooks that are in force, by name; none among an officer's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<WebhookLast>,
}

/// A webhook with what was last told by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WebhookLast {
    /// Which.
    pub webhook_id: WebhookId,
    /// Name to show.
    pub name: String,
    /// The latest notification by it, a test or a real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<NotificationView>,
}
