//! Every method of the table is called, and what it answers is read by its own TL type.

use std::collections::BTreeSet;

use grammers_crypto::two_factor_auth::calculate_2fa;

use super::*;
use crate::mtproto::requests::{edit, history, search, search_global, send, send_media};
use crate::mtproto::view::{access_hash, file_hash, file_reference};
use crate::world::{ChatKind, UserId};

/// Somebody signed in, and what they have asked so far.
struct Asking {
    server: Arc<Shared>,
    key: AuthKey,
    asked: BTreeSet<u32>,
}

impl Asking {
    fn ely() -> Self {
        let (server, key) = signed_in();
        Self { server, key, asked: BTreeSet::new() }
    }

    /// With a key of its own, and nobody signed in.
    fn stranger(&self, byte: u8) -> Self {
        let key = AuthKey::new([byte; 256]);
        self.server.keys.keep(Made { key: key.clone(), salt: 1 });
        Self { server: self.server.clone(), key, asked: BTreeSet::new() }
    }

    fn id(&self, username: &str) -> UserId {
        user(&self.server, username).id
    }

    fn ask<F: RemoteCall<Return: Serializable> + Identifiable>(&mut self, request: &F) -> F::Return {
        self.try_ask(request).unwrap()
    }

    fn try_ask<F: RemoteCall<Return: Serializable> + Identifiable>(
        &mut self,
        request: &F,
    ) -> Result<F::Return, String> {
        self.asked.insert(F::CONSTRUCTOR_ID);
        ask(&self.server, &self.key, request)
    }

    async fn wait<F: RemoteCall<Return: Serializable> + Identifiable>(&mut self, request: &F) -> F::Return {
        self.asked.insert(F::CONSTRUCTOR_ID);
        let body = request.to_bytes();
        let mut call = Call::new(self.server.clone(), self.key.id());
        match dispatch(&mut call, &unwrap(&body).unwrap()) {
            Answer::Now(outcome) => panic!("{outcome:?}"),
            Answer::Later(waiting) => typed::<F>(&waiting.await.unwrap()),
        }
    }

    fn input_user(&self, username: &str) -> enums::InputUser {
        let (me, id) = (self.id("ely_exec"), self.id(username));
        types::InputUser { user_id: id.0, access_hash: access_hash(me, Peer::User(id)) }.into()
    }

    fn input_channel(&self, channel_id: i64) -> enums::InputChannel {
        let access_hash = access_hash(self.id("ely_exec"), Peer::Channel(channel_id));
        types::InputChannel { channel_id, access_hash }.into()
    }

    fn input_peer(&self, at: Peer) -> enums::InputPeer {
        let me = self.id("ely_exec");
        match at {
            Peer::Group(chat_id) => types::InputPeerChat { chat_id }.into(),
            Peer::User(user) => {
                types::InputPeerUser { user_id: user.0, access_hash: access_hash(me, at) }.into()
            }
            Peer::Channel(channel_id) => {
                types::InputPeerChannel { channel_id, access_hash: access_hash(me, at) }.into()
            }
        }
    }
}

/// A request with nothing set but what is given: zeros for all that has no mandatory boxed field.
fn plain<T: Deserializable>() -> T {
    crate::mtproto::view::blank()
}

#[tokio::test]
async fn every_method_answers_by_its_type() {
    let mut ely = Asking::ely();
    configuration(&mut ely);
    people(&mut ely).await;
    let said = writing(&mut ely);
    reading(&mut ely, said);
    files(&mut ely);
    taps(&mut ely).await;
    groups(&mut ely);
    supergroups(&mut ely);
    signing_in(&mut ely).await;
    let missing: Vec<&str> = METHODS
        .iter()
        .filter(|id| !ely.asked.contains(id))
        .map(|id| grammers_tl_types::name_for_id(*id))
        .collect();
    assert!(missing.is_empty(), "never called: {missing:?}");
}

fn configuration(ely: &mut Asking) {
    ely.ask(&f::help::GetConfig {});
    ely.ask(&f::help::GetNearestDc {});
    ely.ask(&f::help::GetAppConfig { hash: 0 });
    ely.ask(&f::updates::GetState {});
    ely.ask(&f::account::UpdateStatus { offline: false });
}

async fn people(ely: &mut Asking) {
    ely.ask(&f::users::GetUsers { id: vec![enums::InputUser::UserSelf] });
    ely.ask(&f::users::GetFullUser { id: ely.input_user("alex_ops") });
    ely.ask(&f::contacts::ResolveUsername { username: "alex_ops".to_owned(), referer: None });
    ely.ask(&f::contacts::GetContacts { hash: 0 });
    let bot = ely.input_peer(Peer::User(ely.id("oracle_agent_bot")));
    assert!(ely.ask(&f::contacts::Block { my_stories_from: false, id: bot.clone() }));
    let asked = f::contacts::GetBlocked { my_stories_from: false, offset: 0, limit: 10 };
    let enums::contacts::Blocked::Blocked(blocked) = ely.ask(&asked) else { panic!("one page") };
    assert_eq!((blocked.blocked.len(), blocked.users.len()), (1, 1));
    assert!(ely.ask(&f::contacts::Unblock { my_stories_from: false, id: bot }));
    ely.wait(&f::account::GetPassword {}).await;
}

