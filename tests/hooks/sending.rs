//! What the node posts at the agents' hooks: to whom, as what, in which order, and however the gateways are.

use sandbox::world::SeenMessage;
use serde_json::json;

use super::gateway::{Gateway, Letter, Mood};
use super::stage::{self, SANDMAN, hook, post};
use crate::node::harness::{Bench, Ear};

const BRIDGE: &str = "Mesh Bridge";

/// What was a run of the agent's model.
pub(super) fn runs(letters: &[Letter]) -> Vec<String> {
    letters.iter().filter(|letter| letter.is_run()).map(|letter| letter.text().to_owned()).collect()
}

/// The lines that Ely can read, in the group and in private.
pub(super) fn lines_for_ely(bench: &Bench) -> Vec<String> {
    let said = bench.chat().into_iter().chain(bench.private("Ely", "Mesh"));
    said.flat_map(|m| m.text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn to_oracle(bench: &Bench) -> Vec<SeenMessage> {
    bench.private("Oracle", BRIDGE)
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_offers_are_runs_and_the_rest_are_notices() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\", \"dm\"");
    let (node, _) = stage::start(&bench).await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: alpha\nETA: 20 min");
    oracle
        .until("PAUSE", |letters| letters.iter().any(|letter| letter.text().starts_with("PAUSE: \"alpha\"")))
        .await;
    assert_eq!(runs(&oracle.taken()), Vec::<String>::new(), "nothing to do is no run");
    let notice = oracle.taken().remove(0);
    assert_eq!((notice.path.as_str(), &notice.body["mode"]), ("/hooks/wake", &json!("next-heartbeat")));
    assert!(notice.bearer && notice.key.starts_with("mesh-"), "{notice:?}");
    assert_eq!(
        (&notice.body["mesh"]["type"], &notice.body["mesh"]["to"]),
        (&json!("notice"), &json!("Oracle"))
    );

    bench.say("Sandman", "✅ DONE: alpha\nHANDOFF to: Oracle");
    oracle
        .until("the offer", |letters| runs(letters).iter().any(|run| run.starts_with("HANDOFF from Sandman")))
        .await;
    let offer = oracle.taken().into_iter().find(Letter::is_run).expect("a run");
    let group = bench.group.to_bot_api();
    assert_eq!(offer.body["to"], json!(group.to_string()));
    assert_eq!((&offer.body["channel"], &offer.body["deliver"]), (&json!("telegram"), &json!(true)));
    let envelope = &offer.body["mesh"];
    let about = ["task", "fence", "thread"].map(|key| envelope[key].clone());
    assert_eq!(about, [json!("alpha"), json!((1_u64 << 32) + 1), json!("task:alpha")], "{envelope}");
    assert_eq!((&envelope["v"], &envelope["id"]), (&json!(1), &json!(offer.key)));
    assert_eq!((&envelope["type"], &envelope["origin"]["chat"]), (&json!("question"), &json!(group)));
    bench.say("Ely", "Oracle stand down");
    oracle.until("the order", |letters| runs(letters).len() == 2).await;
    bench.until_reaction("Ely", "🫡").await;
    assert!(to_oracle(&bench).is_empty(), "what went by hook is not repeated in private");
    node.stop().await;
}

/// It takes a run only where no channel is named: the same letter, with nowhere for the answer to go.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_telegram_takes_orders_too() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    oracle.mood(Mood::HasNoTelegram);
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    oracle.until("the order", |letters| runs(letters).len() == 1).await;
    bench.until_reaction("Ely", "🫡").await;
    let letters = oracle.letters();
    let runs: Vec<_> = letters.iter().filter(|letter| letter.is_run()).collect();
    assert_eq!((runs.len(), runs[0].taken, runs[1].taken), (2, false, true), "{runs:#?}");
    assert_eq!((&runs[0].key, &runs[1].body["deliver"]), (&runs[1].key, &json!(false)));
    node.stop().await;
}

/// Generations of gateways differ in their success; each is one.
#[tokio::test(flavor = "multi_thread")]
async fn every_generation_of_success_is_one() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    let (node, door) = stage::start(&bench).await;
    for (at, code) in [202, 200, 204].into_iter().enumerate() {
        oracle.mood(Mood::Takes(code));
        let body = json!({ "message": format!("letter {at}"), "channel": "telegram", "to": "Oracle" });
        assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.status, 200);
        oracle.until("the letter", |letters| runs(letters).len() == at + 1).await;
    }
    let said = runs(&oracle.letters());
    assert_eq!(said, ["Sandman: letter 0", "Sandman: letter 1", "Sandman: letter 2"], "each once, in order");
    assert_eq!(oracle.letters()[0].body["name"], json!("Sandman"));
    node.stop().await;
}

