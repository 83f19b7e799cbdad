mod faults;
mod hand;
mod page;
mod stage;

pub use stage::Stage;
