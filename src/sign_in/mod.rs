//! Signing an account in, as `mesh login` and `mesh run` do it: the steps of `bridge`, a person or a file that answers
//! them, and attempts kept in the store.

mod code_file;
mod front;
mod prompt;
mod qr;

use std::sync::Arc;

use anyhow::Context;
use bridge::telegram::{Address, Attempt, Credentials, Flow, Given, SignInError, Step, Way, until};
use commands::ids::UserId;
use sessions::{AccountSession, SignInAttempt, Store};

pub use self::code_file::CodeFile;
pub use self::front::{CodeFrom, Front};
pub use self::prompt::{ask, ask_hidden, confirm};

/// Tells the time.
pub type Clock = bot::listen::Clock;

/// Who is signed in now.
pub struct SignedIn {
    /// Their id.
    pub user: UserId,
    /// Their display name.
    pub name: String,
}

/// What an account is signed in with.
pub struct Wanted {
    /// The application, and where Telegram is.
    pub credentials: Credentials,
    /// By code or by QR code.
    pub way: Way,
}

/// The session of an account, ready to connect: where another Telegram is configured, every data centre is that one.
///
/// # Errors
/// A session that can't be read, or is encrypted with another key.
pub fn session(
    store: &Store,
    name: &str,
    key: Option<&sessions::SessionKey>,
    address: Option<&Address>,
) -> anyhow::Result<Arc<AccountSession>> {
    let session = store.account_with(name, key)?;
    if let Some(Address { socket: std::net::SocketAddr::V4(socket), .. }) = address {
        session.data_centers_at(*socket, None)?;
    }
    Ok(Arc::new(session))
}

/// Goes through all steps with whoever answers them.
///
/// # Errors
/// The outer one: nobody answers. The inner one: Telegram does not let the account in, or it took too long.
pub async fn sign_in(
    wanted: Wanted,
    (store, session): (&Store, Arc<AccountSession>),
    front: &mut Front,
    clock: Clock,
) -> anyhow::Result<Result<SignedIn, SignInError>> {
    let name = session.name().to_owned();
    let last = store.last_sign_in(&name)?;
    let last = last.map(|last| Attempt { at: last.at, not_before: last.not_before });
    let kept = store.clone();
    let note = move |Attempt { at, not_before }: Attempt| {
        let noted = kept.note_sign_in(&name, SignInAttempt { at, not_before });
        noted.map_err(|error| error.to_string())
    };
    let mut flow = Flow::new((wanted.credentials, session), wanted.way, (last, Box::new(note)), clock());
    let within = until(flow.ends(), clock());
    let ended = tokio::time::timeout(within, steps(&mut flow, front, &clock)).await;
    flow.close().await;
    ended.unwrap_or(Ok(Err(SignInError::TimedOut)))
}

async fn steps(
    flow: &mut Flow<AccountSession>,
    front: &mut Front,
    clock: &Clock,
) -> anyhow::Result<Result<SignedIn, SignInError>> {
    let mut given = Given::Nothing;
    loop {
        let step = flow.give(given, clock()).await;
        given = match step {
            Step::AskPhone { again } => Given::Phone(front.phone(again.as_ref()).await?),
            Step::AskCode { sent, again } => match front.code(sent, again).await? {
                Ok(code) => Given::Code(code),
                Err(why) => return Ok(Err(why)),
            },
            Step::AskPassword { hint, again } => {
                Given::Password(front.password(hint.as_deref(), again.as_ref()).await?)
            }
            Step::ShowQr { link, until: end } => {
                front.show_qr(&link, end).context("the QR code can't be shown")?;
                flow.wait_for_scan(until(end, clock())).await;
                Given::Nothing
            }
            Step::Wait { until: end } => {
                front.wait(end, clock).await;
                Given::Nothing
            }
            Step::SignedIn { user, name } => return Ok(Ok(SignedIn { user, name })),
            Step::Failed(why) => return Ok(Err(why)),
        };
    }
}

#[cfg(test)]
mod tests;
