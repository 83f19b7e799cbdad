use super::*;
use crate::mtproto::chance::fixed::FixedChance;
use crate::mtproto::rsa_key::tests::shared;

const NOW: i32 = 1_770_000_000;

/// A client of the exchange, as grammers would be if it knew our key.
struct Peer {
    handshake: Handshake,
    chance: FixedChance,
    taken: bool,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    secret: BigUint,
    key: Vec<u8>,
}

impl Peer {
    fn new() -> Self {
        Self {
            handshake: Handshake::default(),
            chance: FixedChance::default(),
            taken: false,
            nonce: [1; 16],
            server_nonce: [0; 16],
            new_nonce: [2; 32],
            secret: BigUint::from(3_u8).pow(1_200),
            key: Vec::new(),
        }
    }

    fn send(&mut self, request: &impl Serializable) -> Result<Reply, Refusal> {
        let taken = self.taken;
        let mut around =
            Surroundings { rsa: shared(), now: NOW, taken: &|_| taken, chance: &mut self.chance };
        self.handshake.step(&request.to_bytes(), &mut around)
    }

    fn ask_pq(&mut self) -> types::ResPq {
        let reply = self.send(&functions::ReqPqMulti { nonce: self.nonce }).unwrap();
        let enums::ResPq::Pq(pq) = enums::ResPq::from_bytes(&reply.body).unwrap();
        self.server_nonce = pq.server_nonce;
        pq
    }

    fn params_request(&mut self, change: impl Fn(&mut types::PQInnerData)) -> functions::ReqDhParams {
        let pq = self.ask_pq();
        let (p, q) = grammers_crypto::factorize(u64::from_be_bytes(pq.pq.clone().try_into().unwrap()));
        let short = |n: u64| n.to_be_bytes()[4..].to_vec();
        let mut inner = types::PQInnerData {
            pq: pq.pq,
            p: short(p),
            q: short(q),
            nonce: self.nonce,
            server_nonce: pq.server_nonce,
            new_nonce: self.new_nonce,
        };
        change(&mut inner);
        let key = grammers_crypto::rsa::Key::new(&shared().n(), &shared().e()).unwrap();
        let plain = enums::PQInnerData::Data(inner).to_bytes();
        functions::ReqDhParams {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            p: short(p),
            q: short(q),
            public_key_fingerprint: pq.server_public_key_fingerprints[0],
            encrypted_data: grammers_crypto::rsa::encrypt_hashed(&plain, &key, &[5; 224]),
        }
    }

    fn accept(&mut self, reply: &Reply) -> types::ServerDhInnerData {
        let enums::ServerDhParams::Ok(params) = enums::ServerDhParams::from_bytes(&reply.body).unwrap()
        else {
            panic!("the parameters failed");
        };
        let (key, iv) = generate_key_data_from_nonce(&self.server_nonce, &self.new_nonce);
        let mut data = params.encrypted_answer;
        aes::ige_decrypt(&mut data, &key, &iv);
        let enums::ServerDhInnerData::Data(inner) =
            enums::ServerDhInnerData::from_bytes(&data[20..]).unwrap();
        let prime = BigUint::from_bytes_be(&inner.dh_prime);
        self.key = BigUint::from_bytes_be(&inner.g_a).modpow(&self.secret, &prime).to_bytes_be();
        inner
    }

    fn our_half(&self, g_b: Vec<u8>, retry_id: i64) -> functions::SetClientDhParams {
        let inner =
            types::ClientDhInnerData { nonce: self.nonce, server_nonce: self.server_nonce, retry_id, g_b };
        let inner = enums::ClientDhInnerData::Data(inner).to_bytes();
        let mut data = [&Sha1::digest(&inner)[..], &inner].concat();
        data.resize(data.len().next_multiple_of(16), 9);
        let (key, iv) = generate_key_data_from_nonce(&self.server_nonce, &self.new_nonce);
        aes::ige_encrypt(&mut data, &key, &iv);
        functions::SetClientDhParams {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            encrypted_data: data,
        }
    }

    fn g_b(&self) -> Vec<u8> {
        group::public(&self.secret)
    }

