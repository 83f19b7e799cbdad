//! A secret in the group: masked before anybody acts on the message, 🙈, one card with sound, and what Execs decide.

use super::limiter::Verdict;
use super::{Audited, Decision, Turn};
use crate::effect::{Button, ButtonAction, Effect, Reaction, Slot};
use crate::fact::{Deletion, Fact, Leaked, Ruling};
use crate::grammar::{Said, Task};
use crate::ids::{Ear, MessageRef, PersonId, UserId, Who};
use crate::input::{Door, EffectResult, Heard};
use crate::mesh::{Leak, Member};
use crate::rules::Rules;
use crate::say::secret as words;
use crate::secrets::{self, Found, KnownTokens};

/// So many cards for the secrets of one sender in any 60 s; beyond them it is the 🙈 only.
const CARDS_A_MINUTE: usize = 3;

/// The message as everything else may see it. A secret that stands in the group for the first time is acted on.
pub(super) fn cover(turn: &mut Turn<'_>, heard: Heard) -> Heard {
    if turn.rules().own.contains(&heard.sender.id) {
        return heard;
    }
    let found = find(turn, &heard.said);
    if found.is_empty() {
        return heard;
    }
    if is_public(turn, &heard) {
        leak(turn, &heard, &found);
    }
    Heard { said: secrets::cover(&heard.said, &found), ..heard }
}

/// What came by a call, and so to nobody else.
pub(super) fn masked(turn: &Turn<'_>, said: &Said) -> Said {
    secrets::cover(said, &find(turn, said))
}

fn find(turn: &Turn<'_>, said: &Said) -> Vec<Found> {
    secrets::find(&said.text, &turn.rules().known_tokens, turn.mind.signing_in)
}

/// In the group, as the ear of the group heard it. What comes by a hook or in private was shown to nobody.
fn is_public(turn: &Turn<'_>, heard: &Heard) -> bool {
    let ear = matches!(heard.door, Door::Ear | Door::Only) && heard.message.ear != Ear::Hook;
    ear && heard.message.chat == turn.rules().group
}

fn leak(turn: &mut Turn<'_>, heard: &Heard, found: &[Found]) {
    let what = words::kinds(found.iter().map(|each| each.what.as_ref()));
    if turn.mesh().leaks.of(&heard.message).any(|leak| leak.posted.what == what) {
        return;
    }
    let posted = posted(turn, heard, what, found);
    let (number, message, at) = (posted.leak, heard.message, turn.now());
    turn.fact(Fact::Leaked(posted));
    turn.react(message, Reaction::Secret);
    if turn.mind.leaks.check(heard.sender.id, at, CARDS_A_MINUTE) == Verdict::Go {
        post_card(turn, number);
    }
    if found.iter().any(|each| each.certain) {
        delete(turn, number);
    }
}

fn posted(turn: &mut Turn<'_>, heard: &Heard, what: String, found: &[Found]) -> Leaked {
    let (leak, forgotten) = turn.mesh().leaks.next();
    if let Some(message) = forgotten.map(|leak| leak.posted.message) {
        turn.clear(message.chat, Slot::Secret(message));
    }
    let mesh = turn.mesh();
    let sender = mesh.roll.get(heard.sender.id).map(Member::who);
    let owner = found.iter().find_map(|each| each.owner).filter(|owner| mesh.roll.agent(*owner).is_some());
    let agent = owner.or(match sender {
        Some(Who::Agent(agent)) => Some(agent),
        _ => None,
    });
    let name = sender.map_or_else(|| heard.sender.name.clone(), |who| mesh.name(who));
    let mut busy = sender.into_iter().chain(agent.map(Who::Agent));
    let task = busy.find_map(|who| newest_task(turn, who));
    Leaked { leak, message: heard.message, what, name, agent, task, at: turn.now() }
}

/// What somebody works on: the task last come by.
fn newest_task(turn: &Turn<'_>, who: Who) -> Option<String> {
    let open = turn.mesh().claims.of(who).into_iter();
    open.max_by_key(|(_, claim)| claim.since).map(|(_, claim)| claim.task.clone())
}

