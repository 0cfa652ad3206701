//! Stores and nodes of one run, and whoever starts them again: what a supervisor does on a real machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use super::disk::Disk;
use super::network::Place;
use super::node::Node;
use super::people::{People, random_text};
use crate::server_program::ServerProgram;
use crate::stack::{Stack, StackConfig, free_port};
use crate::stop::StopFlag;

/// Time of a node to go down in an orderly way, in seconds.
const DRAIN_S: u64 = 5;
/// Nodes have the same address for phones and for consoles; in a network of its own they have one for each, so that
/// the one can be cut off without the other.
const FOR_PHONES: Ipv4Addr = Ipv4Addr::LOCALHOST;
const FOR_CONSOLES: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A part that can be away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A node, by its number.
    Node(usize),
    Redis,
    Postgres,
}

/// How a cluster is made.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) nodes: usize,
    /// Duty officers; each has a console.
    pub(super) officers: usize,
    /// Workers with a code for a phone.
    pub(super) workers: usize,
    /// It runs in a network of its own.
    pub(super) apart: bool,
    /// The store whose disk can be full.
    pub(super) small_disk: Option<Part>,
    /// Settings of the first node only.
    pub(super) first_node: Vec<(&'static str, String)>,
    /// Where the nodes' logs go; without it, to a folder that does not stay.
    pub(super) logs: Option<PathBuf>,
}

/// A running cluster. Dropping it ends all of it.
#[derive(Debug)]
pub(super) struct Cluster {
    // In the order in which they must be dropped.
    nodes: Vec<Node>,
    stack: Stack,
    disk: Option<Disk>,
    program: ServerProgram,
    apart: bool,
    /// What ended by itself and was started again.
    restarted: Mutex<Vec<String>>,
    _logs: Option<tempfile::TempDir>,
}

impl Cluster {
    /// Starts stores and nodes, with the people. Blocks for some seconds.
    ///
    /// # Errors
    /// When a part does not start.
    pub(super) fn start(shape: &Shape, stop: &StopFlag) -> Result<(Self, People)> {
        let disk = shape.small_disk.map(|_| Disk::mount()).transpose()?;
        let place = |part, name| {
            let disk = disk.as_ref().filter(|_| shape.small_disk == Some(part))?;
            Some(disk.path().join(name))
        };
        let stack = Stack::start(&StackConfig {
            data_dir: None,
            postgres_dir: place(Part::Postgres, "postgres"),
            redis_dir: place(Part::Redis, "redis"),
            postgres_on_tcp: shape.apart,
        })?;
        let program = ServerProgram::beside_this_one(vec![
            ("DATABASE_URL", stack.database_url()),
            ("REDIS_URL", stack.redis_url()),
            ("SOS_SECRET", random_text()),
            ("SOS_ATTACHMENTS", stack.data_dir().join("attachments").display().to_string()),
            ("SOS_COOKIE_SECURE", "false".into()),
            ("SOS_DRAIN_S", DRAIN_S.to_string()),
            ("SOS_LOG", std::env::var("SOS_LOG").unwrap_or_else(|_| "warn".into())),
        ])?;
        program.run(&["migrate"], "")?;
        let people = People::load(&program, shape.officers, shape.workers)?;
        let (folder, passing) = log_folder(shape.logs.as_deref())?;
        let nodes = start_nodes(shape, &program, &folder)?;
        let restarted = Mutex::default();
        let cluster = Self { nodes, stack, disk, program, apart: shape.apart, restarted, _logs: passing };
        cluster.wait_until_ready(stop)?;
        Ok((cluster, people))
    }

    /// Waits until every node has both stores.
    ///
    /// # Errors
    /// When one has not within a minute.
    pub(super) fn wait_until_ready(&self, stop: &StopFlag) -> Result<()> {
        self.nodes.iter().try_for_each(|node| node.wait_until_ready(stop))
    }

    /// `sos-server` on the cluster's stores.
    pub(super) fn program(&self) -> &ServerProgram {
        &self.program
    }

    /// A way into the database that no fault of the network cuts.
    pub(super) fn database_url(&self) -> String {
        self.stack.postgres().socket_url(crate::stack::APP_ROLE)
    }

    /// Where phones connect to.
    pub(super) fn gateways(&self) -> Vec<SocketAddr> {
        self.addresses(FOR_PHONES)
    }

    /// Where consoles connect to.
    pub(super) fn console_addresses(&self) -> Vec<SocketAddr> {
        self.addresses(if self.apart { FOR_CONSOLES } else { FOR_PHONES })
    }

