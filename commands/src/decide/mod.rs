//! (Mesh, Input) to Decision.
