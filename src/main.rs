//! `mesh`: a Telegram that agent operators can trust. This file reads the arguments and hands over to one file per
//! subcommand.

mod agents;
mod cli;
mod control;
mod demo;
mod dispatch;
mod doctor;
mod engine;
mod fail_point;
mod health;
mod history;
mod hooks;
mod init;
mod logging;
mod node;
mod parse;
mod perform;
mod permissions;
mod ready;
mod replay;
mod run;
mod secret;
mod service;
mod sign_in;
mod standing;
mod state;
mod status;
mod stop;
mod supervisor;
mod tokens;

use std::io::{BufWriter, stdin, stdout};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use self::cli::pipe::quietly;

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
    /// Write a configuration: asks for what it must, takes over what an earlier mesh left, and makes the first Exec's link.
    Init(init::Options),
    /// Run the node that a configuration describes, until SIGTERM or ctrl-c.
    ///
    /// config/mesh.example.toml in the sources shows every key.
    Run(run::Options),
    /// Sign the bridge's account in to Telegram, once: by a code, or by a QR code.
    #[command(after_long_help = cli::login::TEACHING)]
    Login(cli::login::Options),
    /// Import, export, show or end the session of the bridge's account.
    Session(cli::session::Options),
    /// Run the sandbox Telegram alone, for testing your own bot or user client against it.
    ///
    /// Two doors on 127.0.0.1: MTProto (Telethon, grammers) and Bot API (teloxide, python-telegram-bot, aiogram,
    /// grammY). Nothing leaves this machine.
    Sandbox(ready::Options),
    /// Tell what the mesh would understand of a message on standard input, as JSON.
    ///
    /// Example: printf '🔒 EXCLUSIVE CLAIM: rotate the hooks token\nETA: 20 min' | mesh parse
    Parse(ParseOptions),
    /// Replay a recorded log and show what the mesh would have done, then the state as JSON.
    ///
    /// Each line: {"at":"2026-02-01T10:00:00Z","id":1,"from":"Sandman","text":"…"}. Same input, same bytes.
    Replay(replay::Options),
    /// Claim a task: yours alone if it is free, with a fence.
    #[command(after_help = CLAIM_HELP)]
    Claim(cli::say::Claim),
    /// Say that a task is done.
    #[command(after_help = cli::EXIT_CODES)]
    Done(cli::say::Done),
    /// Offer a task of yours to somebody else.
    #[command(after_help = cli::EXIT_CODES)]
    Handoff(cli::say::Handoff),
    /// Give a task of yours up, undone.
    #[command(after_help = cli::EXIT_CODES)]
    Release(cli::say::Release),
    /// Ask whether anybody is at a task, or at something like it, or was in the last week.
    #[command(after_help = cli::EXIT_CODES)]
    Preflight(cli::preflight::Options),
    /// Tell how a task came to its owner: every fact with its time and its message.
    #[command(after_help = cli::EXIT_CODES)]
    Why(cli::why::Options),
    /// Tell how the running node is: account, bot, what it heard, what waits, what is wrong and what to do.
    #[command(after_help = cli::status::EXIT_CODES)]
    Status(cli::status::Options),
    /// Say something in the group, by an account of the running node.
    #[command(after_help = POST_HELP)]
    Post(cli::speak::InGroup),
    /// Say something to somebody in private, by an account of the running node.
    #[command(after_help = POST_HELP)]
    Dm(cli::speak::InPrivate),
    /// Press an inline button of a bot, by an account of the running node, and show what the bot answers.
    #[command(after_help = TAP_HELP)]
    Tap(cli::speak::Press),
    /// Show what was ordered, by whom, and what came of it; `audit verify` proves that nothing was altered.
    #[command(after_help = cli::EXIT_CODES)]
    Audit(cli::audit::Options),
    /// Tell how the agents answer: latency, uptime of seven days, who can't be reached.
    #[command(after_help = cli::agents::EXIT_CODES)]
    Ping(cli::agents::Options),
    /// One agent: ask its gateway, restart, pause or resume it, show or change its settings.
    #[command(after_help = AGENT_HELP)]
    Agent(cli::agent::Options),
    /// Show the last lines of an agent's log, and with -f those that come.
    #[command(after_help = cli::agent::EXIT_CODES)]
    Logs(cli::agent::Logs),
    /// Give an agent another token for the node's door; the old one is good for a while.
    #[command(after_help = cli::token::EXIT_CODES)]
    Token(cli::token::Options),
    /// Bring a secret to an agent's machine by the system's OpenSSH, or look at what lies there.
    #[command(after_help = secret::HELP)]
    Secret(secret::Options),
    /// Run beside agents on their machine, so that the node of the mesh can ask, restart and pause them there.
    ///
    /// It needs no Telegram: of its configuration [[agents]] with a driver, [[nodes]] and [hooks] are read. The gateway's own
    /// token stays on this machine; the other node shows a token of its own.
    Beside(agents::beside::Options),
    /// Show who has what, as the running node of a configuration knows it.
    #[command(after_help = cli::EXIT_CODES)]
    Claims(cli::claims::Options),
    /// Look at everything a node needs, running or not, and tell what to do about each fault.
    #[command(after_help = doctor::EXIT_CODES)]
    Doctor(doctor::Options),
    /// Run the node as a service of this machine: a systemd unit, or a launchd property list.
    Service(service::Options),
    /// Print the paragraph for the instructions of an agent (AGENTS.md): how to claim, hand off, stand down.
    AgentsMd,
}

const CLAIM_HELP: &str = "Examples:
  mesh claim \"rotate the hooks token\" --eta 30m
  mesh claim \"api keys\" --as Oracle --json
  mesh claim \"review the docs\" --shared

