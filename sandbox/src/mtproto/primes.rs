//! The small primes that a client has to find before the server does any work for it.

use super::chance::{Chance, draw};

/// Witnesses that decide primality for every 32-bit number.
const WITNESSES: [u64; 4] = [2, 3, 5, 7];

/// Two different primes of 31 bits, the smaller first; their product has 61 or 62 bits, so eight bytes and no sign.
pub fn pair(chance: &mut dyn Chance) -> (u64, u64) {
    let first = prime(chance);
    loop {
        let second = prime(chance);
        if second != first {
            return (first.min(second), first.max(second));
        }
    }
}

fn prime(chance: &mut dyn Chance) -> u64 {
    let mut candidate = u64::from(u32::from_le_bytes(draw(chance)) >> 2 | 1 << 30 | 1);
    while !is_prime(candidate) {
        candidate += 2;
    }
    candidate
}

/// Miller and Rabin's test, exact for odd numbers between 7 and 2³².
fn is_prime(n: u64) -> bool {
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    WITNESSES.iter().all(|&witness| {
        let start = power(witness, odd, n);
        let squares = std::iter::successors(Some(start), |x| Some(x * x % n));
        start == 1 || squares.take(twos as usize).any(|x| x == n - 1)
    })
}

fn power(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut result = 1;
    base %= modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mtproto::chance::fixed::FixedChance;

    #[test]
    fn agrees_with_trial_division() {
        let by_division = |n: u64| (2..=n.isqrt()).all(|d| !n.is_multiple_of(d));
        let odd = (9..4_000).chain((1 << 30)..(1 << 30) + 400).filter(|n| n % 2 == 1);
        for n in odd {
            assert_eq!(is_prime(n), by_division(n), "{n}");
        }
    }

    #[test]
    fn their_product_is_found_again_by_grammers() {
        let (p, q) = pair(&mut FixedChance::default());
        assert_eq!((p * q).leading_zeros() / 8, 0);
        assert!(p * q < 1 << 62);
        assert_eq!(grammers_crypto::factorize(p * q), (p, q));
    }
}
