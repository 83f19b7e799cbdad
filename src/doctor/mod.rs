//! `mesh doctor`: everything that can be looked at before or beside a running node, one check after the other. Each
//! check is a value of one list; what it finds says what to do.

mod bot;
mod configuration;
mod files;
mod finding;
mod group;
mod hooks;
mod machines;
mod patient;
mod session;
mod store;
mod telegram;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use self::finding::{Finding, Verdict};
use self::patient::Patient;

/// `mesh doctor`
#[derive(Args)]
pub struct Options {
    /// The configuration to look at.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
    /// Print one JSON object: verdict (ok, warning, fault) and checks, each with name, verdict, what, todo.
    #[arg(long)]
    json: bool,
    /// Another configuration of OpenSSH than its own (ssh -F), for the agents' machines.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<PathBuf>,
}

/// Shown below its help.
pub const EXIT_CODES: &str = "Looks at the configuration, files and their permissions, the store, the account's session, Telegram's \
     clock, both of Telegram's doors, the bot and its rights, who is in the group, the agents' hooks and their \
     machines (ssh). A running node is asked; only \
     without one the store is opened. Nothing is changed, and no code is sent to anybody.

Exit codes: 0 no fault (there may be warnings); 1 a fault; 64 the command was not understood.";

type Found<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;

/// One thing that is looked at.
struct Check {
    /// Its name, for programs.
    name: &'static str,
    /// Looks.
    run: for<'a> fn(&'a Patient) -> Found<'a>,
}

/// All checks, in the order in which a fault of one explains those of the next.
const CHECKS: &[Check] = &[
    Check { name: "configuration", run: |patient| Box::pin(configuration::check(patient)) },
    Check { name: "files", run: |patient| Box::pin(files::check(patient)) },
    Check { name: "node", run: |patient| Box::pin(store::node(patient)) },
    Check { name: "store", run: |patient| Box::pin(store::check(patient)) },
    Check { name: "telegram", run: |patient| Box::pin(telegram::check(patient)) },
    Check { name: "clock", run: |patient| Box::pin(telegram::clock(patient)) },
    Check { name: "session", run: |patient| Box::pin(session::check(patient)) },
    Check { name: "bot", run: |patient| Box::pin(bot::check(patient)) },
    Check { name: "poller", run: |patient| Box::pin(bot::poller(patient)) },
    Check { name: "group", run: |patient| Box::pin(group::check(patient)) },
    Check { name: "members", run: |patient| Box::pin(group::members(patient)) },
    Check { name: "hooks", run: |patient| Box::pin(hooks::check(patient)) },
    Check { name: "machines", run: |patient| Box::pin(machines::check(patient)) },
];

impl Options {
    /// Of that configuration, for people.
    pub fn of(config: PathBuf) -> Self {
        Self { config, json: false, ssh_config: None }
    }
}

/// Looks at everything.
///
/// # Errors
/// None of its own: what is wrong is what it finds.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let patient = Patient::meet(&options.config, options.ssh_config.clone()).await;
    let mut found = Vec::new();
    let colour = std::io::stdout().is_terminal();
    for check in CHECKS {
        for finding in (check.run)(&patient).await {
            if !options.json {
                say(&line(check.name, &finding, colour));
            }
            found.push((check.name, finding));
        }
    }
    let worst = found.iter().map(|(_, finding)| finding.verdict).max().unwrap_or(Verdict::Ok);
    if options.json {
        say(&format!("{}\n", report(&found, worst)));
    } else {
        say(&format!("{}\n", summary(&found)));
    }
    Ok(if worst == Verdict::Fault { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whoever reads may have read enough.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn report(found: &[(&str, Finding)], worst: Verdict) -> Value {
    let one = |(name, finding): &(&str, Finding)| {
        let Finding { verdict, what, todo } = finding;
        json!({ "name": name, "verdict": verdict.name(), "what": what, "todo": todo })
    };
    json!({ "verdict": worst.name(), "checks": found.iter().map(one).collect::<Vec<_>>() })
}

fn line(name: &str, finding: &Finding, colour: bool) -> String {
    let (mark, paint) = match finding.verdict {
        Verdict::Ok => ("ok     ", "32"),
        Verdict::Warning => ("warning", "33"),
        Verdict::Fault => ("FAULT  ", "31"),
    };
    let mark = if colour { format!("\u{1b}[{paint}m{mark}\u{1b}[0m") } else { mark.to_owned() };
    let todo = finding.todo.as_ref().map(|todo| format!("\n         {todo}")).unwrap_or_default();
    format!("{mark}  {name}: {}{todo}\n", finding.what)
}

fn summary(found: &[(&str, Finding)]) -> String {
    let count = |wanted| found.iter().filter(|(_, finding)| finding.verdict == wanted).count();
    match (count(Verdict::Fault), count(Verdict::Warning)) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (faults, warnings) => format!("Faults: {faults}. Warnings: {warnings}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_and_what_to_do_another() {
        let finding = Finding::fault("the token was refused", "ask BotFather");
        assert_eq!(
            line("bot", &finding, false),
            "FAULT    bot: the token was refused\n         ask BotFather\n"
        );
        assert!(line("bot", &finding, true).starts_with("\u{1b}[31m"));
        assert_eq!(line("bot", &Finding::ok("@mesh"), false), "ok       bot: @mesh\n");
        assert_eq!(summary(&[("bot", finding.clone())]), "Faults: 1. Warnings: 0.");
        let json = report(&[("bot", finding)], Verdict::Fault);
        assert_eq!(json["checks"][0]["todo"], "ask BotFather");
        assert_eq!(json["verdict"], "fault");
    }

    #[test]
    fn every_check_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
    }
}
