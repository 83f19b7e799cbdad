//! The example is read; what is wrong is told, all of it at once.

use super::*;
use crate::world::{ChatKey, ChatKind, Rank, User};

fn at_noon(source: &str, seed: Option<u64>) -> Result<World, Vec<WorldFault>> {
    read(source, Clock::manual(1_770_000_000), seed)
}

fn faults(source: &str) -> Vec<String> {
    at_noon(source, None).unwrap_err().iter().map(WorldFault::to_string).collect()
}

#[test]
fn the_example_is_a_world() {
    let world = at_noon(EXAMPLE, Some(1)).unwrap();
    let user = |name: &str| world.user_by_username(name).unwrap();
    let (ely, alex, clerk) = (user("ely_exec"), user("alex_ops"), user("clerk_bot"));
    assert_eq!(ely.person().unwrap().code, "10001");
    assert_eq!(alex.person().unwrap().password.as_deref(), Some("correct horse"));
    assert!(user("echo_bot").bot().unwrap().privacy && !clerk.bot().unwrap().privacy);
    let groups = world.groups();
    let kinds: Vec<_> = groups.iter().map(|group| (group.title.as_str(), group.kind)).collect();
    assert_eq!(kinds, [("Workshop", ChatKind::Group), ("Hall", ChatKind::Supergroup)]);
    assert_eq!(groups[0].rank(ely.id), Some(Rank::Creator));
    assert_eq!(groups[0].rank(clerk.id), Some(Rank::Admin));
    assert_eq!(groups[0].rank(alex.id), Some(Rank::Member));
    let said = world.transcript(ChatKey::of(ely.id, groups[0].peer));
    assert_eq!(said.last().unwrap().text, "Welcome.");
    assert_eq!(world.pending_updates(clerk.id), 0, "it is old");
}

#[test]
fn what_stands_behind_a_hash_is_what_would_be_anyway() {
    let spell = |line: &'static str| {
        let key = line.strip_prefix("# ").filter(|rest| rest.contains(" = ") && !rest.contains(". "));
        [key.unwrap_or(line), "\n"]
    };
    let in_full: String = EXAMPLE.lines().flat_map(spell).collect();
    assert_ne!(in_full, EXAMPLE);
    let (plain, full) = (at_noon(EXAMPLE, Some(1)).unwrap(), at_noon(&in_full, Some(1)).unwrap());
    assert_eq!(plain.users(), full.users());
    assert_eq!(plain.groups(), full.groups());
}

#[test]
fn what_is_drawn_follows_from_the_seed() {
    let source = "[[people]]\nname = \"A\"\n[[people]]\nname = \"B\"\nphone = \"+15550190001\"\n";
    let users = |seed| at_noon(source, seed).unwrap().users();
    assert_eq!(users(Some(7)), users(Some(7)));
    assert_ne!(users(Some(7)), users(Some(8)));
    let phones: Vec<String> =
        users(None).iter().filter_map(User::person).map(|person| person.phone.clone()).collect();
    assert_ne!(phones[0], phones[1]);
}

#[test]
fn every_fault_is_told_with_its_line_and_key() {
    let source = r#"colour = "blue"
[[people]]
name = "Ely"
username = "ely_exec"
phone = "12"
code = 10001
[[people]]
username = "Ely_Exec"
[[bots]]
name = "Echo"
username = "echo"
privacy = "yes"
[[bots]]
name = "Shy"
username = "shy_bot"
can_join_groups = false
[[groups]]
title = "Workshop"
kind = "channel"
creator = "nobody"
members = ["ely_exec", "shy_bot", 7]
[[groups]]
title = "workshop"
creator = "Ely"
members = ["echo", "@echo"]
[[groups.messages]]
from = "shy_bot"
"#;
    assert_eq!(
        faults(source),
        [
            "line 1: colour: There is no such key here; there are people, bots, groups.",
            "line 5: people[1].phone: An international number is expected, as in \"+15550100001\".",
            "line 6: people[1].code: A text is expected, in quotes.",
            "line 7: people[2].name: It is missing.",
            "line 8: people[2].username: people[1].username has the same.",
            "line 11: bots[1].username: A bot's username ends in \"bot\".",
            "line 12: bots[1].privacy: true or false is expected.",
            "line 19: groups[1].kind: \"group\" or \"supergroup\" is expected.",
            "line 20: groups[1].creator: There is nobody called nobody.",
            "line 21: groups[1].members[2]: This bot may not be added to groups (can_join_groups = false).",
            "line 21: groups[1].members[3]: A text is expected, in quotes.",
            "line 22: groups[2].title: groups[1].title has the same.",
            "line 25: groups[2].members[2]: @echo is named twice.",
            "line 26: groups[2].messages[1].text: It is missing.",
            "line 27: groups[2].messages[1].from: shy_bot is not in this group.",
        ]
    );
}

#[test]
fn only_a_person_makes_a_group() {
    let source = "[[people]]\nname = \"A\"\n[[bots]]\nname = \"B\"\nusername = \"b_bot\"\n[[groups]]\ntitle = \"G\"\ncreator = \"b_bot\"\n";
    assert_eq!(faults(source), ["line 8: groups[1].creator: b_bot is a bot; only a person makes a group."]);
}

#[test]
fn an_empty_world_broken_toml_and_a_huge_file_are_refused() {
    assert_eq!(faults(""), ["line 1: people: A world needs at least one person."]);
    let broken = faults("[[people]]\nname = \"A\nusername = \"abcd\"\n");
    assert!(broken.iter().any(|fault| fault.starts_with("line 2: ")), "{broken:?}");
    assert_eq!(faults(&"#".repeat(SIZE_LIMIT + 1)).len(), 1);
    let twins =
        "[[people]]\nname = \"A\"\n[[people]]\nname = \"a\"\n[[groups]]\ntitle = \"G\"\ncreator = \"A\"\n";
    assert_eq!(faults(twins), ["line 7: groups[1].creator: Several are called A; give the username."]);
}
