//! Groups, supergroups and files, as grammers sees them.

use grammers_client::InvocationError;
use grammers_client::message::{InputMessage, Message};
use grammers_client::tl::{enums, functions as f, types};
use grammers_client::update::Update;
use grammers_session::types::PeerRef;

use super::{Grammers, Sandbox, refusal};
use crate::mtproto::requests::send_media;
use crate::world::{BotUpdateKind, ChatKind, Content, Draft, LOG_KEPT, Peer, Rank, Service};

/// More than one part of a file, and more than one answer of `upload.getFile`.
const FILE_SIZE: usize = 1_200_000;

impl Grammers {
    async fn input_user(&self, username: &str) -> enums::InputUser {
        self.found(username).await.into()
    }

    async fn found(&self, username: &str) -> PeerRef {
        let found = self.client.resolve_username(username).await.unwrap().unwrap();
        found.to_ref().await.unwrap().unwrap()
    }

    async fn edited(&mut self) -> Message {
        self.next(|update| match update {
            Update::MessageEdited(message) => Some(message.into_inner()),
            _ => None,
        })
        .await
    }

    async fn deleted(&mut self) -> Vec<i32> {
        self.next(|update| match update {
            Update::MessageDeleted(deletion) if !deletion.messages().is_empty() => {
                Some(deletion.messages().to_vec())
            }
            _ => None,
        })
        .await
    }

    async fn heard(&mut self, text: &str) -> Message {
        self.next(|update| match update {
            Update::NewMessage(message) if message.text() == text => Some(message.into_inner()),
            _ => None,
        })
        .await
    }

    /// The next thing told in brackets: who came, what the group became.
    async fn action(&mut self) -> enums::MessageAction {
        self.next(|update| match update {
            Update::NewMessage(message) => message.action().cloned(),
            _ => None,
        })
        .await
    }
}

fn create(title: &str) -> f::channels::CreateChannel {
    f::channels::CreateChannel {
        broadcast: false,
        megagroup: true,
        for_import: false,
        forum: false,
        title: title.to_owned(),
        about: String::new(),
        geo_point: None,
        address: None,
        ttl_period: None,
    }
}

fn channel_of(updates: enums::Updates) -> types::Channel {
    let enums::Updates::Updates(updates) = updates else { panic!("{updates:?}") };
    let channel = updates.chats.into_iter().find_map(|chat| match chat {
        enums::Chat::Channel(channel) => Some(channel),
        _ => None,
    });
    channel.expect("a supergroup")
}

#[tokio::test]
async fn a_supergroup_is_made_and_talked_in() {
    let sandbox = Sandbox::start().await;
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let made = channel_of(ely.client.invoke(&create("Mesh Hall")).await.unwrap());
    assert!(made.megagroup && made.creator);
    let (channel_id, access_hash) = (made.id, made.access_hash.unwrap());
    let channel: enums::InputChannel = types::InputChannel { channel_id, access_hash }.into();
    let users = vec![ely.input_user("alex_ops").await, ely.input_user("mesh_mastermind_bot").await];
    ely.client.invoke(&f::channels::InviteToChannel { channel: channel.clone(), users }).await.unwrap();
    assert!(matches!(alex.action().await, enums::MessageAction::ChatAddUser(_)));
    let (hall, alexs) = (ely.chat("Mesh Hall").await, alex.chat("Mesh Hall").await);
    let mut members = Vec::new();
    let mut participants = ely.client.iter_participants(hall);
    while let Some(participant) = participants.next().await.unwrap() {
        members.push(participant.user.username().unwrap().to_owned());
    }
    members.sort();
    assert_eq!(members, ["alex_ops", "ely_exec", "mesh_mastermind_bot"]);

    let sent = ely.say(hall, InputMessage::new().text("who takes this?")).await.unwrap();
    let heard = alex.heard("who takes this?").await;
    assert_eq!(heard.id(), sent.id(), "ids in a supergroup are the same for all");
    alex.say(alexs, InputMessage::new().text("I do").reply_to(Some(heard.id()))).await.unwrap();
    ely.client.edit_message(hall, sent.id(), InputMessage::new().text("settled")).await.unwrap();
    assert_eq!(alex.edited().await.text(), "settled");
    let no_admin = alex.client.pin_message(alexs, sent.id()).await;
    assert_eq!(refusal(no_admin), "400 CHAT_ADMIN_REQUIRED");
    let admin_rights = types::ChatAdminRights { pin_messages: true, ..crate::mtproto::view::blank() };
    let user_id = ely.input_user("alex_ops").await;
    let promote = f::channels::EditAdmin { channel, user_id, admin_rights: admin_rights.into(), rank: None };
    ely.client.invoke(&promote).await.unwrap();
    alex.client.pin_message(alexs, sent.id()).await.unwrap();
    ely.client.delete_messages(hall, &[sent.id()]).await.unwrap();
    assert_eq!(alex.deleted().await, [sent.id()]);
}

