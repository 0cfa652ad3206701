use sos_protocol::CaseEvent;
use sos_protocol::http::Role;
use uuid::Uuid;

use super::*;
use crate::access::{self, Officer};

const NOW: UnixMs = UnixMs(1_000);

fn officer(n: u128, role: Role, desk: &str) -> Officer {
    Officer { id: StaffId(Uuid::from_u128(n)), role, desk: Some(desk.into()), names: true }
}

fn lan() -> Officer {
    officer(1, Role::Dispatcher, "tw")
}

fn minh() -> Officer {
    officer(2, Role::Dispatcher, "tw")
}

fn case() -> Case {
    let alert = AlertId(Uuid::from_u128(9));
    Case {
        id: CaseId(Uuid::from_u128(7)),
        version: 1,
        status: Status::Open,
        priority: Priority::P1,
        unanswered_press: false,
        desk: "tw".into(),
        watchers: vec![],
        helpers: vec![],
        assigned: None,
        offer: None,
        fix_asked: None,
        tags: vec![],
        links: vec![],
        unrung: vec![alert],
        unseen: vec![alert],
        unread: 0,
        last_step: Step { did: "opened".into(), by: None, at: NOW },
        drill: false,
    }
}

fn bare(alert_id: AlertId) -> sos_protocol::Alert {
    sos_protocol::Alert {
        alert_id,
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: None,
        battery_pct: None,
        drill: false,
    }
}

fn nowhere() -> sos_protocol::RoutingView {
    sos_protocol::RoutingView {
        basis: sos_protocol::RoutingBasis::Nothing,
        country: None,
        others: vec![],
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    }
}

fn run(case: &mut Case, command: Command, by: &Officer, version: Option<u32>) -> Result<usize, Refusal> {
    let events = decide(case, command, by, version)?;
    for event in &events {
        case.apply(event, Some(by.id), NOW);
    }
    Ok(events.len())
}

fn close() -> Command {
    Command::Close { disposition: Disposition::Resolved, summary: "xong".into() }
}

#[test]
fn of_two_claims_one_wins_and_the_other_is_stale() {
    let mut case = case();
    assert_eq!(run(&mut case, Command::Claim, &lan(), Some(1)), Ok(1));
    assert_eq!(run(&mut case, Command::Claim, &minh(), Some(1)), Err(Refusal::Stale));
    assert_eq!(run(&mut case, Command::Claim, &minh(), Some(2)), Err(Refusal::Illegal(CaseState::Claimed)));
    assert_eq!(case.last_step.by, Some(lan().id));
    // Her own repeat, after a lost answer, is no conflict.
    assert_eq!(run(&mut case, Command::Claim, &lan(), Some(1)), Ok(0));
}

#[test]
fn it_rings_until_answered_and_again_after_a_second_press() {
    let mut case = case();
    assert!(case.ringing());
    run(&mut case, Command::Claim, &lan(), Some(1)).unwrap();
    assert!(!case.ringing());
    let alert = bare(AlertId(Uuid::from_u128(10)));
    let again = CaseEvent::PressedAgain {
        alert,
        received_at_ms: NOW,
        unverified: None,
        sms_from: None,
        dropped: vec![],
        emergency: None,
        waited_ms: None,
    };
    case.apply(&again, None, NOW);
    assert!(case.ringing());
    assert_eq!(case.version, 2, "the worker's press refuses no officer");
    run(&mut case, Command::Seen, &lan(), None).unwrap();
    assert!(!case.ringing());
}

#[test]
fn only_a_claimed_case_is_closed_and_only_by_its_owner_or_the_supervisor() {
    let mut case = case();
    assert_eq!(run(&mut case, close(), &lan(), Some(1)), Err(Refusal::Illegal(CaseState::Open)));
    run(&mut case, Command::Claim, &lan(), Some(1)).unwrap();
    assert_eq!(run(&mut case, close(), &minh(), Some(2)), Err(Refusal::Forbidden));
    assert_eq!(run(&mut case, close(), &officer(3, Role::Supervisor, "tw"), Some(2)), Ok(1));
    assert_eq!(run(&mut case, Command::Reopen { reason: None }, &minh(), Some(3)), Ok(1));
    assert!(case.ringing());
}

fn hoa() -> Officer {
    officer(4, Role::Dispatcher, "jp")
}

fn ministry() -> Officer {
    Officer { id: StaffId(Uuid::from_u128(6)), role: Role::DutyOfficer, desk: None, names: true }
}

fn offer(to: &str) -> Command {
    Command::Transfer { to: to.into(), reason: None }
}

