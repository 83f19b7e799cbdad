//! What agents show at the node's door, given anew: `mesh token rotate`. The old one is good for a grace, over restarts,
//! and then dead.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bridge::hooks::{Good, Register};
use commands::fact::is_same_name;
use commands::ids::{AgentId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sessions::{AuditLine, Batch, Store};

/// What people call such a token where it leaks.
pub const LABEL: &str = "a token of the mesh's own door";
/// A token has so many random bytes.
const TOKEN_BYTES: usize = 24;

/// Where an agent's token stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// The agent.
    pub agent: AgentId,
    /// Its name and its aliases.
    pub names: Vec<String>,
    /// The file; none where the configuration refers to something else.
    pub file: Option<PathBuf>,
}

/// Gives agents other tokens; cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    register: Register,
    places: Vec<Place>,
    grace: SignedDuration,
    store: Store,
    clock: bot::listen::Clock,
    /// One at a time.
    rotating: Mutex<()>,
}

/// What is kept of a token that was rotated away.
#[derive(Serialize, Deserialize)]
struct Kept {
    digest: [u8; 32],
    until: Timestamp,
}

/// An agent that has another token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rotated {
    /// Its name.
    pub agent: String,
    /// Where the new one stands, for its owner only.
    pub file: PathBuf,
    /// The old one is good until then.
    pub old_until: Timestamp,
}

/// What was rotated, and for whom the mind is to know it.
pub struct New {
    /// What to tell.
    pub told: Rotated,
    /// The agent.
    pub agent: AgentId,
    /// The new token.
    pub token: String,
}

fn cursor(agent: AgentId) -> String {
    format!("token/{agent}")
}

impl Tokens {
    /// Those of a register; what earlier runs rotated away is good again until its end.
    pub fn new(
        register: Register,
        places: Vec<Place>,
        grace: SignedDuration,
        store: Store,
        clock: bot::listen::Clock,
    ) -> Self {
        for Place { agent, .. } in &places {
            let kept = store.cursor(&cursor(*agent)).ok().flatten();
            let kept: Option<Kept> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(Kept { digest, until }) = kept {
                register.also(*agent, Good { digest, until: Some(until) });
            }
        }
        Self(Arc::new(Inner { register, places, grace, store, clock, rotating: Mutex::new(()) }))
    }

    /// Draws a new token for an agent, and writes it where its old one stood. Blocks for as long as the disk takes.
    ///
    /// # Errors
    /// A sentence: nobody of that name, a token that is not in a file, a disk that does not take it.
    pub fn rotate(&self, name: &str) -> Result<New, String> {
        let inner = &self.0;
        let _one = inner.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &String| is_same_name(known, name);
        let place = inner.places.iter().find(|place| place.names.iter().any(same));
        let place = place.ok_or_else(|| format!("no agent with a token is called \"{name}\" here"))?;
        let file = place.file.clone().ok_or_else(|| {
            format!("the token of {name} stands in no file: write token = {{ file = \"…\" }} at its [[agents]] first")
        })?;
        let Some(old) = inner.register.current(place.agent) else {
            return Err(format!("{name} has no token"));
        };
        let agent = place.names.first().cloned().unwrap_or_default();
        let until = (inner.clock)().saturating_add(inner.grace).unwrap_or(Timestamp::MAX);
        self.remember(place.agent, &agent, &Kept { digest: old, until })?;
        let token = drawn()?;
        put(&file, &token).map_err(|error| format!("{} can't be written: {error}", file.display()))?;
        inner.register.rotate(place.agent, &token, until);
        let told = Rotated { agent, file, old_until: until };
        Ok(New { told, agent: place.agent, token })
    }

    /// Written before the new one is, so that whoever has the old one is let in whatever happens.
    fn remember(&self, agent: AgentId, name: &str, kept: &Kept) -> Result<(), String> {
        let value = serde_json::to_vec(kept).map_err(|error| error.to_string())?;
        let line = AuditLine {
            at: (self.0.clock)(),
            user: UserId(0),
            name: "shell".to_owned(),
            command: "token rotate".to_owned(),
            target: Some(name.to_owned()),
            result: "ordered".to_owned(),
            error: None,
            anchor: None,
        };
        let batch = Batch { cursors: vec![(cursor(agent), value)], audit: vec![line], ..Batch::default() };
        self.0.store.commit(batch).map(|_| ()).map_err(|error| error.to_string())
    }
}

fn drawn() -> Result<String, String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no randomness: {error}"))?;
    Ok(sessions::hex(&bytes))
}

/// All of it, or what stood there before; for its owner only.
fn put(file: &Path, token: &str) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    new.as_file().set_permissions(std::fs::Permissions::from_mode(0o600))?;
    writeln!(new, "{token}")?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

/// The places by agent, for the ones that have a token.
pub fn places(agents: &[config::Agent]) -> Vec<Place> {
    let with_token = agents.iter().filter(|agent| agent.token.is_some());
    let place = |agent: &config::Agent| {
        let names = std::iter::once(&agent.agent.name).chain(&agent.agent.aliases).cloned().collect();
        (agent.agent.id, Place { agent: agent.agent.id, names, file: agent.token_file.clone() })
    };
    with_token.map(place).collect::<BTreeMap<_, _>>().into_values().collect()
}
