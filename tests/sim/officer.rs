//! What officers do: commands over HTTP, decided by the real rules.

use sos_core::lifecycle::Command;
use sos_protocol::{CaseId, Disposition, MessageId, NoteId};

use crate::node::POSTGRES_MS_MAX;
use crate::postgres::{Postgres, Refused};
use crate::world::World;

/// Wait for another transaction's lock, in milliseconds.
const LOCKED_MS: u64 = 100;

impl World {
    /// An officer does something with one of the cases on the screen.
    pub(crate) fn officer_acts(&mut self) {
        let console = self.below(self.consoles.len());
        let Some(case) = self.some_case(console) else { return };
        let version = self.consoles[console].cases[&case].version;
        let reason = None;
        let (command, races) = match self.below(12) {
            0..=2 => (Command::Claim, true),
            3 => (Command::Seen, false),
            4 => (Command::Close { disposition: Disposition::Resolved, summary: "xong".into() }, true),
            5 => (Command::Message { message_id: MessageId(self.some_uuid()), text: "?".into() }, false),
            6 => (Command::Note { note_id: NoteId(self.some_uuid()), text: "!".into() }, false),
            7 => (Command::Reopen { reason }, true),
            8 => (Command::Transfer { to: "jp".into(), reason }, true),
            9 => (Command::Take, true),
            10 if self.chance(50) => (Command::Decline { reason }, true),
            10 => (Command::Withdraw, true),
            _ => (Command::Release { reason }, true),
        };
        self.command(console, case, races.then_some(version), command.clone());
        // An answer that was lost makes an officer press again.
        if self.chance(20) {
            self.after(300, move |world| {
                world.command(console, case, races.then_some(version), command);
            });
        }
    }

    pub(crate) fn command(&mut self, console: usize, case: CaseId, version: Option<u32>, command: Command) {
        let node = self.below(self.nodes.len());
        if !self.nodes[node].alive {
            return;
        }
        let (officer, now) = (self.consoles[console].officer.clone(), self.time());
        let (again, name) = (command.clone(), self.consoles[console].name.clone());
        let change = move |pg: &mut Postgres, ms| pg.command(&officer, case, version, command, (ms, now));
        self.call(node, POSTGRES_MS_MAX, change, move |world, done| {
            world.tell(|| format!("{name}: {again:?} of {case}: {done:?}"));
            if done == Ok(Err(Refused::Locked)) {
                world.after(LOCKED_MS, move |world| world.command(console, case, version, again));
            }
        });
    }
}
