//! The system's OpenSSH: its keys, its known hosts, never a password.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// What has not ended by then is ended.
const WITHIN: Duration = Duration::from_mins(1);
/// Whether a machine lets us in is known by then, or it counts as one that does not.
const KNOCKED_WITHIN: Duration = Duration::from_secs(10);
/// OpenSSH's own word for a machine that could not be reached or signed in to (ssh(1), EXIT STATUS).
const NOT_REACHED: i32 = 255;
/// So much of a complaint is shown, in characters.
const SHOWN_MOST: usize = 300;
/// Nothing is asked at the terminal, nobody unknown is trusted, nothing is forwarded.
const OPTIONS: [&str; 6] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=15",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "PermitLocalCommand=no",
];

/// How to call it.
#[derive(Clone)]
pub(crate) struct Ssh {
    /// Another configuration than its own.
    pub config: Option<PathBuf>,
}

/// How a command on a machine ended.
pub(crate) enum Ran {
    /// Well; what it said.
    Well(String),
    /// The machine could not be reached, or did not let us in.
    NotReached(String),
    /// It failed there.
    Badly(String),
}

impl Ssh {
    /// Runs one command of a machine's shell, with this to read.
    ///
    /// # Errors
    /// No `ssh` on this machine.
    pub async fn run(&self, host: &str, script: &str, input: &[u8]) -> anyhow::Result<Ran> {
        self.run_within(WITHIN, host, script, input).await
    }

    /// Whether a machine lets us in; nothing is done there.
    ///
    /// # Errors
    /// No `ssh` on this machine.
    pub async fn knock(&self, host: &str) -> anyhow::Result<Ran> {
        self.run_within(KNOCKED_WITHIN, host, "exit 0", &[]).await
    }

    async fn run_within(
        &self,
        within: Duration,
        host: &str,
        script: &str,
        input: &[u8],
    ) -> anyhow::Result<Ran> {
        let mut command = Command::new("ssh");
        command.arg("-T");
        for option in OPTIONS {
            command.args(["-o", option]);
        }
        if let Some(config) = &self.config {
            command.arg("-F").arg(config);
        }
        command.args(["--", host, script]).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("`ssh` can't be started: install OpenSSH's client")?;
        let stdin = child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // Where the other end hangs up, its exit says why.
                let _ = stdin.write_all(input).await;
                let _ = stdin.shutdown().await;
            }
        };
        let ended =
            tokio::time::timeout(within, async { tokio::join!(feed, child.wait_with_output()).1 }).await;
        let Ok(ended) = ended else {
            return Ok(Ran::NotReached(format!("no end within {} s", within.as_secs())));
        };
        let output = ended?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let complaint = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("without a word");
        let complaint: String = complaint.trim().chars().take(SHOWN_MOST).collect();
        Ok(match output.status.code() {
            Some(0) => Ran::Well(String::from_utf8_lossy(&output.stdout).into_owned()),
            Some(NOT_REACHED) => Ran::NotReached(complaint),
            _ => Ran::Badly(complaint),
        })
    }
}
