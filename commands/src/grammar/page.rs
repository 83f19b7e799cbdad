//! GRAMMAR.md can't go stale: every form and key stands in it, and every example gives the kind written beside it.

use super::{Eta, FORMS, Said, fields, read};

const PAGE: &str = include_str!("../../../GRAMMAR.md");

/// Examples as (where, message, whether it is a reply, kind): blocks with a kind at their head, and table rows with one
/// in their last cell.
fn examples() -> Vec<(String, bool, String)> {
    let mut examples = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in PAGE.lines() {
        block = match (block, line.strip_prefix("```")) {
            (None, Some(head)) => Some((head.to_owned(), String::new())),
            (Some((head, text)), Some(_)) => {
                let kind = head.trim_end_matches(" reply");
                examples.push((text, kind != head, kind.to_owned()));
                None
            }
            (Some((head, text)), None) => Some((head, text + line + "\n")),
            (None, None) => {
                examples.extend(row(line));
                None
            }
        };
    }
    examples
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(cells.split(" | ").collect())
}

fn row(line: &str) -> Option<(String, bool, String)> {
    let cells = cells(line)?;
    let code = |cell: &&str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
    let (message, kind) = (cells.first().and_then(code)?, cells.last().and_then(code)?);
    Some((message.replace('⏎', "\n"), false, kind))
}

#[test]
fn every_example_is_read_as_it_says() {
    let examples = examples();
    assert!(examples.len() > 50, "only {} examples found", examples.len());
    for (message, is_reply, kind) in examples {
        let reading = read(&Said::plain(&*message), is_reply);
        assert_eq!(reading.kind().name(), kind, "{message:?}");
    }
}

#[test]
fn every_form_and_key_has_its_place() {
    let examples = examples();
    for form in FORMS {
        let shown = examples.iter().any(|(message, ..)| message.trim_end() == form.usage);
        assert!(shown, "GRAMMAR.md does not show `{}`", form.usage);
    }
    for key in fields::KNOWN {
        assert!(PAGE.contains(&format!("`{key}`")), "GRAMMAR.md does not name `{key}`");
    }
    assert!(fields::KNOWN.is_sorted(), "keys are sought by halves");
}

#[test]
fn every_eta_is_read_as_it_says() {
    let table = PAGE.lines().skip_while(|line| *line != "| ETA | minutes |").skip(2);
    let rows: Vec<_> = table.map_while(cells).collect();
    assert!(!rows.is_empty());
    for cells in rows {
        let [written, minutes] = cells[..] else { panic!("a row has two cells: {cells:?}") };
        for text in written.split(", ").map(|text| text.trim_matches('`')) {
            let eta = Eta::read(text).expect("it has a text");
            assert_eq!(eta.minutes(), minutes.parse().ok(), "{text}");
            let by_clock = matches!(eta.reading, super::EtaReading::Clock(_));
            assert_eq!(by_clock, minutes.starts_with("by the clock"), "{text}");
        }
    }
}
