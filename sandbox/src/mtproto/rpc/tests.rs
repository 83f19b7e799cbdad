use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use grammers_tl_types::{
    Deserializable, Identifiable, RemoteCall, Serializable, enums, functions as f, types,
};

mod every_method;
mod otherwise;

use super::table::METHODS;
use super::*;
use crate::mtproto::chance::{Chances, fixed::FixedChance};
use crate::mtproto::crypto::AuthKey;
use crate::mtproto::door::Shared;
use crate::mtproto::handshake::Made;
use crate::mtproto::requests::{difference, search};
use crate::mtproto::rsa_key::tests::shared;
use crate::world::{Draft, Peer, User, World};

/// A server, and a key with which Ely is signed in.
fn signed_in() -> (Arc<Shared>, AuthKey) {
    let world = World::mastermind();
    let ely = world.user_by_username("ely_exec").unwrap().id;
    let key = AuthKey::new([7; 256]);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 4430));
    let server = Shared::new(world, shared().clone(), address, Chances::default());
    server.keys.keep(Made { key: key.clone(), salt: 1 });
    server.keys.sign_in(key.id(), ely);
    (Arc::new(server), key)
}

/// Asks as Ely would; a refusal is told by its words.
fn ask<F: RemoteCall<Return: Serializable>>(
    server: &Arc<Shared>,
    key: &AuthKey,
    request: &F,
) -> Result<F::Return, String> {
    let body = request.to_bytes();
    let mut call = Call::new(server.clone(), key.id());
    match dispatch(&mut call, &unwrap(&body).unwrap()) {
        Answer::Now(outcome) => {
            outcome.map(|result| typed::<F>(&result)).map_err(|refused| refused.to_string())
        }
        Answer::Later(_) => panic!("nothing here waits"),
    }
}

/// An answer as the client reads it: all of it is of the method's type, and nothing is left over.
fn typed<F: RemoteCall<Return: Serializable>>(result: &[u8]) -> F::Return {
    let answer = F::Return::from_bytes(result).unwrap();
    assert_eq!(answer.to_bytes(), result, "the answer is read back as it was written");
    answer
}

fn user(server: &Shared, username: &str) -> User {
    server.world.user_by_username(username).unwrap()
}

fn group(server: &Shared) -> Peer {
    server.world.groups()[0].peer
}

