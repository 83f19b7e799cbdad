//! The token is part of every URL, and must be in no error, state or log.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::stub::Stub;
use super::{GROUP, TOKEN, bot, params};
use crate::listen::{Health, Listening, listen};
use crate::{Bot, Fault, Outcome, Post, Token};

fn assert_clean(texts: &[String]) {
    let secret = TOKEN.split_once(':').unwrap().1;
    for text in texts {
        assert!(!text.contains(secret), "{text}");
    }
}

/// An address where nobody listens.
async fn nobody() -> reqwest::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}").parse().unwrap()
}

fn post() -> Post<'static> {
    Post { chat: GROUP, text: "hello", reply_to: None, buttons: &[], sound: false }
}

#[tokio::test]
async fn a_refused_connection_says_no_token() {
    let bot = bot(Some(nobody().await));
    let fault = bot.identity().await.unwrap_err();
    assert!(matches!(fault, Fault::Unreachable(_)), "{fault:?}");
    assert!(fault.to_string().contains("refused"), "{fault}");
    let outcome = bot.post(&post()).await;
    assert!(matches!(outcome, Outcome::RetryAfter(_)), "{outcome:?}");
    assert_clean(&[fault.to_string(), format!("{fault:?} {outcome:?}")]);
}

#[tokio::test]
async fn a_wrong_token_is_named_without_it() {
    for (code, text) in [(404, "Not Found"), (401, "Unauthorized")] {
        let stub = Stub::start().await;
        stub.refuse("getMe", code, text);
        let fault = bot(Some(stub.url())).identity().await.unwrap_err();
        assert_eq!(fault, Fault::TokenRefused);
        assert_clean(&[fault.to_string(), format!("{fault:?}")]);
    }
}

#[tokio::test]
async fn an_answer_that_echoes_the_token_is_scrubbed() {
    let stub = Stub::start().await;
    stub.refuse("sendMessage", 404, &format!("Not Found: /bot{TOKEN}/x"));
    let outcome = bot(Some(stub.url())).post(&post()).await;
    assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    assert_clean(&[format!("{outcome:?}")]);
}

#[tokio::test]
async fn what_telegram_says_is_not_repeated_without_end() {
    let stub = Stub::start().await;
    stub.refuse("sendMessage", 400, &format!("Bad Request: {}", "x".repeat(5000)));
    let Outcome::Failed(sentence) = bot(Some(stub.url())).post(&post()).await else { panic!("not refused") };
    assert!(sentence.len() < 400, "{sentence}");
}

#[tokio::test]
async fn the_listeners_state_says_no_token() {
    let stop = CancellationToken::new();
    let listening = Listening::from(None, Arc::new(Timestamp::now), stop.clone());
    let bot = bot(Some(nobody().await));
    let (listener, _batches, mut health) = listen(&bot, listening);
    assert_clean(&[format!("{listener:?} {bot:?}")]);
    let task = tokio::spawn(listener.run());
    let retrying = |health: &Health| matches!(health, Health::Retrying { .. });
    let state = health.wait_for(retrying).await.unwrap().clone();
    assert_clean(&[format!("{state:?}"), state.sentence().unwrap()]);
    stop.cancel();
    task.await.unwrap();
}

#[test]
fn nothing_that_holds_the_token_shows_it() {
    let params = params(None);
    assert_clean(&[format!("{params:?}"), format!("{:?}", Token::new(TOKEN))]);
}

#[test]
fn an_address_that_is_none_is_refused() {
    for url in ["mailto:ely@example.com", "ftp://127.0.0.1/"] {
        let url = Some(url.parse().unwrap());
        let fault = Bot::new(params(url)).unwrap_err();
        assert!(matches!(fault, Fault::Address(_)), "{fault:?}");
    }
}
