//! What is done to a cluster, and undone.

use std::time::Duration;

use anyhow::{Context, Result};

use super::clock::NodeClock;
use super::cluster::{Cluster, Part};
use super::network::{self, Fate, Place};
use crate::stop::StopFlag;
use crate::swarm::{Consoles, Swarm};

/// How far clocks jump, ahead and back.
const JUMP_MS: i64 = 10 * 365 * 24 * 3600 * 1000;
/// How long connections are reset at a time; a phone in that time connects again and goes on.
const RESET_FOR: Duration = Duration::from_millis(300);

/// Connections that can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Of phones to the gateways. Those of consoles stand.
    Phones,
    /// Of everybody to Redis.
    Redis,
    /// Of everybody to Postgres.
    Postgres,
}

/// One thing that is done to a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blow {
    /// kill -9, and started again at the end.
    Kill(Part),
    /// SIGSTOP: connections stand, nothing answers; SIGCONT at the end.
    Freeze(Part),
    /// Orderly stopped and started at once, again and again.
    Restart(Part),
    /// Every node is drained and started again, one after the other.
    RollNodes,
    /// The disk of a store is full.
    FillDisk(Part),
    /// What packets of a link meet with.
    Packets(Link, Fate),
    /// The phones' connections are reset, again and again.
    ResetPhones,
    /// All phones connect anew at the same moment, again and again.
    Storm,
    /// The phones' clocks jump.
    PhoneClocks,
    /// The clock of the first node jumps.
    NodeClock,
    /// A console stops reading; its connection stands.
    SilentConsole,
}

/// What blows fall on.
pub(super) struct Field<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) swarm: &'a Swarm,
    pub(super) consoles: &'a Consoles,
    pub(super) clock: Option<&'a NodeClock>,
    pub(super) stop: &'a StopFlag,
}

impl Blow {
    /// The part that is away meanwhile; nobody starts it again before the end.
    pub(super) fn away(self) -> Option<Part> {
        match self {
            Self::Kill(part) | Self::Freeze(part) | Self::FillDisk(part) | Self::Restart(part) => Some(part),
            _ => None,
        }
    }

    /// How often it falls again.
    pub(super) fn every(self) -> Option<Duration> {
        match self {
            Self::Restart(_) => Some(Duration::from_secs(6)),
            Self::ResetPhones => Some(Duration::from_secs(2)),
            Self::Storm => Some(Duration::from_secs(4)),
            Self::PhoneClocks | Self::NodeClock => Some(Duration::from_secs(3)),
            _ => None,
        }
    }

    /// Lets it fall for the `round`th time, from 0. Blocks while something starts or stops.
    ///
    /// # Errors
    /// When it cannot be done.
    pub(super) fn fall(self, field: &Field<'_>, round: u32) -> Result<()> {
        let cluster = field.cluster;
        match self {
            Self::Kill(part) => cluster.kill(part),
            Self::Freeze(part) => {
                cluster.pause(part);
                Ok(())
            }
            Self::Restart(part) => {
                cluster.stop(part);
                cluster.start_again(part)
            }
            Self::RollNodes => roll(cluster, field.stop),
            Self::FillDisk(_) => cluster.disk()?.fill(),
            Self::Packets(link, fate) => network::inflict(&places(cluster, link)?, fate),
            Self::ResetPhones => {
                network::inflict(&cluster.gateway_places(), Fate::Reset)?;
                std::thread::sleep(RESET_FOR);
                network::heal()
            }
            Self::Storm => {
                field.swarm.reconnect_all();
                Ok(())
            }
            Self::PhoneClocks => {
                field.swarm.set_clock_offset_ms(jump_ms(round));
                Ok(())
            }
            Self::NodeClock => field.clock.context("no clock to move")?.set_offset_ms(jump_ms(round)),
            Self::SilentConsole => {
                field.consoles.freeze(silent(field));
                Ok(())
            }
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub(super) fn heal(self, field: &Field<'_>) -> Result<()> {
        let cluster = field.cluster;
        match self {
            Self::Kill(part) => cluster.start_again(part),
            Self::Freeze(part) => {
                cluster.resume(part);
                Ok(())
            }
            Self::FillDisk(_) => cluster.disk()?.empty(),
            Self::Packets(..) => network::heal(),
            Self::PhoneClocks => {
                field.swarm.set_clock_offset_ms(0);
                Ok(())
            }
            Self::NodeClock => field.clock.context("no clock to move")?.set_offset_ms(0),
            Self::SilentConsole => {
                field.consoles.thaw(silent(field));
                Ok(())
            }
            Self::Restart(_) | Self::RollNodes | Self::ResetPhones | Self::Storm => Ok(()),
        }
    }
}

fn roll(cluster: &Cluster, stop: &StopFlag) -> Result<()> {
    for number in 0..cluster.node_count() {
        cluster.stop(Part::Node(number));
        cluster.start_again(Part::Node(number))?;
        cluster.wait_until_ready(stop)?;
    }
    Ok(())
}

fn places(cluster: &Cluster, link: Link) -> Result<Vec<Place>> {
    match link {
        Link::Phones => Ok(cluster.gateway_places()),
        Link::Redis => Ok(vec![cluster.store_place(Part::Redis)?]),
        Link::Postgres => Ok(vec![cluster.store_place(Part::Postgres)?]),
    }
}

/// The console that falls silent is the one more than there are nodes: every node keeps one that reads.
fn silent(field: &Field<'_>) -> usize {
    field.cluster.node_count()
}

fn jump_ms(round: u32) -> i64 {
    if round.is_multiple_of(2) { JUMP_MS } else { -JUMP_MS }
}
