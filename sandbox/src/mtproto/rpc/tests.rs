use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use grammers_tl_types::{Deserializable, enums, functions as f};

use super::table::METHODS;
use super::*;
use crate::mtproto::chance::fixed::FixedChance;
use crate::mtproto::crypto::AuthKey;
use crate::mtproto::door::Shared;
use crate::mtproto::envelope::Salts;
use crate::mtproto::handshake::Made;
use crate::mtproto::keys::Keys;
use crate::mtproto::rsa_key::tests::shared;
use crate::world::World;

/// A server, and a key with which Ely is signed in.
fn signed_in() -> (Arc<Shared>, AuthKey) {
    let world = World::mastermind();
    let ely = world.user_by_username("ely_exec").unwrap().id;
    let key = AuthKey::new([7; 256]);
    let keys = Keys::default();
    keys.keep(Made { key: key.clone(), salt: 1 });
    keys.sign_in(key.id(), ely);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 4430));
    let salts = Salts::new(&mut FixedChance::default());
    (Arc::new(Shared { world, rsa: shared().clone(), address, salts, keys }), key)
}

#[test]
fn every_data_centre_is_this_server() {
    let (server, key) = signed_in();
    let mut call = Call::new(server.clone(), key.id());
    let request = Request { method: 0xc4f9_186b, arguments: &[], without_updates: false };
    let Answer::Now(Ok(body)) = dispatch(&mut call, &request) else { panic!("no configuration") };
    let enums::Config::Config(config) = enums::Config::from_bytes(&body).unwrap();
    let ids: Vec<i32> = config.dc_options.iter().map(|enums::DcOption::Option(dc)| dc.id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    for enums::DcOption::Option(dc) in &config.dc_options {
        assert_eq!((dc.ip_address.as_str(), dc.port), ("127.0.0.1", 4430));
    }
}

#[test]
fn no_arguments_make_it_panic() {
    let (server, key) = signed_in();
    let mut state = 5_u64;
    for round in 0..20_000_usize {
        let method = METHODS[round % METHODS.len()];
        if method == <f::auth::LogOut as grammers_tl_types::Identifiable>::CONSTRUCTOR_ID {
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
