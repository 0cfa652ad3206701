//! Waiting for the server.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Result, bail};

use super::go_on;
use crate::stack::{Process, wait};
use crate::stop::StopFlag;

/// How long the server gets until it is ready.
const LIMIT: Duration = Duration::from_secs(60);
/// How long one answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// The longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 64 * 1024;

/// Waits until `/readyz` answers 200.
pub(crate) fn wait(port: u16, server: &Process, stop: &StopFlag) -> Result<()> {
    let mut last = String::from("it does not answer");
    let ready = wait::until(LIMIT, Duration::from_millis(50), || {
        if server.ended().is_some() || stop.is_set() {
            return Some(false);
        }
        match ask(port) {
            Ok((200, _)) => Some(true),
            Ok((_, body)) => {
                last = body;
                None
            }
            Err(_) => None,
        }
    });
    go_on(stop)?;
    match ready {
        Some(true) => Ok(()),
        Some(false) => bail!("the server did not start; what it said is above"),
        None => bail!("the server was not ready after {} s: {last}", LIMIT.as_secs()),
    }
}

/// Status and body of `/readyz`. In HTTP/1.0, so that the body is never chunked.
fn ask(port: u16) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(ANSWER_MAX).read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, body.to_owned()))
}
