//! Each command for each role.

use super::*;
use crate::slash::{COMMANDS, Verb};

/// A line that fits each command, and how its answer begins where it is allowed.
fn example(verb: Verb) -> (&'static str, &'static str) {
    match verb {
        Verb::Help => ("help", "🟢 Mesh commands"),
        Verb::Status => ("status", "🟡 Mesh Status — Degraded"),
        Verb::Agents => ("agents", "⚪ Sandman — not heard yet"),
        Verb::Ping => ("ping node", "look: Ping"),
        Verb::Logs => ("logs node 50", "look: 50 lines"),
        Verb::Metrics => ("metrics", "look: Metrics"),
        Verb::PermsList => ("perms list", "Ely — Exec (1)"),
        Verb::PermsGrant => ("perms grant 4 viewer", "✅ 4 is Viewer now."),
        Verb::PermsRevoke => ("perms revoke Olga operator", "Take Operator from Olga? [✅ Revoke] [❌ Keep]"),
        Verb::PermsAudit => ("perms audit", "look: PermsAudit"),
        Verb::AgentInfo => ("agent Oracle info", "⚪ Oracle — not heard yet\nId: 12"),
        Verb::AgentRestart => ("agent node restart", "🔄 Restarting node …"),
        Verb::AgentPause => ("agent Oracle pause", "🫡"),
        Verb::AgentResume => ("agent Oracle resume", "👌"),
        Verb::AgentConfig => ("agent node config lease", "`lease = 30m`"),
        Verb::Claims => ("claims", "Nothing is claimed."),
        Verb::Claim => ("claim rotate the token 20m", "👌"),
        Verb::Assign => ("claim assign rotate the token Oracle", "🫡"),
        Verb::Done => ("done \"rotate the token\" \"all well\"", "👌"),
        Verb::Handoff => ("handoff rotate the token Oracle", "🤔"),
        Verb::StandDown => ("standdown Oracle", "👀"),
        Verb::StandUp => ("standup all", "👌"),
        Verb::Lead => ("lead Oracle", "🫡"),
        Verb::Why => ("why rotate the token", "look: why rotate the token"),
        Verb::Preflight => ("preflight rotate the token", "clear: nothing like \"rotate the token\""),
        Verb::Bind => ("bind @nadia_x Nadia", "⏳ @nadia_x, called Nadia: bound when they are first heard"),
        Verb::Audit => ("audit 5", "look: audit 5"),
        Verb::Stop => ("stop", "🛑 Stopped by Ely 03:46."),
        Verb::Start => ("start", "It is not stopped."),
    }
}

#[test]
fn every_command_for_every_role() {
    for command in COMMANDS {
        let (line, begins) = example(command.verb);
        let who = [
            (ELY, Some(Role::Exec)),
            (OLGA, Some(Role::Operator)),
            (VIC, Some(Role::Viewer)),
            (NOBODY, None),
        ];
        for (user, role) in who {
            let mut stage = Stage::new();
            let shown = stage.say(user, &format!("/mesh {line}"));
            let first = shown.first().map(String::as_str).unwrap_or_default();
            let audited = stage.audited();
            if role >= Some(command.role) {
                assert!(first.starts_with(begins), "{line} by {role:?}: {shown:#?}");
                assert!(!audited.contains("no: requires"), "{audited}");
            } else {
                let needed = if role.is_none() { Role::Viewer } else { command.role };
                assert_eq!(first, crate::say::requires(needed, role), "{line} by {role:?}");
                let why = format!("no: requires {}", crate::say::role(Some(command.role)));
                assert!(
                    audited.ends_with(if role.is_none() { "no: has no role" } else { &why }),
                    "{audited}"
                );
                assert!(
                    stage.mind.mesh().claims.count_open() == 0 && stage.mind.mesh().orders.stopped.is_none()
                );
            }
            let line = stage.audit.last().expect("audited");
            assert_eq!((line.user, line.anchor.map(|anchor| anchor.id)), (UserId(user), Some(1)));
        }
    }
}

#[test]
fn every_form_of_a_command_is_the_same() {
    for form in [
        "/mesh claims",
        "/MESH   Claims ",
        "/mesh@Mesh_Bot claims",
        "\u{200b}/mesh \u{202e}claims",
        "/mesh\nclaims",
    ] {
        assert_eq!(Stage::new().say(VIC, form), ["Nothing is claimed."], "{form:?}");
    }
    for form in ["claims", "/claims", "/mesh claims", "/claims@mesh_bot", "/mesh@mesh_bot CLAIMS"] {
        assert_eq!(Stage::new().whisper(VIC, form), ["to 3: Nothing is claimed."], "{form:?}");
    }
    assert!(Stage::new().say(VIC, "/mesh@another_bot claims").is_empty());
    assert!(Stage::new().say(VIC, "claims").is_empty(), "in the group the prefix is needed");
    assert!(Stage::new().say(VIC, "/mesh")[0].starts_with("🟡 Mesh Status"));
}

