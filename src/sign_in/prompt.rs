//! Questions at a terminal. Where standard input is none, one line is read for each.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::thread;

use anyhow::{Context as _, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::oneshot;

/// The longest line that is read, in bytes.
const LINE_MOST: u64 = 4096;

/// Asks for a line.
///
/// # Errors
/// Standard input has ended.
pub async fn ask(question: &str) -> anyhow::Result<String> {
    eprint!("{question}");
    let line = line().await?;
    Ok(line.trim().to_owned())
}

/// Asks for a line that is not shown while it is typed.
///
/// # Errors
/// Standard input has ended.
pub async fn ask_hidden(question: &str) -> anyhow::Result<String> {
    let hidden = Hidden::begin();
    eprint!("{question}");
    let line = line().await;
    if hidden.is_some() {
        eprintln!();
    }
    // A password may begin or end with a blank.
    Ok(line?.trim_end_matches(['\n', '\r']).to_owned())
}

/// Asks for yes or no; anything but a yes is a no. None where there is nobody to ask.
///
/// # Errors
/// Standard input has ended.
pub async fn confirm(question: &str) -> anyhow::Result<Option<bool>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let answer = ask(&format!("{question} [y/N] ")).await?;
    Ok(Some(matches!(answer.to_lowercase().as_str(), "y" | "yes")))
}

/// One line. A thread of its own reads it: where it is not waited for any more, it holds nobody up.
async fn line() -> anyhow::Result<String> {
    let _ = io::stderr().flush();
    let (sender, answer) = oneshot::channel();
    let read = move || {
        let mut line = String::new();
        let read = io::stdin().lock().take(LINE_MOST).read_line(&mut line);
        // Nobody may be waiting any more.
        let _ = sender.send(read.map(|bytes| (bytes, line)));
    };
    thread::Builder::new().name("prompt".to_owned()).spawn(read)?;
    match answer.await.context("standard input can't be read")?.context("standard input can't be read")? {
        (0, _) => bail!("nothing was given: standard input has ended"),
        (_, line) => Ok(line),
    }
}

/// While it is there, the terminal shows nothing that is typed.
struct Hidden(Termios);

impl Hidden {
    /// None where standard input is no terminal.
    fn begin() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
