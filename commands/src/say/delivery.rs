//! What is said where a hook's message goes on, or may not.

/// Somebody's words, as others read them.
pub fn said(name: &str, text: &str) -> String {
    format!("{name}: {text}")
}

/// Somebody's words to an agent, as people read them.
pub fn to_agent(name: &str, to: &str, text: &str) -> String {
    format!("{name} → {to}: {text}")
}

/// To the sender.
pub fn handed(to: &str) -> String {
    format!("Handed to {to}.")
}

/// To the sender, where the mesh only looks on.
pub fn not_handed(to: &str) -> String {
    format!("Heard, and not handed to {to}: this mesh only looks on (mode in its configuration).")
}

/// The mesh posts in its own group only.
pub fn foreign_chat(to: &str) -> String {
    format!("Refused: {} is not the chat of this mesh.", super::short(to))
}

/// To Execs, once.
pub fn given_up(name: &str, why: &str) -> String {
    let why = super::short(why);
    format!(
        "⚠️ {name} does not take what the mesh sends it: {why}\n/mesh agent {name} info lists what did not arrive."
    )
}

/// Why something did not arrive where nothing can.
pub fn no_door() -> String {
    "no door to it works: see its hook and doors in the node's configuration".into()
}

/// The end of the last part of what is too long for the group.
pub fn left_out(characters: usize) -> String {
    format!("\n… {characters} characters more were left out: too long for the group.")
}

/// The same to the sender.
pub fn cut_short(characters: usize) -> String {
    format!("Too long for the group: its last {characters} characters were left out there.")
}

/// To Execs, once.
pub fn shut(name: &str, why: &str) -> String {
    let why = super::short(why);
    format!(
        "⚠️ {name}'s hook lets nothing in: {why}\nWhat is urgent goes to {name} by private message; /mesh agent {name} info lists what did not arrive."
    )
}

/// Of a hook that is passed by.
pub fn shut_since(at: &str, why: &str) -> String {
    format!("🚪 hook lets nothing in since {at} ({}): urgent messages go in private", super::short(why))
}

/// One message that did not arrive.
pub fn dead_letter(at: &str, why: &str, text: &str) -> String {
    format!("✉️ {at} not delivered ({}): {}", super::short(why), super::short(text))
}

/// Nobody to hand it to.
pub fn no_such_agent(name: &str) -> String {
    format!("Refused: \"{}\" is no other agent of this mesh.", super::short(name))
}

/// The agent takes messages of those only whom its configuration names.
pub fn not_accepted(to: &str) -> String {
    format!("Refused: {to} does not take messages of yours (accepts_from in the node's configuration).")
}

/// Two agents that only talk to each other.
pub fn loops(to: &str) -> String {
    format!("Held back: you and {to} have said too much to each other; a person has to speak first.")
}
