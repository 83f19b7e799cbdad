//! A basic group that becomes a supergroup: nothing that is said around it is missed or heard twice.

use std::sync::Arc;

use bridge::telegram::{Kind, Performed};
use commands::ids::ChatId;
use commands::input::{Input, What};
use sandbox::world::{Draft, Peer};

use crate::session::Memory;
use crate::stage::{Listener, Stage, text};

/// The group becomes a supergroup.
fn migrate(stage: &Stage) -> Peer {
    stage.world.migrate(stage.user("ely_exec"), stage.group).unwrap().to
}

fn say_there(stage: &Stage, there: Peer, text: &str) {
    stage.world.post(stage.user("sandman_agent_bot"), there, Draft::text(text)).unwrap();
}

/// Texts, and `→` where the group moved.
fn told(inputs: Vec<Input>) -> Vec<String> {
    let one = |input: Input| match input.what {
        What::Migrated { .. } => "→".to_owned(),
        _ => text(input),
    };
    inputs.into_iter().map(one).collect()
}

async fn session(stage: &Stage) -> Arc<Memory> {
    stage.session_of(stage.bridge()).await
}

async fn caught_up(mut ear: Listener) -> Listener {
    ear.catch_up().await;
    ear
}

#[tokio::test]
async fn while_it_is_heard() {
    for kind in [Kind::Dedicated, Kind::Personal] {
        let stage = Stage::open().await;
        let session = session(&stage).await;
        let mut ear = stage.listen(kind, &session).await;
        stage.say("alex_ops", "before");
        let there = migrate(&stage);
        for n in 0..150 {
            say_there(&stage, there, &format!("after {n}"));
        }
        let heard = ear.hear(152).await;
        let to = ChatId(there.to_bot_api());
        assert_eq!(heard[1].what, What::Migrated { from: stage.chat(), to });
        let mut wanted = vec!["before".to_owned(), "→".to_owned()];
        wanted.extend((0..150).map(|n| format!("after {n}")));
        assert_eq!(told(heard), wanted);
        say_there(&stage, there, "and live");
        assert_eq!(ear.hear_texts(1).await, ["and live"]);
        assert!(ear.stop().await.is_empty());

        // The next start knows where the group is, and goes on from where this one ended.
        say_there(&stage, there, "while away");
        let ear = caught_up(stage.begin_where(to, Some(stage.chat()), kind, &session).await).await;
        assert_eq!(told(ear.stop().await), ["while away"]);
    }
}

#[tokio::test]
async fn while_nobody_heard_it() {
    let stage = Stage::open().await;
    let session = session(&stage).await;
    stage.listen(Kind::Dedicated, &session).await.stop().await;
    stage.say("alex_ops", "before");
    let there = migrate(&stage);
    say_there(&stage, there, "after");
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    assert_eq!(told(ear.hear(3).await), ["before", "→", "after"]);
    assert!(ear.stop().await.is_empty());
}

/// The bot told the node first, and the account never had a word of it before the node ended.
#[tokio::test]
async fn when_somebody_else_told_of_it() {
    let stage = Stage::open().await;
    let session = session(&stage).await;
    stage.listen(Kind::Dedicated, &session).await.stop().await;
    stage.say("alex_ops", "before");
    let there = migrate(&stage);
    say_there(&stage, there, "after");
    let to = ChatId(there.to_bot_api());
    let ear = stage.begin_where(to, Some(stage.chat()), Kind::Dedicated, &session).await;
    let ear = caught_up(ear).await;
    assert_eq!(told(ear.stop().await), ["before", "after"]);
}

/// And neither the account's counter nor the supergroup's reaches back: both are read.
#[tokio::test]
async fn while_nobody_heard_it_and_too_much_was_said() {
    for known in [false, true] {
        let stage = Stage::open().await;
        let session = session(&stage).await;
        let mut ear = stage.listen(Kind::Dedicated, &session).await;
        stage.say("alex_ops", "heard");
        ear.hear(1).await;
        ear.catch_up().await;
        ear.stop().await;
        stage.say("alex_ops", "before");
        let there = migrate(&stage);
        say_there(&stage, there, "after");
        stage.world.forget_updates(stage.bridge());
        stage.world.forget_channel_updates(there).unwrap();
        let to = ChatId(there.to_bot_api());
        let (group, former) = if known { (to, Some(stage.chat())) } else { (stage.chat(), None) };
        let mut ear = stage.begin_where(group, former, Kind::Dedicated, &session).await;
        ear.catch_up().await;
        let mut heard = told(ear.stop().await);
        heard.retain(|told| !told.starts_with("Gap") && !told.starts_with("Refetched"));
        let wanted: &[&str] = if known { &["before", "after"] } else { &["before", "→", "after"] };
        assert_eq!(heard, wanted, "known: {known}");
    }
}

#[tokio::test]
async fn a_call_in_the_old_group_is_told_where_it_went() {
    let stage = Stage::open().await;
    let ear = stage.listen_dedicated().await;
    stage.say("alex_ops", "before");
    let there = migrate(&stage);
    let to = ChatId(there.to_bot_api());
    let account = ear.account().clone();
    assert_eq!(account.post(stage.chat(), "hello", None, 1, true).await, Performed::Moved(to));
    assert!(matches!(account.post(to, "hello", None, 2, true).await, Performed::Done(Some(_))));
    ear.stop().await;
}
