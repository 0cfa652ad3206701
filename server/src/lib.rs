//! The service: takes alerts, opens cases, feeds consoles.

pub mod admin;
pub mod app;
pub mod attachments;
pub mod auth;
pub mod breaker;
pub mod cases;
pub mod config;
pub mod deadline;
pub mod directory;
pub mod dispatch;
pub mod durability;
pub mod escalation;
pub mod gather;
pub mod http;
pub mod hub;
pub mod intake;
pub mod lane;
pub mod notify;
pub mod pins;
pub mod presence;
pub mod push;
pub mod queue;
pub mod store;
pub mod told;
pub mod workers;
pub mod ws;