/// A gateway that is away gets everything once it is back, in order, over a kill -9 of the node; most of it waits on disk
/// only.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_is_delivered_once_the_agent_is_back() {
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[rules]\n", "[rules]\nloop_messages = 10000\nloop_turns = 10000\n");
    let mut oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    oracle.die().await;
    let (node, door) = stage::start(&bench).await;
    let say = async |door, at: usize| {
        let body = json!({ "message": format!("letter {at}"), "channel": "telegram", "to": "Oracle" });
        assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.status, 200);
    };
    for at in 0..150 {
        say(door, at).await;
    }
    for task in ["alpha", "beta", "gamma"] {
        post(door, SANDMAN, "/claims", &json!({ "task": task })).await;
    }
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    for at in 150..220 {
        say(door, at).await;
    }
    oracle.revive().await;
    oracle.until("all runs", |letters| runs(letters).len() == 220).await;
    let expected: Vec<_> = (0..220).map(|at| format!("Sandman: letter {at}")).collect();
    assert_eq!(runs(&oracle.letters()), expected, "each once, in order");
    let taken = oracle.taken();
    let notices: Vec<_> = (0..).zip(&taken).filter(|(_, letter)| !letter.is_run()).collect();
    let [(before, notice)] = notices[..] else { panic!("{notices:?}") };
    assert_eq!(before, 150, "it neither overtakes nor is overtaken");
    for task in ["alpha", "beta", "gamma"] {
        assert!(notice.text().contains(task), "notices that waited are one: {notice:?}");
    }
    node.stop().await;
}

/// One agent that hangs delays nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_hangs_delays_no_other() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (oracle, local) = (Gateway::start().await, Gateway::start().await);
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    hook(&bench, "OracleLocalBot", &local, "\"hook\"");
    for agent in ["Oracle", "OracleLocalBot"] {
        stage::accept(&bench, agent, "Sandman");
    }
    let (node, door) = stage::start(&bench).await;
    oracle.mood(Mood::Hangs);
    for at in 0..5 {
        for to in ["Oracle", "OracleLocalBot"] {
            let body = json!({ "message": format!("letter {at}"), "channel": "telegram", "to": to });
            assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.status, 200);
        }
    }
    local.until("all of its letters", |letters| runs(letters).len() == 5).await;
    oracle.until_arrived(1).await;
    assert_eq!((oracle.letters().len(), oracle.taken().len()), (1, 0), "the other still hangs on its first");
    let expected: Vec<_> = (0..5).map(|at| format!("Sandman: letter {at}")).collect();
    assert_eq!(runs(&local.letters()), expected);
    oracle.mood(Mood::Takes(200));
    oracle.until("its letters, too", |letters| runs(letters).len() == 5).await;
    assert_eq!(runs(&oracle.taken()), expected);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_for_now_comes_again_under_the_same_key() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    let (node, door) = stage::start(&bench).await;
    for (at, mood) in
        [Mood::Refuses(503, Some(0)), Mood::Refuses(429, Some(1)), Mood::Forgets].into_iter().enumerate()
    {
        let before = oracle.letters().len();
        oracle.mood(mood);
        let body = json!({ "message": format!("letter {at}"), "channel": "telegram", "to": "Oracle" });
        post(door, SANDMAN, "/hooks/agent", &body).await;
        oracle.until_arrived(before + 1).await;
        oracle.mood(Mood::Takes(200));
        oracle.until_arrived(before + 2).await;
        let wanted = format!("Sandman: letter {at}");
        oracle.until("the letter", |letters| letters.iter().any(|letter| letter.text() == wanted)).await;
        let keys: Vec<_> = oracle.letters().split_off(before).into_iter().map(|letter| letter.key).collect();
        assert!(keys.len() >= 2 && keys.iter().all(|key| *key == keys[0]), "{mood:?}: {keys:?}");
    }
    node.stop().await;
}

