mod faults;
mod hand;
mod stage;

pub use stage::Stage;
