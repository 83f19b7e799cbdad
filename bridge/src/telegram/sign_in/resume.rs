//! A session that is signed in already: looked at, and ended.

use std::sync::Arc;

use grammers_session::Session;
use grammers_tl_types::functions;

use super::refusal::refine;
use super::{Credentials, SignIn, SignInError, Step};
use crate::telegram::call::CallError;

/// How a session was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedOut {
    /// Telegram has ended it.
    Now,
    /// Telegram had ended it before.
    Before,
}

impl SignIn {
    /// Goes on with a session that another program signed in: asks who it is and where hearing begins, and notes both.
    /// Never asks for a code.
    ///
    /// # Errors
    /// [`SignInError::Ended`] where Telegram does not know the session any more; [`SignInError::IsBot`].
    pub async fn resume<S>(credentials: Credentials, session: Arc<S>) -> Result<Step, SignInError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let mut this = Self::connect(credentials, session).await?;
        let step = match this.self_user().await {
            Ok(user) if user.bot => Err(SignInError::IsBot),
            Ok(user) => this.complete(&user).await,
            Err(CallError::SignedOut(reason)) => Err(SignInError::Ended(reason)),
            Err(CallError::Replaced) => Err(SignInError::Ended("AUTH_KEY_DUPLICATED".to_owned())),
            Err(error) => Err(refine(error)),
        };
        this.close().await;
        step
    }

    /// Ends a session at Telegram.
    ///
    /// # Errors
    /// What Telegram refuses, or no answer: the session may be alive.
    pub async fn log_out<S>(credentials: Credentials, session: Arc<S>) -> Result<LoggedOut, SignInError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let this = Self::connect(credentials, session).await?;
        let ended = match this.caller.call(&functions::auth::LogOut {}).await {
            Ok(_) => Ok(LoggedOut::Now),
            Err(CallError::SignedOut(_) | CallError::Replaced) => Ok(LoggedOut::Before),
            Err(error) => Err(refine(error)),
        };
        this.close().await;
        ended
    }
}
