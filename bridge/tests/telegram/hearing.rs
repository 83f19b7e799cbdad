//! Hearing the group and private chats with a dedicated account.

use bridge::telegram::{Health, Kind, Surroundings, Waits};
use commands::ids::{ChatId, Ear, UserId, fingerprint};
use commands::input::{Door, Input, SenderKind, What};
use sandbox::world::{Draft, Fault, Peer};

use crate::stage::Stage;

#[tokio::test]
async fn a_bots_post_in_the_group_is_heard() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    assert_eq!(ear.health(), Health::Connected);
    let posted = "🔒 EXCLUSIVE CLAIM: rotate the hooks token\nETA: 10 min";
    stage.say("sandman_agent_bot", posted);

    let heard = ear.hear_one().await;
    let sandman = UserId(stage.user("sandman_agent_bot").0);
    assert_eq!(heard.door, Door::Ear);
    assert_eq!(heard.said.text, posted);
    assert_eq!(heard.sender.id, sandman);
    assert_eq!(heard.sender.name, "Sandman");
    assert_eq!(heard.sender.username.as_deref(), Some("sandman_agent_bot"));
    assert_eq!(heard.sender.kind, SenderKind::Bot);
    assert_eq!(heard.message.ear, Ear::Account(stage.bridge().0));
    assert_eq!(heard.message.chat, stage.chat());
    assert_eq!(heard.message.from, sandman);
    assert_eq!(heard.message.print, fingerprint(posted));
    assert!(!heard.edited && !heard.forwarded);
    ear.stop().await;
}

#[tokio::test]
async fn replies_name_whom_they_answer_even_from_before_the_start() {
    let stage = Stage::open().await;
    let early = stage.say("oracle_agent_bot", "before the account was there");
    let mut ear = stage.listen_dedicated().await;
    let oracle = stage.user("oracle_agent_bot");
    let ely = stage.user("ely_exec");
    let id_for = |viewer, id| {
        let view = stage.world.message(oracle, stage.group, id).unwrap();
        stage.world.id_for(viewer, view.key).unwrap()
    };
    stage.world.post(ely, stage.group, Draft::reply(id_for(ely, early), "stand down")).unwrap();

    let heard = ear.hear_one().await;
    assert_eq!(heard.reply_to, Some(id_for(stage.bridge(), early)));
    assert_eq!(heard.reply_to_from, Some(UserId(oracle.0)));
    assert_eq!(heard.sender.kind, SenderKind::Person);
    ear.stop().await;
}

/// Twelve messages of before, each answered while the account was away; who is answered in each.
async fn twelve_replies(stage: &Stage, around: Surroundings) -> Vec<Option<UserId>> {
    let early: Vec<i32> = (0..12).map(|n| stage.say("oracle_agent_bot", &format!("early {n}"))).collect();
    let session = stage.session_of(stage.bridge()).await;
    for id in early {
        stage.reply("ely_exec", ("oracle_agent_bot", id), "stand down");
    }
    let mut ear = stage.begin_in(around, Kind::Dedicated, &session).await;
    let heard = ear.hear(12).await;
    ear.catch_up().await;
    assert_eq!(ear.health(), Health::Connected);
    assert!(ear.stop().await.is_empty());
    let replied_to = |input: Input| match input.what {
        What::Heard(heard) => heard.reply_to.and(heard.reply_to_from),
        other => panic!("{other:?}"),
    };
    heard.into_iter().map(replied_to).collect()
}

#[tokio::test]
async fn all_replies_of_a_batch_name_whom_they_answer() {
    let stage = Stage::open().await;
    let around = Surroundings::real(Waits::default());
    let oracle = UserId(stage.user("oracle_agent_bot").0);
    assert_eq!(twelve_replies(&stage, around).await, [Some(oracle); 12]);
}

#[tokio::test]
async fn whom_a_reply_answers_stays_open_where_telegram_does_not_tell() {
    let around = || Surroundings::real(crate::health::short());
    let method = || "messages.getMessages".to_owned();
    for fault in [
        Fault::Refuse { method: method(), code: 400, error: "MSG_ID_INVALID".into(), times: 100 },
        Fault::FloodWait { method: method(), seconds: 60, times: 100 },
        Fault::Silence { method: method(), times: 100 },
    ] {
        let stage = Stage::open().await;
        stage.world.faults().add(fault);
        assert_eq!(twelve_replies(&stage, around()).await, [None; 12]);
    }
}

