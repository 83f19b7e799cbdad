use super::*;

fn outbox(cast: &Cast, who: UserId, cursor: u64) -> Vec<(Peer, i32, i32)> {
    let (told, _) = cast.world.pushes(who, cursor);
    told.into_iter()
        .filter_map(|update| match update.kind {
            UpdateKind::ReadOutbox { peer, max_id } => Some((peer, max_id, update.pts_count)),
            _ => None,
        })
        .collect()
}

#[test]
fn whoever_wrote_is_told_once_that_it_was_read() {
    let cast = cast();
    let first = cast.say(cast.ely, "first").view.id;
    cast.say(cast.alex, "in between");
    let second = cast.say(cast.ely, "second").view.id;
    let cursor = cast.world.account_state(cast.ely).cursor;
    let theirs = cast.world.history(cast.alex, cast.group, HistoryQuery { limit: 3, ..Default::default() });
    let theirs: Vec<i32> = theirs.unwrap().0.iter().map(|view| view.id).collect();
    cast.world.read(cast.alex, cast.group, theirs[1]).unwrap();
    assert_eq!(outbox(&cast, cast.ely, cursor), [(cast.group, first, 1)]);
    cast.world.read(cast.sam, cast.group, 1).unwrap();
    cast.world.read(cast.alex, cast.group, 0).unwrap();
    cast.world.read(cast.sam, cast.group, 0).unwrap();
    assert_eq!(outbox(&cast, cast.ely, cursor), [(cast.group, first, 1), (cast.group, second, 1)]);
    assert_eq!(cast.world.dialogs(cast.ely)[0].read_outbox_max_id, second);
}

#[test]
fn in_a_supergroup_nothing_is_counted() {
    let cast = cast();
    let hall = cast.world.add_group(ChatKind::Supergroup, "Hall", cast.ely, &[cast.alex]);
    let said = cast.world.post(cast.ely, hall, Draft::text("first")).unwrap().view.id;
    let cursor = cast.world.account_state(cast.ely).cursor;
    cast.world.read(cast.alex, hall, 0).unwrap();
    assert_eq!(outbox(&cast, cast.ely, cursor), [(hall, said, 0)]);
}

/// As Telegram has it, and as Telethon asks for the next page: the number leads, and the date beside it loses none of
/// the messages of its second.
#[test]
fn a_page_goes_on_by_the_number_whatever_the_date() {
    let cast = cast();
    let ids: Vec<i32> = ["a", "b", "c", "d"].map(|text| cast.say(cast.alex, text).view.id).to_vec();
    let now = cast.world.now();
    let query = HistoryQuery { limit: 10, offset_id: ids[3], offset_date: now, ..Default::default() };
    let (page, _) = cast.world.history(cast.alex, cast.group, query).unwrap();
    let page: Vec<i32> = page.iter().map(|view| view.id).filter(|id| ids.contains(id)).collect();
    assert_eq!(page, [ids[2], ids[1], ids[0]]);
}
