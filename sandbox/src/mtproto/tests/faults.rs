//! Every fault of the control door that concerns this one, and what grammers sees of it.

use std::time::{Duration, Instant};

use grammers_client::InvocationError;
use grammers_client::message::InputMessage;
use grammers_client::tl::functions as f;
use grammers_client::update::Update;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::{Grammers, Sandbox, refusal};
use crate::world::{ChatKind, Draft};
use crate::{botapi, control};

/// Long enough to say that nothing comes.
const NOTHING: Duration = Duration::from_millis(700);

/// The control door of a sandbox.
struct Hand {
    base: String,
    http: reqwest::Client,
}

impl Hand {
    async fn of(sandbox: &Sandbox) -> Self {
        let (world, stop) = (sandbox.world.clone(), sandbox.cancel.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let bot_api = botapi::Door::new(world.clone(), stop.clone());
        let door = control::Door::new(world, bot_api).with_sessions(sandbox.sessions.clone());
        tokio::spawn(door.serve(listener, stop));
        Self { base, http: reqwest::Client::new() }
    }

    async fn order(&self, fault: Value) {
        let answer = self.http.post(format!("{}/fault", self.base)).json(&fault).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

/// Somebody says something in the group, over no wire.
fn alex_says(sandbox: &Sandbox, text: &str) {
    sandbox.world.post(sandbox.user("alex_ops").id, sandbox.group(), Draft::text(text)).unwrap();
}

/// Until the client has asked for what it missed before it came, and only listens.
async fn settled(sandbox: &Sandbox, ely: &mut Grammers) {
    ely.mastermind().await;
    for text in ["settled?", "settled."] {
        alex_says(sandbox, text);
        assert_eq!(ely.next_text().await, text);
    }
}

async fn hears_nothing(ely: &mut Grammers) -> bool {
    // grammers loses what comes while its stream is given up, so this asks only when nothing does.
    timeout(NOTHING, ely.next_text()).await.is_err()
}

#[tokio::test]
async fn a_flood_wait_names_the_seconds() {
    let sandbox = Sandbox::start().await;
    let (hand, ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    let fault = json!({ "fault": "flood_wait", "method": "users.getUsers", "seconds": 7 });
    hand.order(fault).await;
    assert_eq!(refusal(ely.client.get_me().await), "420 FLOOD_WAIT 7");
    assert!(ely.client.get_me().await.is_ok(), "once");
}

#[tokio::test]
async fn a_lost_reply_is_a_lost_connection_and_what_was_asked_is_done() {
    let sandbox = Sandbox::start().await;
    let (hand, ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    let group = ely.mastermind().await;
    hand.order(json!({ "fault": "lose_reply", "method": "messages.sendMessage" })).await;
    let lost = ely.say(group, InputMessage::new().text("once")).await;
    assert!(!matches!(lost, Ok(_) | Err(InvocationError::Rpc(_))), "the client knows nothing");
    let newest = ely.client.iter_messages(group).next().await.unwrap().unwrap();
    assert_eq!(newest.text(), "once");
}

#[tokio::test]
async fn after_a_cut_the_client_comes_back_and_catches_up() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    hand.order(json!({ "fault": "cut", "account": "Ely" })).await;
    alex_says(&sandbox, "meanwhile");
    assert_eq!(ely.next_text().await, "meanwhile");
}

#[tokio::test]
async fn silence_leaves_a_request_open_and_slowness_answers_late() {
    let sandbox = Sandbox::start().await;
    let (hand, ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    hand.order(json!({ "fault": "silence", "method": "help.getNearestDc" })).await;
    let never = timeout(NOTHING, ely.client.invoke(&f::help::GetNearestDc {})).await;
    assert!(never.is_err(), "grammers waits for ever; its user has to set a limit");
    hand.order(json!({ "fault": "slow", "method": "help.getNearestDc", "millis": 300 })).await;
    let begun = Instant::now();
    ely.client.invoke(&f::help::GetNearestDc {}).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_muted_account_hears_nothing_until_it_is_lifted() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    hand.order(json!({ "fault": "mute", "account": "Ely" })).await;
    alex_says(&sandbox, "unheard");
    assert!(timeout(NOTHING, ely.client.get_me()).await.is_err());
    hand.order(json!({ "fault": "none" })).await;
    alex_says(&sandbox, "heard");
    assert_eq!(ely.next_text().await, "unheard", "the gap in the count is asked for");
    assert_eq!(ely.next_text().await, "heard");
}

#[tokio::test]
async fn held_updates_come_when_released() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    let begun = Instant::now();
    hand.order(json!({ "fault": "delay", "account": "Ely", "millis": 400 })).await;
    alex_says(&sandbox, "late");
    assert_eq!(ely.next_text().await, "late");
    assert!(begun.elapsed() >= Duration::from_millis(400));
    hand.order(json!({ "fault": "hold", "account": "Ely" })).await;
    alex_says(&sandbox, "held");
    assert!(hears_nothing(&mut ely).await);
    hand.order(json!({ "fault": "release", "account": "Ely" })).await;
    assert_eq!(ely.next_text().await, "held");
}

#[tokio::test]
async fn doubled_and_swapped_updates_are_heard_once_and_in_order() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    for fault in ["duplicate", "reorder"] {
        hand.order(json!({ "fault": fault, "account": "Ely", "times": 3 })).await;
        for n in 0..6 {
            alex_says(&sandbox, &format!("{fault} {n}"));
        }
        for n in 0..6 {
            assert_eq!(ely.next_text().await, format!("{fault} {n}"));
        }
    }
    assert!(hears_nothing(&mut ely).await, "nothing comes twice");
}

#[tokio::test]
async fn after_a_gap_too_long_the_client_goes_on_from_now() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    hand.order(json!({ "fault": "hold", "account": "Ely" })).await;
    alex_says(&sandbox, "lost");
    hand.order(json!({ "fault": "gap", "account": "Ely" })).await;
    hand.order(json!({ "fault": "release", "account": "Ely" })).await;
    assert!(hears_nothing(&mut ely).await, "what was lost is lost");
    alex_says(&sandbox, "after");
    assert_eq!(ely.next_text().await, "after");
}

#[tokio::test]
async fn a_gap_too_long_in_a_supergroup_is_its_own() {
    let sandbox = Sandbox::start().await;
    let (ely, alex) = (sandbox.user("ely_exec").id, sandbox.user("alex_ops").id);
    let hall = sandbox.world.add_group(ChatKind::Supergroup, "Hall", alex, &[ely]);
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    settled(&sandbox, &mut ely).await;
    let say = |text: &str| sandbox.world.post(alex, hall, Draft::text(text)).unwrap();
    for text in ["hall?", "hall."] {
        say(text);
        assert_eq!(ely.next_text().await, text);
    }
    hand.order(json!({ "fault": "hold", "account": "Ely" })).await;
    say("lost");
    alex_says(&sandbox, "in the group");
    hand.order(json!({ "fault": "gap", "chat": "Hall" })).await;
    hand.order(json!({ "fault": "release", "account": "Ely" })).await;
    assert_eq!(ely.next_text().await, "in the group", "the other chats have no gap");
    let mut heard = Vec::new();
    for text in ["after", "later"] {
        say(text);
        alex_says(&sandbox, text);
        while heard.last().is_none_or(|last| last != text) {
            heard.push(ely.next_text().await);
        }
    }
    assert!(!heard.contains(&"lost".to_owned()), "what was lost is lost: {heard:?}");
}

#[tokio::test]
async fn a_revoked_session_is_told_so_and_may_sign_in_again() {
    let sandbox = Sandbox::start().await;
    let (hand, ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    hand.order(json!({ "fault": "revoke", "account": "Ely" })).await;
    let refused = loop {
        match ely.client.get_me().await {
            // The connection was cut first.
            Err(InvocationError::Io(_) | InvocationError::Dropped(_)) => {}
            other => break other,
        }
    };
    assert_eq!(refusal(refused), "401 SESSION_REVOKED");
    assert!(!ely.client.is_authorized().await.unwrap());
    let person = sandbox.user("ely_exec");
    let person = person.person().unwrap();
    let token = ely.client.request_login_code(&person.phone, "hash").await.unwrap();
    ely.client.sign_in(&token, &person.code).await.unwrap();
    assert!(ely.client.get_me().await.is_ok());
}

#[tokio::test]
async fn an_update_of_one_account_is_no_other_accounts_business() {
    let sandbox = Sandbox::start().await;
    let (hand, mut ely) = (Hand::of(&sandbox).await, sandbox.sign_in("ely_exec").await);
    ely.mastermind().await;
    for fault in ["hold", "mute"] {
        hand.order(json!({ "fault": fault, "account": "Sam" })).await;
    }
    alex_says(&sandbox, "to all but Sam");
    let heard = ely.next(|update| match update {
        Update::NewMessage(message) => Some(message.text().to_owned()),
        _ => None,
    });
    assert_eq!(heard.await, "to all but Sam");
}
