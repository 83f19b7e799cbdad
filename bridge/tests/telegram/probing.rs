//! What a look from outside tells, and that it changes nothing.

use bridge::telegram::{CallError, Kind, probe, whose};
use commands::ids::{ChatId, UserId};

use crate::stage::Stage;

#[tokio::test]
async fn a_stranger_learns_the_time_and_whether_the_application_is_known() {
    let stage = Stage::open().await;
    let probed = probe(&stage.credentials()).await.unwrap();
    let skew = probed.local_time.duration_since(probed.server_time);
    assert!(skew.abs() < jiff::SignedDuration::from_secs(30), "the same machine's clock: {skew}");
    assert_eq!(probed.application, Ok(()));
    let mut credentials = stage.credentials();
    credentials.api_hash = String::new();
    let probed = probe(&credentials).await.unwrap();
    assert_eq!(probed.application, Err(CallError::BadCredentials("API_ID_INVALID".into())));
}

#[tokio::test]
async fn a_server_that_is_not_there_or_another_is_told() {
    let mut credentials = Stage::open().await.credentials();
    let other = Stage::open().await;
    let address = credentials.address.as_mut().unwrap();
    address.rsa_key_pem = sandbox::mtproto::RsaKey::generate().unwrap().public_pem().to_owned();
    address.socket = other.address.socket;
    let error = probe(&credentials).await.unwrap_err();
    assert!(error.to_string().contains("RSA key"), "{error}");
    credentials.address.as_mut().unwrap().socket = "127.0.0.1:9".parse().unwrap();
    let error = probe(&credentials).await.unwrap_err();
    assert!(matches!(error, CallError::NoAnswer(_)), "{error}");
}

#[tokio::test]
async fn a_session_is_asked_whose_it_is_and_hears_the_same_afterwards() {
    let stage = Stage::open().await;
    let session = stage.session_of(stage.bridge()).await;
    stage.listen(Kind::Dedicated, &session).await.stop().await;
    stage.say("ely_exec", "said while nobody listened");
    let owner = whose(&stage.credentials(), session.clone(), stage.chat()).await.unwrap();
    assert_eq!((owner.user, owner.name.as_str()), (UserId(stage.bridge().0), "Mesh Bridge"));
    assert!(owner.in_group);
    assert!(!whose(&stage.credentials(), session.clone(), ChatId(-555)).await.unwrap().in_group);
    let mut ear = stage.listen(Kind::Dedicated, &session).await;
    assert_eq!(ear.hear_texts(1).await, ["said while nobody listened"]);
    ear.stop().await;

    stage.sessions.revoke(stage.bridge());
    let error = whose(&stage.credentials(), session, stage.chat()).await.unwrap_err();
    assert_eq!(error, CallError::SignedOut("SESSION_REVOKED".into()));
}
