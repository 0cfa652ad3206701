//! Checkpoints and proofs at the command line.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use serde::Serialize;
use sos_protocol::CaseId;
use sos_protocol::ledger::{Checkpoint, LedgerKey};

use crate::app::Ambient;
use crate::auth::signing::{self, Signer};
use crate::case_file;
use crate::checkpoints::proof::{self, ProofFile};
use crate::checkpoints::{CheckpointError, Checkpoints, Fault, proving};
use crate::config::Config;
use crate::store::Store;

/// Longest file that is read, in bytes: more than the longest proof that is made.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// How many entries are read between two words on how far it is.
const TOLD_EVERY: u64 = 500_000;

/// The commands.
#[derive(Subcommand)]
pub enum Proofs {
    /// Write the latest checkpoint of the ledger into a new file, to be kept elsewhere.
    Checkpoint {
        /// Make one of all entries there are, if the latest has fewer.
        #[arg(long)]
        now: bool,
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Check that the ledger is the one of a checkpoint that was kept, with whatever entries came behind it. Every entry is
    /// read. Ends with 0: it is; 1: it is not, and what is wrong; 2: that cannot be told.
    VerifyCheckpoint {
        /// The checkpoint.
        #[arg(long)]
        file: PathBuf,
        /// A public key that it may be signed with, as /api/ledger/key gives it; without one, the service's own.
        #[arg(long)]
        key: Vec<PathBuf>,
    },
    /// Write the proof that the ledger only grew since a checkpoint that was kept, up to the latest one.
    ProveGrowth {
        /// The older checkpoint.
        #[arg(long)]
        from: PathBuf,
        /// The new file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write a case's entries with the proofs that they are in the ledger of the latest checkpoint. Personal parts stay encrypted.
    ProveCase {
        /// The case's id or number.
        #[arg(long)]
        case: CaseArg,
        /// The new file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Check a checkpoint or a proof, anywhere: no database and no settings are needed. Ends with 0: whole; 1: broken, and what;
    /// 2: unreadable.
    VerifyProof(VerifyProof),
    /// Check an electronic case file, as anywhere. Ends as `verify-proof` does.
    VerifyFile {
        /// The file.
        file: PathBuf,
        /// The public key that it must be signed with, as /api/ledger/key gives it.
        #[arg(long)]
        key: PathBuf,
    },
}

/// A file to check.
#[derive(Args)]
pub struct VerifyProof {
    /// The file.
    pub file: PathBuf,
    /// A public key that it may be signed with, as /api/ledger/key gives it. Without one, only that the file is whole is known,
    /// not whose it is.
    #[arg(long)]
    pub key: Vec<PathBuf>,
}

/// A case on the command line.
#[derive(Clone)]
pub enum CaseArg {
    /// By its id.
    Id(CaseId),
    /// By its number.
    Number(i64),
}

impl std::str::FromStr for CaseArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let id = text.parse().map(Self::Id);
        id.or_else(|_| text.parse().map(Self::Number)).map_err(|_| "a case's id or number".to_owned())
    }
}

/// With what a command ends that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCodes {
    /// 1, whatever it is.
    Plain,
    /// 1 if what was checked is broken, 2 for everything else.
    Check,
}

impl ExitCodes {
    /// The code for `error`.
    #[must_use]
    pub fn of(self, error: &anyhow::Error) -> ExitCode {
        let fault = match error.downcast_ref::<CheckpointError>() {
            Some(CheckpointError::Ledger(fault)) => Some(fault),
            _ => error.downcast_ref::<Fault>(),
        };
        match (self, fault) {
            (Self::Plain, _) | (Self::Check, Some(Fault::Broken { .. })) => ExitCode::FAILURE,
            (Self::Check, _) => ExitCode::from(2),
        }
    }
}

