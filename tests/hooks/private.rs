//! What is urgent while a hook fails: by private message, once; by the hook where that is refused, and whenever it is back.

use std::net::SocketAddr;
use std::time::Duration;

use sandbox::world::{Aim, Fault, SeenMessage};

use super::gateway::{Gateway, Letter, Mood};
use super::stage::{self, SANDMAN, hook};
use crate::node::harness::{Bench, Ear};

const BRIDGE: &str = "Mesh Bridge";
const SEND: &str = "messages.sendMessage";

async fn stage(doors: &str, passed_by_after: &str) -> (Bench, Gateway) {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, doors);
    bench.set("[hooks]\n", &format!("[hooks]\npassed_by_after = \"{passed_by_after}\"\n"));
    (bench, oracle)
}

fn to_oracle(bench: &Bench) -> Vec<SeenMessage> {
    bench.private("Oracle", BRIDGE)
}

fn runs(oracle: &Gateway) -> Vec<Letter> {
    oracle.taken().into_iter().filter(Letter::is_run).collect()
}

/// The next private message meets this.
fn fault(bench: &Bench, fault: Fault) {
    let by = Some(bench.user(BRIDGE));
    assert!(bench.world().faults().add_at(fault, Aim { by, ..Aim::default() }));
}

fn refuse() -> Fault {
    Fault::Refuse { method: SEND.into(), code: 400, error: "PEER_FLOOD".into(), times: 1 }
}

