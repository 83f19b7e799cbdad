//! Those who play: people over MTProto, agents over the Bot API. They use the same adapters as the node, as anybody's
//! program would, and know nothing of what goes on inside it.

use std::sync::Arc;

use anyhow::{Context, bail};
use bot::{Bot, Listening, Post};
use bridge::telegram::{Account, Connected, Kind, Performed, TapAnswer, Waits};
use commands::ids::{ChatId, UserId};
use commands::input::{Heard, What};
use jiff::Timestamp;
use sandbox::{Ready, ReadyBot};
use sessions::Store;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::stage::{self, WITHIN};
use crate::node::{self, AccountSettings, Home};

/// At most so many messages wait until an actor looks at them.
const HEARD_MOST: usize = 1_024;

/// A person with a phone of their own.
pub struct Person {
    account: Account,
    group: ChatId,
    heard: mpsc::Receiver<Heard>,
    _state: TempDir,
}

impl Person {
    /// Signs in by phone and code.
    ///
    /// # Errors
    /// The sandbox does not let them in.
    pub async fn sign_in(ready: &Ready, name: &str, group: ChatId) -> anyhow::Result<Self> {
        let state = tempfile::Builder::new().prefix("mesh-demo-").tempdir().context("no temporary folder")?;
        let who = stage::account(ready, name)?;
        let settings = AccountSettings {
            name: name.into(),
            kind: Kind::Dedicated,
            person: None,
            relays: false,
            api_id: 1,
            api_hash: "sandbox".into(),
            phone: Some(who.phone.clone()),
            code: Some(who.code.clone()),
            address: Some(stage::address(ready)?),
            waits: Waits::default(),
            session_key: None,
        };
        let store = Store::open(state.path())?;
        let home = Home { group, former: None };
        let connected = node::connect(&settings, true, home, &store, Arc::new(Timestamp::now)).await?;
        let (account, heard) = listen(connected);
        Ok(Self { account, group, heard, _state: state })
    }

    /// Writes in the group.
    ///
    /// # Errors
    /// The message is not taken.
    pub async fn say(&self, text: &str) -> anyhow::Result<()> {
        done(self.account.post(self.group, text, None, node::chance(), false).await)
    }

    /// Writes to somebody.
    ///
    /// # Errors
    /// The message is not taken.
    pub async fn write_to(&self, user: UserId, text: &str) -> anyhow::Result<()> {
        done(self.account.dm(user, text, None, node::chance()).await)
    }

    /// The next message heard that `wanted` picks.
    ///
    /// # Errors
    /// None comes in time.
    pub async fn hears(&mut self, wanted: impl Fn(&Heard) -> bool) -> anyhow::Result<Heard> {
        next(&mut self.heard, wanted).await
    }

    /// Taps the button with this label under a message.
    ///
    /// # Errors
    /// There is no such button, or no answer.
    pub async fn tap(&self, message: i32, label: &str) -> anyhow::Result<TapAnswer> {
        let buttons = self.account.buttons(self.group, message).await?;
        let button = buttons.into_iter().find(|(text, _)| text.contains(label));
        let (_, data) = button.with_context(|| format!("no button {label}"))?;
        Ok(self.account.tap(self.group, message, &data).await?)
    }

    /// Hangs up.
    pub async fn leave(self) {
        self.account.stop().await;
    }
}

fn listen(connected: Connected) -> (Account, mpsc::Receiver<Heard>) {
    let (sender, heard) = mpsc::channel(HEARD_MOST);
    let mut batches = connected.batches;
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            for input in batch.inputs {
                if let What::Heard(heard) = input.what {
                    // An actor that listens to nobody misses what is said.
                    let _ = sender.try_send(heard);
                }
            }
        }
    });
    (connected.account, heard)
}

fn done(performed: Performed) -> anyhow::Result<()> {
    match performed {
        Performed::Done(_) => Ok(()),
        other => bail!("not sent: {other:?}"),
    }
}

async fn next(heard: &mut mpsc::Receiver<Heard>, wanted: impl Fn(&Heard) -> bool) -> anyhow::Result<Heard> {
    let search = async {
        loop {
            let heard = heard.recv().await.context("hung up")?;
            if wanted(&heard) {
                return Ok(heard);
            }
        }
    };
    tokio::time::timeout(WITHIN, search).await.context("was not heard")?
}

/// An agent: a bot that posts, and reads what is written to it.
pub struct Agent {
    /// Its name.
    pub name: String,
    bot: Bot,
    group: ChatId,
    heard: mpsc::Receiver<Heard>,
    stop: CancellationToken,
}

impl Agent {
    /// Starts its bot.
    ///
    /// # Errors
    /// The sandbox does not know its token.
    pub async fn start(name: &str, ready: &ReadyBot, api: &str, group: ChatId) -> anyhow::Result<Self> {
        let params = bot::Params {
            token: bot::Token::new(&ready.token)?,
            api_url: Some(api.parse().context("the sandbox's address")?),
            group,
            former: None,
            signing_key: [0; 32],
            with_ear: false,
        };
        let bot = Bot::new(params)?;
        bot.identity().await?;
        let stop = CancellationToken::new();
        let heard = read(&bot, stop.clone());
        Ok(Self { name: name.into(), bot, group, heard, stop })
    }

    /// Posts in the group.
    ///
    /// # Errors
    /// The message is not taken.
    pub async fn say(&self, text: &str) -> anyhow::Result<()> {
        let post = Post { chat: self.group, text, reply_to: None, buttons: &[], sound: true };
        match self.bot.post(&post).await {
            bot::Outcome::Done(_) => Ok(()),
            other => bail!("not sent: {other:?}"),
        }
    }

    /// The next private message that `wanted` picks.
    ///
    /// # Errors
    /// None comes in time.
    pub async fn is_told(&mut self, wanted: &str) -> anyhow::Result<Heard> {
        let group = self.group;
        let told = |heard: &Heard| heard.message.chat != group && heard.said.text.contains(wanted);
        next(&mut self.heard, told).await.with_context(|| format!("{} was not told \"{wanted}\"", self.name))
    }

    /// Hangs up.
    pub fn leave(self) {
        self.stop.cancel();
    }
}

fn read(bot: &Bot, stop: CancellationToken) -> mpsc::Receiver<Heard> {
    let (sender, heard) = mpsc::channel(HEARD_MOST);
    let (listener, mut batches, _health) =
        bot::listen(bot, Listening::from(None, Arc::new(Timestamp::now), stop));
    tokio::spawn(listener.run());
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            for input in batch.inputs {
                if let What::Heard(heard) = input.what {
                    let _ = sender.try_send(heard);
                }
            }
            let _ = batch.committed.send(());
        }
    });
    heard
}
