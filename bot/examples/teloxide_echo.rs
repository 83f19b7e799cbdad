//! A bot that echoes what it hears, with teloxide, against `mesh sandbox --ready-json` in the file READY.

use serde_json::Value;
use teloxide::payloads::{GetUpdatesSetters, SendMessageSetters};
use teloxide::requests::Requester;
use teloxide::types::{ReplyParameters, UpdateKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ready: Value = serde_json::from_str(&std::fs::read_to_string(std::env::var("READY")?)?)?;
    let token = ready["bots"][0]["token"].as_str().ok_or("token")?;
    let address = ready["bot_api"].as_str().ok_or("bot_api")?;
    let bot = teloxide::Bot::new(token).set_api_url(address.parse()?);
    let mut offset = 0;
    loop {
        for update in bot.get_updates().offset(offset).timeout(10).await? {
            offset = update.id.as_offset();
            let UpdateKind::Message(message) = update.kind else { continue };
            if let Some(text) = message.text() {
                let reply = ReplyParameters::new(message.id);
                bot.send_message(message.chat.id, text).reply_parameters(reply).await?;
            }
        }
    }
}
