//! Who may do what: granted, revoked, bound, promised, asked for; by command, by file, by a one-time word.

use super::*;
use crate::fact::{Ordered, Person};
use crate::ids::PersonId;
use crate::permissions::{self, Edit, Entry};

fn named(username: &'static str) -> impl FnOnce(&mut Heard) {
    move |heard| heard.sender.username = Some(username.into())
}

#[test]
fn roles_are_granted_and_revoked_and_shown() {
    let mut stage = Stage::new();
    assert_eq!(stage.say(ELY, "/mesh perms grant Vic OPERATOR"), ["✅ Vic is Operator now."]);
    assert_eq!(stage.audited(), "perms grant Vic OPERATOR → is Operator now");
    assert_eq!(stage.say(ELY, "/mesh perms revoke Vic viewer"), ["❌ Vic is not Viewer. Current: Operator"]);
    stage.say(ELY, "/mesh perms revoke Vic operator");
    assert_eq!(
        stage.tap(ELY, "✅ Revoke"),
        ["tap: Settled.", "edit: ✅ Vic is no longer Operator, by Ely 03:46."]
    );
    assert_eq!(stage.role(VIC), None);
    assert_eq!(stage.say(VIC, "/mesh status")[0], "❌ Requires Viewer role. Current: none");
    assert_eq!(
        stage.say(ELY, "/mesh perms grant Oracle viewer"),
        ["❌ Oracle is an agent: agents are Operators, and are configured in mesh.toml."]
    );
    let list = stage.say(ELY, "/mesh perms list");
    assert_eq!(
        list[0].lines().collect::<Vec<_>>()[..3],
        ["Ely — Exec (1)", "Olga — Operator (2)", "Vic — none (3)"]
    );
}

#[test]
fn a_lesser_role_is_only_given_after_a_second_look() {
    let mut stage = Stage::new();
    let asked = stage.say(ELY, "/mesh perms grant Olga viewer");
    assert_eq!(asked, ["Take Operator from Olga? Viewer is left. [✅ Revoke] [❌ Keep]"]);
    stage.tap(ELY, "❌ Keep");
    assert_eq!(stage.role(OLGA), Some(Role::Operator));
    stage.say(ELY, "/mesh perms grant Olga viewer");
    assert_eq!(
        stage.tap(ELY, "✅ Revoke"),
        ["tap: Settled.", "edit: ✅ Olga is no longer Operator, but Viewer, by Ely 03:46."]
    );
    assert_eq!(stage.role(OLGA), Some(Role::Viewer));
}

#[test]
fn the_last_exec_stays() {
    let mut stage = Stage::new();
    let stays = "❌ Ely is the last Exec: make somebody else one first.";
    assert_eq!(stage.say(ELY, "/mesh perms revoke Ely exec"), [stays]);
    assert_eq!(stage.say(ELY, "/mesh perms grant Ely viewer"), ["👎"], "said a moment ago");
    stage.say(ELY, "/mesh perms grant Olga exec");
    stage.say(ELY, "/mesh perms revoke Ely exec");
    let mine = stage.buttons["✅ Revoke"];
    stage.say(OLGA, "/mesh perms revoke Olga exec");
    stage.tap(OLGA, "✅ Revoke");
    assert_eq!(
        stage.tap_at(ELY, mine.0, mine.1, Some(mine.2))[0],
        format!("tap: {stays}"),
        "as things are by now"
    );
    assert_eq!(stage.role(ELY), Some(Role::Exec));
}

#[test]
fn a_username_is_bound_when_its_bearer_is_first_heard_and_never_again() {
    let mut stage = Stage::new();
    let waits = stage.say(ELY, "/mesh perms grant @Alex_A operator");
    assert_eq!(
        waits,
        [
            "⏳ @alex_a as Operator: bound when they are first heard, within a week (a bot can't look names up)."
        ]
    );
    stage.say(ELY, "/mesh bind @alex_a Alex");
    assert!(stage.hear(7, Door::Bot, "hello", named("ALEX_A")).is_empty());
    assert_eq!(
        (stage.role(7), stage.mind.mesh().name(Who::Person(PersonId(7)))),
        (Some(Role::Operator), "Alex".into())
    );
    assert_eq!(stage.hear(7, Door::Bot, "/mesh claims", named("alex_a")), ["Nothing is claimed."]);

    let taken = stage.hear(8, Door::Bot, "/mesh claims", named("alex_a"));
    assert_eq!(
        taken[0],
        "⚠️ @alex_a is another account's now (8); it was Alex's (7). It gives no role: roles go by number."
    );
    assert_eq!(taken[1], "❌ Requires Viewer role. Current: none");
    assert_eq!(stage.role(8), None);
    assert_eq!(stage.hear(8, Door::Bot, "/mesh claims", named("alex_a")).len(), 0, "said once a day");
    stage.say(ELY, "/mesh perms grant @alex_a exec");
    assert_eq!((stage.role(7), stage.role(8)), (Some(Role::Exec), None), "the name stays whose it was");
}

