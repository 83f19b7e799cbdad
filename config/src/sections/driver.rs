//! `driver` of an agent: by what its gateway is asked, restarted, paused, read and changed.

use std::net::SocketAddr;
use std::time::Duration;

use crate::reading::{Found, Reading, Section};
use crate::secret::{InTheClear, Secret};

const KINDS: &[(&str, Kind)] =
    &[("openclaw", Kind::OpenClaw), ("command", Kind::Command), ("node", Kind::Node)];

const KEYS: &[&str] = &[
    "kind", "gateway", "token", "at", "ping", "restart", "pause", "resume", "config", "set", "log", "within",
];
/// The keys of each kind, beside `kind`.
const OF_OPENCLAW: &[&str] = &["gateway", "token"];
const OF_COMMAND: &[&str] = &["ping", "restart", "pause", "resume", "config", "set", "log", "within"];
const OF_NODE: &[&str] = &["at", "token"];

/// Where a gateway listens unless it is told otherwise.
const GATEWAY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 18789);
/// How long a command may take unless it is said.
const WITHIN: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OpenClaw,
    Command,
    Node,
}

/// By what an agent's gateway is driven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
    /// Its own WebSocket, on this machine: its token never leaves it.
    OpenClaw {
        /// Where it listens, always this machine: 127.0.0.1:18789 unless told otherwise.
        gateway: SocketAddr,
        /// Its own token.
        token: Secret,
    },
    /// Commands of this machine, and a log file.
    Command(Box<Commands>),
    /// The mesh node that runs beside it on another machine.
    Node {
        /// The address of that node's door, as `http://100.64.0.12:18790`.
        at: String,
        /// What this node shows there.
        token: Secret,
    },
}

/// What can be done by commands; each is a list of words, the program first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it does")]
pub struct Commands {
    pub ping: Option<Vec<String>>,
    pub restart: Option<Vec<String>>,
    pub pause: Option<Vec<String>>,
    pub resume: Option<Vec<String>>,
    pub config: Option<Vec<String>>,
    pub set: Option<Vec<String>>,
    /// The log file; `%Y-%m-%d` stands for today.
    pub log: Option<String>,
    /// A command that takes longer is ended: 60 s.
    pub within: Duration,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, agent: &Section<'a>) -> Option<Driver> {
    let found = agent.get("driver")?;
    let section = reading.section(&found, KEYS)?;
    let kind = reading.required(&section, "kind", "kind = \"openclaw\", \"command\" or \"node\"")?;
    let text = reading.text(&kind)?;
    let kind = reading.choice(&kind.spot, &text, KINDS)?;
    let own = match kind {
        Kind::OpenClaw => OF_OPENCLAW,
        Kind::Command => OF_COMMAND,
        Kind::Node => OF_NODE,
    };
    for key in KEYS.iter().filter(|key| **key != "kind" && !own.contains(key)) {
        if let Some(found) = section.get(key) {
            let todo = format!("it has: {}", own.join(", "));
            reading.fault(&found.spot, format!("is nothing of a driver of kind \"{text}\""), todo);
        }
    }
    match kind {
        Kind::OpenClaw => open_claw(reading, &section),
        Kind::Command => Some(commands(reading, &section)),
        Kind::Node => node(reading, &section),
    }
}

fn open_claw<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Driver> {
    let gateway = match section.get("gateway") {
        None => Some(GATEWAY),
        Some(found) => loopback(reading, &found),
    };
    let token = reading.required(section, "token", "token = { file = \"…\" }: the gateway's own token")?;
    let token = reading.secret(&token, InTheClear::Refused);
    Some(Driver::OpenClaw { gateway: gateway?, token: token? })
}

fn loopback<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<SocketAddr> {
    let text = reading.text(found)?;
    let bare = text.trim_start_matches("http://").trim_start_matches("ws://").trim_end_matches('/');
    let bare = bare.replacen("localhost:", "127.0.0.1:", 1);
    match bare.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Some(address),
        Ok(_) => {
            let what = format!("`{text}` is another machine, and a gateway's own token never leaves its own");
            let todo = "run a node beside that gateway, and write driver = { kind = \"node\", at = \"http://…:18790\", token = … }";
            reading.fault(&found.spot, what, todo);
            None
        }
        Err(_) => {
            let what = format!("`{text}` is not an address with a port");
            reading.fault(&found.spot, what, "write it like \"127.0.0.1:18789\"");
            None
        }
    }
}

fn commands<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Driver {
    let mut words = |key: &str| {
        let found = section.get(key)?;
        let words: Vec<_> = reading.texts(&found).into_iter().map(|(_, word)| word).collect();
        if words.is_empty() {
            let todo = "write it like [\"systemctl\", \"--user\", \"restart\", \"clawdbot-gateway\"]";
            reading.fault(&found.spot, "is no command", todo);
        }
        Some(words)
    };
    let [ping, restart, pause, resume, config, set] =
        ["ping", "restart", "pause", "resume", "config", "set"].map(&mut words);
    if pause.is_some() != resume.is_some() {
        let (there, missing) = if pause.is_some() { ("pause", "resume") } else { ("resume", "pause") };
        let what = format!("stands without `{missing}`");
        reading.fault(&section.spot_of(there), what, "write both commands, or neither");
    }
    if let Some(set) = &set
        && !(set.iter().any(|word| word == "{key}") && set.iter().any(|word| word == "{value}"))
    {
        let todo = "write the words \"{key}\" and \"{value}\" where they go";
        reading.fault(&section.spot_of("set"), "does not say what is set to what", todo);
    }
    let log = section.get("log").and_then(|found| {
        let text = reading.text(&found)?;
        Some(reading.beside(text).to_string_lossy().into_owned())
    });
    let within = section.get("within").and_then(|found| reading.duration(&found));
    let within = within.and_then(|within| within.try_into().ok()).unwrap_or(WITHIN);
    Driver::Command(Box::new(Commands { ping, restart, pause, resume, config, set, log, within }))
}

fn node<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Driver> {
    let found = reading.required(section, "at", "at = \"http://100.64.0.12:18790\"");
    let at = found.and_then(|found| {
        let url = reading.text(&found)?;
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        let fits = rest.is_some_and(|rest| {
            let host = rest.trim_end_matches('/');
            !host.is_empty() && !host.contains(['/', '?', '#']) && !url.contains(char::is_whitespace)
        });
        if !fits {
            let what = format!("`{url}` is not the address of a node's door");
            reading.fault(&found.spot, what, "write it like \"http://100.64.0.12:18790\"");
        }
        fits.then_some(url)
    });
    let token =
        reading.required(section, "token", "token = { file = \"…\" }: what that node knows this one by");
    let token = token.and_then(|found| reading.secret(&found, InTheClear::Refused));
    Some(Driver::Node { at: at?, token: token? })
}