fn sees(case: &Case, desk: &str) -> bool {
    access::scope(&officer(9, Role::Dispatcher, desk)).covers(case.desks())
}

#[test]
fn an_offered_case_stays_with_its_desk_until_the_other_one_takes_it() {
    let mut case = case();
    run(&mut case, Command::Claim, &lan(), Some(1)).unwrap();
    assert_eq!(run(&mut case, offer("jp"), &minh(), Some(2)), Err(Refusal::Forbidden), "it is Lan's");
    assert_eq!(run(&mut case, offer("jp"), &lan(), Some(2)), Ok(1));
    assert_eq!(run(&mut case, offer("jp"), &lan(), Some(2)), Ok(0), "a repeat");
    assert!(case.is_claimed_by(lan().id) && case.desk.as_str() == "tw");
    assert!(sees(&case, "tw") && sees(&case, "jp"));
    assert_eq!(run(&mut case, Command::Claim, &hoa(), Some(3)), Err(Refusal::Forbidden));
    // Its holder works on meanwhile.
    run(&mut case, Command::Release { reason: None }, &lan(), Some(3)).unwrap();
    run(&mut case, Command::Claim, &minh(), Some(4)).unwrap();

    assert_eq!(run(&mut case, Command::Take, &hoa(), Some(5)), Ok(2));
    assert_eq!((case.desk.as_str(), case.offer.as_ref()), ("jp", None));
    assert!(case.is_claimed_by(hoa().id) && sees(&case, "tw"));
    assert_eq!(run(&mut case, Command::Take, &hoa(), Some(5)), Ok(0), "the first answer was lost");
    assert_eq!(run(&mut case, Command::Claim, &lan(), Some(7)), Err(Refusal::Forbidden));
    let korea = officer(5, Role::Dispatcher, "kr");
    assert_eq!(run(&mut case, Command::Claim, &korea, None), Err(Refusal::Hidden));
}

#[test]
fn an_offer_is_declined_withdrawn_moved_on_or_ends_with_the_case() {
    let mut case = case();
    run(&mut case, offer("jp"), &lan(), Some(1)).unwrap();
    assert_eq!(run(&mut case, Command::Take, &minh(), Some(2)), Err(Refusal::Forbidden), "not offered to it");
    let decline = Command::Decline { reason: Some("đông".into()) };
    assert_eq!(run(&mut case, decline.clone(), &hoa(), Some(2)), Ok(1));
    assert_eq!(run(&mut case, decline, &hoa(), Some(2)), Ok(0), "a repeat");
    assert_eq!(run(&mut case, Command::Take, &hoa(), Some(3)), Err(Refusal::Forbidden));
    assert_eq!(case.offer, None);

    run(&mut case, offer("jp"), &lan(), Some(3)).unwrap();
    assert_eq!(run(&mut case, Command::Withdraw, &minh(), Some(4)), Ok(1));
    let open = Refusal::Illegal(CaseState::Open);
    assert_eq!(run(&mut case, Command::Withdraw, &minh(), Some(5)), Err(open));

    run(&mut case, offer("jp"), &lan(), Some(5)).unwrap();
    assert_eq!(run(&mut case, offer("kr"), &lan(), Some(6)), Ok(2), "withdrawn there, offered here");
    assert_eq!(case.offer.as_ref().map(|(desk, _)| desk.as_str()), Some("kr"));

    run(&mut case, Command::Claim, &lan(), Some(8)).unwrap();
    run(&mut case, close(), &lan(), Some(9)).unwrap();
    assert_eq!(case.offer, None, "nobody is asked to take what is done with");
}

#[test]
fn the_ministry_takes_an_offer_on_behalf_of_a_desk() {
    let mut case = case();
    assert_eq!(
        run(&mut case, Command::Take, &ministry(), Some(1)),
        Err(Refusal::Illegal(CaseState::Open)),
        "there is none"
    );
    run(&mut case, offer("jp"), &lan(), Some(1)).unwrap();
    assert_eq!(run(&mut case, Command::Take, &ministry(), Some(2)), Ok(2));
    assert!(case.desk.as_str() == "jp" && case.is_claimed_by(ministry().id));
}

