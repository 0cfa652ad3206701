//! Watching an SOS: receipts and messages come, positions and typed lines go.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use anyhow::{Result, bail};
use sos_mobile_bridge::{Bridge, BridgeEvent, Events, LinkState, fix_rate};
use sos_protocol::ambient::{Clock, SystemClock, SystemEntropy};
use sos_protocol::{AlertId, Receipt, Stage, Unverified};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::show;
use super::walk::Walk;
use crate::stop::StopFlag;

/// How often a signal and the limits of time are looked at.
const STEP: Duration = Duration::from_millis(100);
/// Typed lines that wait.
const LINES_MAX: usize = 16;
/// Typed instead of a message: takes the press back.
const CANCEL: &str = "/huy";

/// Where the phone is carried.
pub(super) struct Hands {
    walk: Walk,
    battery_pct: u8,
    /// Between two positions; none: as the app does.
    every: Option<Duration>,
}

impl Hands {
    pub(super) fn still(walk: Walk, battery_pct: u8) -> Self {
        Self { walk, battery_pct, every: None }
    }

    pub(super) fn walking(walk: Walk, every: Duration) -> Self {
        Self { walk, battery_pct: 80, every: Some(every) }
    }

    fn interval(&self, since_press: Duration) -> Duration {
        self.every.unwrap_or_else(|| {
            let since_s = u32::try_from(since_press.as_secs()).unwrap_or(u32::MAX);
            Duration::from_secs(u64::from(fix_rate::interval_s(since_s, Some(self.battery_pct))))
        })
    }
}

/// What to watch, and until when.
pub(super) struct Follow {
    pub(super) events: Events,
    pub(super) alert_id: AlertId,
    pub(super) hands: Option<Hands>,
    /// Success when this stage is reached; failure when it takes longer.
    pub(super) until: Option<(Stage, Duration)>,
    pub(super) json: bool,
    /// Success after this time.
    pub(super) ends_after: Option<Duration>,
}

impl Follow {
    /// Until the stage, the end of the case, the limit of time, or `stop`.
    pub(super) async fn run(mut self, bridge: &Bridge, stop: &StopFlag) -> Result<()> {
        let clock = SystemClock::new();
        let elapsed = || Duration::from_micros(clock.monotonic_us());
        let mut next_fix = self.hands.as_ref().map(|hands| hands.interval(Duration::ZERO));
        let mut lines = typed_lines();
        if !self.json {
            let known = bridge.alert_state(self.alert_id)?.and_then(|state| state.receipt);
            println!("{}", known.map_or_else(|| show::SENDING.to_owned(), |receipt| show::receipt(&receipt)));
        }
        loop {
            let event = tokio::select! {
                event = self.events.next() => event,
                Some(line) = lines.recv() => {
                    self.typed(bridge, &line);
                    continue;
                }
                () = tokio::time::sleep(STEP) => {
                    if stop.is_set() || self.ends_after.is_some_and(|end| elapsed() >= end) {
                        return Ok(());
                    }
                    self.in_time(elapsed())?;
                    self.measure(bridge, elapsed(), &mut next_fix);
                    continue;
                }
            };
            let Some(event) = event else { bail!("the phone was closed") };
            if matches!(event, BridgeEvent::Locate { .. }) {
                self.carry(bridge, Duration::ZERO);
            }
            if self.shown_and_done(event) {
                return Ok(());
            }
        }
    }

    fn in_time(&self, elapsed: Duration) -> Result<()> {
        match self.until {
            Some((stage, limit)) if elapsed >= limit => {
                let word = serde_json::to_value(stage)?;
                bail!("not {} within {} s", word.as_str().unwrap_or_default(), limit.as_secs())
            }
            _ => Ok(()),
        }
    }

    fn measure(&mut self, bridge: &Bridge, elapsed: Duration, next: &mut Option<Duration>) {
        let (Some(hands), Some(at)) = (&self.hands, *next) else { return };
        if elapsed < at {
            return;
        }
        let interval = hands.interval(elapsed);
        *next = Some(at + interval);
        self.carry(bridge, interval);
    }

