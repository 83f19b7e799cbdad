//! Every fault of the control door, as a client meets it.

use std::time::{Duration, Instant};

use sandbox::world::{ChatKind, Draft, Peer};
use serde_json::{Value, json};

use super::Stage;
use super::stage::Person;

/// For what must not come: long enough to notice it, short enough to wait for.
const A_MOMENT: Duration = Duration::from_millis(300);

impl Stage {
    async fn fault(&self, order: Value) {
        self.order("/fault", order).await;
    }

    fn say(&self, text: &str) {
        self.world().post(self.user("alex_ops"), self.group(), Draft::text(text)).unwrap();
    }

    /// Something that Sandman's bot hears in spite of its privacy mode.
    fn tell_sandman(&self, text: &str) {
        self.say(&format!("/{text}@sandman_agent_bot"));
    }

    fn send(&self, text: &str) -> Value {
        json!({ "chat_id": self.group().to_bot_api(), "text": text })
    }

    fn said(&self, text: &str) -> usize {
        let chat = sandbox::world::ChatKey::of(self.user("ely_exec"), self.group());
        self.world().transcript(chat).iter().filter(|message| message.text == text).count()
    }
}

impl Person {
    async fn send_to_group(&self, text: &str) -> Result<(), grammers_mtsender::InvocationError> {
        let mut dialogs = self.client.iter_dialogs();
        let group = dialogs.next().await?.expect("a dialog").peer_ref();
        Box::pin(self.client.send_message(group, text)).await.map(drop)
    }
}

#[tokio::test]
async fn too_many_requests_by_method_and_by_chat() {
    let stage = Stage::start().await;
    stage.fault(json!({ "fault": "status", "method": "getMe", "status": 429, "retry_after": 7 })).await;
    let (status, answer) = stage.bot("getMe", json!({})).await;
    assert_eq!((status, &answer["parameters"]["retry_after"]), (429, &json!(7)));
    assert_eq!(stage.bot("getMe", json!({})).await.0, 200);

    stage
        .world()
        .post(stage.user("ely_exec"), Peer::User(stage.user("sandman_agent_bot")), Draft::text("/start"))
        .unwrap();
    stage.fault(json!({ "fault": "status", "chat": "Mesh Mastermind", "status": 429, "retry_after": 2, "times": 2 })).await;
    let private = json!({ "chat_id": stage.user("ely_exec"), "text": "elsewhere" });
    assert_eq!(stage.bot("sendMessage", private).await.0, 200);
    assert_eq!(stage.bot("sendMessage", stage.send("here")).await.0, 429);
    assert_eq!(stage.bot("getChat", stage.send("here")).await.0, 429);
    assert_eq!(stage.bot("sendMessage", stage.send("here")).await.0, 200);
}

#[tokio::test]
async fn conflicts_and_server_errors() {
    let stage = Stage::start().await;
    stage.fault(json!({ "fault": "status", "method": "getUpdates", "status": 409 })).await;
    let (status, answer) = stage.bot("getUpdates", json!({})).await;
    assert_eq!(status, 409);
    assert!(answer["description"].as_str().unwrap().starts_with("Conflict: terminated by other getUpdates"));
    stage.fault(json!({ "fault": "status", "status": 500 })).await;
    let (status, answer) = stage.bot("getMe", json!({})).await;
    assert_eq!((status, answer["description"].as_str()), (500, Some("Internal Server Error")));
}

#[tokio::test]
async fn flood_waits_by_method_chat_and_account() {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "flood_wait", "chat": "Mesh Mastermind", "seconds": 9 })).await;
    stage.fault(json!({ "fault": "flood_wait", "who": "Alex", "seconds": 9 })).await;
    assert!(ely.client.get_me().await.is_ok());
    let refused = ely.send_to_group("hello").await.unwrap_err();
    assert!(refused.is("FLOOD_WAIT"), "{refused}");
    ely.send_to_group("hello").await.unwrap();
    assert_eq!(stage.said("hello"), 1);
}

