use super::*;

#[test]
fn privacy_off_hears_people_and_never_bots() {
    let cast = cast();
    cast.say(cast.ely, "hello");
    cast.say(cast.sandman, "🔒 EXCLUSIVE CLAIM: x");
    cast.say(cast.sandman, "/mesh@mesh_mastermind_bot status");
    assert_eq!(cast.heard(cast.mesh), ["hello"]);
}

#[test]
fn privacy_on_hears_what_is_meant_for_it() {
    let cast = cast();
    cast.say(cast.ely, "hello");
    cast.say(cast.ely, "/status");
    cast.say(cast.ely, "/status@sandman_agent_bot");
    cast.say(cast.ely, "/status@Sandman_Agent_Bot now");
    let word = cast.say(cast.sandman, "my own word");
    let reply = Draft::reply(cast.id(cast.ely, &word), "a reply");
    cast.world.post(cast.ely, cast.group, reply).unwrap();
    cast.say(cast.ely, "/bare after its word");
    cast.say(cast.oracle, "another bot's word");
    cast.say(cast.ely, "/bare after another's word");
    assert_eq!(
        cast.heard(cast.sandman),
        ["/status@sandman_agent_bot", "/status@Sandman_Agent_Bot now", "a reply", "/bare after its word"]
    );
}

#[test]
fn bot_to_bot_mode_opens_ears() {
    let cast = cast();
    cast.world.set_hears_bots(cast.sandman, true);
    cast.say(cast.oracle, "to nobody");
    cast.say(cast.oracle, "/ask@sandman_agent_bot x");
    assert_eq!(cast.heard(cast.sandman), ["/ask@sandman_agent_bot x"]);
    // One of the two is enough for what is meant for the hearer.
    cast.say(cast.sandman, "/ask@oracle_agent_bot y");
    assert_eq!(cast.heard(cast.oracle), ["/ask@oracle_agent_bot y"]);
    // With the whole group open to it anyway, it hears every bot.
    cast.world.set_hears_bots(cast.mesh, true);
    cast.say(cast.oracle, "to all");
    assert_eq!(cast.heard(cast.mesh), ["to all"]);
}

#[test]
fn an_administrator_hears_all_people() {
    let cast = cast();
    cast.world.set_rank(cast.group, cast.oracle, Rank::Admin);
    cast.say(cast.ely, "hello");
    assert_eq!(cast.heard(cast.oracle), ["my_chat_member", "hello"]);
}

#[test]
fn a_bot_hears_its_own_pin_but_not_its_own_word() {
    let cast = cast();
    let board = cast.say(cast.mesh, "board");
    cast.world.pin(cast.mesh, cast.group, board.view.id, true).unwrap();
    let pinned = Service::Pinned { message: Some(board.view.id) };
    assert_eq!(cast.heard(cast.mesh), [format!("{pinned:?}")]);
    assert!(cast.heard(cast.oracle).is_empty(), "a bot's service message is not for other bots");
}

#[test]
fn updates_are_confirmed_by_offset() {
    let cast = cast();
    for text in ["1", "2", "3", "4"] {
        cast.say(cast.ely, text);
    }
    let ids: Vec<i32> = cast.world.bot_updates(cast.mesh, 0, 100).iter().map(|update| update.id).collect();
    assert_eq!(cast.world.bot_updates(cast.mesh, 0, 2).len(), 2);
    assert_eq!(cast.world.bot_updates(cast.mesh, ids[1], 100).len(), 3);
    assert_eq!(cast.heard(cast.mesh), ["2", "3", "4"]);
    assert_eq!(cast.world.bot_updates(cast.mesh, -1, 100)[0].id, ids[3]);
    assert_eq!(cast.world.pending_updates(cast.mesh), 1);
    assert!(cast.world.bot_updates(cast.mesh, ids[3] + 1, 100).is_empty());
    cast.world.set_allowed_updates(cast.mesh, vec!["callback_query".to_owned()]);
    cast.say(cast.ely, "not asked for");
    assert_eq!(cast.world.pending_updates(cast.mesh), 0);
}