    fn addresses(&self, ip: Ipv4Addr) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| SocketAddr::from((ip, node.port()))).collect()
    }

    /// How the network sees the gateways, as phones reach them.
    pub(super) fn gateway_places(&self) -> Vec<Place> {
        self.nodes.iter().map(|node| Place { ip: FOR_PHONES, port: node.port() }).collect()
    }

    /// How the network sees a store.
    ///
    /// # Errors
    /// For a part that is no store, or has no port.
    pub(super) fn store_place(&self, part: Part) -> Result<Place> {
        let port = match part {
            Part::Redis => Some(self.stack.redis().port()),
            Part::Postgres => self.stack.postgres().port(),
            Part::Node(_) => None,
        };
        Ok(Place { ip: Ipv4Addr::LOCALHOST, port: port.context("this part has no port to cut off")? })
    }

    /// The disk that can be full.
    ///
    /// # Errors
    /// When the cluster was made without.
    pub(super) fn disk(&self) -> Result<&Disk> {
        self.disk.as_ref().context("the cluster was made without a small disk")
    }

    /// As a power cut would.
    ///
    /// # Errors
    /// When its processes do not go.
    pub(super) fn kill(&self, part: Part) -> Result<()> {
        match part {
            Part::Node(number) => self.nodes[number].kill(),
            Part::Redis => self.stack.kill_redis(),
            Part::Postgres => self.stack.kill_postgres()?,
        }
        Ok(())
    }

    /// Its connections stand, nothing answers.
    pub(super) fn pause(&self, part: Part) {
        match part {
            Part::Node(number) => self.nodes[number].pause(),
            Part::Redis => self.stack.redis().pause(),
            Part::Postgres => self.stack.postgres().pause(),
        }
    }

    /// Lets it go on.
    pub(super) fn resume(&self, part: Part) {
        match part {
            Part::Node(number) => self.nodes[number].resume(),
            Part::Redis => self.stack.redis().resume(),
            Part::Postgres => self.stack.postgres().resume(),
        }
    }

    /// Stops it in an orderly way.
    pub(super) fn stop(&self, part: Part) {
        match part {
            Part::Node(number) => self.nodes[number].drain(),
            Part::Redis => self.stack.redis().stop(),
            Part::Postgres => self.stack.postgres().stop(),
        }
    }

    /// Starts it where it does not run; a store is ready then.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start_again(&self, part: Part) -> Result<()> {
        match part {
            Part::Node(number) => self.nodes[number].start_again(),
            Part::Redis => Ok(self.stack.restart_redis()?),
            Part::Postgres => Ok(self.stack.restart_postgres()?),
        }
    }

    /// How many nodes it has.
    pub(super) fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Starts again what ended by itself, except what is `away` because of the fault.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn mend(&self, away: &[Part]) -> Result<()> {
        let nodes = self.nodes.iter().enumerate();
        let ended = nodes.filter_map(|(number, node)| {
            node.ended()
                .map(|status| (Part::Node(number), format!("node {number} ended by itself ({status})")))
        });
        let redis = self.stack.redis().has_ended().then(|| (Part::Redis, "Redis ended by itself".into()));
        let postgres =
            self.stack.postgres().has_ended().then(|| (Part::Postgres, "Postgres ended by itself".into()));
        for (part, what) in ended.chain(redis).chain(postgres).filter(|(part, _)| !away.contains(part)) {
            self.restarted.lock().unwrap_or_else(PoisonError::into_inner).push(what);
            self.start_again(part)?;
        }
        Ok(())
    }

    /// What ended by itself and was started again so far.
    pub(super) fn restarted(&self) -> Vec<String> {
        self.restarted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What Redis says of alerts that wait to be recorded: entries in the stream, then those handed out and not done.
    pub(super) fn waiting(&self) -> String {
        let ask = |command: &str| {
            let answer = self.stack.redis().ask(command).unwrap_or_else(|error| error.to_string());
            answer.replace('\n', " ")
        };
        format!("XLEN {}; XINFO GROUPS {}", ask("XLEN sos:alerts"), ask("XINFO GROUPS sos:alerts"))
    }

    /// The nodes' logs.
    pub(super) fn logs(&self) -> impl Iterator<Item = &PathBuf> {
        self.nodes.iter().map(Node::log)
    }
}

fn log_folder(wanted: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>)> {
    if let Some(wanted) = wanted {
        std::fs::create_dir_all(wanted).with_context(|| format!("making {}", wanted.display()))?;
        return Ok((wanted.to_owned(), None));
    }
    let passing =
        tempfile::Builder::new().prefix("sos-logs-").tempdir().context("making a folder for logs")?;
    Ok((passing.path().to_owned(), Some(passing)))
}

fn start_nodes(shape: &Shape, program: &ServerProgram, folder: &Path) -> Result<Vec<Node>> {
    let ip = if shape.apart { Ipv4Addr::UNSPECIFIED } else { FOR_PHONES };
    let start = |number| {
        let port = free_port().context("no free loopback port for a node")?;
        let mut program = program.clone();
        if number == 0 {
            program = program.with(shape.first_node.iter().cloned());
        }
        Node::start(&program, ip, port, folder.join(format!("node-{number}.log")))
    };
    (0..shape.nodes).map(start).collect()
}
