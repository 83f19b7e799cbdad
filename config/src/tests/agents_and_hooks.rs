//! How an agent is reached, who may speak as it, and what an earlier mesh knew of it.

use super::*;
use crate::{Accepts, Driver, Reference};

const HOOK: &str =
    "hook = \"http://100.64.0.11:18789/hooks/agent\"\nhook_token = { env = \"SANDMAN_HOOK_TOKEN\" }\n";

fn agent(id: u32, name: &str, rest: &str) -> String {
    format!("[[agents]]\nid = {id}\nname = \"{name}\"\n{rest}\n")
}

/// A folder with a configuration that names a registry, and that registry.
fn with_registry(agents: &str, registry: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mesh-config.json"), registry).unwrap();
    let path = dir.path().join("mesh.toml");
    fs::write(&path, sound(&format!("[hooks]\nregistry = \"mesh-config.json\"\n{agents}"))).unwrap();
    (dir, path)
}

#[test]
fn a_hook_is_the_first_way_in_unless_it_is_said_otherwise() {
    let doors = |rest: &str| read(&sound(&agent(1, "Sandman", rest))).unwrap().agents.remove(0).doors;
    assert_eq!(doors(""), [Door::Dm]);
    assert_eq!(doors(HOOK), [Door::Hook, Door::Dm]);
    assert_eq!(doors(&format!("{HOOK}doors = [\"hook\"]")), [Door::Hook]);
    assert_eq!(doors(&format!("{HOOK}doors = [\"dm\", \"hook\"]")), [Door::Dm, Door::Hook]);
    let without = faults(&sound(&agent(1, "Sandman", "doors = [\"hook\"]")));
    assert!(without.contains("names a hook, and there is none"), "{without}");
    let mute = faults(&sound(&agent(1, "Sandman", "hook = \"http://100.64.0.11:18789/hooks/agent\"")));
    assert!(mute.contains("agents[1].hook_token: is missing"), "{mute}");
    for wrong in ["100.64.0.11:18789", "http://100.64.0.11:18789", "http://a/b?token=1", "ftp://a/b"] {
        let text = faults(&sound(&agent(
            1,
            "Sandman",
            &HOOK.replace("http://100.64.0.11:18789/hooks/agent", wrong),
        )));
        assert!(text.contains("is not the address of a hook"), "{wrong}: {text}");
    }
}

#[test]
fn a_token_says_who_speaks() {
    let token = "token = { env = \"SANDMAN_TOKEN\" }";
    let config = read(&sound(&agent(1, "Sandman", token))).unwrap();
    assert_eq!(config.agents[0].token.as_ref().unwrap().expose(), "SANDBOX-token-of-sandman");
    assert!(!format!("{config:?}").contains("SANDBOX-token"), "secrets are not shown");
    let shared = faults(&sound(&(agent(1, "Sandman", token) + &agent(2, "Oracle", token))));
    assert!(shared.contains("agents[2].token: is the token of Sandman, too"), "{shared}");
    let clear = faults(&sound(&agent(1, "Sandman", "token = \"SANDBOX-in-the-clear\"")));
    assert!(clear.contains("in the clear"), "{clear}");
    let short = faults(&sound(&agent(1, "Sandman", "token = { env = \"MESH_NOT_A_TOKEN\" }")));
    assert!(short.contains("has fewer than 16 characters"), "{short}");
}

#[test]
fn nobody_sends_to_an_agent_that_names_nobody() {
    let accepts = |rest: &str| {
        let agents = agent(1, "Sandman", rest) + &agent(2, "Oracle", "aliases = [\"Seer\"]");
        read(&sound(&agents)).map(|mut config| config.agents.remove(0).accepts_from)
    };
    assert_eq!(accepts("").unwrap(), Accepts::These(vec![]));
    assert_eq!(accepts("accepts_from = [\"seer\"]").unwrap(), Accepts::These(vec!["seer".into()]));
    assert_eq!(accepts("accepts_from = [\"*\"]").unwrap(), Accepts::Everybody);
    assert!(accepts("accepts_from = [\"Mallory\"]").unwrap_err().contains("`Mallory` is nobody of"));
}

