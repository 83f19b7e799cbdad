//! The whole of signing in: each step is given something and answers with the next. Whoever drives it (a prompt, a
//! file, a page) only looks at steps; time comes from outside.

use std::sync::Arc;
use std::time::Duration;

use grammers_session::Session;
use jiff::{SignedDuration, Timestamp};

use super::pace::{Attempt, WHOLE_WITHIN, later, next_attempt};
use super::{Credentials, Given, Sent, SignIn, SignInError, Step};

/// Wrong codes, or wrong passwords, before it is over.
const MISSES_MOST: u8 = 3;

/// How an account is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a code sent to its phone number; asked for where it is not known.
    Code {
        /// The number.
        phone: Option<String>,
    },
    /// By a QR code.
    Qr,
}

/// Where attempts are kept, so that they outlive the program. It returns before Telegram is asked.
pub type Note = Box<dyn FnMut(Attempt) -> Result<(), String> + Send>;

/// An attempt to sign in, from the first look at the session to its end.
pub struct Flow<S> {
    credentials: Credentials,
    session: Arc<S>,
    way: Way,
    last: Option<Attempt>,
    note: Note,
    began: Timestamp,
    phase: Phase,
    misses: u8,
    attempt: Option<SignIn>,
}

/// What the flow waits for.
enum Phase {
    New,
    Pause(Timestamp),
    Phone,
    Code(Sent),
    Password(Option<String>),
    Scan,
    Over,
}

impl<S> Flow<S>
where
    S: Session,
    S::Error: std::error::Error + Send + Sync + 'static,
{
    /// An attempt that begins `now`; `last` is the one before it. The first step comes of [`Given::Nothing`].
    pub fn new(
        (credentials, session): (Credentials, Arc<S>),
        way: Way,
        (last, note): (Option<Attempt>, Note),
        now: Timestamp,
    ) -> Self {
        let (phase, misses, attempt) = (Phase::New, 0, None);
        Self { credentials, session, way, last, note, began: now, phase, misses, attempt }
    }

    /// When the attempt is over, whatever happens.
    pub fn ends(&self) -> Timestamp {
        later(self.began, WHOLE_WITHIN)
    }

    /// Takes what was asked for, and tells what is needed next.
    pub async fn give(&mut self, given: Given, now: Timestamp) -> Step {
        let outcome =
            if now >= self.ends() { Err(SignInError::TimedOut) } else { self.go_on(given, now).await };
        let step = outcome.unwrap_or_else(|why| self.refused(why, now));
        self.phase = match &step {
            Step::AskPhone { .. } => Phase::Phone,
            Step::AskCode { sent, .. } => Phase::Code(*sent),
            Step::AskPassword { hint, .. } => Phase::Password(hint.clone()),
            Step::ShowQr { .. } => Phase::Scan,
            Step::Wait { until } => Phase::Pause(*until),
            Step::SignedIn { .. } | Step::Failed(_) => Phase::Over,
        };
        step
    }

    /// Waits until a QR code that is shown was scanned, for so long at most; whether it was. Then [`Given::Nothing`] is
    /// due, either way.
    pub async fn wait_for_scan(&mut self, within: Duration) -> bool {
        match &mut self.attempt {
            Some(attempt) => attempt.wait_for_scan(within).await,
            None => false,
        }
    }

    /// Ends the attempt's connection.
    pub async fn close(self) {
        if let Some(attempt) = self.attempt {
            attempt.close().await;
        }
    }

    async fn go_on(&mut self, given: Given, now: Timestamp) -> Result<Step, SignInError> {
        match (&self.phase, given) {
            (Phase::New, Given::Nothing) => {
                let (attempt, known) =
                    SignIn::open(self.credentials.clone(), Arc::clone(&self.session)).await?;
                self.attempt = Some(attempt);
                match known {
                    Some(step) => Ok(step),
                    None => self.paced(now).await,
                }
            }
            (Phase::Pause(until), Given::Nothing) if now < *until => Ok(Step::Wait { until: *until }),
            (Phase::Pause(_), Given::Nothing) => self.paced(now).await,
            (Phase::Phone, Given::Phone(phone)) => {
                self.way = Way::Code { phone: Some(phone) };
                self.paced(now).await
            }
            (Phase::Code(_), Given::Code(code)) => self.attempt()?.code(&code).await,
            (Phase::Password(_), Given::Password(password)) => {
                let step = self.attempt()?.password(&password).await;
                self.misses = if step.is_ok() { 0 } else { self.misses };
                step
            }
            (Phase::Scan, Given::Nothing) => self.attempt()?.qr().await,
            _ => Err(SignInError::NotDue),
        }
    }

    fn attempt(&mut self) -> Result<&mut SignIn, SignInError> {
        self.attempt.as_mut().ok_or(SignInError::NotDue)
    }

    /// Asks Telegram, unless it is too soon or the number is missing.
    async fn paced(&mut self, now: Timestamp) -> Result<Step, SignInError> {
        if matches!(self.way, Way::Code { phone: None }) {
            return Ok(Step::AskPhone { again: None });
        }
        match next_attempt(self.last, now) {
            Some(until) if until >= self.ends() => return Err(SignInError::TooSoon(until)),
            Some(until) => return Ok(Step::Wait { until }),
            None => {}
        }
        self.noted(Attempt { at: now, not_before: None })?;
        match self.way.clone() {
            Way::Code { phone } => self.attempt()?.ask_code(&phone.unwrap_or_default()).await,
            Way::Qr => self.attempt()?.qr().await,
        }
    }

    fn noted(&mut self, attempt: Attempt) -> Result<(), SignInError> {
        self.last = Some(attempt);
        (self.note)(attempt).map_err(SignInError::Unprepared)
    }

    /// What a refusal comes to: the same question again, or the end.
    fn refused(&mut self, why: SignInError, now: Timestamp) -> Step {
        if let SignInError::FloodWait(pause) = &why {
            let pause = SignedDuration::try_from(*pause).unwrap_or(SignedDuration::MAX);
            let not_before = Some(later(now, pause));
            if let Err(unnoted) = self.noted(Attempt { at: now, not_before }) {
                return Step::Failed(unnoted);
            }
        }
        let again = Some(why.clone());
        match (&self.phase, &why) {
            (Phase::Code(_) | Phase::Password(_), SignInError::WrongCode | SignInError::WrongPassword) => {
                self.misses += 1;
                match &self.phase {
                    _ if self.misses >= MISSES_MOST => Step::Failed(SignInError::TooManyMisses(self.misses)),
                    Phase::Code(sent) => Step::AskCode { sent: *sent, again },
                    Phase::Password(hint) => Step::AskPassword { hint: hint.clone(), again },
                    _ => Step::Failed(why),
                }
            }
            (Phase::Phone, SignInError::BadPhone) => Step::AskPhone { again },
            _ => Step::Failed(why),
        }
    }
}
