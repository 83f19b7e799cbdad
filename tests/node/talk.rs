//! What people see, word for word.

use super::harness::{Bench, Ear};
use sandbox::world::SeenMessage;

async fn answer(bench: &Bench, from: &str, said: &str) -> SeenMessage {
    let before = bench.chat().len();
    bench.say(from, said);
    let mesh_said = |bench: &Bench| {
        bench.chat().into_iter().skip(before).find(|m| m.name == "Mesh" && m.reply_to.is_some())
    };
    bench.until(&format!("an answer to {said}"), |bench| mesh_said(bench).is_some()).await;
    mesh_said(bench).expect("just seen")
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_answered_silently_and_word_for_word() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let cases = [
        ("Sam", "/mesh status", "❌ Requires Viewer role. Current: none"),
        ("Ely", "/mesh stats", "Unknown command. Try /mesh help Did you mean /mesh status?"),
        ("Ely", "/mesh help me please", "Usage: /mesh help"),
        ("Alex", "/MESH@mesh_mastermind_bot CLAIMS", "Nothing is claimed."),
    ];
    for (from, said, answered) in cases {
        let message = answer(&bench, from, said).await;
        assert_eq!(message.text, answered);
        assert!(message.silent);
    }
    bench.say("Ely", "/mesh@another_bot status");
    bench.say("Sam", "/mesh status");
    let help = answer(&bench, "Alex", "/mesh help").await;
    assert!(help.text.contains("/mesh claims"), "{}", help.text);
    let mesh_posts = bench.chat().iter().filter(|message| message.name == "Mesh").count();
    assert_eq!(mesh_posts, 5, "another bot's command and a stranger's second one are not answered");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_commands_a_minute_and_one_warning() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    for _ in 0..13 {
        bench.say("Ely", "/mesh claims");
    }
    bench.say("Alex", "/mesh help");
    bench
        .until("an answer to the last", |bench| {
            bench.chat().iter().any(|m| m.name == "Mesh" && m.text.contains("/mesh claims"))
        })
        .await;
    let mesh: Vec<_> = bench.chat().into_iter().filter(|message| message.name == "Mesh").collect();
    let warned =
        mesh.iter().filter(|message| message.text.starts_with("Too many commands. Again in ")).count();
    let answered = mesh.iter().filter(|message| message.text == "Nothing is claimed.").count();
    assert_eq!((answered, warned, mesh.len()), (10, 1, 12));
    node.stop().await;
}

/// An Exec who was refused takes the task by a button; the old fence is dead, and the button works once.
#[tokio::test(flavor = "multi_thread")]
async fn an_exec_takes_a_task_by_a_button() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Alex", "👌").await;
    let refusal = answer(&bench, "Ely", "🔒 EXCLUSIVE CLAIM: rotate the hooks token").await;
    assert_eq!(refusal.text, "🔒 Alex has this. You are next.");
    assert_eq!(refusal.buttons, [["Take it", "Wait"]]);

    let stolen = bench.tap("Alex", &refusal, "Take it").await;
    assert_eq!(stolen.as_deref(), Some("This button is not for you."));
    let taken = bench.tap("Ely", &refusal, "Take it").await;
    assert_eq!(taken.as_deref(), Some("\"rotate the hooks token\" is yours."));
    bench
        .until("the outcome in place of the buttons", |bench| {
            bench
                .chat()
                .iter()
                .any(|m| m.key == refusal.key && m.text.starts_with("→ Ely, by Ely ") && m.buttons.is_empty())
        })
        .await;
    let late = bench.tap_data("Ely", &refusal, b"anything".to_vec()).await;
    assert_eq!(late.as_deref(), Some("This button is no longer valid."));
    let state = bench.state().await;
    assert_eq!(state["claims"][0]["owner"], "Ely");
    assert_eq!(state["claims"][0]["fence"].as_u64().map(|fence| fence & 0xffff_ffff), Some(2));
    node.stop().await;
}

/// An agent's 👍 as a reaction: Telegram tells nobody of it, so the account asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_stand_down_is_confirmed_by_a_reaction() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Ely", "Oracle stand down");
    bench
        .until("the order, told", |bench| {
            bench
                .private("Oracle", "Mesh Bridge")
                .iter()
                .any(|m| m.text.starts_with("Stand down, by order of Ely"))
        })
        .await;
    bench.react("Oracle", &bench.chat()[0], "👍");
    bench
        .until("the 👍 on the board", |bench| {
            bench
                .chat()
                .iter()
                .any(|m| m.name == "Mesh" && m.text.contains("😴 Oracle") && m.text.contains("👍"))
        })
        .await;
    let state = bench.state().await;
    assert_eq!(state["confirmed"][0], "Oracle", "{state}");
    node.stop().await;
}

/// A private message to the dedicated account: members are answered, strangers get one polite line.
#[tokio::test(flavor = "multi_thread")]
async fn private_messages_to_the_account() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.write_to("Sam", "Mesh Bridge", "hello?");
    bench.write_to("Sam", "Mesh Bridge", "anybody?");
    bench.write_to("Ely", "Mesh Bridge", "/mesh claims");
    bench.until("an answer to Ely", |bench| bench.private("Ely", "Mesh Bridge").len() == 2).await;
    assert_eq!(bench.private("Ely", "Mesh Bridge")[1].text, "Nothing is claimed.");
    bench.until("a line to Sam", |bench| bench.private("Sam", "Mesh Bridge").len() == 3).await;
    node.stop().await;
    assert_eq!(bench.private("Sam", "Mesh Bridge").len(), 3, "one line, said once");
}
