//! What goes wrong at the account's door, ordered by the sandbox's control door: the node goes on, says how it is, and
//! loses and doubles nothing.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use super::harness::{Bench, Ear, Node};

const TASK: &str = "rotate the hooks token";

/// How often the node is asked how it is, and for how long at most.
const ASKED_EVERY: Duration = Duration::from_millis(100);
const ASKED_FOR: Duration = Duration::from_mins(1);

impl Bench {
    async fn fault(&self, order: Value) {
        let url = format!("{}/fault", self.sandbox.ready().control);
        let answer = reqwest::Client::new().post(url).json(&order).send().await.expect("the control door");
        assert!(answer.status().is_success(), "{order}: {:?}", answer.text().await);
    }

    /// The waits of the account's connection a hundred times as short.
    fn hurry(&self) {
        self.set(
            "kind = \"dedicated\"",
            "kind = \"dedicated\"\nquiet = \"400 ms\"\nanswer_within = \"400 ms\"\nlongest_pause = \"300 ms\"",
        );
    }

    /// All that Telegram had to tell an account is forgotten: it can't be told as a difference any more.
    async fn lose_updates(&self, who: &str) {
        self.fault(json!({ "fault": "gap", "who": who })).await;
        if matches!(self.group, sandbox::world::Peer::Channel(_)) {
            self.fault(json!({ "fault": "gap", "chat": self.group.to_bot_api() })).await;
        }
    }