/// A hook that lets nothing in: a dead letter, which Execs hear of once, and no second attempt at it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_a_dead_letter() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    let (node, door) = stage::start(&bench).await;
    bench.write_to("Ely", "Mesh", "/start");
    oracle.mood(Mood::Refuses(401, None));
    for at in 0..2 {
        let body = json!({ "message": format!("letter {at}"), "channel": "telegram", "to": "Oracle" });
        post(door, SANDMAN, "/hooks/agent", &body).await;
        oracle.until_arrived(at + 1).await;
    }
    let told = |bench: &Bench| {
        bench.private("Ely", "Mesh").iter().filter(|m| m.text.contains("Oracle does not take")).count()
    };
    bench.until("a word to Ely", |bench| told(bench) == 1).await;
    bench.say("Ely", "/mesh agent Oracle info");
    let listed = |bench: &Bench| {
        let dead = "not delivered (401 Refused): Sandman: letter 0";
        lines_for_ely(bench).iter().any(|line| line.contains(dead))
    };
    bench.until("the dead letter", listed).await;
    oracle.mood(Mood::Takes(200));
    let body = json!({ "message": "letter 2", "channel": "telegram", "to": "Oracle" });
    post(door, SANDMAN, "/hooks/agent", &body).await;
    oracle.until("the next", |letters| runs(letters).iter().any(|run| run == "Sandman: letter 2")).await;
    let firsts = oracle.letters().iter().filter(|letter| letter.text() == "Sandman: letter 0").count();
    assert_eq!((firsts, told(&bench)), (1, 1));
    // Counted is what the gateway has answered: that comes a moment after the letter.
    let mut beat = tokio::time::interval(std::time::Duration::from_millis(50));
    let counted = async {
        loop {
            beat.tick().await;
            let figures = stage::get(door, SANDMAN, "/metrics").await.body;
            let runs = figures.contains("mesh_agent_runs_total{agent=\"Oracle\"} 1");
            if runs && figures.contains("mesh_hook_dead_letters_total{agent=\"Oracle\"} 2") {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), counted).await.expect("the figures");
    node.stop().await;
}

/// The hook is dead: what is urgent goes in private, once; the hook is back, and nothing is repeated.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_urgent_goes_by_the_next_door() {
    let bench = stage::bench(Ear::Dedicated).await;
    let mut oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\", \"dm\"");
    bench.set("[hooks]\n", "[hooks]\npassed_by_after = \"1 s\"\n");
    oracle.die().await;
    let (node, _) = stage::start(&bench).await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: alpha");
    bench.until_reaction("Sandman", "👌").await;
    bench.say("Ely", "Oracle stand down");
    bench.until("the order in private", |bench| !to_oracle(bench).is_empty()).await;
    bench.until_reaction("Ely", "🫡").await;
    oracle.revive().await;
    bench.say("Ely", "Oracle stand up");
    bench.until("the second order", |bench| to_oracle(bench).len() == 2 || !oracle.taken().is_empty()).await;
    bench.say("Sandman", "DONE: alpha");
    bench.until_reaction("Sandman", "👌").await;
    let orders: Vec<_> =
        to_oracle(&bench).into_iter().map(|m| m.text).chain(runs(&oracle.letters())).collect();
    let downs = orders.iter().filter(|text| text.contains("Stand down")).count();
    assert_eq!(downs, 1, "once, by one door: {orders:#?}");
    assert!(to_oracle(&bench).iter().all(|m| !m.text.starts_with("PAUSE")), "a notice waits for its hook");
    node.stop().await;
}

/// The hook takes an order and never says so: the order goes by the next door, too, and tells that it may be the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_says_so_at_the_next_door() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\", \"dm\"");
    bench.set("[hooks]\n", "[hooks]\npassed_by_after = \"1 s\"\n");
    oracle.mood(Mood::HangsUp);
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    oracle.until_arrived(1).await;
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    bench.until("the order in private", |bench| !to_oracle(bench).is_empty()).await;
    bench.until_reaction("Ely", "🫡").await;
    let said = to_oracle(&bench).remove(0).text;
    assert!(said.starts_with("Perhaps you have this already, your hook gave no answer: "), "{said}");
    let keys: std::collections::BTreeSet<_> = oracle.taken().into_iter().map(|letter| letter.key).collect();
    assert_eq!((keys.len(), to_oracle(&bench).len()), (1, 1), "once by each door");
    node.stop().await;
}

/// Somebody's own account never says what the mesh has to say.
#[tokio::test(flavor = "multi_thread")]
async fn a_personal_account_is_no_door() {
    let bench = stage::bench(Ear::Personal).await;
    let mut oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\", \"dm\"");
    bench.set("[hooks]\n", "[hooks]\npassed_by_after = \"1 ms\"\n");
    oracle.die().await;
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    let second = bench.world().now();
    bench.until_the_second_after(second + 2).await;
    oracle.revive().await;
    oracle.until("the order, by its hook", |letters| runs(letters).len() == 1).await;
    assert!(bench.private("Oracle", "Ely").is_empty());
    node.stop().await;
}
