//! `mesh audit`: what was ordered, by whom, and what came of it; and whether the record is whole.

mod filter;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::Value;
use sessions::{AuditSink as _, JsonLines, OpenError, SignedHead, Store, VerifyError};

use self::filter::Filter;
use super::Ended;
use crate::control;

/// `mesh audit`
#[derive(Args)]
pub struct Options {
    /// Whether the record is whole, or what to show of it.
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    node: super::Where,
    /// Only what was ordered since: an instant (2026-02-01T10:00:00Z), or a time ago (2h, 7d).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only what that person ordered: a name, or a number.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only what was about that agent: its name, an alias, its number; or `node`.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// One JSON object a line, each with its number and its hash.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// Follow the chain of hashes from the first line to the last, which the node has signed; names the first broken link.
    Verify {
        /// A head that `mesh audit head` printed earlier: whether the lines up to there are still those of then.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print where the audit stands, signed with the node's key: one line of JSON, to be kept on another machine.
    Head,
}

/// Shows the audit, or verifies it.
///
/// # Errors
/// The configuration, the node, the store.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let state = options.node.state()?;
    match &options.what {
        Some(What::Verify { head }) => return verify(&state, head.as_deref()).await,
        Some(What::Head) => return head(&state).await,
        None => {}
    }
    let filter = match Filter::of(options) {
        Ok(filter) => filter,
        Err(misused) => {
            eprintln!("mesh: {misused}");
            return Ok(Ended::Misused);
        }
    };
    let (lines, mut shown) = (lines(&state).await?, 0_usize);
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line).context("a line of the audit that is no JSON")?;
        if !filter.lets_through(&value) {
            continue;
        }
        shown += 1;
        if options.json { writeln!(out, "{line}")? } else { writeln!(out, "{}", sentence(&value))? }
    }
    out.flush()?;
    if shown == 0 && filter.is_any() {
        eprintln!("mesh: no line of the audit is {filter}.");
        return Ok(Ended::Refused);
    }
    Ok(Ended::Well)
}

/// Of a running node by its socket, else from the store itself.
async fn lines(state: &Path) -> anyhow::Result<String> {
    if let Some(store) = open(state)? {
        return export(&store);
    }
    let answer = control::fetch(state, "/audit").await?;
    Ok(answer["lines"].as_str().unwrap_or_default().to_owned())
}

async fn verify(state: &Path, kept: Option<&Path>) -> anyhow::Result<Ended> {
    let kept = kept.map(read_head).transpose()?;
    let found = match open(state)? {
        Some(store) => verdict(&store, kept.as_deref())?,
        None => asked(state, kept.as_deref()).await?,
    };
    println!("{}", told(&found, kept.is_some()));
    Ok(if found["lines"].is_null() { Ended::Refused } else { Ended::Well })
}

async fn asked(state: &Path, kept: Option<&str>) -> anyhow::Result<Value> {
    let arguments: Vec<(&str, &str)> = kept.map(|head| ("head", head)).into_iter().collect();
    control::ask(state, "/audit/verify", &arguments).await?.map_err(anyhow::Error::msg)
}

fn read_head(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    SignedHead::read(&text).with_context(|| path.display().to_string())?;
    Ok(text)
}

async fn head(state: &Path) -> anyhow::Result<Ended> {
    let head = match open(state)? {
        Some(store) => serde_json::to_value(store.audit_head()?)?,
        None => control::fetch(state, "/audit/head").await?,
    };
    if head.is_null() {
        println!("Nothing was ordered yet.");
        return Ok(Ended::Refused);
    }
    println!("{head}");
    Ok(Ended::Well)
}

fn told(found: &Value, kept: bool) -> String {
    if let Some(line) = found["broken"].as_u64() {
        return format!("The audit is broken from line {line} on: it was altered, or lines are missing.");
    }
    if found["lines"].is_null() {
        let whose =
            if kept { "the head that was kept, or the audit's last line," } else { "the audit's last line" };
        return format!("Each line is bound to the one before, but {whose} is not signed by this node.");
    }
    let since = if kept { " The head that was kept is one of them." } else { "" };
    let lines = &found["lines"];
    format!(
        "The audit is whole: {lines} lines, each bound to the one before, the last signed by this node.{since}"
    )
}

/// The store, unless a node holds it.
fn open(state: &Path) -> anyhow::Result<Option<Store>> {
    if !state.exists() {
        anyhow::bail!("{}: there is no state yet; start a node first: mesh run", state.display());
    }
    match Store::open(state) {
        Ok(store) => Ok(Some(store)),
        Err(OpenError::Held { .. } | OpenError::HeldUnsaid { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Every line, as [`JsonLines`] writes them.
///
/// # Errors
/// The store.
pub fn export(store: &Store) -> anyhow::Result<String> {
    let mut sink = JsonLines(Vec::new());
    for line in store.audit() {
        sink.take(&line?)?;
    }
    String::from_utf8(sink.0).context("the audit is not text")
}

/// How many lines there are, or which is the first that is wrong; neither where a signature is not the node's.
///
/// # Errors
/// The store can't be read, or what was kept is no head.
pub fn verdict(store: &Store, kept: Option<&str>) -> anyhow::Result<Value> {
    let kept = kept.map(SignedHead::read).transpose()?;
    let (broken, lines) = match store.verify_audit(kept.as_ref()) {
        Ok(()) => (None, Some(store.audit().count())),
        Err(VerifyError::Broken(line)) => (Some(line.0), None),
        Err(VerifyError::Unsigned) => (None, None),
        Err(error) => return Err(error.into()),
    };
    Ok(serde_json::json!({ "broken": broken, "lines": lines }))
}

/// For people. What others wrote may hold what steers a terminal: that is left out.
fn sentence(line: &Value) -> String {
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let target = line["target"].as_str().map(|target| format!(" [{target}]")).unwrap_or_default();
    let result = line["error"].as_str().unwrap_or(text("result"));
    let sentence = format!(
        "{} {} {} ({}): {}{target} → {result}",
        line["seq"],
        text("at"),
        text("name"),
        line["user"],
        text("command")
    );
    sentence.replace(char::is_control, "")
}
