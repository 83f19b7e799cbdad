//! A look at a Telegram from outside, and at a session: what `mesh doctor` asks. Nothing is changed by it.

use std::sync::Arc;
use std::time::Duration;

use commands::ids::{ChatId, UserId};
use grammers_session::Session;
use grammers_session::storages::MemorySession;
use grammers_tl_types::enums::{self, InputUser, User};
use grammers_tl_types::functions;
use jiff::Timestamp;

use super::call::{CallError, Caller};
use super::connection::Line;
use super::datacenter::Pinned;
use super::history;
use super::peers::{chat_id, display_name};
use super::sign_in::Credentials;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(15);

/// What a stranger learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// What time it is there, to the second.
    pub server_time: Timestamp,
    /// What time it was here then.
    pub local_time: Timestamp,
    /// Whether it accepts the application's id and hash.
    pub application: Result<(), CallError>,
}

/// Whose a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: UserId,
    /// The display name.
    pub name: String,
    /// Its phone number, as Telegram writes it: digits only.
    pub phone: Option<String>,
    /// Whether the group is among the account's newest chats.
    pub in_group: bool,
}

/// Connects as a stranger, with a key made for this and forgotten after it.
///
/// # Errors
/// Telegram can't be reached, or refuses the application's id at once.
pub async fn probe(credentials: &Credentials) -> Result<Probed, CallError> {
    let session = Pinned::new(Arc::new(MemorySession::default()), credentials.address.clone());
    session.ensure_key().await.map_err(|error| CallError::NoAnswer(error.to_string()))?;
    let line = Line::open(&session, credentials.api_id);
    let caller = Caller::new(line.client.clone());
    let probed = look(&caller, credentials).await;
    line.close().await;
    probed
}

async fn look(caller: &Caller, credentials: &Credentials) -> Result<Probed, CallError> {
    let began = Timestamp::now();
    let enums::Config::Config(config) = caller.call_within(ANSWER, &functions::help::GetConfig {}).await?;
    let server_time = Timestamp::from_second(config.date.into()).unwrap_or(Timestamp::UNIX_EPOCH);
    let waited = Timestamp::now().duration_since(began);
    let local_time = began.saturating_add(waited / 2).unwrap_or(began);
    // A token for a QR code that nobody is shown: the one request that takes both and sends no code to anybody.
    let request = functions::auth::ExportLoginToken {
        api_id: credentials.api_id,
        api_hash: credentials.api_hash.clone(),
        except_ids: Vec::new(),
    };
    let application = caller.call_within(ANSWER, &request).await.map(drop);
    Ok(Probed { server_time, local_time, application })
}

/// Asks Telegram whose a session is.
///
/// # Errors
/// The session is signed out or revoked; Telegram can't be reached.
pub async fn whose<S>(credentials: &Credentials, session: Arc<S>, group: ChatId) -> Result<Owner, CallError>
where
    S: Session,
    S::Error: std::error::Error + Send + Sync + 'static,
{
    let session = Pinned::new(session, credentials.address.clone());
    let line = Line::open(&session, credentials.api_id);
    let caller = Caller::new(line.client.clone());
    let owner = owner(&caller, group).await;
    line.close().await;
    owner
}

async fn owner(caller: &Caller, group: ChatId) -> Result<Owner, CallError> {
    let request = functions::users::GetUsers { id: vec![InputUser::UserSelf] };
    let Some(User::User(user)) = caller.call_within(ANSWER, &request).await?.into_iter().next() else {
        return Err(CallError::SignedOut("AUTH_KEY_UNREGISTERED".to_owned()));
    };
    let chats = history::newest_chats(caller).await?;
    let in_group = chats.dialogs.iter().any(|dialog| chat_id(&dialog.peer) == group);
    Ok(Owner { user: UserId(user.id), name: display_name(&user), phone: user.phone, in_group })
}
