//! An agent that is throttled: shown, its leases stand still, nobody takes its tasks over.

use super::*;
use crate::ids::AgentId;
use crate::rules::Followed;

const AGENT: AgentId = AgentId(ORACLE);

fn throttle(stage: &mut Stage, seconds: Option<i64>) {
    let until = seconds.map(|seconds| stage.now() + SignedDuration::from_secs(seconds));
    stage.put(What::Throttled { agent: AGENT, until });
}

fn lease(stage: &Stage) -> Option<Timestamp> {
    stage.mind.mesh().claims.open("alpha").expect("the claim").until
}

#[test]
fn leases_stop_until_the_throttle_is_over() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh claim assign alpha Oracle");
    let before = lease(&stage).expect("a lease");
    throttle(&mut stage, Some(3_600));
    let info = stage.say(ELY, "/mesh agent Oracle info");
    assert!(info[0].starts_with("⏳ Oracle — throttled until 04:46, "), "{info:?}");
    assert!(stage.say(ELY, "/mesh claims")[0].ends_with(" · clock stopped"));
    stage.wait(2_400);
    let refused = stage.say(11, "TAKEOVER NOTICE: alpha");
    assert!(refused.iter().any(|line| line.contains("is Oracle's, who is throttled.")), "{refused:?}");
    stage.wait(1_300);
    let info = stage.say(ELY, "/mesh agent Oracle info");
    assert!(!info[0].contains("throttled"), "{info:?}");
    assert_eq!(lease(&stage).expect("a lease").duration_since(before).as_secs(), 3_600);
}

#[test]
fn a_hook_that_works_again_ends_it_and_a_stand_down_goes_on() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh claim assign alpha Oracle");
    throttle(&mut stage, Some(3_600));
    stage.hear(ELY, Door::Ear, "Oracle stand down", |_| {});
    throttle(&mut stage, None);
    let claim = stage.mind.mesh().claims.open("alpha").expect("the claim").clone();
    assert!(claim.stopped.is_some() && stage.mind.mesh().floor.throttled.is_empty());
    stage.hear(ELY, Door::Ear, "Oracle stand up", |_| {});
    assert_eq!(stage.mind.mesh().claims.open("alpha").expect("the claim").stopped, None);
}

#[test]
fn a_stand_down_that_ends_first_leaves_the_throttle() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh claim assign alpha Oracle");
    let before = lease(&stage).expect("a lease");
    stage.hear(ELY, Door::Ear, "Oracle stand down", |_| {});
    stage.wait(100);
    throttle(&mut stage, Some(1_000));
    stage.wait(100);
    stage.hear(ELY, Door::Ear, "Oracle stand up", |_| {});
    stage.wait(900);
    stage.say(ELY, "/mesh claims");
    let claim = stage.mind.mesh().claims.open("alpha").expect("the claim").clone();
    assert_eq!(
        (claim.stopped, claim.until.map(|until| until.duration_since(before).as_secs())),
        (None, Some(1_100))
    );
}

#[test]
fn a_pause_shows_how_its_gateway_follows() {
    let mut stage = Stage::new();
    stage.say(ELY, "/mesh agent Oracle pause");
    for (how, words) in [
        (Followed::Suspended, ", paused, its gateway suspended"),
        (Followed::CannotBe("old".into()), ", paused, its gateway not suspended (it can't be)"),
        (Followed::NotYet("a run goes on".into()), ", paused, its gateway not suspended yet: a run goes on"),
    ] {
        stage.mind.followed(&[(AGENT, how)].into());
        let info = stage.say(ELY, "/mesh agent Oracle info");
        assert!(info[0].lines().next().is_some_and(|line| line.ends_with(words)), "{info:?}");
    }
}

#[test]
fn of_an_agent_with_a_hook_alone_nothing_is_begun() {
    let mut stage = Stage::new();
    for rules in [&mut stage.mind.rules, &mut stage.mind.configured] {
        rules.driven.insert(AGENT);
        rules.hook_alone.insert(AGENT);
    }
    let said = stage.say(OLGA, "/mesh agent Oracle restart");
    assert!(said[0].starts_with("No driver for Oracle is configured"), "{said:?}");
    for command in ["restart", "config a.b", "config a.b 2"] {
        let said = stage.say(OLGA, &format!("/mesh agent Oracle {command}"));
        assert_eq!(said, ["👎"], "said once");
    }
    assert!(stage.mind.mesh().orders.restarts.is_empty(), "no restart is counted");
    assert!(stage.say(OLGA, "/mesh ping Oracle")[0].starts_with("look: "));
}
