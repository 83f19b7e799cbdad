use super::*;

#[test]
fn ids_are_in_telegrams_ranges_and_read_back() {
    for (peer, id) in [
        (Peer::User(UserId(7_000_001_001)), 7_000_001_001),
        (Peer::Group(4_000_000_001), -4_000_000_001),
        (Peer::Channel(2_100_000_001), -1_002_100_000_001),
    ] {
        assert_eq!(peer.to_bot_api(), id);
        assert_eq!(Peer::from_bot_api(id), Some(peer));
    }
    assert_eq!(Peer::from_bot_api(0), None);
    assert_eq!(cast().group, Peer::Group(4_000_000_001));
}

#[test]
fn a_groups_message_has_another_id_for_every_viewer() {
    let cast = cast();
    let posted = cast.say(cast.ely, "hello");
    let everybody: Vec<i32> =
        cast.world.users().iter().map(|user| cast.world.id_for(user.id, posted.key).unwrap()).collect();
    let distinct: std::collections::BTreeSet<i32> = everybody.iter().copied().collect();
    assert_eq!(distinct.len(), everybody.len());
    // What one calls it means nothing to another.
    let elys = cast.id(cast.ely, &posted);
    assert_eq!(cast.world.message(cast.mesh, cast.group, elys), Err(WorldError::MessageNotFound));
}

#[test]
fn private_chats_and_groups_share_a_viewers_sequence() {
    let cast = cast();
    let first = cast.say(cast.alex, "in the group");
    let second = cast.world.post(cast.sam, Peer::User(cast.ely), Draft::text("in private")).unwrap();
    assert_eq!(cast.id(cast.ely, &second), cast.id(cast.ely, &first) + 1);
    assert_eq!(cast.world.id_for(cast.alex, second.key), None);
}

#[test]
fn a_supergroup_shares_its_ids() {
    let cast = cast();
    let peer = cast.world.add_group(ChatKind::Supergroup, "Big", cast.ely, &[cast.alex, cast.mesh]);
    let posted = cast.world.post(cast.ely, peer, Draft::text("hello")).unwrap();
    assert_eq!(posted.view.id, 2);
    assert_eq!(cast.id(cast.alex, &posted), 2);
    assert_eq!(cast.world.message(cast.mesh, peer, 2).unwrap().text(), "hello");
    assert!(peer.to_bot_api() < -1_000_000_000_000);
}

#[test]
fn a_reply_points_at_each_viewers_own_id() {
    let cast = cast();
    let first = cast.say(cast.ely, "question");
    let reply = Draft::reply(cast.id(cast.alex, &first), "answer");
    let reply = cast.world.post(cast.alex, cast.group, reply).unwrap();
    for viewer in [cast.ely, cast.alex, cast.mesh] {
        let view = cast.world.message(viewer, cast.group, cast.id(viewer, &reply)).unwrap();
        assert_eq!(view.reply_to, Some(cast.id(viewer, &first)));
    }
    let elsewhere = Draft::reply(cast.id(cast.alex, &first), "x");
    let refused = cast.world.post(cast.alex, Peer::User(cast.ely), elsewhere);
    assert_eq!(refused, Err(WorldError::ReplyNotFound));
}
