//! A log as people read it: the lines of gateways are JSON, and each generation puts the words elsewhere.

use jiff::Timestamp;
use serde_json::Value;

use crate::words::Mask;

/// So much of one line is shown, in characters.
const LINE_MOST: usize = 4_096;

/// The last lines of a log, readable and without secrets, and whether there are more before them. Whatever is left out is
/// left out after that: a secret may go over several lines.
pub(super) fn last<'a>(log: impl Iterator<Item = &'a str>, most: usize, mask: Mask) -> (String, bool) {
    let whole = mask.all(&log.map(readable).collect::<Vec<_>>().join("\n"));
    let lines: Vec<_> = whole
        .lines()
        .map(|line| line.char_indices().nth(LINE_MOST).map_or(line, |(end, _)| &line[..end]))
        .collect();
    let left_out = lines.len().saturating_sub(most);
    (lines[left_out..].join("\n"), left_out > 0)
}

/// One line.
fn readable(line: &str) -> String {
    let Ok(Value::Object(line_told)) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
    let told = Value::Object(line_told);
    let at = [&told["time"], &told["_meta"]["date"]].into_iter().find_map(Value::as_str);
    let at =
        at.map(|at| at.parse::<Timestamp>().map_or(at.to_owned(), |at| at.strftime("%H:%M:%S").to_string()));
    let level = [&told["_meta"]["logLevelName"], &told["level"]].into_iter().find_map(Value::as_str);
    let parts = [at, level.map(str::to_owned), Some(words(&told))].into_iter().flatten();
    parts.collect::<Vec<_>>().join(" ")
}

/// The message, or what stands under the numbers, of which the first may be the name of who logs.
fn words(told: &Value) -> String {
    if let Some(message) = told["message"].as_str() {
        return message.to_owned();
    }
    let numbered = (0..10).map_while(|at| told.get(at.to_string()));
    let parts: Vec<String> = numbered
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .filter(|part| !(part.starts_with('{') && part.contains("\"subsystem\"")))
        .collect();
    if parts.is_empty() { told.to_string() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_left_out_after_the_masking() {
        let key = [
            "-----BEGIN PRIVATE KEY-----",
            &"SANDBOX+".repeat(8),
            &"sandbox/".repeat(8),
            "-----END PRIVATE KEY-----",
        ];
        let log = key.into_iter().chain(["one", "two", "three"]);
        assert_eq!(last(log.clone(), 3, Mask::default()), ("one\ntwo\nthree".into(), true));
        let (shown, more) = last(log, 5, Mask::default());
        assert_eq!((shown.as_str(), more), ("‹secret›\none\ntwo\nthree", false));
        let line = "x".repeat(LINE_MOST * 2);
        assert_eq!(last([line.as_str()].into_iter(), 1, Mask::default()).0.len(), LINE_MOST);
    }

    #[test]
    fn lines_of_each_generation_are_read() {
        let january = r#"{"0":"{\"subsystem\":\"gateway\"}","1":"listening on 18789","_meta":{"logLevelName":"INFO","date":"2026-01-24T10:00:01.5Z"},"time":"2026-01-24T10:00:01.500Z"}"#;
        assert_eq!(readable(january), "10:00:01 INFO listening on 18789");
        let september = r#"{"0":"x","message":"ready","_meta":{"logLevelName":"WARN"},"time":"2026-09-06T10:00:01.500Z"}"#;
        assert_eq!(readable(september), "10:00:01 WARN ready");
        assert_eq!(readable("plain words"), "plain words");
        assert_eq!(readable(r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
