//! A phone's session as a machine without I/O: it is handed what happened ([`Input`]) and the time, and answers what
//! to do ([`Output`]).
//!
//! The rule of the session: **an alert waits for nothing else of the same phone.** It is kept at once, whatever else
//! of this phone is under way or waits. Everything else is kept in the order in which it came, as far as it concerns
//! the same alert, and behind that alert.

mod allowance;
mod keeping;
mod replay;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use sos_protocol::lenient::Cleaned;
use sos_protocol::limits::{FOLLOW_MAX, PING_INTERVAL_S};
use sos_protocol::{
    Alert, AlertId, DeviceId, ErrorCode, Fix, GatewayFrame, PhoneFrame, Pin, Seq, SessionId, UnixMs, proof,
};

use crate::entry::LedgerEntry;
use crate::frames::{self, FrameError, FromPhone};
use crate::recording::{Item, Origin};

use allowance::Allowance;
use keeping::{Answer, Keeping, What};
use replay::Replay;

pub use keeping::{ALERTS_IN_FLIGHT_MAX, OTHERS_IN_FLIGHT_MAX, Ticket, WAITING_MAX};

/// Entries that a session may be behind; a slower one is cut off and resumes when it comes back.
pub const BACKLOG_MAX: usize = 64;
/// Alerts that one session follows at most, the oldest is let go: all that a phone keeps waiting (200 presses), which it sends
/// in one connection once it has a network, and those that it follows besides.
pub const FOLLOWED_MAX: usize = 200 + 2 * FOLLOW_MAX;
/// How long a phone that was silent for a ping interval has to answer: a half-open connection is found within 25 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Silence after which a phone is asked whether it is there.
const PING_INTERVAL: Duration = Duration::from_secs(PING_INTERVAL_S as u64);

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// The phone sent a text frame …
    Frame(&'a str),
    /// … one that was too large, of which this head is left …
    Oversized(&'a str),
    /// … a binary frame …
    Binary,
    /// … or gave a sign of life below the frames.
    Sign,
    /// It was silent for [`Session::patience`].
    Silence,
    /// Who it is: the answer to [`Output::Check`].
    Checked(Hello, Checked),
    /// What bore this ticket is on disk since then, or why not.
    Kept(Ticket, Result<UnixMs, ErrorCode>),
    /// A ledger entry that concerns it.
    Told(&'a LedgerEntry),
    /// The answer to the latest [`Output::ReadMissed`]: entries in order, and whether there may be more behind them.
    Missed {
        /// The entries.
        entries: &'a [LedgerEntry],
        /// It was a full page.
        more: bool,
    },
    /// The other answer to it.
    MissedUnreadable,
    /// Another connection of the same device took over.
    Replaced,
    /// It does not keep up with what it is told.
    Overflow,
    /// It may not speak for the worker any longer.
    Ended,
    /// This node goes down.
    Shutdown,
}

/// What to do, in this order.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send a frame.
    Send(GatewayFrame),
    /// A frame could not be read: tell the phone.
    Refuse(FrameError),
    /// Look at the credential; the answer is [`Input::Checked`], before anything else.
    Check(Hello),
    /// Put it on disk; the answer is [`Input::Kept`].
    Keep(Ticket, Origin, Item),
    /// The worker takes a press back: look at the PIN, then put on disk what it says. The answer is [`Input::Kept`].
    TakeBack(Ticket, Origin, AlertId, Option<Pin>),
    /// The same with fixes.
    KeepFixes(Ticket, AlertId, Vec<Fix>),
    /// Read the ledger's entries for this phone, after a pause, instead of what was to be read before; the answer is
    /// [`Input::Missed`] or [`Input::MissedUnreadable`].
    ReadMissed(ReadMissed),
    /// Hand it what concerns this device from now on; an earlier connection of the device is replaced …
    Join(DeviceId),
    /// … and no more.
    Leave(DeviceId),
    /// Hand it what concerns this alert from now on …
    Follow(AlertId),
    /// … and no more.
    Unfollow(AlertId),
    /// Ask below the frames whether the phone is there.
    Ping,
    /// Close the connection. What is under way is still waited for and answered; nothing else is heard.
    Close(Close),
}

/// A `hello` that is to be checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Hello {
    /// What the phone shows.
    pub credential: Option<String>,
    /// Of [`Self::signed`], with the phone's key.
    pub signature: Option<String>,
    /// The text that it had to sign.
    pub signed: String,
    last_seq: Seq,
    follow: Vec<AlertId>,
}

