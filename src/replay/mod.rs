//! `mesh replay`: a recorded log through the same core, time taken from its lines. Same input, same bytes.

mod export;
mod line;
mod log;
mod people;
mod player;
mod show;
mod source;
mod stats;
mod summary;

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use commands::fact::Roster;
use commands::ids::ChatId;
use commands::rules::Rules;
use serde_json::json;

use self::export::{Export, Played};
use self::show::Lines;
use self::source::Source;
use self::stats::{Effects, Stats};
use self::summary::Summary;
use crate::demo::cast;
use crate::state::StateView;

/// The chat of a replayed log.
const LOG_CHAT: ChatId = ChatId(-4_000_000_001);
/// Bytes that are read at a time.
const READ_AT_ONCE: usize = 64 * 1024;

/// `mesh replay`
#[derive(Args)]
#[command(group = ArgGroup::new("summed").args(["stats", "telegram_export"]).multiple(true))]
pub struct Options {
    /// The log, or - for standard input.
    #[arg(required_unless_present = "telegram_export")]
    file: Option<PathBuf>,
    /// Replay a chat that Telegram Desktop exported as JSON: what the mesh would have done with it.
    ///
    /// In the chat's menu: Export chat history, format "Machine-readable JSON"; it writes result.json. An export of
    /// the whole account will do, too. Of a message that was edited it holds the last text only, and what was deleted
    /// is not in it. Without a roster, whoever is called a bot is taken for an agent and the others for Operators; the
    /// roster is the first line written, to be corrected and given with --roster.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    telegram_export: Option<PathBuf>,
    /// Which chat of the export, by its id; otherwise the only group.
    #[arg(long, value_name = "ID", requires = "telegram_export", allow_hyphen_values = true)]
    chat: Option<i64>,
    /// Who in the export decides (an Exec), by name or number; may be given again.
    #[arg(long, value_name = "NAME", requires = "telegram_export", conflicts_with_all = ["roster", "config"])]
    exec: Vec<String>,
    /// Who in the export is an agent, by name or number; may be given again.
    #[arg(long, value_name = "NAME", requires = "telegram_export", conflicts_with_all = ["roster", "config"])]
    agent: Vec<String>,
    /// Take people and agents from a file: {"people":[…],"agents":[…]}, as the first line of a log.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    roster: Option<PathBuf>,
    /// Take people, agents and rules from a node's configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show figures instead of effects: what the log holds, messages a second, and how time and memory grow with it.
    #[arg(long)]
    stats: bool,
    /// Write one JSON object, of the figures or of what became of the export.
    #[arg(long, requires = "summed")]
    json: bool,
}

/// Replays a log and writes what the mesh did, line by line, then the state as one JSON object; or the figures.
///
/// # Errors
/// A line or message that is not of the contract, with its number; a log or output that fails.
pub fn run(options: &Options, mut out: impl Write) -> anyhow::Result<()> {
    match (&options.telegram_export, &options.file) {
        (Some(export), _) => run_export(export, options, &mut out)?,
        (None, Some(log)) => run_log(log, options, &mut out)?,
        (None, None) => {}
    }
    out.flush()?;
    Ok(())
}

fn run_log(log: &Path, options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let given = options.given()?.unwrap_or_else(|| (rules(), cast::roster()));
    let file = BufReader::with_capacity(READ_AT_ONCE, Source::open(log, options.stats)?);
    if options.stats {
        let (mut effects, mut stats) = (Effects::default(), Stats::wanted());
        let player = log::play(file, given, &mut [&mut effects], &mut stats)?;
        stats.close(&player);
        return figures(&stats, &effects, options.json, out);
    }
    let mut lines = Lines(&mut *out);
    let player = log::play(file, given, &mut [&mut lines], &mut Stats::default())?;
    let end = StateView::of(player.mesh(), player.now());
    writeln!(out, "{}", serde_json::to_string(&end)?)?;
    Ok(())
}

fn run_export(file: &Path, options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let export = Export::open(file, options.chat, options.stats || options.json)?;
    let given = match options.given()? {
        Some(given) => given,
        None => (rules(), people::guessed(export.senders(), &options.exec, &options.agent)?),
    };
    let (roster, zone) = (given.1.clone(), given.0.zone.clone());
    let (mut effects, mut stats) = (Effects::default(), Stats::wanted());
    if options.stats {
        let played = export.play(given, &mut [&mut effects], &mut stats)?;
        stats.close(&played.player);
        return figures(&stats, &effects, options.json, out);
    }
    let mut summary = Summary::new(zone);
    let chat = export::name(export.chat());
    if options.json {
        let played = export.play(given, &mut [&mut summary], &mut stats)?;
        return sums_as_json(&chat, &roster, &summary, &played, &stats, out);
    }
    writeln!(out, "{}", serde_json::to_string(&roster)?)?;
    let mut lines = Lines(&mut *out);
    let played = export.play(given, &mut [&mut lines, &mut summary], &mut stats)?;
    writeln!(out, "\n{chat}\n{}", stats.of_messages())?;
    writeln!(out, "{}", passed_over(&played))?;
    write!(out, "{}", summary.to_text(played.player.mesh()))?;
    Ok(())
}

fn passed_over(played: &Played) -> String {
    let Played { skipped, edited, .. } = played;
    format!(
        "Passed     {} of the service, {} of unknown types, {} without a sender; {edited} were edited later",
        skipped.service, skipped.unknown, skipped.nobodys
    )
}

fn sums_as_json(
    chat: &str,
    roster: &Roster,
    summary: &Summary,
    played: &Played,
    stats: &Stats,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let Played { player, skipped, edited } = played;
    let object = json!({
        "chat": chat,
        "roster": roster,
        "messages": stats.counts(),
        "passed_over": {
            "service": skipped.service, "unknown": skipped.unknown, "without_sender": skipped.nobodys,
        },
        "edited": edited,
        "summary": summary.to_json(player.mesh())?,
        "state": StateView::of(player.mesh(), player.now()),
    });
    writeln!(out, "{object}")?;
    Ok(())
}

fn figures(stats: &Stats, effects: &Effects, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", stats.to_json(effects)?)?;
    } else {
        write!(out, "{}", stats.to_text(effects))?;
    }
    Ok(())
}

impl Options {
    /// The rules and the roster that the command line names.
    fn given(&self) -> anyhow::Result<Option<(Rules, Roster)>> {
        match (&self.config, &self.roster) {
            (Some(config), _) => people::from_config(config).map(Some),
            (None, Some(roster)) => Ok(Some((rules(), people::from_file(roster)?))),
            (None, None) => Ok(None),
        }
    }
}

fn rules() -> Rules {
    Rules::new(LOG_CHAT, 1)
}
