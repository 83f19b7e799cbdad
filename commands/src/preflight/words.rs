//! The words of a task's name, and how like two names are.

/// So many words of a name are compared.
const WORDS_MOST: usize = 16;
/// Two words that begin alike are the same word in another form from so many bytes on.
const STEM_LEAST: usize = 3;
/// Two words as like as this are one, misspelt.
const MISSPELT: f64 = 0.94;

/// Words that tell nothing of a task.
#[rustfmt::skip]
fn says_nothing(word: &str) -> bool {
    matches!(
        word,
        "a" | "an" | "and" | "at" | "by" | "for" | "from" | "in" | "into" | "is" | "it" | "its" | "my" | "new"
        | "of" | "on" | "or" | "our" | "please" | "that" | "the" | "this" | "to" | "with" | "your"
    )
}

/// The telling words of a folded name.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    told: [&'a str; WORDS_MOST],
    hashes: [u64; WORDS_MOST],
    count: usize,
    /// How the words begin.
    pub print: Print,
}

/// One bit for how each word of a name begins, and two for each of its numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Print {
    words: u64,
    numbers: u128,
}

impl Print {
    fn add(&mut self, word: &str, hash: u64) {
        self.words |= 1 << (hash >> 58);
        if is_number(word) {
            self.numbers |= 1 << (hash >> 57) | 1 << (hash >> 50 & 127);
        }
    }

    /// Whether a name may be alike another: they have words in common, and no number of its own tells them apart.
    pub fn may_be_like(self, other: Self) -> bool {
        let common = self.words & other.words;
        let numbers = other.numbers == 0 || self.numbers & other.numbers == self.numbers;
        // Bits are counted last: most names are told apart without it.
        numbers
            && common != 0
            && common.count_ones() * 4 >= self.words.count_ones() + other.words.count_ones()
    }
}

impl<'a> Words<'a> {
    /// The first sixteen words of a folded name that tell something.
    pub fn of(key: &'a str) -> Self {
        let (told, hashes) = ([""; WORDS_MOST], [0; WORDS_MOST]);
        let mut found = Self { told, hashes, count: 0, print: Print::default() };
        let words = key.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.filter(|word| !says_nothing(word)).take(WORDS_MOST) {
            let hash = hash(word);
            found.told[found.count] = word;
            found.hashes[found.count] = hash;
            found.count += 1;
            found.print.add(word, hash);
        }
        found
    }

    /// The hashes of its numbers.
    pub fn numbers_hashed(&self) -> impl Iterator<Item = u64> {
        self.hashed().filter(|(word, _)| is_number(word)).map(|(_, hash)| hash)
    }

    /// The hashes of its other words: those that are one word to [`likeness`](Self::likeness) have one.
    pub fn stems_hashed(&self) -> impl Iterator<Item = u64> {
        self.hashed().filter(|(word, _)| !is_number(word)).map(|(_, hash)| hash)
    }

    fn hashed(&self) -> impl Iterator<Item = (&'a str, u64)> {
        self.words().iter().copied().zip(self.hashes().iter().copied())
    }

    /// So many of its words at least have a twin in any name that is as like as that, in percent.
    pub fn twins_least(&self, alike: u8) -> usize {
        // Of all words of both, the twins count twice; the other name has no fewer words than twins.
        (self.count * usize::from(alike)).div_ceil(200 - usize::from(alike))
    }

    fn words(&self) -> &[&'a str] {
        &self.told[..self.count]
    }

    /// Whether so many of the words may have a twin among words of these hashes that the names are as like as that, in
    /// percent: twins have one hash.
    pub fn may_be(&self, alike: u8, others: &[u64]) -> bool {
        let common = self.hashes().iter().filter(|hash| others.contains(hash)).count();
        common * 200 >= usize::from(alike) * (self.count + others.len())
    }

    /// One for each word.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes[..self.count]
    }

    /// How much of both names is the same, in percent. Names with different numbers are different names.
    pub fn likeness(&self, other: &Self) -> u8 {
        let (mut common, mut used) = (0, [false; WORDS_MOST]);
        for word in self.words() {
            let twin =
                other.words().iter().zip(&mut used).find(|(theirs, used)| !**used && same(word, theirs));
            if let Some((_, used)) = twin {
                *used = true;
                common += 1;
            }
        }
        let all = self.count + other.count;
        if all == 0 || self.numbers().any(|mine| other.numbers().next().is_some() && !other.has(mine)) {
            return 0;
        }
        u8::try_from(common * 200 / all).unwrap_or(100)
    }

    fn numbers(&self) -> impl Iterator<Item = &'a str> {
        self.words().iter().copied().filter(|word| is_number(word))
    }

    fn has(&self, word: &str) -> bool {
        self.words().contains(&word)
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// A number's hash is its own, any other word's that of its beginning.
fn hash(word: &str) -> u64 {
    let told = if is_number(word) { word.len() } else { STEM_LEAST.min(word.len()) };
    let hash = word.bytes().take(told).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The last bytes have not yet come to the upper bits, which the prints are made of.
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if is_number(a) || is_number(b) {
        return false;
    }
    let shorter = a.len().min(b.len());
    let stem = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let one_stem = stem >= STEM_LEAST && stem * 4 >= shorter * 3;
    one_stem || (stem >= STEM_LEAST && strsim::jaro_winkler(a, b) >= MISSPELT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str) -> u8 {
        let (a, b) = (Words::of(a), Words::of(b));
        assert_eq!(a.likeness(&b), b.likeness(&a), "{a:?} {b:?}");
        a.likeness(&b)
    }

    #[test]
    fn the_same_in_other_words() {
        for (a, b) in [
            ("rotate api keys", "api key rotation"),
            ("rotate the hooks token", "hooks token rotation"),
            ("deploy dashboard", "deployment of the dashboard"),
            ("fix ticket 12", "ticket 12: fix"),
            ("auth middleware", "auth middlewear"),
        ] {
            assert!(likeness(a, b) >= 85, "{a} / {b}: {}", likeness(a, b));
        }
    }

    #[test]
    fn something_like_it_and_something_else() {
        let some = likeness("deploy dashboard", "deploy the analytics dashboard");
        assert!((60..85).contains(&some), "{some}");
        for (a, b) in [
            ("ticket 12", "ticket 13"),
            ("task 1", "task 10"),
            ("server restart", "service desk"),
            ("auth middleware", "auth session cleanup"),
            ("notion sync", "api keys"),
            ("the", "a"),
            ("", "api keys"),
        ] {
            assert!(likeness(a, b) < 60, "{a} / {b}: {}", likeness(a, b));
        }
    }

    #[test]
    fn any_name_can_be_compared() {
        let long = "word ".repeat(1_000);
        assert!(likeness(&long, "wörter über 日本語 🔒") < 60);
        assert_eq!(likeness("日本語 テスト", "日本語 テスト"), 100);
    }
}
