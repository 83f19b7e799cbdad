//! `/mesh` commands: one table is router, permission check, help, menu and the page of documentation.

mod page;

use crate::fact::Role;

pub use self::page::page;

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
    /// What stands after `/mesh`: words as they are typed, `<what must follow>`, `[what may follow]`.
    pub form: &'static str,
    /// The least role.
    pub role: Role,
    /// One line for the help and the menu.
    pub help: &'static str,
    /// What it does.
    pub verb: Verb,
    /// Whether its last argument but the optional ones may be of several words without quotes.
    pub spread: bool,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says of each what it does")]
pub enum Verb {
    Help,
    Status,
    Agents,
    Ping,
    Logs,
    Metrics,
    PermsList,
    PermsGrant,
    PermsRevoke,
    PermsAudit,
    AgentInfo,
    AgentRestart,
    AgentPause,
    AgentResume,
    AgentConfig,
    Claims,
    Assign,
    Claim,
    Done,
    Handoff,
    StandDown,
    StandUp,
    Lead,
    Why,
    Preflight,
    Bind,
    Audit,
    Stop,
    Start,
}

const fn row(form: &'static str, role: Role, verb: Verb, help: &'static str) -> Command {
    Command { form, role, help, verb, spread: false }
}

const fn spread(form: &'static str, role: Role, verb: Verb, help: &'static str) -> Command {
    Command { form, role, help, verb, spread: true }
}

use Role::{Exec, Operator, Viewer};

/// Every command of this release, in the order of the help. Of two that fit, the first counts.
pub const COMMANDS: &[Command] = &[
    row("help", Viewer, Verb::Help, "what you may ask for"),
    row("status", Viewer, Verb::Status, "how the mesh is"),
    row("agents", Viewer, Verb::Agents, "every agent"),
    row("ping <agent>", Viewer, Verb::Ping, "ask an agent whether it is there"),
    row("logs <agent> [n]", Operator, Verb::Logs, "its last lines, 20 or n (at most 200), sent to you"),
    row("metrics", Viewer, Verb::Metrics, "the mesh in figures"),
    row("perms list", Operator, Verb::PermsList, "who may do what"),
    row("perms grant <user> <role>", Exec, Verb::PermsGrant, "give somebody a role"),
    row("perms revoke <user> <role>", Exec, Verb::PermsRevoke, "take a role away"),
    row("perms audit", Operator, Verb::PermsAudit, "changes of permissions, newest first"),
    row("agent <name> info", Viewer, Verb::AgentInfo, "all about one agent"),
    row("agent <name> restart", Operator, Verb::AgentRestart, "start it anew"),
    row("agent <name> pause", Operator, Verb::AgentPause, "keep it out until it is resumed"),
    row("agent <name> resume", Operator, Verb::AgentResume, "let it go on"),
    spread(
        "agent <name> config [key] [value]",
        Operator,
        Verb::AgentConfig,
        "show its settings, or change one",
    ),
    row("claims", Viewer, Verb::Claims, "who has what"),
    spread("claim assign <task> <agent>", Exec, Verb::Assign, "give a task to somebody"),
    spread("claim <task> [eta]", Operator, Verb::Claim, "claim a task"),
    spread("done <task> [result]", Operator, Verb::Done, "a task is done"),
    spread("handoff <task> <agent>", Operator, Verb::Handoff, "offer a task of yours"),
    row("standdown <agent|all>", Exec, Verb::StandDown, "tell agents to be quiet"),
    row("standup <agent|all>", Exec, Verb::StandUp, "let them speak again"),
    row("lead <agent>", Exec, Verb::Lead, "who leads; none for nobody"),
    spread("why <task>", Viewer, Verb::Why, "how a task came to its owner"),
    spread("preflight <keywords>", Viewer, Verb::Preflight, "is anybody at something like it"),
    row("bind <@user> <persona>", Exec, Verb::Bind, "how a person is called"),
    row("audit [n]", Operator, Verb::Audit, "the last 20 or n commands, sent to you"),
    row("stop", Exec, Verb::Stop, "hold all that the mesh says and does"),
    row("start", Exec, Verb::Start, "go on after a stop"),
];

