//! The crash matrix: the node is killed with -9 at every step between hearing, journalling, performing and ticking off,
//! and started again. In the end nothing that was said is unheard, and nothing is missing or there twice; the sandbox
//! counts. `bench/crash.rs` goes through it some hundred times.

use sandbox::world::{BotUpdateKind, Button, Draft, Keyboard, TapAnswer};

use super::harness::{Bench, Ear};

const TASK: &str = "rotate the hooks token";
const CLAIM: &str = "🔒 EXCLUSIVE CLAIM: rotate the hooks token\nETA: 20 min";
const WORDS: &str = "All hands off main at 14:00, please.";
/// A private key of nobody, as a secret looks.
pub const SECRET: &str = "my key\n-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXk\n\
                          bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXk\n-----END PRIVATE KEY-----";
/// How a file is called, and one that was perhaps sent before.
const FILE: &str = "mesh.txt";
const AGAIN: &str = "again-mesh.txt";
/// A task that was claimed and done so often has a history that no three messages hold.
const LONG_LIFE: usize = 120;
const AGENTS: [&str; 3] = ["Sandman", "Oracle", "OracleLocalBot"];

/// What is going on when the node is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A claim, granted: a reaction, the board posted and pinned, each agent told.
    Claim,
    /// A task is done: the board is edited.
    Done,
    /// A person's command, heard by the bot.
    Command,
    /// A second status card: the first loses its buttons.
    Card,
    /// A button of the mesh's, tapped.
    Tap,
    /// A secret: its message is deleted.
    Secret,
    /// A question in private.
    Private,
    /// Something ordered from the shell.
    Order,
    /// Another bot's button, pressed from the shell.
    Press,
    /// Something only the node knows, asked for in the group.
    Look,
    /// An agent's gateway is told to end and to start anew.
    Drive,
    /// The node is told to end and to start anew.
    Restart,
    /// An answer that is too long for messages, in private: a file.
    File,
}

/// Each step with a scene that passes it.
pub const MATRIX: &[(Scene, &[&str])] = &[
    (Scene::Claim, &["heard:account", "decided", "journalled", "begun", "ticked_off"]),
    (Scene::Claim, &["before:react", "after:react", "learnt:react"]),
    (Scene::Claim, &["before:post", "after:post", "learnt:post"]),
    (Scene::Claim, &["before:pin", "after:pin", "learnt:pin"]),
    (Scene::Claim, &["before:tell", "after:tell", "learnt:tell"]),
    (Scene::Done, &["before:edit", "after:edit", "learnt:edit"]),
    (Scene::Command, &["heard:bot"]),
    (Scene::Card, &["before:disarm", "after:disarm", "learnt:disarm"]),
    (Scene::Tap, &["before:answer_tap", "after:answer_tap", "learnt:answer_tap"]),
    (Scene::Secret, &["before:delete", "after:delete", "learnt:delete"]),
    (Scene::Private, &["before:dm", "after:dm", "learnt:dm"]),
    (Scene::Order, &["before:speak", "after:speak", "learnt:speak"]),
    (Scene::Press, &["before:press", "after:press", "learnt:press"]),
    (Scene::Look, &["before:look", "after:look", "learnt:look"]),
    (Scene::Drive, &["before:drive", "after:drive", "learnt:drive"]),
    (Scene::Restart, &["before:restart", "after:restart", "learnt:restart"]),
    (Scene::File, &["before:file", "after:file", "learnt:file"]),
];

/// Kills the node at that step of the scene, starts it again, and counts.
pub async fn run(scene: Scene, point: &str) {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set("[rules]", "[rules]\ncard_every = \"1 ms\"");
    bench.drive_by_files();
    let mut node = bench.start_failing_at(point).await;
    scene.prepare(&bench).await;
    bench.open_gate();
    let killed = async {
        node.says(&format!("fail point {point} reached")).await;
        node.kill().await;
    };
    tokio::join!(scene.act(&bench), killed);
    let node = bench.start().await;
    scene.again(&bench).await;
    scene.settle(&bench).await;
    node.stop().await;
    scene.count(&bench, point);
}

fn said_by_mesh(bench: &Bench) -> Vec<sandbox::world::SeenMessage> {
    bench.chat().into_iter().filter(|message| message.name == "Mesh").collect()
}

fn begins(bench: &Bench, start: &str) -> usize {
    said_by_mesh(bench).iter().filter(|message| message.text.starts_with(start)).count()
}

/// What files the mesh's bot sent to Alex.
fn files(bench: &Bench) -> Vec<String> {
    bench.private("Alex", "Mesh").into_iter().filter_map(|message| message.file).collect()
}

