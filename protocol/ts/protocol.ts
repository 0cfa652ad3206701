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
export const NOTIFICATIONS_MAX = 200;
export const ROTA_DAYS_SHOWN = 28;
export const HOLIDAYS_MAX = 200;
export const CHANNELS_PER_OFFICER_MAX = 10;
export const LABEL_CHARS_MAX = 80;
export const TOKEN_DAYS_MAX = 365;
export const TAGS_MAX = 10;
export const LINKS_MAX = 50;
export const BATCH_CASES_MAX = 200;
export const SEARCH_CASES_MAX = 50;
export const CODES_MAX = 1000;
export const CODES_BYTES_MAX = 524288;
export const ADMIN_ENTRIES_MAX = 200;
export const TEXTS_MAX = 60;
export const PRESENCE_SAY_S = 5;
export const PRESENCE_GONE_S = 12;
export const FIGURES_DAYS_MAX = 1830;
export const FIGURE_CASES_MAX = 200;
export const CASE_FILE_BYTES_MAX = 33554432;
export const ANSWER_TARGETS_MAX = 5;
export const EXPORT_XLSX_ROWS_MAX = 1048575;
export const EXPORTS_PER_OFFICER_MAX = 20;
export const EXPORT_KEPT_DAYS = 7;
export const EXPORT_SCHEDULED_KEPT_DAYS = 366;
export const REPORT_TEXT_CHARS_MAX = 4000;
export const REPORT_MEASURES_MAX = 20;
export const REPORT_QUESTIONS_MAX = 10;
export const REPORT_QUESTIONS_ALL_MAX = 50;
export const REPORT_LINES_MAX = 500;
export const REPORTS_PAGE_MAX = 50;
export const REPORT_WITHIN_H = 72;

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
 * A token with which another system reads.
 */
export type TokenId = string;

/**
 * A chat message, made by its author.
 */
export type MessageId = string;

/**
 * A note on a case, made by its author.
 */
export type NoteId = string;

/**
 * A measure that follows from a case, made by its author.
 */
export type MeasureId = string;

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
 * An on-call rota.
 */
export type RotaId = string;

/**
 * The escalation policy of a desk, through all its versions.
 */
export type PolicyId = string;

/**
 * A webhook that an administrator has set up.
 */
export type WebhookId = string;

/**
 * Where an officer can be told away from the console.
 */
export type ChannelId = string;

/**
 * That somebody is to be told of something, once, by one channel.
 */
export type NotificationId = string;

/**
 * A file that somebody takes away, made by whoever asks for it.
 */
export type ExportId = string;

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
 * A case is offered to another desk.
 */
export type Offer = { 
/**
 * Which.
 */
to: DeskId, 
/**
 * Since when.
 */
at_ms: UnixMs, };

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
 * Who was asked to take it, and has not yet.
 */
assigned?: Owner | null, 
/**
 * The desk that it is offered to, and that has not taken it yet; the holder holds it until then.
 */
offer?: Offer | null, 
/**
 * Desks, among `watchers`, that may write in it.
 */
helpers?: Array<DeskId>, 
/**
 * Words to find it by.
 */
tags?: Array<string>, 
/**
 * Cases that belong to it.
 */
links?: Array<CaseId>, 
/**
 * When somebody was last told that nobody answers.
 */
escalated_at_ms?: UnixMs | null, 
/**
 * At that time there was nobody who could be told.
 */
nobody_told?: boolean, 
/**
 * An officer asked the phone for its position, and no fix has come since.
 */
fix_asked_at_ms?: UnixMs | null, 
/**
 * Employer of the worker, where known.
 */
employer?: string | null, 
/**
 * Where the worker lives abroad, where known.
 */
address?: string | null, 
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
dropped?: Array<DroppedField>, 
/**
 * As in the alert. It stands here as well because figures need it after the alert was erased; so do the next ones.
 */
emergency?: EmergencyKind | null, 
/**
 * As in the alert.
 */
waited_ms?: number | null, 
/**
 * As in the alert.
 */
drill?: boolean, 
/**
 * By when somebody should have claimed it, by the target of the desk at that time; absent in entries from before
 * this was said.
 */
claim_due_ms?: UnixMs | null, } | { "kind": "pressed_again", 
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
dropped?: Array<DroppedField>, 
/**
 * As in the alert. It stands here as well because figures need it after the alert was erased; so do the next ones.
 */
emergency?: EmergencyKind | null, 
/**
 * As in the alert.
 */
waited_ms?: number | null, } | { "kind": "cancelled", 
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
reason?: string | null, } | { "kind": "assigned", 
/**
 * Whom.
 */
to: StaffId, 
/**
 * Name to show.
 */
name: string, } | { "kind": "offered", 
/**
 * Which.
 */
to: DeskId, 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "declined", 
/**
 * Which.
 */
desk: DeskId, 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "withdrawn", 
/**
 * From which desk.
 */
desk: DeskId, } | { "kind": "shared", 
/**
 * Which.
 */
desk: DeskId, 
/**
 * It may write in it as well.
 */
help: boolean, 
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
text: string, } | { "kind": "prioritised", 
/**
 * How urgent.
 */
to: Priority, 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "tagged", 
/**
 * All of them now.
 */
tags: Array<string>, } | { "kind": "answered", 
/**
 * Which, by its id.
 */
question: string, 
/**
 * The answer.
 */
text: string, } | { "kind": "linked", 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * Its number.
 */
case_no: string, } | { "kind": "unlinked", 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * Its number.
 */
case_no: string, } | { "kind": "fix_asked", } | { "kind": "raised", 
/**
 * Why.
 */
reason?: string | null, } | { "kind": "escalated", 
/**
 * Who, and why.
 */
step: StepTaken, } | { "kind": "report_saved", 
/**
 * What is to follow up.
 */
plan: Array<MeasurePlan>, 
/**
 * The words.
 */
written: Written, } | { "kind": "report_submitted", } | { "kind": "report_returned", 
/**
 * How many questions it has.
 */
asked: number, 
/**
 * These.
 */
questions: Array<string>, } | { "kind": "report_accepted", } | { "kind": "measure_done", 
/**
 * Which.
 */
measure_id: MeasureId, } | { "kind": "measure_redated", 
/**
 * Which.
 */
measure_id: MeasureId, 
/**
 * By when, `2026-12-31`.
 */
due: string, } | { "kind": "looked_at", } | { "kind": "exported", 
/**
 * What.
 */
what: Exported, 
/**
 * SHA-256 of the file, hex in lower case.
 */
sha256: string, };

/**
 * What of a case was taken away as a file.
 */
export type Exported = "case_file" | "case_file_pdf" | "report_pdf" | "cap";

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
seq?: Seq | null, 
/**
 * Number of the case, with `closed`: under it the case is on record.
 */
