//! `mesh secret check`: what is referred to here, what lies there, and who may sign in there.

use std::os::unix::fs::PermissionsExt as _;

use config::{Machine, Reference};

use super::ssh::{Ran, Ssh};
use crate::cli::Ended;

/// What a machine is asked: the modes and names of what lies in a folder, then the keys that may sign in, without the
/// keys themselves.
fn script(folder: &str) -> String {
    format!(
        "echo keys; sed -n 's/^[^#]*\\(ssh-[a-z0-9-]*\\|ecdsa-[a-z0-9-]*\\|sk-[a-z0-9@.-]*\\) [A-Za-z0-9+/=]* *\\(.*\\)$/\\1 \\2/p' \
         .ssh/authorized_keys 2>/dev/null; echo files; cd -- {folder} 2>/dev/null && ls -la | \
         awk '$9 != \".\" && $9 != \"..\" && NF >= 9 {{ print $1, $9 }}'; exit 0"
    )
}

/// Shows all of it.
pub(super) async fn run(machines: &[Machine], ssh: &Ssh) -> anyhow::Result<Ended> {
    let (mut well, mut reached) = (true, true);
    for machine in machines {
        let name = machine.names.first().map(String::as_str).unwrap_or_default();
        println!("{name}");
        for (key, reference) in &machine.refers {
            let (line, is_well) = here(key, reference);
            println!("  {line}");
            well &= is_well;
        }
        let Some(host) = &machine.ssh else {
            println!("  its machine: not configured (ssh)");
            continue;
        };
        match ssh.run(host, &script(&machine.secrets_dir), &[]).await? {
            Ran::Well(said) => {
                let (lines, is_well) = there(host, &machine.secrets_dir, &said);
                for line in lines {
                    println!("  {line}");
                }
                well &= is_well;
            }
            Ran::NotReached(why) | Ran::Badly(why) => {
                println!("  🔴 {host}: {why}");
                reached = false;
            }
        }
    }
    Ok(ended(well, reached))
}

/// A machine that could not be looked at is the worse: what is wrong there nobody knows.
fn ended(well: bool, reached: bool) -> Ended {
    match (reached, well) {
        (false, _) => Ended::Unreachable,
        (true, false) => Ended::Refused,
        (true, true) => Ended::Well,
    }
}

fn here(key: &str, reference: &Reference) -> (String, bool) {
    match reference {
        Reference::Env(name) => {
            let set = std::env::var_os(name).is_some();
            let (light, how) = if set { ("🟢", "is set") } else { ("🟡", "is not set here") };
            (format!("{light} {key}: the environment's {name} {how}"), true)
        }
        Reference::Clear(registry) => {
            let shown = registry.display();
            (format!("🟡 {key}: stands in the clear in {shown}: mesh secret move"), true)
        }
        Reference::File(path) => {
            let shown = path.display();
            match std::fs::metadata(path) {
                Err(error) => (format!("🔴 {key}: {shown} cannot be read ({error})"), false),
                Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
                    (format!("🔴 {key}: {shown} can be read by others: chmod 600 {shown}"), false)
                }
                Ok(meta) if meta.len() == 0 => (format!("🔴 {key}: {shown} is empty"), false),
                Ok(_) => (format!("🟢 {key}: {shown}"), true),
            }
        }
    }
}

/// What a machine told, and whether all of it is for its owner only.
fn there(host: &str, folder: &str, said: &str) -> (Vec<String>, bool) {
    let (keys, files) = said.split_once("files\n").unwrap_or((said, ""));
    let mut lines: Vec<_> = keys.lines().filter(|line| *line != "keys").collect::<Vec<_>>();
    lines.retain(|line| !line.trim().is_empty());
    let mut shown: Vec<String> =
        lines.iter().map(|key| format!("🔑 {host} lets in {}", key.trim())).collect();
    if shown.is_empty() {
        shown.push(format!("🔑 {host} lets us in, and its .ssh/authorized_keys names nobody"));
    }
    let mut well = true;
    for (mode, name) in files.lines().filter_map(|line| line.split_once(' ')) {
        let private = mode.get(4..10) == Some("------");
        well &= private;
        let (light, more) =
            if private { ("🟢", "") } else { ("🔴", ", which others may read: chmod 600") };
        shown.push(format!("{light} {host}:{folder}/{name} {mode}{more}"));
    }
    (shown, well)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_token_in_the_clear_is_told_and_a_file_that_others_read_is_wrong() {
        let (line, well) = here("token", &Reference::Clear(PathBuf::from("mesh-config.json")));
        assert!(
            well && line == "🟡 token: stands in the clear in mesh-config.json: mesh secret move",
            "{line}"
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        let mode =
            |mode| std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        assert!(!here("token_file", &Reference::File(file.path().into())).1);
        mode(0o600);
        assert!(!here("token_file", &Reference::File(file.path().into())).1, "it is empty");
        std::fs::write(file.path(), "SANDBOX-token").unwrap();
        assert!(here("token_file", &Reference::File(file.path().into())).1);
    }

    #[test]
    fn what_others_may_read_is_told() {
        let said = "keys\nssh-ed25519 ely@laptop\nfiles\n-rw------- hooks.token\n-rw-r--r-- old.token\n";
        let (lines, well) = there("oracle", ".mesh/secrets", said);
        assert_eq!(lines[0], "🔑 oracle lets in ssh-ed25519 ely@laptop");
        assert_eq!(lines[1], "🟢 oracle:.mesh/secrets/hooks.token -rw-------");
        assert!(lines[2].starts_with("🔴 oracle:.mesh/secrets/old.token") && !well, "{lines:?}");
        assert!(there("oracle", "x", "keys\nfiles\n").1);
    }
}
