//! Each button by the right person, the wrong person, twice, late, forged.

use super::*;

#[test]
fn a_restart_with_something_held_asks_back() {
    let mut stage = Stage::new();
    stage.say(OLGA, "/mesh claim alpha");
    let asked = stage.say(OLGA, "/mesh agent node restart");
    assert_eq!(
        asked,
        [
            "🔄 Restart node? 1 task is held, and stays so. What is said meanwhile is heard afterwards. [🔄 Restart node] \
         [❌ Don't]"
        ]
    );
    assert_eq!(stage.tap(ELY, "🔄 Restart node"), ["tap: This button is not for you."]);
    assert_eq!(stage.tap(NOBODY, "🔄 Restart node"), ["tap: ❌ Requires Viewer role. Current: none"]);
    let pressed = stage.tap(OLGA, "🔄 Restart node");
    assert_eq!(pressed, ["tap: Settled.", "edit: 🔄 Restarting node …", "restart 2"]);
    assert_eq!(stage.tap(OLGA, "🔄 Restart node"), ["tap: That was settled in the meantime."]);
    let restart = Effect::Restart { number: 2, chat: GROUP };
    let done = |result| What::Outcome(Outcome { effect: restart.clone(), result });
    assert_eq!(stage.put(done(EffectResult::Done(None))), ["edit: ✅ node restarted 03:46."]);
    assert_eq!(stage.audited(), "outcome of restart → restarted");
    assert!(stage.put(done(EffectResult::Done(None))).is_empty(), "said once");
}

#[test]
fn a_restart_with_nothing_held_begins_and_shows_what_became_of_it() {
    let cases = [
        (EffectResult::Done(None), "edit: ✅ node restarted 03:46."),
        (
            EffectResult::Unknown,
            "edit: ⚠️ Restart of node: outcome unknown, it ended otherwise meanwhile. It runs again since 03:46; nothing \
             was tried twice.",
        ),
        (EffectResult::Failed("no hands".into()), "edit: ❌ node was not restarted: no hands"),
    ];
    for (result, shown) in cases {
        let mut stage = Stage::new();
        assert_eq!(stage.say(OLGA, "/mesh agent node restart"), ["🔄 Restarting node …", "restart 1"]);
        let effect = Effect::Restart { number: 1, chat: GROUP };
        assert_eq!(stage.put(What::Outcome(Outcome { effect, result })), [shown]);
    }
}

#[test]
fn from_the_status_card_a_restart_always_asks_back() {
    let mut stage = Stage::new();
    stage.say(VIC, "/mesh");
    let (chat, message, action) = stage.buttons["🔄 Restart node"];
    assert_eq!(stage.tap(VIC, "🔄 Restart node"), ["tap: ❌ Requires Operator role. Current: Viewer"]);
    let asked = stage.tap(OLGA, "🔄 Restart node");
    assert_eq!(asked[0], "tap: Asked back below: confirm it there.");
    assert!(asked[1].starts_with("🔄 Restart node? Nothing is held."));
    assert_eq!(
        stage.tap(OLGA, "❌ Don't"),
        ["tap: Settled.", "edit: ❌ node is not restarted, by Olga 03:46."]
    );
    assert_eq!(stage.tap(OLGA, "❌ Don't"), ["tap: That was settled in the meantime."]);
    assert!(stage.tap_at(OLGA, chat, message, Some(action))[0].starts_with("tap: Asked back"));
}

#[test]
fn what_a_tap_sends_goes_to_the_one_who_taps() {
    let mut stage = Stage::new();
    stage.say(VIC, "/mesh");
    assert_eq!(stage.tap(VIC, "📋 View Logs"), ["tap: ❌ Requires Operator role. Current: Viewer"]);
    assert_eq!(stage.tap(OLGA, "📋 View Logs"), ["tap: Logs sent to you.", "look: 20 lines in private"]);
    assert_eq!(stage.tap(VIC, "📊 Metrics"), ["tap: Metrics sent to you.", "look: Metrics in private"]);
    let config = stage.tap(OLGA, "⚙️ Config");
    assert_eq!(config[0], "tap: Config sent to you.");
    assert!(config[1].starts_with("to 2: ⚙️ node\n`lease = 30m`"), "{config:?}");
    assert_eq!(stage.tap(VIC, "🔒 Claims"), ["tap: Nothing is claimed."]);
    assert_eq!(stage.tap(VIC, "🔄 Refresh")[0], "tap: Refreshed.");
    assert_eq!(stage.tap(NOBODY, "🔒 Claims"), ["tap: ❌ Requires Viewer role. Current: none"]);
}

#[test]
fn logs_never_go_into_the_group() {
    let mut stage = Stage::new();
    let message = said(OLGA, 2, Door::Bot, "").message;
    let asker = crate::effect::Asker { user: UserId(OLGA), message, way: Way::Reply };
    let effect = Effect::Look { what: Look::Logs { lines: 2 }, asker };
    let found = |text: &str| EffectResult::Found(text.into());
    let outcome = |result| What::Outcome(Outcome { effect: effect.clone(), result });
    assert_eq!(stage.put(outcome(found("one\ntwo"))), ["to 2: one\ntwo", "Logs sent to you."]);
    let long = "x".repeat(90).repeat(200).replace("xx", "x\n");
    let shown = stage.put(outcome(found(&long)));
    assert_eq!(shown[0], "to 2: Too long for messages: it comes as a file.");
    assert!(shown[1].starts_with("File") && shown[2] == "Logs sent to you.", "{shown:?}");
    let slot = Slot::Sent { to: message, what: "Logs".into() };
    let (chat, text) = (ChatId(OLGA), "one".to_owned());
    let post = Effect::Post { slot, chat, text, reply_to: None, buttons: Vec::new(), sound: false };
    let failed = EffectResult::Failed("Forbidden: bot can't initiate conversation with a user".into());
    assert_eq!(
        stage.put(What::Outcome(Outcome { effect: post, result: failed })),
        ["I can't write to you yet: open a chat with @mesh_bot, press Start, and ask again."]
    );
    let slot = Slot::Shown { under: message, to: UserId(OLGA) };
    let (chat, text) = (ChatId(OLGA), "one".to_owned());
    let post = Effect::Post { slot, chat, text, reply_to: None, buttons: Vec::new(), sound: false };
    let refused = || EffectResult::Failed("Forbidden: bot can't initiate conversation with a user".into());
    let mut tapped = || stage.put(What::Outcome(Outcome { effect: post.clone(), result: refused() }));
    assert_eq!(
        tapped(),
        ["Olga: I can't write to you yet: open a chat with @mesh_bot, press Start, and tap again."]
    );
    assert!(tapped().is_empty(), "once in a while");
}