    async fn status(&self) -> (Option<i32>, Value) {
        let (code, said) = self.run(&["status", "--json"]).await;
        let line = said.lines().next().unwrap_or_default();
        (code, serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {said}")))
    }

    /// Waits until all that was decided is done, and ticked off.
    pub async fn until_nothing_waits(&self) {
        self.until_status("nothing waits", nothing_waits).await;
    }

    /// Asks for the node's health until it is so.
    async fn until_status(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> (Option<i32>, Value) {
        let mut every = tokio::time::interval(ASKED_EVERY);
        let asking = async {
            loop {
                every.tick().await;
                let (code, status) = self.status().await;
                if wanted(&status) {
                    return (code, status);
                }
            }
        };
        if let Ok(found) = tokio::time::timeout(ASKED_FOR, asking).await {
            return found;
        }
        panic!("never: {what}; {:#?}", self.status().await)
    }

    async fn until_state(&self, state: &str) -> (Option<i32>, Value) {
        self.until_status(state, |status| status["accounts"][0]["state"] == state).await
    }

    /// A claim of an agent is heard and granted.
    async fn works(&self, agent: &str, task: &str) {
        self.say(agent, &format!("🔒 EXCLUSIVE CLAIM: {task}"));
        self.until_reaction(agent, "👌").await;
    }

    fn told(&self, agent: &str) -> usize {
        self.private(agent, "Mesh Bridge").len()
    }

    /// Starts a node with nobody at its terminal; its log comes line by line.
    async fn start_logged(&self) -> (Node, Log) {
        let mut command = self.mesh(&["run"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child: Child = command.spawn().expect("mesh starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let log = tokio::spawn(async move {
            let mut log = Vec::new();
            while let Ok(Some(line)) = lines.next_line().await {
                log.push(line);
            }
            log
        });
        let mut node = Node::of(child);
        node.says("mesh: running").await;
        (node, log)
    }
}

type Log = tokio::task::JoinHandle<Vec<String>>;

/// A flood wait holds one chat: the others are told, and the answer to an Exec goes out before anything that waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_wait_holds_one_chat_only() {
    let bench = Bench::new(Ear::Dedicated).await;
    let (node, log) = bench.start_logged().await;
    bench.fault(json!({ "fault": "flood_wait", "method": "messages.sendMessage", "chat": "Oracle", "seconds": 86_400 })).await;
    bench.works("Sandman", TASK).await;
    for agent in ["Sandman", "OracleLocalBot"] {
        bench.until(&format!("a word to {agent}"), |bench| bench.told(agent) == 1).await;
    }
    bench.write_to("Ely", "Mesh Bridge", "/mesh claims");
    bench
        .until("the answer to Ely", |bench| {
            bench.private("Ely", "Mesh Bridge").iter().any(|message| message.name == "Mesh Bridge")
        })
        .await;
    assert_eq!(bench.told("Oracle"), 0, "it waits for a day");
    let lanes = ["orders", "answers", "notices"];
    let waiting =
        |status: &Value| lanes.iter().filter_map(|lane| status["outbox"][lane].as_u64()).sum::<u64>();
    let (_, status) = bench.until_status("only Oracle's word waits", |status| waiting(status) == 1).await;
    assert_eq!(status["accounts"][0]["state"], "connected", "one chat's pause is not the account's");
    let (paused, oracle) = (&status["outbox"]["paused"], bench.user("Oracle").0);
    assert_eq!((&paused[0]["what"], &paused[0]["chat"]), (&json!("private messages"), &json!(oracle)));
    assert_eq!(paused.as_array().map(Vec::len), Some(1), "{paused}");
    node.stop().await;
    let log = log.await.expect("the log");
    let told = log.iter().filter(|line| line.contains("Telegram asks for a pause: private messages"));
    assert_eq!(told.count(), 1, "{log:#?}");
}

/// A reply lost after executing: the node asks again, Telegram drops the repeat.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_lost_after_executing_doubles_nothing() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.hurry();
    let node = bench.start().await;
    bench.fault(json!({ "fault": "lose_reply", "method": "messages.sendMessage", "times": 2 })).await;
    bench.works("Sandman", TASK).await;
    for agent in ["Sandman", "Oracle", "OracleLocalBot"] {
        bench.until(&format!("a word to {agent}"), |bench| bench.told(agent) >= 1).await;
    }
    bench.until_nothing_waits().await;
    node.stop().await;
    for agent in ["Sandman", "Oracle", "OracleLocalBot"] {
        assert_eq!(bench.told(agent), 1, "{agent} is told once");
    }
}

fn nothing_waits(status: &Value) -> bool {
    ["orders", "answers", "notices", "under_way"].iter().all(|lane| status["outbox"][lane] == 0)
}

/// Cut thirty times, as every two seconds for a minute; with each cut something is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_again_and_again_misses_nothing() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.hurry();
    let (node, log) = bench.start_logged().await;
    let mut cuts = tokio::time::interval(Duration::from_millis(40));
    for n in 0..30 {
        cuts.tick().await;
        bench.fault(json!({ "fault": "cut", "who": "Mesh Bridge" })).await;
        bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: task {n}"));
    }
    bench
        .until("thirty claims granted", |bench| {
            let claims = bench.chat().into_iter().filter(|message| message.text.contains("CLAIM: task "));
            claims.filter(|message| message.reactions.iter().any(|(_, set)| set == "👌")).count() == 30
        })
        .await;
    bench
        .until_status("connected, and all is done", |status| {
            status["accounts"][0]["state"] == "connected" && nothing_waits(status)
        })
        .await;
    let state = bench.state().await;
    assert_eq!(state["claims"].as_array().map(Vec::len), Some(30), "{state}");
    node.stop().await;
    let log = log.await.expect("the log");
    assert!(log.len() <= 3, "thirty short breaks are no news: {log:#?}");
}

/// A server that takes everything and answers nothing is noticed, told, and found again.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_noticed_and_found_again() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.hurry();
    let node = bench.start().await;
    bench.until_state("connected").await;
    bench.fault(json!({ "fault": "mute", "who": "Mesh Bridge" })).await;
    bench.until_state("disconnected").await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.fault(json!({ "fault": "none" })).await;
    bench.until_reaction("Sandman", "👌").await;
    bench.until_state("connected").await;
    node.stop().await;
}

/// A pause asked for where a 👍 is waited for is kept: reactions are asked for no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_wait_on_reactions_is_kept() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set("reactions_every = \"1 s\"", "reactions_every = \"50 ms\"");
    let (node, log) = bench.start_logged().await;
    let order = json!({ "fault": "flood_wait", "method": "messages.getMessagesReactions", "seconds": 86_400, "times": 100 });
    bench.fault(order).await;
    bench.say("Ely", "Sandman stand down");
    bench.until("the order told", |bench| bench.told("Sandman") == 1).await;
    let mut meanwhile = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..40 {
        meanwhile.tick().await;
    }
    node.stop().await;
    let log = log.await.expect("the log");
    let told = log.iter().filter(|line| line.contains("reactions are not asked for for 86400 s"));
    assert_eq!(told.count(), 1, "{log:#?}");
}

