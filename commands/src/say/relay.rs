//! Words for whoever has an account say something.

/// The mesh only watches.
pub fn mode() -> String {
    "Refused: this mesh only watches. Only with mode = \"enforce\" in [mesh] is anything posted.".into()
}

/// There is nothing to say.
pub fn empty() -> String {
    "Refused: a message needs words.".into()
}

/// There is too much to say for one message.
pub fn too_long(most: usize) -> String {
    format!("Refused: a message has at most {most} characters (UTF-16 units). Send it in parts.")
}

/// It would give a secret away.
pub fn secret() -> String {
    "Refused: there is a secret in it.".into()
}

/// It would be read as an order or an utterance, and nobody here would have said it.
pub fn counts() -> String {
    "Refused: those words do something when a member says them, and a relayed word does nothing. Use mesh claim, done, \
     handoff or release; an order is for a person to say."
        .into()
}
