//! Signing in, as a state machine of data: what is needed next is a value, so that a prompt, a file or a page can
//! give it. What is given is never logged.

mod flow;
mod pace;
mod password;
mod qr;
mod refusal;
mod resume;
mod step;

use std::fmt;
use std::sync::Arc;

use commands::ids::UserId;
use grammers_session::Session;
use grammers_session::types::{PeerAuth, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_tl_types::enums::{User, auth, updates};
use grammers_tl_types::{RemoteCall, functions, types};

use super::account::Address;
use super::call::{CallError, Caller};
use super::connection::Line;
use super::datacenter::Pinned;
use super::peers::display_name;
pub use flow::{Flow, Note, Way};
pub use pace::{Attempt, BETWEEN_ATTEMPTS, WHOLE_WITHIN, next_attempt, until};
use password::prove;
pub use refusal::SignInError;
use refusal::{refine, unprepared};
pub use resume::LoggedOut;
pub use step::{Given, Sent, Step};

/// The application and where its Telegram is.
#[derive(Clone)]
pub struct Credentials {
    /// From my.telegram.org.
    pub api_id: i32,
    /// From my.telegram.org.
    pub api_hash: String,
    /// Where Telegram is; none means the real one.
    pub address: Option<Address>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("api_id", &self.api_id).finish_non_exhaustive()
    }
}

/// One attempt to sign in.
pub struct SignIn {
    session: Arc<Pinned>,
    credentials: Credentials,
    caller: Caller,
    line: Line,
    phone: String,
    due: Due,
}

/// Where the attempt stands.
enum Due {
    Code { hash: String },
    Password,
    Scan,
    Nothing,
}

