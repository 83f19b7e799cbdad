use super::*;

fn entity(offset: usize, length: usize, kind: EntityKind) -> Entity {
    Entity { offset, length, kind }
}

fn posted(cast: &Cast, text: &str, entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let draft = Draft { entities, ..Draft::text(text) };
    match cast.world.post(cast.ely, cast.group, draft).unwrap().view.content {
        Content::Text { text, entities } => (text, entities),
        Content::Service(service) => panic!("{service:?}"),
    }
}

#[test]
fn the_limit_counts_utf16_units() {
    let cast = cast();
    let post = |text: String| cast.world.post(cast.ely, cast.group, Draft::text(text));
    assert!(post("🔒".repeat(2048)).is_ok());
    assert_eq!(post(format!("{}x", "🔒".repeat(2048))), Err(WorldError::TextTooLong));
    assert_eq!(post(" \n\t".to_owned()), Err(WorldError::TextEmpty));
    assert!(post(format!(" {} ", "x".repeat(4096))).is_ok(), "outer blanks do not count");
}

#[test]
fn dropped_blanks_move_the_entities() {
    let cast = cast();
    let given = vec![
        entity(0, 1, EntityKind::Italic),
        entity(2, 4, EntityKind::Bold),
        entity(5, 99, EntityKind::Code),
        entity(usize::MAX, usize::MAX, EntityKind::Bold),
    ];
    let (text, entities) = posted(&cast, "  🔒ab  ", given);
    assert_eq!(text, "🔒ab");
    assert_eq!(entities, [entity(0, 4, EntityKind::Bold), entity(3, 1, EntityKind::Code)]);
}

fn found(cast: &Cast, text: &str) -> Vec<(String, EntityKind)> {
    let (text, entities) = posted(cast, text, Vec::new());
    let part = |e: Entity| {
        let units: Vec<u16> = text.encode_utf16().skip(e.offset).take(e.length).collect();
        (String::from_utf16(&units).unwrap(), e.kind)
    };
    entities.into_iter().map(part).collect()
}

#[test]
fn commands_mentions_tags_and_links_are_found() {
    let cast = cast();
    let text = "/mesh@mesh_mastermind_bot 🔒 (@Ely_exec) #tag1 #1 https://example.org/a. /a/b @ab é/x";
    let expected = [
        ("/mesh@mesh_mastermind_bot", EntityKind::BotCommand),
        ("@Ely_exec", EntityKind::Mention),
        ("#tag1", EntityKind::Hashtag),
        ("https://example.org/a", EntityKind::Url),
    ];
    assert_eq!(found(&cast, text), expected.map(|(text, kind)| (text.to_owned(), kind)));
}

/// Each text with all that is found in it.
#[test]
fn what_telegram_finds_by_itself_is_found() {
    use EntityKind::{BotCommand, Cashtag, Email, Hashtag, Mention, Phone, Url};
    let cases: [(&str, &[(&str, EntityKind)]); 28] = [
        ("see example.com, please", &[("example.com", Url)]),
        ("(example.com)", &[("example.com", Url)]),
        ("www.example.co.uk/a?b=c#d!", &[("www.example.co.uk/a?b=c#d", Url)]),
        ("https://example.org/a_(b)", &[("https://example.org/a_(b)", Url)]),
        ("(https://example.org/a_(b))", &[("https://example.org/a_(b)", Url)]),
        ("[https://example.org/x]", &[("https://example.org/x", Url)]),
        ("http://user@example.org:8080/?q", &[("http://user@example.org:8080/?q", Url)]),
        ("http://localhost:8080/x", &[]),
        ("127.0.0.1:80/x and 1.2.3", &[("127.0.0.1:80/x", Url)]),
        ("a.js e.g. i.e. a..b v1.2 x.y", &[]),
        ("notes.md", &[("notes.md", Url)]),
        ("HTTPS://Example.museum", &[("HTTPS://Example.museum", Url)]),
        ("write to jo.doe+x@example.org.", &[("jo.doe+x@example.org", Email)]),
        ("a@b and @example.com", &[("@example", Mention)]),
        (
            "$USD $usd $TOOLONGFORIT $A x$USD $USDT!",
            &[("$USD", Cashtag), ("$A", Cashtag), ("$USDT", Cashtag)],
        ),
        ("call +1 (555) 010-0001 now", &[("+1 (555) 010-0001", Phone)]),
        ("+15550100001", &[("+15550100001", Phone)]),
        ("+123 and 2+15550100001", &[]),
        ("@abc @abcd @gif", &[("@abcd", Mention), ("@gif", Mention)]),
        ("hey,@some_body!", &[("@some_body", Mention)]),
        ("@a_name_that_is_longer_than_it_may_be", &[]),
        ("mail@someone", &[]),
        ("run /start, then /stop@some_bot.", &[("/start", BotCommand), ("/stop@some_bot", BotCommand)]),
        ("/a/b a/c </d> /e@fg", &[("/e", BotCommand)]),
        ("#one#two #three #4 #five5", &[("#three", Hashtag), ("#five5", Hashtag)]),
        ("ö#x #größe", &[("#größe", Hashtag)]),
        ("/", &[]),
        ("пример.com", &[("пример.com", Url)]),
    ];
    let cast = cast();
    for (text, expected) in cases {
        let expected: Vec<_> =
            expected.iter().map(|(part, kind)| ((*part).to_owned(), kind.clone())).collect();
        assert_eq!(found(&cast, text), expected, "{text}");
    }
}

#[test]
fn nothing_is_found_inside_code() {
    let cast = cast();
    let (_, entities) = posted(&cast, "/mesh @name", vec![entity(0, 11, EntityKind::Code)]);
    assert_eq!(entities, [entity(0, 11, EntityKind::Code)]);
}

#[test]
fn any_text_is_kept_without_a_panic() {
    let cast = cast();
    for text in
        ["/", "@", "#", "/@", "/a@", "#é", "@é", "/é", "((", "http://", "\u{0}", "a\u{301}", "/a@bcd/"]
    {
        cast.say(cast.ely, text);
    }
}

/// Marks, brackets and letters in any order: what is found stands in the text, in order, and nothing overlaps.
#[test]
fn whatever_is_found_stands_in_the_text() {
    const ALPHABET: [&str; 24] = [
        "a", "1", "é", "🔒", "/", "@", "#", "$", "+", ".", ":", "(", ")", "[", "]", " ", "-", "_", "?",
        "USD", "http://", ".com", "abcd", "5550100",
    ];
    let mut state = 7_u64;
    for round in 0..20_000 {
        let mut text = String::new();
        for _ in 0..round % 40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(ALPHABET[usize::try_from(state >> 33).unwrap() % ALPHABET.len()]);
        }
        let mut end = 0;
        for entity in find::find(&text) {
            assert!(entity.offset >= end && entity.length > 0, "{text}");
            end = entity.offset + entity.length;
        }
        assert!(end <= utf16_len(&text), "{text}");
    }
}
