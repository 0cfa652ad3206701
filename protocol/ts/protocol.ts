// Generated from protocol/src; do not edit. Anew: cargo run -p sos-protocol --features schema --bin protocol-ts

export const SUBPROTOCOL = "sos.v1";
export const FRAME_BYTES_MAX = 16384;
export const SALVAGE_BYTES = 8192;
export const TEXT_CHARS_MAX = 2000;
export const ALERT_TEXT_CHARS_MAX = 500;
export const FIXES_PER_FRAME_MAX = 50;
export const DELIVERED_PER_FRAME_MAX = 50;
export const FOLLOW_MAX = 10;
export const PUSH_TARGET_CHARS_MAX = 1024;
export const PIN_DIGITS_MIN = 4;
export const PIN_DIGITS_MAX = 8;
export const BORROWED_H = 24;
export const PHOTO_BYTES_MAX = 4194304;
export const VOICE_BYTES_MAX = 1048576;
export const ATTACHMENT_PART_BYTES_MAX = 65536;
export const ATTACHMENTS_PER_CASE_MAX = 50;
export const ACCURACY_M_MAX = 1000000;
export const CLOCK_AHEAD_MS_MAX = 86400000;
export const WAITED_MS_MAX = 31536000000;
export const PING_INTERVAL_S = 20;
export const PING_INTERVAL_SOS_S = 10;
export const PINGS_MISSED_MAX = 2;
export const HELLO_TIMEOUT_S = 10;
export const CANCEL_WINDOW_S = 10;
export const RECONNECT_MAX_S = 30;
export const RESEND_AFTER_S = 5;
export const HEARTBEAT_INTERVAL_S = 10;
export const LINK_AMBER_S = 15;
export const LINK_RED_S = 30;
export const REPLAY_ENTRIES_MAX = 5000;
export const SNAPSHOT_CLOSED_MAX = 100;
export const SNAPSHOT_PART_BYTES = 65536;
export const DETAIL_FIXES_MAX = 2000;
export const TICKET_TTL_S = 30;
export const POSITION_FRESH_S = 60;
export const POSITION_OLD_S = 300;
export const LATE_AFTER_S = 60;

/**
 * A moment, in milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
 */
export type UnixMs = number;

/**
 * One press of SOS; made on the phone (UUIDv7) and the key by which a repeat is known.
 */
export type AlertId = string;

/**
 * One person's matter; derived from the alert that opened it, see [`CaseId::of_alert`].
 */
export type CaseId = string;

/**
 * A phone that was enrolled.
 */
export type DeviceId = string;

/**
 * A worker abroad.
 */
export type WorkerId = string;

/**
 * An officer with an account.
 */
export type StaffId = string;

/**
 * A chat message, made by its author.
 */
export type MessageId = string;

/**
 * A note on a case, made by its author.
 */
export type NoteId = string;

/**
 * A measured location, made on the phone.
 */
export type FixId = string;

/**
 * A photo or a voice note, made on the phone.
 */
export type AttachmentId = string;

/**
 * A safe check-in, made on the phone.
 */
export type CheckInId = string;

/**
 * Four to eight digits. Never printed.
 */
export type Pin = string;

/**
 * One connection of a phone.
 */
export type SessionId = string;

/**
 * The office that answers: a short name such as `tw-taipei`; lower-case letters, digits and dashes.
 */
export type DeskId = string;

/**
 * Place in the ledger: 1 is the first entry, no gaps; also the cursor that consoles and phones resume from.
 */
export type Seq = number;

/**
 * ISO 3166-1 alpha-2 code of a country or territory, upper case, e.g. `TW`.
 */
export type CountryCode = string;

/**
 * What went wrong, in a word that programs can match on.
 */
export type ErrorCode = "malformed_json" | "unknown_type" | "missing_field" | "invalid_field" | "too_large" | "too_many" | "binary_frame" | "rate_limited" | "not_signed_in" | "wrong_password" | "forbidden" | "foreign_origin" | "not_found" | "method_not_allowed" | "stale_version" | "illegal_transition" | "id_reused" | "code_unknown" | "code_used" | "code_expired" | "proof_invalid" | "credential_invalid" | "credential_expired" | "device_revoked" | "pin_needed" | "pin_wrong" | "content_refused" | "not_verified" | "ticket_invalid" | "session_replaced" | "not_yet_recorded" | "unavailable" | "internal";

/**
 * Who won the race.
 */
export type Conflict = { 
/**
 * What the other did: the kind of the case event, e.g. `claimed`.
 */
did: string, 
/**
 * Their name, where a person did it.
 */
by?: string | null, 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * The version that the case has now.
 */
version: number, };

