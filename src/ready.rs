//! `mesh sandbox`: the sandbox Telegram alone.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use sandbox::world::{Clock, World};
use sandbox::{Ready, Sandbox, Settings, worlds};

use crate::stop;

/// `mesh sandbox`
#[derive(Args)]
#[command(after_long_help = TEACHING)]
pub struct Options {
    /// Print one line of JSON when ready: addresses, the RSA key, accounts with codes, bots with tokens.
    #[arg(long)]
    ready_json: bool,
    /// The world, as a TOML file. Without it: Ely, Alex, Sam and a bridge account, the mesh's bot and three agents in
    /// one basic group.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Print the annotated example of a world's file, and end.
    #[arg(long, conflicts_with_all = ["ready_json", "world"])]
    example_world: bool,
    /// Draw everything from this number (keys, codes, salts): the same again in every run.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Where the world reads the time: "system", "virtual", or a time such as 2026-02-01T10:00:00Z at which a virtual
    /// clock begins. A virtual clock stands still until the control door moves it.
    #[arg(long, value_name = "CLOCK", default_value = "system")]
    clock: ClockChoice,
    /// Where user clients connect.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    mtproto: SocketAddr,
    /// Where bots connect.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bot_api: SocketAddr,
    /// Where the page and the control door are.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
}

/// What `--help` teaches below the options.
const TEACHING: &str = "\
First steps:
  mesh sandbox
      Prints where everything is. Open the page in a browser: choose who you are, write, tap.
  mesh sandbox --ready-json > ready.json
      For tests: wait for the line, read addresses, codes and tokens from it.

A bot (any library that lets you set the API's address):
  python-telegram-bot   ApplicationBuilder().base_url(bot_api + \"/bot\").base_file_url(bot_api + \"/file/bot\")
  aiogram               AiohttpSession(api=TelegramAPIServer.from_base(bot_api))
  teloxide              Bot::new(token).set_api_url(bot_api.parse()?)
  grammY                new Bot(token, { client: { apiRoot: bot_api } })

A user account:
  Telethon              rsa.add_key(rsa_key_pem, old=False); session.set_dc(2, host, port); any api_id and api_hash
  grammers              knows only Telegram's own RSA keys: ask the control door for an auth key (POST /key), put it
                        into the session for data centre 2

By hand, at the control door:
  curl -d '{\"as\":\"Ely\",\"chat\":\"Mesh Mastermind\",\"text\":\"hello\"}' $CONTROL/post
  curl -d '{\"fault\":\"flood_wait\",\"method\":\"messages.sendMessage\",\"seconds\":3}' $CONTROL/fault
  curl -d '{\"advance\":3600}' $CONTROL/clock

docs/sandbox.md in the sources has a program for each library, every request of the control door and every fault.
Nothing is ever sent off this machine, and only this machine can connect.";

/// 2026-01-01T00:00:00Z: where a virtual clock begins unless told otherwise.
const VIRTUAL_START: i64 = 1_767_225_600;

/// `--clock`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClockChoice {
    System,
    /// From this Unix second on.
    Virtual(i64),
}

impl FromStr for ClockChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "system" => Ok(Self::System),
            "virtual" => Ok(Self::Virtual(VIRTUAL_START)),
            text => text
                .parse::<Timestamp>()
                .map(|at| Self::Virtual(at.as_second()))
                .map_err(|_| "expected system, virtual, or a time such as 2026-02-01T10:00:00Z".to_owned()),
        }
    }
}

impl ClockChoice {
    fn clock(self) -> Clock {
        match self {
            Self::System => Clock::System,
            Self::Virtual(start) => Clock::manual(start),
        }
    }
}

/// Runs the sandbox until a signal.
///
/// # Errors
/// A world's file with faults, all of them; an address that is not on this machine or is taken.
pub async fn sandbox(options: &Options) -> anyhow::Result<ExitCode> {
    if options.example_world {
        print!("{}", worlds::EXAMPLE);
        return Ok(ExitCode::SUCCESS);
    }
    let stop = stop::on_signal()?;
    let settings = Settings {
        mtproto_addr: options.mtproto,
        bot_api_addr: options.bot_api,
        control_addr: options.control,
        world: world(options)?,
        seed: options.seed,
    };
    let sandbox = Sandbox::start(settings).await.context("the sandbox can't start")?;
    let ready = sandbox.ready();
    if options.ready_json {
        print_json(&ready)?;
    } else {
        print_for_people(&ready)?;
    }
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn world(options: &Options) -> anyhow::Result<World> {
    let clock = options.clock.clock();
    let Some(file) = &options.world else { return Ok(World::mastermind_at(clock)) };
    let source =
        std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    worlds::read(&source, clock, options.seed).map_err(|faults| anyhow::anyhow!(told(file, &faults)))
}

/// All faults, a line each.
fn told(file: &Path, faults: &[worlds::WorldFault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    format!("{} has faults:\n{}", file.display(), lines.join("\n"))
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
    let said = serde_json::json!({
        "as": ready.accounts.first().map(|account| &account.name),
        "chat": ready.chats.first().map(|chat| &chat.title),
        "text": "🔒 EXCLUSIVE CLAIM: rotate the hooks token",
    });
    writeln!(out, "  curl -d '{said}' {}/post", ready.control)?;
    out.flush().context("standard output")
}
