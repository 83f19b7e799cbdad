use super::*;

#[test]
fn a_message_carries_a_file_with_or_without_a_caption() {
    let cast = cast();
    let file = cast.world.keep_file("plan.txt", "text/plain", b"step one".to_vec()).unwrap();
    let draft = |text: &str| Draft { document: Some(file.clone()), ..Draft::text(text) };
    let bare = cast.world.post(cast.ely, cast.group, draft(" ")).unwrap();
    assert_eq!((bare.view.text(), bare.view.document.as_ref()), ("", Some(&file)));
    let named = cast.world.post(cast.ely, cast.group, draft("the plan")).unwrap();
    assert_eq!(named.view.text(), "the plan");
    let long = cast.world.post(cast.ely, cast.group, draft(&"x".repeat(1025)));
    assert_eq!(long.unwrap_err(), WorldError::CaptionTooLong);
    let (kept, bytes) = cast.world.file(file.id).unwrap();
    assert_eq!((kept, &bytes[..]), (file, &b"step one"[..]));
}

#[test]
fn empty_and_huge_files_are_refused_and_old_ones_forgotten() {
    let cast = cast();
    let keep = |size| cast.world.keep_file("f", "application/octet-stream", vec![0; size]);
    assert_eq!(keep(0), Err(WorldError::FileEmpty));
    let (size, limit) = (FILE_LIMIT + 1, FILE_LIMIT);
    assert_eq!(keep(size), Err(WorldError::FileTooBig { size, limit }));
    let first = keep(1).unwrap();
    for _ in 0..=FILES_KEPT / FILE_LIMIT {
        keep(FILE_LIMIT).unwrap();
    }
    assert_eq!(cast.world.file(first.id), None);
}

#[test]
fn who_types_is_told_to_the_others_and_to_no_difference() {
    let cast = cast();
    let (before, pts) = (cast.world.account_state(cast.alex).cursor, cast.world.account_state(cast.alex).pts);
    let own = cast.world.account_state(cast.ely).cursor;
    cast.world.act(cast.ely, cast.group, ChatAction::Typing).unwrap();
    let (told, _) = cast.world.pushes(cast.alex, before);
    let expected = UpdateKind::Typing { peer: cast.group, by: cast.ely, action: ChatAction::Typing };
    assert_eq!(told.into_iter().map(|update| update.kind).collect::<Vec<_>>(), [expected]);
    assert_eq!(cast.world.account_state(cast.ely).cursor, own);
    assert!(cast.world.difference(cast.alex, pts).updates.is_empty());
}