/// What became of the check.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    /// Who the phone is.
    pub origin: Origin,
    /// A newer credential for it.
    pub renewed: Option<String>,
}

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMissed {
    /// Entries of the cases that this device has alerts in …
    pub device: Option<DeviceId>,
    /// … or that these alerts belong to …
    pub follow: Vec<AlertId>,
    /// … after this place.
    pub after: Seq,
    /// Wait this long before.
    pub pause: Duration,
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The phone does not answer.
    Silent,
    /// Another connection of the device took over.
    Replaced,
    /// It does not keep up.
    Overflow,
    /// It may not speak for the worker any longer.
    Ended,
    /// This node goes down.
    Shutdown,
}

impl Close {
    /// The WebSocket's close code, and words for developers.
    #[must_use]
    pub const fn code(self) -> (u16, &'static str) {
        match self {
            Self::Silent => (1000, ""),
            Self::Replaced => (4001, "another connection of this device took over"),
            Self::Overflow => (1013, "too far behind; come back"),
            Self::Ended => (1001, "the time of this phone is over; come back"),
            Self::Shutdown => (1001, "this node goes down; come back"),
        }
    }
}

/// The machine. Idle, it holds no buffer.
#[derive(Debug)]
pub struct Session {
    id: SessionId,
    nonce: Box<str>,
    origin: Origin,
    followed: VecDeque<AlertId>,
    allowance: Allowance,
    keeping: Keeping,
    /// What it missed is being read; none: it has heard everything.
    replay: Option<Box<Replay>>,
    /// It was asked whether it is there, and has not answered.
    knocked: bool,
    closed: bool,
}

impl Session {
    /// A session that was just connected. The `nonce` is random and was never used before.
    #[must_use]
    pub fn new(id: SessionId, nonce: String, now: UnixMs) -> Self {
        Self {
            id,
            nonce: nonce.into(),
            origin: Origin::unknown(),
            followed: VecDeque::new(),
            allowance: Allowance::full(now),
            keeping: Keeping::default(),
            replay: None,
            knocked: false,
            closed: false,
        }
    }

    /// The first frame.
    #[must_use]
    pub fn challenge(&self, now: UnixMs) -> GatewayFrame {
        GatewayFrame::Challenge { nonce: self.nonce.to_string(), server_time_ms: now }
    }

