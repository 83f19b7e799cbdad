//! An update shows the world as it was when it happened, however late it is fetched.

use super::*;

impl Bench {
    async fn updates(&self) -> Vec<Value> {
        self.ok("getUpdates", json!({})).await.as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_bot_that_was_removed_still_reads_where_it_was() {
    let bench = bench().await;
    bench.say("before");
    let hall = bench.supergroup();
    let (ely, mesh) = (bench.id("ely_exec"), bench.id("mesh_mastermind_bot"));
    bench.world.remove_member(ely, Peer::Group(-GROUP), mesh).unwrap();
    bench.world.remove_member(ely, Peer::from_bot_api(hall).unwrap(), mesh).unwrap();
    for update in bench.updates().await {
        let chat = update.get("message").or(update.get("my_chat_member")).unwrap()["chat"].clone();
        let expected =
            if chat["id"] == hall { ("Annex", "supergroup") } else { ("Mesh Mastermind", "group") };
        let shown = (chat["title"].as_str().unwrap(), chat["type"].as_str().unwrap());
        assert_eq!(shown, expected, "{update}");
    }
    assert_eq!(
        bench.refused("getChat", json!({ "chat_id": hall })).await.0,
        403,
        "now it can't ask any more"
    );
}

#[tokio::test]
async fn what_is_answered_and_pinned_is_told_as_it_was() {
    let bench = bench().await;
    let (ely, group) = (bench.id("ely_exec"), Peer::Group(-GROUP));
    let asked = bench.world.post(ely, group, Draft::text("when?")).unwrap().view.id;
    bench.world.post(ely, group, Draft::reply(asked, "now")).unwrap();
    bench.world.pin(ely, group, asked, true).unwrap();
    bench.world.edit(ely, group, asked, "who?", Vec::new(), None).unwrap();
    bench.world.post(ely, group, Draft::reply(asked, "you")).unwrap();
    bench.world.delete(ely, None, &[asked]).unwrap();
    let updates = bench.updates().await;
    let told: Vec<&Value> = updates.iter().map(|update| &update["message"]).collect();
    assert_eq!(told[1]["reply_to_message"]["text"], "when?");
    assert_eq!(
        (&told[2]["pinned_message"]["text"], &told[2]["reply_to_message"]),
        (&json!("when?"), &Value::Null)
    );
    assert_eq!(updates[3]["edited_message"]["text"], "who?");
    assert_eq!(told[4]["reply_to_message"]["text"], "who?");
}

#[tokio::test]
async fn a_tap_shows_the_card_as_it_was_tapped() {
    let bench = bench().await;
    let (ely, group) = (bench.id("ely_exec"), Peer::Group(-GROUP));
    bench.say("a question");
    let question = bench.newest_for(bench.id("mesh_mastermind_bot"));
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] });
    let card = json!({ "chat_id": GROUP, "text": "card", "reply_markup": keyboard, "reply_to_message_id": question });
    bench.ok("sendMessage", card).await;
    let tap = bench.world.tap(ely, group, bench.newest_for(ely), b"take".to_vec());
    // The bot does not answer; the query is there at once.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(50), tap).await;
    bench.ok("deleteMessage", json!({ "chat_id": GROUP, "message_id": question })).await;
    let updates = bench.updates().await;
    let tapped = &updates.last().unwrap()["callback_query"]["message"];
    assert_eq!(
        (&tapped["text"], &tapped["reply_to_message"]["text"]),
        (&json!("card"), &json!("a question"))
    );
}
