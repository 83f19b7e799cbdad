use std::collections::BTreeSet;

use super::*;

fn found(text: &str) -> Asked {
    find(&crate::grammar::words(text))
}

fn told(text: &str) -> String {
    match found(text) {
        Asked::Command(command, arguments) => format!("{:?} {}", command.verb, arguments.join("|")),
        Asked::Usage(command) => format!("usage {}", command.form),
        Asked::Unknown(Some(command)) => format!("unknown, {}?", command.words()),
        Asked::Unknown(None) => "unknown".into(),
    }
}

#[test]
fn lines_find_their_commands() {
    let cases = [
        ("", "Status "),
        ("  StAtUs ", "Status "),
        ("agent \"Big Oracle\" Restart", "AgentRestart Big Oracle"),
        ("agent n config conflict_window 2 min", "AgentConfig n|conflict_window|2|min"),
        ("claim rotate the token 20m", "Claim rotate|the|token|20m"),
        ("claim assign \"the token\" Oracle", "Assign the token|Oracle"),
        ("claim assign", "usage claim assign <task> <agent>"),
        ("claim", "usage claim <task> [eta]"),
        ("logs n", "Logs n"),
        ("logs n 50 more", "usage logs <agent> [n]"),
        ("ping", "usage ping <agent>"),
        ("ping \"\"", "usage ping <agent>"),
        ("ping Big Oracle", "Ping Big Oracle"),
        ("standdown Big Oracle", "StandDown Big Oracle"),
        ("handoff the token Oracle", "Handoff the|token|Oracle"),
        ("help me please", "usage help"),
        ("perms", "usage perms list"),
        ("perms grant @alex", "usage perms grant <user> <role>"),
        ("perms gramt @alex viewer", "unknown, perms grant?"),
        ("agent n restrat", "unknown, agent restart?"),
        ("agent n", "usage agent <name> info"),
        ("agent info restart", "AgentRestart info"),
        ("stats", "unknown, status?"),
        ("frobnicate", "unknown"),
        ("hlep", "unknown"),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn no_two_rows_are_the_same_and_the_menu_is_telegrams() {
    let words: BTreeSet<_> = COMMANDS.iter().map(|command| (command.words(), command.form)).collect();
    assert_eq!(words.len(), COMMANDS.len());
    let menu = menu();
    assert!(menu.len() <= 100);
    for (name, help) in menu {
        assert!(name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
        assert!((1..=256).contains(&help.chars().count()), "{help}");
    }
}

#[test]
fn the_page_is_made_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/commands.md");
    if std::env::var_os("MESH_WRITE_PAGES").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written == page(), "docs/commands.md: run this test with MESH_WRITE_PAGES=1");
}
