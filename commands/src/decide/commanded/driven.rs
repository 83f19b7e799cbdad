//! What people have done to the gateways behind agents, and what they are told of it.

use super::*;
use crate::effect::{Awaited, Deed, OfAgent};
use crate::ids::AgentId;
use crate::input::DriveOrder;

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.mind.rules.driven.insert(AgentId(ORACLE));
    stage.mind.configured.driven.insert(AgentId(ORACLE));
    stage
}

fn came(stage: &mut Stage, deed: Deed, number: u64, result: EffectResult) -> Vec<String> {
    let awaited = Awaited::InChat { number, chat: GROUP };
    let effect = Effect::Drive { agent: AgentId(ORACLE), deed, awaited };
    stage.put(What::Outcome(Outcome { effect, result }))
}

#[test]
fn a_restart_is_acknowledged_and_its_message_tells_the_seconds() {
    let mut stage = stage();
    let begun = stage.say(OLGA, "/mesh agent Oracle restart");
    assert_eq!(begun, ["🔄 Restarting Oracle …", "drive 12: Restart"]);
    let found = EffectResult::Found("after 8.7 s".into());
    assert_eq!(
        came(&mut stage, Deed::Restart, 1, found.clone()),
        ["edit: ✅ Oracle restarted 03:46, after 8.7 s."]
    );
    assert_eq!(stage.audited(), "outcome of restart → done");
    assert!(came(&mut stage, Deed::Restart, 1, found).is_empty(), "said once");
    let again = stage.say(OLGA, "/mesh agent Oracle restart");
    assert_eq!(again, ["Oracle was restarted 03:46; again from 03:51."]);
    stage.wait(300);
    assert_eq!(stage.say(OLGA, "/mesh agent Oracle restart").len(), 2);
    let failed = EffectResult::Failed("no such unit".into());
    assert_eq!(
        came(&mut stage, Deed::Restart, 2, failed),
        ["edit: ❌ Oracle was not restarted: no such unit"]
    );
    let again = stage.say(OLGA, "/mesh agent Oracle restart");
    assert_eq!(again[0], "🔄 Restarting Oracle …", "what failed does not count");
}

#[test]
fn one_that_holds_something_is_asked_back_for() {
    let mut stage = stage();
    stage.say(ELY, "/mesh claim assign alpha Oracle");
    let asked = stage.say(OLGA, "/mesh agent Oracle restart");
    assert!(asked[0].starts_with("🔄 Restart Oracle? 1 task is held, and stays so."), "{asked:?}");
    assert_eq!(stage.tap(ELY, "🔄 Restart Oracle"), ["tap: This button is not for you."]);
    let pressed = stage.tap(OLGA, "🔄 Restart Oracle");
    assert_eq!(pressed, ["tap: Settled.", "edit: 🔄 Restarting Oracle …", "drive 12: Restart"]);
    let line = stage.audit.last().expect("a line");
    assert_eq!((line.command.as_str(), line.target.as_deref()), ("tap yes", Some("Oracle")));
    stage.wait(400);
    stage.say(OLGA, "/mesh agent Oracle restart");
    assert_eq!(stage.tap(OLGA, "❌ Don't")[1], "edit: ❌ Oracle is not restarted, by Olga 03:53.");
}

#[test]
fn of_a_restart_that_was_lost_is_told_whether_the_agent_answers() {
    for (result, end) in [
        (EffectResult::Found(String::new()), "It answers 03:46."),
        (
            EffectResult::Failed("its hook does not answer".into()),
            "It does not answer 03:46: its hook does not answer",
        ),
    ] {
        let mut stage = stage();
        stage.say(OLGA, "/mesh agent Oracle restart");
        assert_eq!(came(&mut stage, Deed::Restart, 1, EffectResult::Unknown), ["drive 12: Look"]);
        let told = came(&mut stage, Deed::Look, 1, result);
        let start =
            "edit: ⚠️ Restart of Oracle: outcome unknown, it was lost on the way. Nothing was tried twice.";
        assert_eq!(told, [format!("{start} {end}")]);
        assert_eq!(stage.audited(), "outcome of restart → no: outcome unknown");
    }
}

