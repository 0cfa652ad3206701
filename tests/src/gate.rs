//! A small TCP proxy between a phone and the service, for cutting real connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The proxy. Open at first.
pub struct Gate {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    to: SocketAddr,
    open: AtomicBool,
    sockets: AtomicBool,
    turned_away: AtomicUsize,
    cut: std::sync::Mutex<CancellationToken>,
}

impl Gate {
    /// In front of `to`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            to,
            open: AtomicBool::new(true),
            sockets: AtomicBool::new(true),
            turned_away: AtomicUsize::new(0),
            cut: std::sync::Mutex::new(CancellationToken::new()),
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(shared.clone().pass(stream));
            }
        });
        Self { address, state }
    }

    /// Its address for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts all connections and lets none in until [`Self::open`].
    ///
    /// # Panics
    /// When a test before panicked here.
    pub fn shut(&self) {
        self.state.open.store(false, Ordering::SeqCst);
        std::mem::take(&mut *self.state.cut.lock().expect("the lock")).cancel();
    }

    /// Lets connections in again.
    pub fn open(&self) {
        self.state.open.store(true, Ordering::SeqCst);
    }

    /// Refuses WebSockets from now on, as some networks do.
    pub fn block_sockets(&self) {
        self.state.sockets.store(false, Ordering::SeqCst);
    }

    /// How often it turned somebody away.
    #[must_use]
    pub fn turned_away(&self) -> usize {
        self.state.turned_away.load(Ordering::SeqCst)
    }
}

impl State {
    async fn pass(self: Arc<Self>, mut client: TcpStream) {
        if !self.open.load(Ordering::SeqCst) {
            self.turned_away.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let cut = self.cut.lock().expect("the lock").clone();
        let mut head = [0; 10];
        if client.read_exact(&mut head).await.is_err() {
            return;
        }
        if head.starts_with(b"GET /phone") && !self.sockets.load(Ordering::SeqCst) {
            self.turned_away.fetch_add(1, Ordering::SeqCst);
            let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
            return;
        }
        let Ok(mut service) = TcpStream::connect(self.to).await else { return };
        if service.write_all(&head).await.is_ok() {
            tokio::select! {
                () = cut.cancelled() => {}
                _ = copy_bidirectional(&mut client, &mut service) => {}
            }
        }
    }
}