    /// Up to the server's half.
    fn offered() -> Self {
        let mut peer = Self::new();
        let request = peer.params_request(|_| ());
        let reply = peer.send(&request).unwrap();
        let inner = peer.accept(&reply);
        assert_eq!((inner.server_time, inner.g), (NOW, 3));
        peer
    }
}

#[test]
fn both_sides_reach_the_same_key() {
    let mut peer = Peer::offered();
    let reply = peer.send(&peer.our_half(peer.g_b(), 0)).unwrap();
    let made = reply.made.unwrap();
    let key = grammers_crypto::AuthKey::from_bytes(peer.key.clone().try_into().unwrap());
    assert_eq!(made.key.id(), AuthKey::new(key.to_bytes()).id());
    let salt: [u8; 8] = std::array::from_fn(|i| peer.new_nonce[i] ^ peer.server_nonce[i]);
    assert_eq!(made.salt, i64::from_le_bytes(salt));
    let enums::SetClientDhParamsAnswer::DhGenOk(ok) =
        enums::SetClientDhParamsAnswer::from_bytes(&reply.body).unwrap()
    else {
        panic!("not ok")
    };
    assert_eq!(ok.new_nonce_hash1, key.calc_new_nonce_hash(&peer.new_nonce, 1));
    assert_eq!(peer.send(&peer.our_half(peer.g_b(), 0)).unwrap_err(), Refusal::OutOfTurn);
}

#[test]
fn a_key_that_exists_is_tried_again() {
    let mut peer = Peer::offered();
    peer.taken = true;
    let reply = peer.send(&peer.our_half(peer.g_b(), 0)).unwrap();
    assert!(matches!(
        enums::SetClientDhParamsAnswer::from_bytes(&reply.body),
        Ok(enums::SetClientDhParamsAnswer::DhGenRetry(_))
    ));
    peer.taken = false;
    let retry_id = aux_hash(&peer.key.clone().try_into().unwrap());
    assert!(peer.send(&peer.our_half(peer.g_b(), retry_id)).unwrap().made.is_some());
}

#[test]
fn a_half_out_of_range_fails() {
    for g_b in [vec![1], vec![0], group::prime().to_bytes_be(), vec![0xff; 300]] {
        let mut peer = Peer::offered();
        let reply = peer.send(&peer.our_half(g_b, 0)).unwrap();
        assert!(matches!(
            enums::SetClientDhParamsAnswer::from_bytes(&reply.body),
            Ok(enums::SetClientDhParamsAnswer::DhGenFail(_))
        ));
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let refused = |change: fn(&mut functions::ReqDhParams)| {
        let mut peer = Peer::new();
        let mut request = peer.params_request(|_| ());
        change(&mut request);
        peer.send(&request).unwrap_err()
    };
    assert_eq!(refused(|r| r.nonce[0] ^= 1), Refusal::Nonce);
    assert_eq!(refused(|r| std::mem::swap(&mut r.p, &mut r.q)), Refusal::Factors);
    assert_eq!(refused(|r| r.public_key_fingerprint ^= 1), Refusal::Fingerprint);
    assert_eq!(refused(|r| r.encrypted_data[0] ^= 1), Refusal::Encryption);
    let mut peer = Peer::offered();
    let mut half = peer.our_half(peer.g_b(), 0);
    half.encrypted_data[4] ^= 1;
    assert_eq!(peer.send(&half).unwrap_err(), Refusal::Encryption);
    assert_eq!(Peer::new().send(&half).unwrap_err(), Refusal::OutOfTurn);
    assert_eq!(Peer::new().send(&functions::help::GetConfig {}).unwrap_err(), Refusal::OutOfTurn);
}

#[test]
fn inner_data_of_another_exchange_fails() {
    let mut peer = Peer::new();
    let request = peer.params_request(|inner| inner.server_nonce[0] ^= 1);
    let reply = peer.send(&request).unwrap();
    let enums::ServerDhParams::Fail(fail) = enums::ServerDhParams::from_bytes(&reply.body).unwrap() else {
        panic!("not failed")
    };
    assert_eq!(fail.new_nonce_hash[..], Sha1::digest(peer.new_nonce)[4..]);
}