#[tokio::test]
async fn edits_are_heard_as_edits() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let alex = stage.user("alex_ops");
    let id = stage.say("alex_ops", "thinking");
    assert_eq!(ear.hear_texts(1).await, ["thinking"]);
    stage.world.edit(alex, stage.group, id, "🔒 EXCLUSIVE CLAIM: api keys", vec![], None).unwrap();
    let heard = ear.hear_one().await;
    assert!(heard.edited);
    assert_eq!(heard.said.text, "🔒 EXCLUSIVE CLAIM: api keys");
    ear.stop().await;
}

#[tokio::test]
async fn other_chats_are_not_heard() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let everybody: Vec<_> = stage.world.users().iter().map(|user| user.id).collect();
    let ely = stage.user("ely_exec");
    for kind in [sandbox::world::ChatKind::Group, sandbox::world::ChatKind::Supergroup] {
        let elsewhere = stage.world.add_group(kind, "Elsewhere", ely, &everybody);
        stage.world.post(ely, elsewhere, Draft::text("🔒 EXCLUSIVE CLAIM: elsewhere")).unwrap();
    }
    stage.say("ely_exec", "here");
    assert_eq!(ear.hear_texts(1).await, ["here"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_private_message_is_heard_and_answered_and_the_answer_is_not_heard() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let (ely, bridge) = (stage.user("ely_exec"), stage.bridge());
    stage.world.post(ely, Peer::User(bridge), Draft::text("status")).unwrap();

    let heard = ear.hear_one().await;
    assert_eq!(heard.door, Door::Dm);
    assert_eq!(heard.message.chat, ChatId(ely.0));
    assert_eq!(heard.message.from, UserId(ely.0));
    assert_eq!(heard.sender.name, "Ely");

    let account = ear.account().clone();
    let done = account.dm(UserId(ely.0), "Held: `api keys`.", Some(heard.message.id), 77).await;
    assert!(matches!(done, bridge::telegram::Performed::Done(Some(_))), "{done:?}");
    let (page, _) = stage
        .world
        .history(ely, Peer::User(bridge), sandbox::world::HistoryQuery { limit: 1, ..Default::default() })
        .unwrap();
    assert_eq!(page[0].text(), "Held: api keys.");
    assert!(page[0].reply_to.is_some());

    stage.world.post(ely, Peer::User(bridge), Draft::text("thanks")).unwrap();
    assert_eq!(ear.hear_texts(1).await, ["thanks"]);
    ear.stop().await;
}

#[tokio::test]
async fn many_messages_come_in_order_and_once() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let said: Vec<String> = (0..500).map(|n| format!("message {n}")).collect();
    for (n, text) in said.iter().enumerate() {
        stage.say(["ely_exec", "sandman_agent_bot", "oracle_agent_bot"][n % 3], text);
    }
    assert_eq!(ear.hear_texts(500).await, said);
    assert!(ear.stop().await.is_empty());
}

/// As fast as the sandbox takes them, from a bot and a person, in a group of either kind.
#[tokio::test]
async fn a_flood_comes_in_order_and_once() {
    for stage in [Stage::open().await, Stage::open_supergroup().await] {
        let mut ear = stage.listen_dedicated().await;
        for n in 0..2_000 {
            stage.say(if n % 2 == 0 { "alex_ops" } else { "oracle_agent_bot" }, &format!("message {n}"));
        }
        let wanted: Vec<String> = (0..2_000).map(|n| format!("message {n}")).collect();
        assert_eq!(ear.hear_texts(2_000).await, wanted);
        assert!(ear.stop().await.is_empty());
    }
}

#[tokio::test]
async fn a_supergroup_is_heard_too() {
    let stage = Stage::open_supergroup().await;
    let mut ear = stage.listen_dedicated().await;
    stage.say("oracle_agent_bot", "one");
    let heard = ear.hear_one().await;
    assert_eq!((heard.door, heard.said.text.as_str()), (Door::Ear, "one"));
    assert_eq!(heard.message.chat, stage.chat());
    assert_eq!(heard.sender.name, "Oracle");
    let session = ear.session.clone();
    ear.stop().await;

    stage.say("ely_exec", "two");
    stage.say("oracle_agent_bot", "three");
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    assert_eq!(ear.hear_texts(2).await, ["two", "three"]);
    assert!(ear.stop().await.is_empty());
}
