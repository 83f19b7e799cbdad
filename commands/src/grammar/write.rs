//! The other way round: what somebody wants to say, in the words of the group. Read back before it is given out.

use super::{Reading, Said, Task, Utterance, read};

/// Something to be said about a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish<'a> {
    /// It is begun: alone, or beside others.
    Claim {
        /// When it should be done, as people write it.
        eta: Option<&'a str>,
        /// Others may be at it too.
        shared: bool,
    },
    /// It is finished, or handed on.
    Done {
        /// What came of it.
        result: Option<&'a str>,
        /// Who goes on with it, by name.
        to: Option<&'a str>,
    },
    /// It is given up.
    Release,
    /// What was offered is taken over.
    Accept,
    /// What was offered is left.
    Refuse {
        /// Why.
        reason: Option<&'a str>,
    },
}

/// The message that says it, each value on one line.
///
/// # Errors
/// A sentence: a name that is no task's, or a value that would be read as something else.
pub fn write(task: &str, wish: Wish<'_>) -> Result<String, String> {
    let named = Task::new(&one_line(task)).ok_or_else(|| format!("\"{task}\" names no task"))?;
    let (lead, fields) = match wish {
        Wish::Claim { eta, shared: false } => ("🔒 EXCLUSIVE CLAIM", vec![("ETA", eta)]),
        Wish::Claim { eta, shared: true } => ("🎯 CLAIMING", vec![("ETA", eta)]),
        Wish::Done { result, to } => ("✅ DONE", vec![("Result", result), ("HANDOFF to", to)]),
        Wish::Release => ("RELEASE", Vec::new()),
        Wish::Accept => ("ACK", Vec::new()),
        Wish::Refuse { .. } => ("REFUSE", Vec::new()),
    };
    let mut text = format!("{lead}: {}", named.shown);
    if let Wish::Refuse { reason: Some(reason) } = wish {
        text = [text, one_line(reason)].join(" ");
        text.truncate(text.trim_end().len());
    }
    for (key, value) in fields {
        if let Some(value) = value.map(one_line).filter(|value| !value.is_empty()) {
            text.extend(["\n", key, ": ", &value]);
        }
    }
    let meant = |utterance: &Utterance| {
        // The task of a refusal is told from its reason only where it is known which are offered.
        let refused = matches!((utterance, wish), (Utterance::Refuse { rest: Some(_) }, Wish::Refuse { .. }));
        refused || utterance.task().is_some_and(|task| task.key == named.key) && fits(utterance, wish)
    };
    match read(&Said::plain(&text), false) {
        Reading::Utterance(utterance) if meant(&utterance) => Ok(text),
        Reading::Almost(almost) => Err(almost.missing),
        _ => Err(format!("this can't be said in the words of the group:\n{text}")),
    }
}

fn fits(utterance: &Utterance, wish: Wish<'_>) -> bool {
    match (utterance, wish) {
        (Utterance::ExclusiveClaim { .. }, Wish::Claim { shared, .. }) => !shared,
        (Utterance::Claim { .. }, Wish::Claim { shared, .. }) => shared,
        (Utterance::Done { handoff_to, .. }, Wish::Done { to, .. }) => handoff_to.is_some() == to.is_some(),
        (Utterance::Release { .. }, Wish::Release) | (Utterance::HandoffAck { .. }, Wish::Accept) => true,
        _ => false,
    }
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: Wish<'_> = Wish::Claim { eta: Some("30m"), shared: false };

    #[test]
    fn what_is_wished_is_said() {
        assert_eq!(write(" \"api\n keys\" ", CLAIM).unwrap(), "🔒 EXCLUSIVE CLAIM: api keys\nETA: 30m");
        let done = Wish::Done { result: Some("both\nanswer"), to: Some("Oracle") };
        assert_eq!(
            write("api keys", done).unwrap(),
            "✅ DONE: api keys\nResult: both answer\nHANDOFF to: Oracle"
        );
        let shared = Wish::Claim { eta: None, shared: true };
        assert_eq!(write("api keys", shared).unwrap(), "🎯 CLAIMING: api keys");
        assert_eq!(write("api keys", Wish::Release).unwrap(), "RELEASE: api keys");
        assert_eq!(write("api keys", Wish::Accept).unwrap(), "ACK: api keys");
        let refuse = Wish::Refuse { reason: Some("no access\nto the vault") };
        assert_eq!(write("api keys", refuse).unwrap(), "REFUSE: api keys no access to the vault");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for task in ["", "  ", "!?", "\u{200b}"] {
            assert!(write(task, CLAIM).is_err(), "{task:?}");
        }
        assert!(write(&"long ".repeat(2_000), CLAIM).is_err());
        assert!(write("api keys", Wish::Done { result: None, to: Some("none") }).is_err());
    }
}
