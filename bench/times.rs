//! Times, and how they are told; and the round trip that any program has which hears Telegram by a bot's poll.

use std::time::{Duration, Instant};

use sandbox::Ready;
use sandbox::world::{Draft, Peer, UserId, World};

/// What has not come by then never will.
const WITHIN: Duration = Duration::from_secs(30);

/// Prints a line of them.
pub fn print(what: &str, times: &[Duration]) {
    let (p50, p95, p99) = (median(times), percentile(times, 95), percentile(times, 99));
    println!("{what:<40} p50 {}  p95 {}  p99 {}  over {}", ms(p50), ms(p95), ms(p99), times.len());
}

/// So many in a hundred are no longer than this.
pub fn percentile(times: &[Duration], part: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() - 1) * part / 100]
}

/// The one in the middle.
pub fn median(times: &[Duration]) -> Duration {
    percentile(times, 50)
}

/// `1.2 ms`
pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// How often one goes into the other.
pub fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// From the post of a message to its arrival in a bot's long poll, so many times.
pub async fn polls(ready: &Ready, world: &World, group: Peer, times: usize) -> anyhow::Result<Vec<Duration>> {
    let bot = ready.bots.iter().find(|bot| bot.username == "oracle_agent_bot").expect("Oracle's bot");
    let url = format!("{}/bot{}/getUpdates", ready.bot_api, bot.token);
    let (client, ely) = (reqwest::Client::new(), user(world, "Ely"));
    let mut took = Vec::new();
    let mut offset = 0;
    for n in 0..times {
        let poll = client.get(format!("{url}?timeout=10&offset={offset}")).send();
        let poll = tokio::spawn(poll);
        let begun = Instant::now();
        let text = format!("/n{n}@oracle_agent_bot");
        world.post(ely, group, Draft { text, ..Draft::default() })?;
        let answer: serde_json::Value = tokio::time::timeout(WITHIN, poll).await???.json().await?;
        took.push(begun.elapsed());
        let last = answer["result"].as_array().and_then(|updates| updates.last()).expect("an update");
        offset = last["update_id"].as_i64().expect("a number") + 1;
    }
    Ok(took)
}

/// Somebody of that name.
pub fn user(world: &World, name: &str) -> UserId {
    world.users().into_iter().find(|user| user.name == name).expect("somebody of that name").id
}
