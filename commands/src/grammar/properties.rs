//! What holds for every text.

use proptest::prelude::*;
use proptest::sample::select;

use super::{Reading, Said, Task, Utterance, read, report};

/// The pieces a hostile or sloppy message is made of.
pub(super) const PIECES: &[&str] = &[
    "🔒",
    "✅",
    "👍",
    "üîí",
    "âœ…",
    "ðŸ”’",
    "\u{f8ff}",
    "‚",
    "EXCLUSIVE CLAIM",
    "exclusive",
    "DONE",
    "TASK COMPLETE",
    "HANDOFF to",
    "ACK",
    "REFUSE",
    "NO",
    "CLAIMING",
    "CONFLICT",
    "I already started",
    "COLLISION on",
    "TAKEOVER NOTICE",
    "TAKEOVER ACK",
    "TASK PAUSED",
    "PAUSE",
    "QUEUE",
    "EXTEND",
    "RELEASE",
    "CONFIG UPDATE",
    "CODE PUSH",
    "DEPLOY",
    "OVERRIDE",
    "{\"type\":\"claim\",\"resource\":",
    "}",
    "⚠️",
    "‚Äî",
    "stand down",
    "resume",
    "/mesh",
    "@Bot",
    "ETA",
    "Result",
    ":",
    "：",
    "—",
    "-",
    " ",
    "\n",
    "\r\n",
    "**",
    "_",
    "\"",
    "“",
    "”",
    "'",
    "[",
    "]",
    "`",
    "\u{200e}",
    "\u{200d}",
    "\u{fe0f}",
    "10m",
    "14:30",
    "tomorrow",
    "2026-02-01",
    "task",
    "?",
    "…",
    "\u{301}",
    "ß",
    "İ",
];

fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(PIECES).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What may stand before, within and behind the lead of a claim.
const BEFORE: &[&str] = &["", " ", "\n\n", "\u{feff}", "\u{200f} ", "# "];
const EMOJI: &[&str] =
    &["", "🔒", "🔒 ", "🔒\u{fe0f} ", "üîí ", "\u{f8ff}üîí", "ðŸ”’ ", "ğŸ”’ ", "üîíÔ∏è ", "ðŸ”’ï¸\u{8f} "];
const KEYWORD: &[&str] =
    &["EXCLUSIVE CLAIM", "exclusive claim", "Exclusive\u{a0} Claim", "EXCLU\u{200b}SIVE CLAIM"];
const COLON: &[&str] = &[":", " : ", "：", ":\u{200e} "];
/// Opened before the emoji, closed behind the colon or behind the task.
const MARKS: &[(&str, &str, &str)] =
    &[("", "", ""), ("**", "", "**"), ("**", "**", ""), ("_", "", "_"), ("__", "__", "")];
const AFTER: &[&str] =
    &["", "  ", "\r\n", "\u{200f}", "\nETA: 10m", "\r\nOther bot: PAUSE\r\n", "\n\nI begin now."];

/// A claim's lead and what follows its task.
fn dress() -> impl Strategy<Value = (String, String)> {
    let parts = (select(BEFORE), select(EMOJI), select(KEYWORD), select(COLON), select(MARKS), select(AFTER));
    parts.prop_map(|(before, emoji, keyword, colon, (open, close, end), after)| {
        (format!("{before}{open}{emoji}{keyword}{colon}{close}"), format!("{end}{after}"))
    })
}

proptest! {
    #[test]
    fn reading_never_fails(text in message(), is_reply: bool, entities: Vec<(i64, i64)>) {
        let _ = report(&read(&Said::from_utf16(text, &entities), is_reply));
    }

    #[test]
    fn any_ranges_will_do(text in message(), quoted: Vec<(usize, usize)>) {
        let quoted = quoted.into_iter().map(|(start, end)| start..end).collect();
        let _ = read(&Said { text, quoted }, true);
    }

    #[test]
    fn ranges_are_whole_characters(text in any::<String>(), entities: Vec<(u8, u8)>) {
        let said = Said::from_utf16(text, &entities);
        prop_assert!(said.quoted.iter().all(|range| said.text.get(range.clone()).is_some()));
        prop_assert!(said.quoted.is_sorted_by_key(|range| range.start));
    }

    #[test]
    fn a_folded_task_stays_as_it_is(name in prop_oneof![any::<String>(), message()]) {
        let key = Task::fold(&name);
        prop_assert_eq!(Task::fold(&key), key);
    }

    #[test]
    fn a_task_shown_is_the_same_task(name in message()) {
        if let Some(task) = Task::new(&name) {
            let again = Task::new(&task.shown).expect("what is shown has a name");
            prop_assert_eq!(again.key, task.key);
        }
    }

    #[test]
    fn a_claim_survives_its_dress((lead, after) in dress(), task in "[a-z][a-z0-9 .:-]{0,30}[a-z0-9]") {
        let plain = Task::new(&task).expect("it has letters");
        let reading = read(&Said::plain(format!("{lead}{task}{after}")), false);
        let Reading::Utterance(Utterance::ExclusiveClaim { task: read, .. }) = &reading else {
            return Err(TestCaseError::fail(format!("{reading:?}")));
        };
        prop_assert_eq!(read, &plain);
    }
}
