//! The gateways behind the agents, driven: whose driver is which, and that nothing they say shows a secret or floods.

pub mod beside;
mod pausing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bridge::agents::by_hook::ByHook;
use bridge::agents::command::Commands;
use bridge::agents::node::Node;
use bridge::agents::openclaw::{Device, OpenClaw, Token};
use bridge::agents::{Driver, Fault, Told, Wanted};
use bridge::hooks::{Hook, Post};
use bridge::words::Mask;
use commands::effect::{Deed, OfAgent};
use commands::fact::is_same_name;
use commands::ids::AgentId;
use commands::input::EffectResult;
use commands::rules::Followed;
use sessions::Store;
use tokio::sync::watch;

pub use self::pausing::{Pauses, keep_paused};
use crate::logging;

/// What a gateway knows this node by is derived from the node's key under this label.
const DEVICE_KEY: &str = "device of gateways";
/// So much of what a gateway says is handed on, in bytes, the newest.
const SAID_MOST: usize = 64 * 1024;
/// After a restart whose outcome was lost, an agent is asked for so long whether it is there, ...
const LOOK_FOR: Duration = Duration::from_mins(1);
/// ... so often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// One agent, as its driver is told of it.
#[derive(Clone, Debug)]
pub struct Driven {
    /// Which.
    pub id: AgentId,
    /// Its name and its aliases.
    pub names: Vec<String>,
    /// What is configured; none where only its hook is known.
    pub driver: Option<config::Driver>,
    /// Its hook.
    pub hook: Option<Hook>,
}

/// The drivers of all agents; cheap to clone.
#[derive(Clone, Default)]
pub struct Drivers {
    known: Arc<BTreeMap<AgentId, Known>>,
    followed: watch::Sender<Followers>,
}

/// How the gateways of paused agents follow; those that need not are missing.
pub type Followers = BTreeMap<AgentId, Followed>;

struct Known {
    names: Vec<String>,
    driver: Box<dyn Driver>,
    has_hook: bool,
}

impl Drivers {
    /// The drivers of those that have one, or a hook.
    pub fn new(agents: &[Driven], post: &Post, store: &Store) -> Self {
        let seed = store.node_key().derive(DEVICE_KEY);
        let known = agents.iter().filter_map(|agent| {
            let driver = driver(agent, post, &seed)?;
            let known = Known { names: agent.names.clone(), driver, has_hook: agent.hook.is_some() };
            Some((agent.id, known))
        });
        Self { known: Arc::new(known.collect()), ..Self::default() }
    }

    /// Which agents can be driven at all.
    pub fn ids(&self) -> BTreeSet<AgentId> {
        self.known.keys().copied().collect()
    }

    /// How the gateways of paused agents follow.
    pub fn followed(&self) -> watch::Receiver<Followers> {
        self.followed.subscribe()
    }

    /// One of them follows so, or need not any more.
    fn follows(&self, agent: AgentId, how: Option<Followed>) {
        self.followed.send_if_modified(|followers| {
            if followers.get(&agent) == how.as_ref() {
                return false;
            }
            match how {
                Some(how) => followers.insert(agent, how),
                None => followers.remove(&agent),
            };
            true
        });
    }

    /// Those that have no hook to be asked at.
    pub fn without_hook(&self) -> Vec<AgentId> {
        self.known.iter().filter(|(_, known)| !known.has_hook).map(|(id, _)| *id).collect()
    }

    /// Whoever answers to that name.
    pub fn by_name(&self, name: &str) -> Option<AgentId> {
        let same = |known: &String| is_same_name(known, name);
        self.known.iter().find(|(_, known)| known.names.iter().any(same)).map(|(id, _)| *id)
    }

    /// Does one thing. What is said has no secrets and is not too long.
    ///
    /// # Errors
    /// Why it was not done.
    pub async fn drive(&self, agent: AgentId, wanted: Wanted) -> Result<Told, Fault> {
        let Some(known) = self.known.get(&agent) else {
            return Err(Fault::Unable("no driver is configured for it".into()));
        };
        let told = known.driver.drive(wanted).await.map_err(|fault| cleaned(&fault))?;
        let (text, is_cut) = clean(&told.text);
        Ok(Told { text, gap: told.gap || (is_cut && told.place.is_some()), ..told })
    }

    /// Looks something up.
    pub async fn look(&self, agent: AgentId, of: &OfAgent) -> EffectResult {
        let wanted = match of.clone() {
            OfAgent::Ping => Wanted::Ping,
            OfAgent::Logs { lines } => Wanted::Logs { lines, after: None },
            OfAgent::Config { key } => Wanted::Config { key },
            OfAgent::Change { key, .. } => Wanted::Config { key: Some(key) },
        };
        match self.drive(agent, wanted).await {
            Ok(told) if *of == OfAgent::Ping => EffectResult::Found(answers(&told)),
            Ok(told) if told.text.trim().is_empty() => EffectResult::Found("Nothing yet.".into()),
            Ok(told) => EffectResult::Found(told.text),
            Err(fault) => EffectResult::Failed(fault.to_string()),
        }
    }

