//! An officer's console and its feed: a snapshot or what was missed, then every entry once and in order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use sos_core::access::{self, CaseDesks, Officer, Scope};
use sos_core::entry::LedgerEntry;
use sos_protocol::feed::ProvisionalAlert;
use sos_protocol::http::Role;
use sos_protocol::limits::HEARTBEAT_INTERVAL_S;
use sos_protocol::{AlertId, CaseEvent, CaseId, CaseSummary, DeskId, Seq, StaffId};
use uuid::Uuid;

use crate::node::{POSTGRES_MS_MAX, REDIS_MS_MAX};
use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::world::World;

/// Entries that are repeated to a console that comes back; further behind, it gets a snapshot. Few, to have both.
const REPLAY_ENTRIES_MAX: i64 = 20;
/// Entries read at a time.
const PAGE: usize = 8;

/// What a console is sent.
#[derive(Clone)]
enum Frame {
    Snapshot(Vec<CaseSummary>, Seq),
    Event(Rc<LedgerEntry>),
    Provisional(Rc<ProvisionalAlert>),
    Heartbeat(Seq),
}

/// The node's end.
pub(crate) struct Feed {
    console: usize,
    /// Which connection of the console.
    connection: u32,
    scope: Scope,
    /// Everything up to here was sent.
    done: Seq,
    /// Reads; what is told meanwhile waits.
    backlog: Option<VecDeque<Rc<LedgerEntry>>>,
    sent_at: u64,
}

pub(crate) struct Console {
    pub(crate) officer: Officer,
    pub(crate) name: String,
    pub(crate) scope: Scope,
    pub(crate) node: Option<usize>,
    pub(crate) connection: u32,
    pub(crate) synced: bool,
    pub(crate) cases: BTreeMap<CaseId, CaseSummary>,
    pub(crate) applied: Seq,
    pub(crate) cursor: Seq,
    replaying: bool,
    /// The last entry of this connection.
    last_of_connection: Seq,
    /// Entries that came as events, and the latest snapshot's head.
    pub(crate) got: BTreeSet<Seq>,
    pub(crate) snapshot_head: Seq,
    pub(crate) rang: BTreeSet<AlertId>,
}

impl World {
    /// One at each desk, with an officer.
    pub(crate) fn add_consoles(&mut self) {
        let desks = [
            ("Lan", Role::Dispatcher, "tw"),
            ("Minh", Role::Supervisor, "jp"),
            ("Hoa", Role::DutyOfficer, "hn"),
        ];
        for (name, role, desk) in desks {
            let officer =
                Officer { id: StaffId(self.id()), role, desk: Some(DeskId::from(desk)), names: true };
            self.postgres.data.staff.insert(officer.id, name.to_owned());
            self.consoles.push(Console {
                scope: access::scope(&officer),
                officer,
                name: name.to_owned(),
                node: None,
                connection: 0,
                synced: false,
                cases: BTreeMap::new(),
                applied: Seq(0),
                cursor: Seq(0),
                replaying: false,
                last_of_connection: Seq(0),
                got: BTreeSet::new(),
                snapshot_head: Seq(0),
                rang: BTreeSet::new(),
            });
            let console = self.consoles.len() - 1;
            self.after(0, move |world| world.connect_console(console));
        }
    }

    fn connect_console(&mut self, console: usize) {
        let (node, wait) = (self.below(self.nodes.len()), self.latency());
        let ready = self.nodes[node].alive;
        if !ready || self.consoles[console].node.is_some() {
            return self.try_console_later(console);
        }
        let at = &mut self.consoles[console];
        at.connection += 1;
        at.node = Some(node);
        at.replaying = true;
        at.last_of_connection = Seq(0);
        let (connection, after) = (at.connection, at.synced.then_some(at.cursor));
        self.node_after(node, wait, move |world| world.open_feed(node, console, connection, after));
    }

    fn try_console_later(&mut self, console: usize) {
        let wait = 500 + self.latency();
        self.after(wait, move |world| {
            if world.consoles[console].node.is_none() {
                world.connect_console(console);
            }
        });
    }

    pub(crate) fn console_disconnected(&mut self, console: usize) {
        if let Some(node) = self.consoles[console].node.take() {
            self.nodes[node].feeds.remove(&console);
            self.consoles[console].connection += 1;
            self.try_console_later(console);
        }
    }

