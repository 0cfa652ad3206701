//! What the phones were told.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sos_protocol::{AlertId, CaseId, Receipt, Stage};

/// Receipts that are kept of one alert; a service that repeats itself for ever must not fill the memory.
const STAGES_MAX: usize = 64;

/// The life of one press, as its phone saw it.
#[derive(Debug, Clone)]
pub struct AlertLog {
    /// Made by the phone.
    pub alert_id: AlertId,
    /// Number of the phone in its swarm.
    pub phone: usize,
    /// When the worker pressed; a phone that is busy or offline sends later.
    pub pressed_at: Instant,
    /// How often it was sent.
    pub sends: u32,
    /// How often the service said that it could not take it.
    pub refused: u32,
    /// First word that it is safe.
    pub received_at: Option<Instant>,
    /// First word that it is a case.
    pub recorded_at: Option<Instant>,
    /// Every different case that the phone was told; more than one is a fault of the service.
    pub case_ids: Vec<CaseId>,
    /// All receipts in the order in which they came, at most 64.
    pub stages: Vec<(Stage, Instant)>,
}

impl AlertLog {
    fn new(alert_id: AlertId, phone: usize, pressed_at: Instant) -> Self {
        Self {
            alert_id,
            phone,
            pressed_at,
            sends: 0,
            refused: 0,
            received_at: None,
            recorded_at: None,
            case_ids: vec![],
            stages: vec![],
        }
    }
}

/// Sums over all phones since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Presses.
    pub pressed: u64,
    /// Alerts of which a phone heard `received` or more.
    pub received: u64,
    /// Alerts of which a phone heard `recorded` or more.
    pub recorded: u64,
    /// Answers `unavailable` or `internal`.
    pub refused: u64,
    /// Phones that are connected and welcomed now.
    pub connected: u64,
    /// Connections that were welcomed after the first one of their phone.
    pub reconnects: u64,
    /// Receipts for alerts that their phone has not pressed in this run.
    pub unknown: u64,
}

/// The logs of all phones; each has its own lock.
pub(super) struct Book {
    phones: Vec<Mutex<Vec<AlertLog>>>,
    pressed: AtomicU64,
    received: AtomicU64,
    recorded: AtomicU64,
    refused: AtomicU64,
    connected: AtomicI64,
    reconnects: AtomicU64,
    unknown: AtomicU64,
}

impl Book {
    pub(super) fn new(phones: usize) -> Self {
        Self {
            phones: (0..phones).map(|_| Mutex::default()).collect(),
            pressed: AtomicU64::default(),
            received: AtomicU64::default(),
            recorded: AtomicU64::default(),
            refused: AtomicU64::default(),
            connected: AtomicI64::default(),
            reconnects: AtomicU64::default(),
            unknown: AtomicU64::default(),
        }
    }

    fn of(&self, phone: usize) -> MutexGuard<'_, Vec<AlertLog>> {
        self.phones[phone].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, phone: usize, alert: AlertId, change: impl FnOnce(&mut AlertLog)) -> bool {
        let mut logs = self.of(phone);
        // The latest presses are talked about most.
        let log = logs.iter_mut().rev().find(|log| log.alert_id == alert);
        log.map(change).is_some()
    }

    /// A press was handed to a phone, which logs it when it gets to it.
    pub(super) fn pressing(&self) {
        self.pressed.fetch_add(1, Relaxed);
    }

    pub(super) fn pressed(&self, phone: usize, alert: AlertId, at: Instant) {
        self.of(phone).push(AlertLog::new(alert, phone, at));
    }

    pub(super) fn sent(&self, phone: usize, alert: AlertId) {
        self.with(phone, alert, |log| log.sends += 1);
    }

    pub(super) fn refused(&self, phone: usize, alert: AlertId) {
        self.refused.fetch_add(1, Relaxed);
        self.with(phone, alert, |log| log.refused += 1);
    }

    pub(super) fn receipt(&self, phone: usize, receipt: &Receipt, at: Instant) {
        let known = self.with(phone, receipt.alert_id, |log| {
            if log.received_at.is_none() {
                log.received_at = Some(at);
                self.received.fetch_add(1, Relaxed);
            }
            if receipt.stage >= Stage::Recorded && log.recorded_at.is_none() {
                log.recorded_at = Some(at);
                self.recorded.fetch_add(1, Relaxed);
            }
            if let Some(case) = receipt.case_id
                && !log.case_ids.contains(&case)
            {
                log.case_ids.push(case);
            }
            if log.stages.len() < STAGES_MAX {
                log.stages.push((receipt.stage, at));
            }
        });
        if !known {
            self.unknown.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn welcomed(&self, again: bool) {
        self.connected.fetch_add(1, Relaxed);
        self.reconnects.fetch_add(u64::from(again), Relaxed);
    }

    pub(super) fn left(&self) {
        self.connected.fetch_sub(1, Relaxed);
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            pressed: self.pressed.load(Relaxed),
            received: self.received.load(Relaxed),
            recorded: self.recorded.load(Relaxed),
            refused: self.refused.load(Relaxed),
            connected: u64::try_from(self.connected.load(Relaxed)).unwrap_or(0),
            reconnects: self.reconnects.load(Relaxed),
            unknown: self.unknown.load(Relaxed),
        }
    }

    /// A copy, in the order of the presses.
    pub(super) fn alerts(&self) -> Vec<AlertLog> {
        let mut all: Vec<AlertLog> =
            (0..self.phones.len()).flat_map(|phone| self.of(phone).clone()).collect();
        all.sort_by_key(|log| log.pressed_at);
        all
    }
}
