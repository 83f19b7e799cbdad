//! What Telegram refuses, as sentences that say what to do.

use std::time::Duration;

use jiff::Timestamp;

use crate::telegram::call::CallError;
use crate::telegram::datacenter::PrepareError;

/// Why a step failed; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Another code was sent.
    #[error("That is not the code. Look again and type it once more.")]
    WrongCode,
    /// The code is too old.
    #[error("The code has expired. Start again to get a new one, and give it within a minute or two.")]
    ExpiredCode,
    /// Another password is set.
    #[error("That is not the password (two-step verification, not the code). Try again.")]
    WrongPassword,
    /// Telegram wants a pause.
    #[error("Telegram asks to wait {} s before another attempt. Every attempt before then makes it longer.", .0.as_secs())]
    FloodWait(Duration),
    /// Too soon after the attempt before, and the whole would take too long.
    #[error("Telegram wants no attempt before {0}. Come back then.")]
    TooSoon(Timestamp),
    /// The whole took too long.
    #[error("Signing in took more than 10 minutes and was given up. Nothing was stored. Start again.")]
    TimedOut,
    /// Too many wrong ones.
    #[error("That was wrong {0} times. Start again, with the code or the password before you.")]
    TooManyMisses(u8),
    /// A bot's session.
    #[error("This is a bot's session. The mesh hears through a user's account; its bot goes into [bot].")]
    IsBot,
    /// The session that was brought along is not good any more.
    #[error(
        "Telegram does not know this session any more ({0}). It was ended, or used from two places. Sign in: mesh login."
    )]
    Ended(String),
    /// The number is banned.
    #[error("Telegram has banned this number. Write to recover@telegram.org, or use another account.")]
    Banned,
    /// The number has no account.
    #[error(
        "There is no account with this number. Make one in a Telegram app on a phone first, then sign in here."
    )]
    SignUpRequired,
    /// Not a number.
    #[error("Telegram does not know this phone number. Write it with its country code, as +1 555 0100 001.")]
    BadPhone,
    /// The application is not accepted.
    #[error(
        "Telegram does not accept this api_id and api_hash. Compare both with https://my.telegram.org, \"API development tools\"."
    )]
    BadApplication,
    /// The steps came in another order.
    #[error("This step is not due now. Start again.")]
    NotDue,
    /// Telegram asks for something that this version can't give.
    #[error("Telegram wants something else to sign in ({0}). Sign in with a Telegram app first.")]
    Unsupported(&'static str),
    /// The connection could not be prepared.
    #[error("{0}")]
    Unprepared(String),
    /// Everything else.
    #[error(transparent)]
    Other(#[from] CallError),
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
pub(super) fn unprepared(error: PrepareError) -> SignInError {
    SignInError::Unprepared(error.to_string())
}

/// Telegram's word as a sentence with what to do.
pub(super) fn refine(error: CallError) -> SignInError {
    let word = match &error {
        CallError::Wait(pause) => return SignInError::FloodWait(*pause),
        CallError::BadCredentials(name) if name.starts_with("USER_DEACTIVATED") => {
            return SignInError::Banned;
        }
        CallError::BadCredentials(_) => return SignInError::BadApplication,
        CallError::Refused { name, .. } => name.as_str(),
        _ => return SignInError::Other(error),
    };
    match word {
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => SignInError::WrongCode,
        "PHONE_CODE_EXPIRED" | "PHONE_CODE_HASH_EMPTY" => SignInError::ExpiredCode,
        "PASSWORD_HASH_INVALID" => SignInError::WrongPassword,
        "PHONE_NUMBER_BANNED" => SignInError::Banned,
        "PHONE_NUMBER_UNOCCUPIED" => SignInError::SignUpRequired,
        "PHONE_NUMBER_INVALID" => SignInError::BadPhone,
        "PHONE_NUMBER_FLOOD" | "PHONE_PASSWORD_FLOOD" => SignInError::FloodWait(Duration::from_hours(24)),
        _ => SignInError::Other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_sentence() {
        let said = |word: &str| refine(CallError::refused(word)).to_string();
        assert!(said("PHONE_CODE_INVALID").starts_with("That is not the code."));
        assert!(said("PHONE_CODE_EXPIRED").contains("expired"));
        assert!(said("PHONE_NUMBER_BANNED").contains("banned"));
        assert!(said("PHONE_NUMBER_UNOCCUPIED").contains("no account"));
        assert!(said("PHONE_NUMBER_INVALID").contains("country code"));
        let wait = refine(CallError::Wait(Duration::from_secs(90))).to_string();
        assert!(wait.contains("90 s"), "{wait}");
        assert_eq!(said("SOMETHING_NEW"), "Telegram refused: SOMETHING_NEW");
    }
}