/**
 * An RFC 9457 problem document (`application/problem+json`).
 */
export type Problem = { 
/**
 * `urn:sos:problem:` and the code.
 */
type: string, 
/**
 * The code in English words.
 */
title: string, 
/**
 * HTTP status.
 */
status: number, 
/**
 * The code.
 */
code: ErrorCode, 
/**
 * What exactly, without personal data.
 */
detail?: string | null, 
/**
 * The field it is about.
 */
field?: string | null, 
/**
 * For a lost race: who did what, and when.
 */
conflict?: Conflict | null, };

/**
 * What measured a fix.
 */
export type FixSource = "gps" | "network" | "manual";

/**
 * What set an alert off.
 */
export type Trigger = "hold" | "hardware" | "confirm";

/**
 * What happened, in the four words the worker can choose from.
 */
export type EmergencyKind = "injured" | "attacked" | "held" | "other";

/**
 * A measured location.
 */
export type Fix = { 
/**
 * Made on the phone; the same id again is the same fix.
 */
fix_id: FixId, 
/**
 * Latitude, WGS 84 degrees, -90 to 90.
 */
lat: number, 
/**
 * Longitude, WGS 84 degrees, -180 to 180.
 */
lon: number, 
/**
 * Radius of the circle that holds the true place with 68% probability, in metres.
 */
accuracy_m?: number | null, 
/**
 * When it was measured, by the positioning system.
 */
fix_time_ms?: UnixMs | null, 
/**
 * What measured it.
 */
source?: FixSource | null, 
/**
 * Speed over ground, in metres a second.
 */
speed_mps?: number | null, 
/**
 * Course over ground, degrees from north, 0 to 360.
 */
heading_deg?: number | null, 
/**
 * Charge of the battery, 0 to 100.
 */
battery_pct?: number | null, };

/**
 * One press of SOS. Every field but `alert_id` may be missing, and a broken one never stops the alert: see
 * [`crate::lenient`].
 */
export type Alert = { 
/**
 * Made on the phone before anything else (UUIDv7); the same id again is the same alert.
 */
alert_id: AlertId, 
/**
 * The phone's clock at the press. Shown, never trusted.
 */
device_time_ms?: UnixMs | null, 
/**
 * How long the press had waited on the phone when this was sent, in milliseconds, by the phone's own count: that is
 * right whatever the phone's clock says. None: it was sent at once, or the phone does not count.
 */
waited_ms?: number | null, 
/**
 * Where the worker is, if it is known already. An SOS never waits for it.
 */
position?: Fix | null, 
/**
 * What set it off.
 */
trigger?: Trigger | null, 
/**
 * What happened, if the worker said so.
 */
kind?: EmergencyKind | null, 
/**
 * Words of the worker, at most [`crate::limits::ALERT_TEXT_CHARS_MAX`].
 */
text?: string | null, 
/**
 * Charge of the battery, 0 to 100.
 */
battery_pct?: number | null, 
/**
 * A test of the whole path that the worker asked for: marked everywhere, counted nowhere, and never part of a matter
 * that is none. Only a plain `true` makes a drill; anything else in its place is an SOS.
 */
drill?: boolean, };

/**
 * Where a case stands.
 */
export type CaseState = "open" | "claimed" | "closed";

/**
 * Why a case was closed.
 */
export type Disposition = "resolved" | "referred" | "false_alarm" | "cancelled_by_worker" | "duplicate" | "unable_to_contact" | "test";

/**
 * How urgent a case is.
 */
export type Priority = "p1" | "p2" | "p3";

/**
 * Why an alert is not known to come from the worker it names.
 */
export type Unverified = "no_credential" | "credential_invalid" | "credential_expired" | "proof_invalid" | "device_unknown" | "device_revoked" | "sms";

/**
 * What the choice of the desk rests on.
 */
export type RoutingBasis = "polygon" | "border" | "offshore" | "special_area" | "contract_country" | "nothing";

/**
 * Why this desk.
 */
export type RoutingView = { 
/**
 * What the choice rests on.
 */
basis: RoutingBasis, 
/**
 * The most likely country.
 */
country?: CountryCode | null, 
/**
 * The other countries it may be, most likely first.
 */
others?: Array<CountryCode>, 
/**
 * Distance in kilometres to the nearest territorial sea (12 nautical miles off the coast), when offshore.
 */
offshore_km?: number | null, 
/**
 * Name of the special area.
 */
special_area?: string | null, 
/**
 * The country has no desk of its own; the ministry desk holds the case.
 */
no_desk_for_country: boolean, };