    fn open_feed(&mut self, node: usize, console: usize, connection: u32, after: Option<Seq>) {
        if self.consoles[console].connection != connection {
            return;
        }
        let scope = self.consoles[console].scope.clone();
        let (done, backlog) = (after.unwrap_or_default(), Some(VecDeque::new()));
        let feed = Feed { console, connection, scope, done, backlog, sent_at: 0 };
        self.nodes[node].feeds.insert(console, feed);
        let head = self.nodes[node].head.unwrap_or_default().0;
        match after {
            Some(after) if after.0 <= head && head - after.0 <= REPLAY_ENTRIES_MAX => {
                self.catch_up(node, console, connection);
            }
            _ => self.snapshot(node, console, connection),
        }
        self.beat(node, console, connection);
    }

    fn feed(&mut self, node: usize, console: usize, connection: u32) -> Option<&mut Feed> {
        self.nodes[node].feeds.get_mut(&console).filter(|feed| feed.connection == connection)
    }

    fn snapshot(&mut self, node: usize, console: usize, connection: u32) {
        let Some(feed) = self.feed(node, console, connection) else { return };
        let scope = feed.scope.clone();
        let read = move |pg: &mut Postgres, _| pg.queue(&scope);
        self.call(node, POSTGRES_MS_MAX, read, move |world, read| {
            let Ok((cases, head)) = read else { return world.end_feed(node, console, connection) };
            let Some(feed) = world.feed(node, console, connection) else { return };
            feed.done = head;
            world.send_console(node, console, connection, Frame::Snapshot(cases, head));
            world.caught_up(node, console, connection);
        });
    }

    /// Everything after `done`: from Redis, or further back from Postgres.
    fn catch_up(&mut self, node: usize, console: usize, connection: u32) {
        let Some(feed) = self.feed(node, console, connection) else { return };
        let after = feed.done;
        let read = move |redis: &mut Redis, _| redis.entries_after(after);
        self.call(node, REDIS_MS_MAX, read, move |world, entries| {
            if let Some(entries) = entries.ok().filter(|entries| !entries.is_empty()) {
                return world.send_page(node, console, connection, &entries);
            }
            let read = move |pg: &mut Postgres, _| pg.entries_after(after, PAGE);
            world.call(node, POSTGRES_MS_MAX, read, move |world, entries| match entries {
                Ok(entries) => world.send_page(node, console, connection, &entries),
                Err(_) => world.end_feed(node, console, connection),
            });
        });
    }

    fn send_page(&mut self, node: usize, console: usize, connection: u32, entries: &[Rc<LedgerEntry>]) {
        if entries.is_empty() {
            return self.caught_up(node, console, connection);
        }
        for entry in entries {
            self.send_entry(node, console, connection, entry);
        }
        self.catch_up(node, console, connection);
    }

    fn send_entry(&mut self, node: usize, console: usize, connection: u32, entry: &Rc<LedgerEntry>) {
        let Some(feed) = self.feed(node, console, connection) else { return };
        if entry.seq() <= feed.done {
            return;
        }
        feed.done = entry.seq();
        if feed.scope.covers(CaseDesks::seen_by(&entry.case.desk_id, &entry.case.watchers)) {
            self.send_console(node, console, connection, Frame::Event(entry.clone()));
        }
    }

    fn caught_up(&mut self, node: usize, console: usize, connection: u32) {
        let Some(feed) = self.feed(node, console, connection) else { return };
        let done = feed.done;
        let backlog = feed.backlog.take().unwrap_or_default();
        self.send_console(node, console, connection, Frame::Heartbeat(done));
        for entry in &backlog {
            self.send_entry(node, console, connection, entry);
        }
    }

    fn end_feed(&mut self, node: usize, console: usize, connection: u32) {
        if self.feed(node, console, connection).is_some() {
            self.nodes[node].feeds.remove(&console);
            let wait = self.latency();
            self.after(wait, move |world| {
                if world.consoles[console].connection == connection {
                    world.console_disconnected(console);
                }
            });
        }
    }

    fn beat(&mut self, node: usize, console: usize, connection: u32) {
        self.node_after(node, u64::from(HEARTBEAT_INTERVAL_S) * 1_000, move |world| {
            let Some(feed) = world.feed(node, console, connection) else { return };
            let (done, reads) = (feed.done, feed.backlog.is_some());
            if !reads && world.nodes[node].head.unwrap_or_default() > done {
                // The node learnt the ledger's head after this feed was read.
                world.read_again(node, console, connection);
            } else if !reads {
                world.send_console(node, console, connection, Frame::Heartbeat(done));
            }
            world.beat(node, console, connection);
        });
    }

