//! The number of a run: drawn, or following from the key and the words, so that the same request has the same number
//! however often it comes and whenever the node was started.

use commands::ids::AgentId;
use sha1::{Digest as _, Sha1};

/// A random UUID (version 4).
pub(super) fn drawn() -> String {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the system gives no randomness");
    }
    shown(bytes, 4)
}

/// The UUID (version 5) of a key, the words it came with, and whose it is: the same key with other words is another run.
pub(super) fn of(who: AgentId, key: &str, words: &str) -> String {
    let mut hash = Sha1::new();
    for part in [who.0.to_string().as_str(), key, words] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    shown(bytes, 5)
}

fn shown(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_the_same_number() {
        let one = of(AgentId(1), "k", "hello");
        assert_eq!(one, of(AgentId(1), "k", "hello"));
        assert_ne!(one, of(AgentId(1), "k", "hello again"));
        assert_ne!(one, of(AgentId(2), "k", "hello"));
        assert_ne!(of(AgentId(1), "kh", "ello"), one);
        assert_ne!(drawn(), drawn());
        for id in [one, drawn()] {
            let parts: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
        }
    }
}
