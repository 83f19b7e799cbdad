//! Notices to an agent, folded: those that wait go as one, and of too many the most needless are only counted.

use std::collections::BTreeSet;

use commands::effect::Effect;
use commands::ids::{AgentId, ChatId};
use jiff::Timestamp;
use sessions::{EffectId, OutboxEntry, Progress};

use super::{Dispatch, Door};

/// So many notices wait for one agent; of more, some are folded into their number. Orders and offers never are.
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
    /// Keeps the bound of an agent that a notice was added for; what is left of those that go is their number.
    pub(super) fn bound(&mut self, agent: AgentId) -> Vec<EffectId> {
        let many = self.waiting.notices(agent).filter(|entry| is_whole(entry)).count();
        if many <= NOTICES_MOST {
            return Vec::new();
        }
        let mut notices = self.take_notices(agent);
        let mut gone = Vec::new();
        while notices.len() > NOTICES_MOST {
            let mut dropped = notices.remove(needless(&notices));
            let also = words(&mut dropped).map_or(0, |(_, omitted)| *omitted + 1);
            if let Some((_, omitted)) = notices.first_mut().and_then(words) {
                *omitted += also;
            }
            gone.push(dropped.id);
        }
        self.rewritten.retain(|known| !gone.contains(&known.id) && known.id != notices[0].id);
        self.rewritten.push(notices[0].clone());
        for kept in notices {
            self.waiting.put(kept);
        }
        gone
    }

    /// Takes off the notices that wait for an agent, the oldest first.
    fn take_notices(&mut self, agent: AgentId) -> Vec<OutboxEntry> {
        let told = |entry: &OutboxEntry| matches!(entry.effect, Effect::Tell { .. });
        let is_notice = |entry: &OutboxEntry| told(entry) && !entry.effect.is_run() && is_whole(entry);
        let mut notices = self.waiting.take_at(ChatId(agent.0), is_notice);
        notices.sort_unstable_by_key(|notice| notice.id);
        notices
    }

    /// What became other words since this was asked last: to be written.
    pub fn rewritten(&mut self) -> Vec<OutboxEntry> {
        std::mem::take(&mut self.rewritten)
    }

    /// Puts the notices that wait for an agent into the first of them, which is about to go by its hook; the others are
    /// struck off. None overtakes a run. One that was begun goes as it is: its receiver knows it by its key.
    pub fn fold(&mut self, first: &mut OutboxEntry, now: Timestamp) -> Vec<EffectId> {
        let Effect::Tell { agent, .. } = first.effect else { return Vec::new() };
        if !is_whole(first) || self.doors.of(&first.effect, now) != Some(Door::Hook) {
            return Vec::new();
        }
        let (mut gone, run) = (Vec::new(), self.waiting.first_run(agent));
        let may_join = |first: &OutboxEntry, next: &OutboxEntry| {
            fits(first, next) && run.is_none_or(|run| next.id < run)
        };
        let mut notices = self.take_notices(agent).into_iter().peekable();
        while let Some(mut notice) = notices.next_if(|next| may_join(first, next)) {
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
            self.waiting.put(left);
        }
        gone
    }
}

/// Which of an agent's notices goes first, the oldest being first: the oldest about no task, or about one of which a
/// later one tells. The last word about each task stays as long as there is another.
fn needless(notices: &[OutboxEntry]) -> usize {
    let mut told = BTreeSet::new();
    let mut found = None;
    for (index, notice) in notices.iter().enumerate().rev() {
        let task = match &notice.effect {
            Effect::Tell { envelope, .. } => envelope.about.as_ref().map(|about| &about.task),
            _ => None,
        };
        if task.is_none_or(|task| !told.insert(task)) {
            found = Some(index);
        }
    }
    found.unwrap_or(0)
}

/// Whether both are short enough for one letter.
fn fits(first: &OutboxEntry, more: &OutboxEntry) -> bool {
    let length = |entry: &OutboxEntry| entry.effect.text().map_or(0, str::len);
    length(first) + length(more) < TEXT_MOST
}

#[cfg(test)]
mod tests {
    use commands::effect::{About, Class, Envelope};
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
    fn notices_that_wait_go_as_one_and_none_overtakes_an_order_or_is_overtaken() {
        let mut dispatch = dispatch();
        for (id, text, urgent) in
            [(1, "a", false), (2, "b", false), (3, "order", true), (4, "c", false), (5, "d", false)]
        {
            dispatch.add(tell(id, text, urgent));
        }
        let mut first = take(&mut dispatch);
        assert_eq!(dispatch.fold(&mut first, NOW), [EffectId(2)]);
        assert_eq!((first.effect.text(), dispatch.is_by_hook(first.id)), (Some("a\nb"), true));
        assert!(matches!(dispatch.next(NOW), Next::Idle), "one call at a time");
        dispatch.finished(first.id);
        let order = take(&mut dispatch);
        assert_eq!((order.id.0, dispatch.is_by_hook(order.id)), (3, true));
        dispatch.finished(order.id);
        let mut second = take(&mut dispatch);
        second.state = Progress::Started;
        assert_eq!(dispatch.fold(&mut second, NOW), [], "one that was begun goes as it is");
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
        assert_eq!(
            (text.as_str(), envelope.omitted),
            ("notice", 1_000 - u32::try_from(NOTICES_MOST).unwrap())
        );
        assert_eq!(dispatch.queue(Timestamp::UNIX_EPOCH).waiting(), 1_000 + NOTICES_MOST);
        assert!(dispatch.rewritten().is_empty());
    }
    /// The last word about a task stays while there is anything else.
    #[test]
    fn of_too_many_those_go_first_that_are_about_no_task_or_no_more_true() {
        let mut dispatch = dispatch();
        let about = |id: u64, task: &str| {
            let mut entry = tell(id, task, false);
            if let Effect::Tell { envelope, .. } = &mut entry.effect {
                let task = task.to_owned();
                envelope.about = Some(About { task, fence: None, until: None });
            }
            entry
        };
        dispatch.add(about(1, "alpha"));
        dispatch.add(about(2, "beta"));
        dispatch.add(tell(3, "talk", false));
        dispatch.add(about(4, "beta"));
        for id in 5..=200 {
            dispatch.add(about(id, &format!("task {id}")));
        }
        let mut gone = Vec::new();
        for id in 201..204 {
            gone.extend(dispatch.add(about(id, &format!("task {id}"))).iter().map(|id| id.0));
        }
        assert_eq!(gone, [2, 3, 1], "a newer word about it, about none, the oldest");
        let counts: Vec<_> = dispatch.rewritten().iter().map(|entry| (entry.id.0, omitted(entry))).collect();
        assert_eq!(counts, [(4, 3)]);
    }

    fn omitted(entry: &OutboxEntry) -> u32 {
        words(&mut entry.clone()).map_or(0, |(_, omitted)| *omitted)
    }
}
