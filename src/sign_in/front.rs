//! Whoever answers the steps: a person at a terminal, lines on standard input, a file. What is said goes to standard
//! error.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::bail;
use bridge::telegram::{BETWEEN_ATTEMPTS, Sent, SignInError, until};
use jiff::Timestamp;

use super::code_file::CodeFile;
use super::prompt::{ask, ask_hidden};
use super::{Clock, qr};

/// A countdown is told this often, where somebody looks at it.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// Where the code comes from.
pub enum CodeFrom {
    /// Known beforehand, as in a sandbox.
    Known(String),
    /// A file that somebody writes.
    File(CodeFile),
    /// Standard input.
    Asked,
}

/// Whoever answers.
pub struct Front {
    code: CodeFrom,
    /// Lines of the QR code that stands above, to be drawn over.
    drawn: usize,
    /// Whether anything had to be answered.
    asked: bool,
}

impl Front {
    /// Somebody who has the code from there.
    pub fn new(code: CodeFrom) -> Self {
        Self { code, drawn: 0, asked: false }
    }

    /// Whether anything had to be answered yet: nothing for an account that is signed in already.
    pub fn was_asked(&self) -> bool {
        self.asked
    }

    /// The phone number.
    ///
    /// # Errors
    /// Standard input has ended.
    pub async fn phone(&mut self, again: Option<&SignInError>) -> anyhow::Result<String> {
        complain(again);
        ask("Phone number of the account, with its country code (+1 555 …): ").await
    }

    /// The code; an inner error where the one known beforehand is wrong.
    ///
    /// # Errors
    /// Standard input has ended, or the file can't be used.
    pub async fn code(
        &mut self,
        sent: Sent,
        again: Option<SignInError>,
    ) -> anyhow::Result<Result<String, SignInError>> {
        self.asked = true;
        match &mut self.code {
            CodeFrom::Known(code) => Ok(again.map_or_else(|| Ok(code.clone()), Err)),
            CodeFrom::File(file) => {
                complain(again.as_ref());
                eprintln!(
                    "Telegram sent a code {sent}. Write it into {}; it is read once and deleted.\n\
                     From elsewhere: ssh HOST 'cat > {}', then the code, Enter, ctrl-d.",
                    file.path().display(),
                    file.path().display()
                );
                file.code().await.map(Ok)
            }
            CodeFrom::Asked => {
                complain(again.as_ref());
                ask(&format!("Telegram sent a code {sent}.\nCode: ")).await.map(Ok)
            }
        }
    }

    /// The second password, not shown while it is typed.
    ///
    /// # Errors
    /// Standard input has ended.
    pub async fn password(
        &mut self,
        hint: Option<&str>,
        again: Option<&SignInError>,
    ) -> anyhow::Result<String> {
        complain(again);
        let hint = hint.map(|hint| format!(", hint: {}", plain(hint))).unwrap_or_default();
        ask_hidden(&format!("Password of the account (two-step verification{hint}): ")).await
    }

    /// Shows a QR code in the place of the one before it.
    ///
    /// # Errors
    /// A link that is no QR code's.
    pub fn show_qr(&mut self, link: &str, end: Timestamp) -> anyhow::Result<()> {
        self.asked = true;
        let mut out = std::io::stderr();
        let text = format!(
            "On your phone: Telegram, Settings, Devices, Link Desktop Device; then look at this code with it.\n\
             Good until {}, then another takes its place. As a link: {link}\n",
            end.strftime("%T UTC")
        );
        if !out.is_terminal() {
            return Ok(out.write_all(text.as_bytes())?);
        }
        let Some(drawing) = qr::drawn(link) else { bail!("the link is too long") };
        // As many lines as were drawn before it are drawn over.
        let over = if self.drawn > 0 { format!("\x1b[{}A\x1b[J", self.drawn) } else { String::new() };
        out.write_all(format!("{over}{drawing}{text}").as_bytes())?;
        self.drawn = drawing.lines().count() + text.lines().count();
        Ok(())
    }

    /// Waits, counting down where somebody looks.
    pub async fn wait(&mut self, end: Timestamp, clock: &Clock) {
        eprintln!(
            "At least {} s lie between two attempts, more where Telegram asked for it: the next is made in {} s.",
            BETWEEN_ATTEMPTS.as_secs(),
            seconds(until(end, clock()))
        );
        let shown = std::io::stderr().is_terminal();
        let show = |seconds: u64| {
            if shown {
                eprint!("\r{seconds} s \x1b[K");
            }
        };
        count_down(end, clock, COUNT_EVERY, show).await;
        if shown {
            eprint!("\r\x1b[K");
        }
    }
}

/// Waits until then, and shows how many seconds are left, again and again.
async fn count_down(end: Timestamp, clock: &Clock, every: Duration, mut show: impl FnMut(u64)) {
    loop {
        let left = until(end, clock());
        if left.is_zero() {
            return;
        }
        show(seconds(left));
        tokio::time::sleep(left.min(every)).await;
    }
}

/// Begun ones count.
fn seconds(left: Duration) -> u64 {
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

fn complain(again: Option<&SignInError>) {
    if let Some(why) = again {
        eprintln!("{why}");
    }
}

/// Nothing in a hint steers the terminal.
fn plain(hint: &str) -> String {
    hint.chars().filter(|character| !character.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_seconds_are_counted_down_until_none_is_left() {
        // A second goes by whenever somebody looks.
        let second = AtomicI64::new(0);
        let clock: Clock =
            Arc::new(move || Timestamp::from_second(second.fetch_add(1, Ordering::SeqCst)).unwrap());
        let mut shown = Vec::new();
        count_down(Timestamp::from_second(4).unwrap(), &clock, Duration::from_millis(1), |left| {
            shown.push(left);
        })
        .await;
        assert_eq!(shown, [4, 3, 2, 1]);
    }

    #[test]
    fn a_hint_steers_no_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a[2Jb");
    }
}
