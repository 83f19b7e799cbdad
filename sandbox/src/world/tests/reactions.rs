use std::time::Duration;

use super::*;

fn reactions_pushed(cast: &Cast, account: UserId, cursor: u64) -> usize {
    let (updates, _) = cast.world.pushes(account, cursor);
    updates.iter().filter(|update| matches!(update.kind, UpdateKind::Reactions { .. })).count()
}

#[test]
fn one_reaction_each_the_later_replaces_the_earlier() {
    let cast = cast();
    let word = cast.say(cast.ely, "hello");
    let id = cast.id(cast.mesh, &word);
    cast.world.react(cast.mesh, cast.group, id, Some("👀")).unwrap();
    cast.world.react(cast.mesh, cast.group, id, Some("🤝")).unwrap();
    cast.world.react(cast.ely, cast.group, word.view.id, Some("❤\u{fe0f}")).unwrap();
    let reactions = cast.world.seen_message(word.key).unwrap().reactions;
    assert_eq!(reactions, [("Mesh".to_owned(), "🤝".to_owned()), ("Ely".to_owned(), "❤".to_owned())]);
    let again = cast.world.react(cast.mesh, cast.group, id, Some("🤝"));
    assert_eq!(again, Err(WorldError::NotModified));
    assert_eq!(cast.world.react(cast.mesh, cast.group, id, Some("✅")), Err(WorldError::ReactionInvalid));
    cast.world.react(cast.mesh, cast.group, id, None).unwrap();
    assert_eq!(cast.world.seen_message(word.key).unwrap().reactions.len(), 1);
}

#[test]
fn the_meshs_reactions_are_all_free() {
    let cast = cast();
    let word = cast.say(cast.ely, "hello");
    for emoji in ["👌", "👎", "🤔", "👀", "🤝", "🫡", "😴", "🙈", "👍"] {
        cast.world.react(cast.mesh, cast.group, cast.id(cast.mesh, &word), Some(emoji)).unwrap();
    }
}

#[test]
fn accounts_hear_of_reactions_only_where_they_looked() {
    let cast = cast();
    let word = cast.say(cast.ely, "hello");
    let id = cast.id(cast.mesh, &word);
    let before = cast.world.account_state(cast.ely);
    cast.world.react(cast.mesh, cast.group, id, Some("👀")).unwrap();
    assert_eq!(reactions_pushed(&cast, cast.ely, before.cursor), 0);
    cast.world.messages(cast.ely, None, &[word.view.id]);
    cast.world.react(cast.mesh, cast.group, id, Some("👌")).unwrap();
    assert_eq!(reactions_pushed(&cast, cast.ely, before.cursor), 1);
    assert_eq!(cast.world.account_state(cast.ely).pts, before.pts, "no pts for reactions");
    cast.world.clock().advance(Duration::from_secs(u64::try_from(LOOKED_FOR).unwrap() + 1));
    cast.world.react(cast.mesh, cast.group, id, Some("👎")).unwrap();
    assert_eq!(reactions_pushed(&cast, cast.ely, before.cursor), 1);
}

#[test]
fn bots_hear_of_peoples_reactions_if_they_asked_and_are_administrators() {
    let cast = cast();
    let word = cast.say(cast.mesh, "card");
    let elys = cast.id(cast.ely, &word);
    cast.world.react(cast.ely, cast.group, elys, Some("👍")).unwrap();
    assert!(cast.heard(cast.mesh).is_empty(), "not asked for");
    for bot in [cast.mesh, cast.sandman] {
        cast.world.set_allowed_updates(bot, vec!["message_reaction".to_owned()]);
    }
    cast.world.react(cast.ely, cast.group, elys, Some("👎")).unwrap();
    cast.world.react(cast.oracle, cast.group, cast.id(cast.oracle, &word), Some("👍")).unwrap();
    let updates = cast.world.bot_updates(cast.mesh, 0, 100);
    let [BotUpdate { kind: BotUpdateKind::MessageReaction(change), .. }] = updates.as_slice() else {
        panic!("{updates:?}");
    };
    assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("👍"), Some("👎")));
    assert_eq!((change.id, change.by), (word.view.id, cast.ely));
    assert!(cast.heard(cast.sandman).is_empty(), "no administrator");
}
