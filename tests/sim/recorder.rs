//! What a node does with what phones said: keep it, record it, ring without a record.

use std::cell::Cell;
use std::rc::Rc;

use sos_core::recording::{self, Inbound, Item, NoDesks, Origin};
use sos_core::routing::Routing;
use sos_protocol::feed::ProvisionalAlert;
use sos_protocol::{CaseId, CountryCode, DeskId, Fix, FixId, RoutingBasis, RoutingView, UnixMs};

use crate::node::{POSTGRES_MS_MAX, REDIS_MS_MAX};
use crate::postgres::{Postgres, Refused};
use crate::redis::{Entry, Redis};
use crate::store_call::Away;
use crate::world::World;

/// An alert that is not recorded after this long rings all the same, in milliseconds.
const RING_AFTER_MS: u64 = 700;
/// Longest wait for a read of the alerts' stream, in milliseconds.
const READ_MS_MAX: u64 = 2_000;
/// Pause between two looks at the alerts' stream, in milliseconds …
const LOOK_MS: u64 = 400;
/// … and after a failure.
const FAILED_MS: u64 = 500;
/// Wait for another transaction's lock, in milliseconds, …
const LOCKED_MS: u64 = 100;
/// … and how often.
const LOCKED_TRIES: u32 = 30;
/// Times that a batch is tried when another node is in its way.
const RACES_MAX: u32 = 3;

/// Why a batch was not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRecorded {
    /// The store is away, slow, or the outcome is not known.
    Passing,
    /// The rest is recorded; something belongs to an alert that is not on record yet.
    Early,
    /// Another node was faster, again and again.
    Taken,
}

type Batch = Rc<Vec<Inbound>>;
type Recorded = Result<(), NotRecorded>;
type Then = Box<dyn FnOnce(&mut World, Recorded)>;

/// Where alerts go: by longitude, without a position to the ministry, which watches every other one.
fn route(fix: Option<&Fix>, _: Option<CountryCode>) -> (Routing, i32) {
    let desk = fix.map_or("hn", |fix| if fix.lon < 130.0 { "tw" } else { "jp" });
    let watchers = fix.filter(|fix| fix.lat > 30.0).map(|_| DeskId::from("hn")).into_iter().collect();
    let view = RoutingView {
        basis: RoutingBasis::Polygon,
        country: None,
        others: vec![],
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    };
    (Routing { desk: desk.into(), watchers, view }, 20)
}

impl World {
    /// Puts on disk what a phone said: Redis in time, else Postgres, else nothing is acknowledged.
    pub(crate) fn keep(
        &mut self,
        node: usize,
        origin: Origin,
        item: Item,
        then: impl FnOnce(&mut Self, Option<UnixMs>) + 'static,
    ) {
        let received_at = self.time();
        let inbound = Rc::new(Inbound { received_at, origin, item });
        let copy = inbound.clone();
        self.call(
            node,
            REDIS_MS_MAX,
            move |r: &mut Redis, _| r.add_alert(copy),
            move |world, added| {
                if added.is_ok() {
                    return then(world, Some(received_at));
                }
                let batch = Rc::new(vec![(*inbound).clone()]);
                world.record(node, batch, move |world, recorded| {
                    world.tell(|| format!("node {node} records past Redis: {recorded:?}"));
                    then(world, recorded.ok().map(|()| received_at));
                });
            },
        );
    }

    pub(crate) fn keep_fixes(
        &mut self,
        node: usize,
        fixes: Vec<FixId>,
        then: impl FnOnce(&mut Self, Option<UnixMs>) + 'static,
    ) {
        let copy = fixes.clone();
        self.call(
            node,
            REDIS_MS_MAX,
            move |r: &mut Redis, _| r.add_fixes(&copy),
            move |world, added| {
                if added.is_ok() {
                    let at = world.time();
                    return then(world, Some(at));
                }
                let save = move |pg: &mut Postgres, _| pg.fixes.extend(fixes);
                world.call(node, POSTGRES_MS_MAX, save, |world, saved| {
                    let at = world.time();
                    then(world, saved.ok().map(|()| at));
                });
            },
        );
    }

    /// Records a batch, all or nothing, as the real recorder decides.
    fn record(&mut self, node: usize, batch: Batch, then: impl FnOnce(&mut Self, Recorded) + 'static) {
        self.try_to_record(node, batch, (1, 1), Box::new(then));
    }

    fn try_to_record(&mut self, node: usize, batch: Batch, (race, wait): (u32, u32), then: Then) {
        let copy = batch.clone();
        let begin = move |pg: &mut Postgres, now| pg.begin_record(&copy, now);
        self.call(node, POSTGRES_MS_MAX, begin, move |world, begun| match begun {
            Err(Away) => then(world, Err(NotRecorded::Passing)),
            Ok(Err(_)) if wait >= LOCKED_TRIES => then(world, Err(NotRecorded::Passing)),
            Ok(Err(_)) => world.node_after(node, LOCKED_MS, move |world| {
                world.try_to_record(node, batch, (race, wait + 1), then);
            }),
            Ok(Ok((tx, known))) => {
                let knows_desks = world.nodes[node].knows_desks;
                let routes = move |fix: Option<&Fix>, country| knows_desks.then(|| route(fix, country));
                let now = world.time();
                let decided = recording::decide(&batch, known, routes, now);
                let Ok(decided) = decided.map_err(|NoDesks| ()) else {
                    return then(world, Err(NotRecorded::Passing));
                };
                let unplaced = decided.unplaced;
                let strays =
                    unplaced.strays.iter().flat_map(|place| batch[*place].item.references()).collect();
                let changes = decided.changes;
                let then: Then = if !unplaced.early.is_empty() {
                    Box::new(|world, done| then(world, done.and(Err(NotRecorded::Early))))
                } else {
                    then
                };
                world.commit(node, batch, (tx, changes, strays), race, then);
            }
        });
    }

