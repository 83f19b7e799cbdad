//! The settings that can be changed by name: under `[rules]` in the configuration, and by `/mesh agent node config`.

use jiff::SignedDuration;

use super::Rules;

/// The most that a person may be allowed in a minute, and other counts.
pub const COUNT_MOST: u16 = 10_000;

/// The longest wait that may be set: a year.
const WAIT_MOST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    field: Field,
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Wait(fn(&mut Rules) -> &mut SignedDuration),
    Count(fn(&mut Rules) -> &mut usize),
}

macro_rules! settings {
    ($($kind:ident $key:ident),* $(,)?) => {
        &[$(Setting { key: stringify!($key), field: Field::$kind(|rules| &mut rules.$key) }),*]
    };
}

/// All of them, in the order of the example of a configuration.
pub const SETTINGS: &[Setting] = settings![
    Wait lease,
    Wait lease_slack,
    Wait lease_most,
    Wait conflict_window,
    Wait contested_rule,
    Wait takeover_silence,
    Wait takeover_ping,
    Wait note_for,
    Wait answer_within,
    Wait handoff_again,
    Wait handoff_people,
    Wait stand_down_again,
    Wait stand_down_people,
    Wait reactions_every,
    Wait spoke_within,
    Wait board_every,
    Wait done_shown,
    Wait preflight_done,
    Wait card_every,
    Wait online_within,
    Wait question_dm,
    Count loop_messages,
    Wait loop_silence,
    Count loop_turns,
    Wait back_after,
    Wait silence,
    Wait missed_after,
    Wait restart_every,
    Count commands_a_minute,
    Count taps_a_minute,
];

/// What comes first of two, as the core takes them.
pub const ORDERED: &[(&str, &str)] = &[
    ("lease", "lease_most"),
    ("handoff_again", "handoff_people"),
    ("stand_down_again", "stand_down_people"),
];

impl Setting {
    /// The setting of that name, in whatever letter case.
    pub fn named(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key.eq_ignore_ascii_case(key))
    }

    /// Where a wait is kept; none for a count.
    pub fn wait<'a>(&self, rules: &'a mut Rules) -> Option<&'a mut SignedDuration> {
        match self.field {
            Field::Wait(field) => Some(field(rules)),
            Field::Count(_) => None,
        }
    }

    /// Where a count is kept; none for a wait.
    pub fn count<'a>(&self, rules: &'a mut Rules) -> Option<&'a mut usize> {
        match self.field {
            Field::Count(field) => Some(field(rules)),
            Field::Wait(_) => None,
        }
    }

    /// What it is, as people read and write it: `2m`, `10`.
    pub fn show(&self, rules: &Rules) -> String {
        let mut rules = rules.clone();
        match self.field {
            Field::Wait(field) => format!("{:#}", field(&mut rules)),
            Field::Count(field) => field(&mut rules).to_string(),
        }
    }

    /// Sets it.
    ///
    /// # Errors
    /// A sentence: it can't be read, or is out of bounds, or does not go with another setting. The rules are then as
    /// they were.
    pub fn set(&self, rules: &mut Rules, value: &str) -> Result<(), String> {
        let mut new = rules.clone();
        match self.field {
            Field::Wait(field) => *field(&mut new) = wait(value)?,
            Field::Count(field) => *field(&mut new) = count(value)?,
        }
        for (first, second) in ORDERED {
            let mut value = |key: &str| Self::named(key).and_then(|one| one.wait(&mut new).copied());
            if value(first) > value(second) {
                return Err(format!("{first} would be longer than {second}"));
            }
        }
        *rules = new;
        Ok(())
    }
}

fn wait(value: &str) -> Result<SignedDuration, String> {
    let read: Option<SignedDuration> = value.parse().ok();
    read.filter(|wait| wait.is_positive() && *wait <= WAIT_MOST)
        .ok_or_else(|| "it is a time, such as 90 s or 2 min".to_owned())
}

fn count(value: &str) -> Result<usize, String> {
    let read: Option<usize> = value.parse().ok();
    read.filter(|count| (1..=usize::from(COUNT_MOST)).contains(count))
        .ok_or_else(|| format!("it is a number from 1 to {COUNT_MOST}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ChatId;

    #[test]
    fn what_is_shown_can_be_set_again() {
        let rules = Rules::new(ChatId(-1), 1);
        for setting in SETTINGS {
            let mut again = rules.clone();
            setting.set(&mut again, &setting.show(&rules)).unwrap();
            assert_eq!(again, rules, "{}", setting.key);
        }
    }

    #[test]
    fn nonsense_changes_nothing() {
        let mut rules = Rules::new(ChatId(-1), 1);
        let before = rules.clone();
        let cases = [("lease", "5 h"), ("lease", "soon"), ("lease", "-1 s"), ("lease", "9999999 h")];
        for (key, value) in cases.into_iter().chain([("taps_a_minute", "0"), ("taps_a_minute", "-3")]) {
            assert!(Setting::named(key).unwrap().set(&mut rules, value).is_err(), "{key} {value}");
        }
        assert_eq!(rules, before);
        Setting::named("LEASE").unwrap().set(&mut rules, "45 min").unwrap();
        assert_eq!(rules.lease, SignedDuration::from_mins(45));
    }
}