/// A gap too long for a difference: the history is read, and what was said in it is heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_too_long_is_read_from_the_history() {
    for bench in [Bench::new(Ear::Dedicated).await, Bench::in_supergroup(Ear::Dedicated).await] {
        bench.hurry();
        let node = bench.start().await;
        bench.works("Sandman", TASK).await;
        node.stop().await;
        bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: said in the gap");
        bench.lose_updates("Mesh Bridge").await;
        // What the counters' date becomes at the start is no measure for what was heard.
        bench.until_the_second_after(bench.world().now()).await;
        let node = bench.start().await;
        bench.until_reaction("Oracle", "👌").await;
        let (_, status) = bench.until_state("connected").await;
        assert_eq!(status["claims"]["uncertain"], 0, "the history was whole: {status}");
        assert_eq!(status["claims"]["open"], 2);
        node.stop().await;
    }
}

/// The same while the node runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_too_long_while_it_listens() {
    for bench in [Bench::new(Ear::Dedicated).await, Bench::in_supergroup(Ear::Dedicated).await] {
        bench.hurry();
        let node = bench.start().await;
        bench.works("Sandman", TASK).await;
        bench.fault(json!({ "fault": "hold", "who": "Mesh Bridge" })).await;
        bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: said in the gap");
        bench.lose_updates("Mesh Bridge").await;
        bench.fault(json!({ "fault": "cut", "who": "Mesh Bridge" })).await;
        bench.fault(json!({ "fault": "release", "who": "Mesh Bridge" })).await;
        bench.until_reaction("Oracle", "👌").await;
        let (_, status) = bench.until_state("connected").await;
        assert_eq!((&status["claims"]["uncertain"], &status["claims"]["open"]), (&json!(0), &json!(2)));
        node.stop().await;
    }
}

/// A gap of an account that is not the ear is none of the group's, whether it is in there or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_beside_the_ear_is_none_of_the_groups() {
    for inside in [true, false] {
        let bench = Bench::new(Ear::Personal).await;
        bench.add_account("voice", "Mesh Bridge", "dedicated", "");
        bench.start().await.stop().await;
        if !inside {
            let (ely, bridge) = (bench.user("Ely"), bench.user("Mesh Bridge"));
            bench.world().remove_member(ely, bench.group, bridge).expect("it goes");
        }
        bench.write_to("Alex", "Mesh Bridge", "/mesh claims");
        bench.lose_updates("Mesh Bridge").await;
        let node = bench.start().await;
        bench.until("the answer", |bench| bench.private("Alex", "Mesh Bridge").len() == 2).await;
        let connected = |status: &Value| {
            let accounts = status["accounts"].as_array();
            accounts.is_some_and(|all| all.len() == 2 && all.iter().all(|one| one["state"] == "connected"))
        };
        bench.until_status("both are connected", connected).await;
        bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: granted without a doubt");
        bench
            .until("the board", |bench| bench.chat().iter().any(|m| m.text.contains("granted without")))
            .await;
        let (_, status) = bench.status().await;
        assert_eq!((&status["claims"]["uncertain"], &status["claims"]["open"]), (&json!(0), &json!(1)));
        node.stop().await;
    }
}