/**
 * The officer who has a case.
 */
export type Owner = { 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, 
/**
 * Since when.
 */
since_ms: UnixMs, };

/**
 * How a case ended.
 */
export type Closing = { 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * Who closed it.
 */
by: string, 
/**
 * Why.
 */
disposition: Disposition, 
/**
 * In words.
 */
summary: string, };

/**
 * A fix as the service keeps it.
 */
export type FixView = { 
/**
 * When it reached the service. Order by this, show age by `fix_time_ms` where it is there.
 */
server_time_ms: UnixMs, 
/**
 * Made on the phone; the same id again is the same fix.
 */
fix_id: FixId, 
/**
 * Latitude, WGS 84 degrees, -90 to 90.
 */
lat: number, 
/**
 * Longitude, WGS 84 degrees, -180 to 180.
 */
lon: number, 
/**
 * Radius of the circle that holds the true place with 68% probability, in metres.
 */
accuracy_m?: number | null, 
/**
 * When it was measured, by the positioning system.
 */
fix_time_ms?: UnixMs | null, 
/**
 * What measured it.
 */
source?: FixSource | null, 
/**
 * Speed over ground, in metres a second.
 */
speed_mps?: number | null, 
/**
 * Course over ground, degrees from north, 0 to 360.
 */
heading_deg?: number | null, 
/**
 * Charge of the battery, 0 to 100.
 */
battery_pct?: number | null, };

/**
 * A case as a row of the queue and a mark on the map. The whole state: a later one replaces an earlier one.
 */
export type CaseSummary = { 
/**
 * Identity.
 */
case_id: CaseId, 
/**
 * For people: `2026-000123`.
 */
case_no: string, 
/**
 * Changes with every step of the lifecycle; a command names the version it saw.
 */
version: number, 
/**
 * The last ledger entry of this case; a summary with a smaller one is older.
 */
last_seq: Seq, 
/**
 * Where it stands.
 */
state: CaseState, 
/**
 * How urgent it is.
 */
priority: Priority, 
/**
 * It rings until somebody answers: unclaimed, or pressed again since it was claimed.
 */
ringing: boolean, 
/**
 * The desk that holds it.
 */
desk_id: DeskId, 
/**
 * Desks that are shown it.
 */
watchers: Array<DeskId>, 
/**
 * Why this desk.
 */
routing: RoutingView, 
/**
 * The worker, where known.
 */
worker_id?: WorkerId | null, 
/**
 * Name of the worker, where known.
 */
worker_name?: string | null, 
/**
 * Why it is not known to come from this worker; absent when verified.
 */
unverified?: Unverified | null, 
/**
 * What happened, if the worker said so.
 */
kind?: EmergencyKind | null, 
/**
 * First alert received.
 */
opened_at_ms: UnixMs, 
/**
 * Latest alert received.
 */
pressed_at_ms: UnixMs, 
/**
 * How long that one had waited on the phone before it was sent, in milliseconds; none: it came at once.
 */
waited_ms?: number | null, 
/**
 * How many times SOS was pressed.
 */
presses: number, 
/**
 * By when somebody should have claimed it, by the desk's target.
 */
claim_due_ms: UnixMs, 
/**
 * First drawn and rung by a console of the desk.
 */
rang_at_ms?: UnixMs | null, 
/**
 * First opened by an officer.
 */
seen_at_ms?: UnixMs | null, 
/**
 * The worker took the press back.
 */
cancelled_at_ms?: UnixMs | null, 
/**
 * The worker was made to take it back, and gave the PIN that says so. The phone shows nothing of it.
 */
duress_at_ms?: UnixMs | null, 
/**
 * A test of the path; counted nowhere.
 */
drill?: boolean, 
/**
 * Who has it.
 */
owner?: Owner | null, 
/**
 * Messages of the worker since an officer last looked or wrote.
 */
unread: number, 
/**
 * Newest position.
 */
position?: FixView | null, 
/**
 * Charge of the phone's battery, 0 to 100, the latest known.
 */
battery_pct?: number | null, 
/**
 * How it ended.
 */
closing?: Closing | null, };

/**
 * Who did something.
 */
export type Actor = { "role": "worker", } | { "role": "staff", 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, } | { "role": "service", };

/**
 * A field that was broken, and why.
 */
export type DroppedField = { 
/**
 * Path, e.g. `position.lat` or `fixes[3].accuracy_m`.
 */
field: string, 
/**
 * `missing_field` or `invalid_field` or `too_large`.
 */
code: ErrorCode, };

