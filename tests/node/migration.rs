//! The group becomes a supergroup while the node runs: it goes on there, without a restart and without a word from its
//! operator.

use sandbox::world::{Aim, ChatKey, Draft, Fault, Peer, SeenMessage};
use serde_json::json;

use super::harness::{Bench, Ear, Node};

const TASK: &str = "rotate the hooks token";

/// Ely makes a supergroup of the group; from now on people write there.
fn migrate(bench: &mut Bench) -> Peer {
    let old = bench.group;
    bench.group = bench.world().migrate(bench.user("Ely"), old).expect("Ely may").to;
    old
}

fn old_chat(bench: &Bench, old: Peer) -> Vec<SeenMessage> {
    let chat = ChatKey::of(bench.user("Ely"), old);
    bench.world().transcript(chat).into_iter().filter(|message| !message.service).collect()
}

async fn board(bench: &Bench, says: &str) {
    bench
        .until(&format!("the board, pinned, with {says}"), |bench| {
            bench.chat().iter().any(|m| m.name == "Mesh" && m.pinned && m.text.contains(says))
        })
        .await;
}

async fn claims_and_moves(ear: Ear, who: &str) -> (Bench, Node, Peer) {
    let mut bench = Bench::new(ear).await;
    let node = bench.start().await;
    bench.say(who, &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction(who, "👌").await;
    board(&bench, &format!("— {who}")).await;
    let old = migrate(&mut bench);
    board(&bench, &format!("— {who}")).await;
    (bench, node, old)
}

/// With each kind of ear: the claim stands, the board is posted anew, what is said there is heard and answered there,
/// and a restart with the old id in its configuration goes on.
#[tokio::test(flavor = "multi_thread")]
async fn with_each_kind_of_ear() {
    for (ear, who) in [(Ear::Dedicated, "Sandman"), (Ear::Personal, "Alex"), (Ear::Bot, "Alex")] {
        let (bench, node, old) = claims_and_moves(ear, who).await;
        bench.say("Ely", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
        bench
            .until("the refusal, there", |bench| {
                bench
                    .chat()
                    .iter()
                    .any(|m| m.text.starts_with(&format!("🔒 {who} has this")) && m.reply_to.is_some())
            })
            .await;
        bench.say(who, &format!("DONE: {TASK}"));
        bench.until_reaction(who, "👌").await;
        board(&bench, "✅ 1 done today").await;
        node.stop().await;

        let node = bench.start().await;
        bench.say(who, "🔒 EXCLUSIVE CLAIM: after a restart");
        bench.until_reaction(who, "👌").await;
        let state = bench.state().await;
        node.stop().await;
        let claims = state["claims"].as_array().expect("a list");
        assert_eq!(claims.len(), 2, "{state}");
        let boards = bench.chat().iter().filter(|m| m.text.starts_with("🟢 Mesh ·")).count();
        assert_eq!(boards, 1, "{:#?}", bench.chat());
        assert_eq!(old_chat(&bench, old).iter().filter(|m| m.name == "Mesh").count(), 1, "the old board");
    }
}

/// What waits for the group follows it: a post is posted there, an edit becomes a post, an answer to a tap lapses.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_follows() {
    let mut bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Alex", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Alex", "👌").await;
    board(&bench, "— Alex").await;
    bench.say("Ely", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    let refused = |bench: &Bench| bench.chat().into_iter().find(|m| m.text.starts_with("🔒 Alex has this"));
    bench.until("the refusal, with its buttons", |bench| refused(bench).is_some()).await;

    bench.say("Ely", "/mesh status");
    let last_row = ["🔄 Refresh", "🔒 Claims"];
    let card = |bench: &Bench| {
        bench.chat().into_iter().find(|m| m.buttons.last().is_some_and(|row| *row == last_row))
    };
    bench.until("a card", |bench| card(bench).is_some()).await;

    // From here on the bot can't post in the old group, nor edit.
    let chat = Some(bench.group.to_bot_api());
    for method in ["sendMessage", "editMessageText"] {
        let busy = Fault::Status { method: method.into(), chat, status: 429, retry_after: 600, times: 9 };
        assert!(bench.world().faults().add_at(busy, Aim::default()));
    }
    bench.say("Alex", &format!("DONE: {TASK}"));
    bench.until_reaction("Alex", "👌").await;
    bench.say("Alex", "/mesh help");
    // Its answer is an answer that the bot has heard the command before it.
    let card = card(&bench).expect("it stands");
    assert!(bench.tap("Ely", &card, "🔒 Claims").await.is_some());
    let old = migrate(&mut bench);
    bench
        .until("the edit, as a post there", |bench| {
            bench.chat().iter().any(|m| m.text.starts_with("🔓 Free since "))
        })
        .await;
    bench
        .until("the answer, there", |bench| bench.chat().iter().any(|m| m.text.contains("/mesh claims")))
        .await;
    board(&bench, "✅ 1 done today").await;
    node.stop().await;
    let left = old_chat(&bench, old);
    assert!(!left.iter().any(|m| m.text.contains("/mesh claims") || m.text.starts_with("🔓")), "{left:#?}");
    let count = |start: &str| bench.chat().iter().filter(|m| m.text.starts_with(start)).count();
    assert_eq!((count("🔓 Free since "), count("🟢 Mesh ·")), (1, 1), "{:#?}", bench.chat());
}

/// Killed in the middle of it: the group's new id is known, or heard again.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_around_it_changes_nothing() {
    for point in ["decided", "journalled"] {
        let mut bench = Bench::new(Ear::Dedicated).await;
        let mut node = bench.start_failing_at(point).await;
        bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
        bench.until_reaction("Sandman", "👌").await;
        board(&bench, "— Sandman").await;
        bench.open_gate();
        migrate(&mut bench);
        node.says(&format!("fail point {point} reached")).await;
        node.kill().await;
        let draft = Draft::text(format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
        bench.world().post(bench.user("Oracle"), bench.group, draft).expect("a message");

        let node = bench.start().await;
        bench.until_reaction("Oracle", "👎").await;
        board(&bench, "— Sandman").await;
        node.stop().await;
        let boards = bench.chat().iter().filter(|m| m.text.starts_with("🟢 Mesh ·")).count();
        assert_eq!(boards, 1, "{point}: {:#?}", bench.chat());
    }
}

/// A node that is new in a group which moved before, under its old id in the configuration, begins with its sign-in, as in
/// any other group.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_begins_with_its_sign_in() {
    let mut bench = Bench::new(Ear::Dedicated).await;
    bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: of the old group");
    migrate(&mut bench);
    bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: of before");
    bench.until_the_second_after(bench.world().now()).await;
    let node = bench.start().await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Sandman", "👌").await;
    let state = bench.state().await;
    node.stop().await;
    let tasks: Vec<_> =
        state["claims"].as_array().expect("a list").iter().map(|claim| &claim["task"]).collect();
    assert_eq!(tasks, [&json!(TASK)], "{state}");
}

