//! The API: one file a namespace, one function a method, and the table that finds it.

mod account;
mod auth;
mod call;
mod caused;
mod channels;
mod contacts;
mod error;
mod help;
mod input;
mod messages;
mod request;
mod table;
mod updates;
mod upload;
mod users;

#[cfg(test)]
mod tests;

pub use call::Call;
pub use error::RpcError;
pub use help::THIS_DC;
pub use request::{Request, unwrap};
pub use table::{Answer, dispatch, names};