    fn read_again(&mut self, node: usize, console: usize, connection: u32) {
        if let Some(feed) = self.feed(node, console, connection) {
            feed.backlog = Some(VecDeque::new());
            self.catch_up(node, console, connection);
        }
    }

    pub(crate) fn feed_told(&mut self, node: usize, console: usize, entry: Rc<LedgerEntry>) {
        let lags = self.chance(self.weather.breaking / 4);
        let Some(feed) = self.nodes[node].feeds.get_mut(&console) else { return };
        let connection = feed.connection;
        match &mut feed.backlog {
            Some(backlog) => backlog.push_back(entry),
            // Too slow for the node's memory: it reads the ledger again.
            None if lags => {
                self.read_again(node, console, connection);
            }
            // The node learnt the ledger's head after this feed was read.
            None if entry.seq().0 > feed.done.0 + 1 => {
                self.read_again(node, console, connection);
            }
            None => self.send_entry(node, console, connection, &entry),
        }
    }

    pub(crate) fn feed_rings(&mut self, node: usize, console: usize, alert: Rc<ProvisionalAlert>) {
        let Some(feed) = self.nodes[node].feeds.get(&console) else { return };
        let connection = feed.connection;
        if feed.scope.covers(CaseDesks::seen_by(&alert.desk_id, &alert.watchers)) {
            self.send_console(node, console, connection, Frame::Provisional(alert));
        }
    }

    fn send_console(&mut self, node: usize, console: usize, connection: u32, frame: Frame) {
        let (now, latency) = (self.now(), self.latency());
        let Some(feed) = self.feed(node, console, connection) else { return };
        feed.sent_at = feed.sent_at.max(now + latency);
        let (wait, to) = (feed.sent_at - now, feed.console);
        self.after(wait, move |world| {
            if world.consoles[to].connection == connection {
                world.console_hears(to, frame);
            }
        });
    }

    fn console_hears(&mut self, console: usize, frame: Frame) {
        let at = &mut self.consoles[console];
        match frame {
            Frame::Snapshot(cases, head) => {
                let shown: Vec<CaseId> = cases.iter().map(|case| case.case_id).collect();
                at.cases = cases.into_iter().map(|case| (case.case_id, case)).collect();
                (at.applied, at.cursor, at.snapshot_head) = (head, head, head);
                at.last_of_connection = head;
                at.synced = true;
                for case in shown {
                    let drawn = self.postgres.data.presses_until(case, head);
                    self.consoles[console].rang.extend(drawn);
                    self.console_shows(console, case);
                }
            }
            Frame::Event(entry) => self.console_hears_entry(console, &entry),
            Frame::Provisional(alert) => {
                self.tell(|| format!("console {console} rings for {}", alert.alert.alert_id));
                self.consoles[console].rang.insert(alert.alert.alert_id);
            }
            Frame::Heartbeat(head) => {
                if std::mem::take(&mut at.replaying) {
                    at.cursor = at.cursor.max(head);
                }
            }
        }
    }

    /// As the console's own `applyEvent` does.
    fn console_hears_entry(&mut self, console: usize, entry: &LedgerEntry) {
        let at = &mut self.consoles[console];
        let seq = entry.seq();
        assert!(seq > at.last_of_connection, "console {console} is told {seq:?} again or late");
        at.last_of_connection = seq;
        if seq <= at.applied {
            return;
        }
        (at.applied, at.cursor) = (seq, at.cursor.max(seq));
        at.got.insert(seq);
        if let CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. } = &entry.entry.event {
            at.rang.insert(alert.alert_id);
        }
        let case = entry.case.clone();
        let known = at.cases.get(&case.case_id);
        if known.is_none_or(|known| case.last_seq >= known.last_seq) {
            assert!(known.is_none_or(|known| case.version >= known.version), "a version goes back");
            let id = case.case_id;
            at.cases.insert(id, case);
            self.console_shows(console, id);
        }
    }

    /// A case is drawn; that it rang is reported.
    fn console_shows(&mut self, console: usize, case: CaseId) {
        let wait = 100 + self.latency();
        self.after(wait, move |world| {
            if world.consoles[console].cases.get(&case).is_some_and(|case| case.ringing) {
                world.command(console, case, None, sos_core::lifecycle::Command::Rang);
            }
        });
    }

    pub(crate) fn some_case(&self, console: usize) -> Option<CaseId> {
        let cases: Vec<CaseId> = self.consoles[console].cases.keys().copied().collect();
        (!cases.is_empty()).then(|| cases[self.below(cases.len())])
    }

    pub(crate) fn some_uuid(&self) -> Uuid {
        self.id()
    }
}
