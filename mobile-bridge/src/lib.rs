//! Client core for phones: keeps a press of SOS until the service has it on record, carries it there by whatever
//! way is open, and tells how far it has truly got.
//!
//! [`Bridge`] is the whole API for an app. Behind it: [`outbox`] (what must not be lost, in SQLite),
//! [`machine`] (when to connect, send, resend and give way; no I/O), [`transport`] (WebSocket and HTTP). With the
//! feature `ffi` the same is there for Kotlin, Swift and Python (`ffi`).

pub mod bridge;
#[cfg(feature = "ffi")]
pub mod ffi;
pub mod fix_rate;
pub mod ladder;
pub mod machine;
pub mod outbox;
pub mod signer;
pub mod transport;

pub use bridge::{
    Bridge, BridgeError, BridgeEvent, Config, Enrolment, Events, LinkState, Position, PressDetails, Pressed,
};
pub use outbox::{AlertState, CancelState, ChatMessage};
pub use signer::{Signer, SignerError, SoftwareSigner};

#[cfg(feature = "ffi")]
uniffi::setup_scaffolding!();
