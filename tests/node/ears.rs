//! Who hears, and whose word it is.

use super::harness::{Bench, Ear};

/// A personal account: what Ely types on his own phone is Ely's word; what is written to him in private is nobody's
/// business; and the mesh never speaks as him.
#[tokio::test(flavor = "multi_thread")]
async fn a_personal_account_hears_its_persons_own_word() {
    let bench = Bench::new(Ear::Personal).await;
    let node = bench.start().await;
    bench.write_to("Alex", "Ely", "🔒 EXCLUSIVE CLAIM: a private matter");
    bench.say("Ely", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Ely", "👌").await;
    let by = bench.chat()[0].reactions[0].0.clone();
    assert_eq!(by, "Mesh", "a personal account never reacts itself");
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.say("Ely", "Sandman stand down");
    bench
        .until("the order on the board", |bench| {
            bench.chat().iter().any(|m| m.name == "Mesh" && m.text.contains("😴 Sandman stood down by Ely"))
        })
        .await;
    let state = bench.state().await;
    node.stop().await;
    assert_eq!(state["claims"].as_array().map(Vec::len), Some(1), "{state}");
    assert_eq!(state["claims"][0]["owner"], "Ely");
    assert_eq!(state["stood_down"][0], "Sandman");
    let as_ely: Vec<_> = bench.chat().into_iter().filter(|message| message.name == "Ely").collect();
    assert_eq!(as_ely.len(), 2, "nothing was said in Ely's name: {as_ely:#?}");
}

/// Without an account the bot is the ear.
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_alone_hears_people() {
    let bench = Bench::new(Ear::Bot).await;
    let node = bench.start().await;
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Alex", "👌").await;
    bench.say("Ely", "EXCLUSIVE CLAIM: Rotate the hooks  token.");
    bench
        .until("the refusal", |bench| {
            bench.chat().iter().any(|m| m.text == "🔒 Alex has this. You are next." && m.silent)
        })
        .await;
    node.stop().await;
}

/// The mesh's own posts are never heard, whatever they say.
#[tokio::test(flavor = "multi_thread")]
async fn the_mesh_does_not_hear_itself() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Mesh", "🔒 EXCLUSIVE CLAIM: said by the bot's token elsewhere");
    bench.say("Mesh Bridge", "🔒 EXCLUSIVE CLAIM: said by the account elsewhere");
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Alex", "👌").await;
    let state = bench.state().await;
    node.stop().await;
    assert_eq!(state["claims"].as_array().map(Vec::len), Some(1), "{state}");
}

/// The mesh never speaks as somebody with a role.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_a_role_is_not_the_voice() {
    let bench = Bench::new(Ear::Personal).await;
    bench.set("kind = \"personal\"", "kind = \"dedicated\"");
    bench.set(&format!("person = {}", bench.user("Ely").0), "");
    let complaint = bench.start_misconfigured().await;
    assert!(complaint.contains("who has a role"), "{complaint}");
}

