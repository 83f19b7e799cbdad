//! The group became a supergroup: the mesh goes on there.

use super::Turn;
use crate::fact::Fact;
use crate::ids::ChatId;

/// Takes the group for what it is now. What waits to be posted follows it, and the board is posted anew.
pub(super) fn migrate(turn: &mut Turn<'_>, from: ChatId, to: ChatId) {
    let group = turn.rules().group;
    let possible = !from.shares_message_ids() && to.shares_message_ids();
    if possible && !turn.mesh().moved.is(from) && (group == from || group == to) {
        let at = turn.now();
        turn.fact(Fact::Migrated { from, to, at });
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::super::doors::{said, settled};
    use super::super::tests::GROUP;
    use crate::decide::Mind;
    use crate::effect::{Effect, Slot};
    use crate::fact::Fact;
    use crate::ids::{ChatId, VoiceId};
    use crate::input::{Door, EffectResult, Input, Outcome, What};
    use crate::mesh::Mesh;

    const NEW: ChatId = ChatId(-1_000_000_000_077);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + seconds)
    }

    fn tell(mind: &mut Mind, seconds: i64, what: What) -> Vec<Effect> {
        mind.decide(Input { at: at(seconds), what }).effects
    }

    fn hear(mind: &mut Mind, from: i64, second: i32, text: &str) -> Vec<Effect> {
        tell(mind, second.into(), What::Heard(said(from, second, Door::Only, text)))
    }

    /// A mind with a claim and a board that stands in the group.
    fn with_board() -> Mind {
        let mut mind = settled();
        let effects = hear(&mut mind, 11, 1, "EXCLUSIVE CLAIM: alpha");
        let board = effects.into_iter().find(|effect| effect.slot() == Some(&Slot::Board)).unwrap();
        let result = EffectResult::Done(Some(VoiceId(7)));
        tell(&mut mind, 2, What::Outcome(Outcome { effect: board, result }));
        mind
    }

    #[test]
    fn the_board_is_posted_anew_and_the_claim_stays() {
        let mut mind = with_board();
        let effects = tell(&mut mind, 20, What::Migrated { from: GROUP, to: NEW });
        assert!(matches!(&effects[..], [Effect::Post { slot: Slot::Board, chat: NEW, .. }]), "{effects:?}");
        assert_eq!(mind.rules().group, NEW);
        assert_eq!(mind.mesh().claims.count_open(), 1);
        assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
        for (from, to) in [(GROUP, NEW), (NEW, ChatId(-1_000_000_000_078)), (ChatId(-5), NEW)] {
            let again = mind.decide(Input { at: at(21), what: What::Migrated { from, to } });
            let moved = again.facts.iter().any(|fact| matches!(fact, Fact::Migrated { .. }));
            assert_eq!(moved, from == ChatId(-5), "{from} to {to}");
        }
    }

    #[test]
    fn what_was_said_before_is_answered_where_the_group_is_now() {
        let mut mind = with_board();
        tell(&mut mind, 20, What::Migrated { from: GROUP, to: NEW });
        let effects = hear(&mut mind, 1, 19, "EXCLUSIVE CLAIM: alpha");
        let answer =
            effects.iter().find(|effect| matches!(effect, Effect::Post { slot: Slot::Reply(_), .. }));
        assert!(matches!(answer, Some(Effect::Post { chat: NEW, reply_to: None, .. })), "{effects:?}");
        assert!(!effects.iter().any(|effect| effect.chat() == Some(GROUP)), "{effects:?}");
    }

    #[test]
    fn a_post_that_ended_in_the_old_group_is_not_kept_in_mind() {
        let mut mind = settled();
        let effects = hear(&mut mind, 11, 1, "EXCLUSIVE CLAIM: alpha");
        let board = effects.into_iter().find(|effect| effect.slot() == Some(&Slot::Board)).unwrap();
        tell(&mut mind, 20, What::Migrated { from: GROUP, to: NEW });
        let result = EffectResult::Done(Some(VoiceId(7)));
        let effects = tell(&mut mind, 21, What::Outcome(Outcome { effect: board, result }));
        assert_eq!(effects, []);
        assert_eq!(mind.mesh().voice.get(GROUP, &Slot::Board), None);
    }

    #[test]
    fn a_mind_that_begins_with_the_old_id_goes_on_with_the_new() {
        let mut mind = with_board();
        tell(&mut mind, 20, What::Migrated { from: GROUP, to: NEW });
        let rules = crate::rules::Rules { group: GROUP, ..mind.rules().clone() };
        assert_eq!(Mind::new(mind.mesh().clone(), rules, at(30)).rules().group, NEW);
    }
}