/// When the account's session was lost and made anew: its counters begin only there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Never,
    BeforeIt,
    AfterIt,
}

/// The node is not connected while the group becomes a supergroup, and its account's session is lost besides: what was
/// said in the old group and in the new one is heard, in whichever order it came.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_said_around_it_is_lost_with_a_session() {
    for (lost, by_bot) in [
        (Lost::Never, false),
        (Lost::BeforeIt, false),
        (Lost::AfterIt, false),
        (Lost::BeforeIt, true),
        (Lost::AfterIt, true),
    ] {
        let mut bench = Bench::new(Ear::Dedicated).await;
        let node = bench.start().await;
        bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: heard before");
        bench.until_reaction("Sandman", "👌").await;
        node.stop().await;
        let key = bench.keep_key().await;
        let claim = |bench: &Bench, who: &str, task: &str| {
            bench.say(who, &format!("🔒 EXCLUSIVE CLAIM: {task}"));
        };
        claim(&bench, "Oracle", "old one");
        claim(&bench, "OracleLocalBot", "old two");
        if lost == Lost::BeforeIt && !by_bot {
            bench.lose_session(&key).await;
        }
        let old = if by_bot {
            // Nobody is signed in; the bot hears of it.
            bench.forget_session().await;
            let node = bench.start().await;
            let old = migrate(&mut bench);
            board(&bench, "— Sandman").await;
            if lost == Lost::AfterIt {
                claim(&bench, "Sandman", "new one");
            }
            node.stop().await;
            bench.take_key(&key).await;
            if lost == Lost::BeforeIt {
                claim(&bench, "Sandman", "new one");
            }
            old
        } else {
            let old = migrate(&mut bench);
            claim(&bench, "Sandman", "new one");
            if lost == Lost::AfterIt {
                bench.lose_session(&key).await;
            }
            old
        };
        claim(&bench, "Oracle", "new two");
        let node = bench.start().await;
        bench.until_reaction("Oracle", "👌").await;
        let state = bench.state().await;
        let (_, status) = bench.run(&["status", "--json"]).await;
        node.stop().await;
        let mut tasks: Vec<_> = state["claims"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|claim| claim["task"].to_string())
            .collect();
        tasks.sort();
        let wanted =
            ["heard before", "new one", "new two", "old one", "old two"].map(|task| format!("\"{task}\""));
        assert_eq!(tasks, wanted, "{lost:?}, by the bot: {by_bot}; {old:?}; {status}");
        let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        assert_eq!((&status["claims"]["uncertain"], &status["heard"]["unheard"]), (&json!(0), &json!(null)));
    }
}

impl Bench {
    /// The account's session as a text that can be taken back; from now on no code is known.
    async fn keep_key(&self) -> String {
        let ready = self.sandbox.ready();
        let code = ready.accounts.iter().find(|one| one.name == "Mesh Bridge").expect("it").code.clone();
        self.set(&format!("code = {{ value = \"{code}\" }}"), "");
        let (_, said) = self.run(&["session", "export", "--string"]).await;
        said.split("mesh:").next().unwrap_or_default().trim().to_owned()
    }

    async fn forget_session(&self) {
        let (ended, said) = self.run(&["session", "logout", "--forget"]).await;
        assert_eq!(ended, Some(0), "{said}");
    }

    async fn take_key(&self, key: &str) {
        let (ended, said) = self.run(&["session", "import", key, "--yes"]).await;
        assert_eq!(ended, Some(0), "{said}");
    }

    async fn lose_session(&self, key: &str) {
        self.forget_session().await;
        self.take_key(key).await;
    }
}
