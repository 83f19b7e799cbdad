//! `mesh doctor`: what is wrong is found, each with what to do, and nothing is disturbed by looking.

use std::process::Stdio;
use std::time::Duration;

use sandbox::world::{Fault, Rank};
use serde_json::{Value, json};

use super::harness::{Bench, Ear};

impl Bench {
    /// What the doctor finds: its exit code, and the findings.
    async fn doctor(&self) -> (Option<i32>, Vec<Value>) {
        let output =
            self.mesh(&["doctor", "--json"]).stdin(Stdio::null()).output().await.expect("mesh starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let report: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"));
        (output.status.code(), report["checks"].as_array().expect("checks").clone())
    }
}

/// The finding of a check that begins so.
fn of<'a>(found: &'a [Value], check: &str, verdict: &str, what: &str) -> &'a Value {
    let fits = |finding: &&Value| {
        finding["name"] == check
            && finding["verdict"] == verdict
            && finding["what"].as_str().is_some_and(|said| said.contains(what))
    };
    found.iter().find(fits).unwrap_or_else(|| panic!("{check} did not find \"{what}\": {found:#?}"))
}

fn todo(finding: &Value) -> &str {
    finding["todo"].as_str().expect("what to do")
}

/// Nothing is wrong, beside a running node and without one; the node does not even notice.
#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_node_is_left_alone() {
    let bench = Bench::in_supergroup(Ear::Dedicated).await;
    let node = bench.start().await;
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(0), "{found:#?}");
    assert!(found.iter().all(|finding| finding["verdict"] == "ok"), "{found:#?}");
    of(&found, "node", "ok", "is healthy");
    of(&found, "poller", "ok", "undisturbed");
    let (code, _) = bench.run(&["status"]).await;
    assert_eq!(code, Some(0), "it polls on");
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Sandman", "👌").await;
    node.stop().await;

    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(0), "{found:#?}");
    of(&found, "session", "ok", "account ear is signed in as Mesh Bridge");
    of(&found, "store", "ok", "the audit is whole");
    let node = bench.start().await;
    bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: heard after the doctor");
    bench.until_reaction("Oracle", "👌").await;
    node.stop().await;
}

/// Every fault of the configuration is one finding.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_configuration_is_told() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set("role = \"exec\"", "role = \"king\"");
    bench.set("term = 1", "term = 0");
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(1));
    let faults = found.iter().filter(|finding| finding["name"] == "configuration").count();
    assert_eq!(faults, 2, "{found:#?}");
    of(&found, "configuration", "fault", "people[1].role");
}

/// Before the first start: nobody is signed in. Then the session is revoked.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_or_not_taken_any_more() {
    let bench = Bench::new(Ear::Dedicated).await;
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(1));
    assert!(todo(of(&found, "session", "fault", "nobody is signed in")).contains("mesh login"));
    of(&found, "files", "warning", "is not there yet");
    bench.start().await.stop().await;
    let url = format!("{}/fault", bench.sandbox.ready().control);
    let order = json!({ "fault": "key_duplicated", "who": "Mesh Bridge" });
    reqwest::Client::new().post(url).json(&order).send().await.expect("the control door");
    let (_, found) = bench.doctor().await;
    assert!(todo(of(&found, "session", "fault", "two places")).contains("stop the other program"));
}

/// The number in the configuration is another account's, and a key that is configured now would seal the session: both
/// are for the node to find, and the doctor changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_looked_at_and_left_as_it_is() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.start().await.stop().await;
    let before = bench.read("mesh.toml");
    bench.write("session.key", &"0a".repeat(32));
    bench.set("kind = \"dedicated\"", "kind = \"dedicated\"\nsession_key = { file = \"session.key\" }");
    bench.write("phone", &bench.read("phone").replace("555", "5559"));
    let (_, found) = bench.doctor().await;
    of(&found, "session", "ok", "account ear is signed in as Mesh Bridge");
    let told = of(&found, "session", "warning", "whose number is not the one in the configuration");
    assert!(todo(told).contains("phone"), "{told}");
    bench.write("mesh.toml", &before);
    let node = bench.start().await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Sandman", "👌").await;
    node.stop().await;
}

/// Another program, which fetches what there is again and again, until somebody turns it out.
async fn polled_undisturbed(polls: String) -> String {
    let mut again = tokio::time::interval(Duration::from_millis(200));
    let mut offset = 0;
    loop {
        again.tick().await;
        let answer = reqwest::get(format!("{polls}&offset={offset}")).await.expect("an answer");
        let status = answer.status();
        let said: Value = answer.json().await.expect("JSON");
        if !status.is_success() {
            return said.to_string();
        }
        let newest = said["result"].as_array().and_then(|all| all.last()?["update_id"].as_i64());
        offset = newest.map_or(offset, |newest| newest + 1);
    }
}

