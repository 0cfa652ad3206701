//! Any history of a case: commands of any officers with any versions, between presses, cancellations and messages.

use proptest::prelude::*;
use sos_protocol::Alert;
use uuid::Uuid;

use super::*;
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
                    },
                    None,
                );
            }
            Happens::Cancel => self.write_down(CaseEvent::Cancelled { alert_id: latest }, None),
            Happens::Write => self.write_down(CaseEvent::Message { message_id: id, text: "c".into() }, None),
            Happens::Delivered => self.write_down(CaseEvent::Delivered { message_ids: vec![id] }, None),
        }
        Ok(())
    }

    fn write_down(&mut self, event: CaseEvent, by: Option<StaffId>) {
        let at = UnixMs(i64::try_from(self.entries.len()).unwrap() + 1);
        self.case.apply(&event, by, at);
        self.entries.push((event, by, at));
    }

    fn acts(&mut self, who: &Officer, command: Command, version: Version) -> Result<(), TestCaseError> {
        let before = self.case.clone();
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
                // What is so already is told to whoever may know, whatever version they saw.
                let bars =
                    |r: &Refusal| !events.is_empty() || matches!(r, Refusal::Hidden | Refusal::Forbidden);
                let reason =
                    reasons().into_iter().find(|r| bars(r) && is_reason(r, &before, &command, who, seen));
                prop_assert!(reason.is_none(), "{command:?} in spite of {reason:?}");
                prop_assert!(events.len() <= 1);
                events.into_iter().for_each(|event| self.write_down(event, Some(who.id)));
            }
        }
        let grown = self.case.version - before.version;
        let moved = self.case.status != before.status || self.case.desk != before.desk;
        prop_assert_eq!(grown, u32::from(moved), "a version for every step, and for nothing else");
        prop_assert_eq!(self.case.last_step != before.last_step, moved);
        prop_assert!(
            !moved || is_way(&before.status, &self.case.status),
            "{:?} to {:?}",
            before,
            self.case.status
        );
        prop_assert!(!moved || self.case.last_step.by == Some(who.id));
        Ok(())
    }
}

fn reasons() -> Vec<Refusal> {
    let illegal = [CaseState::Open, CaseState::Claimed, CaseState::Closed].map(Refusal::Illegal);
    [Refusal::Hidden, Refusal::Forbidden, Refusal::Stale, Refusal::SameDesk]
        .into_iter()
        .chain(illegal)
        .collect()
}

/// Whether a refusal says what is so: the rules, once more and in other words.
fn is_reason(refusal: &Refusal, case: &Case, command: &Command, who: &Officer, seen: Option<u32>) -> bool {
    let works = matches!(who.role, Role::Dispatcher | Role::Supervisor | Role::DutyOfficer);
    let everywhere = matches!(who.role, Role::DutyOfficer | Role::Reviewer);
    let at_desk = works && who.desk.as_ref() == Some(&case.desk);
    let watches = works && who.desk.as_ref().is_some_and(|desk| case.watchers.contains(desk));
    let answers_for_desk = matches!(who.role, Role::Supervisor | Role::DutyOfficer);
    let not_theirs = match (&case.status, command) {
        (
            Status::Claimed { by, .. },
            Command::Release { .. } | Command::Transfer { .. } | Command::Close { .. },
        ) => *by != who.id && !answers_for_desk,
        _ => false,
    };
    let state = case.status.state();
    match refusal {
        Refusal::Hidden => !everywhere && !at_desk && !watches,
        Refusal::Forbidden => who.role == Role::Reviewer || (watches && !at_desk) || not_theirs,
        Refusal::Stale => seen.is_some_and(|seen| seen != case.version),
        Refusal::SameDesk => matches!(command, Command::Transfer { to, .. } if *to == case.desk),
        Refusal::Illegal(said) => *said == state && !is_possible(command, state),
    }
}

fn is_possible(command: &Command, state: CaseState) -> bool {
    match command {
        Command::Claim => state == CaseState::Open,
        Command::Release { .. } | Command::Close { .. } => state == CaseState::Claimed,
        Command::Transfer { .. } => state != CaseState::Closed,
        Command::Reopen { .. } => state == CaseState::Closed,
        Command::Message { .. } | Command::Note { .. } | Command::Rang | Command::Seen => true,
    }
}

fn is_way(from: &Status, to: &Status) -> bool {
    match (from.state(), to.state()) {
        (CaseState::Open, CaseState::Open | CaseState::Claimed)
        | (CaseState::Claimed, CaseState::Open | CaseState::Closed)
        | (CaseState::Closed, CaseState::Open) => true,
        (CaseState::Open, CaseState::Closed)
        | (CaseState::Claimed, CaseState::Claimed)
        | (CaseState::Closed, CaseState::Claimed | CaseState::Closed) => false,
    }
}

/// Unclaimed, or pressed again since somebody claimed or looked: read from the entries alone.
fn rings(entries: &[Entry]) -> bool {
    let state = entries.iter().rev().find_map(|(event, ..)| match event {
        CaseEvent::Claimed {} => Some(CaseState::Claimed),
        CaseEvent::Closed { .. } => Some(CaseState::Closed),
        CaseEvent::Released { .. } | CaseEvent::Reopened { .. } | CaseEvent::Transferred { .. } => {
            Some(CaseState::Open)
        }
        _ => None,
    });
    let after_answer = entries
        .iter()
        .rev()
        .take_while(|(event, ..)| !matches!(event, CaseEvent::Claimed {} | CaseEvent::Seen { .. }));
    let pressed = after_answer.into_iter().any(|(event, ..)| matches!(event, CaseEvent::PressedAgain { .. }));
    match state.unwrap_or(CaseState::Open) {
        CaseState::Open => true,
        CaseState::Claimed => pressed,
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
    let worker = entries.iter().rev().find_map(|(event, ..)| match event {
        CaseEvent::PressedAgain { .. } => Some(Priority::P1),
        CaseEvent::Cancelled { .. } => Some(Priority::P2),
        _ => None,
    });
    (unread, worker.unwrap_or(Priority::P1))
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
    case
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
            prop_assert!(distinct(&case.unrung) && distinct(&case.unseen));
            let known = |id: &AlertId| (1..=told.presses).contains(&id.0.as_u128());
            prop_assert!(case.unrung.iter().chain(&case.unseen).all(known));
        }
        prop_assert_eq!(&replayed(&told.entries, false), &told.case);
        prop_assert_eq!(without_words(replayed(&told.entries, true)), without_words(told.case));
    }
}
