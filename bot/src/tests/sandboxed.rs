//! Against the sandbox: a whole little Telegram, where what one says the other hears.

use std::sync::Arc;
use std::time::Duration;

use commands::effect::{Button, ButtonAction};
use commands::ids::{ChatId, VoiceId};
use commands::input::{Door, Heard, Reacted, Tap, What};
use jiff::Timestamp;
use sandbox::botapi;
use sandbox::world::{
    Content, Draft, Entity, EntityKind, Fault, HistoryQuery, MessageView, Peer, UserId, World,
};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::listen::{Batch, Health, Listening, Webhook, listen};
use crate::{Bot, Menu, MenuScope, Outcome, Params, Post, Token};

const BOT: &str = "mesh_mastermind_bot";

struct Scene {
    world: World,
    bot: Bot,
    ely: UserId,
    group: Peer,
    stop: CancellationToken,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

struct Ears {
    batches: mpsc::Receiver<Batch>,
    health: watch::Receiver<Health>,
    task: JoinHandle<()>,
}

impl Scene {
    async fn open() -> Self {
        let world = World::mastermind();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        tokio::spawn(botapi::Door::new(world.clone(), stop.clone()).serve(listener));
        let id = |name: &str| world.user_by_username(name).unwrap().id;
        let group = world.dialogs(id("ely_exec"))[0].peer;
        let bot = Bot::new(Params {
            token: Token::new(&format!("{}:SANDBOX-{BOT}", id(BOT).0)).unwrap(),
            api_url: Some(format!("http://127.0.0.1:{port}").parse().unwrap()),
            group: ChatId(group.to_bot_api()),
            former: None,
            signing_key: [7; 32],
            with_ear: true,
        });
        Self { bot: bot.unwrap(), ely: id("ely_exec"), group, stop, world }
    }

    fn listen(&self, from: Option<i64>) -> Ears {
        let listening = Listening::from(from, Arc::new(Timestamp::now), self.stop.clone());
        let (listener, batches, health) = listen(&self.bot, listening);
        Ears { batches, health, task: tokio::spawn(listener.run()) }
    }

    fn says(&self, text: &str) -> MessageView {
        self.world.post(self.ely, self.group, Draft::text(text)).unwrap().view
    }

    /// The last message, as Ely sees it.
    fn last(&self) -> MessageView {
        let query = HistoryQuery { limit: 1, ..HistoryQuery::default() };
        self.world.history(self.ely, self.group, query).unwrap().0.remove(0)
    }

    fn chat(&self) -> ChatId {
        ChatId(self.group.to_bot_api())
    }

    fn to_post<'a>(&self, text: &'a str, buttons: &'a [Vec<Button>]) -> Post<'a> {
        Post { chat: self.chat(), text, reply_to: None, buttons, sound: true }
    }

    async fn posts(&self, post: &Post<'_>) -> VoiceId {
        match self.bot.post(post).await {
            Outcome::Done(Some(id)) => id,
            other => panic!("{other:?}"),
        }
    }
}

impl Ears {
    async fn batch(&mut self) -> Batch {
        self.batches.recv().await.unwrap()
    }

    /// The next input; what Telegram tells of pins and the like makes none.
    async fn input(&mut self) -> What {
        loop {
            let batch = self.batch().await;
            batch.committed.send(()).unwrap();
            if let Some(input) = batch.inputs.into_iter().next() {
                return input.what;
            }
        }
    }