#[tokio::test]
async fn a_reply_is_lost_after_executing() {
    let stage = Stage::start().await;
    stage.fault(json!({ "fault": "lose_bot_reply", "method": "sendMessage" })).await;
    assert!(stage.call("sendMessage", stage.send("by the bot")).await.is_err());
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "lose_reply", "method": "messages.sendMessage" })).await;
    assert!(ely.send_to_group("by Ely").await.is_err());
    assert_eq!((stage.said("by the bot"), stage.said("by Ely")), (1, 1));
}

#[tokio::test]
async fn a_call_is_never_answered() {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "silence", "method": "sendMessage" })).await;
    stage.fault(json!({ "fault": "silence", "method": "messages.sendMessage" })).await;
    let bot = tokio::time::timeout(A_MOMENT, stage.call("sendMessage", stage.send("unheard")));
    let person = tokio::time::timeout(A_MOMENT, ely.send_to_group("unheard"));
    let (bot, person) = tokio::join!(bot, person);
    assert!(bot.is_err() && person.is_err(), "neither is answered");
    assert_eq!(stage.said("unheard"), 0);
    assert!(ely.client.get_me().await.is_ok(), "the connection is still there");
}

#[tokio::test]
async fn a_call_is_answered_late() {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "slow", "millis": 300, "times": 2 })).await;
    let begun = Instant::now();
    stage.bot("getMe", json!({})).await;
    ely.client.get_me().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(600), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_falls_silent() {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "mute", "who": "Ely" })).await;
    stage.fault(json!({ "fault": "mute", "who": "Sandman" })).await;
    let (person, bot) = tokio::join!(
        tokio::time::timeout(A_MOMENT, ely.client.get_me()),
        tokio::time::timeout(A_MOMENT, stage.call("getMe", json!({}))),
    );
    assert!(person.is_err() && bot.is_err());
    stage.fault(json!({ "fault": "none" })).await;
    assert_eq!(stage.bot("getMe", json!({})).await.0, 200);
    assert!(ely.client.get_me().await.is_ok());
}

#[tokio::test]
async fn connections_are_cut_and_nothing_is_missed() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "cut", "who": "Ely" })).await;
    stage.say("after the cut");
    assert_eq!(ely.hears().await, "after the cut");
}

#[tokio::test]
async fn a_session_is_revoked() {
    ends_a_session("revoke", "SESSION_REVOKED").await;
}

#[tokio::test]
async fn a_key_was_used_from_two_places() {
    ends_a_session("key_duplicated", "AUTH_KEY_DUPLICATED").await;
}

#[tokio::test]
async fn a_message_bears_another_sessions_id_once() {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    stage.fault(json!({ "fault": "wrong_session", "who": "Ely" })).await;
    // grammers panics over it, and the pool with it.
    assert!(ely.client.get_me().await.is_err());
    let ely = stage.person("Ely").await;
    assert!(ely.client.get_me().await.is_ok());
}

async fn ends_a_session(fault: &str, word: &str) {
    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    let alex = stage.person("Alex").await;
    stage.fault(json!({ "fault": fault, "who": "Ely" })).await;
    let until_told = async {
        loop {
            match ely.client.get_me().await {
                Err(refused) if refused.is(word) => return,
                // The connection is cut as well.
                Err(_) => {}
                Ok(_) => panic!("the session still stands"),
            }
        }
    };
    tokio::time::timeout(super::stage::AT_MOST, until_told).await.unwrap();
    assert!(alex.client.get_me().await.is_ok());
}

#[tokio::test]
async fn updates_come_late_twice_and_out_of_order_and_are_heard_once_each() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    stage.say("in time");
    assert_eq!(ely.hears().await, "in time");
    stage.fault(json!({ "fault": "delay", "who": "Ely", "millis": 300 })).await;
    let begun = Instant::now();
    stage.say("late");
    assert_eq!(ely.hears().await, "late");
    assert!(begun.elapsed() >= A_MOMENT);

    stage.fault(json!({ "fault": "duplicate", "who": "Ely", "times": 1 })).await;
    stage.fault(json!({ "fault": "reorder", "who": "Ely", "times": 1 })).await;
    for text in ["twice", "second", "first", "last"] {
        stage.say(text);
    }
    let mut heard = Vec::new();
    for _ in 0..4 {
        heard.push(ely.hears().await);
    }
    assert_eq!(heard, ["twice", "second", "first", "last"], "grammers puts them in order");
}

