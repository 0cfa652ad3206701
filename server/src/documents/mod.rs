//! PDFs, each set in a process of its own: neither its memory, nor a fault in it, nor its time is in the way of an SOS.

pub mod child;

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use sos_documents::Document;
use sos_protocol::{ErrorCode, Problem};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Name of the hidden command that [`child::run`] is behind.
pub const COMMAND: &str = "document";
/// Documents that wait for their turn; one is set at a time.
const WAITING_MAX: usize = 8;
/// A document on its way to the process: a case file has at most 32 MiB.
const DOCUMENT_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Words of the process about what it does not like.
const SAID_BYTES_MAX: u64 = 1024;

/// How long things may take, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest wait for a turn.
    pub turn_within: Duration,
    /// Longest time of the process.
    pub made_within: Duration,
    /// Largest PDF, in bytes.
    pub pdf_bytes_max: usize,
    /// How far everything else goes first, 0 to 19.
    pub nice: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turn_within: Duration::from_secs(30),
            made_within: Duration::from_secs(60),
            pdf_bytes_max: 32 * 1024 * 1024,
            nice: 19,
        }
    }
}

/// Why there is no PDF. No words of people are in these.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// Too many others are being made; it may be asked for again.
    #[error("too many documents are being made")]
    Busy,
    /// It took too long.
    #[error("the document took too long")]
    TooLong,
    /// The content or the PDF is larger than may be.
    #[error("the document is too large")]
    TooLarge,
    /// The content does not fit what was asked for.
    #[error("{0}")]
    Refused(String),
    /// The process ended without a PDF: by which code or signal.
    #[error("the document's process ended with {0}")]
    Ended(String),
    /// The process could not be started or talked to.
    #[error("the document's process: {0}")]
    Process(#[from] io::Error),
}

impl From<DocumentsError> for Problem {
    fn from(error: DocumentsError) -> Self {
        let code = match &error {
            DocumentsError::Busy => ErrorCode::Unavailable,
            DocumentsError::TooLarge | DocumentsError::TooLong => ErrorCode::TooLarge,
            DocumentsError::Refused(_) => ErrorCode::InvalidField,
            DocumentsError::Ended(_) | DocumentsError::Process(_) => ErrorCode::Internal,
        };
        let problem = Self::new(code);
        // What went wrong inside is for the log.
        if code == ErrorCode::Internal { problem } else { problem.detail(error.to_string()) }
    }
}

/// Makes PDFs.
#[derive(Debug)]
pub struct Documents {
    program: PathBuf,
    limits: Limits,
    waiting: Semaphore,
    turn: Semaphore,
}

impl Documents {
    /// By `program`, which is `sos-server`.
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, waiting: Semaphore::new(WAITING_MAX + 1), turn: Semaphore::new(1) }
    }

    /// By the program that is running, where that is `sos-server`; else, as in tests, by the one in its folder or the
    /// folder above.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_this_program() -> io::Result<Self> {
        const NAME: &str = "sos-server";
        let this = std::env::current_exe()?;
        if this.file_name().is_some_and(|name| name == NAME) {
            return Ok(Self::new(this, Limits::default()));
        }
        let folders = this.ancestors().skip(1).take(2);
        let program = folders.map(|folder| folder.join(NAME)).find(|program| program.is_file());
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no sos-server beside this program");
        // Beside many tests, what gives way to all of them is never done.
        Ok(Self::new(program.ok_or_else(missing)?, Limits { nice: 0, ..Limits::default() }))
    }

    /// The document as a PDF. If this is dropped, the process is killed.
    ///
    /// # Errors
    /// See [`DocumentsError`]; after [`DocumentsError::Busy`] it may be asked for again.
    pub async fn render(&self, document: &Document) -> Result<Vec<u8>, DocumentsError> {
        let _place = self.waiting.try_acquire().map_err(|_| DocumentsError::Busy)?;
        let turn = timeout(self.limits.turn_within, self.turn.acquire()).await;
        let _turn = turn.map_err(|_| DocumentsError::Busy)?.map_err(|_| DocumentsError::Busy)?;
        let json = serde_json::to_vec(document).map_err(|_| DocumentsError::TooLarge)?;
        if json.len() > DOCUMENT_BYTES_MAX {
            return Err(DocumentsError::TooLarge);
        }
        let made = timeout(self.limits.made_within, self.make(json)).await;
        let made = made.unwrap_or(Err(DocumentsError::TooLong));
        if let Err(error @ (DocumentsError::Ended(_) | DocumentsError::Process(_))) = &made {
            tracing::error!(%error, "no document");
        }
        made
    }

    async fn make(&self, json: Vec<u8>) -> Result<Vec<u8>, DocumentsError> {
        let mut child = self.spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(io::Error::other("no pipes").into());
        };
        let give = async move {
            // A process that has seen enough does not read to the end; why, its own words say.
            let _ = stdin.write_all(&json).await;
            drop(stdin);
        };
        let most = self.limits.pdf_bytes_max as u64;
        let ((), pdf, said) = tokio::join!(give, read(stdout, most + 1), read(stderr, SAID_BYTES_MAX));
        let (pdf, said) = (pdf?, said?);
        if pdf.len() as u64 > most {
            return Err(DocumentsError::TooLarge);
        }
        let status = child.wait().await?;
        match status.code() {
            Some(0) if pdf.starts_with(b"%PDF-") => Ok(pdf),
            Some(child::REFUSED) => {
                Err(DocumentsError::Refused(String::from_utf8_lossy(&said).trim_end().to_owned()))
            }
            _ => Err(DocumentsError::Ended(ending(status, &said))),
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        // Nothing of this process's settings: there are secrets in them. One thread, so that one processor is left.
        command.arg(COMMAND).env_clear().env("RAYON_NUM_THREADS", "1").current_dir("/");
        command.env(child::NICE, self.limits.nice.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn()
    }
}

/// At most `most` bytes; what is behind them is not read.
async fn read(from: impl AsyncRead + Unpin, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    from.take(most).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn ending(status: ExitStatus, said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    format!("{status}: {}", said.lines().next().unwrap_or_default())
}
