//! The sandbox as its users see it: all doors open, unmodified clients in front of them.

#[cfg(test)]
mod doors;
