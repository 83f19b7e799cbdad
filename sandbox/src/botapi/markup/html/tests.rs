use super::*;
use crate::world::{UserId, utf16_len};

fn fault(source: &str) -> String {
    parse(source).unwrap_err().to_string()
}

fn entity(offset: usize, length: usize, kind: EntityKind) -> Entity {
    Entity { offset, length, kind }
}

#[test]
fn offsets_count_utf16_units() {
    let (text, entities) = parse("🔒 <b>Oracle 🤝</b> é <i>x</i>").unwrap();
    assert_eq!(text, "🔒 Oracle 🤝 é x");
    assert_eq!(entities, [entity(3, 9, EntityKind::Bold), entity(15, 1, EntityKind::Italic)]);
    assert_eq!(utf16_len(&text), 16);
}

#[test]
fn character_references_are_decoded() {
    let (text, entities) = parse("a &lt;b&gt; &amp;amp; &quot;q&quot; &#x1F512;&#33 &nope; &#0;").unwrap();
    assert_eq!(text, "a <b> &amp; \"q\" 🔒! &nope; &#0;");
    assert!(entities.is_empty());
}

#[test]
fn nested_and_empty_elements() {
    let (text, entities) = parse("<b>a<i>b</i></b><u></u><s>c</>").unwrap();
    assert_eq!(text, "abc");
    let expected = [
        entity(1, 1, EntityKind::Italic),
        entity(0, 2, EntityKind::Bold),
        entity(2, 1, EntityKind::Strikethrough),
    ];
    assert_eq!(entities, expected);
}

#[test]
fn code_blocks_take_their_language() {
    let (_, entities) = parse("<pre><code class=\"language-rust\">fn</code></pre><code>x</code>").unwrap();
    let language = Some("rust".to_owned());
    assert_eq!(entities, [entity(0, 2, EntityKind::Pre { language }), entity(2, 1, EntityKind::Code)]);
}

#[test]
fn a_code_with_a_language_is_a_block_only_in_one() {
    let block = || EntityKind::Pre { language: Some("rust".to_owned()) };
    let plain = EntityKind::Pre { language: None };
    let cases = [
        ("<code class='language-rust'>fn</code>", vec![entity(0, 2, EntityKind::Code)]),
        (
            "<b><code class='language-rust'>fn</code></b>",
            vec![entity(0, 2, EntityKind::Code), entity(0, 2, EntityKind::Bold)],
        ),
        ("<code class='language-rust'><pre>fn</pre></code>", vec![entity(0, 2, block())]),
        ("<pre><code class='language-rust'>fn</code></pre>", vec![entity(0, 2, block())]),
        (
            "<pre>a<code class='language-rust'>fn</code></pre>",
            vec![entity(1, 2, EntityKind::Code), entity(0, 3, plain)],
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(parse(source).unwrap().1, expected, "{source}");
    }
}

#[test]
fn links_mentions_spoilers_and_quotes() {
    let source = "<a href='https://example.org/?a=1&amp;b=2'>l</a><a href=\"tg://user?id=7\">m</a>\
                  <span class=\"tg-spoiler\">s</span><blockquote expandable>q</blockquote>";
    let (text, entities) = parse(source).unwrap();
    assert_eq!(text, "lmsq");
    let kinds: Vec<EntityKind> = entities.into_iter().map(|entity| entity.kind).collect();
    let url = "https://example.org/?a=1&b=2".to_owned();
    assert_eq!(
        kinds,
        [
            EntityKind::TextLink { url },
            EntityKind::TextMention { user: UserId(7) },
            EntityKind::Spoiler,
            EntityKind::Blockquote { expandable: true },
        ]
    );
}

#[test]
fn bad_markup_is_told_in_telegrams_words() {
    assert_eq!(fault("é <x>"), "Unsupported start tag \"x\" at byte offset 3");
    assert_eq!(fault("a < b"), "Unsupported start tag \"\" at byte offset 2");
    assert_eq!(fault("a <b"), "Unclosed start tag at byte offset 2");
    assert_eq!(fault("<b>x"), "Can't find end tag corresponding to start tag \"b\"");
    assert_eq!(fault("<b>x</i>"), "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"");
    assert_eq!(fault("x</b>"), "Unexpected end tag at byte offset 1");
    assert_eq!(fault("<b>x</b"), "Unclosed end tag at byte offset 4");
    assert_eq!(
        fault("<a href>x</a>"),
        "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0"
    );
    assert_eq!(fault("<span>x</span>"), "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0");
}

#[test]
fn any_text_is_read_without_a_panic() {
    for source in
        ["<", "</", "&", "&#", "&#x", "<a href=", "<a href='", "<é>", "&é", "<b é", "<b =", "&#99999999999;"]
    {
        let _ = parse(source);
    }
}
