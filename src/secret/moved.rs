//! `mesh secret move`: tokens that stand in the clear in a `mesh-config.json` go into files of their own.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use config::registry::{TOKEN_FILE_KEYS, TOKEN_KEYS, agents_in, agents_in_mut};
use serde_json::Value;

use crate::cli::{Ended, Misconfigured};

/// Where the files are put, beside the configuration, unless told otherwise.
const FOLDER: &str = "secrets";

/// `mesh secret move`
#[derive(Args)]
pub(super) struct Options {
    /// The folder for them, as the configuration would name it: made, for its owner only.
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    into: PathBuf,
    /// Only say what would be moved.
    #[arg(long)]
    dry_run: bool,
}

/// A token to be moved.
struct Token {
    agent: String,
    /// Under which key it stands.
    key: &'static str,
    secret: String,
}

/// Moves all of them: the files are written first, then the registry, whole or not at all.
pub(super) fn run(options: &Options, config: &Path) -> anyhow::Result<Ended> {
    let registry = config::registry_file(config).map_err(|faults| Misconfigured(faults.to_string()))?;
    let Some(registry) = registry else {
        println!("The configuration names no mesh-config.json (registry in [hooks]): nothing to move.");
        return Ok(Ended::Well);
    };
    let shown = registry.display();
    let text = std::fs::read_to_string(&registry).with_context(|| format!("{shown} can't be read"))?;
    let mut value: Value = serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))?;
    let tokens = tokens(&value);
    if tokens.is_empty() {
        println!("No token stands in the clear in {shown}.");
        return Ok(Ended::Well);
    }
    let beside = config.parent().unwrap_or(Path::new("."));
    for Token { agent, key, secret } in &tokens {
        let Some(name) = file_name(agent) else {
            eprintln!("mesh: \"{agent}\" of {shown} gives no name for a file: move its token by hand");
            return Ok(Ended::Refused);
        };
        let file = options.into.join(name);
        if options.dry_run {
            println!("{agent}: {key} would go to {}", file.display());
            continue;
        }
        if let Err(why) = put(&beside.join(&file), secret) {
            eprintln!("mesh: {agent}: {why:#}; {shown} is as it was");
            return Ok(Ended::Refused);
        }
        refer(&mut value, agent, &file);
        println!("{agent}: {key} is in {} now", file.display());
    }
    if !options.dry_run {
        replace(&registry, &value).with_context(|| format!("{shown} can't be written"))?;
        println!(
            "{shown} refers to them by token_file. Other programs that read a token there have to read the file."
        );
        println!(
            "The tokens stood in the clear until now: change them at their gateways if others could read it."
        );
    }
    Ok(Ended::Well)
}

/// The tokens that the node would read in the clear.
fn tokens(value: &Value) -> Vec<Token> {
    let text = |fields: &Value, key: &str| {
        let text = fields.get(key).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let of = |(agent, fields): (&String, &Value)| {
        let clear = TOKEN_KEYS.iter().find_map(|key| Some((*key, text(fields, key)?)));
        let by_file = TOKEN_FILE_KEYS.iter().any(|key| text(fields, key).is_some());
        clear.filter(|_| !by_file).map(|(key, secret)| Token { agent: agent.clone(), key, secret })
    };
    agents_in(value).into_iter().flatten().filter_map(of).collect()
}

/// Every token of that agent makes place for where the first is.
fn refer(value: &mut Value, agent: &str, file: &Path) {
    let fields = agents_in_mut(value).and_then(|agents| agents.get_mut(agent)).and_then(Value::as_object_mut);
    if let Some(fields) = fields {
        fields.retain(|key, _| !TOKEN_KEYS.contains(&key.as_str()));
        fields.insert(TOKEN_FILE_KEYS[0].to_owned(), file.display().to_string().into());
    }
}

/// `oracle.hook-token`; none where nothing of the name can stand in one.
fn file_name(agent: &str) -> Option<String> {
    let plain: String =
        agent.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    (!plain.is_empty() && plain.len() == agent.len()).then(|| format!("{plain}.hook-token"))
}

/// For its owner only. What is there already has to be the same.
fn put(file: &Path, token: &str) -> anyhow::Result<()> {
    let shown = file.display();
    let folder = file.parent().context("no folder")?;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("{} can't be made", folder.display()))?;
    if let Ok(before) = std::fs::read_to_string(file) {
        anyhow::ensure!(before.trim() == token, "{shown} is there already, and holds something else");
        return Ok(std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?);
    }
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(new, "{token}")?;
    new.as_file().sync_all()?;
    new.persist_noclobber(file).with_context(|| format!("{shown} can't be written"))?;
    Ok(())
}

/// With the mode that it had.
fn replace(file: &Path, value: &Value) -> anyhow::Result<()> {
    let mode = std::fs::metadata(file)?.permissions();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(new, "{}", serde_json::to_string_pretty(value)?)?;
    new.as_file().set_permissions(mode)?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn tokens_in_the_clear_become_files_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("mesh.toml"), "[hooks]\nregistry = \"mesh-config.json\"\n").unwrap();
        let before = json!({
            "version": 3,
            "mesh_agents": {
                "oracle": { "name": "Oracle", "token": "SANDBOX-of-oracle", "hook_token": "SANDBOX-too", "x": 1 },
                "sandman": { "token_file": "sandman.token", "token": "" },
            },
            "github": { "token": "SANDBOX-of-github" },
        });
        std::fs::write(at("mesh-config.json"), before.to_string()).unwrap();
        std::fs::set_permissions(at("mesh-config.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
        let read = || -> Value {
            serde_json::from_str(&std::fs::read_to_string(at("mesh-config.json")).unwrap()).unwrap()
        };
        let run = |dry_run| run(&Options { into: FOLDER.into(), dry_run }, &at("mesh.toml")).unwrap();
        assert_eq!((run(true), read()), (Ended::Well, before.clone()));
        assert_eq!(run(false), Ended::Well);
        let mut after = before;
        after["mesh_agents"]["oracle"] =
            json!({ "name": "Oracle", "x": 1, "token_file": "secrets/oracle.hook-token" });
        assert_eq!(read(), after);
        let file = at("secrets/oracle.hook-token");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "SANDBOX-of-oracle\n");
        assert_eq!((mode(&file), mode(&at("secrets")), mode(&at("mesh-config.json"))), (0o600, 0o700, 0o640));
        assert_eq!((run(false), read()), (Ended::Well, after), "once is enough");
    }

    #[test]
    fn a_file_that_holds_something_else_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        put(&file, "SANDBOX-one").unwrap();
        put(&file, "SANDBOX-one").unwrap();
        assert!(put(&file, "SANDBOX-two").unwrap_err().to_string().contains("something else"));
        assert_eq!(file_name("oracle").as_deref(), Some("oracle.hook-token"));
        assert_eq!((file_name("../x"), file_name("")), (None, None));
    }
}