#[test]
fn the_seeds_registry_fills_in_what_the_file_leaves_out() {
    let registry = r#"{
        "mesh_agents": {
            "cassian": { "name": "Cassian Sandman", "bot": "@SandmanBot", "tailscale_ip": "100.64.0.11",
                "webhook": "http://100.64.0.11:18789/hooks/agent", "token": "SANDBOX-straight-in-the-file" },
            "oracle": { "name": "Oracle", "webhook": "http://100.64.0.12:18789/hooks/agent",
                "tailscale_ip": "100.64.0.12", "token_file": "oracle-token" },
            "newagent": { "name": "New Agent", "webhook": "http://100.64.0.13:18789/hooks/agent" }
        },
        "databases": { "tasks": "00000000-0000-0000-0000-000000000555" },
        "github": { "org": "example", "repos": { "mesh_protocols": "example/mesh-protocols" } }
    }"#;
    let agents =
        agent(1, "Sandman", "aliases = [\"Cassian\"]") + &agent(2, "Oracle", "address = \"100.64.0.99\"");
    let (dir, path) = with_registry(&agents, registry);
    let secret = dir.path().join("oracle-token");
    fs::write(&secret, "SANDBOX-hook-of-oracle\n").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let config = load(&path, env).unwrap();
    let hook = |at: usize| config.agents[at].hook.clone().unwrap();
    assert_eq!(hook(0).url, "http://100.64.0.11:18789/hooks/agent");
    assert_eq!(hook(0).token.unwrap().expose(), "SANDBOX-straight-in-the-file");
    assert_eq!(hook(1).token.unwrap().expose(), "SANDBOX-hook-of-oracle");
    assert_eq!(config.agents[0].agent.address.as_deref(), Some("100.64.0.11"));
    assert_eq!(config.agents[1].agent.address.as_deref(), Some("100.64.0.99"), "the node's own file wins");
    assert_eq!(config.agents[0].doors, [Door::Hook, Door::Dm]);
    let warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings.iter().any(|warning| warning.contains("`newagent` of the registry is no agent here")));
    assert!(
        warnings.iter().any(|warning| warning.contains("cassian: has a token in the registry in the clear"))
    );
    assert!(!warnings.concat().contains("straight-in-the-file"));
}

/// What `mesh secret check` looks at: also what a registry refers to, of whomever it knows.
#[test]
fn where_the_registry_has_tokens_is_told_without_them() {
    let registry = r#"{ "mesh_agents": {
        "cassian": { "token": "SANDBOX-straight-in-the-file" },
        "oracle": { "token_file": "secrets/oracle.hook-token", "token": "" },
        "newagent": { "name": "New Agent", "hook_token_file": "new.token" }
    } }"#;
    let agents = agent(1, "Sandman", "aliases = [\"Cassian\"]") + &agent(2, "Oracle", "ssh = \"ely@oracle\"");
    let (dir, path) = with_registry(&agents, registry);
    let machines = crate::machines(&path).unwrap();
    let refers = |name: &str| {
        let machine =
            machines.iter().find(|machine| machine.names.iter().any(|known| known == name)).unwrap();
        machine.refers.clone()
    };
    let at = |file: &str| dir.path().join(file);
    assert_eq!(refers("Sandman"), [("token", Reference::Clear(at("mesh-config.json")))]);
    assert_eq!(refers("Oracle"), [("token_file", Reference::File(at("secrets/oracle.hook-token")))]);
    assert_eq!(refers("New Agent"), [("hook_token_file", Reference::File(at("new.token")))]);
    assert!(!format!("{machines:?}").contains("straight-in-the-file"));
}

