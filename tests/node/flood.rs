//! Many messages at once: all are heard, in order, and a claim among them is answered.

use sandbox::world::Draft;

use super::harness::{Bench, Ear};

/// The bench pours in 20,000.
const MESSAGES: usize = 2_000;
const CLAIM_EVERY: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn is_heard_in_order_and_answered_in_the_middle_of_it() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let (sandman, mut claims) = (bench.user("Sandman"), Vec::new());
    for n in 0..MESSAGES {
        if n % CLAIM_EVERY == CLAIM_EVERY / 2 {
            let task = format!("task {n}");
            let draft = Draft::text(format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: 20 min"));
            let posted = bench.world().post(sandman, bench.group, draft).expect("a message");
            claims.push((posted.key, task));
        } else {
            bench.say(if n % 3 == 0 { "Alex" } else { "Oracle" }, &format!("chatter, number {n}"));
        }
    }
    let answered = |bench: &Bench| claims.iter().all(|(claim, _)| bench.has_reacted("Mesh Bridge", *claim));
    bench.until("👌 on every claim", answered).await;
    let state = bench.state().await;
    node.stop().await;
    let mut held: Vec<(u64, String)> = state["claims"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|claim| {
            let fence = claim["fence"].as_u64().expect("a fence") & 0xffff_ffff;
            (fence, claim["task"].as_str().expect("a task").to_owned())
        })
        .collect();
    held.sort();
    let in_order: Vec<_> = (1..).zip(claims.into_iter().map(|(_, task)| task)).collect();
    assert_eq!(held, in_order, "each has its fence in the order in which it was said");
}
