//! A look at the bot and its group: what `mesh doctor` asks. Nothing is changed by it.

use std::time::Duration;

use commands::ids::UserId;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;
use teloxide::payloads;
use teloxide::types::Recipient;

use crate::bot::{Bot, fault};
use crate::fault::Fault;
use crate::trouble::Trouble;

/// How long the answer to an ordinary question may take.
const ANSWER: Duration = Duration::from_secs(10);

/// What kind of chat the group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A basic group: everybody numbers messages for themselves.
    Basic,
    /// A supergroup: all see the same numbers.
    Super,
    /// A channel, or a private chat.
    Other,
}

/// The mesh's group, as the bot sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What kind of chat it is.
    pub kind: GroupKind,
    /// Its title.
    pub title: String,
    /// The bot's own place in it.
    pub place: Membership,
}

/// Somebody's place in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// Its creator, who may everything.
    Creator,
    /// An administrator.
    Administrator {
        /// May pin messages.
        pins: bool,
        /// May delete the messages of others.
        deletes: bool,
    },
    /// An ordinary member.
    Member,
    /// Not in the group.
    Outside,
}

impl Bot {
    /// Where updates are sent instead of being polled, if a webhook is set.
    ///
    /// # Errors
    /// [`Fault::TokenRefused`], [`Fault::Unreachable`], [`Fault::Answer`].
    pub async fn webhook(&self) -> Result<Option<String>, Fault> {
        let info = self.ask(payloads::GetWebhookInfo::new()).await.map_err(fault)?;
        let url = info["url"].as_str().filter(|url| !url.is_empty());
        // A webhook's address may have a secret in it: its host is enough to know it by.
        let host = |url: &str| url.split('/').nth(2).unwrap_or("an address that can't be read").to_owned();
        Ok(url.map(host))
    }

    /// The mesh's group and the bot's place in it. A group that became a supergroup is [`Fault::Answer`] with its new
    /// id.
    ///
    /// # Errors
    /// As [`Self::webhook`].
    pub async fn group(&self) -> Result<Group, Fault> {
        let chat = self.ask(payloads::GetChat::new(self.here())).await.map_err(fault)?;
        let kind = match chat["type"].as_str() {
            Some("group") => GroupKind::Basic,
            Some("supergroup") => GroupKind::Super,
            _ => GroupKind::Other,
        };
        let title = chat["title"].as_str().unwrap_or_default().to_owned();
        let place = self.membership(UserId(self.token.bot_id())).await?;
        Ok(Group { kind, title, place })
    }

    /// Somebody's place in the group. Of others, a bot is surely told only as an administrator.
    ///
    /// # Errors
    /// As [`Self::webhook`].
    pub async fn membership(&self, user: UserId) -> Result<Membership, Fault> {
        let number = u64::try_from(user.0).map_err(|_| Fault::Answer("no user has this id".to_owned()))?;
        let id = teloxide::types::UserId(number);
        match self.ask(payloads::GetChatMember::new(self.here(), id)).await {
            Ok(member) => Ok(place(&member)),
            Err(Trouble::Refused(text)) if is_unknown(&text) => Ok(Membership::Outside),
            Err(trouble) => Err(fault(trouble)),
        }
    }

    /// How many updates wait to be fetched. Whoever fetches them makes them fewer; to look disturbs nobody, as a poll
    /// would, which turns another program's poll out.
    ///
    /// # Errors
    /// As [`Self::webhook`].
    pub async fn waiting(&self) -> Result<u64, Fault> {
        let info = self.ask(payloads::GetWebhookInfo::new()).await.map_err(fault)?;
        let count = info["pending_update_count"].as_u64();
        count.ok_or_else(|| Fault::Answer("no count of the updates that wait".to_owned()))
    }

    /// What time it is at the Bot API, to the second, as its answer to any request says.
    ///
    /// # Errors
    /// [`Fault::Unreachable`]; [`Fault::Answer`] for an answer without a date.
    pub async fn server_time(&self) -> Result<Timestamp, Fault> {
        let asking = self.inner.client().head(self.inner.api_url()).timeout(ANSWER).send().await;
        let answer = asking.map_err(|error| Fault::Unreachable(error.without_url().to_string()))?;
        let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let at = date.and_then(|date| rfc2822::parse(date).ok());
        at.map(|at| at.timestamp()).ok_or_else(|| Fault::Answer("an answer without a date".to_owned()))
    }

    fn here(&self) -> Recipient {
        Recipient::Id(teloxide::types::ChatId(self.place.now().0))
    }
}

fn place(member: &Value) -> Membership {
    let may = |right: &str| member[right] == true;
    match member["status"].as_str() {
        Some("creator") => Membership::Creator,
        Some("administrator") => {
            Membership::Administrator { pins: may("can_pin_messages"), deletes: may("can_delete_messages") }
        }
        Some("member") => Membership::Member,
        Some("restricted") if may("is_member") => Membership::Member,
        _ => Membership::Outside,
    }
}

/// Telegram's words for somebody who was never there.
fn is_unknown(text: &str) -> bool {
    let folded = text.to_lowercase();
    ["participant_id_invalid", "user not found", "member not found", "invalid user_id"]
        .iter()
        .any(|word| folded.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_read_as_telegram_writes_them() {
        let admin =
            json!({ "status": "administrator", "can_pin_messages": true, "can_delete_messages": false });
        assert_eq!(place(&admin), Membership::Administrator { pins: true, deletes: false });
        assert_eq!(place(&json!({ "status": "restricted", "is_member": true })), Membership::Member);
        assert_eq!(place(&json!({ "status": "restricted", "is_member": false })), Membership::Outside);
        assert_eq!(place(&json!({ "status": "kicked" })), Membership::Outside);
        assert_eq!(place(&json!({ "status": "creator" })), Membership::Creator);
    }
}
