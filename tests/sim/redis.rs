//! Redis as the service uses it: the streams with their consumer group, on disk before it answers.

use std::collections::BTreeMap;
use std::rc::Rc;

use sos_core::entry::LedgerEntry;
use sos_core::recording::{Inbound, Item};
use sos_protocol::feed::ProvisionalAlert;
use sos_protocol::{AlertId, FixId, Seq};

use crate::store_call::{Kept, Store};
use crate::world::World;

/// Entries of the ledger's stream that are kept; few, so that nodes have to go to Postgres.
const LEDGER_KEPT: usize = 12;
/// Entries of one read.
const ENTRIES_MAX: usize = 5;
/// An entry that was taken and not finished for this long is taken over, in milliseconds.
const TAKE_OVER_AFTER_MS: u64 = 1_000;

/// An entry of the alerts' stream.
pub(crate) type Entry = (u64, Rc<Inbound>);

#[derive(Clone, Default)]
struct Data {
    last_id: u64,
    alerts: BTreeMap<u64, Rc<Inbound>>,
    delivered: u64,
    /// Who took it, and when.
    pending: BTreeMap<u64, (usize, u64)>,
    ledger: BTreeMap<i64, Rc<LedgerEntry>>,
    last_seq: i64,
    provisional: Vec<Rc<ProvisionalAlert>>,
    fixes: Vec<FixId>,
}

#[derive(Default)]
pub(crate) struct Redis {
    data: Rc<Data>,
    /// What there was before each command that is not on disk yet.
    unsynced: Vec<(u64, Rc<Data>)>,
}

impl Kept for Redis {
    fn store(world: &mut World) -> &mut Store<Self> {
        &mut world.redis
    }

    fn before(&mut self, call: u64) {
        self.unsynced.push((call, self.data.clone()));
    }

    fn synced(&mut self, call: u64) {
        self.unsynced.retain(|(other, _)| *other > call);
    }

    fn dies(&mut self, draw: &dyn Fn(usize) -> usize) {
        let lost_from = draw(self.unsynced.len() + 1);
        if let Some((_, before)) = self.unsynced.drain(..).nth(lost_from) {
            self.data = before;
        }
    }
}

impl Redis {
    pub(crate) fn add_alert(&mut self, inbound: Rc<Inbound>) {
        let data = Rc::make_mut(&mut self.data);
        data.last_id += 1;
        data.alerts.insert(data.last_id, inbound);
    }

    pub(crate) fn add_fixes(&mut self, fixes: &[FixId]) {
        let data = Rc::make_mut(&mut self.data);
        data.fixes.extend(fixes);
    }

    pub(crate) fn fixes(&self) -> &[FixId] {
        &self.data.fixes
    }

    pub(crate) fn take_new(&mut self, who: usize, now: u64) -> Vec<Entry> {
        let data = Rc::make_mut(&mut self.data);
        let after = data.delivered + 1;
        let new: Vec<Entry> =
            data.alerts.range(after..).take(ENTRIES_MAX).map(|(id, i)| (*id, i.clone())).collect();
        for (id, _) in &new {
            data.delivered = *id;
            data.pending.insert(*id, (who, now));
        }
        new
    }

    pub(crate) fn take_over(&mut self, who: usize, now: u64) -> Vec<Entry> {
        let data = Rc::make_mut(&mut self.data);
        let idle = |taken: u64| now.saturating_sub(taken) >= TAKE_OVER_AFTER_MS;
        let ids: Vec<u64> = data.pending.iter().filter(|(_, (_, at))| idle(*at)).map(|(id, _)| *id).collect();
        let mut taken = vec![];
        for id in ids.into_iter().take(ENTRIES_MAX) {
            data.pending.insert(id, (who, now));
            taken.extend(data.alerts.get(&id).map(|inbound| (id, inbound.clone())));
        }
        taken
    }

    pub(crate) fn finish(&mut self, ids: &[u64]) {
        let data = Rc::make_mut(&mut self.data);
        for id in ids {
            data.pending.remove(id);
            data.alerts.remove(id);
        }
    }

    /// Whether it holds this alert, on disk or about to be.
    pub(crate) fn holds(&self, alert: AlertId) -> bool {
        let is = |item: &Item| matches!(item, Item::Alert { alert: a, .. } if a.alert_id == alert);
        self.data.alerts.values().any(|inbound| is(&inbound.item))
    }

    pub(crate) fn is_drained(&self) -> bool {
        self.data.alerts.is_empty() && self.data.pending.is_empty()
    }

    /// Adds what comes after what it has; a repeat is refused.
    pub(crate) fn publish_entries(&mut self, entries: &[Rc<LedgerEntry>]) {
        let data = Rc::make_mut(&mut self.data);
        for entry in entries.iter().filter(|entry| entry.seq().0 > data.last_seq).collect::<Vec<_>>() {
            data.last_seq = entry.seq().0;
            data.ledger.insert(entry.seq().0, entry.clone());
        }
        while data.ledger.len() > LEDGER_KEPT {
            data.ledger.pop_first();
        }
    }

    pub(crate) fn last_entry(&self) -> Option<Seq> {
        (self.data.last_seq > 0).then_some(Seq(self.data.last_seq))
    }

    /// Entries after `after` as far as none is missing; a stream that lost its tail has gaps.
    pub(crate) fn entries_after(&self, after: Seq) -> Vec<Rc<LedgerEntry>> {
        let later = self.data.ledger.range(after.0 + 1..).zip(after.0 + 1..);
        later.take_while(|((seq, _), next)| *seq == next).map(|((_, entry), _)| entry.clone()).collect()
    }

    pub(crate) fn publish_provisional(&mut self, alerts: Vec<ProvisionalAlert>) {
        let data = Rc::make_mut(&mut self.data);
        data.provisional.extend(alerts.into_iter().map(Rc::new));
    }

    /// Provisional alerts after the first `seen`, and how many there are.
    pub(crate) fn provisional(&self, seen: usize) -> (Vec<Rc<ProvisionalAlert>>, usize) {
        let new = self.data.provisional.iter().skip(seen).cloned().collect();
        (new, self.data.provisional.len())
    }
}