/// In a supergroup too, with either ear.
#[tokio::test(flavor = "multi_thread")]
async fn a_supergroup_is_heard_and_answered() {
    for ear in [Ear::Dedicated, Ear::Personal] {
        let bench = Bench::in_supergroup(ear).await;
        let node = bench.start().await;
        bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
        bench.until_reaction("Sandman", "👌").await;
        bench.say("Ely", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
        bench
            .until("the refusal, as a reply", |bench| {
                bench
                    .chat()
                    .iter()
                    .any(|m| m.reply_to.is_some() && m.text.starts_with("🔒 Sandman has this until "))
            })
            .await;
        bench
            .until("the board, pinned", |bench| {
                bench.chat().iter().any(|m| m.pinned && m.text.contains("next: Ely"))
            })
            .await;
        node.stop().await;
    }
}

/// Ely's own account hears the group, another is the mesh's voice in private; each has its own session and cursor.
#[tokio::test(flavor = "multi_thread")]
async fn one_account_hears_and_another_speaks() {
    let bench = Bench::new(Ear::Personal).await;
    bench.add_account("voice", "Mesh Bridge", "dedicated", "");
    for round in 1..=2 {
        let node = bench.start().await;
        let (told, heard) =
            (bench.private("Oracle", "Mesh Bridge").len(), bench.private("Alex", "Mesh Bridge").len());
        bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: task {round}"));
        bench.until("a word to Oracle", |bench| bench.private("Oracle", "Mesh Bridge").len() > told).await;
        bench.write_to("Alex", "Mesh Bridge", "/mesh claims");
        bench.write_to("Sam", "Mesh Bridge", "hello?");
        bench
            .until("an answer in private", |bench| bench.private("Alex", "Mesh Bridge").len() == heard + 2)
            .await;
        bench.say("Alex", "🔒 EXCLUSIVE CLAIM: the last word");
        bench.until_reaction("Alex", "👌").await;
        let state = bench.state().await;
        assert_eq!(state["claims"].as_array().map(Vec::len), Some(1 + round), "heard once: {state}");
        node.stop().await;
        bench.write_to("Alex", "Ely", "🔒 EXCLUSIVE CLAIM: a private matter");
    }
    assert!(!bench.chat().iter().any(|m| m.name == "Ely"), "Ely's account says nothing");
    assert_eq!(bench.private("Sam", "Mesh Bridge").len(), 3, "one line for both, and for a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_under_two_names_is_refused() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.add_account("again", "Mesh Bridge", "dedicated", "");
    let complaint = bench.start_misconfigured().await;
    assert!(complaint.contains("accounts \"ear\" and \"again\" are one and the same"), "{complaint}");
}

/// Nothing is marked read, nothing written down of what is not the mesh's: private chats and Telegram's own.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_private_is_neither_read_nor_kept() {
    const PRIVATE: &str = "the-word-that-is-nobodys-business";
    let bench = Bench::new(Ear::Personal).await;
    let node = bench.start().await;
    bench.write_to("Alex", "Ely", PRIVATE);
    bench.write_to("Ely", "Sam", PRIVATE);
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    bench.until_reaction("Alex", "👌").await;
    node.stop().await;
    let node = bench.start().await;
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: another");
    bench.until_reaction("Alex", "👌").await;
    node.stop().await;
    let ely = bench.user("Ely");
    for dialog in bench.world().dialogs(ely) {
        assert_eq!(dialog.read_max_id, 0, "nothing is marked read: {dialog:?}");
    }
    assert!(!bench.state_holds(PRIVATE), "nothing of it is on the disk");
    assert!(bench.state_holds("rotate the hooks token"), "what is said in the group is");
}

/// Without a bot the account is the voice, too: it posts, pins and keeps the board, and does each once although it was
/// killed in the middle.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_alone_speaks() {
    let bench = Bench::new(Ear::Dedicated).await;
    let config = bench.read("mesh.toml");
    let (before, bot) = config.split_once("[bot]").expect("a bot");
    let (_, after) = bot.split_once("[limits]").expect("limits");
    bench.write("mesh.toml", &format!("{before}[limits]{after}"));
    let mut node = bench.start_failing_at("before:post").await;
    bench.open_gate();
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: rotate the hooks token");
    for (at, next) in
        [("before:post", "after:post"), ("after:post", "before:pin"), ("before:pin", "after:edit")]
    {
        node.says(&format!("fail point {at} reached")).await;
        node.kill().await;
        node = bench.spawn(Some(next));
    }
    bench.say("Sandman", "DONE: rotate the hooks token");
    node.says("fail point after:edit reached").await;
    node.kill().await;
    let node = bench.start().await;
    let board =
        |bench: &Bench| bench.chat().into_iter().find(|m| m.pinned).map(|m| m.text).unwrap_or_default();
    bench.until("the board, edited and pinned", |bench| board(bench).contains("✅ 1 done today")).await;
    node.stop().await;
    let said: Vec<_> = bench.chat().into_iter().filter(|message| message.name == "Mesh Bridge").collect();
    assert_eq!(said.len(), 1, "the board: {said:#?}");
}

/// A mesh that only had its bot gets an account: what was said since the bot heard last is read by it.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_goes_on_where_the_bot_was() {
    let bench = Bench::new(Ear::Dedicated).await;
    let with_account = bench.read("mesh.toml");
    let (before, rest) = with_account.split_once("[account]").expect("an account");
    let (_, after) = rest.split_once("[bot]").expect("a bot");
    bench.write("mesh.toml", &format!("{before}[bot]{after}"));
    let node = bench.start().await;
    bench.say("Alex", "🔒 EXCLUSIVE CLAIM: heard by the bot");
    bench.until_reaction("Alex", "👌").await;
    node.stop().await;
    bench.until_the_second_after(bench.world().now()).await;
    bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: said between");
    bench.write("mesh.toml", &with_account);
    let node = bench.start().await;
    bench.until_reaction("Oracle", "👌").await;
    node.stop().await;
}
