//! Every way in, as grammers goes it.

use std::time::Duration;

use grammers_client::SignInError;
use grammers_client::tl::{enums, functions as f, types};
use grammers_client::update::Update;

use super::{Grammers, Sandbox, refusal};
use crate::world::{Clock, World};

const NOON: i64 = 1_770_000_000;

#[tokio::test]
async fn a_second_password_is_asked_for_and_checked() {
    let sandbox = Sandbox::start().await;
    let sam = sandbox.user("sam_stranger");
    sandbox.world.set_password(sam.id, Some("open sesame"));
    let person = sam.person().unwrap();
    let grammers = Grammers::connect(&sandbox).await;
    let token = grammers.client.request_login_code(&person.phone, "hash").await.unwrap();
    let half = grammers.client.sign_in(&token, &person.code).await;
    let Err(SignInError::PasswordRequired(ask)) = half else { panic!("no password was asked for") };
    assert!(!grammers.client.is_authorized().await.unwrap(), "the code alone lets nobody in");
    let wrong = grammers.client.check_password(ask, "open barley").await;
    let Err(SignInError::InvalidPassword(ask)) = wrong else { panic!("a wrong password was taken") };
    let user = grammers.client.check_password(ask, "open sesame").await.unwrap();
    assert_eq!(user.username(), Some("sam_stranger"));
    assert!(grammers.client.is_authorized().await.unwrap());
}

fn export() -> f::auth::ExportLoginToken {
    f::auth::ExportLoginToken { api_id: 1, api_hash: "hash".to_owned(), except_ids: vec![] }
}

#[tokio::test]
async fn a_qr_code_that_a_session_accepts_lets_another_in() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let mut second = Grammers::connect(&sandbox).await;
    let enums::auth::LoginToken::Token(shown) = second.client.invoke(&export()).await.unwrap() else {
        panic!("no token")
    };
    second.listen().await;
    let accept = |token: &[u8]| f::auth::AcceptLoginToken { token: token.to_vec() };
    assert_eq!(refusal(ely.client.invoke(&accept(&[1; 32])).await), "400 AUTH_TOKEN_INVALID");
    ely.client.invoke(&accept(&shown.token)).await.unwrap();
    assert_eq!(refusal(ely.client.invoke(&accept(&shown.token)).await), "400 AUTH_TOKEN_ALREADY_ACCEPTED");
    let told = |update| match update {
        Update::Raw(raw) => matches!(raw.raw, enums::Update::LoginToken).then_some(()),
        _ => None,
    };
    second.next(told).await;
    let entered = second.client.invoke(&export()).await.unwrap();
    let enums::auth::LoginToken::Success(entered) = entered else { panic!("{entered:?}") };
    let enums::auth::Authorization::Authorization(entered) = entered.authorization else { panic!("nobody") };
    assert_eq!(entered.user.id(), sandbox.user("ely_exec").id.0);
    assert!(second.client.is_authorized().await.unwrap());
}

#[tokio::test]
async fn codes_and_qr_codes_grow_old() {
    let clock = Clock::manual(NOON);
    let sandbox = Sandbox::start_with(World::mastermind_at(clock.clone())).await;
    let ely = sandbox.sign_in("ely_exec").await;
    let alex = sandbox.user("alex_ops");
    let person = alex.person().unwrap();
    let grammers = Grammers::connect(&sandbox).await;
    let token = grammers.client.request_login_code(&person.phone, "hash").await.unwrap();
    let enums::auth::LoginToken::Token(shown) = grammers.client.invoke(&export()).await.unwrap() else {
        panic!("no token")
    };
    clock.advance(Duration::from_mins(6));
    // grammers tells an old code and a wrong one apart no better than this.
    let late = grammers.client.sign_in(&token, &person.code).await;
    assert!(matches!(late, Err(SignInError::InvalidCode)), "an old code was taken");
    let accept = f::auth::AcceptLoginToken { token: shown.token };
    assert_eq!(refusal(ely.client.invoke(&accept).await), "400 AUTH_TOKEN_EXPIRED");
    let token = grammers.client.request_login_code(&person.phone, "hash").await.unwrap();
    assert!(grammers.client.sign_in(&token, &person.code).await.is_ok());
}

#[tokio::test]
async fn a_test_number_signs_up() {
    let sandbox = Sandbox::start().await;
    let grammers = Grammers::connect(&sandbox).await;
    let phone = "+9996655534";
    let token = grammers.client.request_login_code(phone, "hash").await.unwrap();
    let new = grammers.client.sign_in(&token, "55555").await;
    assert!(matches!(new, Err(SignInError::SignUpRequired)), "nobody has this number");
    let code = f::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: "hash".to_owned(),
        settings: settings(),
    };
    let enums::auth::SentCode::Code(code) = grammers.client.invoke(&code).await.unwrap() else {
        panic!("no code")
    };
    let hash = code.phone_code_hash;
    let up = |first_name: &str| f::auth::SignUp {
        no_joined_notifications: true,
        phone_number: phone.to_owned(),
        phone_code_hash: hash.clone(),
        first_name: first_name.to_owned(),
        last_name: String::new(),
    };
    assert_eq!(refusal(grammers.client.invoke(&up("Dana")).await), "400 PHONE_CODE_EMPTY");
    let shown = f::auth::SignIn {
        phone_number: phone.to_owned(),
        phone_code_hash: hash.clone(),
        phone_code: Some("55555".to_owned()),
        email_verification: None,
    };
    let answer = grammers.client.invoke(&shown).await.unwrap();
    assert!(matches!(answer, enums::auth::Authorization::SignUpRequired(_)));
    assert_eq!(refusal(grammers.client.invoke(&up(" ")).await), "400 FIRSTNAME_INVALID");
    grammers.client.invoke(&up("Dana")).await.unwrap();
    assert!(grammers.client.is_authorized().await.unwrap());
    assert_eq!(sandbox.world.user_by_phone(phone).unwrap().name, "Dana");
}

fn settings() -> enums::CodeSettings {
    types::CodeSettings {
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
    .into()
}
