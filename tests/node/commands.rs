//! `/mesh` in a whole node: what survives a crash, what goes to whom, what is held.

use super::harness::{Bench, Ear};
use super::matrix::SECRET;
use sandbox::world::{Rank, SeenMessage};

fn of_mesh(bench: &Bench) -> Vec<SeenMessage> {
    bench.chat().into_iter().filter(|message| message.name == "Mesh" && !message.pinned).collect()
}

async fn until_said(bench: &Bench, text: &str) -> SeenMessage {
    let found = |bench: &Bench| of_mesh(bench).into_iter().find(|message| message.text.contains(text));
    bench.until(&format!("\"{text}\""), |bench| found(bench).is_some()).await;
    found(bench).expect("just seen")
}

/// The node ends in order and is started anew in its own place; the message that said so shows what came of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_acknowledged_and_its_message_shows_the_outcome() {
    let bench = Bench::new(Ear::Dedicated).await;
    let mut node = bench.start().await;
    bench.say("Alex", "/mesh agent n restart");
    node.says("mesh: running").await;
    let done = until_said(&bench, "✅ n restarted ").await;
    assert!(done.edited && done.reply_to.is_some(), "{done:#?}");
    bench.say("Ely", "/mesh claims");
    until_said(&bench, "Nothing is claimed.").await;
    bench.write_to("Alex", "Mesh", "logs n");
    let logged =
        |bench: &Bench| bench.private("Alex", "Mesh").iter().any(|m| m.text.contains("running: mesh"));
    bench.until("a log that begins with the start", logged).await;
    node.stop().await;
    assert_eq!(of_mesh(&bench).len(), 2, "{:#?}", bench.chat());
}

/// Killed when the restart was begun: it is told so, and not begun again.
#[tokio::test(flavor = "multi_thread")]
async fn killed_during_a_restart_it_is_told_and_not_done_twice() {
    let bench = Bench::new(Ear::Dedicated).await;
    let mut node = bench.start_failing_at("before:restart").await;
    bench.open_gate();
    bench.say("Alex", "/mesh agent n restart");
    node.says("fail point before:restart reached").await;
    node.kill().await;
    assert_eq!(of_mesh(&bench).len(), 1, "it was acknowledged first");

    let node = bench.start().await;
    let told = until_said(&bench, "outcome unknown").await;
    assert!(told.edited, "{told:#?}");
    bench.say("Ely", "/mesh claims");
    until_said(&bench, "Nothing is claimed.").await;
    node.stop().await;
    assert_eq!(of_mesh(&bench).len(), 2, "{:#?}", bench.chat());
    let (_, audit) = bench.run(&["audit", "--json"]).await;
    assert_eq!(audit.matches("\"outcome of restart\"").count(), 1, "{audit}");
    assert!(audit.contains("outcome unknown"), "{audit}");
}

/// What is said and done waits from stop to start, also over a restart; what is heard does not.
#[tokio::test(flavor = "multi_thread")]
async fn stop_holds_everything_also_over_a_restart() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Ely", "/mesh stop");
    until_said(&bench, "🛑 Stopped by Ely").await;
    node.stop().await;
    let node = bench.start().await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.say("Ely", "/mesh help");
    while bench.state().await["claims"].as_array().is_none_or(Vec::is_empty) {
        tokio::task::yield_now().await;
    }
    assert!(bench.chat().iter().all(|message| message.reactions.is_empty()), "{:#?}", bench.chat());
    bench.say("Ely", "/mesh start");
    until_said(&bench, "▶️ Going on.").await;
    bench.until_reaction("Sandman", "👌").await;
    until_said(&bench, "🟢 Mesh commands").await;
    node.stop().await;
}

/// Logs go to whoever asks, in private; where that can't be, it is said.
#[tokio::test(flavor = "multi_thread")]
async fn logs_are_sent_in_private() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.write_to("Alex", "Mesh", "/start");
    bench.until("the help", |bench| bench.private("Alex", "Mesh").len() == 2).await;
    bench.say("Alex", "/mesh logs n");
    until_said(&bench, "Logs sent to you.").await;
    let private = bench.private("Alex", "Mesh");
    assert_eq!(private.len(), 3, "{private:#?}");
    bench.say("Alex", "/mesh ping node");
    until_said(&bench, "🟢 Here. Telegram's Bot API answered in ").await;
    bench.say("Alex", "/mesh metrics");
    until_said(&bench, "📊 n").await;
    node.stop().await;
}

