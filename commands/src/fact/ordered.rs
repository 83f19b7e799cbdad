//! What commands leave behind: who bears which username, roles that wait for their people, questions asked back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Role;
use crate::effect::Deed;
use crate::ids::{AgentId, ChatId, PersonId, UserId};

/// One thing that is now true because of a command, or of who sent one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ordered", rename_all = "snake_case")]
pub enum Ordered {
    /// A username was seen to be somebody's; it stays theirs, whoever bears it later.
    Pinned {
        /// Folded, without `@`.
        username: String,
        /// Whose.
        user: UserId,
    },
    /// Somebody who has not been heard yet gets this when they first are; a later promise replaces an earlier one.
    Promised {
        /// Folded, without `@`.
        username: String,
        /// The role; none leaves it as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// How the mesh is to call them; none for their display name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        persona: Option<String>,
        /// Who said so.
        by: PersonId,
        /// When: it holds for a week.
        at: Timestamp,
    },
    /// The promise was kept, or is void.
    PromiseEnded {
        /// As above.
        username: String,
    },
    /// A question was asked back, or an order is under way.
    Asked {
        /// Its number, counted from one.
        number: u64,
        /// What about.
        ask: Ask,
    },
    /// It was answered, or has come to its end.
    Settled {
        /// Its number.
        number: u64,
    },
    /// So many were asked by now.
    Counted {
        /// The number of the last.
        last: u64,
    },
    /// A stranger asked for `/mesh`, and Execs were told.
    Requested {
        /// Who.
        user: UserId,
        /// Their display name then.
        name: String,
    },
    /// Nobody wants to hear of that stranger.
    Ignored {
        /// Who.
        user: UserId,
    },
    /// Everything that the mesh says and does is held.
    Stopped {
        /// By whom.
        by: PersonId,
        /// Since when.
        at: Timestamp,
    },
    /// It goes on.
    Started,
    /// Another program takes the bot's updates: commands and taps are not heard.
    Taken {
        /// Since when.
        at: Timestamp,
    },
    /// They are heard again.
    HeardAgain,
    /// A setting differs from the configuration's.
    Set {
        /// Its name under `[rules]`.
        key: String,
        /// Its value, as [`Setting`](crate::rules::settings::Setting) writes it; none is the configuration's again.
        value: Option<String>,
        /// Who said so.
        by: PersonId,
    },
    /// An agent's gateway is started anew.
    Restarted {
        /// Which agent.
        agent: AgentId,
        /// When it was begun: not so soon again.
        at: Timestamp,
    },
    /// What was begun came to nothing: it may be tried again at once.
    NotRestarted {
        /// Which agent.
        agent: AgentId,
    },
    /// A command came so late that it was not run.
    CameLate(LateCommand),
    /// What was not run has been run or dropped, or is too old by now.
    LateSettled,
    /// The mesh said that it is back.
    Returned {
        /// When.
        at: Timestamp,
        /// What it said, but for what was not run.
        text: String,
    },
    /// Whoever shows the word of this hash first becomes an Exec.
    Invited {
        /// SHA-256 of the word, in hex.
        hash: String,
        /// After that it is void.
        until: Timestamp,
    },
    /// Somebody did, or it is void.
    InvitationEnded {
        /// As above.
        hash: String,
    },
}

/// A command that was not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateCommand {
    /// Who gave it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Its words after `/mesh`.
    pub words: Vec<String>,
}

/// A question asked back, or an order whose outcome is awaited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Whom; nobody else may answer.
    pub who: UserId,
    /// Where.
    pub chat: ChatId,
    /// When; it can be answered for five minutes.
    pub at: Timestamp,
    /// What about.
    pub about: Order,
}

/// What is done once it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Start the node anew.
    Restart,
    /// The node is being started anew.
    Restarting,
    /// Take a role away.
    Revoke {
        /// From whom.
        user: UserId,
        /// Which.
        role: Role,
        /// What they are then; none for nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Role>,
    },
    /// Change a setting; none is the configuration's again.
    Set {
        /// Its name.
        key: String,
        /// Its new value.
        value: Option<String>,
    },
    /// Do something to the gateway behind an agent.
    Drive {
        /// Which agent.
        agent: AgentId,
        /// What.
        deed: Deed,
    },
    /// It is being done; what became of it is yet to come.
    Driving {
        /// Which agent.
        agent: AgentId,
        /// What.
        deed: Deed,
    },
}
