//! The words the mesh uses.
