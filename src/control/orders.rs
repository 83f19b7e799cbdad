//! `POST /post` and `POST /tap`: what an account of the node is ordered to say or to press. Whoever may use the socket may
//! order it of a dedicated account; of somebody's own only where the configuration says so.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bridge::telegram::{CallError, Kind};
use commands::effect::Deed;
use commands::ids::{AgentId, ChatId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::queries::{Reply, reply};
use super::{Node, Query};
use crate::perform::Speaker;

/// An order, on its way to the engine.
pub struct Ordered {
    /// The same key is the same order.
    pub key: String,
    /// The account.
    pub account: UserId,
    /// Where.
    pub chat: ChatId,
    /// What.
    pub wanted: Wanted,
    /// Where it is told what came of it.
    pub answer: oneshot::Sender<Obeyed>,
}

/// What is ordered.
pub enum Wanted {
    /// A message.
    Say {
        /// Its words.
        text: String,
        /// The message it answers, in the account's own numbering.
        reply_to: Option<i32>,
    },
    /// A tap on an inline button.
    Press {
        /// The message, in the account's own numbering.
        message: i32,
        /// What the button says.
        label: String,
        /// What it sends.
        data: Vec<u8>,
    },
    /// Something done to the gateway behind an agent; account and chat are that agent's.
    Drive(AgentId, Deed),
}

/// What came of an order; an error where it was refused or failed, as a sentence.
pub type Obeyed = Result<Told, String>;

/// What came of it where it was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The message that was made, in the account's own numbering.
    pub message: Option<i32>,
    /// What the tapped bot shows.
    pub shown: Option<String>,
    /// In a box that has to be closed.
    pub alert: bool,
}

/// `POST /post`
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The account, by its name in the configuration; none where only one can be ordered.
    pub account: Option<String>,
    /// To whom: a name of the mesh, `@username` or a user id; none for the group.
    pub to: Option<String>,
    /// What.
    pub text: String,
    /// The message it answers, in the account's own numbering.
    pub reply_to: Option<i32>,
    /// Drawn by the caller: the same key is the same order.
    pub key: String,
}

/// `POST /tap`
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// As for a post.
    pub account: Option<String>,
    /// Whose private chat; none for the group.
    pub with: Option<String>,
    /// The message, in the account's own numbering; none for the newest with such a button.
    pub message: Option<i32>,
    /// What the button says.
    pub button: String,
    /// Drawn by the caller.
    pub key: String,
}

/// Why an order never reached the engine.
enum Refusal {
    Sentence(String),
    Unavailable(anyhow::Error),
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::Unavailable(error)
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub(super) async fn post(State(node): State<Node>, Json(post): Json<Post>) -> Reply {
    let Post { account, to, text, reply_to, key } = post;
    let said = async {
        let speaker = node.speaker(account.as_deref())?;
        let chat = node.chat(speaker, to).await?;
        Ok(node.asker.order(key, speaker.account.user(), chat, Wanted::Say { text, reply_to }).await?)
    };
    told(said.await)
}

pub(super) async fn tap(State(node): State<Node>, Json(tap): Json<Tap>) -> Reply {
    let Tap { account, with, message, button: label, key } = tap;
    let pressed = async {
        let speaker = node.speaker(account.as_deref())?;
        let chat = node.chat(speaker, with).await?;
        let Some((message, data)) = speaker.account.button(chat, message, &label).await? else {
            return Err(Refusal::Sentence(format!("no message there has a button \"{label}\"")));
        };
        let wanted = Wanted::Press { message, label, data };
        Ok(node.asker.order(key, speaker.account.user(), chat, wanted).await?)
    };
    told(pressed.await)
}

fn told(obeyed: Result<Obeyed, Refusal>) -> Reply {
    match obeyed {
        Ok(Ok(told)) => reply(Ok(told)),
        Ok(Err(why)) | Err(Refusal::Sentence(why)) => Err((StatusCode::FORBIDDEN, why)),
        Err(Refusal::Unavailable(error)) => reply(Err::<(), _>(error)),
    }
}

impl Node {
    /// The account that is to do it. Of what somebody's own account says, people take every word for that person's.
    fn speaker(&self, name: Option<&str>) -> Result<&Speaker, Refusal> {
        let named = |speaker: &&Speaker| name.map_or(speaker.relays, |name| speaker.name == name);
        let mut can = self.speakers.iter().filter(named);
        let (first, other) = (can.next(), can.next());
        let refuse = |why: String| Err(Refusal::Sentence(why));
        match (first, other) {
            (Some(one), Some(other)) => refuse(format!(
                "more than one account can do that ({}, {}, …); say which: --account NAME",
                one.name, other.name
            )),
            (Some(speaker), None) if speaker.relays => Ok(speaker),
            (Some(speaker), None) if speaker.kind == Kind::Personal => refuse(format!(
                "\"{}\" is somebody's own account: it says only what its person orders. If whoever can use this node's \
                 control socket may speak in that name, write relay = true where it is configured",
                speaker.name
            )),
            (Some(speaker), None) => {
                refuse(format!("\"{}\" takes no orders here: relay = false where it is configured", speaker.name))
            }
            (None, _) => refuse(match name {
                Some(name) => format!("no account is called \"{name}\" here"),
                None => "no account of this node takes orders: a dedicated one does, somebody's own with relay = true"
                    .to_owned(),
            }),
        }
    }

    async fn chat(&self, speaker: &Speaker, who: Option<String>) -> Result<ChatId, Refusal> {
        if let Some(name) = who.as_deref().and_then(|who| who.strip_prefix('@')) {
            let found = speaker.account.resolve(name).await?;
            return match found {
                Some(user) => Ok(ChatId(user.0)),
                None => Err(Refusal::Sentence(format!("nobody on Telegram is called @{name}"))),
            };
        }
        if let Some(number) = who.as_deref().and_then(|who| who.parse::<i64>().ok().filter(|id| *id > 0)) {
            return Ok(ChatId(number));
        }
        self.asker.ask(|answer| Query::Place(who, answer)).await?.map_err(Refusal::Sentence)
    }
}
