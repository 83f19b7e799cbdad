//! The Diffie-Hellman group: the 2,048-bit safe prime that Telegram uses and clients know to be good, with g = 3.

use std::sync::LazyLock;

use num_bigint::BigUint;

use crate::mtproto::chance::{Chance, draw};

/// The generator.
pub const G: i32 = 3;

const PRIME_HEX: &[u8] = b"\
    C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F\
    48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37\
    20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F64\
    2477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4\
    A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754\
    FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4\
    E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F\
    0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B";

/// Public halves lie at least 2^(2048-64) away from both ends.
const MARGIN_BITS: u32 = 2048 - 64;

/// The prime.
pub fn prime() -> &'static BigUint {
    static PRIME: LazyLock<BigUint> =
        LazyLock::new(|| BigUint::parse_bytes(PRIME_HEX, 16).expect("the constant is a hexadecimal number"));
    &PRIME
}

/// A secret exponent whose public half is in range.
pub fn secret(chance: &mut dyn Chance) -> BigUint {
    loop {
        let secret = BigUint::from_bytes_be(&draw::<256>(chance));
        if in_range(&power(&secret)) {
            return secret;
        }
    }
}

/// `g^secret`, in 256 bytes.
pub fn public(secret: &BigUint) -> Vec<u8> {
    fixed(&power(secret)).to_vec()
}

/// The key that both sides reach; `None` if the other's half is out of range.
pub fn shared(other: &[u8], secret: &BigUint) -> Option<[u8; 256]> {
    let other = BigUint::from_bytes_be(other);
    in_range(&other).then(|| fixed(&other.modpow(secret, prime())))
}

fn power(secret: &BigUint) -> BigUint {
    BigUint::from(3_u8).modpow(secret, prime())
}

fn in_range(public: &BigUint) -> bool {
    let margin = BigUint::from(1_u8) << MARGIN_BITS;
    *public >= margin && *public <= prime() - margin
}

fn fixed(number: &BigUint) -> [u8; 256] {
    let bytes = number.to_bytes_be();
    let mut fixed = [0; 256];
    fixed[256 - bytes.len()..].copy_from_slice(&bytes);
    fixed
}
