//! How the bot's updates come to a whole node: beside another program that takes them, and brought by Telegram.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Bench, Ear, Node};

const CLAIM: &str = "🔒 EXCLUSIVE CLAIM: rotate the hooks token";
const TAKEN: &str = "another program uses the bot's token";

impl Bench {
    /// Asks the Bot API as the mesh's bot.
    async fn ask_as_bot(&self, method: &str, params: &Value) -> Value {
        let (url, token) = (self.sandbox.ready().bot_api, self.read("token"));
        let call = reqwest::Client::new().post(format!("{url}/bot{token}/{method}")).json(params);
        call.send().await.expect("the Bot API").json().await.expect("JSON")
    }

    /// Takes the bot's updates again and again, as another program of its does, until something has become of it.
    async fn poll_until(&self, what: &str, wanted: impl Fn(&Self) -> bool) {
        tokio::select! {
            () = self.until(what, wanted) => {}
            () = self.poll() => {}
        }
    }

    async fn poll(&self) {
        loop {
            self.ask_as_bot("getUpdates", &json!({ "timeout": 1 })).await;
        }
    }

    /// A node that never had an update, because another program has them.
    async fn start_beside_another(&self) -> Node {
        let stands_back = async {
            let node = self.start().await;
            let mut every = tokio::time::interval(Duration::from_millis(50));
            while !self.run(&["status"]).await.1.contains("Another program uses the token") {
                every.tick().await;
            }
            node
        };
        let beside = async {
            tokio::select! {
                node = stands_back => node,
                () = self.poll() => unreachable!("it polls without end"),
            }
        };
        tokio::time::timeout(Duration::from_secs(30), beside).await.expect("a node that stands back")
    }

    fn board(&self) -> String {
        let board = self.chat().into_iter().find(|message| message.pinned);
        board.map(|board| board.text).unwrap_or_default()
    }

    fn answers(&self, text: &str) -> usize {
        let said = self.chat().into_iter().filter(|message| message.name == "Mesh" && message.text == text);
        said.count()
    }
}

/// The board and `mesh status` name the cause; a command that was said meanwhile is answered by the next start.
#[tokio::test(flavor = "multi_thread")]
async fn another_program_that_polls_is_told_on_the_board() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Sandman", CLAIM);
    bench.until("the board", |bench| bench.board().contains("Sandman")).await;
    bench.poll_until("a line on the board", |bench| bench.board().contains(TAKEN)).await;
    bench.say("Ely", "/mesh lead none");
    let (_, status) = bench.run(&["status"]).await;
    assert!(status.contains("Another program uses the token of the mesh's bot"), "{status}");
    node.stop().await;

    let node = bench.start().await;
    bench.until("the board without that line", |bench| !bench.board().contains(TAKEN)).await;
    bench.say("Alex", "/mesh preflight nothing like it");
    bench.until("an answer", |bench| bench.chat().iter().any(|m| m.name == "Mesh" && !m.pinned)).await;
    node.stop().await;
    assert!(bench.board().contains("Sandman"), "{}", bench.board());
}

/// Telegram brings the updates to the node, with the secret that the node gave it; nobody else can bring any.
#[tokio::test(flavor = "multi_thread")]
async fn brought_by_a_webhook_commands_are_answered_once() {
    let bench = Bench::new(Ear::Dedicated).await;
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/hook");
    bench.set(
        "[bot]\n",
        &format!(
            "[bot]\nmode = \"webhook\"\nwebhook_url = \"{url}\"\nwebhook_listen = \"127.0.0.1:{port}\"\n"
        ),
    );
    let node = bench.start().await;
    bench.say("Alex", "/mesh claims");
    bench.until("an answer", |bench| bench.answers("Nothing is claimed.") == 1).await;
    let info = bench.ask_as_bot("getWebhookInfo", &json!({})).await;
    assert_eq!(info["result"]["url"], url, "{info}");

    let forged = json!({ "update_id": 900_000, "message": {
        "message_id": 900, "date": bench.world().now(), "text": "/mesh claims",
        "chat": { "id": bench.group.to_bot_api(), "type": "group", "title": "Mesh Mastermind" },
        "from": { "id": bench.user("Ely").0, "is_bot": false, "first_name": "Ely" },
    } });
    for secret in [None, Some("a-guess")] {
        let mut call = reqwest::Client::new().post(&url).json(&forged);
        if let Some(secret) = secret {
            call = call.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        assert_eq!(call.send().await.expect("the node's door").status().as_u16(), 401);
    }
    node.kill().await;
    bench.say("Alex", "/mesh lead none");
    bench.say("Alex", "/mesh claims");
    let node = bench.start().await;
    bench.until("the second answer", |bench| bench.answers("Nothing is claimed.") == 2).await;
    node.stop().await;
    let refused = bench.chat().iter().filter(|m| m.text.starts_with("❌ Requires Exec role")).count();
    assert_eq!((bench.answers("Nothing is claimed."), refused), (2, 1), "{:#?}", bench.chat());
}

/// A node that polls again takes back what a webhook took.
#[tokio::test(flavor = "multi_thread")]
async fn polling_takes_a_webhook_away() {
    let bench = Bench::new(Ear::Dedicated).await;
    let set = json!({ "url": format!("http://127.0.0.1:{}/hook", free_port()) });
    assert_eq!(bench.ask_as_bot("setWebhook", &set).await["ok"], true);
    let node = bench.start().await;
    bench.say("Alex", "/mesh claims");
    bench.until("an answer", |bench| bench.answers("Nothing is claimed.") == 1).await;
    node.stop().await;
}

/// In the group there is one command, in private all of them; the menu of a token that another program uses is not
/// touched.
#[tokio::test(flavor = "multi_thread")]
async fn the_menu_is_set_per_scope_once_the_bot_listens() {
    let bench = Bench::new(Ear::Bot).await;
    let group = json!({ "scope": { "type": "chat", "chat_id": bench.group.to_bot_api() } });
    let private = json!({ "scope": { "type": "all_private_chats" } });
    let menu = async |scope: &Value| {
        let menu = bench.ask_as_bot("getMyCommands", scope).await;
        let all = menu["result"].as_array().expect("a list");
        all.iter().map(|row| row["command"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    let node = bench.start_beside_another().await;
    assert_eq!((menu(&group).await, menu(&private).await), (vec![], vec![]));
    node.stop().await;

    let node = bench.start().await;
    bench.say("Alex", "/mesh claims");
    bench.until("an answer", |bench| bench.answers("Nothing is claimed.") == 1).await;
    let mut every = tokio::time::interval(Duration::from_millis(20));
    let set = async {
        while menu(&private).await.is_empty() {
            every.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), set).await.expect("a menu");
    assert_eq!(menu(&group).await, ["mesh"]);
    let private = menu(&private).await;
    assert!(private.len() > 10 && private.contains(&"claims".to_owned()), "{private:?}");
    node.stop().await;
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
