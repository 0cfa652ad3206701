//! Stories against the real service, and the corpora of its decoders.

mod administration;
mod attachments;
mod bad_input;
mod bridge;
mod cards;
mod case_files;
mod channels;
mod check_ins;
mod checkpoints;
mod console;
mod decoders;
mod drills;
mod enrolment;
mod escalation;
mod figures;
mod late_and_odd;
mod once;
mod permissions;
mod pins;
mod push;
mod reports;
mod sms;
mod sos_path;
mod stores_away;
mod swarm;
mod work;
