//! The handle: who the bot is, and the one way every call takes.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use commands::ids::{ChatId, UserId};
use reqwest::Url;
use reqwest::redirect::Policy;
use serde::Serialize;
use serde_json::Value;
use teloxide::payloads;
use teloxide::requests::{JsonRequest, MultipartRequest, Payload, Request};

use crate::buttons::Signer;
use crate::fault::Fault;
use crate::place::Place;
use crate::token::Token;
use crate::trouble::Trouble;

/// A connection that is not made by then is given up.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest any call may take; the long poll has to end before.
const CALL: Duration = Duration::from_secs(35);

/// An effect's call that has no answer by then is given up; teloxide alone holds a 5xx back for 10 s.
const DEADLINE: Duration = Duration::from_secs(15);

/// What the bot needs to know.
#[derive(Clone)]
pub struct Params {
    /// The bot's token.
    pub token: Token,
    /// Another Bot API than Telegram's own: the sandbox, a local server.
    pub api_url: Option<Url>,
    /// The one group of the mesh; other groups are not heard.
    pub group: ChatId,
    /// The basic group that it was, if it was one: what was said there may yet be heard.
    pub former: Option<ChatId>,
    /// Signs the data of buttons.
    pub signing_key: [u8; 32],
    /// Whether an account of the node hears the group too: then the bot hears `/mesh` of people only.
    pub with_ear: bool,
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params")
            .field("token", &self.token)
            .field("api_url", &self.api_url.as_ref().map(Url::as_str))
            .field("group", &self.group)
            .field("with_ear", &self.with_ear)
            .finish_non_exhaustive()
    }
}

/// Who the bot is, as Telegram says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The bot's user id.
    pub id: UserId,
    /// Without the `@`.
    pub username: String,
    /// Privacy mode is off: the bot hears the whole group, not only what is addressed to it.
    pub can_read_all_group_messages: bool,
}

/// A handle to the bot; cheap to clone.
#[derive(Clone)]
pub struct Bot {
    pub(crate) inner: teloxide::Bot,
    pub(crate) token: Token,
    pub(crate) place: Arc<Place>,
    pub(crate) with_ear: bool,
    pub(crate) signer: Signer,
    pub(crate) deadline: Duration,
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("token", &self.token).field("place", &self.place).finish_non_exhaustive()
    }
}

impl Bot {
    /// A bot that has not called anybody yet.
    ///
    /// # Errors
    /// [`Fault::Address`] or [`Fault::Client`].
    pub fn new(params: Params) -> Result<Self, Fault> {
        let client = client(params.api_url.as_ref())?;
        let inner = teloxide::Bot::with_client(params.token.expose(), client);
        let inner = match params.api_url {
            Some(url) => inner.set_api_url(url),
            None => inner,
        };
        Ok(Self {
            inner,
            token: params.token,
            place: Arc::new(Place::new(params.group, params.former)),
            with_ear: params.with_ear,
            signer: Signer::new(&params.signing_key),
            deadline: DEADLINE,
        })
    }

    /// The group goes on as a supergroup: from now on that is the one. Told again, it changes nothing.
    pub fn moved(&self, from: ChatId, to: ChatId) {
        self.place.moved(from, to);
    }

    /// Asks Telegram who the bot is: the first call of a start.
    ///
    /// # Errors
    /// [`Fault::TokenRefused`] for a wrong token, [`Fault::Unreachable`] without a connection.
    pub async fn identity(&self) -> Result<Identity, Fault> {
        let me = self.ask(payloads::GetMe::new()).await.map_err(fault)?;
        let id = me["id"].as_i64();
        let id = id.ok_or_else(|| Fault::Answer("getMe without an id".to_owned()))?;
        Ok(Identity {
            id: UserId(id),
            username: me["username"].as_str().unwrap_or_default().to_owned(),
            can_read_all_group_messages: me["can_read_all_group_messages"] == true,
        })
    }

    /// One call, given up at the deadline.
    pub(crate) async fn ask<P>(&self, payload: P) -> Result<Value, Trouble>
    where
        P: Payload + Serialize + 'static,
    {
        let answer = tokio::time::timeout(self.deadline, self.call(payload)).await;
        answer.unwrap_or_else(|_| Err(Trouble::Unclear("no answer in time".to_owned())))
    }

    /// One call with a file, given up at the deadline.
    pub(crate) async fn upload(&self, payload: payloads::SendDocument) -> Result<(), Trouble> {
        let request = MultipartRequest::new(self.inner.clone(), payload);
        let answer = tokio::time::timeout(self.deadline, request.send()).await;
        let answer = answer.map_err(|_| Trouble::Unclear("no answer in time".to_owned()))?;
        answer.map(drop).map_err(|error| Trouble::read(&error, &self.token))
    }

    /// One call, its result as raw JSON: a field teloxide does not expect must not turn a success into an error.
    pub(crate) async fn call<P>(&self, payload: P) -> Result<Value, Trouble>
    where
        P: Payload + Serialize + 'static,
    {
        let request = JsonRequest::new(self.inner.clone(), Raw(payload));
        let answer = request.send().await;
        answer.map_err(|error| Trouble::read(&error, &self.token))
    }
}

/// A method of the Bot API whose result is taken as it comes.
#[derive(Serialize)]
#[serde(transparent)]
struct Raw<P>(P);

impl<P: Payload> Payload for Raw<P> {
    type Output = Value;

    const NAME: &'static str = P::NAME;
}

/// Redirects are not followed: they would carry the token elsewhere. A proxy is never asked for this very machine.
fn client(api_url: Option<&Url>) -> Result<reqwest::Client, Fault> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(CALL)
        .redirect(Policy::none())
        .tcp_nodelay(true);
    if let Some(url) = api_url {
        if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
            return Err(Fault::Address(url.scheme().to_owned()));
        }
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
    }
    let client = builder.build();
    client.map_err(|error| Fault::Client(error.without_url().to_string()))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

pub(crate) fn fault(trouble: Trouble) -> Fault {
    match trouble {
        Trouble::Token => Fault::TokenRefused,
        Trouble::Unreached(text) | Trouble::Unclear(text) => Fault::Unreachable(text),
        other => Fault::Answer(other.text()),
    }
}
