//! Tools beside the server: the local stack of stores, what `ops/up` does with it, and the server program
//! as other tools run it.

pub mod server_program;
pub mod stack;
pub mod stop;
pub mod up;