/// Roles by command survive a restart and stand in the file; an edit of the file counts at the next start, a wrong one
/// stops it with its line.
#[tokio::test(flavor = "multi_thread")]
async fn roles_are_kept_in_the_file_and_read_from_it() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let sam = bench.user("Sam").0;
    bench.say("Ely", &format!("/mesh perms grant {sam} viewer"));
    until_said(&bench, " is Viewer now.").await;
    node.stop().await;
    let file = bench.read("permissions.json");
    assert!(file.contains(&sam.to_string()) && file.contains("\"viewer\""), "{file}");

    let edited = jiff::Timestamp::now().to_string();
    bench.write("permissions.json", &file.replace("\"viewer\"", "\"operator\""));
    let node = bench.start().await;
    bench.say("Sam", "/mesh perms list");
    until_said(&bench, &format!("— Operator ({sam}")).await;
    node.stop().await;
    let (_, audit) = bench.run(&["audit", "--since", &edited]).await;
    assert!(audit.contains("permissions.json"), "{audit}");

    bench.write("permissions.json", &file.replace("\"viewer\"", "\"boss\""));
    let complaint = bench.start_in_vain().await;
    assert!(complaint.contains("unknown variant `boss`") && complaint.contains("line "), "{complaint}");
}

/// A log of what was ordered, that says so when it was touched.
#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_audited_and_the_chain_holds() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Ely", "/mesh claims");
    bench.say("Sam", "/mesh stop");
    until_said(&bench, "❌ Requires Viewer role. Current: none").await;
    let (code, lines) = bench.run(&["audit", "--json", "--user", "Ely"]).await;
    assert_eq!(code, Some(0), "{lines}");
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!((line["command"].as_str(), line["name"].as_str()), (Some("claims"), Some("Ely")));
    assert!(line["anchor"]["message"].is_i64() && line["hash"].as_str().is_some_and(|hash| hash.len() == 64));
    bench.say("Ely", "/mesh agent Oracle info");
    until_said(&bench, "Oracle").await;
    let audited = async |words: &[&str]| {
        bench.run(&[&["audit", "--json"], words].concat()).await.1.matches("\"seq\"").count()
    };
    let oracle = bench.user("Oracle").0.to_string();
    for name in ["Oracle", "oracle", &oracle] {
        assert_eq!(audited(&["--agent", name]).await, 1, "{name}");
    }
    for (words, code) in [(["--agent", "Nobody"], 1), (["--since", "banana"], 64)] {
        assert_eq!(bench.run(&[&["audit"], &words[..]].concat()).await.0, Some(code), "{words:?}");
    }
    let all = audited(&[]).await;
    assert!(all >= 3, "{all}");
    let since = (audited(&["--since", "1h"]).await, audited(&["--since", "2100-01-01T00:00:00Z"]).await);
    assert_eq!(since, (all, 0));
    let (code, said) = bench.run(&["audit", "verify"]).await;
    assert_eq!((code, said.starts_with("The audit is whole")), (Some(0), true), "{said}");
    node.stop().await;
    let (code, said) = bench.run(&["audit", "verify"]).await;
    assert_eq!((code, said.starts_with("The audit is whole")), (Some(0), true), "{said}");
}

/// Of the bot and the account only one may delete what others say: whichever it is, a private key does not stay.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_deleted_by_whichever_may() {
    for (bot, account) in [(Rank::Admin, Rank::Member), (Rank::Member, Rank::Admin)] {
        for bench in [Bench::new(Ear::Dedicated).await, Bench::in_supergroup(Ear::Dedicated).await] {
            bench.world().set_rank(bench.group, bench.user("Mesh"), bot);
            bench.world().set_rank(bench.group, bench.user("Mesh Bridge"), account);
            let node = bench.start().await;
            bench.say("Alex", SECRET);
            bench.until("the secret gone", |bench| !bench.chat().iter().any(|m| m.text == SECRET)).await;
            until_said(&bench, "is deleted").await;
            node.stop().await;
        }
    }
}

/// An agent is none of the people, by its number or by its name.
#[tokio::test(flavor = "multi_thread")]
async fn permissions_do_not_make_an_agent_a_person() {
    let bench = Bench::new(Ear::Dedicated).await;
    let sandman = bench.user("Sandman").0;
    bench.start().await.stop().await;
    let written = bench.read("permissions.json");
    for entry in [
        format!("{{\"id\": {sandman}, \"persona\": \"Sand\", \"role\": \"exec\"}},"),
        "{\"id\": 99, \"persona\": \"sandman\", \"role\": \"viewer\"},".to_owned(),
    ] {
        let (head, tail) = written.split_once('[').expect("a list");
        bench.write("permissions.json", &format!("{head}[{entry}{tail}"));
        let said = bench.start_in_vain().await;
        assert!(said.contains("is the agent Sandman: agents are configured in mesh.toml"), "{said}");
    }
}
