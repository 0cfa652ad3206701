//! From what phones said to cases: what a batch changes, given what the store knows. No SQL, no clock.

mod case_record;
mod case_view;
mod changes;
mod decide;
mod inbound;
#[cfg(test)]
mod tests;

pub use case_record::{AlertRecord, CaseRecord, first_fix, measured_at, newer};
pub use case_view::{CaseView, case_no};
pub use changes::{By, Changes, Draft};
pub use decide::{Decided, EARLY_MS_MAX, Known, Lookup, NoDesks, Unplaced, decide};
pub use inbound::{DeviceState, Inbound, Item, Origin};
