//! What holds for every message and every estimate, whatever the bytes. The targets `parse` and `eta` look for what
//! breaks it for hours, `cargo test` for a second.

#![allow(dead_code, reason = "each target runs one of the two")]

use commands::grammar::{Day, Eta, EtaReading, Kind, Reading, Said, Task, Utterance, read, report};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A message: the first byte is how it is sent (a reply, which part of it is quoted), the rest is its text.
pub fn message(data: &[u8]) {
    let Some((&how, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let is_reply = how & 1 == 1;
    let part = (i64::from(how >> 1 & 7), i64::from(how >> 4));
    let said = Said::from_utf16(&*text, &[part][..usize::from(how > 1)]);
    let reading = read(&said, is_reply);
    assert_eq!(reading, read(&said, is_reply), "the same message, the same reading");
    reported(&reading);
    described(&reading, &text);
    let all = Said::from_utf16(&*text, &[(0, i64::MAX)]);
    assert_eq!(read(&all, is_reply), Reading::Chatter, "what is quoted is never a command");
}

/// The report is JSON, names its kind, and has every key of its kind.
fn reported(reading: &Reading) {
    let report = report(reading);
    assert_eq!(report.get("kind").and_then(Value::as_str), Some(reading.kind().name()));
    let again: Value = serde_json::from_str(&report.to_string()).expect("a report is JSON");
    assert_eq!(again, report);
    if reading.kind() == Kind::ExclusiveClaim {
        assert!(["task", "eta", "eta_minutes", "fields"].iter().all(|key| report.get(key).is_some()));
    }
}

fn described(reading: &Reading, text: &str) {
    match reading {
        Reading::Almost(almost) => {
            let missing = &almost.missing;
            assert!(missing.ends_with('.') && missing.len() < 120 && !missing.contains('\n'), "{missing}");
            assert_ne!(almost.looks_like, Kind::Almost);
        }
        Reading::Utterance(
            Utterance::ExclusiveClaim { task, eta, fields } | Utterance::Claim { task, eta, fields },
        ) => {
            named(task);
            eta.iter().for_each(estimated);
            let kept: usize = fields.values().map(String::len).sum();
            assert!(kept <= 4 * text.len(), "fields hold what was said, once; numbers may be written out");
        }
        Reading::Utterance(Utterance::Queue { task } | Utterance::Collision { task }) => named(task),
        Reading::Utterance(Utterance::Extend { task, by }) => {
            named(task);
            by.iter().for_each(estimated);
        }
        Reading::Utterance(_) | Reading::Chatter => {}
    }
}

/// A task that is shown is the same task again, and its key is folded once and for all.
fn named(task: &Task) {
    assert_eq!(Task::fold(&task.key), task.key);
    let again = Task::new(&task.shown).expect("what is shown has a name");
    assert_eq!(again.key, task.key);
}

/// An estimate: the first byte is when it is said and where, the rest is its text.
pub fn estimate(data: &[u8]) {
    let Some((&when, text)) = data.split_first() else { return };
    let Some(eta) = Eta::read(&String::from_utf8_lossy(text)) else { return };
    assert!(!eta.text.is_empty());
    estimated(&eta);
    let said = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(29_000_000 + i64::from(when) * 997);
    let zone = if when & 1 == 0 { "UTC" } else { "Europe/Berlin" };
    let Some(due) = eta.due(said, &TimeZone::get(zone).expect("bundled")) else { return };
    let wait = due.duration_since(said);
    match &eta.reading {
        EtaReading::Minutes(minutes) => assert_eq!(wait, SignedDuration::from_mins(i64::from(*minutes))),
        EtaReading::Clock(clock) if matches!(clock.day, Day::On(_)) => {}
        EtaReading::Clock(_) => assert!(wait.abs() < SignedDuration::from_hours(50), "{wait:?}"),
        EtaReading::Open => panic!("what names no time is not due"),
    }
}

/// At most a year, and read the same again from what is kept of it.
fn estimated(eta: &Eta) {
    assert!(eta.minutes().is_none_or(|minutes| minutes <= 366 * 24 * 60));
    let again = Eta::read(&eta.text).expect("a text that was kept is not empty");
    assert_eq!(again.reading, eta.reading);
}
