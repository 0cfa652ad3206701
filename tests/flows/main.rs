//! Stories against the real service, and the corpora of its decoders.

mod bad_input;
mod bridge;
mod console;
mod decoders;
mod enrolment;
mod late_and_odd;
mod once;
mod permissions;
mod push;
mod sms;
mod sos_path;
mod stores_away;
mod swarm;
