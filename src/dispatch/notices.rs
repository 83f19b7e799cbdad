//! Notices to an agent, folded: those that wait go as one, and of too many the oldest are only counted.

use commands::effect::Effect;
use commands::ids::{AgentId, ChatId};
use jiff::Timestamp;
use sessions::{EffectId, OutboxEntry, Progress};

use super::{Dispatch, Door};

/// So many notices wait for one agent; of more, the oldest are folded into their number. Orders and offers never are.
pub const NOTICES_MOST: usize = 200;
/// Notices are put together up to this length, in bytes.
const TEXT_MOST: usize = 4_000;

/// Whether nobody has begun to send it.
fn is_whole(entry: &OutboxEntry) -> bool {
    entry.state == Progress::Waiting
}

/// What is said, and how many are only counted.
fn words(entry: &mut OutboxEntry) -> Option<(&mut String, &mut u32)> {
    match &mut entry.effect {
        Effect::Tell { text, envelope, .. } => Some((text, &mut envelope.omitted)),
        _ => None,
    }
}

/// What stands for several is about no task of theirs.
fn stands_for_several(entry: &mut OutboxEntry) {
    if let Effect::Tell { envelope, .. } = &mut entry.effect {
        envelope.about = None;
    }
}

impl Dispatch {
    /// Keeps the bound of an agent that a notice was added for. What is left of the oldest is a number.
    pub(super) fn bound(&mut self, agent: AgentId) -> Vec<EffectId> {
        let many = self.waiting.notices(agent).filter(|entry| is_whole(entry)).count();
        if many <= NOTICES_MOST {
            return Vec::new();
        }
        let mut notices = self.take_notices(agent).into_iter();
        let Some(mut oldest) = notices.next() else { return Vec::new() };
        let mut gone = Vec::new();
        for mut dropped in notices.by_ref().take(many - NOTICES_MOST) {
            let also = words(&mut dropped).map_or(0, |(_, omitted)| *omitted + 1);
            if let Some((text, omitted)) = words(&mut oldest) {
                *omitted += also + u32::from(!text.is_empty());
                text.clear();
            }
            gone.push(dropped.id);
        }
        stands_for_several(&mut oldest);
        self.rewritten.retain(|known| known.id != oldest.id);
        self.rewritten.push(oldest.clone());
        for kept in std::iter::once(oldest).chain(notices) {
            self.waiting.insert(kept);
        }
        gone
    }

    /// Takes off the notices that wait for an agent, the oldest first.
    fn take_notices(&mut self, agent: AgentId) -> Vec<OutboxEntry> {
        let place = ChatId(agent.0);
        let is_notice = |entry: &OutboxEntry| {
            let told = matches!(entry.effect, Effect::Tell { .. });
            told && !entry.effect.is_run() && is_whole(entry)
        };
        let mut notices = self.waiting.take_all(|at| at == place, is_notice);
        notices.sort_unstable_by_key(|notice| notice.id);
        notices
    }

    /// What became other words since this was asked last: to be written.
    pub fn rewritten(&mut self) -> Vec<OutboxEntry> {
        std::mem::take(&mut self.rewritten)
    }

    /// Puts the notices that wait for an agent into the first of them, which is about to go by its hook; the others are
    /// struck off. One that was begun goes as it is: its receiver knows it by its key.
    pub fn fold(&mut self, first: &mut OutboxEntry, now: Timestamp) -> Vec<EffectId> {
        let Effect::Tell { agent, .. } = first.effect else { return Vec::new() };
        if first.state == Progress::Started || self.doors.of(&first.effect, now) != Some(Door::Hook) {
            return Vec::new();
        }
        let mut gone = Vec::new();
        let mut notices = self.take_notices(agent).into_iter().peekable();
        while let Some(mut notice) = notices.next_if(|next| fits(first, next)) {
            if let (Some((text, omitted)), Some((more, count))) = (words(first), words(&mut notice)) {
                *omitted += *count;
                if !text.is_empty() && !more.is_empty() {
                    text.push('\n');
                }
                text.push_str(more);
            }
            stands_for_several(first);
            gone.push(notice.id);
        }
        for left in notices {
            self.waiting.insert(left);
        }
        gone
    }
}

/// Whether both are short enough for one letter.
fn fits(first: &OutboxEntry, more: &OutboxEntry) -> bool {
    let length = |entry: &OutboxEntry| entry.effect.text().map_or(0, str::len);
    length(first) + length(more) < TEXT_MOST
}

#[cfg(test)]
mod tests {
    use commands::effect::{Class, Envelope};
    use commands::mesh::Mesh;
    use jiff::SignedDuration;

    use super::super::{Doors, Limits, Next};
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const ORACLE: AgentId = AgentId(12);

    fn tell(id: u64, text: &str, urgent: bool) -> OutboxEntry {
        let (text, envelope) = (text.to_owned(), Envelope::default());
        let effect = Effect::Tell { agent: ORACLE, text, urgent, order: None, envelope };
        let (class, lane, state) = (Class::Idempotent, effect.lane(&Mesh::default()), Progress::Waiting);
        let (at, not_before, tries) = (NOW, NOW, 0);
        OutboxEntry { id: EffectId(id), effect, class, lane, random_id: 1, at, not_before, tries, state }
    }

    fn dispatch() -> Dispatch {
        let doors = Doors::new([(ORACLE, vec![Door::Hook])].into(), SignedDuration::from_secs(60));
        Dispatch::new(Limits::new(1, 1, 1), doors)
    }

    fn take(dispatch: &mut Dispatch) -> OutboxEntry {
        match dispatch.next(NOW) {
            Next::Perform(entry) => *entry,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn notices_that_wait_go_as_one_and_orders_alone_before_them() {
        let mut dispatch = dispatch();
        for (id, text, urgent) in [(1, "a", false), (2, "b", false), (3, "order", true), (4, "c", false)] {
            dispatch.add(tell(id, text, urgent));
        }
        let order = take(&mut dispatch);
        assert_eq!((order.id.0, dispatch.is_by_hook(order.id)), (3, true));
        assert!(matches!(dispatch.next(NOW), Next::Idle), "one call at a time");
        dispatch.finished(order.id);
        let mut first = take(&mut dispatch);
        assert_eq!(dispatch.fold(&mut first, NOW), [EffectId(2), EffectId(4)]);
        assert_eq!(first.effect.text(), Some("a\nb\nc"));
        first.state = Progress::Started;
        dispatch.add(tell(5, "d", false));
        assert_eq!(dispatch.fold(&mut first, NOW), [], "one that was begun goes as it is");
    }

    #[test]
    fn of_too_many_the_oldest_are_counted_and_orders_never_are() {
        let mut dispatch = dispatch();
        let mut gone = 0;
        for id in 0..1_000 {
            dispatch.add(tell(2 * id, "order", true));
            gone += dispatch.add(tell(2 * id + 1, "notice", false)).len();
        }
        assert_eq!(gone, 1_000 - NOTICES_MOST);
        let rewritten = dispatch.rewritten();
        assert_eq!(rewritten.len(), 1);
        let Effect::Tell { text, envelope, .. } = &rewritten[0].effect else { panic!("{rewritten:?}") };
        assert_eq!((text.as_str(), envelope.omitted), ("", 1_001 - u32::try_from(NOTICES_MOST).unwrap()));
        assert_eq!(dispatch.queue(Timestamp::UNIX_EPOCH).waiting(), 1_000 + NOTICES_MOST);
        assert!(dispatch.rewritten().is_empty());
    }
}