Exit codes: 0 it is yours; 1 it is not, the text says why; 2 the node can't be reached or did not answer;
64 the command was not understood; 78 the configuration is wrong.";

const AGENT_HELP: &str = "Examples:
  mesh agent Oracle ping
  mesh agent Oracle restart
  mesh agent Oracle pause --as Ely
  mesh agent Oracle config agents.defaults.model

Exit codes: 0 done; 1 refused, or it does not answer, the text says why; 2 the node can't be reached; 64 the command was \
not understood; 78 the configuration is wrong.";

const POST_HELP: &str = "A dedicated account does it; somebody's own only with relay = true in its configuration, for what it \
says is that person's word to everybody. The mesh itself takes nothing that was said so for anybody's word, and refuses \
words that would count as a claim or an order.

Examples:
  mesh post \"Deploy at 14:00, all hands off main please.\"
  mesh dm Oracle \"the staging key is in the vault\"
  mesh dm @some_bot /start --key start-1

Exit codes: 0 Telegram has it; 1 refused, the text says why; 2 the node can't be reached, or it was not done in time: it \
waits in the outbox and --key asks again; 64 the command was not understood; 78 the configuration is wrong.";

const TAP_HELP: &str = "Examples:
  mesh tap last Approve
  mesh tap 4711 \"Take it\" --json
  mesh tap last Yes --with @some_bot

Exit codes: 0 pressed, and the bot answered; 1 refused or unanswered, the text says why; 2 the node can't be reached; \
64 the command was not understood; 78 the configuration is wrong.";

#[derive(Args)]
struct ParseOptions {
    /// Read one JSON string, or {"text":…}, from each line and answer each with one object on a line.
    #[arg(long)]
    jsonl: bool,
}

fn main() -> ExitCode {
    if fail_point::list_if_asked() {
        return ExitCode::SUCCESS;
    }
    cli::pipe::end_with_the_reader();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error),
    };
    if let Err(error) = logging::start(&arguments.log) {
        return fail(&error);
    }
    match dispatch_command(arguments.command) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// Help and version are what was asked for; anything else was not understood.
fn explain(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { cli::Ended::Misused.into() } else { ExitCode::SUCCESS }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("mesh: {error:#}");
    if cli::account::is_misconfigured(error) { cli::Ended::Misconfigured.into() } else { ExitCode::FAILURE }
}

fn dispatch_command(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(options) => runtime()?.block_on(demo::run(&options)),
        Command::Init(options) => runtime()?.block_on(init::run(&options)),
        Command::Run(options) => runtime()?.block_on(run::run(&options)),
        Command::Login(options) => Ok(cli::account::conclude(runtime()?.block_on(cli::login::run(&options)))),
        Command::Session(options) => {
            Ok(cli::account::conclude(runtime()?.block_on(cli::session::run(&options))))
        }
        Command::Claim(options) => Ok(cli::conclude(runtime()?.block_on(cli::say::claim(&options)))),
        Command::Done(options) => Ok(cli::conclude(runtime()?.block_on(cli::say::done(&options)))),
        Command::Handoff(options) => Ok(cli::conclude(runtime()?.block_on(cli::say::handoff(&options)))),
        Command::Release(options) => Ok(cli::conclude(runtime()?.block_on(cli::say::release(&options)))),
        Command::Preflight(options) => Ok(cli::conclude(runtime()?.block_on(cli::preflight::run(&options)))),
        Command::Why(options) => Ok(cli::conclude(runtime()?.block_on(cli::why::run(&options)))),
        Command::Post(options) => Ok(cli::conclude(runtime()?.block_on(cli::speak::post(&options)))),
        Command::Dm(options) => Ok(cli::conclude(runtime()?.block_on(cli::speak::dm(&options)))),
        Command::Tap(options) => Ok(cli::conclude(runtime()?.block_on(cli::speak::tap(&options)))),
        Command::Claims(options) => Ok(cli::conclude(runtime()?.block_on(cli::claims::run(&options)))),
        Command::Ping(options) => Ok(cli::conclude(runtime()?.block_on(cli::agents::run(&options)))),
        Command::Agent(options) => Ok(cli::conclude(runtime()?.block_on(cli::agent::run(options)))),
        Command::Logs(options) => Ok(cli::conclude(runtime()?.block_on(cli::agent::logs(options)))),
        Command::Token(options) => Ok(cli::conclude(runtime()?.block_on(cli::token::run(&options)))),
        Command::Secret(options) => Ok(cli::conclude(runtime()?.block_on(secret::run(options)))),
        Command::Beside(options) => runtime()?.block_on(agents::beside::run(&options)),
        Command::Status(options) => Ok(cli::conclude(runtime()?.block_on(cli::status::run(&options)))),
        Command::Doctor(options) => quietly(runtime()?.block_on(doctor::run(&options))),
        Command::Service(options) => service::run(&options),
        Command::Audit(options) => Ok(cli::conclude(runtime()?.block_on(cli::audit::run(&options)))),
        Command::AgentsMd => {
            print!("{}", cli::agents_md::TEXT);
            Ok(ExitCode::SUCCESS)
        }
        Command::Sandbox(options) => quietly(runtime()?.block_on(ready::sandbox(&options))),
        Command::Parse(options) => quietly(parse::run(options.jsonl, stdin().lock(), stdout().lock())),
        Command::Replay(options) => {
            let replayed = replay::run(&options, BufWriter::new(stdout().lock()));
            quietly(replayed.map(|()| ExitCode::SUCCESS))
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads for the node")
}
