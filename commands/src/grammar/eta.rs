//! An estimated time: minutes from now, or a clock time.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::characters::is_dash;
use super::task::unwrapped;

/// Longer than this is no estimate: a year, in minutes.
const MOST_MINUTES: u32 = 366 * 24 * 60;

/// An estimated time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eta {
    /// As written.
    pub text: String,
    /// What it says.
    pub reading: EtaReading,
}

/// What an ETA says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EtaReading {
    /// So many minutes from when it was said; at most a year.
    Minutes(u32),
    /// At an instant that needs the message's time and the mesh's zone: see [`Eta::due`].
    Clock(ClockTime),
    /// `ASAP`, `unknown`, or not to be read: the default lease.
    Open,
}

/// A time of day, perhaps with a day and a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockTime {
    /// Hour and minute, valid.
    pub time: (i8, i8),
    /// The day.
    pub day: Day,
    /// Written with `UTC` or `Z`; else the mesh's zone.
    pub utc: bool,
}

/// On which day a clock time lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The next time the clock shows it.
    Next,
    /// Tomorrow.
    Tomorrow,
    /// That date.
    On(Date),
}

impl Eta {
    /// Reads an estimate; none where nothing is written. What can't be read keeps its text and is [`EtaReading::Open`].
    pub fn read(raw: &str) -> Option<Self> {
        let text = unwrapped(raw);
        let reading = read(&text);
        (!text.is_empty()).then_some(Self { text, reading })
    }

    /// Whether it tells a time, be it one too long to be an estimate.
    pub fn is_time(&self) -> bool {
        self.reading != EtaReading::Open || seconds(bare(&self.text.to_lowercase())).is_some()
    }

    /// The minutes, where they can be told without a clock.
    pub fn minutes(&self) -> Option<u32> {
        match self.reading {
            EtaReading::Minutes(minutes) => Some(minutes),
            EtaReading::Clock(_) | EtaReading::Open => None,
        }
    }

    /// The instant it names, counted from `said` in `zone`; none where it names none. A written date may lie in the
    /// past.
    pub fn due(&self, said: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match &self.reading {
            EtaReading::Minutes(minutes) => {
                said.checked_add(SignedDuration::from_mins(i64::from(*minutes))).ok()
            }
            EtaReading::Clock(clock) => clock.due(said, zone),
            EtaReading::Open => None,
        }
    }
}

impl ClockTime {
    fn due(&self, said: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let zone = if self.utc { &TimeZone::UTC } else { zone };
        let local = zone.to_datetime(said);
        let time = Time::new(self.time.0, self.time.1, 0, 0).ok()?;
        let passed = (time.hour(), time.minute()) < (local.hour(), local.minute());
        let day = match self.day {
            Day::On(date) => date,
            Day::Next if !passed => local.date(),
            Day::Next | Day::Tomorrow => local.date().checked_add(1.day()).ok()?,
        };
        zone.to_timestamp(day.to_datetime(time)).ok()
    }
}

fn read(text: &str) -> EtaReading {
    let mut folded = text.to_lowercase();
    if folded.contains('(') && folded.contains("(utc)") {
        folded = folded.replace("(utc)", "utc");
    }
    let core = bare(&folded);
    seconds(core)
        .and_then(whole_minutes)
        .map(EtaReading::Minutes)
        .or_else(|| clock(core).map(EtaReading::Clock))
        .unwrap_or(EtaReading::Open)
}

/// Without the words and signs that change nothing: `~20 min`, `by 14:30`, `in about 1h (max)`.
fn bare(text: &str) -> &str {
    const BEFORE: &[&str] = &[
        "by ", "in ", "at ", "about ", "approx. ", "approx ", "around ", "circa ", "ca. ", "max ", "within ",
        "another ", "for ", "until ", "till ", "~", "≈", "<", "≤", "+",
    ];
    const AFTER: &[&str] = &[" max", " or so", " from now", " tops", " or less", " more", " longer"];
    let text = text.split_once('(').map_or(text, |(before, _)| before);
    let mut text = trimmed(text);
    while let Some(rest) = BEFORE.iter().find_map(|word| text.strip_prefix(word)) {
        text = trimmed(rest);
    }
    while let Some(rest) = AFTER.iter().find_map(|word| text.strip_suffix(word)) {
        text = trimmed(rest);
    }
    text
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '.' | ',' | '!'))
}

/// `10m`, `1h30`, `1h 30m`, `90 minutes`, `1.5 hours`, `10-15 min` (its end).
fn seconds(text: &str) -> Option<f64> {
    let end = text.split_once(is_dash).and_then(|(from, to)| {
        let plain = from.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.');
        (plain && !from.trim().is_empty()).then_some(to)
    });
    let mut rest = trimmed(end.unwrap_or(text));
    let (mut seconds, mut last) = (0.0, None);
    while !rest.is_empty() {
        let (amount, after) = number(rest)?;
        let (unit, after) = unit(after.trim_start(), last)?;
        if last.is_some_and(|last| unit >= last) {
            return None;
        }
        seconds += amount * f64::from(unit);
        last = Some(unit);
        rest = joined(after);
    }
    last.map(|_| seconds)
}

fn joined(text: &str) -> &str {
    let text = text.trim_start_matches([' ', ',', '\u{a0}']);
    text.strip_prefix("and ").unwrap_or(text).trim_start()
}

/// Begun minutes count.
fn whole_minutes(seconds: f64) -> Option<u32> {
    let minutes = (seconds / 60.0).ceil();
    let fits = (0.0..=f64::from(MOST_MINUTES)).contains(&minutes);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded above and below just before"
    )]
    fits.then_some(minutes as u32)
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    digits.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

/// The seconds of a unit, and the rest. Without one, what follows hours is minutes.
fn unit(text: &str, last: Option<u32>) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let seconds = match word {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        "" if last == Some(3600) && rest.is_empty() => 60,
        _ => return None,
    };
    Some((seconds, rest.strip_prefix('.').unwrap_or(rest)))
}

/// `14:30`, `14:30 UTC`, `2026-02-01 14:30Z`, `tomorrow 09:00`.
fn clock(text: &str) -> Option<ClockTime> {
    let (text, utc) = without_zone(text);
    let (day, text) = day(text)?;
    let text = text.trim_start_matches("at ").trim();
    let mut parts = text.split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two_digits)?;
    let valid = parts.next().is_none() && Time::new(hour, minute, second, 0).is_ok();
    let time = (hour, minute);
    valid.then_some(ClockTime { time, day, utc })
}

fn without_zone(text: &str) -> (&str, bool) {
    ["utc", "gmt", "z"]
        .iter()
        .find_map(|zone| text.strip_suffix(zone))
        .map_or((text, false), |rest| (rest.trim_end(), true))
}

fn day(text: &str) -> Option<(Day, &str)> {
    let named = [("tomorrow", Day::Tomorrow), ("today", Day::Next)];
    let found = named.iter().find_map(|(word, day)| Some((*day, text.strip_prefix(word)?)));
    if let Some((day, rest)) = found {
        let rest = rest.strip_prefix(',').unwrap_or(rest);
        return rest.starts_with(' ').then(|| (day, rest.trim_start()));
    }
    let Some((date, rest)) = text.split_once([' ', 't']) else {
        return Some((Day::Next, text));
    };
    let date = date.trim_end_matches(',').parse().ok()?;
    Some((Day::On(date), rest.trim_start()))
}

fn two_digits(text: &str) -> Option<i8> {
    let fits = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}
