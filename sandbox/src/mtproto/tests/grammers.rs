use grammers_client::message::{InputMessage, Message};
use grammers_client::tl::{enums, functions as f, types};
use grammers_client::update::Update;
use grammers_client::{InvocationError, SignInError};
use grammers_session::types::PeerRef;

use super::{AT_MOST, Grammers, Sandbox, addresses, refusal};
use crate::mtproto::requests::{difference, history, send};
use crate::world::{
    BotUpdateKind, Button, ChatKind, Draft, Fault, HistoryQuery, Keyboard, Peer, TapAnswer, UserId, World,
};

impl Grammers {
    pub(super) async fn chat(&self, title: &str) -> PeerRef {
        let mut dialogs = self.client.iter_dialogs();
        while let Some(dialog) = dialogs.next().await.unwrap() {
            if dialog.peer().name() == Some(title) {
                return dialog.peer_ref();
            }
        }
        panic!("no dialog is called {title}")
    }

    pub(super) async fn say(&self, to: PeerRef, message: InputMessage) -> Result<Message, InvocationError> {
        Box::pin(self.client.send_message(to, message)).await
    }

    pub(super) async fn mastermind(&self) -> PeerRef {
        self.chat("Mesh Mastermind").await
    }
}

/// How often the group's history has this text.
fn times_in_history(world: &World, viewer: UserId, at: Peer, text: &str) -> usize {
    let query = HistoryQuery { limit: 100, ..HistoryQuery::default() };
    let (views, _) = world.history(viewer, at, query).unwrap();
    views.iter().filter(|view| view.text() == text).count()
}

#[tokio::test]
async fn signing_in_step_by_step() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.user("ely_exec");
    let person = ely.person().unwrap();
    let grammers = Grammers::connect(&sandbox).await;
    assert!(!grammers.client.is_authorized().await.unwrap());
    assert_eq!(refusal(grammers.client.get_me().await), "401 AUTH_KEY_UNREGISTERED");
    let unknown = grammers.client.request_login_code("+15550199999", "hash").await;
    assert_eq!(refusal(unknown.map(|_| ())), "400 PHONE_NUMBER_INVALID");
    let no_hash = grammers.client.request_login_code(&person.phone, "").await;
    assert_eq!(refusal(no_hash.map(|_| ())), "400 API_ID_INVALID");
    let token = grammers.client.request_login_code(&person.phone, "hash").await.unwrap();
    let wrong = grammers.client.sign_in(&token, "99999").await;
    assert!(matches!(wrong, Err(SignInError::InvalidCode)));
    let user = grammers.client.sign_in(&token, &person.code).await.unwrap();
    assert_eq!(user.username(), Some("ely_exec"));
    assert!(grammers.client.is_authorized().await.unwrap());
    assert_eq!(addresses(&grammers.session), [sandbox.address; 5], "no address but the sandbox's");
    grammers.client.sign_out().await.unwrap();
    assert!(!grammers.client.is_authorized().await.unwrap());
}

#[tokio::test]
async fn talking_in_the_group() {
    let sandbox = Sandbox::start().await;
    let mut ely = sandbox.sign_in("ely_exec").await;
    let mut alex = sandbox.sign_in("alex_ops").await;
    let (group, alexs) = (ely.mastermind().await, alex.mastermind().await);
    let bold: enums::MessageEntity = types::MessageEntityBold { offset: 0, length: 5 }.into();
    let words = InputMessage::new().text("claim it").fmt_entities([bold.clone()]);
    let sent = ely.say(group, words).await.unwrap();
    assert_eq!((sent.text(), sent.outgoing()), ("claim it", true));
    let heard = alex
        .next(|update| match update {
            Update::NewMessage(message) => Some(message),
            _ => None,
        })
        .await;
    assert_eq!((heard.text(), heard.fmt_entities()), ("claim it", Some(&vec![bold])));
    assert_eq!(heard.sender().and_then(|sender| sender.name()), Some("Ely"));
    assert_ne!(heard.id(), sent.id(), "ids in a basic group are the viewer's own");
    let reply = InputMessage::new().text("why?").reply_to(Some(heard.id()));
    alex.say(alexs, reply).await.unwrap();
    let answer = ely
        .next(|update| match update {
            Update::NewMessage(message) if !message.outgoing() => Some(message),
            _ => None,
        })
        .await;
    assert_eq!((answer.text(), answer.reply_to_message_id()), ("why?", Some(sent.id())));
    let mut history = alex.client.iter_messages(alexs);
    assert_eq!(history.next().await.unwrap().unwrap().text(), "why?");
    assert_eq!(history.next().await.unwrap().unwrap().text(), "claim it");
}

