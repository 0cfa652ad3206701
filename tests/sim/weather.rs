//! What happens to everybody, and when it ends.

use sos_mobile_bridge::machine::Input;
use sos_protocol::ambient::Entropy;

use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::store_call::{Kept, State};
use crate::world::World;

/// How bad it is, in percent.
pub(crate) struct Weather {
    /// Connections that cannot be made, calls and answers that vanish.
    pub(crate) breaking: usize,
    /// Frames that vanish or come twice.
    pub(crate) losing: usize,
}

impl Weather {
    pub(crate) fn of(dice: &dyn Entropy) -> Self {
        let draw = |of: [usize; 3]| of[usize::try_from(dice.below(3)).unwrap_or(0)];
        Self { breaking: draw([0, 10, 30]), losing: draw([0, 5, 20]) }
    }
}

impl World {
    /// What will happen until `end`.
    pub(crate) fn forecast(&mut self, end: u64) {
        let end = usize::try_from(end).unwrap();
        for _ in 0..15 + self.below(45) {
            let at = self.below(end) as u64;
            self.after(at, Self::something_happens);
        }
        let first = self.below(3_000) as u64;
        self.after(first, |world| world.press(0));
    }

    fn something_happens(&mut self) {
        let phone = self.below(self.phones.len());
        match self.below(40) {
            0..=5 => self.press(phone),
            6 => self.take_back(phone),
            7..=9 => self.write(phone),
            10 | 11 => self.measure(phone),
            12..=20 => self.officer_acts(),
            21 => self.restart_phone(phone),
            22..=24 => self.breaks(phone),
            25 => self.blocks(phone),
            26 => self.on_phone(phone, Input::NetworkChanged),
            27..=29 => self.node_dies(),
            30 | 31 => self.console_breaks(),
            32..=34 => self.storm::<Redis>(),
            35..=38 => self.storm::<Postgres>(),
            _ => {
                self.storm::<Redis>();
                self.storm::<Postgres>();
            }
        }
    }

    fn breaks(&mut self, phone: usize) {
        let unnoticed = self.chance(40);
        if let Some(line) = self.phones[phone].line {
            self.tell(|| format!("line {line} breaks (unnoticed: {unnoticed})"));
            self.cut(line, unnoticed);
        }
    }

    fn blocks(&mut self, phone: usize) {
        self.phones[phone].blocked = true;
        self.breaks(phone);
        let wait = self.below(20_000) as u64;
        self.after(wait, move |world| world.phones[phone].blocked = false);
    }

    fn node_dies(&mut self) {
        let node = self.below(self.nodes.len());
        self.tell(|| format!("node {node} dies"));
        self.kill_node(node);
        let wait = self.below(15_000) as u64;
        self.after(wait, move |world| world.start_node(node));
    }

    fn console_breaks(&mut self) {
        let console = self.below(self.consoles.len());
        self.console_disconnected(console);
    }

    /// A store freezes, dies, or is slow and loses connections, for a while.
    fn storm<S: Kept>(&mut self) {
        let (kind, flaky, slow) = (self.below(4), self.below(60), 10 + self.below(1_500));
        let name = std::any::type_name::<S>().rsplit(':').next().unwrap_or_default();
        self.tell(|| format!("{name}: {}", ["freezes", "dies", "flaky", "slow"][kind]));
        match kind {
            0 => self.set::<S>(State::Frozen),
            1 => self.set::<S>(State::Down),
            2 => S::store(self).flaky = flaky,
            _ => S::store(self).slow_ms = slow,
        }
        let wait = self.below(12_000) as u64;
        self.after(wait, move |world| {
            world.tell(|| format!("{name} is well again"));
            world.heal::<S>();
        });
    }

    fn heal<S: Kept>(&mut self) {
        self.set::<S>(State::Up);
        let store = S::store(self);
        (store.flaky, store.slow_ms) = (0, 10);
    }

    pub(crate) fn clear_up(&mut self) {
        self.tell(|| "the weather clears".to_owned());
        self.weather = Weather { breaking: 0, losing: 0 };
        self.heal::<Redis>();
        self.heal::<Postgres>();
        (0..self.nodes.len()).for_each(|node| self.start_node(node));
        self.phones.iter_mut().for_each(|phone| phone.blocked = false);
    }
}
