//! One command: run with a bare environment, bound in time and in what it says, its children ended with it.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::words::Mask;

/// So much of what it says is kept, in bytes; the rest is read and dropped.
const SAID_MOST: u64 = 256 * 1024;
/// A word that is cut off at that is dropped, up to so much of it, in bytes: it may be the beginning of a secret.
const WORD_MOST: usize = 4 * 1024;
/// All it gets of the node's own environment, in which secrets may stand.
const KEPT: [&str; 8] =
    ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

/// How it went.
#[derive(Debug)]
pub(super) enum Ran {
    /// With success; what it said.
    Well(String),
    /// Not; as the end of a sentence.
    Badly(String),
    /// It was ended.
    TooLong,
}

pub(super) async fn run(words: &[String], within: Duration, mask: Mask) -> Ran {
    let mut child = match start(words) {
        Ok(child) => child,
        Err(why) => return Ran::Badly(why),
    };
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let ended = tokio::time::timeout(within, async {
        let (out, err, status) = tokio::join!(said(out), said(err), child.wait());
        (out, err, status)
    });
    match ended.await {
        Ok((out, err, Ok(status))) => verdict(status, &out, &err, mask),
        Ok((_, _, Err(error))) => Ran::Badly(format!("could not be waited for: {error}")),
        Err(_) => {
            if let Some(group) = group {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait().await;
            Ran::TooLong
        }
    }
}

fn start(words: &[String]) -> Result<Child, String> {
    let (program, words) = words.split_first().ok_or("is empty")?;
    let kept = KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    let mut command = Command::new(program);
    command.args(words).env_clear().envs(kept).process_group(0).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| format!("could not be started: {program}: {error}"))
}

async fn said(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut bytes = Vec::new();
    let _ = (&mut stream).take(SAID_MOST).read_to_end(&mut bytes).await;
    let dropped = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    if dropped.is_ok_and(|dropped| dropped > 0) {
        let word = bytes.iter().rev().take(WORD_MOST).take_while(|byte| !byte.is_ascii_whitespace()).count();
        bytes.truncate(bytes.len() - word);
    }
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

fn verdict(status: ExitStatus, out: &str, err: &str, mask: Mask) -> Ran {
    if status.success() {
        return Ran::Well(out.to_owned());
    }
    let how = status.code().map_or_else(|| "was killed".to_owned(), |code| format!("ended with {code}"));
    let (err, out) = (mask.all(err), mask.all(out));
    let last = err.lines().chain(out.lines()).rfind(|line| !line.trim().is_empty());
    let last = mask.short(last.unwrap_or_default());
    Ran::Badly(if last.is_empty() { how } else { format!("{how}: {last}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    const WITHIN: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_flood_is_cut_and_does_not_hang() {
        let flood = words("head -c 3000000 /dev/zero | tr '\\0' x");
        let Ran::Well(said) = run(&flood, WITHIN, Mask::default()).await else { panic!("it ends well") };
        assert_eq!(said.len() as u64, SAID_MOST - WORD_MOST as u64);
    }

    #[tokio::test]
    async fn a_secret_at_the_cut_is_masked_or_dropped() {
        let token = crate::words::tests::token();
        let script = format!("printf %0262130d 0; echo ' {token}'; head -c 300000 /dev/zero");
        let Ran::Well(said) = run(&words(&script), WITHIN, Mask::default()).await else {
            panic!("it ends well")
        };
        assert!(!said.contains("7100"), "{}", &said[said.len() - 80..]);
        let script = format!("printf %0185d 0 >&2; echo ' {token}' >&2; exit 4");
        let Ran::Badly(why) = run(&words(&script), WITHIN, Mask::default()).await else { panic!("it fails") };
        assert!(why.starts_with("ended with 4: 00") && !why.contains("7100"), "{why}");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 300 & echo $! > {}; wait", pid.display());
        assert!(matches!(
            run(&words(&script), Duration::from_millis(700), Mask::default()).await,
            Ran::TooLong
        ));
        let child = std::fs::read_to_string(pid).unwrap();
        let alive = || {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        let gone = async {
            while alive() {
                beat.tick().await;
            }
        };
        tokio::time::timeout(WITHIN, gone).await.expect("the child is ended, too");
    }

    #[tokio::test]
    async fn the_environment_is_bare() {
        let Ran::Well(said) = run(&words("env | cut -d= -f1 | sort"), WITHIN, Mask::default()).await else {
            panic!("it runs")
        };
        let more: Vec<_> = said.lines().filter(|name| !KEPT.contains(name)).collect();
        assert!(more.iter().all(|name| ["PWD", "SHLVL", "_", "OLDPWD"].contains(name)), "{more:?}");
    }
}
