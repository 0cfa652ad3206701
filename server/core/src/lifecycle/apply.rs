//! What an event makes of a case.

use sos_protocol::cover::{Recipient, StepTaken};
use sos_protocol::{AlertId, CaseEvent, DeskId, Disposition, Priority, StaffId, UnixMs};

use super::{Case, Status, Step};

impl Case {
    /// The state after `event`, done by `by` (none: the worker or the service) at `at`.
    pub fn apply(&mut self, event: &CaseEvent, by: Option<StaffId>, at: UnixMs) {
        match (event, by) {
            (CaseEvent::Opened { alert, .. }, _) => {
                self.drill = alert.drill;
                self.pressed(alert.alert_id);
            }
            (CaseEvent::PressedAgain { alert, .. }, _) => {
                self.pressed(alert.alert_id);
                self.unanswered_press = true;
            }
            (CaseEvent::Cancelled { .. }, _) => self.cancelled(at),
            (CaseEvent::Duress { .. }, _) => self.forced(),
            (CaseEvent::Attachment { .. }, _) | (CaseEvent::Message { .. }, None) => self.unread += 1,
            (CaseEvent::Rang { alert_ids }, _) => self.unrung.retain(|id| !alert_ids.contains(id)),
            (CaseEvent::Seen { alert_ids }, _) => {
                self.unseen.retain(|id| !alert_ids.contains(id));
                self.answered();
            }
            (CaseEvent::Message { .. }, Some(_)) => self.answered(),
            (CaseEvent::Note { .. } | CaseEvent::Answered { .. }, _) => self.unanswered_press = false,
            // Reports are of cases that are closed, and change nothing in them.
            (CaseEvent::Delivered { .. } | CaseEvent::Raised { .. } | of_review!(), _) => {}
            (CaseEvent::FixAsked {}, _) => self.fix_asked = Some(at),
            (CaseEvent::Claimed {}, Some(by)) => {
                self.status = Status::Claimed { by, since: at };
                self.unanswered_press = false;
                self.unseen.clear();
                self.assigned = None;
            }
            (CaseEvent::Released { .. } | CaseEvent::Reopened { .. }, _) => {
                self.status = Status::Open;
                self.assigned = None;
            }
            // Assigned to whoever has it: nobody else is asked any more.
            (CaseEvent::Assigned { to, .. }, _) => {
                self.assigned = (!self.is_claimed_by(*to)).then_some((*to, at));
            }
            (CaseEvent::Offered { to, .. }, _) => {
                self.offer = Some((to.clone(), at));
                self.show(to);
            }
            (CaseEvent::Declined { .. } | CaseEvent::Withdrawn { .. }, _) => self.offer = None,
            (CaseEvent::Shared { desk, help, .. }, _) => self.shared(desk, *help),
            (CaseEvent::Transferred { from, to, .. }, _) => self.transferred(from, to),
            (CaseEvent::Prioritised { to, .. }, _) => self.priority = *to,
            (CaseEvent::Tagged { tags }, _) => self.tags.clone_from(tags),
            (CaseEvent::Linked { case_id, .. }, _) => self.links.push(*case_id),
            (CaseEvent::Unlinked { case_id, .. }, _) => self.links.retain(|id| id != case_id),
            (CaseEvent::Escalated { step }, _) => self.escalated(step),
            (CaseEvent::Closed { disposition, summary }, Some(by)) => {
                self.close(Some(by), at, *disposition, summary.clone());
            }
            // Only officers claim and close: `decide` makes no such event for anybody else.
            (CaseEvent::Claimed {} | CaseEvent::Closed { .. }, None) => return,
        }
        if is_step(event) {
            self.version += 1;
            self.last_step = Step { did: event.kind().to_owned(), by, at };
        }
    }

    fn pressed(&mut self, alert: AlertId) {
        self.unrung.push(alert);
        self.unseen.push(alert);
        self.priority = if self.drill { Priority::P3 } else { Priority::P1 };
    }

    fn cancelled(&mut self, at: UnixMs) {
        match (self.drill, self.priority) {
            // Somebody is made to try it out: it ends as any drill does on the phone, and goes on here.
            (true, Priority::P1) => {}
            (true, Priority::P2 | Priority::P3) => self.close(None, at, Disposition::Test, String::new()),
            // The worker may have been made to do it: it is still answered, only less urgently.
            (false, _) => self.priority = Priority::P2,
        }
    }

    /// Also when somebody believed the cancellation, or a false alarm, and has closed it since.
    fn forced(&mut self) {
        self.priority = Priority::P1;
        self.unanswered_press = true;
        if matches!(self.status, Status::Closed { .. }) {
            self.status = Status::Open;
        }
    }

    /// An officer looked, or wrote to the worker.
    fn answered(&mut self) {
        self.unread = 0;
        self.unanswered_press = false;
    }

    /// Nobody is asked to take what is done with.
    fn close(&mut self, by: Option<StaffId>, at: UnixMs, disposition: Disposition, summary: String) {
        self.status = Status::Closed { by, at, disposition, summary };
        self.unanswered_press = false;
        self.offer = None;
        self.assigned = None;
    }

    fn shared(&mut self, desk: &DeskId, help: bool) {
        self.show(desk);
        self.helpers.retain(|helper| helper != desk);
        self.helpers.extend(help.then(|| desk.clone()));
    }

    /// The desk that held it goes on seeing it.
    fn transferred(&mut self, from: &DeskId, to: &DeskId) {
        self.status = Status::Open;
        self.desk = to.clone();
        self.watchers.retain(|desk| desk != to);
        self.helpers.retain(|desk| desk != to);
        self.show(from);
        self.offer = None;
        self.assigned = None;
    }

    fn show(&mut self, desk: &DeskId) {
        if *desk != self.desk && !self.watchers.contains(desk) {
            self.watchers.push(desk.clone());
        }
    }

    /// Desks that are told are shown it, and what its owner left alone rings again.
    fn escalated(&mut self, step: &StepTaken) {
        for recipient in &step.told {
            if let Recipient::Desk { desk_id } = recipient {
                self.show(desk_id);
            }
        }
        self.unanswered_press |= matches!(self.status, Status::Claimed { .. });
    }
}

const fn is_step(event: &CaseEvent) -> bool {
    match event {
        CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Assigned { .. }
        | CaseEvent::Offered { .. }
        | CaseEvent::Declined { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. }
        | CaseEvent::Reopened { .. } => true,
        CaseEvent::Opened { .. }
        | CaseEvent::PressedAgain { .. }
        | CaseEvent::Cancelled { .. }
        | CaseEvent::Duress { .. }
        | CaseEvent::Attachment { .. }
        | CaseEvent::Rang { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Message { .. }
        | CaseEvent::Delivered { .. }
        | CaseEvent::Shared { .. }
        | CaseEvent::Note { .. }
        | CaseEvent::Prioritised { .. }
        | CaseEvent::Tagged { .. }
        | CaseEvent::Answered { .. }
        | CaseEvent::Linked { .. }
        | CaseEvent::Unlinked { .. }
        | CaseEvent::FixAsked {}
        | CaseEvent::Raised { .. }
        | CaseEvent::Escalated { .. }
        | of_review!() => false,
    }
}
