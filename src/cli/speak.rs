//! `mesh post | dm | tap`: what an account of the node says or presses, ordered from the shell. Each is done once, and told
//! when Telegram has it.

use clap::Args;

use super::{Ended, Where};
use crate::control::{self, Obeyed, Post, Tap, Told};
use crate::node::chance;

/// What all of them take.
#[derive(Args)]
pub struct Order {
    #[command(flatten)]
    node: Where,
    /// The account that does it, by its name in the configuration. May be left out where only one takes orders.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Print what came of it as one JSON object: message, shown, alert.
    #[arg(long)]
    json: bool,
}

/// What is said once, however often it is asked for.
#[derive(Args)]
pub struct Words {
    /// The message it answers, by its number as the account sees it.
    #[arg(long, value_name = "MESSAGE")]
    reply_to: Option<i32>,
    /// Your own key: asked again with the same key within a day, nothing is said twice. Use it to try again after exit
    /// code 2.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    order: Order,
}

/// `mesh post`
#[derive(Args)]
pub struct InGroup {
    /// What is to be said, word for word.
    #[arg(allow_negative_numbers = true)]
    text: String,
    /// A chat: there is no choice of one.
    #[arg(hide = true)]
    more: Option<String>,
    #[command(flatten)]
    words: Words,
}

/// `mesh dm`
#[derive(Args)]
pub struct InPrivate {
    /// To whom: a person or an agent of the mesh by name, @username, or a Telegram user id.
    who: String,
    /// What is to be said, word for word.
    text: String,
    #[command(flatten)]
    words: Words,
}

/// `mesh tap`
#[derive(Args)]
pub struct Press {
    /// The message, by its number as the account sees it; or "last", the newest with such a button.
    message: String,
    /// What the button says, in any case.
    button: String,
    /// The private chat with this bot, instead of the group: a name of the mesh, @username, or a user id.
    #[arg(long, value_name = "WHO")]
    with: Option<String>,
    #[command(flatten)]
    order: Order,
}

/// Says something in the group.
///
/// # Errors
/// The node can't be reached, or has not done it in time.
pub async fn post(options: &InGroup) -> anyhow::Result<Ended> {
    if options.more.is_some() {
        return Ok(super::misused(
            "mesh post writes to the mesh's group and to no other: mesh post TEXT, with TEXT in quotation marks. In \
             private: mesh dm WHO TEXT, where WHO is somebody of the mesh by name, @username or a Telegram user id",
        ));
    }
    say(&options.words, None, &options.text).await
}

/// Says something in private.
///
/// # Errors
/// As [`post`].
pub async fn dm(options: &InPrivate) -> anyhow::Result<Ended> {
    say(&options.words, Some(options.who.clone()), &options.text).await
}

async fn say(words: &Words, to: Option<String>, text: &str) -> anyhow::Result<Ended> {
    let Words { reply_to, key, order } = words;
    let key = key.clone().unwrap_or_else(drawn);
    let (account, text) = (order.account.clone(), text.to_owned());
    let post = Post { account, to, text, reply_to: *reply_to, key: key.clone() };
    let obeyed = control::order(&order.node.state()?, "/post", &post).await;
    let obeyed =
        obeyed.map_err(|error| error.context(format!("not known to be said; --key {key} asks again")))?;
    Ok(show(order, obeyed, |told| match told.message {
        Some(message) => format!("Said. Message {message}."),
        None => "Said.".to_owned(),
    }))
}

/// Presses a button.
///
/// # Errors
/// As [`post`].
pub async fn tap(options: &Press) -> anyhow::Result<Ended> {
    let Press { message, button, with, order } = options;
    let message = match message.as_str() {
        "last" => None,
        number => match number.parse() {
            Ok(number) => Some(number),
            Err(_) => return Ok(super::misused("MESSAGE is a number, or \"last\"")),
        },
    };
    let (account, button) = (order.account.clone(), button.clone());
    let tap = Tap { account, with: with.clone(), message, button, key: drawn() };
    let obeyed = control::order(&order.node.state()?, "/tap", &tap).await?;
    Ok(show(order, obeyed, |told| told.shown.clone().unwrap_or_else(|| "Tapped.".to_owned())))
}

fn drawn() -> String {
    format!("{:016x}{:016x}", chance(), chance())
}

fn show(order: &Order, obeyed: Obeyed, sentence: impl FnOnce(&Told) -> String) -> Ended {
    match obeyed {
        Ok(told) if order.json => println!("{}", serde_json::json!(told)),
        Ok(told) => println!("{}", sentence(&told)),
        Err(why) => {
            eprintln!("mesh: {why}");
            return Ended::Refused;
        }
    }
    Ended::Well
}
