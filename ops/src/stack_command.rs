//! `sos-ops stack`: the stores alone, for browser tests and for preparing checked queries.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use sos_ops::stack::{Stack, StackConfig};
use sos_ops::stop::StopFlag;

/// How often a signal is looked for.
const STEP: Duration = Duration::from_millis(50);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the data is kept; without it, in a new folder that is removed afterwards
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Runs the stores until standard input closes or the process is asked to stop.
pub(crate) fn run(arguments: &Arguments, stop: &StopFlag) -> Result<()> {
    let stack = Stack::start(&StackConfig { data_dir: arguments.data.clone(), ..StackConfig::default() })?;
    let urls = serde_json::json!({
        "database_url": stack.database_url(),
        "superuser_url": stack.superuser_url(),
        "redis_url": stack.redis_url(),
    });
    let mut out = std::io::stdout();
    writeln!(out, "{urls}")?;
    out.flush()?;
    let closed = stop.clone();
    // Not joined: when a signal comes first, it still reads, and ends with the process.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().by_ref(), &mut std::io::sink());
        closed.set();
    });
    while !stop.is_set() {
        std::thread::sleep(STEP);
    }
    stack.stop();
    Ok(())
}
