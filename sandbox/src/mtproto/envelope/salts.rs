//! Server salts: one an hour, derived, so that none has to be kept.

use grammers_tl_types::types::FutureSalt;
use sha2::{Digest, Sha256};

use crate::mtproto::chance::{Chance, draw};
use crate::mtproto::crypto::KeyId;

/// How long a salt is the current one, in seconds; it is accepted for the hour before and after as well.
const HOUR: i64 = 3600;
/// The most salts given out at once.
const SALTS_LIMIT: i64 = 64;

/// The salts of one server.
#[derive(Debug)]
pub struct Salts {
    secret: [u8; 32],
}

impl Salts {
    /// With a secret of its own.
    pub fn new(chance: &mut dyn Chance) -> Self {
        Self { secret: draw(chance) }
    }

    /// The salt of this hour. `now` in Unix seconds.
    pub fn current(&self, key: KeyId, now: i64) -> i64 {
        self.of_hour(key, now.div_euclid(HOUR))
    }

    /// Whether a message may use this salt now.
    pub fn accepts(&self, key: KeyId, salt: i64, now: i64) -> bool {
        let hour = now.div_euclid(HOUR);
        (hour - 1..=hour + 1).any(|hour| self.of_hour(key, hour) == salt)
    }

    /// This hour's salt and those that follow: at least two, for with one grammers asks again before each request.
    pub fn coming(&self, key: KeyId, wanted: i32, now: i64) -> Vec<FutureSalt> {
        let hour = now.div_euclid(HOUR);
        let wanted = i64::from(wanted).clamp(2, SALTS_LIMIT);
        let seconds = |hour: i64| i32::try_from(hour * HOUR).unwrap_or(i32::MAX);
        (hour..hour + wanted)
            .map(|hour| FutureSalt {
                valid_since: seconds(hour),
                valid_until: seconds(hour + 2),
                salt: self.of_hour(key, hour),
            })
            .collect()
    }

    fn of_hour(&self, key: KeyId, hour: i64) -> i64 {
        let digest = Sha256::new()
            .chain_update(self.secret)
            .chain_update(key.0.to_le_bytes())
            .chain_update(hour.to_le_bytes())
            .finalize();
        i64::from_le_bytes(*digest.first_chunk().expect("a SHA-256 has 32 bytes"))
    }
}
