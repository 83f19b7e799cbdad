use super::*;

#[test]
fn the_default_world_is_as_promised() {
    let cast = cast();
    let users = cast.world.users();
    assert_eq!(users.iter().filter(|user| user.is_bot()).count(), 4);
    assert_eq!(cast.world.groups()[0].members.len(), 8);
    let ely = cast.world.user_by_phone("1 555 010 0001").unwrap();
    assert_eq!((ely.id, ely.name.as_str()), (UserId(7_000_001_001), "Ely"));
    assert_eq!(ely.person().unwrap().code.len(), 5);
    let mesh = cast.world.user(cast.mesh).unwrap();
    let bot = mesh.bot().unwrap();
    assert_eq!(bot.token, "7100000101:SANDBOX-mesh_mastermind_bot");
    assert!(!bot.privacy);
    assert_eq!(cast.world.bot_by_token(&bot.token).unwrap().id, cast.mesh);
    assert!(users.iter().all(|user| cast.world.pending_updates(user.id) == 0));
}

#[test]
fn a_bot_opens_no_private_chat() {
    let cast = cast();
    let post = |to| cast.world.post(cast.mesh, Peer::User(to), Draft::text("hello")).map(|posted| posted.key);
    assert_eq!(post(cast.ely), Err(WorldError::BotCantInitiate));
    assert_eq!(post(cast.oracle), Err(WorldError::BotToBot));
    assert_eq!(post(UserId(5)), Err(WorldError::ChatNotFound));
    cast.world.post(cast.ely, Peer::User(cast.mesh), Draft::text("/start")).unwrap();
    assert!(post(cast.ely).is_ok());
    assert_eq!(cast.heard(cast.mesh), ["/start"]);
}

#[test]
fn people_write_to_people_and_to_themselves() {
    let cast = cast();
    let posted = cast.world.post(cast.ely, Peer::User(cast.alex), Draft::text("hello")).unwrap();
    assert_eq!(posted.view.peer, Peer::User(cast.alex));
    let alexs = cast.world.message(cast.alex, Peer::User(cast.ely), cast.id(cast.alex, &posted)).unwrap();
    assert!(!alexs.outgoing && posted.view.outgoing);
    assert!(cast.world.post(cast.ely, Peer::User(cast.ely), Draft::text("note")).is_ok());
}

#[test]
fn outsiders_neither_read_nor_write() {
    let cast = cast();
    let zed = cast.world.add_person("Zed", "zed", "+15550100009", "90009");
    let post = || cast.world.post(zed, cast.group, Draft::text("hello")).map(|posted| posted.key);
    assert_eq!(post(), Err(WorldError::ChatNotFound));
    assert_eq!(cast.world.history(zed, cast.group, HistoryQuery::default()), Err(WorldError::ChatNotFound));
    cast.world.add_member(cast.ely, cast.group, zed).unwrap();
    assert!(post().is_ok());
    let (_, total) = cast.world.history(zed, cast.group, HistoryQuery::default()).unwrap();
    assert_eq!(total, 2, "what was said before is not theirs");
    cast.world.remove_member(cast.ely, cast.group, zed).unwrap();
    assert_eq!(post(), Err(WorldError::Kicked));
}

#[test]
fn dialogs_count_the_unread() {
    let cast = cast();
    cast.say(cast.ely, "one");
    let last = cast.say(cast.alex, "two");
    cast.world.post(cast.sam, Peer::User(cast.ely), Draft::text("psst")).unwrap();
    let dialogs = cast.world.dialogs(cast.ely);
    let peers: Vec<Peer> = dialogs.iter().map(|dialog| dialog.peer).collect();
    assert_eq!(peers, [Peer::User(cast.sam), cast.group]);
    assert_eq!((dialogs[1].top.text(), dialogs[1].unread), ("two", 1));
    let read = cast.world.read(cast.ely, cast.group, cast.id(cast.ely, &last)).unwrap();
    assert!(read.is_some());
    assert_eq!(cast.world.read(cast.ely, cast.group, 0).unwrap(), None);
    assert_eq!(cast.world.dialogs(cast.ely)[1].unread, 0);
}

#[test]
fn history_is_paged_from_the_newest() {
    let cast = cast();
    for number in 1..=10 {
        cast.say(cast.ely, &number.to_string());
    }
    let texts = |query| {
        let (page, total) = cast.world.history(cast.ely, cast.group, query).unwrap();
        assert_eq!(total, 11);
        page.iter().map(|view| view.text().to_owned()).collect::<Vec<_>>()
    };
    let first =
        cast.world.history(cast.ely, cast.group, HistoryQuery { limit: 3, ..HistoryQuery::default() });
    let third = first.unwrap().0[2].id;
    assert_eq!(texts(HistoryQuery { limit: 2, ..HistoryQuery::default() }), ["10", "9"]);
    assert_eq!(texts(HistoryQuery { limit: 2, offset_id: third, ..HistoryQuery::default() }), ["7", "6"]);
    let around = HistoryQuery { limit: 3, offset_id: third, add_offset: -2, ..HistoryQuery::default() };
    assert_eq!(texts(around), ["9", "8", "7"]);
    assert_eq!(texts(HistoryQuery { limit: 9, min_id: third, ..HistoryQuery::default() }), ["10", "9"]);
}
