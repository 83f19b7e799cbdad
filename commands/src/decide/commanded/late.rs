//! What was not run while the mesh was away: offered on its word that it is back.

use super::*;

/// The mesh was away for ten minutes, in which these said these.
fn away(stage: &mut Stage, said: &[(i64, &str)]) -> Vec<String> {
    let since = stage.now();
    stage.wait(600);
    stage.put(What::Away { since });
    let back = stage.put(What::Back);
    let mut shown = Vec::new();
    for (from, text) in said {
        let long_ago = |heard: &mut Heard| heard.heard_at = heard.message.at + SignedDuration::from_secs(400);
        shown = stage.hear(*from, Door::Bot, text, long_ago);
    }
    if said.is_empty() { back } else { shown }
}

#[test]
fn what_was_not_run_stands_on_the_word_that_the_mesh_is_back() {
    let mut stage = Stage::new();
    assert_eq!(away(&mut stage, &[]), ["Back after 10 min. Applied: 0."]);
    let shown = away(&mut stage, &[(OLGA, "/mesh agent Oracle pause"), (ELY, "/mesh standdown all")]);
    assert!(shown[0].starts_with("Missed while offline: `/mesh standdown all`."), "{shown:?}");
    assert_eq!(
        shown[1],
        "edit: Back after 10 min. Applied: 0. Not run: pause Oracle (Olga, 04:06); standdown all (Ely, 04:06)."
    );
    assert!(stage.buttons.contains_key("Run now") && stage.buttons.contains_key("Drop"));
}

#[test]
fn heard_before_the_mesh_is_back_it_is_said_at_once() {
    let mut stage = Stage::new();
    let since = stage.now();
    stage.wait(600);
    stage.put(What::Away { since });
    let late = |heard: &mut Heard| heard.heard_at = heard.message.at + SignedDuration::from_secs(400);
    stage.hear(ELY, Door::Bot, "/mesh stop", late);
    let back = stage.put(What::Back);
    assert_eq!(back, ["Back after 10 min. Applied: 0. Not run: stop (Ely, 03:56). [Run now] [Drop]"]);
}

#[test]
fn what_changes_nothing_or_was_not_allowed_or_was_private_is_not_offered() {
    let mut stage = Stage::new();
    let said =
        [(OLGA, "/mesh claims"), (VIC, "/mesh agent Oracle pause"), (OLGA, "/mesh agent node config lease")];
    assert_eq!(away(&mut stage, &said).len(), 1);
    let late = |heard: &mut Heard| heard.heard_at = heard.message.at + SignedDuration::from_secs(400);
    assert_eq!(stage.hear(ELY, Door::BotDm, "/mesh stop", late).len(), 1);
    assert!(stage.mind.mesh().not_run.commands.is_empty());
    assert!(!stage.buttons.contains_key("Run now"));
}

#[test]
fn an_exec_runs_it_in_the_name_of_whoever_gave_it_and_once() {
    let mut stage = Stage::new();
    away(&mut stage, &[(OLGA, "/mesh agent Oracle pause")]);
    assert_eq!(stage.tap(VIC, "Run now"), ["tap: ❌ Requires Exec role. Current: Viewer"]);
    let run = stage.tap(ELY, "Run now");
    assert_eq!(run[0], "tap: Settled.");
    assert_eq!(run[1], "edit: Back after 10 min. Applied: 0. Run: pause Oracle, by Ely 03:56.");
    assert!(stage.mind.mesh().floor.paused.contains_key(&crate::ids::AgentId(ORACLE)), "{run:?}");
    let ordered = stage.audit.iter().rev().find(|line| line.command == "agent Oracle pause").unwrap();
    assert_eq!((ordered.user, ordered.result.is_ok()), (UserId(OLGA), true));
    assert_eq!(stage.tap(ELY, "Run now"), ["tap: That was settled in the meantime."]);
}

#[test]
fn whoever_gave_it_drops_it() {
    let mut stage = Stage::new();
    away(&mut stage, &[(OLGA, "/mesh agent Oracle pause")]);
    let dropped = stage.tap(OLGA, "Drop");
    assert_eq!(dropped[1], "edit: Back after 10 min. Applied: 0. Dropped: pause Oracle, by Olga 03:56.");
    assert!(stage.mind.mesh().floor.paused.is_empty());
}

#[test]
fn who_has_no_role_any_more_gets_nothing_run() {
    let mut stage = Stage::new();
    away(&mut stage, &[(OLGA, "/mesh agent Oracle pause")]);
    stage.say(ELY, "/mesh perms revoke Olga operator");
    stage.tap(ELY, "✅ Revoke");
    let run = stage.tap(ELY, "Run now");
    assert_eq!(run.last().unwrap(), "❌ Requires Operator role. Current: none", "{run:?}");
    assert!(stage.mind.mesh().floor.paused.is_empty());
}

#[test]
fn after_an_hour_or_another_absence_it_is_no_longer_offered() {
    let mut stage = Stage::new();
    away(&mut stage, &[(ELY, "/mesh stop")]);
    stage.wait(3_601);
    assert_eq!(stage.tap(ELY, "Run now")[0], "tap: This question has expired. Give the command again.");
    away(&mut stage, &[(ELY, "/mesh stop")]);
    let old = stage.buttons["Run now"];
    away(&mut stage, &[]);
    assert_eq!(stage.tap_at(ELY, old.0, old.1, Some(old.2)), ["tap: That was settled in the meantime."]);
    assert!(stage.mind.mesh().orders.stopped.is_none());
}

#[test]
fn so_many_are_offered_and_no_more() {
    let mut stage = Stage::new();
    let said: Vec<_> = (0..crate::mesh::NOT_RUN_MOST + 2).map(|_| (ELY, "/mesh stop")).collect();
    let shown = away(&mut stage, &said);
    assert_eq!(shown.len(), 1, "answered, and no more than that: {shown:?}");
    assert_eq!(stage.mind.mesh().not_run.commands.len(), crate::mesh::NOT_RUN_MOST);
}
