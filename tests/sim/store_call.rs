//! A store across a network: a command may be lost before or after it is done, and the store may freeze or die.

use std::cell::RefCell;
use std::rc::Rc;

use crate::world::{Event, World};

/// How a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Up,
    /// Takes commands and does them when it thaws.
    Frozen,
    /// Refuses connections.
    Down,
}

/// No answer in time, or a refusal: what was asked may have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Away;

pub(crate) struct Store<T> {
    pub(crate) data: T,
    pub(crate) state: State,
    /// Counts its deaths.
    pub(crate) life: u32,
    /// Commands of a hundred whose connection breaks.
    pub(crate) flaky: usize,
    /// Longest time that a command takes, in milliseconds.
    pub(crate) slow_ms: usize,
    waiting: Vec<Event>,
}

/// The two stores are called alike.
pub(crate) trait Kept: Sized + 'static {
    fn store(world: &mut World) -> &mut Store<Self>;
    /// A command is about to be done.
    fn before(&mut self, call: u64);
    /// Everything up to this command is on disk; it is answered now.
    fn synced(&mut self, call: u64);
    /// The process dies; `draw` draws below a bound.
    fn dies(&mut self, draw: &dyn Fn(usize) -> usize);
}

impl<T> Store<T> {
    pub(crate) fn new(data: T) -> Self {
        Self { data, state: State::Up, life: 0, flaky: 0, slow_ms: 10, waiting: vec![] }
    }
}

impl World {
    /// Has `node` do `command` on a store; `then` hears the answer, or that there was none within `limit_ms`.
    pub(crate) fn call<S: Kept, T: 'static>(
        &mut self,
        node: usize,
        limit_ms: u64,
        command: impl FnOnce(&mut S, u64) -> T + 'static,
        then: impl FnOnce(&mut Self, Result<T, Away>) + 'static,
    ) {
        let life = self.nodes[node].life;
        let then = Rc::new(RefCell::new(Some(then)));
        let answer = move |world: &mut Self, result: Result<T, Away>| {
            let then = then.borrow_mut().take();
            if let Some(then) = then.filter(|_| world.nodes[node].lives(life)) {
                then(world, result);
            }
        };
        let slow = S::store(self).slow_ms;
        let there = self.latency().min(20) + self.below(slow) as u64;
        let flaky = S::store(self).flaky;
        let (lost_before, lost_after) = (self.chance(flaky), self.chance(flaky));
        let late = answer.clone();
        self.after(limit_ms, move |world| late(world, Err(Away)));
        if lost_before {
            return;
        }
        self.after(there, move |world| match S::store(world).state {
            State::Down => answer(world, Err(Away)),
            State::Frozen => {
                let work: Event = Box::new(move |world| world.done(command, lost_after, answer));
                S::store(world).waiting.push(work);
            }
            State::Up => world.done(command, lost_after, answer),
        });
    }

    fn done<S: Kept, T: 'static>(
        &mut self,
        command: impl FnOnce(&mut S, u64) -> T,
        lost: bool,
        answer: impl FnOnce(&mut Self, Result<T, Away>) + 'static,
    ) {
        let (now, back) = (self.now(), self.latency().min(20));
        let call = self.witness.next_call();
        let store = S::store(self);
        store.data.before(call);
        let result = command(&mut store.data, now);
        let life = store.life;
        self.check_stores();
        self.after(back, move |world| {
            if S::store(world).life != life {
                return answer(world, Err(Away));
            }
            S::store(world).data.synced(call);
            if !lost {
                answer(world, Ok(result));
            }
        });
    }

    /// Freezes, kills or heals a store.
    pub(crate) fn set<S: Kept>(&mut self, state: State) {
        let dice: Vec<usize> = (0..4).map(|_| self.below(1_000_000)).collect();
        let store = S::store(self);
        let was = std::mem::replace(&mut store.state, state);
        let waiting = std::mem::take(&mut store.waiting);
        if state == State::Down && was != State::Down {
            store.life += 1;
            store.data.dies(&move |bound| if bound == 0 { 0 } else { dice[0] % bound });
        } else if state == State::Up {
            waiting.into_iter().for_each(|work| work(self));
        } else {
            S::store(self).waiting = waiting;
        }
    }
}
