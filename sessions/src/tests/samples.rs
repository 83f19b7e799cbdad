//! Synthetic facts, effects and batches.

use commands::answer::Answer;
use commands::effect::{Button, ButtonAction, Effect, Lane, Reaction, Slot};
use commands::fact::{
    About, Agent, Deletion, Fact, How, Leaked, Once, Person, Relay, Rival, Role, Ruling, Warning,
};
use commands::ids::{AgentId, ChatId, Ear, Fence, MessageRef, PersonId, UserId, VoiceId, Who, fingerprint};
use jiff::Timestamp;

use crate::{AuditLine, Batch, Became, Cause, NewEffect};

pub(super) const GROUP: ChatId = ChatId(-4_000_000_001);

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + second).unwrap()
}

pub(super) fn message(id: i32) -> MessageRef {
    MessageRef {
        ear: Ear::Account(4009),
        chat: GROUP,
        id,
        from: UserId(4101),
        at: at(0),
        print: fingerprint("DONE"),
    }
}

pub(super) fn alive(second: i64) -> Fact {
    Fact::Alive { agent: AgentId(4101), at: at(second) }
}

pub(super) fn became(facts: Vec<Fact>) -> Became {
    Became { at: at(0), cause: Cause::message(&message(7)), facts }
}

pub(super) fn facts(facts: Vec<Fact>) -> Batch {
    Batch { facts: vec![became(facts)], ..Batch::default() }
}

pub(super) fn react(id: i32) -> NewEffect {
    NewEffect {
        effect: Effect::React { to: message(id), with: Reaction::Recorded },
        lane: Lane::Answer,
        random_id: -17,
        at: at(0),
        not_before: at(0),
    }
}

pub(super) fn effects(count: i32) -> Batch {
    Batch { effects: (0..count).map(react).collect(), ..Batch::default() }
}

pub(super) fn post() -> Effect {
    Effect::Post {
        slot: Slot::Reply(message(7)),
        chat: GROUP,
        text: "`rotate the hooks token` is Sandman's.".to_owned(),
        reply_to: Some(message(7)),
        buttons: vec![vec![Button {
            label: "Wait".to_owned(),
            action: ButtonAction::Wait { who: PersonId(4001), fence: Fence::first(1).next().0 },
        }]],
        sound: false,
    }
}

pub(super) fn sighting(second: i64, text: &str, id: i32) -> MessageRef {
    let (ear, at, print) = (Ear::Bot, at(second), fingerprint(text));
    MessageRef { ear, chat: GROUP, id, from: UserId(4101), at, print }
}

pub(super) fn line(command: &str) -> AuditLine {
    AuditLine {
        at: at(0),
        user: UserId(4001),
        name: "Ely".to_owned(),
        command: command.to_owned(),
        target: Some("Oracle".to_owned()),
        result: "stood down".to_owned(),
        error: None,
        anchor: None,
    }
}

fn answer(task: String, fence: Fence) -> Answer {
    let text = "Granted: \"rotate the hooks token\". Fence 1.".to_owned();
    Answer { ok: true, text, task: Some(task), fence: Some(fence), until: Some(at(1800)), reason: None }
}

/// One fact of each kind.
pub(super) fn every_fact() -> Vec<Fact> {
    let (tasks, talk) = (of_tasks_and_people(), of_talk_and_secrets());
    tasks.into_iter().chain(talk).collect()
}