/// Posts in the group and in private, changes it, and tells the id of a message left in the group.
fn writing(ely: &mut Asking) -> i32 {
    let at = ely.input_peer(group(&ely.server));
    let before = ely.server.world.account_state(ely.id("ely_exec")).pts;
    let posted = ely.ask(&send(at.clone(), "in the group", 1));
    let enums::Updates::Updates(posted) = posted else { panic!("{posted:?}") };
    let enums::Update::MessageId(named) = &posted.updates[0] else { panic!("{posted:?}") };
    let id = named.id;
    let alex = ely.input_peer(Peer::User(ely.id("alex_ops")));
    let short = ely.ask(&send(alex, "in private", 2));
    assert!(matches!(short, enums::Updates::UpdateShortSentMessage(_)));
    ely.ask(&edit(at.clone(), id, "edited"));
    ely.ask(&f::messages::UpdatePinnedMessage {
        silent: true,
        unpin: false,
        pm_oneside: false,
        peer: at.clone(),
        id,
    });
    let thumb = types::ReactionEmoji { emoticon: "👍".to_owned() }.into();
    ely.ask(&f::messages::SendReaction {
        big: false,
        add_to_recent: false,
        peer: at.clone(),
        msg_id: id,
        reaction: Some(vec![thumb]),
    });
    ely.ask(&f::messages::SetTyping {
        peer: at.clone(),
        top_msg_id: None,
        action: enums::SendMessageAction::SendMessageTypingAction,
    });
    let gone = ely.ask(&send(at, "soon gone", 3));
    let enums::Updates::Updates(gone) = gone else { panic!("{gone:?}") };
    let enums::Update::MessageId(named) = &gone.updates[0] else { panic!("{gone:?}") };
    ely.ask(&f::messages::DeleteMessages { revoke: true, id: vec![named.id] });
    ely.ask(&difference(before));
    id
}

fn reading(ely: &mut Asking, id: i32) {
    let at = ely.input_peer(group(&ely.server));
    ely.ask(&f::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 10,
        hash: 0,
    });
    ely.ask(&f::messages::GetPinnedDialogs { folder_id: 0 });
    let peer = types::InputDialogPeer { peer: at.clone() }.into();
    ely.ask(&f::messages::GetPeerDialogs { peers: vec![peer] });
    ely.ask(&history(at.clone()));
    ely.ask(&f::messages::GetMessages { id: vec![types::InputMessageId { id }.into()] });
    ely.ask(&search(at.clone(), "edited"));
    ely.ask(&search_global("edited"));
    ely.ask(&f::messages::ReadHistory { peer: at.clone(), max_id: id });
    ely.ask(&f::messages::GetMessagesReactions { peer: at.clone(), id: vec![id] });
    ely.ask(&f::messages::GetMessageReactionsList { peer: at, id, reaction: None, offset: None, limit: 10 });
    let Peer::Group(chat_id) = group(&ely.server) else { panic!("a basic group") };
    ely.ask(&f::messages::GetChats { id: vec![chat_id] });
    ely.ask(&f::messages::GetFullChat { chat_id });
}

fn files(ely: &mut Asking) {
    ely.ask(&f::upload::SaveFilePart { file_id: 5, file_part: 0, bytes: b"plan".to_vec() });
    let big = f::upload::SaveBigFilePart {
        file_id: 6,
        file_part: 0,
        file_total_parts: 1,
        bytes: b"bigger plan".to_vec(),
    };
    ely.ask(&big);
    let file =
        |id| types::InputFile { id, parts: 1, name: "plan.txt".to_owned(), md5_checksum: String::new() };
    let me = ely.input_peer(Peer::User(ely.id("ely_exec")));
    ely.ask(&send_media(me.clone(), file(5).into(), 10));
    let missing = ely.try_ask(&send_media(me, file(7).into(), 11));
    assert_eq!(missing, Err("400 FILE_PART_0_MISSING".to_owned()));
    let id = 5_100_000_000_000_000_001;
    let location = types::InputDocumentFileLocation {
        id,
        access_hash: file_hash(ely.id("ely_exec"), id),
        file_reference: file_reference(id),
        thumb_size: String::new(),
    };
    let get = |offset| f::upload::GetFile {
        precise: true,
        cdn_supported: false,
        location: location.clone().into(),
        offset,
        limit: 1024,
    };
    let enums::upload::File::File(whole) = ely.ask(&get(0)) else { panic!("no file") };
    let enums::upload::File::File(rest) = ely.ask(&get(2)) else { panic!("no file") };
    assert_eq!((&whole.bytes[..], &rest.bytes[..]), (&b"plan"[..], &b"an"[..]));
}

