//! `mesh demo`: a Telegram of its own, one node, three agents, and a conversation that shows the point.

mod actors;
pub mod cast;
mod closing;
mod draw;
mod script;
mod stage;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use self::stage::Stage;
use crate::{ready, stop};

/// `mesh demo`
#[derive(Args)]
pub struct Options {
    /// End after the conversation: 0 when every step happened, 1 naming the one that did not.
    #[arg(long, conflicts_with = "ready_json")]
    once: bool,
    /// Print nothing but one line of JSON once the conversation has been played (addresses, keys, codes, tokens), then
    /// stay up until SIGTERM.
    #[arg(long)]
    ready_json: bool,
}

/// On a terminal somebody reads along: a breath after each step.
const PACE: Duration = Duration::from_millis(1_500);
/// The whole conversation has to happen within this.
const PLAYED_WITHIN: Duration = Duration::from_secs(28);

/// Plays the demo.
///
/// # Errors
/// A door that can't be opened on 127.0.0.1. A step that does not happen is not an error but exit code 1.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let mut stage = Box::pin(Stage::set()).await?;
    let drawing = (!options.ready_json).then(|| draw::start(stage.world()));
    let pace = if drawing.is_some() && std::io::stdout().is_terminal() { PACE } else { Duration::ZERO };
    let played = tokio::select! {
        () = stop.cancelled() => None,
        played = tokio::time::timeout(PLAYED_WITHIN, Box::pin(script::play(&mut stage, pace))) => {
            Some(played.unwrap_or_else(|_| Err(script::Missed::late())))
        }
    };
    if let Some(drawing) = drawing {
        drawing.finish().await;
    }
    let code = match played {
        None => ExitCode::SUCCESS,
        Some(Err(missed)) => {
            eprintln!("mesh demo: {missed}");
            ExitCode::FAILURE
        }
        Some(Ok(())) => {
            Box::pin(close(options, &stage, &stop)).await?;
            ExitCode::SUCCESS
        }
    };
    stage.strike().await?;
    Ok(code)
}

async fn close(
    options: &Options,
    stage: &Stage,
    stop: &tokio_util::sync::CancellationToken,
) -> anyhow::Result<()> {
    let ready = stage.ready();
    if options.ready_json {
        ready::print_json(&ready)?;
    } else {
        closing::print(stage).await?;
        if options.once {
            return Ok(());
        }
        println!("\nThe node stays up. Join it with your own client:\n");
        ready::print_for_people(&ready)?;
        println!();
        let drawing = draw::go_on(stage.world());
        stop.cancelled().await;
        drawing.finish().await;
    }
    stop.cancelled().await;
    Ok(())
}
