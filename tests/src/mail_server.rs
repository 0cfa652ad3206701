//! A mail server to send to: as much of SMTP as a sender needs.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that was taken.
#[derive(Clone)]
pub struct Mail {
    /// Whom it is for.
    pub to: String,
    /// All of it: head, empty line, body, as it came.
    pub text: String,
}

#[derive(Default)]
struct Inner {
    mails: Vec<Mail>,
    connections: usize,
    hangs: bool,
    /// What is said next to a recipient in place of `250`.
    refusals: HashMap<String, VecDeque<&'static str>>,
}

/// The server. Everything is taken unless said otherwise.
pub struct MailServer {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl MailServer {
    /// Starts it.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let shared = inner.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { talk(stream, &shared).await });
            }
        });
        Self { address, inner }
    }

    /// Settings of a service that sends here.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SOS_SMTP_URL", format!("smtp://{}", self.address)),
            ("SOS_MAIL_FROM", "SOS <sos@example.org>".to_owned()),
        ]
    }

    /// From now on it says nothing to whoever connects, or speaks again.
    pub fn hang(&self, hangs: bool) {
        lock(&self.inner).hangs = hangs;
    }

    /// What this recipient is answered first, e.g. `451 later`; then it is taken.
    pub fn refuse(&self, to: &str, answers: impl IntoIterator<Item = &'static str>) {
        lock(&self.inner).refusals.insert(to.to_owned(), answers.into_iter().collect());
    }

    /// How often somebody has connected.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.inner).connections
    }

    /// The mails for `to` that were taken.
    #[must_use]
    pub fn taken(&self, to: &str) -> Vec<Mail> {
        lock(&self.inner).mails.iter().filter(|mail| mail.to == to).cloned().collect()
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection, to its end.
async fn talk(stream: TcpStream, inner: &Mutex<Inner>) -> Option<()> {
    let hangs = {
        let mut inner = lock(inner);
        inner.connections += 1;
        inner.hangs
    };
    let (read, mut write) = stream.into_split();
    if hangs {
        // Until whoever connected has had enough, and longer.
        std::future::pending::<()>().await;
    }
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example.org\r\n").await.ok()?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refusal = lock(inner).refusals.get_mut(&to).and_then(VecDeque::pop_front);
                refusal.unwrap_or("250 fine")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                lock(inner).mails.push(Mail { to: to.clone(), text });
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
