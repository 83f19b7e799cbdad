//! A tap on one of the bot's buttons: answered at once, whoever pressed and whatever the data says.

use super::limiter::Verdict;
use super::{Audited, Turn, assign, claim, command, handoff, health, secret, stand_down, tap_task};
use crate::effect::{ButtonAction, Effect, Slot};
use crate::fact::{How, Order, Role, Ruling};
use crate::ids::{AgentId, Ear, Fence, MessageRef, PersonId, UserId, Who, fingerprint};
use crate::input::{Sender, SenderKind, Tap};
use crate::mesh::{Claim, Member};
use crate::say;

pub(super) fn press(turn: &mut Turn<'_>, tap: &Tap) {
    let (name, username) = (tap.name.clone(), tap.username.clone());
    command::met(turn, &Sender { id: tap.from, name, username, kind: SenderKind::Person });
    let role = turn.mesh().roll.get(tap.from).and_then(Member::role);
    let about = about(turn, tap.action);
    let (at, most) = (turn.now(), turn.rules().taps_a_minute);
    let verdict = turn.mind.taps.check(tap.from, at, most);
    let result = match (role, verdict, tap.action) {
        (None, _, _) => Err(say::requires(Role::Viewer, None)),
        (_, Verdict::Warn(seconds), _) => Err(say::too_many_taps(seconds)),
        (_, Verdict::Silent, _) => return answer(turn, tap, None, false),
        (_, _, None) => Err(say::button_dead()),
        (Some(role), Verdict::Go, Some(action)) => act(turn, tap, role, action),
    };
    audit(turn, tap, about, &result);
    let shown = matches!(
        tap.action,
        Some(
            ButtonAction::Claims
                | ButtonAction::NodeLogs
                | ButtonAction::NodeConfig
                | ButtonAction::Metrics
                | ButtonAction::RestartNode
        )
    );
    let alert = result.is_err() || shown;
    let (Ok(text) | Err(text)) = result;
    answer(turn, tap, Some(text), alert);
}

fn answer(turn: &mut Turn<'_>, tap: &Tap, text: Option<String>, alert: bool) {
    // The spinner ends before anything else happens.
    let query = tap.query.clone();
    turn.decision.effects.insert(0, Effect::AnswerTap { query, text, alert });
}

/// Whom or what a tap is about, as the audit has it.
fn about(turn: &Turn<'_>, action: Option<ButtonAction>) -> Option<String> {
    let user = |user: UserId| match turn.mesh().roll.get(user).map(Member::who) {
        Some(who) => format!("{} ({user})", turn.name(who)),
        None => user.to_string(),
    };
    match action? {
        ButtonAction::Yes { ask } | ButtonAction::No { ask } => {
            Some(match &turn.mesh().orders.ask(ask)?.about {
                Order::Revoke { user: of, role, .. } => {
                    format!("role {} of {}", say::role(Some(*role)), user(*of))
                }
                Order::Set { key, .. } => key.clone(),
                order => command::whose(turn, order),
            })
        }
        ButtonAction::GrantViewer { user: of } | ButtonAction::Ignore { user: of } => Some(user(of)),
        ButtonAction::Verdict { who, .. } | ButtonAction::GiveTo { who, .. } => Some(user(who)),
        ButtonAction::AskAgain { agent }
        | ButtonAction::Silence { agent }
        | ButtonAction::PauseAgent { agent } => Some(user(UserId(agent.0))),
        ButtonAction::RestartNode | ButtonAction::NodeLogs | ButtonAction::NodeConfig => {
            Some(turn.rules().node.clone())
        }
        _ => None,
    }
}

fn audit(turn: &mut Turn<'_>, tap: &Tap, target: Option<String>, result: &Result<String, String>) {
    let command = format!("tap {}", tap.action.map_or("?", |action| action.kind().name));
    let (user, name, result) = (tap.from, tap.name.clone(), result.clone());
    let anchor = Some(cause(turn, tap));
    turn.decision.audit.push(Audited { user, name, command, target, result, anchor });
}

