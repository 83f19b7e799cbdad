//! A test hook: `MESH_FAIL_POINT=NAME` stops the node dead where that name stands, so that a test can kill it there.
//! Each step between hearing and ticking off is listed here, and a test kills the node at every one of them;
//! `MESH_FAIL_POINT=list` prints their names and ends. With `MESH_FAIL_GATE=FILE` it stops only once that file exists.

use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use commands::effect::Effect;

static WANTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MESH_FAIL_POINT").ok());

static GATE: LazyLock<Option<PathBuf>> =
    LazyLock::new(|| std::env::var_os("MESH_FAIL_GATE").map(PathBuf::from));

/// A step of the node's loop, in the order in which what is said passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The account has heard something; nothing is decided.
    HeardByAccount,
    /// The bot has.
    HeardByBot,
    /// It is decided; nothing is written.
    Decided,
    /// It is written; nothing is done.
    Journalled,
    /// What must not be repeated is marked as begun; it is not done.
    Begun,
    /// An effect of this kind is about to be performed.
    Before(&'static str),
    /// It was; nobody knows yet.
    After(&'static str),
    /// The loop knows what came of an effect of this kind; it is not ticked off.
    Learnt(&'static str),
    /// An effect is ticked off.
    TickedOff,
}

impl Step {
    fn name(self) -> String {
        match self {
            Self::HeardByAccount => "heard:account".to_owned(),
            Self::HeardByBot => "heard:bot".to_owned(),
            Self::Decided => "decided".to_owned(),
            Self::Journalled => "journalled".to_owned(),
            Self::Begun => "begun".to_owned(),
            Self::Before(kind) => format!("before:{kind}"),
            Self::After(kind) => format!("after:{kind}"),
            Self::Learnt(kind) => format!("learnt:{kind}"),
            Self::TickedOff => "ticked_off".to_owned(),
        }
    }
}

/// Every step there is.
fn all() -> Vec<Step> {
    let mut all = vec![
        Step::HeardByAccount,
        Step::HeardByBot,
        Step::Decided,
        Step::Journalled,
        Step::Begun,
        Step::TickedOff,
    ];
    all.extend(
        Effect::KINDS.iter().flat_map(|kind| [Step::Before(kind), Step::After(kind), Step::Learnt(kind)]),
    );
    all
}

/// Prints every name, where that was asked for instead of running.
pub fn list_if_asked() -> bool {
    let asked = WANTED.as_deref() == Some("list");
    if asked {
        let names: Vec<String> = all().into_iter().map(Step::name).collect();
        println!("{}", names.join("\n"));
    }
    asked
}

/// Stops this process for good if this is the step that was asked for, after saying so on standard output.
pub fn reach(step: Step) {
    let Some(wanted) = WANTED.as_deref() else { return };
    if wanted != step.name() || GATE.as_ref().is_some_and(|gate| !gate.exists()) {
        return;
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "fail point {wanted} reached").and_then(|()| out.flush());
    // Only this thread: what others have under way goes on until the process is killed, as it would.
    drop(out);
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_effect_has_its_steps() {
        let names: Vec<String> = all().into_iter().map(Step::name).collect();
        for kind in Effect::KINDS {
            for step in ["before", "after", "learnt"] {
                assert!(names.contains(&format!("{step}:{kind}")), "{step}:{kind}");
            }
        }
        assert_eq!(names.len(), 6 + 3 * Effect::KINDS.len());
    }
}