#[test]
fn a_promise_holds_for_a_week_and_can_be_taken_back() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms grant @later viewer");
    stage.wait(7 * 24 * 3600);
    stage.hear(7, Door::Bot, "hello", named("later"));
    assert_eq!(stage.role(7), None);
    stage.say(ELY, "/mesh perms grant @sooner viewer");
    assert_eq!(stage.say(ELY, "/mesh perms revoke @sooner viewer"), ["✅ @sooner will be given nothing."]);
    stage.hear(8, Door::Bot, "hello", named("sooner"));
    assert_eq!(stage.role(8), None);
}

#[test]
fn a_persona_is_one_persons() {
    let mut stage = Stage::new();
    stage.hear(VIC, Door::Bot, "hello", named("vic_v"));
    assert_eq!(stage.say(ELY, "/mesh bind @vic_v Oracle"), ["❌ Somebody else is called Oracle."]);
    assert_eq!(stage.say(ELY, "/mesh bind @vic_v \"Victor V\""), ["✅ @vic_v (3) is Victor V."]);
    assert_eq!(stage.role(VIC), Some(Role::Viewer), "a name is no role");
    assert_eq!(stage.say(ELY, "/mesh bind vic_v Vic"), ["Usage: `/mesh bind <@user> <persona>`"]);
}

#[test]
fn anonymous_admins_and_channels_have_no_role() {
    let mut stage = Stage::new();
    for id in [GROUP.0, 1_087_968_824, 136_817_688, 777_000, ELY] {
        let impersonal = |heard: &mut Heard| heard.sender.kind = SenderKind::Impersonal;
        let shown = stage.hear(id, Door::Bot, "/mesh stop", impersonal);
        assert_eq!(shown, ["❌ Requires Viewer role. Current: none"], "{id}");
    }
    assert!(stage.mind.mesh().orders.stopped.is_none());
}

use crate::input::SenderKind;

#[test]
fn execs_are_told_of_a_stranger_once() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms grant Olga exec");
    let shown = stage.hear(NOBODY, Door::Bot, "/mesh status", named("zoe_z"));
    assert_eq!(
        shown,
        [
            "❌ Requires Viewer role. Current: none",
            "to 1: @zoe_z asked for `/mesh`. (somebody, 4) [Grant Viewer] [Ignore]",
            "to 2: @zoe_z asked for `/mesh`. (somebody, 4) [Grant Viewer] [Ignore]",
        ]
    );
    assert!(stage.say(NOBODY, "/mesh status").is_empty(), "once a day");
    stage.wait(25 * 3600);
    assert_eq!(stage.say(NOBODY, "/mesh status"), ["❌ Requires Viewer role. Current: none"]);
    assert_eq!(stage.tap(VIC, "Grant Viewer"), ["tap: ❌ Requires Exec role. Current: Viewer"]);
    assert_eq!(
        stage.tap(OLGA, "Grant Viewer"),
        [
            "tap: Settled.",
            "edit: ✅ somebody is Viewer now, by Olga 04:46.",
            "edit: ✅ somebody is Viewer now, by Olga 04:46.",
        ]
    );
    assert_eq!(stage.role(NOBODY), Some(Role::Viewer));
    assert_eq!(stage.tap(ELY, "Ignore"), ["tap: That was settled in the meantime."]);
}

#[test]
fn an_ignored_stranger_stays_so() {
    let mut stage = Stage::new();
    stage.say(NOBODY, "/mesh");
    assert_eq!(stage.tap(ELY, "Ignore")[1], "edit: somebody is ignored, by Ely 03:46.");
    stage.wait(25 * 3600);
    assert_eq!(stage.say(NOBODY, "/mesh").len(), 1);
    assert_eq!(stage.tap(ELY, "Grant Viewer"), ["tap: That was settled in the meantime."]);
}

fn invited(stage: &mut Stage, word: &str) {
    let hash = permissions::hash_of(word);
    let until = stage.now() + SignedDuration::from_hours(1);
    let fact = Fact::Ordered(Ordered::Invited { hash, until });
    stage.mind.learn(&fact);
    stage.facts.push(fact);
}

#[test]
fn the_first_exec_comes_by_a_link_that_works_once_within_the_hour() {
    let mut stage = Stage::new();
    invited(&mut stage, "wordword");
    assert!(stage.whisper(7, "/start guess")[0].contains("Requires Viewer"));
    assert_eq!(
        stage.whisper(NOBODY, "/start wordword"),
        ["to 4: ✅ You are Exec now, somebody. `/mesh help` lists what you can do."]
    );
    assert_eq!(stage.role(NOBODY), Some(Role::Exec));
    assert!(!stage.audited().contains("wordword"), "the word is nobody's business: {}", stage.audited());
    assert_eq!(stage.whisper(8, "/start wordword")[0], "to 8: ❌ Requires Viewer role. Current: none");
    assert_eq!(stage.role(8), None);
    invited(&mut stage, "another");
    stage.wait(3600);
    stage.whisper(9, "/start another");
    assert_eq!(stage.role(9), None);
    invited(&mut stage, "third");
    assert!(stage.say(8, "/start third").is_empty(), "in the group a link is no link");
    assert!(stage.whisper(VIC, "/start")[0].starts_with("to 3: 🟢 Mesh commands"));
}