#[test]
fn every_data_centre_is_this_server() {
    let (server, key) = signed_in();
    let enums::Config::Config(config) = ask(&server, &key, &f::help::GetConfig {}).unwrap();
    let ids: Vec<i32> = config.dc_options.iter().map(|enums::DcOption::Option(dc)| dc.id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    for enums::DcOption::Option(dc) in &config.dc_options {
        assert_eq!((dc.ip_address.as_str(), dc.port), ("127.0.0.1", 4430));
    }
}

#[test]
fn a_difference_comes_in_slices_and_leads_to_the_state() {
    let (server, key) = signed_in();
    let enums::updates::State::State(before) = ask(&server, &key, &f::updates::GetState {}).unwrap();
    let alex = user(&server, "alex_ops").id;
    for n in 0..150 {
        server.world.post(alex, group(&server), Draft::text(format!("n{n}"))).unwrap();
    }
    let enums::updates::State::State(after) = ask(&server, &key, &f::updates::GetState {}).unwrap();
    assert_eq!(after.pts, before.pts + 150);
    let first = ask(&server, &key, &difference(before.pts)).unwrap();
    let enums::updates::Difference::Slice(first) = first else { panic!("{first:?}") };
    let enums::updates::State::State(middle) = first.intermediate_state;
    assert_eq!((first.new_messages.len(), middle.pts), (100, before.pts + 100));
    let rest = ask(&server, &key, &difference(middle.pts)).unwrap();
    let enums::updates::Difference::Difference(rest) = rest else { panic!("{rest:?}") };
    let enums::updates::State::State(end) = rest.state;
    assert_eq!((rest.new_messages.len(), end.pts), (50, after.pts));
    assert_eq!((rest.users.len(), rest.chats.len()), (1, 1), "everybody in it is named");
    let nothing = ask(&server, &key, &difference(after.pts)).unwrap();
    assert!(matches!(nothing, enums::updates::Difference::Empty(_)));
    for lost in [1, after.pts + 1] {
        let too_long = types::updates::DifferenceTooLong { pts: after.pts };
        assert_eq!(ask(&server, &key, &difference(lost)), Ok(too_long.into()));
    }
}

#[test]
fn who_was_sent_away_still_knows_the_group_by_name() {
    let (server, key) = signed_in();
    let ely = user(&server, "ely_exec").id;
    let enums::updates::State::State(before) = ask(&server, &key, &f::updates::GetState {}).unwrap();
    server.world.remove_member(ely, group(&server), ely).unwrap();
    let told = ask(&server, &key, &difference(before.pts)).unwrap();
    let enums::updates::Difference::Difference(told) = told else { panic!("{told:?}") };
    assert!(matches!(&told.chats[..], [enums::Chat::Forbidden(chat)] if chat.title == "Mesh Mastermind"));
}

#[test]
fn profiles_of_people_and_bots() {
    let (server, key) = signed_in();
    let own = f::users::GetFullUser { id: enums::InputUser::UserSelf };
    let enums::users::UserFull::Full(own) = ask(&server, &key, &own).unwrap();
    let [enums::User::User(ely)] = &own.users[..] else { panic!("one user") };
    assert_eq!((ely.is_self, ely.phone.as_deref()), (true, Some("15550100001")));
    let found = f::contacts::ResolveUsername { username: "sandman_agent_bot".to_owned(), referer: None };
    let enums::contacts::ResolvedPeer::Peer(found) = ask(&server, &key, &found).unwrap();
    let [enums::User::User(bot)] = &found.users[..] else { panic!("one user") };
    let hash = bot.access_hash.unwrap();
    let named = types::InputUser { user_id: bot.id, access_hash: hash };
    let full = f::users::GetFullUser { id: named.clone().into() };
    let enums::users::UserFull::Full(full) = ask(&server, &key, &full).unwrap();
    let enums::UserFull::Full(full) = full.full_user;
    assert!(full.bot_info.is_some());
    let guessed = f::users::GetFullUser { id: types::InputUser { access_hash: hash ^ 2, ..named }.into() };
    assert_eq!(ask(&server, &key, &guessed), Err("400 PEER_ID_INVALID".to_owned()));
}

#[test]
fn looking_is_what_clients_do_not_what_servers_count() {
    let (server, key) = signed_in();
    let (ely, alex) = (user(&server, "ely_exec").id, user(&server, "alex_ops").id);
    let posted = server.world.post(alex, group(&server), Draft::text("unseen")).unwrap();
    ask(&server, &key, &f::updates::GetState {}).unwrap();
    let cursor = server.world.account_state(ely).cursor;
    server.world.react(alex, group(&server), posted.view.id, Some("👍")).unwrap();
    assert_eq!(server.world.account_state(ely).cursor, cursor, "nobody looked, so nobody is told");
    let id = server.world.id_for(ely, posted.key).unwrap();
    let look = f::messages::GetMessages { id: vec![types::InputMessageId { id }.into()] };
    ask(&server, &key, &look).unwrap();
    server.world.react(alex, group(&server), posted.view.id, Some("🔥")).unwrap();
    assert_eq!(server.world.account_state(ely).cursor, cursor + 1);
}

#[test]
fn links_are_searched_for() {
    let (server, key) = signed_in();
    let (ely, Peer::Group(chat_id)) = (user(&server, "ely_exec").id, group(&server)) else {
        panic!("a group")
    };
    for text in ["see example.org", "see nothing"] {
        server.world.post(ely, group(&server), Draft::text(text)).unwrap();
    }
    let at = types::InputPeerChat { chat_id }.into();
    let filter = enums::MessagesFilter::InputMessagesFilterUrl;
    let links = f::messages::Search { filter, ..search(at, "see") };
    let enums::messages::Messages::Messages(found) = ask(&server, &key, &links).unwrap() else {
        panic!("one page")
    };
    assert_eq!(found.messages.len(), 1);
}

#[test]
fn no_arguments_make_it_panic() {
    let (server, key) = signed_in();
    let mut state = 5_u64;
    for round in 0..20_000_usize {
        let method = METHODS[round % METHODS.len()];
        if method == f::auth::LogOut::CONSTRUCTOR_ID {
            continue;
        }
        let mut arguments = Vec::new();
        for _ in 0..round % 23 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Small words are flags, counts and lengths that let the reading go on.
            let word = if state >> 62 == 0 { (state >> 33) as u32 } else { (state >> 56) as u32 & 7 };
            arguments.extend(word.to_le_bytes());
        }
        let mut call = Call::new(server.clone(), key.id());
        let request = Request { method, arguments: &arguments, without_updates: false };
        drop(dispatch(&mut call, &request));
    }
}
