//! Rust without its comments and the contents of its literals, so that a rule about code meets code only.

/// Blanks comments and the contents of literals; every line stays where it is.
pub fn without_literals(text: &str) -> String {
    let mut reader = Reader { rest: text, out: String::with_capacity(text.len()) };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.out
}

struct Reader<'a> {
    rest: &'a str,
    out: String,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(length);
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if let Some((opening, length)) = raw_string(self.rest).filter(|_| !self.in_word()) {
            self.literal(opening, length);
        } else if self.rest.starts_with('"') {
            self.literal(1, 1 + quoted(&self.rest[1..], '"'));
        } else if let Some(length) = character(self.rest) {
            self.literal(1, length);
        } else {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            self.keep(length);
        }
    }

    /// Whether the character before belongs to a name, so that `r` or `b` here ends it and opens nothing.
    fn in_word(&self) -> bool {
        self.out.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_')
    }

    /// The delimiters stay, what is between them goes.
    fn literal(&mut self, opening: usize, length: usize) {
        let length = length.min(self.rest.len());
        self.keep(opening.min(length));
        self.blank(length.saturating_sub(opening + 1));
        self.keep(usize::from(length > opening));
    }

    fn keep(&mut self, length: usize) {
        let (kept, rest) = self.rest.split_at(length);
        self.out.push_str(kept);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        self.out.extend(gone.chars().map(|each| if each == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The lengths of the opening and of the whole of a raw string: `r"…"`, `br#"…"#`, `cr"…"`.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = text[prefix.len()..].bytes().take_while(|byte| *byte == b'#').count();
    let opening = prefix.len() + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    let length = text[opening..].find(&closing).map_or(text.len(), |at| opening + at + closing.len());
    // The hashes of the end go with the contents.
    Some((opening, length))
}

/// The length up to and with the closing `quote`.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, each) in text.char_indices() {
        match each {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if each == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal; none for a lifetime.
fn character(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let first = rest.chars().next()?;
    if first == '\\' {
        return Some(1 + quoted(rest, '\''));
    }
    rest[first.len_utf8()..].starts_with('\'').then(|| first.len_utf8() + 2)
}

#[test]
fn literals_and_comments_are_blanked_in_place() {
    let code =
        without_literals("let a = \"x // {\"; // y }\nlet b = '{'; /* a /* b */ c */ b'\\'' ; &'a str");
    assert_eq!(code.lines().count(), 2);
    assert!(!code.contains('{') && !code.contains('}') && !code.contains('y') && code.contains("&'a str"));
    assert!(code.starts_with("let a = \"      \";"));
}

#[test]
fn raw_strings_end_with_their_hashes() {
    let code = without_literals("f(r#\"a \" fn b() {\"#, br\"\\\", r\"c\"); for\"d\"; é");
    assert!(!code.contains("fn b") && !code.contains('{') && !code.contains('c') && code.ends_with("; é"));
}