/**
 * What an attachment is.
 */
export type Media = "photo" | "voice";

/**
 * A photo or voice note of a case.
 */
export type Attachment = { 
/**
 * Identity.
 */
attachment_id: AttachmentId, 
/**
 * What it is.
 */
media: Media, 
/**
 * Media type, by its content.
 */
content_type: string, 
/**
 * Size in bytes, as the phone sent it.
 */
bytes: number, 
/**
 * SHA-256 of what the phone sent, hex in lower case.
 */
sha256: string, };

/**
 * What a photo says about where and when it was taken, by the camera's own word.
 */
export type Taken = { 
/**
 * Latitude, WGS 84 degrees; with `lon`.
 */
lat?: number | null, 
/**
 * Longitude, WGS 84 degrees.
 */
lon?: number | null, 
/**
 * When, where the file says it with its offset from UTC.
 */
at_ms?: UnixMs | null, };

/**
 * A safe check-in ("Tôi ổn"), as officers see it.
 */
export type CheckInView = { 
/**
 * When the worker said it: when it arrived, less the time that it waited on the phone.
 */
at_ms: UnixMs, 
/**
 * When it arrived.
 */
received_at_ms: UnixMs, 
/**
 * Where, if the phone knew.
 */
position?: Fix | null, };

/**
 * What happened in a case: the payload of a ledger entry.
 */
export type CaseEvent = { "kind": "opened", 
/**
 * The press.
 */
alert: Alert, 
/**
 * When the gateway had it on disk.
 */
received_at_ms: UnixMs, 
/**
 * Why this desk.
 */
routing: RoutingView, 
/**
 * Why it is unverified.
 */
unverified?: Unverified | null, 
/**
 * The number that it came from, if it came by SMS.
 */
sms_from?: string | null, 
/**
 * Fields that were broken and left out.
 */
dropped?: Array<DroppedField>, } | { "kind": "pressed_again", 
/**
 * The press.
 */
alert: Alert, 
/**
 * When the gateway had it on disk.
 */
received_at_ms: UnixMs, 
/**
 * Why it is unverified.
 */
unverified?: Unverified | null, 
/**
 * The number that it came from, if it came by SMS.
 */
sms_from?: string | null, 
/**
 * Fields that were broken and left out.
 */
dropped?: Array<DroppedField>, } | { "kind": "cancelled", 
/**
 * Which.
 */
alert_id: AlertId, } | { "kind": "duress", 
/**
 * The alert that was to be taken back, or that was sent so.
 */
alert_id: AlertId, } | { "kind": "attachment", 
/**
 * Which.
 */
attachment: Attachment, 
/**
 * What the file said about itself. It is kept here and taken out of what is passed on.
 */
taken?: Taken | null, } | { "kind": "rang", 
/**
 * The alerts that it rang for.
 */
alert_ids: Array<AlertId>, } | { "kind": "seen", 
/**
 * The alerts that were seen.
 */
alert_ids: Array<AlertId>, } | { "kind": "claimed", } | { "kind": "released", 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "transferred", 
/**
 * From here …
 */
from: DeskId, 
/**
 * … to there.
 */
to: DeskId, 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "closed", 
/**
 * Why.
 */
disposition: Disposition, 
/**
 * In words.
 */
summary: string, } | { "kind": "reopened", 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "message", 
/**
 * Identity.
 */
message_id: MessageId, 
/**
 * The words.
 */
text: string, } | { "kind": "delivered", 
/**
 * Which.
 */
message_ids: Array<MessageId>, } | { "kind": "note", 
/**
 * Identity.
 */
note_id: NoteId, 
/**
 * The words.
 */
text: string, };

/**
 * One line of a case's history.
 */
export type TimelineEntry = { 
/**
 * Place in the ledger.
 */
seq: Seq, 
/**
 * When it was recorded.
 */
at_ms: UnixMs, 
/**
 * Who did it.
 */
actor: Actor, 
/**
 * What.
 */
event: CaseEvent, };

/**
 * What is known of a worker, for the officers of the desk.
 */
export type WorkerProfile = { 
/**
 * Identity.
 */
worker_id: WorkerId, 
/**
 * Full name.
 */
name: string, 
/**
 * Telephone number.
 */
phone?: string | null, 
/**
 * Language tag, e.g. `vi`.
 */
language: string, 
/**
 * Country of the contract.
 */
contract_country?: CountryCode | null, 
/**
 * Employer.
 */
employer?: string | null, 
/**
 * Address abroad.
 */
address?: string | null, };

/**
 * Everything about one case.
 */
