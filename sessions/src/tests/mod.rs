//! What the store promises.

mod account;
mod audit;
mod bytes;
mod holding;
mod killed;
mod orders;
mod samples;
mod sealing;
mod sightings;
mod store;
mod telethon;
