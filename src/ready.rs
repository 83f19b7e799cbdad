//! `mesh sandbox`: the sandbox Telegram alone.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use sandbox::{Ready, Sandbox, Settings};

use crate::stop;

/// Runs the sandbox until a signal.
///
/// # Errors
/// No free port on 127.0.0.1.
pub async fn sandbox(ready_json: bool) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let sandbox = Sandbox::start(Settings::default()).await.context("the sandbox can't start")?;
    let ready = sandbox.ready();
    if ready_json {
        print_json(&ready)?;
    } else {
        print_for_people(&ready)?;
    }
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// One line of JSON.
///
/// # Errors
/// Standard output is closed.
pub fn print_json(ready: &Ready) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(ready)?)?;
    out.flush().context("standard output")
}

/// How to join.
///
/// # Errors
/// Standard output is closed.
pub fn print_for_people(ready: &Ready) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "A Telegram of your own, on this machine only. ctrl-c ends it.\n")?;
    writeln!(out, "  MTProto   {}  (user clients; data centre 2, with the key below)", ready.mtproto)?;
    writeln!(out, "  Bot API   {}", ready.bot_api)?;
    writeln!(out, "  Control   {}", ready.control)?;
    writeln!(out, "  The chats {}  (in a browser)", ready.page)?;
    writeln!(out, "\nSign in as")?;
    for account in &ready.accounts {
        writeln!(out, "  {:<12} phone {}  code {}", account.name, account.phone, account.code)?;
    }
    writeln!(out, "\nBots")?;
    for bot in &ready.bots {
        writeln!(out, "  @{:<26} {}", bot.username, bot.token)?;
    }
    writeln!(out, "\n{}", ready.rsa_key_pem.trim_end())?;
    writeln!(out, "\nOr write without a client:")?;
    let said = r#"{"as":"Ely","chat":"Mesh Mastermind","text":"🔒 EXCLUSIVE CLAIM: rotate the hooks token"}"#;
    writeln!(out, "  curl -d '{said}' {}/post", ready.control)?;
    out.flush().context("standard output")
}
