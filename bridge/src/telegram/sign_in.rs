//! Signing in, as a state machine of data: what is needed next is a value, so that a prompt, a file or a page can
//! give it. What is given is never logged.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use commands::ids::UserId;
use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_session::Session;
use grammers_session::types::{PeerAuth, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_tl_types::enums::{PasswordKdfAlgo, User, auth, updates};
use grammers_tl_types::{RemoteCall, functions, types};

use super::account::Address;
use super::call::{CallError, Caller};
use super::connection::Line;
use super::datacenter::{Pinned, PrepareError};
use super::peers::display_name;

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

/// What is needed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The code that Telegram sent: [`SignIn::code`].
    AskCode,
    /// The password of the account: [`SignIn::password`].
    AskPassword {
        /// What its owner noted to remember it.
        hint: Option<String>,
    },
    /// Done; the session is ready for [`Account::connect`](super::Account::connect).
    SignedIn {
        /// Who.
        user: UserId,
        /// The display name.
        name: String,
    },
}

/// Why a step failed; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Another code was sent.
    #[error("That is not the code. Look again and type it once more.")]
    WrongCode,
    /// The code is too old.
    #[error("The code has expired. Start again to get a new one.")]
    ExpiredCode,
    /// Another password is set.
    #[error("That is not the password. Try again.")]
    WrongPassword,
    /// Telegram wants a pause.
    #[error("Telegram asks to wait {} s before another attempt.", .0.as_secs())]
    FloodWait(Duration),
    /// The number is banned.
    #[error("Telegram has banned this number. Write to recover@telegram.org, or use another account.")]
    Banned,
    /// The number has no account.
    #[error("There is no account with this number. Create one in a Telegram app first.")]
    SignUpRequired,
    /// Not a number.
    #[error("Telegram does not know this phone number. Write it with its country code, as +1 555 0100 001.")]
    BadPhone,
    /// The application is not accepted.
    #[error("Telegram does not accept api_id and api_hash. Get your own at https://my.telegram.org.")]
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
        let session = Pinned::new(session, credentials.address.clone());
        session.ensure_key().await.map_err(unprepared)?;
        let line = Line::open(&session, credentials.api_id);
        let caller = Caller::new(line.client.clone());
        let phone = phone.to_owned();
        let mut this = Self { session, credentials, caller, line, phone, due: Due::Nothing };
        let step = match this.who().await {
            Ok(user) => this.complete(&user).await?,
            Err(CallError::SignedOut(_)) => this.ask_code().await?,
            Err(error) => return Err(error.into()),
        };
        Ok((this, step))
    }

    /// Who is signed in. A key that the server does not know any more is exchanged for a new one.
    async fn who(&mut self) -> Result<types::User, CallError> {
        match self.self_user().await {
            Err(CallError::SignedOut(reason)) if !reason.starts_with("AUTH_KEY") => {
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

    async fn ask_code(&mut self) -> Result<Step, SignInError> {
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
                Ok(Step::AskCode)
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
                self.session.set_home_dc_id(home).await.map_err(|error| unprepared(error.into()))?;
                self.session.ensure_key().await.map_err(unprepared)?;
                self.reconnect();
                self.caller.call(request).await.map_err(refine)
            }
            other => other.map_err(refine),
        }
    }

    /// The code that Telegram sent. After [`SignInError::WrongCode`] it may be given once more.
    pub async fn code(&mut self, code: &str) -> Result<Step, SignInError> {
        let Due::Code { hash } = &self.due else { return Err(SignInError::NotDue) };
        let request = functions::auth::SignIn {
            phone_number: self.phone.clone(),
            phone_code_hash: hash.clone(),
            phone_code: Some(code.trim().to_owned()),
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
        Ok(Step::AskPassword { hint })
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

/// The proof of knowing the password (SRP), never the password.
fn prove(
    rules: &types::account::Password,
    password: &str,
) -> Result<types::InputCheckPasswordSrp, SignInError> {
    const ODD: SignInError = SignInError::Unsupported("a password of another kind");
    let Some(PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) = &rules.current_algo
    else {
        return Err(ODD);
    };
    let (Some(their_half), Some(srp_id)) = (rules.srp_b.clone(), rules.srp_id) else { return Err(ODD) };
    if !check_p_and_g(&algo.p, &algo.g) || their_half.len() > 256 {
        return Err(ODD);
    }
    let mut secret = vec![0; 256];
    getrandom::fill(&mut secret).map_err(|_| SignInError::Unsupported("random numbers"))?;
    let (m1, a) =
        calculate_2fa(&algo.salt1, &algo.salt2, &algo.p, &algo.g, their_half, secret, password.as_bytes());
    Ok(types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unprepared(error: PrepareError) -> SignInError {
    SignInError::Unprepared(error.to_string())
}

/// Telegram's word as a sentence with what to do.
fn refine(error: CallError) -> SignInError {
    let word = match &error {
        CallError::Wait(pause) => return SignInError::FloodWait(*pause),
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

    #[test]
    fn the_hash_of_the_application_is_not_shown() {
        let credentials = Credentials { api_id: 1, api_hash: "synthetic".into(), address: None };
        assert!(!format!("{credentials:?}").contains("synthetic"));
    }
}
