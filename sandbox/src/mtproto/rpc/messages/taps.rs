//! Tapping a bot's button.

use std::future::Future;

use grammers_tl_types::{enums, functions as f, types};

use crate::mtproto::rpc::{Call, RpcError, input};
use crate::world::TapAnswer;

/// Waits for the bot's answer.
pub fn get_bot_callback_answer(
    call: &mut Call,
    request: &f::messages::GetBotCallbackAnswer,
) -> Result<impl Future<Output = Result<enums::messages::BotCallbackAnswer, RpcError>> + Send + use<>, RpcError>
{
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let data = request.data.clone().ok_or(RpcError::bad("DATA_INVALID"))?;
    let (id, world) = (request.msg_id, call.world().clone());
    Ok(async move { Ok(answer(world.tap(me, at, id, data).await?)) })
}

fn answer(answer: TapAnswer) -> enums::messages::BotCallbackAnswer {
    types::messages::BotCallbackAnswer {
        alert: answer.alert,
        has_url: answer.url.is_some(),
        native_ui: true,
        message: answer.text,
        url: answer.url,
        cache_time: answer.cache_time,
    }
    .into()
}
