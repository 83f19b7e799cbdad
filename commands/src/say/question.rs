//! The words about an agent's question to a person.

/// To the person, in private.
pub fn asks(agent: &str, text: &str) -> String {
    format!("{agent} asks: {text}")
}