impl Proofs {
    /// With what it ends if it fails.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCodes {
        match self {
            Self::VerifyCheckpoint { .. } | Self::VerifyProof(_) | Self::VerifyFile { .. } => {
                ExitCodes::Check
            }
            Self::Checkpoint { .. } | Self::ProveGrowth { .. } | Self::ProveCase { .. } => ExitCodes::Plain,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// With words for the person at the terminal.
    pub async fn run(self, config: &Config, store: &Store, ambient: &Ambient) -> anyhow::Result<()> {
        let signer = Signer::new(&config.secret)?;
        let own = signer.public().clone();
        let checkpoints = Checkpoints::new(store.clone(), signer, ambient.clock.clone());
        match self {
            Self::Checkpoint { now, out } => {
                let checkpoint = checkpoints.latest(now).await?;
                write_new(&out, &checkpoint)?;
                println!("{} entries, signed with {}", checkpoint.tree_size, checkpoint.key.kid);
                Ok(())
            }
            Self::VerifyCheckpoint { file, key } => {
                let known = if key.is_empty() { vec![own] } else { keys(&key)? };
                verify_checkpoint(store, &proof::read(&read_file(&file)?)?, &known).await
            }
            Self::ProveGrowth { from, out } => {
                let old: Checkpoint = proof::read(&read_file(&from)?)?;
                let growth = proving::growth(store, old, checkpoints.latest(false).await?).await?;
                write_new(&out, &growth)?;
                println!("grew from {} to {} entries", growth.old.tree_size, growth.new.tree_size);
                Ok(())
            }
            Self::ProveCase { case, out } => {
                prove_case(store, &case, checkpoints.latest(false).await?, &out).await
            }
            Self::VerifyProof(_) | Self::VerifyFile { .. } => self.anywhere().unwrap_or(Ok(())),
        }
    }

    /// Does what needs no service, no database and no settings. None: it is not such a command.
    pub fn anywhere(&self) -> Option<anyhow::Result<()>> {
        match self {
            Self::VerifyProof(proof) => Some(proof.verify()),
            Self::VerifyFile { file, key } => {
                Some(case_file::verify(file, key).map(|said| println!("{said}")))
            }
            Self::Checkpoint { .. }
            | Self::VerifyCheckpoint { .. }
            | Self::ProveGrowth { .. }
            | Self::ProveCase { .. } => None,
        }
    }
}

async fn verify_checkpoint(
    store: &Store,
    checkpoint: &Checkpoint,
    known: &[LedgerKey],
) -> anyhow::Result<()> {
    let mut told = TOLD_EVERY;
    let tell = |entries| {
        if entries >= told {
            eprintln!("{entries} of {} entries", checkpoint.tree_size);
            told = entries + TOLD_EVERY;
        }
    };
    proving::verify_ledger(store, checkpoint, known, tell).await?;
    println!("whole: the first {} entries are those that were signed", checkpoint.tree_size);
    Ok(())
}

async fn prove_case(store: &Store, case: &CaseArg, checkpoint: Checkpoint, out: &Path) -> anyhow::Result<()> {
    let which = match case {
        CaseArg::Id(id) => (Some(*id), None),
        CaseArg::Number(number) => (None, Some(*number)),
    };
    let (file, is_all) = proving::case(store, which, checkpoint).await?;
    write_new(out, &file)?;
    println!("{} entries, in the checkpoint of {}", file.entries.len(), file.checkpoint.tree_size);
    if !is_all {
        println!("the case has newer entries, which are in no checkpoint yet (admin checkpoint --now)");
    }
    Ok(())
}

impl VerifyProof {
    /// Checks the file, and says what it shows.
    ///
    /// # Errors
    /// A [`Fault`] that says what is wrong.
    pub fn verify(&self) -> anyhow::Result<()> {
        let known = keys(&self.key)?;
        let file = ProofFile::read(&read_file(&self.file)?)?;
        file.verify(&known)?;
        match &file {
            ProofFile::Checkpoint(checkpoint) => {
                println!("whole: a checkpoint of {} entries", checkpoint.tree_size);
            }
            ProofFile::Growth(growth) => {
                let (old, new) = (growth.old.tree_size, growth.new.tree_size);
                println!("whole: the ledger of {new} entries begins with the one of {old}");
            }
            ProofFile::Case(case) => {
                let (count, size) = (case.entries.len(), case.checkpoint.tree_size);
                println!("whole: {count} entries of case {} are in the ledger of {size}", case.case_id);
            }
        }
        if known.is_empty() {
            let kids = file.kids().join(", ");
            println!("whose it is was not checked: signed with key {kids}; compare, or give it with --key");
        }
        Ok(())
    }
}

fn keys(files: &[PathBuf]) -> anyhow::Result<Vec<LedgerKey>> {
    let read = |file: &PathBuf| {
        let read: LedgerKey = proof::read(&read_file(file)?)?;
        ensure!(signing::point(&read).is_some(), Fault::Unreadable(format!("{}: no key", file.display())));
        Ok(read)
    };
    files.iter().map(read).collect()
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut bytes = vec![];
    let count = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    if count.with_context(|| path.display().to_string())? as u64 > FILE_BYTES_MAX {
        bail!(Fault::Unreadable(format!("{}: longer than {FILE_BYTES_MAX} bytes", path.display())));
    }
    Ok(bytes)
}

/// Never over a file that is there: it may be the one copy of an older checkpoint.
fn write_new(path: &Path, what: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(what)?;
    text.push('\n');
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
    Ok(file.sync_all()?)
}
