//! One demo worker: presses, walks, writes, and tells what comes back.

use std::sync::Arc;
use std::time::Duration;

use sos_mobile_bridge::{Bridge, BridgeEvent, Events, PressDetails, fix_rate};
use sos_protocol::ambient::{Clock, Entropy, SystemClock, SystemEntropy};
use sos_protocol::{AlertId, EmergencyKind, Receipt, Stage, Trigger};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::places::{Place, unit};
use super::words;
use crate::phone::walk::Walk;
use crate::stop::StopFlag;

/// How often a worker looks at the clock.
const STEP: Duration = Duration::from_millis(200);
/// Of all presses, how many percent are taken back at once.
const CANCELS_PCT: u64 = 5;
/// Messages without being asked, at most.
const WORDS_MAX: u64 = 3;
/// Answers to officers, at most.
const ANSWERS_MAX: u32 = 5;

/// Something to show.
#[derive(Debug)]
pub(super) struct News {
    pub(super) worker: usize,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Pressed,
    NotSent { retry_in_ms: u64 },
    Got { receipt: Receipt, current: bool, after: Duration },
    Wrote,
    Heard { from: String },
    Cancelled,
    Failed { why: String },
}

/// What a worker is going to do, as times since the demo began.
#[derive(Debug)]
pub(super) struct Plan {
    press_at: Duration,
    kind: Option<EmergencyKind>,
    text: Option<&'static str>,
    cancel_at: Option<Duration>,
    /// The next one last.
    lines: Vec<(Duration, &'static str)>,
    walk: Walk,
    battery_pct: u8,
    end: Duration,
}

impl Plan {
    /// Presses fall into the first 60% of the demo.
    pub(super) fn draw(place: &Place, duration: Duration, entropy: &dyn Entropy) -> Self {
        let press_at = duration.mul_f64(unit(entropy) * 0.6);
        let rest = duration.saturating_sub(press_at);
        let (kind, text) = words::press(entropy);
        let cancels = entropy.below(100) < CANCELS_PCT;
        let count = entropy.below(WORDS_MAX + 1);
        let when = || press_at + rest.mul_f64(0.05 + unit(entropy) * 0.9);
        let mut lines: Vec<_> = (0..count).map(|_| (when(), words::later(entropy))).collect();
        lines.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
        let (lat, lon) = place.spot(entropy);
        let speed_mps = if entropy.below(3) == 0 { 0.0 } else { 0.5 + unit(entropy) * 1.5 };
        let battery = u8::try_from(8 + entropy.below(90)).unwrap_or(50);
        Self {
            press_at,
            kind,
            text,
            cancel_at: cancels.then(|| press_at + Duration::from_secs(4)),
            lines,
            walk: Walk::towards(lat, lon, 5.0 + unit(entropy) * 60.0, speed_mps, entropy),
            battery_pct: battery,
            end: duration,
        }
    }
}

pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) bridge: Arc<Bridge>,
    pub(super) plan: Plan,
    pub(super) news: mpsc::Sender<News>,
}

/// What a press has come to so far.
struct Pressed {
    alert_id: AlertId,
    at: Duration,
    next_fix: Duration,
    answers: u32,
    closed: bool,
}

impl Worker {
    /// Until the demo's end, or `stop`.
    pub(super) async fn live(mut self, stop: StopFlag) {
        let clock = SystemClock::new();
        let elapsed = || Duration::from_micros(clock.monotonic_us());
        let events = self.bridge.subscribe();
        let mut pressed: Option<Pressed> = None;
        while !stop.is_set() && elapsed() < self.plan.end {
            if let Some(event) = next(&events).await {
                self.hears(event, pressed.as_mut(), elapsed()).await;
            }
            match &mut pressed {
                None if elapsed() >= self.plan.press_at => pressed = Some(self.press(elapsed()).await),
                None => {}
                Some(pressed) => self.acts(pressed, elapsed()).await,
            }
        }
    }

    async fn press(&mut self, now: Duration) -> Pressed {
        let battery_pct = self.plan.battery_pct;
        let details = PressDetails {
            position: Some(self.plan.walk.position(battery_pct)),
            trigger: Some(Trigger::Hold),
            kind: self.plan.kind,
            text: self.plan.text.map(str::to_owned),
            battery_pct: Some(battery_pct),
            drill: false,
        };
        let alert_id = self.bridge.press(details).alert_id;
        self.tell(What::Pressed).await;
        let interval = Duration::from_secs(u64::from(fix_rate::interval_s(0, Some(battery_pct))));
        Pressed { alert_id, at: now, next_fix: now + interval, answers: 0, closed: false }
    }

    async fn acts(&mut self, pressed: &mut Pressed, now: Duration) {
        if pressed.closed {
            return;
        }
        if now >= pressed.next_fix {
            let since_s = u32::try_from((now - pressed.at).as_secs()).unwrap_or(u32::MAX);
            let interval = u64::from(fix_rate::interval_s(since_s, Some(self.plan.battery_pct)));
            pressed.next_fix = now + Duration::from_secs(interval);
            self.plan.walk.go(f64::from(u32::try_from(interval).unwrap_or(60)), &SystemEntropy);
            let fix = self.plan.walk.position(self.plan.battery_pct);
            self.did(self.bridge.send_fixes(vec![fix]).map(drop), None).await;
        }
        if let Some((_, line)) = self.plan.lines.pop_if(|(at, _)| now >= *at) {
            self.did(self.bridge.write(line).map(drop), Some(What::Wrote)).await;
        }
        if self.plan.cancel_at.is_some_and(|at| now >= at) {
            self.plan.cancel_at = None;
            self.did(self.bridge.cancel(pressed.alert_id, None), Some(What::Cancelled)).await;
        }
    }

    async fn hears(&mut self, event: BridgeEvent, pressed: Option<&mut Pressed>, now: Duration) {
        let Some(pressed) = pressed else { return };
        match event {
            BridgeEvent::Receipt { receipt, current } if receipt.alert_id == pressed.alert_id => {
                pressed.closed |= receipt.stage == Stage::Closed;
                let after = now.saturating_sub(pressed.at);
                self.tell(What::Got { receipt, current, after }).await;
            }
            BridgeEvent::NotSentYet { retry_in_ms, .. } => self.tell(What::NotSent { retry_in_ms }).await,
            BridgeEvent::Message { message } => {
                self.tell(What::Heard { from: message.from_officer.unwrap_or_default() }).await;
                if pressed.answers < ANSWERS_MAX {
                    pressed.answers += 1;
                    // People need a moment to answer.
                    let delay = Duration::from_secs(2 + SystemEntropy.below(6));
                    self.plan.lines.push((now + delay, words::answer(&SystemEntropy)));
                }
            }
            _ => {}
        }
    }

    async fn did(&self, done: Result<(), sos_mobile_bridge::BridgeError>, what: Option<What>) {
        match done {
            Ok(()) => {
                if let Some(what) = what {
                    self.tell(what).await;
                }
            }
            Err(error) => self.tell(What::Failed { why: error.to_string() }).await,
        }
    }

    async fn tell(&self, what: What) {
        drop(self.news.send(News { worker: self.number, what }).await);
    }
}

async fn next(events: &Events) -> Option<BridgeEvent> {
    timeout(STEP, events.next()).await.ok().flatten()
}
