//! What no counter tells: a session made anew, a state that Telegram refuses, a time outside of the group. It is read from
//! the history, and what can't be read is told.

use bridge::telegram::{Health, Kind};
use commands::ids::ChatId;
use commands::input::{Input, What};
use sandbox::world::{Draft, Fault, Peer};

use crate::stage::{Listener, Stage, text};

/// As a basic group and as a supergroup.
async fn both() -> [Stage; 2] {
    [Stage::open().await, Stage::open_supergroup().await]
}

/// Texts, and a word for everything else.
fn told(inputs: Vec<Input>) -> Vec<String> {
    let one = |input: Input| match input.what {
        What::Gap(_) => "gap".to_owned(),
        What::Refetched(_) => "over".to_owned(),
        What::Unheard { .. } => "unheard".to_owned(),
        What::Migrated { .. } => "→".to_owned(),
        _ => text(input),
    };
    inputs.into_iter().map(one).collect()
}

/// What it tells until that was said.
async fn until_said(ear: &mut Listener, last: &str) -> Vec<String> {
    let mut all = Vec::new();
    while all.last().is_none_or(|said| said != last) {
        all.extend(told(ear.hear(1).await));
    }
    all
}

/// An account that heard something.
async fn heard_one(stage: &Stage) -> Listener {
    let mut ear = stage.listen_dedicated().await;
    stage.say("ely_exec", "the last one heard");
    ear.hear(1).await;
    ear.catch_up().await;
    ear
}

async fn is_live_again(stage: &Stage, mut ear: Listener) {
    ear.catch_up().await;
    stage.say("ely_exec", "live again");
    assert_eq!(until_said(&mut ear, "live again").await, ["live again"]);
    ear.catch_up().await;
    assert_eq!(ear.health(), Health::Connected);
    assert!(ear.stop().await.is_empty());
}

fn is_supergroup(stage: &Stage) -> bool {
    matches!(stage.group, Peer::Channel(_))
}

#[tokio::test]
async fn a_session_made_anew_hears_what_was_said_since_the_one_before() {
    for stage in both().await {
        let ear = heard_one(&stage).await;
        let reached = ear.session.reached();
        ear.stop().await;
        for text in ["one", "two", "three"] {
            stage.say("sandman_agent_bot", text);
        }
        let private = Draft::text("in private");
        stage.world.post(stage.user("alex_ops"), Peer::User(stage.bridge()), private).unwrap();
        stage.next_second().await;
        let session = stage.session_of(stage.bridge()).await;
        stage.say("alex_ops", "four");
        let mut ear = stage.begin_after(reached, (stage.chat(), None), &session).await;
        let mut heard = until_said(&mut ear, "four").await;
        let private = heard.iter().position(|said| said == "in private").expect("it is heard");
        heard.remove(private);
        assert_eq!(heard, ["gap", "over", "one", "two", "three", "four"]);
        is_live_again(&stage, ear).await;
    }
}

/// Nothing was said: there is nothing to tell.
#[tokio::test]
async fn a_session_made_anew_tells_of_no_gap_in_which_nothing_was_said() {
    for stage in both().await {
        let ear = heard_one(&stage).await;
        let reached = ear.session.reached();
        ear.stop().await;
        let session = stage.session_of(stage.bridge()).await;
        let ear = stage.begin_after(reached, (stage.chat(), None), &session).await;
        is_live_again(&stage, ear).await;
    }
}

/// Telegram accepts no state it is asked from, not even its own: that is a gap, and no reason to ask for ever.
#[tokio::test]
async fn a_state_that_is_refused_for_good_is_a_gap() {
    for stage in both().await {
        let ear = heard_one(&stage).await;
        let session = ear.session.clone();
        ear.stop().await;
        stage.say("oracle_agent_bot", "missed");
        let method = if is_supergroup(&stage) { "getChannelDifference" } else { "getDifference" };
        let (method, error) = (format!("updates.{method}"), "PERSISTENT_TIMESTAMP_INVALID".to_owned());
        stage.world.faults().add(Fault::Refuse { method, code: 400, error, times: 1_000 });
        let mut ear = stage.begin(Kind::Dedicated, &session).await;
        assert_eq!(until_said(&mut ear, "missed").await, ["gap", "over", "missed"]);
        is_live_again(&stage, ear).await;
    }
}

/// Sent away and let in again, while it listens or while it is away. A supergroup shows what was said meanwhile; a basic
/// group does not, and that is told.
#[tokio::test]
async fn let_in_again_it_reads_what_it_may_and_tells_of_the_rest() {
    for listening in [true, false] {
        for stage in both().await {
            let ear = heard_one(&stage).await;
            let (ely, bridge, session) = (stage.user("ely_exec"), stage.bridge(), ear.session.clone());
            let mut there = if listening {
                Some(ear)
            } else {
                ear.stop().await;
                None
            };
            stage.world.remove_member(ely, stage.group, bridge).unwrap();
            if let Some(ear) = &mut there {
                ear.until(|health| matches!(health, Health::Outside { .. })).await;
            }
            stage.say("oracle_agent_bot", "said meanwhile");
            stage.world.add_member(ely, stage.group, bridge).unwrap();
            stage.say("sandman_agent_bot", "said later");
            let mut ear = match there {
                Some(ear) => ear,
                None => stage.begin(Kind::Dedicated, &session).await,
            };
            let last = if is_supergroup(&stage) { "said later" } else { "unheard" };
            let wanted: &[&str] = if is_supergroup(&stage) {
                &["gap", "over", "said meanwhile", "said later"]
            } else {
                &["gap", "said later", "over", "unheard"]
            };
            let heard = until_said(&mut ear, last).await;
            assert_eq!(heard, wanted, "listening: {listening}");
            is_live_again(&stage, ear).await;
        }
    }
}

/// Whoever signs in after the group became a supergroup hears it from then on, as in any other group.
#[tokio::test]
async fn a_new_node_hears_a_moved_group_from_its_sign_in_on() {
    for known in [false, true] {
        let stage = Stage::open().await;
        let old = stage.chat();
        stage.say("oracle_agent_bot", "in the old group");
        let there = stage.world.migrate(stage.user("ely_exec"), stage.group).unwrap().to;
        let say = |text: &str| {
            let draft = Draft::text(text);
            stage.world.post(stage.user("oracle_agent_bot"), there, draft).unwrap();
        };
        say("before the sign-in");
        stage.next_second().await;
        let session = stage.session_of(stage.bridge()).await;
        say("after the sign-in");
        let to = ChatId(there.to_bot_api());
        let (group, former) = if known { (to, Some(old)) } else { (old, None) };
        let mut ear = stage.begin_where(group, former, Kind::Dedicated, &session).await;
        let mut heard = until_said(&mut ear, "after the sign-in").await;
        heard.retain(|said| said != "gap" && said != "over");
        let wanted: &[&str] = if known { &["after the sign-in"] } else { &["→", "after the sign-in"] };
        assert_eq!(heard, wanted);
        say("live");
        assert_eq!(until_said(&mut ear, "live").await, ["live"]);
        ear.catch_up().await;
        assert!(ear.stop().await.is_empty());
    }
}
