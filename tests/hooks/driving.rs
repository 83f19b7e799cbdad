//! What people and the shell have done to the gateways behind agents: by commands of this machine here.

use std::path::Path;

use super::gateway::{Gateway, Letter};
use super::stage;
use crate::node::harness::{Bench, Ear};
use sandbox::world::SeenMessage;

fn of_mesh(bench: &Bench) -> Vec<SeenMessage> {
    bench.chat().into_iter().filter(|message| message.name == "Mesh" && !message.pinned).collect()
}

async fn until_said(bench: &Bench, text: &str) -> SeenMessage {
    let found = |bench: &Bench| of_mesh(bench).into_iter().find(|message| message.text.contains(text));
    bench.until(&format!("\"{text}\""), |bench| found(bench).is_some()).await;
    found(bench).expect("just seen")
}

async fn until_file(path: &Path, wanted: &str) {
    let mut beat = tokio::time::interval(std::time::Duration::from_millis(20));
    let there = async {
        while std::fs::read_to_string(path).unwrap_or_default() != wanted {
            beat.tick().await;
        }
    };
    let came = tokio::time::timeout(std::time::Duration::from_secs(30), there).await;
    assert!(came.is_ok(), "{}: {:?}", path.display(), std::fs::read_to_string(path));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_ask_restart_and_change_an_agent_from_the_group() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.drive_by_files();
    let node = bench.start().await;
    bench.write_to("Alex", "Mesh", "/start");
    bench.until("the help", |bench| bench.private("Alex", "Mesh").len() == 2).await;
    bench.say("Alex", "/mesh ping Oracle");
    until_said(&bench, "🟢 Oracle answers: ").await;
    bench.say("Alex", "/mesh agent Oracle restart");
    let told = until_said(&bench, "✅ Oracle restarted ").await;
    assert!(told.edited && told.reply_to.is_some() && told.text.contains("after 0."), "{told:#?}");
    bench.say("Alex", "/mesh agent Oracle restart");
    until_said(&bench, "Oracle was restarted ").await;
    assert_eq!(bench.lines("restarts").len(), 1);

    bench.say("Alex", "/mesh logs Oracle 2");
    until_said(&bench, "Logs sent to you.").await;
    let log = bench.private("Alex", "Mesh").pop().expect("a log").text;
    assert_eq!(log, "bot token ‹secret›\nlast");
    bench.say("Alex", "/mesh agent Oracle config a.b two words");
    let asked = until_said(&bench, "+ a.b = two words").await;
    assert!(asked.text.contains("- a.b = one"), "{asked:#?}");
    bench.tap("Alex", &asked, "✅ Apply").await;
    until_said(&bench, "✅ Oracle: ").await;
    assert_eq!(bench.read("a.b"), "two words");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_does_the_same_and_the_audit_has_it() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.drive_by_files();
    let node = bench.start().await;
    let (code, said) = bench.run(&["agent", "Oracle", "ping"]).await;
    assert!(code == Some(0) && said.starts_with("Oracle answers: "), "{code:?} {said}");
    let (code, said) = bench.run(&["agent", "Oracle", "restart"]).await;
    assert!(code == Some(0) && said.starts_with("Oracle restarted after 0."), "{code:?} {said}");
    let (code, said) = bench.run(&["agent", "Oracle", "restart"]).await;
    assert!(code == Some(1) && said.contains("was restarted"), "{code:?} {said}");
    assert_eq!(bench.lines("restarts").len(), 1);
    assert_eq!(
        bench.run(&["agent", "Oracle", "config", "a.b", "three"]).await,
        (Some(0), "Oracle set.".into())
    );
    assert_eq!(bench.run(&["agent", "Oracle", "config", "a.b"]).await, (Some(0), "three".into()));
    let (code, said) = bench.run(&["logs", "Oracle", "-n", "2"]).await;
    assert_eq!((code, said.as_str()), (Some(0), "bot token ‹secret›\nlast"));
    let (code, said) = bench.run(&["logs", "n"]).await;
    assert!(code == Some(0) && said.contains("running: mesh"), "{code:?} {said}");
    let (code, said) = bench.run(&["agent", "Sandman", "restart"]).await;
    assert!(code == Some(1) && said.contains("no agent that can be driven"), "{code:?} {said}");
    let (_, audit) = bench.run(&["audit"]).await;
    assert!(audit.contains("agent restart") && audit.contains("agent config a.b"), "{audit}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_followed() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let bench = Bench::new(Ear::Dedicated).await;
    bench.drive_by_files();
    let node = bench.start().await;
    let mut command = bench.mesh(&["logs", "Oracle", "-n", "1", "-f"]);
    let mut follower =
        command.stdout(std::process::Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
    let mut said = BufReader::new(follower.stdout.take().expect("its output")).lines();
    assert_eq!(said.next_line().await.expect("a line").as_deref(), Some("last"));
    let add = |text: &str| {
        use std::io::Write as _;
        let file = std::fs::File::options().append(true).open(bench.path("oracle.log"));
        file.expect("the log").write_all(text.as_bytes()).expect("it is written");
    };
    let line = |number: usize| format!("{number:06} {}\n", "x".repeat(193));
    add("newer\nnewer\n");
    assert_eq!(said.next_line().await.expect("a line").as_deref(), Some("newer"));
    assert_eq!(
        said.next_line().await.expect("a line").as_deref(),
        Some("newer"),
        "the same again is another"
    );
    // More than is handed on at once, and the file is far longer from here on.
    add(&(0..1_000).map(line).collect::<String>());
    let missed = said.next_line().await.expect("a line");
    assert_eq!(missed.as_deref(), Some("… more came than could be read"));
    loop {
        let read = said.next_line().await.expect("a line").expect("a line");
        assert_eq!(read.len(), 200, "it is cut between lines");
        if read.starts_with("000999") {
            break;
        }
    }
    for number in 1_000..1_003 {
        add(&line(number));
        let read = said.next_line().await.expect("a line").expect("a line");
        assert!(read.starts_with(&format!("{number:06}")), "nothing is told twice: {read}");
    }
    follower.kill().await.expect("it ends");
    node.stop().await;
}

/// What is for a paused agent waits, over kill -9, and arrives in order once it is resumed; its gateway follows.
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_agent_gets_nothing_and_loses_nothing() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    stage::hook(&bench, "Oracle", &oracle, "\"hook\"");
    bench.drive_by_files();
    let (node, _) = stage::start(&bench).await;
    let (code, said) = bench.run(&["agent", "Oracle", "pause", "--as", "Ely"]).await;
    assert_eq!(code, Some(0), "{said}");
    oracle.until("the word", |letters| letters.iter().any(|l| l.text().starts_with("Paused by Ely"))).await;
    let pauses = bench.path("pauses");
    until_file(&pauses, "pause\n").await;
    let tasks = ["alpha", "beta", "gamma"];
    for task in tasks {
        bench.say("Sandman", &format!("EXCLUSIVE CLAIM: {task}"));
        bench.until_reaction("Sandman", "👌").await;
    }
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    bench.say("Sandman", "EXCLUSIVE CLAIM: delta");
    bench.until_reaction("Sandman", "👌").await;
    let about = |letters: &[Letter], task: &str| letters.iter().position(|l| l.text().contains(task));
    assert!(tasks.iter().all(|task| about(&oracle.letters(), task).is_none()), "{:#?}", oracle.letters());

    let (code, said) = bench.run(&["agent", "Oracle", "resume", "--as", "Ely"]).await;
    assert_eq!(code, Some(0), "{said}");
    oracle.until("what waited", |letters| about(letters, "delta").is_some()).await;
    let words: String = oracle.taken().iter().map(|letter| letter.text().to_owned() + "\n").collect();
    let at = tasks.map(|task| words.find(task).unwrap_or_else(|| panic!("{task} was lost:\n{words}")));
    assert!(at.is_sorted(), "in order:\n{words}");
    until_file(&pauses, "pause\npause\nresume\n").await;
    node.stop().await;
}
