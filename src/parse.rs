//! `mesh parse`: a message in, what it was read as out, as JSON.

use std::io::{BufRead, Read, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use commands::grammar::{self, Reading, Said};
use serde::Deserialize;
use serde_json::{Value, json};

/// Bytes of one message or line that are looked at. Telegram's longest message is far below it, however it is escaped.
const MOST_BYTES: u64 = 1 << 20;

/// Text inside these is never a command.
const QUOTING: &[&str] = &["code", "pre", "blockquote", "expandable_blockquote"];

/// Reads one message, or with `jsonl` one a line, and writes one JSON object for each. A line that is no message is
/// answered with `{"error":"line 3: …"}` in its place, and the code is then a failure.
///
/// # Errors
/// When reading or writing fails; never because of what is read. Bytes that are not UTF-8 are read lossily.
pub fn run(jsonl: bool, mut input: impl BufRead, mut output: impl Write) -> anyhow::Result<ExitCode> {
    if jsonl {
        return lines(input, output);
    }
    let mut bytes = Vec::new();
    input.by_ref().take(MOST_BYTES).read_to_end(&mut bytes).context("the message can't be read")?;
    let said = Said::plain(String::from_utf8_lossy(&bytes));
    say(&mut output, &grammar::report(&grammar::read(&said, false)))?;
    Ok(ExitCode::SUCCESS)
}

fn lines(mut input: impl BufRead, mut output: impl Write) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for number in 1_u64.. {
        let Some(bytes) = line(&mut input).with_context(|| format!("line {number} can't be read"))? else {
            break;
        };
        let report = message(&bytes).unwrap_or_else(|error| {
            code = ExitCode::FAILURE;
            json!({"error": format!("line {number}: {error:#}")})
        });
        say(&mut output, &report)?;
    }
    Ok(code)
}

/// The next line without its end; of one that is too long, its first [`MOST_BYTES`] and one more.
fn line(input: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(MOST_BYTES + 1).read_until(b'\n', &mut bytes)?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if read as u64 > MOST_BYTES {
        input.skip_until(b'\n')?;
    }
    Ok((read > 0).then_some(bytes))
}

/// A line as it is looked at: a JSON string, or an object with the text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    Full(Full),
}

/// The keys of a message that matter to its reading; others may stand beside them.
#[derive(Deserialize)]
struct Full {
    text: String,
    #[serde(default)]
    entities: Vec<Entity>,
    #[serde(default)]
    reply_to: Value,
    #[serde(default)]
    forward: bool,
}

/// As the Bot API writes them, in UTF-16 units.
#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    offset: i64,
    length: i64,
}

fn message(bytes: &[u8]) -> anyhow::Result<Value> {
    if bytes.len() as u64 > MOST_BYTES {
        bail!("it is longer than {MOST_BYTES} bytes");
    }
    let line = String::from_utf8_lossy(bytes);
    let line = line.trim_start_matches('\u{feff}').trim();
    let value: Value = serde_json::from_str(line).context("this is not JSON")?;
    let form = "a message is a JSON string or an object with a text";
    Ok(grammar::report(&serde_json::from_value::<Message>(value).context(form)?.read()))
}

impl Message {
    fn read(self) -> Reading {
        match self {
            Self::Text(text) => grammar::read(&Said::plain(text), false),
            Self::Full(full) if full.forward => Reading::Chatter,
            Self::Full(full) => {
                let quoting = |entity: &&Entity| QUOTING.contains(&entity.kind.as_str());
                let quoted =
                    full.entities.iter().filter(quoting).map(|entity| (entity.offset, entity.length));
                let quoted: Vec<_> = quoted.collect();
                grammar::read(&Said::from_utf16(full.text, &quoted), !full.reply_to.is_null())
            }
        }
    }
}

fn say(output: &mut impl Write, report: &Value) -> anyhow::Result<()> {
    writeln!(output, "{report}").and_then(|()| output.flush()).context("the reading can't be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(jsonl: bool, input: &[u8]) -> (String, bool) {
        let mut output = Vec::new();
        let code = run(jsonl, input, &mut output).expect("memory can be read and written");
        let output = String::from_utf8(output).expect("JSON is UTF-8");
        (output, code == ExitCode::SUCCESS)
    }

    #[test]
    fn one_message() {
        let (output, fine) = parsed(false, "🔒 EXCLUSIVE CLAIM: api keys\nETA: 10m\n".as_bytes());
        let expected = r#"{"kind":"exclusive_claim","task":"api keys","eta":"10m","eta_minutes":10,"fields":{"eta":"10m"}}"#;
        assert_eq!((output.trim_end(), fine), (expected, true));
        for bytes in [&b""[..], b"\xff\xfe\x00", &vec![b'x'; 3 << 20]] {
            assert_eq!(parsed(false, bytes), ("{\"kind\":\"chatter\"}\n".into(), true));
        }
    }

    #[test]
    fn a_line_for_a_line() {
        let input = "\u{feff}\"DONE\"\r\n{\"text\":\"NO\",\"reply_to\":7}\n{\"text\":\"NO\",\"reply_to\":null,\"id\":1}\n\
            {\"text\":\"/mesh\",\"entities\":[{\"type\":\"code\",\"offset\":0,\"length\":5}]}\n\
            {\"text\":\"/mesh\",\"entities\":[{\"type\":\"bot_command\",\"offset\":0,\"length\":5}]}\n\
            {\"text\":\"DONE\",\"forward\":true}";
        let (output, fine) = parsed(true, input.as_bytes());
        let kinds: Vec<String> = output
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an object")["kind"].to_string())
            .collect();
        let expected = ["done", "refuse", "chatter", "chatter", "command", "chatter"];
        assert_eq!(kinds, expected.map(|kind| format!("{kind:?}")));
        assert!(fine);
    }

    #[test]
    fn bad_lines_are_named_and_the_others_read() {
        let long = format!("\"{}\"", "x".repeat(2 << 20));
        let input =
            [b"\"DONE\"\n{\"text\"\n7\n\n\"\xff\"\n{}\n".as_slice(), long.as_bytes(), b"\n\"ACK\""].concat();
        let (output, fine) = parsed(true, &input);
        let lines: Vec<&str> = output.lines().collect();
        assert!(!fine);
        assert_eq!(lines.len(), 8, "{output}");
        for (at, bad) in [
            (1, "line 2: this is not JSON"),
            (2, "line 3: a message is"),
            (3, "line 4: "),
            (5, "line 6: "),
            (6, "line 7: it is longer"),
        ] {
            assert!(lines[at].starts_with(&format!("{{\"error\":\"{bad}")), "{}", lines[at]);
        }
        assert_eq!(lines[4], "{\"kind\":\"chatter\"}");
        assert!(lines[7].contains("handoff_ack"));
    }
}
