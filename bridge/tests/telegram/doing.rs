//! One call an effect, and what is told of it.

use std::time::Duration;

use bridge::telegram::{CallError, Performed, TapAnswer};
use commands::ids::UserId;
use sandbox::world::{BotUpdateKind, Button, Draft, Fault, HistoryQuery, Keyboard};

use crate::stage::{PATIENCE, Stage};

fn newest(stage: &Stage, count: usize) -> Vec<String> {
    let query = HistoryQuery { limit: count, ..HistoryQuery::default() };
    let (page, _) = stage.world.history(stage.user("ely_exec"), stage.group, query).unwrap();
    page.iter().map(|message| message.text().to_owned()).collect()
}

fn fault(stage: &Stage, fault: Fault) {
    assert!(stage.world.faults().add(fault));
}

#[tokio::test]
async fn own_posts_are_told_apart_by_their_effect() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let account = ear.account().clone();
    let done = account.post(stage.chat(), "🔒 `api keys` is free.", None, 501, true).await;
    let Performed::Done(Some(id)) = done else { panic!("{done:?}") };
    assert_eq!(newest(&stage, 1), ["🔒 api keys is free."]);
    // The same account, but its person's thumbs.
    stage.say("mesh_bridge", "typed by hand");
    let heard = ear.hear_one().await;
    assert_eq!(heard.said.text, "typed by hand");
    assert_eq!(heard.message.from, UserId(stage.bridge().0));
    assert!(heard.message.id > id);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_repeated_without_a_second_message() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let account = ear.account().clone();
    fault(&stage, Fault::LoseReply { method: "messages.sendMessage".into(), times: 1 });
    let lost = account.post(stage.chat(), "once", None, 502, false).await;
    assert!(matches!(lost, Performed::Failed { permanent: false, .. }), "{lost:?}");
    let again = account.post(stage.chat(), "once", None, 502, false).await;
    assert_eq!(again, Performed::Done(None));
    assert_eq!(newest(&stage, 2).iter().filter(|text| *text == "once").count(), 1);
    stage.say("ely_exec", "next");
    assert_eq!(ear.hear_texts(1).await, ["next"], "our own post is not heard");
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_pause_is_told_and_not_slept_through() {
    let stage = Stage::open().await;
    let ear = stage.listen_dedicated().await;
    let method = "messages.sendMessage".to_owned();
    fault(&stage, Fault::FloodWait { method, seconds: 300, times: 1 });
    let told = ear.account().post(stage.chat(), "later", None, 503, false).await;
    assert_eq!(told, Performed::RetryAfter(Duration::from_mins(5)));
    let done = ear.account().post(stage.chat(), "later", None, 503, false).await;
    assert!(matches!(done, Performed::Done(Some(_))), "{done:?}");
    ear.stop().await;
}

#[tokio::test]
async fn a_refusal_is_for_good() {
    let stage = Stage::open().await;
    let ear = stage.listen_dedicated().await;
    let refused = ear.account().post(stage.chat(), "", None, 504, false).await;
    assert!(matches!(refused, Performed::Failed { permanent: true, .. }), "{refused:?}");
    ear.stop().await;
}

