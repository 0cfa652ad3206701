//! The sockets of phones and consoles.

mod feed;
pub mod guard;
mod outbox;
mod phone;
pub mod registry;
pub mod socket;

pub use self::feed::FeedSockets;
pub use self::phone::{MissedEntries, PhoneSockets};