case_no?: string | null, };

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
at_ms: UnixMs, } | { "type": "locate", 
/**
 * Its place in the ledger.
 */
seq: Seq, 
/**
 * The latest alert of this phone in that case.
 */
alert_id: AlertId, 
/**
 * When it was asked.
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
 * Who is on call for a desk, and when. `sos_core::cover::check` says what is wrong with one; one that is wrong is followed as
 * far as it can be, with nobody on call for the rest.
 */
export type Rota = { 
/**
 * Identity.
 */
id: RotaId, 
/**
 * The desk.
 */
desk: DeskId, 
/**
 * What people call it.
 */
name: string, 
/**
 * IANA name of the zone whose clocks it goes by, e.g. `Asia/Taipei`. A local time that comes twice, when clocks go
 * back, is taken the first time; one that is left out is the moment at which clocks go forward.
 */
time_zone: string, 
/**
 * On call together: with a layer for the first and one for the second, both are; the first layer's come first.
 */
layers: Array<Layer>, 
/**
 * Exceptions. Where several hold at a time, each is applied to what those before it leave.
 */
overrides: Array<Override>, };

/**
 * One arrangement of a rota, from a day on.
 */
export type Layer = { 
/**
 * The first local day: of the first turn, or of the first weekly shift that may begin.
 */
valid_from: string, 
/**
 * The local day on which another arrangement takes over: turns end at their handover on it, and no weekly shift
 * begins on it or later. None: it goes on.
 */
valid_until?: string | null, 
/**
 * How it goes.
 */
turns: Turns, };

/**
 * How a layer goes.
 */
export type Turns = { "kind": "in_turn", 
/**
 * In this order, and then again.
 */
staff: Array<StaffId>, 
/**
 * How long a turn is.
 */
every: Every, 
/**
 * Local time of the handover.
 */
handover: string, } | { "kind": "weekly", 
/**
 * In any order; they may overlap.
 */
shifts: Array<WeeklyShift>, };

/**
 * How long a turn is.
 */
export type Every = { "days": number } | { "weeks": number };

/**
 * A shift of every week.
 */
export type WeeklyShift = { 
/**
 * The local day on which it begins.
 */
day: Weekday, 
/**
 * Local time.
 */
from: string, 
/**
 * Local time; on the next day, unless it is later than `from`.
 */
to: string, 
/**
 * Who is on call, first to last.
 */
staff: Array<StaffId>, };

/**
 * A day of the week.
 */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/**
 * An exception for a time.
 */
export type Override = { 
/**
 * From …
 */
from: UnixMs, 
/**
 * … until just before.
 */
to: UnixMs, 
/**
 * What is different.
 */
change: Change, };

/**
 * What an override changes.
 */
export type Change = { "kind": "instead", 
/**
 * Who is away.
 */
of: StaffId, 
/**
 * Who stands in.
 */
by: StaffId, } | { "kind": "also", 
/**
 * Who.
 */
staff: StaffId, } | { "kind": "nobody" };

/**
 * The escalation policy of a desk.
 */
export type Policy = { 
/**
 * Identity, through all versions.
 */
id: PolicyId, 
/**
 * The desk whose cases it is for.
 */
desk: DeskId, 
/**
 * Grows with every change.
 */
version: number, 
/**
 * For the priorities that have no plan of their own.
 */
common: Plan, 
/**
 * For P1.
 */
p1?: Plan | null, 
/**
 * For P2.
 */
p2?: Plan | null, 
/**
 * For P3.
 */
p3?: Plan | null, 
/**
 * For how long nothing may happen in a claimed case before it rings again, in seconds.
 */
silent_s: number, };

/**
 * Steps in order, and how often they are gone through.
 */
export type Plan = { 
/**
 * 1 to `sos_core::cover::STEPS_MAX`.
 */
steps: Array<PolicyStep>, 
/**
 * How often all of it is repeated, up to `REPEATS_MAX`. After that the last step goes on alone, see
 * `sos_core::cover::due`.
 */
repeats: number, };

/**
 * One step of a plan.
 */
export type PolicyStep = { 
/**
 * Seconds after the step before it (of the first one: after the press, or after the last one of the round before), up
 * to `DELAY_S_MAX`.
 */
delay_s: number, 
/**
 * Who is told, all at once; 1 to `TARGETS_MAX`.
 */
targets: Array<Target>, };

/**
 * Whom a step means. Who that is, is looked up at the moment of the step.
 */
export type Target = { "kind": "consoles" } | { "kind": "on_call", 
/**
 * By this rota.
 */
rota: RotaId, } | { "kind": "staff", 
/**
 * Who.
 */
staff: StaffId, } | { "kind": "supervisors" } | { "kind": "desk", 
/**
 * Which.
 */
desk: DeskId, } | { "kind": "webhook", 
/**
 * Which.
 */
webhook: WebhookId, };

/**
 * How far a step came.
 */
export type Reach = "targets" | "ministry" | "nobody" | "later";

/**
 * Somebody who is told by a step.
 */
export type Recipient = { "kind": "staff", 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, 
/**
 * By all that the officer has set up; else at the console only.
 */
personal: boolean, } | { "kind": "desk", 
/**
 * Which.
 */
desk_id: DeskId, } | { "kind": "webhook", 
/**
 * Which.
 */
webhook_id: WebhookId, 
/**
 * Name to show.
 */
name: string, };

/**
 * A step of the escalation of a case, as it was taken.
 */
export type StepTaken = { 
/**
 * Which time that the escalation of this case began.
 */
run: number, 
/**
 * 0 is the first time through, then the repeats.
 */
round: number, 
/**
 * Counted from 1; 0 is the owner, who is told before the first step.
 */
step: number, 
/**
 * Nobody did anything in a claimed case, or its worker pressed again and its owner does not answer.
 */
claimed: boolean, 
/**
 * How far it came.
 */
reach: Reach, 
/**
 * Who is told.
 */
told: Array<Recipient>, 
/**
 * The last repeat is over: the last step goes on alone until a person answers.
 */
is_past_repeats: boolean, };

/**
 * By what somebody is told.
 */
export type ChannelKind = "console" | "web" | "fcm" | "mail" | "webhook";

/**
 * How far a notification has got. "Sent" means that the service behind the channel has taken it, no more.
 */
export type NotificationState = "waiting" | "sent" | "failed";

/**
 * That somebody is told by one channel, and how far that has got.
 */
export type NotificationView = { 
/**
 * Identity.
 */
notification_id: NotificationId, 
/**
 * Of which run of the escalation; 0: a test of the channel.
 */
run: number, 
/**
 * Of which round.
 */
round: number, 
/**
 * Of which step.
 */
step: number, 
/**
 * Name of the officer or webhook.
 */
to: string, 
/**
 * By what.
 */
channel: ChannelKind, 
/**
 * How far it has got.
 */
state: NotificationState, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * What went wrong the last time: `no_answer`, `refused`, `unregistered`, `unavailable`, `too_late`, `not_set_up`,
 * `answered` (somebody has taken or closed the case before it could be sent).
 */
fault?: string | null, 
/**
 * When the step was taken.
 */
made_at_ms: UnixMs, 
/**
 * When it was sent or given up.
 */
settled_at_ms?: UnixMs | null, };

/**
 * `GET /api/cases/{case_id}/escalation`
 */
export type EscalationView = { 
/**
 * When the next step is due; none: nothing runs, as for a drill or a closed case.
 */
next_due_ms?: UnixMs | null, 
/**
 * It waits beside a claimed case in which nothing happens, and has told nobody yet.
 */
is_watch: boolean, 
/**
 * Newest first, at most [`crate::limits::NOTIFICATIONS_MAX`].
 */
notifications: Array<NotificationView>, };

/**
 * A stretch of a rota in which the same officers are on call.
 */
export type ShiftView = { 
/**
 * From …
 */
from_ms: UnixMs, 
/**
 * … until just before.
 */
to_ms: UnixMs, 
/**
 * Who, first to last.
 */
staff: Array<StaffId>, };

/**
 * A rota with what it comes to, from today on.
 */
export type RotaView = { 
/**
 * As it is kept.
 */
rota: Rota, 
/**
 * For the next change: the version that was seen.
 */
version: number, 
/**
 * The shifts of the next [`crate::limits::ROTA_DAYS_SHOWN`] days.
 */
shifts: Array<ShiftView>, 
/**
 * Times of these days in which nobody is on call: from and to.
 */
gaps: Array<[UnixMs, UnixMs]>, };

/**
 * What a webhook can be told of.
 */
export type WebhookEvent = "case_opened" | "case_closed" | "report_accepted";

/**
 * In which form a webhook is told of events.
 */
export type WebhookFormat = "json" | "cap";

/**
 * How telling a webhook of events goes.
 */
export type FeedState = { 
/**
 * When it last took one.
 */
told_ms?: UnixMs | null, 
/**
 * Since when it takes none; absent: it took the latest one.
 */
failing_since_ms?: UnixMs | null, 
/**
 * What went wrong: `no_answer`, `refused`, `unavailable`.
 */
fault?: string | null, 
/**
 * Events that it never took and that are not told again.
 */
given_up: number, };

/**
 * A webhook, without its key. It is called with a JSON body and signed as [Standard Webhooks](https://www.standardwebhooks.com) say.
 */
export type WebhookView = { 
/**
 * Identity.
 */
webhook_id: WebhookId, 
/**
 * The desk that it is for; none: for all.
 */
desk?: DeskId | null, 
/**
 * What people call it.
 */
name: string, 
/**
 * `https:` address that is called. Empty for those who may not change it: an address can hold a secret.
 */
url: string, 
/**
 * In force.
 */
enabled: boolean, 
/**
 * For the next change.
 */
version: number, 
/**
 * What it is told of, beside what a policy has it told: of the cases of its desk, or of all. In the order of the ledger,
 * each at least once, under the same `webhook-id`.
 */
events?: Array<WebhookEvent>, 
/**
 * In which form it is told of these.
 */
format?: WebhookFormat, 
/**
 * How telling goes; absent: it is told of none. Not looked at in a change.
 */
feed?: FeedState | null, };

/**
 * An officer whom a rota or a policy can name.
 */
export type Colleague = { 
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
desk_id?: DeskId | null, 
/**
 * On shift, with a console connected.
 */
on_shift: boolean, 
/**
 * Can be told away from a console.
 */
has_channel: boolean, };

/**
 * `GET /api/cover`: who answers for the desk of whoever asks; for the ministry's officers and administrators, for all.
 */
export type CoverView = { 
/**
 * Rotas.
 */
rotas: Array<RotaView>, 
/**
 * Policies; a desk without one goes by the one that holds where none is set.
 */
policies: Array<Policy>, 
/**
 * That one, for the first desk.
 */
unset: Policy, 
/**
 * Webhooks.
 */
webhooks: Array<WebhookView>, 
/**
 * Officers.
 */
colleagues: Array<Colleague>, 
/**
 * Holidays, the next ones first.
 */
holidays: Array<Holiday>, 
/**
 * For the next change of the holidays: the version that was seen; 0: there were none.
 */
holidays_version: number, };

/**
 * A day on which offices and people may be closed; shown with the rota, it changes nothing by itself.
 */
export type Holiday = { 
/**
 * The local day.
 */
day: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Of which desk; none: of all.
 */
desk?: DeskId | null, };

/**
 * `PUT /api/cover/rotas/{rota_id}`. A fault is answered with its place, counted from 0: `layers[2].shifts[3].from`.
 */
export type PutRota = { 
/**
 * The version that was seen; 0: it is new.
 */
version: number, 
/**
 * All of it.
 */
rota: Rota, };

/**
 * `PUT /api/cover/policies/{desk_id}`; the policy names the version that was seen, 0 where none was set. A fault is
 * answered with its place, counted from 0: `p1.steps[2].delay_s`.
 */
export type PutPolicy = { 
/**
 * All of it.
 */
policy: Policy, };

/**
 * `PUT /api/cover/webhooks/{webhook_id}`
 */
export type PutWebhook = { 
/**
 * All of it; its version is the one that was seen, 0: it is new.
 */
webhook: WebhookView, 
/**
 * Key to sign with: `whsec_` and 24 to 64 bytes, base64. Left out: as before.
 */
key?: string | null, };

/**
 * `DELETE` of a rota or a webhook.
 */
export type Remove = { 
/**
 * The version that was seen.
 */
version: number, };

/**
 * `PUT /api/cover/holidays`: all of them. Of a supervisor's only the days of the own desk are taken, and the others stay.
 */
export type Holidays = { 
/**
 * The version that was seen; 0: there were none.
 */
version: number, 
/**
 * At most [`crate::limits::HOLIDAYS_MAX`].
 */
days: Array<Holiday>, };

/**
 * Where an officer can be told away from the console.
 */
export type ChannelTarget = { "kind": "push", 
/**
 * As phones give it.
 */
target: PushTarget, } | { "kind": "mail", 
/**
 * Address.
 */
address: string, };

/**
 * `PUT /api/me/channels/{channel_id}`: the same id again is the same channel.
 */
export type PutChannel = { 
/**
 * What the officer calls it, e.g. the name of the phone.
 */
label: string, 
/**
 * Where.
 */
target: ChannelTarget, };

/**
 * A channel, as its officer and those who answer for the desk see it.
 */
export type ChannelView = { 
/**
 * Identity.
 */
channel_id: ChannelId, 
/**
 * Whose.
 */
staff_id: StaffId, 
/**
 * Name of the officer.
 */
name: string, 
/**
 * By what.
 */
channel: ChannelKind, 
/**
 * What the officer calls it.
 */
label: string, 
/**
 * When it was set up.
 */
set_at_ms: UnixMs, 
/**
 * The latest notification by it, a test or a real one.
 */
last?: NotificationView | null, };

/**
 * `GET /api/me/channels`, `GET /api/cover/channels` (of the desk, or of all), and the answer to a test.
 */
export type Channels = { 
/**
 * By officer and label.
 */
channels: Array<ChannelView>, 
/**
 * Public VAPID key for `applicationServerKey`; none: Web Push is not set up.
 */
web_push_key?: string | null, 
/**
 * E-mail is set up.
 */
mail: boolean, 
/**
 * Webhooks that are in force, by name; none among an officer's own.
 */
webhooks?: Array<WebhookLast>, };

/**
 * A webhook with what was last told by it.
 */
export type WebhookLast = { 
/**
 * Which.
 */
webhook_id: WebhookId, 
/**
 * Name to show.
 */
name: string, 
/**
 * The latest notification by it, a test or a real one.
 */
last?: NotificationView | null, };

/**
 * A desk with everything that can be set: element of `GET /api/admin/desks`, body of `PUT /api/admin/desks/{desk_id}`.
 */
export type DeskSettings = { 
/**
 * Identity.
 */
desk_id: DeskId, 
/**
 * The version that was seen; 0: it is new.
 */
version: number, 
/**
 * Name to show.
 */
name: string, 
/**
 * Country it is in; absent for the ministry.
 */
country?: CountryCode | null, 
/**
 * It answers where no other desk does. Cannot be changed here.
 */
is_ministry: boolean, 
/**
 * It takes its countries' cases where no district fits.
 */
is_principal: boolean, 
/**
 * Countries it answers for.
 */
countries: Array<CountryCode>, 
/**
 * Consular district, GeoJSON Polygon or MultiPolygon as text; absent: none.
 */
district?: string | null, 
/**
 * IANA name.
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
 * By when a case should be claimed, in seconds after the press, 5 to 3,600.
 */
claim_target_s: number, 
/**
 * What figures hold its answers against, at most [`crate::limits::ANSWER_TARGETS_MAX`], the shortest time first; each
 * longer one asks for more than the one before. Empty: what holds for all.
 */
answer_targets?: Array<AnswerTarget>, };

/**
 * `GET /api/admin/desks`
 */
export type DeskSettingsList = { 
/**
 * All desks, the ministry first, then by name.
 */
desks: Array<DeskSettings>, 
/**
 * What figures hold answers against where a desk has nothing of its own.
 */
common_targets: Array<AnswerTarget>, };

/**
 * What a telephone number reaches.
 */
export type NumberService = "unified" | "police" | "ambulance" | "fire" | "maritime" | "desk" | "labour" | "national";

/**
 * How far a number can be trusted.
 */
export type NumberStatus = "verified" | "unverified" | "doubtful";

/**
 * A telephone number: element of `GET /api/admin/numbers`, body of `PUT /api/admin/numbers`.
 */
export type NumberEntry = { 
/**
 * `TW/police`, `tw-taipei/desk`, `national/1`: country or desk, and what it reaches.
 */
key: string, 
/**
 * The version that was seen; 0: it is new, or still as the data files have it.
 */
version: number, 
/**
 * Country, of those that are one's.
 */
country?: CountryCode | null, 
/**
 * Desk, of those that are one's.
 */
desk_id?: DeskId | null, 
/**
 * What it reaches.
 */
service: NumberService, 
/**
 * As it is dialled; empty: there is none that could be shown.
 */
number: string, 
/**
 * How far it can be trusted.
 */
status: NumberStatus, 
/**
 * Where it is from, or what is doubtful.
 */
note?: string | null, 
/**
 * When somebody called it. The service sets it when the status becomes verified; what a body says counts only where
 * it is what was seen: then nobody called again.
 */
verified_at_ms?: UnixMs | null, 
/**
 * Who did.
 */
verified_by?: string | null, };

/**
 * `GET /api/admin/numbers`
 */
export type Numbers = { 
/**
 * By key.
 */
numbers: Array<NumberEntry>, };

/**
 * An account: element of `GET /api/admin/staff`.
 */
export type StaffAccount = { 
/**
 * Identity.
 */
staff_id: StaffId, 
/**
 * For sign-in.
 */
login: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * What it may do.
 */
role: Role, 
/**
 * Its desk.
 */
desk_id?: DeskId | null, 
/**
 * Of a reviewer: is shown the names of workers, else pseudonyms.
 */
names?: boolean, 
/**
 * Cannot sign in.
 */
disabled: boolean, };

/**
 * `GET /api/admin/staff`
 */
export type StaffAccounts = { 
/**
 * By desk and name.
 */
staff: Array<StaffAccount>, };

/**
 * `PUT /api/admin/staff/{staff_id}`: a new account, or a change of one. A disabled account is signed out at once.
 */
export type PutStaff = { 
/**
 * The login is never changed.
 */
account: StaffAccount, 
/**
 * A new password, 10 to 200 characters; needed for a new account. It ends the sessions of the account.
 */
password?: string | null, };

/**
 * `POST /api/admin/codes`: enrolment codes for workers that are there, or for those of a list.
 */
export type CreateCodes = { "for": "worker", 
/**
 * Which.
 */
worker_id: WorkerId, } | { "for": "without_device", } | { "for": "list", 
/**
 * CSV with the head `name,phone,language,contract_country,employer,address`, at most [`crate::limits::CODES_MAX`] rows.
 */
csv: string, };

/**
 * A code; it is shown once and kept only as a hash.
 */
export type CodeMade = { 
/**
 * Whose.
 */
worker_id: WorkerId, 
/**
 * Name of the worker.
 */
name: string, 
/**
 * Country of the contract.
 */
contract_country?: CountryCode | null, 
/**
 * To be typed into the app.
 */
code: string, 
/**
 * The link to enrol, as the page's own address and this path: `/app/#code=…`.
 */
path: string, 
/**
 * Good until.
 */
ends_ms: UnixMs, };

/**
 * A row of a list that could not be used.
 */
export type BadRow = { 
/**
 * Line in the list, from 1; the head is line 1.
 */
line: number, 
/**
 * Name of the column.
 */
column: string, 
/**
 * What is wrong, in English words.
 */
fault: string, };

/**
 * The answer to [`CreateCodes`]. With a bad row nothing was made.
 */
export type CodesMade = { 
/**
 * In the order of the list.
 */
codes: Array<CodeMade>, 
/**
 * Rows that could not be used.
 */
bad_rows: Array<BadRow>, };

/**
 * A worker: element of `POST /api/admin/workers/search`, for whoever hands out codes.
 */
export type WorkerFound = { 
/**
 * Identity.
 */
worker_id: WorkerId, 
/**
 * Full name.
 */
name: string, 
/**
 * Country of the contract.
 */
contract_country?: CountryCode | null, 
/**
 * Employer.
 */
employer?: string | null, 
/**
 * Phones that are enrolled and not revoked.
 */
devices: number, };

/**
 * The answer to `POST /api/admin/workers/search`
 */
export type WorkersFound = { 
/**
 * By name, at most [`crate::limits::SEARCH_CASES_MAX`].
 */
workers: Array<WorkerFound>, 
/**
 * All who have no phone yet.
 */
without_device: number, };

/**
 * Words in both languages.
 */
export type Bilingual = { 
/**
 * Vietnamese.
 */
vi: string, 
/**
 * English.
 */
en: string, };

/**
 * A question that officers are guided by.
 */
export type Question = { 
/**
 * Identity: lower-case letters, digits and dashes. Answers are kept under it.
 */
id: string, 
/**
 * Asked in these emergencies; empty: in all.
 */
kinds: Array<EmergencyKind>, 
/**
 * The question.
 */
words: Bilingual, 
/**
 * Answers to choose from; empty: free words only.
 */
choices?: Array<Bilingual>, };

/**
 * Texts that officers work with: `GET /api/texts`, body of `PUT /api/admin/texts`.
 */
export type Texts = { 
/**
 * The version that was seen; 0: as the service brings them.
 */
version: number, 
/**
 * Messages to workers that take no typing.
 */
phrases: Array<Bilingual>, 
/**
 * Guided questions, in the order they are asked.
 */
questions: Array<Question>, 
/**
 * Tags that are offered.
 */
tags: Array<string>, };

/**
 * An entry of the administration's ledger.
 */
export type AdminEntry = { 
/**
 * Place, from 1, without gaps.
 */
seq: Seq, 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * Who; none: at the command line.
 */
by?: string | null, 
/**
 * What was changed: `desk`, `number`, `staff`, `rota`, `policy`, `webhook`, `codes`, `holidays`, `texts`,
 * `token`, `open_data`.
 */
kind: string, 
/**
 * Which of them.
 */
subject: string, 
/**
 * What it is since, JSON, without secrets and without names of workers.
 */
facts: string, };

/**
 * `GET /api/admin/ledger`
 */
export type AdminLedger = { 
/**
 * The newest first, at most [`crate::limits::ADMIN_ENTRIES_MAX`].
 */
entries: Array<AdminEntry>, };

/**
 * What a token may be used for.
 */
export type TokenPurpose = "figures" | "reports";

/**
 * Uses of a token on a day.
 */
export type TokenDay = { 
/**
 * The day, UTC: `2026-01-31`.
 */
day: string, 
/**
 * How often.
 */
uses: number, };

/**
 * A token as administrators see it; the token itself is shown once, when it is made.
 */
export type TokenView = { 
/**
 * Identity.
 */
token_id: TokenId, 
/**
 * Which system has it.
 */
name: string, 
/**
 * The desk whose cases it reads; absent: those of all.
 */
desk?: DeskId | null, 
/**
 * What it may be used for, in the order of the alphabet.
 */
purposes: Array<TokenPurpose>, 
/**
 * When it was made.
 */
made_ms: UnixMs, 
/**
 * When it ends by itself.
 */
expires_ms: UnixMs, 
/**
 * When it was revoked; absent: it was not.
 */
revoked_ms?: UnixMs | null, 
/**
 * When it was last used; absent: never.
 */
last_used_ms?: UnixMs | null, 
/**
 * How often it was used on the latest days (UTC) on which it was, the latest first, at most
 * [`crate::limits::TOKEN_DAYS_SHOWN`]: day, uses.
 */
days: Array<TokenDay>, };

/**
 * `GET /api/admin/tokens`
 */
export type Tokens = { 
/**
 * The newest first, at most [`crate::limits::TOKENS_MAX`].
 */
tokens: Array<TokenView>, };

/**
 * `POST /api/admin/tokens`
 */
export type MakeToken = { 
/**
 * Which system is to have it, 1 to [`crate::limits::LABEL_CHARS_MAX`] characters.
 */
name: string, 
/**
 * The desk whose cases it reads; absent: those of all.
 */
desk?: DeskId | null, 
/**
 * What it may be used for: one at least.
 */
purposes: Array<TokenPurpose>, 
/**
 * For how many days, 1 to [`crate::limits::TOKEN_DAYS_MAX`].
 */
days: number, };

/**
 * The answer: the only time that the token is shown.
 */
export type TokenMade = { 
/**
 * What goes behind `Authorization: Bearer `.
 */
token: string, 
/**
 * What is kept of it.
 */
made: TokenView, };

/**
 * An officer who looks at a case.
 */
export type PresentOfficer = { 
/**
 * Who.
 */
staff_id: StaffId, 
/**
 * Name to show.
 */
name: string, 
/**
 * Writes to the worker.
 */
typing: boolean, };

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
after_seq: Seq, } | { "type": "looking", 
/**
 * The case that is open; left out: none.
 */
case_id?: CaseId | null, 
/**
 * The officer is writing to the worker.
 */
typing: boolean, };

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
alert: ProvisionalAlert, } | { "type": "presence", 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * By name.
 */
officers: Array<PresentOfficer>, } | { "type": "heartbeat", 
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
 * Is shown the names of workers; else pseudonyms, and no search by what is known of them.
 */
names: boolean, 
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
 * `POST /api/cases/{case_id}/transfer`: it is offered to another desk. That desk takes it by `/transfer/take` (a [`Claim`]) or
 * declines by `/transfer/decline`; until then `/transfer/withdraw` (a [`Claim`]) takes the offer back.
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
 * `POST /api/cases/{case_id}/assign`: an officer is asked to take it.
 */
export type Assign = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * Whom; of the desk that holds it.
 */
to: StaffId, };

