//! `[bot]`: the mesh's own bot, its voice.

use std::net::SocketAddr;

use crate::reading::{Found, Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] = &["token", "api_url", "mode", "webhook_url", "webhook_listen"];

const MODES: &[(&str, bool)] = &[("polling", false), ("webhook", true)];

/// `[bot]`
#[derive(Clone, Debug)]
pub struct Bot {
    /// From `@BotFather`.
    pub token: Secret,
    /// Where the Bot API is, without a slash at the end; Telegram's where not said.
    pub api_url: Option<String>,
    /// Where Telegram is to bring updates; without it they are fetched.
    pub webhook: Option<Webhook>,
}

/// `[bot] mode = "webhook"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What Telegram calls: HTTPS, at a proxy in front of `listen`.
    pub url: String,
    /// Where the node listens, in plain HTTP.
    pub listen: SocketAddr,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Option<Bot> {
    let found = document.get("bot")?;
    let section = reading.section(&found, KEYS)?;
    let token = reading.required(&section, "token", "token = { file = \"…\" } or { env = \"…\" }");
    let token = token.and_then(|found| read_token(reading, &found));
    let api_url = section.get("api_url").map(|found| read_url(reading, &found));
    let webhook = read_webhook(reading, &section);
    Some(Bot {
        token: token?,
        api_url: match api_url {
            Some(url) => Some(url?),
            None => None,
        },
        webhook,
    })
}

/// Both addresses, where that mode is chosen. What is wrong with them is said, and then nothing starts.
fn read_webhook<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Webhook> {
    let found = section.get("mode")?;
    let text = reading.text(&found)?;
    if !reading.choice(&found.spot, &text, MODES)? {
        return None;
    }
    let url = reading.required(section, "webhook_url", "webhook_url = \"https://mesh.example.org/hook\"");
    let url = url.and_then(|found| read_url(reading, &found));
    let listen = reading.required(section, "webhook_listen", "webhook_listen = \"127.0.0.1:8443\"");
    let listen = listen.and_then(|found| read_address(reading, &found));
    Some(Webhook { url: url?, listen: listen? })
}

fn read_address<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<SocketAddr> {
    let text = reading.text(found)?;
    let address = text.parse().ok();
    if address.is_none() {
        let todo = "write it like \"127.0.0.1:8443\"";
        reading.fault(&found.spot, format!("`{text}` is not an address with a port"), todo);
    }
    address
}

fn read_token<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<Secret> {
    let token = reading.secret(found, InTheClear::Refused)?;
    let shaped = token.expose().split_once(':').is_some_and(|(id, rest)| {
        let number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let tail = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        number && !rest.is_empty() && rest.bytes().all(tail)
    });
    if !shaped {
        reading.fault(
            &found.spot,
            "is not a bot's token",
            "a token is a number, a colon and letters, as @BotFather gives it",
        );
        return None;
    }
    Some(token)
}

fn read_url<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<String> {
    let url = reading.text(found)?;
    let host = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        reading.fault(
            &found.spot,
            format!("`{url}` is not an address of the web"),
            "write it like \"http://127.0.0.1:8081\", or remove it to use Telegram's",
        );
        return None;
    }
    Some(url.trim_end_matches('/').to_owned())
}
