use uuid::Uuid;

use super::*;

const NOW: UnixMs = UnixMs(1_000);

fn officer(n: u128, role: Role, desk: &str) -> Officer {
    Officer { id: StaffId(Uuid::from_u128(n)), role, desk: Some(desk.into()) }
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

#[test]
fn a_transfer_opens_it_at_the_other_desk_and_the_first_desk_goes_on_seeing_it() {
    let mut case = case();
    run(&mut case, Command::Claim, &lan(), Some(1)).unwrap();
    let transfer = Command::Transfer { to: "jp".into(), reason: None };
    run(&mut case, transfer, &lan(), Some(2)).unwrap();
    assert_eq!((case.status.state(), case.desk.as_str()), (CaseState::Open, "jp"));
    assert_eq!(run(&mut case, Command::Claim, &lan(), Some(3)), Err(Refusal::Forbidden));
    assert_eq!(run(&mut case, Command::Claim, &officer(4, Role::Dispatcher, "jp"), Some(3)), Ok(1));
    assert_eq!(
        run(&mut case, Command::Claim, &officer(5, Role::Dispatcher, "kr"), None),
        Err(Refusal::Hidden)
    );
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
    };
    case.apply(&opened, None, NOW);
    assert_eq!((case.priority, case.drill, case.ringing()), (Priority::P3, true, true));
    case.apply(&CaseEvent::Cancelled { alert_id }, None, NOW);
    let Status::Closed { by, disposition, .. } = &case.status else { panic!("it goes on") };
    assert_eq!((*by, *disposition), (None, Disposition::Test));
    assert!(!case.ringing());
}