#[tokio::test]
async fn reactions_are_set_and_heard() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let account = ear.account().clone();
    let oracle = stage.user("oracle_agent_bot");
    let theirs = stage.say("oracle_agent_bot", "🔒 EXCLUSIVE CLAIM: api keys");
    let id = ear.hear_one().await.message.id;

    assert_eq!(account.react(stage.chat(), id, "👌").await, Performed::Done(None));
    let view = stage.world.message(oracle, stage.group, theirs).unwrap();
    assert_eq!(view.reactions.len(), 1);
    assert_eq!((view.reactions[0].by, view.reactions[0].emoji.as_str()), (stage.bridge(), "👌"));
    assert_eq!(account.react(stage.chat(), id, "👌").await, Performed::Done(None), "already so");

    let sandman = stage.user("sandman_agent_bot");
    let for_sandman = stage.world.id_for(sandman, view.key).unwrap();
    stage.world.react(sandman, stage.group, for_sandman, Some("👍")).unwrap();
    assert_eq!(account.reactions_of(stage.chat(), &[id]).await, Performed::Done(None));
    let reacted = ear.hear_reaction().await;
    assert_eq!(reacted.from, UserId(sandman.0));
    assert_eq!(reacted.emoji, ["👍"]);
    assert_eq!((reacted.chat, reacted.message), (stage.chat(), id));

    // Asked again, nothing changed: nothing is heard.
    assert_eq!(account.reactions_of(stage.chat(), &[id]).await, Performed::Done(None));
    stage.say("ely_exec", "next");
    assert_eq!(ear.hear_texts(1).await, ["next"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_post_is_found_by_its_words() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let account = ear.account().clone();
    let mesh = UserId(stage.user("mesh_mastermind_bot").0);
    stage.say("mesh_mastermind_bot", "🟢 Mesh · 3/3 online");
    let heard = ear.hear_one().await;
    let since = heard.message.at;
    for n in 0..120 {
        stage.say("sandman_agent_bot", &format!("chatter {n}"));
    }
    let find = |text: &'static str, from, since| {
        let account = account.clone();
        let chat = stage.chat();
        async move { account.find_post(chat, from, text, since).await.unwrap() }
    };
    assert_eq!(find("🟢 `Mesh` · 3/3 online", mesh, since).await, Some(heard.message.id));
    assert_eq!(find("🟢 Mesh · 3/3 online", UserId(5), since).await, None);
    assert_eq!(find("🟢 Mesh", mesh, since).await, None);
    let later = since + jiff::SignedDuration::from_hours(1);
    assert_eq!(find("🟢 Mesh · 3/3 online", mesh, later).await, None);
    ear.stop().await;
}

#[tokio::test]
async fn a_tap_reaches_the_bot_and_its_answer_comes_back() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let mesh = stage.user("mesh_mastermind_bot");
    let keyboard = Some(Keyboard { rows: vec![vec![Button::callback("Refresh", "r1")]] });
    let draft = Draft { keyboard, ..Draft::text("status") };
    stage.world.post(mesh, stage.group, draft).unwrap();
    let id = ear.hear_one().await.message.id;

    let account = ear.account().clone();
    let chat = stage.chat();
    let tapping = tokio::spawn(async move { account.tap(chat, id, b"r1").await });
    let world = stage.world.clone();
    let query = tokio::time::timeout(PATIENCE, async move {
        let mut bell = world.subscribe(mesh).unwrap();
        loop {
            for update in world.bot_updates(mesh, 0, 100) {
                if let BotUpdateKind::CallbackQuery(query) = update.kind {
                    return query;
                }
            }
            bell.changed().await.unwrap();
        }
    });
    let query = query.await.unwrap();
    let answer =
        sandbox::world::TapAnswer { text: Some("Drawn anew.".into()), alert: true, ..Default::default() };
    stage.world.answer_tap(mesh, query.id, answer).unwrap();
    let told = tapping.await.unwrap().unwrap();
    assert_eq!(told, TapAnswer { text: Some("Drawn anew.".into()), alert: true });

    let gone = ear.account().tap(stage.chat(), 1, b"r1").await.unwrap_err();
    assert!(matches!(gone, CallError::Refused { .. }), "{gone}");
    ear.stop().await;
}

#[tokio::test]
async fn own_messages_can_be_edited_and_chats_marked_read() {
    let stage = Stage::open().await;
    let ear = stage.listen_dedicated().await;
    let account = ear.account();
    let done = account.post(stage.chat(), "first", None, 505, false).await;
    let Performed::Done(Some(id)) = done else { panic!("{done:?}") };
    assert_eq!(account.edit(stage.chat(), id, "second").await, Performed::Done(Some(id)));
    assert_eq!(newest(&stage, 1), ["second"]);
    assert_eq!(account.edit(stage.chat(), id, "second").await, Performed::Done(Some(id)));
    assert_eq!(account.mark_read(stage.chat(), id).await, Performed::Done(None));
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn calls_fail_for_now_while_nobody_answers() {
    let stage = Stage::open().await;
    let ear = stage.listen_dedicated().await;
    let account = ear.account().clone();
    ear.stop().await;
    let told = account.post(stage.chat(), "too late", None, 506, false).await;
    assert!(matches!(told, Performed::Failed { permanent: false, .. }), "{told:?}");
}
