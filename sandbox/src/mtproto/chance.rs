//! Where random bytes come from.

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
