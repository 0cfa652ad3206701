//! A node of the service: who is connected to it, how far it has told the ledger, and its loops.

use std::collections::BTreeMap;
use std::rc::Rc;

use sos_core::entry::LedgerEntry;
use sos_core::session::Input;
use sos_protocol::feed::ProvisionalAlert;
use sos_protocol::{AlertId, DeviceId, Seq};

use crate::console::Feed;
use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::world::World;

/// Pauses of the loops, in milliseconds: between two looks at a stream that had nothing …
const LOOK_MS: u64 = 700;
/// … and after a failure.
const FAILED_MS: u64 = 700;
/// Deadlines of the two stores, in milliseconds.
pub(crate) const REDIS_MS_MAX: u64 = 300;
/// See [`REDIS_MS_MAX`].
pub(crate) const POSTGRES_MS_MAX: u64 = 5_000;
/// Entries read at a time; few, so that there are several pages.
const ENTRIES_MAX: usize = 8;

/// The connections by device and by the alerts they follow.
#[derive(Default)]
pub(crate) struct Registry {
    devices: BTreeMap<DeviceId, usize>,
    alerts: BTreeMap<AlertId, Vec<usize>>,
}

impl Registry {
    /// The newest connection wins; the answer is the one it replaces.
    pub(crate) fn join(&mut self, device: DeviceId, line: usize) -> Option<usize> {
        self.devices.insert(device, line).filter(|older| *older != line)
    }

    pub(crate) fn leave_device(&mut self, line: usize, device: DeviceId) {
        if self.devices.get(&device) == Some(&line) {
            self.devices.remove(&device);
        }
    }

    pub(crate) fn follow(&mut self, alert: AlertId, line: usize) {
        self.unfollow(alert, line);
        self.alerts.entry(alert).or_default().push(line);
    }

    pub(crate) fn unfollow(&mut self, alert: AlertId, line: usize) {
        self.alerts.entry(alert).or_default().retain(|other| *other != line);
    }

    pub(crate) fn leave(&mut self, line: usize, device: Option<DeviceId>) {
        device.into_iter().for_each(|device| self.leave_device(line, device));
        self.alerts.values_mut().for_each(|lines| lines.retain(|other| *other != line));
    }

