//! What is true: the journal's content. Folding facts gives the [`Mesh`](crate::mesh::Mesh), whatever code comes after.

mod about;
mod leak;
mod letter;
mod ordered;
mod people;
mod relay;
mod task;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::about::{About, Once};
pub use self::leak::{Deletion, Leaked, Ruling};
pub use self::letter::Letter;
pub use self::ordered::{Ask, LateCommand, Order, Ordered};
pub use self::people::{Agent, Person, Role, Roster, is_same_name};
pub use self::relay::Relay;
pub use self::task::{How, Rival, Warning};
use crate::ids::{AgentId, ChatId, Fence, MessageRef, PersonId, UserId, VoiceId, Who};
use crate::{answer::Answer, effect::Slot};

/// One thing that is now true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A person and the role they have.
    PersonKnown(Person),
    /// An agent.
    AgentKnown(Agent),
    /// Someone left the roster.
    Forgotten {
        /// Who.
        user: UserId,
    },
    /// Who leads; none means nobody does.
    LeadNamed {
        /// The agent.
        agent: Option<AgentId>,
    },
    /// Which agent decides what two dispute, by a word of the task or of its `Type: …`; the whole registry.
    DomainsNamed {
        /// The agent of each word, folded.
        domains: BTreeMap<String, AgentId>,
    },
    /// No fence up to this one is drawn again; a new term begins with its first.
    Fenced {
        /// The highest fence so far.
        last: Fence,
    },
    /// A message was acted on; heard again, it changes nothing.
    Noted {
        /// The message.
        message: MessageRef,
    },
    /// A message was almost grammar; heard again it changes nothing, but an edit of it may still count.
    Unread {
        /// The message.
        message: MessageRef,
    },
    /// An agent gave a sign of life (recorded at most once a minute).
    Alive {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// A call was answered; the same call gets this answer again.
    Answered {
        /// The call, as a message of its caller.
        call: MessageRef,
        /// Which call, among its caller's.
        key: String,
        /// The answer.
        answer: Answer,
    },
    /// A task has an owner, under a new fence.
    Claimed {
        /// The task as first written.
        task: String,
        /// Its owner.
        owner: Who,
        /// The fence, greater than any before.
        fence: Fence,
        /// When.
        at: Timestamp,
        /// End of the lease; people have none.
        until: Option<Timestamp>,
        /// The message that said so.
        by: MessageRef,
        /// What it is about (`Type: …`), where that was said: the domain registry decides by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
    },
    /// A task was given to an owner, under a new fence: by an Exec's word, by a rule, by a takeover.
    Assigned {
        /// The task.
        task: String,
        /// Its new owner.
        owner: Who,
        /// The new fence.
        fence: Fence,
        /// When.
        at: Timestamp,
        /// End of the new lease.
        until: Option<Timestamp>,
        /// The message that brought it about.
        by: MessageRef,
        /// On what ground.
        how: How,
        /// The claim with which it began, if there was one: people reply to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<MessageRef>,
    },
    /// Several started the same: the fence is dead, and nobody owns the task until somebody or a rule decides.
    Contested {
        /// The task.
        task: String,
        /// All of them, the first to have been heard first.
        rivals: Vec<Rival>,
        /// Since when.
        at: Timestamp,
    },
    /// The owner claimed again or extended: same fence, new lease.
    Renewed {
        /// The task.
        task: String,
        /// End of the lease.
        until: Option<Timestamp>,
        /// Where the lease begins; without it, where it began before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// The owner was warned about its lease, once each.
    Warned {
        /// The task.
        task: String,
        /// How.
        warning: Warning,
        /// When.
        at: Timestamp,
    },
    /// Somebody wants the task of an owner who is silent; the last who said so is remembered.
    TakeoverAsked {
        /// The task.
        task: String,
        /// Who wants it.
        who: Who,
        /// When.
        at: Timestamp,
        /// The notice.
        by: MessageRef,
    },
    /// The owner spoke up: the notice is void.
    TakeoverVoid {
        /// The task.
        task: String,
    },
    /// The owner keeps the task, and its lease does not run.
    Paused {
        /// The task.
        task: String,
        /// Since when.
        at: Timestamp,
        /// Who said so: the owner, or an Exec.
        by: Who,
        /// It waits for something: blocked rather than paused.
        blocked: bool,
        /// What it waits for, where that was said.
        blocker: Option<String>,
    },
    /// The task's lease runs on, with what was left of it.
    Resumed {
        /// The task.
        task: String,
        /// From when.
        at: Timestamp,
    },
    /// Somebody is at a task, beside others: no lease, no fence.
    SharedNoted {
        /// The task.
        task: String,
        /// Who.
        who: Who,
        /// When.
        at: Timestamp,
        /// The message that said so.
        by: MessageRef,
    },
    /// He no longer is.
    SharedEnded {
        /// The task.
        task: String,
        /// Who.
        who: Who,
    },
    /// Somebody was refused and is next.
    Queued {
        /// The task.
        task: String,
        /// Who waits.
        who: Who,
        /// The refused claim.
        by: MessageRef,
    },
    /// The owner offers the task; it owns until the offer is accepted.
    Offered {
        /// The task.
        task: String,
        /// To whom.
        to: Who,
        /// When.
        at: Timestamp,
        /// What was achieved.
        result: Option<String>,
        /// The message that said so.
        by: MessageRef,
    },
    /// The offer was accepted: a new owner, a new fence.
    Accepted {
        /// The task.
        task: String,
        /// The new owner.
        owner: Who,
        /// The new fence.
        fence: Fence,
        /// When.
        at: Timestamp,
        /// End of the new lease.
        until: Option<Timestamp>,
        /// The message (or the tap's message) that said so.
        by: MessageRef,
    },
    /// The offer came to nothing; the task is still its sender's.
    OfferEnded {
        /// The task.
        task: String,
    },
    /// A question about a task or an agent was asked again; the number counts from one.
    AskedAgain {
        /// What about.
        about: About,
        /// How often by now.
        times: u8,
    },
    /// The task is finished.
    Done {
        /// The task.
        task: String,
        /// By whom.
        by: Who,
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Option<String>,
        /// The message that said so.
        message: MessageRef,
    },
    /// An agent was told to stand down.
    StoodDown {
        /// The agent.
        agent: AgentId,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// The order.
        order: MessageRef,
    },
    /// It confirmed with 👍.
    Confirmed {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// The order reached it.
    Delivered {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// Somebody spoke to an agent that was told to stand down: it may answer once, within five minutes.
    Addressed {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// It has answered.
    SpokeOnce {
        /// The agent.
        agent: AgentId,
    },
    /// An agent that does not confirm is kept out until it may speak again.
    AgentPaused {
        /// The agent.
        agent: AgentId,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// An agent is throttled: its leases stop.
    Throttled {
        /// The agent.
        agent: AgentId,
        /// Until then.
        until: Timestamp,
        /// When that was learnt.
        at: Timestamp,
    },
    /// It is not any more.
    Unthrottled {
        /// The agent.
        agent: AgentId,
        /// When: its leases run on from here.
        at: Timestamp,
    },
    /// It may speak again.
    StoodUp {
        /// The agent.
        agent: AgentId,
        /// When: its leases run on from here.
        at: Timestamp,
    },
    /// A message of the mesh's stands in a chat.
    Posted {
        /// What it is for.
        slot: Slot,
        /// Where.
        chat: ChatId,
        /// Its id, where the voice told.
        message: Option<VoiceId>,
        /// When.
        at: Timestamp,
    },
    /// What a slot's message now shows was handed to the outbox.
    Drawn {
        /// The slot.
        slot: Slot,
        /// The chat.
        chat: ChatId,
        /// [`fingerprint`](crate::ids::fingerprint) of the text.
        print: u64,
        /// When.
        at: Timestamp,
    },
    /// A slot's message is gone or of no more use.
    Cleared {
        /// The slot.
        slot: Slot,
        /// The chat.
        chat: ChatId,
    },
    /// Something that is said once was said to somebody.
    Told {
        /// To whom.
        user: UserId,
        /// What.
        what: Once,
        /// When.
        at: Timestamp,
    },
    /// An agent asked a person something in the group; an earlier question of the same to the same is no more.
    Asked {
        /// Who asks.
        agent: AgentId,
        /// Whom.
        person: PersonId,
        /// The message.
        message: MessageRef,
        /// Since when an answer is waited for.
        at: Timestamp,
        /// The question, cut short.
        text: String,
    },
    /// The person was told of the question in private.
    QuestionPassedOn {
        /// Who asks.
        agent: AgentId,
        /// Whom.
        person: PersonId,
    },
    /// The question was answered, or is too old.
    QuestionEnded {
        /// Who asked.
        agent: AgentId,
        /// Whom.
        person: PersonId,
    },
    /// A file was announced.
    Pushed {
        /// Its name.
        file: String,
        /// By whom.
        by: Who,
    },
    /// A secret was posted in the group.
    Leaked(Leaked),
    /// An Exec decided about it.
    LeakRuled {
        /// The leak.
        leak: u64,
        /// What.
        ruling: Ruling,
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// What became of the message it stood in.
    LeakDeletion {
        /// The leak.
        leak: u64,
        /// What.
        deletion: Deletion,
    },
    /// The task after which it is to be rotated is done.
    LeakDue {
        /// The leak.
        leak: u64,
    },
    /// What did not reach an agent.
    Letter(Letter),
    /// What commands leave behind.
    Ordered(Ordered),
    /// An agent can't be reached.
    Unreachable {
        /// The agent.
        agent: AgentId,
        /// When that was found.
        at: Timestamp,
        /// When it was heard of last.
        #[serde(default)]
        seen: Option<Timestamp>,
    },
    /// An agent can be reached again.
    Reachable {
        /// The agent.
        agent: AgentId,
        /// When that was found.
        at: Timestamp,
    },
    /// Nobody wants to hear that an agent can't be reached.
    Silenced {
        /// The agent.
        agent: AgentId,
        /// Until when.
        until: Timestamp,
        /// Who said so.
        by: PersonId,
    },
    /// The mesh heard nothing for a while.
    Away {
        /// Since when.
        since: Timestamp,
        /// So many messages of that time were acted on by now.
        applied: u32,
    },
    /// The mesh has heard what was said while it was away.
    Back {
        /// When.
        at: Timestamp,
    },
    /// Something may have been missed in a chat.
    Missed {
        /// Where.
        chat: ChatId,
        /// When it was noticed.
        at: Timestamp,
    },
    /// What was missed in a chat has been fetched, as far as it can be.
    Refetched {
        /// Where.
        chat: ChatId,
    },
    /// Part of what was missed in the group can't be fetched.
    Unheard {
        /// From when ...
        since: Timestamp,
        /// ... until when.
        until: Timestamp,
    },
    /// Something that an account of the node was ordered to say.
    Relayed(Relay),
    /// The group goes on as a supergroup, under another id.
    Migrated {
        /// The basic group it was; nothing can be changed there any more.
        from: ChatId,
        /// The supergroup it is.
        to: ChatId,
        /// When that was heard.
        at: Timestamp,
    },
}