/// An ear outside its group hears nothing, and says so; let in again, it hears again. What was said meanwhile is read in a
/// supergroup; a basic group does not show it, and that is told.
#[tokio::test(flavor = "multi_thread")]
async fn an_ear_outside_the_group_is_a_state() {
    for (bench, shown) in
        [(Bench::new(Ear::Dedicated).await, false), (Bench::in_supergroup(Ear::Dedicated).await, true)]
    {
        let (node, log) = bench.start_logged().await;
        bench.works("Sandman", TASK).await;
        let (ely, bridge) = (bench.user("Ely"), bench.user("Mesh Bridge"));
        bench.world().remove_member(ely, bench.group, bridge).expect("it goes");
        let (code, status) = bench.until_state("outside").await;
        assert_eq!((code, &status["verdict"]), (Some(1), &json!("degraded")));
        assert!(
            status["problems"][0]["todo"].as_str().is_some_and(|todo| todo.starts_with("Add the account"))
        );
        answers_people(&bench, "/mesh claims").await;
        bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: said outside");
        bench.world().add_member(ely, bench.group, bridge).expect("it comes");
        bench.until_state("connected").await;
        let not_heard = |m: &sandbox::world::SeenMessage| m.text.contains("Not heard: what was said from ");
        if shown {
            bench.until_reaction("Oracle", "👌").await;
        } else {
            bench.until("a word of it", |bench| bench.chat().iter().any(not_heard)).await;
        }
        bench.works("Sandman", "after it").await;
        let asked = jiff::Timestamp::now();
        let (_, status) = bench.status().await;
        let until = status["heard"]["everything_until"].as_str().and_then(|at| at.parse().ok());
        assert!(until.is_some_and(|until: jiff::Timestamp| until >= asked), "{status}");
        assert_eq!(status["heard"]["unheard"].is_null(), shown, "{status}");
        assert_eq!(bench.chat().iter().any(not_heard), !shown);
        let (_, told) = bench.run(&["status"]).await;
        assert_eq!(told.contains("everything said by now, but for what was said from "), !shown, "{told}");
        node.stop().await;
        let log = log.await.expect("the log");
        assert_eq!(log.iter().filter(|line| line.contains("not in the group")).count(), 1, "{log:#?}");
    }
}

/// grammers panics over another session's id; the node makes its pool anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_pool_that_panics_is_made_anew() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    for n in 0..3 {
        bench.fault(json!({ "fault": "wrong_session", "who": "Mesh Bridge" })).await;
        bench.works("Sandman", &format!("task {n}")).await;
    }
    bench.until_state("connected").await;
    node.stop().await;
}

/// The account is lost while the node runs: it says so once, the bot goes on, and so does a node that is started then.
async fn lost(fault: &str, state: &str, todo: &str) {
    let bench = Bench::new(Ear::Dedicated).await;
    // Until it asks for something, a node can't know.
    bench.hurry();
    let (node, log) = bench.start_logged().await;
    bench.works("Sandman", TASK).await;
    bench.fault(json!({ "fault": fault, "who": "Mesh Bridge" })).await;
    let (code, status) = bench.until_state(state).await;
    assert_eq!((code, &status["verdict"]), (Some(1), &json!("degraded")));
    assert!(status["problems"][0]["todo"].as_str().is_some_and(|said| said.contains(todo)), "{status}");
    answers_people(&bench, "/mesh claims").await;
    node.stop().await;
    let log = log.await.expect("the log");
    let alerts = log.iter().filter(|line| line.contains(todo)).count();
    assert_eq!(alerts, 1, "{log:#?}");

    let (node, _) = bench.start_logged().await;
    let (code, _) = bench.until_state(state).await;
    assert_eq!(code, Some(1));
    answers_people(&bench, "/mesh agents").await;
    bench.say("Alex", "/mesh status");
    bench
        .until("a card that says so", |bench| {
            bench.chat().iter().any(|m| m.text.contains("Degraded") && m.text.contains("hears nothing since"))
        })
        .await;
    let (_, text) = bench.run(&["status"]).await;
    assert!(text.contains(todo) && text.contains("bot      @mesh_mastermind_bot: listening"), "{text}");
    node.stop().await;
}

