//! Who is calling, and keeping what they say to ourselves.

pub mod credential;
pub mod password;
pub mod seal;
pub mod secret;
pub mod signing;