impl SignIn {
    /// Connects and asks Telegram to send a code, unless the session is signed in already.
    pub async fn begin<S>(
        credentials: Credentials,
        session: Arc<S>,
        phone: &str,
    ) -> Result<(Self, Step), SignInError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let (mut this, known) = Self::open(credentials, session).await?;
        let step = match known {
            Some(step) => step,
            None => this.ask_code(phone).await?,
        };
        Ok((this, step))
    }

    /// Connects; the step is there where the session is signed in already.
    pub async fn open<S>(
        credentials: Credentials,
        session: Arc<S>,
    ) -> Result<(Self, Option<Step>), SignInError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let mut this = Self::connect(credentials, session).await?;
        let step = match this.who().await {
            Ok(user) if user.bot => return Err(SignInError::IsBot),
            Ok(user) => Some(this.complete(&user).await?),
            Err(CallError::SignedOut(_)) => None,
            Err(error) => return Err(refine(error)),
        };
        Ok((this, step))
    }

    async fn connect<S>(credentials: Credentials, session: Arc<S>) -> Result<Self, SignInError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let session = Pinned::new(session, credentials.address.clone());
        session.ensure_key().await.map_err(unprepared)?;
        let line = Line::open(&session, credentials.api_id);
        let caller = Caller::new(line.client.clone());
        Ok(Self { session, credentials, caller, line, phone: String::new(), due: Due::Nothing })
    }

    /// Who is signed in. A key that the server does not know any more, or has revoked, is exchanged for a new one.
    async fn who(&mut self) -> Result<types::User, CallError> {
        let is_gone = |error: &CallError| match error {
            CallError::SignedOut(reason) => !reason.starts_with("AUTH_KEY"),
            CallError::Replaced => true,
            _ => false,
        };
        match self.self_user().await {
            Err(error) if is_gone(&error) => {
                self.session.renew_key().await.map_err(|error| CallError::NoAnswer(error.to_string()))?;
                self.reconnect();
                self.self_user().await
            }
            other => other,
        }
    }

    async fn self_user(&self) -> Result<types::User, CallError> {
        let request = functions::users::GetUsers { id: vec![grammers_tl_types::enums::InputUser::UserSelf] };
        match self.caller.call(&request).await?.into_iter().next() {
            Some(User::User(user)) => Ok(user),
            _ => Err(CallError::SignedOut("AUTH_KEY_UNREGISTERED".to_owned())),
        }
    }

    fn reconnect(&mut self) {
        self.line = Line::open(&self.session, self.credentials.api_id);
        self.caller.replace(self.line.client.clone());
    }

    /// Asks Telegram to send a code to a phone number.
    pub async fn ask_code(&mut self, phone: &str) -> Result<Step, SignInError> {
        phone.trim().clone_into(&mut self.phone);
        let request = functions::auth::SendCode {
            phone_number: self.phone.clone(),
            api_id: self.credentials.api_id,
            api_hash: self.credentials.api_hash.clone(),
            settings: types::CodeSettings {
                allow_flashcall: false,
                current_number: false,
                allow_app_hash: false,
                allow_missed_call: false,
                allow_firebase: false,
                unknown_number: false,
                logout_tokens: None,
                token: None,
                app_sandbox: None,
            }
            .into(),
        };
        match self.call_at_home(&request).await? {
            auth::SentCode::Code(sent) => {
                self.due = Due::Code { hash: sent.phone_code_hash };
                Ok(Step::AskCode { sent: Sent::from(&sent.r#type), again: None })
            }
            auth::SentCode::Success(done) => self.take(done.authorization).await,
            auth::SentCode::PaymentRequired(_) => Err(SignInError::Unsupported("a payment")),
        }
    }

    /// A call that Telegram may send to the data centre of the phone number, once.
    async fn call_at_home<R: RemoteCall>(&mut self, request: &R) -> Result<R::Return, SignInError> {
        match self.caller.call(request).await {
            Err(CallError::Refused { name, value: Some(home) }) if name.ends_with("_MIGRATE") => {
                let home = i32::try_from(home).map_err(|_| SignInError::Unsupported("a data centre"))?;
                self.move_to(home).await?;
                self.caller.call(request).await.map_err(refine)
            }
            other => other.map_err(refine),
        }
    }

    /// From now on everything goes to the account's own data centre.
    async fn move_to(&mut self, home: i32) -> Result<(), SignInError> {
        self.session.set_home_dc_id(home).await.map_err(|error| unprepared(error.into()))?;
        self.session.ensure_key().await.map_err(unprepared)?;
        self.reconnect();
        Ok(())
    }

    /// The code that Telegram sent, with or without blanks and dashes. After [`SignInError::WrongCode`] it may be given once more.
    pub async fn code(&mut self, code: &str) -> Result<Step, SignInError> {
        let Due::Code { hash } = &self.due else { return Err(SignInError::NotDue) };
        let request = functions::auth::SignIn {
            phone_number: self.phone.clone(),
            phone_code_hash: hash.clone(),
            phone_code: Some(code.chars().filter(char::is_ascii_alphanumeric).collect()),
            email_verification: None,
        };
        match self.caller.call(&request).await {
            Ok(authorization) => self.take(authorization).await,
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => self.ask_password().await,
            Err(error) => Err(refine(error)),
        }
    }

    async fn ask_password(&mut self) -> Result<Step, SignInError> {
        let hint = self.password_rules().await?.hint;
        self.due = Due::Password;
        Ok(Step::AskPassword { hint, again: None })
    }

    async fn password_rules(&self) -> Result<types::account::Password, SignInError> {
        let grammers_tl_types::enums::account::Password::Password(rules) =
            self.caller.call(&functions::account::GetPassword {}).await.map_err(refine)?;
        Ok(rules)
    }

    /// The account's password. After [`SignInError::WrongPassword`] it may be given once more.
    pub async fn password(&mut self, password: &str) -> Result<Step, SignInError> {
        if !matches!(self.due, Due::Password) {
            return Err(SignInError::NotDue);
        }
        let rules = self.password_rules().await?;
        let password = password.to_owned();
        // Checking the server's prime takes a second or more.
        let proof = tokio::task::spawn_blocking(move || prove(&rules, &password))
            .await
            .unwrap_or(Err(SignInError::Unsupported("a password of another kind")))?;
        let request = functions::auth::CheckPassword { password: proof.into() };
        let authorization = self.caller.call(&request).await.map_err(refine)?;
        self.take(authorization).await
    }

    async fn take(&mut self, authorization: auth::Authorization) -> Result<Step, SignInError> {
        match authorization {
            auth::Authorization::Authorization(given) => match given.user {
                User::User(user) => self.complete(&user).await,
                User::Empty(_) => Err(SignInError::Unsupported("an empty account")),
            },
            auth::Authorization::SignUpRequired(_) => Err(SignInError::SignUpRequired),
        }
    }

    /// Notes in the session who it is and where hearing begins, unless it knows already: after signing in once more
    /// the same account hears what it missed.
    async fn complete(&mut self, user: &types::User) -> Result<Step, SignInError> {
        self.due = Due::Nothing;
        let me = PeerInfo::User {
            id: user.id,
            auth: user.access_hash.map(PeerAuth::from_hash),
            bot: Some(user.bot),
            is_self: Some(true),
        };
        let unstored = |error: super::datacenter::SessionFault| unprepared(error.into());
        let before = self.session.peer(PeerId::self_user()).await.map_err(unstored)?;
        let another = before.is_some_and(|peer| peer.id() != me.id());
        self.session.cache_peer(me).await.map_err(unstored)?;
        if another || self.session.updates_state().await.map_err(unstored)?.pts == 0 {
            let updates::State::State(state) =
                self.caller.call(&functions::updates::GetState {}).await.map_err(refine)?;
            let begin = UpdatesState {
                pts: state.pts,
                qts: state.qts,
                date: state.date,
                seq: state.seq,
                channels: Vec::new(),
            };
            self.session.set_update_state(UpdateState::All(begin)).await.map_err(unstored)?;
        }
        Ok(Step::SignedIn { user: UserId(user.id), name: display_name(user) })
    }

    /// Ends the attempt's connection.
    pub async fn close(self) {
        self.line.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_the_application_is_not_shown() {
        let credentials = Credentials { api_id: 1, api_hash: "synthetic".into(), address: None };
        assert!(!format!("{credentials:?}").contains("synthetic"));
    }
}
