use super::*;

fn texts(updates: &[Update]) -> Vec<String> {
    let text = |update: &Update| match &update.kind {
        UpdateKind::NewMessage(view) => format!("new {}", view.text()),
        UpdateKind::EditMessage(view) => format!("edit {}", view.text()),
        UpdateKind::DeleteMessages { ids } => format!("delete {}", ids.len()),
        UpdateKind::PinnedMessage { pinned, .. } => format!("pinned {pinned}"),
        other => format!("{other:?}"),
    };
    updates.iter().map(text).collect()
}

#[test]
fn every_event_moves_pts_by_one_and_own_posts_are_in_the_log() {
    let cast = cast();
    let start = cast.world.account_state(cast.ely);
    let mine = cast.say(cast.ely, "mine");
    let board = cast.say(cast.mesh, "board");
    cast.world.edit(cast.ely, cast.group, mine.view.id, "mine!", Vec::new(), None).unwrap();
    cast.world.pin(cast.mesh, cast.group, board.view.id, true).unwrap();
    cast.world.delete(cast.ely, None, &[mine.view.id]).unwrap();
    let (pushed, cursor) = cast.world.pushes(cast.ely, start.cursor);
    assert_eq!(texts(&pushed), ["new mine", "new board", "edit mine!", "pinned true", "new ", "delete 1"]);
    let pts: Vec<i32> = pushed.iter().map(|update| update.pts - start.pts).collect();
    assert_eq!(pts, [1, 2, 3, 4, 5, 6]);
    assert_eq!(mine.update.as_ref(), Some(&pushed[0]));
    assert!(cast.world.pushes(cast.ely, cursor).0.is_empty());
    let difference = cast.world.difference(cast.ely, start.pts);
    assert_eq!((difference.updates, difference.too_long), (pushed.clone(), false));
    assert_eq!(texts(&cast.world.difference(cast.ely, start.pts + 4).updates), ["new ", "delete 1"]);
    assert_eq!(board.update, None);
}

#[test]
fn a_difference_that_reaches_too_far_back_is_too_long() {
    let cast = cast();
    let start = cast.world.account_state(cast.ely);
    for number in 0..=LOG_KEPT {
        cast.say(cast.alex, &number.to_string());
    }
    let difference = cast.world.difference(cast.ely, start.pts);
    assert!(difference.too_long && difference.updates.is_empty());
    assert_eq!(difference.pts, cast.world.account_state(cast.ely).pts);
    assert!(!cast.world.difference(cast.ely, start.pts + 1).too_long);
}

#[test]
fn a_supergroup_counts_its_own_pts() {
    let cast = cast();
    let peer = cast.world.add_group(ChatKind::Supergroup, "Big", cast.ely, &[cast.alex]);
    let Peer::Channel(id) = peer else { panic!("{peer:?}") };
    let common = cast.world.account_state(cast.alex).pts;
    let channel = cast.world.chat(cast.alex, peer).unwrap().pts;
    cast.world.post(cast.ely, peer, Draft::text("one")).unwrap();
    cast.world.post(cast.ely, peer, Draft::text("two")).unwrap();
    assert_eq!(cast.world.account_state(cast.alex).pts, common);
    let difference = cast.world.channel_difference(cast.alex, id, channel + 1);
    assert_eq!(texts(&difference.updates), ["new two"]);
    assert_eq!((difference.updates[0].pts, difference.updates[0].channel), (channel + 2, Some(id)));
    assert!(cast.world.difference(cast.alex, common).updates.is_empty());
}

#[test]
fn a_random_id_counts_once_for_an_account() {
    let cast = cast();
    let post = |by| {
        let draft = Draft { random_id: Some(42), ..Draft::text("once") };
        cast.world.post(by, cast.group, draft).map(|posted| posted.key)
    };
    assert!(post(cast.ely).is_ok());
    assert_eq!(post(cast.ely), Err(WorldError::RandomIdDuplicate));
    assert!(post(cast.alex).is_ok());
    assert_eq!(cast.world.transcript(ChatKey::of(cast.ely, cast.group)).len(), 3);
}

#[test]
fn a_refused_post_uses_up_no_random_id() {
    let cast = cast();
    let draft = |text: &str| Draft { random_id: Some(42), ..Draft::text(text) };
    assert_eq!(cast.world.post(cast.ely, cast.group, draft(" ")), Err(WorldError::TextEmpty));
    assert!(cast.world.post(cast.ely, cast.group, draft("x")).is_ok());
}

#[test]
fn whoever_watches_sees_it_by_name() {
    let cast = cast();
    let mut seen = cast.world.watch();
    let word = cast.say(cast.ely, "hello");
    cast.world.react(cast.mesh, cast.group, cast.id(cast.mesh, &word), Some("👌")).unwrap();
    let posted = seen.try_recv().unwrap();
    assert_eq!((posted.name.as_str(), posted.title.as_str()), ("Ely", "Mesh Mastermind"));
    assert!(matches!(posted.what, SeenWhat::Posted(message) if message.text == "hello"));
    let reacted = seen.try_recv().unwrap();
    assert_eq!(reacted.what, SeenWhat::Reacted { emoji: Some("👌".to_owned()) });
    assert_eq!((reacted.name.as_str(), reacted.message), ("Mesh", word.key));
}

#[test]
fn faults_are_used_up() {
    let cast = cast();
    let faults = cast.world.faults();
    faults.add(Fault::FloodWait { method: "messages.sendMessage".to_owned(), seconds: 3, times: 2 });
    faults.add(Fault::Status {
        method: "sendMessage".to_owned(),
        chat: Some(-4),
        status: 429,
        retry_after: 5,
        times: 1,
    });
    for _ in 0..2 {
        assert_eq!(
            faults.rpc("messages.SendMessage", None, || None),
            Some(RpcFault::FloodWait { seconds: 3 })
        );
    }
    assert_eq!(faults.rpc("messages.sendMessage", None, || None), None);
    assert_eq!(faults.bot_api("sendmessage", cast.mesh, Some(-5)), None);
    assert_eq!(
        faults.bot_api("sendmessage", cast.mesh, Some(-4)),
        Some(BotFault::Status { status: 429, retry_after: 5 })
    );
    assert_eq!(faults.bot_api("sendmessage", cast.mesh, Some(-4)), None);
    let mut cuts = faults.cuts();
    faults.add(Fault::Cut { account: cast.ely });
    assert_eq!(cuts.try_recv(), Ok(cast.ely));
}