    /// Which session.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The device it speaks for.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        self.origin.device_id.filter(|_| self.origin.is_proven())
    }

    /// The alerts it follows.
    pub fn followed(&self) -> impl Iterator<Item = AlertId> {
        self.followed.iter().copied()
    }

    /// Whether frames may be read from the phone now. Not, while too many of its alerts are under way.
    #[must_use]
    pub fn reads(&self) -> bool {
        !self.closed && self.keeping.takes_alerts()
    }

    /// Silence of the phone after which [`Input::Silence`] is wanted.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        if self.knocked { ANSWER_WITHIN } else { PING_INTERVAL }
    }

    /// Something is being kept or waits for it.
    #[must_use]
    pub fn is_keeping(&self) -> bool {
        !self.keeping.is_empty()
    }

    /// Deals with one input at `now`, the server's clock.
    pub fn handle(&mut self, now: UnixMs, input: Input<'_>) -> Vec<Output> {
        let mut out = vec![];
        if let Input::Kept(ticket, at) = input {
            self.keeping.kept(ticket, at, now, &mut out);
            return out;
        }
        if self.closed {
            return out;
        }
        if matches!(input, Input::Frame(_) | Input::Oversized(_) | Input::Binary | Input::Sign) {
            self.knocked = false;
        }
        match input {
            Input::Frame(text) => match frames::from_phone(text, now) {
                Ok(said) => self.said(said, now, &mut out),
                Err(wrong) => out.push(Output::Refuse(wrong)),
            },
            Input::Oversized(head) => match frames::salvage(head, ErrorCode::TooLarge, now) {
                Some(alert) => self.alert(alert, &mut out),
                None => out.push(error(ErrorCode::TooLarge, "the frame is too large", None)),
            },
            Input::Binary => out.push(error(ErrorCode::BinaryFrame, "text frames only", None)),
            Input::Silence if self.knocked => self.close(Close::Silent, &mut out),
            Input::Silence => {
                self.knocked = true;
                out.push(Output::Ping);
            }
            Input::Checked(hello, checked) => self.greet(hello, checked, now, &mut out),
            Input::Told(entry) => self.told(entry, &mut out),
            Input::Missed { entries, more } => self.missed(entries, more, &mut out),
            Input::MissedUnreadable => self.missed_unreadable(&mut out),
            Input::Replaced => {
                out.push(error(ErrorCode::SessionReplaced, "another connection of this device", None));
                self.close(Close::Replaced, &mut out);
            }
            Input::Overflow => self.close(Close::Overflow, &mut out),
            Input::Ended => self.close(Close::Ended, &mut out),
            Input::Shutdown => self.close(Close::Shutdown, &mut out),
            Input::Sign | Input::Kept(..) => {}
        }
        out
    }

    fn close(&mut self, why: Close, out: &mut Vec<Output>) {
        self.closed = true;
        self.replay = None;
        out.push(Output::Close(why));
    }

    fn said(&mut self, said: FromPhone, now: UnixMs, out: &mut Vec<Output>) {
        match said {
            FromPhone::Alert(alert) => self.alert(alert, out),
            said if !self.allowance.take(now) => out.push(too_fast(said.id())),
            FromPhone::Fixes { alert_id, fix_ids, fixes, dropped } => {
                let answer = Answer::Fixes { alert_id, fix_ids, dropped };
                self.keeping.later(What::Fixes(alert_id, fixes), answer, out);
            }
            FromPhone::Other(frame) => self.other(frame, now, out),
        }
    }

    /// An SOS: kept first, everything else after that.
    fn alert(&mut self, Cleaned { value: alert, dropped }: Cleaned<Alert>, out: &mut Vec<Output>) {
        self.follow(alert.alert_id, out);
        self.keeping.alert(alert, dropped, &self.origin, out);
    }

    fn other(&mut self, frame: PhoneFrame, now: UnixMs, out: &mut Vec<Output>) {
        match frame {
            PhoneFrame::Hello { credential, signature, last_seq, app_version: _, follow } => {
                let signed = proof::hello(&self.nonce);
                out.push(Output::Check(Hello { credential, signature, signed, last_seq, follow }));
            }
            PhoneFrame::Cancel { alert_id, device_time_ms: _, pin } => {
                self.follow(alert_id, out);
                let what = What::Cancel(Box::new((self.origin.clone(), alert_id, pin)));
                self.keeping.later(what, Answer::Accepted(alert_id.to_string()), out);
            }
            PhoneFrame::Message { message_id, alert_id, text, device_time_ms: _ } => {
                let item = Item::Message { message_id, alert_id, text };
                self.keep(item, Answer::Accepted(message_id.to_string()), out);
            }
            PhoneFrame::Delivered { alert_id, message_ids } => {
                let message_ids = frames::distinct(message_ids);
                self.keep(Item::Delivered { alert_id, message_ids }, Answer::Marks, out);
            }
            PhoneFrame::Ping {} => self.keeping.ping(now, out),
            // Read before, see `said`.
            PhoneFrame::Alert { .. } | PhoneFrame::Fixes { .. } => {}
        }
    }

    fn keep(&mut self, item: Item, answer: Answer, out: &mut Vec<Output>) {
        self.follow(item.alert_id(), out);
        self.keeping.later(What::Item(Box::new((self.origin.clone(), item))), answer, out);
    }

    fn greet(&mut self, hello: Hello, checked: Checked, now: UnixMs, out: &mut Vec<Output>) {
        out.extend(self.device().map(Output::Leave));
        self.origin = checked.origin;
        // Only the phone itself may take over from an earlier connection, and hear what is said to it.
        out.extend(self.device().map(Output::Join));
        hello.follow.iter().for_each(|alert| self.follow(*alert, out));
        out.push(Output::Send(GatewayFrame::Welcome {
            session_id: self.id,
            verified: self.origin.unverified.is_none(),
            unverified: self.origin.unverified,
            credential: checked.renewed,
            server_time_ms: now,
        }));
        self.read_missed(hello.follow, hello.last_seq, out);
    }

    fn follow(&mut self, alert: AlertId, out: &mut Vec<Output>) {
        if self.followed.contains(&alert) {
            return;
        }
        self.followed.push_back(alert);
        out.push(Output::Follow(alert));
        if self.followed.len() > FOLLOWED_MAX
            && let Some(oldest) = self.followed.pop_front()
        {
            out.push(Output::Unfollow(oldest));
        }
    }

    /// What an entry means for this phone.
    fn frames_of(&self, entry: &LedgerEntry) -> Vec<GatewayFrame> {
        let device = self.device();
        let mine = entry.alerts.iter().filter(|alert| {
            self.followed.contains(&alert.alert_id) || (device.is_some() && alert.device_id == device)
        });
        mine.flat_map(|alert| entry.for_phone(*alert)).collect()
    }
}

fn error(code: ErrorCode, detail: &str, id: Option<String>) -> Output {
    Output::Send(GatewayFrame::Error { code, detail: detail.to_owned(), id })
}

fn too_fast(id: Option<String>) -> Output {
    error(ErrorCode::RateLimited, "too many frames; wait a second", id)
}