/// Does it; the answer is a short line for the one who pressed.
fn act(turn: &mut Turn<'_>, tap: &Tap, role: Role, action: ButtonAction) -> Result<String, String> {
    match action {
        ButtonAction::Refresh => {
            let live = turn.mesh().voice.id(tap.chat, &Slot::Status);
            if live.is_some_and(|live| live != tap.message) {
                return Err(say::stale());
            }
            command::refresh_card(turn, tap.chat, tap.message);
            Ok(say::refreshed())
        }
        ButtonAction::Claims => Ok(say::claims_in_short(turn.mesh(), turn.rules(), turn.now())),
        ButtonAction::Take { who, fence } => take(turn, tap, role, who, Fence(fence)),
        ButtonAction::Wait { who, fence } => wait(turn, tap, who, Fence(fence)),
        ButtonAction::Give { fence } => decide_offer(turn, tap, role, Fence(fence), true),
        ButtonAction::Back { fence } => decide_offer(turn, tap, role, Fence(fence), false),
        ButtonAction::AskAgain { agent } => ask_again(turn, tap, role, agent),
        ButtonAction::Silence { agent } => health::silence(turn, tap, role, agent),
        ButtonAction::RotateNow { leak } => rule_leak(turn, tap, role, leak, Ruling::RotateNow),
        ButtonAction::RotateAfter { leak } => rule_leak(turn, tap, role, leak, Ruling::RotateAfter),
        ButtonAction::FalseAlarm { leak } => rule_leak(turn, tap, role, leak, Ruling::FalseAlarm),
        ButtonAction::DeleteLeaked { leak } => {
            exec(role)?;
            secret::delete_by_tap(turn, leak)
        }
        ButtonAction::PauseAgent { agent } => pause_agent(turn, tap, role, agent),
        ButtonAction::Verdict { who, fence } => tap_task::verdict(turn, tap, role, who, Fence(fence)),
        ButtonAction::AskHolder { who, fence } => tap_task::ask_holder(turn, tap, who, Fence(fence), true),
        ButtonAction::LeaveHolder { who, fence } => tap_task::ask_holder(turn, tap, who, Fence(fence), false),
        ButtonAction::GiveTo { who, fence } => tap_task::give_to(turn, tap, role, who, Fence(fence)),
        ButtonAction::LeaveIt { fence } => tap_task::leave_it(turn, tap, role, Fence(fence)),
        other => act_on_orders(turn, tap, role, other),
    }
}

/// Buttons of commands: questions asked back, strangers, the node.
fn act_on_orders(turn: &mut Turn<'_>, tap: &Tap, role: Role, action: ButtonAction) -> Result<String, String> {
    match action {
        ButtonAction::Yes { ask } => command::yes(turn, tap, role, ask),
        ButtonAction::No { ask } => command::no(turn, tap, ask),
        ButtonAction::GrantViewer { user } => {
            exec(role)?;
            command::grant_viewer(turn, tap, user)
        }
        ButtonAction::Ignore { user } => {
            exec(role)?;
            command::ignore(turn, tap, user)
        }
        ButtonAction::RunLate => command::run_late(turn, tap, role),
        ButtonAction::DropLate => command::drop_late(turn, tap, role),
        ButtonAction::RestartNode => {
            operator(role)?;
            Ok(command::restart_by_tap(turn, tap))
        }
        ButtonAction::Metrics => Ok(command::private_word(turn, tap, action)),
        _ => {
            operator(role)?;
            Ok(command::private_word(turn, tap, action))
        }
    }
}

fn operator(role: Role) -> Result<(), String> {
    if role >= Role::Operator { Ok(()) } else { Err(say::requires(Role::Operator, Some(role))) }
}

pub(super) fn bound_to(tap: &Tap, who: PersonId) -> Result<(), String> {
    if tap.from.0 == who.0 { Ok(()) } else { Err(say::not_your_button()) }
}

pub(super) fn exec(role: Role) -> Result<(), String> {
    if role == Role::Exec { Ok(()) } else { Err(say::requires(Role::Exec, Some(role))) }
}

