//! The language by examples (`cases.txt`), and what examples can't hold: lengths, entities, time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Eta, Kind, Reading, Said, Task, Utterance, read, report};

/// A case of `cases.txt`: whether it is a reply, the message, what its report must hold.
fn case(line: &str) -> Option<(bool, String, Value)> {
    let (message, expected) = line.rsplit_once(" -> ")?;
    let reply = message.strip_prefix("reply ");
    let said = serde_json::from_str(reply.unwrap_or(message)).ok()?;
    Some((reply.is_some(), said, serde_json::from_str(expected).ok()?))
}

/// The messages of `cases.txt`.
pub(super) fn messages() -> Vec<String> {
    include_str!("cases.txt").lines().filter_map(case).map(|(_, message, _)| message).collect()
}

fn missing(report: &Value, expected: &Value) -> bool {
    let expected = expected.as_object().expect("a case expects an object");
    expected.iter().any(|(key, value)| report.get(key) != Some(value))
}

#[test]
fn cases() {
    let lines = include_str!("cases.txt").lines().enumerate();
    let wrong: Vec<String> = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|(at, line)| {
            let Some((is_reply, text, expected)) = case(line) else {
                return Some(format!("{}: not a case: {line}", at + 1));
            };
            let report = report(&read(&Said::plain(text), is_reply));
            missing(&report, &expected).then(|| format!("{}: {line}\n      got {report}", at + 1))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn kind(text: &str, entities: &[(i64, i64)]) -> Kind {
    read(&Said::from_utf16(text, entities), false).kind()
}

#[test]
fn quoted_and_code_are_no_commands() {
    let claim = "🔒 EXCLUSIVE CLAIM: api keys";
    assert_eq!(kind(claim, &[]), Kind::ExclusiveClaim);
    assert_eq!(kind(claim, &[(0, 28)]), Kind::Chatter, "all of it is code");
    assert_eq!(kind(claim, &[(3, 9)]), Kind::Chatter, "the keyword is code");
    assert_eq!(kind(claim, &[(20, 8)]), Kind::ExclusiveClaim, "the task is code");
    assert_eq!(kind("/mesh status", &[(0, 5)]), Kind::Chatter);
    assert_eq!(kind("/mesh status", &[(6, 6)]), Kind::Command);
    assert_eq!(kind("👍", &[(0, 2)]), Kind::Chatter);
    assert_eq!(kind("stand down", &[(0, 10)]), Kind::Chatter);
    assert_eq!(kind("stand down Oracle", &[(11, 6)]), Kind::StandDown);
}

#[test]
fn an_answer_below_a_quote_counts() {
    let text = "🔒 EXCLUSIVE CLAIM: a\n✅ DONE: b";
    assert_eq!(kind(text, &[(0, 21)]), Kind::Done);
    assert_eq!(kind("Did you not do it?\nOracle, stand down", &[(0, 19)]), Kind::StandDown);
    assert_eq!(kind("git DONE: b", &[(0, 3)]), Kind::Chatter, "code within a line is no quote");
}

#[test]
fn a_quoted_key_is_no_field() {
    let text = "✅ DONE: a\nResult: ok\nHANDOFF to: Oracle";
    let reading = read(&Said::from_utf16(text, &[(21, 18)]), false);
    let Reading::Utterance(Utterance::Done { handoff_to, result, .. }) = reading else {
        panic!("not done: {reading:?}");
    };
    assert_eq!(handoff_to, None);
    assert_eq!(result.as_deref(), Some("ok\nHANDOFF to: Oracle"));
}

#[test]
fn entities_with_any_numbers() {
    let said = Said::from_utf16("a🔒b", &[(i64::MAX, 1), (-1, 2), (2, 1), (0, 0), (3, i64::MAX), (9, 9)]);
    assert_eq!(said.quoted, [1..5, 5..6], "half a character counts whole");
    assert_eq!(Said::from_utf16("", &[(0, 5)]).quoted, []);
}

#[test]
fn the_longest_message_and_the_first_too_long() {
    let claim = |fill: usize| format!("🔒 EXCLUSIVE CLAIM: {}", "x".repeat(fill));
    assert_eq!(kind(&claim(4096 - 20), &[]), Kind::ExclusiveClaim);
    assert_eq!(kind(&claim(4096 - 19), &[]), Kind::Chatter);
    assert_eq!(kind(&format!("EXCLUSIVE CLAIM: {}", "🔒".repeat(2039)), &[]), Kind::ExclusiveClaim);
    for hostile in ["*", "_", "🔒", "\u{200e}", "\n", ":", "ü", "â", "HANDOFF to:\n", "\"", "stand "] {
        let _ = kind(&hostile.repeat(4096 / hostile.encode_utf16().count()), &[]);
    }
}

#[test]
fn tasks_are_compared_folded() {
    let same = [
        ["Rotate the hooks token", "rotate  the\u{a0}hooks token."],
        ["rotate token", "\"Rotate token\"!"],
        ["rotate token", "`rotate token`"],
        ["rotate token", "“rotate token”…"],
        ["Über", "u\u{308}BER"],
        ["STRASSE", "straße"],
        ["ΟΔΟΣ", "οδος"],
        ["rotate\u{200b} token", "rotate token"],
    ];
    for [one, other] in same {
        assert_eq!(Task::fold(one), Task::fold(other), "{one} {other}");
    }
    assert_ne!(Task::fold("rotate token 1"), Task::fold("rotate token 2"));
    assert_eq!(Task::new("?!"), None);
}

#[test]
fn etas() {
    let minutes = |text: &str| Eta::read(text).and_then(|eta| eta.minutes());
    let cases = "10m=10 | 10 min=10 | ~20 min=20 | 1h30=90 | 1h 30m=90 | 90 minutes=90 | 1h=60 | 2 hours=120 \
        | 1.5h=90 | 1 hour and 5 min=65 | 1h, 5m=65 | 10-15 min=15 | 10–15m=15 | in about 20 min=20 | **10m**=10 \
        | 45 sec=1 | 1 day=1440 | 10M=10 | <10 min=10 | 20 min max=20 | 15 min (roughly)=15 | 0m=0 | [10m]=10 \
        | [time]=no | ASAP=no | unknown=no | soon=no | 30=no | 10x=no | 10m 5h=no | 1h30 later=no | -5m=no \
        | 99999999999999999999m=no | 1e9h=no | 10 minutes to midnight=no | m=no | 1..5h=no | 1h30m30=no";
    for case in cases.split('|') {
        let (text, expected) = case.trim().rsplit_once('=').expect("a case has an equals sign");
        assert_eq!(minutes(text), expected.parse().ok(), "{text}");
    }
    assert_eq!(Eta::read("  "), None);
}

#[test]
fn etas_by_the_clock() {
    let said: Timestamp = "2026-02-01T14:00:30Z".parse().expect("a timestamp");
    let berlin = TimeZone::get("Europe/Berlin").expect("bundled");
    let utc = "10m=2026-02-01T14:10:30Z | by 14:30=2026-02-01T14:30:00Z | 14:30 UTC=2026-02-01T14:30:00Z \
        | 14:30 (UTC)=2026-02-01T14:30:00Z | 14:00=2026-02-01T14:00:00Z | 13:59=2026-02-02T13:59:00Z | 2026-02-01 14:30Z=2026-02-01T14:30:00Z \
        | 2026-02-03T09:15:00Z=2026-02-03T09:15:00Z | tomorrow 09:00=2026-02-02T09:00:00Z \
        | tomorrow at 09:00=2026-02-02T09:00:00Z | today 18:00=2026-02-01T18:00:00Z | 9:05=2026-02-02T09:05:00Z \
        | ASAP=none | 24:00=none | 14:60=none | 14:30 CET=none | tomorrow=none | 2026-02-30 10:00=none | 14=none \
        | 9999-12-31 23:59Z=none | 1:2:3:4=none";
    let local = "15:30=2026-02-01T14:30:00Z | 14:30 UTC=2026-02-01T14:30:00Z | tomorrow 00:30=2026-02-01T23:30:00Z \
        | 2026-03-29 02:30=2026-03-29T01:30:00Z | 14:59=2026-02-02T13:59:00Z";
    for (cases, zone) in [(utc, TimeZone::UTC), (local, berlin)] {
        for case in cases.split('|') {
            let (text, expected) = case.trim().rsplit_once('=').expect("a case has an equals sign");
            let due = Eta::read(text).and_then(|eta| eta.due(said, &zone));
            assert_eq!(due, expected.parse().ok(), "{text}");
        }
    }
}
