//! The whole of signing in, step by step, with time from outside.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridge::telegram::{Attempt, Flow, Given, LoggedOut, Sent, SignIn, SignInError, Step, Way};
use grammers_mtsender::SenderPool;
use grammers_session::Session as _;
use grammers_session::types::PeerId;
use grammers_tl_types::functions;
use jiff::{SignedDuration, Timestamp};
use sandbox::world::{Fault, UserId};

use crate::session::Memory;
use crate::stage::{API_ID, PATIENCE, Stage};

const ELY: &str = "+15550100001";

/// An attempt on a stage, what it notes, and a clock that stands still.
struct Play {
    flow: Flow<Memory>,
    session: Arc<Memory>,
    noted: Arc<Mutex<Vec<Attempt>>>,
    now: Timestamp,
}

fn start() -> Timestamp {
    Timestamp::from_second(1_770_000_000).unwrap()
}

impl Play {
    fn new(stage: &Stage, way: Way, last: Option<Attempt>) -> Self {
        let (session, noted) = (Arc::new(Memory::default()), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&noted);
        let note = Box::new(move |attempt| {
            kept.lock().unwrap().push(attempt);
            Ok(())
        });
        let flow = Flow::new((stage.credentials(), Arc::clone(&session)), way, (last, note), start());
        Self { flow, session, noted, now: start() }
    }

    fn by_code(stage: &Stage, phone: &str) -> Self {
        Self::new(stage, Way::Code { phone: Some(phone.to_owned()) }, None)
    }

    async fn give(&mut self, given: Given) -> Step {
        self.flow.give(given, self.now).await
    }

    async fn go(&mut self) -> Step {
        self.give(Given::Nothing).await
    }

    async fn code(&mut self, code: &str) -> Step {
        self.give(Given::Code(code.to_owned())).await
    }

    async fn password(&mut self, password: &str) -> Step {
        self.give(Given::Password(password.to_owned())).await
    }

    fn notes(&self) -> Vec<Attempt> {
        self.noted.lock().unwrap().clone()
    }
}

fn ask_code() -> Step {
    Step::AskCode { sent: Sent::App, again: None }
}

fn ely() -> Step {
    Step::SignedIn { user: commands::ids::UserId(7_000_001_001), name: "Ely".into() }
}

fn refuse(stage: &Stage, method: &str, code: i32, error: &str) {
    let (method, error) = (method.to_owned(), error.to_owned());
    assert!(stage.world.faults().add(Fault::Refuse { method, code, error, times: 1 }));
}

#[tokio::test]
async fn a_number_a_wrong_code_and_the_right_one() {
    let stage = Stage::open().await;
    let mut play = Play::new(&stage, Way::Code { phone: None }, None);
    assert_eq!(play.go().await, Step::AskPhone { again: None });
    assert_eq!(play.notes(), [], "nothing was asked of Telegram yet");
    let again = Some(SignInError::BadPhone);
    // The number before was none at all; the next attempt has to wait like any other.
    assert_eq!(play.give(Given::Phone("+15550109999".into())).await, Step::AskPhone { again });
    let until = start() + SignedDuration::from_secs(30);
    assert_eq!(play.give(Given::Phone(ELY.into())).await, Step::Wait { until });
    assert_eq!(play.go().await, Step::Wait { until });
    play.now = until;
    assert_eq!(play.go().await, ask_code());
    let again = Some(SignInError::WrongCode);
    assert_eq!(play.code("55555").await, Step::AskCode { sent: Sent::App, again });
    assert_eq!(play.code(" 10001 ").await, ely());
    assert!(matches!(play.code("10001").await, Step::Failed(SignInError::NotDue)));
    assert_eq!(play.notes().iter().map(|note| note.at).collect::<Vec<_>>(), [start(), until]);
    play.flow.close().await;
}

#[tokio::test]
async fn three_wrong_codes_end_it() {
    let stage = Stage::open().await;
    let mut play = Play::by_code(&stage, ELY);
    assert_eq!(play.go().await, ask_code());
    for _ in 0..2 {
        assert!(matches!(play.code("55555").await, Step::AskCode { again: Some(_), .. }));
    }
    assert_eq!(play.code("55555").await, Step::Failed(SignInError::TooManyMisses(3)));
}

