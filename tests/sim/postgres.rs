//! Postgres as the service uses it: tables with their unique keys, row locks on cases, a ledger under one head.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use sos_core::access::{CaseDesks, Officer, Scope};
use sos_core::entry::{ALERTS_FOLLOWED_MAX, AlertRef, LedgerEntry};
use sos_core::ledger::{self, GENESIS, Hash, Row};
use sos_core::lifecycle::{self, Command, Refusal};
use sos_core::recording::{
    AlertRecord, By, CaseRecord, CaseView, Changes, DeviceState, Draft, Inbound, Known, Lookup,
};
use sos_protocol::case::TimelineEntry;
use sos_protocol::{
    Actor, AlertId, CaseId, CaseState, CaseSummary, DeviceId, GatewayFrame, Receipt, Seq, StaffId, UnixMs,
};
use uuid::Uuid;

use crate::store_call::{Kept, Store};
use crate::world::World;

/// How long a transaction may hold its locks, in milliseconds.
const STATEMENT_MS_MAX: u64 = 5_000;

/// Why it was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another transaction holds a row.
    Locked,
    /// A unique key is taken.
    Taken,
    /// The transaction is not there any more.
    Gone,
    /// The rules say no.
    ByRule,
}

impl From<Refusal> for Refused {
    fn from(_: Refusal) -> Self {
        Self::ByRule
    }
}

#[derive(Default)]
pub(crate) struct Postgres {
    pub(crate) cases: BTreeMap<CaseId, CaseRecord>,
    pub(crate) alerts: BTreeMap<AlertId, AlertRecord>,
    pub(crate) rows: Vec<(Row, Hash)>,
    pub(crate) devices: HashMap<DeviceId, DeviceState>,
    pub(crate) staff: BTreeMap<StaffId, String>,
    pub(crate) strays: BTreeSet<Uuid>,
    pub(crate) fixes: BTreeSet<sos_protocol::FixId>,
    once: HashSet<(String, Uuid)>,
    number: i64,
    transactions: u64,
    /// Locked cases: by which transaction, since when.
    locks: BTreeMap<CaseId, (u64, u64)>,
}

impl Kept for Postgres {
    fn store(world: &mut World) -> &mut Store<Self> {
        &mut world.postgres
    }

    fn before(&mut self, _: u64) {}

    fn synced(&mut self, _: u64) {}

    fn dies(&mut self, _: &dyn Fn(usize) -> usize) {
        self.locks.clear();
    }
}

impl Postgres {
    /// A phone was enrolled; its owner has the same number.
    pub(crate) fn know(&mut self, device_id: DeviceId) {
        let worker_id = sos_protocol::WorkerId(device_id.0);
        self.devices.insert(device_id, DeviceState { device_id, worker_id, revoked: false, duress: false });
    }

    /// The ledger's head.
    pub(crate) fn head(&self) -> Seq {
        Seq(i64::try_from(self.rows.len()).unwrap())
    }

    /// Begins to record: a transaction and what it may rely on.
    pub(crate) fn begin_record(&mut self, batch: &[Inbound], now: u64) -> Result<(u64, Known), Refused> {
        let devices = self.devices.clone();
        let lookup = Lookup::of(batch, &devices);
        let alerts: Vec<AlertRecord> =
            lookup.alerts.iter().filter_map(|id| self.alerts.get(&AlertId(*id)).cloned()).collect();
        let of_alert = |case: &CaseRecord| alerts.iter().any(|a| a.case_id == case.case_id);
        let open =
            |case: &CaseRecord| case.state != CaseState::Closed && lookup.subjects.contains(&case.subject);
        let cases: Vec<CaseRecord> =
            self.cases.values().filter(|case| of_alert(case) || open(case)).cloned().collect();
        let tx = self.lock(cases.iter().map(|case| case.case_id), now)?;
        let kinds = ["cancelled", "duress", "attachment", "message", "delivered"];
        let known = |kind: &'static str, id: Uuid| self.once.contains(&(kind.to_owned(), id));
        let said = lookup.references.iter().flat_map(|id| kinds.map(|kind| (kind, *id)));
        let said = said.filter(|(kind, id)| known(kind, *id)).collect();
        let numbers = (0..lookup.numbers as i64).map(|n| self.number + 1 + n).collect();
        self.number += lookup.numbers as i64;
        Ok((tx, Known { devices, alerts, cases, said, numbers }))
    }