async fn taps(ely: &mut Asking) {
    let (world, mesh) = (ely.server.world.clone(), ely.id("mesh_mastermind_bot"));
    let rows = vec![vec![crate::world::Button::callback("Take it", b"take".to_vec())]];
    let card = Draft { keyboard: Some(crate::world::Keyboard { rows }), ..Draft::text("A card") };
    let card = world.post(mesh, group(&ely.server), card).unwrap();
    let msg_id = world.id_for(ely.id("ely_exec"), card.key).unwrap();
    world.drop_updates(mesh);
    tokio::spawn(async move {
        let mut wake = world.subscribe(mesh).unwrap();
        loop {
            for update in world.bot_updates(mesh, 0, 10) {
                if let crate::world::BotUpdateKind::CallbackQuery(query) = update.kind {
                    return world.answer_tap(mesh, query.id, crate::world::TapAnswer::default());
                }
            }
            wake.changed().await.unwrap();
        }
    });
    let peer = ely.input_peer(group(&ely.server));
    let tap = f::messages::GetBotCallbackAnswer {
        game: false,
        peer,
        msg_id,
        data: Some(b"take".to_vec()),
        password: None,
    };
    ely.wait(&tap).await;
}

fn groups(ely: &mut Asking) {
    let users = vec![ely.input_user("alex_ops")];
    let made = ely.ask(&f::messages::CreateChat { users, title: "Annex".to_owned(), ttl_period: None });
    let enums::messages::InvitedUsers::Users(made) = made;
    let enums::Updates::Updates(made) = made.updates else { panic!("updates") };
    let chat_id = made.chats[0].id();
    let user_id = ely.input_user("sam_stranger");
    ely.ask(&f::messages::AddChatUser { chat_id, user_id: user_id.clone(), fwd_limit: 0 });
    ely.ask(&f::messages::EditChatAdmin { chat_id, user_id: user_id.clone(), is_admin: true });
    ely.ask(&f::messages::DeleteChatUser { revoke_history: false, chat_id, user_id });
    ely.ask(&f::messages::MigrateChat { chat_id });
    assert_eq!(ely.try_ask(&f::messages::MigrateChat { chat_id }), Err("400 PEER_ID_INVALID".to_owned()));
}

fn supergroups(ely: &mut Asking) {
    let made = ely.ask(&f::channels::CreateChannel {
        broadcast: false,
        megagroup: true,
        for_import: false,
        forum: false,
        title: "Hall".to_owned(),
        about: String::new(),
        geo_point: None,
        address: None,
        ttl_period: None,
    });
    let enums::Updates::Updates(made) = made else { panic!("updates") };
    let channel = ely.input_channel(made.chats[0].id());
    let users = vec![ely.input_user("alex_ops"), ely.input_user("mesh_mastermind_bot")];
    ely.ask(&f::channels::InviteToChannel { channel: channel.clone(), users });
    let admin_rights = types::ChatAdminRights { pin_messages: true, ..plain() }.into();
    let user_id = ely.input_user("alex_ops");
    ely.ask(&f::channels::EditAdmin { channel: channel.clone(), user_id, admin_rights, rank: None });
    for filter in [
        enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
        enums::ChannelParticipantsFilter::ChannelParticipantsAdmins,
        enums::ChannelParticipantsFilter::ChannelParticipantsBots,
    ] {
        let channel = channel.clone();
        ely.ask(&f::channels::GetParticipants { channel, filter, offset: 0, limit: 10, hash: 0 });
    }
    let participant = ely.input_peer(Peer::User(ely.id("alex_ops")));
    ely.ask(&f::channels::GetParticipant { channel: channel.clone(), participant });
    ely.ask(&f::channels::GetFullChannel { channel: channel.clone() });
    ely.ask(&f::channels::GetChannels { id: vec![channel.clone()] });
    ely.ask(&f::channels::GetMessages {
        channel: channel.clone(),
        id: vec![types::InputMessageId { id: 1 }.into()],
    });
    ely.ask(&f::channels::ReadHistory { channel: channel.clone(), max_id: 2 });
    ely.ask(&f::updates::GetChannelDifference {
        force: false,
        channel: channel.clone(),
        filter: enums::ChannelMessagesFilter::Empty,
        pts: 1,
        limit: 100,
    });
    ely.ask(&f::channels::DeleteMessages { channel, id: vec![1] });
    let (alex, me) = (ely.id("alex_ops"), ely.id("ely_exec"));
    let Peer::Channel(theirs) = ely.server.world.add_group(ChatKind::Supergroup, "Theirs", alex, &[me])
    else {
        panic!("a supergroup")
    };
    ely.ask(&f::channels::LeaveChannel { channel: ely.input_channel(theirs) });
}