/// The bot: a token that is refused, another program that polls, a webhook.
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_not_the_meshs_alone() {
    let bench = Bench::new(Ear::Bot).await;
    let ready = bench.sandbox.ready();
    let bot = ready.bots.iter().find(|bot| bot.username == "mesh_mastermind_bot").expect("the bot");
    let url = format!("{}/bot{}", ready.bot_api, bot.token);
    bench.say("Alex", "/mesh claims");
    let (_, found) = bench.doctor().await;
    of(&found, "poller", "ok", "nobody fetches them");
    let poller = tokio::spawn(polled_undisturbed(format!("{url}/getUpdates?timeout=10")));
    let talk = async {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        loop {
            every.tick().await;
            bench.say("Alex", "/mesh claims");
        }
    };
    let (code, found) = tokio::select! {
        found = bench.doctor() => found,
        () = talk => unreachable!("talk goes on"),
    };
    assert!(!poller.is_finished(), "the other program is turned out: {:?}", poller.await);
    poller.abort();
    assert_eq!(code, Some(1));
    assert!(todo(of(&found, "poller", "fault", "another program polls")).contains("a bot of its own"));
    of(&found, "configuration", "warning", "is not heard");

    let hook = reqwest::Client::new().post(format!("{url}/setWebhook"));
    let hook =
        hook.json(&json!({ "url": "http://127.0.0.1:9/secret-path" })).send().await.expect("an answer");
    assert!(hook.status().is_success(), "{:?}", hook.text().await);
    let (_, found) = bench.doctor().await;
    let hooked = of(&found, "poller", "warning", "a webhook is set: the bot's updates go to 127.0.0.1:9");
    assert!(!hooked.to_string().contains("secret-path"), "an address may have a secret in it");

    let fault = Fault::Status { method: "getMe".into(), chat: None, status: 401, retry_after: 0, times: 10 };
    bench.world().faults().add(fault);
    let (_, found) = bench.doctor().await;
    assert!(todo(of(&found, "bot", "fault", "refused the bot's token")).contains("BotFather"));
}

/// The group: a basic one, a bot without rights, an agent that is not there, a bot that is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_lacks_something() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.world().set_rank(bench.group, bench.user("Mesh"), Rank::Member);
    let ely = bench.user("Ely");
    bench.world().remove_member(ely, bench.group, bench.user("Oracle")).expect("Oracle goes");
    let (_, found) = bench.doctor().await;
    assert!(todo(of(&found, "group", "warning", "basic group")).contains("supergroup"));
    assert!(todo(of(&found, "group", "warning", "no administrator")).contains("pin"));
    assert!(todo(of(&found, "members", "warning", "Oracle")).contains("add them"));
    bench.world().remove_member(ely, bench.group, bench.user("Mesh")).expect("the bot goes");
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(1));
    let missing = found.iter().find(|finding| finding["name"] == "group").expect("a finding");
    assert_eq!(missing["verdict"], "fault");
    assert!(todo(missing).contains("add"), "{missing}");
}

/// A group that became a supergroup under another id is told with the new one.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_moved() {
    let bench = Bench::new(Ear::Bot).await;
    let moved = bench.world().migrate(bench.user("Ely"), bench.group).expect("Ely may").to;
    let (_, found) = bench.doctor().await;
    of(&found, "group", "warning", &format!("the group moved to {}", moved.to_bot_api()));
}

/// Neither door opens, the clock is wrong: what can't be reached is told once for each.
#[tokio::test(flavor = "multi_thread")]
async fn doors_that_stay_shut() {
    let bench = Bench::new(Ear::Dedicated).await;
    let ready = bench.sandbox.ready();
    bench.set(&ready.mtproto, "127.0.0.1:9");
    bench.set(&ready.bot_api, "http://127.0.0.1:9");
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(1));
    assert!(todo(of(&found, "telegram", "fault", "does not open")).contains("network"));
    assert!(todo(of(&found, "bot", "fault", "can't be reached")).contains("network"));
}

/// Telegram's clock is another.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_does_not_fit() {
    let bench = Bench::at(1_700_000_000, Ear::Dedicated).await;
    let (code, found) = bench.doctor().await;
    assert_eq!(code, Some(1));
    assert!(todo(of(&found, "clock", "fault", "ahead of Telegram's")).contains("timedatectl"));
}