fn post_card(turn: &mut Turn<'_>, number: u64) {
    let Some((text, buttons, message)) = card(turn, number) else { return };
    let (slot, chat) = (Slot::Secret(message), message.chat);
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: true });
}

/// Text and buttons of the card, as things stand.
fn card(turn: &Turn<'_>, number: u64) -> Option<(String, Vec<Vec<Button>>, MessageRef)> {
    let leak = turn.mesh().leaks.get(number)?;
    let by = leak.ruling.map(|(_, by, _)| turn.name(Who::Person(by))).unwrap_or_default();
    let text = words::card(leak, &by, &turn.rules().zone);
    Some((text, buttons(leak), leak.posted.message))
}

fn buttons(leak: &Leak) -> Vec<Vec<Button>> {
    let number = leak.posted.leak;
    let button = |label: String, action| Button { label, action };
    let open = leak.ruling.is_none();
    let now =
        (open || leak.waits()).then(|| button("Rotate now".into(), ButtonAction::RotateNow { leak: number }));
    let after = leak.posted.task.as_deref().filter(|_| open);
    let after =
        after.map(|task| button(words::rotate_after(task), ButtonAction::RotateAfter { leak: number }));
    let stands = matches!(leak.deletion, None | Some(Deletion::Failed(_)));
    let alarm = matches!(leak.ruling, Some((Ruling::FalseAlarm, ..)));
    let delete = (stands && !alarm)
        .then(|| button("Delete message".into(), ButtonAction::DeleteLeaked { leak: number }));
    let no = open.then(|| button("False alarm".into(), ButtonAction::FalseAlarm { leak: number }));
    let rows = [now.into_iter().chain(after).collect(), delete.into_iter().chain(no).collect::<Vec<_>>()];
    rows.into_iter().filter(|row| !row.is_empty()).collect()
}

/// Shows on the card what is true now; one that nothing more can come of is let go.
fn redraw(turn: &mut Turn<'_>, number: u64) {
    let Some((text, buttons, message)) = card(turn, number) else { return };
    let (slot, chat) = (Slot::Secret(message), message.chat);
    let Some(id) = turn.mesh().voice.id(chat, &slot) else { return };
    let over = buttons.is_empty() && !is_under_way(turn, number);
    turn.effect(Effect::Edit { slot: slot.clone(), chat, message: id, text, buttons });
    if over {
        turn.clear(chat, slot);
    }
}

fn is_under_way(turn: &Turn<'_>, number: u64) -> bool {
    let leak = turn.mesh().leaks.get(number);
    leak.is_some_and(|leak| leak.waits() || leak.deletion == Some(Deletion::Asked))
}

/// The card is posted: something may have happened in the meantime.
pub(super) fn posted_card(turn: &mut Turn<'_>, message: &MessageRef, shown: &str) {
    let leak = turn.mesh().leaks.iter().find(|leak| leak.posted.message == *message);
    if let Some(number) = leak.map(|leak| leak.posted.leak)
        && card(turn, number).is_some_and(|(text, ..)| text != shown)
    {
        redraw(turn, number);
    }
}

/// Takes the message away, as far as the bot may.
fn delete(turn: &mut Turn<'_>, number: u64) {
    let Some(message) = turn.mesh().leaks.get(number).map(|leak| leak.posted.message) else { return };
    turn.fact(Fact::LeakDeletion { leak: number, deletion: Deletion::Asked });
    turn.effect(Effect::Delete { message });
}

/// What came of that.
pub(super) fn deleted(turn: &mut Turn<'_>, message: &MessageRef, result: EffectResult) {
    let deletion = match result {
        EffectResult::Done(_) | EffectResult::Gone => Deletion::Done,
        EffectResult::Failed(why) => Deletion::Failed(why),
        EffectResult::Unknown
        | EffectResult::Found(_)
        | EffectResult::NoDoor(_)
        | EffectResult::Shown { .. } => Deletion::Failed("nobody knows why".into()),
    };
    let asked = |leak: &&Leak| leak.deletion == Some(Deletion::Asked);
    let numbers: Vec<_> = turn.mesh().leaks.of(message).filter(asked).map(|leak| leak.posted.leak).collect();
    for leak in numbers {
        turn.fact(Fact::LeakDeletion { leak, deletion: deletion.clone() });
        redraw(turn, leak);
    }
}

