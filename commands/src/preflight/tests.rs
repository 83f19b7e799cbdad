use super::*;
use crate::fact::Fact;
use crate::ids::{AgentId, ChatId, Ear, Fence, MessageRef, UserId};

const SANDMAN: Who = Who::Agent(AgentId(11));
const ORACLE: Who = Who::Agent(AgentId(12));
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1_000_000 + minutes)
}

fn by() -> MessageRef {
    MessageRef { ear: Ear::Log, chat: ChatId(-1), id: 1, from: UserId(11), at: at(0), print: 0 }
}

fn open(task: &str, owner: Who, fence: u64) -> Fact {
    let (task, fence) = (task.to_owned(), Fence(fence));
    Fact::Claimed { task, owner, fence, at: at(0), until: None, by: by(), about: None }
}

fn done(task: &str, minutes: i64) -> Fact {
    Fact::Done { task: task.into(), by: ORACLE, at: at(minutes), result: None, message: by() }
}

fn found(mesh: &Mesh, task: &str, now: i64) -> Preflight {
    let task = Task::new(task).unwrap();
    preflight((mesh, &Shelf::of(mesh)), &task, Some(SANDMAN), (at(now), WEEK))
}

fn names(found: &Preflight) -> Vec<&str> {
    found.similar.iter().map(|similar| similar.task.as_str()).collect()
}

#[test]
fn four_levels() {
    let facts = [
        open("Rotate API keys", ORACLE, 1),
        open("deploy the analytics dashboard", ORACLE, 2),
        open("my own thing", SANDMAN, 3),
        done("write the newsletter", 0),
    ];
    let mesh = Mesh::fold(&facts);
    let level = |task| found(&mesh, task, 10).level;
    assert_eq!(level("rotate api keys"), Level::Blocked);
    assert_eq!(level("API key rotation"), Level::Warning);
    assert_eq!(level("deploy dashboard"), Level::Review);
    assert_eq!(level("newsletter writing, newsletter"), Level::Review);
    assert_eq!(level("write the newsletter"), Level::Review);
    assert_eq!(level("own thing of mine"), Level::Clear);
    assert_eq!(level("something else"), Level::Clear);
    assert_eq!(names(&found(&mesh, "API key rotation", 10)), ["Rotate API keys"]);
}

#[test]
fn a_week_ago_is_forgotten_and_three_are_named() {
    let facts: Vec<_> = (0..6)
        .map(|i| {
            done(
                &format!("rotate hooks token {}", ["", "again", "once", "more", "for", "good"][i]),
                i64::try_from(i).unwrap(),
            )
        })
        .collect();
    let mesh = Mesh::fold(&facts);
    let similar = found(&mesh, "rotate the hooks token", 10);
    assert_eq!(names(&similar), ["rotate hooks token for", "rotate hooks token ", "rotate hooks token good"]);
    assert_eq!(found(&mesh, "rotate the hooks token", 7 * 24 * 60 + 10).level, Level::Clear);
}

#[test]
fn the_shelf_follows_the_facts_and_forgets() {
    let (mut mesh, mut shelf) = (Mesh::default(), Shelf::default());
    for number in 0..10_000_i64 {
        for fact in [open(&format!("ticket {number}"), ORACLE, 1), done(&format!("ticket {number}"), number)]
        {
            shelf.learn(&fact, &mesh);
            mesh.apply(&fact);
        }
    }
    let task = Task::new("close ticket 9999").unwrap();
    let at = (at(10_000), WEEK);
    let followed = preflight((&mesh, &shelf), &task, None, at);
    assert_eq!(followed, preflight((&mesh, &Shelf::of(&mesh)), &task, None, at));
    assert_eq!(names(&followed), ["ticket 9999"]);
}

#[test]
fn no_name_that_is_like_it_lies_in_a_drawer_that_stays_shut() {
    let words = ["rotate", "rotation", "hooks", "token", "keys", "key", "12", "13", "deploy"];
    let two = words.iter().flat_map(|one| words.map(|two| format!("{one} {two}")));
    let names: Vec<String> =
        two.clone().chain(two.flat_map(|two| words.map(|three| format!("{two} {three}")))).collect();
    let facts: Vec<Fact> = (1..).zip(&names).map(|(fence, name)| open(name, ORACLE, fence)).collect();
    let shelf = Shelf::of(&Mesh::fold(&facts));
    let mut alike = 0;
    for wanted in names.iter().step_by(7) {
        let wanted = Words::of(wanted);
        let found = shelf.like(&wanted);
        for name in names.iter().filter(|name| wanted.likeness(&Words::of(name)) >= ALIKE) {
            assert!(found.contains(&name.as_str()), "{name} is like {wanted:?}");
            alike += 1;
        }
    }
    assert!(alike > 1_000, "only {alike} were alike");
}