#[test]
fn whoever_is_asked_takes_it_over_from_whoever_has_it() {
    let mut case = case();
    let ask = |of: &Officer, name: &str| Command::Assign { to: of.id, name: name.into() };
    run(&mut case, Command::Claim, &lan(), Some(1)).unwrap();
    assert_eq!(run(&mut case, ask(&minh(), "Minh"), &minh(), Some(2)), Err(Refusal::Forbidden));
    run(&mut case, ask(&minh(), "Minh"), &lan(), Some(2)).unwrap();
    assert!(case.is_claimed_by(lan().id) && case.is_assigned_to(minh().id), "Lan has it until then");
    // Lan thinks better of it, and again.
    run(&mut case, ask(&lan(), "Lan"), &lan(), Some(3)).unwrap();
    assert_eq!(case.assigned, None);
    assert_eq!(run(&mut case, Command::Claim, &minh(), Some(4)), Err(Refusal::Illegal(CaseState::Claimed)));
    run(&mut case, ask(&minh(), "Minh"), &lan(), Some(4)).unwrap();
    run(&mut case, Command::Claim, &minh(), Some(5)).unwrap();
    assert!(case.is_claimed_by(minh().id) && case.assigned.is_none());
    // One who answers for the desk takes it without being asked.
    let duc = officer(3, Role::Supervisor, "tw");
    run(&mut case, ask(&duc, "Đức"), &duc, Some(6)).unwrap();
    assert!(case.is_claimed_by(duc.id));
}

#[test]
fn a_helping_desk_writes_notes_tags_and_asks_but_decides_nothing() {
    let mut case = case();
    let share = |help| Command::Share { desk: "jp".into(), help, reason: None };
    let note = || Command::Note { note_id: sos_protocol::NoteId(Uuid::from_u128(3)), text: "a".into() };
    run(&mut case, share(false), &lan(), None).unwrap();
    assert_eq!(run(&mut case, note(), &hoa(), None), Err(Refusal::Forbidden), "it looks");
    run(&mut case, share(true), &lan(), None).unwrap();
    assert_eq!(run(&mut case, share(true), &lan(), None), Ok(0));
    assert_eq!(case.version, 1, "no step");
    let answer = || Command::Answer { question: "injured".into(), text: "không".into() };
    for command in [note(), Command::Tag { tags: vec!["a".into()] }, answer(), Command::AskFix { at: NOW }] {
        run(&mut case, command, &hoa(), None).unwrap();
    }
    let urgent = Command::Prioritise { to: Priority::P2, reason: None };
    for command in [urgent, Command::Claim, share(true), Command::Raise { reason: None }] {
        assert_eq!(run(&mut case, command, &hoa(), None), Err(Refusal::Forbidden));
    }
    run(&mut case, share(false), &lan(), None).unwrap();
    assert_eq!(run(&mut case, note(), &hoa(), None), Err(Refusal::Forbidden), "looks again");
    assert_eq!(
        run(&mut case, Command::Share { desk: "tw".into(), help: true, reason: None }, &lan(), None),
        Err(Refusal::SameDesk)
    );
}

#[test]
fn a_phone_is_asked_for_its_position_once_in_a_while() {
    let mut case = case();
    let ask = |ms| Command::AskFix { at: UnixMs(NOW.0 + ms) };
    assert_eq!(run(&mut case, ask(0), &lan(), None), Ok(1));
    assert_eq!(run(&mut case, ask(ASKED_AGAIN_AFTER_MS - 1), &minh(), None), Ok(0));
    assert_eq!(run(&mut case, ask(ASKED_AGAIN_AFTER_MS), &minh(), None), Ok(1));
}

#[test]
fn an_officer_says_how_urgent_a_case_is_and_a_drill_never_is() {
    let mut case = case();
    let set = |to| Command::Prioritise { to, reason: None };
    assert_eq!(run(&mut case, set(Priority::P3), &lan(), Some(1)), Ok(1));
    assert_eq!((case.priority, case.version), (Priority::P3, 1));
    assert_eq!(run(&mut case, set(Priority::P3), &minh(), Some(1)), Ok(0));
    case.drill = true;
    assert_eq!(run(&mut case, set(Priority::P1), &lan(), Some(1)), Err(Refusal::Illegal(CaseState::Open)));
}

