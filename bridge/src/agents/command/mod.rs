//! An agent that is driven by local commands and read by its log file. Commands are lists of words; no shell reads them
//! unless one is written there.

mod log_file;
mod process;

use std::time::{Duration, Instant};

use self::process::Ran;
use super::{Driver, Driving, Fault, LINES_MOST, RESTART_WITHIN, Told, Wanted, lines, settings, took};
use crate::words::Mask;

/// Between two questions whether it is back.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// The longest name of a setting, and the longest value, in bytes.
const SETTING_MOST: usize = 4_096;

/// The words of one command, the program first.
pub type Words = Vec<String>;

/// What can be done, each by a command; what is missing can't be done.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    /// Ends with success where the agent is there.
    pub ping: Option<Words>,
    /// Ends and starts it anew.
    pub restart: Option<Words>,
    /// Makes it take nothing on.
    pub pause: Option<Words>,
    /// Lets it go on.
    pub resume: Option<Words>,
    /// Prints its settings; `{key}` stands for the one that is asked for, and is left out where all are.
    pub config: Option<Words>,
    /// Changes a setting: `{key}` to `{value}`.
    pub set: Option<Words>,
    /// Its log; `%Y`, `%m`, `%d` stand for today.
    pub log: Option<String>,
    /// What has not ended by then is ended.
    pub within: Duration,
    /// What takes secrets out of what they say.
    pub mask: Mask,
}

impl Commands {
    async fn do_it(&self, wanted: Wanted) -> Result<Told, Fault> {
        let begun = Instant::now();
        let text = match wanted {
            Wanted::Ping => self.run("ping", self.ping.as_ref()).await?,
            Wanted::Logs { lines, after } => return self.log(lines, after.as_deref()).await,
            Wanted::Restart => self.restart().await?,
            Wanted::Pause { .. } => self.run("pause", self.pause.as_ref()).await?,
            Wanted::Resume { .. } => self.run("resume", self.resume.as_ref()).await?,
            Wanted::Config { key } => {
                let words = given("config", self.config.as_ref())?;
                let filled = filled(words, key.as_deref().unwrap_or_default(), "")?;
                settings::printed(&self.run("config", Some(&filled)).await?, key.as_deref())
            }
            Wanted::Set { key, value } => {
                let words = given("set", self.set.as_ref())?;
                settings::no_secret(&key, &value, self.mask)?;
                self.run("set", Some(&filled(words, &key, &value)?)).await?
            }
        };
        Ok(Told { took_ms: took(begun), ..Told::words(text) })
    }

    async fn run(&self, what: &str, words: Option<&Words>) -> Result<String, Fault> {
        match process::run(given(what, words)?, self.within, self.mask).await {
            Ran::Well(said) => Ok(said),
            Ran::Badly(why) => Err(Fault::Refused(format!("its command for {what} {why}"))),
            Ran::TooLong => {
                let seconds = self.within.as_secs();
                let why = format!("its command for {what} took longer than {seconds} s and was ended");
                Err(if matches!(what, "restart" | "set") {
                    Fault::Unclear(why)
                } else {
                    Fault::Unreachable(why)
                })
            }
        }
    }

    /// Restarted is what answers again, where it can be asked.
    async fn restart(&self) -> Result<String, Fault> {
        let said = self.run("restart", self.restart.as_ref()).await?;
        if self.ping.is_none() {
            return Ok(said);
        }
        let back = async {
            let mut beat = tokio::time::interval(ASK_AGAIN);
            loop {
                beat.tick().await;
                if self.run("ping", self.ping.as_ref()).await.is_ok() {
                    return;
                }
            }
        };
        let waited = tokio::time::timeout(RESTART_WITHIN, back).await;
        waited.map(|()| said).map_err(|_| {
            Fault::Unreachable(format!("it has not come back within {} s", RESTART_WITHIN.as_secs()))
        })
    }

    async fn log(&self, most: usize, after: Option<&str>) -> Result<Told, Fault> {
        let pattern = self.log.as_deref();
        let pattern = pattern.ok_or_else(|| Fault::Unable("no log is configured in its driver".into()))?;
        let piece = log_file::read(pattern, after, &jiff::Zoned::now()).await.map_err(Fault::Refused)?;
        let (text, more) = lines::last(piece.text.lines(), most.min(LINES_MOST), self.mask);
        let goes_on = after.is_some_and(|place| !place.is_empty());
        let gap = piece.gap || (goes_on && more);
        Ok(Told { place: after.map(|_| piece.place), gap, ..Told::words(text) })
    }
}

fn given<'a>(what: &str, words: Option<&'a Words>) -> Result<&'a Words, Fault> {
    words.ok_or_else(|| Fault::Unable(format!("no command for {what} is configured in its driver")))
}

