//! Tools beside the server: the local stack of stores, what `ops/up` does with it, the server program
//! as other tools run it, phones: one in the hand, many of a demo, a swarm that keeps logs; figures and
//! faults under load.

pub mod demo;
pub mod faults;
pub mod history;
pub mod load;
pub mod phone;
pub mod server_program;
pub mod stack;
pub mod stop;
pub mod swarm;
pub mod up;