#[test]
fn two_cases_are_linked_in_both_and_merged_into_one_that_goes_on() {
    let (mut one, mut two) = (case(), case());
    two.id = CaseId(Uuid::from_u128(8));
    let pair = |one: &mut Case, two: &mut Case, pairing, by: &Officer| {
        let (first, second) = decide_pair((one, "1"), (two, "2"), pairing, by, Some(one.version))?;
        first.iter().for_each(|event| one.apply(event, Some(by.id), NOW));
        second.iter().for_each(|event| two.apply(event, Some(by.id), NOW));
        Ok::<_, Refusal>((first.len(), second.len()))
    };
    assert_eq!(pair(&mut one.clone(), &mut one, Pairing::Link, &lan()), Err(Refusal::SameCase));
    assert_eq!(pair(&mut one, &mut two, Pairing::Link, &lan()), Ok((1, 1)));
    assert_eq!((&one.links[..], &two.links[..]), (&[two.id][..], &[one.id][..]));
    assert_eq!(pair(&mut two, &mut one, Pairing::Link, &minh()), Ok((0, 0)));
    assert_eq!(pair(&mut one, &mut two, Pairing::Unlink, &lan()), Ok((1, 1)));
    assert!(one.links.is_empty() && two.links.is_empty());

    let merge = || Pairing::Merge { summary: "trùng".into() };
    let mut elsewhere = Case { desk: "kr".into(), ..two.clone() };
    assert_eq!(
        pair(&mut one, &mut elsewhere, merge(), &lan()),
        Err(Refusal::Hidden),
        "both are to be worked"
    );
    let mut closed = two.clone();
    run(&mut closed, Command::Claim, &lan(), None).unwrap();
    run(&mut closed, close(), &lan(), None).unwrap();
    assert_eq!(pair(&mut one, &mut closed, merge(), &lan()), Err(Refusal::Illegal(CaseState::Closed)));
    assert_eq!(pair(&mut one, &mut two, merge(), &lan()), Ok((2, 1)));
    let Status::Closed { disposition, .. } = one.status else { panic!("it goes on") };
    assert_eq!(
        (disposition, &one.links[..], &two.links[..]),
        (Disposition::Duplicate, &[two.id][..], &[one.id][..])
    );
    assert_eq!(two.status, Status::Open);
}

#[test]
fn a_case_has_only_so_many_links() {
    let mut case = case();
    let link = |n| Command::Link { case_id: CaseId(Uuid::from_u128(n)), case_no: String::new() };
    for n in 0..sos_protocol::limits::LINKS_MAX as u128 {
        run(&mut case, link(100 + n), &lan(), None).unwrap();
    }
    assert_eq!(run(&mut case, link(99), &lan(), None), Err(Refusal::TooMany));
}

#[test]
fn a_drill_that_ends_is_offered_to_nobody() {
    let mut case = Case { drill: true, priority: Priority::P3, ..case() };
    run(&mut case, offer("jp"), &lan(), Some(1)).unwrap();
    let to = minh().id;
    run(&mut case, Command::Assign { to, name: "Minh".into() }, &lan(), Some(2)).unwrap();
    case.apply(&CaseEvent::Cancelled { alert_id: AlertId(Uuid::from_u128(9)) }, None, NOW);
    assert_eq!((case.status.state(), case.offer, case.assigned), (CaseState::Closed, None, None));
}

#[test]
fn a_cancelled_alert_still_rings_but_less_urgently() {
    let mut case = case();
    case.apply(&CaseEvent::Cancelled { alert_id: AlertId(Uuid::from_u128(9)) }, None, NOW);
    assert!(case.ringing());
    assert_eq!(case.priority, Priority::P2);
}

#[test]
fn under_duress_it_rings_as_urgently_as_a_press_whatever_its_state() {
    let duress = CaseEvent::Duress { alert_id: AlertId(Uuid::from_u128(9)) };
    let mut claimed = case();
    run(&mut claimed, Command::Claim, &lan(), Some(1)).unwrap();
    claimed.apply(&CaseEvent::Cancelled { alert_id: AlertId(Uuid::from_u128(9)) }, None, NOW);
    assert!(!claimed.ringing());
    let mut closed = claimed.clone();
    run(&mut closed, close(), &lan(), Some(2)).unwrap();
    for case in [&mut claimed, &mut closed] {
        case.apply(&duress, None, NOW);
        assert_eq!((case.ringing(), case.priority), (true, Priority::P1));
    }
    run(&mut claimed, Command::Seen, &lan(), None).unwrap();
    assert!(!claimed.ringing(), "an officer has looked");
}

#[test]
fn a_drill_is_never_urgent_and_ends_when_the_worker_says_so() {
    let alert_id = AlertId(Uuid::from_u128(9));
    let mut case = case();
    let alert = sos_protocol::Alert { drill: true, ..bare(alert_id) };
    let opened = CaseEvent::Opened {
        alert,
        received_at_ms: NOW,
        routing: nowhere(),
        unverified: None,
        sms_from: None,
        dropped: vec![],
        emergency: None,
        waited_ms: None,
        drill: true,
        claim_due_ms: None,
    };
    case.apply(&opened, None, NOW);
    assert_eq!((case.priority, case.drill, case.ringing()), (Priority::P3, true, true));
    case.apply(&CaseEvent::Cancelled { alert_id }, None, NOW);
    let Status::Closed { by, disposition, .. } = &case.status else { panic!("it goes on") };
    assert_eq!((*by, *disposition), (None, Disposition::Test));
    assert!(!case.ringing());
}