#[tokio::test]
async fn a_private_word_comes_in_the_short_form() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let mut alex = sandbox.sign_in("alex_ops").await;
    assert!(ely.client.resolve_username("nobody_here").await.unwrap().is_none());
    let to = ely.client.resolve_username("alex_ops").await.unwrap().unwrap().to_ref().await.unwrap().unwrap();
    let sent = ely.say(to, InputMessage::new().text("between us")).await.unwrap();
    assert_eq!(sent.text(), "between us");
    assert_eq!(alex.next_text().await, "between us");
}

#[tokio::test]
async fn edits_deletions_and_pins_are_told() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let mut alex = sandbox.sign_in("alex_ops").await;
    let group = ely.mastermind().await;
    let sent = ely.say(group, InputMessage::new().text("first")).await.unwrap();
    ely.client.edit_message(group, sent.id(), InputMessage::new().text("second")).await.unwrap();
    let edited = alex
        .next(|update| match update {
            Update::MessageEdited(message) => Some(message.text().to_owned()),
            _ => None,
        })
        .await;
    assert_eq!(edited, "second");
    ely.client.pin_message(group, sent.id()).await.unwrap();
    let full = f::messages::GetFullChat { chat_id: group.id.bare_id().unwrap() };
    let enums::messages::ChatFull::Full(full) = ely.client.invoke(&full).await.unwrap();
    let enums::ChatFull::Full(chat) = full.full_chat else { panic!("a basic group") };
    assert_eq!(chat.pinned_msg_id, Some(sent.id()));
    ely.client.delete_messages(group, &[sent.id()]).await.unwrap();
    let deleted = alex
        .next(|update| match update {
            Update::MessageDeleted(deletion) if !deletion.messages().is_empty() => Some(()),
            _ => None,
        })
        .await;
    assert_eq!(deleted, ());
}

