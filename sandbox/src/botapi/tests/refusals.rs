//! Refusals, in Telegram's words.

use super::*;

#[tokio::test]
async fn refusals_have_telegrams_words() {
    let bench = bench().await;
    let sent = bench.send("card").await["message_id"].clone();
    let group = |extra: Value| {
        let mut params = json!({ "chat_id": GROUP, "message_id": sent, "text": "card" });
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        params
    };
    let ely = bench.id("ely_exec");
    let long = "x".repeat(4097);
    let cases = [
        ("sendMessage", json!({ "text": "x" }), 400, "Bad Request: chat_id is empty"),
        ("sendMessage", json!({ "chat_id": "@nowhere", "text": "x" }), 400, "Bad Request: chat not found"),
        ("sendMessage", json!({ "chat_id": -5, "text": "x" }), 400, "Bad Request: chat not found"),
        ("sendMessage", group(json!({ "text": " " })), 400, "Bad Request: message text is empty"),
        ("sendMessage", group(json!({ "text": long })), 400, "Bad Request: message is too long"),
        ("editMessageText", group(json!({ "text": long })), 400, "Bad Request: MESSAGE_TOO_LONG"),
        (
            "sendMessage",
            group(json!({ "reply_to_message_id": 5 })),
            400,
            "Bad Request: message to be replied not found",
        ),
        (
            "sendMessage",
            group(json!({ "text": "<x>", "parse_mode": "html" })),
            400,
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
        ),
        (
            "sendMessage",
            json!({ "chat_id": ely, "text": "x" }),
            403,
            "Forbidden: bot can't initiate conversation with a user",
        ),
        ("editMessageText", group(json!({ "message_id": 5 })), 400, "Bad Request: message to edit not found"),
        (
            "editMessageText",
            group(json!({ "message_id": null })),
            400,
            "Bad Request: message identifier is not specified",
        ),
        (
            "editMessageText",
            group(json!({})),
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same \
             as a current content and reply markup of the message",
        ),
        ("deleteMessage", group(json!({ "message_id": 5 })), 400, "Bad Request: message to delete not found"),
        ("pinChatMessage", group(json!({ "message_id": 5 })), 400, "Bad Request: message to pin not found"),
        (
            "setMessageReaction",
            group(json!({ "reaction": [{ "type": "emoji", "emoji": "✅" }] })),
            400,
            "Bad Request: REACTION_INVALID",
        ),
        (
            "answerCallbackQuery",
            json!({ "callback_query_id": "1" }),
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
        (
            "setMyCommands",
            json!({ "commands": [{ "command": "A-b", "description": "x" }] }),
            400,
            "Bad Request: BOT_COMMAND_INVALID",
        ),
    ];
    for (method, params, code, description) in cases {
        assert_eq!(bench.refused(method, params).await, (code, description.to_owned()));
    }
}

/// What stands after the second colon is a sentence of its own.
#[tokio::test]
async fn the_reason_behind_a_reason_begins_with_a_capital() {
    let bench = bench().await;
    let cases = [
        ("sendMessage", json!({ "chat_id": GROUP, "text": "x", "entities": {} })),
        ("sendMessage", json!({ "chat_id": GROUP, "text": "x", "link_preview_options": [] })),
        ("sendMessage", json!({ "chat_id": GROUP, "text": "*", "parse_mode": "MarkdownV2" })),
        ("getUpdates", json!({ "allowed_updates": {} })),
        ("setMyCommands", json!({ "commands": {} })),
        ("setMyCommands", json!({ "commands": [], "scope": {} })),
        ("setWebhook", json!({ "url": "http://[" })),
        ("setWebhook", json!({ "url": "https://example.org" })),
    ];
    for (method, params) in cases {
        let (_, description) = bench.refused(method, params).await;
        let reason = description.splitn(3, ": ").nth(2).unwrap();
        assert!(reason.starts_with(char::is_uppercase), "{description}");
    }
}