#[tokio::test]
async fn a_password_wrong_and_right() {
    let stage = Stage::open().await;
    stage.world.set_password(stage.user("ely_exec"), Some("open sesame"));
    let mut play = Play::by_code(&stage, ELY);
    play.go().await;
    assert_eq!(play.code("10001").await, Step::AskPassword { hint: None, again: None });
    let again = Some(SignInError::WrongPassword);
    assert_eq!(play.password("open barley").await, Step::AskPassword { hint: None, again });
    assert_eq!(play.password("open sesame").await, ely());
}

#[tokio::test]
async fn each_refusal_ends_with_its_sentence() {
    let stage = Stage::open().await;
    for (method, error, part) in [
        ("auth.sendCode", "PHONE_NUMBER_BANNED", "has banned this number"),
        ("auth.sendCode", "PHONE_NUMBER_UNOCCUPIED", "no account with this number"),
        ("auth.sendCode", "API_ID_INVALID", "my.telegram.org"),
        ("auth.sendCode", "API_ID_PUBLISHED_FLOOD", "my.telegram.org"),
        ("auth.sendCode", "PHONE_NUMBER_FLOOD", "wait 86400 s"),
    ] {
        refuse(&stage, method, 400, error);
        let Step::Failed(why) = Play::by_code(&stage, ELY).go().await else {
            panic!("{error} let somebody in")
        };
        assert!(why.to_string().contains(part), "{error}: {why}");
    }
    let mut expired = Play::by_code(&stage, ELY);
    expired.go().await;
    refuse(&stage, "auth.signIn", 400, "PHONE_CODE_EXPIRED");
    assert_eq!(expired.code("10001").await, Step::Failed(SignInError::ExpiredCode));
    let mut nobody = Play::by_code(&stage, "+9996655534");
    assert_eq!(nobody.go().await, ask_code());
    assert_eq!(nobody.code("55555").await, Step::Failed(SignInError::SignUpRequired));
}

#[tokio::test]
async fn a_flood_wait_is_noted_and_kept() {
    let stage = Stage::open().await;
    let flood = |seconds| Fault::FloodWait { method: "auth.sendCode".into(), seconds, times: 1 };
    stage.world.faults().add(flood(90));
    let mut play = Play::by_code(&stage, ELY);
    assert_eq!(play.go().await, Step::Failed(SignInError::FloodWait(Duration::from_secs(90))));
    let last = play.notes().pop();
    let until = start() + SignedDuration::from_secs(90);
    assert_eq!(last, Some(Attempt { at: start(), not_before: Some(until) }));
    let mut next = Play::new(&stage, Way::Code { phone: Some(ELY.into()) }, last);
    assert_eq!(next.go().await, Step::Wait { until });
    next.now = until;
    assert_eq!(next.go().await, ask_code());
    // What would take longer than an attempt may is said at once.
    let until = start() + SignedDuration::from_hours(2);
    let last = Some(Attempt { at: start(), not_before: Some(until) });
    let mut long = Play::new(&stage, Way::Code { phone: Some(ELY.into()) }, last);
    assert_eq!(long.go().await, Step::Failed(SignInError::TooSoon(until)));
}

#[tokio::test]
async fn ten_minutes_and_it_is_over() {
    let stage = Stage::open().await;
    let mut play = Play::by_code(&stage, ELY);
    assert_eq!(play.go().await, ask_code());
    play.now = start() + SignedDuration::from_mins(10);
    assert_eq!(play.code("10001").await, Step::Failed(SignInError::TimedOut));
    let (_, step) = SignIn::begin(stage.credentials(), play.session, ELY).await.unwrap();
    assert_eq!(step, ask_code(), "nobody was signed in");
}

