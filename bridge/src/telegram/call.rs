//! One request with a deadline, and what went wrong with it, in a few words that callers branch on.

use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use grammers_client::Client;
use grammers_mtsender::{InvocationError, RpcError};
use grammers_tl_types::RemoteCall;

/// How long one request may take.
pub(super) const CALL_DEADLINE: Duration = Duration::from_secs(30);
/// Waited where Telegram asks for a pause without saying how long.
const UNSAID_WAIT: Duration = Duration::from_secs(5);

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Telegram wants a pause first.
    #[error("Telegram asks for a pause of {} s", .0.as_secs())]
    Wait(Duration),
    /// No connection, or no answer within the deadline: it may have happened.
    #[error("no answer from Telegram: {0}")]
    NoAnswer(String),
    /// Telegram had a fault of its own.
    #[error("Telegram failed: {0}")]
    Fault(String),
    /// Telegram refused, for good.
    #[error("Telegram refused: {name}")]
    Refused {
        /// Telegram's word for it, its number taken out.
        name: String,
        /// The number.
        value: Option<u32>,
    },
    /// The session is not, or no longer, signed in.
    #[error("not signed in: {0}")]
    SignedOut(String),
    /// The session was used from two places and is revoked.
    #[error("the session was used from two places and is revoked")]
    Replaced,
    /// The api id or the account is not accepted.
    #[error("Telegram does not accept this account: {0}")]
    BadCredentials(String),
}

impl CallError {
    /// Whether Telegram refused with this word.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Refused { name, .. } if name == word)
    }

    pub(super) fn refused(name: &str) -> Self {
        Self::Refused { name: name.to_owned(), value: None }
    }
}

impl From<InvocationError> for CallError {
    fn from(error: InvocationError) -> Self {
        match error {
            InvocationError::Rpc(error) => error.into(),
            // Telegram does not know the key any more; grammers then tried to make one by itself.
            InvocationError::Authentication(error) => Self::SignedOut(error.to_string()),
            InvocationError::Session(error) => Self::NoAnswer(format!("the session: {error}")),
            other => Self::NoAnswer(other.to_string()),
        }
    }
}

impl From<RpcError> for CallError {
    fn from(error: RpcError) -> Self {
        match (error.code, error.name.as_str()) {
            (420, _) | (_, "SLOWMODE_WAIT") => Self::Wait(pause(error.value)),
            (_, "AUTH_KEY_DUPLICATED") => Self::Replaced,
            (_, "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" | "CONNECTION_API_ID_INVALID") => {
                Self::BadCredentials(error.name)
            }
            (401, name) if name.starts_with("USER_DEACTIVATED") => Self::BadCredentials(error.name),
            (401, "SESSION_PASSWORD_NEEDED") => Self::refused("SESSION_PASSWORD_NEEDED"),
            (401, _) => Self::SignedOut(error.name),
            // A 500 by number, but the answer to a repeated send.
            (_, "RANDOM_ID_DUPLICATE") => Self::refused("RANDOM_ID_DUPLICATE"),
            (500.. | ..0, _) => Self::Fault(error.name),
            _ => Self::Refused { name: error.name, value: error.value },
        }
    }
}

fn pause(seconds: Option<u32>) -> Duration {
    seconds.map_or(UNSAID_WAIT, |seconds| Duration::from_secs(seconds.into()))
}

/// The way to the connection of the moment, which the ear replaces when it breaks.
pub(super) struct Caller {
    client: RwLock<Client>,
    answered: Mutex<Instant>,
}

impl Caller {
    pub(super) fn new(client: Client) -> Self {
        Self { client: RwLock::new(client), answered: Mutex::new(Instant::now()) }
    }

    /// From now on calls go over this connection.
    pub(super) fn replace(&self, client: Client) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
    }

    /// How long ago the last request was answered.
    pub(super) fn quiet_for(&self) -> Duration {
        let answered = *self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.elapsed()
    }

    /// One request, given up after [`CALL_DEADLINE`].
    pub(super) async fn call<R: RemoteCall>(&self, request: &R) -> Result<R::Return, CallError> {
        self.call_within(CALL_DEADLINE, request).await
    }

    /// One request, given up after `deadline`.
    pub(super) async fn call_within<R: RemoteCall>(
        &self,
        deadline: Duration,
        request: &R,
    ) -> Result<R::Return, CallError> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = tokio::time::timeout(deadline, client.invoke(request)).await;
        let Ok(answer) = answer else {
            return Err(CallError::NoAnswer(format!("none in {} s", deadline.as_secs())));
        };
        if matches!(answer, Ok(_) | Err(InvocationError::Rpc(_))) {
            *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        answer.map_err(CallError::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types as tl;

    fn error(code: i32, text: &str) -> CallError {
        RpcError::from(tl::types::RpcError { error_code: code, error_message: text.to_owned() }).into()
    }

    #[test]
    fn telegrams_words_become_few() {
        assert_eq!(error(420, "FLOOD_WAIT_31"), CallError::Wait(Duration::from_secs(31)));
        assert_eq!(error(420, "SLOWMODE_WAIT_9"), CallError::Wait(Duration::from_secs(9)));
        assert_eq!(error(406, "AUTH_KEY_DUPLICATED"), CallError::Replaced);
        assert!(matches!(error(401, "SESSION_REVOKED"), CallError::SignedOut(_)));
        assert!(matches!(error(401, "USER_DEACTIVATED_BAN"), CallError::BadCredentials(_)));
        assert!(error(401, "SESSION_PASSWORD_NEEDED").is("SESSION_PASSWORD_NEEDED"));
        assert!(matches!(error(500, "RPC_CALL_FAIL"), CallError::Fault(_)));
        assert!(matches!(error(-503, "Timeout"), CallError::Fault(_)));
        assert!(error(400, "MESSAGE_NOT_MODIFIED").is("MESSAGE_NOT_MODIFIED"));
        assert!(error(500, "RANDOM_ID_DUPLICATE").is("RANDOM_ID_DUPLICATE"));
        let migrate = error(303, "PHONE_MIGRATE_4");
        assert_eq!(migrate, CallError::Refused { name: "PHONE_MIGRATE".into(), value: Some(4) });
    }
}
