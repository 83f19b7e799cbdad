//! Nothing missed, nothing twice: cuts, restarts, silent servers, gaps too long.

use bridge::telegram::{Health, Kind};
use commands::input::What;

use crate::gate::Gate;
use crate::stage::Stage;

#[tokio::test]
async fn a_cut_loses_and_doubles_nothing() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    let mut said = Vec::new();
    for round in 0..5 {
        for n in 0..20 {
            let text = format!("round {round}, message {n}");
            stage.say("sandman_agent_bot", &text);
            said.push(text);
            if n == 10 {
                stage.cut(stage.bridge());
            }
        }
    }
    assert_eq!(ear.hear_texts(100).await, said);
    ear.catch_up().await;
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_cut_in_a_supergroup_loses_and_doubles_nothing() {
    let stage = Stage::open_supergroup().await;
    let mut ear = stage.listen_dedicated().await;
    let mut said = Vec::new();
    for round in 0..5 {
        stage.cut(stage.bridge());
        for n in 0..10 {
            let text = format!("round {round}, message {n}");
            stage.say("oracle_agent_bot", &text);
            said.push(text);
        }
        let from = said.len() - 10;
        assert_eq!(ear.hear_texts(10).await, said[from..]);
    }
    ear.catch_up().await;
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_restart_hears_exactly_what_was_missed() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    stage.say("ely_exec", "heard");
    assert_eq!(ear.hear_texts(1).await, ["heard"]);
    let session = ear.session.clone();
    assert!(ear.stop().await.is_empty());

    let missed: Vec<String> = (0..250).map(|n| format!("missed {n}")).collect();
    for text in &missed {
        stage.say("sandman_agent_bot", text);
    }
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    stage.say("ely_exec", "live again");
    assert_eq!(ear.hear_texts(250).await, missed);
    assert_eq!(ear.hear_texts(1).await, ["live again"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn what_was_not_stored_is_heard_again() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    let before = grammers_session::Session::updates_state(&*session).await.unwrap();
    stage.say("ely_exec", "heard, then the node crashed before its transaction");
    ear.hear(1).await;
    ear.stop().await;
    session.store(before).await;

    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    let again = ear.hear_one().await;
    assert_eq!(again.said.text, "heard, then the node crashed before its transaction");
    ear.stop().await;
}

/// An account that was away while so many messages were said.
async fn away_for(many: usize, read_back: usize) -> (Stage, crate::stage::Listener) {
    let mut stage = Stage::open().await;
    stage.read_back = read_back;
    let mut ear = stage.listen_dedicated().await;
    stage.say("ely_exec", "the last one heard");
    assert_eq!(ear.hear_texts(1).await, ["the last one heard"]);
    let session = ear.session.clone();
    ear.stop().await;
    for n in 0..many {
        stage.say("sandman_agent_bot", &format!("missed {n}"));
    }
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    assert_eq!(ear.hear(1).await.remove(0).what, What::Gap(stage.chat()));
    (stage, ear)
}

async fn is_live_again(stage: &Stage, mut ear: crate::stage::Listener) {
    stage.say("ely_exec", "live again");
    assert_eq!(ear.hear_texts(1).await, ["live again"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn after_a_gap_too_long_the_history_is_read_back_to_what_was_heard() {
    let many = sandbox::world::LOG_KEPT + 50;
    let (stage, mut ear) = away_for(many, 200).await;
    assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
    let mut texts = ear.hear_texts(many).await;
    // What was said in the second of the last point reached may be told again: the core knows it.
    if texts[0] == "the last one heard" {
        texts.remove(0);
        texts.extend(ear.hear_texts(1).await);
    }
    assert_eq!(texts, (0..many).map(|n| format!("missed {n}")).collect::<Vec<_>>());
    is_live_again(&stage, ear).await;
}

#[tokio::test]
async fn a_gap_longer_than_is_read_back_is_announced_until_its_end() {
    let many = sandbox::world::LOG_KEPT + 50;
    let (stage, mut ear) = away_for(many, 10).await;
    let newest = ear.hear_texts(1_000).await;
    assert_eq!(newest[0], format!("missed {}", many - 1_000));
    assert_eq!(newest[999], format!("missed {}", many - 1));
    assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
    is_live_again(&stage, ear).await;
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let mut ear = stage.listen_dedicated().await;
    gate.shut();
    let health = ear.until(|health| matches!(health, Health::Disconnected { .. })).await;
    assert!(health.to_string().starts_with("Disconnected since"), "{health}");
    assert!(!*ear.connected.caught_up.borrow());

    stage.say("ely_exec", "said while the door was shut");
    gate.open();
    assert_eq!(ear.hear_texts(1).await, ["said while the door was shut"]);
    ear.catch_up().await;
    assert_eq!(ear.until(|health| *health == Health::Connected).await, Health::Connected);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_pause_is_reported_and_kept() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    stage.say("ely_exec", "missed");
    let method = "updates.getDifference".to_owned();
    stage.world.faults().add(sandbox::world::Fault::FloodWait { method, seconds: 1, times: 1 });
    let mut ear = stage.begin(Kind::Dedicated, &session).await;
    ear.until(|health| matches!(health, Health::FloodWait { .. })).await;
    ear.catch_up().await;
    assert_eq!(ear.hear_texts(1).await, ["missed"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_session_that_was_ended_is_a_state() {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    stage.sign_out(&session).await;
    gate.shut();
    ear.until(|health| matches!(health, Health::Disconnected { .. })).await;
    gate.open();
    let health = ear.until(|health| matches!(health, Health::SignedOut { .. })).await;
    assert!(health.to_string().contains("mesh login"), "{health}");
    ear.stop().await;
}