    fn lock(&mut self, cases: impl Iterator<Item = CaseId>, now: u64) -> Result<u64, Refused> {
        self.locks.retain(|_, (_, since)| now.saturating_sub(*since) < STATEMENT_MS_MAX);
        let cases: Vec<CaseId> = cases.collect();
        if cases.iter().any(|case| self.locks.contains_key(case)) {
            return Err(Refused::Locked);
        }
        self.transactions += 1;
        self.locks.extend(cases.into_iter().map(|case| (case, (self.transactions, now))));
        Ok(self.transactions)
    }

    pub(crate) fn rollback(&mut self, tx: u64) {
        self.locks.retain(|_, (holder, _)| *holder != tx);
    }

    /// Writes what a transaction changes, with every unique key of the schema.
    pub(crate) fn commit(&mut self, tx: u64, mut changes: Changes, now: UnixMs) -> Result<(), Refused> {
        let held = |case: &CaseId| self.locks.get(case).is_some_and(|(holder, _)| *holder == tx);
        let lost = changes.cases.iter().any(|c| self.cases.contains_key(&c.case_id) && !held(&c.case_id));
        let taken = self.is_taken(&changes);
        self.rollback(tx);
        if taken || lost {
            return Err(if taken { Refused::Taken } else { Refused::Gone });
        }
        let mut prev = self.rows.last().map_or(GENESIS, |(_, hash)| *hash);
        let first = Seq(self.head().0 + 1);
        let seal = |_: &Draft, _: Seq, text: &str| Ok::<_, Refused>(text.as_bytes().to_vec());
        for row in changes.place(first, now, seal)? {
            prev = ledger::hash(&prev, &row);
            self.once.extend(row.ref_id.map(|id| (row.kind.clone(), id)));
            self.rows.push((row, prev));
        }
        self.cases.extend(changes.cases.into_iter().map(|case| (case.case_id, case)));
        self.alerts.extend(changes.alerts.into_iter().map(|alert| (alert.alert_id, alert)));
        Ok(())
    }

    fn is_taken(&self, changes: &Changes) -> bool {
        let alert = changes.alerts.iter().any(|alert| self.alerts.contains_key(&alert.alert_id));
        let open = |case: &CaseRecord| case.state != CaseState::Closed;
        let subject = changes.cases.iter().filter(|case| open(case)).any(|new| {
            self.cases
                .values()
                .any(|old| old.case_id != new.case_id && open(old) && old.subject == new.subject)
        });
        let said = changes.drafts.iter().any(|draft| {
            let id = ledger::ref_id(&draft.event);
            id.is_some_and(|id| self.once.contains(&(draft.event.kind().to_owned(), id)))
        });
        alert || subject || said
    }

    /// An officer's command, all in one transaction.
    pub(crate) fn command(
        &mut self,
        officer: &Officer,
        id: CaseId,
        version: Option<u32>,
        command: Command,
        (now_ms, now): (u64, UnixMs),
    ) -> Result<(), Refused> {
        let mut record = self.cases.get(&id).cloned().ok_or(Refused::ByRule)?;
        let events = lifecycle::decide(&record.case(), command, officer, version)?;
        if events.is_empty() {
            return Ok(());
        }
        let tx = self.lock(std::iter::once(id), now_ms)?;
        let mut drafts = vec![];
        for event in events {
            record.apply(&event, Some(officer.id), now);
            let (desk, subject) = (record.desk_id.clone(), record.subject.clone());
            drafts.push(Draft { case_id: id, desk, subject, by: By::Staff(officer.id), event });
        }
        self.commit(tx, Changes { cases: vec![record], alerts: vec![], drafts }, now)
    }

    /// Entries after `after`, at most `limit`.
    pub(crate) fn entries_after(&self, after: Seq, limit: usize) -> Vec<Rc<LedgerEntry>> {
        let from = usize::try_from(after.0).unwrap();
        self.rows.iter().skip(from).take(limit).map(|(row, _)| Rc::new(self.entry(row))).collect()
    }

