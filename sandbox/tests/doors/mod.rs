mod faults;
mod hand;
mod page;
mod rough;
mod signing_in;
mod stage;

pub use stage::Stage;
