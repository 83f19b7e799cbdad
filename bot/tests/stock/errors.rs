//! What goes wrong, and what teloxide makes of it.

use std::time::Instant;

use sandbox::world::Fault;
use teloxide::types::{ParseMode, Seconds};
use teloxide::{ApiError, RequestError};

use super::*;

fn api_error<T: std::fmt::Debug>(outcome: Result<T, RequestError>) -> ApiError {
    match outcome {
        Err(RequestError::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_bad_request() {
    let stage = Stage::open().await;
    let post = |text: &str| stage.bot.send_message(stage.chat(), text);
    let sent = post("card").await.unwrap();
    let fault = api_error(post("<b>open").parse_mode(ParseMode::Html).await);
    assert!(matches!(fault, ApiError::CantParseEntities(_)), "{fault:?}");
    let same = api_error(stage.bot.edit_message_text(stage.chat(), sent.id, "card").await);
    assert_eq!(same, ApiError::MessageNotModified);
    assert_eq!(api_error(post(&"x".repeat(4097)).await), ApiError::MessageIsTooLong);
    let nowhere = stage.bot.send_message(ChatId(-5), "x").await;
    assert_eq!(api_error(nowhere), ApiError::ChatNotFound);
}

#[tokio::test]
async fn a_wrong_token_and_a_method_that_is_not_there() {
    let stage = Stage::open().await;
    assert_eq!(api_error(bot_at(&stage.api, "1:wrong").get_me().await), ApiError::InvalidToken);
    let unknown = api_error(stage.bot.get_my_name().await);
    assert_eq!(
        unknown,
        ApiError::Unknown("Bad Request: the sandbox does not have the method getMyName".to_owned())
    );
}

#[tokio::test]
async fn a_person_who_did_not_ask_or_blocks() {
    let stage = Stage::open().await;
    let ely = ChatId(stage.ely.0);
    let unasked = api_error(stage.bot.send_message(ely, "x").await);
    assert_eq!(
        unasked.to_string(),
        "Unknown error: \"Forbidden: bot can't initiate conversation with a user\""
    );
    stage.world.post(stage.ely, Peer::User(stage.me), Draft::text("/start")).unwrap();
    stage.world.set_blocked(stage.ely, stage.me, true);
    assert_eq!(api_error(stage.bot.send_message(ely, "x").await), ApiError::BotBlocked);
    stage.world.remove_member(stage.ely, stage.group, stage.me).unwrap();
    let kicked = api_error(stage.bot.send_message(stage.chat(), "x").await);
    assert!(kicked.to_string().contains("bot was kicked from the group chat"), "{kicked}");
}

#[tokio::test]
async fn a_second_poller_and_a_webhook() {
    let stage = Stage::open().await;
    let (first, second) = (stage.bot.clone(), stage.bot.clone());
    let poll = async |bot: Bot| bot.get_updates().timeout(10).await;
    let turned_out = tokio::select! { out = poll(first) => out, out = poll(second) => out };
    assert_eq!(api_error(turned_out), ApiError::TerminatedByOtherGetUpdates);
    stage.bot.set_webhook("http://127.0.0.1:9/".parse().unwrap()).await.unwrap();
    let conflict = api_error(stage.bot.get_updates().await);
    // teloxide knows the words as they were before Telegram added to them.
    assert!(
        conflict.to_string().contains("can't use getUpdates method while webhook is active"),
        "{conflict}"
    );
}

#[tokio::test]
async fn too_many_requests() {
    let stage = Stage::open().await;
    let method = "sendMessage".to_owned();
    stage.world.faults().add(Fault::Status { method, chat: None, status: 429, retry_after: 3, times: 1 });
    let began = Instant::now();
    let outcome = stage.bot.send_message(stage.chat(), "x").await;
    assert!(matches!(outcome, Err(RequestError::RetryAfter(wait)) if wait == Seconds::from_seconds(3)));
    assert!(began.elapsed() < WITHIN);
    stage.bot.send_message(stage.chat(), "x").await.unwrap();
}

#[tokio::test]
async fn a_group_that_became_a_supergroup() {
    let stage = Stage::open().await;
    let new = ChatId(stage.world.migrate(stage.ely, stage.group).unwrap().to.to_bot_api());
    let outcome = stage.bot.send_message(stage.chat(), "x").await;
    assert!(matches!(outcome, Err(RequestError::MigrateToChatId(to)) if to == new), "{outcome:?}");
    stage.bot.send_message(new, "x").await.unwrap();
    let updates = stage.bot.get_updates().await.unwrap();
    let messages: Vec<&Message> = updates
        .iter()
        .filter_map(|update| match &update.kind {
            teloxide::types::UpdateKind::Message(message) => Some(message),
            _ => None,
        })
        .collect();
    assert_eq!(messages[0].migrate_to_chat_id(), Some(&new));
    assert_eq!(messages[1].migrate_from_chat_id(), Some(&stage.chat()));
}
