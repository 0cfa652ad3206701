//! `sos-ops`: the tools behind `ops/up`, `ops/phone`, `ops/demo`, `ops/load` and `ops/faults`.

mod stack_command;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use sos_ops::stop::StopFlag;
use sos_ops::{demo, faults, load, phone, up};

#[derive(Parser)]
#[command(name = "sos-ops", version, about = "Tools beside the SOS server")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the stores and the server with the demo people, and run until Ctrl-C
    Up(up::Settings),
    /// Start only the stores, print their URLs as one line of JSON, and run until standard input closes or
    /// Ctrl-C
    Stack(stack_command::Arguments),
    /// One phone in the hand
    Phone(phone::Arguments),
    /// Demo workers who press, move and write
    Demo(demo::Arguments),
    /// Things that go wrong under load, and whether the promises hold
    Faults(faults::Arguments),
    /// Figures under load, each with its ratio to what this machine can do in the same run
    Load(load::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nsos-ops: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    let stop = StopFlag::install()?;
    match command {
        Command::Up(settings) => tokio::task::spawn_blocking(move || up::run(&settings, &stop)).await?,
        Command::Stack(arguments) => {
            tokio::task::spawn_blocking(move || stack_command::run(&arguments, &stop)).await?
        }
        Command::Phone(arguments) => phone::run(arguments, &stop).await,
        Command::Demo(arguments) => demo::run(arguments, &stop).await,
        Command::Faults(arguments) => faults::run(arguments, &stop).await,
        Command::Load(arguments) => load::run(arguments, &stop).await,
    }
}
