use super::*;

fn changes(cast: &Cast, bot: UserId) -> Vec<(&'static str, UserId, Standing, Standing)> {
    let change = |update: BotUpdate| match update.kind {
        BotUpdateKind::MemberChanged(ref change) => {
            Some((update.kind.name(), change.user, change.old, change.new))
        }
        _ => None,
    };
    cast.world.bot_updates(bot, 0, 100).into_iter().filter_map(change).collect()
}

#[test]
fn a_bot_hears_of_its_own_standing_unasked_and_of_others_when_asked() {
    let cast = cast();
    let (member, admin) = (Standing::In(Rank::Member), Standing::In(Rank::Admin));
    cast.world.set_rank(cast.group, cast.oracle, Rank::Admin);
    cast.world.set_allowed_updates(cast.mesh, vec!["chat_member".to_owned()]);
    cast.world.remove_member(cast.ely, cast.group, cast.sam).unwrap();
    cast.world.remove_member(cast.ely, cast.group, cast.oracle).unwrap();
    cast.world.remove_member(cast.sandman, cast.group, cast.sandman).unwrap();
    let own = "my_chat_member";
    assert_eq!(
        changes(&cast, cast.oracle),
        [(own, cast.oracle, member, admin), (own, cast.oracle, admin, Standing::Kicked)]
    );
    assert_eq!(changes(&cast, cast.sandman), [(own, cast.sandman, member, Standing::Left)]);
    let others = "chat_member";
    assert_eq!(
        changes(&cast, cast.mesh),
        [
            (others, cast.sam, member, Standing::Kicked),
            (others, cast.oracle, admin, Standing::Kicked),
            (others, cast.sandman, member, Standing::Left)
        ]
    );
}

#[test]
fn left_sent_away_and_never_there_are_three_things() {
    let cast = cast();
    let say = |bot| cast.world.post(bot, cast.group, Draft::text("x")).map(drop);
    cast.world.remove_member(cast.sandman, cast.group, cast.sandman).unwrap();
    cast.world.remove_member(cast.ely, cast.group, cast.oracle).unwrap();
    let stray = cast.world.add_bot("Stray", "stray_bot", true);
    assert_eq!(say(cast.sandman), Err(WorldError::NotMember));
    assert_eq!(say(cast.oracle), Err(WorldError::Kicked));
    assert_eq!(say(stray), Err(WorldError::ChatNotFound));
    cast.world.add_member(cast.ely, cast.group, cast.oracle).unwrap();
    assert_eq!(say(cast.oracle), Ok(()));
}

#[test]
fn a_person_blocks_a_bot() {
    let cast = cast();
    cast.world.post(cast.ely, Peer::User(cast.mesh), Draft::text("/start")).unwrap();
    let say = || cast.world.post(cast.mesh, Peer::User(cast.ely), Draft::text("x")).map(drop);
    cast.world.set_blocked(cast.ely, cast.mesh, true);
    assert_eq!(say(), Err(WorldError::Blocked));
    cast.world.set_blocked(cast.ely, cast.mesh, true);
    cast.world.set_blocked(cast.ely, cast.mesh, false);
    assert_eq!(say(), Ok(()));
    let news: Vec<Standing> = changes(&cast, cast.mesh).into_iter().map(|change| change.3).collect();
    assert_eq!(news, [Standing::Kicked, Standing::In(Rank::Member)]);
}

#[test]
fn whoever_blocks_is_not_written_to_and_writes_only_to_begin_again() {
    let cast = cast();
    let to_mesh = |text: &str| cast.world.post(cast.ely, Peer::User(cast.mesh), Draft::text(text)).map(drop);
    assert_eq!(to_mesh("/start"), Ok(()));
    let before = cast.world.account_state(cast.ely).cursor;
    assert!(cast.world.set_blocked(cast.ely, cast.mesh, true));
    let told = cast.world.updates_since(cast.ely, before);
    let blocked = UpdateKind::Blocked { user: cast.mesh, on: true };
    assert_eq!(told.into_iter().map(|update| update.kind).collect::<Vec<_>>(), [blocked]);
    assert_eq!(cast.world.act(cast.mesh, Peer::User(cast.ely), ChatAction::Typing), Err(WorldError::Blocked));
    assert_eq!(to_mesh("hello"), Err(WorldError::YouBlocked));
    assert_eq!(cast.world.blocked_by(cast.ely), [cast.mesh]);
    assert_eq!(to_mesh("/start x"), Ok(()));
    assert!(!cast.world.is_blocked(cast.ely, cast.mesh));
    cast.world.set_blocked(cast.alex, cast.ely, true);
    let to_alex = cast.world.post(cast.ely, Peer::User(cast.alex), Draft::text("/start"));
    assert_eq!(to_alex.map(drop), Err(WorldError::Blocked));
}

#[test]
fn a_bot_may_forbid_to_be_added_to_groups() {
    let cast = cast();
    let shy = cast.world.add_bot("Shy", "shy_bot", true);
    cast.world.set_can_join_groups(shy, false);
    assert_eq!(cast.world.add_member(cast.ely, cast.group, shy), Err(WorldError::BotGroupsBlocked));
    cast.world.set_can_join_groups(shy, true);
    assert_eq!(cast.world.add_member(cast.ely, cast.group, shy), Ok(()));
}

#[test]
fn who_goes_hears_of_it_in_a_basic_group_and_not_in_a_supergroup() {
    let cast = cast();
    let hall = cast.world.add_group(ChatKind::Supergroup, "Hall", cast.ely, &[cast.sandman, cast.oracle]);
    for bot in [cast.sandman, cast.oracle] {
        cast.world.drop_updates(bot);
    }
    cast.world.remove_member(cast.ely, hall, cast.sandman).unwrap();
    assert_eq!(cast.heard(cast.sandman), ["my_chat_member"]);
    assert_eq!(cast.heard(cast.oracle), [format!("Left {{ user: {:?} }}", cast.sandman)]);
    cast.world.remove_member(cast.ely, cast.group, cast.oracle).unwrap();
    assert_eq!(
        cast.heard(cast.oracle)[1..],
        [format!("Left {{ user: {:?} }}", cast.oracle), "my_chat_member".to_owned()]
    );
}

#[test]
fn what_is_deleted_for_oneself_the_others_keep() {
    let cast = cast();
    let said = cast.say(cast.ely, "mine");
    let updates = cast.world.delete_for_oneself(cast.ely, &[said.view.id, 5]);
    assert_eq!(updates.len(), 1);
    assert!(cast.world.message(cast.ely, cast.group, said.view.id).is_err());
    assert_eq!(cast.world.message(cast.alex, cast.group, cast.id(cast.alex, &said)).unwrap().text(), "mine");
}
