//! Sessions come, are shown, and go.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::node::harness::{Bench, Ear};

use super::login::{Asking, bench, hears_a_claim, session, signed_in, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_out_and_comes_in() {
    let bench = bench().await;
    signed_in(&bench).await;
    hears_a_claim(&bench).await;
    let before = session(&bench).await;
    let file = bench.path("bridge.session");
    let file = file.to_str().expect("a path");
    let (ended, said) = bench.run(&["session", "export", "--telethon", file]).await;
    assert_eq!(ended, Some(0), "{said}");
    assert_eq!(std::fs::metadata(file).expect("the file").permissions().mode() & 0o777, 0o600);
    let (ended, said) = bench.run(&["session", "export", "--telethon", file]).await;
    assert_eq!(ended, Some(1), "nothing is written over: {said}");
    let (ended, said) = bench.run(&["session", "import", file, "--yes"]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("is signed in already: `mesh session logout` first"), "{said}");

    let (ended, said) = bench.run(&["session", "logout", "--forget"]).await;
    assert_eq!(ended, Some(0), "{said}");
    assert_eq!(session(&bench).await["user"], Value::Null);
    let (ended, said) = bench.run(&["session", "import", file]).await;
    assert_eq!(ended, Some(64), "{said}");
    assert!(said.contains("stop the program that uses this session"), "{said}");
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: said while the session was away");
    let (ended, said) = bench.run(&["session", "import", file, "--yes"]).await;
    assert_eq!(ended, Some(0), "{said}");
    let after = session(&bench).await;
    for same in ["user", "fingerprint", "data_centre", "pts", "peers"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let node = bench.start().await;
    bench.until_reaction("Alex", "👌").await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_goes_out_and_comes_in_and_shows_itself_nowhere() {
    let bench = bench().await;
    signed_in(&bench).await;
    let (ended, said) = bench.run(&["session", "export", "--string"]).await;
    assert_eq!(ended, Some(0), "{said}");
    let text = said.split("mesh:").next().unwrap_or_default().trim().to_owned();
    assert_eq!(text.len(), 353);
    for words in [&["session", "show"][..], &["session", "list"], &["session", "list", "--json"]] {
        let (ended, said) = bench.run(words).await;
        assert_eq!(ended, Some(0), "{said}");
        assert!(said.contains(&user(&bench).to_string()) && !said.contains(&text[20..60]), "{said}");
    }
    bench.run(&["session", "logout", "--forget"]).await;
    let mut import = Asking::start(&bench, &["session", "import", "-", "--yes"]);
    import.answer(&text).await;
    let (ended, said) = import.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    hears_a_claim(&bench).await;

    bench.run(&["session", "logout", "--forget"]).await;
    let (ended, said) = bench.run(&["session", "import", &text, "--yes"]).await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("among the arguments can be read by others"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_it_at_telegram_and_here() {
    let bench = bench().await;
    signed_in(&bench).await;
    let (_, text) = bench.run(&["session", "export", "--string"]).await;
    let text = text.split("mesh:").next().unwrap_or_default().trim().to_owned();
    let (ended, said) = bench.run(&["session", "logout"]).await;
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("signed out; the session is erased"), "{said}");
    let (ended, said) = bench.run(&["session", "logout"]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("has no session"), "{said}");
    let (ended, said) = bench.run(&["session", "import", &text, "--yes"]).await;
    assert_eq!(ended, Some(1), "the key is good for nothing any more: {said}");
    assert!(said.contains("Telegram does not know this session any more"), "{said}");
    assert_eq!(session(&bench).await["fingerprint"], Value::Null, "nothing of it stays");
}

/// Two accounts, one with a key of its own: looking at them needs no account's name, and touches neither.
#[tokio::test(flavor = "multi_thread")]
async fn looking_at_sessions_changes_none() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.write("session.key", &"0a".repeat(32));
    bench.set("kind = \"dedicated\"", "kind = \"dedicated\"\nsession_key = { file = \"session.key\" }");
    bench.add_account("voice", "Ely", "personal", &format!("person = {}", bench.user("Ely").0));
    bench.start().await.stop().await;
    for words in [&["session", "list", "--json"][..], &["session", "list", "--json", "--account", "ear"]] {
        let (ended, said) = bench.run(words).await;
        assert_eq!(ended, Some(0), "{said}");
        let all: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
        let told = |index: usize, key: &str| all[index][key].clone();
        assert_eq!((told(0, "account"), told(0, "encrypted")), ("ear".into(), true.into()), "{all}");
        assert_eq!((told(1, "account"), told(1, "encrypted")), ("voice".into(), false.into()), "{all}");
        assert_eq!(told(1, "user").as_i64(), Some(bench.user("Ely").0), "{all}");
    }
    for account in ["ear", "voice"] {
        let (ended, said) = bench.run(&["session", "show", "--json", "--account", account]).await;
        assert_eq!(ended, Some(0), "{said}");
        assert!(said.contains("\"fingerprint\":\""), "its own key opens it: {said}");
    }
    hears_a_claim(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_session_is_said() {
    let bench = bench().await;
    bench.write("notes.txt", "not a session");
    let notes = bench.path("notes.txt");
    for (from, part) in [
        (notes.to_str().expect("a path"), "is no Telethon session"),
        ("nowhere.session", "neither a file nor a StringSession"),
    ] {
        let (ended, said) = bench.run(&["session", "import", from, "--yes"]).await;
        assert_eq!(ended, Some(1), "{said}");
        assert!(said.contains(part), "{said}");
    }
}

/// A personal account takes the session of its person only; a dedicated one nobody's who has a role. What was signed in all
/// the same is a fault of the configuration.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_session_is_not_taken() {
    let bench = Bench::new(Ear::Personal).await;
    bench.start().await.stop().await;
    let (_, said) = bench.run(&["session", "export", "--string"]).await;
    let key = said.split("mesh:").next().unwrap_or_default().trim().to_owned();
    let (ely, alex) = (bench.user("Ely").0, bench.user("Alex").0);
    let sound = bench.read("mesh.toml");
    let (elys, alexs) = (format!("person = {ely}"), format!("person = {alex}"));
    let (personal, dedicated) = ("kind = \"personal\"", "kind = \"dedicated\"");
    for (changes, wanted) in [
        (
            vec![(elys.as_str(), alexs.as_str())],
            format!("to be Alex (user {alex})'s, and this is Ely (user {ely})'s"),
        ),
        (
            vec![(elys.as_str(), ""), (personal, dedicated)],
            format!("this account is Ely (user {ely})'s, who has a role"),
        ),
    ] {
        for (from, to) in changes {
            bench.set(from, to);
        }
        let (ended, said) = bench.run(&["run"]).await;
        assert_eq!(ended, Some(78), "{said}");
        assert!(said.contains(&wanted), "{said}");
        bench.run(&["session", "logout", "--forget"]).await;
        let (ended, said) = bench.run(&["session", "import", &key, "--yes"]).await;
        assert_eq!(ended, Some(1), "{said}");
        assert!(said.contains(&format!("this session is Ely's ({ely})")) && said.contains(&wanted), "{said}");
        assert_eq!(session(&bench).await["fingerprint"], Value::Null, "nothing of it stays");
        bench.write("mesh.toml", &sound);
        let (ended, said) = bench.run(&["session", "import", &key, "--yes"]).await;
        assert_eq!(ended, Some(0), "{said}");
    }
}

/// So does signing in.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_wanted_is_signed_out_again() {
    let bench = Bench::new(Ear::Personal).await;
    let (ely, alex) = (bench.user("Ely").0, bench.user("Alex").0);
    bench.set(&format!("person = {ely}"), &format!("person = {alex}"));
    let (ended, said) = bench.run(&["login"]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains(&format!("Ely ({ely}) was signed in, and out again")), "{said}");
    assert_eq!(session(&bench).await["user"], Value::Null);
}

/// An account that the configuration does not have is a slip of the command.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_there_is_no_fault_of_the_configuration() {
    let bench = bench().await;
    for words in [&["session", "show", "--account", "eli"][..], &["login", "--account", "eli"]] {
        let (ended, said) = bench.run(words).await;
        assert_eq!(ended, Some(64), "{said}");
        assert!(said.contains("no account is called `eli`; write --account with one of: ear"), "{said}");
    }
    let (ended, said) = bench.run(&["session", "show"]).await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(said.contains("nobody is signed in"), "{said}");
}