#[tokio::test]
async fn a_number_of_another_data_centre_is_asked_for_there() {
    let stage = Stage::open().await;
    refuse(&stage, "auth.sendCode", 303, "PHONE_MIGRATE_4");
    let mut play = Play::by_code(&stage, ELY);
    assert_eq!(play.go().await, ask_code());
    assert_eq!(play.code("10001").await, ely());
    assert_eq!(play.session.home_dc_id().unwrap(), 4);
    assert!(play.session.dc_option(4).unwrap().unwrap().auth_key.is_some());
}

/// Somebody scans a QR code with the phone of that account.
async fn scan(stage: &Stage, account: UserId, link: &str) {
    let session = stage.session_of(account).await;
    let pool = SenderPool::new(Arc::clone(&session), API_ID);
    let runner = tokio::spawn(pool.runner.run());
    let token = URL_SAFE_NO_PAD.decode(link.strip_prefix("tg://login?token=").unwrap()).unwrap();
    let home = session.home_dc_id().unwrap();
    pool.handle.thin.invoke_in_dc(home, &functions::auth::AcceptLoginToken { token }).await.unwrap();
    pool.handle.thin.quit();
    runner.await.unwrap();
}

/// Shows a code, renewed once, and has it scanned.
async fn scanned(stage: &Stage, play: &mut Play) -> Step {
    let Step::ShowQr { link: first, .. } = play.go().await else { panic!("no code") };
    let Step::ShowQr { link, until } = play.go().await else { panic!("no second code") };
    assert_ne!(first, link, "an old code is not shown again");
    assert!(until > Timestamp::from_second(stage.world.now()).unwrap());
    scan(stage, stage.user("ely_exec"), &link).await;
    assert!(play.flow.wait_for_scan(PATIENCE).await, "the scan was not heard of");
    play.go().await
}

#[tokio::test]
async fn a_qr_code_is_renewed_and_scanned() {
    let stage = Stage::open().await;
    let mut play = Play::new(&stage, Way::Qr, None);
    assert_eq!(scanned(&stage, &mut play).await, ely());
    assert_eq!(play.notes().len(), 1, "a renewed code is the same attempt");
}

#[tokio::test]
async fn a_qr_code_of_another_data_centre_and_a_password() {
    let stage = Stage::open().await;
    let mut play = Play::new(&stage, Way::Qr, None);
    stage.world.faults().add(Fault::MoveQr { dc: 4, times: 1 });
    assert_eq!(scanned(&stage, &mut play).await, ely());
    assert_eq!(play.session.home_dc_id().unwrap(), 4);
    let stage = Stage::open().await;
    let mut play = Play::new(&stage, Way::Qr, None);
    let Step::ShowQr { link, .. } = play.go().await else { panic!("no code") };
    scan(&stage, stage.user("ely_exec"), &link).await;
    stage.world.set_password(stage.user("ely_exec"), Some("open sesame"));
    assert_eq!(play.go().await, Step::AskPassword { hint: None, again: None });
    assert_eq!(play.password("open sesame").await, ely());
}

#[tokio::test]
async fn who_is_signed_in_is_asked_nothing_whatever_the_pace() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.user("ely_exec")).await;
    let last = Some(Attempt { at: start(), not_before: None });
    let note = Box::new(|_| Err("not to be noted".to_owned()));
    let at = (stage.credentials(), session);
    let mut flow = Flow::new(at, Way::Code { phone: None }, (last, note), start());
    assert_eq!(flow.give(Given::Nothing, start()).await, ely());
}

#[tokio::test]
async fn a_session_that_comes_along_is_looked_at_and_one_can_be_ended() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.user("ely_exec")).await;
    let resumed = SignIn::resume(stage.credentials(), Arc::clone(&session)).await.unwrap();
    assert_eq!(resumed, ely());
    assert!(session.peer(PeerId::self_user()).await.unwrap().is_some());
    let out = || SignIn::log_out(stage.credentials(), Arc::clone(&session));
    assert_eq!(out().await.unwrap(), LoggedOut::Now);
    assert_eq!(out().await.unwrap(), LoggedOut::Before);
    let error = SignIn::resume(stage.credentials(), Arc::clone(&session)).await.unwrap_err();
    assert!(matches!(error, SignInError::Ended(_)), "{error}");
}
