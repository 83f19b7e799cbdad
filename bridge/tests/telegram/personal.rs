//! A person's own account: hears the group only, and its person's typing as theirs.

use bridge::telegram::{Kind, Performed};
use commands::ids::{Ear, UserId};
use commands::input::Door;
use sandbox::world::{Draft, Peer};

use crate::stage::Stage;

#[tokio::test]
async fn what_its_person_types_is_heard_and_private_chats_are_not() {
    let stage = Stage::open().await;
    let ely = stage.user("ely_exec");
    let session = stage.session_of(ely).await;
    let mut ear = stage.listen(Kind::Personal, &session).await;

    let alex = stage.user("alex_ops");
    stage.world.post(alex, Peer::User(ely), Draft::text("🔒 EXCLUSIVE CLAIM: a secret")).unwrap();
    stage.world.post(ely, Peer::User(alex), Draft::text("between us")).unwrap();
    stage.world.post(ely, Peer::User(ely), Draft::text("a note")).unwrap();
    stage.say("ely_exec", "stand down");

    let heard = ear.hear_one().await;
    assert_eq!(heard.said.text, "stand down");
    assert_eq!(heard.door, Door::Ear);
    assert_eq!(heard.message.from, UserId(ely.0));
    assert_eq!(heard.message.ear, Ear::Account(ely.0));
    assert_eq!(heard.sender.name, "Ely");
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn private_chats_are_not_heard_after_a_restart_either() {
    let stage = Stage::open().await;
    let ely = stage.user("ely_exec");
    let session = stage.session_of(ely).await;
    stage.listen(Kind::Personal, &session).await.stop().await;
    let alex = stage.user("alex_ops");
    stage.world.post(alex, Peer::User(ely), Draft::text("between us")).unwrap();
    stage.say("ely_exec", "typed while the node was away");
    let mut ear = stage.listen(Kind::Personal, &session).await;
    assert_eq!(ear.hear_texts(1).await, ["typed while the node was away"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn it_neither_reacts_nor_answers_nor_reads() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.user("ely_exec")).await;
    let mut ear = stage.listen(Kind::Personal, &session).await;
    stage.say("sandman_agent_bot", "hello");
    let id = ear.hear_one().await.message.id;
    let account = ear.account().clone();
    let alex = UserId(stage.user("alex_ops").0);
    for refused in [
        account.react(stage.chat(), id, "👌").await,
        account.dm(alex, "hello", None, 1).await,
        account.mark_read(stage.chat(), id).await,
    ] {
        assert!(matches!(refused, Performed::Failed { permanent: true, .. }), "{refused:?}");
    }
    ear.stop().await;
}