#[test]
fn a_registry_that_can_not_be_read_is_a_fault() {
    for (registry, words) in [("{", "is not JSON"), ("{}", "has no `mesh_agents`")] {
        let (_dir, path) = with_registry("", registry);
        let text = load(&path, env).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
    let text = faults(&sound("[hooks]\nregistry = \"nowhere.json\"\nlisten = \"all\""));
    assert!(
        text.contains("nowhere.json cannot be read") && text.contains("`all` is not an address"),
        "{text}"
    );
}

#[test]
fn a_driver_says_by_what_an_agent_is_driven() {
    let of = |rest: &str| read(&sound(&agent(1, "Sandman", rest))).unwrap().agents.remove(0).driver;
    let token = "token = { env = \"SANDMAN_TOKEN\" }";
    assert_eq!(of(""), None);
    let open_claw = of(&format!("driver = {{ kind = \"openclaw\", {token} }}"));
    assert!(
        matches!(open_claw, Some(Driver::OpenClaw { gateway, .. }) if gateway.to_string() == "127.0.0.1:18789")
    );
    let node = of(&format!("driver = {{ kind = \"node\", at = \"http://100.64.0.12:18790\", {token} }}"));
    assert!(matches!(node, Some(Driver::Node { at, .. }) if at == "http://100.64.0.12:18790"));
    let command = of("driver = { kind = \"command\", restart = [\"true\"], within = \"5 s\" }");
    let Some(Driver::Command(commands)) = command else { panic!("{command:?}") };
    assert_eq!((commands.restart, commands.within.as_secs()), (Some(vec!["true".into()]), 5));
}

#[test]
fn a_driver_that_can_not_be_is_told_with_its_line() {
    let token = "token = { env = \"SANDMAN_TOKEN\" }";
    for (driver, words) in [
        ("kind = \"magic\"".to_owned(), "agents[1].driver.kind: "),
        (format!("kind = \"openclaw\", gateway = \"100.64.0.11:18789\", {token}"), "is another machine"),
        (format!("kind = \"openclaw\", gateway = \"here\", {token}"), "is not an address with a port"),
        ("kind = \"openclaw\"".to_owned(), "agents[1].driver.token: "),
        (
            format!("kind = \"openclaw\", at = \"http://a:1\", {token}"),
            "is nothing of a driver of kind \"openclaw\"",
        ),
        (format!("kind = \"node\", at = \"100.64.0.12\", {token}"), "is not the address of a node's door"),
        ("kind = \"command\", pause = [\"true\"]".to_owned(), "stands without `resume`"),
        ("kind = \"command\", restart = []".to_owned(), "is no command"),
        ("kind = \"command\", set = [\"true\", \"{key}\"]".to_owned(), "does not say what is set to what"),
        ("kind = \"command\", reboot = [\"true\"]".to_owned(), "reboot"),
    ] {
        let text = faults(&sound(&agent(1, "Sandman", &format!("driver = {{ {driver} }}"))));
        assert!(text.contains(words) && text.contains("mesh.toml:"), "{driver}: {text}");
    }
    for (line, words) in [
        ("ssh = \"-oProxyCommand=x\"", "is no host for OpenSSH"),
        ("secrets_dir = \"../x\"", "is no plain path"),
        ("secrets_dir = \"$(id)\"", "is no plain path"),
    ] {
        let text = faults(&sound(&agent(1, "Sandman", line)));
        assert!(text.contains(words), "{line}: {text}");
    }
}

#[test]
fn a_node_beside_agents_needs_no_telegram() {
    let read = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mesh.toml");
        fs::write(&path, text).unwrap();
        crate::beside(&path, env).map_err(|faults| faults.to_string())
    };
    let driver = "driver = { kind = \"command\", restart = [\"true\"] }";
    let nodes = "[[nodes]]\nname = \"hub\"\ntoken = { env = \"SANDMAN_TOKEN\" }\n";
    let (beside, _) = read(&format!("{nodes}{}", agent(1, "Sandman", driver))).unwrap();
    assert_eq!((beside.nodes.len(), beside.agents.len()), (1, 1));
    let idle = read("").unwrap_err();
    assert!(
        idle.contains("names nobody who may drive") && idle.contains("has no agent that this node can drive"),
        "{idle}"
    );
}