/**
 * `POST /api/cases/{case_id}/share`: another desk is shown it.
 */
export type Share = { 
/**
 * Which.
 */
desk: DeskId, 
/**
 * It may write in it as well.
 */
help: boolean, 
/**
 * Why, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
reason?: string | null, };

/**
 * `POST /api/cases/{case_id}/priority`
 */
export type Prioritise = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * How urgent.
 */
to: Priority, 
/**
 * Why, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
reason?: string | null, };

/**
 * `POST /api/cases/{case_id}/tags`
 */
export type SetTags = { 
/**
 * All of them, at most [`crate::limits::TAGS_MAX`], each at most [`crate::limits::LABEL_CHARS_MAX`].
 */
tags: Array<string>, };

/**
 * `POST /api/cases/{case_id}/answers`
 */
export type PostAnswer = { 
/**
 * Id of the question.
 */
question: string, 
/**
 * Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, };

/**
 * `POST /api/cases/{case_id}/links` and `/unlink`
 */
export type Link = { 
/**
 * The other case; one that the officer may work.
 */
case_id: CaseId, };

/**
 * `POST /api/cases/{case_id}/merge`: it is the same matter as another case. It is linked to that one and closed as its duplicate.
 */
export type Merge = { 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * The case that goes on; one that the officer may work.
 */
into: CaseId, 
/**
 * In words, not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
summary: string, };

/**
 * A case of a batch.
 */
export type BatchCase = { 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * The version that the officer saw.
 */
version: number, 
/**
 * Of the message to this worker, made by the console; with [`BatchCommand::Message`].
 */
message_id?: MessageId | null, };

/**
 * What a batch does.
 */
export type BatchCommand = { "kind": "claim", } | { "kind": "assign", 
/**
 * Whom.
 */
to: StaffId, } | { "kind": "message", 
/**
 * Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, } | { "kind": "link", };

/**
 * `POST /api/cases/batch`: the same for several cases, each by itself.
 */
export type Batch = { 
/**
 * At most [`crate::limits::BATCH_CASES_MAX`].
 */
cases: Array<BatchCase>, 
/**
 * What.
 */
command: BatchCommand, };

/**
 * What became of one case of a batch.
 */
export type BatchResult = { 
/**
 * Which.
 */
case_id: CaseId, 
/**
 * The case as it is now; with `problem` left out.
 */
case?: CaseSummary | null, 
/**
 * Why nothing was done.
 */
problem?: Problem | null, };

/**
 * The answer to [`Batch`]
 */
export type BatchAnswer = { 
/**
 * In the order of the batch.
 */
results: Array<BatchResult>, };

/**
 * `POST /api/search`: words that must all occur, in any order, without regard to case and marks, in the name, telephone, case
 * number, country, employer, address, tags, summary, or in messages and notes.
 */
export type Search = { 
/**
 * At most [`crate::limits::LABEL_CHARS_MAX`].
 */
text: string, };

/**
 * The answer to [`Search`]
 */
export type Found = { 
/**
 * The latest first, at most [`crate::limits::SEARCH_CASES_MAX`].
 */
cases: Array<CaseSummary>, 
/**
 * There are more.
 */
more: boolean, 
/**
 * Messages and notes were looked through back to here; absent: all of them.
 */
texts_since_ms?: UnixMs | null, };

/**
 * A mission near a position.
 */
export type NearMission = { 
/**
 * Its desk.
 */
desk_id: DeskId, 
/**
 * Name to show.
 */
name: string, 
/**
 * To its city, over ground, in kilometres.
 */
distance_km: number, 
/**
 * Its numbers.
 */
numbers: Array<NumberEntry>, };

/**
 * `GET /api/cases/{case_id}/surroundings`: who else could help, near the newest position.
 */
export type Surroundings = { 
/**
 * The country, where it is known.
 */
country?: CountryCode | null, 
/**
 * Emergency numbers of that country, then the national lines.
 */
numbers: Array<NumberEntry>, 
/**
 * The nearest missions, at most five; none without a position.
 */
missions: Array<NearMission>, };

/**
 * The answer to every command on one case (`claim`, `transfer`, `close`, `messages`, …): the case as it is now. The feed brings the event itself.
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

/**
 * `POST /api/case-files/check`, whose body is the file.
 */
export type CaseFileCheck = { 
/**
 * Every byte is as this service signed it.
 */
whole: boolean, 
/**
 * SHA-256 of the file, hex in lower case: what is printed where the file is spoken of.
 */
sha256: string, 
/**
 * What the file says of itself; absent: it is no case file. Only true if it is whole.
 */
says?: CaseFileHead | null, 
/**
 * What is not as it was signed, at most [`crate::limits::CASE_FILE_FAULTS_MAX`].
 */
faults: Array<CaseFileFault>, };

/**
 * What a file says of itself.
 */
export type CaseFileHead = { 
/**
 * Whose.
 */
case_id: CaseId, 
/**
 * Number, as shown.
 */
case_no: string, 
/**
 * The case's last entry in the ledger that is in it.
 */
last_seq: Seq, 
/**
 * When it was made.
 */
made_at_ms: UnixMs, 
/**
 * Name of the officer who had it made.
 */
made_by: string, 
/**
 * Id of the key that it says it was signed with.
 */
key_id?: string | null, };

/**
 * Something that is not as it was signed.
 */
export type CaseFileFault = { "what": "not_json", 
/**
 * From 1.
 */
line: number, 
/**
 * From 1.
 */
column: number, } | { "what": "not_case_file", } | { "what": "not_canonical", 
/**
 * First byte that differs, from 0.
 */
at: number, } | { "what": "other_key", 
/**
 * As the file says.
 */
key_id: string, } | { "what": "signature", } | { "what": "changed", 
/**
 * Which: `case`, or `timeline/3` for the fourth line of the timeline.
 */
part: string, } | { "what": "missing", 
/**
 * Which.
 */
part: string, } | { "what": "added", 
/**
 * Which.
 */
part: string, };

/**
 * Which cases are counted: those opened on these days, in that time zone, and fitting everything that is given.
 */
export type FiguresQuery = { 
/**
 * First day, e.g. `2026-01-01`.
 */
from: string, 
/**
 * Last day, at most [`crate::limits::FIGURES_DAYS_MAX`] after the first.
 */
to: string, 
/**
 * IANA name of the time zone in which days, weekdays and hours are meant, e.g. `Asia/Ho_Chi_Minh`.
 */
zone: string, 
/**
 * The desk that held the case last; absent: all that the officer sees.
 */
desk?: DeskId | null, 
/**
 * Country that the case was routed by.
 */
country?: CountryCode | null, 
/**
 * What the worker said has happened.
 */
kind?: EmergencyKind | null, 
/**
 * Why it was closed.
 */
disposition?: Disposition | null, };

/**
 * A number of cases of those that it is a part of.
 */
export type Part = { 
/**
 * So many …
 */
cases: number, 
/**
 * … of so many.
 */
over: number, };

/**
 * A time that cases took. The value at p% is the smallest one that at least p% of them do not exceed.
 */
export type Took = { 
/**
 * Over how many cases.
 */
over: number, 
/**
 * Cases for which it is not known, or that have not come so far.
 */
without: number, 
/**
 * Milliseconds; absent over no cases.
 */
p50_ms?: number, 
/**
 * Milliseconds.
 */
p90_ms?: number, 
/**
 * Milliseconds.
 */
p95_ms?: number, };

/**
 * The four measures of an answer. Each but the first counts from when the gateway had the press on disk.
 */
export type Times = { 
/**
 * From the press, by the phone's own count, to the gateway.
 */
receive: Took, 
/**
 * Until it first rang.
 */
ring: Took, 
/**
 * Until an officer first claimed it.
 */
claim: Took, 
/**
 * Until it was closed, the last time where it was reopened.
 */
close: Took, };

/**
 * A target of answering: so many per cent claimed within so many seconds.
 */
export type AnswerTarget = { 
/**
 * Seconds until claimed, 1 to 3,600.
 */
within_s: number, 
/**
 * Per cent that should be, 1 to 100.
 */
wanted_pct: number, };

/**
 * What was reached of an [`AnswerTarget`].
 */
export type TargetFigure = { 
/**
 * Seconds until claimed.
 */
within_s: number, 
/**
 * Per cent that should be.
 */
wanted_pct: number, 
/**
 * What was reached: claimed within it, of all cases counted.
 */
reached: Part, };

/**
 * A part of the period.
 */
export type Span = { 
/**
 * Its first day; the next span begins where it ends.
 */
from: string, 
/**
 * Cases opened in it.
 */
opened: number, 
/**
 * Of these, those that are closed by now.
 */
closed: number, 
/**
 * Of these, those claimed by when they should have been.
 */
on_time: number, };

/**
 * How long a span is.
 */
export type SpanLength = "day" | "week" | "month";

/**
 * What escalation did.
 */
export type Escalations = { 
/**
 * Cases with at least one step, of all.
 */
escalated: Part, 
/**
 * Steps taken in them.
 */
steps: number, 
/**
 * Steps that reached those whom the policy means.
 */
reached_targets: number, 
/**
 * Steps that reached the ministry desk in their place.
 */
reached_ministry: number, 
/**
 * Steps that reached nobody.
 */
reached_nobody: number, 
/**
 * Escalated cases that an officer claimed after that.
 */
claimed_after: number, };

/**
 * Cases of a country.
 */
export type CountryFigure = { 
/**
 * Absent: routed by no country.
 */
country?: CountryCode | null, 
/**
 * How many.
 */
cases: number, 
/**
 * Until claimed.
 */
claim: Took, };

/**
 * A desk beside the others.
 */
export type DeskFigure = { 
/**
 * Which.
 */
desk_id: DeskId, 
/**
 * Name to show.
 */
name: string, 
/**
 * Cases that it held last.
 */
cases: number, 
/**
 * Until claimed.
 */
claim: Took, 
/**
 * Until closed.
 */
close: Took, 
/**
 * Claimed by when they should have been.
 */
on_time: Part, 
/**
 * With at least one step of escalation.
 */
escalated: Part, 
/**
 * What the desk is to reach.
 */
targets: Array<TargetFigure>, };

/**
 * Cases of one disposition.
 */
export type DispositionFigure = { 
/**
 * Absent: not closed.
 */
disposition?: Disposition | null, 
/**
 * How many.
 */
cases: number, };

/**
 * Cases of one kind of emergency.
 */
export type KindFigure = { 
/**
 * Absent: the worker did not say.
 */
kind?: EmergencyKind | null, 
/**
 * How many.
 */
cases: number, };

/**
 * How ready desks are, by their drills in the period: the only place where drills are counted.
 */
export type DrillFigures = { 
/**
 * Drills that were claimed, of all.
 */
claimed: Part, 
/**
 * Drills that rang, of all.
 */
rang: Part, 
/**
 * Until claimed.
 */
claim: Took, };

/**
 * Everything about the cases of a period.
 */
export type Figures = { 
/**
 * What was asked.
 */
query: FiguresQuery, 
/**
 * The ledger was counted up to here.
 */
up_to_seq: Seq, 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * Cases counted: every figure below is over these unless it says otherwise.
 */
cases: number, 
/**
 * Drills that fit the question too and are left out.
 */
drills_left_out: number, 
/**
 * Of the cases, those not closed yet.
 */
open: number, 
/**
 * Length of each of `course`.
 */
spans: SpanLength, 
/**
 * The period in parts, also the ones without cases.
 */
course: Array<Span>, 
/**
 * Times.
 */
times: Times, 
/**
 * The targets: of the desk that was asked for, else the default ones.
 */
targets: Array<TargetFigure>, 
/**
 * Claimed by when they should have been, by the target of their desk at that time.
 */
on_time: Part, 
/**
 * Cases that no officer has ever seen or claimed.
 */
unseen: Part, 
/**
 * Cases whose first alert was unverified.
 */
unverified: Part, 
/**
 * Cases closed as false alarms, of those that are closed.
 */
false_alarms: Part, 
/**
 * Cases that went from one desk to another at least once.
 */
transferred: Part, 
/**
 * Cases that were opened again at least once.
 */
reopened: Part, 
/**
 * What escalation did.
 */
escalations: Escalations, 
/**
 * Cases opened in each hour of the day, from midnight; 24 of them.
 */
by_hour: Array<number>, 
/**
 * Cases opened on each weekday, from Monday; 7 of them.
 */
by_weekday: Array<number>, 
/**
 * The most cases first.
 */
by_country: Array<CountryFigure>, 
/**
 * The most cases first.
 */
by_desk: Array<DeskFigure>, 
/**
 * The most cases first.
 */
by_disposition: Array<DispositionFigure>, 
/**
 * The most cases first.
 */
by_kind: Array<KindFigure>, 
/**
 * Of drills that fit the question.
 */
readiness: DrillFigures, };

/**
 * A figure whose cases one wants to see: each number of cases in [`Figures`] is one of these, of all or of a
 * [`FigureGroup`].
 */
export type FigureOf = "cases" | "open" | "closed" | "on_time" | "not_on_time" | "within" | "not_within" | "received" | "not_received" | "rang" | "not_rung" | "claimed" | "not_claimed" | "unseen" | "unverified" | "false_alarms" | "escalated" | "reached_targets" | "reached_ministry" | "reached_nobody" | "claimed_after" | "transferred" | "reopened";

/**
 * Those of one line of a table.
 */
export type FigureGroup = { "by": "span", 
/**
 * Its first day, as in [`Figures::course`].
 */
from: string, } | { "by": "hour", 
/**
 * 0 to 23.
 */
hour: number, } | { "by": "weekday", 
/**
 * 0, Monday, to 6.
 */
weekday: number, } | { "by": "country", 
/**
 * Absent: routed by no country.
 */
country?: CountryCode | null, } | { "by": "desk", 
/**
 * Which.
 */
desk_id: DeskId, } | { "by": "kind", 
/**
 * Absent: the worker did not say.
 */
kind?: EmergencyKind | null, } | { "by": "disposition", 
/**
 * Absent: not closed.
 */
disposition?: Disposition | null, };

/**
 * Which cases one wants to see.
 */
export type FigureCasesQuery = { 
/**
 * What the figure was asked with.
 */
query: FiguresQuery, 
/**
 * Which figure.
 */
of: FigureOf, 
/**
 * Just those of one line; absent: of all.
 */
group?: FigureGroup | null, 
/**
 * Seconds of the target, 1 to 3,600; just with [`FigureOf::Within`] and [`FigureOf::NotWithin`].
 */
within_s?: number | null, 
/**
 * The drills in place of the cases.
 */
drills?: boolean, };

/**
 * The cases behind a figure.
 */
export type FigureCases = { 
/**
 * The latest first, at most [`crate::limits::FIGURE_CASES_MAX`].
 */
cases: Array<CaseSummary>, 
/**
 * How many there are.
 */
all: number, };

/**
 * What a file is of.
 */
export type ExportOf = { "kind": "cases", 
/**
 * Which.
 */
query: FiguresQuery, } | { "kind": "figures", 
/**
 * Of which cases.
 */
query: FiguresQuery, } | { "kind": "report", 
/**
 * Which.
 */
case_id: CaseId, } | { "kind": "case_file", 
/**
 * Which.
 */
case_id: CaseId, };

/**
 * What kind of file.
 */
export type ExportFormat = "csv" | "xlsx" | "pdf";

/**
 * The language of a file's words.
 */
export type ExportLanguage = "vi" | "en" | "both";

/**
 * `POST /api/exports`. The same again is the same export: nothing more is made.
 */
export type NewExport = { 
/**
 * Made by whoever asks.
 */
export_id: ExportId, 
/**
 * Of what.
 */
of: ExportOf, 
/**
 * As what.
 */
format: ExportFormat, 
/**
 * In which language.
 */
language: ExportLanguage, };

/**
 * How far an export is.
 */
export type ExportState = "waiting" | "running" | "done" | "failed" | "gone";

/**
 * Why an export could not be made.
 */
export type ExportFault = "forbidden" | "too_many_rows" | "too_large" | "not_there" | "broken";

/**
 * An export.
 */
export type ExportView = { 
/**
 * Which.
 */
export_id: ExportId, 
/**
 * Of what.
 */
of: ExportOf, 
/**
 * As what.
 */
format: ExportFormat, 
/**
 * In which language.
 */
language: ExportLanguage, 
/**
 * How far it is.
 */
state: ExportState, 
/**
 * Steps that are done, …
 */
done: number, 
/**
 * … of so many: cases, or parts of the file. 0 before it is known.
 */
all: number, 
/**
 * Bytes of the file, so far.
 */
bytes: number, 
/**
 * Of the file, hex in lower case; once it is done.
 */
sha256?: string | null, 
/**
 * Name of the file, which says of what it is, who asked and when.
 */
file_name: string, 
/**
 * When it was asked for.
 */
asked_at_ms: UnixMs, 
/**
 * When it was done.
 */
made_at_ms?: UnixMs | null, 
/**
 * When the file is removed.
 */
expires_at_ms?: UnixMs | null, 
/**
 * Name of who asked; absent: it is made by schedule, for all reviewers of the ministry.
 */
by?: string | null, 
/**
 * Why it failed.
 */
fault?: ExportFault | null, };

/**
 * `GET /api/exports`.
 */
export type ExportList = { 
/**
 * One's own and, for reviewers, those by schedule; the newest first.
 */
exports: Array<ExportView>, };

/**
 * Where a report stands.
 */
export type ReportState = "draft" | "submitted" | "returned" | "accepted";

/**
 * Why a case must have a report.
 */
export type MajorReason = "duress" | "kind" | "not_reached" | "escalated" | "late";

/**
 * The words of a report that people write. Erased with the key of the worker: then all of it is empty.
 */
export type Written = { 
/**
 * Why it came to this, at most [`crate::limits::REPORT_TEXT_CHARS_MAX`], as the next two.
 */
cause: string, 
/**
 * What was done.
 */
done: string, 
/**
 * What is to be learnt.
 */
lessons: string, 
/**
 * What is to follow up, in the order of [`CaseEvent::ReportSaved`](crate::CaseEvent)'s plan.
 */
measures?: Array<MeasureWords>, 
/**
 * Answers to questions of the ministry.
 */
answers?: Array<ReportAnswer>, };

/**
 * The words of a measure.
 */
export type MeasureWords = { 
/**
 * Which.
 */
measure_id: MeasureId, 
/**
 * What is to be done, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, 
/**
 * Who is to do it: one line, at most [`crate::limits::LABEL_CHARS_MAX`].
 */
owner: string, };

/**
 * A measure without its words.
 */
export type MeasurePlan = { 
/**
 * Identity, made by its author.
 */
measure_id: MeasureId, 
/**
 * The day by whose end it is to be done, `2026-12-31`, by the calendar of the desk.
 */
due: string, 
/**
 * The officer who is to do it, where it is one.
 */
owner_id?: StaffId | null, };

/**
 * The answer to a question of the ministry.
 */
export type ReportAnswer = { 
/**
 * Number of the question, from 1 through all rounds.
 */
question: number, 
/**
 * The answer, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, };

/**
 * A measure, as a desk puts it down.
 */
export type PutMeasure = { 
/**
 * What is to be done, at most [`crate::limits::TEXT_CHARS_MAX`].
 */
text: string, 
/**
 * Who is to do it, at most [`crate::limits::LABEL_CHARS_MAX`].
 */
owner: string, 
/**
 * Identity, made by its author.
 */
measure_id: MeasureId, 
/**
 * The day by whose end it is to be done, `2026-12-31`, by the calendar of the desk.
 */
due: string, 
/**
 * The officer who is to do it, where it is one.
 */
owner_id?: StaffId | null, };

/**
 * `POST /api/cases/{case_id}/report`: the whole of what people write; it takes the place of what was there.
 */
export type SaveReport = { 
/**
 * The version of the report that was looked at; 0: none was saved.
 */
version: number, 
/**
 * As in [`Written`]; may be empty until it is submitted.
 */
cause: string, 
/**
 * As in [`Written`]; may be empty until it is submitted.
 */
done: string, 
/**
 * As in [`Written`]; may be empty until it is submitted.
 */
lessons: string, 
/**
 * At most [`crate::limits::REPORT_MEASURES_MAX`].
 */
measures: Array<PutMeasure>, 
/**
 * One a question at most; a question without one is not answered.
 */
answers: Array<ReportAnswer>, };

/**
 * `POST /api/cases/{case_id}/report/submit` and `…/accept`
 */
export type ReportVersion = { 
/**
 * The version of the report that was looked at.
 */
version: number, };

/**
 * `POST /api/cases/{case_id}/report/return`
 */
export type ReturnReport = { 
/**
 * The version of the report that was looked at.
 */
version: number, 
/**
 * What the ministry wants to know: one at least, at most [`crate::limits::REPORT_QUESTIONS_MAX`], each at most
 * [`crate::limits::TEXT_CHARS_MAX`].
 */
questions: Array<string>, };

/**
 * `POST /api/cases/{case_id}/report/measures/{measure_id}`
 */
export type ChangeMeasure = { 
/**
 * The version of the report that was looked at.
 */
version: number, 
/**
 * It is done.
 */
done: boolean, 
/**
 * Another day to do it by, `2026-12-31`; not of one that is done.
 */
due?: string | null, };

/**
 * The language of what is drafted.
 */
export type ReportLanguage = "vi" | "en";

/**
 * What a line of the drafted part belongs to.
 */
export type DraftedPart = "course" | "position" | "done" | "disposition";

/**
 * A line of the drafted part.
 */
export type DraftedLine = { 
/**
 * What it belongs to.
 */
part: DraftedPart, 
/**
 * Kind of the entry that it comes from.
 */
kind: string, 
/**
 * Place of that entry in the ledger.
 */
seq: Seq, 
/**
 * When that was recorded.
 */
at_ms: UnixMs, 
/**
 * The moment in words, by the clocks of the desk: `14:05:09 22/11/2026`.
 */
at: string, 
/**
 * What was, in words; without the moment.
 */
text: string, };

/**
 * How long the answer took, in milliseconds. What did not happen is absent.
 */
export type ReportTimes = { 
/**
 * From the first press, by the phone's own count, to the gateway; absent too where the phone did not count.
 */
receive_ms?: number | null, 
/**
 * From the gateway until it first rang, as the next two.
 */
ring_ms?: number | null, 
/**
 * Until an officer first claimed it.
 */
claim_ms?: number | null, 
/**
 * Until it was closed, the last time where it was reopened.
 */
close_ms?: number | null, 
/**
 * What the desk was to reach for the claim when the case was opened.
 */
claim_target_ms: number, 
/**
 * Whether it was claimed by then.
 */
claimed_in_time: boolean, };

/**
 * What the ledger says of a case. Made anew each time it is asked for: it is kept nowhere and cannot be changed.
 */
export type Drafted = { 
/**
 * Language of the words.
 */
language: ReportLanguage, 
/**
 * By whose clocks moments are: the desk's zone, IANA name, else `UTC`.
 */
time_zone: string, 
/**
 * In the order of the ledger; at most [`crate::limits::REPORT_LINES_MAX`].
 */
lines: Array<DraftedLine>, 
/**
 * Lines of the middle that are left out because there are more.
 */
left_out: number, 
/**
 * Times against the targets.
 */
times: ReportTimes, 
/**
 * The same in words, a line each.
 */
times_said: Array<string>, 
/**
 * The ledger of the case was read up to here.
 */
up_to_seq: Seq, };

/**
 * A measure that is followed up.
 */
export type MeasureView = { 
/**
 * What is to be done.
 */
text: string, 
/**
 * Who is to do it.
 */
owner: string, 
/**
 * When somebody said that it is done.
 */
done_at_ms?: UnixMs | null, 
/**
 * Who said it.
 */
done_by?: string | null, 
/**
 * Its day is over and it is not done.
 */
overdue: boolean, 
/**
 * Identity, made by its author.
 */
measure_id: MeasureId, 
/**
 * The day by whose end it is to be done, `2026-12-31`, by the calendar of the desk.
 */
due: string, 
/**
 * The officer who is to do it, where it is one.
 */
owner_id?: StaffId | null, };

/**
 * A question of the ministry.
 */
export type ReportQuestion = { 
/**
 * Its number, from 1 through all rounds.
 */
question: number, 
/**
 * Which return it came with, from 1.
 */
round: number, 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * Who asked.
 */
by: string, 
/**
 * The question; empty where it was erased.
 */
text: string, 
/**
 * The answer; empty: none yet, or erased.
 */
answer: string, };

/**
 * A step in the life of a report.
 */
export type ReportStep = { 
/**
 * Place in the ledger.
 */
seq: Seq, 
/**
 * Kind of the entry, e.g. `report_submitted`; `reopened` and `duress`, which make it a draft again, among them.
 */
did: string, 
/**
 * Name of the officer, where it was one.
 */
by?: string | null, 
/**
 * When.
 */
at_ms: UnixMs, 
/**
 * The version of the report after it.
 */
version: number, };

/**
 * What the officer who asks may do with a report now.
 */
export type ReportMay = { 
/**
 * Save what people write.
 */
write: boolean, 
/**
 * Submit it, once it is complete.
 */
submit: boolean, 
/**
 * Accept it or return it.
 */
judge: boolean, 
/**
 * Say that a measure is done, or give it another day.
 */
follow_up: boolean, };

/**
 * A report: the answer to each of its addresses.
 */
export type ReportView = { 
/**
 * The case.
 */
case_id: CaseId, 
/**
 * Its number.
 */
case_no: string, 
/**
 * The desk that holds it.
 */
desk_id: DeskId, 
/**
 * Where the report stands.
 */
state: ReportState, 
/**
 * Changes with every step; a command names the one it saw. 0: nobody has saved anything yet.
 */
version: number, 
/**
 * Why there must be one; empty: there need not be.
 */
required: Array<MajorReason>, 
/**
 * By when the desk owes it; absent: it does not now.
 */
due_ms?: UnixMs | null, 
/**
 * That time is over.
 */
overdue: boolean, 
/**
 * What the ledger says.
 */
drafted: Drafted, 
/**
 * Why it came to this.
 */
cause: string, 
/**
 * What was done.
 */
done: string, 
/**
 * What is to be learnt.
 */
lessons: string, 
/**
 * What is followed up.
 */
measures: Array<MeasureView>, 
/**
 * Questions of the ministry with their answers, the oldest first.
 */
questions: Array<ReportQuestion>, 
/**
 * Its life, the oldest first.
 */
steps: Array<ReportStep>, 
/**
 * What this officer may do now.
 */
may: ReportMay, };

/**
 * Which reports of a list.
 */
export type ReportsOf = "missing" | "overdue" | "draft" | "submitted" | "returned" | "accepted" | "open_measures" | "overdue_measures";

/**
 * A report in the list.
 */
export type ReportRow = { 
/**
 * The case.
 */
case_id: CaseId, 
/**
 * Its number.
 */
case_no: string, 
/**
 * The desk that holds it.
 */
desk_id: DeskId, 
/**
 * When it was closed; absent: it is open again.
 */
closed_at_ms?: UnixMs | null, 
/**
 * How.
 */
disposition?: Disposition | null, 
/**
 * Where the report stands.
 */
state: ReportState, 
/**
 * 0: missing.
 */
version: number, 
/**
 * Why there must be one; empty: there need not be.
 */
required: Array<MajorReason>, 
/**
 * By when the desk owes it; absent: it does not now.
 */
due_ms?: UnixMs | null, 
/**
 * That time is over.
 */
overdue: boolean, 
/**
 * Measures that are not done.
 */
open_measures: number, 
/**
 * Of these, those whose day is over.
 */
overdue_measures: number, };

/**
 * How many reports there are of each, of all that the question's desk has and the officer sees; those that are done
 * with are not counted.
 */
export type ReportCounts = { 
/**
 * Missing.
 */
missing: number, 
/**
 * Overdue: missing, drafts and returned ones.
 */
overdue: number, 
/**
 * Saved, not submitted.
 */
draft: number, 
/**
 * At the ministry.
 */
submitted: number, 
/**
 * At the desk again.
 */
returned: number, 
/**
 * Measures that are not done.
 */
open_measures: number, 
/**
 * Of these, those whose day is over.
 */
overdue_measures: number, };

/**
 * A page of reports.
 */
export type ReportList = { 
/**
 * The latest case first, at most [`crate::limits::REPORTS_PAGE_MAX`].
 */
reports: Array<ReportRow>, 
/**
 * Where the next page begins; absent: there is none.
 */
next?: number | null, 
/**
 * How many there are.
 */
counts: ReportCounts, 
/**
 * By this moment.
 */
at_ms: UnixMs, };