    /// Does something to a gateway, once.
    pub async fn perform(&self, agent: AgentId, deed: &Deed) -> EffectResult {
        let done = match deed.clone() {
            Deed::Restart => self.drive(agent, Wanted::Restart).await,
            Deed::Set { key, value } => self.drive(agent, Wanted::Set { key, value }).await,
            Deed::Look => self.until_it_answers(agent).await,
        };
        match done {
            Ok(told) if *deed == Deed::Restart => {
                EffectResult::Found(format!("after {}", seconds(told.took_ms)))
            }
            Ok(told) => EffectResult::Found(told.text),
            Err(Fault::Unclear(why)) => {
                tracing::warn!(%agent, ?deed, "{why}");
                EffectResult::Unknown
            }
            Err(fault) => EffectResult::Failed(fault.to_string()),
        }
    }

    async fn until_it_answers(&self, agent: AgentId) -> Result<Told, Fault> {
        let begun = tokio::time::Instant::now();
        let mut beat = tokio::time::interval(LOOK_EVERY);
        loop {
            beat.tick().await;
            match self.drive(agent, Wanted::Ping).await {
                Err(_) if begun.elapsed() < LOOK_FOR => {}
                told => return told,
            }
        }
    }
}

fn driver(agent: &Driven, post: &Post, seed: &[u8; 32]) -> Option<Box<dyn Driver>> {
    let hook = agent.hook.clone().map(|hook| ByHook { post: post.clone(), hook });
    Some(match &agent.driver {
        None => Box::new(hook?),
        Some(config::Driver::OpenClaw { gateway, token }) => Box::new(OpenClaw {
            address: gateway.to_string(),
            token: Token(token.expose().to_owned()),
            device: Device::new(seed),
            post: post.clone(),
            hook,
        }),
        Some(config::Driver::Command(commands)) => {
            let config::Commands { ping, restart, pause, resume, config, set, log, within } =
                *commands.clone();
            let mask = Mask(logging::masked);
            Box::new(Commands { ping, restart, pause, resume, config, set, log, within, mask })
        }
        Some(config::Driver::Node { at, token }) => {
            let name = agent.names.first().map(String::as_str).unwrap_or_default();
            Box::new(Node::new(post.clone(), at, token.expose(), name))
        }
    })
}

/// `3 ms, gateway 2026.9.6`
pub fn answers(told: &Told) -> String {
    let more = told.text.lines().next().map(str::trim).filter(|text| !text.is_empty());
    more.map_or(format!("{} ms", told.took_ms), |more| format!("{} ms, {more}", told.took_ms))
}

/// `8.7 s`
#[expect(clippy::cast_precision_loss, reason = "a restart takes seconds")]
pub fn seconds(milliseconds: u64) -> String {
    format!("{:.1} s", milliseconds as f64 / 1_000.0)
}

fn cleaned(fault: &Fault) -> Fault {
    let clean = |why: &String| clean(why).0;
    match fault {
        Fault::Unreachable(why) => Fault::Unreachable(clean(why)),
        Fault::Refused(why) => Fault::Refused(clean(why)),
        Fault::Unable(why) => Fault::Unable(clean(why)),
        Fault::Unclear(why) => Fault::Unclear(clean(why)),
    }
}

/// The last lines of a text without secrets and without what steers a terminal, and whether there are more before them.
fn clean(text: &str) -> (String, bool) {
    let whole = Mask(logging::masked).all(text);
    let Some(over) = whole.len().checked_sub(SAID_MOST).filter(|over| *over > 0) else {
        return (whole, false);
    };
    // Of one line that is longer than all that is handed on, the end.
    let over = whole.ceil_char_boundary(over);
    let border =
        if whole.as_bytes()[over - 1] == b'\n' { Some(0) } else { whole[over..].find('\n').map(|at| at + 1) };
    (whole[over + border.unwrap_or(0)..].to_owned(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gateway_says_is_plain_and_short() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\r\nplain\u{7}"), ("red\nplain".into(), false));
        let (shown, is_cut) = clean(&"ä".repeat(SAID_MOST));
        assert!(shown.len() <= SAID_MOST && is_cut);
        let token = format!("7100000001:AA{}SANDB", "SANDBOX".repeat(4));
        assert!(!clean(&token).0.contains("SANDBOX"), "{}", clean(&token).0);
        for after in SAID_MOST - 60..SAID_MOST {
            let shown = clean(&format!("{token} {}", "x".repeat(after))).0;
            assert!(!shown.contains("SAND"), "{after}: {}", &shown[..60]);
        }
    }

    #[test]
    fn a_log_is_cut_between_its_lines() {
        let line = |number: usize| format!("{number:06} {}\n", "x".repeat(160));
        let log = |to: usize| (0..to).map(line).collect::<String>();
        let (first, is_cut) = clean(&log(1_000));
        assert!(is_cut && first.len() > SAID_MOST - 200);
        assert!(first.lines().all(|line| line.len() == 167), "{}", &first[..200]);
        let (next, _) = clean(&log(1_001));
        assert!(next.lines().skip(1).eq(first.lines().skip(2).chain([line(1_000).trim_end()])));
    }

    #[test]
    fn times_are_told_shortly() {
        assert_eq!(seconds(8_712), "8.7 s");
        assert_eq!(
            answers(&Told { took_ms: 3, ..Told::words("gateway 2026.9.6\nmore") }),
            "3 ms, gateway 2026.9.6"
        );
        assert_eq!(answers(&Told { took_ms: 3, ..Told::default() }), "3 ms");
    }
}