/// A command of a person is answered by the bot.
async fn answers_people(bench: &Bench, command: &str) {
    bench.say("Alex", command);
    bench
        .until("an answer of the bot", |bench| {
            let chat = bench.chat();
            let asked = chat.iter().find(|message| message.text == command).map(|message| message.key);
            chat.iter()
                .any(|message| message.name == "Mesh" && message.reply_to.is_some_and(|to| Some(to) == asked))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_revoked_is_a_state() {
    lost("revoke", "signed_out", "Sign in again: mesh login").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_duplicated_is_a_state() {
    lost("key_duplicated", "replaced", "Stop the other program").await;
}

/// A post that was begun when the node was killed is sought by nobody whose session is gone: it is said again, and says
/// so. It is not held up for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_begun_post_is_not_sought_by_an_account_that_is_signed_out() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.hurry();
    let mut node = bench.start_failing_at("before:post").await;
    bench.open_gate();
    bench.say("Alex", "/mesh claims");
    node.says("fail point before:post reached").await;
    node.kill().await;
    bench.fault(json!({ "fault": "revoke", "who": "Mesh Bridge" })).await;
    let code =
        bench.sandbox.ready().accounts.iter().find(|one| one.name == "Mesh Bridge").expect("it").code.clone();
    bench.set(&format!("code = {{ value = \"{code}\" }}"), "");
    let node = bench.start().await;
    let again = |bench: &Bench| bench.chat().iter().any(|m| m.text == "Nothing is claimed. (again)");
    bench.until("the answer, said again", again).await;
    node.stop().await;
}

/// Nobody is signed in, and nobody gives a code: the node runs by its bot, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_signed_in_is_a_state() {
    let bench = Bench::new(Ear::Dedicated).await;
    let code =
        bench.sandbox.ready().accounts.iter().find(|one| one.name == "Mesh Bridge").expect("it").code.clone();
    bench.set(&format!("code = {{ value = \"{code}\" }}"), "");
    let (node, log) = bench.start_logged().await;
    let (code, status) = bench.status().await;
    assert_eq!((code, &status["accounts"][0]["state"]), (Some(1), &json!("signed_out")));
    bench.say("Alex", "/mesh status");
    bench.until("an answer of the bot", |bench| bench.chat().iter().any(|m| m.name == "Mesh")).await;
    node.stop().await;
    let log = log.await.expect("the log");
    assert!(log.iter().any(|line| line.contains("account ear can't sign in")), "{log:#?}");
}

/// Without a node, `mesh status` says what to do.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_node_there_is_a_word_and_an_exit_code() {
    let bench = Bench::new(Ear::Dedicated).await;
    let (code, said) = bench.run(&["status"]).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("no node answers on") && said.contains("mesh run"), "{said}");
    let (code, status) = bench.status().await;
    assert_eq!((code, &status["verdict"]), (Some(2), &json!("unreachable")));
    let node = bench.start().await;
    let (code, status) = bench.until_status("healthy", |status| status["verdict"] == "healthy").await;
    assert_eq!((code, &status["agents"]["known"]), (Some(0), &json!(3)));
    node.stop().await;
    bench.set("[mesh]", "[mess]");
    assert_eq!(bench.run(&["run"]).await.0, Some(78), "a fault of the configuration ends it for good");
}

/// systemd is told that the node is ready, that it lives, and that it stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_is_told() {
    let bench = Bench::new(Ear::Dedicated).await;
    let folder = tempfile::tempdir().expect("a folder");
    let address = folder.path().join("notify");
    let socket = tokio::net::UnixDatagram::bind(&address).expect("a socket");
    let mut command = bench.mesh(&["run"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    command.env("NOTIFY_SOCKET", &address).env("WATCHDOG_USEC", "200000").env_remove("WATCHDOG_PID");
    let mut node = Node::of(command.spawn().expect("mesh starts"));
    node.says("mesh: running").await;
    let until = async |wanted: &str| {
        let mut buffer = [0; 4096];
        let waiting = async {
            loop {
                let length = socket.recv(&mut buffer).await.expect("a word");
                let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if said.lines().any(|line| line.starts_with(wanted)) {
                    return;
                }
            }
        };
        tokio::time::timeout(ASKED_FOR, waiting).await.unwrap_or_else(|_| panic!("never told {wanted}"));
    };
    for wanted in ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"] {
        until(wanted).await;
    }
    bench.fault(json!({ "fault": "revoke", "who": "Mesh Bridge" })).await;
    until("STATUS=Account: Signed out").await;
    tokio::join!(node.stop(), until("STOPPING=1"));
}