    fn lines(&self) -> Vec<usize> {
        let mut lines: Vec<usize> =
            self.devices.values().chain(self.alerts.values().flatten()).copied().collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    fn concerned(&self, entry: &LedgerEntry) -> Vec<usize> {
        let mut lines = vec![];
        for alert in &entry.alerts {
            lines.extend(alert.device_id.and_then(|device| self.devices.get(&device)));
            lines.extend(self.alerts.get(&alert.alert_id).into_iter().flatten());
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

pub(crate) struct Node {
    pub(crate) alive: bool,
    /// Counts its starts.
    pub(crate) life: u32,
    pub(crate) registry: Registry,
    pub(crate) feeds: BTreeMap<usize, Feed>,
    /// The last entry told here; none: the ledger's head could not be read yet.
    pub(crate) head: Option<Seq>,
    /// The desks were read.
    pub(crate) knows_desks: bool,
    /// Looks at the alerts' stream, to alternate.
    pub(crate) looks: u32,
    relayed: Option<Seq>,
    provisional_seen: usize,
}

impl Node {
    pub(crate) fn lives(&self, life: u32) -> bool {
        self.alive && self.life == life
    }
}

impl World {
    pub(crate) fn add_node(&mut self) {
        self.nodes.push(Node {
            alive: false,
            life: 0,
            registry: Registry::default(),
            feeds: BTreeMap::new(),
            head: None,
            knows_desks: false,
            looks: 0,
            relayed: None,
            provisional_seen: 0,
        });
        self.start_node(self.nodes.len() - 1);
    }

    pub(crate) fn start_node(&mut self, node: usize) {
        if self.nodes[node].alive {
            return;
        }
        let life = self.nodes[node].life;
        self.nodes[node] = Node {
            alive: true,
            life,
            registry: Registry::default(),
            feeds: BTreeMap::new(),
            head: None,
            knows_desks: false,
            looks: 0,
            relayed: None,
            provisional_seen: self.redis.data.provisional(0).1,
        };
        self.begin(node);
        self.look_at_alerts(node);
        self.relay(node);
    }

    /// The process is gone at once: what it had in hand it leaves as it is.
    pub(crate) fn kill_node(&mut self, node: usize) {
        if !self.nodes[node].alive {
            return;
        }
        self.nodes[node].alive = false;
        self.nodes[node].life += 1;
        for line in 0..self.lines.len() {
            if self.lines[line].node == node && self.phone_is_there(line) {
                let wait = self.latency();
                self.cut(line, true);
                self.after(wait, move |world| world.phone_misses_its_node(line));
            }
        }
        for console in 0..self.consoles.len() {
            if self.consoles[console].node == Some(node) {
                self.console_disconnected(console);
            }
        }
    }

    fn phone_misses_its_node(&mut self, line: usize) {
        if self.phone_is_there(line) {
            self.phone_lost_its_line(self.lines[line].phone);
        }
    }

    /// Does something later, if the node still lives then.
    pub(crate) fn node_after(&mut self, node: usize, ms: u64, what: impl FnOnce(&mut Self) + 'static) {
        let life = self.nodes[node].life;
        self.after(ms, move |world| {
            if world.nodes[node].lives(life) {
                what(world);
            }
        });
    }

    /// The ledger's head and the desks, then the tails.
    fn begin(&mut self, node: usize) {
        self.call(
            node,
            POSTGRES_MS_MAX,
            |pg: &mut Postgres, _| pg.head(),
            move |world, head| match head {
                Ok(head) => {
                    world.nodes[node].head = Some(head);
                    world.nodes[node].knows_desks = true;
                    // Phones that came before that were read up to some place behind it: they come back and resume.
                    for line in world.nodes[node].registry.lines() {
                        world.on_session(line, Input::Overflow);
                    }
                    world.follow_ledger(node);
                    world.follow_provisional(node);
                }
                Err(_) => world.node_after(node, FAILED_MS, move |world| world.begin(node)),
            },
        );
    }

    /// From Postgres into the stream, in order.
    pub(crate) fn relay(&mut self, node: usize) {
        let Some(told) = self.nodes[node].relayed else { return self.find_relay_start(node) };
        let after = told.max(self.nodes[node].head.unwrap_or_default());
        let read = move |pg: &mut Postgres, _| pg.entries_after(after, ENTRIES_MAX);
        self.call(node, POSTGRES_MS_MAX, read, move |world, entries| match entries {
            Ok(entries) if !entries.is_empty() => world.publish(node, entries),
            _ => world.node_after(node, LOOK_MS, move |world| world.relay(node)),
        });
    }

    fn find_relay_start(&mut self, node: usize) {
        let again = move |world: &mut Self| world.node_after(node, FAILED_MS, move |w| w.relay(node));
        self.call(
            node,
            REDIS_MS_MAX,
            |r: &mut Redis, _| r.last_entry(),
            move |world, last| match last {
                Ok(Some(seq)) => {
                    world.nodes[node].relayed = Some(seq);
                    world.relay(node);
                }
                Ok(None) => world.call(
                    node,
                    POSTGRES_MS_MAX,
                    |pg: &mut Postgres, _| pg.head(),
                    move |world, head| {
                        world.nodes[node].relayed = head.ok();
                        again(world);
                    },
                ),
                Err(_) => again(world),
            },
        );
    }

    fn publish(&mut self, node: usize, entries: Vec<Rc<LedgerEntry>>) {
        let last = entries.last().map(|entry| entry.seq());
        let add = move |redis: &mut Redis, _| redis.publish_entries(&entries);
        self.call(node, REDIS_MS_MAX, add, move |world, added| {
            let pause = if added.is_ok() { 1 } else { FAILED_MS };
            if added.is_ok() {
                world.nodes[node].relayed = last;
            }
            world.node_after(node, pause, move |world| world.relay(node));
        });
    }

    /// Follows the ledger's stream; where it has a gap, nothing new, or is away, the ledger itself.
    fn follow_ledger(&mut self, node: usize) {
        let head = self.nodes[node].head.unwrap_or_default();
        let read = move |redis: &mut Redis, _| redis.entries_after(head);
        self.call(node, REDIS_MS_MAX, read, move |world, entries| match entries {
            Ok(entries) if !entries.is_empty() => {
                entries.into_iter().for_each(|entry| world.tell_entry(node, &entry));
                world.node_after(node, 10, move |world| world.follow_ledger(node));
            }
            _ => world.follow_store(node),
        });
    }

    fn follow_store(&mut self, node: usize) {
        let head = self.nodes[node].head.unwrap_or_default();
        let read = move |pg: &mut Postgres, _| pg.entries_after(head, ENTRIES_MAX);
        self.call(node, POSTGRES_MS_MAX, read, move |world, entries| {
            let entries = entries.unwrap_or_default();
            let pause = if entries.len() == ENTRIES_MAX { 1 } else { LOOK_MS };
            entries.iter().for_each(|entry| world.tell_entry(node, entry));
            world.node_after(node, pause, move |world| world.follow_ledger(node));
        });
    }

    /// Hands an entry to everybody who is connected here, unless it was told before.
    fn tell_entry(&mut self, node: usize, entry: &Rc<LedgerEntry>) {
        let head = self.nodes[node].head.unwrap_or_default();
        if entry.seq() <= head {
            return;
        }
        assert_eq!(entry.seq().0, head.0 + 1, "a node passes over an entry");
        self.nodes[node].head = Some(entry.seq());
        for line in self.nodes[node].registry.concerned(entry) {
            let overflows = self.chance(self.weather.breaking / 4);
            self.on_session(line, if overflows { Input::Overflow } else { Input::Told(entry) });
        }
        let feeds: Vec<usize> = self.nodes[node].feeds.keys().copied().collect();
        feeds.into_iter().for_each(|feed| self.feed_told(node, feed, entry.clone()));
    }

    fn follow_provisional(&mut self, node: usize) {
        let seen = self.nodes[node].provisional_seen;
        let read = move |redis: &mut Redis, _| redis.provisional(seen);
        self.call(node, REDIS_MS_MAX, read, move |world, told| {
            if let Ok((alerts, seen)) = told {
                world.nodes[node].provisional_seen = seen;
                alerts.iter().for_each(|alert| world.tell_provisional(node, alert));
            }
            world.node_after(node, LOOK_MS, move |world| world.follow_provisional(node));
        });
    }

    fn tell_provisional(&mut self, node: usize, alert: &Rc<ProvisionalAlert>) {
        let feeds: Vec<usize> = self.nodes[node].feeds.keys().copied().collect();
        feeds.into_iter().for_each(|feed| self.feed_rings(node, feed, alert.clone()));
    }
}
