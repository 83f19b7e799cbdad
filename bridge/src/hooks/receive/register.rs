//! Who may speak at the door, by which token and until when. Tokens are kept as digests: they are long and drawn, so a
//! digest tells nothing.

use std::sync::{Arc, PoisonError, RwLock};

use commands::ids::AgentId;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use subtle::{Choice, ConstantTimeEq as _};

/// An agent that may speak at the door.
#[derive(Clone, Debug)]
pub struct Known {
    /// Which.
    pub id: AgentId,
    /// Its name and its aliases.
    pub names: Vec<String>,
    /// What it shows; each is good.
    pub tokens: Vec<Good>,
}

/// A token that is good.
#[derive(Clone, PartialEq, Eq)]
pub struct Good {
    /// Of its bytes, SHA-256.
    pub digest: [u8; 32],
    /// After that it is dead; none where it is the agent's own.
    pub until: Option<Timestamp>,
}

impl std::fmt::Debug for Good {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Good").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Good {
    /// A token without an end.
    pub fn new(token: &str) -> Self {
        Self { digest: of(token), until: None }
    }
}

fn of(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

/// All who may speak; shared with whoever gives one of them another token.
#[derive(Clone, Debug, Default)]
pub struct Register(Arc<RwLock<Vec<Arc<Known>>>>);

impl Register {
    /// These.
    pub fn new(agents: Vec<Known>) -> Self {
        Self(Arc::new(RwLock::new(agents.into_iter().map(Arc::new).collect())))
    }

    /// Whether nobody may speak.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Each with its first name.
    pub fn names(&self) -> Vec<(AgentId, String)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter_map(|agent| Some((agent.id, agent.names.first()?.clone()))).collect()
    }

    /// The digest of the token that an agent shows by its own configuration.
    pub fn current(&self, agent: AgentId) -> Option<[u8; 32]> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let tokens = &known.iter().find(|known| known.id == agent)?.tokens;
        tokens.iter().find(|good| good.until.is_none()).map(|good| good.digest)
    }

    /// Adds one that is good for a while.
    pub fn also(&self, agent: AgentId, old: Good) {
        self.change(agent, |tokens| {
            if tokens.iter().all(|good| good.digest != old.digest) {
                tokens.push(old);
            }
        });
    }

    /// From now on it shows this one; the one it showed is good until then, any older one is dead.
    pub fn rotate(&self, agent: AgentId, token: &str, old_until: Timestamp) {
        self.change(agent, |tokens| {
            tokens.retain(|good| good.until.is_none());
            for old in tokens.iter_mut() {
                old.until = Some(old_until);
            }
            tokens.insert(0, Good::new(token));
        });
    }

    fn change(&self, agent: AgentId, change: impl FnOnce(&mut Vec<Good>)) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.iter_mut().find(|known| known.id == agent) {
            change(&mut Arc::make_mut(known).tokens);
        }
    }

    /// Whose token it is. Every token is compared, and each in constant time: how long it takes tells nothing.
    pub(super) fn owner(&self, token: &str, now: Timestamp) -> Option<Arc<Known>> {
        let (shown, known) = (of(token), self.0.read().unwrap_or_else(PoisonError::into_inner));
        let mut found = None;
        for agent in known.iter() {
            let mut same = Choice::from(0);
            for good in &agent.tokens {
                let alive = good.until.is_none_or(|until| now < until);
                same |= good.digest.ct_eq(&shown) & Choice::from(u8::from(alive));
            }
            if bool::from(same) {
                found = Some(agent.clone());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn register() -> Register {
        let known =
            |id, token: &str| Known { id: AgentId(id), names: vec![], tokens: vec![Good::new(token)] };
        Register::new(vec![known(1, "first-of-one"), known(2, "first-of-two")])
    }

    fn whose(register: &Register, token: &str, seconds: i64) -> Option<i64> {
        let now = NOW + SignedDuration::from_secs(seconds);
        register.owner(token, now).map(|agent| agent.id.0)
    }

    #[test]
    fn an_old_token_is_good_for_its_grace_and_then_dead() {
        let register = register();
        let until = |seconds| NOW + SignedDuration::from_secs(seconds);
        register.rotate(AgentId(1), "second", until(60));
        assert_eq!(
            ["first-of-one", "second", "first-of-two", "", "sec"].map(|token| whose(&register, token, 59)),
            [Some(1), Some(1), Some(2), None, None]
        );
        assert_eq!((whose(&register, "first-of-one", 60), whose(&register, "second", 60)), (None, Some(1)));
        register.rotate(AgentId(1), "third", until(120));
        assert_eq!(whose(&register, "first-of-one", 1), None, "the one before the last is dead");
        assert_eq!((whose(&register, "second", 1), whose(&register, "third", 1_000)), (Some(1), Some(1)));
        assert_eq!(register.current(AgentId(1)), Some(Good::new("third").digest));
    }

    #[test]
    fn what_was_kept_of_an_earlier_run_does_not_end_the_current_one() {
        let register = register();
        let ending = |token: &str| Good { until: Some(NOW), ..Good::new(token) };
        register.also(AgentId(1), ending("first-of-one"));
        assert_eq!(whose(&register, "first-of-one", 10), Some(1));
        register
            .also(AgentId(1), Good { until: Some(NOW + SignedDuration::from_secs(5)), ..Good::new("older") });
        assert_eq!((whose(&register, "older", 4), whose(&register, "older", 5)), (Some(1), None));
        assert!(!format!("{register:?}").contains("older"));
    }
}
