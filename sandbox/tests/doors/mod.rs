mod faults;
mod hand;
mod page;
mod rough;
mod stage;

pub use stage::Stage;
