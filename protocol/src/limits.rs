//! Every bound of the wire, in one place. Exported to TypeScript under the same names.

/// Largest frame on either socket, and largest HTTP body, in bytes. A larger frame is read past without being
/// kept; its first [`SALVAGE_BYTES`] are looked through for an SOS.
pub const FRAME_BYTES_MAX: usize = 16 * 1024;
/// How much of an oversized frame or body is kept to find an SOS in, in bytes.
pub const SALVAGE_BYTES: usize = 8 * 1024;
/// Longest chat message, note, summary or reason, in Unicode scalar values.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Longest text inside an alert, in Unicode scalar values; the rest is cut off.
pub const ALERT_TEXT_CHARS_MAX: usize = 500;
/// Most fixes in one `fixes` frame.
pub const FIXES_PER_FRAME_MAX: usize = 50;
/// Most ids in one `delivered` frame.
pub const DELIVERED_PER_FRAME_MAX: usize = 50;
/// Most alerts that a phone follows by `hello`.
pub const FOLLOW_MAX: usize = 10;
/// Longest token or endpoint of a push service, in bytes. Those of today have 150 to 500.
pub const PUSH_TARGET_CHARS_MAX: usize = 1_024;
/// Fewest digits of a PIN …
pub const PIN_DIGITS_MIN: usize = 4;
/// … and most.
pub const PIN_DIGITS_MAX: usize = 8;
/// How long somebody else's phone may speak for a worker, in hours.
pub const BORROWED_H: u32 = 24;
/// Largest photo, in bytes. The app makes them smaller: about 200 KB.
pub const PHOTO_BYTES_MAX: u32 = 4 * 1024 * 1024;
/// Largest voice note, in bytes: a minute has about 200 KB.
pub const VOICE_BYTES_MAX: u32 = 1024 * 1024;
/// Largest part of an attachment, in bytes. On 2G one of 16 KiB takes about three seconds.
pub const ATTACHMENT_PART_BYTES_MAX: usize = 64 * 1024;
/// Most attachments of a case.
pub const ATTACHMENTS_PER_CASE_MAX: u32 = 50;
/// Largest accuracy that is kept, in metres; a larger one says nothing.
pub const ACCURACY_M_MAX: f64 = 1_000_000.0;
/// How far ahead of the server's clock a device's or GPS time may be and still be kept, in milliseconds.
pub const CLOCK_AHEAD_MS_MAX: i64 = 24 * 3600 * 1000;
/// Longest time that a press can have waited on a phone, in milliseconds: a year; a longer one says nothing.
pub const WAITED_MS_MAX: i64 = 365 * 24 * 3600 * 1000;
/// A console says that a press came late when it had waited this long, in seconds.
pub const LATE_AFTER_S: u32 = 60;
/// A phone sends `ping` after this many seconds of silence.
pub const PING_INTERVAL_S: u32 = 20;
/// The same, while an SOS is open.
pub const PING_INTERVAL_SOS_S: u32 = 10;
/// A side that has heard nothing for this many ping intervals takes the connection for dead.
pub const PINGS_MISSED_MAX: u32 = 2;
/// How long a phone has to say `hello` before the connection is treated as unverified, in seconds.
pub const HELLO_TIMEOUT_S: u32 = 10;
/// For how long after the press a phone offers "Bấm nhầm – Huỷ", in seconds.
pub const CANCEL_WINDOW_S: u32 = 10;
/// Upper end of the jittered wait before a phone without an unsent SOS connects again, in seconds.
pub const RECONNECT_MAX_S: u32 = 30;
/// Wait for an answer to a frame before it is sent again, in seconds.
pub const RESEND_AFTER_S: u32 = 5;
/// A console hears a heartbeat this often, in seconds.
pub const HEARTBEAT_INTERVAL_S: u32 = 10;
/// A console shows amber after this many seconds without a word, …
pub const LINK_AMBER_S: u32 = 15;
/// … and a red banner after this many.
pub const LINK_RED_S: u32 = 30;
/// Most ledger entries replayed to a console that comes back; further behind, it gets a fresh snapshot.
pub const REPLAY_ENTRIES_MAX: usize = 5_000;
/// Closed cases that a snapshot holds, the latest first.
pub const SNAPSHOT_CLOSED_MAX: usize = 100;
/// About how large a part of a snapshot is, in bytes of JSON.
pub const SNAPSHOT_PART_BYTES: usize = 64 * 1024;
/// Fixes that a case detail holds, the latest first.
pub const DETAIL_FIXES_MAX: usize = 2_000;
/// How long a feed ticket is good for, in seconds.
pub const TICKET_TTL_S: u32 = 30;
/// A position is fresh until this age, in seconds …
pub const POSITION_FRESH_S: u32 = 60;
/// … and old after this one; a trail is broken at a gap of this length.
pub const POSITION_OLD_S: u32 = 300;
/// Notifications that a case shows, the latest first.
pub const NOTIFICATIONS_MAX: usize = 200;
/// Days of a rota that are laid out for officers.
pub const ROTA_DAYS_SHOWN: u32 = 28;
/// Most holidays that are kept.
pub const HOLIDAYS_MAX: usize = 200;
/// Most channels of an officer.
pub const CHANNELS_PER_OFFICER_MAX: usize = 10;
/// Longest name of a channel, tag, webhook or holiday, in Unicode scalar values: one line.
pub const LABEL_CHARS_MAX: usize = 80;
/// Most tags of a case.
pub const TAGS_MAX: usize = 10;
/// Most cases that are linked with one.
pub const LINKS_MAX: usize = 50;
/// Most cases that one batch is about.
pub const BATCH_CASES_MAX: usize = 200;
/// Most cases that a search gives, the latest first.
pub const SEARCH_CASES_MAX: usize = 50;
/// Enrolment codes made at a time.
pub const CODES_MAX: usize = 1_000;
/// Largest list of workers, in bytes: a row has about 150.
pub const CODES_BYTES_MAX: usize = 512 * 1024;
/// Entries of the administration's ledger that are shown, the latest first.
pub const ADMIN_ENTRIES_MAX: usize = 200;
/// Most phrases, questions and tags each.
pub const TEXTS_MAX: usize = 60;
/// A console says again what its officer looks at after this many seconds …
pub const PRESENCE_SAY_S: u32 = 5;
/// … and one that has not said it for this many does not look any more.
pub const PRESENCE_GONE_S: u32 = 12;
/// Most targets of answering of a desk.
pub const ANSWER_TARGETS_MAX: usize = 5;
/// Longest cause, account or lessons of a report, in Unicode scalar values: about two pages.
pub const REPORT_TEXT_CHARS_MAX: usize = 4_000;
/// Most measures of a report.
pub const REPORT_MEASURES_MAX: usize = 20;
/// Most questions that a report is returned with.
pub const REPORT_QUESTIONS_MAX: usize = 10;
/// Most questions about a report in all rounds.
pub const REPORT_QUESTIONS_ALL_MAX: usize = 50;
/// Most lines that are drafted of a case, the first and the last ones.
pub const REPORT_LINES_MAX: usize = 500;
/// Reports in a page of the list.
pub const REPORTS_PAGE_MAX: usize = 50;
/// How long a desk has for a report that must be, from the closing, and for answers, from the return, in hours.
pub const REPORT_WITHIN_H: u32 = 72;
/// Longest period that figures are asked for, in days: five years.
pub const FIGURES_DAYS_MAX: u32 = 1_830;
/// Most cases behind a figure that are listed, the latest first.
pub const FIGURE_CASES_MAX: usize = 200;
/// Largest case file that is checked, in bytes: twice what the most fixes and a long history come to.
pub const CASE_FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Faults of a case file that are named.
pub const CASE_FILE_FAULTS_MAX: usize = 50;
/// That a reviewer looks at what is kept of a case is said once in so many seconds.
pub const LOOKED_AT_AGAIN_S: u32 = 3_600;
/// Most cases in an XLSX file: what a sheet has rows, without the headings.
pub const EXPORT_XLSX_ROWS_MAX: u32 = 1_048_575;
/// Largest file that is made, in bytes: three times a CSV of a million cases.
pub const EXPORT_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most exports that are kept for an officer, also failed ones.
pub const EXPORTS_PER_OFFICER_MAX: usize = 20;
/// How long a file is kept for whoever asked, in days.
pub const EXPORT_KEPT_DAYS: u32 = 7;
/// How long one by schedule is kept, in days: a year, so that the same month can be compared.
pub const EXPORT_SCHEDULED_KEPT_DAYS: u32 = 366;

/// Most tokens of other systems, those that have ended among them.
pub const TOKENS_MAX: usize = 200;
/// Longest life of a token, in days.
pub const TOKEN_DAYS_MAX: u32 = 365;
/// Days of a token's uses that are shown.
pub const TOKEN_DAYS_SHOWN: u32 = 30;
