//! What Telegram refuses, and what to do about it; attempts that come too soon, or together.

use sandbox::world::Fault;

use super::login::{Asking, bench, code, session};
use crate::node::harness::Bench;

fn refuse(bench: &Bench, method: &str, error: &str) {
    let (method, error) = (method.to_owned(), error.to_owned());
    assert!(bench.world().faults().add(Fault::Refuse { method, code: 400, error, times: 1 }));
}

/// A login that Telegram refuses at once; its words.
async fn in_vain(bench: &Bench) -> String {
    let (ended, said) = bench.run(&["login"]).await;
    assert_eq!(ended, Some(1), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_number() {
    let bench = bench().await;
    refuse(&bench, "auth.sendCode", "PHONE_NUMBER_BANNED");
    let said = in_vain(&bench).await;
    assert!(said.contains("Telegram has banned this number. Write to recover@telegram.org"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_none() {
    let bench = bench().await;
    refuse(&bench, "auth.sendCode", "API_ID_INVALID");
    let said = in_vain(&bench).await;
    assert!(said.contains("does not accept this api_id and api_hash"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_expired() {
    let bench = bench().await;
    refuse(&bench, "auth.signIn", "PHONE_CODE_EXPIRED");
    let mut login = Asking::start(&bench, &["login"]);
    login.says("Code: ").await;
    login.answer(&code(&bench)).await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("The code has expired. Start again"), "{said}");
    assert_eq!(session(&bench).await["user"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_without_an_account() {
    let bench = bench().await;
    bench.write("phone", "+9996655534");
    let mut login = Asking::start(&bench, &["login"]);
    login.says("Code: ").await;
    login.answer("55555").await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("There is no account with this number."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_wait_is_said_and_remembered() {
    let bench = bench().await;
    let method = "auth.sendCode".to_owned();
    bench.world().faults().add(Fault::FloodWait { method, seconds: 7_200, times: 1 });
    let said = in_vain(&bench).await;
    assert!(said.contains("Telegram asks to wait 7200 s"), "{said}");
    let said = in_vain(&bench).await;
    assert!(said.contains("Telegram wants no attempt before 20"), "it is not even tried again: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_seconds_lie_between_two_attempts_over_a_restart() {
    let bench = bench().await;
    refuse(&bench, "auth.sendCode", "PHONE_NUMBER_BANNED");
    in_vain(&bench).await;
    let mut second = Asking::start(&bench, &["login"]);
    second.says("At least 30 s lie between two attempts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_and_the_second_is_told_by_whom() {
    let bench = bench().await;
    let mut first = Asking::start(&bench, &["login"]);
    first.says("Code: ").await;
    let said = in_vain(&bench).await;
    assert!(said.contains(&format!("is held by process {} on ", first.pid())), "{said}");
    first.answer(&code(&bench)).await;
    let (ended, said) = first.ends().await;
    assert_eq!(ended, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers() {
    let bench = bench().await;
    let (ended, said) = bench.run(&["login"]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("standard input has ended"), "{said}");
}
