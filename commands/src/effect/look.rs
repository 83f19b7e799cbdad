//! What only the node itself knows, looked up for somebody who asked.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, ChatId, MessageRef, UserId};

/// What to look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Look {
    /// The facts that led to a task's owner.
    Why {
        /// The task, as asked.
        task: String,
    },
    /// The node's last lines of log.
    Logs {
        /// How many.
        lines: usize,
    },
    /// The node in figures.
    Metrics,
    /// Whether the node is there, and how soon Telegram answers it.
    Ping,
    /// The last commands, newest last.
    Audit {
        /// How many.
        lines: usize,
    },
    /// The last changes of permissions, newest first.
    PermsAudit,
    /// What the gateway behind an agent tells.
    Agent {
        /// Which agent.
        agent: AgentId,
        /// What is asked of it.
        of: OfAgent,
    },
}

/// What the gateway behind an agent is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfAgent {
    /// Whether it is there.
    Ping,
    /// Its last lines of log.
    Logs {
        /// How many.
        lines: usize,
    },
    /// Its settings, or one of them, without secrets.
    Config {
        /// Which; none for all.
        key: Option<String>,
    },
    /// One of its settings, which somebody wants to change.
    Change {
        /// Which.
        key: String,
        /// To what.
        value: String,
    },
}

impl Look {
    /// What it is called where it is sent to somebody in private; nothing for what anybody may see.
    pub fn private_name(&self) -> Option<&'static str> {
        match self {
            Self::Logs { .. } | Self::Agent { of: OfAgent::Logs { .. }, .. } => Some("Logs"),
            Self::Audit { .. } => Some("Audit"),
            Self::PermsAudit => Some("Changes of permissions"),
            Self::Agent { of: OfAgent::Config { .. }, .. } => Some("Config"),
            Self::Why { .. } | Self::Metrics | Self::Ping | Self::Agent { .. } => None,
        }
    }
}

/// Who asked, and how he is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// Who.
    pub user: UserId,
    /// The message that asked, or that bears the button.
    pub message: MessageRef,
    /// By which way the answer goes.
    pub way: Way,
}

/// How somebody is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A silent reply by the bot, where it was asked.
    Reply,
    /// A private message of the bot's; the tap was answered.
    Private,
    /// A private message of the dedicated account's.
    Dm,
    /// As an agent is told.
    Tell(AgentId),
}

impl Asker {
    /// The private chat of the asker with the bot.
    pub fn private_chat(&self) -> ChatId {
        ChatId(self.user.0)
    }
}