#[tokio::test]
async fn a_group_becomes_a_supergroup_while_account_and_bot_are_connected() {
    let sandbox = Sandbox::start().await;
    let (world, mesh) = (sandbox.world.clone(), sandbox.user("mesh_mastermind_bot").id);
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let group = ely.mastermind().await;
    let chat_id = group.id.bare_id().unwrap();
    let said = ely.say(group, InputMessage::new().text("before")).await.unwrap();
    let heard = alex.heard("before").await;
    assert_ne!(heard.id(), said.id());
    let refused = alex.client.invoke(&f::messages::MigrateChat { chat_id }).await;
    assert_eq!(refusal(refused), "400 CHAT_ADMIN_REQUIRED");
    let new = channel_of(ely.client.invoke(&f::messages::MigrateChat { chat_id }).await.unwrap());

    // The box and the supergroup count apart, so either may come first.
    let mut told = [alex.action().await, alex.action().await];
    told.sort_by_key(|action| matches!(action, enums::MessageAction::ChatMigrateTo(_)));
    let [enums::MessageAction::ChannelMigrateFrom(from), enums::MessageAction::ChatMigrateTo(to)] = told
    else {
        panic!("{told:?}")
    };
    assert_eq!((to.channel_id, from.chat_id, from.title.as_str()), (new.id, chat_id, "Mesh Mastermind"));
    let told: Vec<Content> = world
        .bot_updates(mesh, 0, 100)
        .into_iter()
        .filter_map(|update| match update.kind {
            BotUpdateKind::Message(view) => Some(view.content),
            _ => None,
        })
        .collect();
    assert_eq!(told[1], Content::Service(Service::MigratedTo { channel: new.id }));
    let title = "Mesh Mastermind".to_owned();
    assert_eq!(told[2], Content::Service(Service::MigratedFrom { title, group: chat_id }));

    assert_eq!(refusal(ely.say(group, InputMessage::new().text("after")).await), "400 PEER_ID_INVALID");
    let old = f::messages::GetChats { id: vec![chat_id] };
    let enums::messages::Chats::Chats(old) = ely.client.invoke(&old).await.unwrap() else { panic!("chats") };
    let enums::Chat::Chat(old) = &old.chats[0] else { panic!("a basic group") };
    assert!(old.deactivated && old.migrated_to.is_some());
    world.post(sandbox.user("ely_exec").id, Peer::Channel(new.id), Draft::text("after")).unwrap();
    alex.heard("after").await;
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let sandbox = Sandbox::start().await;
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let bytes: Vec<u8> = (0..FILE_SIZE).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let mut stream = &bytes[..];
    let uploaded = ely.client.upload_stream(&mut stream, bytes.len(), "plan.bin".to_owned()).await.unwrap();
    let group = ely.mastermind().await;
    ely.say(group, InputMessage::new().text("the plan").document(uploaded)).await.unwrap();
    let heard = alex.heard("the plan").await;
    let media = heard.media().unwrap();
    let grammers_client::media::Media::Document(document) = &media else { panic!("{media:?}") };
    assert_eq!((document.name(), document.size()), (Some("plan.bin"), Some(FILE_SIZE)));
    let (mut chunks, mut down) = (alex.client.iter_download(&media), Vec::new());
    while let Some(chunk) = chunks.next().await.unwrap() {
        down.extend(chunk);
    }
    assert!(down == bytes, "it came down different: {} bytes", down.len());
}

#[tokio::test]
async fn a_photo_is_seen_as_one_and_what_arrives_changed_is_refused() {
    let sandbox = Sandbox::start().await;
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let picture = b"GIF89a\x40\x01\x78\0 and the rest of it";
    let upload = async |bytes: &[u8]| {
        let mut stream = bytes;
        ely.client.upload_stream(&mut stream, bytes.len(), "any.gif".to_owned()).await.unwrap()
    };
    let group = ely.mastermind().await;
    ely.say(group, InputMessage::new().text("seen").photo(upload(picture).await)).await.unwrap();
    let heard = alex.heard("seen").await;
    let media = heard.media().unwrap();
    assert!(matches!(media, grammers_client::media::Media::Photo(_)), "{media:?}");
    let mut down = Vec::new();
    let mut chunks = alex.client.iter_download(&media);
    while let Some(chunk) = chunks.next().await.unwrap() {
        down.extend(chunk);
    }
    assert_eq!(down, picture);
    let no_picture = InputMessage::new().photo(upload(b"no picture").await);
    assert_eq!(refusal(ely.say(group, no_picture).await), "400 IMAGE_PROCESS_FAILED");

    let part = f::upload::SaveFilePart { file_id: 9, file_part: 0, bytes: b"as it was sent".to_vec() };
    ely.client.invoke(&part).await.unwrap();
    let md5_checksum = "0".repeat(32);
    let changed = types::InputFile { id: 9, parts: 1, name: "plan.txt".to_owned(), md5_checksum };
    let sent = ely.client.invoke(&send_media(group.into(), changed.into(), 1)).await;
    // grammers takes any number in a name for what it is about.
    assert_eq!(refusal(sent), "400 MD5_CHECKSUM_INVALID 5");
}

