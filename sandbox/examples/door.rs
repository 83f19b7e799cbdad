//! The MTProto door alone, with a bot behind it that answers `menu` with a button, each tap with its data,
//! and `cut me` with the cut of one's connections.
//!
//! Prints one line of JSON, then runs until its standard input closes or it is told to stop.

use std::time::Duration;

use sandbox::mtproto::{Door, RsaKey};
use sandbox::world::{BotUpdateKind, Button, ChatKind, Draft, Fault, Keyboard, TapAnswer, UserId, World};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long the door may take to close.
const STOP_WITHIN: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = World::mastermind();
    let group = world.groups().first().map(|chat| chat.peer).ok_or("the world has no group")?;
    if std::env::args().any(|argument| argument == "--supergroup") {
        let people: Vec<UserId> = world.users().iter().map(|user| user.id).collect();
        world.add_group(ChatKind::Supergroup, "Mesh Hall", people[0], &people);
    }
    let mesh = world.user_by_username("mesh_mastermind_bot").ok_or("the world has no bot")?.id;
    world.post(mesh, group, Draft::text("The mesh is up."))?;
    let rsa = RsaKey::generate()?;
    let pem = rsa.public_pem().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let door = Door::new(listener, world.clone(), rsa)?;
    println!("{}", ready(&world, &door.address().to_string(), &pem));
    let cancel = CancellationToken::new();
    let serving = tokio::spawn(door.serve(cancel.clone()));
    let bot = tokio::spawn(serve_bot(world, mesh));
    stopped().await;
    bot.abort();
    cancel.cancel();
    tokio::time::timeout(STOP_WITHIN, serving).await??;
    Ok(())
}

fn ready(world: &World, mtproto: &str, pem: &str) -> Value {
    let person = |user: &sandbox::world::User| {
        let person = user.person()?;
        Some(json!({"id": user.id.0, "name": user.name, "username": user.username,
                    "phone": person.phone, "code": person.code}))
    };
    let accounts: Vec<Value> = world.users().iter().filter_map(person).collect();
    let chats: Vec<Value> = world.groups().iter().map(|chat| json!({"title": chat.title})).collect();
    json!({"mtproto": mtproto, "rsa_key_pem": pem, "accounts": accounts, "chats": chats})
}

async fn stopped() {
    let mut rest = Vec::new();
    let mut stdin = tokio::io::stdin();
    tokio::select! {
        _ = stdin.read_to_end(&mut rest) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn serve_bot(world: World, bot: UserId) {
    let Some(mut wake) = world.subscribe(bot) else { return };
    let mut offset = 0;
    loop {
        for update in world.bot_updates(bot, offset, 100) {
            offset = update.id + 1;
            hear(&world, bot, update.kind);
        }
        if wake.changed().await.is_err() {
            return;
        }
    }
}

fn hear(world: &World, bot: UserId, update: BotUpdateKind) {
    let done = match update {
        BotUpdateKind::Message(message) if message.text().contains("menu") => {
            let rows = vec![vec![Button::callback("Tap me", b"tapped".to_vec())]];
            let draft = Draft { keyboard: Some(Keyboard { rows }), ..Draft::reply(message.id, "A menu") };
            world.post(bot, message.peer, draft).map(drop)
        }
        BotUpdateKind::Message(message) if message.text().contains("cut me") => {
            world.faults().add(Fault::Cut { account: message.from });
            Ok(())
        }
        BotUpdateKind::Message(message) => world.react(bot, message.peer, message.id, Some("👌")).map(drop),
        BotUpdateKind::CallbackQuery(query) => {
            let text = Some(format!("{} from {}", String::from_utf8_lossy(&query.data), query.from));
            world.answer_tap(bot, query.id, TapAnswer { text, ..TapAnswer::default() })
        }
        BotUpdateKind::EditedMessage(_)
        | BotUpdateKind::MessageReaction(_)
        | BotUpdateKind::MemberChanged(_) => Ok(()),
    };
    if let Err(error) = done {
        eprintln!("the bot was refused: {error}");
    }
}
