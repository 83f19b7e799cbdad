//! Nothing missed, nothing twice: cuts, restarts, silent servers, gaps too long.

use bridge::telegram::{Health, Kind};
use commands::ids::UserId;
use commands::input::What;
use sandbox::world::{ChatKind, Draft, Fault, Peer};

use crate::gate::Gate;
use crate::stage::{Listener, Stage};

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
    let reached = session.reached();
    stage.say("ely_exec", "heard, then the node crashed before its transaction");
    ear.hear(1).await;
    ear.stop().await;
    session.store(before, reached).await;

    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    let again = ear.hear_one().await;
    assert_eq!(again.said.text, "heard, then the node crashed before its transaction");
    ear.stop().await;
}

/// More than the sandbox's log holds: a difference over it is too long.
const TOO_MANY: usize = sandbox::world::LOG_KEPT + 50;

/// The mastermind group, as a basic group and as a supergroup.
async fn both() -> [Stage; 2] {
    [Stage::open().await, Stage::open_supergroup().await]
}

/// An account that was away while too much was said; `forgets` what it had stored of the group's messages, as one that
/// comes from another program.
async fn away(mut stage: Stage, read_back: usize, forgets: bool) -> (Stage, Listener) {
    stage.read_back = read_back;
    let mut ear = stage.listen_dedicated().await;
    stage.say("ely_exec", "the last one heard");
    assert_eq!(ear.hear_texts(1).await, ["the last one heard"]);
    ear.catch_up().await;
    let session = ear.session.clone();
    ear.stop().await;
    if forgets {
        let counters = grammers_session::Session::updates_state(&*session).await.unwrap();
        session.store(counters, None).await;
    }
    for n in 0..TOO_MANY {
        stage.say("sandman_agent_bot", &format!("missed {n}"));
    }
    let ear = stage.begin(Kind::Dedicated, &session).await;
    (stage, ear)
}

async fn gap_is_announced(stage: &Stage, ear: &mut Listener) {
    assert_eq!(ear.hear(1).await.remove(0).what, What::Gap(stage.chat()));
}

async fn is_live_again(stage: &Stage, mut ear: Listener) {
    stage.say("ely_exec", "live again");
    assert_eq!(ear.hear_texts(1).await, ["live again"]);
    ear.catch_up().await;
    assert_eq!(ear.health(), Health::Connected);
    assert!(ear.stop().await.is_empty());
}

fn all_missed() -> Vec<String> {
    (0..TOO_MANY).map(|n| format!("missed {n}")).collect()
}

#[tokio::test]
async fn after_a_gap_too_long_the_history_is_read_back_to_what_was_heard() {
    for stage in both().await {
        let (stage, mut ear) = away(stage, 200, false).await;
        gap_is_announced(&stage, &mut ear).await;
        assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
        assert_eq!(ear.hear_texts(TOO_MANY).await, all_missed());
        is_live_again(&stage, ear).await;
    }
}

/// As with a session that another program had: its counters came along, and how far it heard only by its date.
#[tokio::test]
async fn where_no_message_is_known_the_history_is_read_back_to_a_date() {
    for stage in both().await {
        let (stage, mut ear) = away(stage, 200, true).await;
        gap_is_announced(&stage, &mut ear).await;
        assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
        let mut texts = ear.hear_texts(TOO_MANY).await;
        // What was said in the second of the last point reached may be told again: the core knows it.
        if texts[0] == "the last one heard" {
            texts.remove(0);
            texts.extend(ear.hear_texts(1).await);
        }
        assert_eq!(texts, all_missed());
        is_live_again(&stage, ear).await;
    }
}

#[tokio::test]
async fn a_gap_longer_than_is_read_back_is_announced_until_its_end() {
    for stage in both().await {
        let (stage, mut ear) = away(stage, 10, false).await;
        gap_is_announced(&stage, &mut ear).await;
        assert_eq!(ear.hear_texts(1_000).await, all_missed()[TOO_MANY - 1_000..]);
        assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
        let unheard = ear.hear(1).await.remove(0).what;
        assert!(matches!(unheard, What::Unheard { since, until, .. } if since <= until), "{unheard:?}");
        is_live_again(&stage, ear).await;
    }
}

