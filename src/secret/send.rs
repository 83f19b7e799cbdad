//! `mesh secret send`: one secret on one machine, whole or not at all.

use std::io::{IsTerminal as _, Read as _};

use clap::Args;
use config::Machine;
use jiff::SignedDuration;

use super::named;
use super::ssh::{Ran, Ssh};
use crate::cli::Ended;
use crate::sign_in::ask_hidden;

/// The longest secret, in bytes.
const SECRET_MOST: u64 = 64 * 1024;
/// The longest name of one, in bytes.
const NAME_MOST: usize = 64;
/// The longest time that one is lent for.
const FOR_MOST: SignedDuration = SignedDuration::from_hours(24);

/// `mesh secret send`
#[derive(Args)]
pub(super) struct Options {
    /// The agent, by name or alias.
    agent: String,
    /// The name of the file there: letters, digits, dots, dashes.
    name: String,
    /// It is deleted there again after this, such as 60s or 5min; 24 h at most.
    #[arg(long = "for", value_name = "TIME", value_parser = lent)]
    lent: Option<SignedDuration>,
}

fn lent(text: &str) -> Result<SignedDuration, String> {
    let read: Option<SignedDuration> = text.parse().ok();
    read.filter(|time| time.is_positive() && *time <= FOR_MOST)
        .ok_or_else(|| "a time such as 60s or 5min, 24 h at most".to_owned())
}

/// Sends one.
pub(super) async fn run(options: &Options, machines: &[Machine], ssh: &Ssh) -> anyhow::Result<Ended> {
    let Options { agent, name, lent } = options;
    let misused = |why: String| {
        eprintln!("mesh: {why}");
        Ok(Ended::Misused)
    };
    if !is_plain(name) {
        return misused(format!(
            "\"{name}\" is no name for a secret: letters, digits, dots, dashes and underscores, {NAME_MOST} at most, no dot or \
             dash at its front"
        ));
    }
    let Some(machine) = named(machines, agent) else {
        return misused(format!("no agent is called \"{agent}\" in this configuration"));
    };
    let agent = machine.names.first().cloned().unwrap_or_default();
    let Some(host) = &machine.ssh else {
        return misused(format!(
            "where {agent}'s machine is stands nowhere: write ssh = \"user@host\" at its [[agents]]"
        ));
    };
    let secret = read(&agent, name).await?;
    if secret.is_empty() || secret.len() as u64 > SECRET_MOST {
        return misused(format!("the secret is empty, or longer than {SECRET_MOST} bytes"));
    }
    let script = script(&machine.secrets_dir, name, secret.len(), *lent);
    let place = format!("{host}:{}/{name}", machine.secrets_dir);
    match ssh.run(host, &script, &secret).await? {
        Ran::Well(_) => {
            let gone = lent.map(|time| format!("; it is deleted after {time:#}")).unwrap_or_default();
            println!("{agent}: {} bytes in {place}, for its owner only{gone}.", secret.len());
            Ok(Ended::Well)
        }
        Ran::Badly(why) => {
            eprintln!("mesh: {place} was not written: {why}");
            Ok(Ended::Refused)
        }
        Ran::NotReached(why) => {
            eprintln!("mesh: {host}: {why}\nTry it by hand first: ssh -o BatchMode=yes {host} true");
            Ok(Ended::Unreachable)
        }
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !name.is_empty() && name.len() <= NAME_MOST && !name.starts_with(['.', '-']) && name.chars().all(plain)
}

async fn read(agent: &str, name: &str) -> anyhow::Result<Vec<u8>> {
    if std::io::stdin().is_terminal() {
        return Ok(ask_hidden(&format!("{name} for {agent}: ")).await?.into_bytes());
    }
    let mut secret = Vec::new();
    std::io::stdin().take(SECRET_MOST + 1).read_to_end(&mut secret)?;
    Ok(secret)
}

/// What the machine's shell does: everything in it is plain or a number. The new file takes the place of the old one
/// only where it has its whole length; what is lent is deleted only if it is still the same file.
fn script(folder: &str, name: &str, length: usize, lent: Option<SignedDuration>) -> String {
    let delete = lent.map(|time| {
        let seconds = time.as_secs().max(1);
        format!(
            "; i=$(ls -i -- {name}); nohup sh -c 'sleep {seconds}; [ \"$(ls -i -- {name} 2>/dev/null)\" = \"$0\" ] && \
             rm -f -- {name}' \"$i\" >/dev/null 2>&1 </dev/null &"
        )
    });
    format!(
        "set -eu; umask 077; mkdir -p -- {folder}; chmod 700 -- {folder}; cd -- {folder}; t=.{name}.$$; \
         trap 'rm -f -- \"$t\"' EXIT; trap 'exit 1' HUP INT TERM; cat > \"$t\"; \
         [ \"$(wc -c < \"$t\")\" -eq {length} ] || {{ echo 'it did not arrive whole' >&2; exit 74; }}; \
         mv -f -- \"$t\" {name}{}",
        delete.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_nothing_but_a_name() {
        for name in ["hooks.token", "a", "A_b-9"] {
            assert!(is_plain(name), "{name}");
        }
        let long = "a".repeat(NAME_MOST + 1);
        for name in ["", ".ssh", "-rf", "a/b", "a b", "a;b", "$(id)", "ä", long.as_str()] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn what_is_lent_has_an_end() {
        assert_eq!(lent("60s"), Ok(SignedDuration::from_secs(60)));
        for time in ["0s", "-1s", "25h", "soon"] {
            assert!(lent(time).is_err(), "{time}");
        }
    }
}