async fn answer_to_claims(bench: &Bench) {
    let before = begins(bench, "Nothing is claimed.");
    bench.say("Alex", "/mesh claims");
    bench.until("an answer", |bench| begins(bench, "Nothing is claimed.") > before).await;
}

/// The mesh's status cards, oldest first.
fn cards(bench: &Bench) -> Vec<sandbox::world::SeenMessage> {
    said_by_mesh(bench).into_iter().filter(|message| message.reply_to.is_some()).collect()
}

impl Scene {
    async fn prepare(self, bench: &Bench) {
        match self {
            Self::Done => {
                bench.say("Sandman", CLAIM);
                bench.until_reaction("Sandman", "👌").await;
                bench.until("the board", |bench| said_by_mesh(bench).iter().any(|board| board.pinned)).await;
            }
            Self::Card | Self::Tap => {
                bench.say("Ely", "/mesh status");
                bench.until("the card", |bench| cards(bench).len() == 1).await;
                // Telegram's dates are seconds: only a card of an earlier one is replaced.
                bench.until_the_second_after(cards(bench)[0].date + 1).await;
            }
            Self::Press => {
                let keyboard = Some(Keyboard { rows: vec![vec![Button::callback("Approve", "yes")]] });
                let draft = Draft { keyboard, ..Draft::text("Shall I?") };
                bench.world().post(bench.user("Oracle"), bench.group, draft).expect("a message");
            }
            Self::File => {
                for _ in 0..LONG_LIFE {
                    bench.say("Sandman", CLAIM);
                    bench.say("Sandman", &format!("DONE: {TASK}"));
                }
                bench.until_reaction("Sandman", "👌").await;
            }
            _ => {}
        }
    }

    async fn act(self, bench: &Bench) {
        match self {
            Self::Claim => bench.say("Sandman", CLAIM),
            Self::Done => bench.say("Sandman", &format!("DONE: {TASK}")),
            Self::Command => bench.say("Alex", "/mesh claims"),
            Self::Card => bench.say("Ely", "/mesh status"),
            Self::Tap => tap(bench),
            Self::Secret => bench.say("Alex", SECRET),
            Self::Private => bench.write_to("Ely", "Mesh Bridge", "/mesh claims"),
            Self::Order => drop(bench.run(&["post", WORDS, "--key", "once"]).await),
            Self::Press => {
                answer_tap(bench);
                drop(bench.run(&["tap", "last", "approve"]).await);
            }
            Self::Look => bench.say("Alex", "/mesh metrics"),
            Self::Drive => bench.say("Alex", "/mesh agent Oracle restart"),
            Self::Restart => bench.say("Alex", "/mesh agent n restart"),
            Self::File => bench.write_to("Alex", "Mesh", &format!("/mesh why {TASK}")),
        }
    }

    /// Whoever has no answer asks again.
    async fn again(self, bench: &Bench) {
        if self == Self::Order {
            let (code, text) = bench.run(&["post", WORDS, "--key", "once"]).await;
            assert_eq!(code, Some(0), "{text}");
        }
    }

    async fn settle(self, bench: &Bench) {
        match self {
            Self::Claim => {
                bench.until_reaction("Sandman", "👌").await;
                bench.until("the board, pinned", |bench| said_by_mesh(bench).iter().any(|b| b.pinned)).await;
                for agent in AGENTS {
                    let told = |bench: &Bench| !bench.private(agent, "Mesh Bridge").is_empty();
                    bench.until(&format!("a word to {agent}"), told).await;
                }
            }
            Self::Done => {
                let done =
                    |bench: &Bench| said_by_mesh(bench).iter().any(|b| b.text.contains("✅ 1 done today"));
                bench.until("the board, edited", done).await;
            }
            Self::Command => bench.until("the answer", |b| begins(b, "Nothing is claimed.") > 0).await,
            Self::Card => {
                let disarmed = |bench: &Bench| cards(bench).len() == 2 && cards(bench)[0].buttons.is_empty();
                bench.until("a second card, and no buttons at the first", disarmed).await;
            }
            Self::Tap | Self::Press => answer_to_claims(bench).await,
            Self::Look => bench.until("the answer", |bench| begins(bench, "📊 n") > 0).await,
            Self::Drive => {
                let told = |bench: &Bench| begins(bench, "⚠️ Restart of Oracle: outcome unknown") > 0;
                bench.until("what came of it", told).await;
            }
            Self::Restart => {
                let told = |m: &sandbox::world::SeenMessage| {
                    m.text.contains("restarted") || m.text.contains("outcome unknown")
                };
                bench.until("what came of it", |bench| said_by_mesh(bench).iter().any(told)).await;
            }
            Self::Secret => {
                let gone = |bench: &Bench| !bench.chat().iter().any(|m| m.text == SECRET);
                bench.until("the secret gone", gone).await;
                let told = |bench: &Bench| said_by_mesh(bench).iter().any(|m| m.text.contains("is deleted"));
                bench.until("the card, edited", told).await;
            }
            Self::File => {
                bench.until("the file", |bench| files(bench).iter().any(|name| name == AGAIN)).await;
            }
            Self::Private => {
                bench.until("the answer", |bench| bench.private("Ely", "Mesh Bridge").len() > 1).await;
            }
            Self::Order => {
                let said = |bench: &Bench| bench.chat().iter().any(|m| m.text == WORDS);
                bench.until("the words", said).await;
            }
        }
    }

