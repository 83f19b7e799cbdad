//! How the account is, whatever happens to its line: named states, pauses, and nothing lost.

use std::sync::Arc;
use std::time::Duration;

use bridge::telegram::{Grade, Health, Kind, Surroundings, Waits};
use jiff::Timestamp;
use sandbox::world::{Draft, Fault, Peer};

use crate::gate::Gate;
use crate::stage::{PATIENCE, Stage};

/// Waits a hundred times as short.
pub fn short() -> Waits {
    let ms = Duration::from_millis;
    Waits { quiet: ms(400), answer: ms(150), first_pause: ms(4), longest_pause: ms(200), ..Waits::default() }
}

fn hurried() -> Surroundings {
    Surroundings::real(short())
}

#[tokio::test]
async fn cut_again_and_again_it_hears_everything_once() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    // Thirty cuts, as many as one every two seconds makes in a minute.
    let mut cuts = tokio::time::interval(Duration::from_millis(20));
    let mut said = Vec::new();
    for n in 0..30 {
        cuts.tick().await;
        stage.cut(stage.bridge());
        let text = format!("message {n}");
        stage.say("sandman_agent_bot", &text);
        said.push(text);
    }
    assert_eq!(ear.hear_texts(30).await, said);
    ear.catch_up().await;
    assert_eq!(ear.until(|health| *health == Health::Connected).await, Health::Connected);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_line_that_went_dead_is_left_for_a_new_one() {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    let lines = gate.passed();
    gate.deaden();
    stage.say("ely_exec", "said into a dead line");
    assert_eq!(ear.hear_texts(1).await, ["said into a dead line"]);
    assert!(gate.passed() > lines);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_server_that_falls_silent_is_asked_until_it_speaks() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    stage.world.faults().add(Fault::Mute { user: stage.bridge() });
    let silent = ear.until(|health| matches!(health, Health::Disconnected { .. })).await;
    assert!(silent.to_string().contains("none in"), "{silent}");
    stage.say("ely_exec", "unheard for a while");
    stage.world.faults().clear();
    assert_eq!(ear.hear_texts(1).await, ["unheard for a while"]);
    assert_eq!(ear.until(|health| *health == Health::Connected).await, Health::Connected);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn a_quiet_chat_is_no_reason_to_reconnect() {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let session = stage.session_of(stage.bridge()).await;
    let waits = Waits { quiet: Duration::from_millis(20), answer: PATIENCE, ..Waits::default() };
    let mut ear = stage.begin_in(Surroundings::real(waits), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    let lines = gate.passed();
    let mut while_quiet = tokio::time::interval(Duration::from_millis(30));
    for _ in 0..10 {
        while_quiet.tick().await;
        assert_eq!(ear.health(), Health::Connected);
    }
    assert_eq!(gate.passed(), lines, "ten pings went over the same line");
    ear.stop().await;
}

#[tokio::test]
async fn a_pool_that_panics_is_made_anew() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let slow = Waits { first_pause: Duration::from_millis(100), ..short() };
    let mut ear = stage.begin_in(Surroundings::real(slow), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    for round in 0..3 {
        stage.sessions.mistake(stage.bridge());
        let text = format!("round {round}");
        stage.say("ely_exec", &text);
        let broken = ear.until(|health| matches!(health, Health::Disconnected { .. })).await;
        assert!(broken.to_string().contains("pool panicked: wrong session id"), "{broken}");
        assert_eq!(ear.hear_texts(1).await, [text]);
        ear.catch_up().await;
    }
    let done = ear.account().post(stage.chat(), "still able to speak", None, 601, false).await;
    assert!(matches!(done, bridge::telegram::Performed::Done(Some(_))), "{done:?}");
    assert!(ear.stop().await.is_empty());
}

/// Ended while it listens: the state says what to do, and Telegram is left alone.
async fn ended(end: impl Fn(&Stage), wanted: impl Fn(&Health) -> bool, name: &str, todo: &str) {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let session = stage.session_of(stage.bridge()).await;
    let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    end(&stage);
    let health = ear.until(wanted).await;
    let meaning = health.meaning();
    assert_eq!((meaning.name, meaning.grade), (name, Grade::NeedsSomebody));
    assert!(health.to_string().contains(todo), "{health}");
    assert!(!*ear.connected.caught_up.borrow());
    let lines = gate.passed();
    let mut meanwhile = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..20 {
        meanwhile.tick().await;
    }
    assert_eq!((gate.passed(), ear.health()), (lines, health), "it does not knock in vain");
    let told = ear.account().post(stage.chat(), "unsaid", None, 602, false).await;
    assert!(matches!(told, bridge::telegram::Performed::Failed { .. }), "{told:?}");
    ear.stop().await;
}

#[tokio::test]
async fn a_session_revoked_elsewhere_is_a_state() {
    let end = |stage: &Stage| {
        stage.sessions.revoke(stage.bridge());
    };
    ended(end, |health| matches!(health, Health::SignedOut { .. }), "signed_out", "mesh login").await;
}

#[tokio::test]
async fn a_key_used_twice_is_a_state() {
    let end = |stage: &Stage| {
        stage.sessions.duplicate(stage.bridge());
    };
    ended(end, |health| *health == Health::Replaced, "replaced", "mesh login").await;
}

/// The application is not accepted any more.
#[tokio::test]
async fn an_application_that_is_refused_is_a_state() {
    let end = |stage: &Stage| {
        let (method, error) = ("updates.getState".to_owned(), "API_ID_INVALID".to_owned());
        stage.world.faults().add(Fault::Refuse { method, code: 400, error, times: 1_000 });
    };
    let refused = |health: &Health| *health == Health::BadCredentials { reason: "API_ID_INVALID".into() };
    ended(end, refused, "bad_credentials", "api_id").await;
}

/// Sent away, it says so, and time stands still; let in again, it hears again.
#[tokio::test]
async fn an_account_outside_the_group_says_so() {
    for stage in [Stage::open().await, Stage::open_supergroup().await] {
        let session = stage.session_of(stage.bridge()).await;
        let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
        ear.catch_up().await;
        let ely = stage.user("ely_exec");
        stage.world.remove_member(ely, stage.group, stage.bridge()).unwrap();
        let outside = |health: &Health| matches!(health, Health::Outside { .. });
        let health = ear.until(outside).await;
        assert_eq!(health.meaning().grade, Grade::NeedsSomebody);
        assert!(!*ear.connected.caught_up.borrow());
        let heard = ear.stop().await;
        assert!(heard.is_empty(), "{heard:?}");

        // So does one that is started then.
        let mut ear = stage.begin_in(hurried(), Kind::Dedicated, &session).await;
        ear.until(outside).await;
        stage.world.add_member(ely, stage.group, stage.bridge()).unwrap();
        ear.catch_up().await;
        assert_eq!(ear.health(), Health::Connected);
        stage.say("ely_exec", "welcome back");
        // What a basic group does not show of the time outside is told first.
        while ear.hear_texts(1).await != ["welcome back"] {}
        assert!(ear.stop().await.is_empty());
    }
}

/// An answer that was written before it was sent away, and comes after it, does not let it in again.
#[tokio::test]
async fn what_was_described_before_it_went_is_not_believed_after_it() {
    for stage in [Stage::open().await, Stage::open_supergroup().await] {
        let mut ear = stage.listen_dedicated().await;
        stage.say("ely_exec", "hello");
        let said = ear.hear_one().await.message.id;
        let (method, by) = ("messages.sendReaction".to_owned(), Duration::from_millis(300));
        stage.world.faults().add(Fault::Slow { method, by, times: 1 });
        let (account, chat, mut changes) = (ear.account().clone(), stage.chat(), stage.world.watch());
        let reacting = tokio::spawn(async move { account.react(chat, said, "👌").await });
        let reacted = |stage: &Stage| {
            let view = stage.world.message(stage.bridge(), stage.group, said).unwrap();
            !view.reactions.is_empty()
        };
        while !reacted(&stage) {
            let _ = changes.recv().await;
        }
        stage.world.remove_member(stage.user("ely_exec"), stage.group, stage.bridge()).unwrap();
        ear.until(|health| matches!(health, Health::Outside { .. })).await;
        reacting.await.unwrap();
        let draft = Draft::text("are you there?");
        stage.world.post(stage.user("alex_ops"), Peer::User(stage.bridge()), draft).unwrap();
        while ear.hear_texts(1).await != ["are you there?"] {}
        assert!(matches!(ear.health(), Health::Outside { .. }), "{}", ear.health());
        ear.stop().await;
    }
}

/// Signed in again with the same key, it goes on where it was.
#[tokio::test]
async fn who_is_let_in_again_hears_what_was_missed() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let again = Waits { lost: Duration::from_millis(30), ..short() };
    let mut ear = stage.begin_in(Surroundings::real(again), Kind::Dedicated, &session).await;
    ear.catch_up().await;
    stage.sessions.revoke(stage.bridge());
    ear.until(|health| matches!(health, Health::SignedOut { .. })).await;
    stage.say("ely_exec", "said to nobody");
    let person = stage.world.user(stage.bridge()).unwrap().person().unwrap().clone();
    let begun = bridge::telegram::SignIn::begin(stage.credentials(), session.clone(), &person.phone).await;
    let (mut sign_in, _) = begun.unwrap();
    sign_in.code(&person.code).await.unwrap();
    sign_in.close().await;
    assert_eq!(ear.hear_texts(1).await, ["said to nobody"]);
    assert!(ear.stop().await.is_empty());
}

#[tokio::test]
async fn time_and_chance_come_from_outside() {
    let mut stage = Stage::open().await;
    let gate = Gate::before(stage.address.socket).await;
    stage.address.socket = gate.address();
    let session = stage.session_of(stage.bridge()).await;
    let noon: Timestamp = "2026-02-01T12:00:00Z".parse().unwrap();
    let waits = Waits { first_pause: PATIENCE, longest_pause: PATIENCE, ..Waits::default() };
    let around = Surroundings { waits, clock: Arc::new(move || noon), chance: Arc::new(|| 0) };
    let mut ear = stage.begin_in(around, Kind::Dedicated, &session).await;
    ear.catch_up().await;
    gate.shut();
    let health = ear.until(|health| matches!(health, Health::Disconnected { .. })).await;
    let Health::Disconnected { since, next_try, .. } = health else { panic!("{health}") };
    assert_eq!((since, next_try), (noon, noon + PATIENCE / 2));
    ear.stop().await;
}
