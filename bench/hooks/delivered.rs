//! From a message in the group to the hook that it leads to, one after the other. The baselines are what any bridge
//! pays: a bot's poll that hears the message, and the bare request to the same gateway.

use std::time::{Duration, Instant};

use super::gateway::{Gateway, TOKEN};
use super::harness::Ear;
use super::stage::{self, hook};
use super::times::{median, polls, print, ratio};

const MESSAGES: usize = 500;
const WITHIN: Duration = Duration::from_secs(30);

/// Prints its lines.
pub async fn measure() -> anyhow::Result<()> {
    let bench = stage::bench(Ear::Dedicated).await;
    let (oracle, bare) = (Gateway::start().await, Gateway::start().await);
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "*");
    let (node, _) = stage::start(&bench).await;
    let mut said = Vec::new();
    for number in 0..MESSAGES {
        said.push(Instant::now());
        bench.say("Ely", &format!("Oracle, is build {number} through?"));
        let arrived = oracle.until_runs(number + 1, WITHIN).await;
        anyhow::ensure!(arrived == number + 1, "question {number} did not arrive");
    }
    let arrived = oracle.letters().into_iter().filter(super::gateway::Letter::is_run).map(|letter| letter.at);
    let delivered: Vec<_> = said.iter().zip(arrived).map(|(said, arrived)| arrived - *said).collect();
    node.kill().await;
    let heard = polls(&bench.sandbox.ready(), bench.world(), bench.group, MESSAGES).await?;
    let posted = bare_posts(&bare).await?;
    print("message in the group to hook delivered", &delivered);
    print("baseline: message to a bot's poll", &heard);
    print("baseline: a bare post at the hook", &posted);
    let both = median(&heard) + median(&posted);
    println!("ratio of the medians to both baselines   {:.1}", ratio(median(&delivered), both));
    Ok(())
}

async fn bare_posts(gateway: &Gateway) -> anyhow::Result<Vec<Duration>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("http://{}/hooks/agent", gateway.address);
    let mut times = Vec::new();
    for number in 0..MESSAGES {
        let begun = Instant::now();
        let body = format!(r#"{{"message":"Is build {number} through?","name":"Ely","deliver":true}}"#);
        let answer = client.post(&url).bearer_auth(TOKEN).body(body).send().await?;
        anyhow::ensure!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}
