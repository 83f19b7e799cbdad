//! Inline buttons of the mesh's bot.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, PersonId, UserId};

/// One inline button. Its data on the wire is made, signed and checked by the bot's adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Draw the status card anew.
    Refresh,
    /// Show the open claims to the one who taps.
    Claims,
    /// An Exec takes the task that was refused to him; the number is its refusal's fence.
    Take {
        /// Who may press.
        who: PersonId,
        /// The fence that held the task when the button was made: another by now makes it stale.
        fence: u64,
    },
    /// The one refused waits.
    Wait {
        /// Who may press.
        who: PersonId,
        /// As above.
        fence: u64,
    },
    /// An Exec gives the offered task to whom it was offered.
    Give {
        /// The fence of the offer.
        fence: u64,
    },
    /// An Exec leaves the offered task with the sender.
    Back {
        /// The fence of the offer.
        fence: u64,
    },
    /// An Exec has a posted secret rotated at once.
    RotateNow {
        /// Its number.
        leak: u64,
    },
    /// An Exec has it rotated after the task at hand.
    RotateAfter {
        /// Its number.
        leak: u64,
    },
    /// An Exec has the message deleted in which it stood.
    DeleteLeaked {
        /// Its number.
        leak: u64,
    },
    /// An Exec says that it is none.
    FalseAlarm {
        /// Its number.
        leak: u64,
    },
    /// An Exec gives a contested task to one of those who started it.
    Verdict {
        /// Who gets it.
        who: UserId,
        /// The fence that died of the contest.
        fence: u64,
    },
    /// The holder is asked whether the task is done.
    AskHolder {
        /// Who may press.
        who: PersonId,
        /// The holder's fence.
        fence: u64,
    },
    /// It is left with its holder.
    LeaveHolder {
        /// Who may press.
        who: PersonId,
        /// As above.
        fence: u64,
    },
    /// An Exec gives the task of a silent owner to somebody.
    GiveTo {
        /// Who gets it.
        who: UserId,
        /// The silent owner's fence.
        fence: u64,
    },
    /// An Exec leaves it with the silent owner.
    LeaveIt {
        /// As above.
        fence: u64,
    },
    /// Hear no more for a while of an agent that can't be reached.
    Silence {
        /// Which agent.
        agent: AgentId,
    },
    /// An Exec keeps out an agent that does not confirm.
    PauseAgent {
        /// Which agent.
        agent: AgentId,
    },
    /// Do what was asked about.
    Yes {
        /// The number of the question.
        ask: u64,
    },
    /// Don't.
    No {
        /// The number of the question.
        ask: u64,
    },
    /// An Exec makes a stranger a Viewer.
    GrantViewer {
        /// Whom.
        user: UserId,
    },
    /// An Exec wants to hear no more of a stranger.
    Ignore {
        /// Of whom.
        user: UserId,
    },
    /// Run what came while nobody listened.
    RunLate,
    /// Let it be.
    DropLate,
    /// Start the node anew, after a question.
    RestartNode,
    /// Send the node's log to the one who taps.
    NodeLogs,
    /// Send the node's settings to the one who taps.
    NodeConfig,
    /// Send the node's figures to the one who taps.
    Metrics,
    /// Ask an agent once more to stand down.
    AskAgain {
        /// Which agent.
        agent: AgentId,
    },
}
