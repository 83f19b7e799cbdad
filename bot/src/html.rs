//! Plain text with backtick-quoted code → Telegram's HTML, everything foreign escaped.

/// Telegram's limit for the text of a message, in UTF-16 units.
const TEXT_LIMIT: usize = 4096;

/// The text as HTML. A pair of backticks in one line is code; a lone one stays what it is.
///
/// # Errors
/// A sentence, if there is no text or too much of it.
pub(crate) fn html(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("A message without text can't be sent.".to_owned());
    }
    let units = text.encode_utf16().count();
    if units > TEXT_LIMIT {
        return Err(format!("The text has {units} UTF-16 units; Telegram takes {TEXT_LIMIT}."));
    }
    let lines: Vec<String> = text.split('\n').map(line).collect();
    Ok(lines.join("\n"))
}

fn line(mut rest: &str) -> String {
    let mut out = String::with_capacity(rest.len());
    while let Some((before, code, after)) = first_code(rest) {
        escape(before, &mut out);
        out.push_str("<code>");
        escape(code, &mut out);
        out.push_str("</code>");
        rest = after;
    }
    escape(rest, &mut out);
    out
}

/// The first code of a line, with what stands before and after its backticks. An empty pair is no code.
fn first_code(line: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + line[from..].find('`')?;
        let len = line[open + 1..].find('`')?;
        if len > 0 {
            let close = open + 1 + len;
            return Some((&line[..open], &line[open + 1..close], &line[close + 1..]));
        }
        from = open + 2;
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, expected: &str) {
        assert_eq!(html(text).as_deref(), Ok(expected));
    }

    #[test]
    fn code_is_marked_and_everything_escaped() {
        is("Try `/mesh help`", "Try <code>/mesh help</code>");
        is("`a` & `<b>`", "<code>a</code> &amp; <code>&lt;b&gt;</code>");
        is("<b>Ely</b>", "&lt;b&gt;Ely&lt;/b&gt;");
        is("&amp;", "&amp;amp;");
    }

    #[test]
    fn lone_and_empty_backticks_stay() {
        is("it`s", "it`s");
        is("`a` and `b", "<code>a</code> and `b");
        is("``", "``");
        is("`` `x`", "`` <code>x</code>");
        is("one `\ntwo `", "one `\ntwo `");
    }

    #[test]
    fn too_long_and_empty_texts_are_refused() {
        assert!(html(" \n").is_err());
        assert!(html(&"🔒".repeat(2048)).is_ok());
        assert!(html(&"🔒".repeat(2049)).is_err());
    }
}
