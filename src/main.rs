//! `mesh`: a Telegram that agent operators can trust. This file reads the arguments and hands over to one file per
//! subcommand.

mod control;
mod demo;
mod dispatch;
mod engine;
mod fail_point;
mod logging;
mod node;
mod parse;
mod perform;
mod ready;
mod replay;
mod run;
mod state;
mod stop;

use std::io::{BufWriter, stdin, stdout};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

/// One owner at a time for every task of your agents, over the Telegram group that you already use.
///
/// Start with `mesh demo`: it needs nothing but this program.
#[derive(Parser)]
#[command(name = "mesh", version, max_term_width = 100)]
struct Arguments {
    /// What to log to standard error: error, warn, info, debug, or a filter such as bridge=debug.
    #[arg(long, global = true, default_value = "warn", env = "MESH_LOG", value_name = "FILTER")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a conversation between people, three agents and the mesh, on a Telegram of its own.
    ///
    /// Starts the sandbox Telegram, a node (bridge account and bot) and three agents on 127.0.0.1, then shows a claim
    /// granted, a second one refused, a stranger denied, a handoff, a stand-down, a button and a private message.
    /// Without an option it stays up afterwards and prints how to join with your own client.
    Demo(demo::Options),
    /// Run the node that a configuration describes, until SIGTERM or ctrl-c.
    ///
    /// config/mesh.example.toml in the sources shows every key.
    Run(run::Options),
    /// Run the sandbox Telegram alone, for testing your own bot or user client against it.
    ///
    /// Two doors on 127.0.0.1: MTProto (Telethon, grammers) and Bot API (teloxide, python-telegram-bot, aiogram,
    /// grammY). Nothing leaves this machine.
    Sandbox(SandboxOptions),
    /// Tell what the mesh would understand of a message on standard input, as JSON.
    ///
    /// Example: printf '🔒 EXCLUSIVE CLAIM: rotate the hooks token\nETA: 20 min' | mesh parse
    Parse(ParseOptions),
    /// Replay a recorded log and show what the mesh would have done, then the state as JSON.
    ///
    /// Each line: {"at":"2026-02-01T10:00:00Z","id":1,"from":"Sandman","text":"…"}. Same input, same bytes.
    Replay(replay::Options),
    /// Show who has what, as the running node of a configuration knows it.
    Claims(run::ClaimsOptions),
}

#[derive(Args)]
struct SandboxOptions {
    /// Print one line of JSON when ready: addresses, the RSA key, accounts with codes, bots with tokens.
    #[arg(long)]
    ready_json: bool,
}

#[derive(Args)]
struct ParseOptions {
    /// Read one JSON string, or {"text":…}, from each line and answer each with one object on a line.
    #[arg(long)]
    jsonl: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = logging::start(&arguments.log) {
        return fail(&error);
    }
    match dispatch_command(arguments.command) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("mesh: {error:#}");
    ExitCode::FAILURE
}

fn dispatch_command(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(options) => runtime()?.block_on(demo::run(&options)),
        Command::Run(options) => runtime()?.block_on(run::run(&options)),
        Command::Claims(options) => runtime()?.block_on(run::claims(&options)),
        Command::Sandbox(options) => runtime()?.block_on(ready::sandbox(options.ready_json)),
        Command::Parse(options) => parse::run(options.jsonl, stdin().lock(), stdout().lock()),
        Command::Replay(options) => {
            replay::run(&options, BufWriter::new(stdout().lock())).map(|()| ExitCode::SUCCESS)
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads for the node")
}