/// The words with what they stand for. A word that becomes empty is left out; one that would be taken for an option is
/// refused, for whoever sets a setting may not choose how.
fn filled(words: &Words, key: &str, value: &str) -> Result<Words, Fault> {
    let refuse = |why: &str| Err(Fault::Refused(why.to_owned()));
    if key.starts_with('-') || (value.starts_with('-') && value.parse::<f64>().is_err()) {
        return refuse("a setting or a value that begins with a dash would be read as an option");
    }
    if key.len().max(value.len()) > SETTING_MOST || key.contains('\0') || value.contains('\0') {
        return refuse("the setting or its value is too long, or no text");
    }
    let fill = |word: &String| match word.as_str() {
        "{key}" => key.to_owned(),
        "{value}" => value.to_owned(),
        other => other.to_owned(),
    };
    Ok(words.iter().map(fill).filter(|word| !word.is_empty()).collect())
}

impl Driver for Commands {
    fn drive(&self, wanted: Wanted) -> Driving<'_> {
        Box::pin(self.do_it(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as it is configured")]
    fn words(words: &[&str]) -> Option<Words> {
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    fn commands() -> Commands {
        Commands { within: Duration::from_secs(20), ..Commands::default() }
    }

    #[tokio::test]
    async fn a_command_is_run_as_it_is_written() {
        let told = Commands { set: words(&["echo", "a;b", "{key}", "{value}"]), ..commands() };
        let set = Wanted::Set { key: "model".into(), value: "$(id) `x`".into() };
        assert_eq!(told.drive(set).await.unwrap().text, "a;b model $(id) `x`");
        let all = Commands { config: words(&["echo", "config", "{key}"]), ..commands() };
        assert_eq!(all.drive(Wanted::Config { key: None }).await.unwrap().text, "config");
        for (key, value) in [("--help", "1"), ("a", "--help"), ("a", "b\0c")] {
            let set = Wanted::Set { key: key.into(), value: value.into() };
            assert!(matches!(told.drive(set).await, Err(Fault::Refused(_))), "{key} {value:?}");
        }
        assert!(told.drive(Wanted::Set { key: "a".into(), value: "-1.5".into() }).await.is_ok());
    }

    #[tokio::test]
    async fn secrets_are_neither_shown_nor_set_and_structured_lines_are_readable() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("agent.log");
        let line = r#"{"message":"ready","_meta":{"logLevelName":"WARN"},"time":"2026-09-06T10:00:01.500Z"}"#;
        std::fs::write(&log, format!("plain\n{line}\n")).unwrap();
        let settings = r#"{"clientSecret":"k1","apiKey":"k2","PASSWORD":"k3","model":"one"}"#;
        let driver = Commands {
            config: words(&["echo", settings]),
            set: words(&["echo", "{key}", "{value}"]),
            log: log.to_str().map(str::to_owned),
            ..commands()
        };
        let told = driver.drive(Wanted::Logs { lines: 2, after: None }).await.unwrap().text;
        assert_eq!(told, "plain\n10:00:01 WARN ready");
        let shown = driver.drive(Wanted::Config { key: None }).await.unwrap().text;
        assert!(["k1", "k2", "k3"].iter().all(|secret| !shown.contains(secret)), "{shown}");
        assert!(shown.contains("\"model\": \"one\""), "{shown}");
        let of_key = Wanted::Config { key: Some("gateway.auth.token".into()) };
        assert_eq!(driver.drive(of_key).await.unwrap().text, "‹secret›");
        let set = Wanted::Set { key: "gateway.auth".into(), value: r#"{"token":"x"}"#.into() };
        assert!(
            matches!(driver.drive(set).await, Err(Fault::Refused(why)) if why.contains("never by a chat"))
        );
    }

    #[tokio::test]
    async fn what_is_not_configured_or_fails_is_said() {
        let none = commands();
        assert!(
            matches!(none.drive(Wanted::Restart).await, Err(Fault::Unable(why)) if why.contains("restart"))
        );
        assert!(matches!(none.drive(Wanted::Logs { lines: 1, after: None }).await, Err(Fault::Unable(_))));
        let bad = Commands { restart: words(&["sh", "-c", "echo no such unit >&2; exit 4"]), ..commands() };
        let why = bad.drive(Wanted::Restart).await.unwrap_err().to_string();
        assert_eq!(why, "its command for restart ended with 4: no such unit");
        let gone = Commands { ping: words(&["/nonexistent/ping"]), ..commands() };
        assert!(gone.drive(Wanted::Ping).await.unwrap_err().to_string().contains("could not be started"));
    }

    #[tokio::test]
    async fn a_restart_ends_when_it_answers_again() {
        let folder = tempfile::tempdir().unwrap();
        let up = folder.path().join("up");
        let up = up.to_str().unwrap();
        let restart = words(&["sh", "-c", &format!("(sleep 0.7; touch {up}) >/dev/null 2>&1 &")]);
        let driver = Commands { restart, ping: words(&["test", "-e", up]), ..commands() };
        let told = driver.drive(Wanted::Restart).await.unwrap();
        assert!(told.took_ms >= 500, "{told:?}");
    }
}