fn of_tasks_and_people() -> Vec<Fact> {
    let (agent, task) = (AgentId(4101), || "rotate the hooks token".to_owned());
    let (sandman, fence) = (Who::Agent(agent), Fence::first(1).next());
    vec![
        Fact::PersonKnown(Person { id: PersonId(4001), name: "Ely".to_owned(), role: Some(Role::Exec) }),
        Fact::AgentKnown(Agent {
            id: agent,
            name: "Sandman".to_owned(),
            aliases: vec!["Cassian".to_owned()],
            address: Some("100.64.0.11".to_owned()),
            always_on: true,
        }),
        Fact::Forgotten { user: UserId(4002) },
        Fact::LeadNamed { agent: Some(agent) },
        Fact::Fenced { last: fence },
        Fact::Noted { message: message(7) },
        alive(1),
        Fact::Claimed {
            task: task(),
            owner: sandman,
            fence,
            at: at(0),
            until: Some(at(1800)),
            by: message(7),
            about: None,
        },
        Fact::Claimed {
            task: task(),
            owner: sandman,
            fence,
            at: at(0),
            until: None,
            by: message(7),
            about: Some("auth/api".to_owned()),
        },
        Fact::Renewed { task: task(), until: None, at: None },
        Fact::Renewed { task: task(), until: Some(at(3600)), at: Some(at(60)) },
        Fact::Queued { task: task(), who: Who::Person(PersonId(4001)), by: message(8) },
        Fact::Offered {
            task: task(),
            to: sandman,
            at: at(2),
            result: Some("rotated".to_owned()),
            by: message(9),
        },
        Fact::Accepted {
            task: task(),
            owner: sandman,
            fence: fence.next(),
            at: at(3),
            until: Some(at(1803)),
            by: message(10),
        },
        Fact::OfferEnded { task: task() },
        Fact::AskedAgain { about: About::Offer(task()), times: 1 },
        Fact::AskedAgain { about: About::StandDown(agent), times: 2 },
        Fact::Done { task: task(), by: sandman, at: at(4), result: None, message: message(11) },
        Fact::StoodDown { agent, by: PersonId(4001), at: at(5), order: message(12) },
        Fact::Confirmed { agent, at: at(6) },
        Fact::StoodUp { agent, at: at(7) },
        Fact::Posted { slot: Slot::Board, chat: GROUP, message: Some(VoiceId(3)), at: at(8) },
        Fact::Drawn { slot: Slot::Status, chat: GROUP, print: fingerprint("status"), at: at(9) },
        Fact::Cleared { slot: Slot::Question(task()), chat: GROUP },
        Fact::Told { user: UserId(4003), what: Once::NoRole, at: at(10) },
        Fact::Missed { chat: GROUP, at: at(11) },
        Fact::Unread { message: message(13) },
        Fact::Refetched { chat: GROUP },
        Fact::Answered { call: message(14), key: "k-1".to_owned(), answer: answer(task(), fence) },
    ]
}

fn of_talk_and_secrets() -> Vec<Fact> {
    let agent = AgentId(4101);
    vec![
        Fact::Asked {
            agent,
            person: PersonId(4001),
            message: message(15),
            at: at(14),
            text: "which domain?".to_owned(),
        },
        Fact::QuestionPassedOn { agent, person: PersonId(4001) },
        Fact::QuestionEnded { agent, person: PersonId(4001) },
        Fact::Pushed { file: "sync.py".to_owned(), by: Who::Agent(agent) },
        Fact::Leaked(Leaked {
            leak: 1,
            message: message(14),
            what: "a hooks token".to_owned(),
            name: "Oracle".to_owned(),
            agent: Some(agent),
            task: Some("rotate the hooks token".to_owned()),
            at: at(12),
        }),
        Fact::LeakRuled { leak: 1, ruling: Ruling::RotateAfter, by: PersonId(4001), at: at(13) },
        Fact::LeakDeletion { leak: 1, deletion: Deletion::Done },
        Fact::LeakDeletion { leak: 2, deletion: Deletion::Failed("no rights".to_owned()) },
        Fact::LeakDue { leak: 1 },
    ]
    .into_iter()
    .chain(facts_of_disputes())
    .chain(facts_of_health())
    .collect()
}

/// What is said of a task that not only its holder wants.
fn facts_of_disputes() -> Vec<Fact> {
    let (agent, task) = (AgentId(4101), || "rotate the hooks token".to_owned());
    let (sandman, ely) = (Who::Agent(agent), PersonId(4001));
    let assigned = |how| Fact::Assigned {
        task: task(),
        owner: sandman,
        fence: Fence::first(1).next(),
        at: at(20),
        until: Some(at(1820)),
        by: message(20),
        how,
        first: (how == How::First).then(|| message(19)),
    };
    let grounds = [How::Word(ely), How::Domain, How::First, How::Left, How::Takeover];
    let mut facts: Vec<_> = grounds.into_iter().map(assigned).collect();
    facts.extend([Warning::Soon, Warning::Ended, Warning::Free].map(|warning| Fact::Warned {
        task: task(),
        warning,
        at: at(21),
    }));
    facts.extend([
        Fact::Contested { task: task(), rivals: vec![Rival { who: sandman, by: message(22) }], at: at(22) },
        Fact::TakeoverAsked { task: task(), who: sandman, at: at(23), by: message(23) },
        Fact::TakeoverVoid { task: task() },
        Fact::Paused {
            task: task(),
            at: at(24),
            by: Who::Person(ely),
            blocked: true,
            blocker: Some("the vault".to_owned()),
        },
        Fact::Resumed { task: task(), at: at(25) },
        Fact::SharedNoted { task: task(), who: sandman, at: at(26), by: message(26) },
        Fact::SharedEnded { task: task(), who: sandman },
        Fact::DomainsNamed { domains: [(" auth ".to_owned(), agent)].into() },
        Fact::Delivered { agent, at: at(27) },
        Fact::Addressed { agent, at: at(28) },
        Fact::SpokeOnce { agent },
        Fact::AgentPaused { agent, by: ely, at: at(29) },
        Fact::Cleared { slot: Slot::Contest(task()), chat: GROUP },
        Fact::Cleared { slot: Slot::Overdue(task()), chat: GROUP },
    ]);
    facts
}

