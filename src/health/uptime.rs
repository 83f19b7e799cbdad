//! How often an agent answered in the last seven days, by the hour.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Seven days.
const HOURS: i64 = 7 * 24;
const HOUR: i64 = 3_600;
/// An hour as it is kept: which, how often it answered, how often it was asked.
const BYTES: usize = 16;

/// Answers and questions by hour.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Uptime(BTreeMap<i64, (u32, u32)>);

impl Uptime {
    pub(super) fn count(&mut self, answered: bool, now: Timestamp) {
        let hour = hour(now);
        let (answers, questions) = self.0.entry(hour).or_default();
        *answers = answers.saturating_add(u32::from(answered));
        *questions = questions.saturating_add(1);
        self.0.retain(|at, _| (hour - HOURS..=hour).contains(at));
    }

    pub(super) fn percent(&self, now: Timestamp) -> Option<f64> {
        let oldest = hour(now) - HOURS;
        let hours = self.0.iter().filter(|(at, _)| **at > oldest).map(|(_, counts)| counts);
        let (answers, questions) =
            hours.fold((0, 0), |(a, q), (answers, asked)| (a + u64::from(*answers), q + u64::from(*asked)));
        #[expect(clippy::cast_precision_loss, reason = "questions of a week are far below 2^52")]
        (questions > 0).then(|| 100.0 * answers as f64 / questions as f64)
    }

    /// When it was seen last, then an hour after the other.
    pub(super) fn kept(&self, seen: Option<Timestamp>) -> Vec<u8> {
        let mut kept = seen.map_or(i64::MIN, Timestamp::as_second).to_be_bytes().to_vec();
        for (hour, (answers, questions)) in &self.0 {
            kept.extend(hour.to_be_bytes());
            kept.extend(answers.to_be_bytes());
            kept.extend(questions.to_be_bytes());
        }
        kept
    }

    /// What can't be read is forgotten: it is a figure, not a fact.
    pub(super) fn read(kept: &[u8]) -> (Option<Timestamp>, Self) {
        let Some((seen, hours)) = kept.split_first_chunk::<8>() else { return Default::default() };
        let seen = Timestamp::from_second(i64::from_be_bytes(*seen)).ok();
        let hours = hours.chunks_exact(BYTES).filter_map(|bytes| {
            let (hour, counts) = bytes.split_first_chunk::<8>()?;
            let (answers, questions) = counts.split_first_chunk::<4>()?;
            let questions = u32::from_be_bytes(questions.try_into().ok()?);
            Some((i64::from_be_bytes(*hour), (u32::from_be_bytes(*answers), questions)))
        });
        (seen, Self(hours.collect()))
    }
}

fn hour(now: Timestamp) -> i64 {
    now.as_second().div_euclid(HOUR)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_week_is_kept_and_no_more() {
        let (mut uptime, start) = (Uptime::default(), Timestamp::UNIX_EPOCH);
        for hours in 0..400 {
            uptime.count(hours % 2 == 0, start + SignedDuration::from_hours(hours));
        }
        assert!(uptime.0.len() <= 169 && uptime.kept(None).len() < 4_096);
        assert_eq!(uptime.percent(start + SignedDuration::from_hours(399)), Some(50.0));
        assert_eq!(uptime.percent(start + SignedDuration::from_hours(900)), None);
    }
}