async fn signing_in(ely: &mut Asking) {
    let mut new = ely.stranger(9);
    let (phone_number, api_hash) = ("+9996655512".to_owned(), "hash".to_owned());
    let settings = blank_settings();
    let code = f::auth::SendCode {
        phone_number: phone_number.clone(),
        api_id: 1,
        api_hash: api_hash.clone(),
        settings,
    };
    let hash_of = |code| match code {
        enums::auth::SentCode::Code(code) => code.phone_code_hash,
        other => panic!("{other:?}"),
    };
    let phone_code_hash = hash_of(new.ask(&code));
    let resend = f::auth::ResendCode { phone_number: phone_number.clone(), phone_code_hash, reason: None };
    let phone_code_hash = hash_of(new.ask(&resend));
    new.ask(&f::auth::SignIn {
        phone_number: phone_number.clone(),
        phone_code_hash: phone_code_hash.clone(),
        phone_code: Some("55555".to_owned()),
        email_verification: None,
    });
    new.ask(&f::auth::SignUp {
        no_joined_notifications: false,
        phone_number: phone_number.clone(),
        phone_code_hash,
        first_name: "Dana".to_owned(),
        last_name: String::new(),
    });
    set_password(&mut new).await;
    let mut second = ely.stranger(10);
    let export = f::auth::ExportLoginToken { api_id: 1, api_hash, except_ids: vec![] };
    let enums::auth::LoginToken::Token(shown) = second.ask(&export) else { panic!("no token") };
    second.ask(&f::auth::ImportLoginToken { token: shown.token.clone() });
    new.ask(&f::auth::AcceptLoginToken { token: shown.token });
    assert_eq!(second.try_ask(&export), Err("401 SESSION_PASSWORD_NEEDED".to_owned()));
    let password = prove(&mut second).await;
    second.ask(&f::auth::CheckPassword { password });
    new.ask(&f::auth::LogOut {});
    let mut elsewhere = ely.stranger(12);
    let enums::auth::ExportedAuthorization::Authorization(out) =
        second.ask(&f::auth::ExportAuthorization { dc_id: 4 });
    let import = f::auth::ImportAuthorization { id: out.id, bytes: out.bytes };
    elsewhere.ask(&import);
    assert_eq!(elsewhere.try_ask(&import), Err("400 AUTH_BYTES_INVALID".to_owned()));
    second.asked.extend(elsewhere.asked);
    let mut third = ely.stranger(11);
    let code = f::auth::SendCode {
        phone_number: phone_number.clone(),
        api_id: 1,
        api_hash: "hash".to_owned(),
        settings: blank_settings(),
    };
    let phone_code_hash = hash_of(third.ask(&code));
    third.ask(&f::auth::CancelCode { phone_number, phone_code_hash });
    for other in [new, second, third] {
        ely.asked.extend(other.asked);
    }
}

const PASSWORD: &str = "open sesame";

async fn set_password(new: &mut Asking) {
    let verifier = crate::mtproto::srp::Verifier::of(PASSWORD, &mut FixedChance::default());
    let new_settings = types::account::PasswordInputSettings {
        new_algo: Some(verifier.algo()),
        new_password_hash: Some(verifier.to_bytes()),
        hint: Some("to the cave".to_owned()),
        email: None,
        new_secure_settings: None,
    };
    new.ask(&f::account::UpdatePasswordSettings {
        password: enums::InputCheckPasswordSrp::InputCheckPasswordEmpty,
        new_settings: new_settings.into(),
    });
    let enums::account::Password::Password(now) = new.wait(&f::account::GetPassword {}).await;
    assert_eq!((now.has_password, now.hint.as_deref()), (true, Some("to the cave")));
}

/// What grammers answers to the challenge.
async fn prove(asking: &mut Asking) -> enums::InputCheckPasswordSrp {
    let enums::account::Password::Password(ask) = asking.wait(&f::account::GetPassword {}).await;
    let Some(enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) =
        ask.current_algo
    else {
        panic!("no password")
    };
    let (m1, a) = calculate_2fa(
        &algo.salt1,
        &algo.salt2,
        &algo.p,
        &algo.g,
        ask.srp_b.unwrap(),
        ask.secure_random,
        PASSWORD,
    );
    types::InputCheckPasswordSrp { srp_id: ask.srp_id.unwrap(), a: a.to_vec(), m1: m1.to_vec() }.into()
}

fn blank_settings() -> enums::CodeSettings {
    plain::<types::CodeSettings>().into()
}
