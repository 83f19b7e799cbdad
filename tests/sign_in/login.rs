//! A `mesh login` under way, and benches whose account nobody has signed in.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin};

use crate::node::harness::{Bench, Ear};

/// A promise that is not kept by then is broken. A password is proven slowly without optimisation.
pub const WITHIN: Duration = Duration::from_mins(1);

/// The code of the bench's account.
pub fn code(bench: &Bench) -> String {
    bridge(bench).code
}

fn bridge(bench: &Bench) -> sandbox::ReadyAccount {
    let accounts = bench.sandbox.ready().accounts;
    accounts.into_iter().find(|account| account.name == "Mesh Bridge").expect("the mesh's own account")
}

/// The user id of the bench's account.
pub fn user(bench: &Bench) -> i64 {
    bridge(bench).id.0
}

/// A bench whose configuration knows no code.
pub async fn bench() -> Bench {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set(&format!("code = {{ value = \"{}\" }}\n", code(&bench)), "");
    bench
}

/// A command that asks and is answered.
pub struct Asking {
    child: Child,
    stdin: ChildStdin,
    said: String,
}

impl Asking {
    /// Starts it.
    pub fn start(bench: &Bench, words: &[&str]) -> Self {
        let mut command = bench.mesh(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("mesh starts");
        let stdin = child.stdin.take().expect("its input");
        Self { child, stdin, said: String::new() }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits until it has said something more, on standard error; all of that.
    pub async fn says(&mut self, wanted: &str) -> String {
        let stderr = self.child.stderr.as_mut().expect("its complaints");
        let (mut bytes, mut said) = ([0; 4096], std::mem::take(&mut self.said));
        let reading = async {
            while !said.contains(wanted) {
                let count = stderr.read(&mut bytes).await.expect("its complaints");
                assert!(count > 0, "it ended before it said \"{wanted}\": {said}");
                said.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        };
        let in_time = tokio::time::timeout(WITHIN, reading).await.is_ok();
        assert!(in_time, "it never said \"{wanted}\": {said}");
        let end = said.find(wanted).map_or(said.len(), |at| at + wanted.len());
        said[end..].clone_into(&mut self.said);
        said
    }

    /// Types a line.
    pub async fn answer(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await.expect("it listens");
    }

    /// Waits until it ends; its exit code and all that it has said and was not asked for yet, complaints last.
    pub async fn ends(self) -> (Option<i32>, String) {
        drop(self.stdin);
        let output = tokio::time::timeout(WITHIN, self.child.wait_with_output()).await;
        let output = output.expect("it ends in time").expect("its end");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout) + &self.said + &text(&output.stderr))
    }
}

/// Signs the account in with its code.
pub async fn signed_in(bench: &Bench) {
    let mut login = Asking::start(bench, &["login"]);
    login.says("Code: ").await;
    // As people type it.
    let code = code(bench);
    let (first, rest) = code.split_at(2);
    login.answer(&format!(" {first}-{rest} ")).await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
}

/// What `mesh session show --json` says.
pub async fn session(bench: &Bench) -> Value {
    let (_, said) = bench.run(&["session", "show", "--json"]).await;
    let line = said.lines().next().unwrap_or_default();
    // Complaints may stand right behind it.
    let json = line.split_inclusive('}').next().unwrap_or_default();
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The node runs without a code and hears a claim.
pub async fn hears_a_claim(bench: &Bench) {
    let node = bench.start().await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Sandman", "👌").await;
    node.stop().await;
}
