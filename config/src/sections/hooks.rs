//! `[hooks]`: the door at which agents speak to the mesh, and what an earlier mesh knew of them.

use std::net::SocketAddr;

use jiff::SignedDuration;

use crate::reading::{Found, Reading, Section};
use crate::registry::{self, Registry};

pub(crate) const KEYS: &[&str] = &["listen", "registry", "passed_by_after", "ping_every", "token_grace"];

/// The gateway of an agent has 18789; the node beside it has the next.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 18790);

/// `[hooks]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    /// Where the node listens: 127.0.0.1:18790 unless told otherwise. Nobody is heard who has no `token`.
    pub listen: SocketAddr,
    /// An agent's hook that has failed for so long is passed by, for what is urgent: 60 s.
    pub passed_by_after: SignedDuration,
    /// So often an agent with a hook is asked whether it is there: 2 min. After three misses it can't be reached.
    pub ping_every: SignedDuration,
    /// A token that was rotated away is good for so long: 1 h.
    pub token_grace: SignedDuration,
}

/// The section, and the registry that it names.
pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> (Hooks, Option<Registry>) {
    let mut hooks = Hooks {
        listen: LISTEN,
        passed_by_after: SignedDuration::from_secs(60),
        ping_every: SignedDuration::from_mins(2),
        token_grace: SignedDuration::from_hours(1),
    };
    let Some(section) = document.get("hooks").and_then(|found| reading.section(&found, KEYS)) else {
        return (hooks, None);
    };
    let listen = section.get("listen").and_then(|found| read_address(reading, &found));
    hooks.listen = listen.unwrap_or(LISTEN);
    let after = section.get("passed_by_after").and_then(|found| reading.duration(&found));
    hooks.passed_by_after = after.unwrap_or(hooks.passed_by_after);
    let every = section.get("ping_every").and_then(|found| reading.duration(&found));
    hooks.ping_every = every.unwrap_or(hooks.ping_every);
    let grace = section.get("token_grace").and_then(|found| reading.duration(&found));
    hooks.token_grace = grace.unwrap_or(hooks.token_grace);
    let registry = section.get("registry").and_then(|found| registry::read(reading, &found));
    (hooks, registry)
}

/// Where the registry is, and nothing of what stands in it.
pub(crate) fn read_registry_file<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
) -> Option<std::path::PathBuf> {
    let section = document.get("hooks").and_then(|found| reading.section(&found, KEYS))?;
    let name = section.get("registry").and_then(|found| reading.text(&found))?;
    Some(reading.beside(name))
}

/// Where the registry has tokens, if there is one.
pub(crate) fn read_registry_tokens<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
) -> Vec<registry::Kept> {
    let section = document.get("hooks").and_then(|found| reading.section(&found, KEYS));
    let found = section.and_then(|section| section.get("registry"));
    found.map_or_else(Vec::new, |found| registry::tokens(reading, &found))
}

fn read_address<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<SocketAddr> {
    let text = reading.text(found)?;
    let address = text.parse().ok();
    if address.is_none() {
        let what = format!("`{text}` is not an address with a port");
        reading.fault(&found.spot, what, "write it like \"127.0.0.1:18790\"");
    }
    address
}
