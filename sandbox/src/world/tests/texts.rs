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

#[test]
fn commands_mentions_tags_and_links_are_found() {
    let cast = cast();
    let text = "/mesh@mesh_mastermind_bot 🔒 (@Ely_exec) #tag1 #1 https://example.org/a. /a/b @ab é/x";
    let (_, entities) = posted(&cast, text, Vec::new());
    let found: Vec<(String, EntityKind)> = entities
        .into_iter()
        .map(|e| {
            let units: Vec<u16> = text.encode_utf16().skip(e.offset).take(e.length).collect();
            (String::from_utf16(&units).unwrap(), e.kind)
        })
        .collect();
    let expected = [
        ("/mesh@mesh_mastermind_bot", EntityKind::BotCommand),
        ("@Ely_exec", EntityKind::Mention),
        ("#tag1", EntityKind::Hashtag),
        ("https://example.org/a", EntityKind::Url),
    ];
    assert_eq!(found, expected.map(|(text, kind)| (text.to_owned(), kind)));
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
