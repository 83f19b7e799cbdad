//! What `cargo fuzz` looks for with the bodies of its targets, looked for shortly and always the same: spoilt and joined
//! messages of `cases.txt`.

#[path = "../../../fuzz/bodies/reading.rs"]
mod bodies;

use super::properties::PIECES;
use super::tests::messages;

const INPUTS: usize = 20_000;

/// Marsaglia's xorshift: chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most.max(1)).expect("a small number");
        usize::try_from(self.next() % most).expect("a small number")
    }

    fn pick<'a>(&mut self, from: &'a [Vec<u8>]) -> &'a [u8] {
        &from[self.below(from.len())]
    }

    /// Puts something in, takes something out, changes a byte, or goes on as another message does.
    fn spoil(&mut self, text: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let (at, end) = (self.below(text.len() + 1), self.below(text.len() + 1));
        match self.below(5) {
            0 => drop(text.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
            1 => drop(text.drain(at.min(end)..at.max(end).min(at.min(end) + 8))),
            2 if at < text.len() => text[at] = self.next().to_le_bytes()[0],
            3 => {
                let other = self.pick(corpus);
                let from = self.below(other.len());
                text.truncate(at);
                text.extend(&other[from..]);
            }
            _ => {
                let again = text[at.min(end)..at.max(end)].to_vec();
                drop(text.splice(at..at, again));
            }
        }
    }

    fn input(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut text = self.pick(corpus).to_vec();
        for _ in 0..=self.below(4) {
            self.spoil(&mut text, corpus);
        }
        let how = if self.below(2) == 0 { 0 } else { self.next().to_le_bytes()[0] };
        text.insert(0, how);
        text
    }
}

fn run(seed: u64, corpus: &[Vec<u8>], body: fn(&[u8])) {
    let mut chance = Chance(seed);
    for at in 0..INPUTS {
        let input = chance.input(corpus);
        let lived = std::panic::catch_unwind(|| body(&input)).is_ok();
        assert!(lived, "input {at} of seed {seed}: {:?}", String::from_utf8_lossy(&input));
    }
}

#[test]
fn any_message_is_read() {
    let corpus: Vec<_> = messages().into_iter().map(String::into_bytes).collect();
    run(0x6d65_7373_6167_6573, &corpus, bodies::message);
}

#[test]
fn any_estimate_is_read() {
    const ESTIMATES: &str = "10m|10 min|~20 min|1h30|1h 30m|90 minutes|by 14:30|14:30 UTC|2026-02-01 14:30Z|tomorrow 09:00\
        |ASAP|unknown|in about 1 hour and 5 min (max)|10–15m|1.5h|today 18:00|9999-12-31 23:59Z|2026-03-29 02:30";
    let corpus: Vec<_> = ESTIMATES.split('|').map(|text| text.as_bytes().to_vec()).collect();
    run(0x6573_7469_6d61_7465, &corpus, bodies::estimate);
}
