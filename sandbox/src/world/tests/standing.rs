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
