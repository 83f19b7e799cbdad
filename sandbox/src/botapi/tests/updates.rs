//! Every kind of update, by the schema, and who gets which.

use std::collections::BTreeSet;

use super::*;

fn kind(update: &Value) -> String {
    let mut names = update.as_object().unwrap().keys().filter(|name| *name != "update_id");
    names.next().unwrap().clone()
}

impl Bench {
    /// Makes every kind of update there is happen once.
    async fn everything_happens(&self) {
        let ely = self.id("ely_exec");
        let group = Peer::Group(-GROUP);
        let said = self.world.post(ely, group, Draft::text("word")).unwrap();
        self.world.edit(ely, group, said.view.id, "words", Vec::new(), None).unwrap();
        self.world.react(ely, group, said.view.id, Some("👌")).unwrap();
        self.world.remove_member(ely, group, self.id("sam_stranger")).unwrap();
        self.world.set_rank(group, self.id("mesh_mastermind_bot"), crate::world::Rank::Member);
        let keyboard = json!({ "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] });
        let card = json!({ "chat_id": GROUP, "text": "card", "reply_markup": keyboard });
        self.ok("sendMessage", card).await;
        let newest = self.newest_for(ely);
        let tap = self.world.tap(ely, group, newest, b"take".to_vec());
        // The bot does not answer; the query is there at once.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(50), tap).await;
    }

    async fn kinds_heard(&self) -> Vec<String> {
        let updates = self.ok("getUpdates", json!({})).await;
        updates.as_array().unwrap().iter().map(kind).collect()
    }
}

const ALL: [&str; 6] =
    ["message", "edited_message", "message_reaction", "callback_query", "my_chat_member", "chat_member"];

#[tokio::test]
async fn every_kind_of_update_fits_the_schema() {
    let bench = bench().await;
    bench.ok("getUpdates", json!({ "allowed_updates": ALL })).await;
    bench.everything_happens().await;
    let heard: BTreeSet<String> = bench.kinds_heard().await.into_iter().collect();
    assert_eq!(heard, ALL.iter().map(|name| (*name).to_owned()).collect());
}

#[tokio::test]
async fn three_kinds_come_only_on_request() {
    let bench = bench().await;
    bench.everything_happens().await;
    let heard = bench.kinds_heard().await;
    assert_eq!(heard, ["message", "edited_message", "message", "my_chat_member", "callback_query"]);
}

#[tokio::test]
async fn a_list_of_kinds_holds_until_another_is_given() {
    let bench = bench().await;
    bench.ok("getUpdates", json!({ "allowed_updates": ["edited_message"] })).await;
    bench.ok("getUpdates", json!({})).await;
    bench.everything_happens().await;
    assert_eq!(bench.kinds_heard().await, ["edited_message"]);
    bench.ok("getUpdates", json!({ "offset": -1, "allowed_updates": [] })).await;
    bench.say("more");
    assert_eq!(bench.kinds_heard().await, ["edited_message", "message"]);
}

#[tokio::test]
async fn service_messages_and_files_fit_the_schema() {
    let bench = bench().await;
    let (ely, zed) =
        (bench.id("ely_exec"), bench.world.add_person("Zed", "zed_new", "+15550100009", "90009"));
    let group = Peer::Group(-GROUP);
    bench.world.add_member(ely, group, zed).unwrap();
    let file = bench.world.keep_file("a.txt", "text/plain", vec![b'x']).unwrap();
    bench.world.post(ely, group, Draft { document: Some(file), ..Draft::text("/see this") }).unwrap();
    bench.world.pin(ely, group, bench.newest_for(ely), true).unwrap();
    bench.world.remove_member(zed, group, zed).unwrap();
    let moved = bench.migrate();
    let updates = bench.ok("getUpdates", json!({})).await;
    let has = |field: &str| updates.as_array().unwrap().iter().any(|u| u["message"].get(field).is_some());
    for field in ["new_chat_members", "left_chat_member", "pinned_message", "document", "caption_entities"] {
        assert!(has(field), "{field}");
    }
    let messages: Vec<&Value> = updates.as_array().unwrap().iter().map(|update| &update["message"]).collect();
    let [.., last, first] = messages.as_slice() else { panic!("{updates}") };
    assert_eq!((&last["migrate_to_chat_id"], &last["chat"]["id"]), (&json!(moved), &json!(GROUP)));
    assert_eq!((&first["migrate_from_chat_id"], &first["chat"]["id"]), (&json!(GROUP), &json!(moved)));
    assert_eq!(first["chat"]["type"], "supergroup");
}

#[tokio::test]
async fn an_offset_confirms_and_a_negative_one_keeps_the_last() {
    let bench = bench().await;
    for text in ["one", "two", "three", "four"] {
        bench.say(text);
    }
    let texts = |updates: Value| -> Vec<String> {
        let texts =
            updates.as_array().unwrap().iter().map(|u| u["message"]["text"].as_str().unwrap().to_owned());
        texts.collect()
    };
    assert_eq!(texts(bench.ok("getUpdates", json!({ "limit": 2 })).await), ["one", "two"]);
    assert_eq!(texts(bench.ok("getUpdates", json!({ "offset": -2 })).await), ["three", "four"]);
    assert_eq!(texts(bench.ok("getUpdates", json!({})).await), ["three", "four"], "the others are forgotten");
    let ids = bench.ok("getUpdates", json!({})).await;
    let last = ids[1]["update_id"].as_i64().unwrap();
    assert_eq!(texts(bench.ok("getUpdates", json!({ "offset": last })).await), ["four"]);
    assert_eq!(bench.ok("getUpdates", json!({ "offset": last + 1 })).await, json!([]));
}

#[tokio::test]
async fn with_limits_on_the_same_question_at_once_gets_less() {
    let bench = bench().await;
    bench.door.enforce_limits(true);
    bench.say("one");
    bench.say("two");
    let heard = async || bench.kinds_heard().await.len();
    assert_eq!((heard().await, heard().await), (2, 1));
}