/// How near a name has to be to be suggested (Jaro-Winkler, 0 to 1).
const NEAR: f64 = 0.75;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This command, with its arguments: as many as were given, in the order of its form.
    Command(&'static Command, Vec<String>),
    /// None by that name; perhaps this one was meant.
    Unknown(Option<&'static Command>),
    /// This command, with words it does not take.
    Usage(&'static Command),
}

/// One word of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Word(&'static str),
    Must,
    May,
}

impl Command {
    /// Whether it changes anything, with so many arguments.
    pub fn changes(&self, arguments: usize) -> bool {
        match self.verb {
            Verb::AgentConfig => arguments > 2,
            Verb::PermsGrant
            | Verb::PermsRevoke
            | Verb::AgentRestart
            | Verb::AgentPause
            | Verb::AgentResume
            | Verb::Assign
            | Verb::Claim
            | Verb::Done
            | Verb::Handoff
            | Verb::StandDown
            | Verb::StandUp
            | Verb::Lead
            | Verb::Bind
            | Verb::Stop
            | Verb::Start => true,
            _ => false,
        }
    }

    fn parts(&self) -> impl DoubleEndedIterator<Item = Part> {
        self.form.split(' ').map(|part| match part.as_bytes() {
            [b'<', ..] => Part::Must,
            [b'[', ..] => Part::May,
            _ => Part::Word(part),
        })
    }

    /// Whether all that is left names one agent, be there blanks in it.
    fn ends_with_a_name(&self) -> bool {
        !self.spread && (self.form.ends_with(" <agent>") || self.form.ends_with(" <agent|all>"))
    }

    /// The word it begins with: its name in a menu.
    pub fn name(&self) -> &'static str {
        self.form.split(' ').next().unwrap_or_default()
    }

    /// The words that are typed as they are: `agent restart`.
    pub fn words(&self) -> String {
        let words = self.parts().filter_map(|part| match part {
            Part::Word(word) => Some(word),
            Part::Must | Part::May => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Whether the line begins with the several words that this command begins with.
    fn is_opened_by(&self, words: &[String]) -> bool {
        let opening = self.parts().map_while(|part| match part {
            Part::Word(word) => Some(word),
            Part::Must | Part::May => None,
        });
        let opening: Vec<_> = opening.collect();
        let typed = opening.iter().zip(words).filter(|(a, b)| a.eq_ignore_ascii_case(b)).count();
        opening.len() > 1 && typed == opening.len()
    }

    /// So many of the words fit, from the left, as far as they were typed.
    fn likeness(&self, words: &[String]) -> usize {
        let fits = |(part, word): &(Part, &String)| match part {
            Part::Word(wanted) => word.eq_ignore_ascii_case(wanted),
            Part::Must | Part::May => true,
        };
        let alike = self.parts().zip(words).take_while(fits);
        alike.filter(|(part, _)| matches!(part, Part::Word(_))).count()
    }

    /// The arguments, if the words fit.
    fn arguments(&self, words: &[String]) -> Option<Vec<String>> {
        let least = self.parts().filter(|part| *part != Part::May).count();
        let most = self.parts().count();
        if words.len() < least || (words.len() > most && !self.spread && !self.ends_with_a_name()) {
            return None;
        }
        let mut arguments = Vec::new();
        let mut words = words.iter();
        for part in self.parts() {
            match (part, words.next()) {
                (Part::Word(wanted), Some(word)) if word.eq_ignore_ascii_case(wanted) => {}
                (Part::Word(_), _) | (Part::Must, None) => return None,
                (Part::Must | Part::May, Some(word)) => arguments.push(word.clone()),
                (Part::May, None) => {}
            }
        }
        match arguments.last_mut().filter(|_| self.ends_with_a_name()) {
            Some(name) => words.for_each(|word| *name = format!("{name} {word}")),
            None => arguments.extend(words.cloned()),
        }
        let empty = arguments.iter().any(|argument| argument.trim().is_empty());
        (!empty).then_some(arguments)
    }
}

/// Finds the command of a line. A bare `/mesh` asks for the status.
pub fn find(words: &[String]) -> Asked {
    let Some(first) = words.first() else { return Asked::Command(&COMMANDS[1], Vec::new()) };
    // `claim assign` is no claim of a task of that name: one that begins so is put in quotes.
    if let Some(command) = COMMANDS.iter().find(|command| command.is_opened_by(words)) {
        return command
            .arguments(words)
            .map_or(Asked::Usage(command), |given| Asked::Command(command, given));
    }
    let fitting =
        COMMANDS.iter().find_map(|command| Some(Asked::Command(command, command.arguments(words)?)));
    if let Some(asked) = fitting {
        return asked;
    }
    let name = first.to_lowercase();
    if let Some(plain) = COMMANDS.iter().find(|command| words.len() == 1 && command.words() == name) {
        return Asked::Usage(plain);
    }
    let of_that_name = COMMANDS.iter().filter(|command| command.name() == name);
    // Of `agent …` the one is meant whose words were typed; without them the first tells what may follow.
    let meant = of_that_name.rev().max_by_key(|command| command.likeness(words));
    match meant {
        Some(command) if command.words() != command.name() && command.likeness(words) < 2 => {
            second(command, words)
        }
        Some(command) => Asked::Usage(command),
        None => Asked::Unknown(nearest(&name)),
    }
}

/// A first word that several commands begin with, and no second one of them.
fn second(first: &'static Command, words: &[String]) -> Asked {
    let place = first.parts().skip(1).position(|part| matches!(part, Part::Word(_))).map_or(1, |at| at + 1);
    let Some(typed) = words.get(place).map(|word| word.to_lowercase()) else { return Asked::Usage(first) };
    let same = COMMANDS.iter().filter(|command| command.name() == first.name());
    let near = same.filter_map(|command| {
        let word = command.parts().nth(place)?;
        let Part::Word(word) = word else { return None };
        Some((strsim::jaro_winkler(&typed, word), command))
    });
    best(near).map_or(Asked::Usage(first), |command| Asked::Unknown(Some(command)))
}

fn nearest(name: &str) -> Option<&'static Command> {
    // The answer names the help anyway.
    let others = COMMANDS.iter().filter(|command| command.verb != Verb::Help);
    best(others.map(|command| (strsim::jaro_winkler(name, command.name()), command)))
}

fn best(near: impl Iterator<Item = (f64, &'static Command)>) -> Option<&'static Command> {
    near.filter(|(near, _)| *near >= NEAR)
        // Of equals the first in the table.
        .fold(None, |best: Option<(f64, _)>, each| match best {
            Some(best) if best.0 >= each.0 => Some(best),
            _ => Some(each),
        })
        .map(|(_, command)| command)
}

/// Each name once, with what to say of it in a menu.
pub fn menu() -> Vec<(&'static str, &'static str)> {
    let mut menu: Vec<(&str, &str)> = Vec::new();
    for command in COMMANDS {
        if !menu.iter().any(|(name, _)| *name == command.name()) {
            let one = COMMANDS.iter().filter(|other| other.name() == command.name()).count() == 1;
            menu.push((command.name(), if one { command.help } else { of_many(command.name()) }));
        }
    }
    menu
}

fn of_many(name: &str) -> &'static str {
    match name {
        "perms" => "who may do what: list, grant, revoke, audit",
        "agent" => "one agent: info, restart, pause, resume, config",
        _ => "claim a task, or give it to somebody",
    }
}

#[cfg(test)]
mod tests;
