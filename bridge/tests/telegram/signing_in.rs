//! Signing in: the key exchange with the sandbox's own key, the code, and each refusal's sentence.

use std::sync::Arc;

use bridge::telegram::{Address, PublicKey, SignIn, SignInError, Step, exchange};
use grammers_session::Session;

use sandbox::world::UserId;

use crate::session::Memory;
use crate::stage::Stage;

#[tokio::test]
async fn a_key_is_exchanged_with_the_configured_server_only() {
    let stage = Stage::open().await;
    let key = PublicKey::from_pem(&stage.address.rsa_key_pem).unwrap();
    let first = exchange(stage.address.socket, &key).await.unwrap();
    let second = exchange(stage.address.socket, &key).await.unwrap();
    assert_ne!(first, second);

    let other = sandbox::mtproto::RsaKey::generate().unwrap();
    let other = PublicKey::from_pem(other.public_pem()).unwrap();
    let error = exchange(stage.address.socket, &other).await.unwrap_err();
    assert!(error.to_string().contains("does not have the configured RSA key"), "{error}");
}

#[tokio::test]
async fn ely_signs_in_with_the_code() {
    let stage = Stage::open().await;
    let session = Arc::new(Memory::default());
    let begun = SignIn::begin(stage.credentials(), Arc::clone(&session), "+15550100001").await;
    let (mut sign_in, step) = begun.unwrap();
    assert!(matches!(step, Step::AskCode { .. }));
    let error = sign_in.code("55555").await.unwrap_err();
    assert!(matches!(error, SignInError::WrongCode), "{error}");
    let signed_in = Step::SignedIn { user: commands::ids::UserId(7_000_001_001), name: "Ely".into() };
    assert_eq!(sign_in.code(" 10001 ").await.unwrap(), signed_in);
    assert!(matches!(sign_in.code("10001").await.unwrap_err(), SignInError::NotDue));
    sign_in.close().await;

    let (sign_in, step) = SignIn::begin(stage.credentials(), session, "+15550100001").await.unwrap();
    assert_eq!(step, signed_in, "a second time nothing is asked");
    sign_in.close().await;
}

#[tokio::test]
async fn every_data_centre_is_the_sandbox_afterwards() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    let home = session.dc_option(session.home_dc_id().unwrap()).unwrap().unwrap();
    assert_eq!(home.ipv4.to_string(), stage.address.socket.to_string());
    assert!(home.auth_key.is_some());
}

#[tokio::test]
async fn a_key_that_the_server_forgot_is_made_anew() {
    let forgotten = Stage::open().await.session_of(UserId(7_000_001_001)).await;
    let stage = Stage::open().await;
    let (mut sign_in, step) = SignIn::begin(stage.credentials(), forgotten, "+15550100001").await.unwrap();
    assert!(matches!(step, Step::AskCode { .. }));
    assert!(matches!(sign_in.code("10001").await.unwrap(), Step::SignedIn { .. }));
    sign_in.close().await;
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let stage = Stage::open().await;
    let begin = |credentials, phone: &'static str| async move {
        let session = Arc::new(Memory::default());
        SignIn::begin(credentials, session, phone).await.map(|_| ()).unwrap_err()
    };
    let error = begin(stage.credentials(), "+15550109999").await;
    assert!(matches!(error, SignInError::BadPhone), "{error}");

    let mut credentials = stage.credentials();
    credentials.api_hash = String::new();
    let error = begin(credentials, "+15550100001").await;
    assert!(matches!(error, SignInError::BadApplication), "{error}");

    let mut credentials = stage.credentials();
    credentials.address = Some(Address { rsa_key_pem: "no key".into(), ..stage.address.clone() });
    let error = begin(credentials, "+15550100001").await;
    assert!(error.to_string().contains("PKCS#1"), "{error}");
}