pub(super) fn still(turn: &Turn<'_>, fence: Fence) -> Result<Claim, String> {
    turn.mesh().claims.by_fence(fence).map(|(_, claim)| claim.clone()).ok_or_else(say::stale)
}

fn take(turn: &mut Turn<'_>, tap: &Tap, role: Role, who: PersonId, fence: Fence) -> Result<String, String> {
    bound_to(tap, who)?;
    exec(role)?;
    let held = still(turn, fence)?;
    let by = cause(turn, tap);
    let person = Who::Person(who);
    let outcome = assign::give(turn, &held, person, How::Word(who), by);
    edit(turn, tap, outcome);
    if let Some(slot) = turn.mesh().voice.slot_of(tap.chat, tap.message).cloned() {
        turn.clear(tap.chat, slot);
    }
    Ok(say::yours(&held.task))
}

fn wait(turn: &mut Turn<'_>, tap: &Tap, who: PersonId, fence: Fence) -> Result<String, String> {
    bound_to(tap, who)?;
    let held = still(turn, fence)?;
    let place = held.next.iter().position(|waiting| waiting.who == Who::Person(who)).map_or(1, |i| i + 1);
    let owner = turn.name(held.owner);
    let until = held.runs_out().filter(|until| *until > turn.now());
    let text = say::has_this(&owner, until, Some(place), &turn.rules().zone);
    edit(turn, tap, text);
    Ok(say::waiting())
}

fn decide_offer(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    fence: Fence,
    give: bool,
) -> Result<String, String> {
    exec(role)?;
    let held = still(turn, fence)?;
    let Some(offer) = held.offer().cloned() else { return Err(say::stale()) };
    if give {
        let until = claim::lease(turn.rules(), offer.to, turn.now(), None);
        let by = cause(turn, tap);
        handoff::accept(turn, &held, offer.to, by, until);
    } else {
        handoff::end(turn, &held, None);
    }
    Ok(say::settled())
}

fn ask_again(turn: &mut Turn<'_>, tap: &Tap, role: Role, agent: AgentId) -> Result<String, String> {
    exec(role)?;
    let order = turn.mesh().floor.stood_down.get(&agent).filter(|order| order.confirmed.is_none()).cloned();
    let Some(order) = order else { return Err(say::stale()) };
    let by = turn.name(Who::Person(PersonId(tap.from.0)));
    turn.order(agent, say::stand_down(&by), Some(order.order));
    Ok(say::asked_again())
}

fn rule_leak(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    leak: u64,
    ruling: Ruling,
) -> Result<String, String> {
    exec(role)?;
    secret::rule(turn, PersonId(tap.from.0), leak, ruling)
}

fn pause_agent(turn: &mut Turn<'_>, tap: &Tap, role: Role, agent: AgentId) -> Result<String, String> {
    exec(role)?;
    let order = turn.mesh().floor.stood_down.get(&agent).filter(|order| order.confirmed.is_none());
    if order.is_none() || turn.mesh().floor.paused.contains_key(&agent) {
        return Err(say::stale());
    }
    stand_down::pause_agent(turn, agent, PersonId(tap.from.0));
    Ok(say::settled())
}

/// Nobody has chosen on that card yet.
pub(super) fn first(turn: &mut Turn<'_>, tap: &Tap) -> Result<(), String> {
    if turn.mind.pressed.is_first(tap.chat, tap.message) { Ok(()) } else { Err(say::stale()) }
}

/// The message with the button, as the cause of what follows.
pub(super) fn cause(turn: &Turn<'_>, tap: &Tap) -> MessageRef {
    let (chat, from, at) = (tap.chat, tap.from, turn.now());
    MessageRef { ear: Ear::Bot, chat, id: tap.message.0, from, at, print: fingerprint(&tap.query) }
}

pub(super) fn edit(turn: &mut Turn<'_>, tap: &Tap, text: String) {
    let slot = turn.mesh().voice.slot_of(tap.chat, tap.message).cloned();
    let slot = slot.unwrap_or(Slot::Reply(cause(turn, tap)));
    let (chat, message) = (tap.chat, tap.message);
    turn.effect(Effect::Edit { slot, chat, message, text, buttons: Vec::new() });
}