#[tokio::test]
async fn a_bots_updates_come_late_twice_and_out_of_order() {
    let stage = Stage::start().await;
    stage.fault(json!({ "fault": "hold", "who": "Sandman" })).await;
    stage.tell_sandman("one");
    assert!(stage.heard(0, 0).await.is_empty());
    stage.fault(json!({ "fault": "release", "who": "Sandman" })).await;
    let heard = stage.heard(0, 0).await;
    assert_eq!(heard.len(), 1);

    stage.fault(json!({ "fault": "duplicate", "who": "Sandman" })).await;
    stage.tell_sandman("two");
    let twice = stage.heard(heard[0].0 + 1, 0).await;
    assert_eq!(twice.len(), 2);
    assert_eq!(twice[0], twice[1]);

    stage.fault(json!({ "fault": "reorder", "who": "Sandman" })).await;
    stage.tell_sandman("three");
    assert!(stage.heard(twice[0].0 + 1, 0).await.is_empty(), "it waits for the next");
    stage.tell_sandman("four");
    let swapped = stage.heard(twice[0].0 + 1, 0).await;
    let texts: Vec<&str> = swapped.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["/four@sandman_agent_bot", "/three@sandman_agent_bot"]);
    assert!(swapped[0].0 > swapped[1].0);
}

#[tokio::test]
async fn a_gap_is_too_long_to_be_told() {
    use grammers_tl_types::{enums::updates::Difference, functions::updates as f};

    let stage = Stage::start().await;
    let ely = stage.person("Ely").await;
    let hall = stage.world().add_group(
        ChatKind::Supergroup,
        "Hall",
        stage.user("ely_exec"),
        &[stage.user("alex_ops")],
    );
    let before = stage.world().account_state(stage.user("ely_exec")).pts;
    let Peer::Channel(channel) = hall else { panic!("a supergroup") };
    let channel_before = stage.world().chat(stage.user("ely_exec"), hall).unwrap().pts;
    stage.fault(json!({ "fault": "gap", "who": "Ely" })).await;
    stage.fault(json!({ "fault": "gap", "chat": "Hall" })).await;
    let ask = f::GetDifference {
        pts: before,
        pts_limit: None,
        pts_total_limit: None,
        date: 0,
        qts: 0,
        qts_limit: None,
    };
    let answer = ely.client.invoke(&ask).await.unwrap();
    assert!(matches!(answer, Difference::TooLong(_)), "{answer:?}");
    let missed = stage.world().channel_difference(stage.user("ely_exec"), channel, channel_before);
    assert!(missed.too_long);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let stage = Stage::start().await;
    for (order, sentence) in [
        (json!({ "fault": "cut" }), "This fault needs \"who\"."),
        (json!({ "fault": "wrong_session" }), "This fault needs \"who\"."),
        (json!({ "fault": "cut", "who": "Sandman" }), "Sandman is a bot; bots have no sessions here."),
        (json!({ "fault": "flood_wait", "method": "x" }), "This fault needs \"seconds\"."),
        (json!({ "fault": "slow" }), "This fault needs \"millis\"."),
        (json!({ "fault": "silence", "times": 0 }), "\"times\" must be 1 to 10000."),
        (
            json!({ "fault": "gap", "chat": "Mesh Mastermind" }),
            "Mesh Mastermind is a basic group; a gap is ordered for a supergroup, or for an account by \"who\".",
        ),
    ] {
        let (status, answer) = stage.ask("/fault", order.clone()).await;
        assert!(status >= 400, "{order}");
        assert_eq!(answer["error"], sentence, "{order}");
    }
}