    fn count(self, bench: &Bench, point: &str) {
        let chat = bench.chat();
        let mesh = said_by_mesh(bench);
        let boards = begins(bench, "🟢 Mesh ·");
        match self {
            Self::Claim | Self::Done => {
                assert_eq!((boards, mesh.len()), (1, 1), "{point}: {chat:#?}");
                assert!(
                    chat.iter().filter(|m| m.name == "Sandman").all(|m| m.reactions.len() == 1),
                    "{point}"
                );
                let done = usize::from(self == Self::Done);
                for agent in &AGENTS[done..] {
                    let words = bench.private(agent, "Mesh Bridge");
                    assert!(words.len() <= 1 + done, "{point}: {agent} is told once: {words:#?}");
                }
            }
            Self::Command | Self::Look | Self::Restart => assert_eq!(mesh.len(), 1, "{point}: {chat:#?}"),
            Self::File => {
                // One that may have arrived is sent once more, and says so: nobody can look for it there.
                let wanted: &[&str] = if point == "before:file" { &[AGAIN] } else { &[FILE, AGAIN] };
                assert_eq!(files(bench), wanted, "{point}");
            }
            Self::Drive => {
                assert_eq!(mesh.len(), 1, "{point}: {chat:#?}");
                assert!(mesh[0].edited && mesh[0].text.contains("It answers "), "{point}: {chat:#?}");
                let ran = bench.lines("restarts").len();
                assert_eq!(ran, usize::from(point != "before:drive"), "{point}: it ran {ran} times");
            }
            Self::Card => assert_eq!((mesh.len(), cards(bench).len()), (2, 2), "{point}: {chat:#?}"),
            Self::Tap => assert_eq!(mesh.len(), 2, "{point}: a card and an answer: {chat:#?}"),
            Self::Secret => assert_eq!(begins(bench, "🙈"), 1, "{point}: {chat:#?}"),
            Self::Private => assert_eq!(bench.private("Ely", "Mesh Bridge").len(), 2, "{point}"),
            Self::Order => {
                let said = chat.iter().filter(|m| m.text == WORDS).count();
                assert_eq!(said, 1, "{point}: {chat:#?}");
            }
            Self::Press => {
                let pressed = bench.taps_of("Oracle");
                let wanted = if point.starts_with("before") { 0..=1 } else { 1..=1 };
                assert!(wanted.contains(&pressed), "{point}: pressed {pressed} times");
            }
        }
    }
}

/// Ely taps, and waits for no answer.
fn tap(bench: &Bench) {
    let card = cards(bench).pop().expect("a card");
    let (peer, id) = bench.world().place_of(bench.user("Ely"), card.key).expect("it is seen");
    let data = bench.button_data("Ely", &card, "🔄 Refresh");
    let (world, ely) = (bench.world().clone(), bench.user("Ely"));
    tokio::spawn(async move { world.tap(ely, peer, id, data).await });
}

/// Oracle answers a tap as soon as there is one; if the node is killed before it taps, there is none.
fn answer_tap(bench: &Bench) {
    let (world, oracle) = (bench.world().clone(), bench.user("Oracle"));
    tokio::spawn(async move {
        let Some(mut bell) = world.subscribe(oracle) else { return };
        loop {
            for update in world.bot_updates(oracle, 0, 100) {
                if let BotUpdateKind::CallbackQuery(query) = update.kind {
                    let answer = TapAnswer { text: Some("Approved.".into()), ..TapAnswer::default() };
                    let _ = world.answer_tap(oracle, query.id, answer);
                    return;
                }
            }
            if bell.changed().await.is_err() {
                return;
            }
        }
    });
}
