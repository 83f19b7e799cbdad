//! The user account over grammers: sign in, listen, perform.
//!
//! One task, the ear, owns the connection and the updates; everybody else holds a cheap [`Account`] and makes one
//! call an effect. Nothing past this module sees a type of grammers, except the cursor that `sessions` stores.

mod account;
mod auth_key;
mod backoff;
mod buttons;
mod call;
mod connection;
mod datacenter;
mod gaps;
mod health;
mod hearing;
mod history;
mod listen;
mod membership;
mod migration;
mod own;
mod peers;
mod perform;
mod post;
mod probe;
mod reached;
mod reactions;
mod reading;
mod recent;
mod reconnect;
mod render;
mod resolve;
mod shared;
mod sift;
mod sign_in;
mod translate;
mod waits;

pub use account::{Account, Address, Batch, ConnectError, Connected, Kind, Params, READ_BACK};
pub use auth_key::{Key, KeyError, PublicKey, exchange};
pub use call::CallError;
pub use health::{Grade, Health, Meaning};
pub use perform::{Performed, TapAnswer};
pub use probe::{Owner, Probed, probe, whose};
pub use reached::Reached;
pub use sign_in::{
    Attempt, BETWEEN_ATTEMPTS, Credentials, Flow, Given, LoggedOut, Note, Sent, SignIn, SignInError, Step,
    WHOLE_WITHIN, Way, next_attempt, until,
};
pub use waits::{Clock, Surroundings, Waits};
