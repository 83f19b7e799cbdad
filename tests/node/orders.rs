//! `mesh post`, `mesh dm`, `mesh tap`: what an account says at the shell's word, and what nobody takes for its person's.

use sandbox::world::{BotUpdateKind, Button, Draft, Keyboard, SeenMessage, TapAnswer};

use super::harness::{Bench, Ear};
use super::matrix::SECRET;

const TASK: &str = "rotate the hooks token";

fn said_by(bench: &Bench, name: &str) -> Vec<SeenMessage> {
    bench.chat().into_iter().filter(|message| message.name == name).collect()
}

/// Ely's account is the ear of the mesh, and speaks at the shell's word.
fn relaying(bench: &Bench) {
    let person = format!("person = {}", bench.user("Ely").0);
    bench.set(&person, &format!("{person}\nrelay = true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dedicated_account_says_each_thing_once() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let (code, text) = bench.run(&["post", "`main` is frozen", "--key", "k1"]).await;
    assert!(code == Some(0) && text.starts_with("Said. Message "), "{text}");
    let id = text.trim_start_matches("Said. Message ").trim_end_matches('.').to_owned();
    let (_, again) = bench.run(&["post", "`main` is frozen", "--key", "k1"]).await;
    assert_eq!(again, text, "the same key is the same order");
    let (code, other) = bench.run(&["post", "thawed", "--key", "k1"]).await;
    assert!(code == Some(1) && other.contains("this key was used for another"), "{other}");
    let (code, json) = bench.run(&["post", "a word on that", "--reply-to", &id, "--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert!(code == Some(0) && told["message"].is_i64(), "{json}");

    let said = said_by(&bench, "Mesh Bridge");
    assert_eq!(
        said.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(),
        ["`main` is frozen", "a word on that"]
    );
    assert_eq!(said[1].reply_to, Some(said[0].key));
    for (who, text) in
        [("Alex", "by name"), ("@alex_ops", "by username"), (&bench.user("Alex").0.to_string(), "by id")]
    {
        let (code, told) = bench.run(&["dm", who, text]).await;
        assert_eq!(code, Some(0), "{told}");
    }
    let private: Vec<_> = bench.private("Alex", "Mesh Bridge").into_iter().map(|m| m.text).collect();
    assert_eq!(private, ["by name", "by username", "by id"]);
    let (code, told) = bench.run(&["dm", "@nobody_at_all", "hello"]).await;
    assert!(code == Some(1) && told.contains("nobody on Telegram is called @nobody_at_all"), "{told}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_count_or_leak_is_not_said() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    for (text, why) in [
        ("🔒 EXCLUSIVE CLAIM: alpha", "those words do something"),
        ("Oracle stand down", "those words do something"),
        ("/mesh claims", "those words do something"),
        ("  ", "a message needs words"),
        (SECRET, "there is a secret in it"),
    ] {
        let (code, told) = bench.run(&["post", text]).await;
        assert!(code == Some(1) && told.contains(why), "{text}: {code:?} {told}");
    }
    let (code, told) = bench.run(&["post", "-4000000001", "hello"]).await;
    assert!(code == Some(64) && told.contains("mesh dm WHO TEXT"), "{told}");
    assert!(said_by(&bench, "Mesh Bridge").is_empty());
    node.stop().await;
    bench.set("term = 1", "term = 1\nmode = \"observe\"");
    let node = bench.start().await;
    let (code, told) = bench.run(&["post", "hello"]).await;
    assert!(code == Some(1) && told.contains("this mesh only watches"), "{told}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_is_pressed_and_its_answer_shown() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let keyboard = Some(Keyboard { rows: vec![vec![Button::callback("Approve ✅", "yes")]] });
    let oracle = bench.user("Oracle");
    bench
        .world()
        .post(oracle, bench.group, Draft { keyboard, ..Draft::text("Shall I?") })
        .expect("a message");
    let answering = async {
        let mut bell = bench.world().subscribe(oracle).expect("its mailbox");
        loop {
            for update in bench.world().bot_updates(oracle, 0, 100) {
                if let BotUpdateKind::CallbackQuery(query) = update.kind {
                    let answer = TapAnswer { text: Some("Approved.".into()), ..TapAnswer::default() };
                    return bench.world().answer_tap(oracle, query.id, answer).expect("a query");
                }
            }
            bell.changed().await.expect("the world goes on");
        }
    };
    let (pressed, ()) = tokio::join!(bench.run(&["tap", "last", "Approve"]), answering);
    assert_eq!(pressed, (Some(0), "Approved.".to_owned()));
    let (code, told) = bench.run(&["tap", "last", "Nothing"]).await;
    assert!(code == Some(1) && told.contains("no message there has a button \"Nothing\""), "{told}");
    node.stop().await;
}

/// Somebody's own account says nothing at the shell's word, unless its person wrote that it may.
#[tokio::test(flavor = "multi_thread")]
async fn a_personal_account_speaks_only_where_its_person_said_so() {
    let bench = Bench::new(Ear::Personal).await;
    let node = bench.start().await;
    for words in [&["post", "hello"][..], &["post", "hello", "--account", "ear"], &["dm", "Alex", "hello"]] {
        let (code, told) = bench.run(words).await;
        assert!(code == Some(1) && told.contains("relay = true"), "{told}");
    }
    node.stop().await;
    assert!(said_by(&bench, "Ely").is_empty() && bench.private("Alex", "Ely").is_empty());
    relaying(&bench);
    let node = bench.start().await;
    let (code, told) = bench.run(&["post", "hello"]).await;
    assert_eq!(code, Some(0), "{told}");
    node.stop().await;
    assert_eq!(said_by(&bench, "Ely").len(), 1);
}

/// "Sandman takes …" is an Exec's word when Ely types it, and nobody's when a script has his account say it: not by the
/// ear that said it, not by another's, not after a crash.
#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_word_is_never_an_execs() {
    const WORD: &str = "Sandman takes rotate the hooks token";
    for other_ear in [false, true] {
        let bench = Bench::new(if other_ear { Ear::Dedicated } else { Ear::Personal }).await;
        if other_ear {
            let more = format!("person = {}\nrelay = true", bench.user("Ely").0);
            bench.add_account("ely", "Ely", "personal", &more);
        } else {
            relaying(&bench);
        }
        let account = if other_ear { "ely" } else { "ear" };
        let mut node = bench.start_failing_at("learnt:speak").await;
        bench.say("Alex", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
        bench.until_reaction("Alex", "👌").await;
        bench.open_gate();
        let words = ["post", WORD, "--account", account, "--key", "one"];
        let killed = async {
            node.says("fail point learnt:speak reached").await;
            node.kill().await;
        };
        tokio::join!(bench.run(&words), killed);
        let node = bench.start().await;
        let (code, told) = bench.run(&words).await;
        assert_eq!(code, Some(0), "{told}");
        let (code, told) = bench.run(&["post", "hello", "--account", account]).await;
        assert_eq!(code, Some(0), "{told}");
        bench.say("Alex", "EXCLUSIVE CLAIM: another one");
        bench.until_reaction("Alex", "👌").await;
        let state = bench.state().await;
        assert_eq!(state["claims"][0]["owner"], "Alex", "{state}");
        assert_eq!(said_by(&bench, "Ely").len(), 2, "said once each");

        // The very same words, typed by Ely himself.
        bench.say("Ely", WORD);
        bench
            .until("Ely's own word", |bench| {
                bench.chat().iter().any(|m| m.name == "Mesh" && m.text.contains("— Sandman"))
            })
            .await;
        node.stop().await;
    }
}
