//! `mesh replay`: a recorded log through the same core, time taken from its lines. Same input, same bytes.

mod line;
mod log;
mod player;
mod show;
mod source;
mod stats;

use std::io::{BufReader, Write};
use std::path::PathBuf;

use clap::Args;
use commands::ids::ChatId;
use commands::rules::Rules;

use self::show::Lines;
use self::source::Source;
use self::stats::{Effects, Stats};
use crate::demo::cast;
use crate::state::StateView;

/// The chat of a replayed log.
const LOG_CHAT: ChatId = ChatId(-4_000_000_001);
/// Bytes that are read at a time.
const READ_AT_ONCE: usize = 64 * 1024;

/// `mesh replay`
#[derive(Args)]
pub struct Options {
    /// The log, or - for standard input.
    file: PathBuf,
    /// Show figures instead of effects: what the log holds, messages a second, and how time and memory grow with it.
    #[arg(long)]
    stats: bool,
    /// The figures as one JSON object.
    #[arg(long, requires = "stats")]
    json: bool,
}

/// Replays a log and writes what the mesh did, line by line, then the state as one JSON object; or the figures.
///
/// # Errors
/// A line that is not of the contract, with its number; a log or output that fails.
pub fn run(options: &Options, mut out: impl Write) -> anyhow::Result<()> {
    if options.stats {
        return figures(options, out);
    }
    let (mut lines, mut stats) = (Lines(&mut out), Stats::default());
    let player = log::play(open(options)?, (rules(), cast::roster()), &mut [&mut lines], &mut stats)?;
    let end = StateView::of(player.mesh(), player.now());
    writeln!(out, "{}", serde_json::to_string(&end)?)?;
    Ok(())
}

fn figures(options: &Options, mut out: impl Write) -> anyhow::Result<()> {
    let (mut effects, mut stats) = (Effects::default(), Stats::wanted());
    let player = log::play(open(options)?, (rules(), cast::roster()), &mut [&mut effects], &mut stats)?;
    stats.close(&player);
    if options.json {
        writeln!(out, "{}", stats.to_json(&effects)?)?;
    } else {
        write!(out, "{}", stats.to_text(&effects))?;
    }
    Ok(())
}

fn open(options: &Options) -> anyhow::Result<BufReader<Source>> {
    Ok(BufReader::with_capacity(READ_AT_ONCE, Source::open(&options.file, options.stats)?))
}

fn rules() -> Rules {
    Rules::new(LOG_CHAT, 1)
}