#[test]
fn an_edit_of_the_file_becomes_facts_and_is_audited() {
    let mut stage = Stage::new();
    let before = permissions::parse(&permissions::render(stage.mind.mesh())).unwrap();
    let mut after = before.clone();
    after.retain(|entry| entry.persona != "Vic");
    after[1].role = Some(Role::Exec);
    let zoe =
        Entry { id: None, username: Some("@zoe_z".into()), persona: "Zoe".into(), role: Some(Role::Viewer) };
    after.push(zoe);
    let now = stage.mind.mesh().roll.members().filter_map(|member| match member {
        crate::mesh::Member::Person(person) => Some(person.clone()),
        crate::mesh::Member::Agent(_) => None,
    });
    let edit: Edit = permissions::edited(now.collect::<Vec<Person>>(), &before, &after);
    let lines = stage.audit.len();
    stage.put(What::People(edit));
    assert_eq!((stage.role(OLGA), stage.role(VIC)), (Some(Role::Exec), None));
    stage.hear(7, Door::Bot, "hi", named("zoe_z"));
    assert_eq!(stage.role(7), Some(Role::Viewer));
    let told: Vec<_> = stage.audit[lines..].iter().map(|line| line.command.clone()).collect();
    let (file, kept) = ("perms by permissions.json", "perms promise kept");
    assert_eq!(told, [file, file, file, kept], "Vic, Olga and Zoe by the file, Zoe once more when heard");
}

/// What a person writes into the file holds as long as it stands there, and no longer.
#[test]
fn somebody_who_is_taken_out_of_the_file_before_they_were_heard_gets_nothing() {
    let waiting = |role| Entry { id: None, username: Some("@zoe_z".into()), persona: "Zoe".into(), role };
    let mut stage = Stage::new();
    let edit = |stage: &Stage, change: &dyn Fn(&mut Vec<Entry>)| {
        let before = permissions::parse(&permissions::render(stage.mind.mesh())).unwrap();
        let mut after = before.clone();
        change(&mut after);
        let now = stage.mind.mesh().roll.members().filter_map(|member| match member {
            crate::mesh::Member::Person(person) => Some(person.clone()),
            crate::mesh::Member::Agent(_) => None,
        });
        permissions::edited(now.collect::<Vec<Person>>(), &before, &after)
    };
    let added = edit(&stage, &|after| after.push(waiting(Some(Role::Exec))));
    stage.put(What::People(added));
    stage.wait(8 * 24 * 3600);
    assert!(permissions::render(stage.mind.mesh()).contains("@zoe_z"));
    let taken = edit(&stage, &|after| after.retain(|entry| entry.username.as_deref() != Some("@zoe_z")));
    assert_eq!(taken.ended, ["zoe_z"]);
    stage.put(What::People(taken));
    assert!(!permissions::render(stage.mind.mesh()).contains("@zoe_z"));
    stage.hear(7, Door::Bot, "hi", named("zoe_z"));
    assert_eq!(stage.role(7), None);
    let added = edit(&stage, &|after| after.push(waiting(Some(Role::Viewer))));
    stage.put(What::People(added));
    stage.wait(8 * 24 * 3600);
    stage.hear(7, Door::Bot, "hi", named("zoe_z"));
    assert_eq!(stage.role(7), Some(Role::Viewer), "a week later it still stands there");
}

/// A mistyped number becomes nobody's, and nobody bears a word that means somebody already.
#[test]
fn an_exec_was_heard_and_no_persona_is_a_reserved_word() {
    let mut stage = Stage::new();
    assert_eq!(
        stage.say(ELY, "/mesh perms grant 123 exec"),
        [
            "❌ Nobody with the number 123 was heard yet. An Exec must have written `/mesh` once: then grant it again."
        ]
    );
    assert_eq!(stage.role(123), None);
    stage.say(123, "/mesh");
    stage.whisper(7, "/mesh");
    stage.say(ELY, "/mesh perms grant 7 exec");
    assert_eq!(stage.role(7), Some(Role::Exec));
    stage.say(ELY, "/mesh perms grant @zoe_z viewer");
    for word in ["node", "ALL", "none"] {
        let said = stage.say(ELY, &format!("/mesh bind @zoe_z {word}"));
        assert!(said[0].contains("called") || said == ["👎"], "{said:?}");
    }
}

#[test]
fn a_bare_claim_is_the_claim_of_a_task() {
    let mut stage = Stage::new();
    assert_eq!(stage.say(OLGA, "/mesh claim"), ["Usage: `/mesh claim <task> [eta]`"]);
    assert_eq!(stage.say(VIC, "/mesh claim"), ["❌ Requires Operator role. Current: Viewer"]);
    assert_eq!(stage.say(ELY, "/mesh claim assign"), ["Usage: `/mesh claim assign <task> <agent>`"]);
    assert_eq!(stage.mind.mesh().claims.count_open(), 0);
}