#[test]
fn the_refusals_word_for_word() {
    let mut stage = Stage::new();
    let cases = [
        (VIC, "/mesh frobnicate", "Unknown command. Try `/mesh help`"),
        (VIC, "/mesh stats", "Unknown command. Try `/mesh help` Did you mean `/mesh status`?"),
        (VIC, "/mesh ping", "Usage: `/mesh ping <agent>`"),
        (OLGA, "/mesh logs node 201", "Usage: `/mesh logs <agent> [n]`"),
        (VIC, "/mesh stop", "❌ Requires Exec role. Current: Viewer"),
        (VIC, "/mesh logs", "❌ Requires Operator role. Current: Viewer"),
        (NOBODY, "/mesh status", "❌ Requires Viewer role. Current: none"),
        (
            OLGA,
            "/mesh agent Oracle restart",
            "⚠️ Oracle unreachable. Last seen: never\nNo driver for Oracle is configured (driver in its \
             [[agents]]); `node` is the node itself.",
        ),
        (OLGA, "/mesh agent Orakel info", "No agent is called \"Orakel\". Try `/mesh agents`"),
        (ELY, "/mesh perms grant @alex boss", "Usage: `/mesh perms grant <user> <role>`"),
        (OLGA, "/mesh agent node config leese 1h", "There is no setting \"leese\". Did you mean `lease`?"),
        (OLGA, "/mesh agent node config lease 9 h", "❌ `lease`: lease would be longer than lease_most."),
    ];
    for (from, line, answer) in cases {
        assert_eq!(stage.say(from, line)[0], answer, "{line}");
        let again = stage.say(from, line);
        let expected: &[&str] = if from == NOBODY { &[] } else { &["👎"] };
        assert_eq!(again, expected, "the same refusal is said once in ten minutes: {line}");
        stage.wait(61);
    }
}

#[test]
fn late_commands_are_answered_and_not_carried_out() {
    let mut stage = Stage::new();
    let late =
        |by: i64| move |heard: &mut Heard| heard.heard_at = heard.message.at + SignedDuration::from_secs(by);
    assert_eq!(
        stage.hear(ELY, Door::Bot, "/mesh stop", late(301)),
        ["Missed while offline: `/mesh stop`. Say it again if you still want it."]
    );
    assert_eq!(stage.audited(), "stop → no: missed while offline");
    assert!(stage.mind.mesh().orders.stopped.is_none());
    assert!(stage.hear(ELY, Door::Bot, "/mesh stop", late(300))[0].starts_with("🛑"));
}

#[test]
fn tasks_by_command_have_the_rules_of_tasks_by_message() {
    let mut stage = Stage::new();
    assert_eq!(stage.say(OLGA, "/mesh claim rotate the token 20m")[0], "👌");
    let refused = stage.say(ELY, "/mesh claim \"Rotate the token\"");
    assert_eq!(refused, ["👎", "🔒 Olga has this. You are next. [Take it] [Wait]"]);
    assert_eq!(stage.say(OLGA, "/mesh handoff rotate the token Oracle")[0], "👀");
    assert_eq!(
        stage.say(OLGA, "/mesh handoff \"rotate the token\" Orakel"),
        ["🤔", "Not read: HANDOFF names \"Orakel\", whom the mesh does not know."]
    );
    let given = stage.say(ELY, "/mesh claim assign rotate the token Local");
    assert!(given.contains(&"🫡".into()), "{given:?}");
    assert_eq!(
        stage.say(OLGA, "/mesh done rotate the token all well")[1],
        "Not yours: Local holds it (fence 2). [Ask Local] [Leave it]"
    );
    assert_eq!(stage.say(ELY, "/mesh done rotate the token all well")[0], "👌");
    assert_eq!(stage.mind.mesh().claims.count_open(), 0);
    assert_eq!(stage.say(ELY, "/mesh claim assign \"new one\" Zoe"), ["Nobody is called \"Zoe\" here."]);
    assert_eq!(stage.say(ORACLE, "/mesh claim a third 10 min")[0], "👌");
    assert_eq!(
        stage.say(OLGA, "/mesh done some thing unknown at all"),
        ["Usage: `/mesh done <task> [result]`"]
    );
}

#[test]
fn everything_is_held_from_stop_to_start_and_says_so() {
    let mut stage = Stage::new();
    assert!(stage.say(ELY, "/mesh stop")[0].starts_with("🛑 Stopped by Ely 03:46."));
    assert_eq!(stage.mind.mesh().orders.stopped.map(|(by, _)| by.0), Some(ELY));
    let again = stage.say(ELY, "/mesh stop");
    assert!(again[0].starts_with("🛑 Stopped by Ely 03:46."));
    stage.hear(12, Door::Ear, "EXCLUSIVE CLAIM: alpha", |_| {});
    assert_eq!(stage.mind.mesh().claims.count_open(), 1, "hearing goes on");
    assert!(stage.say(OLGA, "/mesh start")[0].starts_with("❌ Requires Exec"));
    assert!(stage.say(ELY, "/mesh start")[0].starts_with("▶️ Going on."));
    assert!(stage.mind.mesh().orders.stopped.is_none());
}

#[test]
fn pausing_keeps_an_agent_out_and_what_an_exec_ordered_an_exec_ends() {
    let mut stage = Stage::new();
    assert_eq!(
        stage.say(OLGA, "/mesh agent Oracle pause"),
        ["🫡", "tell 12: Paused by Olga. What you say is held back until you are resumed."]
    );
    assert_eq!(stage.hear(12, Door::Ear, "EXCLUSIVE CLAIM: alpha", |_| {}), ["😴"]);
    assert_eq!(stage.say(OLGA, "/mesh agent Oracle resume")[0], "🫡");
    assert_eq!(stage.hear(12, Door::Ear, "EXCLUSIVE CLAIM: alpha", |_| {})[0], "👌");
    stage.say(ELY, "/mesh standdown Oracle");
    assert_eq!(stage.say(OLGA, "/mesh agent Oracle resume"), ["❌ Requires Exec role. Current: Operator"]);
    assert_eq!(stage.say(ELY, "/mesh agent Oracle resume")[0], "🫡");
    assert!(!stage.mind.mesh().floor.is_quiet(AgentId(12)));
}
