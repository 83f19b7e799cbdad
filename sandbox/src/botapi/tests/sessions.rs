//! Logging out, closing, leaving, being sent away.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_bot_that_logged_out_stays_out_for_ten_minutes() {
    let bench = bench().await;
    assert_eq!(bench.ok("logOut", json!({})).await, true);
    assert_eq!(bench.refused("getMe", json!({})).await, (400, "Logged out".to_owned()));
    bench.world.clock().advance(Duration::from_mins(10));
    bench.ok("getMe", json!({})).await;
}

#[tokio::test]
async fn a_bot_is_not_closed_in_its_first_ten_minutes() {
    let bench = bench().await;
    bench.ok("getMe", json!({})).await;
    bench.world.clock().advance(Duration::from_secs(590));
    let body = bench.call("close", json!({})).await;
    assert_eq!((&body["error_code"], &body["parameters"]["retry_after"]), (&json!(429), &json!(10)));
    bench.world.clock().advance(Duration::from_secs(10));
    assert_eq!(bench.ok("close", json!({})).await, true);
    bench.ok("getMe", json!({})).await;
    assert_eq!(bench.call("close", json!({})).await["parameters"]["retry_after"], 600, "launched anew");
}

#[tokio::test]
async fn leaving_being_sent_away_and_being_blocked() {
    let bench = bench().await;
    let say = || bench.refused("sendMessage", json!({ "chat_id": GROUP, "text": "x" }));
    let forbidden = |what: &str| (403, format!("Forbidden: {what}"));
    let (ely, mesh, group) = (bench.id("ely_exec"), bench.id("mesh_mastermind_bot"), Peer::Group(-GROUP));
    assert_eq!(bench.ok("leaveChat", json!({ "chat_id": GROUP })).await, true);
    assert_eq!(say().await, forbidden("bot is not a member of the group chat"));
    bench.world.add_member(ely, group, mesh).unwrap();
    bench.world.remove_member(ely, group, mesh).unwrap();
    assert_eq!(say().await, forbidden("bot was kicked from the group chat"));
    let moved = bench.supergroup();
    bench.world.remove_member(ely, Peer::from_bot_api(moved).unwrap(), mesh).unwrap();
    let there = bench.refused("sendMessage", json!({ "chat_id": moved, "text": "x" })).await;
    assert_eq!(there, forbidden("bot was kicked from the supergroup chat"));
    bench.world.post(ely, Peer::User(mesh), Draft::text("/start")).unwrap();
    bench.world.set_blocked(ely, mesh, true);
    let blocked = bench.refused("sendMessage", json!({ "chat_id": ely, "text": "x" })).await;
    assert_eq!(blocked, forbidden("bot was blocked by the user"));
    let private = bench.refused("leaveChat", json!({ "chat_id": ely })).await;
    let words = "Bad Request: chat member status can't be changed in private chats";
    assert_eq!(private, (400, words.to_owned()));
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_says_where() {
    let bench = bench().await;
    let sent = bench.send("card").await["message_id"].clone();
    let moved = bench.migrate();
    let calls = [
        ("sendMessage", json!({ "chat_id": GROUP, "text": "x" })),
        ("editMessageText", json!({ "chat_id": GROUP, "message_id": sent, "text": "x" })),
        ("getChat", json!({ "chat_id": GROUP.to_string() })),
        ("setMyCommands", json!({ "commands": [], "scope": { "type": "chat", "chat_id": GROUP } })),
    ];
    for (method, params) in calls {
        let body = bench.call(method, params).await;
        assert_eq!(body["description"], "Bad Request: group chat was upgraded to a supergroup chat");
        assert_eq!(body["parameters"], json!({ "migrate_to_chat_id": moved }));
    }
    bench.ok("sendMessage", json!({ "chat_id": moved, "text": "x" })).await;
}
