//! The rules of the service, without tokio, sqlx or redis: what may happen to a case, who may do it, where an
//! alert goes, and what is written down.

pub mod access;
pub mod admin_ledger;
pub mod cover;
pub mod entry;
pub mod folding;
pub mod frames;
pub mod ledger;
pub mod lifecycle;
pub mod media;
pub mod push;
pub mod recording;
pub mod routing;
pub mod session;
