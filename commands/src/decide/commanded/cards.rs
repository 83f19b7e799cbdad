//! The status card, its buttons and what the audit has of them.

use super::*;
use crate::rules::Pulse;

const SANDMAN: AgentId = AgentId(11);

fn heading(shown: &[String]) -> &str {
    shown.iter().find(|line| line.contains("Mesh Status")).and_then(|card| card.lines().next()).unwrap_or("")
}

fn up(stage: &mut Stage, agent: i64, up: bool) {
    stage.put(What::Health { agent: AgentId(agent), up });
}

#[test]
fn the_heading_tells_how_many_agents_are_down() {
    let mut stage = Stage::new();
    assert_eq!(heading(&stage.say(VIC, "/mesh")), "🟡 Mesh Status — Degraded", "nobody was heard yet");
    stage.mind.felt(SANDMAN, Pulse { took_ms: Some(3), uptime: None });
    stage.wait(60);
    let card = stage.say(VIC, "/mesh");
    assert_eq!(heading(&card), "🟢 Mesh Status — All Systems Operational");
    assert!(
        card.iter().any(|line| line.contains("Agents: 1/3 online\n├─ 🟢 Sandman — 3 ms, not heard yet")),
        "{card:?}"
    );
    stage.wait(60);
    up(&mut stage, 11, false);
    stage.wait(60);
    assert_eq!(heading(&stage.say(VIC, "/mesh")), "🟡 Mesh Status — Degraded");
    up(&mut stage, 12, false);
    up(&mut stage, 13, false);
    stage.wait(60);
    assert_eq!(heading(&stage.say(VIC, "/mesh")), "🔴 Mesh Status — Outage");
    up(&mut stage, 12, true);
    stage.wait(60);
    assert_eq!(heading(&stage.say(VIC, "/mesh")), "🟡 Mesh Status — Degraded");
}

/// Behind a limit two cards may be under way at once: both arrive, and only the last keeps its buttons.
#[test]
fn of_two_cards_under_way_at_once_the_first_loses_its_buttons() {
    let mut stage = Stage::new();
    let post = |text: &str| Effect::Post {
        slot: Slot::Status,
        chat: GROUP,
        text: text.into(),
        reply_to: None,
        buttons: Vec::new(),
        sound: false,
    };
    let arrived =
        |effect, id| What::Outcome(Outcome { effect, result: EffectResult::Done(Some(VoiceId(id))) });
    assert!(stage.put(arrived(post("one"), 501)).is_empty());
    let decision = stage.mind.decide(Input { at: stage.now(), what: arrived(post("two"), 502) });
    assert_eq!(decision.effects, [Effect::Disarm { chat: GROUP, message: VoiceId(501) }]);
}

#[test]
fn a_card_that_was_replaced_is_not_drawn_anew() {
    let mut stage = Stage::new();
    stage.say(VIC, "/mesh");
    let (chat, old, refresh) = stage.buttons["🔄 Refresh"];
    stage.wait(60);
    stage.say(VIC, "/mesh");
    assert_eq!(stage.tap_at(VIC, chat, old, Some(refresh)), ["tap: That was settled in the meantime."]);
    assert_eq!(stage.tap(VIC, "🔄 Refresh")[0], "tap: Refreshed.");
}

#[test]
fn silence_is_told_once_an_hour() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh claim assign alpha Sandman");
    up(&mut stage, 11, false);
    assert_eq!(stage.tap(OLGA, "Silence 1 h")[0], "tap: Settled.");
    let until = stage.mind.mesh().health.is_silenced(SANDMAN, stage.now());
    assert!(until);
    assert_eq!(stage.tap(OLGA, "Silence 1 h"), ["tap: That was settled in the meantime."]);
    assert_eq!(stage.audit.last().and_then(|line| line.target.clone()), Some("Sandman (11)".into()));
}

#[test]
fn the_audit_has_what_a_tap_was_about() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms revoke Olga operator");
    stage.tap(ELY, "✅ Revoke");
    let line = stage.audit.last().expect("a line");
    assert_eq!(
        (line.command.as_str(), line.target.as_deref()),
        ("tap yes", Some("role Operator of Olga (2)"))
    );
    stage.say(ELY, "/mesh agent node config conflict_window 2 min");
    stage.tap(ELY, "❌ Discard");
    let line = stage.audit.last().expect("a line");
    assert_eq!((line.command.as_str(), line.target.as_deref()), ("tap no", Some("conflict_window")));
}

