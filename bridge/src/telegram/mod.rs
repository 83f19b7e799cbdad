//! The user account over grammers: sign in, listen, perform.
//!
//! One task ([`listen`]) owns the connection and the updates; everybody else holds a cheap [`Account`] and makes one
//! call an effect. Nothing past this module sees a type of grammers, except the cursor that `sessions` stores.

mod account;
mod health;
mod perform;

pub use account::{Account, Address, Batch, ConnectError, Connected, Kind, Params};
pub use health::Health;
pub use perform::{CallError, Performed, TapAnswer};
