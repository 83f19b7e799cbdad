//! Text, edit, inline keyboard and tap, by polling and by webhook.

use teloxide::dispatching::UpdateHandler;
use teloxide::error_handlers::LoggingErrorHandler;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, ParseMode};
use teloxide::update_listeners::webhooks;
use teloxide::{RequestError, dptree};

use super::*;

async fn greet(bot: Bot, message: Message) -> Result<(), RequestError> {
    if message.text() != Some("/start") {
        return Ok(());
    }
    let button = InlineKeyboardButton::callback("Take it", "take");
    bot.send_message(message.chat.id, "*Free*")
        .parse_mode(ParseMode::MarkdownV2)
        .reply_markup(InlineKeyboardMarkup::new([[button]]))
        .await?;
    Ok(())
}

async fn taken(bot: Bot, query: CallbackQuery) -> Result<(), RequestError> {
    bot.answer_callback_query(query.id.clone()).text("Yours").show_alert(true).await?;
    if let Some(message) = query.regular_message() {
        let text = format!("{}: {}", query.data.as_deref().unwrap_or_default(), query.from.first_name);
        bot.edit_message_text(message.chat.id, message.id, text).await?;
    }
    Ok(())
}

fn handler() -> UpdateHandler<RequestError> {
    dptree::entry()
        .branch(Update::filter_message().endpoint(greet))
        .branch(Update::filter_callback_query().endpoint(taken))
}

/// Ely asks, gets a card with a button, taps it, and sees the card change.
async fn talk(stage: &Stage) {
    let mut seen = stage.world.watch();
    stage.says("/start");
    let card = post_of(&mut seen, stage.me).await;
    assert_eq!((card.text.as_str(), &card.buttons), ("Free", &vec![vec!["Take it".to_owned()]]));
    let (peer, id) = stage.world.place_of(stage.ely, card.key).unwrap();
    let answer = stage.world.tap(stage.ely, peer, id, b"take".to_vec()).await.unwrap();
    assert_eq!((answer.text.as_deref(), answer.alert), (Some("Yours"), true));
    let edited = next(&mut seen, |seen| match seen.what {
        SeenWhat::Edited(message) => Some(message),
        _ => None,
    });
    assert_eq!(edited.await.text, "take: Ely");
}

#[tokio::test]
async fn by_polling() {
    let stage = Stage::open().await;
    let mut dispatcher = Dispatcher::builder(stage.bot.clone(), handler()).build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(async move { dispatcher.dispatch().await });
    talk(&stage).await;
    stop.shutdown().unwrap().await;
    running.await.unwrap();
    assert_eq!(stage.world.pending_updates(stage.me), 0, "all is confirmed at the end");
}

#[tokio::test]
async fn by_webhook() {
    let stage = Stage::open().await;
    let address = free_address().await;
    let url = format!("http://{address}/hook").parse().unwrap();
    let options = webhooks::Options::new(address, url).secret_token("S3cret".to_owned());
    let listener = webhooks::axum(stage.bot.clone(), options).await.unwrap();
    let info = stage.bot.get_webhook_info().await.unwrap();
    assert_eq!(info.url.unwrap().path(), "/hook");
    let mut dispatcher = Dispatcher::builder(stage.bot.clone(), handler()).build();
    let stop = dispatcher.shutdown_token();
    let told = LoggingErrorHandler::with_custom_text("the webhook's listener failed");
    let running = tokio::spawn(async move { dispatcher.dispatch_with_listener(listener, told).await });
    talk(&stage).await;
    stop.shutdown().unwrap().await;
    running.await.unwrap();
}