fn facts_of_health() -> Vec<Fact> {
    let agent = AgentId(4101);
    vec![
        Fact::Unreachable { agent, at: at(20), seen: Some(at(15)) },
        Fact::Silenced { agent, until: at(3620), by: PersonId(4001) },
        Fact::Reachable { agent, at: at(21) },
        Fact::Away { since: at(22), applied: 9 },
        Fact::Back { at: at(23) },
        Fact::Migrated { from: GROUP, to: ChatId(-1_000_000_000_077), at: at(30) },
        Fact::Relayed(Relay::Ordered {
            key: "k-2".to_owned(),
            account: UserId(4001),
            chat: GROUP,
            print: fingerprint("on my way"),
            at: at(31),
        }),
        Fact::Relayed(Relay::Ended {
            key: "k-2".to_owned(),
            at: at(32),
            message: Some(VoiceId(9)),
            failed: None,
        }),
        Fact::Relayed(Relay::Heard { key: "k-2".to_owned(), ear: Ear::Bot, message: 31 }),
        Fact::Throttled { agent, until: at(629), at: at(29) },
        Fact::Unthrottled { agent, at: at(629) },
    ]
}

/// Does nothing but fail to compile when a kind of fact is added, so that it is pinned too.
pub(super) fn is_pinned(fact: &Fact) {
    match fact {
        Fact::PersonKnown(_)
        | Fact::AgentKnown(_)
        | Fact::Forgotten { .. }
        | Fact::LeadNamed { .. }
        | Fact::Fenced { .. }
        | Fact::Noted { .. }
        | Fact::Alive { .. }
        | Fact::Claimed { .. }
        | Fact::Renewed { .. }
        | Fact::Queued { .. }
        | Fact::Offered { .. }
        | Fact::Accepted { .. }
        | Fact::OfferEnded { .. }
        | Fact::AskedAgain { .. }
        | Fact::Done { .. }
        | Fact::StoodDown { .. }
        | Fact::Confirmed { .. }
        | Fact::StoodUp { .. }
        | Fact::Posted { .. }
        | Fact::Drawn { .. }
        | Fact::Cleared { .. }
        | Fact::Told { .. }
        | Fact::Asked { .. }
        | Fact::QuestionPassedOn { .. }
        | Fact::QuestionEnded { .. }
        | Fact::Pushed { .. }
        | Fact::Leaked(_)
        | Fact::LeakRuled { .. }
        | Fact::LeakDeletion { .. }
        | Fact::LeakDue { .. }
        | Fact::Missed { .. }
        | Fact::Unread { .. }
        | Fact::Unreachable { .. }
        | Fact::Silenced { .. }
        | Fact::Reachable { .. }
        | Fact::Away { .. }
        | Fact::Back { .. }
        | Fact::Answered { .. }
        | Fact::DomainsNamed { .. }
        | Fact::Assigned { .. }
        | Fact::Contested { .. }
        | Fact::Warned { .. }
        | Fact::TakeoverAsked { .. }
        | Fact::TakeoverVoid { .. }
        | Fact::Paused { .. }
        | Fact::Resumed { .. }
        | Fact::SharedNoted { .. }
        | Fact::SharedEnded { .. }
        | Fact::Delivered { .. }
        | Fact::Addressed { .. }
        | Fact::SpokeOnce { .. }
        | Fact::AgentPaused { .. }
        | Fact::Throttled { .. }
        | Fact::Unthrottled { .. }
        | Fact::Migrated { .. }
        | Fact::Relayed(_)
        | Fact::Ordered(_)
        | Fact::Letter(_)
        | Fact::Refetched { .. } => {}
    }
}