    /// Sends where the phone is after it was carried on for that long.
    fn carry(&mut self, bridge: &Bridge, on: Duration) {
        let Some(hands) = self.hands.as_mut() else { return };
        hands.walk.go(on.as_secs_f64(), &SystemEntropy);
        if let Err(error) = bridge.send_fixes(vec![hands.walk.position(hands.battery_pct)]) {
            eprintln!("position not kept: {error}");
        }
    }

    fn typed(&self, bridge: &Bridge, line: &str) {
        let line = line.trim();
        let done = match line {
            "" => Ok(()),
            CANCEL => bridge.cancel(self.alert_id, None),
            words => bridge.write(words).map(drop),
        };
        if let Err(error) = done {
            eprintln!("{error}");
        }
    }

    /// Shows an event; tells whether it was the last one wanted.
    fn shown_and_done(&self, event: BridgeEvent) -> bool {
        match event {
            BridgeEvent::Receipt { receipt, current } if receipt.alert_id == self.alert_id => {
                if self.json {
                    println!("{}", show::Line::of(&receipt, current).json());
                } else if current {
                    println!("{}", show::receipt(&receipt));
                }
                self.is_enough(&receipt)
            }
            other => {
                if let Some(line) = told(&other, self.alert_id) {
                    if self.json { eprintln!("{line}") } else { println!("{line}") }
                }
                false
            }
        }
    }

    fn is_enough(&self, receipt: &Receipt) -> bool {
        match self.until {
            Some((stage, _)) => receipt.stage >= stage,
            None => receipt.stage == Stage::Closed,
        }
    }
}

/// Waits until the service has the message or cancellation `id`.
pub(super) async fn until_accepted(
    events: &Events,
    id: &str,
    limit: Duration,
    stop: &StopFlag,
) -> Result<()> {
    let clock = SystemClock::new();
    while !stop.is_set() && Duration::from_micros(clock.monotonic_us()) < limit {
        match timeout(STEP, events.next()).await {
            Ok(Some(BridgeEvent::Accepted { id: accepted })) if accepted == id => return Ok(()),
            Ok(Some(BridgeEvent::Refused { id: refused, code })) if refused == id => {
                bail!("the service refused: {}", code.as_str())
            }
            Ok(None) => bail!("the phone was closed"),
            Ok(Some(_)) | Err(_) => {}
        }
    }
    bail!("not accepted yet; it is kept in the phone and goes out when the phone is used again")
}

fn told(event: &BridgeEvent, alert_id: AlertId) -> Option<String> {
    Some(match event {
        BridgeEvent::NotSentYet { retry_in_ms, .. } => show::not_sent_yet(*retry_in_ms),
        BridgeEvent::Message { message } => {
            format!("💬 {}: {}", message.from_officer.as_deref().unwrap_or("?"), message.text)
        }
        BridgeEvent::Locate { .. } => show::LOCATE.to_owned(),
        BridgeEvent::Accepted { id } if *id == alert_id.to_string() => show::CANCEL_ACCEPTED.to_owned(),
        BridgeEvent::Accepted { .. } => show::MESSAGE_ACCEPTED.to_owned(),
        BridgeEvent::Cleaned { dropped, .. } => {
            let fields: Vec<_> = dropped.iter().map(|d| d.field.as_str()).collect();
            format!("(left out by the service: {})", fields.join(", "))
        }
        BridgeEvent::CancelRefused { code, .. } => format!("(not taken back: {})", code.as_str()),
        BridgeEvent::Refused { id, code } => format!("(refused by the service: {} {id})", code.as_str()),
        BridgeEvent::Link { state: LinkState::Online { unverified: Some(why), .. } }
            if *why != Unverified::NoCredential =>
        {
            format!(
                "(unverified: {})",
                serde_json::to_value(why).unwrap_or_default().as_str().unwrap_or_default()
            )
        }
        BridgeEvent::Missed { count } => format!("({count} events were too fast to show)"),
        BridgeEvent::Receipt { .. } | BridgeEvent::Unverified { .. } | BridgeEvent::Link { .. } => {
            return None;
        }
    })
}

/// Lines typed on a terminal, or piped in. The reading thread ends with the process.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(LINES_MAX);
    if std::io::stdin().is_terminal() {
        eprintln!("(a line that you type goes to the desk; {CANCEL} takes the press back; Ctrl-C ends)");
    }
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