/// An Exec tapped.
pub(super) fn rule(turn: &mut Turn<'_>, by: PersonId, number: u64, ruling: Ruling) -> Result<String, String> {
    let leak = turn.mesh().leaks.get(number).ok_or_else(crate::say::stale)?;
    let (message, waits) = (leak.posted.message, leak.waits());
    if leak.ruling.is_some() && !(waits && ruling == Ruling::RotateNow) {
        return Err(crate::say::stale());
    }
    let at = turn.now();
    turn.fact(Fact::LeakRuled { leak: number, ruling, by, at });
    match ruling {
        // Somebody has seen to it: the message gets another face.
        Ruling::FalseAlarm => turn.react(message, Reaction::Recorded),
        Ruling::RotateNow | Ruling::RotateAfter => tell(turn, number),
    }
    redraw(turn, number);
    Ok(words::noted())
}

/// An Exec has the message deleted.
pub(super) fn delete_by_tap(turn: &mut Turn<'_>, number: u64) -> Result<String, String> {
    let leak = turn.mesh().leaks.get(number).ok_or_else(crate::say::stale)?;
    if matches!(leak.deletion, Some(Deletion::Asked | Deletion::Done)) {
        return Err(crate::say::stale());
    }
    delete(turn, number);
    Ok(words::noted())
}

fn tell(turn: &mut Turn<'_>, number: u64) {
    let Some(leak) = turn.mesh().leaks.get(number) else { return };
    let (Some(agent), Some((_, by, _))) = (leak.posted.agent, leak.ruling) else { return };
    let other = leak.posted.message.from != UserId(agent.0);
    let text = words::rotate(leak, &turn.name(Who::Person(by)), other.then_some(&leak.posted.name));
    turn.tell(agent, text, true);
}

/// Those that waited for a task which is done by now. Looked at only where a task was finished or a ruling given.
pub(super) fn after_tasks(turn: &mut Turn<'_>) {
    let turning = |fact: &Fact| matches!(fact, Fact::Done { .. } | Fact::LeakRuled { .. });
    if !turn.decision.facts.iter().any(turning) {
        return;
    }
    let mesh = turn.mesh();
    let open = |task: &str| mesh.claims.open(&Task::fold(task)).is_some();
    let over = |leak: &&Leak| leak.waits() && !leak.posted.task.as_deref().is_some_and(open);
    let due: Vec<_> = mesh.leaks.iter().filter(over).map(|leak| leak.posted.leak).collect();
    for leak in due {
        turn.fact(Fact::LeakDue { leak });
        tell(turn, leak);
        redraw(turn, leak);
    }
}

/// Nothing that the mesh says itself has a secret in it.
pub(super) fn keep_back(decision: &mut Decision, rules: &Rules) {
    let known = &rules.known_tokens;
    if !any_leaks(&decision.effects, known) {
        return;
    }
    let before = decision.effects.len();
    decision.effects.retain(|effect| text(effect).is_none_or(|text| !secrets::is_in(text, known)));
    let user = rules.own.first().copied().unwrap_or(UserId(0));
    for _ in decision.effects.len()..before {
        let (name, command) = ("mesh".to_owned(), "say".to_owned());
        let result = Err(words::kept_back());
        decision.audit.push(Audited { user, name, command, target: None, result, anchor: None });
    }
}

fn text(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::Edit { text, .. } => Some(text),
        Effect::AnswerTap { text, .. } => text.as_deref(),
        other => other.text(),
    }
}

/// What is said to many is looked at once.
fn any_leaks(effects: &[Effect], known: &KnownTokens) -> bool {
    let mut before = "";
    effects.iter().filter_map(text).any(|text| {
        let new = text != std::mem::replace(&mut before, text);
        new && secrets::is_in(text, known)
    })
}