#[test]
fn a_setting_is_applied_after_its_diff() {
    let mut stage = Stage::new();
    let asked = stage.say(OLGA, "/mesh agent node config conflict_window 2 min");
    assert_eq!(
        asked,
        ["⚙️ node\n`- conflict_window = 1m`\n`+ conflict_window = 2m` [✅ Apply] [❌ Discard]"]
    );
    assert_eq!(stage.tap(ELY, "✅ Apply"), ["tap: This button is not for you."]);
    assert_eq!(
        stage.tap(OLGA, "✅ Apply"),
        ["tap: Settled.", "edit: ✅ `conflict_window = 2m`, by Olga 03:46."]
    );
    assert_eq!(stage.mind.rules().conflict_window, SignedDuration::from_mins(2));
    let restarted = Mind::new(stage.mind.mesh().clone(), stage.mind.configured.clone(), stage.mind.now());
    assert_eq!(restarted.rules().conflict_window, SignedDuration::from_mins(2), "it survives a restart");
    stage.say(OLGA, "/mesh agent node config conflict_window 3 min");
    assert_eq!(stage.tap(OLGA, "❌ Discard")[1], "edit: ❌ `conflict_window` stays as it is, by Olga 03:46.");
    stage.say(OLGA, "/mesh agent node config conflict_window default");
    stage.tap(OLGA, "✅ Apply");
    assert_eq!(stage.mind.rules().conflict_window, SignedDuration::from_mins(1));
    assert!(stage.mind.mesh().orders.settings.is_empty());
}

#[test]
fn a_question_expires_after_five_minutes() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms revoke Olga operator");
    stage.wait(300);
    assert_eq!(
        stage.tap(ELY, "✅ Revoke"),
        [
            "tap: This question has expired. Give the command again.",
            "edit: This question has expired. Give the command again."
        ]
    );
    assert_eq!(stage.role(OLGA), Some(Role::Operator));
    assert_eq!(stage.tap(ELY, "✅ Revoke"), ["tap: That was settled in the meantime."]);
}

#[test]
fn what_was_asked_of_an_exec_who_is_none_any_more_is_not_done() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms grant Olga exec");
    stage.say(OLGA, "/mesh perms revoke Vic viewer");
    let revoke = stage.buttons["✅ Revoke"];
    stage.say(ELY, "/mesh perms grant Olga operator");
    stage.tap(ELY, "✅ Revoke");
    assert_eq!(
        stage.tap_at(OLGA, revoke.0, revoke.1, Some(revoke.2)),
        ["tap: ❌ Requires Exec role. Current: Operator"]
    );
    assert_eq!(stage.role(VIC), Some(Role::Viewer));
}

#[test]
fn forged_data_and_a_question_of_another_chat_do_nothing() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms revoke Olga operator");
    let (_, message, action) = stage.buttons["✅ Revoke"];
    assert_eq!(stage.tap_at(ELY, GROUP, message, None), ["tap: This button is no longer valid."]);
    let elsewhere = stage.tap_at(ELY, ChatId(ELY), message, Some(action));
    assert_eq!(elsewhere, ["tap: That was settled in the meantime."]);
    assert_eq!(
        stage.tap_at(ELY, GROUP, message, Some(ButtonAction::Yes { ask: 999 })),
        ["tap: That was settled in the meantime."]
    );
    assert_eq!(stage.role(OLGA), Some(Role::Operator));
}

#[test]
fn on_a_card_about_a_task_that_goes_on_somebody_chooses_once() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh claim assign alpha Oracle");
    stage.say(OLGA, "/mesh done alpha");
    let ask = stage.buttons["Ask Oracle"];
    let asked = stage.tap(OLGA, "Ask Oracle");
    assert_eq!(asked[0], "tap: Settled.");
    assert_eq!(asked.len(), 3, "told and edited: {asked:?}");
    let settled = ["tap: That was settled in the meantime."];
    assert_eq!(stage.tap_at(OLGA, ask.0, ask.1, Some(ask.2)), settled);
    assert_eq!(stage.tap(OLGA, "Leave it"), settled);

    stage.wait(3 * 3600);
    stage.put(What::Tick);
    let late = stage.buttons["Leave it"];
    assert!(matches!(late.2, ButtonAction::LeaveIt { .. }), "{late:?}");
    assert_eq!(stage.tap(OLGA, "Leave it"), ["tap: ❌ Requires Exec role. Current: Operator"]);
    assert_eq!(stage.tap(ELY, "Leave it")[0], "tap: Settled.");
    assert_eq!(stage.tap_at(ELY, late.0, late.1, Some(late.2)), settled);
}