    async fn heard(&mut self) -> Heard {
        match self.input().await {
            What::Heard(heard) => heard,
            other => panic!("{other:?}"),
        }
    }
}

fn text(view: &MessageView) -> &str {
    match &view.content {
        Content::Text { text, .. } => text,
        Content::Service(service) => panic!("{service:?}"),
    }
}

fn refresh() -> Vec<Vec<Button>> {
    vec![vec![Button { label: "🔄 Refresh".to_owned(), action: ButtonAction::Refresh }]]
}

#[tokio::test]
async fn the_bot_knows_who_it_is() {
    let scene = Scene::open().await;
    let identity = scene.bot.identity().await.unwrap();
    assert_eq!(identity.username, BOT);
    assert_eq!(identity.id.0, scene.bot.token.bot_id());
    assert!(identity.can_read_all_group_messages);
}

#[tokio::test]
async fn a_command_is_heard_and_answered() {
    let scene = Scene::open().await;
    let mut ears = scene.listen(None);
    let code = Entity { offset: 14, length: 4, kind: EntityKind::Code };
    let draft = Draft { entities: vec![code], ..Draft::text("/mesh status 🔒 x") };
    scene.world.post(scene.ely, scene.group, draft).unwrap();
    let mut batch = ears.batch().await;
    batch.committed.send(()).unwrap();
    let What::Heard(heard) = batch.inputs.remove(0).what else { panic!("not heard") };
    assert_eq!((heard.door, heard.sender.id.0), (Door::Bot, scene.ely.0));
    assert_eq!(&heard.said.text[heard.said.quoted[0].clone()], "🔒 x");
    let sighting = batch.sightings[0];
    assert_eq!((sighting.id, sighting.print), (heard.message.id, heard.message.print));

    let reply_to = Some(VoiceId(sighting.id));
    scene.posts(&Post { reply_to, ..scene.to_post("`2/2` <online>", &[]) }).await;
    let answer = scene.last();
    assert_eq!(text(&answer), "2/2 <online>");
    let asked = scene.world.message(scene.ely, scene.group, answer.reply_to.unwrap()).unwrap();
    assert_eq!(text(&asked), "/mesh status 🔒 x");
}

#[tokio::test]
async fn a_killed_node_hears_again_what_it_had_not_committed() {
    let scene = Scene::open().await;
    let mut killed = scene.listen(None);
    scene.says("/mesh status");
    let batch = killed.batch().await;
    killed.task.abort();
    drop(batch);

    let mut second = scene.listen(None);
    let batch = second.batch().await;
    let offset = batch.offset;
    assert_eq!(batch.inputs.len(), 1);
    batch.committed.send(()).unwrap();
    second.task.abort();

    scene.says("/mesh claims");
    let mut third = scene.listen(Some(offset));
    assert_eq!(third.heard().await.said.text, "/mesh claims");
}

#[tokio::test]
async fn a_tap_goes_round() {
    let scene = Scene::open().await;
    let mut ears = scene.listen(None);
    let card = scene.posts(&scene.to_post("card", &refresh())).await;
    let shown = scene.last();
    let data = shown.keyboard.as_ref().unwrap().rows[0][0].data().unwrap().to_vec();
    let (world, ely, group) = (scene.world.clone(), scene.ely, scene.group);
    let tap = tokio::spawn(async move { world.tap(ely, group, shown.id, data).await });
    let What::Tapped(Tap { query, action, message, from, .. }) = ears.input().await else { panic!("no tap") };
    assert_eq!((action, message, from.0), (Some(ButtonAction::Refresh), card, ely.0));
    let answered = scene.bot.answer_tap(&query, Some("Drawn anew."), true).await;
    assert_eq!(answered, Outcome::Done(None));
    let answer = tap.await.unwrap().unwrap();
    assert_eq!((answer.text.as_deref(), answer.alert), (Some("Drawn anew."), true));
    let late = scene.bot.answer_tap(&query, None, false).await;
    assert_eq!(late, Outcome::Done(None));
}

#[tokio::test]
async fn a_forged_tap_has_no_action() {
    let scene = Scene::open().await;
    let mut ears = scene.listen(None);
    scene.posts(&scene.to_post("card", &refresh())).await;
    let (world, ely, group, id) = (scene.world.clone(), scene.ely, scene.group, scene.last().id);
    tokio::spawn(async move { world.tap(ely, group, id, b"forged".to_vec()).await });
    let What::Tapped(tap) = ears.input().await else { panic!("no tap") };
    assert_eq!(tap.action, None);
}

#[tokio::test]
async fn edits_are_done_once_and_again() {
    let scene = Scene::open().await;
    let (bot, chat) = (&scene.bot, scene.chat());
    let id = scene.posts(&scene.to_post("one", &refresh())).await;
    for _ in 0..2 {
        assert_eq!(bot.edit(chat, id, "`two`", &refresh()).await, Outcome::Done(None));
    }
    assert_eq!(text(&scene.last()), "two");
    for _ in 0..2 {
        assert_eq!(bot.disarm(chat, id).await, Outcome::Done(None));
    }
    assert!(scene.last().keyboard.is_none());
    assert_eq!(bot.edit(chat, VoiceId(id.0 + 1), "x", &[]).await, Outcome::Gone);
}

#[tokio::test]
async fn pins_and_reactions_are_seen() {
    let scene = Scene::open().await;
    let mut ears = scene.listen(None);
    let (bot, chat) = (&scene.bot, scene.chat());
    let said = scene.says("🔒 EXCLUSIVE CLAIM: x");
    let id = VoiceId(ears.heard().await.message.id);
    for emoji in ["👌", "👌", "🤝"] {
        assert_eq!(bot.react(chat, id, emoji).await, Outcome::Done(None));
    }
    let seen = scene.world.message(scene.ely, scene.group, said.id).unwrap();
    assert_eq!(seen.reactions.len(), 1);
    assert_eq!(seen.reactions[0].emoji, "🤝");
    assert_eq!(bot.react(chat, VoiceId(id.0 + 999), "👌").await, Outcome::Gone);

    let board = scene.posts(&scene.to_post("board", &[])).await;
    let shown = scene.last();
    assert_eq!(bot.pin(chat, board).await, Outcome::Done(None));
    assert!(scene.world.message(scene.ely, scene.group, shown.id).unwrap().pinned);
    assert_eq!(ears.input().await, What::Pinned { chat, message: board });
    scene.world.react(scene.ely, scene.group, shown.id, Some("👍")).unwrap();
    let What::Reacted(Reacted { message, emoji, .. }) = ears.input().await else { panic!("no reaction") };
    assert_eq!((message, emoji), (board.0, vec!["👍".to_owned()]));
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_everybody() {
    let scene = Scene::open().await;
    let (bot, chat) = (&scene.bot, scene.chat());
    let post = scene.posts(&scene.to_post("a word too much", &[])).await;
    let shown = scene.last();
    assert_eq!(bot.delete(chat, post).await, Outcome::Done(None));
    assert!(scene.world.message(scene.ely, scene.group, shown.id).is_err());
    assert_eq!(bot.delete(chat, post).await, Outcome::Gone);
    let mut ears = scene.listen(None);
    let said = scene.says("somebody's, and the bot is an admin");
    let id = VoiceId(ears.heard().await.message.id);
    assert_eq!(bot.delete(chat, id).await, Outcome::Done(None));
    assert!(scene.world.message(scene.ely, scene.group, said.id).is_err());
}

#[tokio::test]
async fn an_answer_outlives_the_message_it_answers() {
    let scene = Scene::open().await;
    let reply_to = Some(VoiceId(1));
    scene.posts(&Post { reply_to, ..scene.to_post("still said", &[]) }).await;
    assert_eq!((text(&scene.last()), scene.last().reply_to), ("still said", None));
}

#[tokio::test]
async fn floods_are_told_and_lost_answers_are_unclear() {
    let scene = Scene::open().await;
    let flood =
        Fault::Status { method: "sendMessage".into(), chat: None, status: 429, retry_after: 3, times: 1 };
    scene.world.faults().add(flood);
    let post = scene.to_post("once", &[]);
    assert_eq!(scene.bot.post(&post).await, Outcome::RetryAfter(Duration::from_secs(3)));
    scene.world.faults().add(Fault::LoseBotReply { method: "sendMessage".into(), times: 1 });
    let outcome = scene.bot.post(&post).await;
    assert!(matches!(outcome, Outcome::Unclear(_)), "{outcome:?}");
    assert_eq!(text(&scene.last()), "once");
}

#[tokio::test]
async fn a_second_program_on_the_token_is_named() {
    let scene = Scene::open().await;
    let mut first = scene.listen(None);
    let caught_up = |health: &Health| *health == Health::Listening { caught_up: true };
    first.health.wait_for(caught_up).await.unwrap();
    let mut second = scene.listen(None);
    let over = |health: &Health| matches!(health, Health::AnotherPoller { .. });
    tokio::select! {
        health = first.health.wait_for(over) => assert!(health.is_ok()),
        health = second.health.wait_for(over) => assert!(health.is_ok()),
    }
}

#[tokio::test]
async fn a_menu_is_taken() {
    let scene = Scene::open().await;
    for scope in [MenuScope::Default, MenuScope::PrivateChats, MenuScope::Chat(scene.chat())] {
        let menu = Menu { scope, commands: &[("mesh", "Ask the mesh: /mesh help")] };
        assert_eq!(scene.bot.set_menu(&menu).await, Outcome::Done(None));
    }
}

/// Telegram comes to the door, with the secret; what is not committed comes again, what is does not.
#[tokio::test]
async fn updates_come_by_a_webhook_and_are_answered_once_they_are_committed() {
    let scene = Scene::open().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut listening = Listening::from(None, Arc::new(Timestamp::now), scene.stop.clone());
    let url = format!("http://{address}/hook").parse().unwrap();
    listening.webhook = Some(Webhook { url, listen: address, secret: "sandbox_secret".into() });
    let (listener, batches, health) = listen(&scene.bot, listening);
    let mut ears = Ears { batches, health, task: tokio::spawn(listener.run()) };
    ears.health.wait_for(|health| *health == Health::Listening { caught_up: true }).await.unwrap();
    scene.says("/mesh status");
    let batch = ears.batches.recv().await.unwrap();
    assert_eq!(batch.inputs.len(), 1);
    batch.committed.send(()).unwrap();
    scene.says("/mesh claims");
    let What::Heard(heard) = ears.input().await else { panic!("no message") };
    assert_eq!(heard.said.text, "/mesh claims", "the first did not come again");

    let call = |secret: &'static str, body: &'static str| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{address}/hook")).body(body);
        request.header("X-Telegram-Bot-Api-Secret-Token", secret).send()
    };
    assert_eq!(call("another", "{\"update_id\": 9999}").await.unwrap().status(), 401);
    assert_eq!(call("", "{\"update_id\": 9999}").await.unwrap().status(), 401);
    assert_eq!(call("sandbox_secret", "garbage").await.unwrap().status(), 400);
}