export type CaseDetail = { 
/**
 * The state now.
 */
case: CaseSummary, 
/**
 * The worker, where known. When the case is unverified: the worker that the phone claims to be.
 */
worker?: WorkerProfile | null, 
/**
 * The worker's latest safe check-in, where the worker is known.
 */
last_check_in?: CheckInView | null, 
/**
 * All entries, oldest first; chat messages and notes are among them.
 */
timeline: Array<TimelineEntry>, 
/**
 * At most [`crate::limits::DETAIL_FIXES_MAX`], newest first.
 */
fixes: Array<FixView>, };

/**
 * The receipt ladder. A later step implies the earlier ones, except that a claim can be given up again: then
 * `recorded` comes once more, with a larger `seq`, and is what holds.
 */
export type Stage = "received" | "recorded" | "rang" | "seen" | "claimed" | "closed";

/**
 * One step of the ladder, as far as the alert has truly got.
 */
export type Receipt = { 
/**
 * Which alert.
 */
alert_id: AlertId, 
/**
 * The step.
 */
stage: Stage, 
/**
 * When it was reached, by the server's clock.
 */
at_ms: UnixMs, 
/**
 * From `recorded` on.
 */
case_id?: CaseId | null, 
/**
 * Name of the desk, from `recorded` on.
 */
desk_name?: string | null, 
/**
 * Name of the officer, from `seen` on.
 */
by?: string | null, 
/**
 * With `closed`.
 */
disposition?: Disposition | null, 
/**
 * Place in the ledger, from `recorded` on.
 */
seq?: Seq | null, };

/**
 * What a phone sends.
 */
export type PhoneFrame = { "type": "hello", 
/**
 * From the enrolment; left out by a phone that has none.
 */
credential?: string | null, 
/**
 * Of [`crate::proof::hello`], base64url.
 */
signature?: string | null, 
/**
 * The largest `seq` this phone has dealt with; 0 for all that concerns its open case.
 */
last_seq: Seq, 
/**
 * Alerts this phone wants to go on hearing about, at most [`crate::limits::FOLLOW_MAX`]. Needed by a
 * phone without a credential; an enrolled one hears about all its alerts anyway.
 */
follow?: Array<AlertId>, 
/**
 * Of the app, for the log, at most 40 characters.
 */
app_version?: string | null, } | { "type": "alert", 
/**
 * The press.
 */
alert: Alert, } | { "type": "cancel", 
/**
 * Which press.
 */
alert_id: AlertId, 
/**
 * Of a worker who has set one. Its answer does not tell which of the two it was, see [`crate::http::SetPins`].
 */
pin?: Pin | null, 
/**
 * The phone's clock.
 */
device_time_ms?: UnixMs | null, } | { "type": "fixes", 
/**
 * The open alert they belong to.
 */
alert_id: AlertId, 
/**
 * At most [`crate::limits::FIXES_PER_FRAME_MAX`].
 */
fixes: Array<Fix>, } | { "type": "message", 
/**
 * Made on the phone; the same id again is the same message.
 */
message_id: MessageId, 
/**
 * The alert whose case it belongs to.
 */
alert_id: AlertId, 
/**
 * At most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, 
/**
 * The phone's clock.
 */
device_time_ms?: UnixMs | null, } | { "type": "delivered", 
/**
 * The alert whose case they belong to.
 */
alert_id: AlertId, 
/**
 * At most [`crate::limits::DELIVERED_PER_FRAME_MAX`].
 */
message_ids: Array<MessageId>, } | { "type": "ping", };

/**
 * What the gateway sends to a phone.
 */
