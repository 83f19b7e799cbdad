//! Doing, as the person chosen: what the control door does, asked by the page.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;
use crate::control::{Refusal, read};
use crate::world::{ButtonAction, Draft, MessageKey, Peer, UserId};

/// A header that no form and no foreign page can send without asking first.
const OWN_HEADER: &str = "x-sandbox-page";

#[derive(Deserialize)]
struct Order {
    #[serde(rename = "as")]
    by: i64,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Act {
    Post { chat: i64, text: String, reply_to: Option<u64> },
    Edit { message: u64, text: String },
    Delete { message: u64 },
    React { message: u64, emoji: Option<String> },
    Pin { message: u64, pinned: bool },
    Tap { message: u64, row: usize, column: usize, label: String },
}

pub(super) async fn act(
    State(page): State<Page>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    check(&headers)?;
    let order: Order = read(&body)?;
    let me = page.person(order.by)?.id;
    match order.act {
        Act::Tap { message, row, column, label } => page.tap(me, message, (row, column), &label).await,
        act => {
            page.change(me, act)?;
            Ok(Json(json!({ "ok": true })))
        }
    }
}

fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if headers.contains_key(OWN_HEADER) && kind.is_some_and(|kind| kind.starts_with("application/json")) {
        Ok(())
    } else {
        Err(Refusal::forbidden(
            "Only the page itself asks here; programs have the control door's own requests.",
        ))
    }
}

impl Page {
    fn change(&self, me: UserId, act: Act) -> Result<(), Refusal> {
        let world = &self.world;
        match act {
            Act::Post { chat, text, reply_to } => {
                let peer = self.place(me, chat)?;
                let reply_to = reply_to.map(|key| self.find(me, key)).transpose()?.map(|(_, id)| id);
                world.post(me, peer, Draft { reply_to, ..Draft::text(text) })?;
            }
            Act::Edit { message, text } => {
                let (peer, id) = self.find(me, message)?;
                world.edit(me, peer, id, &text, Vec::new(), None)?;
            }
            Act::Delete { message } => {
                let (peer, id) = self.find(me, message)?;
                let channel = if let Peer::Channel(channel) = peer { Some(channel) } else { None };
                world.delete(me, channel, &[id])?;
            }
            Act::React { message, emoji } => {
                let (peer, id) = self.find(me, message)?;
                world.react(me, peer, id, emoji.as_deref())?;
            }
            Act::Pin { message, pinned } => {
                let (peer, id) = self.find(me, message)?;
                let done = if pinned { world.pin(me, peer, id, false) } else { world.unpin(me, peer, id) };
                done?;
            }
            Act::Tap { .. } => {}
        }
        Ok(())
    }

    /// Taps the button at a place, if it still has the label that the person saw; waits for the bot's answer.
    async fn tap(
        &self,
        me: UserId,
        key: u64,
        (row, column): (usize, usize),
        label: &str,
    ) -> Result<Json<Value>, Refusal> {
        let (peer, id) = self.find(me, key)?;
        let keyboard = self.world.message(me, peer, id)?.keyboard.unwrap_or_default();
        let button = keyboard.rows.get(row).and_then(|row| row.get(column));
        let button = button.filter(|button| button.text == label);
        let data = match button.map(|button| &button.action) {
            Some(ButtonAction::Callback(data)) => data.clone(),
            Some(_) => return Err(Refusal::bad("This button asks the bot nothing.")),
            None => return Err(Refusal::conflict("The button has changed meanwhile.")),
        };
        let answer = self.world.tap(me, peer, id, data).await?;
        Ok(Json(json!({ "text": answer.text, "alert": answer.alert, "url": answer.url })))
    }

    fn find(&self, me: UserId, key: u64) -> Result<(Peer, i32), Refusal> {
        let found = self.world.place_of(me, MessageKey(key));
        found.ok_or_else(|| Refusal::unknown("The message is gone."))
    }
}
