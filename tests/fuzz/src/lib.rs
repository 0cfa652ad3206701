//! A fuzz target for each decoder of bytes that come from outside or from a store.
//!
//! A target takes any bytes and panics where a promise of its decoder does not hold: more than "it does not panic
//! itself". `ops/fuzz` runs them under libFuzzer; the inputs kept in `corpus/<target>/` run with all other tests
//! (`tests/flows/decoders.rs`).

mod bridge;
mod console;
mod credential;
mod guard;
mod ledger;
mod media;
mod phone;
mod promises;
mod routing;

pub use bridge::gateway_frames;
pub use console::console_bodies;
pub use credential::credential;
pub use guard::frame_guard;
pub use ledger::ledger_row;
pub use media::attachment;
pub use phone::{from_phone, salvage, truncated_json};
pub use routing::{district, missions};

/// What is tried out on some bytes.
pub type Target = fn(&[u8]);

/// All targets, by the names of their folders in `corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("attachment", attachment),
    ("console_bodies", console_bodies),
    ("credential", credential),
    ("district", district),
    ("frame_guard", frame_guard),
    ("from_phone", from_phone),
    ("gateway_frames", gateway_frames),
    ("ledger_row", ledger_row),
    ("missions", missions),
    ("salvage", salvage),
    ("truncated_json", truncated_json),
];
