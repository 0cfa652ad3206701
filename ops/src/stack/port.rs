//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};

use sos_protocol::ambient::{Entropy, SystemEntropy};

/// Below the ports that the kernel lends to outgoing connections (from 32768): while a store is down for
/// a fault test, no outgoing connection can then take its port, nor be connected to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// How many ports are tried.
const ATTEMPTS: usize = 100;

/// A loopback port on which nobody listened a moment ago; whoever uses it must be ready to ask again.
#[must_use]
pub fn free_port() -> Option<u16> {
    (0..ATTEMPTS).find_map(|_| {
        let offset = u16::try_from(SystemEntropy.below(u64::from(COUNT))).ok()?;
        let port = FIRST + offset;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok().then_some(port)
    })
}
