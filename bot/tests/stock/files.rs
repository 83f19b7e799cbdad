//! Menus and documents.

use teloxide::net::Download;
use teloxide::types::{BotCommand, BotCommandScope, InputFile};

use super::*;

#[tokio::test]
async fn a_command_menu() {
    let stage = Stage::open().await;
    let (bot, scope) = (&stage.bot, BotCommandScope::AllGroupChats);
    bot.set_my_commands([BotCommand::new("mesh", "The mesh")]).scope(scope.clone()).await.unwrap();
    let kept = bot.get_my_commands().scope(scope.clone()).await.unwrap();
    assert_eq!(kept, [BotCommand::new("mesh", "The mesh")]);
    bot.delete_my_commands().scope(scope.clone()).await.unwrap();
    assert!(bot.get_my_commands().scope(scope).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_document_up_and_down() {
    let stage = Stage::open().await;
    let file = InputFile::memory("step one").file_name("plan.txt");
    let sent = stage.bot.send_document(stage.chat(), file).caption("The plan").await.unwrap();
    let document = sent.document().unwrap();
    assert_eq!((sent.caption(), document.file_name.as_deref()), (Some("The plan"), Some("plan.txt")));
    let file = stage.bot.get_file(document.file.id.clone()).await.unwrap();
    let mut bytes = Vec::new();
    stage.bot.download_file(&file.path, &mut bytes).await.unwrap();
    assert_eq!(bytes, b"step one");
    let again = InputFile::file_id(document.file.id.clone());
    let again = stage.bot.send_document(stage.chat(), again).await.unwrap();
    assert_eq!(again.document().unwrap().file.unique_id, document.file.unique_id);
}