export type GatewayFrame = { "type": "challenge", 
/**
 * To be signed, see [`crate::proof::hello`].
 */
nonce: string, 
/**
 * The server's clock.
 */
server_time_ms: UnixMs, } | { "type": "welcome", 
/**
 * Of this connection, for the log.
 */
session_id: SessionId, 
/**
 * Whether credential and signature were in order. If not, an SOS is taken all the same and marked
 * *unverified*.
 */
verified: boolean, 
/**
 * Why not.
 */
unverified?: Unverified | null, 
/**
 * A newer credential, to be stored in place of the old one.
 */
credential?: string | null, 
/**
 * The server's clock.
 */
server_time_ms: UnixMs, } | { "type": "receipt", 
/**
 * The step of the ladder.
 */
receipt: Receipt, } | { "type": "message", 
/**
 * Its place in the ledger.
 */
seq: Seq, 
/**
 * The case.
 */
case_id: CaseId, 
/**
 * The latest alert of this phone in that case.
 */
alert_id: AlertId, 
/**
 * Of the message.
 */
message_id: MessageId, 
/**
 * The words.
 */
text: string, 
/**
 * Name of the officer.
 */
from: string, 
/**
 * When it was recorded.
 */
at_ms: UnixMs, } | { "type": "accepted", 
/**
 * `message_id`, or the `alert_id` of a `cancel`.
 */
id: string, 
/**
 * When.
 */
at_ms: UnixMs, } | { "type": "fixes_accepted", 
/**
 * All fixes of the frame that could be told apart, kept or not.
 */
fix_ids: Array<FixId>, 
/**
 * The ones that were not kept, and fields that were dropped.
 */
dropped?: Array<DroppedField>, } | { "type": "cleaned", 
/**
 * The alert.
 */
alert_id: AlertId, 
/**
 * What was left out.
 */
dropped: Array<DroppedField>, } | { "type": "error", 
/**
 * What went wrong.
 */
code: ErrorCode, 
/**
 * In English words, for developers.
 */
detail: string, 
/**
 * The id of the thing it is about, where there is one.
 */
id?: string | null, } | { "type": "pong", 
/**
 * The server's clock.
 */
server_time_ms: UnixMs, };

/**
 * An officer on shift.
 */
export type DutyOfficer = { 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, 
/**
 * At which desk.
 */
desk_id: DeskId, 
/**
 * Since when.
 */
since_ms: UnixMs, };

/**
 * An SOS that waits to be recorded. There is no case yet that could be claimed.
 */
export type ProvisionalAlert = { 
/**
 * The press; also says which entry takes this one's place.
 */
alert: Alert, 
/**
 * The case that it will open, unless its worker has an open one.
 */
case_id: CaseId, 
/**
 * When the gateway had it on disk.
 */
received_at_ms: UnixMs, 
/**
 * The desk that will hold it.
 */
desk_id: DeskId, 
/**
 * Desks that will be shown it; and the ministry's.
 */
watchers: Array<DeskId>, 
/**
 * Why this desk.
 */
routing: RoutingView, 
/**
 * Why it is unverified.
 */
unverified?: Unverified | null, };

/**
 * What a console sends.
 */
export type ConsoleFrame = { "type": "hello", 
/**
 * From `POST /api/feed-ticket`; good once.
 */
ticket: string, 
/**
 * The largest `seq` that this console has dealt with; left out for a fresh snapshot.
 */
after_seq?: Seq | null, } | { "type": "resume", 
/**
 * The largest `seq` dealt with.
 */
after_seq: Seq, };

/**
 * What the service sends to a console.
 */
export type FeedFrame = { "type": "snapshot", 
/**
 * Open and claimed cases, and the latest closed ones
 * (at most [`crate::limits::SNAPSHOT_CLOSED_MAX`]).
 */
cases: Array<CaseSummary>, 
/**
 * Further parts follow.
 */
more: boolean, 
/**
 * The snapshot holds everything up to here.
 */
head_seq: Seq, 
/**
 * The server's clock.
 */
server_time_ms: UnixMs, } | { "type": "event", 
/**
 * The entry.
 */
entry: TimelineEntry, 
/**
 * The case after it (or later).
 */
case: CaseSummary, } | { "type": "positions", 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * The fixes.
 */
fixes: Array<FixView>, } | { "type": "provisional", 
/**
 * What is known of it.
 */
alert: ProvisionalAlert, } | { "type": "heartbeat", 
/**
 * The ledger's head. All entries up to here that this console may see were sent before this frame.
 */
head_seq: Seq, 
/**
 * The server's clock.
 */
server_time_ms: UnixMs, 
/**
 * Officers on shift at the console's desk.
 */
on_duty: Array<DutyOfficer>, } | { "type": "error", 
/**
 * What.
 */
code: ErrorCode, 
/**
 * In English words, for developers.
 */
detail: string, };

/**
 * `POST /api/enrol`
 */
export type EnrolRequest = { 
/**
 * The single-use code, as the worker typed it; case, spaces and dashes do not matter.
 */
code: string, 
/**
 * P-256 public key of the device: the uncompressed point (65 bytes, first one 4), base64url without padding.
 */
public_key: string, 
/**
 * Of [`crate::proof::enrol`] by that key, base64url without padding.
 */
signature: string, 
/**
 * Kind of phone, for the profile, at most 80 characters.
 */
device_model?: string | null, };

/**
 * The answer to [`EnrolRequest`]. The same code and key again give the same device (a lost answer does not cost
 * the code).
 */