#[test]
fn more_than_thirty_taps_a_minute_are_refused_once() {
    let mut stage = Stage::new();
    stage.say(VIC, "/mesh");
    for tap in 1..=30 {
        assert_eq!(stage.tap(VIC, "🔒 Claims"), ["tap: Nothing is claimed."], "tap {tap}");
    }
    assert!(stage.tap(VIC, "🔒 Claims")[0].starts_with("tap: Too many taps. Again in "));
    assert_eq!(stage.tap(VIC, "🔒 Claims"), ["tap: -"]);
    assert_eq!(stage.tap(OLGA, "🔒 Claims"), ["tap: Nothing is claimed."], "of one person");
}

/// A role that was promised to a username is its bearer's as soon as they tap.
#[test]
fn a_promise_is_kept_at_a_tap() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh perms grant @zoe_z viewer");
    stage.say(VIC, "/mesh");
    let (chat, message, action) = stage.buttons["🔒 Claims"];
    let tap = |username: Option<&str>| {
        let (query, name, username) = ("q".to_owned(), "Zoe".to_owned(), username.map(str::to_owned));
        What::Tapped(Tap { query, from: UserId(7), name, username, chat, message, action: Some(action) })
    };
    assert_eq!(stage.put(tap(None)), ["tap: ❌ Requires Viewer role. Current: none"]);
    assert_eq!(stage.put(tap(Some("zoe_z"))), ["tap: Nothing is claimed."]);
    assert_eq!(stage.role(7), Some(Role::Viewer));
}

/// The private menu's `/start` is what ends a stop, and says so at once.
#[test]
fn start_of_the_menu_ends_a_stop() {
    let mut stage = Stage::new();
    stage.whisper(ELY, "/stop");
    assert!(stage.whisper(VIC, "/start")[0].starts_with("to 3: 🟢 Mesh commands"));
    assert!(stage.mind.mesh().orders.stopped.is_some());
    assert!(stage.whisper(ELY, "/start")[0].starts_with("to 1: ▶️ Going on."));
    assert!(stage.mind.mesh().orders.stopped.is_none());
    assert!(stage.whisper(ELY, "/start")[0].starts_with("to 1: 🟢 Mesh commands"));
}

/// ... also where it was said to the account.
#[test]
fn a_stop_that_was_ordered_by_private_message_is_answered_while_everything_is_held() {
    let mut stage = Stage::new();
    let mut heard = said(ELY, 1, Door::Dm, "/mesh stop");
    heard.message.id = 900;
    let decision = stage.mind.decide(Input { at: stage.now(), what: What::Heard(heard) });
    let answer =
        decision.effects.iter().find(|effect| matches!(effect, Effect::Dm { .. })).expect("an answer");
    assert!(answer.goes_while_stopped(), "{answer:?}");
}

#[test]
fn a_long_answer_in_the_group_is_a_file() {
    let mut stage = Stage::new();
    let message = said(OLGA, 2, Door::Bot, "").message;
    let asker = crate::effect::Asker { user: UserId(OLGA), message, way: Way::Reply };
    let effect = Effect::Look { what: Look::Why { task: "alpha".into() }, asker };
    let result = EffectResult::Found("a line of a long way to today\n".repeat(600));
    let shown = stage.put(What::Outcome(Outcome { effect: effect.clone(), result }));
    assert_eq!(shown[0], "Too long for messages: it comes as a file.");
    assert!(shown[1].starts_with("File") && shown.len() == 2, "{shown:?}");
    // An agent is told all of it, in parts that its doors can take.
    let asker = crate::effect::Asker { way: Way::Tell(SANDMAN), ..asker };
    let effect = Effect::Look { what: Look::Why { task: "alpha".into() }, asker };
    let result = EffectResult::Found("a line\n".repeat(2_000) + "the last");
    let shown = stage.put(What::Outcome(Outcome { effect, result }));
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert!(shown[3].ends_with("the last") && shown.iter().all(|part| part.len() < 4_100));
}