    /// The same of the cases that this phone has alerts in, or that `follow` names.
    pub(crate) fn entries_of_phone(
        &self,
        device: Option<DeviceId>,
        follow: &[AlertId],
        after: Seq,
        limit: usize,
    ) -> Vec<LedgerEntry> {
        let own =
            |a: &&AlertRecord| (device.is_some() && a.device_id == device) || follow.contains(&a.alert_id);
        let cases: BTreeSet<CaseId> = self.alerts.values().filter(own).map(|a| a.case_id).collect();
        let from = usize::try_from(after.0).unwrap();
        let rows = self.rows.iter().skip(from).filter(|(row, _)| cases.contains(&row.case_id));
        rows.take(limit).map(|(row, _)| self.entry(row)).collect()
    }

    /// As `GET /api/alerts/{alert_id}` answers.
    pub(crate) fn receipts(&self, id: AlertId) -> Option<Vec<Receipt>> {
        let alert = self.alerts.get(&id)?;
        let entries = self.entries_of_phone(None, &[id], Seq(0), usize::MAX);
        let told = entries.iter().flat_map(|entry| {
            let to = entry.alerts.iter().find(|to| to.alert_id == id);
            to.map_or(vec![], |to| entry.for_phone(*to))
        });
        let receipts = told.filter_map(|frame| match frame {
            GatewayFrame::Receipt { receipt } => Some(receipt),
            _ => None,
        });
        Some(std::iter::once(Receipt::received(id, alert.received_ms)).chain(receipts).collect())
    }

    pub(crate) fn queue(&self, scope: &Scope) -> (Vec<CaseSummary>, Seq) {
        let seen = |case: &&CaseRecord| scope.covers(CaseDesks::seen_by(&case.desk_id, &case.watchers));
        let cases = self.cases.values().filter(seen).map(|case| self.summary(case)).collect();
        (cases, self.head())
    }

    /// The alerts of a case that were on record at `head`.
    pub(crate) fn presses_until(&self, case: CaseId, head: Seq) -> Vec<AlertId> {
        let until = self.rows.iter().filter(|(row, _)| row.seq <= head && row.case_id == case);
        let presses = until.filter(|(row, _)| ["opened", "pressed_again"].contains(&row.kind.as_str()));
        presses.filter_map(|(row, _)| row.ref_id.map(AlertId)).collect()
    }

    fn name(&self, id: Option<StaffId>) -> Option<String> {
        self.staff.get(&id?).cloned()
    }

    fn summary(&self, case: &CaseRecord) -> CaseSummary {
        let view = CaseView {
            worker_name: None,
            owner_name: self.name(case.owner_id),
            assigned_name: self.name(case.assigned_id),
            employer: None,
            address: None,
            closed_by_name: self.name(case.closed_by),
            last_by_name: self.name(case.last_by),
            desk_name: case.desk_id.to_string(),
            record: case.clone(),
        };
        view.summary()
    }

    pub(crate) fn event(row: &Row) -> sos_protocol::CaseEvent {
        let personal = String::from_utf8(row.sealed.clone()).unwrap();
        let personal = (!personal.is_empty()).then_some(personal);
        ledger::join(&row.facts, personal.as_deref(), row.ref_id).unwrap()
    }

    fn entry(&self, row: &Row) -> LedgerEntry {
        let case = &self.cases[&row.case_id];
        let actor = match row.actor_id {
            Some(id) => Actor::Staff { staff_id: StaffId(id), name: self.name(Some(StaffId(id))).unwrap() },
            None => Actor::Worker {},
        };
        let mut alerts: Vec<AlertRef> = self
            .alerts
            .values()
            .filter(|a| a.case_id == row.case_id)
            .map(|a| AlertRef { alert_id: a.alert_id, device_id: a.device_id, received_at: a.received_ms })
            .collect();
        alerts.sort_by_key(|a| (std::cmp::Reverse(a.received_at), a.alert_id));
        alerts.truncate(ALERTS_FOLLOWED_MAX);
        LedgerEntry {
            entry: TimelineEntry { seq: row.seq, at_ms: row.at, actor, event: Self::event(row) },
            case: self.summary(case),
            desk_name: case.desk_id.to_string(),
            alerts,
        }
    }
}
