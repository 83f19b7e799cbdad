//! `/mesh` commands: one table is router, permission check, help and menu.

use crate::fact::Role;

/// A `/mesh` line, split into words; quotes hold blanks together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The bot it names (`/mesh@Bot`), without `@`.
    pub to_bot: Option<String>,
    /// The words after `/mesh`, as written.
    pub words: Vec<String>,
}

/// One command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// The word after `/mesh`.
    pub name: &'static str,
    /// What must follow, empty for nothing.
    pub usage: &'static str,
    /// The least role.
    pub role: Role,
    /// One line for the help and the menu.
    pub help: &'static str,
    /// What it does.
    pub verb: Verb,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The commands the asker may use.
    Help,
    /// The status card.
    Status,
    /// Every agent.
    Agents,
    /// Open claims.
    Claims,
}

/// Every command of this release, in the order of the help.
pub const COMMANDS: &[Command] = &[
    Command { name: "help", usage: "", role: Role::Viewer, help: "what you may ask for", verb: Verb::Help },
    Command { name: "status", usage: "", role: Role::Viewer, help: "how the mesh is", verb: Verb::Status },
    Command { name: "agents", usage: "", role: Role::Viewer, help: "every agent", verb: Verb::Agents },
    Command { name: "claims", usage: "", role: Role::Viewer, help: "who has what", verb: Verb::Claims },
];

/// How near a name has to be to be suggested (Jaro-Winkler, 0 to 1).
const NEAR: f64 = 0.75;

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This command.
    Command(&'static Command),
    /// None by that name; perhaps this one was meant.
    Unknown(Option<&'static Command>),
    /// This command, with words it does not take.
    Usage(&'static Command),
}

/// Finds the command of a line. A bare `/mesh` asks for the status.
pub fn find(words: &[String]) -> Asked {
    let Some(first) = words.first() else { return Asked::Command(&COMMANDS[1]) };
    let name = first.to_lowercase();
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) if command.usage.is_empty() && words.len() > 1 => Asked::Usage(command),
        Some(command) => Asked::Command(command),
        None => Asked::Unknown(nearest(&name)),
    }
}

fn nearest(name: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .map(|command| (strsim::jaro_winkler(name, command.name), command))
        // The answer names the help anyway.
        .filter(|(near, command)| *near >= NEAR && command.verb != Verb::Help)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, command)| command)
}
