//! What is true.
/// The fold of facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {}