export type Enrolled = { 
/**
 * The phone's name from now on.
 */
device_id: DeviceId, 
/**
 * To be shown in `hello` and with alerts over HTTP; opaque to the phone.
 */
credential: string, 
/**
 * Until when the credential is good. An SOS is taken after that as well.
 */
credential_expires_ms: UnixMs, 
/**
 * Who the service takes the owner for.
 */
worker: WorkerProfile, };

/**
 * `POST /api/alerts`: an alert over plain HTTP. Taken like one on the socket, whatever else is wrong.
 */
export type AlertPost = { 
/**
 * The press.
 */
alert: Alert, 
/**
 * From the enrolment.
 */
credential?: string | null, 
/**
 * Of [`crate::proof::alert`], base64url without padding.
 */
signature?: string | null, };

/**
 * The answer to [`AlertPost`], and `GET /api/alerts/{alert_id}`.
 */
export type AlertStatus = { 
/**
 * Which alert.
 */
alert_id: AlertId, 
/**
 * Steps reached so far, in order.
 */
receipts: Array<Receipt>, 
/**
 * Why it is unverified.
 */
unverified?: Unverified | null, 
/**
 * Fields that were broken and left out.
 */
dropped?: Array<DroppedField>, };

/**
 * `PUT /api/device/push`: where this phone can be told something while its app sleeps. One a device; a newer one takes
 * the place of the one before.
 */
export type PushTarget = { "kind": "fcm", 
/**
 * Registration token of the app on this phone, at most [`crate::limits::PUSH_TARGET_CHARS_MAX`].
 */
token: string, } | { "kind": "web", 
/**
 * `https:` address at a push service that this service knows, at most
 * [`crate::limits::PUSH_TARGET_CHARS_MAX`].
 */
endpoint: string, 
/**
 * Key of the subscription: a point of P-256, uncompressed, base64url without padding.
 */
p256dh: string, 
/**
 * Secret of the subscription, 16 bytes, base64url without padding.
 */
auth: string, };

/**
 * `GET /api/settings`: what a phone has to know of this service. To be asked for now and then and kept.
 */
export type PhoneSettings = { 
/**
 * Public VAPID key (RFC 8292) for `applicationServerKey`: a point of P-256, uncompressed, base64url without padding.
 * None: Web Push is not set up.
 */
web_push_key?: string | null, 
/**
 * Number that takes the text of [`crate::sms`], with `+` and country code. None: no SMS is read by this service.
 */
sms_number?: string | null, };

/**
 * `PUT /api/device/pins`: the worker's PINs, for all of their phones. Answers 204, `pin_wrong` or `rate_limited`.
 */
export type SetPins = { 
/**
 * Takes a press back.
 */
pin: Pin, 
/**
 * Looks the same and says that the worker is made to do it: the case is raised, in silence. Another one than `pin`.
 */
other_pin: Pin, 
/**
 * The one that is set so far; needed once there is one.
 */
old_pin?: Pin | null, };

/**
 * `POST /api/card`: somebody else's phone speaks for a worker, with the code on the worker's card and a PIN. Answered by
 * [`Enrolled`], good for [`crate::limits::BORROWED_H`] hours; `pin_wrong` for a wrong code as for a wrong PIN; `rate_limited` after
 * too many tries. An SOS needs none of it.
 */
export type CardRequest = { 
/**
 * The code on the card, as it was typed; case, spaces and dashes do not matter.
 */
card: string, 
/**
 * Either of the worker's PINs.
 */
pin: Pin, 
/**
 * As in [`EnrolRequest`].
 */
public_key: string, 
/**
 * Of [`crate::proof::card`] by that key, base64url without padding.
 */
signature: string, };

/**
 * `POST /api/device/check-ins`: "Tôi ổn". Answers 204; the same id again is the same check-in.
 */
export type CheckIn = { 
/**
 * Made on the phone.
 */
check_in_id: CheckInId, 
/**
 * How long it waited on the phone before it was sent, in milliseconds, by the phone's own count.
 */
waited_ms?: number | null, 
/**
 * Where, if the phone knows.
 */
position?: Fix | null, };

/**
 * `POST /api/device/attachments`: a photo or voice note that is going to be sent in parts. The same id again is the same
 * attachment. `not_yet_recorded`: the alert is no case yet, later again.
 */
export type NewAttachment = { 
/**
 * Made on the phone.
 */
attachment_id: AttachmentId, 
/**
 * The alert of this phone whose case it belongs to.
 */
alert_id: AlertId, 
/**
 * What it is.
 */
media: Media, 
/**
 * Size in bytes, at most [`crate::limits::PHOTO_BYTES_MAX`] or [`crate::limits::VOICE_BYTES_MAX`].
 */
bytes: number, 
/**
 * SHA-256, hex in lower case.
 */
sha256: string, };

