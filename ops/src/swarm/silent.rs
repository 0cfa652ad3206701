//! Peers that connect and then never read: what they leave lying must not cost the service more than its bound.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use sos_protocol::feed::ConsoleFrame;
use sos_protocol::{PhoneFrame, Seq};
use tokio::sync::watch;

use super::alerts::encode;
use super::console_log::ConsoleLog;
use super::console_session::{Account, Console, Wanted, say};
use super::http;
use super::socket::{Socket, open_with};

/// The kernel's receive buffer of a silent peer, in bytes: small, so that what it leaves lying lies at the service.
const RECEIVE_BYTES: u32 = 4 * 1024;

/// A console that was let in and reads nothing of its feed, which begins after `after_seq`.
///
/// # Errors
/// When it cannot sign in or connect.
pub async fn silent_console(
    gateway: SocketAddr,
    login: &str,
    password: &str,
    after_seq: Seq,
) -> Result<Socket> {
    let (_, wanted) = watch::channel(Wanted::default());
    let console = Console {
        account: Account {
            number: 0,
            login: login.to_owned(),
            password: password.to_owned(),
            gateways: vec![gateway],
            origin: None,
        },
        http: http::client()?,
        log: Arc::new(Mutex::new(ConsoleLog::default())),
        cookie: Arc::default(),
        rang: None,
        wanted,
    };
    let ticket = console.ticket(gateway).await?;
    let origin = format!("http://{gateway}");
    let mut socket = open_with(gateway, "/feed", Some(&origin), 0, Some(RECEIVE_BYTES)).await?;
    say(&mut socket, &ConsoleFrame::Hello { ticket, after_seq: Some(after_seq) }).await?;
    Ok(socket)
}

/// A phone that said `hello` and reads nothing after the challenge.
///
/// # Errors
/// When it cannot connect.
pub async fn silent_phone(gateway: SocketAddr, number: usize) -> Result<Socket> {
    let mut socket = open_with(gateway, "/phone", None, number, Some(RECEIVE_BYTES)).await?;
    socket.next().await.context("no challenge")??;
    let hello = PhoneFrame::Hello {
        credential: None,
        signature: None,
        last_seq: Seq(0),
        follow: vec![],
        app_version: None,
    };
    super::link::send_text(&mut socket, encode(&hello)).await?;
    Ok(socket)
}
