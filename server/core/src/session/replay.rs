//! What a phone missed while it was away, beside the session: no SOS waits for a store's answer to this.
//!
//! A phone resumes after the largest place in the ledger that it heard of. So it hears entries in the ledger's order:
//! while the missed ones are read, what is told now is held, however often the store has to be asked.

use std::time::Duration;

use sos_protocol::{AlertId, GatewayFrame, Seq};

use super::{BACKLOG_MAX, Close, Output, ReadMissed, Session};
use crate::entry::LedgerEntry;

/// Pauses between tries to read while the store is away: the first, then twice as long each time …
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// … up to this one.
const PAUSE_LAST: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Replay {
    follow: Vec<AlertId>,
    after: Seq,
    /// What was told in the meantime.
    held: Vec<(Seq, Vec<GatewayFrame>)>,
    /// The pause before the next try; none: a try is under way.
    pause: Option<Duration>,
    next_pause: Duration,
}

impl Session {
    /// Has everything read that the phone has not heard of.
    pub(super) fn read_missed(&mut self, follow: Vec<AlertId>, after: Seq, out: &mut Vec<Output>) {
        // Another `hello` on the same connection: what was held stays held.
        let held = self.replay.take().map_or(vec![], |replay| replay.held);
        if self.device().is_none() && follow.is_empty() {
            out.extend(held.into_iter().flat_map(|(_, frames)| frames).map(Output::Send));
            return;
        }
        self.replay = Some(Box::new(Replay { follow, after, held, pause: None, next_pause: PAUSE_FIRST }));
        self.read(Duration::ZERO, out);
    }

    fn read(&self, pause: Duration, out: &mut Vec<Output>) {
        let Some(replay) = &self.replay else { return };
        let (follow, after) = (replay.follow.clone(), replay.after);
        out.push(Output::ReadMissed(ReadMissed { device: self.device(), follow, after, pause }));
    }

    /// What of this entry is being kept at the moment is kept.
    fn on_record(&mut self, entry: &LedgerEntry, out: &mut Vec<Output>) {
        for alert in &entry.alerts {
            self.keeping.on_record(alert.alert_id, alert.received_at, out);
        }
    }

    pub(super) fn told(&mut self, entry: &LedgerEntry, out: &mut Vec<Output>) {
        self.on_record(entry, out);
        let frames = self.frames_of(entry);
        let Some(replay) = &mut self.replay else {
            out.extend(frames.into_iter().map(Output::Send));
            return;
        };
        if !frames.is_empty() {
            if replay.held.len() >= BACKLOG_MAX {
                self.close(Close::Overflow, out);
                return;
            }
            replay.held.push((entry.seq(), frames));
        }
        // The ledger is told, so it may be readable again.
        if replay.pause.take().is_some() {
            self.read(Duration::ZERO, out);
        }
    }

    pub(super) fn missed(&mut self, entries: &[LedgerEntry], more: bool, out: &mut Vec<Output>) {
        entries.iter().for_each(|entry| self.on_record(entry, out));
        let frames: Vec<GatewayFrame> = entries.iter().flat_map(|entry| self.frames_of(entry)).collect();
        let Some(replay) = &mut self.replay else { return };
        out.extend(frames.into_iter().map(Output::Send));
        if let Some(last) = entries.last() {
            // An alert's own entry is told again, wherever it is.
            replay.after = replay.after.max(last.seq());
        }
        replay.next_pause = PAUSE_FIRST;
        if more {
            self.read(Duration::ZERO, out);
            return;
        }
        let Some(replay) = self.replay.take() else { return };
        let later = replay.held.into_iter().filter(|(seq, _)| *seq > replay.after);
        out.extend(later.flat_map(|(_, frames)| frames).map(Output::Send));
    }

    pub(super) fn missed_unreadable(&mut self, out: &mut Vec<Output>) {
        let Some(replay) = &mut self.replay else { return };
        let pause = replay.next_pause;
        replay.next_pause = (pause * 2).min(PAUSE_LAST);
        replay.pause = Some(pause);
        self.read(pause, out);
    }
}
