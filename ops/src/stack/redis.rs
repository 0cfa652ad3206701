//! A private Redis: one child process, its own data folder, a loopback port and a password of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use sos_protocol::ambient::{Entropy, SystemEntropy};

use super::error::{Doing, Result, StackError};
use super::folder::wait_until_left;
use super::log::Log;
use super::port::free_port;
use super::process::{Process, supervised};
use super::scratch::{Scratch, private_folder};
use super::wait;

/// How long Redis gets to answer PING; it reads its append-only file first.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long an orderly shutdown may take before SIGKILL.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How often a start is tried when another program takes the port first.
const ATTEMPTS: usize = 5;
/// How long Redis may take to answer a command of this module.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// How many logical databases it has: enough for one a test.
pub const DATABASES: u16 = 1024;

/// A running private Redis. Dropping it stops it.
#[derive(Debug)]
pub struct RedisServer {
    data: PathBuf,
    port: u16,
    password: String,
    log: Log,
    scratch: Arc<Scratch>,
    process: Mutex<Option<Process>>,
}

impl RedisServer {
    /// Starts Redis on the data folder `data`, which is made when it is not there, with its log in
    /// `scratch`. Every acknowledged write is on disk (`appendfsync always`).
    ///
    /// # Errors
    /// When Redis is not installed, another one works in the folder, or the start fails or takes longer
    /// than 60 s.
    pub fn start(data: &Path, scratch: Arc<Scratch>) -> Result<Self> {
        private_folder(data, scratch.account())?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let server = Self::stopped(data, Arc::clone(&scratch))?;
            match server.restart() {
                Ok(()) => return Ok(server),
                Err(StackError::Ended { log, .. }) if attempt < ATTEMPTS && log.contains("in use") => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn stopped(data: &Path, scratch: Arc<Scratch>) -> Result<Self> {
        let no_port = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        let port = free_port().ok_or(no_port).doing("looking for a free loopback port")?;
        let log = Log::in_folder(&scratch.folder("redis-log")?);
        let mut password = [0; 24];
        SystemEntropy.fill(&mut password);
        let password = password.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { data: data.to_path_buf(), port, password, log, scratch, process: Mutex::new(None) })
    }

    /// The connection URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of_database(0)
    }

    /// The connection URL of a logical database below [`DATABASES`]; `FLUSHALL` and publish-subscribe
    /// reach across them.
    #[must_use]
    pub fn url_of_database(&self, database: u16) -> String {
        format!("redis://:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The loopback port, for a proxy in a fault test.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sends one inline command (words without spaces) and returns the answer as Redis writes it, with
    /// all lines of an array. For tests and set-up.
    ///
    /// # Errors
    /// When Redis is not there or does not answer within 2 s.
    pub fn ask(&self, command: &str) -> Result<String> {
        self.exchange(command).doing("asking Redis")
    }

    /// Kills Redis as a power cut of the process would.
    pub fn kill(&self) {
        if let Some(process) = self.slot().take() {
            process.kill();
        }
    }

    /// Freezes Redis: connections stay open, nothing answers.
    pub fn pause(&self) {
        if let Some(process) = self.slot().as_ref() {
            process.signal(Signal::STOP);
        }
    }

    /// Lets a frozen Redis go on.
    pub fn resume(&self) {
        if let Some(process) = self.slot().as_ref() {
            process.signal(Signal::CONT);
        }
    }

    /// Whether its process ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.slot().as_ref().is_some_and(|process| process.ended().is_some())
    }

    /// Stops Redis in an orderly way, within 10 s, or kills it.
    pub fn stop(&self) {
        if let Some(process) = self.slot().take() {
            process.signal(Signal::CONT);
            process.stop(Signal::TERM, STOP_LIMIT);
        }
    }

    /// Starts Redis again after [`stop`](Self::stop) or [`kill`](Self::kill), with the same data, port and
    /// password; stops it first when it runs.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when another program took the port meanwhile.
    pub fn restart(&self) -> Result<()> {
        self.stop();
        wait_until_left(&self.data)?;
        let process = self.spawn()?;
        let outcome = self.wait_until_ready(&process);
        // Also a Redis that is not ready goes into the slot, so that it is stopped.
        *self.slot() = Some(process);
        outcome
    }

    fn slot(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self) -> Result<Process> {
        let program = super::redis_program::find()?;
        let log = self.log.open()?;
        let mut command = supervised(program, self.scratch.account(), "TERM");
        command.arg("-").stdin(Stdio::piped());
        command.stdout(log.try_clone().doing("opening a log")?).stderr(log);
        Process::spawn(command, self.settings().into_bytes())
    }

    /// Given on standard input, so that the password is in no file and no process list.
    fn settings(&self) -> String {
        let data = self.data.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "bind 127.0.0.1\nport {}\nrequirepass {}\ndir \"{data}\"\ndaemonize no\n\
             appendonly yes\nappendfsync always\nno-appendfsync-on-rewrite no\nsave \"\"\n\
             maxmemory-policy noeviction\ndatabases {DATABASES}\nloglevel warning\nlogfile \"\"\n",
            self.port, self.password
        )
    }

    fn wait_until_ready(&self, process: &Process) -> Result<()> {
        let ready = || -> Option<bool> {
            if process.ended().is_some() {
                return Some(false);
            }
            // The password makes sure that it is ours: another Redis on the port would refuse it.
            self.exchange("PING").is_ok_and(|answer| answer == "+PONG").then_some(true)
        };
        match wait::until(START_LIMIT, Duration::from_millis(5), ready) {
            Some(true) => Ok(()),
            Some(false) => Err(StackError::Ended { name: "Redis", log: self.log.tail() }),
            None => {
                let limit_secs = START_LIMIT.as_secs();
                Err(StackError::Slow { name: "Redis", limit_secs, log: self.log.tail() })
            }
        }
    }

    fn exchange(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.write_all(format!("AUTH {}\r\n{command}\r\nQUIT\r\n", self.password).as_bytes())?;
        let mut lines = BufReader::new(stream).take(1 << 20).lines();
        if lines.next().transpose()?.as_deref() != Some("+OK") {
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
        let mut answer: Vec<String> = lines.collect::<std::io::Result<_>>()?;
        // The answer to QUIT.
        answer.pop();
        Ok(answer.join("\n"))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}
