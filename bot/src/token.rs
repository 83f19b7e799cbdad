//! The bot's token: it is part of every URL, so it must never reach a log or an error.

use std::fmt;

use crate::fault::Fault;

/// A bot's token, `<bot id>:<secret>`. `Debug` shows the id only; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    whole: String,
    bot_id: i64,
}

impl Token {
    /// Reads a token; blanks around it (a file's last newline) are dropped.
    ///
    /// # Errors
    /// [`Fault::TokenMalformed`] if it has not the form `BotFather` gives.
    pub fn new(text: &str) -> Result<Self, Fault> {
        let whole = text.trim().to_owned();
        let (id, secret) = whole.split_once(':').ok_or(Fault::TokenMalformed)?;
        let bot_id = id.parse().map_err(|_| Fault::TokenMalformed)?;
        let clean = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if secret.is_empty() || !secret.chars().all(clean) || bot_id <= 0 {
            return Err(Fault::TokenMalformed);
        }
        Ok(Self { whole, bot_id })
    }

    /// The bot's user id, which the token begins with.
    pub fn bot_id(&self) -> i64 {
        self.bot_id
    }

    pub(crate) fn expose(&self) -> &str {
        &self.whole
    }

    /// Takes the token, and its secret half, out of a text that came from elsewhere.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let secret = self.whole.split_once(':').map_or("", |(_, secret)| secret);
        text.replace(&self.whole, "<token>").replace(secret, "<token>")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}:<hidden>)", self.bot_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_secret() {
        let token = Token::new(" 5550100:synthetic_secret\n").unwrap();
        assert_eq!(format!("{token:?}"), "Token(5550100:<hidden>)");
        assert_eq!(token.bot_id(), 5_550_100);
    }

    #[test]
    fn a_foreign_text_is_scrubbed() {
        let token = Token::new("5550100:synthetic_secret").unwrap();
        let scrubbed = token.scrub("GET /bot5550100:synthetic_secret/getMe, synthetic_secret");
        assert_eq!(scrubbed, "GET /bot<token>/getMe, <token>");
    }

    #[test]
    fn what_could_not_be_a_token_is_refused() {
        for text in ["", "abc", "12:", ":abc", "12:a/b", "x:abc", "-1:abc", "12:a b"] {
            assert_eq!(Token::new(text), Err(Fault::TokenMalformed), "{text}");
        }
    }
}