/// Waits until a figure of Oracle's is at least that.
async fn until_figure(door: SocketAddr, name: &str, least: u64) -> u64 {
    let start = format!("{name}{{agent=\"Oracle\"}} ");
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let reached = async {
        loop {
            beat.tick().await;
            let figures = stage::get(door, SANDMAN, "/metrics").await.body;
            let figure = figures.lines().find_map(|line| line.strip_prefix(&start)?.parse().ok());
            if let Some(figure) = figure.filter(|figure| *figure >= least) {
                return figure;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reached).await.expect(name)
}

/// A second attempt at the hook is due a second after the first, and there is one only if the private message failed.
async fn until_private_failed(door: SocketAddr) {
    until_figure(door, "mesh_hook_failures_total", 2).await;
}

/// The wait after the first failures of a hook is over.
async fn until_tried_again(bench: &Bench) {
    let second = bench.world().now();
    bench.until_the_second_after(second + 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_refused_goes_by_the_hook_once_it_is_back() {
    let wait = Fault::FloodWait { method: SEND.into(), seconds: 3_600, times: 1 };
    for first in [refuse(), wait] {
        let (bench, mut oracle) = stage("\"hook\", \"dm\"", "1 ms").await;
        oracle.die().await;
        fault(&bench, first);
        let (node, door) = stage::start(&bench).await;
        bench.say("Ely", "Oracle stand down");
        until_private_failed(door).await;
        oracle.revive().await;
        oracle.until("the order", |letters| letters.iter().any(Letter::is_run)).await;
        bench.until_reaction("Ely", "🫡").await;
        assert_eq!((runs(&oracle).len(), to_oracle(&bench).len()), (1, 0), "once");
        assert_eq!(until_figure(door, "mesh_hook_dead_letters_total", 0).await, 0);
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_refused_goes_by_the_hook_that_is_the_second_door() {
    let (bench, oracle) = stage("\"dm\", \"hook\"", "1 ms").await;
    fault(&bench, refuse());
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    oracle.until("the order", |letters| letters.iter().any(Letter::is_run)).await;
    bench.until_reaction("Ely", "🫡").await;
    assert_eq!(to_oracle(&bench).len(), 0);
    bench.until_nothing_waits().await;
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand up");
    oracle.until("the next", |letters| letters.iter().filter(|letter| letter.is_run()).count() == 2).await;
    assert_eq!(to_oracle(&bench).len(), 0, "for an hour, over a restart");
    node.stop().await;
}

/// Where there is no hook, it is a dead letter.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_refused_and_has_no_other_door_is_given_up() {
    let bench = stage::bench(Ear::Dedicated).await;
    fault(&bench, refuse());
    let (node, door) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    assert_eq!(until_figure(door, "mesh_hook_dead_letters_total", 1).await, 1);
    node.stop().await;
}

/// Its answer was lost, and the hook is back before it is tried again: it is not said there, too. What comes next is.
#[tokio::test(flavor = "multi_thread")]
async fn one_whose_answer_was_lost_is_not_repeated_by_the_hook() {
    let (bench, mut oracle) = stage("\"hook\", \"dm\"", "1 ms").await;
    oracle.die().await;
    fault(&bench, Fault::LoseReply { method: SEND.into(), times: 1 });
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    bench.until("the order in private", |bench| !to_oracle(bench).is_empty()).await;
    oracle.revive().await;
    bench.until_reaction("Ely", "🫡").await;
    assert_eq!((runs(&oracle).len(), to_oracle(&bench).len()), (0, 1));
    until_tried_again(&bench).await;
    bench.say("Ely", "Oracle stand up");
    oracle.until("the next, by the hook", |letters| letters.iter().any(Letter::is_run)).await;
    bench.until_reaction("Ely", "🫡").await;
    assert_eq!((runs(&oracle).len(), to_oracle(&bench).len()), (1, 1));
    node.stop().await;
}

/// Killed after it was said and before that was ticked off.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_said_before_a_kill_is_not_repeated_by_the_hook() {
    let (bench, mut oracle) = stage("\"hook\", \"dm\"", "1 ms").await;
    oracle.die().await;
    fault(&bench, Fault::Slow { method: SEND.into(), by: Duration::from_mins(10), times: 1 });
    let (node, _) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    bench.until("the order in private", |bench| !to_oracle(bench).is_empty()).await;
    node.kill().await;
    oracle.revive().await;
    let (node, _) = stage::start(&bench).await;
    bench.until_reaction("Ely", "🫡").await;
    assert_eq!((runs(&oracle).len(), to_oracle(&bench).len()), (0, 1));
    node.stop().await;
}

/// The gateway took it and hung up, then refused connections: it still may have it.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_says_so_whatever_came_after() {
    let (bench, mut oracle) = stage("\"hook\", \"dm\"", "2 s").await;
    oracle.mood(Mood::HangsUp);
    let (node, door) = stage::start(&bench).await;
    bench.say("Ely", "Oracle stand down");
    oracle.until_arrived(1).await;
    oracle.die().await;
    until_figure(door, "mesh_hook_failures_total", 2).await;
    bench.until("the order in private", |bench| !to_oracle(bench).is_empty()).await;
    let said = to_oracle(&bench).remove(0).text;
    assert!(said.starts_with("Perhaps you have this already"), "{said}");
    node.stop().await;
}

/// Runs of the day are kept; one that a private message causes is one.
#[tokio::test(flavor = "multi_thread")]
async fn the_runs_of_the_day_are_kept_over_a_kill() {
    let today = || jiff::Timestamp::now().as_second() / 86_400;
    let (bench, mut oracle) = stage("\"hook\", \"dm\"", "1 ms").await;
    let (node, door) = stage::start(&bench).await;
    let day = today();
    let count = async |door, wanted: u64| {
        let figure = until_figure(door, "mesh_agent_runs_today", wanted).await;
        assert!(figure == wanted || today() != day, "{figure}");
    };
    bench.say("Ely", "Oracle stand down");
    bench.until_reaction("Ely", "🫡").await;
    count(door, 1).await;
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    count(door, 1).await;
    oracle.die().await;
    bench.say("Ely", "Oracle stand up");
    bench.until_reaction("Ely", "🫡").await;
    count(door, 2).await;
    assert_eq!(to_oracle(&bench).len(), 1);
    node.stop().await;
}

/// A hook that lets nothing in is passed by at once; Execs hear of it once, until it takes something.
#[tokio::test(flavor = "multi_thread")]
async fn execs_hear_once_that_a_hook_is_passed_by() {
    let (bench, oracle) = stage("\"hook\", \"dm\"", "1 min").await;
    oracle.mood(Mood::Refuses(401, None));
    let (node, _) = stage::start(&bench).await;
    bench.write_to("Ely", "Mesh", "/start");
    let told = |bench: &Bench| {
        let said = bench.private("Ely", "Mesh");
        said.iter().filter(|m| m.text.contains("Oracle's hook lets nothing in: 401")).count()
    };
    let in_private = async |orders: &[&str], before: usize| {
        for (at, order) in (before + 1..).zip(orders) {
            bench.say("Ely", order);
            bench.until("the order in private", |bench| to_oracle(bench).len() == at).await;
        }
    };
    in_private(&["Oracle stand down", "Oracle stand up"], 0).await;
    bench.until("a word to Ely", |bench| told(bench) == 1).await;
    // A bot's private message that was not ticked off when its node died is said again.
    bench.until_nothing_waits().await;
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    in_private(&["Oracle stand down"], 2).await;
    let info = async || bench.run(&["agent", "Oracle", "info"]).await.1;
    let shown = info().await;
    assert!(shown.contains("hook_shut: {") && shown.contains("\"why\":\"401 Refused\""), "{shown}");
    oracle.mood(Mood::Takes(200));
    until_tried_again(&bench).await;
    bench.say("Ely", "Oracle stand up");
    oracle.until("the next, by the hook", |letters| letters.iter().any(Letter::is_run)).await;
    bench.until_nothing_waits().await;
    let shown = info().await;
    assert!(shown.contains("hook_shut: null"), "{shown}");
    assert_eq!((told(&bench), to_oracle(&bench).len()), (1, 3));
    node.stop().await;
}
