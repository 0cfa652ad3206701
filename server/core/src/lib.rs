//! The rules of the service, without tokio, sqlx or redis: what may happen to a case, who may do it, where an
//! alert goes, what is written down, and what figures say of it.

pub mod access;
pub mod admin_ledger;
pub mod case_file;
pub mod cover;
pub mod entry;
pub mod figures;
pub mod folding;
pub mod frames;
pub mod ledger;
pub mod lifecycle;
pub mod media;
pub mod merkle;
pub mod open_data;
pub mod pseudonym;
pub mod push;
pub mod recording;
pub mod report;
pub mod routing;
pub mod session;
