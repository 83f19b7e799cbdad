//! Where random bytes come from.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Random bytes, as an argument: the machine's, or a test's own.
pub trait Chance: Send {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The machine's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness can't run a server");
    }
}

/// Bytes that follow from a seed: SHA-256 of the seed and a counter.
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: [u8; 32],
    drawn: u64,
}

impl Seeded {
    /// A stream of its own for each purpose (and number of it) of a seed.
    pub fn new(seed: u64, purpose: &str, number: u64) -> Self {
        let digest = Sha256::new()
            .chain_update(seed.to_le_bytes())
            .chain_update(number.to_le_bytes())
            .chain_update(purpose)
            .finalize();
        Self { seed: digest.into(), drawn: 0 }
    }
}

impl Chance for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.drawn += 1;
            let digest =
                Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_le_bytes()).finalize();
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

/// Numbers drawn for one purpose.
pub struct Draw(Box<dyn Chance>);

impl Draw {
    /// From a seed; without one the machine's.
    pub fn new(seed: Option<u64>, purpose: &str) -> Self {
        match seed {
            None => Self(Box::new(SystemChance)),
            Some(seed) => Self(Box::new(Seeded::new(seed, purpose, 0))),
        }
    }

    /// A number below `bound`, which is above zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        u64::from_le_bytes(draw(&mut *self.0)) % bound
    }
}

/// Where the connections of a door get their randomness: one stream each.
#[derive(Debug, Default)]
pub struct Chances {
    seed: Option<u64>,
    given: AtomicU64,
}

impl Chances {
    /// From a seed; without one the machine's.
    pub fn new(seed: Option<u64>) -> Self {
        Self { seed, given: AtomicU64::new(0) }
    }

    /// The next stream.
    pub fn next(&self) -> Box<dyn Chance> {
        match self.seed {
            None => Box::new(SystemChance),
            Some(seed) => {
                Box::new(Seeded::new(seed, "connection", self.given.fetch_add(1, Ordering::SeqCst)))
            }
        }
    }
}

/// `N` random bytes.
pub fn draw<const N: usize>(chance: &mut dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}

#[cfg(test)]
pub mod fixed {
    use sha2::{Digest, Sha256};

    use super::Chance;

    /// The same bytes in every run.
    #[derive(Default)]
    pub struct FixedChance(u64);

    impl Chance for FixedChance {
        fn fill(&mut self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(32) {
                self.0 += 1;
                chunk.copy_from_slice(&Sha256::digest(self.0.to_le_bytes())[..chunk.len()]);
            }
        }
    }
}
