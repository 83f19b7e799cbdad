//! What the bot promises, against a stub of the Bot API for the odd cases and the sandbox for the plain ones.

mod hearing;
mod reading;
mod sandboxed;
mod secrets;
mod speaking;
mod stub;

use commands::ids::ChatId;
use reqwest::Url;

use crate::{Bot, Params, Token};

/// The group of all tests.
pub(crate) const GROUP: ChatId = ChatId(-5_550_101);
/// Of the length of a real one, so that every redaction on the way has its chance to miss it.
pub(crate) const TOKEN: &str = "5550100:SANDBOX-token-for-tests-of-the-mesh_555_";

pub(crate) fn params(api_url: Option<Url>) -> Params {
    Params {
        token: Token::new(TOKEN).unwrap(),
        api_url,
        group: GROUP,
        former: None,
        signing_key: [7; 32],
        with_ear: false,
    }
}

pub(crate) fn bot(api_url: Option<Url>) -> Bot {
    Bot::new(params(api_url)).unwrap()
}
