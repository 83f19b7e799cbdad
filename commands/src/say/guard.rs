//! The words to two bots that answer each other without end.

/// To both: they were too fast.
pub fn too_fast(with: &str, messages: usize, seconds: i64) -> String {
    format!("Held back: more than {messages} messages with {with} in 60 s. Wait {seconds} s.")
}

/// To both: they go on and on.
pub fn too_long(with: &str, turns: usize) -> String {
    format!("Held back: more than {turns} turns with {with} without a person. A person has to speak first.")
}
