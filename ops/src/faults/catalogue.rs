//! All faults, by name.

use super::cluster::Part;
use super::injuries::{Blow, Link};
use super::network::Fate;

const FIRST_NODE: Part = Part::Node(0);
/// Half-open connections are found within 25 s; the rest is for phones to be gone for a while.
const PARTITION_S_MIN: u64 = 40;
/// Long enough for every timeout of the service to come to its end, in seconds.
const HOLD_S_MIN: u64 = 4;

/// Something that goes wrong under load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// For the command line.
    pub(super) name: &'static str,
    /// For `--list`.
    pub(super) what: &'static str,
    /// What is done, in this order; undone in the same order.
    pub(super) blows: &'static [Blow],
    /// It lasts at least so long, in seconds.
    pub(super) hold_s_min: u64,
    /// One of the two stores is away, and only that: alerts are taken and ring within the aimed times.
    pub(super) one_store: bool,
    /// It is part of the short run.
    pub(super) short: bool,
}

impl Fault {
    /// What it needs that this machine or user does not give; `apart` is why there is no network of its own, if so.
    pub(super) fn missing(&self, apart: Option<&str>) -> Option<String> {
        let needs_network =
            |blow: &Blow| matches!(blow, Blow::Packets(..) | Blow::ResetPhones | Blow::FillDisk(_));
        if let Some(apart) = apart
            && self.blows.iter().any(needs_network)
        {
            return Some(apart.to_owned());
        }
        let clock = self.blows.contains(&Blow::NodeClock) && super::clock::library().is_none();
        clock.then(|| "needs libfaketime (package libfaketime)".to_owned())
    }

    /// Phones are cut off and nobody tells them.
    pub(super) fn cuts_phones(&self) -> bool {
        self.blows.contains(&Blow::Packets(Link::Phones, Fate::Dropped))
    }

    /// The store whose disk it fills.
    pub(super) fn small_disk(&self) -> Option<Part> {
        self.blows.iter().find_map(|blow| match blow {
            Blow::FillDisk(store) => Some(*store),
            _ => None,
        })
    }
}

const fn fault(name: &'static str, what: &'static str, blows: &'static [Blow]) -> Fault {
    Fault { name, what, blows, hold_s_min: HOLD_S_MIN, one_store: false, short: false }
}

const fn one_store(name: &'static str, what: &'static str, blows: &'static [Blow]) -> Fault {
    Fault { one_store: true, ..fault(name, what, blows) }
}

const fn short(fault: Fault) -> Fault {
    Fault { short: true, ..fault }
}

/// Every fault.
pub(super) const FAULTS: &[Fault] = &[
    short(fault("node-killed", "kill -9 of one node", &[Blow::Kill(FIRST_NODE)])),
    fault("node-frozen", "one node stops, its connections stand", &[Blow::Freeze(FIRST_NODE)]),
    fault("node-drained", "a rolling restart: one node after the other is drained", &[Blow::RollNodes]),
    short(one_store("redis-killed", "kill -9 of Redis", &[Blow::Kill(Part::Redis)])),
    short(one_store("redis-frozen", "Redis stops, its connections stand", &[Blow::Freeze(Part::Redis)])),
    one_store(
        "redis-restarted",
        "Redis is stopped in an orderly way and started, repeatedly",
        &[Blow::Restart(Part::Redis)],
    ),
    short(one_store("postgres-killed", "kill -9 of Postgres", &[Blow::Kill(Part::Postgres)])),
    short(one_store(
        "postgres-frozen",
        "Postgres stops, its connections stand",
        &[Blow::Freeze(Part::Postgres)],
    )),
    one_store(
        "postgres-restarted",
        "Postgres is stopped in an orderly way and started, repeatedly",
        &[Blow::Restart(Part::Postgres)],
    ),
    short(fault(
        "both-stores-killed",
        "kill -9 of Redis and Postgres",
        &[Blow::Kill(Part::Redis), Blow::Kill(Part::Postgres)],
    )),
    fault(
        "both-stores-frozen",
        "Redis and Postgres stop, their connections stand",
        &[Blow::Freeze(Part::Redis), Blow::Freeze(Part::Postgres)],
    ),
    fault(
        "node-and-redis-killed",
        "kill -9 of a node and Redis",
        &[Blow::Kill(Part::Redis), Blow::Kill(FIRST_NODE)],
    ),
    fault(
        "node-and-postgres-killed",
        "kill -9 of a node and Postgres",
        &[Blow::Kill(Part::Postgres), Blow::Kill(FIRST_NODE)],
    ),
    one_store("redis-disk-full", "the disk of Redis is full", &[Blow::FillDisk(Part::Redis)]),
    one_store("postgres-disk-full", "the disk of Postgres is full", &[Blow::FillDisk(Part::Postgres)]),
    short(one_store(
        "redis-partitioned",
        "packets to and from Redis are gone, nobody is told",
        &[Blow::Packets(Link::Redis, Fate::Dropped)],
    )),
    one_store(
        "postgres-partitioned",
        "packets to and from Postgres are gone, nobody is told",
        &[Blow::Packets(Link::Postgres, Fate::Dropped)],
    ),
    fault(
        "redis-loss-20",
        "one packet in five to and from Redis is gone",
        &[Blow::Packets(Link::Redis, Fate::DroppedOneInFive)],
    ),
    fault(
        "postgres-loss-20",
        "one packet in five to and from Postgres is gone",
        &[Blow::Packets(Link::Postgres, Fate::DroppedOneInFive)],
    ),
    fault(
        "phones-loss-20",
        "one packet in five to and from phones is gone",
        &[Blow::Packets(Link::Phones, Fate::DroppedOneInFive)],
    ),
    fault("phones-reset", "the phones' connections are reset, repeatedly", &[Blow::ResetPhones]),
    Fault {
        hold_s_min: PARTITION_S_MIN,
        ..fault(
            "phones-partitioned",
            "packets to and from phones are gone, nobody is told",
            &[Blow::Packets(Link::Phones, Fate::Dropped)],
        )
    },
    short(fault("console-silent", "a console stops reading, its connection stands", &[Blow::SilentConsole])),
    fault("reconnect-storm", "ten times the phones, all connecting anew at once, repeatedly", &[Blow::Storm]),
    fault("phone-clocks-jump", "the phones' clocks jump ten years ahead and back", &[Blow::PhoneClocks]),
    fault("node-clock-jumps", "the clock of one node jumps ten years ahead and back", &[Blow::NodeClock]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own_and_does_something() {
        let mut names: Vec<&str> = FAULTS.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAULTS.len());
        assert!(FAULTS.iter().all(|fault| !fault.blows.is_empty()));
    }

    #[test]
    fn what_needs_a_network_of_its_own_says_so_where_there_is_none() {
        let not_run = |name: &str| {
            let fault = FAULTS.iter().find(|fault| fault.name == name).unwrap();
            fault.missing(Some("needs root"))
        };
        for name in ["redis-partitioned", "phones-loss-20", "phones-reset", "postgres-disk-full"] {
            assert_eq!(not_run(name).as_deref(), Some("needs root"), "{name}");
        }
        assert_eq!(not_run("redis-frozen"), None);
    }
}
