use super::super::legacy;
use super::*;

fn kinds(source: &str) -> (String, Vec<(usize, usize, EntityKind)>) {
    let (text, entities) = parse(source).unwrap();
    (text, entities.into_iter().map(|e| (e.offset, e.length, e.kind)).collect())
}

fn refused(source: &str) -> String {
    parse(source).unwrap_err().to_string()
}

#[test]
fn each_mark_is_an_entity() {
    let pre = |language: Option<&str>| EntityKind::Pre { language: language.map(str::to_owned) };
    let cases = [
        ("*b*", "b", EntityKind::Bold),
        ("_i_", "i", EntityKind::Italic),
        ("__u__", "u", EntityKind::Underline),
        ("~s~", "s", EntityKind::Strikethrough),
        ("||p||", "p", EntityKind::Spoiler),
        ("`c*d`", "c*d", EntityKind::Code),
        ("```\nx=1\n```", "x=1\n", pre(None)),
        ("```rust\nx\\`\n```", "x`\n", pre(Some("rust"))),
        (
            "![👍](tg://emoji?id=5368324170671202286)",
            "👍",
            EntityKind::CustomEmoji { id: 5_368_324_170_671_202_286 },
        ),
        ("[a](https://a\\)b)", "a", EntityKind::TextLink { url: "https://a)b".to_owned() }),
        ("[a](tg://user?id=7)", "a", EntityKind::TextMention { user: crate::world::UserId(7) }),
    ];
    for (source, text, kind) in cases {
        let length = crate::world::utf16_len(text);
        assert_eq!(kinds(source), (text.to_owned(), vec![(0, length, kind)]), "{source}");
    }
}

#[test]
fn marks_nest_and_escapes_stand_for_themselves() {
    let (text, entities) = kinds("🔒 *bold _both_* 1\\.5 \\*");
    assert_eq!(text, "🔒 bold both 1.5 *");
    assert_eq!(entities, [(8, 4, EntityKind::Italic), (3, 9, EntityKind::Bold)]);
    assert_eq!(kinds("**>x"), ("x".to_owned(), vec![(0, 1, EntityKind::Blockquote { expandable: false })]));
    assert_eq!(kinds("[]()"), (String::new(), vec![]));
}

#[test]
fn quotations_are_lines() {
    let (text, entities) = kinds(">one\n>*two*\nafter\n>three\n>four||");
    assert_eq!(text, "one\ntwo\nafter\nthree\nfour");
    assert_eq!(
        entities,
        [
            (4, 3, EntityKind::Bold),
            (0, 7, EntityKind::Blockquote { expandable: false }),
            (14, 10, EntityKind::Blockquote { expandable: true })
        ]
    );
}

#[test]
fn faults_have_telegrams_words() {
    let reserved =
        |c: char| format!("Character '{c}' is reserved and must be escaped with the preceding '\\'");
    assert_eq!(refused("1.5"), reserved('.'));
    assert_eq!(refused("a>b"), reserved('>'));
    assert_eq!(refused("a!"), reserved('!'));
    assert_eq!(refused("a|b"), reserved('|'));
    assert_eq!(refused("ok *b"), "Can't find end of Bold entity at byte offset 3");
    assert_eq!(refused("_i"), "Can't find end of Italic entity at byte offset 0");
    assert_eq!(refused("```rust\nx"), "Can't find end of PreCode entity at byte offset 0");
    assert_eq!(refused("[a](b"), "Can't find end of a URL at byte offset 4");
    assert_eq!(refused("![a](b)"), "Custom emoji entity must contain a tg://emoji URL");
    assert_eq!(refused(">*a\nb"), "Can't find end of Bold entity at byte offset 1");
}

#[test]
fn the_older_markdown_is_simpler() {
    let kinds = |source: &str| {
        let (text, entities) = legacy::parse(source).unwrap();
        (text, entities.into_iter().map(|e| (e.offset, e.length, e.kind)).collect::<Vec<_>>())
    };
    let link = EntityKind::TextLink { url: "https://a.b".to_owned() };
    let (text, entities) = kinds("🔒 *b* _i_ `c*` [a](https://a.b) 1.5! \\_x");
    assert_eq!(text, "🔒 b i c* a 1.5! _x");
    let expected =
        [(3, 1, EntityKind::Bold), (5, 1, EntityKind::Italic), (7, 2, EntityKind::Code), (10, 1, link)];
    assert_eq!(entities, expected);
    let pre = EntityKind::Pre { language: Some("rust".to_owned()) };
    assert_eq!(kinds("```rust\nx\n```"), ("x\n".to_owned(), vec![(0, 2, pre)]));
    assert_eq!(kinds("**[]("), (String::new(), vec![]));
    let fault = legacy::parse("snake_case").unwrap_err().to_string();
    assert_eq!(fault, "Can't find end of the entity starting at byte offset 5");
}
