//! Tools beside the server: the local stack of stores, what `ops/up` does with it, the server program
//! as other tools run it, and phones: one in the hand, or many of a demo.

pub mod demo;
pub mod phone;
pub mod server_program;
pub mod stack;
pub mod stop;
pub mod up;
