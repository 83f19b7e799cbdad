use super::*;

fn kinds(updates: &[Update]) -> Vec<(&'static str, Option<i64>)> {
    let kind = |update: &Update| match &update.kind {
        UpdateKind::NewMessage(_) => ("new", update.channel),
        UpdateKind::Channel { .. } => ("channel", update.channel),
        _ => ("other", update.channel),
    };
    updates.iter().map(kind).collect()
}

#[test]
fn a_group_becomes_a_supergroup_and_everybody_hears_it() {
    let cast = cast();
    cast.world.set_hears_bots(cast.mesh, true);
    cast.say(cast.ely, "before");
    let cursor = cast.world.account_state(cast.alex).cursor;
    assert_eq!(cast.world.migrate(cast.alex, cast.group), Err(WorldError::NotAdmin));
    let done = cast.world.migrate(cast.ely, cast.group).unwrap();
    let Peer::Channel(channel) = done.to else { panic!("{done:?}") };
    let told = [("channel", None), ("new", None), ("new", Some(channel))];
    assert_eq!(kinds(&done.updates), told);
    assert_eq!(kinds(&cast.world.pushes(cast.alex, cursor).0), told);
    let heard = cast.heard(cast.mesh);
    assert_eq!(heard[1], format!("MigratedTo {{ channel: {channel} }}"));
    assert!(heard[2].starts_with("MigratedFrom"));
    let (old, new) = (cast.world.chat(cast.alex, cast.group), cast.world.chat(cast.alex, done.to));
    let (old, new) = (old.unwrap(), new.unwrap());
    assert_eq!((old.migrated_to, new.members, new.title), (Some(channel), old.members, old.title));
    assert_eq!(cast.world.groups().iter().map(|group| group.peer).collect::<Vec<_>>(), [done.to]);
}

#[test]
fn the_old_group_can_only_be_read() {
    let cast = cast();
    let said = cast.say(cast.ely, "before");
    let Peer::Channel(channel) = cast.world.migrate(cast.ely, cast.group).unwrap().to else { panic!() };
    let refused = WorldError::Migrated { channel };
    let post = cast.world.post(cast.mesh, cast.group, Draft::text("after"));
    assert_eq!(post.unwrap_err(), refused);
    let id = said.view.id;
    assert_eq!(cast.world.react(cast.ely, cast.group, id, Some("👍")).unwrap_err(), refused);
    assert_eq!(cast.world.edit(cast.ely, cast.group, id, "x", vec![], None).unwrap_err(), refused);
    assert_eq!(cast.world.pin(cast.ely, cast.group, id, true).unwrap_err(), refused);
    assert_eq!(cast.world.migrate(cast.ely, cast.group).unwrap_err(), refused);
    let (page, total) =
        cast.world.history(cast.alex, cast.group, HistoryQuery { limit: 9, ..Default::default() }).unwrap();
    assert_eq!((page[1].text(), total), ("before", 3));
    assert_eq!(cast.world.dialogs(cast.alex).len(), 2, "both are in the list");
}