    fn commit(
        &mut self,
        node: usize,
        batch: Batch,
        (tx, changes, strays): (u64, recording::Changes, Vec<uuid::Uuid>),
        race: u32,
        then: Then,
    ) {
        let now = self.time();
        let commit = move |pg: &mut Postgres, _| {
            if changes.drafts.is_empty() {
                pg.rollback(tx);
            } else {
                pg.commit(tx, changes, now)?;
            }
            pg.strays.extend(strays);
            Ok(())
        };
        self.call(node, POSTGRES_MS_MAX, commit, move |world, committed| match committed {
            Ok(Ok(())) => then(world, Ok(())),
            Ok(Err(Refused::Taken)) if race < RACES_MAX => {
                world.try_to_record(node, batch, (race + 1, 1), then);
            }
            Ok(Err(Refused::Taken)) => then(world, Err(NotRecorded::Taken)),
            Ok(Err(_)) | Err(Away) => then(world, Err(NotRecorded::Passing)),
        });
    }

    /// The loop: what is new, and every other time what somebody took and did not finish.
    pub(crate) fn look_at_alerts(&mut self, node: usize) {
        self.nodes[node].looks += 1;
        let over = self.nodes[node].looks.is_multiple_of(2);
        let take = move |redis: &mut Redis, now| {
            if over { redis.take_over(node, now) } else { redis.take_new(node, now) }
        };
        self.call(node, READ_MS_MAX, take, move |world, taken| match taken {
            Ok(entries) if !entries.is_empty() => {
                world.tell(|| format!("node {node} takes {} entries (over: {over})", entries.len()));
                world.record_or_ring(node, entries);
            }
            _ => world.node_after(node, LOOK_MS, move |world| world.look_at_alerts(node)),
        });
    }

    fn record_or_ring(&mut self, node: usize, entries: Vec<Entry>) {
        let batch: Batch = Rc::new(entries.iter().map(|(_, inbound)| (**inbound).clone()).collect());
        let ids: Vec<u64> = entries.iter().map(|(id, _)| *id).collect();
        let done = Rc::new(Cell::new(false));
        let (late, slow) = (done.clone(), batch.clone());
        self.node_after(node, RING_AFTER_MS, move |world| {
            if !late.get() {
                world.ring(node, &slow);
            }
        });
        let copy = batch.clone();
        self.record(node, copy, move |world, recorded| {
            done.set(true);
            world.tell(|| format!("node {node} recorded a batch: {recorded:?}"));
            match recorded {
                Ok(()) => world.finish(node, ids, vec![]),
                Err(why @ (NotRecorded::Passing | NotRecorded::Early)) => {
                    if why == NotRecorded::Passing {
                        world.ring(node, &batch);
                    }
                    world.node_after(node, FAILED_MS, move |world| world.look_at_alerts(node));
                }
                Err(NotRecorded::Taken) => world.one_by_one(node, entries),
            }
        });
    }

    /// One of them is in the others' way.
    fn one_by_one(&mut self, node: usize, mut entries: Vec<Entry>) {
        let (id, inbound) = entries.remove(0);
        let batch = Rc::new(vec![(*inbound).clone()]);
        self.record(node, batch, move |world, recorded| match recorded {
            Ok(()) => world.finish(node, vec![id], entries),
            Err(_) => world.node_after(node, FAILED_MS, move |world| world.look_at_alerts(node)),
        });
    }

    fn finish(&mut self, node: usize, ids: Vec<u64>, rest: Vec<Entry>) {
        let finish = move |redis: &mut Redis, _| redis.finish(&ids);
        self.call(node, READ_MS_MAX, finish, move |world, finished| {
            if finished.is_ok() && !rest.is_empty() {
                return world.one_by_one(node, rest);
            }
            let pause = if finished.is_ok() { 1 } else { FAILED_MS };
            world.node_after(node, pause, move |world| world.look_at_alerts(node));
        });
    }

    /// The alerts ring although they are not recorded.
    fn ring(&mut self, node: usize, batch: &[Inbound]) {
        if !self.nodes[node].knows_desks {
            return;
        }
        let alerts: Vec<ProvisionalAlert> = batch.iter().filter_map(provisional).collect();
        let publish = move |redis: &mut Redis, _| redis.publish_provisional(alerts);
        self.call(node, REDIS_MS_MAX, publish, |_, _| {});
    }
}

fn provisional(inbound: &Inbound) -> Option<ProvisionalAlert> {
    let Item::Alert { alert, .. } = &inbound.item else { return None };
    let (routing, _) = route(alert.position.as_ref(), None);
    let ministry = DeskId::from("hn");
    let also = (routing.desk != ministry && !routing.watchers.contains(&ministry)).then_some(ministry);
    Some(ProvisionalAlert {
        case_id: CaseId::of_alert(inbound.origin.device_id, alert.alert_id),
        alert: alert.clone(),
        received_at_ms: inbound.received_at,
        desk_id: routing.desk,
        watchers: routing.watchers.into_iter().chain(also).collect(),
        routing: routing.view,
        unverified: inbound.origin.unverified,
    })
}