#[tokio::test]
async fn who_comes_and_goes_is_told_with_the_list() {
    let sandbox = Sandbox::start().await;
    let mut ely = sandbox.sign_in("ely_exec").await;
    let (alex, sam) = (sandbox.user("alex_ops").id, sandbox.user("sam_stranger").id);
    ely.mastermind().await;
    let before = sandbox.world.group(sandbox.group()).unwrap();
    sandbox.world.remove_member(sam, sandbox.group(), sam).unwrap();
    sandbox.world.add_member(alex, sandbox.group(), sam).unwrap();
    sandbox.world.set_rank(sandbox.group(), sam, Rank::Admin);
    let mut told = Vec::new();
    while told.len() < 3 {
        let update = ely.next(|update| match update {
            Update::Raw(raw) => match raw.raw {
                enums::Update::ChatParticipants(update) => match update.participants {
                    enums::ChatParticipants::Participants(list) => {
                        Some((list.participants.len(), list.version))
                    }
                    enums::ChatParticipants::Forbidden(_) => None,
                },
                enums::Update::ChatParticipantAdmin(rank) => {
                    assert!(rank.is_admin && rank.user_id == sam.0, "{rank:?}");
                    Some((0, rank.version))
                }
                _ => None,
            },
            _ => None,
        });
        told.push(update.await);
    }
    let (all, version) = (before.members.len(), before.version);
    assert_eq!(told, [(all - 1, version + 1), (all, version + 2), (0, version + 3)]);
}

#[tokio::test]
async fn long_messages_are_compressed_both_ways() {
    let sandbox = Sandbox::start().await;
    let (ely, mut alex) = (sandbox.sign_in("ely_exec").await, sandbox.sign_in("alex_ops").await);
    let long = "again and again\n".repeat(250).trim().to_owned();
    let group = ely.mastermind().await;
    ely.say(group, InputMessage::new().text(&long)).await.unwrap();
    alex.heard(&long).await;
    let there = alex.mastermind().await;
    for _ in 0..3 {
        let read = alex.client.iter_messages(there).next().await.unwrap().unwrap();
        assert_eq!(read.text(), long);
    }
}

#[tokio::test]
async fn reactions_are_told_to_who_looked_and_to_nobody_else() {
    let sandbox = Sandbox::start().await;
    let mut ely = sandbox.sign_in("ely_exec").await;
    let alex = sandbox.user("alex_ops").id;
    let group = ely.mastermind().await;
    let first = sandbox.world.post(alex, sandbox.group(), Draft::text("unseen")).unwrap();
    let second = sandbox.world.post(alex, sandbox.group(), Draft::text("looked at")).unwrap();
    ely.heard("looked at").await;
    let own = sandbox.world.id_for(sandbox.user("ely_exec").id, second.key).unwrap();
    ely.client.get_messages_by_id(group, &[own]).await.unwrap();
    for posted in [first, second] {
        sandbox.world.react(alex, sandbox.group(), posted.view.id, Some("👍")).unwrap();
    }
    sandbox.world.post(alex, sandbox.group(), Draft::text("the end")).unwrap();
    let mut told = Vec::new();
    ely.next(|update| match update {
        Update::Raw(raw) => {
            if let enums::Update::MessageReactions(reactions) = raw.raw {
                told.push(reactions.msg_id);
            }
            None
        }
        Update::NewMessage(message) => (message.text() == "the end").then_some(()),
        _ => None,
    })
    .await;
    assert_eq!(told, [own]);
}

#[tokio::test]
async fn who_was_away_too_long_is_told_so_and_shown_the_newest() {
    let sandbox = Sandbox::start().await;
    let (ely, alex) = (sandbox.user("ely_exec").id, sandbox.user("alex_ops").id);
    let Peer::Channel(channel_id) = sandbox.world.add_group(ChatKind::Supergroup, "Hall", alex, &[ely])
    else {
        panic!("a supergroup")
    };
    for n in 0..=LOG_KEPT {
        sandbox.world.post(alex, Peer::Channel(channel_id), Draft::text(format!("n{n}"))).unwrap();
    }
    let grammers = sandbox.sign_in("ely_exec").await;
    let PeerRef { auth, .. } = grammers.chat("Hall").await;
    let channel: enums::InputChannel = types::InputChannel { channel_id, access_hash: auth.hash() }.into();
    let ask = f::updates::GetChannelDifference {
        force: false,
        channel,
        filter: enums::ChannelMessagesFilter::Empty,
        pts: 2,
        limit: 100,
    };
    let told = grammers.client.invoke(&ask).await.unwrap();
    let enums::updates::ChannelDifference::TooLong(told) = told else { panic!("{told:?}") };
    let enums::Message::Message(newest) = &told.messages[0] else { panic!("a message") };
    assert_eq!(newest.message, format!("n{LOG_KEPT}"));
    let ahead = f::updates::GetChannelDifference { pts: i32::MAX, ..ask };
    let refused: Result<_, InvocationError> = grammers.client.invoke(&ahead).await;
    assert_eq!(refusal(refused), "400 PERSISTENT_TIMESTAMP_INVALID");
}
