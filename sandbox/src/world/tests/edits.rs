use super::*;

fn keyboard() -> Keyboard {
    Keyboard { rows: vec![vec![Button::callback("Take it", "take")]] }
}

#[test]
fn an_edit_changes_the_message_for_everybody() {
    let cast = cast();
    let board = cast.say(cast.mesh, "board 1");
    cast.world.edit(cast.mesh, cast.group, board.view.id, "board 2", Vec::new(), Some(keyboard())).unwrap();
    let view = cast.world.message(cast.ely, cast.group, cast.id(cast.ely, &board)).unwrap();
    assert_eq!((view.text(), view.edit_date), ("board 2", Some(NOON)));
    assert_eq!(view.keyboard, Some(keyboard()));
    let again =
        cast.world.edit(cast.mesh, cast.group, board.view.id, "board 2", Vec::new(), Some(keyboard()));
    assert_eq!(again, Err(WorldError::NotModified));
    // Without buttons the old ones go.
    cast.world.edit(cast.mesh, cast.group, board.view.id, "board 2", Vec::new(), None).unwrap();
    assert!(cast.world.seen_message(board.key).unwrap().buttons.is_empty());
}

#[test]
fn only_the_author_edits() {
    let cast = cast();
    let word = cast.say(cast.ely, "mine");
    let refused =
        cast.world.edit(cast.mesh, cast.group, cast.id(cast.mesh, &word), "yours", Vec::new(), None);
    assert_eq!(refused, Err(WorldError::NotAuthor));
    let gone = cast.world.edit(cast.ely, cast.group, 1, "x", Vec::new(), None);
    assert_eq!(gone, Err(WorldError::MessageNotFound));
}

#[test]
fn people_have_no_buttons_and_bots_only_good_ones() {
    let cast = cast();
    let with = |by, rows| {
        let draft = Draft { keyboard: Some(Keyboard { rows }), ..Draft::text("card") };
        cast.world.post(by, cast.group, draft).map(|posted| posted.view.keyboard)
    };
    let button = |data: &str| vec![vec![Button::callback("x", data)]];
    assert_eq!(with(cast.ely, button("a")), Ok(None));
    assert!(with(cast.mesh, button(&"a".repeat(64))).unwrap().is_some());
    assert_eq!(with(cast.mesh, button(&"a".repeat(65))), Err(WorldError::ButtonDataInvalid));
    assert_eq!(with(cast.mesh, button("")), Err(WorldError::ButtonDataInvalid));
    assert_eq!(with(cast.mesh, vec![Vec::new()]), Ok(None));
}

#[test]
fn deleting_needs_a_right() {
    let cast = cast();
    let word = cast.say(cast.ely, "mine");
    let alexs = cast.id(cast.alex, &word);
    assert_eq!(cast.world.delete(cast.alex, None, &[alexs]), Err(WorldError::NotAdmin));
    // The mesh's bot is an administrator.
    cast.world.delete(cast.mesh, None, &[cast.id(cast.mesh, &word)]).unwrap();
    assert_eq!(cast.world.seen_message(word.key), None);
    assert_eq!(cast.world.messages(cast.alex, None, &[alexs]), [None]);
    assert_eq!(cast.world.delete(cast.alex, None, &[alexs]), Ok(Vec::new()));
}

#[test]
fn a_pin_is_told_and_shown() {
    let cast = cast();
    let board = cast.say(cast.mesh, "board");
    cast.world.pin(cast.mesh, cast.group, board.view.id, true).unwrap();
    let elys = cast.id(cast.ely, &board);
    assert_eq!(cast.world.chat(cast.ely, cast.group).unwrap().pinned, Some(elys));
    let (page, _) = cast.world.history(cast.ely, cast.group, query(1)).unwrap();
    assert_eq!(page[0].content, Content::Service(Service::Pinned { message: Some(elys) }));
    let refused = cast.world.pin(cast.oracle, cast.group, cast.id(cast.oracle, &board), true);
    assert_eq!(refused, Err(WorldError::NotAdmin));
    cast.world.unpin(cast.mesh, cast.group, board.view.id).unwrap();
    assert_eq!(cast.world.chat(cast.ely, cast.group).unwrap().pinned, None);
}

fn query(limit: usize) -> HistoryQuery {
    HistoryQuery { limit, ..HistoryQuery::default() }
}
