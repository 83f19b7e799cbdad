//! What is wrong with JSON that is none, in the words of the gateways' own parser (V8's).

/// So many characters of a text are shown whole; of a longer one as many on each side of the fault.
const SHOWN_WHOLE: usize = 40;
const SHOWN_AROUND: usize = 10;

/// The sentence about `text`, which `error` says is no JSON.
pub(super) fn words(text: &str, error: &serde_json::Error) -> String {
    let at = position(text, error);
    let what = error.to_string();
    let place = || format!("in JSON at position {at} (line {} column {})", error.line(), column(text, at));
    let found = text.chars().nth(at);
    if text.trim_end() == "{" || what.starts_with("key must be a string") {
        let place = place_of_name(text, at);
        return format!("Expected property name or '}}' in JSON at position {place}");
    }
    let Some(found) = found.filter(|_| !error.is_eof()) else {
        return "Unexpected end of JSON input".to_owned();
    };
    if what.starts_with("trailing comma") && found == '}' {
        return format!("Expected double-quoted property name {}", place());
    }
    if what.starts_with("expected `,` or `}`") {
        return format!("Expected ',' or '}}' after property value {}", place());
    }
    if what.starts_with("expected `,` or `]`") {
        return format!("Expected ',' or ']' after array element {}", place());
    }
    if what.starts_with("expected `:`") {
        return format!("Expected ':' after property name {}", place());
    }
    if what.starts_with("trailing characters") {
        return format!(
            "Unexpected non-whitespace character after JSON at position {at} (line {} column {})",
            error.line(),
            column(text, at)
        );
    }
    format!("Unexpected token '{found}', {} is not valid JSON", around(text, at))
}

/// The number of the character at which the fault is, from nought. serde counts bytes of a line, from one.
fn position(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let before: usize = lines.map(str::len).sum();
    let byte = before + error.column().saturating_sub(1);
    text.char_indices().take_while(|(index, _)| *index < byte).count()
}

fn column(text: &str, at: usize) -> usize {
    let before: String = text.chars().take(at).collect();
    before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1
}

/// Where a name should stand: behind the brace that was the last.
fn place_of_name(text: &str, at: usize) -> String {
    let at = if text.trim_end() == "{" { text.trim_end().chars().count() } else { at };
    let before: String = text.chars().take(at).collect();
    let line = before.matches('\n').count() + 1;
    format!("{at} (line {line} column {})", column(text, at))
}

fn around(text: &str, at: usize) -> String {
    let length = text.chars().count();
    if length <= SHOWN_WHOLE {
        return format!("\"{text}\"");
    }
    let (from, to) = (at.saturating_sub(SHOWN_AROUND), (at + SHOWN_AROUND).min(length));
    let shown: String = text.chars().skip(from).take(to - from).collect();
    let (before, after) = (if from > 0 { "..." } else { "" }, if to < length { "..." } else { "" });
    format!("{before}\"{shown}\"{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_gateways_parser() {
        let cases = [
            ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("message=hi", "Unexpected token 'm', \"message=hi\" is not valid JSON"),
            ("{\"a\": 1", "Unexpected end of JSON input"),
            ("{\"a\" 1}", "Expected ':' after property name in JSON at position 5 (line 1 column 6)"),
            (
                "{\"a\": 1 \"b\"}",
                "Expected ',' or '}' after property value in JSON at position 8 (line 1 column 9)",
            ),
            ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
            ("{} x", "Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)"),
        ];
        for (text, wanted) in cases {
            let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
            assert_eq!(words(text, &error), wanted, "{text}: {error}");
        }
    }

    #[test]
    fn nothing_makes_it_panic() {
        for text in
            ["é{", "{\"é\": é}", "\n\n{é", "\u{1f980}", "{\"a\":\n\"\u{1f980}\" é}", "[", "{,", "{\"a\":1,}"]
        {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
                assert!(!words(text, &error).is_empty(), "{text}");
            }
        }
    }
}
