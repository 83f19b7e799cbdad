use bridge::telegram::Health;

use super::*;
use crate::dispatch::Queue;
use crate::engine::vitals::{Agents, Claims, Heard};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn vitals() -> Vitals {
    Vitals {
        outbox: Queue::default(),
        journal: 7,
        heard: Heard { caught_up: true, everything_until: Some(at(0)), last: None },
        claims: Claims { open: 2, uncertain: 0, overdue: 0, contested: 0 },
        agents: Agents { known: 3, online: 3, quiet: Vec::new(), throttled: Vec::new(), paused: Vec::new() },
    }
}

/// A node with an account in this state since second 0, and a bot in that one.
fn status(health: Health, bot: bot::Health, vitals: Vitals, now: i64) -> Status {
    let standing = watch::channel(Standing::new(health, at(0))).1;
    let part = Part {
        node: "n".into(),
        mesh: "Mesh".into(),
        state: "state".into(),
        started: at(0),
        accounts: vec![AccountPart { name: "bridge".into(), kind: Kind::Dedicated, standing }],
        bot: Some(("mesh_bot".into(), watch::channel(bot).1)),
    };
    Status::of(&part, vitals, at(now))
}

const LISTENING: bot::Health = bot::Health::Listening { caught_up: true };

fn problems(status: &Status) -> Vec<&str> {
    status.problems.iter().map(|problem| problem.what.as_str()).collect()
}

#[test]
fn all_is_well() {
    let status = status(Health::Connected, LISTENING, vitals(), 1_000);
    assert_eq!(status.verdict, Verdict::Healthy);
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!(json["verdict"], "healthy");
    assert_eq!(json["accounts"][0]["state"], "connected");
    assert_eq!(json["outbox"]["orders"], 0);
    assert_eq!(json["claims"]["open"], 2);
}

#[test]
fn what_passes_is_wrong_only_once_it_lasts() {
    let lost = |now| {
        let health = Health::Disconnected { since: at(0), next_try: at(now), reason: "cut".into() };
        status(health, LISTENING, vitals(), now)
    };
    assert_eq!(lost(29).verdict, Verdict::Healthy);
    let lost = lost(31);
    assert_eq!(lost.verdict, Verdict::Degraded);
    assert!(problems(&lost)[0].starts_with("Account bridge: Disconnected since"), "{lost:?}");
    assert!(lost.problems[0].todo.contains("mesh doctor"));
}

#[test]
fn what_needs_somebody_is_wrong_at_once() {
    for health in [
        Health::SignedOut { reason: "SESSION_REVOKED".into() },
        Health::BadCredentials { reason: "API_ID_INVALID".into() },
        Health::Replaced,
    ] {
        let status = status(health, LISTENING, vitals(), 0);
        assert_eq!(status.verdict, Verdict::Degraded);
        assert!(status.problems[0].todo.contains("mesh "), "{status:?}");
    }
}

#[test]
fn a_bot_that_does_not_hear_is_wrong() {
    for (bot, state) in [
        (bot::Health::Retrying { why: "502".into() }, "retrying"),
        (bot::Health::AnotherPoller { said: "Conflict".into() }, "another_poller"),
        (bot::Health::TokenRefused, "token_refused"),
    ] {
        let status = status(Health::Connected, bot, vitals(), 0);
        assert_eq!((status.verdict, status.bot.unwrap().state), (Verdict::Degraded, state));
    }
}

#[test]
fn what_waits_for_long_and_what_was_missed_is_wrong() {
    let outbox = Queue { answers: 3, oldest: Some(at(0)), ..Queue::default() };
    let claims = Claims { open: 2, uncertain: 2, overdue: 0, contested: 0 };
    let status = status(Health::Connected, LISTENING, Vitals { outbox, claims, ..vitals() }, 301);
    let said = problems(&status);
    assert!(
        said[0].starts_with("3 of what the mesh has to say or do waits, the oldest since 1970-"),
        "{said:?}"
    );
    assert!(said[1].starts_with("2 claims are uncertain"), "{said:?}");
}
