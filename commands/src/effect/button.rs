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

/// What people are told of a kind of button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ButtonKind {
    /// Its name in the audit, behind `tap`.
    pub name: &'static str,
    /// What stands on it, with names for an example.
    pub label: &'static str,
    /// What it stands under.
    pub under: &'static str,
    /// Who may press it.
    pub who: &'static str,
}

/// One button of each kind, in the order of the page that lists them.
pub const BUTTONS: &[ButtonAction] = &[
    ButtonAction::RestartNode,
    ButtonAction::NodeLogs,
    ButtonAction::NodeConfig,
    ButtonAction::Metrics,
    ButtonAction::Refresh,
    ButtonAction::Claims,
    ButtonAction::Yes { ask: 0 },
    ButtonAction::No { ask: 0 },
    ButtonAction::GrantViewer { user: UserId(0) },
    ButtonAction::Ignore { user: UserId(0) },
    ButtonAction::RunLate,
    ButtonAction::DropLate,
    ButtonAction::Take { who: PersonId(0), fence: 0 },
    ButtonAction::Wait { who: PersonId(0), fence: 0 },
    ButtonAction::AskHolder { who: PersonId(0), fence: 0 },
    ButtonAction::LeaveHolder { who: PersonId(0), fence: 0 },
    ButtonAction::Give { fence: 0 },
    ButtonAction::Back { fence: 0 },
    ButtonAction::Verdict { who: UserId(0), fence: 0 },
    ButtonAction::GiveTo { who: UserId(0), fence: 0 },
    ButtonAction::LeaveIt { fence: 0 },
    ButtonAction::PauseAgent { agent: AgentId(0) },
    ButtonAction::AskAgain { agent: AgentId(0) },
    ButtonAction::Silence { agent: AgentId(0) },
    ButtonAction::RotateNow { leak: 0 },
    ButtonAction::RotateAfter { leak: 0 },
    ButtonAction::DeleteLeaked { leak: 0 },
    ButtonAction::FalseAlarm { leak: 0 },
];

const STATUS: &str = "the status card";
const ASKED: &str = "a question asked back";
const STRANGER: &str = "a stranger's request, to each Exec";
const AWAY: &str = "the word that the mesh is back, with what was not run";
const TAKEN: &str = "the answer to an Exec who claims what somebody has";
const NOT_YOURS: &str = "the answer to a DONE of what an agent has";
const OFFER: &str = "an offer that nobody answered";
const CONTEST: &str = "a contested task";
const LATE: &str = "a task whose owner is silent";
const UNCONFIRMED: &str = "a stand-down that is not confirmed";
const SECRET: &str = "a secret in the group";
const TO_THE_ASKER: &str = "whoever is answered";
const BY_GIVER: &str = "Exec, or whoever gave all of it";

impl ButtonAction {
    /// What people are told of its kind.
    pub const fn kind(self) -> ButtonKind {
        let (name, label, under, who) = match self {
            Self::RestartNode => ("restart", "🔄 Restart node-1", STATUS, "Operator"),
            Self::NodeLogs => ("logs", "📋 View Logs", STATUS, "Operator"),
            Self::NodeConfig => ("config", "⚙️ Config", STATUS, "Operator"),
            Self::Metrics => ("metrics", "📊 Metrics", STATUS, "Viewer"),
            Self::Refresh => ("refresh", "🔄 Refresh", STATUS, "Viewer"),
            Self::Claims => ("claims", "🔒 Claims", STATUS, "Viewer"),
            Self::Yes { .. } => ("yes", "🔄 Restart node-1, ✅ Revoke, ✅ Apply", ASKED, TO_THE_ASKER),
            Self::No { .. } => ("no", "❌ Don't, ❌ Keep, ❌ Discard", ASKED, TO_THE_ASKER),
            Self::GrantViewer { .. } => ("grant viewer", "Grant Viewer", STRANGER, "Exec"),
            Self::Ignore { .. } => ("ignore", "Ignore", STRANGER, "Exec"),
            Self::RunLate => ("run now", "Run now", AWAY, BY_GIVER),
            Self::DropLate => ("drop", "Drop", AWAY, BY_GIVER),
            Self::Take { .. } => ("take", "Take it", TAKEN, TO_THE_ASKER),
            Self::Wait { .. } => ("wait", "Wait", TAKEN, TO_THE_ASKER),
            Self::AskHolder { .. } => ("ask", "Ask Sandman", NOT_YOURS, TO_THE_ASKER),
            Self::LeaveHolder { .. } => ("leave", "Leave it", NOT_YOURS, TO_THE_ASKER),
            Self::Give { .. } => ("give", "Oracle takes it", OFFER, "Exec"),
            Self::Back { .. } => ("back", "Back to Sandman", OFFER, "Exec"),
            Self::Verdict { .. } => ("verdict", "Sandman", CONTEST, "Exec"),
            Self::GiveTo { .. } => ("give to", "Give to Sandman", LATE, "Exec"),
            Self::LeaveIt { .. } => ("leave late", "Leave it", LATE, "Exec"),
            Self::PauseAgent { .. } => ("pause", "Pause Oracle", UNCONFIRMED, "Exec"),
            Self::AskAgain { .. } => ("ask again", "Ask again", UNCONFIRMED, "Exec"),
            Self::Silence { .. } => ("silence", "Silence 1 h", "an agent that can't be reached", "Operator"),
            Self::RotateNow { .. } => ("rotate now", "Rotate now", SECRET, "Exec"),
            Self::RotateAfter { .. } => ("rotate after the task", "Rotate after \"a task\"", SECRET, "Exec"),
            Self::DeleteLeaked { .. } => ("delete the message", "Delete message", SECRET, "Exec"),
            Self::FalseAlarm { .. } => ("false alarm", "False alarm", SECRET, "Exec"),
        };
        ButtonKind { name, label, under, who }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// serde names all variants where it does not know one.
    #[test]
    fn the_list_has_a_button_of_each_kind() {
        let unknown = serde_json::from_str::<ButtonAction>("\"none of them\"").unwrap_err().to_string();
        let (_, known) = unknown.split_once("expected one of").unwrap();
        let known: BTreeSet<&str> = known.split('`').skip(1).step_by(2).collect();
        let tag = |action: &ButtonAction| match serde_json::to_value(action).unwrap() {
            serde_json::Value::Object(fields) => fields.keys().next().unwrap().clone(),
            tag => tag.as_str().unwrap().to_owned(),
        };
        let listed: Vec<String> = BUTTONS.iter().map(tag).collect();
        assert_eq!(listed.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
        let names: BTreeSet<&str> = BUTTONS.iter().map(|action| action.kind().name).collect();
        assert_eq!((names.len(), listed.len()), (BUTTONS.len(), known.len()), "each once: {names:?}");
    }
}