#[tokio::test]
async fn reactions_are_counted_and_told() {
    let sandbox = Sandbox::start().await;
    let (ely, alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let (group, alexs) = (ely.mastermind().await, alex.mastermind().await);
    let sent = ely.say(group, InputMessage::new().text("agreed?")).await.unwrap();
    let theirs = alex.client.iter_messages(alexs).next().await.unwrap().unwrap();
    let thumb: enums::Reaction = types::ReactionEmoji { emoticon: "👍".to_owned() }.into();
    let mut react = f::messages::SendReaction {
        big: false,
        add_to_recent: false,
        peer: alexs.into(),
        msg_id: theirs.id(),
        reaction: Some(vec![thumb.clone()]),
    };
    alex.client.invoke(&react).await.unwrap();
    let mandatory = types::ReactionEmoji { emoticon: "no emoji".to_owned() };
    react.reaction = Some(vec![mandatory.into()]);
    assert_eq!(refusal(alex.client.invoke(&react).await), "400 REACTION_INVALID");
    let ask = f::messages::GetMessagesReactions { peer: group.into(), id: vec![sent.id()] };
    let enums::Updates::Updates(told) = ely.client.invoke(&ask).await.unwrap() else { panic!("updates") };
    let [enums::Update::MessageReactions(told)] = &told.updates[..] else { panic!("{told:?}") };
    let enums::MessageReactions::Reactions(reactions) = &told.reactions;
    assert_eq!(
        reactions.results,
        [types::ReactionCount { chosen_order: None, reaction: thumb, count: 1 }.into()]
    );
}

#[tokio::test]
async fn a_tap_reaches_the_bot_and_its_answer_comes_back() {
    let sandbox = Sandbox::start().await;
    let world = sandbox.world.clone();
    let ely = sandbox.sign_in("ely_exec").await;
    let mesh = sandbox.user("mesh_mastermind_bot").id;
    let rows = vec![vec![Button::callback("Take it", b"take:1".to_vec())]];
    let draft = Draft { keyboard: Some(Keyboard { rows }), ..Draft::text("A card") };
    world.post(mesh, sandbox.group(), draft).unwrap();
    let group = ely.mastermind().await;
    let card = ely.client.iter_messages(group).next().await.unwrap().unwrap();
    let bot = tokio::spawn(answer_one_tap(world, mesh));
    let tap = f::messages::GetBotCallbackAnswer {
        game: false,
        peer: group.into(),
        msg_id: card.id(),
        data: Some(data_of(card.reply_markup().unwrap())),
        password: None,
    };
    let enums::messages::BotCallbackAnswer::Answer(answer) = ely.client.invoke(&tap).await.unwrap();
    assert_eq!((answer.message.as_deref(), answer.alert), (Some("heard take:1"), true));
    bot.await.unwrap();
}

fn data_of(markup: enums::ReplyMarkup) -> Vec<u8> {
    let enums::ReplyMarkup::ReplyInlineMarkup(markup) = markup else { panic!("an inline keyboard") };
    let enums::KeyboardInlineButtonRow::Row(row) = &markup.rows[0];
    let enums::KeyboardInlineButton::Button(button) = &row.buttons[0];
    let enums::InlineButtonType::Callback(callback) = &button.r#type else { panic!("a callback") };
    callback.data.clone()
}

async fn answer_one_tap(world: World, bot: UserId) {
    let mut wake = world.subscribe(bot).unwrap();
    loop {
        for update in world.bot_updates(bot, 0, 100) {
            if let BotUpdateKind::CallbackQuery(query) = update.kind {
                let text = Some(format!("heard {}", String::from_utf8_lossy(&query.data)));
                let answer = TapAnswer { text, alert: true, ..TapAnswer::default() };
                return world.answer_tap(bot, query.id, answer).unwrap();
            }
        }
        wake.changed().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_missed_during_a_cut_comes_afterwards() {
    let sandbox = Sandbox::start().await;
    let mut ely = sandbox.sign_in("ely_exec").await;
    let (alex, account) = (sandbox.user("alex_ops").id, sandbox.user("ely_exec").id);
    ely.mastermind().await;
    sandbox.world.post(alex, sandbox.group(), Draft::text("before")).unwrap();
    assert_eq!(ely.next_text().await, "before");
    assert!(sandbox.world.faults().add(Fault::Cut { account }));
    for text in ["during", "after"] {
        sandbox.world.post(alex, sandbox.group(), Draft::text(text)).unwrap();
    }
    assert_eq!(ely.next_text().await, "during");
    assert_eq!(ely.next_text().await, "after");
}

#[tokio::test]
async fn many_messages_come_in_order_and_once() {
    let sandbox = Sandbox::start().await;
    let mut ely = sandbox.sign_in("ely_exec").await;
    let alex = sandbox.user("alex_ops").id;
    let group = ely.mastermind().await;
    for n in 0..250 {
        sandbox.world.post(alex, sandbox.group(), Draft::text(format!("n{n}"))).unwrap();
        if n % 50 == 0 {
            ely.say(group, InputMessage::new().text("and me")).await.unwrap();
        }
    }
    for n in 0..250 {
        assert_eq!(ely.next_text().await, format!("n{n}"));
    }
}

#[tokio::test]
async fn ordered_faults_happen() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let group = ely.mastermind().await;
    let method = || "messages.sendMessage".to_owned();
    sandbox.world.faults().add(Fault::FloodWait { method: method(), seconds: 7, times: 1 });
    assert_eq!(refusal(ely.client.invoke(&send(group.into(), "flooded", 1)).await), "420 FLOOD_WAIT 7");
    sandbox.world.faults().add(Fault::LoseReply { method: method(), times: 1 });
    let lost = ely.client.invoke(&send(group.into(), "once", 2)).await;
    assert!(!matches!(lost, Ok(_) | Err(InvocationError::Rpc(_))), "{lost:?}");
    assert_eq!(refusal(ely.client.invoke(&send(group.into(), "once", 2)).await), "500 RANDOM_ID_DUPLICATE");
    let account = sandbox.user("ely_exec").id;
    assert_eq!(times_in_history(&sandbox.world, account, sandbox.group(), "once"), 1);
    assert_eq!(times_in_history(&sandbox.world, account, sandbox.group(), "flooded"), 0);
}

#[tokio::test]
async fn what_is_not_there_is_refused_by_name() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let unknown = ely.client.invoke(&f::account::GetWallPapers { hash: 0 }).await;
    assert_eq!(refusal(unknown), "400 METHOD_NOT_IMPLEMENTED");
    let alex = sandbox.user("alex_ops").id.0;
    let wrong_hash = types::InputPeerUser { user_id: alex, access_hash: 1 }.into();
    assert_eq!(refusal(ely.client.invoke(&history(wrong_hash)).await), "400 PEER_ID_INVALID");
    let difference = ely.client.invoke(&difference(1)).await.unwrap();
    assert!(matches!(
        difference,
        enums::updates::Difference::TooLong(_) | enums::updates::Difference::Difference(_)
    ));
}

#[tokio::test]
async fn a_supergroup_shares_its_ids() {
    let sandbox = Sandbox::start().await;
    let (owner, other) = (sandbox.user("ely_exec").id, sandbox.user("alex_ops").id);
    sandbox.world.add_group(ChatKind::Supergroup, "Mesh Hall", owner, &[other]);
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let (hall, alexs) = (ely.chat("Mesh Hall").await, alex.chat("Mesh Hall").await);
    let sent = ely.say(hall, InputMessage::new().text("in the hall")).await.unwrap();
    let heard = alex
        .next(|update| match update {
            Update::NewMessage(message) => Some(message.id()),
            _ => None,
        })
        .await;
    assert_eq!(heard, sent.id());
    alex.client.mark_as_read(alexs).await.unwrap();
    let found = alex.client.get_messages_by_id(alexs, &[heard]).await.unwrap();
    assert_eq!(found[0].as_ref().map(Message::text), Some("in the hall"));
}

#[tokio::test]
async fn it_stops_with_clients_connected() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    sandbox.cancel.cancel();
    tokio::time::timeout(AT_MOST, sandbox.serving).await.unwrap().unwrap();
    assert!(ely.client.get_me().await.is_err());
}
