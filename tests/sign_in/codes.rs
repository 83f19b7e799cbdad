//! Every way in.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::json;

use super::login::{Asking, WITHIN, bench, code, hears_a_claim, session, signed_in, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_then_the_right_one_and_the_node_hears() {
    let bench = bench().await;
    let mut login = Asking::start(&bench, &["login"]);
    login.says("Telegram sent a code in the Telegram app of this account").await;
    login.says("Code: ").await;
    login.answer("99999").await;
    login.says("That is not the code.").await;
    login.says("Code: ").await;
    login.answer(&code(&bench)).await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains(&format!("Account ear: signed in as Mesh Bridge ({})", user(&bench))), "{said}");
    hears_a_claim(&bench).await;
    let (ended, said) = bench.run(&["login"]).await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("was signed in already, as Mesh Bridge"), "{said}");
}

/// Waits until something is so of the files.
async fn until(what: &str, happened: impl Fn() -> bool) {
    let looking = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        while !happened() {
            look.tick().await;
        }
    };
    assert!(tokio::time::timeout(WITHIN, looking).await.is_ok(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_a_file() {
    let bench = bench().await;
    let path = bench.path("code");
    let mut login = Asking::start(&bench, &["login", "--code-file", path.to_str().expect("a path")]);
    login.says("it is read once and deleted").await;
    let mode = std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    std::fs::write(&path, format!("{}\n", code(&bench))).expect("the code");
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(!path.exists());
    hears_a_claim(&bench).await;

    std::fs::write(&path, "10001").expect("an old code");
    let (ended, said) = bench.run(&["login", "--code-file", path.to_str().expect("a path")]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("a code in it would be an old one"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_file_that_is_given_up_leaves_nothing() {
    let bench = bench().await;
    let path = bench.path("code");
    let mut login = Asking::start(&bench, &["login", "--code-file", path.to_str().expect("a path")]);
    login.says("it is read once and deleted").await;
    let killed = std::process::Command::new("kill").args(["-INT", &login.pid().to_string()]).status();
    assert!(killed.expect("kill").success());
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(130), "{said}");
    assert!(said.contains("given up"), "{said}");
    until("the file is gone", || !path.exists()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_wrong_and_right() {
    let bench = bench().await;
    bench.world().set_password(bench.user("Mesh Bridge"), Some("open sesame"));
    let mut login = Asking::start(&bench, &["login"]);
    login.says("Code: ").await;
    login.answer(&code(&bench)).await;
    login.says("two-step verification): ").await;
    login.answer("open barley").await;
    login.says("That is not the password").await;
    login.says("two-step verification): ").await;
    login.answer("open sesame").await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(!said.contains("sesame"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_that_a_phone_scans() {
    let bench = bench().await;
    let mut login = Asking::start(&bench, &["login", "--qr"]);
    login.says("As a link: ").await;
    let link = login.says("\n").await.trim().to_owned();
    let scan = json!({ "as": "Mesh Bridge", "link": link }).to_string();
    let control = bench.sandbox.ready().control;
    let asked = reqwest::Client::new().post(format!("{control}/scan")).body(scan).send().await;
    assert!(asked.expect("an answer").status().is_success());
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("signed in as Mesh Bridge"), "{said}");
    hears_a_claim(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_once_a_key_is_configured() {
    let bench = bench().await;
    signed_in(&bench).await;
    assert_eq!(session(&bench).await["encrypted"], false);
    bench.write("session.key", &"0a".repeat(32));
    bench.set("kind = \"dedicated\"", "kind = \"dedicated\"\nsession_key = { file = \"session.key\" }");
    hears_a_claim(&bench).await;
    let shown = session(&bench).await;
    assert_eq!((&shown["encrypted"], shown["user"].as_i64()), (&json!(true), Some(user(&bench))));

    bench.write("session.key", &"0b".repeat(32));
    for words in [&["run"][..], &["session", "show"], &["login"]] {
        let (ended, said) = bench.run(words).await;
        assert_eq!(ended, Some(78), "{words:?}: {said}");
        assert!(said.contains("[account] session_key"), "{words:?}: {said}");
    }
    bench.set("session_key = { file = \"session.key\" }", "");
    let (ended, said) = bench.run(&["run"]).await;
    assert_eq!(ended, Some(78), "{said}");
    assert!(said.contains("is encrypted and no key is configured"), "{said}");
}
