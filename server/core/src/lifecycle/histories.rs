//! Any history of a case: commands of any officers with any versions, between presses, cancellations and messages.

use proptest::prelude::*;
use sos_protocol::cover::{Reach, Recipient, StepTaken};
use sos_protocol::http::Role;
use sos_protocol::limits::LINKS_MAX;
use sos_protocol::{Alert, CaseEvent, MessageId, NoteId};
use uuid::Uuid;

use super::*;
use crate::access::Officer;
use crate::ledger;

const DESKS: [&str; 3] = ["tw", "jp", "kr"];

/// Something happens.
#[derive(Debug, Clone)]
enum Happens {
    /// An officer acts.
    Acts { who: usize, command: Command, version: Version },
    /// The worker presses again.
    Press,
    /// The worker takes the latest press back.
    Cancel,
    /// The worker writes.
    Write,
    /// The phone has stored a message.
    Delivered,
    /// Nobody answers, and a desk is told.
    Escalates(usize),
}

/// What a command says it saw.
#[derive(Debug, Clone, Copy)]
enum Version {
    Present,
    Older(u32),
    Newer(u32),
    Unsaid,
}

/// An entry of the ledger, as `Case::apply` takes it.
type Entry = (CaseEvent, Option<StaffId>, UnixMs);

fn staff() -> Vec<Officer> {
    let officer = |n, role, desk: Option<&str>| Officer {
        id: StaffId(Uuid::from_u128(n)),
        role,
        desk: desk.map(DeskId::from),
        names: true,
    };
    vec![
        officer(1, Role::Dispatcher, Some("tw")),
        officer(2, Role::Dispatcher, Some("tw")),
        officer(3, Role::Supervisor, Some("tw")),
        officer(4, Role::Dispatcher, Some("jp")),
        officer(5, Role::Supervisor, Some("jp")),
        officer(6, Role::Dispatcher, None),
        officer(7, Role::DutyOfficer, None),
        officer(8, Role::Reviewer, None),
        officer(9, Role::Administrator, None),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    let reason = || prop::option::of("[a-z]{0,3}");
    let disposition = prop_oneof![Just(Disposition::Resolved), Just(Disposition::Duplicate)];
    let id = || any::<u128>().prop_map(Uuid::from_u128);
    prop_oneof![
        4 => Just(Command::Claim),
        2 => reason().prop_map(|reason| Command::Release { reason }),
        2 => (0..DESKS.len(), reason())
            .prop_map(|(to, reason)| Command::Transfer { to: DESKS[to].into(), reason }),
        3 => (disposition, "[a-z]{1,3}").prop_map(|(disposition, summary)| Command::Close { disposition, summary }),
        2 => reason().prop_map(|reason| Command::Reopen { reason }),
        1 => Just(Command::Rang),
        2 => Just(Command::Seen),
        1 => id().prop_map(|id| Command::Message { message_id: MessageId(id), text: "a".into() }),
        1 => id().prop_map(|id| Command::Note { note_id: NoteId(id), text: "b".into() }),
        9 => any_command_at_work(),
    ]
}

fn any_command_at_work() -> impl Strategy<Value = Command> {
    let reason = || prop::option::of("[a-z]{0,3}");
    let desk = || (0..DESKS.len()).prop_map(|n| DeskId::from(DESKS[n]));
    let priority = prop_oneof![Just(Priority::P1), Just(Priority::P2), Just(Priority::P3)];
    // One of few, so that they meet again; 7 is the case itself.
    let other = || (5..9_u128).prop_map(|n| CaseId(Uuid::from_u128(n)));
    let no = || "[0-9]{1,2}";
    prop_oneof![
        4 => (1..6_u128).prop_map(|n| Command::Assign { to: StaffId(Uuid::from_u128(n)), name: "c".into() }),
        4 => Just(Command::Take),
        2 => reason().prop_map(|reason| Command::Decline { reason }),
        1 => Just(Command::Withdraw),
        3 => (desk(), any::<bool>(), reason())
            .prop_map(|(desk, help, reason)| Command::Share { desk, help, reason }),
        2 => (priority, reason()).prop_map(|(to, reason)| Command::Prioritise { to, reason }),
        2 => prop::collection::vec("[a-c]", 0..2).prop_map(|tags| Command::Tag { tags }),
        1 => Just(Command::Answer { question: "q".into(), text: "d".into() }),
        2 => (other(), no()).prop_map(|(case_id, case_no)| Command::Link { case_id, case_no }),
        1 => (other(), no()).prop_map(|(case_id, case_no)| Command::Unlink { case_id, case_no }),
        1 => (other(), no())
            .prop_map(|(into, into_no)| Command::Merge { into, into_no, summary: "e".into() }),
        2 => (0..100_000_i64).prop_map(|ms| Command::AskFix { at: UnixMs(ms) }),
        1 => reason().prop_map(|reason| Command::Raise { reason }),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Happens>> {
    let version = prop_oneof![
        6 => Just(Version::Present),
        1 => (1..4_u32).prop_map(Version::Older),
        1 => (1..4_u32).prop_map(Version::Newer),
        1 => Just(Version::Unsaid),
    ];
    let acts = (0..staff().len(), any_command(), version).prop_map(|(who, command, version)| Happens::Acts {
        who,
        command,
        version,
    });
    let happens = prop_oneof![
        8 => acts,
        1 => Just(Happens::Press),
        1 => Just(Happens::Cancel),
        1 => Just(Happens::Write),
        1 => Just(Happens::Delivered),
        1 => (0..DESKS.len()).prop_map(Happens::Escalates),
    ];
    prop::collection::vec(happens, 0..80)
}

fn alert(n: u128) -> Alert {
    Alert {
        alert_id: AlertId(Uuid::from_u128(n)),
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: Some("cứu tôi".into()),
        battery_pct: None,
        drill: false,
    }
}

fn opened() -> Case {
    let first = alert(1).alert_id;
    Case {
        id: CaseId(Uuid::from_u128(7)),
        version: 1,
        status: Status::Open,
        priority: Priority::P1,
        unanswered_press: false,
        desk: "tw".into(),
        watchers: vec!["kr".into()],
        helpers: vec![],
        assigned: None,
        offer: None,
        fix_asked: None,
        tags: vec![],
        links: vec![],
        unrung: vec![first],
        unseen: vec![first],
        unread: 0,
        last_step: Step { did: "opened".into(), by: None, at: UnixMs(0) },
        drill: false,
    }
}

/// A case, with everything that was written down of it.
struct History {
    case: Case,
    entries: Vec<Entry>,
    presses: u128,
}

impl History {
    fn happens(&mut self, what: Happens) -> Result<(), TestCaseError> {
        let latest = alert(self.presses).alert_id;
        let id = MessageId(Uuid::from_u128(self.entries.len() as u128));
        match what {
            Happens::Acts { who, command, version } => return self.acts(&staff()[who], command, version),
            // Whoever presses when the case is closed opens another one.
            Happens::Press if self.case.status.state() == CaseState::Closed => {}
            Happens::Press => {
                self.presses += 1;
                self.write_down(
                    CaseEvent::PressedAgain {
                        alert: alert(self.presses),
                        received_at_ms: UnixMs(1),
                        unverified: None,
                        sms_from: None,
                        dropped: vec![],
                        emergency: None,
                        waited_ms: None,
                    },
                    None,
                );
            }
            Happens::Cancel => self.write_down(CaseEvent::Cancelled { alert_id: latest }, None),
            Happens::Write => self.write_down(CaseEvent::Message { message_id: id, text: "c".into() }, None),
            Happens::Delivered => self.write_down(CaseEvent::Delivered { message_ids: vec![id] }, None),
            Happens::Escalates(desk) => self.write_down(escalated(desk), None),
        }
        Ok(())
    }

    fn write_down(&mut self, event: CaseEvent, by: Option<StaffId>) {
        let at = UnixMs(i64::try_from(self.entries.len()).unwrap() + 1);
        self.case.apply(&event, by, at);
        self.entries.push((event, by, at));
    }

    fn acts(&mut self, who: &Officer, command: Command, version: Version) -> Result<(), TestCaseError> {
        let (before, old) = (self.case.clone(), self.entries.len());
        let seen = match version {
            Version::Present => Some(before.version),
            Version::Older(by) => Some(before.version.saturating_sub(by)),
            Version::Newer(by) => Some(before.version + by),
            Version::Unsaid => None,
        };
        match decide(&self.case, command.clone(), who, seen) {
            Err(refusal) => {
                prop_assert!(is_reason(&refusal, &before, &command, who, seen), "{refusal:?} to {command:?}");
            }
            Ok(events) => {
                // What is so already is told to whoever may say it at all, whatever version they saw, whoever has it.
                let bars = |refusal: &Refusal| match refusal {
                    _ if !events.is_empty() => true,
                    Refusal::Hidden => true,
                    Refusal::Forbidden => !is_of_desk(&before, &command, who),
                    _ => false,
                };
                let reason =
                    reasons().into_iter().find(|r| bars(r) && is_reason(r, &before, &command, who, seen));
                prop_assert!(reason.is_none(), "{command:?} in spite of {reason:?}");
                let said: Vec<&str> = events.iter().map(CaseEvent::kind).collect();
                prop_assert!(is_said(&command, &before, who, &said), "{command:?}: {said:?}");
                events.into_iter().for_each(|event| self.write_down(event, Some(who.id)));
            }
        }
        let written = &self.entries[old..];
        let steps = written.iter().filter(|(event, ..)| STEPS.contains(&event.kind())).count();
        prop_assert_eq!((self.case.version - before.version) as usize, steps, "a version for every step");
        let moved = self.case.status != before.status || self.case.desk != before.desk;
        prop_assert!(
            !moved || (steps > 0 && is_way(&before, &self.case, &command)),
            "{before:?} {command:?}"
        );
        if steps == 0 {
            prop_assert_eq!(&self.case.last_step, &before.last_step);
        } else {
            prop_assert_eq!(self.case.last_step.by, Some(who.id));
        }
        Ok(())
    }
}

/// Kinds of entries that make the next version.
const STEPS: [&str; 9] = [
    "claimed",
    "released",
    "assigned",
    "offered",
    "declined",
    "withdrawn",
    "transferred",
    "closed",
    "reopened",
];

fn escalated(desk: usize) -> CaseEvent {
    let told = vec![Recipient::Desk { desk_id: DESKS[desk].into() }];
    let step = StepTaken {
        run: 1,
        round: 0,
        step: 1,
        claimed: false,
        reach: Reach::Targets,
        told,
        is_past_repeats: false,
    };
    CaseEvent::Escalated { step }
}

fn reasons() -> Vec<Refusal> {
    let illegal = [CaseState::Open, CaseState::Claimed, CaseState::Closed].map(Refusal::Illegal);
    let same = [Refusal::SameDesk, Refusal::SameCase, Refusal::TooMany];
    [Refusal::Hidden, Refusal::Forbidden, Refusal::Stale].into_iter().chain(same).chain(illegal).collect()
}

/// What is written down of a command that is not refused.
fn is_said(command: &Command, before: &Case, who: &Officer, said: &[&str]) -> bool {
    let is_one_of = |kinds: &[&str]| matches!(said, [one] if kinds.contains(one));
    let is_owner = |staff: StaffId| owner(before) == Some(staff);
    match command {
        Command::Transfer { to, .. } => match &before.offer {
            Some((desk, _)) if desk == to => said.is_empty(),
            Some(_) => said == ["withdrawn", "offered"],
            None => said == ["offered"],
        },
        Command::Take => said == ["transferred", "claimed"] || (is_owner(who.id) && said.is_empty()),
        Command::Merge { into, .. } if before.links.contains(into) => said == ["closed"],
        Command::Merge { .. } => said == ["linked", "closed"],
        Command::Claim if is_owner(who.id) => said.is_empty(),
        Command::Claim => said == ["claimed"],
        Command::Assign { to, .. } if *to == who.id && !is_owner(*to) => {
            said == ["claimed"] || (said.is_empty() && before.assigned.is_some_and(|(asked, _)| asked == *to))
        }
        Command::Assign { to, .. } => {
            let asked = before.assigned.map(|(staff, _)| staff);
            let is_so = if is_owner(*to) { asked.is_none() } else { asked == Some(*to) };
            if is_so { said.is_empty() } else { said == ["assigned"] }
        }
        Command::Release { .. } => said == ["released"],
        Command::Decline { .. } => is_one_of(&["declined"]) || (said.is_empty() && before.offer.is_none()),
        Command::Withdraw => said == ["withdrawn"],
        Command::Close { .. } => said == ["closed"],
        Command::Reopen { .. } => said == ["reopened"],
        Command::Message { .. } => said == ["message"],
        Command::Note { .. } => said == ["note"],
        Command::Answer { .. } => said == ["answered"],
        Command::Raise { .. } => said == ["raised"],
        Command::Share { .. } => said.is_empty() || said == ["shared"],
        Command::Prioritise { to, .. } => said.is_empty() == (before.priority == *to) && said.len() <= 1,
        Command::Tag { tags } => said.is_empty() == (before.tags == *tags) && said.len() <= 1,
        Command::Link { case_id, .. } => said.is_empty() == before.links.contains(case_id) && said.len() <= 1,
        Command::Unlink { case_id, .. } => {
            said.is_empty() != before.links.contains(case_id) && said.len() <= 1
        }
        Command::AskFix { .. } => said.is_empty() || said == ["fix_asked"],
        Command::Rang | Command::Seen => said.len() <= 1,
    }
}

fn owner(case: &Case) -> Option<StaffId> {
    match case.status {
        Status::Claimed { by, .. } => Some(by),
        Status::Open | Status::Closed { .. } => None,
    }
}

/// Whether a refusal says what is so: the rules, once more and in other words.
fn is_reason(refusal: &Refusal, case: &Case, command: &Command, who: &Officer, seen: Option<u32>) -> bool {
    let at = |desks: &[DeskId]| who.desk.as_ref().is_some_and(|desk| desks.contains(desk));
    let works = matches!(who.role, Role::Dispatcher | Role::Supervisor | Role::DutyOfficer);
    let sees = match who.role {
        Role::DutyOfficer | Role::Reviewer => true,
        Role::Dispatcher | Role::Supervisor => at(std::slice::from_ref(&case.desk)) || at(&case.watchers),
        Role::Administrator => false,
    };
    let state = case.status.state();
    match refusal {
        Refusal::Hidden => !sees,
        Refusal::Forbidden => sees && !(works && is_theirs_to_say(case, command, who)),
        Refusal::Stale => seen.is_some_and(|seen| seen != case.version),
        Refusal::SameDesk => match command {
            Command::Transfer { to: desk, .. } | Command::Share { desk, .. } => *desk == case.desk,
            _ => false,
        },
        Refusal::SameCase => match command {
            Command::Link { case_id: other, .. } | Command::Merge { into: other, .. } => *other == case.id,
            _ => false,
        },
        Refusal::TooMany => case.links.len() >= LINKS_MAX,
        Refusal::Illegal(said) => *said == state && !is_possible(case, command, who),
    }
}

/// Whether one who sees the case and works cases may give this command.
fn is_theirs_to_say(case: &Case, command: &Command, who: &Officer) -> bool {
    let is_answerer = matches!(who.role, Role::DutyOfficer | Role::Supervisor);
    let owns = owner(case).is_none_or(|by| by == who.id || is_answerer);
    let is_asked = case.assigned.is_some_and(|(to, _)| to == who.id);
    let says = match command {
        Command::Assign { to, .. } => owns || (is_asked && *to == who.id),
        Command::Release { .. }
        | Command::Transfer { .. }
        | Command::Withdraw
        | Command::Merge { .. }
        | Command::Close { .. } => owns,
        _ => true,
    };
    says && is_of_desk(case, command, who)
}

/// Whether it is said where it may be.
fn is_of_desk(case: &Case, command: &Command, who: &Officer) -> bool {
    let everywhere = who.role == Role::DutyOfficer;
    let is_of = |desk: &DeskId| who.desk.as_ref() == Some(desk);
    let holds = everywhere || is_of(&case.desk);
    let is_offered = everywhere || case.offer.as_ref().is_some_and(|(desk, _)| is_of(desk));
    match command {
        Command::Message { .. }
        | Command::Note { .. }
        | Command::Tag { .. }
        | Command::Answer { .. }
        | Command::AskFix { .. } => holds || case.helpers.iter().any(is_of),
        // Again, by whoever has taken or declined it.
        Command::Take => is_offered || (holds && case.offer.is_none() && owner(case) == Some(who.id)),
        Command::Decline { .. } => {
            is_offered
                || (case.last_step.did == "declined"
                    && case.last_step.by == Some(who.id)
                    && case.offer.is_none())
        }
        _ => holds,
    }
}

fn is_possible(case: &Case, command: &Command, who: &Officer) -> bool {
    let state = case.status.state();
    let is_asked = case.assigned.is_some_and(|(to, _)| to == who.id);
    match command {
        Command::Claim => state == CaseState::Open || (state == CaseState::Claimed && is_asked),
        Command::Release { .. } | Command::Close { .. } => state == CaseState::Claimed,
        Command::Transfer { .. }
        | Command::Assign { .. }
        | Command::Merge { .. }
        | Command::Prioritise { .. }
        | Command::Raise { .. }
        | Command::AskFix { .. } => state != CaseState::Closed,
        Command::Take | Command::Decline { .. } | Command::Withdraw => case.offer.is_some(),
        Command::Reopen { .. } => state == CaseState::Closed,
        _ => true,
    }
}

/// Whether a command may lead from there to here.
fn is_way(from: &Case, to: &Case, command: &Command) -> bool {
    let is_same_desk = from.desk == to.desk;
    match (from.status.state(), to.status.state()) {
        (CaseState::Open | CaseState::Claimed, CaseState::Claimed) => match command {
            Command::Claim | Command::Assign { .. } => is_same_desk,
            Command::Take => from.offer.as_ref().map(|(desk, _)| desk) == Some(&to.desk),
            _ => false,
        },
        (CaseState::Claimed, CaseState::Closed) => {
            is_same_desk && matches!(command, Command::Close { .. } | Command::Merge { .. })
        }
        (CaseState::Open, CaseState::Closed) => is_same_desk && matches!(command, Command::Merge { .. }),
        (CaseState::Claimed, CaseState::Open) => is_same_desk && matches!(command, Command::Release { .. }),
        (CaseState::Closed, CaseState::Open) => is_same_desk && matches!(command, Command::Reopen { .. }),
        (CaseState::Open, CaseState::Open) | (CaseState::Closed, CaseState::Claimed | CaseState::Closed) => {
            false
        }
    }
}

/// Unclaimed; or pressed again, or left alone for too long, since somebody claimed, looked or wrote: read from the
/// entries alone.
fn rings(entries: &[Entry]) -> bool {
    let state = |entries: &[Entry]| {
        let state = entries.iter().rev().find_map(|(event, ..)| match event {
            CaseEvent::Claimed {} => Some(CaseState::Claimed),
            CaseEvent::Closed { .. } => Some(CaseState::Closed),
            CaseEvent::Released { .. } | CaseEvent::Reopened { .. } | CaseEvent::Transferred { .. } => {
                Some(CaseState::Open)
            }
            _ => None,
        });
        state.unwrap_or(CaseState::Open)
    };
    let is_answer = |(event, by, _): &Entry| match event {
        CaseEvent::Claimed {} | CaseEvent::Seen { .. } => true,
        CaseEvent::Note { .. } | CaseEvent::Answered { .. } | CaseEvent::Closed { .. } => true,
        CaseEvent::Message { .. } => by.is_some(),
        _ => false,
    };
    let since = entries.iter().rposition(is_answer).map_or(0, |at| at + 1);
    let called = (since..entries.len()).any(|at| match entries[at].0 {
        CaseEvent::PressedAgain { .. } => true,
        CaseEvent::Escalated { .. } => state(&entries[..at]) == CaseState::Claimed,
        _ => false,
    });
    match state(entries) {
        CaseState::Open => true,
        CaseState::Claimed => called,
        CaseState::Closed => false,
    }
}

/// Messages of the worker since an officer last looked or wrote, and how urgent it is: from the entries alone.
fn unread_and_priority(entries: &[Entry]) -> (usize, Priority) {
    let answered = |(event, by, _): &&Entry| match event {
        CaseEvent::Seen { .. } => true,
        CaseEvent::Message { .. } => by.is_some(),
        _ => false,
    };
    let since = entries.iter().rev().take_while(|entry| !answered(entry));
    let unread = since.filter(|(event, ..)| matches!(event, CaseEvent::Message { .. })).count();
    let said = entries.iter().rev().find_map(|(event, ..)| match event {
        CaseEvent::PressedAgain { .. } => Some(Priority::P1),
        CaseEvent::Cancelled { .. } => Some(Priority::P2),
        CaseEvent::Prioritised { to, .. } => Some(*to),
        _ => None,
    });
    (unread, said.unwrap_or(Priority::P1))
}

/// Whom it waits for, by the entries alone: the officer who was asked to take it, the desk that it is offered to.
fn asked_and_offered(entries: &[Entry]) -> (Option<StaffId>, Option<DeskId>) {
    let asked = entries.iter().enumerate().rev().find_map(|(at, (event, ..))| match event {
        CaseEvent::Assigned { to, .. } => Some(Some(*to).filter(|to| has_it(&entries[..at]) != Some(*to))),
        CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. } => Some(None),
        _ => None,
    });
    let offered = entries.iter().rev().find_map(|(event, ..)| match event {
        CaseEvent::Offered { to, .. } => Some(Some(to.clone())),
        CaseEvent::Declined { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. } => Some(None),
        _ => None,
    });
    (asked.flatten(), offered.flatten())
}

fn has_it(entries: &[Entry]) -> Option<StaffId> {
    let last = entries.iter().rev().find_map(|(event, by, _)| match event {
        CaseEvent::Claimed {} => Some(*by),
        CaseEvent::Released { .. } | CaseEvent::Transferred { .. } | CaseEvent::Closed { .. } => Some(None),
        _ => None,
    });
    last.flatten()
}

/// Its links, sorted, by the entries alone: the last word on each holds.
fn links(entries: &[Entry]) -> Vec<CaseId> {
    let mut links = std::collections::BTreeMap::new();
    for (event, ..) in entries {
        match event {
            CaseEvent::Linked { case_id, .. } => drop(links.insert(*case_id, true)),
            CaseEvent::Unlinked { case_id, .. } => drop(links.insert(*case_id, false)),
            _ => {}
        }
    }
    links.into_iter().filter_map(|(id, is_linked)| is_linked.then_some(id)).collect()
}

/// The case that entries make of an opened one, read back from the rows that a store holds; with the worker's key
/// erased, if so wished.
fn replayed(entries: &[Entry], erased: bool) -> Case {
    let mut case = opened();
    for (event, by, at) in entries {
        let (facts, personal) = ledger::split(event);
        let personal = personal.filter(|_| !erased);
        let event = ledger::join(&facts, personal.as_deref(), ledger::ref_id(event)).unwrap();
        case.apply(&event, *by, *at);
    }
    case
}

fn without_words(mut case: Case) -> Case {
    if let Status::Closed { summary, .. } = &mut case.status {
        summary.clear();
    }
    case.tags.clear();
    case
}

fn sorted<T: Ord + Clone>(list: &[T]) -> Vec<T> {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    sorted
}

fn distinct<T: Ord + Clone>(list: &[T]) -> bool {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len() == list.len()
}

proptest! {
    #[test]
    fn any_history_follows_the_rules(history in any_history()) {
        let mut told = History { case: opened(), entries: vec![], presses: 1 };
        for what in history {
            told.happens(what)?;
            let case = &told.case;
            prop_assert_eq!(case.ringing(), rings(&told.entries));
            let (unread, priority) = unread_and_priority(&told.entries);
            prop_assert_eq!((usize::try_from(case.unread).unwrap(), case.priority), (unread, priority));
            prop_assert!(!case.watchers.contains(&case.desk) && distinct(&case.watchers));
            prop_assert!(case.helpers.iter().all(|desk| case.watchers.contains(desk)) && distinct(&case.helpers));
            let (asked, offered) = asked_and_offered(&told.entries);
            prop_assert_eq!(case.assigned.map(|(to, _)| to), asked);
            prop_assert_eq!(case.offer.as_ref().map(|(desk, _)| desk), offered.as_ref());
            prop_assert!(offered.is_none_or(|desk| case.watchers.contains(&desk)), "it is shown what it is to take");
            prop_assert_eq!(sorted(&case.links), links(&told.entries));
            let tagged = told.entries.iter().rev().find_map(|(event, ..)| match event {
                CaseEvent::Tagged { tags } => Some(tags.clone()),
                _ => None,
            });
            prop_assert_eq!(&case.tags, &tagged.unwrap_or_default());
            prop_assert!(distinct(&case.unrung) && distinct(&case.unseen));
            let known = |id: &AlertId| (1..=told.presses).contains(&id.0.as_u128());
            prop_assert!(case.unrung.iter().chain(&case.unseen).all(known));
        }
        prop_assert_eq!(&replayed(&told.entries, false), &told.case);
        prop_assert_eq!(without_words(replayed(&told.entries, true)), without_words(told.case));
    }
}
