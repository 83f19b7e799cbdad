//! What is needed next, as data, and what may be given for it.

use std::fmt;

use commands::ids::UserId;
use grammers_tl_types::enums::auth::SentCodeType;
use jiff::Timestamp;

use super::SignInError;

/// What is needed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The phone number, international: [`Given::Phone`].
    AskPhone {
        /// Why the one before was none.
        again: Option<SignInError>,
    },
    /// The code that Telegram sent: [`Given::Code`].
    AskCode {
        /// Which way it went.
        sent: Sent,
        /// Why the one before was none.
        again: Option<SignInError>,
    },
    /// The password of the account: [`Given::Password`].
    AskPassword {
        /// What its owner noted to remember it.
        hint: Option<String>,
        /// Why the one before was none.
        again: Option<SignInError>,
    },
    /// A QR code to be scanned with the Telegram app of the account; then, or at its end, [`Given::Nothing`].
    ShowQr {
        /// What it says.
        link: String,
        /// When another takes its place.
        until: Timestamp,
    },
    /// Nothing before a time: then [`Given::Nothing`].
    Wait {
        /// That time.
        until: Timestamp,
    },
    /// Done; the session is ready for [`Account::connect`](crate::telegram::Account::connect).
    SignedIn {
        /// Who.
        user: UserId,
        /// The display name.
        name: String,
    },
    /// Over; the sentence says what to do.
    Failed(SignInError),
}

/// What is given for a step. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub enum Given {
    /// A phone number.
    Phone(String),
    /// The code.
    Code(String),
    /// The password.
    Password(String),
    /// Nothing: time went by, or a QR code was scanned.
    Nothing,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone(_) => "Phone(…)",
            Self::Code(_) => "Code(…)",
            Self::Password(_) => "Password(…)",
            Self::Nothing => "Nothing",
        })
    }
}

/// Which way a code went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Into the account's other Telegram apps.
    App,
    /// As a text message.
    Sms,
    /// By a telephone call.
    Call,
    /// By e-mail.
    Email,
    /// Some other way.
    Otherwise,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "in the Telegram app of this account, from \"Telegram\"",
            Self::Sms => "as a text message",
            Self::Call => "by a telephone call",
            Self::Email => "by e-mail",
            Self::Otherwise => "the way it says",
        })
    }
}

impl From<&SentCodeType> for Sent {
    fn from(sent: &SentCodeType) -> Self {
        match sent {
            SentCodeType::App(_) => Self::App,
            SentCodeType::Sms(_) | SentCodeType::SmsWord(_) | SentCodeType::SmsPhrase(_) => Self::Sms,
            SentCodeType::Call(_) | SentCodeType::FlashCall(_) | SentCodeType::MissedCall(_) => Self::Call,
            SentCodeType::EmailCode(_) => Self::Email,
            _ => Self::Otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_not_shown() {
        for given in [Given::Phone("555".into()), Given::Code("555".into()), Given::Password("555".into())] {
            assert!(!format!("{given:?}").contains("555"));
        }
    }
}
