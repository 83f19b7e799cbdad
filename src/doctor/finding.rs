//! What a check found.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// The mesh works, but not as well as it could, or not for long.
    Warning,
    /// Something does not work.
    Fault,
}

impl Verdict {
    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub verdict: Verdict,
    /// What is so.
    pub what: String,
    /// What to do; nothing where all is well.
    pub todo: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(what: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, what: what.into(), todo: None }
    }

    /// It could be better.
    pub fn warning(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, what: what.into(), todo: Some(todo.into()) }
    }

    /// It does not work.
    pub fn fault(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fault, what: what.into(), todo: Some(todo.into()) }
    }
}
