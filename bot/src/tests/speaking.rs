//! One call an effect: what is sent, and how each answer is read.

use std::time::Duration;

use commands::effect::{Button, ButtonAction};
use commands::ids::{ChatId, VoiceId};
use jiff::Timestamp;
use serde_json::json;

use super::stub::Stub;
use super::{GROUP, bot};
use crate::{Menu, MenuScope, Outcome, Post};

const MESSAGE: VoiceId = VoiceId(42);

fn post<'a>(text: &'a str, buttons: &'a [Vec<Button>]) -> Post<'a> {
    Post { chat: GROUP, text, reply_to: Some(MESSAGE), buttons, sound: false }
}

fn refresh() -> Vec<Vec<Button>> {
    vec![vec![Button { label: "🔄 Refresh".to_owned(), action: ButtonAction::Refresh }]]
}

#[tokio::test]
async fn a_post_is_silent_html_that_survives_a_lost_reply() {
    let stub = Stub::start().await;
    stub.result("sendMessage", &json!({"message_id": 77, "newer": ["than", "teloxide"]}));
    let bot = bot(Some(stub.url()));
    let outcome = bot.post(&post("`a` <b>", &refresh())).await;
    assert_eq!(outcome, Outcome::Done(Some(VoiceId(77))));
    let body = stub.call("sendMessage", 0).await.body;
    assert_eq!(body["chat_id"], GROUP.0);
    assert_eq!(body["text"], "<code>a</code> &lt;b&gt;");
    assert_eq!(body["parse_mode"], "HTML");
    assert_eq!(body["disable_notification"], true);
    let reply = json!({"message_id": 42, "allow_sending_without_reply": true});
    assert_eq!(body["reply_parameters"], reply);
    let button = &body["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["text"], "🔄 Refresh");
    let data = button["callback_data"].as_str().unwrap();
    assert_eq!(bot.signer.action(GROUP, data, Timestamp::now()), Some(ButtonAction::Refresh));
}

#[tokio::test]
async fn an_edit_without_buttons_removes_them() {
    let stub = Stub::start().await;
    let outcome = bot(Some(stub.url())).edit(GROUP, MESSAGE, "new", &[]).await;
    assert_eq!(outcome, Outcome::Done(None));
    let body = stub.call("editMessageText", 0).await.body;
    assert_eq!((&body["message_id"], &body["text"]), (&json!(42), &json!("new")));
    assert_eq!(body.get("reply_markup"), None);
}

#[tokio::test]
async fn pins_reactions_taps_and_menus_are_sent_as_the_api_has_them() {
    let stub = Stub::start().await;
    let bot = bot(Some(stub.url()));
    let commands = [("mesh", "The mesh: try /mesh help")];
    let menu = Menu { scope: MenuScope::Chat(GROUP), commands: &commands };
    let long = "x".repeat(300);
    for outcome in [
        bot.pin(GROUP, MESSAGE).await,
        bot.disarm(GROUP, MESSAGE).await,
        bot.delete(GROUP, MESSAGE).await,
        bot.react(GROUP, MESSAGE, "👌").await,
        bot.answer_tap("555", Some(&long), true).await,
        bot.set_menu(&menu).await,
    ] {
        assert_eq!(outcome, Outcome::Done(None));
    }
    let pin = stub.call("pinChatMessage", 0).await.body;
    let expected = json!({"chat_id": GROUP.0, "message_id": 42, "disable_notification": true});
    assert_eq!(pin, expected);
    let disarm = stub.call("editMessageReplyMarkup", 0).await.body;
    assert_eq!(disarm, json!({"chat_id": GROUP.0, "message_id": 42}));
    let delete = stub.call("deleteMessage", 0).await.body;
    assert_eq!(delete, json!({"chat_id": GROUP.0, "message_id": 42}));
    let react = stub.call("setMessageReaction", 0).await.body;
    let reaction = json!([{"type": "emoji", "emoji": "👌"}]);
    let expected = json!({"chat_id": GROUP.0, "message_id": 42, "reaction": reaction});
    assert_eq!(react, expected);
    let tap = stub.call("answerCallbackQuery", 0).await.body;
    assert_eq!(tap["text"].as_str().unwrap().len(), 200);
    assert_eq!((&tap["callback_query_id"], &tap["show_alert"]), (&json!("555"), &json!(true)));
    let menu = stub.call("setMyCommands", 0).await.body;
    assert_eq!(menu["scope"], json!({"type": "chat", "chat_id": GROUP.0}));
    assert_eq!(menu["commands"][0]["command"], "mesh");
}

#[tokio::test]
async fn each_refusal_is_read_for_what_it_is() {
    let cases = [
        (
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same \
          as a current content and reply markup of the message",
            Outcome::Done(None),
        ),
        ("Bad Request: message is not modified", Outcome::Done(None)),
        (
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            Outcome::Done(None),
        ),
        ("Bad Request: message to edit not found", Outcome::Gone),
        ("Bad Request: message can't be edited", Outcome::Gone),
        ("Bad Request: MESSAGE_ID_INVALID", Outcome::Gone),
        ("Bad Gateway", Outcome::RetryAfter(Duration::from_secs(5))),
        ("Unauthorized", Outcome::RetryAfter(Duration::from_mins(1))),
    ];
    for (description, expected) in cases {
        let stub = Stub::start().await;
        stub.refuse("editMessageText", 400, description);
        let outcome = bot(Some(stub.url())).edit(GROUP, MESSAGE, "new", &[]).await;
        assert_eq!(outcome, expected, "{description}");
    }
}

#[tokio::test]
async fn what_will_never_succeed_fails_with_a_sentence() {
    for description in [
        "Bad Request: chat not found",
        "Forbidden: bot was kicked from the group chat",
        "Bad Request: can't parse entities: x",
        "Bad Request: MESSAGE_TOO_LONG",
        "Bad Request: BUTTON_DATA_INVALID",
    ] {
        let stub = Stub::start().await;
        stub.refuse("sendMessage", 400, description);
        let outcome = bot(Some(stub.url())).post(&post("x", &[])).await;
        assert_eq!(outcome, Outcome::Failed(format!("Telegram refused it: {description}.")));
    }
}

#[tokio::test]
async fn texts_that_cannot_be_sent_are_not_sent() {
    let stub = Stub::start().await;
    let bot = bot(Some(stub.url()));
    for text in ["", "  ", &"x".repeat(4097)] {
        let outcome = bot.post(&post(text, &[])).await;
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    }
    assert_eq!(stub.count("sendMessage"), 0);
}

#[tokio::test]
async fn floods_and_migrations_are_told() {
    let stub = Stub::start().await;
    let bot = bot(Some(stub.url()));
    let flood = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7}});
    let moved = json!({"ok": false, "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -1_005_550_101_000_i64}});
    stub.raw("sendMessage", 429, &flood.to_string()).raw("sendMessage", 400, &moved.to_string());
    let wait = Outcome::RetryAfter(Duration::from_secs(7));
    assert_eq!(bot.post(&post("x", &[])).await, wait);
    let there = Outcome::Migrated(ChatId(-1_005_550_101_000));
    assert_eq!(bot.post(&post("x", &[])).await, there);
}

#[tokio::test]
async fn a_post_whose_fate_is_unknown_says_so() {
    let stub = Stub::start().await;
    stub.raw("sendMessage", 200, "garbage").refuse("sendMessage", 400, "Internal Server Error").raw(
        "sendMessage",
        200,
        r#"{"ok":true}"#,
    );
    let bot = bot(Some(stub.url()));
    for _ in 0..3 {
        let outcome = bot.post(&post("x", &[])).await;
        assert_eq!(outcome, Outcome::Unclear(Duration::from_secs(5)));
    }
}

/// teloxide sleeps 10 s over a 5xx before it says so; the deadline is shorter here, and ends it.
#[tokio::test]
async fn a_server_error_ends_at_the_deadline() {
    let stub = Stub::start().await;
    stub.raw("editMessageText", 502, "<html>502</html>").raw("sendMessage", 500, "");
    let mut bot = bot(Some(stub.url()));
    bot.deadline = Duration::from_millis(20);
    let outcome = bot.edit(GROUP, MESSAGE, "new", &[]).await;
    assert_eq!(outcome, Outcome::RetryAfter(Duration::from_secs(5)));
    let outcome = bot.post(&post("x", &[])).await;
    assert_eq!(outcome, Outcome::Unclear(Duration::from_secs(5)));
}
