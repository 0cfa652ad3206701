//! Presses at a steady rate.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep_until;

use super::now;
use super::phones::Presser;

/// The slowest rate, so that the next press is at a time that a clock can hold.
const RATE_MIN: f64 = 0.001;

/// Presses that go on until this is stopped or dropped.
pub struct Pressing {
    stop: watch::Sender<bool>,
    pressed: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

impl Pressing {
    pub(super) fn start(presser: Presser, rate_per_s: f64) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let (count, pressed) = watch::channel(0_u64);
        let every = Duration::from_secs_f64(1.0 / rate_per_s.max(RATE_MIN));
        let task = tokio::spawn(async move {
            let mut at = now();
            loop {
                let late = now() > at;
                tokio::select! {
                    biased;
                    _ = stopped.changed() => return,
                    () = sleep_until(at.into()) => {}
                }
                // A timer wakes up to 1 ms late, which is not the service's fault; being behind is.
                if !presser.press(if late { at } else { now() }).await {
                    return;
                }
                count.send_modify(|count| *count += 1);
                at += every;
            }
        });
        Self { stop, pressed, task }
    }

    /// Waits until so many have been pressed, then stops; returns how many it were.
    pub async fn until(mut self, count: u64) -> u64 {
        let _ = self.pressed.wait_for(|pressed| *pressed >= count).await;
        self.stop().await
    }

    /// Stops; returns how many presses there were.
    pub async fn stop(self) -> u64 {
        let _ = self.stop.send(true);
        let _ = self.task.await;
        *self.pressed.borrow()
    }
}
