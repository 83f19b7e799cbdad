//! The client's half of the key exchange, over grammers' plain connection and with the sandbox's key.

use std::net::SocketAddr;

use grammers_crypto::{aes, factorize, generate_key_data_from_nonce, rsa};
use grammers_mtproto::{mtp, transport};
use grammers_mtsender::{Sender, ServerAddr};
use grammers_tl_types::{Deserializable, Serializable, enums, functions, types};
use num_bigint::BigUint;
use sha1::{Digest, Sha1};

use crate::mtproto::RsaKey;
use crate::mtproto::chance::{SystemChance, draw};

type Line = Sender<transport::Full, mtp::Plain>;

pub async fn make_key(address: SocketAddr, server: &RsaKey) -> [u8; 256] {
    let mut line = connect(address).await;
    let nonce = draw(&mut SystemChance);
    let enums::ResPq::Pq(pq) = line.invoke(&functions::ReqPqMulti { nonce }).await.unwrap();
    assert_eq!(pq.server_public_key_fingerprints, [server.fingerprint()]);
    let new_nonce = draw(&mut SystemChance);
    let request = params_request(&pq, new_nonce, server);
    let enums::ServerDhParams::Ok(params) = line.invoke(&request).await.unwrap() else {
        panic!("the server has no parameters")
    };
    let (request, key) = our_half(params, new_nonce);
    let answer = line.invoke(&request).await.unwrap();
    let enums::SetClientDhParamsAnswer::DhGenOk(ok) = answer else { panic!("{answer:?}") };
    let expected = grammers_crypto::AuthKey::from_bytes(key).calc_new_nonce_hash(&new_nonce, 1);
    assert_eq!(ok.new_nonce_hash1, expected);
    key
}

async fn connect(address: SocketAddr) -> Line {
    let address = ServerAddr::Tcp { address };
    Sender::connect(transport::Full::new(), mtp::Plain::new(), address).await.unwrap()
}

fn params_request(pq: &types::ResPq, new_nonce: [u8; 32], server: &RsaKey) -> functions::ReqDhParams {
    let (p, q) = factorize(u64::from_be_bytes(pq.pq.clone().try_into().unwrap()));
    let short = |n: u64| n.to_be_bytes()[4..].to_vec();
    let inner = types::PQInnerDataDc {
        pq: pq.pq.clone(),
        p: short(p),
        q: short(q),
        nonce: pq.nonce,
        server_nonce: pq.server_nonce,
        new_nonce,
        dc: 2,
    };
    let key = rsa::Key::new(&server.n(), &server.e()).unwrap();
    let plain = enums::PQInnerData::Dc(inner).to_bytes();
    functions::ReqDhParams {
        nonce: pq.nonce,
        server_nonce: pq.server_nonce,
        p: short(p),
        q: short(q),
        public_key_fingerprint: server.fingerprint(),
        encrypted_data: rsa::encrypt_hashed(&plain, &key, &draw(&mut SystemChance)),
    }
}

fn our_half(
    params: types::ServerDhParamsOk,
    new_nonce: [u8; 32],
) -> (functions::SetClientDhParams, [u8; 256]) {
    let (key, iv) = generate_key_data_from_nonce(&params.server_nonce, &new_nonce);
    let mut data = params.encrypted_answer;
    aes::ige_decrypt(&mut data, &key, &iv);
    let enums::ServerDhInnerData::Data(theirs) = enums::ServerDhInnerData::from_bytes(&data[20..]).unwrap();
    let prime = BigUint::from_bytes_be(&theirs.dh_prime);
    let secret = BigUint::from_bytes_be(&draw::<256>(&mut SystemChance));
    let shared = BigUint::from_bytes_be(&theirs.g_a).modpow(&secret, &prime).to_bytes_be();
    let mut auth_key = [0; 256];
    auth_key[256 - shared.len()..].copy_from_slice(&shared);
    let inner = types::ClientDhInnerData {
        nonce: params.nonce,
        server_nonce: params.server_nonce,
        retry_id: 0,
        g_b: BigUint::from(3_u8).modpow(&secret, &prime).to_bytes_be(),
    };
    let inner = enums::ClientDhInnerData::Data(inner).to_bytes();
    let mut data = [&Sha1::digest(&inner)[..], &inner].concat();
    data.resize(data.len().next_multiple_of(16), 0);
    aes::ige_encrypt(&mut data, &key, &iv);
    let (nonce, server_nonce) = (params.nonce, params.server_nonce);
    (functions::SetClientDhParams { nonce, server_nonce, encrypted_data: data }, auth_key)
}
