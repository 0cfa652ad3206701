//! The real service on a real Postgres and a real Redis, for tests: each test has a database and a Redis of its
//! own, phones that speak the protocol by hand, and officers with real sessions.

pub mod gate;
pub mod log;
pub mod mail_server;
pub mod officer;
pub mod phone;
pub mod push_services;
pub mod service;
pub mod wait;
pub mod webhook_receiver;

pub use mail_server::MailServer;
pub use officer::{Feed, Officer};
pub use phone::{Key, Phone};
pub use push_services::PushServices;
pub use service::Service;
pub use wait::until;
pub use webhook_receiver::WebhookReceiver;