/// The counter of a supergroup can be lost: the account was sent away, and let in again.
#[tokio::test]
async fn without_a_counter_the_history_is_read_back_to_what_was_heard() {
    let stage = Stage::open_supergroup().await;
    let mut ear = stage.listen_dedicated().await;
    stage.say("ely_exec", "the last one heard");
    ear.hear(1).await;
    ear.catch_up().await;
    let session = ear.session.clone();
    ear.stop().await;
    let mut counters = grammers_session::Session::updates_state(&*session).await.unwrap();
    counters.channels.clear();
    session.store(counters, session.reached()).await;
    stage.say("ely_exec", "said meanwhile");
    let mut ear = stage.begin(Kind::Dedicated, &session).await;
    gap_is_announced(&stage, &mut ear).await;
    assert_eq!(ear.hear(1).await.remove(0).what, What::Refetched(stage.chat()));
    assert_eq!(ear.hear_texts(1).await, ["said meanwhile"]);
    is_live_again(&stage, ear).await;
}

#[tokio::test]
async fn who_is_replied_to_in_a_gap_is_told_by_the_gap_itself() {
    let stage = Stage::open().await;
    let mut ear = stage.listen_dedicated().await;
    ear.catch_up().await;
    let session = ear.session.clone();
    ear.stop().await;
    let first = stage.say("oracle_agent_bot", "the first one");
    for n in 0..TOO_MANY {
        stage.say("sandman_agent_bot", &format!("missed {n}"));
    }
    stage.reply("ely_exec", ("oracle_agent_bot", first), "stand down");
    let (method, error) = ("messages.getMessages".to_owned(), "MSG_ID_INVALID".to_owned());
    stage.world.faults().add(Fault::Refuse { method, code: 400, error, times: 1_000 });
    let mut ear = stage.begin(Kind::Dedicated, &session).await;
    let heard = ear.hear(TOO_MANY + 4).await.pop().unwrap();
    let What::Heard(heard) = heard.what else { panic!("{heard:?}") };
    assert_eq!(heard.said.text, "stand down");
    assert_eq!(heard.reply_to_from, Some(UserId(stage.user("oracle_agent_bot").0)));
    ear.stop().await;
}

/// Too much was written to it in private: the newest of each chat are read, and the group had no gap.
#[tokio::test]
async fn private_messages_are_read_back_too() {
    let stage = Stage::open_supergroup().await;
    let mut ear = stage.listen_dedicated().await;
    ear.catch_up().await;
    let session = ear.session.clone();
    ear.stop().await;
    write_too_much(&stage);
    stage.say("ely_exec", "said in the group");
    let mut ear = stage.begin(Kind::Dedicated, &session).await;
    let mut texts = ear.hear_texts(302).await;
    assert!(texts.contains(&"said in the group".to_owned()), "{:?}", texts.last());
    texts.retain(|text| text != "said in the group");
    assert_eq!(texts[..300], all_missed()[TOO_MANY - 300..]);
    assert_eq!(texts[300], "from Ely");
    is_live_again(&stage, ear).await;
}

fn write_too_much(stage: &Stage) {
    let (alex, ely, bridge) = (stage.user("alex_ops"), stage.user("ely_exec"), Peer::User(stage.bridge()));
    for text in all_missed() {
        stage.world.post(alex, bridge, Draft::text(&text)).unwrap();
    }
    stage.world.post(ely, bridge, Draft::text("from Ely")).unwrap();
}

/// An account that is not the ear knows of no gap in the group: it need not even be in it.
#[tokio::test]
async fn an_account_beside_the_ear_reads_back_nothing_of_the_group() {
    for mut stage in both().await {
        let session = stage.session_of(stage.bridge()).await;
        let kind = match stage.group {
            Peer::Channel(_) => ChatKind::Supergroup,
            _ => ChatKind::Group,
        };
        let (ely, alex) = (stage.user("ely_exec"), stage.user("alex_ops"));
        stage.group = stage.world.add_group(kind, "Without the bridge", ely, &[ely, alex]);
        let mut beside = stage.begin_beside(&session).await;
        beside.catch_up().await;
        beside.stop().await;
        write_too_much(&stage);
        let mut beside = stage.begin_beside(&session).await;
        assert_eq!(beside.hear_texts(301).await.pop().unwrap(), "from Ely");
        beside.catch_up().await;
        assert_eq!(beside.health(), Health::Connected);
        assert!(beside.stop().await.is_empty());
    }
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
    stage.world.faults().add(Fault::FloodWait { method, seconds: 1, times: 1 });
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