/**
 * The answer to [`NewAttachment`], to `GET /api/device/attachments/{attachment_id}` and to each part, `PUT
 * /api/device/attachments/{attachment_id}/{offset}` with at most [`crate::limits::ATTACHMENT_PART_BYTES_MAX`] bytes as
 * `application/octet-stream`. A part that does not begin at `received_bytes` changes nothing: the phone goes on from there.
 */
export type AttachmentState = { 
/**
 * Which.
 */
attachment_id: AttachmentId, 
/**
 * The service has so much of it, from the beginning.
 */
received_bytes: number, 
/**
 * It is whole, was checked, and belongs to the case.
 */
complete: boolean, };

/**
 * `POST /api/session`
 */
export type SignIn = { 
/**
 * Account.
 */
login: string, 
/**
 * Password.
 */
password: string, };

/**
 * What an account may do.
 */
export type Role = "dispatcher" | "supervisor" | "duty_officer" | "reviewer" | "administrator";

/**
 * A desk: element of `GET /api/desks`.
 */
export type DeskView = { 
/**
 * Identity.
 */
desk_id: DeskId, 
/**
 * Name to show.
 */
name: string, 
/**
 * Country it is in; absent for the ministry.
 */
country?: CountryCode | null, 
/**
 * IANA name of its time zone; absent where it is not set.
 */
time_zone?: string | null, 
/**
 * City of the post, WGS 84 degrees.
 */
lat?: number | null, 
/**
 * City of the post, WGS 84 degrees.
 */
lon?: number | null, 
/**
 * Officers on shift there.
 */
on_duty: number, };

/**
 * Who is signed in: answer to `POST` and `GET /api/session`.
 */
export type Me = { 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, 
/**
 * What they may do.
 */
role: Role, 
/**
 * Their desk.
 */
desk?: DeskView | null, 
/**
 * When the session ends.
 */
session_ends_ms: UnixMs, 
/**
 * On shift since; absent when not on shift.
 */
on_shift_since_ms?: UnixMs | null, };

/**
 * `GET /api/desks`
 */
export type Desks = { 
/**
 * All desks, the ministry first, then by name.
 */
desks: Array<DeskView>, };

/**
 * `POST /api/feed-ticket`
 */
export type FeedTicket = { 
/**
 * For the `hello` of the feed; good once, for [`crate::limits::TICKET_TTL_S`] seconds.
 */
ticket: string, };

/**
 * `POST /api/cases/{case_id}/claim`
 */
export type Claim = { 
/**
 * The version that the officer saw.
 */
version: number, };

/**
 * `POST /api/cases/{case_id}/release` and `/reopen`
 */
export type WithReason = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * Why, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
reason?: string | null, };

/**
 * `POST /api/cases/{case_id}/transfer`
 */
export type Transfer = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * The desk that is to hold it.
 */
to: DeskId, 
/**
 * Why, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
reason?: string | null, };

/**
 * `POST /api/cases/{case_id}/close`
 */
export type Close = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * Why.
 */
disposition: Disposition, 
/**
 * In words, not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
summary: string, };

/**
 * `POST /api/cases/{case_id}/messages`; the same `message_id` again is the same message.
 */
export type PostMessage = { 
/**
 * Made by the console.
 */
message_id: MessageId, 
/**
 * Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, };

/**
 * `POST /api/cases/{case_id}/notes`; the same `note_id` again is the same note.
 */
export type PostNote = { 
/**
 * Made by the console.
 */
note_id: NoteId, 
/**
 * Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, };

/**
 * The answer to every command on a case (`claim`, `release`, `transfer`, `close`, `reopen`, `messages`, `notes`,
 * `rang`, `seen`): the case as it is now. The feed brings the event itself.
 */
export type CaseAnswer = { 
/**
 * The state now.
 */
case: CaseSummary, };

/**
 * `GET /api/cases`
 */
export type CaseList = { 
/**
 * Open and claimed cases, and the latest closed ones.
 */
cases: Array<CaseSummary>, };

/**
 * `GET /readyz`
 */
export type Readiness = { 
/**
 * Alerts can be taken: at least one store answers.
 */
takes_alerts: boolean, 
/**
 * Postgres answers.
 */
postgres: boolean, 
/**
 * Redis answers.
 */
redis: boolean, 
/**
 * The console's files are built.
 */
console: boolean, };

