use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::*;

fn card(cast: &Cast) -> Posted {
    let keyboard = Some(Keyboard { rows: vec![vec![Button::callback("Take it", "take:7")]] });
    cast.world.post(cast.mesh, cast.group, Draft { keyboard, ..Draft::text("card") }).unwrap()
}

fn query_of(cast: &Cast) -> Option<CallbackQuery> {
    cast.world.bot_updates(cast.mesh, 0, 100).into_iter().find_map(|update| match update.kind {
        BotUpdateKind::CallbackQuery(query) => Some(query),
        _ => None,
    })
}

#[tokio::test]
async fn a_tap_reaches_the_bot_and_its_answer_comes_back() {
    let cast = cast();
    let card = card(&cast);
    let mut news = cast.world.subscribe(cast.mesh).unwrap();
    let tap = cast.world.tap(cast.ely, cast.group, cast.id(cast.ely, &card), b"take:7".to_vec());
    let bot = async {
        news.changed().await.unwrap();
        let query = query_of(&cast).unwrap();
        assert_eq!(
            (query.from, query.message.id, query.data.as_slice()),
            (cast.ely, card.view.id, &b"take:7"[..])
        );
        let answer = TapAnswer { text: Some("Yours.".to_owned()), ..TapAnswer::default() };
        let others = cast.world.answer_tap(cast.oracle, query.id, answer.clone());
        assert_eq!(others, Err(WorldError::QueryTooOld));
        cast.world.answer_tap(cast.mesh, query.id, answer.clone()).unwrap();
        assert_eq!(cast.world.answer_tap(cast.mesh, query.id, answer), Err(WorldError::QueryTooOld));
    };
    let (answer, ()) = tokio::join!(tap, bot);
    assert_eq!(answer.unwrap().text.as_deref(), Some("Yours."));
}

#[tokio::test]
async fn a_tap_needs_a_bots_message_and_fair_data() {
    let cast = cast();
    let word = cast.say(cast.ely, "mine");
    let tap = |id, data: &[u8]| cast.world.tap(cast.ely, cast.group, id, data.to_vec());
    assert_eq!(tap(word.view.id, b"x").await, Err(WorldError::MessageNotFound));
    let card = card(&cast);
    assert_eq!(tap(cast.id(cast.ely, &card), &[0; 65]).await, Err(WorldError::ButtonDataInvalid));
}

#[tokio::test]
async fn a_tap_waits_by_the_worlds_clock() {
    let cast = cast();
    let card = card(&cast);
    let id = cast.id(cast.ely, &card);
    let mut tap = pin!(cast.world.tap(cast.ely, cast.group, id, b"take:7".to_vec()));
    let second = Duration::from_secs(1);
    for wait in [Duration::ZERO, ANSWER_WAIT.saturating_sub(second)] {
        cast.world.clock().advance(wait);
        assert!(timeout(Duration::ZERO, &mut tap).await.is_err(), "it is not over yet");
    }
    cast.world.clock().advance(second);
    assert_eq!(tap.await, Err(WorldError::BotResponseTimeout));
}

#[tokio::test]
async fn an_unanswered_tap_ends() {
    let cast = cast();
    let card = card(&cast);
    let id = cast.id(cast.ely, &card);
    let tap = cast.world.tap_within(Duration::ZERO, cast.ely, cast.group, id, b"take:7".to_vec());
    assert_eq!(tap.await, Err(WorldError::BotResponseTimeout));
    let query = query_of(&cast).unwrap();
    let late = cast.world.answer_tap(cast.mesh, query.id, TapAnswer::default());
    assert_eq!(late, Err(WorldError::QueryTooOld));
}
