//! `mesh init`: asks the few things it must, takes over what is there, writes the configuration, and makes the link for
//! the first Exec.

mod seeds;

use std::io::{BufRead, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use commands::fact::{Fact, Ordered};
use commands::permissions;
use jiff::{SignedDuration, Timestamp};
use sessions::{Batch, Became, Cause, Store};

/// The link for the first Exec works for so long.
const LINK_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long Telegram may take to say how the bot is called.
const NAME_WITHIN: Duration = Duration::from_secs(10);
/// The name of the configuration.
const CONFIG: &str = "mesh.toml";
/// The people, and an earlier mesh's file of that name.
const PEOPLE: &str = "permissions.json";
const PEOPLE_BEFORE: &str = "permissions.json.old";
/// Where the bot's token is kept.
const TOKEN: &str = "bot.token";

/// `mesh init`
#[derive(Args)]
pub struct Options {
    /// Where the configuration is written.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Where an earlier mesh left its mesh-config.json, permissions.json or Telethon session.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Only make a new link for an Exec; the node must not be running.
    #[arg(long)]
    link: bool,
    /// Another Bot API than Telegram's own.
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
}

/// What the configuration needs.
struct Answers {
    name: String,
    node: String,
    group: i64,
    token: String,
}

/// Asks, writes, and says what comes next.
///
/// # Errors
/// A configuration that is there already; answers that can't be; the disk.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = options.dir.join(CONFIG);
    if !options.link {
        if config.exists() {
            bail!("{} is there already; edit it, or make a new link with --link", config.display());
        }
        let from = options.from.as_deref().unwrap_or(&options.dir);
        if options.from.is_some() && !from.is_dir() {
            bail!("--from {}: no such folder", from.display());
        }
        let elsewhere = from.canonicalize().ok() != options.dir.canonicalize().ok();
        let found = seeds::read(from, elsewhere)?;
        for line in &found.told {
            println!("{line}");
        }
        keep_what_is_there(options, &found)?;
        let answers = ask(&mut std::io::stdin().lock())?;
        write(options, &answers, &found)?;
    }
    let config = config::load(&config, |name| std::env::var(name).ok())
        .map_err(|faults| anyhow::anyhow!("\n{faults}"))?;
    let word = invite(&config.state_dir)?;
    show_link(&config, &word).await;
    println!("\nNext: mesh run --config {}", options.dir.join(CONFIG).display());
    println!("Agents and an account to hear them with are added there: every key is explained in it or in");
    println!("config/mesh.example.toml of the sources. Without an account, agents are not heard.");
    println!();
    // What is still missing is its answer, and no fault of this.
    let _ = crate::doctor::run(&crate::doctor::Options::of(options.dir.join(CONFIG))).await?;
    Ok(ExitCode::SUCCESS)
}

fn ask(input: &mut impl BufRead) -> anyhow::Result<Answers> {
    let name = question(input, "How is the mesh called?", Some("Mesh Mastermind"), plain)?;
    let node = question(input, "How is this machine called?", Some("node"), plain)?;
    let group = question(
        input,
        "The group's id (negative; add a bot such as @RawDataBot to see it)",
        None,
        |text| {
            let id: i64 = text.parse().map_err(|_| "it is a number".to_owned())?;
            if id < 0 { Ok(id) } else { Err("a group's id is negative".to_owned()) }
        },
    )?;
    let token = question(input, "The token of the mesh's own bot (@BotFather, /newbot)", None, |text| {
        bot::Token::new(text).map(|_| text.to_owned()).map_err(|fault| fault.to_string())
    })?;
    Ok(Answers { name, node, group, token })
}

fn plain(text: &str) -> Result<String, String> {
    let fine = !text.contains(['"', '\\']) && !text.contains(char::is_control);
    if fine { Ok(text.to_owned()) } else { Err("without quotes and backslashes, please".to_owned()) }
}

/// Asks until the answer can be used; where nobody sits there, once.
fn question<T>(
    input: &mut impl BufRead,
    asked: &str,
    default: Option<&str>,
    read: impl Fn(&str) -> Result<T, String>,
) -> anyhow::Result<T> {
    loop {
        let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
        print!("{asked}{shown}: ");
        std::io::stdout().flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            bail!("{asked}: no answer");
        }
        let text = line.trim();
        let text = if text.is_empty() { default.unwrap_or_default() } else { text };
        match read(text) {
            Ok(answer) => return Ok(answer),
            Err(why) if std::io::stdin().is_terminal() => println!("  {why}"),
            Err(why) => bail!("{asked}: {why}"),
        }
    }
}

