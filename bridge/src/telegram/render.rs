//! How a text of the mesh reads in a chat: a pair of backticks marks code.

use grammers_tl_types::enums::MessageEntity;
use grammers_tl_types::types::MessageEntityCode;

/// A text without its backticks, and the code in it. A backtick without a partner stays.
pub(super) fn render(text: &str) -> (String, Vec<MessageEntity>) {
    let mut shown = String::with_capacity(text.len());
    let mut entities = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) = next_code(rest) {
        shown.push_str(before);
        let offset = units(&shown);
        shown.push_str(code);
        entities.push(MessageEntityCode { offset, length: units(code) }.into());
        rest = after;
    }
    shown.push_str(rest);
    (shown, entities)
}

fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    (!code.is_empty()).then_some((before, code, after))
}

/// Length in UTF-16 units, as Telegram counts.
fn units(text: &str) -> i32 {
    i32::try_from(text.encode_utf16().count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<(i32, i32)>) {
        let (shown, entities) = render(text);
        let ranges = entities.iter().map(|entity| match entity {
            MessageEntity::Code(code) => (code.offset, code.length),
            _ => panic!("only code is made"),
        });
        (shown, ranges.collect())
    }

    #[test]
    fn backticks_mark_code() {
        assert_eq!(shown("🔒 `a b` and `c`."), ("🔒 a b and c.".into(), vec![(3, 3), (11, 1)]));
        assert_eq!(shown("plain"), ("plain".into(), vec![]));
        assert_eq!(shown("half ` way"), ("half ` way".into(), vec![]));
        assert_eq!(shown("empty `` pair"), ("empty `` pair".into(), vec![]));
    }
}