#[test]
fn a_setting_of_an_agent_is_changed_after_its_diff() {
    let mut stage = stage();
    let asked = stage.say(OLGA, "/mesh agent Oracle config a.b 2");
    let of = OfAgent::Change { key: "a.b".into(), value: "2".into() };
    assert_eq!(asked, [format!("look: {:?}", Look::Agent { agent: AgentId(ORACLE), of: of.clone() })]);
    let message = said(OLGA, 2, Door::Bot, "").message;
    let olga = crate::effect::Asker { user: UserId(OLGA), message, way: Way::Reply };
    let effect = Effect::Look { what: Look::Agent { agent: AgentId(ORACLE), of }, asker: olga };
    let result = EffectResult::Found("1".into());
    let asked = stage.put(What::Outcome(Outcome { effect, result }));
    assert_eq!(asked, ["⚙️ Oracle\n`- a.b = 1`\n`+ a.b = 2` [✅ Apply] [❌ Discard]"]);
    let set = Deed::Set { key: "a.b".into(), value: "2".into() };
    let pressed = stage.tap(OLGA, "✅ Apply");
    assert_eq!(
        pressed,
        ["tap: Settled.", "edit: ⚙️ Setting `a.b` of Oracle …", &format!("drive 12: {set:?}")]
    );
    let done = came(&mut stage, set, 2, EffectResult::Found(String::new()));
    assert_eq!(done, ["edit: ✅ Oracle: `a.b = 2`, 03:46."]);
}

/// It is neither repeated by the mesh nor kept by its audit.
#[test]
fn a_secret_is_not_set_by_a_chat_and_not_said_again() {
    let mut stage = stage();
    for (setting, kept) in [
        ("gateway.auth.token abcdef12", "gateway.auth.token"),
        ("gateway.auth {\"apiKey\":\"abcdef12\"}", "gateway.auth"),
        ("url https://ely:abcdef12@host/", "url"),
    ] {
        let said = stage.say(OLGA, &format!("/mesh agent Oracle config {setting}"));
        assert_eq!(said, [crate::say::driven::no_secret()]);
        let audited = stage.audited();
        assert!(audited.starts_with(&format!("agent Oracle config {kept} ‹secret› → no: ")), "{audited}");
    }
}

#[test]
fn what_an_agent_tells_of_itself_goes_to_whoever_may_see_it() {
    let mut stage = stage();
    assert_eq!(stage.say(VIC, "/mesh logs Oracle"), ["❌ Requires Operator role. Current: Viewer"]);
    assert!(stage.say(VIC, "/mesh ping Oracle")[0].starts_with("look: Agent"));
    let message = said(VIC, 2, Door::Bot, "").message;
    let asker = crate::effect::Asker { user: UserId(OLGA), message, way: Way::Reply };
    let look = |of: OfAgent| Effect::Look { what: Look::Agent { agent: AgentId(ORACLE), of }, asker };
    let mut came = |of, result| stage.put(What::Outcome(Outcome { effect: look(of), result }));
    let found = |text: &str| EffectResult::Found(text.into());
    assert_eq!(came(OfAgent::Ping, found("3 ms")), ["🟢 Oracle answers: 3 ms"]);
    let failed = |why: &str| EffectResult::Failed(why.into());
    let gone = came(OfAgent::Ping, failed("no gateway"));
    assert_eq!(gone, ["⚠️ Oracle unreachable. Last seen: never\nno gateway"]);
    assert_eq!(came(OfAgent::Logs { lines: 2 }, found("a\nb")), ["to 2: a\nb", "Logs sent to you."]);
    assert_eq!(came(OfAgent::Config { key: None }, failed("too old"))[0], "to 2: ⚠️ Oracle: too old");
}

#[test]
fn the_shell_orders_within_the_same_bounds() {
    let mut stage = stage();
    let order = |deed| DriveOrder { key: "k".into(), agent: AgentId(ORACLE), deed };
    let at = stage.now();
    assert_eq!(stage.mind.may_drive(&order(Deed::Restart), at), Ok(()));
    assert_eq!(stage.put(What::Drive(order(Deed::Restart))), ["drive 12: Restart"]);
    assert!(stage.mind.may_drive(&order(Deed::Restart), stage.now()).unwrap_err().contains("was restarted"));
    assert!(stage.put(What::Drive(order(Deed::Restart))).is_empty());
    let other = DriveOrder { agent: AgentId(11), ..order(Deed::Restart) };
    assert!(stage.mind.may_drive(&other, at).unwrap_err().starts_with("No driver for Sandman"));
}

#[test]
fn one_that_is_paused_is_told_so_past_its_own_pause() {
    let mut stage = stage();
    stage.second += 1;
    let heard = said(OLGA, stage.second, Door::Bot, "/mesh agent Oracle pause");
    let at = stage.now();
    let decision = stage.mind.decide(Input { at, what: What::Heard(heard) });
    let passes = |effect: &Effect| matches!(effect, Effect::Tell { envelope, .. } if envelope.passes);
    assert_eq!(decision.effects.iter().filter(|effect| passes(effect)).count(), 1, "{decision:?}");
}