/// Nothing is asked where something could not be written. Permissions that lie where the new ones belong are kept beside
/// them.
fn keep_what_is_there(options: &Options, found: &seeds::Found) -> anyhow::Result<()> {
    let dir = options.dir.display();
    std::fs::create_dir_all(&options.dir).with_context(|| format!("{dir} can't be made"))?;
    tempfile::tempfile_in(&options.dir).with_context(|| format!("{dir} can't be written to"))?;
    let token = options.dir.join(TOKEN);
    if token.exists() {
        bail!("{} is there already; move it away first", token.display());
    }
    let people = options.dir.join(PEOPLE);
    if found.permissions.is_some() && people.exists() {
        let kept = options.dir.join(PEOPLE_BEFORE);
        if kept.exists() {
            bail!("{} is there already; move it away first", kept.display());
        }
        std::fs::rename(&people, &kept).with_context(|| format!("{} can't be renamed", people.display()))?;
        println!("{}: kept as {}", people.display(), kept.display());
    }
    Ok(())
}

fn write(options: &Options, answers: &Answers, found: &seeds::Found) -> anyhow::Result<()> {
    let Answers { name, node, group, token } = answers;
    let api_url = options.api_url.as_ref().map(|url| format!("api_url = \"{url}\"\n")).unwrap_or_default();
    let config = format!(
        "# Written by mesh init. Every key is explained in config/mesh.example.toml.\n[mesh]\nname = \"{name}\"\n\
         node = \"{node}\"\nsequencer = \"{node}\"\nterm = 1\ngroup = {group}\n\n[state]\ndir = \"./state\"\n\n\
         [bot]\ntoken = {{ file = \"{TOKEN}\" }}\n{api_url}{}",
        found.agents
    );
    new_file(&options.dir.join(TOKEN), &format!("{token}\n"))?;
    if let Some(people) = &found.permissions {
        new_file(&options.dir.join(PEOPLE), people)?;
    }
    new_file(&options.dir.join(CONFIG), &config)
}

/// For its owner only, and never over something that is there.
fn new_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("{} can't be made", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all().with_context(|| format!("{} can't be written", path.display()))
}

/// A word that makes whoever shows it first an Exec; the journal has its hash only.
fn invite(state: &Path) -> anyhow::Result<String> {
    let store = Store::open(state).context("the node must not run while a link is made")?;
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    let word = sessions::hex(&bytes);
    let hash = permissions::hash_of(&word);
    let at = Timestamp::now();
    let until = at.checked_add(LINK_FOR)?;
    let facts = vec![Fact::Ordered(Ordered::Invited { hash, until })];
    let facts = vec![Became { at, cause: Cause::Invitation, facts }];
    store.commit(Batch { facts, ..Batch::default() })?;
    Ok(word)
}

/// The link, or what to write to the bot where Telegram does not say how it is called.
async fn show_link(config: &config::Config, word: &str) {
    println!("\nYou become the first Exec, once and within an hour, once the node runs:");
    match username(config).await {
        Ok(username) => println!("  https://t.me/{username}?start={word}"),
        Err(error) => {
            println!("  write to the bot in private: /start {word}");
            println!("  (its name could not be asked for: {error:#})");
        }
    }
}

async fn username(config: &config::Config) -> anyhow::Result<String> {
    let wanted = config.bot.as_ref().context("no [bot]")?;
    let bot = bot::Bot::new(bot::Params {
        token: bot::Token::new(wanted.token.expose())?,
        api_url: wanted.api_url.as_deref().map(str::parse).transpose()?,
        group: config.mesh.group,
        signing_key: [0; 32],
        with_ear: false,
        former: None,
    })?;
    let identity = tokio::time::timeout(NAME_WITHIN, bot.identity()).await.context("no answer")??;
    Ok(identity.username)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_are_read_and_nonsense_is_refused() {
        let answers = ask(&mut &b"\n\n-4000000001\n5550100:SANDBOX-token\n"[..]).unwrap();
        assert_eq!((answers.name.as_str(), answers.node.as_str()), ("Mesh Mastermind", "node"));
        assert_eq!(answers.group, -4_000_000_001);
        for wrong in ["a\"b\n", "\n\n17\n", "\n\n-5\nno token\n", "\n\n"] {
            assert!(ask(&mut wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }
}
